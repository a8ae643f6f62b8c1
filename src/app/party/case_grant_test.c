/* G8 of people/grant.h: a grant for one case of a party lets its user read or answer that case, and
 * nothing else of the party is there. */
#include "app/people/grant.h"

#include "app/party/scene.h"
#include "app/query.h"
#include "refusal.h"

#include <string.h>

static const struct actor paul = {.id = "paul", .roles = ROLE_PARTY},
                          quinn = {.id = "quinn", .roles = ROLE_PARTY};

static int give(struct world *world, const struct actor *actor, const char *user, const char *party,
                const char *case_id, const char *may, struct error_detail *detail)
{
    return world_run(
        world, actor, actor->roles & ROLE_PARTY ? "own.delegate" : "user.grant.add",
        json_pack("{s:s, s:s, s:s, s:s}", "id", user, "party", party, "case", case_id, "may", may),
        NULL, detail);
}

/* What `user` is answered; NULL where nothing is there for them. */
static json_t *ask(struct world *world, const char *user, const char *query, const char *name,
                   const char *value)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s}", "user", user, name, value),
                      *answer = NULL;
    int result = query_run(&world->app, query, arguments, &answer, &detail);
    if (result < 0)
        assert_refused(result, ERR_NOT_FOUND, &detail, "or none for you");
    return result < 0 ? NULL : answer;
}

/* The ids of a list, with blanks between; NULL: it is not there. */
static const char *ids(struct world *world, const char *user, const char *query, const char *list,
                       const char *id)
{
    json_t *answer JSON_CLEANUP = ask(world, user, query, "party", "registrar-1");
    const char *text = "";
    size_t i;
    const json_t *row;
    if (!answer)
        return NULL;
    json_array_foreach(json_object_get(answer, list), i, row)
    {
        const char *one = json_text(row, id);
        text = arena_printf(&world->arena, "%s%s%s", text, i ? " " : "", one ? one : "-");
    }
    return text;
}

static void assert_there(struct world *world, const char *user, const char *query, const char *name,
                         const char *value, bool there)
{
    json_t *answer JSON_CLEANUP = ask(world, user, query, name, value);
    assert_int_equal(answer != NULL, there);
}

static int answer(struct world *world, const struct actor *actor, const char *case_id,
                  struct error_detail *detail)
{
    return world_run(world, actor, "own.answer",
                     json_pack("{s:s, s:s}", "case", case_id, "document", "{\"text\":\"done\"}"),
                     NULL, detail);
}

static void one_case_is_there_and_nothing_else(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = open_case(world, "registrar-1", "a.example"),
               *two = open_case(world, "registrar-1", "b.example"),
               *theirs = open_case(world, "registrar-2", "c.example");
    app_world_put_user(&world->app, "paul", "party", "registrar-1", WORLD_START);
    serve(world, one, "notice1");
    serve(world, two, "notice1");
    serve(world, theirs, "notice1");
    assert_null(ids(world, "paul", "own.cases", "cases", "id"));
    assert_int_equal(give(world, &ada, "paul", "registrar-1", one, "read", &detail), 0);
    assert_string_equal(ids(world, "paul", "own.cases", "cases", "id"), one);
    assert_string_equal(ids(world, "paul", "own.findings", "findings", "id"), "");
    assert_string_equal(ids(world, "paul", "own.parties", "parties", "case"), one);
    assert_string_equal(ids(world, "petra", "own.parties", "parties", "case"), "-");
    assert_there(world, "paul", "own.case", "case", one, true);
    assert_there(world, "paul", "own.complaints", "case", one, true);
    assert_there(world, "paul", "own.case", "case", two, false);
    assert_there(world, "paul", "own.complaints", "case", two, false);
    assert_there(world, "paul", "own.case", "case", theirs, false);
    assert_there(world, "paul", "own.duties", "party", "registrar-1", false);
    assert_there(world, "paul", "own.party", "party", "registrar-1", false);
    assert_there(world, "paul", "own.grants", "party", "registrar-1", false);
    assert_refused(answer(world, &paul, one, &detail), ERR_DENIED, &detail, "is not enough to");
    assert_refused(answer(world, &paul, two, &detail), ERR_NOT_FOUND, &detail, "or none for you");
}

