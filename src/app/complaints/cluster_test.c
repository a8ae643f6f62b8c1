/* A flood is one row, whatever else comes with it; nothing is decided by it. */
#include "app/complaints/cluster.h"

#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/complaint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOOD = 30, MOST = 1000 };

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

#define WORDS                                                                                      \
    "The page copies the form of a bank and asks each customer for the card number and for the "   \
    "code that came by telephone, and sends them on to the bank when they have told it both"
#define OTHER_WORDS                                                                                \
    "They charge twelve euro a month for a name that I never ordered, and nobody answers when I "  \
    "write to the address that stands on the bill which came by letter"

/* The reference of one that was filed; the caller frees. */
static char *file(struct world *world, const char *name, const char *words, int number)
{
    char document[1024];
    snprintf(document, sizeof document,
             "{\"type\":\"generic-registrar\",\"names\":[\"%s\"],\"answers\":{\"registrar\":"
             "\"One\",\"what\":\"%s, report %d.\"}}",
             name, words, number);
    json_t *receipt JSON_CLEANUP = world_file(world, document, true);
    return strdup(json_text(receipt, "reference"));
}

static void flood(struct world *world, char *references[FLOOD])
{
    for (int i = 0; i < FLOOD; i++)
        references[i] = file(world, "bad.example", WORDS, 1000 + i);
}

static void forget(char *references[FLOOD])
{
    for (int i = 0; i < FLOOD; i++)
        free(references[i]);
}

static void sort(struct world *world)
{
    struct error_detail detail = {0};
    if (clusters_sort(&world->app, MOST, &detail) < 0)
        fail_msg("%s", detail.text);
}

static json_t *row_of(const json_t *answer, size_t i)
{
    return json_array_get(json_object_get(answer, "clusters"), i);
}

static size_t count_rows(const json_t *answer)
{
    return json_array_size(json_object_get(answer, "clusters"));
}

static json_t *list(struct world *world)
{
    return world_ask(world, "complaint.clusters", "none", "");
}

static int64_t filed_of(const json_t *row)
{
    return json_number(row, "filed", -1);
}

static void a_flood_is_one_row_with_its_reasons(void **state)
{
    static const char *const reasons[] = {"20 of 20 name what the first one names",
                                          "20 of 20 have 9"};
    struct world *world = *state;
    char *references[FLOOD];
    flood(world, references);
    free(file(world, "good.example", OTHER_WORDS, 1));
    sort(world);
    json_t *answer JSON_CLEANUP = list(world);
    const json_t *row = row_of(answer, 0), *told = json_object_get(row, "reasons");
    assert_int_equal(count_rows(answer), 1);
    assert_string_equal(json_text(row, "reference"), references[0]);
    assert_string_equal(json_text(row, "type"), "generic-registrar");
    assert_int_equal(filed_of(row), FLOOD);
    assert_int_equal(json_number(row, "members", 0), FLOOD);
    assert_int_equal(json_array_size(json_object_get(row, "names")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(row, "names"), 0)),
                        "bad.example");
    assert_int_equal(json_array_size(told), 2);
    for (size_t i = 0; i < 2; i++)
        assert_memory_equal(json_string_value(json_array_get(told, i)), reasons[i],
                            strlen(reasons[i]));
    forget(references);
}

/* With those that are like no other it is all that waits, the oldest first. */
static void singles_are_rows_too(void **state)
{
    struct world *world = *state;
    char *references[FLOOD], *alone = file(world, "good.example", OTHER_WORDS, 1);
    flood(world, references);
    sort(world);
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.clusters", "singles", "true");
    assert_int_equal(count_rows(answer), 2);
    assert_string_equal(json_text(row_of(answer, 0), "reference"), alone);
    assert_int_equal(filed_of(row_of(answer, 0)), 1);
    assert_int_equal(json_array_size(json_object_get(row_of(answer, 0), "reasons")), 0);
    assert_int_equal(filed_of(row_of(answer, 1)), FLOOD);
    free(alone);
    forget(references);
}

/* The same words about other names are one row, that says so by naming none; too few words are not.
 */
static void words_alone_make_a_row_where_they_are_many(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%d.example", i);
        free(file(world, name, WORDS, 5));
        snprintf(name, sizeof name, "m%d.example", i);
        free(file(world, name, "It steals", 5));
    }
    sort(world);
    json_t *answer JSON_CLEANUP = list(world);
    assert_int_equal(count_rows(answer), 1);
    assert_int_equal(filed_of(row_of(answer, 0)), 4);
    assert_int_equal(json_array_size(json_object_get(row_of(answer, 0), "names")), 0);
}

