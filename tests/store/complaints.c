/* Conformance: complaints, what is sealed of them, and erasing. */
#include "conformance.h"
#include "model/complaint.h"
#include "scene.h"
#include "store/complaint.h"
#include "store/evidence.h"
#include "store/log.h"
#include "store/lost.h"
#include "store/receipt.h"
#include "store/second_look.h"
#include "store/sketch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct digest put_opening(struct store *store, uint8_t byte)
{
    const struct tlog_opening opening = {
        .entry = {{byte}}, .key = {{byte}}, .json = "{}", .json_size = 2};
    assert_done(store, store_opening_put(store, &opening, SCENE_AT(1)));
    return opening.entry;
}

static void put_complaint(struct scene *scene, const char *reference, const char *state)
{
    struct store *store = scene->store;
    const struct store_complaint complaint = {.reference = reference,
                                              .received_at = SCENE_AT(1),
                                              .type = "transfer",
                                              .rulebook = "d1",
                                              .language = "en",
                                              .link = digest_of(reference, strlen(reference)),
                                              .state = state};
    assert_done(store, store_complaint_put(store, &complaint));
}

/* Two complaints of one moment, the first with all its parts. In a transaction. */
static void put_scene(struct scene *scene)
{
    static const struct digest key = {{7}};
    static const struct bytes sealed = {(const uint8_t *)"sealed", 6};
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
    put_complaint(scene, "k-1", "filed");
    put_complaint(scene, "k-2", "held");
    assert_done(store, store_complaint_key_put(store, "k-1", COMPLAINT_PART_WORDS, &key));
    assert_done(store, store_complaint_key_put(store, "k-1", COMPLAINT_PART_REPORTER, &key));
    assert_done(store, store_complaint_item_put(store, "k-1", 0, sealed));
    assert_done(store, store_complaint_item_put(store, "k-1", 1, sealed));
    assert_done(store, store_complaint_reporter_put(store, "k-1", sealed));
}

