/* What a party promises and how it is told: plans with milestones, the call before a breach,
 * notices that repeat, and an agreement that is not renewed. Under the rulebook that ships. */
#include "cases/story.h"

#include "base/civil.h"

#include <string.h>

/* --- plans --- */

static void judge(struct story *story, enum fact_answer judgement)
{
    story_plain(story, CASE_ANSWERED);
    struct case_step step = story_step(story, CASE_ANSWER_JUDGED, "ann");
    step.judgement = judgement;
    story_take(story, &step);
}

static void begin_case(struct story *story)
{
    story_begin(story);
    story_open(story, PARTY_REGISTRAR, /* violation= */ true);
}

/* Monday 2 March 2026 a notice is served; a plan runs until Tuesday 31 March. */
static void begin_plan(struct story *story)
{
    begin_case(story);
    story_serve(story);
    judge(story, ANSWER_PARTIAL);
    struct case_step step = story_step(story, CASE_REMEDIATION_AGREED, "ann");
    step.until = civil_days(2026, 3, 31);
    story_take(story, &step);
}

static struct case_step milestone(const struct story *story, enum case_event_type type,
                                  const char *name, int day)
{
    const char *actor = type == CASE_MILESTONE_MISSED ? "bailiwick" : "ann";
    struct case_step step = story_step(story, type, actor);
    CASE_TEXT(step.object, name);
    step.until = type == CASE_MILESTONE_AGREED ? civil_days(2026, 3, day) : 0;
    return step;
}

static void agree(struct story *story, const char *name, int day)
{
    struct case_step step = milestone(story, CASE_MILESTONE_AGREED, name, day);
    struct case_outcome outcome = story_take(story, &step);
    assert_true(outcome.plan_changed);
    assert_false(outcome.deadline_changed);
}

static uint8_t plan_of(const struct story *story)
{
    return story->state.facts.values[FACT_PLAN];
}

static void invariant_4_a_milestone_is_due_at_a_moment_of_its_own(void **state)
{
    (void)state;
    struct story story;
    begin_plan(&story);
    int64_t end = story.state.deadline.due.instant;
    assert_int_equal(case_due(&story.state), end);
    agree(&story, "audit", 10);
    agree(&story, "report", 20);
    assert_int_equal(case_due(&story.state), story.state.milestones[0].instant);
    assert_int_equal(story.state.milestones[0].date, civil_days(2026, 3, 10));
    struct case_step missed = milestone(&story, CASE_MILESTONE_MISSED, "audit", 0);
    story_refuse(&story, &missed, "no open milestone has come to its date");
    story.now = missed.at = story.state.milestones[0].instant;
    struct case_step wrong = milestone(&story, CASE_MILESTONE_MISSED, "report", 0);
    story_refuse(&story, &wrong, "'report' is missed already, or its date has not passed");
    struct case_outcome outcome = story_take(&story, &missed);
    assert_true(outcome_has(&outcome, EFFECT_NOTIFY, ""));
    assert_int_equal(plan_of(&story), PLAN_OVERDUE);
    assert_string_equal(story.state.stage->id, "notice1");
    assert_int_equal(case_due(&story.state), story.state.milestones[1].instant);
    story_refuse(&story, &missed, "no open milestone has come to its date");
    story_end(&story);
}

/* Done late puts the plan right when nothing else is missing. */
static void a_milestone_that_is_met_late_puts_the_plan_right(void **state)
{
    (void)state;
    struct story story;
    begin_plan(&story);
    agree(&story, "audit", 10);
    agree(&story, "report", 10);
    story.now = story.state.milestones[0].instant;
    const char *const names[] = {"audit", "report"};
    for (size_t i = 0; i < 2; i++) {
        struct case_step step = milestone(&story, CASE_MILESTONE_MISSED, names[i], 0);
        story_take(&story, &step);
    }
    struct case_step met = milestone(&story, CASE_MILESTONE_MET, "audit", 0);
    story_take(&story, &met);
    assert_int_equal(plan_of(&story), PLAN_OVERDUE);
    story_refuse(&story, &met, "the milestone 'audit' is met already");
    met = milestone(&story, CASE_MILESTONE_MET, "report", 0);
    story_take(&story, &met);
    assert_int_equal(plan_of(&story), PLAN_AGREED);
    met = milestone(&story, CASE_MILESTONE_MET, "report", 0);
    story_refuse(&story, &met, "no milestone is open or missed");
    story_end(&story);
}

