/* The clock of a case, and what a step must be, under rules that no shipped rulebook has: the
 * loaded process is changed in memory. */
#include "cases/step.h"
#include "cases/story.h"

#include "base/civil.h"

#include <string.h>

#define HOUR_US INT64_C(3600000000)

static struct deadline_rule *rule_of(const char *id)
{
    for (size_t i = 0; i < process->rule_count; i++) {
        if (strcmp(process->rules[i].id, id) == 0)
            return (struct deadline_rule *)&process->rules[i];
    }
    fail_msg("no rule %s", id);
    return NULL;
}

static struct edge *edge_of(const char *stage, enum case_event_type type)
{
    for (size_t i = 0; i < process->edge_count; i++) {
        if (strcmp(process->edges[i].from->id, stage) == 0 && process->edges[i].event == type)
            return (struct edge *)&process->edges[i];
    }
    fail_msg("no edge %s from %s", case_event_text(type), stage);
    return NULL;
}

/* Tolled after `running`, resumed after `stopped` more. */
static const struct deadline *stop_for(struct story *story, int64_t running, int64_t stopped)
{
    story->now += running;
    story_plain(story, CASE_TOLLED);
    assert_true(story->state.facts.values[FACT_TOLLED]);
    story->now += stopped;
    story_plain(story, CASE_RESUMED);
    assert_false(story->state.facts.values[FACT_TOLLED]);
    assert_int_equal(story->state.deadline.clock, CLOCK_RUNNING);
    return &story->state.deadline.due;
}

/* Hours are counted from the instant of service, and given back as they were stopped. */
static void invariant_5_stopped_hours_are_given_back(void **state)
{
    (void)state;
    struct story story;
    rule_of("first")->unit = UNIT_HOURS;
    rule_of("first")->n = 48;
    story_begin_served(&story);
    int64_t served = story.now;
    assert_int_equal(story.state.deadline.due.instant, served + 48 * HOUR_US);
    const struct deadline *due = stop_for(&story, 10 * HOUR_US, 20 * HOUR_US + 1);
    assert_int_equal(due->instant, served + 68 * HOUR_US + 1);
    assert_int_equal(due->date, civil_days(2026, 3, 5)); /* Monday 09:00 and 68 hours */
    story_end(&story);
}

/* Stopped days are given back; a date that then is not worked moves on where the rule says so. */
static void invariant_5_stopped_days_keep_the_rule_for_days_off(void **state)
{
    (void)state;
    static const struct {
        bool roll_forward;
        int stopped, date;
    } rows[] = {
        {false, 2, 9}, {false, 7, 14}, {true, 2, 11}, {true, 5, 16}, {true, 6, 16}, {true, 7, 16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct story story;
        rule_of("first")->unit = UNIT_CALENDAR_DAYS;
        rule_of("first")->n = 5; /* Saturday 7 March, or Monday 9 */
        rule_of("first")->roll_forward = rows[i].roll_forward;
        story_begin_served(&story);
        assert_int_equal(story.state.deadline.due.date,
                         civil_days(2026, 3, rows[i].roll_forward ? 9 : 7));
        const struct deadline *due = stop_for(&story, CIVIL_DAY_US, rows[i].stopped * CIVIL_DAY_US);
        assert_int_equal(due->date, civil_days(2026, 3, rows[i].date));
        assert_int_equal(due->instant, deadline_instant(due->rule, due->date));
        story_end(&story);
    }
}

static void a_clock_without_a_rule_does_not_start(void **state)
{
    (void)state;
    struct story story;
    struct error_detail detail = {""};
    struct case_outcome outcome;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "notice1", 1);
    story_take(&story, &step);
    step = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 1);
    rule_of("first")->n = DEADLINE_DAYS_MAX; /* of working days: beyond the last day */
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), ERR_LIMIT);
    assert_non_null(strstr(detail.text, "deadline rule 'first'"));
    edge_of("notice1", CASE_NOTICE_SENT)->clock_count = 2; /* of three, and only the third fits */
    story_refuse(&story, &step, "no deadline rule of the edge fits the case");
    story_end(&story);
}