/* Sorted one by one or all at once, or once more: the same. */
static void the_order_of_filing_alone_counts(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    for (int i = 0; i < 40; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%d.example", i % 7);
        free(file(world, name, i % 3 ? WORDS : OTHER_WORDS, i));
        if (i % 2)
            assert_int_equal(clusters_sort(&world->app, 1, &detail), 1);
    }
    sort(world);
    json_t *once JSON_CLEANUP = list(world);
    assert_int_equal(clusters_sort(&world->app, MOST, &detail), 0);
    assert_int_equal(clusters_sort_again(&world->app, &detail), 0);
    json_t *again JSON_CLEANUP = list(world);
    assert_true(count_rows(once) >= 2 && json_equal(once, again));
}

static void what_is_decided_waits_no_more(void **state)
{
    struct world *world = *state;
    char *references[FLOOD];
    flood(world, references);
    json_decref(world_must(
        world, &anna, "complaint.decide",
        json_pack("{s:s, s:s}", "complaint", references[2], "need", "Which registrar?")));
    sort(world);
    json_decref(world_must(
        world, &anna, "complaint.decide",
        json_pack("{s:s, s:s}", "complaint", references[0], "need", "Which registrar?")));
    json_t *answer JSON_CLEANUP =
        world_ask(world, "complaint.clusters", "complaint", references[5]);
    const json_t *cluster = json_object_get(answer, "cluster"),
                 *members = json_object_get(answer, "members");
    assert_int_equal(filed_of(cluster), FLOOD - 2);
    assert_int_equal(json_number(cluster, "members", 0), FLOOD);
    assert_int_equal(json_array_size(members), FLOOD - 2);
    assert_string_equal(json_text(json_array_get(members, 0), "reference"), references[1]);
    assert_int_equal(json_number(json_array_get(members, 0), "version", 0), 1);
    assert_true(json_is_null(json_object_get(answer, "next")));
    forget(references);
}

/* The oldest that is left takes the place of what is erased, and others still come to it. */
static void an_erased_face_is_followed_by_the_next(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char *references[FLOOD];
    flood(world, references);
    sort(world);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            world_run(world, &ada, "complaint.erase",
                      json_pack("{s:s, s:s}", "complaint", references[i], "reason", "by-mistake"),
                      NULL, &detail),
            0);
    free(file(world, "bad.example", WORDS, 77));
    sort(world);
    json_t *answer JSON_CLEANUP = list(world), *none = NULL;
    assert_int_equal(count_rows(answer), 1);
    assert_string_equal(json_text(row_of(answer, 0), "reference"), references[2]);
    assert_int_equal(filed_of(row_of(answer, 0)), FLOOD - 1);
    json_t *asked JSON_CLEANUP = json_pack("{s:s}", "complaint", references[0]);
    assert_refused(query_run(&world->app, "complaint.clusters", asked, &none, &detail),
                   ERR_NOT_FOUND, &detail, "that was compared with others");
    for (int i = 2; i < FLOOD; i++)
        world_run(world, &ada, "complaint.erase",
                  json_pack("{s:s, s:s}", "complaint", references[i], "reason", "by-mistake"), NULL,
                  &detail);
    json_t *one JSON_CLEANUP = list(world);
    assert_int_equal(count_rows(one), 0);
    forget(references);
}

/* The store gives the number of the newest again. */
static void a_number_that_comes_again_begins_anew(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    for (int turn = 0; turn < 2; turn++) {
        char *alone = file(world, "bad.example", WORDS, 1);
        sort(world);
        assert_int_equal(
            world_run(world, &ada, "complaint.erase",
                      json_pack("{s:s, s:s}", "complaint", alone, "reason", "by-mistake"), NULL,
                      &detail),
            0);
        free(alone);
    }
    for (int i = 0; i < 2; i++)
        free(file(world, "good.example", OTHER_WORDS, i));
    sort(world);
    json_t *answer JSON_CLEANUP = list(world);
    assert_int_equal(count_rows(answer), 1);
    assert_int_equal(filed_of(row_of(answer, 0)), 2);
    assert_int_equal(json_number(row_of(answer, 0), "members", 0), 2);
}

