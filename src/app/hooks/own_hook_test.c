/* What a user does with hooks of their own by the API, what they see of them, and what a metric
 * tells of all of them. */
#include "app/hooks/hook.h"

#include "app/party/scene.h"
#include "app/query.h"
#include "refusal.h"

#include <string.h>

#define URL "https://hooks.example/in"

static const struct actor petra = {.id = "petra", .roles = ROLE_PARTY};

static int make_own_world(void **state)
{
    make_world(state);
    struct world *world = *state;
    app_world_put_user(&world->app, "anna", "analyst", "", WORLD_START);
    return 0;
}

static json_t *wanted(const char *kind)
{
    return json_pack("{s:s, s:[s]}", "url", URL, "for", kind);
}

static int change(struct world *world, const struct actor *actor, const char *command,
                  const char *number, struct error_detail *detail)
{
    return world_run(world, actor, command, json_pack("{s:s}", "number", number), NULL, detail);
}

static const json_t *hook_in(const json_t *answer, size_t place)
{
    return json_array_get(json_object_get(answer, "hooks"), place);
}

static void oneself_is_who_asks(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *arguments = wanted("case.changed");
    /* Who it is for is no word of the request. */
    json_object_set_new(arguments, "id", json_string("petra"));
    json_t *made JSON_CLEANUP = world_must(world, &ada, "own.hook.add", arguments);
    assert_string_equal(json_text(made, "id"), "ada");
    assert_non_null(json_text(made, "secret"));
    json_t *none JSON_CLEANUP = world_ask(world, "own.hooks", "user", "petra");
    assert_int_equal(json_array_size(json_object_get(none, "hooks")), 0);
    assert_refused(change(world, &petra, "own.hook.revoke", "1", &detail), ERR_NOT_FOUND, &detail,
                   "petra has no hook 1 that is in use");
    assert_refused(change(world, &ada, "own.hook.resume", "1", &detail), ERR_NOT_FOUND, &detail,
                   "ada has no hook 1 that is set aside");
    assert_refused(change(world, &ada, "own.hook.revoke", "one", &detail), ERR_NOT_FOUND, &detail,
                   "ada has no hook 0 that is in use");
    assert_refused(
        world_run(world, &petra, "own.hook.add", wanted("complaint.changed"), NULL, &detail),
        ERR_REFUSED, &detail, "a contracted party hears of cases");
    assert_int_equal(change(world, &ada, "own.hook.revoke", "1", &detail), 0);
    json_t *one JSON_CLEANUP = world_ask(world, "own.hooks", "user", "ada");
    assert_string_equal(json_text(hook_in(one, 0), "state"), "revoked");
}

static int ask_one(struct world *world, const char *user, const char *number, json_t **ret_answer)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s}", "user", user, "number", number);
    return query_run(&world->app, "own.hook", arguments, ret_answer, NULL);
}

static void one_sees_ones_own(void **state)
{
    struct world *world = *state;
    static const char *const nowhere[] = {"2", "0", "-1", "x", "99999999999", ""};
    json_decref(world_must(world, &petra, "own.hook.add", wanted("case.told")));
    json_t *one = NULL;
    assert_int_equal(ask_one(world, "petra", "1", &one), 0);
    assert_string_equal(json_text(hook_in(one, 0), "url"), URL);
    json_decref(one);
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        assert_int_equal(ask_one(world, "petra", nowhere[i], &one), ERR_NOT_FOUND);
    assert_int_equal(ask_one(world, "quinn", "1", &one), ERR_NOT_FOUND);
}

/* A party learns no name of who helped with its hook; staff see their own whole. */
static void the_names_of_staff_are_not_a_partys(void **state)
{
    struct world *world = *state;
    json_t *arguments = wanted("case.told");
    json_object_set_new(arguments, "id", json_string("petra"));
    json_decref(world_must(world, &ada, "user.hook.add", arguments));
    json_decref(world_must(world, &ada, "own.hook.add", wanted("case.told")));
    json_t *seen JSON_CLEANUP = world_ask(world, "own.hooks", "user", "petra"),
                 *whole JSON_CLEANUP = world_ask(world, "own.hooks", "user", "ada");
    assert_int_equal(json_number(hook_in(seen, 0), "number", 0), 1);
    assert_null(json_object_get(hook_in(seen, 0), "made_by"));
    assert_null(json_object_get(hook_in(seen, 0), "state_by"));
    assert_string_equal(json_text(hook_in(whole, 0), "made_by"), "ada");
}

/* --- the metric --- */

static int64_t sample(struct world *world, const char *state)
{
    json_t *metrics JSON_CLEANUP = world_ask(world, "desk.metrics", "user", "ada"), *one;
    size_t index;
    json_array_foreach(json_object_get(json_object_get(metrics, "bailiwick_hooks"), "samples"),
                       index, one)
    {
        if (strcmp(json_text(json_object_get(one, "labels"), "state"), state) == 0)
            return json_number(one, "value", -1);
    }
    return -1;
}

static void assert_samples(struct world *world, int64_t active, int64_t failing, int64_t aside)
{
    assert_int_equal(sample(world, "active"), active);
    assert_int_equal(sample(world, "failing"), failing);
    assert_int_equal(sample(world, "set-aside"), aside);
}

static struct store_hook hook_of(struct world *world, const char *user, uint32_t number)
{
    struct store_hook hook;
    assert_int_equal(store_hook_find(world->app.store, user, number, &world->arena, &hook), 0);
    return hook;
}

static void failing_and_set_aside_are_counted(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_samples(world, 0, 0, 0);
    json_decref(world_must(world, &petra, "own.hook.add", wanted("case.told")));
    json_decref(world_must(world, &ada, "own.hook.add", wanted("case.told")));
    json_decref(world_must(world, &anna, "own.hook.add", wanted("case.told")));
    assert_samples(world, 3, 0, 0);
    struct store_hook hook = hook_of(world, "petra", 1);
    hook.failed = 1;
    hook.failing_since = hook.last_at = WORLD_START;
    assert_int_equal(store_hook_note(world->app.store, &hook, /* taken= */ false), 0);
    hook = hook_of(world, "ada", 1);
    assert_int_equal(hook_set_state(&world->app, &hook, HOOK_SET_ASIDE, "machine", NULL), 0);
    assert_samples(world, 1, 1, 1);
    assert_int_equal(change(world, &ada, "own.hook.resume", "1", &detail), 0);
    assert_int_equal(change(world, &petra, "own.hook.revoke", "1", &detail), 0);
    assert_samples(world, 2, 0, 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_own_world, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(oneself_is_who_asks),
        IN_WORLD(one_sees_ones_own),
        IN_WORLD(the_names_of_staff_are_not_a_partys),
        IN_WORLD(failing_and_set_aside_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
