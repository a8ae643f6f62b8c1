/* A calendar of its own: two people, what it moves and what it leaves, and deadlines that count by
 * the one adopted last. Two cases of Monday 4 January 2027, due on Monday 11. */
#include "app/query.h"
#include "app/world.h"
#include "app_world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/calendar.h"

#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

#define HEAD                                                                                       \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nX-BAILIWICK-UNTIL:20401231\r\n"
#define TAIL "END:VCALENDAR\r\n"
#define CALENDAR(lines) HEAD lines TAIL
#define DAY_OFF(date, name)                                                                        \
    "BEGIN:VEVENT\r\nUID:" date "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:" date         \
    "\r\nSUMMARY:" name "\r\nEND:VEVENT\r\n"

static const char storm[] = CALENDAR(DAY_OFF("20270106", "Storm") DAY_OFF("20270118", "Fair"));

static json_t *bytes_of(const char *text)
{
    return json_pack("{s:s, s:s}", "name", "icann", "ics", text);
}

static json_t *version_of(const char *text)
{
    char hex[DIGEST_HEX];
    struct digest digest = digest_of(text, strlen(text));
    return json_pack("{s:s, s:s}", "name", "icann", "sha256", digest_format(&digest, hex));
}

static struct case_state state_of(struct world *world, const char *id)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    return file.state;
}

static void expect_row(const json_t *result, const char *id, const char *to, bool moves,
                       const char *why)
{
    const json_t *list = json_object_get(result, "deadlines");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        if (strcmp(json_text(row, "case"), id) != 0)
            continue;
        if (to)
            assert_string_equal(json_text(row, "to"), to);
        else
            assert_true(json_is_null(json_object_get(row, "to")));
        assert_int_equal(json_is_true(json_object_get(row, "moves")), moves);
        assert_string_equal(json_text(row, "why"), why);
        return;
    }
    fail_msg("no row of %s", id);
}

static void bring(struct world *world, const char *text)
{
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(text), NULL, NULL), 0);
    assert_int_equal(world_run(world, &bert, "calendar.agree", version_of(text), NULL, NULL), 0);
}

/* --- tests --- */

static void two_people_bring_a_calendar_into_force(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *shown JSON_CLEANUP = NULL;
    const struct actor both = {.id = "anna", .roles = ROLE_APPROVER},
                       late = {.id = "ada", .roles = ROLE_APPROVER, .since = WORLD_START + 1};
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(storm), &shown, NULL), 0);
    assert_string_equal(json_text(shown, "last_day"), "2040-12-31");
    expect_row(shown, world->case_id, "2027-01-12", true, "");
    assert_int_equal(state_of(world, world->case_id).deadline.due.date, civil_days(2027, 1, 11));
    assert_refused(world_run(world, &anna, "calendar.propose", bytes_of(storm), NULL, &detail),
                   ERR_CONFLICT, &detail, "these bytes wait as 'icann' already");
    assert_refused(world_run(world, &both, "calendar.agree", version_of(storm), NULL, &detail),
                   ERR_REFUSED, &detail, "anna proposed this calendar; a second person has to");
    assert_refused(world_run(world, &late, "calendar.agree", version_of(storm), NULL, &detail),
                   ERR_REFUSED, &detail, "ada got a token after the proposal was made");
    assert_refused(world_run(world, &bert, "calendar.agree", version_of("x"), NULL, &detail),
                   ERR_NOT_FOUND, &detail, "nobody proposed these bytes as calendar 'icann'");
    assert_refused(world_run(world, &bert, "calendar.agree",
                             json_pack("{s:s, s:s}", "name", "icann", "sha256", "00"), NULL,
                             &detail),
                   ERR_SYNTAX, &detail, "'00' is no SHA-256");
    assert_int_equal(world_run(world, &bert, "calendar.agree", version_of(storm), NULL, NULL), 0);
    assert_refused(world_run(world, &bert, "calendar.agree", version_of(storm), NULL, &detail),
                   ERR_CONFLICT, &detail, "the calendar 'icann' was adopted before");
    assert_int_equal(app_world_told(&world->app, "calendar-proposed", "anna"), 1);
    assert_int_equal(app_world_told(&world->app, "calendar-adopted", "bert"), 1);
}

static size_t waiting(struct world *world)
{
    json_t *arguments JSON_CLEANUP = json_object(), *page JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    if (query_run(&world->app, "desk.worklist", arguments, &page, &detail) < 0)
        fail_msg("%s", detail.text);
    return json_array_size(json_object_get(page, "calendars"));
}