static void pages_go_on(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const struct {
        const char *name, *value, *words;
    } wrong[] = {{"limit", "51", "a page has 1 to 50 of them, not '51'"},
                 {"singles", "maybe", "'maybe' is neither true nor false"},
                 {"after", "aaaa", "'aaaa' is no reference of a complaint"},
                 {"after", "aaaa-aaaa-aaaa", "there is no complaint aaaa-aaaa-aaaa that"}};
    char *references[FLOOD], next[REFERENCE_TEXT];
    flood(world, references);
    free(file(world, "good.example", OTHER_WORDS, 1));
    free(file(world, "good.example", OTHER_WORDS, 2));
    sort(world);
    json_t *asked JSON_CLEANUP = json_pack("{s:s}", "limit", "1"), *first = NULL, *rest = NULL;
    assert_int_equal(query_run(&world->app, "complaint.clusters", asked, &first, &detail), 0);
    assert_int_equal(count_rows(first), 1);
    snprintf(next, sizeof next, "%s", json_text(first, "next"));
    assert_string_equal(next, references[0]);
    json_object_set_new(asked, "after", json_string(next));
    assert_int_equal(query_run(&world->app, "complaint.clusters", asked, &rest, &detail), 0);
    assert_int_equal(filed_of(row_of(rest, 0)), 2);
    json_decref(first);
    json_decref(rest);
    json_t *one JSON_CLEANUP = json_pack("{s:s, s:s, s:s}", "complaint", references[0], "limit",
                                         "7", "after", references[6]);
    assert_int_equal(query_run(&world->app, "complaint.clusters", one, &rest, &detail), 0);
    assert_string_equal(json_text(rest, "next"), references[13]);
    json_decref(rest);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *odd JSON_CLEANUP = json_pack("{s:s}", wrong[i].name, wrong[i].value), *none = NULL;
        assert_refused(query_run(&world->app, "complaint.clusters", odd, &none, &detail),
                       ERR_SYNTAX, &detail, wrong[i].words);
    }
    forget(references);
}

/* Whoever is recused from the case of the first one learns no name of it, and of that one nothing.
 */
static void who_is_recused_reads_no_names(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char *references[FLOOD];
    world_put_agreement(world);
    flood(world, references);
    sort(world);
    json_t *decided JSON_CLEANUP =
        world_must(world, &anna, "complaint.decide",
                   json_pack("{s:s, s:b, s:s, s:s}", "complaint", references[0], "in-scope", true,
                             "obligation", WORLD_DUTY, "party", "registrar-1"));
    json_decref(world_must(world, &anna, "case.record",
                           json_pack("{s:s, s:s, s:s, s:s}", "case", json_text(decided, "case"),
                                     "event", "recused", "object", "eve", "reason", "interest")));
    for (int turn = 0; turn < 2; turn++) {
        json_t *asked JSON_CLEANUP = json_pack("{s:s}", "user", turn ? "eve" : "bert"),
                      *answer JSON_CLEANUP = NULL, *none = NULL;
        assert_int_equal(query_run(&world->app, "complaint.clusters", asked, &answer, &detail), 0);
        assert_int_equal(json_array_size(json_object_get(row_of(answer, 0), "names")), !turn);
        json_object_set_new(asked, "complaint", json_string(references[0]));
        int result = query_run(&world->app, "complaint.clusters", asked, &none, &detail);
        assert_int_equal(result, turn ? ERR_NOT_FOUND : 0);
        json_decref(none);
    }
    forget(references);
}

/* A row that no program of ours wrote stops nothing. */
static void a_damaged_sketch_stands_alone(void **state)
{
    static const uint8_t noise[] = {9, 9};
    struct world *world = *state;
    struct error_detail detail = {0};
    const struct store_complaint odd = {.reference = "aaaa-aaaa-aaaa",
                                        .type = "transfer",
                                        .rulebook = world->app.rulebook->digest_text,
                                        .language = "en",
                                        .state = "filed"};
    assert_true(store_complaint_put(world->app.store, &odd) >= 0);
    assert_true(store_sketch_put(world->app.store, odd.reference,
                                 (struct bytes){noise, sizeof noise}, NULL, 0) >= 0);
    for (int i = 0; i < 2; i++)
        free(file(world, "bad.example", WORDS, i));
    assert_int_equal(clusters_sort(&world->app, MOST, &detail), 3);
    json_t *answer JSON_CLEANUP = list(world);
    assert_int_equal(filed_of(row_of(answer, 0)), 2);
    json_t *all JSON_CLEANUP = world_ask(world, "complaint.clusters", "singles", "true");
    assert_int_equal(count_rows(all), 2);
    assert_string_equal(json_text(row_of(all, 0), "reference"), odd.reference);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_flood_is_one_row_with_its_reasons),
        WORLD_TEST(singles_are_rows_too),
        WORLD_TEST(words_alone_make_a_row_where_they_are_many),
        WORLD_TEST(the_order_of_filing_alone_counts),
        WORLD_TEST(what_is_decided_waits_no_more),
        WORLD_TEST(an_erased_face_is_followed_by_the_next),
        WORLD_TEST(a_number_that_comes_again_begins_anew),
        WORLD_TEST(pages_go_on),
        WORLD_TEST(who_is_recused_reads_no_names),
        WORLD_TEST(a_damaged_sketch_stands_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
