/* What may be the same matter is found by staff, joined and parted by a person, and gone with the
 * complaint; whoever filed learns nothing of it. */
#include "app/complaints/similar.h"

#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/sketch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define WORDS                                                                                      \
    "The page http://pay.bad.example/a8841 copies the form of a bank and asks for the card "       \
    "number "                                                                                      \
    "and the code that came by telephone; a customer lost 4120.50 euro by it."
/* About a registrar, with these names and words. */
#define ABOUT(name, words, more)                                                                   \
    "{\"type\":\"generic-registrar\",\"names\":[\"" name "\"],\"answers\":{\"registrar\":\"One\"," \
    "\"what\":\"" words "\"}" more "}"
#define BY(address) ",\"reporter\":{\"email\":\"" address "\",\"share\":false}"

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static int act(struct world *world, const struct actor *actor, const char *command,
               const char *reference, const char *name, const char *value,
               struct error_detail *detail)
{
    return world_run(world, actor, command,
                     json_pack("{s:s, s:s}", "complaint", reference, name, value),
                     /* ret_result= */ NULL, detail);
}

/* What is suggested about the complaint: "repeat 100, ..." in order. */
static const char *suggested(struct world *world, const char *reference, char room[256])
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.similar", "complaint", reference);
    const json_t *rows =
        json_object_get(json_array_get(json_object_get(answer, "complaints"), 0), "similar");
    room[0] = '\0';
    for (size_t i = 0; i < json_array_size(rows); i++) {
        size_t used = strlen(room);
        snprintf(room + used, 256 - used, "%s%s", i ? " " : "",
                 json_text(json_array_get(rows, i), "kind"));
    }
    return room;
}