static void one_that_waits_is_on_the_worklist_until_it_is_withdrawn(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const struct actor other = {.id = "olga", .roles = ROLE_ANALYST};
    json_t *arguments JSON_CLEANUP = json_object(), *list JSON_CLEANUP = NULL;
    assert_int_equal(waiting(world), 0);
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(storm), NULL, NULL), 0);
    assert_int_equal(waiting(world), 1);
    assert_refused(world_run(world, &other, "calendar.withdraw", version_of(storm), NULL, &detail),
                   ERR_DENIED, &detail, "anna proposed this; besides, only who may agree may end");
    assert_int_equal(world_run(world, &anna, "calendar.withdraw", version_of(storm), NULL, NULL),
                     0);
    assert_int_equal(waiting(world), 0);
    assert_refused(world_run(world, &bert, "calendar.agree", version_of(storm), NULL, &detail),
                   ERR_CONFLICT, &detail, "anna withdrew this calendar 'icann'");
    assert_refused(world_run(world, &bert, "calendar.withdraw", version_of(storm), NULL, &detail),
                   ERR_CONFLICT, &detail, "anna withdrew this calendar 'icann'");
    assert_int_equal(app_world_told(&world->app, "calendar-withdrawn", "anna"), 1);
    assert_int_equal(query_run(&world->app, "calendar.list", arguments, &list, NULL), 0);
    const json_t *row = json_array_get(json_object_get(list, "calendars"), 0);
    assert_string_equal(json_text(row, "withdrawn_by"), "anna");
    assert_string_equal(json_text(row, "withdrawn_at"), "2027-01-04T09:00:00Z");
    assert_int_equal(state_of(world, world->case_id).deadline.due.date, civil_days(2027, 1, 11));
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(storm), NULL, NULL), 0);
    assert_int_equal(waiting(world), 1);
    assert_int_equal(world_run(world, &bert, "calendar.agree", version_of(storm), NULL, NULL), 0);
    assert_int_equal(waiting(world), 0);
}

static void what_cannot_be_a_calendar_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_refused(world_run(world, &anna, "calendar.propose",
                             bytes_of(CALENDAR("X-BAILIWICK-WEEKEND:X\r\n")), NULL, &detail),
                   ERR_SYNTAX, &detail, "calendar 'icann': line 5: X-BAILIWICK-WEEKEND");
    assert_refused(world_run(world, &anna, "calendar.propose",
                             json_pack("{s:s, s:s}", "name", "other", "ics", storm), NULL, &detail),
                   ERR_NOT_FOUND, &detail,
                   "no rule of the adopted rulebook uses a calendar 'other'");
    bring(world, storm);
    assert_refused(world_run(world, &anna, "calendar.propose", bytes_of(storm), NULL, &detail),
                   ERR_CONFLICT, &detail, "the calendar 'icann' is in force already");
}

/* The steps are events of their own, told in the projection, and the history folds. */
static void invariant_5_it_moves_running_dates_later(void **state)
{
    struct world *world = *state;
    struct store_case record;
    struct store_deadline *deadlines;
    size_t count;
    json_t *result JSON_CLEANUP = NULL;
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(storm), NULL, NULL), 0);
    assert_int_equal(world_run(world, &bert, "calendar.agree", version_of(storm), &result, NULL),
                     0);
    expect_row(result, world->case_id, "2027-01-12", true, "");
    struct case_state after = state_of(world, world->case_id);
    assert_int_equal(after.deadline.due.date, civil_days(2027, 1, 12));
    assert_int_equal(store_case_find(world->app.store, world->case_id, &world->arena, &record), 0);
    assert_int_equal(record.due_at, after.deadline.due.instant);
    assert_int_equal(
        store_deadline_list(world->app.store, world->case_id, &world->arena, &deadlines, &count),
        0);
    assert_int_equal(count, 2);
    assert_non_null(strstr(deadlines[1].trace, "\"name\":\"Storm\""));
    /* Whoever is served from now on is served under it. */
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    assert_int_equal(file.events[file.event_count - 1].type, CASE_RECALCULATED);
    assert_string_equal(file.events[file.event_count - 1].actor, "machine");
    assert_ptr_equal(file.state.deadline.due.calendar, file.state.deadline.due.rule->calendar);
}