/* A clock that something else than a letter starts runs from that moment. */
static void a_call_can_start_a_clock(void **state)
{
    (void)state;
    struct story story;
    struct edge *edge = edge_of("notice1", CASE_CALL);
    edge->effects[edge->effect_count++] = (struct edge_effect){EFFECT_SET_DEADLINE, ""};
    edge->clocks[0] = rule_of("first");
    edge->clock_count = 1;
    story_begin_served(&story);
    story.now += CIVIL_DAY_US;
    struct case_step step = story_step(&story, CASE_CALL, "ann");
    step.service_at = story.now - 5 * CIVIL_DAY_US; /* which is of letters alone */
    struct case_outcome outcome = story_take(&story, &step);
    assert_true(outcome.deadline_changed);
    assert_int_equal(outcome.state.deadline.due.service_at, story.now);
    assert_int_equal(outcome.state.deadline.due.day_zero, civil_days(2026, 3, 3));
    story_end(&story);
}

/* "State.deadline is another than before": another clock, rule, date or instant. */
static void an_outcome_says_whether_the_deadline_changed(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    struct case_step step = story_step(&story, CASE_CALL, "ann");
    assert_false(story_take(&story, &step).deadline_changed);
    step = story_letter(&story, CASE_RESENT, "bailiwick", "notice1", 1);
    assert_false(story_take(&story, &step).deadline_changed);
    step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = story.state.deadline.due.date + 1;
    assert_true(story_take(&story, &step).deadline_changed);
    step = story_step(&story, CASE_TOLLED, "ann");
    assert_true(story_take(&story, &step).deadline_changed);
    step = story_step(&story, CASE_RESUMED, "ann");
    assert_true(story_take(&story, &step).deadline_changed);
    step = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    assert_true(story_take(&story, &step).deadline_changed);
    story_end(&story);
}

/* Invariant 7: a resend is of the bytes that were served; it restarts no clock. */
static void invariant_7_a_resend_is_of_the_same_bytes(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_letter(&story, CASE_RESENT, "bailiwick", "notice1", 1);
    story_refuse(&story, &step, "the letter of stage 'notice1' is not served");
    story_serve(&story);
    struct case_deadline before = story.state.deadline;
    step = story_letter(&story, CASE_RESENT, "bailiwick", "notice1", 9);
    story_refuse(&story, &step, "has other bytes");
    step = story_letter(&story, CASE_RESENT, "bailiwick", "notice2", 1);
    story_refuse(&story, &step, "no letter 'notice2' has been drafted");
    story.now += CIVIL_DAY_US;
    step = story_letter(&story, CASE_RESENT, "bailiwick", "notice1", 1);
    struct case_outcome outcome = story_take(&story, &step);
    assert_memory_equal(&outcome.state.deadline, &before, sizeof before);
    struct case_step read;
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_string_equal(read.letter, "notice1");
    assert_int_equal(read.sha256.bytes[0], 1);
    assert_int_equal(read.service_at, 0);
    story_end(&story);
}

/* A dated plan takes the place of the deadline, and is overdue when its date has passed. */
static void a_plan_has_a_date_and_can_be_overdue(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_step(&story, CASE_REMEDIATION_AGREED, "ann");
    story_refuse(&story, &step, "a plan needs a served letter");
    story_serve(&story);
    story_plain(&story, CASE_ANSWERED);
    step = story_step(&story, CASE_ANSWER_JUDGED, "ann");
    step.judgement = ANSWER_PARTIAL;
    story_take(&story, &step);
    step = story_step(&story, CASE_REMEDIATION_AGREED, "ann");
    step.until = story.state.deadline.due.date;
    story_refuse(&story, &step, "later than the old one");
    step.until++;
    struct case_outcome outcome = story_take(&story, &step);
    assert_int_equal(outcome.state.deadline.due.date, step.until);
    assert_int_equal(outcome.state.deadline.clock, CLOCK_RUNNING);
    assert_int_equal(outcome.state.facts.values[FACT_PLAN], PLAN_AGREED);
    struct case_step read;
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_int_equal(read.until, step.until);
    assert_int_equal(read.deadline_date, step.until);
    story_pass_deadline(&story);
    assert_string_equal(story.state.stage->id, "notice1");
    assert_int_equal(story.state.facts.values[FACT_PLAN], PLAN_OVERDUE);
    assert_true(story.state.facts.values[FACT_EXPIRED]);
    int32_t today = zone_day_of(story.state.deadline.due.rule->zone, story.now);
    step = story_step(&story, CASE_REMEDIATION_AGREED, "ann");
    step.until = today - 1;
    story_refuse(&story, &step, "later than the old one");
    step.until = today; /* no clock runs: today is not too early */
    outcome = story_take(&story, &step);
    assert_int_equal(outcome.state.facts.values[FACT_PLAN], PLAN_AGREED);
    assert_false(outcome.state.facts.values[FACT_EXPIRED]);
    story_end(&story);
}

