/* What holds a complaint before a person reads it, as far as no exhibit has to be read: a test has
 * no judge process, so what only an exhibit shows is unknown here, and holds nothing. The whole:
 * tests/complaints/test_precheck.py. */
#include "app/complaints/precheck.h"

#include "app/query.h"
#include "app/stranger.h"
#include "app/world.h"
#include "refusal.h"
#include "store/party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define TRANSFER(names, more) "{\"type\":\"transfer\",\"names\":[" names "]" more "}"
#define TOLD(on) ",\"told_first\":{\"told\":true,\"on\":\"" on "\"}"
#define NAMED ",\"party\":\"registrar-here\""
#define EXHIBIT                                                                                    \
    ",\"exhibits\":[{\"evidence\":\"request\",\"media_type\":\"text/plain\",\"base64\":\"aA==\"}]"

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static int make_world(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    const struct tld tlds[] = {{"example", TLD_GENERIC, NULL, ""},
                               {"xn--p1ai", TLD_COUNTRY_CODE, NULL, ""},
                               {"yy", TLD_GENERIC, NULL, ""}};
    const struct party gone = {"registrar-gone", PARTY_REGISTRAR, "Gone", 2, "terminated", ""},
                       here = {"registrar-here", PARTY_REGISTRAR, "Here Ltd", 3, "accredited", ""};
    for (size_t i = 0; i < COUNT(tlds); i++)
        assert_true(store_tld_put(world->app.store, &tlds[i]) >= 0);
    assert_true(store_party_put(world->app.store, &gone) >= 0);
    assert_true(store_party_put(world->app.store, &here) >= 0);
    *state = world;
    return 0;
}

/* The scope tests among what is said to be missing. */
static void holds_of(const json_t *list, char room[128])
{
    size_t i;
    const json_t *row;
    room[0] = '\0';
    json_array_foreach(list, i, row)
    {
        if (strcmp(json_text(row, "kind"), "scope") == 0)
            snprintf(room + strlen(room), 128 - strlen(room), "%s ", json_text(row, "id"));
    }
}

/* World: 4 January 2027. The type wants five working days between the report and the complaint. */
static void what_would_close_it_holds_it(void **state)
{
    static const struct {
        const char *document, *holds;
    } rows[] = {
        {TRANSFER("\"a.example\"", TOLD("2026-12-01")), ""},
        {TRANSFER("\"a.xn--p1ai\"", TOLD("2026-12-01")), "not-country-code "},
        {TRANSFER("\"a.zq\"", TOLD("2026-12-01")), "not-country-code "}, /* two letters */
        {TRANSFER("\"a.yy\"", TOLD("2026-12-01")), ""}, /* which the store knows better */
        {TRANSFER("\"zq.example\"", TOLD("2026-12-01")), ""},
        {TRANSFER("\"a.unheard\"", TOLD("2026-12-01")), ""},
        {TRANSFER("\"a.zq\",\"a.example\"", TOLD("2026-12-01")), ""},
        {TRANSFER("", ",\"answers\":{\"domain\":\"A.ZQ.\"}" TOLD("2026-12-01")),
         "not-country-code "},
        {TRANSFER("\"a.example\"", TOLD("2027-01-03")), "told-first "}, /* yesterday */
        {TRANSFER("\"a.example\"", ",\"told_first\":{\"told\":false}"), "told-first "},
        {TRANSFER("\"a.example\"", ""), "told-first "},
        {TRANSFER("\"a.example\"", NAMED EXHIBIT), ""},      /* which nobody can read here */
        {TRANSFER("\"a.example\"", EXHIBIT), "told-first "}, /* about whom it need not be read */
        {TRANSFER("\"a.example\"", ",\"told_first\":{\"told\":false}" NAMED EXHIBIT),
         "told-first "},
        {TRANSFER("\"a.example\"", ",\"party\":\"registrar-gone\"" TOLD("2026-12-01")),
         "contracted "},
        {TRANSFER("\"a.example\"", ",\"reporter\":{\"role\":\"other\"}" TOLD("2026-12-01")),
         "who "},
    };
    struct world *world = *state;
    char room[128];
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *receipt JSON_CLEANUP = world_file(world, rows[i].document, false);
        holds_of(json_object_get(receipt, "missing"), room);
        if (strcmp(room, rows[i].holds) != 0)
            fail_msg("row %zu: '%s'", i, room);
        assert_string_equal(json_text(receipt, "state"), "held"); /* answers are missing too */
        json_t *again JSON_CLEANUP =
            world_ask(world, "complaint.check", "complaint", json_text(receipt, "reference"));
        holds_of(json_object_get(again, "holds"), room);
        assert_string_equal(room, rows[i].holds);
        assert_string_equal(json_text(again, "outcome"), "hold");
    }
}

static void what_cannot_be_read_is_unknown(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_refused(stranger_judge(&world->app, &detail), ERR_UNAVAILABLE, &detail,
                   "this process has no judge");
    json_t *receipt JSON_CLEANUP =
        world_file(world, TRANSFER("\"a.example\"", NAMED EXHIBIT), false);
    json_t *answer JSON_CLEANUP =
        world_ask(world, "complaint.check", "complaint", json_text(receipt, "reference"));
    assert_string_equal(json_text(json_object_get(answer, "proof"), "found"), "unknown");
    json_t *bare JSON_CLEANUP = world_file(world, TRANSFER("\"a.example\"", EXHIBIT), false);
    json_t *other JSON_CLEANUP =
        world_ask(world, "complaint.check", "complaint", json_text(bare, "reference"));
    assert_string_equal(json_text(json_object_get(other, "proof"), "found"), "no");
}

static void an_erased_one_cannot_be_checked(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL;
    json_t *receipt JSON_CLEANUP = world_file(world, TRANSFER("\"a.example\"", ""), false);
    const char *reference = json_text(receipt, "reference");
    assert_int_equal(
        world_run(world, &ada, "complaint.erase",
                  json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked"), NULL,
                  &detail),
        0);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "complaint", reference);
    assert_refused(query_run(&world->app, "complaint.check", arguments, &none, &detail),
                   ERR_NOT_FOUND, &detail, "has no item 0, or was erased");
}

static void a_type_that_is_not_there_is_damage(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct precheck precheck;
    json_t *words JSON_CLEANUP = json_object();
    const struct complaint_record odd = {.row = {.reference = "aaaa-aaaa-aaaa",
                                                 .type = "noise",
                                                 .rulebook = world->app.rulebook->digest_text}};
    const struct precheck_question question = {&odd, words, /* thorough= */ false};
    arena_init(&arena, 1 << 20);
    assert_refused(precheck_record(&world->app, &question, &arena, &precheck, &detail), ERR_DAMAGED,
                   &detail, "complaint aaaa-aaaa-aaaa: unknown type");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_would_close_it_holds_it),
        WORLD_TEST(what_cannot_be_read_is_unknown),
        WORLD_TEST(an_erased_one_cannot_be_checked),
        WORLD_TEST(a_type_that_is_not_there_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
