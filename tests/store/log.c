/* Conformance: transactions, meta, openings, the log. */
#include "conformance.h"
#include "scene.h"
#include "store/party.h"

#include <string.h>

/* R1, R2 and group commit: an undone command leaves its neighbours alone. */
static void commands_of_one_transaction_stand_apart(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct party *parties;
    size_t count;
    int64_t number;
    assert_int_equal(store_commit(store), ERR_USAGE);
    assert_int_equal(store_mark(store), ERR_USAGE);
    assert_done(store, store_begin(store));
    assert_int_equal(store_begin(store), ERR_USAGE);
    for (int i = 0; i < 3; i++) {
        char id[] = "registry-0";
        id[9] = (char)('0' + i);
        assert_done(store, store_mark(store));
        assert_int_equal(store_mark(store), ERR_USAGE);
        scene_party(scene, id);
        assert_done(store, store_number_next(store, "case", &number));
        assert_done(store, i == 1 ? store_undo(store) : store_keep(store));
    }
    assert_int_equal(store_undo(store), ERR_USAGE);
    assert_done(store, store_commit(store));
    scene_reopen(scene);
    assert_done(scene->store,
                store_party_list(scene->store, "", 0, &scene->arena, &parties, &count));
    assert_int_equal(count, 2);
    assert_string_equal(parties[1].id, "registry-2");
    assert_done(scene->store, store_begin(scene->store));
    assert_done(scene->store, store_number_next(scene->store, "case", &number));
    assert_int_equal(number, 3);
    assert_done(scene->store, store_number_next(scene->store, "letter", &number));
    assert_int_equal(number, 1);
}

/* Where years are written at once nothing is kept to go back to: what wrote nothing is undone, else
 * all of the transaction goes. */
static void a_mark_of_years_of_work_takes_all_or_nothing(void **state)
{
    struct scene *scene = *state;
    struct store *store;
    struct party *parties;
    size_t count;
    const struct store_options options = {.path = scene->path, .flags = STORE_BULK};
    store_close(scene->store);
    scene->store = NULL;
    assert_int_equal(store_open(&options, &store, NULL), 0);
    scene->store = store;
    assert_int_equal(store_mark(store), ERR_USAGE);
    assert_done(store, store_begin(store));
    assert_done(store, store_mark(store));
    scene_party(scene, "registry-0");
    assert_done(store, store_keep(store));
    assert_int_equal(store_keep(store), ERR_USAGE);
    assert_done(store, store_mark(store));
    assert_done(store, store_undo(store));
    assert_int_equal(store_undo(store), ERR_USAGE);
    assert_done(store, store_commit(store));
    assert_done(store, store_begin(store));
    scene_party(scene, "registry-1");
    assert_done(store, store_mark(store));
    scene_party(scene, "registry-2");
    assert_int_equal(store_undo(store), ERR_REFUSED);
    assert_string_equal(store_words(store), "undo: the whole transaction was taken back");
    assert_false(store_in_transaction(store));
    assert_done(store, store_party_list(store, "", 0, &scene->arena, &parties, &count));
    assert_int_equal(count, 1);
}

/* Who keeps what was read in a transaction sees by its number when that does not hold any more. */
static void a_transaction_has_a_number(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    assert_true(store_transaction(store) == 0);
    assert_done(store, store_begin(store));
    uint64_t first = store_transaction(store);
    assert_true(first != 0);
    assert_done(store, store_mark(store));
    scene_party(scene, "registry-0");
    assert_true(store_transaction(store) == first);
    assert_done(store, store_undo(store));
    uint64_t second = store_transaction(store);
    assert_true(second != first && second != 0);
    assert_done(store, store_commit(store));
    assert_true(store_transaction(store) == 0);
    assert_done(store, store_begin(store));
    assert_true(store_transaction(store) != first && store_transaction(store) != second);
}