static void invariant_5_it_takes_no_time_and_no_granted_date(void **state)
{
    struct world *world = *state;
    const char *granted = world_open_served(world, WORLD_DUTY, "two", "notice1");
    json_t *less JSON_CLEANUP = NULL, *more JSON_CLEANUP = NULL, *ends JSON_CLEANUP = NULL;
    assert_int_equal(world_run(world, &anna, "case.record",
                               json_pack("{s:s, s:s, s:s, s:s}", "case", granted, "event",
                                         "extended", "until", "2027-01-20", "reason", "asked"),
                               NULL, NULL),
                     0);
    const char *all_worked = CALENDAR("X-BAILIWICK-WEEKEND:NONE\r\n");
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(all_worked), &less, NULL),
                     0);
    expect_row(less, world->case_id, "2027-01-09", false, "a calendar takes no time from a party");
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(storm), &more, NULL), 0);
    expect_row(more, granted, "2027-01-12", false, "the date was granted, it is no calendar's");
    const char *done = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
                       "X-BAILIWICK-UNTIL:20270108\r\nEND:VCALENDAR\r\n";
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(done), &ends, NULL), 0);
    expect_row(ends, world->case_id, NULL, false, "the calendar ends before the due date");
    assert_int_equal(world_run(world, &bert, "calendar.agree", version_of(all_worked), NULL, NULL),
                     0);
    assert_int_equal(state_of(world, world->case_id).deadline.due.date, civil_days(2027, 1, 11));
    assert_int_equal(state_of(world, granted).deadline.due.date, civil_days(2027, 1, 20));
}

static void days_that_come_and_go_are_named(void **state)
{
    struct world *world = *state;
    json_t *result JSON_CLEANUP = NULL, *week JSON_CLEANUP = NULL;
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(storm), &result, NULL),
                     0);
    const json_t *added = json_object_get(result, "added"),
                 *removed = json_object_get(result, "removed");
    assert_int_equal(json_array_size(added), 2);
    assert_string_equal(json_text(json_array_get(added, 1), "date"), "2027-01-18");
    assert_string_equal(json_text(json_array_get(added, 1), "name"), "Fair");
    assert_string_equal(json_text(json_array_get(removed, 0), "date"), "2027-05-31");
    assert_string_equal(json_text(json_array_get(removed, 0), "name"), "Memorial Day");
    const char *all_worked = CALENDAR("X-BAILIWICK-WEEKEND:NONE\r\n");
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes_of(all_worked), &week, NULL),
                     0);
    removed = json_object_get(week, "removed");
    assert_int_equal(json_array_size(removed), 401);
    assert_true(json_integer_value(json_object_get(json_array_get(removed, 400), "more")) > 1000);
}

/* What is rolled back was never adopted, in memory either. */
static void a_calendar_goes_with_its_transaction(void **state)
{
    struct world *world = *state;
    const struct rulebook *rulebook;
    const struct process *process;
    int64_t number;
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(store_begin(world->app.store), 0);
    bring(world, storm);
    assert_int_equal(store_calendar_last(world->app.store, &number), 0);
    assert_int_equal(number, 1);
    assert_int_equal(store_rollback(world->app.store), 0);
    assert_int_equal(state_of(world, world->case_id).deadline.due.date, civil_days(2027, 1, 11));
    assert_int_equal(
        app_version_of(&world->app, world->app.rulebook->digest_text, &rulebook, &process, NULL),
        0);
    assert_non_null(
        calendar_day_off(process_rule_find(process, "first")->calendar, civil_days(2027, 5, 31)));
}

/* Forty years of a new one each month: more are not loaded, and it is said what. */
static void calendars_have_an_end(void **state)
{
    struct world *world = *state;
    const struct rulebook *rulebook;
    const struct process *process;
    struct error_detail detail = {0};
    for (int i = 0; i <= PROCESS_VERSIONS_MAX; i++) {
        const char *text = arena_printf(&world->arena, HEAD "X-N:%d\r\n" TAIL, i);
        const struct store_calendar one = {.name = "icann",
                                           .sha256 = digest_of(text, strlen(text)),
                                           .proposed_at = WORLD_START,
                                           .proposed_by = "anna",
                                           .adopted_at = WORLD_START,
                                           .adopted_by = "bert",
                                           .bytes = {(const uint8_t *)text, strlen(text)}};
        assert_int_equal(store_calendar_put(world->app.store, &one), 0);
        assert_int_equal(store_calendar_adopt(world->app.store, &one), 0);
    }
    assert_refused(
        app_version_of(&world->app, world->app.rulebook->digest_text, &rulebook, &process, &detail),
        ERR_LIMIT, &detail, "calendars: a limit was exceeded");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start_informal, world_end)

TEST_MAIN(WORLD_TEST(two_people_bring_a_calendar_into_force),
          WORLD_TEST(one_that_waits_is_on_the_worklist_until_it_is_withdrawn),
          WORLD_TEST(what_cannot_be_a_calendar_is_refused),
          WORLD_TEST(invariant_5_it_moves_running_dates_later),
          WORLD_TEST(invariant_5_it_takes_no_time_and_no_granted_date),
          WORLD_TEST(calendars_have_an_end), WORLD_TEST(days_that_come_and_go_are_named),
          WORLD_TEST(a_calendar_goes_with_its_transaction))
