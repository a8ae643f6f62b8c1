/* Who may do what, and that a command is all or nothing. On a real store. */
#include "app/command.h"

#include "app/world.h"
#include "refusal.h"
#include "store/log.h"
#include "store/user.h"

#include <stdio.h>
#include <string.h>

static int make_world(void **state)
{
    *state = world_new();
    return 0;
}

/* Adds a user as `actor`; the token is written to `token` when it worked. */
static int add_user(struct world *world, const struct actor *actor, const char *id,
                    const char *role, char *token, struct error_detail *detail)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:[s]}", "id", id, "roles", role);
    json_t *result JSON_CLEANUP = NULL;
    const struct command_request request = {"user.add", *actor, arguments, /* file= */ NULL};
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
        const struct command_request request = {others[i], founder, arguments, /* file= */ NULL};
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

/* --- tokens that are taken away --- */

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static int with_id(struct world *world, const struct actor *actor, const char *command,
                   const char *id, char *token, struct error_detail *detail)
{
    json_t *result JSON_CLEANUP = NULL;
    const char *text;
    assert_int_equal(store_begin(world->app.store), 0);
    int failure = world_run(world, actor, command, json_pack("{s:s}", "id", id), &result, detail);
    assert_int_equal(store_commit(world->app.store), 0);
    if (failure >= 0 && token && (text = json_text(result, "token")) != NULL)
        snprintf(token, 64, "%s", text);
    return failure;
}

static void who_is_disabled_acts_no_more(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct actor actor;
    char token[64];
    assert_int_equal(add_user(world, &ada, "ada", "administrator", NULL, NULL), 0);
    assert_int_equal(add_user(world, &ada, "bert", "approver", token, NULL), 0);
    assert_int_equal(command_actor(&world->app, token, &actor, NULL), 0);
    assert_int_equal(with_id(world, &actor, "user.disable", "ada", NULL, NULL), ERR_DENIED);
    assert_int_equal(with_id(world, &ada, "user.disable", "bert", NULL, NULL), 0);
    assert_refused(command_actor(&world->app, token, &actor, &detail), ERR_DENIED, &detail,
                   "this token is nobody's");
    assert_refused(with_id(world, &ada, "user.disable", "bert", NULL, &detail), ERR_REFUSED,
                   &detail, "the user 'bert' is disabled already");
    assert_refused(with_id(world, &ada, "user.renew", "bert", NULL, &detail), ERR_REFUSED, &detail,
                   "the user 'bert' is disabled already");
    assert_refused(with_id(world, &ada, "user.disable", "eve", NULL, &detail), ERR_NOT_FOUND,
                   &detail, "there is no user 'eve'");
    assert_refused(add_user(world, &ada, "bert", "approver", NULL, &detail), ERR_CONFLICT, &detail,
                   "is there already");
}

static void the_last_administrator_stays(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_int_equal(add_user(world, &ada, "ada", "administrator", NULL, NULL), 0);
    assert_int_equal(add_user(world, &ada, "bert", "approver", NULL, NULL), 0);
    assert_refused(with_id(world, &ada, "user.disable", "ada", NULL, &detail), ERR_REFUSED, &detail,
                   "'ada' would leave nobody who is an administrator");
    assert_int_equal(add_user(world, &ada, "zoe", "administrator", NULL, NULL), 0);
    assert_int_equal(with_id(world, &ada, "user.disable", "ada", NULL, NULL), 0);
    /* ada is none any more, although she was one. */
    assert_int_equal(with_id(world, &ada, "user.disable", "zoe", NULL, NULL), ERR_REFUSED);
}

static void a_renewed_token_voids_the_old_one(void **state)
{
    struct world *world = *state;
    struct actor actor;
    char old[64], fresh[64] = "";
    assert_int_equal(add_user(world, &ada, "bert", "approver", old, NULL), 0);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 1), 0);
    assert_int_equal(with_id(world, &ada, "user.renew", "bert", fresh, NULL), 0);
    assert_string_not_equal(old, fresh);
    assert_int_equal(command_actor(&world->app, old, &actor, NULL), ERR_DENIED);
    assert_int_equal(command_actor(&world->app, fresh, &actor, NULL), 0);
    assert_string_equal(actor.id, "bert");
    assert_int_equal(actor.roles, ROLE_APPROVER);
    assert_int_equal(actor.since, WORLD_START + 1);
}

/* A token that its owner made: the store gets its digest and says nothing of it. */
static void a_token_may_stay_where_it_was_made(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char hex[DIGEST_HEX];
    struct actor actor;
    json_t *result JSON_CLEANUP = NULL;
    const struct digest sha256 = digest_of("a secret", 8);
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(world_run(world, &ada, "user.add",
                               json_pack("{s:s, s:[s], s:s}", "id", "bert", "roles", "approver",
                                         "token_sha256", digest_format(&sha256, hex)),
                               &result, NULL),
                     0);
    assert_null(json_object_get(result, "token"));
    assert_int_equal(command_actor(&world->app, "a secret", &actor, NULL), 0);
    assert_refused(world_run(world, &ada, "user.renew",
                             json_pack("{s:s, s:s}", "id", "bert", "token_sha256", "a secret"),
                             NULL, &detail),
                   ERR_SYNTAX, &detail, "'a secret' is no SHA-256");
}

/* The log tells who made whom. */
static void the_log_names_who_did_it(void **state)
{
    struct world *world = *state;
    static const char *const kinds[] = {"user-added", "user-renewed", "user-disabled"};
    struct store_opening *openings;
    size_t count, told = 0;
    assert_int_equal(add_user(world, &ada, "ada", "administrator", NULL, NULL), 0);
    assert_int_equal(add_user(world, &ada, "bert", "approver", NULL, NULL), 0);
    assert_int_equal(with_id(world, &ada, "user.renew", "bert", NULL, NULL), 0);
    assert_int_equal(with_id(world, &ada, "user.disable", "bert", NULL, NULL), 0);
    assert_int_equal(store_opening_list(world->app.store, 0, 0, &world->arena, &openings, &count),
                     0);
    for (size_t i = 0; i < count; i++) {
        const char *json = openings[i].opening.json;
        for (size_t n = 0; n < sizeof kinds / sizeof *kinds; n++)
            told += strstr(json, kinds[n]) && strstr(json, "\"user\":\"bert\"") &&
                    strstr(json, "\"actor\":\"ada\"");
    }
    assert_int_equal(told, 3);
}

static void an_unknown_command_is_refused(void **state)
{
    struct world *world = *state;
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    const struct command_request request = {"case.delete", command_machine(), arguments,
                                            /* file= */ NULL};
    assert_int_equal(command_run_alone(&world->app, &request, &result, NULL), ERR_NOT_FOUND);
    assert_null(result);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(the_first_user_needs_nobody_and_the_second_somebody),
          IN_WORLD(the_founder_makes_an_administrator_and_nothing_else),
          IN_WORLD(a_role_that_is_missing_is_named), IN_WORLD(nobody_has_the_role_of_the_machine),
          IN_WORLD(a_refused_command_leaves_nothing_behind), IN_WORLD(who_is_disabled_acts_no_more),
          IN_WORLD(the_last_administrator_stays), IN_WORLD(a_renewed_token_voids_the_old_one),
          IN_WORLD(a_token_may_stay_where_it_was_made), IN_WORLD(the_log_names_who_did_it),
          IN_WORLD(an_unknown_command_is_refused))
