/* The invariants of the house by number: "Cases are events" in docs/architecture.md. */
#include "cases/story.h"

#include "base/civil.h"

#include <string.h>

static void invariant_1_only_a_served_formal_notice_is_public(void **state)
{
    (void)state;
    struct story story;
    story_climb(&story, PARTY_REGISTRAR);
    /* rescinded before it was served: the public record has nothing to update */
    struct case_outcome outcome = story_decide(&story, CASE_RESCINDED, "rescission");
    assert_false(outcome_has(&outcome, EFFECT_UPDATE_PUBLICATION, ""));
    assert_false(case_is_public(&story.state));
    story_end(&story);
}

static void invariant_3_a_level_rises_by_one(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    static const char *const ladder[] = {"notice1", "notice2", "notice3"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(story.state.stage->id, ladder[i]);
        struct case_step step = story_step(&story, CASE_DEADLINE_PASSED, "bailiwick");
        story_refuse(&story, &step, "no deadline is running");
        story_serve(&story);
        story_refuse(&story, &step, "has not come yet");
        story_pass_deadline(&story);
    }
    assert_string_equal(story.state.stage->id, "notice3");
    assert_true(story.state.facts.values[FACT_EXPIRED]);
    story_end(&story);
}

static void invariant_3_an_answer_that_waits_raises_nothing(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    story_plain(&story, CASE_ANSWERED);
    struct case_outcome outcome = story_pass_deadline(&story);
    assert_string_equal(story.state.stage->id, "notice1");
    assert_true(outcome_has(&outcome, EFFECT_NOTIFY, ""));
    struct case_step step = story_step(&story, CASE_ANSWER_JUDGED, "bailiwick");
    step.judgement = ANSWER_INADEQUATE;
    story_refuse(&story, &step, "for a person");
    step = story_step(&story, CASE_ANSWER_JUDGED, "ann");
    story_refuse(&story, &step, "a judgement");
    step.judgement = ANSWER_INADEQUATE;
    step.reason[0] = '\0';
    story_refuse(&story, &step, "needs a reason");
    CASE_TEXT(step.reason, "requests 2 and 3 unanswered");
    story_take(&story, &step);
    assert_string_equal(story.state.stage->id, "notice2");
    story_end(&story);
}

static void invariant_3_a_ground_needs_its_clause_and_two_approvers(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    story_propose(&story, "termination");
    story_approve(&story, "termination", "bob");
    struct case_step step = story_step(&story, CASE_TERMINATED, "bob");
    story_refuse(&story, &step, "ground != none");
    CASE_TEXT(step.ground, "raa-9.9.9");
    story_refuse(&story, &step, "no ground 'raa-9.9.9'");
    CASE_TEXT(step.ground, "ra-insolvency");
    story_refuse(&story, &step, "is not for a registrar");
    CASE_TEXT(step.ground, "raa-stability");
    story_refuse(&story, &step, "1 of 2 approvals");
    story_approve(&story, "termination", "cleo");
    story_take(&story, &step);
    assert_string_equal(story.state.ground, "raa-stability");
    struct case_outcome outcome = story_serve(&story);
    assert_string_equal(outcome.state.deadline.due.rule->clause, "RAA 5.5.7");
    assert_int_equal(outcome.state.deadline.due.date - outcome.state.deadline.due.day_zero, 3);
    story_end(&story);
}

static void invariant_3_escalation_names_its_criterion(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRY, /* violation= */ false);
    assert_string_equal(story.state.stage->id, "inquiry");
    story_propose(&story, "escalated");
    story_approve(&story, "escalated", "bob");
    struct case_step step = story_step(&story, CASE_ESCALATED, "bob");
    story_refuse(&story, &step, "a criterion");
    step.criterion = CRITERION_OVERDUE_REMEDIATION;
    story_refuse(&story, &step, "criterion");
    step.criterion = CRITERION_HARM;
    story_take(&story, &step);
    assert_string_equal(story.state.stage->id, "escalated");
    step = story_step(&story, CASE_BREACHED, "bob");
    story_refuse(&story, &step, "");
    story_serve(&story);
    struct case_outcome outcome = story_pass_deadline(&story);
    assert_string_equal(story.state.stage->id, "escalated");
    assert_true(outcome_has(&outcome, EFFECT_DRAFT_LETTER, "breach"));
    story_end(&story);
}

static void invariant_5_an_extension_moves_later_with_a_reason(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    int32_t due = story.state.deadline.due.date;
    struct case_step step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = due;
    story_refuse(&story, &step, "later than the old one");
    step.until = due + DEADLINE_DAYS_MAX;
    story_refuse(&story, &step, "days away");
    step.until = due + 7;
    step.reason[0] = '\0';
    story_refuse(&story, &step, "needs a reason");
    CASE_TEXT(step.reason, "asked in time");
    story_take(&story, &step);
    assert_int_equal(story.state.deadline.due.date, due + 7);
    story.now = story.state.deadline.due.instant;
    step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = due + 30;
    story_refuse(&story, &step, "has passed");
    story_end(&story);
}

static void invariant_5_a_cure_date_is_moved_by_two_persons(void **state)
{
    (void)state;
    struct story story;
    story_climb(&story, PARTY_REGISTRAR);
    story_serve(&story);
    struct case_step step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = story.state.deadline.due.date + 10;
    story_refuse(&story, &step, "second person");
    CASE_TEXT(step.second, "ann");
    story_refuse(&story, &step, "second person");
    CASE_TEXT(step.second, "bob");
    story_take(&story, &step);
    story_end(&story);
}