static void no_plan_while_the_clock_is_stopped(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    struct case_step step = story_step(&story, CASE_RESUMED, "ann");
    story_refuse(&story, &step, "the clock is not stopped");
    story_plain(&story, CASE_TOLLED);
    step = story_step(&story, CASE_REMEDIATION_AGREED, "ann");
    step.until = story.state.deadline.due.date + 20;
    story_refuse(&story, &step, "a plan needs a served letter whose clock is not stopped");
    story_end(&story);
}

static void judge(struct story *story, enum fact_answer judgement)
{
    story_plain(story, CASE_ANSWERED);
    struct case_step step = story_step(story, CASE_ANSWER_JUDGED, "ann");
    step.judgement = judgement;
    story_take(story, &step);
}

/* Monday 2 to Monday 9 March 2026. Found adequate on Tuesday; a look at what came later finds it
 * wanting on Thursday, and the two days come back. */
static void invariant_4_an_answer_found_wanting_after_all_wakes_the_clock(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    int32_t due = story.state.deadline.due.date;
    story.now += CIVIL_DAY_US;
    judge(&story, ANSWER_ADEQUATE);
    assert_int_equal(story.state.deadline.clock, CLOCK_NONE);
    story.now += 2 * CIVIL_DAY_US;
    judge(&story, ANSWER_PARTIAL);
    assert_int_equal(story.state.deadline.clock, CLOCK_RUNNING);
    assert_int_equal(story.state.deadline.due.date, due + 2);
    judge(&story, ANSWER_INADEQUATE); /* and does so once */
    assert_int_equal(story.state.deadline.due.date, due + 2);
    story_pass_deadline(&story);
    assert_string_equal(story.state.stage->id, "notice2");
    story_end(&story);
}

/* Time that a clock lay still is counted from the first adequate answer; what else ends a clock
 * gives none back. */
static void time_is_given_back_from_the_first_adequate_answer(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    int32_t due = story.state.deadline.due.date;
    story.now += CIVIL_DAY_US;
    judge(&story, ANSWER_ADEQUATE);
    int64_t since = story.now;
    assert_int_equal(story.state.deadline.stopped_at, since);
    story.now += CIVIL_DAY_US;
    judge(&story, ANSWER_ADEQUATE);
    assert_int_equal(story.state.deadline.stopped_at, since);
    story.now += CIVIL_DAY_US;
    judge(&story, ANSWER_PARTIAL);
    assert_int_equal(story.state.deadline.due.date, due + 2);
    story_end(&story);
    story_begin_served(&story);
    story.now += CIVIL_DAY_US;
    struct case_step step = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    story_take(&story, &step);
    assert_int_equal(story.state.deadline.clock, CLOCK_NONE);
    assert_int_equal(story.state.deadline.stopped_at, 0);
    story_end(&story);
}

/* What may happen only before the due moment, and what only from then on. */
static void the_due_moment_is_a_border(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    int64_t due = story.state.deadline.due.instant;
    static const enum case_event_type before[] = {CASE_EXTENDED, CASE_TOLLED, CASE_CLARIFIED,
                                                  CASE_REMINDED, CASE_BOUNCED};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        assert_int_equal(step_allowed(&story.state, before[i], due - 1, NULL), 0);
        assert_int_equal(step_allowed(&story.state, before[i], due, NULL), ERR_REFUSED);
    }
    assert_int_equal(step_allowed(&story.state, CASE_DEADLINE_PASSED, due - 1, NULL), ERR_REFUSED);
    assert_int_equal(step_allowed(&story.state, CASE_DEADLINE_PASSED, due, NULL), 0);
    story_plain(&story, CASE_TOLLED); /* a clock that stands still has no due moment */
    assert_int_equal(step_allowed(&story.state, CASE_BOUNCED, due, NULL), 0);
    assert_int_equal(step_allowed(&story.state, CASE_DEADLINE_PASSED, due, NULL), ERR_REFUSED);
    story_end(&story);
}

