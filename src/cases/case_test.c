/* Whole stories through the engine, and what it refuses to read. */
#include "cases/story.h"

#include "base/civil.h"
#include "rulebook/yaml.h"

#include <string.h>

static void one_case_from_monitoring_to_cured(void **state)
{
    (void)state;
    struct story story;
    story_climb(&story, PARTY_REGISTRY);
    assert_string_equal(story.state.stage->id, "breach");
    assert_false(case_is_public(&story.state));
    struct case_outcome outcome = story_serve(&story);
    assert_true(outcome_has(&outcome, EFFECT_PUBLISH, "breach"));
    assert_true(case_is_public(&story.state));
    assert_int_equal(outcome.state.deadline.due.date - outcome.state.deadline.due.day_zero, 30);
    struct case_step step = story_step(&story, CASE_CURED, "ann");
    story_refuse(&story, &step, "needs (finding == met or");
    story_plain(&story, CASE_FINDING_MET);
    outcome = story_take(&story, &step);
    assert_string_equal(story.state.stage->id, "cured");
    assert_true(outcome_has(&outcome, EFFECT_UPDATE_PUBLICATION, ""));
    assert_int_equal(story.state.deadline.clock, CLOCK_NONE);
    story_end(&story);
}

/* Invariant 2 and the ladder: what the engine asks the rest of the program to do at each step. */
static void each_step_asks_for_its_letter_and_for_people(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    static const char *const next[] = {"notice2", "notice3", "breach"};
    for (size_t i = 0; i < 3; i++) {
        struct case_outcome outcome = story_serve(&story);
        assert_true(outcome_has(&outcome, EFFECT_SET_DEADLINE, ""));
        assert_false(outcome_has(&outcome, EFFECT_PUBLISH, story.state.stage->letter));
        outcome = story_pass_deadline(&story);
        assert_true(outcome_has(&outcome, EFFECT_DRAFT_LETTER, next[i]));
        assert_int_equal(outcome_has(&outcome, EFFECT_NOTIFY, ""), i == 2);
    }
    struct case_step step = story_step(&story, CASE_CLOSED, "ann");
    CASE_TEXT(step.closure, "duplicate-open");
    struct case_outcome outcome = story_take(&story, &step);
    assert_true(outcome_has(&outcome, EFFECT_DRAFT_LETTER, "closed"));
    assert_true(outcome_has(&outcome, EFFECT_TELL_COMPLAINANT, ""));
    assert_true(outcome_has(&outcome, EFFECT_CLOSE, ""));
    assert_string_equal(story.state.closure, "duplicate-open");
    step = story_step(&story, CASE_REOPENED, "ann");
    story_take(&story, &step);
    assert_string_equal(story.state.stage->id, "intake");
    assert_string_equal(story.state.closure, "");
    story_end(&story);
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
        story_begin(&story);
        struct case_step step = story_step(&story, CASE_OPENED, "ann");
        step.party = rows[i].party;
        step.family = rows[i].family;
        step.origin = ORIGIN_COMPLAINT;
        step.violation = true;
        story_take(&story, &step);
        story_serve(&story);
        assert_int_equal(story.state.deadline.due.date, civil_days(2026, 3, rows[i].date));
        story_pass_deadline(&story);
        story_serve(&story);
        const struct deadline *due = &story.state.deadline.due;
        assert_int_equal(due->date - due->day_zero, 7);
        story_end(&story);
    }
}

static void what_is_not_listed_is_refused(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    struct case_step step = story_step(&story, CASE_BREACHED, "ann");
    story_refuse(&story, &step, "the process does not list it for stage 'intake'");
    step = story_step(&story, CASE_CURED, "ann");
    story_refuse(&story, &step, "does not list");
    story_end(&story);
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
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    for (int level = 1; level <= 2; level++) {
        story_serve(&story);
        story_pass_deadline(&story);
    }
    assert_string_equal(story.state.stage->id, "warning2");
    story_decide(&story, CASE_BREACHED, "fine");
    struct case_outcome outcome = story_serve(&story);
    assert_true(outcome_has(&outcome, EFFECT_PUBLISH, "fine"));
    story_pass_deadline(&story);
    story_propose(&story, "deregistration");
    story_approve(&story, "deregistration", "bob");
    struct case_step step = story_step(&story, CASE_TERMINATED, "bob");
    story_refuse(&story, &step, "1 of 2 approvals");
    step = story_step(&story, CASE_SUSPENDED, "bob");
    story_refuse(&story, &step, "does not list");
    story_end(&story);
    process_free(process);
    process = icann;
}

