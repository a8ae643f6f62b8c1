/* What a newer calendar and a clarification do to a running clock: they give time or
 * nothing, and history stays what it was. */
#include "cases/story.h"

#include "base/civil.h"

#include <string.h>

/* Opened and its first notice served on Monday 2 March 2026: due on Monday 9 March. */
static void begin_served(struct story *story)
{
    story_begin_served(story);
    assert_int_equal(story->state.deadline.due.date, civil_days(2026, 3, 9));
}

static const struct deadline *due_of(const struct story *story)
{
    return &story->state.deadline.due;
}

/* From now on the calendar in force has one more day off, or not even weekends. */
static const struct calendar *bring_calendar(const char *more)
{
    struct calendar *calendar = NULL;
    BUFFER_CLEANUP struct buffer text;
    buffer_init(&text, 1000);
    buffer_printf(
        &text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n%sEND:VCALENDAR\r\n", more);
    assert_int_equal(calendar_parse("icann", text.data, text.size, &calendar, NULL), 0);
    assert_int_equal(process_take_calendar(process, calendar), 1);
    return calendar;
}

#define STORM                                                                                      \
    "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260305\r\n"         \
    "SUMMARY:Storm\r\nEND:VEVENT\r\nX-BAILIWICK-UNTIL:20301231\r\n"

static void invariant_5_a_newer_calendar_moves_a_date_later_only(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    const struct calendar *first = due_of(&story)->calendar;
    story.now += CIVIL_DAY_US;
    struct case_step step = story_step(&story, CASE_RECALCULATED, "bailiwick");
    story_refuse(&story, &step, "the calendar in force moves the due date no later");
    bring_calendar("X-BAILIWICK-WEEKEND:NONE\r\n"); /* would be due on Saturday 7 March */
    assert_ptr_equal(due_of(&story)->calendar, first);
    story_refuse(&story, &step, "the calendar in force moves the due date no later");
    const struct calendar *storm = bring_calendar(STORM);
    struct case_outcome outcome = story_take(&story, &step);
    assert_true(outcome.deadline_changed);
    assert_int_equal(due_of(&story)->date, civil_days(2026, 3, 10));
    assert_int_equal(due_of(&story)->instant, civil_days(2026, 3, 11) * CIVIL_DAY_US);
    assert_int_equal(due_of(&story)->service_at, story.steps[story.count - 2].service_at);
    assert_ptr_equal(due_of(&story)->calendar, storm);
    story_end(&story);
}

/* What was granted or given back is no calendar's; what has passed stays passed. */
static void a_calendar_touches_no_granted_date(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    struct case_step step = story_step(&story, CASE_RECALCULATED, "bailiwick");
    step.at = due_of(&story)->instant;
    story_refuse(&story, &step, "the due moment has passed");
    step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = civil_days(2026, 3, 20);
    story_take(&story, &step);
    bring_calendar(STORM);
    step = story_step(&story, CASE_RECALCULATED, "bailiwick");
    story_refuse(&story, &step, "the due date is not the one that a calendar gave");
    story_plain(&story, CASE_TOLLED);
    story_refuse(&story, &step, "the clock is stopped");
    story_end(&story);
}

/* A calendar that ends before the due date gives none. */
static void a_calendar_that_ends_moves_nothing(void **state)
{
    (void)state;
    struct story story;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    begin_served(&story);
    bring_calendar("X-BAILIWICK-UNTIL:20260306\r\n");
    struct case_step step = story_step(&story, CASE_RECALCULATED, "bailiwick");
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), ERR_UNAVAILABLE);
    assert_non_null(strstr(detail.text, "the calendar 'icann' ends on 2026-03-06"));
    story_end(&story);
}

