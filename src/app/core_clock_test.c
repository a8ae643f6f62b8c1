/* No deadline passes by a clock that is in doubt (core_clock.c). */
#include "app/house.h"

#include "app/alarm.h"
#include "app/letters/reminder.h"
#include "base/civil.h"
#include "check/check.h"
#include "refusal.h"
#include "store/outbox.h"

#include <string.h>

#define MINUTE_US INT64_C(60000000)

static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

/* A case whose deadline runs, and a core over it. */
static int make_house(void **state)
{
    struct house *house = house_new();
    world_open_termination(house->world);
    assert_int_equal(store_commit(house->world->app.store), 0);
    house_start(house);
    *state = house;
    return 0;
}

static int end_house(void **state)
{
    house_free(*state);
    return 0;
}

static int64_t due_of(struct house *house)
{
    struct store_case record;
    assert_int_equal(store_case_find(house->world->app.store, house->world->case_id,
                                     &house->world->arena, &record),
                     0);
    return record.due_at;
}

static void set_clock(struct house *house, int64_t at)
{
    clock_init_frozen(&house->world->app.clock, at);
}

/* As when the system's clock was right all the time until `at`. */
static void pass_time(struct house *house, int64_t at)
{
    set_clock(house, at);
    house->core->clock_base_us = at - clock_mono();
}

static void run(struct house *house, const char *name, int expected)
{
    struct store *store = house->world->app.store;
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(world_run(house->world, &bert, name, json_object(), NULL, NULL), expected);
    assert_int_equal(store_commit(store), 0);
}

static bool is_held(struct house *house)
{
    return alarm_stands(&house->world->app, APP_ALARM_HELD);
}

static void time_that_passes_lets_deadlines_pass(void **state)
{
    struct house *house = *state;
    pass_time(house, due_of(house));
    core_pass_deadlines(house->core);
    assert_int_equal(due_of(house), 0);
    assert_false(is_held(house));
}

static void a_jump_ahead_holds_deadlines_until_a_person_answers_for_it(void **state)
{
    struct house *house = *state;
    int64_t due = due_of(house);
    run(house, "clock.confirm", ERR_REFUSED);
    set_clock(house, due);
    core_pass_deadlines(house->core);
    assert_int_equal(due_of(house), due);
    assert_true(is_held(house));
    core_pass_deadlines(house->core);
    assert_int_equal(due_of(house), due);
    run(house, "clock.confirm", 0);
    core_pass_deadlines(house->core);
    assert_int_equal(due_of(house), 0);
    assert_false(is_held(house));
    run(house, "clock.confirm", ERR_REFUSED);
}

static void put_task(struct house *house, const char *key, const char *kind, int64_t due_at)
{
    struct store *store = house->world->app.store;
    const struct store_task task = {
        .key = key,
        .kind = kind,
        .payload = arena_printf(&house->world->arena,
                                "{\"case\":\"%s\",\"deadline\":\"d-none\",\"letter\":\"l-none\","
                                "\"what\":\"1-days-left\"}",
                                house->world->case_id),
        .due_at = due_at};
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_outbox_put(store, &task), 1);
    assert_int_equal(store_commit(store), 0);
}

static uint32_t tries_of(struct house *house, const char *key)
{
    struct store_task task;
    assert_int_equal(store_outbox_find(house->world->app.store, key, &house->world->arena, &task),
                     0);
    return task.attempts;
}

/* A party that is reminded too early, or of a date that has not come, would be misled. What
 * somebody asked for goes on. */
static void a_jump_ahead_holds_reminders_and_nothing_else(void **state)
{
    struct house *house = *state;
    const int64_t later = clock_wall(&house->world->app.clock) + CIVIL_DAY_US;
    put_task(house, "r-1", REMINDER_TASK, later - 1);
    put_task(house, "r-2", REMINDER_SEND_TASK, later - 2);
    put_task(house, "n-1", "draft-letter", later);
    set_clock(house, later);
    for (int i = 0; i < 2; i++)
        core_work_outbox(house->core);
    assert_true(is_held(house));
    assert_int_equal(tries_of(house, "r-1"), 0);
    assert_int_equal(tries_of(house, "r-2"), 0);
    assert_int_equal(tries_of(house, "n-1"), 1);
    run(house, "clock.confirm", 0);
    core_work_outbox(house->core);
    assert_int_equal(tries_of(house, "r-1"), 1);
    assert_int_equal(tries_of(house, "r-2"), 1);
}

/* Also a core that begins anew does not forget. */
static void what_is_held_stays_held_over_a_restart(void **state)
{
    struct house *house = *state;
    int64_t due = due_of(house);
    set_clock(house, due);
    core_pass_deadlines(house->core);
    house->core->clock_held = house->core->clock_jumped = false;
    core_clock_start(house->core);
    core_pass_deadlines(house->core);
    assert_int_equal(due_of(house), due);
}

static void a_clock_that_is_put_right_holds_nothing_any_more(void **state)
{
    struct house *house = *state;
    const int64_t now = clock_wall(&house->world->app.clock);
    set_clock(house, now + 11 * MINUTE_US);
    assert_true(core_clock_holds(house->core));
    set_clock(house, now + MINUTE_US);
    assert_false(core_clock_holds(house->core));
    set_clock(house, now - 10 * MINUTE_US);
    assert_true(core_clock_holds(house->core));
    assert_true(is_held(house));
}