static void demo_is_never_taken_back(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const char *value;
    assert_done(store, store_begin(store));
    assert_done(store, store_meta_set(store, STORE_META_ORIGIN, "log.example"));
    assert_done(store, store_meta_set(store, STORE_META_ORIGIN, "demo.log.example"));
    assert_done(store, store_meta_set(store, STORE_META_DEMO, "yes"));
    assert_done(store, store_meta_set(store, STORE_META_DEMO, "yes"));
    assert_int_equal(store_meta_set(store, STORE_META_DEMO, "no"), ERR_REFUSED);
    assert_int_equal(store_meta_set(store, STORE_META_CREATED, "2020-01-01T00:00:00Z"),
                     ERR_REFUSED);
    assert_done(store, store_commit(store));
    assert_done(store, store_meta_get(store, STORE_META_ORIGIN, &scene->arena, &value));
    assert_string_equal(value, "demo.log.example");
    assert_done(store, store_meta_get(store, STORE_META_CREATED, &scene->arena, &value));
    assert_string_equal(value, "2026-09-21T14:13:20Z");
    assert_int_equal(store_meta_get(store, "nothing", &scene->arena, &value), ERR_NOT_FOUND);
}

static void openings_are_kept_and_erased(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_opening found, *list;
    size_t count;
    assert_done(store, store_begin(store));
    struct digest entry = scene_opening(scene, "one");
    scene_opening(scene, "two");
    assert_done(store, store_commit(store));
    assert_done(store, store_opening_find(store, &entry, &scene->arena, &found));
    assert_string_equal(found.opening.json, "{\"what\":\"one\"}");
    assert_int_equal(tlog_opening_check(&found.opening, NULL), 0);
    assert_done(store, store_begin(store));
    assert_done(store, store_opening_erase(store, &entry, SCENE_AT(5)));
    assert_int_equal(store_opening_erase(store, &entry, SCENE_AT(6)), ERR_NOT_FOUND);
    assert_done(store, store_commit(store));
    assert_done(store, store_opening_find(store, &entry, &scene->arena, &found));
    assert_null(found.opening.json);
    assert_true(found.erased_at == SCENE_AT(5));
    assert_done(store, store_opening_list(store, 0, 1, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_done(store, store_opening_list(store, list[0].number, 10, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
}

static void an_entry_has_one_place_in_the_log(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    uint64_t index, again;
    assert_done(store, store_begin(store));
    struct digest entry = scene_opening(scene, "one");
    struct store_waiting *waiting;
    size_t count;
    assert_done(store, store_log_waiting(store, 0, INT64_MAX, 0, &scene->arena, &waiting, &count));
    assert_int_equal(count, 1);
    const struct store_log_batch batch = {&entry, 1, waiting, 1, SCENE_AT(1)};
    assert_done(store, store_log_append(store, &batch));
    assert_done(store, store_commit(store));
    assert_done(store, store_log_index(store, &entry, &index));
    assert_done(store, store_begin(store));
    assert_int_equal(store_log_append(store, &batch), ERR_CONFLICT);
    assert_string_equal(store_words(store), "an entry stands in the log already");
    assert_done(store, store_rollback(store));
    assert_done(store, store_log_index(store, &entry, &again));
    assert_true(again == index);
}

static void what_waits_is_appended_or_nothing_is(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_waiting *waiting;
    struct tlog_frontier frontier;
    int64_t ticked_at;
    size_t count;
    assert_done(store, store_begin(store));
    scene_opening(scene, "one");
    assert_done(store, store_commit(store));
    assert_done(store, store_begin(store));
    assert_done(store, store_log_waiting(store, 0, INT64_MAX, 0, &scene->arena, &waiting, &count));
    const struct digest other = {{1}};
    const struct store_log_batch batch = {&other, 1, waiting, count, SCENE_AT(1)};
    assert_int_equal(store_log_append(store, &batch), ERR_CONFLICT);
    assert_string_equal(store_words(store), "an entry that waits is not in the batch");
    assert_done(store, store_rollback(store));
    assert_done(store, store_log_tree(store, &frontier, &ticked_at));
    assert_int_equal(frontier.size, 0);
}

static void the_log_grows_and_proves_itself(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct tlog_frontier frontier;
    struct digest first = {0};
    struct store_waiting *waiting;
    struct error_detail detail = {0};
    size_t count;
    uint64_t index;
    int64_t ticked_at;
    assert_done(store, store_log_tree(store, &frontier, &ticked_at));
    assert_int_equal(frontier.size, 0);
    assert_done(store, store_begin(store));
    for (int i = 0; i < 300; i++) {
        struct digest entry = scene_opening(scene, "entry");
        first = i == 0 ? entry : first;
    }
    assert_int_equal(store_log_index(store, &first, &index), ERR_NOT_FOUND);
    scene_tick(scene);
    scene_tick(scene); /* without entries: grows all the same */
    assert_done(store, store_commit(store));
    scene_reopen(scene);
    store = scene->store;
    assert_done(store, store_log_waiting(store, 0, INT64_MAX, 0, &scene->arena, &waiting, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_log_tree(store, &frontier, &ticked_at));
    assert_int_equal(frontier.size, 528);
    assert_true(ticked_at == SCENE_AT(9));
    struct tlog_source source = store_log_source(store);
    struct digest root = tlog_frontier_root(&frontier), leaf, older;
    struct tlog_hashes proof;
    if (tlog_check_log(&source, frontier.size, &root, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_done(store, store_log_index(store, &first, &index));
    leaf = tlog_leaf_hash(first.bytes, DIGEST_SIZE);
    assert_done(store, tlog_prove_inclusion(&source, index, frontier.size, &proof));
    assert_int_equal(tlog_check_inclusion(&leaf, index, frontier.size, &proof, &root), 0);
    assert_done(store, tlog_root(&source, 512, &older));
    assert_done(store, tlog_prove_consistency(&source, 512, frontier.size, &proof));
    assert_int_equal(tlog_check_consistency(512, &older, frontier.size, &root, &proof), 0);
}

/* Openings of three ticks, of which the second fills the first level of heads, and one that waits.
 */
static void an_opening_is_found_wherever_it_stands(void **state)
{
    static const int batches[] = {3, 16400, 2};
    struct scene *scene = *state;
    struct digest entries[4], *lost;
    struct store_opening found;
    size_t count;
    assert_done(scene->store, store_begin(scene->store));
    for (size_t i = 0; i < 3; i++) {
        for (int j = 0; j < batches[i]; j++)
            entries[i] = scene_opening(scene, "entry");
        scene_tick(scene);
    }
    entries[3] = scene_opening(scene, "entry");
    assert_done(scene->store, store_commit(scene->store));
    scene_reopen(scene);
    for (size_t i = 0; i < 4; i++) {
        assert_done(scene->store,
                    store_opening_find(scene->store, &entries[i], &scene->arena, &found));
        assert_memory_equal(&found.opening.entry, &entries[i], sizeof entries[i]);
    }
    entries[0].bytes[DIGEST_SIZE - 1] ^= 1; /* another one with the same head */
    assert_int_equal(store_opening_find(scene->store, &entries[0], &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_done(scene->store,
                store_opening_list_lost(scene->store, 10, &scene->arena, &lost, &count));
    assert_int_equal(count, 0);
}

static void one_size_has_one_checkpoint(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    uint64_t size;
    const char *note;
    assert_int_equal(store_log_checkpoint(store, &scene->arena, &size, &note), ERR_NOT_FOUND);
    assert_done(store, store_begin(store));
    assert_done(store, store_log_checkpoint_put(store, 16, "sixteen", SCENE_AT(1)));
    assert_done(store, store_log_checkpoint_put(store, 16, "sixteen", SCENE_AT(2)));
    assert_int_equal(store_log_checkpoint_put(store, 16, "other", SCENE_AT(3)), ERR_CONFLICT);
    assert_done(store, store_log_checkpoint_put(store, 32, "thirty-two", SCENE_AT(3)));
    assert_done(store, store_commit(store));
    assert_done(store, store_log_checkpoint(store, &scene->arena, &size, &note));
    assert_int_equal(size, 32);
    assert_string_equal(note, "thirty-two");
}

int conformance_log(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(commands_of_one_transaction_stand_apart),
        SCENE_TEST(a_mark_of_years_of_work_takes_all_or_nothing),
        SCENE_TEST(a_transaction_has_a_number),
        SCENE_TEST(demo_is_never_taken_back),
        SCENE_TEST(openings_are_kept_and_erased),
        SCENE_TEST(an_entry_has_one_place_in_the_log),
        SCENE_TEST(what_waits_is_appended_or_nothing_is),
        SCENE_TEST(the_log_grows_and_proves_itself),
        SCENE_TEST(an_opening_is_found_wherever_it_stands),
        SCENE_TEST(one_size_has_one_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