static void what_may_repeat_it_is_suggested(void **state)
{
    static const struct {
        const char *document, *kinds;
    } rows[] = {
        {ABOUT("bad.example", WORDS, BY("zoe@mail.example")), "repeat"},
        {ABOUT("bad.example", "Hello, " WORDS, ""), "repeat"},
        {ABOUT("bad.example", "> quoted\\n" WORDS, ""), "repeat"},
        {ABOUT("pay.BAD.example.", WORDS, ""), "repeat"},
        {ABOUT("good.example", WORDS, ""), "alike"},
        {ABOUT("bad.example", "They charge 12.95 a month for a name that I never ordered at all.",
               ""),
         ""},
        {ABOUT("good.example", "They charge 12.95 a month for a name.", ""), ""},
        {"{\"type\":\"generic-registrar\",\"answers\":{\"domain\":\"Bad.example\",\"what\":\"" WORDS
         "\"}}",
         "repeat"},
        {"{\"type\":\"dns-abuse-registrar\",\"answers\":{\"address\":\"http://bad.example:80/"
         "a8841\"},"
         "\"exhibits\":[{\"evidence\":\"abuse\",\"media_type\":\"text/plain\",\"base64\":"
         "\"YSBjdXN0b21lciBsb3N0IDQxMjAuNTAgZXVybyBieSBpdCBvbiBodHRwOi8vcGF5LmJhZC5leGFtcGxlL2E4ODQ"
         "x\""
         "}]}",
         "repeat"},
    };
    struct world *world = *state;
    struct error_detail detail = {0};
    char room[256];
    json_t *first JSON_CLEANUP =
        world_file(world, ABOUT("bad.example", WORDS, BY("Zoe@mail.example")), true);
    assert_non_null(json_text(first, "reference"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *receipt JSON_CLEANUP = world_file(world, rows[i].document, true);
        const char *kinds = suggested(world, json_text(receipt, "reference"), room);
        if (strcmp(kinds, rows[i].kinds) != 0)
            fail_msg("row %zu: '%s'", i, kinds);
        assert_int_equal(act(world, &ada, "complaint.erase", json_text(receipt, "reference"),
                             "reason", "by-mistake", &detail),
                         0);
    }
}

static void reasons_are_words_and_repeat_nothing(void **state)
{
    static const char *const reasons[] = {
        "same type, names and evidence",
        "names that both have: 1",
        "128 of 128 samples of the wording are alike",
        "2 of 2 details (numbers, addresses, exhibits) are alike",
        "same reporter",
        "days apart: 0",
    };
    struct world *world = *state;
    json_t *first JSON_CLEANUP =
        world_file(world, ABOUT("bad.example", WORDS, BY("zoe@mail.example")), true);
    json_t *again JSON_CLEANUP =
        world_file(world, ABOUT("bad.example", WORDS, BY("ZOE@mail.example")), true);
    json_t *answer JSON_CLEANUP =
        world_ask(world, "complaint.similar", "complaint", json_text(again, "reference"));
    const json_t *row = json_array_get(
        json_object_get(json_array_get(json_object_get(answer, "complaints"), 0), "similar"), 0);
    assert_string_equal(json_text(row, "reference"), json_text(first, "reference"));
    assert_int_equal(json_number(row, "score", 0), 100);
    const json_t *told = json_object_get(row, "reasons");
    assert_int_equal(json_array_size(told), COUNT(reasons));
    for (size_t i = 0; i < COUNT(reasons); i++)
        assert_string_equal(json_string_value(json_array_get(told, i)), reasons[i]);
    json_t *below JSON_CLEANUP = world_file(world, ABOUT("www.bad.example", WORDS, ""), true);
    json_t *other JSON_CLEANUP =
        world_ask(world, "complaint.similar", "complaint", json_text(below, "reference"));
    char *text = json_dumps(other, 0);
    assert_non_null(strstr(text, "names below the same domain"));
    assert_null(strstr(text, "bad.example"));
    free(text);
}

/* The receipts, and what is seen by the link, are the same with and without another complaint. */
static void who_filed_learns_nothing(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *alone JSON_CLEANUP = world_file(world, ABOUT("bad.example", WORDS, ""), true);
    json_t *second JSON_CLEANUP = world_file(world, ABOUT("bad.example", WORDS, ""), true);
    const char *key;
    json_t *value;
    json_object_foreach(second, key, value)
    {
        const json_t *before = json_object_get(alone, key);
        if (strcmp(key, "reference") != 0 && strcmp(key, "link") != 0 &&
            strcmp(key, "opening") != 0)
            assert_true(json_equal((json_t *)before, value));
    }
    assert_int_equal(json_object_size(alone), json_object_size(second));
    json_t *before JSON_CLEANUP =
        world_ask(world, "complaint.follow", "token", json_text(second, "link"));
    assert_int_equal(act(world, &anna, "complaint.join", json_text(second, "reference"), "other",
                         json_text(alone, "reference"), &detail),
                     0);
    json_t *after JSON_CLEANUP =
        world_ask(world, "complaint.follow", "token", json_text(second, "link"));
    assert_true(json_equal(before, after));
}

static void two_are_joined_and_parted(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *a JSON_CLEANUP = world_file(world, ABOUT("bad.example", WORDS, ""), true);
    json_t *b JSON_CLEANUP = world_file(world, ABOUT("bad.example", WORDS, ""), true);
    json_t *c JSON_CLEANUP = world_file(world, ABOUT("bad.example", WORDS, ""), true);
    const char *one = json_text(a, "reference"), *two = json_text(b, "reference"),
               *three = json_text(c, "reference");
    assert_refused(act(world, &anna, "complaint.join", two, "other", two, &detail), ERR_SYNTAX,
                   &detail, "a complaint is not joined to itself");
    assert_refused(act(world, &anna, "complaint.join", two, "another", one, &detail), ERR_SYNTAX,
                   &detail, "the argument 'other' is missing");
    assert_refused(act(world, &anna, "complaint.join", two, "other", "aaaa-aaaa-aaaa", &detail),
                   ERR_NOT_FOUND, &detail, "there is no complaint aaaa-aaaa-aaaa");
    assert_refused(act(world, &anna, "complaint.part", two, "why", "", &detail), ERR_NOT_FOUND,
                   &detail, "is joined to none");
    assert_int_equal(act(world, &anna, "complaint.join", two, "other", one, &detail), 0);
    assert_refused(act(world, &anna, "complaint.join", two, "other", three, &detail), ERR_CONFLICT,
                   &detail, "is joined to");
    assert_refused(act(world, &anna, "complaint.join", three, "other", two, &detail), ERR_CONFLICT,
                   &detail, "is joined to");
    assert_refused(act(world, &anna, "complaint.join", one, "other", three, &detail), ERR_CONFLICT,
                   &detail, "others are joined to complaint");
    json_t *joined JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", two);
    json_t *first JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", one);
    const json_t *shown = json_object_get(joined, "complaint");
    const json_t *events = json_object_get(shown, "events");
    assert_string_equal(json_text(shown, "joined_to"), one);
    assert_string_equal(json_text(shown, "state"), "filed");
    assert_string_equal(json_text(json_array_get(events, 1), "event"), "joined");
    assert_string_equal(json_text(json_array_get(events, 1), "other"), one);
    shown = json_object_get(json_object_get(first, "complaint"), "joined_by");
    assert_string_equal(json_string_value(json_array_get(shown, 0)), two);
    assert_int_equal(act(world, &anna, "complaint.part", two, "why", "", &detail), 0);
    json_t *parted JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", two);
    assert_string_equal(json_text(json_object_get(parted, "complaint"), "joined_to"), "");
    assert_int_equal(act(world, &anna, "complaint.join", one, "other", two, &detail), 0);
}

static void pages_go_on(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL;
    for (int i = 0; i < 101; i++)
        json_decref(world_file(world, ABOUT("bad.example", WORDS, ""), true));
    json_t *page JSON_CLEANUP = world_ask(world, "complaint.similar", "none", "");
    const json_t *rows = json_object_get(page, "complaints");
    assert_int_equal(json_array_size(rows), 100);
    assert_int_equal(json_array_size(json_object_get(json_array_get(rows, 0), "similar")),
                     SIMILAR_MAX);
    const char *next = json_text(page, "next");
    assert_string_equal(next, json_text(json_array_get(rows, 99), "reference"));
    json_t *rest JSON_CLEANUP = world_ask(world, "complaint.similar", "after", next);
    assert_int_equal(json_array_size(json_object_get(rest, "complaints")), 1);
    assert_string_equal(json_text(rest, "next"), "");
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "after", "aaaa");
    assert_refused(query_run(&world->app, "complaint.similar", arguments, &none, &detail),
                   ERR_SYNTAX, &detail, "'aaaa' is no reference of a complaint");
}