static void an_overdue_milestone_lets_a_person_escalate(void **state)
{
    (void)state;
    struct story story;
    begin_plan(&story);
    agree(&story, "audit", 10);
    story_propose(&story, "escalated");
    story_approve(&story, "escalated", "bob");
    struct case_step up = story_step(&story, CASE_ESCALATED, "bob");
    up.criterion = CRITERION_OVERDUE_REMEDIATION;
    story_refuse(&story, &up, "plan == overdue");
    story.now = up.at = story.state.milestones[0].instant;
    struct case_step missed = milestone(&story, CASE_MILESTONE_MISSED, "audit", 0);
    story_take(&story, &missed);
    struct case_outcome outcome = story_take(&story, &up);
    assert_int_equal(outcome.state.milestone_count, 0);
    assert_true(outcome.plan_changed);
    story_end(&story);
}

static void a_milestone_fits_its_plan(void **state)
{
    (void)state;
    struct story story;
    begin_case(&story);
    struct case_step step = milestone(&story, CASE_MILESTONE_AGREED, "audit", 10);
    story_refuse(&story, &step, "no plan is agreed whose time runs");
    story_end(&story);
    begin_plan(&story);
    step = milestone(&story, CASE_MILESTONE_AGREED, "audit", 1);
    story_refuse(&story, &step, "lies between today and the end of the plan");
    step.until = civil_days(2026, 4, 1);
    story_refuse(&story, &step, "lies between today and the end of the plan");
    step.until = civil_days(2026, 3, 31);
    story_take(&story, &step);
    story_refuse(&story, &step, "the plan has a milestone 'audit' already");
    step.object[0] = '\0';
    story_refuse(&story, &step, "a milestone has a name of at most 47 bytes");
    memset(step.object, 'a', PROCESS_ID_MAX);
    story_refuse(&story, &step, "a milestone has a name of at most 47 bytes");
    step = milestone(&story, CASE_MILESTONE_MET, "nothing", 0);
    story_refuse(&story, &step, "the plan has no milestone 'nothing'");
    char name[2] = "a";
    for (int i = 1; i < CASE_MILESTONES_MAX; i++, name[0]++)
        agree(&story, name, 20);
    step = milestone(&story, CASE_MILESTONE_AGREED, "more", 20);
    story_refuse(&story, &step, "a plan has at most 16 milestones");
    story_end(&story);
}

/* Stopped from Tuesday to Thursday: milestones stand still as the clock does. */
static void invariant_5_milestones_stand_still_with_the_clock(void **state)
{
    (void)state;
    struct story story;
    begin_plan(&story);
    agree(&story, "audit", 10);
    story.now += CIVIL_DAY_US;
    struct case_step step = story_step(&story, CASE_TOLLED, "ann");
    struct case_outcome outcome = story_take(&story, &step);
    assert_true(outcome.plan_changed);
    assert_int_equal(case_due(&story.state), 0);
    struct case_step missed = milestone(&story, CASE_MILESTONE_MISSED, "audit", 0);
    missed.at = civil_days(2026, 3, 20) * CIVIL_DAY_US;
    story_refuse(&story, &missed, "the clock is stopped");
    story.now += 2 * CIVIL_DAY_US;
    story_plain(&story, CASE_RESUMED);
    assert_int_equal(story.state.milestones[0].date, civil_days(2026, 3, 12));
    assert_int_equal(story.state.deadline.due.date, civil_days(2026, 4, 2));
    assert_int_equal(case_due(&story.state), story.state.milestones[0].instant);
    step = story_step(&story, CASE_REMEDIATION_AGREED, "ann");
    step.until = civil_days(2026, 5, 1);
    outcome = story_take(&story, &step);
    assert_int_equal(outcome.state.milestone_count, 0); /* another plan */
    assert_true(outcome.plan_changed);
    story_end(&story);
}

