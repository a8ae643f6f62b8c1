/* Whole stories through the engine. Each test names the invariant of the house that it holds; the
 * numbers are those of "Cases are events" in docs/architecture.md. */
#include "cases/case.h"

#include "base/civil.h"
#include "rulebook/yaml.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- memory that fails on demand --- */

static long allocations_left = -1; /* negative: never fails */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool allocation_fails(void)
{
    if (allocations_left < 0)
        return false;
    if (allocations_left == 0)
        return true;
    allocations_left--;
    return false;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(old, size);
}

/* --- a case that grows event by event --- */

enum { EVENTS = 60 };

struct story {
    struct case_state state;
    struct case_event events[EVENTS];
    struct case_step steps[EVENTS];
    struct buffer data[EVENTS];
    size_t count;
    int64_t now;
};

static struct process *process;

static int64_t instant(const char *text)
{
    int64_t value = 0;
    assert_int_equal(civil_parse_instant(text, &value), 0);
    return value;
}

static void begin(struct story *story)
{
    *story = (struct story){.count = 0};
    case_state_init(&story->state, process);
    story->now = instant("2026-03-02T09:00:00Z"); /* a Monday */
}

static void end(struct story *story)
{
    for (size_t i = 0; i < story->count; i++)
        buffer_done(&story->data[i]);
}

static struct case_step step_of(const struct story *story, enum case_event_type type,
                                const char *actor)
{
    struct case_step step = {.type = type, .at = story->now};
    CASE_TEXT(step.actor, actor);
    CASE_TEXT(step.role, strcmp(actor, "bailiwick") == 0 ? "machine" : "analyst");
    CASE_TEXT(step.reason, "because");
    return step;
}

static void append(struct story *story, const struct case_step *step,
                   const struct case_outcome *outcome)
{
    size_t i = story->count++;
    assert_true(i < EVENTS);
    story->steps[i] = *step;
    buffer_init(&story->data[i], CASE_DATA_MAX);
    assert_int_equal(case_data_encode(step, outcome, &story->data[i]), 0);
    story->events[i] = (struct case_event){
        .case_id = "c1",
        .seq = (uint32_t)story->count,
        .type = step->type,
        .version = CASE_EVENT_VERSION,
        .at = step->at,
        .actor = story->steps[i].actor,
        .actor_role = story->steps[i].role,
        .reason = story->steps[i].reason,
        .data = buffer_text(&story->data[i]),
    };
}

