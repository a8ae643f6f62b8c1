/* Conformance: what is looked up for complaints, and what was seen. */
#include "conformance.h"
#include "scene.h"
#include "store/complaint.h"
#include "store/evidence.h"
#include "store/lookup.h"

#include <string.h>

enum { NAME = 77, OTHER = -5 };

static const struct bytes evidence = {(const uint8_t *)"evidence", 8};

/* Two complaints. In a transaction. */
static void put_scene(struct scene *scene)
{
    static const char *const references[] = {"k-1", "k-2"};
    struct store *store = scene->store;
    const struct store_rulebook rulebook = {.digest = "d1",
                                            .name = "icann",
                                            .version = "1",
                                            .adopted_at = SCENE_AT(0),
                                            .proposed_by = "ann",
                                            .adopted_by = "bob",
                                            .tree = {(const uint8_t *)"tree", 4}};
    assert_done(store, store_begin(store));
    assert_done(store, store_rulebook_put(store, &rulebook));
    for (size_t i = 0; i < 2; i++) {
        const struct store_complaint complaint = {.reference = references[i],
                                                  .received_at = SCENE_AT(1),
                                                  .type = "transfer",
                                                  .rulebook = "d1",
                                                  .language = "en",
                                                  .link = digest_of(references[i], 3),
                                                  .state = "filed"};
        assert_done(store, store_complaint_put(store, &complaint));
    }
}

static void put(struct scene *scene, const char *reference, enum lookup_kind what, const char *tld,
                int64_t name, int64_t due_at)
{
    const struct store_lookup lookup = {.reference = reference,
                                        .what = what,
                                        .tld = tld,
                                        .name = name,
                                        .fresh_from = SCENE_AT(0),
                                        .due_at = due_at};
    assert_done(scene->store, store_lookup_put(scene->store, &lookup));
}

static int64_t answer(struct scene *scene, int64_t name, int64_t asked_at, const char *registered)
{
    const struct store_lookup_answer row = {.name = name,
                                            .asked_at = asked_at,
                                            .registered = registered,
                                            .seen = "{\"registrar\":7}",
                                            .measurement = "m1",
                                            .bytes = evidence};
    int64_t number = 0;
    assert_done(scene->store, store_lookup_answer_put(scene->store, &row, &number));
    assert_true(number > 0);
    return number;
}