static struct case_step came_back(const struct story *story)
{
    struct case_step step = story_letter(story, CASE_BOUNCED, "machine", story->state.letter.id, 0);
    step.sha256 = story->state.letter.sha256;
    CASE_TEXT(step.role, "machine");
    return step;
}

static void a_bounced_letter_stops_its_clock_until_served(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    struct case_step step = came_back(&story);
    story_take(&story, &step);
    assert_int_equal(story.state.deadline.clock, CLOCK_NONE);
    step = came_back(&story);
    story_refuse(&story, &step, "has come back already");
    story.now += 3 * CIVIL_DAY_US;
    story_serve(&story);
    assert_int_equal(story.state.deadline.due.day_zero, civil_days(2026, 3, 5));
    story_end(&story);
}

static void a_letter_refused_before_service_starts_no_clock(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_letter(&story, CASE_BOUNCED, "anna", "notice1", 0);
    story_refuse(&story, &step, "no letter of stage 'notice1' was handed over");
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "machine", "notice1", 4);
    CASE_TEXT(step.role, "machine");
    story_take(&story, &step);
    step = came_back(&story);
    story_refuse(&story, &step, "no letter of stage 'notice1' was handed over");
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "anna", "notice1", 4);
    story_take(&story, &step);
    step = came_back(&story);
    struct case_outcome outcome = story_take(&story, &step);
    assert_true(outcome_has(&outcome, EFFECT_NOTIFY, ""));
    assert_false(outcome.deadline_changed);
    assert_int_equal(story.state.facts.values[FACT_LETTER], LETTER_BOUNCED);
    assert_string_equal(story.state.stage->id, "notice1");
    /* Day zero is that of the service that comes at last. */
    story.now += 3 * CIVIL_DAY_US;
    step = story_letter(&story, CASE_NOTICE_SENT, "anna", "notice1", 4);
    step.service_at = step.at;
    story_take(&story, &step);
    assert_int_equal(story.state.deadline.due.day_zero, civil_days(2026, 3, 5));
    story_end(&story);
}

/* Approved bytes cannot be drafted anew: the same ones are served by another way. */
static void an_approved_letter_that_is_refused_keeps_its_bytes(void **state)
{
    (void)state;
    struct story story;
    story_climb(&story, PARTY_REGISTRY);
    struct case_step step = came_back(&story);
    story_take(&story, &step);
    assert_false(story.state.published);
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "anna", "breach", 9);
    story_refuse(&story, &step, "was approved and cannot be edited");
    story.now += CIVIL_DAY_US;
    struct case_outcome outcome = story_serve(&story);
    assert_int_equal(story.state.deadline.clock, CLOCK_RUNNING);
    assert_true(outcome_has(&outcome, EFFECT_PUBLISH, "breach"));
    story_end(&story);
}

static void an_older_letter_that_comes_back_undoes_nothing(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    struct case_step step = came_back(&story);
    step.sha256.bytes[0] ^= 1;
    story_refuse(&story, &step, "other bytes");
    struct case_step first = came_back(&story);
    story_pass_deadline(&story);
    story_serve(&story);
    first.at = story.now;
    story_refuse(&story, &first, "the letter of stage 'notice2' is 'notice2', not 'notice1'");
    assert_int_equal(story.state.deadline.clock, CLOCK_RUNNING);
    /* The due moment has come, though nobody has told the case yet. */
    step = came_back(&story);
    step.at = story.state.deadline.due.instant;
    story_refuse(&story, &step, "the due moment has passed");
    story_end(&story);
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
    story_begin_served(&story);
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
    story_propose(&story, "escalated");
    story_approve(&story, "escalated", "bob");
    count = case_next(&story.state, story.now, options, 200);
    assert_true(option_of(options, count, CASE_ESCALATED, "escalated")->open);
    option = option_of(options, count, CASE_TERMINATED, "termination");
    assert_non_null(strstr(option->why, "'termination' has not been drafted"));
    count = case_next(&story.state, story.state.deadline.due.instant, options, 200);
    assert_true(option_of(options, count, CASE_DEADLINE_PASSED, "notice2")->open);
    story_end(&story);
}