static void invariant_5_stopped_days_are_given_back(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    story_serve(&story); /* Monday 2 March, due Monday 9 March */
    assert_int_equal(story.state.deadline.due.date, civil_days(2026, 3, 9));
    story.now += 2 * CIVIL_DAY_US;
    story_plain(&story, CASE_TOLLED);
    struct case_step step = story_step(&story, CASE_DEADLINE_PASSED, "bailiwick");
    step.at = story.now + 30 * CIVIL_DAY_US;
    story_refuse(&story, &step, "the clock is stopped");
    story.now += 5 * CIVIL_DAY_US;
    story_plain(&story, CASE_RESUMED); /* 9 + 5 = Saturday 14: not worked */
    assert_int_equal(story.state.deadline.due.date, civil_days(2026, 3, 16));
    story_end(&story);
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
        story_climb(&story, rows[i].party);
        struct case_step step = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "breach", 2);
        step.deadline_recorded = true; /* a recorded date that is too short is no history */
        step.deadline_date = zone_day_of(zone_utc(), story.now) + rows[i].days - 1;
        step.deadline_instant = ((int64_t)step.deadline_date + 1) * CIVIL_DAY_US;
        story_refuse(&story, &step, "a cure time under");
        story_serve(&story);
        const struct deadline *due = &story.state.deadline.due;
        assert_int_equal(due->date - due->day_zero, rows[i].days);
        story_end(&story);
    }
}

static void invariant_7_what_is_sent_is_what_was_drafted(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 1);
    story_refuse(&story, &step, "not drafted");
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "bailiwick", "notice1", 1);
    struct case_outcome outcome = story_take(&story, &step);
    assert_true(outcome_has(&outcome, EFFECT_SEND_LETTER, "notice1"));
    step = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 9);
    story_refuse(&story, &step, "other bytes");
    step = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "notice2", 1);
    story_refuse(&story, &step, "is 'notice1', not 'notice2'");
    step = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "notice1", 1);
    step.service_at = story.now + 1;
    story_refuse(&story, &step, "in the future");
    step.service_at = story.now - 1;
    story_refuse(&story, &step, "before the letter was ready");
    step.service_at = story.now;
    story_take(&story, &step);
    story_refuse(&story, &step, "a resend restarts no clock");
    story_end(&story);
}

static void invariant_8_the_approver_neither_drafted_nor_edited(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    for (int level = 1; level <= 3; level++) {
        story_serve(&story);
        story_pass_deadline(&story);
    }
    struct case_step breach = story_step(&story, CASE_BREACHED, "bailiwick");
    story_call(&story);
    story_refuse(&story, &breach, "has not been drafted and approved");
    struct case_step draft = story_letter(&story, CASE_NOTICE_DRAFTED, "bailiwick", "breach", 2);
    story_take(&story, &draft);
    struct case_step sign = story_letter(&story, CASE_NOTICE_APPROVED, "bob", "breach", 2);
    story_take(&story, &sign);
    story_refuse(&story, &breach, "no person adopted it");
    draft = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "breach", 2);
    story_take(&story, &draft); /* adopts the same bytes: bob's approval still stands */
    sign = story_letter(&story, CASE_NOTICE_APPROVED, "ann", "breach", 2);
    story_refuse(&story, &sign, "ann drafted or edited");
    sign = story_letter(&story, CASE_NOTICE_APPROVED, "cleo", "breach", 3);
    story_refuse(&story, &sign, "other bytes");
    sign = story_letter(&story, CASE_NOTICE_APPROVED, "bailiwick", "breach", 2);
    story_refuse(&story, &sign, "for a person");
    draft = story_letter(&story, CASE_NOTICE_DRAFTED, "bob", "breach", 3);
    story_take(&story, &draft); /* one byte changed: every approval is void */
    story_refuse(&story, &breach, "0 of 1 approvals");
    sign = story_letter(&story, CASE_NOTICE_APPROVED, "bob", "breach", 3);
    story_refuse(&story, &sign, "bob drafted or edited");
    sign = story_letter(&story, CASE_NOTICE_APPROVED, "cleo", "breach", 3);
    story_take(&story, &sign);
    struct case_outcome outcome = story_take(&story, &breach);
    assert_true(outcome_has(&outcome, EFFECT_SEND_LETTER, "breach"));
    draft = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "breach", 4);
    story_refuse(&story, &draft, "was approved and cannot be edited");
    story_end(&story);
}

static void invariant_8_a_recused_person_neither_acts_nor_counts(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    story_propose(&story, "escalated");
    story_approve(&story, "escalated", "bob");
    struct case_step step = story_step(&story, CASE_RECUSED, "ann");
    CASE_TEXT(step.object, "bob");
    story_take(&story, &step);
    step = story_step(&story, CASE_CALL, "bob");
    story_refuse(&story, &step, "bob is recused");
    step = story_step(&story, CASE_ESCALATED, "ann");
    step.criterion = CRITERION_HARM;
    story_refuse(&story, &step, "0 of 1 approvals");
    story_end(&story);
}

static void invariant_10_every_event_is_explained(void **state)
{
    (void)state;
    struct story story;
    struct case_explanation rows[STORY_EVENTS];
    story_climb(&story, PARTY_REGISTRAR);
    story_serve(&story);
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
    story_end(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        cmocka_unit_test(invariant_10_every_event_is_explained),
    };
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