/* From the day on which the letter was ready to the present moment; a new date within the limit. */
static void moments_that_a_step_names_have_borders(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "notice1", 1);
    story_take(&story, &step);
    int64_t ready = story.now;
    story.now += HOUR_US;
    step = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 1);
    step.service_at = ready - 1;
    assert_int_equal(step_complete(&story.state, &step, NULL), ERR_REFUSED);
    step.service_at = ready;
    assert_int_equal(step_complete(&story.state, &step, NULL), 0);
    step.service_at = story.now + 1;
    assert_int_equal(step_complete(&story.state, &step, NULL), ERR_REFUSED);
    step.service_at = story.now;
    story_take(&story, &step);
    int32_t today = zone_day_of(story.state.deadline.due.rule->zone, story.now);
    step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = today + DEADLINE_DAYS_MAX;
    assert_int_equal(step_complete(&story.state, &step, NULL), 0);
    step.until++;
    story_refuse(&story, &step, "more than 4000 days away");
    step = story_step(&story, CASE_NOT_RENEWED, "ann");
    step.until = zone_day_of(zone_utc(), story.now);
    assert_int_equal(step_complete(&story.state, &step, NULL), 0);
    step.until--;
    assert_int_equal(step_complete(&story.state, &step, NULL), ERR_REFUSED);
    story_end(&story);
}

/* Hours are restarted within the day: the same date at another moment is another deadline. */
static void another_moment_of_the_day_is_another_deadline(void **state)
{
    (void)state;
    struct story story;
    rule_of("first")->unit = UNIT_HOURS;
    rule_of("first")->n = 48;
    rule_of("first")->clarification_restarts = true;
    story_begin_served(&story);
    struct deadline before = story.state.deadline.due;
    story.now += HOUR_US;
    struct case_step step = story_step(&story, CASE_CLARIFIED, "ann");
    struct case_outcome outcome = story_take(&story, &step);
    assert_true(outcome.deadline_changed);
    assert_int_equal(outcome.state.deadline.due.date, before.date);
    assert_int_equal(outcome.state.deadline.due.instant, before.instant + HOUR_US);
    story_end(&story);
}

/* What a step would do is foreseen with the letter of the stage in it, and not without the second
 * person that it wants. */
static void a_draft_is_weighed_as_one_of_the_stages_letter(void **state)
{
    (void)state;
    static struct case_option options[200];
    struct arena arena ARENA_CLEANUP = {0};
    struct guard_position position;
    struct story story;
    arena_init(&arena, 1 << 16);
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct edge *edge = edge_of("notice1", CASE_NOTICE_DRAFTED);
    for (int drafted = 0; drafted < 2; drafted++) {
        const char *text = drafted ? "letter == drafted" : "letter == none";
        assert_int_equal(guard_parse(text, &arena, &edge->guard, &position, NULL), 0);
        size_t count = case_next(&story.state, story.now, options, 200);
        for (size_t i = 0; i < count; i++) {
            if (options[i].edge == edge)
                assert_int_equal(options[i].open, drafted);
        }
    }
    story_end(&story);
}

static void what_wants_a_second_person_is_said_and_not_foreseen_without(void **state)
{
    (void)state;
    static struct case_option options[200];
    struct story story;
    size_t wanted = 0;
    story_climb(&story, PARTY_REGISTRAR);
    story_serve(&story);
    size_t count = case_next(&story.state, story.now, options, 200);
    for (size_t i = 0; i < count; i++) {
        bool ends = strstr(options[i].why, "; a second person must agree") != NULL;
        assert_int_equal(ends, options[i].open && options[i].edge->second_person);
        wanted += ends;
    }
    assert_true(wanted > 0);
    struct case_step step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = story.state.deadline.due.date + 10;
    assert_null(case_foresee(&story.state, &step));
    CASE_TEXT(step.second, "bob");
    assert_non_null(case_foresee(&story.state, &step));
    step.until = 0;
    assert_null(case_foresee(&story.state, &step));
    story_end(&story);
}