/* TLDs in their order, of each what is due longest. */
static void what_is_due_is_found_by_tld(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_lookup first, *list;
    const char *tld;
    size_t count;
    put_scene(scene);
    assert_int_equal(store_lookup_next_tld(store, "", &scene->arena, &tld), ERR_NOT_FOUND);
    assert_int_equal(store_lookup_waits(store, "k-1"), 0);
    put(scene, "k-1", LOOKUP_FIND, "", 0, SCENE_AT(1));
    put(scene, "k-1", LOOKUP_REGISTRATION, "b", NAME, SCENE_AT(3));
    put(scene, "k-2", LOOKUP_SERVICE, "b", 0, SCENE_AT(2));
    put(scene, "k-2", LOOKUP_REGISTRATION, "c", OTHER, SCENE_AT(9));
    assert_done(store, store_lookup_next_tld(store, "", &scene->arena, &tld));
    assert_string_equal(tld, "");
    assert_done(store, store_lookup_next_tld(store, "\001", &scene->arena, &tld));
    assert_string_equal(tld, "b");
    assert_done(store, store_lookup_next_tld(store, "b\001", &scene->arena, &tld));
    assert_string_equal(tld, "c");
    assert_int_equal(store_lookup_next_tld(store, "c\001", &scene->arena, &tld), ERR_NOT_FOUND);
    assert_done(store, store_lookup_first(store, "b", SCENE_AT(5), &scene->arena, &first));
    assert_string_equal(first.reference, "k-2");
    assert_int_equal(first.number, 1);
    assert_int_equal(first.what, LOOKUP_SERVICE);
    assert_int_equal(store_lookup_first(store, "c", SCENE_AT(5), &scene->arena, &first),
                     ERR_NOT_FOUND);
    assert_done(store, store_lookup_list(store, "k-1", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[1].number, 2);
    assert_string_equal(list[1].tld, "b");
    assert_int_equal(list[1].name, NAME);
    assert_int_equal(list[1].fresh_from, SCENE_AT(0));
    assert_int_equal(list[1].due_at, SCENE_AT(3));
    assert_int_equal(list[1].answer, 0);
    assert_int_equal(store_lookup_waits(store, "k-1"), 1);
}

static void what_is_settled_stays(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_lookup row;
    put_scene(scene);
    put(scene, "k-1", LOOKUP_REGISTRATION, "b", NAME, SCENE_AT(3));
    assert_done(store, store_lookup_find(store, "k-1", 1, &scene->arena, &row));
    row.due_at = SCENE_AT(8);
    row.tries = 2;
    row.fresh_from = SCENE_AT(4);
    assert_done(store, store_lookup_put_off(store, &row));
    assert_done(store, store_lookup_find(store, "k-1", 1, &scene->arena, &row));
    assert_int_equal(row.due_at, SCENE_AT(8));
    assert_int_equal(row.tries, 2);
    assert_int_equal(row.fresh_from, SCENE_AT(4));
    row.answer = 99;
    row.measurement = "";
    assert_int_equal(store_lookup_settle(store, &row), ERR_CONFLICT); /* no such answer */
    row.answer = answer(scene, NAME, SCENE_AT(5), LOOKUP_YES);
    assert_done(store, store_lookup_settle(store, &row));
    assert_int_equal(store_lookup_waits(store, "k-1"), 0);
    assert_done(store, store_lookup_find(store, "k-1", 1, &scene->arena, &row));
    assert_int_equal(row.due_at, 0);
    row.due_at = SCENE_AT(9);
    assert_true(store_lookup_put_off(store, &row) < 0);
    assert_int_equal(store_lookup_find(store, "k-1", 2, &scene->arena, &row), ERR_NOT_FOUND);
    const struct store_lookup none = {.reference = "k-9", .tld = ""};
    assert_int_equal(store_lookup_put(store, &none), ERR_CONFLICT); /* no such complaint */
}

static void answers_are_found_by_name_and_age(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_lookup_answer found;
    put_scene(scene);
    assert_int_equal(store_lookup_answer_newest(store, NAME, SCENE_AT(0), &scene->arena, &found),
                     ERR_NOT_FOUND);
    answer(scene, NAME, SCENE_AT(5), LOOKUP_YES);
    int64_t newest = answer(scene, NAME, SCENE_AT(6), LOOKUP_UNKNOWN);
    answer(scene, OTHER, SCENE_AT(7), LOOKUP_NO);
    assert_done(store, store_lookup_answer_newest(store, NAME, SCENE_AT(6), &scene->arena, &found));
    assert_int_equal(found.number, newest);
    assert_string_equal(found.registered, "unknown");
    assert_string_equal(found.seen, "{\"registrar\":7}");
    assert_string_equal(found.measurement, "m1");
    assert_int_equal(found.asked_at, SCENE_AT(6));
    assert_int_equal(store_lookup_answer_newest(store, NAME, SCENE_AT(7), &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_done(store, store_lookup_answer_find(store, newest, &scene->arena, &found));
    assert_int_equal(found.name, NAME);
}

static void cite(struct scene *scene, const char *reference, uint32_t number, int64_t cited)
{
    const struct store_lookup row = {
        .reference = reference, .number = number, .answer = cited, .measurement = ""};
    assert_done(scene->store, store_lookup_settle(scene->store, &row));
}

/* The newest that tells something, of those that this complaint cites; and its evidence. */
static void a_complaint_sees_what_it_cites(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_lookup_answer found;
    struct bytes bytes;
    put_scene(scene);
    put(scene, "k-1", LOOKUP_REGISTRATION, "b", NAME, SCENE_AT(3));
    put(scene, "k-1", LOOKUP_REGISTRATION, "b", NAME, SCENE_AT(3));
    int64_t old = answer(scene, NAME, SCENE_AT(5), LOOKUP_YES);
    cite(scene, "k-1", 1, old);
    cite(scene, "k-1", 2, answer(scene, NAME, SCENE_AT(6), LOOKUP_UNKNOWN));
    answer(scene, NAME, SCENE_AT(7), LOOKUP_NO);
    assert_done(store, store_lookup_answer_of(store, "k-1", NAME, &scene->arena, &found));
    assert_int_equal(found.number, old);
    assert_int_equal(store_lookup_answer_of(store, "k-2", NAME, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_int_equal(store_lookup_answer_of(store, "k-1", OTHER, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_done(store, store_lookup_answer_bytes(store, "k-1", "m1", &scene->arena, &bytes));
    assert_int_equal(bytes.size, evidence.size);
    assert_memory_equal(bytes.data, evidence.data, evidence.size);
    assert_int_equal(store_lookup_answer_bytes(store, "k-2", "m1", &scene->arena, &bytes),
                     ERR_NOT_FOUND);
}

/* What nobody cites goes, also what told nothing; what another complaint cites stays. */
static void answers_go_with_their_last_complaint(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_lookup_answer found;
    struct store_lookup *list;
    size_t count;
    put_scene(scene);
    put(scene, "k-1", LOOKUP_REGISTRATION, "b", NAME, SCENE_AT(3));
    put(scene, "k-2", LOOKUP_REGISTRATION, "b", NAME, SCENE_AT(3));
    int64_t untold = answer(scene, NAME, SCENE_AT(4), LOOKUP_UNKNOWN);
    int64_t shared = answer(scene, NAME, SCENE_AT(5), LOOKUP_YES);
    cite(scene, "k-1", 1, shared);
    cite(scene, "k-2", 1, shared);
    int64_t newest = answer(scene, NAME, SCENE_AT(6), LOOKUP_UNKNOWN);
    assert_done(store, store_lookup_answer_tidy(store, NAME, &scene->arena));
    assert_int_equal(store_lookup_answer_find(store, untold, &scene->arena, &found), ERR_NOT_FOUND);
    assert_done(store, store_lookup_answer_find(store, newest, &scene->arena, &found));
    assert_done(store, store_lookup_erase(store, "k-1", &scene->arena));
    assert_done(store, store_lookup_list(store, "k-1", &scene->arena, &list, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_lookup_answer_find(store, shared, &scene->arena, &found));
    assert_int_equal(store_lookup_answer_find(store, newest, &scene->arena, &found), ERR_NOT_FOUND);
    assert_done(store, store_lookup_erase(store, "k-2", &scene->arena));
    assert_int_equal(store_lookup_answer_find(store, shared, &scene->arena, &found), ERR_NOT_FOUND);
}

int conformance_lookups(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(what_is_due_is_found_by_tld),
        SCENE_TEST(what_is_settled_stays),
        SCENE_TEST(answers_are_found_by_name_and_age),
        SCENE_TEST(a_complaint_sees_what_it_cites),
        SCENE_TEST(answers_go_with_their_last_complaint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