/* Beside each other the greater right counts, and each is taken back by itself. */
static void it_adds_to_a_grant_for_the_party(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = open_case(world, "registrar-1", "a.example"),
               *two = open_case(world, "registrar-1", "b.example");
    static const struct actor petra = {.id = "petra", .roles = ROLE_PARTY};
    serve(world, one, "notice1");
    serve(world, two, "notice1");
    assert_int_equal(give(world, &ada, "petra", "registrar-1", one, "answer", &detail), 0);
    assert_refused(give(world, &ada, "petra", "registrar-1", one, "read", &detail), ERR_CONFLICT,
                   &detail, "revoke that first");
    assert_int_equal(answer(world, &petra, one, &detail), 0);
    assert_refused(answer(world, &petra, two, &detail), ERR_DENIED, &detail,
                   "petra may read for registrar-1, which is not enough to answer");
    assert_non_null(strchr(ids(world, "petra", "own.cases", "cases", "id"), ' '));
    json_decref(world_must(world, &ada, "user.grant.revoke",
                           json_pack("{s:s, s:i}", "id", "petra", "number", 1)));
    assert_string_equal(ids(world, "petra", "own.cases", "cases", "id"), one);
    json_decref(world_must(world, &ada, "user.grant.revoke",
                           json_pack("{s:s, s:i}", "id", "petra", "number", 2)));
    assert_null(ids(world, "petra", "own.cases", "cases", "id"));
}

static void cases_come_page_by_page(void **state)
{
    enum { CASES = 53 };
    struct world *world = *state;
    struct error_detail detail = {0};
    char subject[32];
    size_t found = 0;
    app_world_put_user(&world->app, "paul", "party", "registrar-1", WORLD_START);
    for (int i = 0; i < CASES; i++) {
        snprintf(subject, sizeof subject, "n%d.example", i);
        const char *id = open_case(world, "registrar-1", subject);
        serve(world, id, "notice1");
        assert_int_equal(give(world, &ada, "paul", "registrar-1", id, "read", NULL), 0);
    }
    json_t *arguments JSON_CLEANUP =
        json_pack("{s:s, s:s}", "user", "paul", "party", "registrar-1");
    for (bool more = true; more;) {
        json_t *page JSON_CLEANUP = NULL;
        assert_int_equal(query_run(&world->app, "own.cases", arguments, &page, &detail), 0);
        found += json_array_size(json_object_get(page, "cases"));
        more = json_text(page, "next") != NULL;
        json_object_set(arguments, "after", json_object_get(page, "next"));
    }
    assert_int_equal(found, CASES);
}

static void it_is_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *told = open_case(world, "registrar-2", "a.example"),
               *untold = open_case(world, "registrar-2", "b.example"),
               *other = open_case(world, "registrar-1", "c.example");
    app_world_put_user(&world->app, "rita", "party", "registrar-2", WORLD_START);
    serve(world, told, "notice1");
    serve(world, other, "notice1");
    const struct actor *givers[] = {&ada, &quinn};
    const char *const none[] = {untold, other, "c-none"};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 3; k++)
            assert_refused(give(world, givers[i], "rita", "registrar-2", none[k], "read", &detail),
                           ERR_REFUSED, &detail, "registrar-2 was told of no case");
    }
    assert_refused(give(world, &ada, "rita", "registrar-2", told, "delegate", &detail), ERR_REFUSED,
                   &detail, "for one case somebody may read or answer, and delegates nothing");
    assert_int_equal(give(world, &quinn, "rita", "registrar-2", told, "answer", &detail), 0);
    static const struct actor rita = {.id = "rita", .roles = ROLE_PARTY};
    assert_refused(give(world, &rita, "quinn", "registrar-2", told, "read", &detail), ERR_NOT_FOUND,
                   &detail, "there is no such party, or none for you");
    assert_int_equal(answer(world, &rita, told, &detail), 0);
}

#define GRANT_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

TEST_MAIN(GRANT_TEST(one_case_is_there_and_nothing_else),
          GRANT_TEST(it_adds_to_a_grant_for_the_party), GRANT_TEST(cases_come_page_by_page),
          GRANT_TEST(it_is_refused_with_words))