/* Where a case came from is said once. */
static void a_later_complaint_is_no_other_source(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    assert_int_equal(story.state.source, SOURCE_MEASUREMENT);
    struct case_step step = story_step(&story, CASE_RECEIVED, "ann");
    step.source = SOURCE_TREND;
    step.origin = ORIGIN_COMPLAINT;
    story_take(&story, &step);
    assert_int_equal(story.state.source, SOURCE_MEASUREMENT);
    story_end(&story);
}

/* A judgement starts no clock of a letter that was never served; a plan neither, and the one that
 * was agreed upon went with it. */
static void invariant_5_what_came_back_has_no_clock_and_no_plan(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    judge(&story, ANSWER_PARTIAL);
    struct case_step step = story_step(&story, CASE_REMEDIATION_AGREED, "ann");
    step.until = story.state.deadline.due.date + 20;
    struct case_step plan = step;
    story_take(&story, &step);
    step = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    story_take(&story, &step);
    assert_int_equal(story.state.facts.values[FACT_PLAN], PLAN_NONE);
    judge(&story, ANSWER_ADEQUATE);
    judge(&story, ANSWER_PARTIAL);
    assert_int_equal(story.state.deadline.clock, CLOCK_NONE);
    story_refuse(&story, &plan, "a plan needs a served letter whose clock is not stopped");
    story_end(&story);
}

/* After the due moment a bounce is noted and looked at; it does not undo what has passed. */
static void a_late_bounce_undoes_nothing(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    story_plain(&story, CASE_ANSWERED);
    story_pass_deadline(&story);
    struct case_step step = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    story_take(&story, &step);
    assert_int_equal(story.state.facts.values[FACT_LETTER], LETTER_SENT);
    assert_true(story.state.facts.values[FACT_EXPIRED]);
    story_end(&story);
}

static void invariant_5_the_second_person_is_not_recused(void **state)
{
    (void)state;
    struct story story;
    story_climb(&story, PARTY_REGISTRAR);
    story_serve(&story);
    struct case_step step = story_step(&story, CASE_RECUSED, "ann");
    CASE_TEXT(step.object, "cleo");
    story_take(&story, &step);
    step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = story.state.deadline.due.date + 10;
    CASE_TEXT(step.second, "cleo");
    story_refuse(&story, &step, "cleo is recused from this case");
    CASE_TEXT(step.second, "bob");
    story_take(&story, &step);
    story_end(&story);
}

static void a_list_of_persons_has_a_limit(void **state)
{
    (void)state;
    struct story story;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    char name[] = "person a";
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_step(&story, CASE_RECUSED, "ann");
    for (int i = 0; i < CASE_ACTORS_MAX; i++) {
        name[7] = (char)('a' + i);
        CASE_TEXT(step.object, name);
        story_take(&story, &step);
    }
    CASE_TEXT(step.object, "one more");
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), ERR_LIMIT);
    assert_non_null(strstr(detail.text, "more than 16 persons"));
    story_end(&story);
}

/* --- what a step must carry --- */

/* Who acts has a name and a role; the events that somebody may question later have a reason. */
static void a_step_has_an_actor_a_role_and_mostly_a_reason(void **state)
{
    (void)state;
    static const enum case_event_type reasoned[] = {CASE_UNLINKED,
                                                    CASE_RECUSED,
                                                    CASE_ANSWER_JUDGED,
                                                    CASE_EXTENDED,
                                                    CASE_TOLLED,
                                                    CASE_RESUMED,
                                                    CASE_DISPUTED,
                                                    CASE_REMEDIATION_AGREED,
                                                    CASE_ESCALATED,
                                                    CASE_RESCINDED,
                                                    CASE_REOPENED,
                                                    CASE_CORRECTED,
                                                    CASE_DISPUTE_ENDED,
                                                    CASE_CALL_WAIVED,
                                                    CASE_AGREEMENT_CHANGED,
                                                    CASE_RULES_MIGRATED,
                                                    CASE_ALLEGATION_DECIDED,
                                                    CASE_ITEM_JUDGED,
                                                    CASE_CLOSED,
                                                    CASE_CLARIFIED};
    struct story story;
    story_begin_served(&story);
    for (int type = 0; type < CASE_EVENT_COUNT; type++) {
        struct case_step step = story_step(&story, (enum case_event_type)type, "ann");
        struct error_detail detail = {""};
        bool needs = false;
        for (size_t i = 0; i < sizeof reasoned / sizeof *reasoned; i++)
            needs = needs || (int)reasoned[i] == type;
        step.until = story.state.deadline.due.date + 1;
        step.reason[0] = '\0';
        int result = step_complete(&story.state, &step, &detail);
        assert_int_equal(result < 0 && strstr(detail.text, "needs a reason"), needs);
        CASE_TEXT(step.reason, "because");
        step.role[0] = '\0';
        detail.text[0] = '\0';
        assert_int_equal(step_complete(&story.state, &step, &detail), ERR_REFUSED);
        assert_non_null(strstr(detail.text, "has no actor or role"));
        CASE_TEXT(step.role, "analyst");
        step.actor[0] = '\0';
        assert_int_equal(step_complete(&story.state, &step, NULL), ERR_REFUSED);
    }
    story_end(&story);
}