/* --- the call before a breach --- */

static void climb_to_third(struct story *story)
{
    begin_case(story);
    for (int level = 1; level <= 3; level++) {
        story_serve(story);
        if (level < 3)
            story_pass_deadline(story);
    }
}

static const char *why_no_breach(const struct story *story)
{
    static struct case_option options[100];
    size_t count = case_next(&story->state, story->now, options, 100);
    for (size_t i = 0; i < count; i++) {
        if (options[i].edge->event == CASE_BREACHED)
            return options[i].open ? "" : options[i].why;
    }
    fail_msg("no breach is listed");
    return "";
}

static void before_a_breach_the_party_is_called(void **state)
{
    (void)state;
    struct story story;
    climb_to_third(&story);
    struct case_step note = story_step(&story, CASE_CALL, "ann");
    story_take(&story, &note); /* a note about a call proves nothing */
    story_pass_deadline(&story);
    const char *why = why_no_breach(&story);
    assert_non_null(strstr(why, "needs called == yes, but called is no (the party was telephoned"));
    story_propose(&story, "breach");
    story_approve(&story, "breach", "bob");
    struct case_step breach = story_step(&story, CASE_BREACHED, "bob");
    story_refuse(&story, &breach, "needs called == yes");
    struct case_step call = story_step(&story, CASE_CALL, "ann");
    call.call = CALL_REACHED;
    story_refuse(&story, &call, "a call that reached somebody says in which role");
    call.with = CALL_ROLE_LEGAL;
    story_take(&story, &call);
    struct case_step read;
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_int_equal(read.call, CALL_REACHED);
    assert_int_equal(read.with, CALL_ROLE_LEGAL);
    assert_string_equal(why_no_breach(&story), "");
    story_take(&story, &breach);
    assert_false(story.state.facts.values[FACT_CALLED]);
    story_end(&story);
}

static void a_call_counts_for_the_letter_that_was_served(void **state)
{
    (void)state;
    struct story story;
    begin_case(&story);
    story_call(&story);
    assert_false(story.state.facts.values[FACT_CALLED]);
    story_serve(&story);
    story_call(&story);
    assert_true(story.state.facts.values[FACT_CALLED]);
    story_pass_deadline(&story);
    assert_false(story.state.facts.values[FACT_CALLED]);
    story_end(&story);
}

static void two_persons_may_do_without_a_call(void **state)
{
    (void)state;
    struct story story;
    climb_to_third(&story);
    struct case_step waived = story_step(&story, CASE_CALL_WAIVED, "ann");
    story_refuse(&story, &waived, "a second person must agree");
    CASE_TEXT(waived.second, "bob");
    waived.reason[0] = '\0';
    story_refuse(&story, &waived, "'call-waived' needs a reason");
    CASE_TEXT(waived.reason, "no-number");
    story_take(&story, &waived);
    story_pass_deadline(&story);
    story_decide(&story, CASE_BREACHED, "breach");
    assert_string_equal(story.state.stage->id, "breach");
    waived.at = story.now;
    story_refuse(&story, &waived, "the letter of stage 'breach' is not served");
    story_end(&story);
}

/* --- repetition --- */

static void notices_within_twelve_months_are_shown_or_named(void **state)
{
    (void)state;
    struct story story;
    begin_case(&story);
    story_propose(&story, "termination");
    story_approve(&story, "termination", "bob");
    story_approve(&story, "termination", "eve");
    struct case_step step = story_step(&story, CASE_TERMINATED, "bob");
    CASE_TEXT(step.ground, "raa-repeat");
    step.notices = 2;
    story_refuse(&story, &step, "needs 3 notices within 12 months and the record has 2; others");
    CASE_TEXT(step.imported, "letters of 2025");
    step.reason[0] = '\0';
    story_refuse(&story, &step, "are named as imported, with a reason");
    CASE_TEXT(step.reason, "paper-files");
    struct case_outcome outcome;
    assert_int_equal(case_apply(&story.state, &step, &outcome, NULL), 0);
    step.imported[0] = '\0';
    step.notices = 3;
    story_take(&story, &step);
    struct case_step read;
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_int_equal(read.notices, 3);
    story_end(&story);
}