/* Each step is folded again by story_take(); here also with a calendar that came after it all. */
static void history_is_that_of_its_calendars(void **state)
{
    (void)state;
    struct story story;
    struct case_state folded;
    begin_served(&story);
    story.now += CIVIL_DAY_US;
    bring_calendar(STORM);
    struct case_step step = story_step(&story, CASE_RECALCULATED, "bailiwick");
    story_take(&story, &step);
    story_plain(&story, CASE_TOLLED);
    story.now += CIVIL_DAY_US;
    story_plain(&story, CASE_RESUMED);
    struct case_state before = story.state;
    bring_calendar("X-BAILIWICK-WEEKEND:MO,TU,WE,TH,FR,SA\r\nX-BAILIWICK-UNTIL:20260301\r\n");
    assert_int_equal(case_fold(process, story.events, story.count, &folded, NULL), 0);
    assert_memory_equal(&folded, &before, sizeof folded);
    story_end(&story);
}

static void let_clarifications_restart(bool restart)
{
    for (size_t i = 0; i < process->rule_count; i++)
        ((struct deadline_rule *)process->rules)[i].clarification_restarts = restart;
}

/* Nor does a resend or a reminder, whatever the rule says. */
static void invariant_5_a_clarification_restarts_only_where_the_rule_says_so(void **state)
{
    (void)state;
    for (int restart = 0; restart < 2; restart++) {
        struct story story;
        let_clarifications_restart(restart);
        begin_served(&story);
        story.now += 2 * CIVIL_DAY_US; /* Wednesday 4 March */
        struct case_step step = story_step(&story, CASE_CLARIFIED, "ann");
        step.reason[0] = '\0';
        story_refuse(&story, &step, "'clarified' needs a reason");
        CASE_TEXT(step.reason, "asked");
        struct case_outcome outcome = story_take(&story, &step);
        assert_int_equal(outcome.deadline_changed, restart);
        assert_int_equal(due_of(&story)->date, civil_days(2026, 3, restart ? 11 : 9));
        /* A resend and a reminder never do. */
        step = story_letter(&story, CASE_RESENT, "bailiwick", "notice1", 1);
        assert_false(story_take(&story, &step).deadline_changed);
        step = story_step(&story, CASE_REMINDED, "bailiwick");
        assert_false(story_take(&story, &step).deadline_changed);
        assert_int_equal(due_of(&story)->date, civil_days(2026, 3, restart ? 11 : 9));
        story_plain(&story, CASE_TOLLED);
        step = story_step(&story, CASE_CLARIFIED, "ann");
        story_refuse(&story, &step, "the clock is stopped");
        step = story_step(&story, CASE_REMINDED, "bailiwick");
        story_refuse(&story, &step, "the clock is stopped");
        story_end(&story);
    }
}

/* What was extended further stays, with the new service; a short calendar refuses. */
static void a_clarification_takes_no_time(void **state)
{
    (void)state;
    struct story story;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    let_clarifications_restart(true);
    begin_served(&story);
    struct case_step step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = civil_days(2026, 3, 20);
    story_take(&story, &step);
    story.now += CIVIL_DAY_US;
    step = story_step(&story, CASE_CLARIFIED, "ann");
    story_take(&story, &step);
    assert_int_equal(due_of(&story)->date, civil_days(2026, 3, 20));
    assert_int_equal(due_of(&story)->service_at, story.now);
    story.now += CIVIL_DAY_US;
    bring_calendar("X-BAILIWICK-UNTIL:20260306\r\n");
    step = story_step(&story, CASE_CLARIFIED, "ann");
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), ERR_UNAVAILABLE);
    assert_non_null(strstr(detail.text, "the calendar 'icann' ends on 2026-03-06"));
    story_end(&story);
}

#define STORY_TEST(name) cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)

TEST_MAIN(STORY_TEST(invariant_5_a_newer_calendar_moves_a_date_later_only),
          STORY_TEST(a_calendar_touches_no_granted_date),
          STORY_TEST(a_calendar_that_ends_moves_nothing),
          STORY_TEST(history_is_that_of_its_calendars),
          STORY_TEST(invariant_5_a_clarification_restarts_only_where_the_rule_says_so),
          STORY_TEST(a_clarification_takes_no_time))