/* The facts that an event brings along itself, so that case_next() tries all of them. */
static void each_event_brings_its_own_facts(void **state)
{
    (void)state;
    for (int type = 0; type < CASE_EVENT_COUNT; type++) {
        uint32_t expected = 0;
        switch (type) {
        case CASE_OPENED:
            expected = 1u << FACT_VIOLATION;
            break;
        case CASE_ANSWER_JUDGED:
            expected = 1u << FACT_ANSWER;
            break;
        case CASE_ESCALATED:
            expected = 1u << FACT_CRITERION;
            break;
        case CASE_BREACHED:
        case CASE_SUSPENDED:
        case CASE_TERMINATED:
            expected = 1u << FACT_GROUND;
            break;
        case CASE_CLOSED:
            expected = 1u << FACT_CLOSURE;
            break;
        case CASE_DISPUTED:
        case CASE_DISPUTE_ENDED:
            expected = 1u << FACT_DISPUTE;
            break;
        default:
            break;
        }
        assert_int_equal(step_inputs((enum case_event_type)type), expected);
    }
}

/* A step into the past is refused, one at the same moment is not. */
static void time_does_not_run_backwards(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    struct case_step step = story_step(&story, CASE_CALL, "ann");
    step.at = story.now - 1;
    story_refuse(&story, &step, "lies before the last one");
    step.at = story.now;
    story_take(&story, &step);
    story_end(&story);
}

#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)

TEST_MAIN(CLOCK_TEST(invariant_5_stopped_hours_are_given_back),
          CLOCK_TEST(invariant_5_stopped_days_keep_the_rule_for_days_off),
          CLOCK_TEST(a_clock_without_a_rule_does_not_start), CLOCK_TEST(a_call_can_start_a_clock),
          CLOCK_TEST(an_outcome_says_whether_the_deadline_changed),
          CLOCK_TEST(invariant_7_a_resend_is_of_the_same_bytes),
          CLOCK_TEST(a_plan_has_a_date_and_can_be_overdue),
          CLOCK_TEST(no_plan_while_the_clock_is_stopped),
          CLOCK_TEST(invariant_4_an_answer_found_wanting_after_all_wakes_the_clock),
          CLOCK_TEST(time_is_given_back_from_the_first_adequate_answer),
          CLOCK_TEST(the_due_moment_is_a_border),
          CLOCK_TEST(moments_that_a_step_names_have_borders),
          CLOCK_TEST(another_moment_of_the_day_is_another_deadline),
          CLOCK_TEST(a_draft_is_weighed_as_one_of_the_stages_letter),
          CLOCK_TEST(what_wants_a_second_person_is_said_and_not_foreseen_without),
          CLOCK_TEST(a_later_complaint_is_no_other_source),
          CLOCK_TEST(invariant_5_what_came_back_has_no_clock_and_no_plan),
          CLOCK_TEST(a_late_bounce_undoes_nothing),
          CLOCK_TEST(invariant_5_the_second_person_is_not_recused),
          CLOCK_TEST(a_list_of_persons_has_a_limit),
          CLOCK_TEST(a_step_has_an_actor_a_role_and_mostly_a_reason),
          CLOCK_TEST(each_event_brings_its_own_facts), CLOCK_TEST(time_does_not_run_backwards))
