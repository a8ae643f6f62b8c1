/* Grants of users of contracted parties: given, delegated, taken back. On a real store, under the
 * rulebook that ships. */
#include "app/people/grant.h"

#include "app/people/proof.h"
#include "app/query.h"
#include "app/world.h"
#include "app_world.h"
#include "refusal.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400 };

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR},
                          anna = {.id = "anna", .roles = ROLE_ANALYST},
                          petra = {.id = "petra", .roles = ROLE_PARTY},
                          quinn = {.id = "quinn", .roles = ROLE_PARTY};

static int make_world(void **state)
{
    static const struct party other = {
        .id = "registrar-2", .kind = PARTY_REGISTRAR, .name = "Other Names"};
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    assert_int_equal(store_party_put(world->app.store, &other), 0);
    app_world_put_user(&world->app, "ada", "administrator", "", WORLD_START);
    app_world_put_user(&world->app, "anna", "analyst", "", WORLD_START);
    app_world_put_user(&world->app, "petra", "party", "registrar-1", WORLD_START);
    app_world_put_user(&world->app, "paul", "party", "registrar-1", WORLD_START);
    app_world_put_user(&world->app, "quinn", "party", "registrar-2", WORLD_START);
    *state = world;
    return 0;
}

static void pass_days(struct world *world, int days)
{
    world->app.clock.frozen_at += INT64_C(1000000) * DAY_S * days;
}

/* "WHO PARTY MAY [UNTIL [FROM]]" */
static int add(struct world *world, const struct actor *actor, const char *text,
               struct error_detail *detail)
{
    char words[5][32] = {"", "", "", "", ""};
    int count =
        sscanf(text, "%31s %31s %31s %31s %31s", words[0], words[1], words[2], words[3], words[4]);
    return world_run(world, actor, actor->roles & ROLE_PARTY ? "own.delegate" : "user.grant.add",
                     json_pack("{s:s, s:s, s:s, s:s*, s:s*}", "id", words[0], "party", words[1],
                               "may", words[2], "until", count > 3 ? words[3] : NULL, "from",
                               count > 4 ? words[4] : NULL),
                     NULL, detail);
}

static int revoke(struct world *world, const struct actor *actor, const char *id, int number,
                  struct error_detail *detail)
{
    return world_run(world, actor, actor->roles & ROLE_PARTY ? "own.revoke" : "user.grant.revoke",
                     json_pack("{s:s, s:i}", "id", id, "number", number), NULL, detail);
}

/* How much a user may do for a party: -1 for nothing. */
static int right_of(struct world *world, const char *user, const char *party)
{
    struct error_detail detail = {0};
    struct store_grant grant;
    const struct grant_wanted wanted = {user, party, NULL, PARTY_RIGHT_READ};
    int result = grant_need(&world->app, &wanted, &world->arena, &grant, &detail);
    if (result == 0)
        return (int)grant.may;
    assert_refused(result, ERR_NOT_FOUND, &detail, "there is no such party, or none for you");
    return -1;
}

