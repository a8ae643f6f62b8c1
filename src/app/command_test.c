/* Who may do what, and that a command is all or nothing. On a real store. */
#include "app/command.h"

#include "app/world.h"
#include "store/user.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static int make_world(void **state)
{
    *state = world_new();
    return 0;
}

static int end_world(void **state)
{
    world_free(*state);
    return 0;
}

/* Adds a user as `actor`; the token is written to `token` when it worked. */
static int add_user(struct world *world, const struct actor *actor, const char *id,
                    const char *role, char *token, struct error_detail *detail)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:[s]}", "id", id, "roles", role);
    json_t *result JSON_CLEANUP = NULL;
    const struct command_request request = {"user.add", *actor, arguments};
    int failure = command_run_alone(&world->app, &request, &result, detail);
    if (failure >= 0 && token)
        snprintf(token, 64, "%s", json_text(result, "token"));
    return failure;
}

static void the_first_user_needs_nobody_and_the_second_somebody(void **state)
{
    struct world *world = *state;
    struct actor founder, actor;
    char token[64];
    assert_int_equal(command_actor(&world->app, NULL, &founder, NULL), 0);
    assert_int_equal(add_user(world, &founder, "ada", "administrator", token, NULL), 0);
    assert_int_equal(command_actor(&world->app, NULL, &actor, NULL), ERR_DENIED);
    assert_int_equal(command_actor(&world->app, "guessed", &actor, NULL), ERR_DENIED);
    assert_int_equal(command_actor(&world->app, token, &actor, NULL), 0);
    assert_string_equal(actor.id, "ada");
    assert_int_equal(actor.roles, ROLE_ADMINISTRATOR);
}

/* The header's promise: before the first user, one may make an administrator and nothing else. */
static void the_founder_makes_an_administrator_and_nothing_else(void **state)
{
    struct world *world = *state;
    struct actor founder;
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "tree", ""), *result JSON_CLEANUP = NULL;
    assert_int_equal(command_actor(&world->app, NULL, &founder, NULL), 0);
    static const char *const others[] = {"rulebook.propose", "rulebook.adopt", "party.import"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct command_request request = {others[i], founder, arguments};
        assert_int_equal(command_run_alone(&world->app, &request, &result, NULL), ERR_DENIED);
    }
    assert_int_equal(add_user(world, &founder, "anna", "analyst", NULL, NULL), ERR_REFUSED);
    assert_int_equal(add_user(world, &founder, "founder", "administrator", NULL, NULL), ERR_SYNTAX);
    assert_int_equal(add_user(world, &founder, "ada", "administrator", NULL, NULL), 0);
}

static void a_role_that_is_missing_is_named(void **state)
{
    struct world *world = *state;
    const struct actor analyst = {.id = "anna", .roles = ROLE_ANALYST};
    struct error_detail detail = {0};
    assert_int_equal(add_user(world, &analyst, "eve", "analyst", NULL, &detail), ERR_DENIED);
    assert_non_null(strstr(detail.text, "administrator"));
    assert_non_null(strstr(detail.text, "anna"));
}

static void nobody_has_the_role_of_the_machine(void **state)
{
    (void)state;
    enum role role;
    assert_int_equal(role_parse("machine", &role), ERR_SYNTAX);
    assert_int_equal(role_parse("analyst", &role), 0);
}

static void a_refused_command_leaves_nothing_behind(void **state)
{
    struct world *world = *state;
    const struct actor admin = {.id = "ada", .roles = ROLE_ADMINISTRATOR};
    struct error_detail detail = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    arena_init(&arena, 1 << 16);
    assert_int_equal(add_user(world, &admin, "bert", "approver", NULL, NULL), 0);
    assert_int_equal(add_user(world, &admin, "bert", "analyst", NULL, &detail), ERR_CONFLICT);
    assert_int_equal(store_user_find(world->app.store, "bert", &arena, &user), 0);
    assert_string_equal(user.roles[0], "approver");
    assert_int_equal(add_user(world, &admin, "Bad Id", "analyst", NULL, NULL), ERR_SYNTAX);
    assert_int_equal(add_user(world, &admin, "machine", "analyst", NULL, NULL), ERR_SYNTAX);
    assert_int_equal(add_user(world, &admin, "carl", "king", NULL, NULL), ERR_SYNTAX);
    assert_int_equal(store_user_find(world->app.store, "carl", &arena, &user), ERR_NOT_FOUND);
}

static void an_unknown_command_is_refused(void **state)
{
    struct world *world = *state;
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    const struct command_request request = {"case.delete", command_machine(), arguments};
    assert_int_equal(command_run_alone(&world->app, &request, &result, NULL), ERR_NOT_FOUND);
    assert_null(result);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

TEST_MAIN(IN_WORLD(the_first_user_needs_nobody_and_the_second_somebody),
          IN_WORLD(the_founder_makes_an_administrator_and_nothing_else),
          IN_WORLD(a_role_that_is_missing_is_named), IN_WORLD(nobody_has_the_role_of_the_machine),
          IN_WORLD(a_refused_command_leaves_nothing_behind),
          IN_WORLD(an_unknown_command_is_refused))