/* What could be written but never be read again is not written. */
static void a_full_case_takes_no_event(void **state)
{
    (void)state;
    struct story story;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_step(&story, CASE_CALL, "ann");
    story.state.seq = CASE_EVENTS_MAX - 1;
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), 0);
    story.state.seq = CASE_EVENTS_MAX;
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), ERR_LIMIT);
    story_end(&story);
}

static void damaged_histories_are_named(void **state)
{
    (void)state;
    struct story story;
    struct case_state folded;
    struct error_detail detail = {""};
    story_climb(&story, PARTY_REGISTRAR);
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
    struct case_explanation rows[STORY_EVENTS];
    assert_int_equal(case_explain(process, story.events, story.count, rows, NULL), ERR_DAMAGED);
    assert_int_equal(case_explain(process, story.events, 1, rows, NULL), 0);
    /* More events than a case may have are not looked at. */
    assert_int_equal(case_fold(process, story.events, CASE_EVENTS_MAX + 1, &folded, NULL),
                     ERR_LIMIT);
    assert_int_equal(case_explain(process, story.events, CASE_EVENTS_MAX + 1, rows, NULL),
                     ERR_LIMIT);
    assert_int_equal(case_fold(process, story.events, 0, &folded, NULL), 0);
    assert_ptr_equal(folded.stage, process->initial);
    story_end(&story);
}

/* "What blocks it": a guard that nothing which the event brings along could make hold. */
static void next_says_what_the_guard_needs(void **state)
{
    (void)state;
    struct story story;
    static struct case_option options[200];
    story_climb(&story, PARTY_REGISTRY);
    story_serve(&story);
    size_t count = case_next(&story.state, story.now, options, 200);
    const struct case_option *option = option_of(options, count, CASE_CURED, "cured");
    assert_false(option->open);
    assert_non_null(strstr(option->why, "needs (finding == met or"));
    story_plain(&story, CASE_FINDING_MET);
    count = case_next(&story.state, story.now, options, 200);
    assert_true(option_of(options, count, CASE_CURED, "cured")->open);
    story_end(&story);
}