/* Takes a step that must be allowed, and checks that folding the history gives the same state. */
static struct case_outcome take(struct story *story, const struct case_step *step)
{
    struct case_outcome outcome;
    struct case_state folded;
    struct error_detail detail = {""};
    if (case_apply(&story->state, step, &outcome, &detail) < 0)
        fail_msg("%s", detail.text);
    append(story, step, &outcome);
    if (case_fold(process, story->events, story->count, &folded, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_memory_equal(&folded, &outcome.state, sizeof folded);
    story->state = outcome.state;
    return outcome;
}

static void refuse(const struct story *story, const struct case_step *step, const char *says)
{
    struct case_outcome outcome, untouched;
    struct error_detail detail = {""};
    memset(&outcome, 0x5a, sizeof outcome);
    memset(&untouched, 0x5a, sizeof untouched);
    assert_int_equal(case_apply(&story->state, step, &outcome, &detail), ERR_REFUSED);
    assert_memory_equal(&outcome, &untouched, sizeof outcome);
    if (!strstr(detail.text, says))
        fail_msg("'%s' does not say '%s'", detail.text, says);
}

static bool has_effect(const struct case_outcome *outcome, enum case_effect effect,
                       const char *argument)
{
    for (size_t i = 0; i < outcome->effect_count; i++) {
        if (outcome->effects[i].effect == effect &&
            strcmp(outcome->effects[i].argument, argument) == 0)
            return true;
    }
    return false;
}

static void plain(struct story *story, enum case_event_type type)
{
    struct case_step step = step_of(story, type, "ann");
    take(story, &step);
}

static void open_case(struct story *story, enum party_kind party, bool violation)
{
    struct case_step step = step_of(story, CASE_OPENED, "bailiwick");
    step.party = party;
    step.origin = ORIGIN_MONITORING;
    step.source = SOURCE_MEASUREMENT;
    step.violation = violation;
    take(story, &step);
}

static struct case_step letter_step(const struct story *story, enum case_event_type type,
                                    const char *actor, const char *letter, uint8_t bytes)
{
    struct case_step step = step_of(story, type, actor);
    CASE_TEXT(step.letter, letter);
    step.sha256.bytes[0] = bytes;
    step.service_at = story->now;
    return step;
}

/* Drafts where that is still to do, and serves the letter of the present stage. */
static struct case_outcome serve(struct story *story)
{
    const char *letter = story->state.stage->letter;
    struct case_step step = letter_step(story, CASE_NOTICE_DRAFTED, "ann", letter, 1);
    if (story->state.facts.values[FACT_LETTER] == LETTER_NONE)
        take(story, &step);
    step = letter_step(story, CASE_NOTICE_SENT, "bailiwick", letter, 1);
    step.sha256 = story->state.letter.sha256;
    return take(story, &step);
}

static struct case_outcome pass_deadline(struct story *story)
{
    story->now = story->state.deadline.due.instant;
    struct case_step step = step_of(story, CASE_DEADLINE_PASSED, "bailiwick");
    return take(story, &step);
}

static void propose(struct story *story, const char *letter)
{
    struct case_step step = letter_step(story, CASE_NOTICE_DRAFTED, "ann", letter, 2);
    take(story, &step);
}

static void approve(struct story *story, const char *letter, const char *approver)
{
    struct case_step step = letter_step(story, CASE_NOTICE_APPROVED, approver, letter, 2);
    take(story, &step);
}

static struct case_outcome decide(struct story *story, enum case_event_type type,
                                  const char *letter)
{
    struct case_step step = step_of(story, type, "bob");
    propose(story, letter);
    approve(story, letter, "bob");
    return take(story, &step);
}

static void climb_to_breach(struct story *story, enum party_kind party)
{
    begin(story);
    open_case(story, party, /* violation= */ true);
    for (int level = 1; level <= 3; level++) {
        serve(story);
        pass_deadline(story);
    }
    decide(story, CASE_BREACHED, "breach");
}

/* --- tests --- */

static void one_case_from_monitoring_to_cured(void **state)
{
    (void)state;
    struct story story;
    climb_to_breach(&story, PARTY_REGISTRY);
    assert_string_equal(story.state.stage->id, "breach");
    assert_false(case_is_public(&story.state));
    struct case_outcome outcome = serve(&story);
    assert_true(has_effect(&outcome, EFFECT_PUBLISH, "breach"));
    assert_true(case_is_public(&story.state));
    assert_int_equal(outcome.state.deadline.due.date - outcome.state.deadline.due.day_zero, 30);
    struct case_step step = step_of(&story, CASE_CURED, "ann");
    refuse(&story, &step, "needs (finding == met or");
    plain(&story, CASE_FINDING_MET);
    outcome = take(&story, &step);
    assert_string_equal(story.state.stage->id, "cured");
    assert_true(has_effect(&outcome, EFFECT_UPDATE_PUBLICATION, ""));
    assert_int_equal(story.state.deadline.clock, CLOCK_NONE);
    end(&story);
}

/* Invariant 2 and the ladder: what the engine asks the rest of the program to do at each step. */
static void each_step_asks_for_its_letter_and_for_people(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    static const char *const next[] = {"notice2", "notice3", "breach"};
    for (size_t i = 0; i < 3; i++) {
        struct case_outcome outcome = serve(&story);
        assert_true(has_effect(&outcome, EFFECT_SET_DEADLINE, ""));
        assert_false(has_effect(&outcome, EFFECT_PUBLISH, story.state.stage->letter));
        outcome = pass_deadline(&story);
        assert_true(has_effect(&outcome, EFFECT_DRAFT_LETTER, next[i]));
        assert_int_equal(has_effect(&outcome, EFFECT_NOTIFY, ""), i == 2);
    }
    struct case_step step = step_of(&story, CASE_CLOSED, "ann");
    CASE_TEXT(step.closure, "duplicate-open");
    struct case_outcome outcome = take(&story, &step);
    assert_true(has_effect(&outcome, EFFECT_DRAFT_LETTER, "closed"));
    assert_true(has_effect(&outcome, EFFECT_TELL_COMPLAINANT, ""));
    assert_true(has_effect(&outcome, EFFECT_CLOSE, ""));
    assert_string_equal(story.state.closure, "duplicate-open");
    step = step_of(&story, CASE_REOPENED, "ann");
    take(&story, &step);
    assert_string_equal(story.state.stage->id, "intake");
    assert_string_equal(story.state.closure, "");
    end(&story);
}

/* 15-5-5 working days for inaccurate registration data, 5-5-5 for everything else. */
static void clocks_follow_party_and_family(void **state)
{
    (void)state;
    static const struct {
        enum party_kind party;
        enum fact_family family;
        int32_t date;
    } rows[] = {
        {PARTY_REGISTRAR, FAMILY_REGISTRATION_DATA, 23}, /* from Monday 2 March 2026 */
        {PARTY_REGISTRAR, FAMILY_DEFAULT, 9},
        {PARTY_REGISTRY, FAMILY_REGISTRATION_DATA, 9},
        {PARTY_REGISTRY, FAMILY_AUDIT_REQUEST, 23},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct story story;
        begin(&story);
        struct case_step step = step_of(&story, CASE_OPENED, "ann");
        step.party = rows[i].party;
        step.family = rows[i].family;
        step.origin = ORIGIN_COMPLAINT;
        step.violation = true;
        take(&story, &step);
        serve(&story);
        assert_int_equal(story.state.deadline.due.date, civil_days(2026, 3, rows[i].date));
        pass_deadline(&story);
        serve(&story);
        const struct deadline *due = &story.state.deadline.due;
        assert_int_equal(due->date - due->day_zero, 7);
        end(&story);
    }
}

static void what_is_not_listed_is_refused(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    struct case_step step = step_of(&story, CASE_BREACHED, "ann");
    refuse(&story, &step, "the process does not list it for stage 'intake'");
    step = step_of(&story, CASE_CURED, "ann");
    refuse(&story, &step, "does not list");
    end(&story);
}

static void another_authority_has_another_ladder(void **state)
{
    (void)state;
    struct process *icann = process;
    struct story story;
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    yaml_faults_init(&faults);
    assert_int_equal(process_load(PROJECT_ROOT "/rulebook/cctld-example", NULL, &faults, &process),
                     0);
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    for (int level = 1; level <= 2; level++) {
        serve(&story);
        pass_deadline(&story);
    }
    assert_string_equal(story.state.stage->id, "warning2");
    decide(&story, CASE_BREACHED, "fine");
    struct case_outcome outcome = serve(&story);
    assert_true(has_effect(&outcome, EFFECT_PUBLISH, "fine"));
    pass_deadline(&story);
    propose(&story, "deregistration");
    approve(&story, "deregistration", "bob");
    struct case_step step = step_of(&story, CASE_TERMINATED, "bob");
    refuse(&story, &step, "1 of 2 approvals");
    step = step_of(&story, CASE_SUSPENDED, "bob");
    refuse(&story, &step, "does not list");
    end(&story);
    process_free(process);
    process = icann;
}

static void invariant_1_only_a_served_formal_notice_is_public(void **state)
{
    (void)state;
    struct story story;
    climb_to_breach(&story, PARTY_REGISTRAR);
    /* rescinded before it was served: the public record has nothing to update */
    struct case_outcome outcome = decide(&story, CASE_RESCINDED, "rescission");
    assert_false(has_effect(&outcome, EFFECT_UPDATE_PUBLICATION, ""));
    assert_false(case_is_public(&story.state));
    end(&story);
}

static void invariant_3_a_level_rises_by_one(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    static const char *const ladder[] = {"notice1", "notice2", "notice3"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(story.state.stage->id, ladder[i]);
        struct case_step step = step_of(&story, CASE_DEADLINE_PASSED, "bailiwick");
        refuse(&story, &step, "no deadline is running");
        serve(&story);
        refuse(&story, &step, "has not come yet");
        pass_deadline(&story);
    }
    assert_string_equal(story.state.stage->id, "notice3");
    assert_true(story.state.facts.values[FACT_EXPIRED]);
    end(&story);
}

static void invariant_3_an_answer_that_waits_raises_nothing(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    serve(&story);
    plain(&story, CASE_ANSWERED);
    struct case_outcome outcome = pass_deadline(&story);
    assert_string_equal(story.state.stage->id, "notice1");
    assert_true(has_effect(&outcome, EFFECT_NOTIFY, ""));
    struct case_step step = step_of(&story, CASE_ANSWER_JUDGED, "bailiwick");
    step.judgement = ANSWER_INADEQUATE;
    refuse(&story, &step, "for a person");
    step = step_of(&story, CASE_ANSWER_JUDGED, "ann");
    refuse(&story, &step, "a judgement");
    step.judgement = ANSWER_INADEQUATE;
    step.reason[0] = '\0';
    refuse(&story, &step, "needs a reason");
    CASE_TEXT(step.reason, "requests 2 and 3 unanswered");
    take(&story, &step);
    assert_string_equal(story.state.stage->id, "notice2");
    end(&story);
}

static void invariant_3_a_ground_needs_its_clause_and_two_approvers(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    propose(&story, "termination");
    approve(&story, "termination", "bob");
    struct case_step step = step_of(&story, CASE_TERMINATED, "bob");
    refuse(&story, &step, "ground != none");
    CASE_TEXT(step.ground, "raa-9.9.9");
    refuse(&story, &step, "no ground 'raa-9.9.9'");
    CASE_TEXT(step.ground, "ra-insolvency");
    refuse(&story, &step, "is not for a registrar");
    CASE_TEXT(step.ground, "raa-stability");
    refuse(&story, &step, "1 of 2 approvals");
    approve(&story, "termination", "cleo");
    take(&story, &step);
    assert_string_equal(story.state.ground, "raa-stability");
    struct case_outcome outcome = serve(&story);
    assert_string_equal(outcome.state.deadline.due.rule->clause, "RAA 5.5.7");
    assert_int_equal(outcome.state.deadline.due.date - outcome.state.deadline.due.day_zero, 3);
    end(&story);
}

static void invariant_3_escalation_names_its_criterion(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRY, /* violation= */ false);
    assert_string_equal(story.state.stage->id, "inquiry");
    propose(&story, "escalated");
    approve(&story, "escalated", "bob");
    struct case_step step = step_of(&story, CASE_ESCALATED, "bob");
    refuse(&story, &step, "a criterion");
    step.criterion = CRITERION_OVERDUE_REMEDIATION;
    refuse(&story, &step, "criterion");
    step.criterion = CRITERION_HARM;
    take(&story, &step);
    assert_string_equal(story.state.stage->id, "escalated");
    step = step_of(&story, CASE_BREACHED, "bob");
    refuse(&story, &step, "");
    serve(&story);
    struct case_outcome outcome = pass_deadline(&story);
    assert_string_equal(story.state.stage->id, "escalated");
    assert_true(has_effect(&outcome, EFFECT_DRAFT_LETTER, "breach"));
    end(&story);
}

static void invariant_5_an_extension_moves_later_with_a_reason(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    serve(&story);
    int32_t due = story.state.deadline.due.date;
    struct case_step step = step_of(&story, CASE_EXTENDED, "ann");
    step.until = due;
    refuse(&story, &step, "later than the old one");
    step.until = due + DEADLINE_DAYS_MAX;
    refuse(&story, &step, "days away");
    step.until = due + 7;
    step.reason[0] = '\0';
    refuse(&story, &step, "needs a reason");
    CASE_TEXT(step.reason, "asked in time");
    take(&story, &step);
    assert_int_equal(story.state.deadline.due.date, due + 7);
    story.now = story.state.deadline.due.instant;
    step = step_of(&story, CASE_EXTENDED, "ann");
    step.until = due + 30;
    refuse(&story, &step, "has passed");
    end(&story);
}

static void invariant_5_a_cure_date_is_moved_by_two_persons(void **state)
{
    (void)state;
    struct story story;
    climb_to_breach(&story, PARTY_REGISTRAR);
    serve(&story);
    struct case_step step = step_of(&story, CASE_EXTENDED, "ann");
    step.until = story.state.deadline.due.date + 10;
    refuse(&story, &step, "second person");
    CASE_TEXT(step.second, "ann");
    refuse(&story, &step, "second person");
    CASE_TEXT(step.second, "bob");
    take(&story, &step);
    end(&story);
}

static void invariant_5_stopped_days_are_given_back(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    serve(&story); /* Monday 2 March, due Monday 9 March */
    assert_int_equal(story.state.deadline.due.date, civil_days(2026, 3, 9));
    story.now += 2 * CIVIL_DAY_US;
    plain(&story, CASE_TOLLED);
    struct case_step step = step_of(&story, CASE_DEADLINE_PASSED, "bailiwick");
    step.at = story.now + 30 * CIVIL_DAY_US;
    refuse(&story, &step, "the clock is stopped");
    story.now += 5 * CIVIL_DAY_US;
    plain(&story, CASE_RESUMED); /* 9 + 5 = Saturday 14: not worked */
    assert_int_equal(story.state.deadline.due.date, civil_days(2026, 3, 16));
    end(&story);
}

static void invariant_6_a_cure_time_is_the_agreements(void **state)
{
    (void)state;
    static const struct {
        enum party_kind party;
        int days;
    } rows[] = {{PARTY_REGISTRAR, 21}, {PARTY_REGISTRY, 30}};
    for (size_t i = 0; i < 2; i++) {
        struct story story;
        climb_to_breach(&story, rows[i].party);
        struct case_step step = letter_step(&story, CASE_NOTICE_SENT, "bailiwick", "breach", 2);
        step.deadline_recorded = true; /* a recorded date that is too short is no history */
        step.deadline_date = zone_day_of(zone_utc(), story.now) + rows[i].days - 1;
        step.deadline_instant = ((int64_t)step.deadline_date + 1) * CIVIL_DAY_US;
        refuse(&story, &step, "a cure time under");
        serve(&story);
        const struct deadline *due = &story.state.deadline.due;
        assert_int_equal(due->date - due->day_zero, rows[i].days);
        end(&story);
    }
}

static void invariant_7_what_is_sent_is_what_was_drafted(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = letter_step(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 1);
    refuse(&story, &step, "not drafted");
    step = letter_step(&story, CASE_NOTICE_DRAFTED, "bailiwick", "notice1", 1);
    struct case_outcome outcome = take(&story, &step);
    assert_true(has_effect(&outcome, EFFECT_SEND_LETTER, "notice1"));
    step = letter_step(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 9);
    refuse(&story, &step, "other bytes");
    step = letter_step(&story, CASE_NOTICE_SENT, "bailiwick", "notice2", 1);
    refuse(&story, &step, "is 'notice1', not 'notice2'");
    step = letter_step(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 1);
    step.service_at = story.now + 1;
    refuse(&story, &step, "in the future");
    step.service_at = story.now - 1;
    refuse(&story, &step, "before the letter was ready");
    step.service_at = story.now;
    take(&story, &step);
    refuse(&story, &step, "a resend restarts no clock");
    end(&story);
}

static void invariant_8_the_approver_neither_drafted_nor_edited(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    for (int level = 1; level <= 3; level++) {
        serve(&story);
        pass_deadline(&story);
    }
    struct case_step breach = step_of(&story, CASE_BREACHED, "bailiwick");
    refuse(&story, &breach, "has not been drafted and approved");
    struct case_step draft = letter_step(&story, CASE_NOTICE_DRAFTED, "bailiwick", "breach", 2);
    take(&story, &draft);
    struct case_step sign = letter_step(&story, CASE_NOTICE_APPROVED, "bob", "breach", 2);
    take(&story, &sign);
    refuse(&story, &breach, "no person adopted it");
    draft = letter_step(&story, CASE_NOTICE_DRAFTED, "ann", "breach", 2);
    take(&story, &draft); /* adopts the same bytes: bob's approval still stands */
    sign = letter_step(&story, CASE_NOTICE_APPROVED, "ann", "breach", 2);
    refuse(&story, &sign, "ann drafted or edited");
    sign = letter_step(&story, CASE_NOTICE_APPROVED, "cleo", "breach", 3);
    refuse(&story, &sign, "other bytes");
    sign = letter_step(&story, CASE_NOTICE_APPROVED, "bailiwick", "breach", 2);
    refuse(&story, &sign, "for a person");
    draft = letter_step(&story, CASE_NOTICE_DRAFTED, "bob", "breach", 3);
    take(&story, &draft); /* one byte changed: every approval is void */
    refuse(&story, &breach, "0 of 1 approvals");
    sign = letter_step(&story, CASE_NOTICE_APPROVED, "bob", "breach", 3);
    refuse(&story, &sign, "bob drafted or edited");
    sign = letter_step(&story, CASE_NOTICE_APPROVED, "cleo", "breach", 3);
    take(&story, &sign);
    struct case_outcome outcome = take(&story, &breach);
    assert_true(has_effect(&outcome, EFFECT_SEND_LETTER, "breach"));
    draft = letter_step(&story, CASE_NOTICE_DRAFTED, "ann", "breach", 4);
    refuse(&story, &draft, "was approved and cannot be edited");
    end(&story);
}

static void invariant_8_a_recused_person_neither_acts_nor_counts(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    propose(&story, "escalated");
    approve(&story, "escalated", "bob");
    struct case_step step = step_of(&story, CASE_RECUSED, "ann");
    CASE_TEXT(step.object, "bob");
    take(&story, &step);
    step = step_of(&story, CASE_CALL, "bob");
    refuse(&story, &step, "bob is recused");
    step = step_of(&story, CASE_ESCALATED, "ann");
    step.criterion = CRITERION_HARM;
    refuse(&story, &step, "0 of 1 approvals");
    end(&story);
}

static void a_bounced_letter_stops_its_clock_until_served(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    serve(&story);
    plain(&story, CASE_BOUNCED);
    assert_int_equal(story.state.deadline.clock, CLOCK_NONE);
    story.now += 3 * CIVIL_DAY_US;
    serve(&story);
    assert_int_equal(story.state.deadline.due.day_zero, civil_days(2026, 3, 5));
    end(&story);
}

static void invariant_10_every_event_is_explained(void **state)
{
    (void)state;
    struct story story;
    struct case_explanation rows[EVENTS];
    climb_to_breach(&story, PARTY_REGISTRAR);
    serve(&story);
    assert_int_equal(case_explain(process, story.events, story.count, rows, NULL), 0);
    for (size_t i = 0; i < story.count; i++) {
        assert_ptr_equal(rows[i].event, &story.events[i]);
        assert_true(rows[i].edge->line > 0);
        assert_int_equal(rows[i].edge->event, story.events[i].type);
        if (i > 0)
            assert_ptr_equal(rows[i].from, rows[i - 1].to);
    }
    assert_true(rows[story.count - 1].deadline_changed);
    assert_string_equal(rows[story.count - 1].deadline.rule->id, "cure-registrar");
    end(&story);
}

static const struct case_option *option_of(const struct case_option *options, size_t count,
                                           enum case_event_type type, const char *to)
{
    for (size_t i = 0; i < count; i++) {
        if (options[i].edge->event == type && strcmp(options[i].edge->to->id, to) == 0)
            return &options[i];
    }
    fail_msg("no option %s to %s", case_event_text(type), to);
    return NULL;
}

static void next_says_which_guard_blocks(void **state)
{
    (void)state;
    struct story story;
    static struct case_option options[200];
    begin(&story);
    open_case(&story, PARTY_REGISTRAR, /* violation= */ true);
    serve(&story);
    size_t count = case_next(&story.state, story.now, options, 200);
    assert_true(count > 10 && count < 200);
    const struct case_option *option = option_of(options, count, CASE_DEADLINE_PASSED, "notice2");
    assert_false(option->open);
    assert_non_null(strstr(option->why, "has not come yet"));
    option = option_of(options, count, CASE_ESCALATED, "escalated");
    assert_false(option->open);
    assert_non_null(strstr(option->why, "the letter 'escalated' has not been drafted"));
    option = option_of(options, count, CASE_CLOSED, "closed");
    assert_true(option->open);
    option = option_of(options, count, CASE_ANSWERED, "notice1");
    assert_true(option->open);
    propose(&story, "escalated");
    approve(&story, "escalated", "bob");
    count = case_next(&story.state, story.now, options, 200);
    assert_true(option_of(options, count, CASE_ESCALATED, "escalated")->open);
    option = option_of(options, count, CASE_TERMINATED, "termination");
    assert_non_null(strstr(option->why, "'termination' has not been drafted"));
    count = case_next(&story.state, story.state.deadline.due.instant, options, 200);
    assert_true(option_of(options, count, CASE_DEADLINE_PASSED, "notice2")->open);
    end(&story);
}

static void damaged_histories_are_named(void **state)
{
    (void)state;
    struct story story;
    struct case_state folded;
    struct error_detail detail = {""};
    climb_to_breach(&story, PARTY_REGISTRAR);
    story.events[4].seq = 7;
    assert_int_equal(case_fold(process, story.events, story.count, &folded, &detail), ERR_DAMAGED);
    assert_non_null(strstr(detail.text, "event 7 follows event 4"));
    story.events[4].seq = 5;
    detail.text[0] = '\0';
    story.events[2].version = 99;
    assert_int_equal(case_fold(process, story.events, story.count, &folded, &detail),
                     ERR_UNSUPPORTED);
    story.events[2].version = CASE_EVENT_VERSION;
    detail.text[0] = '\0';
    story.events[1].at = 0;
    assert_int_equal(case_fold(process, story.events, story.count, &folded, &detail), ERR_DAMAGED);
    assert_non_null(strstr(detail.text, "event 2"));
    end(&story);
}

static void bad_event_data_is_refused(void **state)
{
    (void)state;
    static const struct {
        enum case_event_type type;
        const char *data;
    } rows[] = {
        {CASE_ANSWERED, ""},
        {CASE_ANSWERED, "[]"},
        {CASE_ANSWERED, "{\"judgement\":\"fine\"}"},
        {CASE_ANSWERED, "{\"judgement\":7}"},
        {CASE_ANSWERED, "{\"object\":[]}"},
        {CASE_NOTICE_SENT, "{\"letter\":\"notice1\",\"sha256\":\"00\"}"},
        {CASE_NOTICE_SENT, "{\"letter\":\"notice1\"}"},
        {CASE_EXTENDED, "{\"until\":\"2026-02-30\"}"},
        {CASE_EXTENDED, "{}"},
        {CASE_OPENED, "{\"party\":\"shop\"}"},
        {CASE_OPENED, "{\"violation\":\"yes\"}"},
        {CASE_OPENED, "{\"source\":\"dream\"}"},
        {CASE_ANSWERED, "{\"deadline\":{\"date\":\"x\"}}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct case_event event = {.seq = 1,
                                   .type = rows[i].type,
                                   .version = CASE_EVENT_VERSION,
                                   .actor = "a",
                                   .actor_role = "r",
                                   .reason = "",
                                   .data = rows[i].data};
        struct case_step step;
        struct error_detail detail = {""};
        assert_int_equal(case_step_decode(&event, &step, &detail), ERR_SYNTAX);
        assert_true(detail.text[0]);
    }
}

static void long_names_are_refused_not_cut(void **state)
{
    (void)state;
    char name[CASE_NAME_MAX + 1];
    struct case_step step;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(CASE_TEXT(step.actor, name), ERR_LIMIT);
    assert_string_equal(step.actor, "");
}

/* Allocation N fails, for every N: a clean error, nothing leaked, the output untouched. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct story story;
    climb_to_breach(&story, PARTY_REGISTRAR);
    struct case_step bad = step_of(&story, CASE_CLOSED, "ann");
    CASE_TEXT(bad.closure, "noncompliance-corrected");
    int result = ERR_NO_MEMORY;
    for (long n = 0; result == ERR_NO_MEMORY; n++) {
        struct case_outcome outcome, untouched;
        memset(&outcome, 0x5a, sizeof outcome);
        memset(&untouched, 0x5a, sizeof untouched);
        allocations_left = n;
        result = case_apply(&story.state, &bad, &outcome, NULL);
        allocations_left = -1;
        assert_true(result == ERR_NO_MEMORY || result == ERR_REFUSED);
        assert_memory_equal(&outcome, &untouched, sizeof outcome);
    }
    struct case_outcome outcome;
    struct case_step sent = letter_step(&story, CASE_NOTICE_SENT, "bailiwick", "breach", 2);
    assert_int_equal(case_apply(&story.state, &sent, &outcome, NULL), 0);
    result = ERR_NO_MEMORY;
    for (long n = 0; result == ERR_NO_MEMORY; n++) {
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, CASE_DATA_MAX);
        allocations_left = n;
        result = case_data_encode(&sent, &outcome, &out);
        allocations_left = -1;
    }
    assert_int_equal(result, 0);
    end(&story);
}

static void loading_survives_every_failing_allocation(void **state)
{
    (void)state;
    int result = ERR_NO_MEMORY;
    long n = 0;
    for (; result == ERR_NO_MEMORY; n++) {
        YAML_FAULTS_CLEANUP struct yaml_faults faults;
        struct process *loaded = NULL;
        yaml_faults_init(&faults);
        allocations_left = n;
        result = process_load(PROJECT_ROOT "/rulebook/cctld-example", NULL, &faults, &loaded);
        allocations_left = -1;
        if (result < 0)
            assert_null(loaded);
        process_free(loaded);
    }
    assert_int_equal(result, 0);
    assert_true(n > 10);
}

static int setup(void **state)
{
    (void)state;
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    yaml_faults_init(&faults);
    return process_load(PROJECT_ROOT "/rulebook/icann", NULL, &faults, &process);
}

static int teardown(void **state)
{
    (void)state;
    process_free(process);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_case_from_monitoring_to_cured),
        cmocka_unit_test(each_step_asks_for_its_letter_and_for_people),
        cmocka_unit_test(clocks_follow_party_and_family),
        cmocka_unit_test(what_is_not_listed_is_refused),
        cmocka_unit_test(another_authority_has_another_ladder),
        cmocka_unit_test(invariant_1_only_a_served_formal_notice_is_public),
        cmocka_unit_test(invariant_3_a_level_rises_by_one),
        cmocka_unit_test(invariant_3_an_answer_that_waits_raises_nothing),
        cmocka_unit_test(invariant_3_a_ground_needs_its_clause_and_two_approvers),
        cmocka_unit_test(invariant_3_escalation_names_its_criterion),
        cmocka_unit_test(invariant_5_an_extension_moves_later_with_a_reason),
        cmocka_unit_test(invariant_5_a_cure_date_is_moved_by_two_persons),
        cmocka_unit_test(invariant_5_stopped_days_are_given_back),
        cmocka_unit_test(invariant_6_a_cure_time_is_the_agreements),
        cmocka_unit_test(invariant_7_what_is_sent_is_what_was_drafted),
        cmocka_unit_test(invariant_8_the_approver_neither_drafted_nor_edited),
        cmocka_unit_test(invariant_8_a_recused_person_neither_acts_nor_counts),
        cmocka_unit_test(a_bounced_letter_stops_its_clock_until_served),
        cmocka_unit_test(invariant_10_every_event_is_explained),
        cmocka_unit_test(next_says_which_guard_blocks),
        cmocka_unit_test(damaged_histories_are_named),
        cmocka_unit_test(bad_event_data_is_refused),
        cmocka_unit_test(long_names_are_refused_not_cut),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(loading_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