static void what_is_erased_is_found_no_more(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_sketch sketch;
    char room[256];
    json_t *a JSON_CLEANUP = world_file(world, ABOUT("bad.example", WORDS, ""), true);
    json_t *b JSON_CLEANUP = world_file(world, ABOUT("bad.example", WORDS, ""), true);
    const char *one = json_text(a, "reference"), *two = json_text(b, "reference");
    assert_string_equal(suggested(world, two, room), "repeat");
    size_t noted = world->app.erased_count;
    assert_int_equal(act(world, &ada, "complaint.erase", one, "reason", "person-asked", &detail),
                     0);
    assert_int_equal(world->app.erased_count, noted + 2); /* the key of the words, and the sketch */
    assert_string_equal(suggested(world, two, room), "");
    assert_string_equal(suggested(world, one, room), "");
    assert_int_equal(store_sketch_find(world->app.store, one, &world->arena, &sketch),
                     ERR_NOT_FOUND);
}

/* A row that no program of ours wrote. */
static void a_damaged_sketch_is_named(void **state)
{
    static const uint8_t noise[] = {9, 9};
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL;
    const struct store_complaint odd = {.reference = "aaaa-aaaa-aaaa",
                                        .type = "transfer",
                                        .rulebook = world->app.rulebook->digest_text,
                                        .language = "en",
                                        .state = "filed"};
    assert_true(store_complaint_put(world->app.store, &odd) >= 0);
    assert_true(store_sketch_put(world->app.store, odd.reference,
                                 (struct bytes){noise, sizeof noise}, NULL, 0) >= 0);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "complaint", odd.reference);
    assert_refused(query_run(&world->app, "complaint.similar", arguments, &none, &detail),
                   ERR_DAMAGED, &detail, "complaint aaaa-aaaa-aaaa: its sketch is damaged");
    assert_refused(similar_forget(&world->app, odd.reference, &detail), ERR_DAMAGED, &detail,
                   "its sketch is damaged");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_may_repeat_it_is_suggested),
        WORLD_TEST(reasons_are_words_and_repeat_nothing),
        WORLD_TEST(who_filed_learns_nothing),
        WORLD_TEST(two_are_joined_and_parted),
        WORLD_TEST(pages_go_on),
        WORLD_TEST(what_is_erased_is_found_no_more),
        WORLD_TEST(a_damaged_sketch_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