static void small_corrections_hold_nothing(void **state)
{
    struct house *house = *state;
    const int64_t now = clock_wall(&house->world->app.clock);
    for (int i = 1; i < 9; i++) {
        set_clock(house, now + 9 * i * MINUTE_US);
        assert_false(core_clock_holds(house->core));
    }
}

static void a_demonstration_holds_nothing(void **state)
{
    struct house *house = *state;
    assert_int_equal(app_set_meta(&house->world->app, STORE_META_DEMO, "yes"), 0);
    set_clock(house, due_of(house));
    core_pass_deadlines(house->core);
    assert_int_equal(due_of(house), 0);
    assert_false(is_held(house));
}

/* --- references --- */

#define TIMED "dnssec.expired"
#define DOUBT "{\"clock\":\"the date of a reference web server differs from our clock\"}"

static void tell(struct house *house, const char *code, enum sight sight, const char *values)
{
    struct result result = {
        .check = "c", .sight = sight, .code = code, .subject = "s", .values = values};
    const struct result_set results = {.results = &result, .count = 1};
    core_clock_told(house->core, &results, clock_mono());
}

static void references_that_doubt_it_thrice_hold_deadlines(void **state)
{
    struct house *house = *state;
    for (int i = 0; i < 2; i++)
        tell(house, TIMED, SIGHT_UNKNOWN, DOUBT);
    tell(house, TIMED, SIGHT_UNKNOWN, "{\"clock\":\"" CHECK_NO_REFERENCE_TIME "\"}");
    tell(house, "dns.wildcard", SIGHT_SEEN, "{}"); /* says nothing of time */
    assert_false(is_held(house));
    tell(house, TIMED, SIGHT_UNKNOWN, DOUBT);
    assert_true(is_held(house));
    assert_true(core_clock_holds(house->core));
    tell(house, TIMED, SIGHT_NOT_SEEN, "{}");
    assert_false(is_held(house));
}

/* One that agrees between them begins the count anew; an observation from before says nothing. */
static void references_that_agree_end_it(void **state)
{
    struct house *house = *state;
    for (int i = 0; i < 6; i++)
        tell(house, TIMED, i % 3 == 2 ? SIGHT_SEEN : SIGHT_UNKNOWN, i % 3 == 2 ? "{}" : DOUBT);
    assert_false(is_held(house));
    struct result agrees = {.check = "c", .sight = SIGHT_SEEN, .code = TIMED, .values = "{}"};
    const struct result_set results = {.results = &agrees, .count = 1};
    int64_t before = clock_mono();
    set_clock(house, clock_wall(&house->world->app.clock) + 20 * MINUTE_US);
    assert_true(core_clock_holds(house->core));
    core_clock_told(house->core, &results, before);
    assert_true(is_held(house));
    core_clock_told(house->core, &results, clock_mono() + 1);
    assert_false(is_held(house));
    assert_false(core_clock_holds(house->core));
}

/* Whoever answered for the clock is not asked again until the references have agreed once. */
static void a_persons_word_outlasts_doubts(void **state)
{
    struct house *house = *state;
    for (int i = 0; i < 3; i++)
        tell(house, TIMED, SIGHT_UNKNOWN, DOUBT);
    run(house, "clock.confirm", 0);
    assert_false(core_clock_holds(house->core));
    for (int i = 0; i < 5; i++)
        tell(house, TIMED, SIGHT_UNKNOWN, DOUBT);
    assert_false(is_held(house));
    tell(house, TIMED, SIGHT_SEEN, "{}");
    for (int i = 0; i < 3; i++)
        tell(house, TIMED, SIGHT_UNKNOWN, DOUBT);
    assert_true(is_held(house));
}

/* --- calendars --- */

static void a_calendar_that_will_end_is_told(void **state)
{
    struct house *house = *state;
    struct app *app = &house->world->app;
    core_watch_calendars(house->core);
    assert_false(alarm_stands(app, APP_ALARM_CALENDAR));
    pass_time(house, INT64_C(2208988800) * 1000000); /* 2040-01-01 */
    house->core->next_calendars_us = 0;
    core_watch_calendars(house->core);
    assert_true(alarm_stands(app, APP_ALARM_CALENDAR));
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_HOUSE(time_that_passes_lets_deadlines_pass),
          IN_HOUSE(a_jump_ahead_holds_deadlines_until_a_person_answers_for_it),
          IN_HOUSE(a_jump_ahead_holds_reminders_and_nothing_else),
          IN_HOUSE(what_is_held_stays_held_over_a_restart),
          IN_HOUSE(a_clock_that_is_put_right_holds_nothing_any_more),
          IN_HOUSE(small_corrections_hold_nothing), IN_HOUSE(a_demonstration_holds_nothing),
          IN_HOUSE(references_that_doubt_it_thrice_hold_deadlines),
          IN_HOUSE(references_that_agree_end_it), IN_HOUSE(a_persons_word_outlasts_doubts),
          IN_HOUSE(a_calendar_that_will_end_is_told))