static void a_complaint_is_found_and_listed(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_complaint found, *list;
    size_t count;
    put_scene(scene);
    const struct store_complaint settled = {.reference = "k-1",
                                            .type = "renewal",
                                            .state = "out-of-scope",
                                            .closure = "country-code",
                                            .case_id = "C-1",
                                            .priority = COMPLAINT_HIGH_PRIORITY};
    assert_done(store, store_complaint_settle(store, &settled));
    assert_done(store, store_commit(store));
    const struct digest link = digest_of("k-1", 3), other = digest_of("k-9", 3);
    assert_done(store, store_complaint_find_link(store, &link, &scene->arena, &found));
    assert_string_equal(found.reference, "k-1");
    assert_int_equal(found.received_at, SCENE_AT(1));
    assert_string_equal(found.type, "renewal");
    assert_int_equal(found.priority, COMPLAINT_HIGH_PRIORITY);
    assert_string_equal(found.rulebook, "d1");
    assert_string_equal(found.language, "en");
    assert_true(digest_equal(&found.link, &link));
    assert_string_equal(found.state, "out-of-scope");
    assert_string_equal(found.closure, "country-code");
    assert_string_equal(found.case_id, "C-1");
    assert_int_equal(found.erased_at, 0);
    assert_int_equal(store_complaint_find_link(store, &other, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_int_equal(store_complaint_find(store, "k-9", &scene->arena, &found), ERR_NOT_FOUND);
    struct store_complaint_query query = {.limit = 1};
    assert_done(store, store_complaint_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    query.after = list[0].reference;
    assert_done(store, store_complaint_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].reference, "k-2");
    query = (struct store_complaint_query){.state = "held"};
    assert_done(store, store_complaint_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    query.after = "k-2";
    assert_done(store, store_complaint_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
}

static void the_most_urgent_that_wait_come_first(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_complaint *list;
    size_t count;
    static const struct {
        const char *reference, *state;
        int priority;
    } rows[] = {{"k-4", "filed", COMPLAINT_LOW_PRIORITY},
                {"k-5", "filed", COMPLAINT_URGENT_PRIORITY},
                {"k-6", "held", COMPLAINT_URGENT_PRIORITY},
                {"k-7", "filed", COMPLAINT_URGENT_PRIORITY}};
    put_scene(scene);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store_complaint row = {.reference = rows[i].reference,
                                            .received_at = SCENE_AT(10 - (int)i),
                                            .type = "transfer",
                                            .rulebook = "d1",
                                            .language = "en",
                                            .link = digest_of(rows[i].reference, 3),
                                            .state = rows[i].state,
                                            .priority = rows[i].priority};
        assert_done(store, store_complaint_put(store, &row));
    }
    assert_done(store, store_commit(store));
    assert_done(store, store_complaint_list_priority(store, "", 2, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].reference, "k-1");
    assert_string_equal(list[1].reference, "k-7");
    assert_done(store,
                store_complaint_list_priority(store, "k-7", 9, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].reference, "k-5");
    assert_string_equal(list[1].reference, "k-4");
}

static void what_was_filed_is_settled(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    static const struct digest key = {{8}};
    static const struct bytes other = {(const uint8_t *)"other", 5};
    uint32_t number;
    put_scene(scene);
    struct store_complaint again = {
        .reference = "k-1", .type = "transfer", .rulebook = "d1", .state = "filed"};
    assert_int_equal(store_complaint_put(store, &again), ERR_CONFLICT);
    again.reference = "k-3"; /* the same link */
    again.link = digest_of("k-1", 3);
    assert_int_equal(store_complaint_put(store, &again), ERR_CONFLICT);
    assert_int_equal(store_complaint_key_put(store, "k-1", COMPLAINT_PART_WORDS, &key),
                     ERR_CONFLICT);
    assert_int_equal(store_complaint_key_put(store, "k-9", COMPLAINT_PART_WORDS, &key),
                     ERR_CONFLICT);
    assert_int_equal(store_complaint_item_put(store, "k-1", 0, other), ERR_CONFLICT);
    assert_int_equal(store_complaint_reporter_put(store, "k-1", other), ERR_CONFLICT);
    assert_done(store, store_complaint_item_next(store, "k-1", &number));
    assert_int_equal(number, 2);
    assert_done(store, store_complaint_item_next(store, "k-2", &number));
    assert_int_equal(number, 0);
}

static void events_are_numbered(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_complaint_event *list;
    size_t count;
    uint32_t seq;
    put_scene(scene);
    struct store_complaint_event event = {.reference = "k-1",
                                          .at = SCENE_AT(2),
                                          .type = "filed",
                                          .actor = "ann",
                                          .data = "{}",
                                          .entry = put_opening(store, 1)};
    assert_done(store, store_complaint_event_put(store, &event));
    assert_int_equal(store_complaint_event_put(store, &event), ERR_CONFLICT); /* one entry each */
    event.type = "asked";
    event.entry = put_opening(store, 2);
    assert_done(store, store_complaint_event_next(store, "k-1", &seq));
    assert_int_equal(seq, 2);
    assert_done(store, store_complaint_event_put(store, &event));
    assert_done(store, store_complaint_event_list(store, "k-1", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[1].seq, 2);
    assert_int_equal(list[1].at, SCENE_AT(2));
    assert_string_equal(list[1].reference, "k-1");
    assert_string_equal(list[1].type, "asked");
    assert_string_equal(list[1].actor, "ann");
    assert_string_equal(list[1].data, "{}");
    assert_true(digest_equal(&list[1].entry, &event.entry));
}

static void an_erased_complaint_has_no_words(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_complaint found;
    struct digest key;
    struct bytes bytes;
    put_scene(scene);
    assert_done(store, store_complaint_key_find(store, "k-1", COMPLAINT_PART_WORDS, &key));
    assert_int_equal(key.bytes[0], 7);
    assert_done(store, store_complaint_item_find(store, "k-1", 1, &scene->arena, &bytes));
    assert_memory_equal(bytes.data, "sealed", 6);
    assert_done(store, store_complaint_reporter_find(store, "k-1", &scene->arena, &bytes));
    assert_memory_equal(bytes.data, "sealed", 6);
    assert_int_equal(store_complaint_erase(store, "k-1", SCENE_AT(3)), 0);
    assert_int_equal(store_complaint_key_find(store, "k-1", COMPLAINT_PART_WORDS, &key),
                     ERR_NOT_FOUND);
    assert_int_equal(store_complaint_item_find(store, "k-1", 0, &scene->arena, &bytes),
                     ERR_NOT_FOUND);
    assert_int_equal(store_complaint_reporter_find(store, "k-1", &scene->arena, &bytes),
                     ERR_NOT_FOUND);
    assert_done(store, store_complaint_find(store, "k-1", &scene->arena, &found));
    assert_int_equal(found.erased_at, SCENE_AT(3));
    assert_int_equal(store_complaint_erase(store, "k-1", SCENE_AT(4)), ERR_REFUSED);
    assert_int_equal(store_complaint_erase(store, "k-9", SCENE_AT(4)), ERR_NOT_FOUND);
}

/* Reads inside a transaction, so that the store cannot let go of what it reads. */
static struct store *open_reader(struct scene *scene)
{
    struct store *reader;
    struct store_complaint found;
    const struct store_options options = {.path = scene->path, .flags = STORE_READ_ONLY};
    assert_int_equal(store_open(&options, &reader, NULL), 0);
    assert_done(reader, store_begin(reader));
    assert_done(reader, store_complaint_find(reader, "k-1", &scene->arena, &found));
    return reader;
}

static void a_wipe_waits_for_readers(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    static const struct digest key = {{7}};
    const char *due;
    assert_done(store, store_wipe(store, &key, 1)); /* nothing is due */
    put_scene(scene);
    assert_done(store, store_commit(store));
    struct store *reader = open_reader(scene);
    assert_done(store, store_begin(store));
    assert_done(store, store_complaint_erase(store, "k-1", SCENE_AT(3)));
    assert_int_equal(store_wipe(store, &key, 1), ERR_USAGE);
    assert_string_equal(store_words(store), "wipe: a transaction is open");
    assert_done(store, store_commit(store));
    assert_int_equal(store_wipe(store, &key, 1), ERR_UNAVAILABLE);
    assert_string_equal(store_words(store), "wipe: the store is being read");
    assert_done(store, store_meta_get(store, STORE_META_WIPE, &scene->arena, &due));
    assert_string_equal(due, "yes");
    store_close(reader);
    assert_done(store, store_wipe(store, &key, 1));
    assert_done(store, store_meta_get(store, STORE_META_WIPE, &scene->arena, &due));
    assert_string_equal(due, "no");
}

static void a_wipe_that_cannot_look_stays_due(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    static const struct digest key = {{7}};
    char away[sizeof scene->path + 8];
    const char *due;
    put_scene(scene);
    assert_done(store, store_complaint_erase(store, "k-1", SCENE_AT(3)));
    assert_done(store, store_commit(store));
    snprintf(away, sizeof away, "%s.away", scene->path);
    assert_int_equal(rename(scene->path, away), 0);
    assert_int_equal(store_wipe(store, &key, 1), -ENOENT);
    assert_string_equal(store_words(store), "wipe: No such file or directory");
    assert_int_equal(rename(away, scene->path), 0);
    assert_done(store, store_meta_get(store, STORE_META_WIPE, &scene->arena, &due));
    assert_string_equal(due, "yes");
    assert_done(store, store_wipe(store, &key, 1));
}

/* Also where nobody knows any more what was erased: the store is written anew. */
static void a_wipe_leaves_a_whole_store(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_complaint found;
    put_scene(scene);
    assert_done(store, store_complaint_erase(store, "k-1", SCENE_AT(3)));
    assert_done(store, store_commit(store));
    assert_done(store, store_wipe(store, NULL, 0));
    scene_reopen(scene);
    assert_done(scene->store, store_check(scene->store, NULL));
    assert_done(scene->store, store_complaint_find(scene->store, "k-1", &scene->arena, &found));
    assert_int_equal(found.erased_at, SCENE_AT(3));
}

/* --- receipts --- */

static void put_message(struct scene *scene, const char *id,
                        const struct store_receipt_about *about, int64_t at)
{
    static const struct digest destination = {{9}};
    const struct store_receipt receipt = {.message_id = id,
                                          .reference = about->reference,
                                          .about = about->event,
                                          .letter = about->letter,
                                          .destination = destination,
                                          .sha256 = {{3}},
                                          .created_at = at,
                                          .sealed = {(const uint8_t *)"sealed", 6}};
    assert_done(scene->store, store_receipt_put(scene->store, &receipt));
}

static void put_receipt(struct scene *scene, const char *id, const char *reference, int64_t at)
{
    const struct store_receipt_about about = {reference, "received", 0};
    put_message(scene, id, &about, at);
}

static void a_receipt_forgets_and_is_never_changed(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_receipt found;
    const struct store_receipt_about received = {"k-1", "received", 0};
    put_scene(scene);
    put_receipt(scene, "r.1@a", "k-1", SCENE_AT(1));
    assert_done(store, store_receipt_find(store, "r.1@a", &scene->arena, &found));
    assert_string_equal(found.reference, "k-1");
    assert_int_equal(found.state, LETTER_STATE_QUEUED);
    assert_int_equal(found.destination.bytes[0], 9);
    assert_int_equal(found.sealed.size, 6);
    assert_int_equal(store_receipt_put(store, &found), ERR_CONFLICT);
    assert_done(store, store_receipt_set_state(store, "r.1@a", LETTER_STATE_SENT, SCENE_AT(2)));
    assert_done(store, store_receipt_forget(store, "r.1@a"));
    assert_done(store, store_receipt_find_about(store, &received, &scene->arena, &found));
    assert_string_equal(found.message_id, "r.1@a");
    assert_int_equal(found.state, LETTER_STATE_SENT);
    assert_int_equal(found.updated_at, SCENE_AT(2));
    assert_int_equal(found.sealed.size, 0);
    assert_int_equal(store_receipt_find(store, "r.2@a", &scene->arena, &found), ERR_NOT_FOUND);
    put_receipt(scene, "r.2@a", "k-2", SCENE_AT(1));
    assert_done(store, store_complaint_erase(store, "k-2", SCENE_AT(3)));
    assert_done(store, store_receipt_find(store, "r.2@a", &scene->arena, &found));
    assert_int_equal(found.sealed.size, 0);
    assert_int_equal(found.destination.bytes[0], 0);
    assert_done(store, store_commit(store));
}

static void an_event_is_told_once_by_each_letter(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_receipt found;
    const struct store_receipt_about asked = {"k-1", "asked", 4}, reminder = {"k-1", "reminder", 4};
    put_scene(scene);
    put_receipt(scene, "r.1@a", "k-1", SCENE_AT(1));
    put_message(scene, "r.2@a", &asked, SCENE_AT(2));
    put_message(scene, "r.3@a", &reminder, SCENE_AT(3));
    assert_done(store, store_receipt_find_about(store, &asked, &scene->arena, &found));
    assert_string_equal(found.message_id, "r.2@a");
    assert_string_equal(found.letter, "asked");
    assert_int_equal(found.about, 4);
    found.message_id = "r.4@a";
    assert_int_equal(store_receipt_put(store, &found), ERR_CONFLICT);
    const struct store_receipt_about other = {"k-1", "asked", 5};
    assert_int_equal(store_receipt_find_about(store, &other, &scene->arena, &found), ERR_NOT_FOUND);
    assert_done(store, store_commit(store));
}

static void receipts_of_a_destination_are_counted(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct digest destination = {{9}}, other = {{8}};
    int64_t count;
    put_scene(scene);
    put_receipt(scene, "r.1@a", "k-1", SCENE_AT(1));
    put_receipt(scene, "r.2@a", "k-2", SCENE_AT(2));
    assert_done(store, store_receipt_count(store, &other, SCENE_AT(0), &count));
    assert_int_equal(count, 0);
    assert_done(store, store_receipt_count(store, &destination, SCENE_AT(0), &count));
    assert_int_equal(count, 2);
    assert_done(store, store_receipt_count(store, &destination, SCENE_AT(2), &count));
    assert_int_equal(count, 1);
    /* What is older is forgotten. */
    assert_done(store, store_receipt_count(store, &destination, SCENE_AT(0), &count));
    assert_int_equal(count, 1);
    assert_done(store, store_commit(store));
}

static void an_attempt_of_a_receipt_ends_once(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_receipt_attempt *attempts;
    uint32_t number;
    size_t count;
    put_scene(scene);
    put_receipt(scene, "r.1@a", "k-1", SCENE_AT(1));
    assert_done(store, store_receipt_attempt_begin(store, "r.1@a", SCENE_AT(2), &number));
    assert_int_equal(number, 1);
    assert_done(store, store_receipt_attempt_list_begun(store, &scene->arena, &attempts, &count));
    assert_int_equal(count, 1);
    attempts[0].phase = ATTEMPT_DEFERRED;
    attempts[0].ended_at = SCENE_AT(3);
    attempts[0].code = 451;
    assert_done(store, store_receipt_attempt_end(store, &attempts[0]));
    assert_int_equal(store_receipt_attempt_end(store, &attempts[0]), ERR_REFUSED);
    assert_done(store, store_receipt_attempt_begin(store, "r.1@a", SCENE_AT(4), &number));
    assert_int_equal(number, 2);
    assert_done(store,
                store_receipt_attempt_list(store, "r.1@a", &scene->arena, &attempts, &count));
    assert_int_equal(count, 2);
    assert_int_equal(attempts[0].code, 451);
    assert_int_equal(attempts[0].ended_at, SCENE_AT(3));
    assert_done(store, store_commit(store));
    assert_int_equal(store_receipt_attempt_begin(store, "r.1@a", SCENE_AT(5), &number), ERR_USAGE);
    assert_string_equal(store_words(store), "attempt: no transaction is open");
}

/* --- what is alike --- */

static void a_sketch_lies_in_its_buckets(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    static const struct hash_key key = {{3}};
    static const struct bytes bytes = {(const uint8_t *)"sketch", 6};
    static const int64_t buckets[] = {-5, 7};
    struct hash_key found_key;
    struct store_sketch found;
    int64_t *numbers;
    size_t count;
    assert_int_equal(store_sketch_key_find(store, &found_key), ERR_NOT_FOUND);
    put_scene(scene);
    assert_done(store, store_sketch_key_put(store, &key));
    assert_int_equal(store_sketch_key_put(store, &key), ERR_CONFLICT);
    assert_done(store, store_sketch_key_find(store, &found_key));
    assert_memory_equal(found_key.bytes, key.bytes, sizeof key.bytes);
    assert_done(store, store_sketch_put(store, "k-1", bytes, buckets, 2));
    assert_done(store, store_sketch_put(store, "k-2", bytes, buckets, 1));
    assert_int_equal(store_sketch_put(store, "k-2", bytes, buckets, 1), ERR_CONFLICT);
    assert_int_equal(store_sketch_put(store, "k-9", bytes, NULL, 0), ERR_CONFLICT);
    assert_done(store, store_sketch_find(store, "k-2", &scene->arena, &found));
    assert_int_equal(found.received_at, SCENE_AT(1));
    assert_memory_equal(found.sketch.data, "sketch", 6);
    assert_done(store, store_sketch_bucket(store, -5, 1, &scene->arena, &numbers, &count));
    assert_int_equal(count, 1); /* the newest */
    assert_int_equal(numbers[0], found.number);
    assert_done(store, store_sketch_bucket(store, -5, 9, &scene->arena, &numbers, &count));
    assert_int_equal(count, 2);
    assert_done(store, store_sketch_bucket(store, 8, 9, &scene->arena, &numbers, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_sketch_find_number(store, found.number - 1, &scene->arena, &found));
    assert_string_equal(found.reference, "k-1");
    assert_int_equal(store_complaint_erase(store, "k-1", SCENE_AT(3)), ERR_REFUSED);
    assert_done(store, store_sketch_erase(store, found.number, buckets, 2));
    assert_done(store, store_sketch_bucket(store, 7, 9, &scene->arena, &numbers, &count));
    assert_int_equal(count, 0);
    assert_int_equal(store_sketch_find(store, "k-1", &scene->arena, &found), ERR_NOT_FOUND);
    assert_int_equal(store_sketch_erase(store, 99, NULL, 0), ERR_NOT_FOUND);
    assert_done(store, store_complaint_erase(store, "k-1", SCENE_AT(3)));
}

static void complaints_are_joined_and_parted(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_join join = {"k-2", "k-1", SCENE_AT(2)}, self = {"k-1", "k-1", SCENE_AT(2)};
    const struct store_join nowhere = {"k-1", "k-9", SCENE_AT(2)};
    struct store_join found, *list;
    size_t count;
    put_scene(scene);
    assert_done(store, store_join_put(store, &join));
    assert_int_equal(store_join_put(store, &join), ERR_CONFLICT);
    assert_int_equal(store_join_put(store, &self), ERR_REFUSED);
    assert_int_equal(store_join_put(store, &nowhere), ERR_CONFLICT);
    assert_done(store, store_join_find(store, "k-2", &scene->arena, &found));
    assert_string_equal(found.other, "k-1");
    assert_int_equal(found.joined_at, SCENE_AT(2));
    assert_done(store, store_join_list(store, "k-1", 9, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].reference, "k-2");
    assert_done(store, store_join_erase(store, "k-2"));
    assert_int_equal(store_join_erase(store, "k-2"), ERR_NOT_FOUND);
    assert_int_equal(store_join_find(store, "k-2", &scene->arena, &found), ERR_NOT_FOUND);
}

/* For a rebuild, which reads all. */
static void joined_complaints_are_forgotten_and_none_is_lost(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_join join = {"k-2", "k-1", SCENE_AT(2)};
    struct store_join found;
    struct store_lost *lost;
    size_t count;
    int64_t complaints;
    put_scene(scene);
    assert_done(store, store_complaint_count(store, &complaints));
    assert_int_equal(complaints, 2);
    assert_done(store, store_join_put(store, &join));
    for (int kind = 0; kind < STORE_LOST_KINDS; kind++) {
        assert_done(store, store_lost_list(store, (enum store_lost_kind)kind, 9, &scene->arena,
                                           &lost, &count));
        assert_int_equal(count, 0);
    }
    assert_int_equal(store_join_forget_all(store), 0);
    assert_int_equal(store_join_forget_all(store), 0);
    assert_int_equal(store_join_find(store, "k-2", &scene->arena, &found), ERR_NOT_FOUND);
}

static void a_draw_ends_once(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_draw draw = {.number = 1, .from_at = SCENE_AT(1)}, found, *list;
    size_t count;
    put_scene(scene);
    draw.seed.bytes[0] = 7;
    assert_int_equal(store_draw_last(store, &found), ERR_NOT_FOUND);
    assert_int_equal(store_draw_end(store, &draw), ERR_NOT_FOUND);
    assert_done(store, store_draw_put(store, &draw));
    assert_int_equal(store_draw_put(store, &draw), ERR_CONFLICT);
    assert_done(store, store_draw_last(store, &found));
    assert_memory_equal(&found, &draw, sizeof found);
    draw.until_at = SCENE_AT(9);
    draw.population = 5;
    draw.chosen = 2;
    assert_done(store, store_draw_end(store, &draw));
    assert_int_equal(store_draw_end(store, &draw), ERR_REFUSED);
    draw = (struct store_draw){.number = 2, .from_at = SCENE_AT(9)};
    assert_done(store, store_draw_put(store, &draw));
    assert_done(store, store_draw_list(store, 0, 9, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].number, 2);
    assert_int_equal(list[1].until_at, SCENE_AT(9));
    assert_int_equal(list[1].chosen, 2);
    assert_done(store, store_draw_list(store, 2, 9, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
}

static void a_complaint_is_looked_at_again_once(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_draw draw = {.number = 1, .from_at = SCENE_AT(1)};
    struct store_look look = {"k-1", 2, 1, STORE_LOOK_WAITS}, found, *list;
    struct store_look_counts counts;
    size_t count;
    put_scene(scene);
    assert_int_equal(store_look_put(store, &look), ERR_CONFLICT); /* by no draw that there is */
    assert_done(store, store_draw_put(store, &draw));
    assert_done(store, store_look_put(store, &look));
    assert_int_equal(store_look_put(store, &look), ERR_CONFLICT);
    assert_done(store, store_look_put(store, &(struct store_look){"k-2", 3, 1, ""}));
    assert_done(store, store_look_list_waiting(store, &look, 9, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].reference, "k-2");
    look.verdict = STORE_LOOK_DIFFERS;
    assert_done(store, store_look_settle(store, &look));
    assert_done(store, store_look_find(store, "k-1", &scene->arena, &found));
    assert_string_equal(found.verdict, "differs");
    assert_int_equal(found.decision, 2);
    assert_done(store, store_look_list_waiting(store, NULL, 9, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_done(store, store_look_count(store, 1, &counts));
    assert_int_equal(counts.waiting, 1);
    assert_int_equal(counts.differs, 1);
    assert_int_equal(counts.agrees, 0);
    look.reference = "k-9";
    assert_int_equal(store_look_settle(store, &look), ERR_NOT_FOUND);
    assert_int_equal(store_look_forget_all(store), 0);
    assert_int_equal(store_look_find(store, "k-1", &scene->arena, &found), ERR_NOT_FOUND);
}

int conformance_complaints(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_complaint_is_found_and_listed),
        SCENE_TEST(the_most_urgent_that_wait_come_first),
        SCENE_TEST(what_was_filed_is_settled),
        SCENE_TEST(events_are_numbered),
        SCENE_TEST(an_erased_complaint_has_no_words),
        SCENE_TEST(a_wipe_waits_for_readers),
        SCENE_TEST(a_wipe_leaves_a_whole_store),
        SCENE_TEST(a_wipe_that_cannot_look_stays_due),
        SCENE_TEST(a_receipt_forgets_and_is_never_changed),
        SCENE_TEST(an_event_is_told_once_by_each_letter),
        SCENE_TEST(receipts_of_a_destination_are_counted),
        SCENE_TEST(an_attempt_of_a_receipt_ends_once),
        SCENE_TEST(a_sketch_lies_in_its_buckets),
        SCENE_TEST(complaints_are_joined_and_parted),
        SCENE_TEST(joined_complaints_are_forgotten_and_none_is_lost),
        SCENE_TEST(a_draw_ends_once),
        SCENE_TEST(a_complaint_is_looked_at_again_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
