/* The core's loop, turn by turn, on a real store. No child is started: that would be this program.
 */
#include "app/house.h"

#include "app/alarm.h"
#include "app/control.h"
#include "base/frame.h"
#include "store/case.h"
#include "store/party.h"
#include "testing.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TURNS_MAX = 20 };

static int make_house(void **state)
{
    struct house *house = house_new();
    house_start(house);
    *state = house;
    return 0;
}

static int end_house(void **state)
{
    house_free(*state);
    return 0;
}

static void a_turn_answers_whoever_connects(void **state)
{
    static const char request[] = "{\"command\":\"case.delete\",\"token\":null,\"arguments\":{}}";
    struct house *house = *state;
    struct buffer reply BUFFER_CLEANUP = {0};
    uint32_t kind;
    int fd;
    buffer_init(&reply, 4096);
    assert_int_equal(control_connect(house->world->folder, &fd), 0);
    assert_int_equal(frame_write(fd, CONTROL_FRAME_REQUEST, request, strlen(request)), 0);
    struct pollfd answered = {.fd = fd, .events = POLLIN};
    for (int i = 0; i < TURNS_MAX && poll(&answered, 1, 0) == 0; i++)
        core_turn(house->core);
    assert_int_equal(poll(&answered, 1, 0), 1);
    assert_int_equal(frame_read(fd, &kind, &reply), 0);
    assert_int_equal(kind, CONTROL_FRAME_REPLY);
    assert_non_null(strstr(buffer_text(&reply), "\"error\""));
    assert_false(house->core->stop);
    close(fd);
}

static void a_signal_to_end_stops_the_core(void **state)
{
    struct house *house = *state;
    assert_false(house->core->stop);
    raise(SIGTERM); /* caught by the core, which blocks it */
    core_turn(house->core);
    assert_true(house->core->stop);
}

/* A child that died wakes the loop and ends nothing. */
static void a_dead_child_does_not_stop_the_core(void **state)
{
    struct house *house = *state;
    raise(SIGCHLD);
    core_turn(house->core);
    assert_false(house->core->stop);
}

static json_t *alarms(struct house *house)
{
    house->core->next_clock_us = 0;
    core_turn(house->core);
    return alarm_list(&house->world->app);
}

static void a_clock_behind_the_store_is_told_until_time_has_caught_up(void **state)
{
    struct house *house = *state;
    struct app *app = &house->world->app;
    const int64_t now = clock_wall(&app->clock);
    const struct party party = {.id = "registry",
                                .kind = PARTY_REGISTRY,
                                .name = "R",
                                .status = "contracted",
                                .rdap_url = ""};
    struct store_case record = {.id = "c-1",
                                .party = party.id,
                                .obligation = "o",
                                .subject = "s",
                                .process = "p",
                                .stage = "s",
                                .handler = "",
                                .summary = "",
                                .closure = "",
                                .updated_at = now + 61 * INT64_C(1000000)};
    JSON_CLEANUP json_t *before = alarms(house);
    assert_int_equal(json_array_size(before), 0);
    assert_int_equal(store_begin(app->store), 0);
    assert_int_equal(store_party_put(app->store, &party), 0);
    assert_int_equal(store_case_put(app->store, &record), 0);
    assert_int_equal(store_commit(app->store), 0);
    JSON_CLEANUP json_t *behind = alarms(house);
    assert_string_equal(json_text(json_array_get(behind, 0), "kind"), "clock");
    clock_init_frozen(&app->clock, record.updated_at);
    JSON_CLEANUP json_t *after = alarms(house);
    assert_int_equal(json_array_size(after), 0);
}

static void what_could_not_start_can_be_ended(void **state)
{
    static const struct core_options options = {.public_listener = -1, .staff_listener = -1};
    struct world *world = world_new();
    struct core *core = calloc(1, sizeof *core);
    struct error_detail detail = {0};
    (void)state;
    const char *data = world->app.data;
    world->app.data = "/nonexistent"; /* no place for the control socket */
    assert_true(core_start(core, &world->app, &options, &detail) < 0);
    assert_non_null(strstr(detail.text, "/nonexistent"));
    core_end(core);
    world->app.data = data;
    free(core);
    world_free(world);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_HOUSE(a_turn_answers_whoever_connects), IN_HOUSE(a_signal_to_end_stops_the_core),
          IN_HOUSE(a_dead_child_does_not_stop_the_core),
          IN_HOUSE(a_clock_behind_the_store_is_told_until_time_has_caught_up),
          cmocka_unit_test(what_could_not_start_can_be_ended))