/* "Writes up to `room` options ...; returns how many there are." */
static void next_writes_no_more_than_there_is_room_for(void **state)
{
    (void)state;
    struct story story;
    static struct case_option options[200], few[3];
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    size_t count = case_next(&story.state, story.now, options, 200);
    few[2].edge = NULL;
    assert_int_equal(case_next(&story.state, story.now, few, 2), count);
    assert_null(few[2].edge);
    assert_int_equal(case_next(&story.state, story.now, few, 0), count);
    size_t edges = 0;
    for (size_t i = 0; i < process->edge_count; i++) {
        if (process->edges[i].from != story.state.stage)
            continue;
        assert_ptr_equal(options[edges].edge, &process->edges[i]); /* in the order of the process */
        edges++;
    }
    assert_int_equal(count, edges);
    for (size_t i = 0; i < count; i++) {
        const char *summary = case_event_summary(options[i].edge->event);
        if (options[i].open)
            assert_int_equal(strncmp(options[i].why, summary, strlen(summary)), 0);
        else
            assert_true(options[i].why[0]);
    }
    story_end(&story);
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123" /* 64 bytes */
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

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
        {CASE_ANSWERED, "{\"deadline\":{\"date\":\"2026-03-09\"}}"},
        {CASE_ANSWERED, "{\"deadline\":{\"date\":\"x\",\"instant\":\"2026-03-10T00:00:00Z\"}}"},
        {CASE_ANSWERED, "{\"deadline\":{\"date\":\"2026-03-09\",\"instant\":\"x\"}}"},
        {CASE_ANSWERED, "{\"criterion\":[]}"},
        {CASE_ANSWERED, "{\"dispute\":null}"},
        {CASE_ANSWERED, "{\"ground\":1}"},
        {CASE_ANSWERED, "{\"closure\":1}"},
        {CASE_ANSWERED, "{\"second\":1}"},
        {CASE_ANSWERED, "{\"object\":\"" LONG LONG "\"}"},
        {CASE_OPENED, "{\"repeated\":1}"},
        {CASE_OPENED, "{\"family\":\"x\"}"},
        {CASE_OPENED, "{\"origin\":\"x\"}"},
        {CASE_NOTICE_DRAFTED, "{\"letter\":1,\"sha256\":\"" ZEROS "\"}"},
        {CASE_NOTICE_APPROVED, "{\"letter\":\"x\"}"},
        {CASE_RESENT, "{\"letter\":\"x\"}"},
        {CASE_NOTICE_SENT, "{\"letter\":\"x\",\"sha256\":\"" ZEROS "\"}"},
        {CASE_NOTICE_SENT, "{\"letter\":\"x\",\"sha256\":\"" ZEROS "\",\"service_at\":\"x\"}"},
        {CASE_REMEDIATION_AGREED, "{}"},
        {CASE_NOTICE_DRAFTED, "{\"letter\":\"x\",\"sha256\":\"" ZEROS "\",\"translation\":\"0\"}"},
        {CASE_NOTICE_SENT, "{\"channel\":1,\"letter\":\"x\",\"sha256\":\"" ZEROS
                           "\",\"service_at\":\"2026-03-10T00:00:00Z\"}"},
        {CASE_ANSWERED, "{\"deadline\":{\"date\":\"2026-03-09\",\"calendar_version\":\"0\","
                        "\"instant\":\"2026-03-10T00:00:00Z\"}}"},
        {CASE_ALLEGATION_ADDED, "{\"allegation\":1}"},
        {CASE_ALLEGATION_DECIDED, "{\"outcome\":\"fine\"}"},
        {CASE_ALLEGATION_DECIDED, "{\"number\":\"1\"}"},
        {CASE_ALLEGATION_DECIDED, "{\"number\":-1}"},
        {CASE_ALLEGATION_DECIDED, "{\"number\":256}"},
        {CASE_CORRECTED, "{\"takes_back\":\"all\"}"},
        {CASE_CORRECTED, "{\"whom\":1}"},
        {CASE_MILESTONE_AGREED, "{}"},
        {CASE_NOT_RENEWED, "{}"},
        {CASE_BOUNCED, "{\"letter\":\"x\"}"},
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

/* A proposal is weighed before the second person is asked; what else is wrong with it is said at
 * once. */
static void a_step_is_weighed_without_the_second_person(void **state)
{
    (void)state;
    struct story story;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    story_climb(&story, PARTY_REGISTRAR);
    struct case_step extended = story_step(&story, CASE_EXTENDED, "ann");
    assert_int_equal(case_weigh(&story.state, &extended, &outcome, &detail), ERR_REFUSED);
    assert_string_equal(detail.text,
                        "'extended' in stage 'breach' is refused: no deadline is running");
    story_serve(&story);
    extended.until = story.state.deadline.due.date + 7;
    assert_int_equal(case_weigh(&story.state, &extended, &outcome, &detail), 1);
    assert_int_equal(outcome.state.deadline.due.date, extended.until);
    assert_int_equal(case_apply(&story.state, &extended, &outcome, &detail), ERR_REFUSED);
    struct case_step call = story_step(&story, CASE_CALL, "ann");
    assert_int_equal(case_weigh(&story.state, &call, &outcome, &detail), 0);
    story_end(&story);
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
    name[CASE_NAME_MAX - 1] = '\0';
    assert_int_equal(CASE_TEXT(step.actor, name), 0);
    assert_string_equal(step.actor, name);
    assert_int_equal(CASE_TEXT(step.actor, NULL), 0);
    assert_string_equal(step.actor, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_case_from_monitoring_to_cured),
        cmocka_unit_test(each_step_asks_for_its_letter_and_for_people),
        cmocka_unit_test(clocks_follow_party_and_family),
        cmocka_unit_test(what_is_not_listed_is_refused),
        cmocka_unit_test(another_authority_has_another_ladder),
        cmocka_unit_test(a_bounced_letter_stops_its_clock_until_served),
        cmocka_unit_test(a_letter_refused_before_service_starts_no_clock),
        cmocka_unit_test(an_approved_letter_that_is_refused_keeps_its_bytes),
        cmocka_unit_test(an_older_letter_that_comes_back_undoes_nothing),
        cmocka_unit_test(next_says_which_guard_blocks),
        cmocka_unit_test(a_full_case_takes_no_event),
        cmocka_unit_test(next_says_what_the_guard_needs),
        cmocka_unit_test(next_writes_no_more_than_there_is_room_for),
        cmocka_unit_test(damaged_histories_are_named),
        cmocka_unit_test(bad_event_data_is_refused),
        cmocka_unit_test(a_step_is_weighed_without_the_second_person),
        cmocka_unit_test(long_names_are_refused_not_cut),
    };
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