static void a_user_of_a_party_has_one_role_and_a_party(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const struct {
        const char *arguments;
        int code;
        const char *words;
    } rows[] = {
        {"{\"id\":\"x\",\"roles\":[\"party\"]}", ERR_SYNTAX, "'party'"},
        {"{\"id\":\"x\",\"roles\":[\"party\",\"analyst\"],\"party\":\"registrar-1\"}", ERR_REFUSED,
         "a user of a contracted party has no other role"},
        {"{\"id\":\"x\",\"roles\":[\"analyst\"],\"party\":\"registrar-1\"}", ERR_SYNTAX,
         "only the role party is of a party"},
        {"{\"id\":\"x\",\"roles\":[\"party\"],\"party\":\"registrar-9\"}", ERR_NOT_FOUND,
         "registrar-9"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(world_run(world, &ada, "user.add", json_loads(rows[i].arguments, 0, NULL),
                                 NULL, &detail),
                       rows[i].code, &detail, rows[i].words);
    json_decref(world_must(
        world, &ada, "user.add",
        json_pack("{s:s, s:[s], s:s}", "id", "pia", "roles", "party", "party", "registrar-1")));
    struct store_user user;
    assert_int_equal(store_user_find(world->app.store, "pia", &world->arena, &user), 0);
    assert_string_equal(user.party, "registrar-1");
    assert_true(proof_is_of_party(&user));
    assert_false(proof_is_staff(&user));
    assert_int_equal(store_user_find(world->app.store, "anna", &world->arena, &user), 0);
    assert_false(proof_is_of_party(&user));
}

/* G1, G4. */
static void a_grant_is_in_force_on_its_days(void **state)
{
    struct world *world = *state;
    assert_int_equal(right_of(world, "petra", "registrar-1"), -1);
    assert_int_equal(add(world, &ada, "petra registrar-1 answer 2027-01-20 2027-01-06", NULL), 0);
    assert_int_equal(right_of(world, "petra", "registrar-1"), -1);
    pass_days(world, 2);
    assert_int_equal(right_of(world, "petra", "registrar-1"), PARTY_RIGHT_ANSWER);
    assert_int_equal(right_of(world, "petra", "registrar-2"), -1);
    pass_days(world, 13);
    assert_int_equal(right_of(world, "petra", "registrar-1"), PARTY_RIGHT_ANSWER);
    pass_days(world, 1);
    assert_int_equal(right_of(world, "petra", "registrar-1"), -1);
    /* Over, so that another can be given. */
    assert_int_equal(add(world, &ada, "petra registrar-1 read", NULL), 0);
    assert_int_equal(right_of(world, "petra", "registrar-1"), PARTY_RIGHT_READ);
    assert_int_equal(revoke(world, &ada, "petra", 2, NULL), 0);
    assert_int_equal(right_of(world, "petra", "registrar-1"), -1);
    assert_int_equal(app_world_told(&world->app, "grant-added", "ada"), 2);
    assert_int_equal(app_world_told(&world->app, "grant-revoked", "ada"), 1);
}

static void who_reads_may_not_answer(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_grant grant;
    assert_int_equal(add(world, &ada, "petra registrar-1 read", NULL), 0);
    const struct grant_wanted wanted = {"petra", "registrar-1", NULL, PARTY_RIGHT_ANSWER};
    assert_refused(grant_need(&world->app, &wanted, &world->arena, &grant, &detail), ERR_DENIED,
                   &detail, "petra may read for registrar-1, which is not enough to");
}

/* What an administrator may not say, and what nobody else may at all. */
static void grants_are_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const struct {
        const char *text;
        int code;
        const char *words;
    } rows[] = {
        {"petra registrar-1 rule", ERR_SYNTAX, "read, answer or delegate, not 'rule'"},
        {"petra registrar-1 read 2027-01-04", ERR_SYNTAX, "a grant ends after today"},
        {"petra registrar-1 read 1970-01-01", ERR_SYNTAX, "a grant ends after today"},
        {"petra registrar-1 read 2027-02-01 2027-02-01", ERR_SYNTAX, "a grant ends after today"},
        {"petra registrar-9 read", ERR_NOT_FOUND, "registrar-9"},
        {"nobody registrar-1 read", ERR_NOT_FOUND, "there is no user 'nobody'"},
        {"anna registrar-1 read", ERR_REFUSED, "anna has not the role party"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(add(world, &ada, rows[i].text, &detail), rows[i].code, &detail,
                       rows[i].words);
    /* What is no text is not as if there were none. */
    assert_refused(world_run(world, &ada, "user.grant.add",
                             json_pack("{s:s, s:s, s:s, s:[s]}", "id", "petra", "party",
                                       "registrar-1", "may", "read", "until", "2027-02-01"),
                             NULL, &detail),
                   ERR_SYNTAX, &detail, "the argument 'until' is no date (2026-11-24)");
    assert_refused(add(world, &anna, "petra registrar-1 read", &detail), ERR_DENIED, &detail,
                   "'user.grant.add' is for the role administrator;");
    assert_int_equal(add(world, &ada, "petra registrar-1 read", NULL), 0);
    assert_refused(add(world, &ada, "petra registrar-1 answer", &detail), ERR_CONFLICT, &detail,
                   "petra has the grant 1 for registrar-1 already");
    assert_int_equal(add(world, &ada, "petra registrar-2 read", NULL), 0);
    assert_refused(revoke(world, &ada, "petra", 7, &detail), ERR_NOT_FOUND, &detail,
                   "petra has no grant 7 that was not revoked");
    assert_int_equal(revoke(world, &ada, "petra", 1, NULL), 0);
    assert_int_equal(revoke(world, &ada, "petra", 1, NULL), ERR_NOT_FOUND);
    assert_int_equal(world_run(world, &ada, "user.grant.revoke",
                               json_pack("{s:s, s:s, s:s}", "id", "petra", "number", "2", "party",
                                         "registrar-1"),
                               NULL, NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(world_run(world, &ada, "user.grant.revoke",
                               json_pack("{s:s, s:s, s:s}", "id", "petra", "number", "2", "party",
                                         "registrar-2"),
                               NULL, NULL),
                     0);
}

/* G2. */
static void a_delegate_gives_less_and_takes_it_back(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_int_equal(add(world, &ada, "petra registrar-1 delegate 2027-03-01", NULL), 0);
    assert_int_equal(add(world, &ada, "quinn registrar-2 delegate", NULL), 0);
    static const struct {
        const char *text;
        int code;
        const char *words;
    } rows[] = {
        {"paul registrar-1 delegate", ERR_DENIED, "who may delegate gives read or answer"},
        {"paul registrar-1 read 2027-03-02", ERR_DENIED, "ends no later than one's own grant"},
        {"paul registrar-1 read 2027-04-01 2027-03-05", ERR_DENIED,
         "ends no later than one's own grant"},
        {"quinn registrar-1 read", ERR_REFUSED, "registrar-1 has no user 'quinn'"},
        {"anna registrar-1 read", ERR_REFUSED, "registrar-1 has no user 'anna'"},
        {"nobody registrar-1 read", ERR_REFUSED, "registrar-1 has no user 'nobody'"},
        {"paul registrar-2 read", ERR_NOT_FOUND, "there is no such party, or none for you"},
        {"paul registrar-9 read", ERR_NOT_FOUND, "there is no such party, or none for you"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(add(world, &petra, rows[i].text, &detail), rows[i].code, &detail,
                       rows[i].words);
    /* A first day after one's own last. */
    assert_refused(world_run(world, &petra, "own.delegate",
                             json_pack("{s:s, s:s, s:s, s:s}", "id", "paul", "party", "registrar-1",
                                       "may", "read", "from", "2027-03-05"),
                             NULL, &detail),
                   ERR_DENIED, &detail, "one's own grant has ended by then");
    assert_int_equal(add(world, &petra, "paul registrar-1 answer", NULL), 0);
    assert_int_equal(right_of(world, "paul", "registrar-1"), PARTY_RIGHT_ANSWER);
    const struct actor paul = {.id = "paul", .roles = ROLE_PARTY};
    assert_refused(add(world, &paul, "petra registrar-1 read", &detail), ERR_DENIED, &detail,
                   "paul may answer for registrar-1, which is not enough to delegate");
    /* Nobody takes back what is another party's, or the administrator's. */
    assert_refused(revoke(world, &quinn, "paul", 1, &detail), ERR_NOT_FOUND, &detail,
                   "paul has no grant 1 that was not revoked");
    assert_refused(revoke(world, &paul, "petra", 1, &detail), ERR_NOT_FOUND, &detail,
                   "petra has no grant 1 that was not revoked");
    assert_refused(revoke(world, &petra, "petra", 1, &detail), ERR_DENIED, &detail,
                   "an administrator gave this, and takes it back");
    assert_int_equal(revoke(world, &petra, "paul", 1, NULL), 0);
    assert_int_equal(right_of(world, "paul", "registrar-1"), -1);
    assert_int_equal(app_world_told(&world->app, "grant-added", "petra"), 1);
    assert_int_equal(app_world_told(&world->app, "grant-revoked", "petra"), 1);
}

/* G7: paul works for others too, which nobody of registrar-1 has to know. */
static void a_party_counts_its_own_grants_alone(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_int_equal(add(world, &ada, "petra registrar-1 delegate", NULL), 0);
    assert_int_equal(add(world, &ada, "paul registrar-2 read", NULL), 0);
    json_t *given JSON_CLEANUP = world_must(
        world, &petra, "own.delegate",
        json_pack("{s:s, s:s, s:s}", "id", "paul", "party", "registrar-1", "may", "read"));
    assert_int_equal(json_number(given, "number", 0), 1);
    assert_refused(add(world, &petra, "paul registrar-1 answer", &detail), ERR_CONFLICT, &detail,
                   "paul has the grant 1 for registrar-1 already");
    json_t *seen JSON_CLEANUP = world_ask(world, "own.grants", "party", "registrar-1"),
                 *staff JSON_CLEANUP = world_ask(world, "user.grants", "party", "registrar-1");
    assert_int_equal(json_number(json_array_get(json_object_get(seen, "grants"), 0), "number", 0),
                     1);
    assert_int_equal(json_number(json_array_get(json_object_get(staff, "grants"), 0), "number", 0),
                     2);
    assert_refused(revoke(world, &petra, "paul", 2, &detail), ERR_NOT_FOUND, &detail,
                   "paul has no grant 2 that was not revoked");
    json_t *taken JSON_CLEANUP =
        world_must(world, &petra, "own.revoke", json_pack("{s:s, s:i}", "id", "paul", "number", 1));
    assert_int_equal(json_number(taken, "number", 0), 1);
    assert_int_equal(right_of(world, "paul", "registrar-1"), -1);
    assert_int_equal(right_of(world, "paul", "registrar-2"), PARTY_RIGHT_READ);
}

/* G6. */
static void no_more_is_delegated_in_a_day_than_people_do(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    enum { DAY_MAX = 50 };
    assert_int_equal(add(world, &ada, "petra registrar-1 delegate", NULL), 0);
    for (int i = 1; i <= DAY_MAX; i++) {
        assert_int_equal(add(world, &petra, "paul registrar-1 read", NULL), 0);
        assert_int_equal(revoke(world, &petra, "paul", i, NULL), 0);
    }
    assert_refused(add(world, &petra, "paul registrar-1 read", &detail), ERR_TIMED_OUT, &detail,
                   "50 grants for registrar-1 were delegated within a day; more can come later");
    /* The administrator is not held up, and the next day nobody. */
    assert_int_equal(add(world, &ada, "paul registrar-1 read", NULL), 0);
    assert_int_equal(revoke(world, &ada, "paul", DAY_MAX + 1, NULL), 0);
    pass_days(world, 1);
    assert_int_equal(add(world, &petra, "paul registrar-1 read", NULL), 0);
}

/* G1. */
static void who_leaves_takes_along_what_they_gave(void **state)
{
    struct world *world = *state;
    assert_int_equal(add(world, &ada, "petra registrar-1 delegate", NULL), 0);
    assert_int_equal(add(world, &petra, "paul registrar-1 read", NULL), 0);
    assert_int_equal(revoke(world, &ada, "petra", 1, NULL), 0);
    assert_int_equal(right_of(world, "paul", "registrar-1"), -1);
    assert_int_equal(add(world, &ada, "petra registrar-1 delegate", NULL), 0);
    /* What died with its source stands in nobody's way (G3). */
    assert_int_equal(add(world, &petra, "paul registrar-1 read", NULL), 0);
    assert_int_equal(right_of(world, "paul", "registrar-1"), PARTY_RIGHT_READ);
    json_decref(world_must(world, &ada, "user.disable", json_pack("{s:s}", "id", "petra")));
    assert_int_equal(right_of(world, "paul", "registrar-1"), -1);
    assert_int_equal(add(world, &ada, "paul registrar-1 answer", NULL), 0);
    assert_int_equal(right_of(world, "paul", "registrar-1"), PARTY_RIGHT_ANSWER);
}

static void grants_are_listed_by_user_and_by_party(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *answer JSON_CLEANUP = NULL;
    assert_int_equal(add(world, &ada, "petra registrar-1 delegate 2027-03-01", NULL), 0);
    assert_int_equal(add(world, &petra, "paul registrar-1 read", NULL), 0);
    json_t *all JSON_CLEANUP = world_ask(world, "user.grants", "party", "registrar-1");
    const json_t *rows = json_object_get(all, "grants");
    assert_int_equal(json_array_size(rows), 2);
    const json_t *first = json_array_get(rows, 0); /* paul's */
    assert_string_equal(json_text(first, "id"), "paul");
    assert_string_equal(json_text(first, "until"), "2027-03-01");
    assert_true(json_is_true(json_object_get(first, "delegated")));
    assert_true(json_is_true(json_object_get(first, "in_force")));
    json_t *own JSON_CLEANUP = world_ask(world, "user.grants", "id", "petra");
    assert_int_equal(json_array_size(json_object_get(own, "grants")), 1);
    json_t *nothing JSON_CLEANUP = json_object();
    assert_refused(query_run(&world->app, "user.grants", nothing, &answer, &detail), ERR_SYNTAX,
                   &detail, "grants are of one user, or for one party");
}

/* A user of a party is no member of the staff; of their own tokens they may dispose. */
static void a_user_of_a_party_may_no_command_of_the_staff(void **state)
{
    struct world *world = *state;
    static const char *const others[] = {"case.answer",   "case.open",    "complaint.file",
                                         "user.add",      "party.import", "user.absent",
                                         "user.grant.add"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(world_run(world, &petra, others[i], json_object(), NULL, NULL),
                         ERR_DENIED);
    json_decref(world_must(world, &petra, "user.token.add", json_pack("{s:s}", "id", "petra")));
    assert_int_equal(
        world_run(world, &petra, "user.token.add", json_pack("{s:s}", "id", "paul"), NULL, NULL),
        ERR_DENIED);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(a_user_of_a_party_has_one_role_and_a_party),
          IN_WORLD(a_grant_is_in_force_on_its_days), IN_WORLD(who_reads_may_not_answer),
          IN_WORLD(grants_are_refused_with_words),
          IN_WORLD(a_delegate_gives_less_and_takes_it_back),
          IN_WORLD(a_party_counts_its_own_grants_alone),
          IN_WORLD(no_more_is_delegated_in_a_day_than_people_do),
          IN_WORLD(who_leaves_takes_along_what_they_gave),
          IN_WORLD(grants_are_listed_by_user_and_by_party),
          IN_WORLD(a_user_of_a_party_may_no_command_of_the_staff))
