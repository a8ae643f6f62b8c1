/* What becomes of the work outside the store: done, tried again, given up, and tried again when a
 * person says so. */
#include "app/core_parts.h"

#include "app/command.h"
#include "app/query.h"
#include "app/world.h"
#include "store/outbox.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct house {
    struct world *world;
    struct core *core;
};

static int make_house(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    house->world = world_new();
    house->core = calloc(1, sizeof *house->core);
    house->core->app = &house->world->app;
    *state = house;
    return 0;
}

static int end_house(void **state)
{
    struct house *house = *state;
    world_free(house->world);
    free(house->core);
    free(house);
    return 0;
}

static void put_task(struct house *house, const char *key, const char *kind)
{
    const struct store_task task = {.key = key,
                                    .kind = kind,
                                    .payload = "{\"case\":\"c-gone\",\"letter\":\"\",\"seq\":1}",
                                    .due_at = clock_wall(&house->world->app.clock)};
    assert_int_equal(store_begin(house->world->app.store), 0);
    assert_int_equal(store_outbox_put(house->world->app.store, &task), 1);
    assert_int_equal(store_commit(house->world->app.store), 0);
}

/* How many times a task was tried until the program gave it up. */
static int work_until_given_up(struct house *house)
{
    struct store_task *tasks;
    size_t count = 0;
    int rounds = 0;
    while (count == 0 && rounds < 1000) {
        core_work_outbox(house->core);
        int64_t later = clock_wall(&house->world->app.clock) + INT64_C(3600000000);
        assert_int_equal(clock_jump(&house->world->app.clock, later), 0);
        assert_int_equal(store_outbox_list(house->world->app.store, OUTBOX_DEAD, "", 0,
                                           &house->world->arena, &tasks, &count),
                         0);
        rounds++;
    }
    return rounds;
}

static json_t *ask(struct house *house, const char *query, json_t *arguments)
{
    json_t *given JSON_CLEANUP = arguments, *result = NULL;
    assert_int_equal(query_run(&house->world->app, query, given, &result, NULL), 0);
    return result;
}

static int decide(struct house *house, unsigned roles, const char *command, json_t *arguments)
{
    json_t *given JSON_CLEANUP = arguments, *result JSON_CLEANUP = NULL;
    const struct command_request request = {command, {.id = "anna", .roles = roles}, given};
    return command_run_alone(&house->world->app, &request, &result, NULL);
}

static int retry(struct house *house, unsigned roles, const char *key)
{
    return decide(house, roles, "outbox.retry", json_pack("{s:s}", "key", key));
}

static int settle(struct house *house, unsigned roles, const char *key, const char *reason)
{
    return decide(house, roles, "outbox.settle",
                  json_pack("{s:s, s:s*}", "key", key, "reason", reason));
}

static void what_cannot_be_done_is_given_up_and_told(void **state)
{
    struct house *house = *state;
    put_task(house, "c-gone/1/0", "draft-letter");
    int tries = work_until_given_up(house);
    assert_in_range(tries, 2, 100);
    JSON_CLEANUP json_t *list = ask(house, "outbox.list", json_object());
    JSON_CLEANUP json_t *work = ask(house, "desk.worklist", json_object());
    const json_t *row = json_array_get(json_object_get(list, "tasks"), 0);
    assert_string_equal(json_text(row, "key"), "c-gone/1/0");
    assert_string_equal(json_text(row, "kind"), "draft-letter");
    assert_string_equal(json_text(row, "case"), "c-gone");
    assert_non_null(strstr(json_text(row, "error"), "there is no case 'c-gone'"));
    assert_true(json_equal(json_object_get(list, "tasks"), json_object_get(work, "tasks")));
    JSON_CLEANUP json_t *metrics = ask(house, "desk.metrics", json_object());
    const json_t *samples =
        json_object_get(json_object_get(metrics, "bailiwick_outbox"), "samples");
    size_t index, dead = 0;
    json_t *sample;
    json_array_foreach(samples, index, sample)
    {
        if (strcmp(json_text(json_object_get(sample, "labels"), "state"), "dead") == 0)
            dead = (size_t)json_number(sample, "value", 0);
    }
    assert_int_equal(dead, 1);
}

static void what_was_given_up_is_tried_again_as_often(void **state)
{
    struct house *house = *state;
    put_task(house, "c-gone/1/0", "draft-letter");
    int tries = work_until_given_up(house);
    assert_int_equal(retry(house, ROLE_APPROVER | ROLE_AUDITOR, "c-gone/1/0"), ERR_DENIED);
    assert_int_equal(retry(house, ROLE_ANALYST, "c-other/1/0"), ERR_NOT_FOUND);
    assert_int_equal(retry(house, ROLE_ANALYST, "c-gone/1/0"), 0);
    assert_int_equal(retry(house, ROLE_ADMINISTRATOR, "c-gone/1/0"), ERR_NOT_FOUND);
    JSON_CLEANUP json_t *list = ask(house, "outbox.list", json_pack("{s:s}", "state", "pending"));
    assert_int_equal(json_array_size(json_object_get(list, "tasks")), 1);
    assert_int_equal(work_until_given_up(house), tries);
    assert_int_equal(retry(house, ROLE_ADMINISTRATOR, "c-gone/1/0"), 0);
}

/* Who complained is told by a person, or the reason why not is recorded. */
static void invariant_2_nobody_pretends_that_a_complainant_was_told(void **state)
{
    struct house *house = *state;
    static const char key[] = "c-gone/9/2";
    put_task(house, key, "tell-complainant");
    assert_int_equal(work_until_given_up(house), 1);
    JSON_CLEANUP json_t *waits = ask(house, "outbox.list", json_object());
    const json_t *row = json_array_get(json_object_get(waits, "tasks"), 0);
    assert_non_null(strstr(json_text(row, "error"), "a person has to tell who complained"));
    assert_int_equal(settle(house, ROLE_APPROVER, key, "told by telephone"), ERR_DENIED);
    assert_int_equal(settle(house, ROLE_ANALYST, key, /* reason= */ NULL), ERR_SYNTAX);
    assert_int_equal(settle(house, ROLE_ANALYST, key, ""), ERR_LIMIT);
    assert_int_equal(settle(house, ROLE_ANALYST, key, "told by telephone"), 0);
    assert_int_equal(settle(house, ROLE_ANALYST, key, "told by telephone"), ERR_NOT_FOUND);
    JSON_CLEANUP json_t *done = ask(house, "outbox.list", json_pack("{s:s}", "state", "done"));
    row = json_array_get(json_object_get(done, "tasks"), 0);
    assert_string_equal(json_text(row, "error"), "told by telephone");
}

static void unknown_work_is_not_done(void **state)
{
    struct house *house = *state;
    put_task(house, "c-gone/1/0", "tell-the-king");
    assert_in_range(work_until_given_up(house), 2, 100);
}

static void an_unknown_state_is_refused(void **state)
{
    struct house *house = *state;
    JSON_CLEANUP json_t *arguments = json_pack("{s:s}", "state", "lost");
    json_t *result = NULL;
    assert_int_equal(query_run(&house->world->app, "outbox.list", arguments, &result, NULL),
                     ERR_SYNTAX);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_WORLD(what_cannot_be_done_is_given_up_and_told),
          IN_WORLD(what_was_given_up_is_tried_again_as_often),
          IN_WORLD(invariant_2_nobody_pretends_that_a_complainant_was_told),
          IN_WORLD(unknown_work_is_not_done), IN_WORLD(an_unknown_state_is_refused))
