/* The core's loop, turn by turn, on a real store. No child is started: that would be this program.
 */
#include "app/core_parts.h"

#include "app/control.h"
#include "app/world.h"
#include "base/frame.h"
#include "testing.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TURNS_MAX = 20 };

struct house {
    struct world *world;
    struct core *core;
};

static int make_house(void **state)
{
    static const struct core_options options = {.public_listener = -1, .staff_listener = -1};
    struct house *house = calloc(1, sizeof *house);
    struct error_detail detail = {0};
    house->world = world_new();
    house->core = calloc(1, sizeof *house->core);
    if (core_start(house->core, &house->world->app, &options, &detail) < 0)
        fail_msg("%s", detail.text);
    house->core->next_respawn_us = house->core->next_tick_us = INT64_MAX;
    *state = house;
    return 0;
}

static int end_house(void **state)
{
    struct house *house = *state;
    core_end(house->core);
    free(house->core);
    world_free(house->world);
    free(house);
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
          cmocka_unit_test(what_could_not_start_can_be_ended))