/* --- non-renewal --- */

/* A breach that was not cured; the letter is approved. Returns the step that takes it, without the
 * last day of the agreement. */
static struct case_step propose_non_renewal(struct story *story)
{
    story_climb(story, PARTY_REGISTRAR);
    story_serve(story);
    story_pass_deadline(story);
    story_propose(story, "non-renewal");
    story_approve(story, "non-renewal", "bob");
    return story_step(story, CASE_NOT_RENEWED, "bob");
}

static void an_agreement_that_is_not_renewed_ends_with_its_term(void **state)
{
    (void)state;
    struct story story;
    struct case_step step = propose_non_renewal(&story);
    story_refuse(&story, &step, "needs the last day of the agreement");
    step.until = zone_day_of(zone_utc(), story.now) + 100;
    story_take(&story, &step);
    assert_string_equal(story.state.stage->id, "non-renewal");
    struct case_outcome outcome = story_serve(&story);
    assert_true(outcome_has(&outcome, EFFECT_PUBLISH, "non-renewal"));
    assert_int_equal(outcome.state.deadline.due.date, step.until);
    story_pass_deadline(&story);
    assert_string_equal(story.state.stage->id, "not-renewed");
    story_end(&story);
}

/* A term that ends next week gives no shorter notice than the rule. */
static void invariant_5_a_term_that_ends_soon_shortens_no_notice(void **state)
{
    (void)state;
    struct story story;
    struct case_step step = propose_non_renewal(&story);
    step.until = zone_day_of(zone_utc(), story.now) + 7;
    story_take(&story, &step);
    story_serve(&story);
    assert_int_equal(story.state.deadline.due.date, zone_day_of(zone_utc(), story.now) + 15);
    story_end(&story);
}

/* --- what is written down --- */

static void words_that_nobody_wrote_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *data, *says;
    } rows[] = {
        {"{\"call\":\"maybe\"}", "'call' is not valid"},
        {"{\"with\":\"John\"}", "'with' is not valid"},
        {"{\"notices\":-1}", "'notices' is not valid"},
        {"{\"notices\":\"3\"}", "'notices' is not valid"},
        {"{\"imported\":3}", "'imported' is not valid"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct case_event event = {.seq = 1,
                                   .type = CASE_CALL,
                                   .version = CASE_EVENT_VERSION,
                                   .actor = "a",
                                   .actor_role = "r",
                                   .reason = "",
                                   .data = rows[i].data};
        struct case_step step;
        struct error_detail detail = {""};
        assert_int_equal(case_step_decode(&event, &step, &detail), ERR_SYNTAX);
        assert_non_null(strstr(detail.text, rows[i].says));
    }
}

#define PLAN_TEST(name) cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)

TEST_MAIN(PLAN_TEST(invariant_4_a_milestone_is_due_at_a_moment_of_its_own),
          PLAN_TEST(a_milestone_that_is_met_late_puts_the_plan_right),
          PLAN_TEST(an_overdue_milestone_lets_a_person_escalate),
          PLAN_TEST(a_milestone_fits_its_plan),
          PLAN_TEST(invariant_5_milestones_stand_still_with_the_clock),
          PLAN_TEST(before_a_breach_the_party_is_called),
          PLAN_TEST(a_call_counts_for_the_letter_that_was_served),
          PLAN_TEST(two_persons_may_do_without_a_call),
          PLAN_TEST(notices_within_twelve_months_are_shown_or_named),
          PLAN_TEST(an_agreement_that_is_not_renewed_ends_with_its_term),
          PLAN_TEST(invariant_5_a_term_that_ends_soon_shortens_no_notice),
          PLAN_TEST(words_that_nobody_wrote_are_refused))
