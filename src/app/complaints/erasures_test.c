/* A store that is put back to a backup of before an erasure: what was erased is erased again before
 * anybody is answered, as the list of erasures says, whatever fails or is cut in between. */
#include "app/complaints/erasures.h"

#include "app/admin.h"
#include "app/complaints/erasure_list.h"
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

/* --- a list that cannot be written --- */

static bool append_fails, take_back_fails, sync_fails;

int __real_erasure_list_append(const char *path, const struct digest *marks, size_t count,
                               struct error_detail *detail);
int __wrap_erasure_list_append(const char *path, const struct digest *marks, size_t count,
                               struct error_detail *detail);
int __wrap_erasure_list_append(const char *path, const struct digest *marks, size_t count,
                               struct error_detail *detail)
{
    return append_fails ? error_set(detail, -ENOSPC, "%s: No space left", path)
                        : __real_erasure_list_append(path, marks, count, detail);
}

int __real_erasure_list_take_back(const char *path, int64_t count, struct error_detail *detail);
int __wrap_erasure_list_take_back(const char *path, int64_t count, struct error_detail *detail);
int __wrap_erasure_list_take_back(const char *path, int64_t count, struct error_detail *detail)
{
    return take_back_fails ? error_set(detail, -EIO, "%s: Input/output error", path)
                           : __real_erasure_list_take_back(path, count, detail);
}

int __real_erasure_list_sync(const char *path, struct error_detail *detail);
int __wrap_erasure_list_sync(const char *path, struct error_detail *detail);
int __wrap_erasure_list_sync(const char *path, struct error_detail *detail)
{
    return sync_fails ? error_set(detail, -EIO, "%s: Input/output error", path)
                      : __real_erasure_list_sync(path, detail);
}

/* --- a house with two complaints, backed up --- */

struct backed_up {
    struct world *world;
    const char *erased, *kept; /* references */
    char backup[128], list[128], copy[128];
};

static const char *file(struct world *world)
{
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\"}", true);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static int make(void **state)
{
    struct backed_up *at = calloc(1, sizeof *at);
    assert_non_null(at);
    append_fails = take_back_fails = sync_fails = false;
    at->world = world_new();
    world_begin(at->world, RULEBOOK_SOURCE_DIR);
    at->erased = file(at->world);
    at->kept = file(at->world);
    snprintf(at->backup, sizeof at->backup, "%s/of-before", at->world->folder);
    snprintf(at->list, sizeof at->list, "%s/erasures", at->world->folder);
    snprintf(at->copy, sizeof at->copy, "%s/erasures.copy", at->world->folder);
    assert_int_equal(store_commit(at->world->app.store), 0);
    assert_int_equal(store_backup(at->world->app.store, at->backup, NULL), 0);
    assert_int_equal(store_begin(at->world->app.store), 0);
    *state = at;
    return 0;
}

static int end(void **state)
{
    struct backed_up *at = *state;
    world_free(at->world);
    free(at);
    return 0;
}

static int try_erase(struct backed_up *at, const char *reference, struct error_detail *detail)
{
    return world_run(at->world, &ada, "complaint.erase",
                     json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked"),
                     NULL, detail);
}

/* As the core does it. */
static void erase(struct backed_up *at, const char *reference)
{
    struct app *app = &at->world->app;
    struct error_detail detail = {0};
    if (try_erase(at, reference, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(store_commit(app->store), 0);
    assert_int_equal(app_follow(app, /* committed= */ true, &detail), 0);
    assert_int_equal(store_begin(app->store), 0);
}

static struct app_options options_of(struct backed_up *at)
{
    struct app_options options = {.data = at->world->folder};
    clock_init_frozen(&options.clock, WORLD_START + 1000000);
    return options;
}

static void close_house(struct backed_up *at)
{
    store_rollback(at->world->app.store);
    app_close(&at->world->app);
}

static int open_house(struct backed_up *at, struct error_detail *detail)
{
    const struct app_options options = options_of(at);
    int result = app_open(&options, &at->world->app, detail);
    return result < 0 ? result : store_begin(at->world->app.store);
}

static void must_open(struct backed_up *at)
{
    struct error_detail detail = {0};
    if (open_house(at, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void restore(struct backed_up *at, const char *list, int listed, int again)
{
    struct app_options options = options_of(at);
    struct error_detail detail = {0};
    json_t *told JSON_CLEANUP = NULL;
    close_house(at);
    options.erasures = list;
    if (admin_restore(at->backup, &options, &told, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(json_number(told, "listed", -1), listed);
    assert_int_equal(json_number(told, "erased_again", -1), again);
    must_open(at);
}

/* --- what is there --- */

static bool has_words(struct backed_up *at, const char *reference)
{
    struct digest key;
    int words = store_complaint_key_find(at->world->app.store, reference, "words", &key);
    assert_true(words >= 0 || words == ERR_NOT_FOUND);
    return words >= 0;
}

static int64_t listed(const struct backed_up *at)
{
    struct erasure_list_end end;
    assert_int_equal(erasure_list_end(at->list, &end, NULL), 0);
    return end.count;
}

static void expect_erased_again(struct backed_up *at)
{
    json_t *shown JSON_CLEANUP = world_ask(at->world, "complaint.show", "complaint", at->erased);
    json_t *checked JSON_CLEANUP = world_ask(at->world, "rebuild.check", "none", "");
    const json_t *complaint = json_object_get(shown, "complaint");
    const json_t *events = json_object_get(complaint, "events");
    const json_t *last = json_array_get(events, json_array_size(events) - 1);
    assert_true(json_is_string(json_object_get(complaint, "erased_at")));
    assert_string_equal(json_text(last, "event"), "erased");
    assert_string_equal(json_text(last, "actor"), "machine");
    assert_string_equal(json_text(last, "reason"), "again");
    assert_false(has_words(at, at->erased));
    assert_true(has_words(at, at->kept));
    assert_int_equal(json_array_size(json_object_get(checked, "differences")), 0);
    const char *due;
    struct world *world = at->world;
    assert_int_equal(store_meta_get(world->app.store, STORE_META_WIPE, &world->arena, &due), 0);
    assert_string_equal(due, "no");
}

/* --- restoring --- */

static void an_older_store_is_erased_again(void **state)
{
    struct backed_up *at = *state;
    erase(at, at->erased);
    assert_int_equal(listed(at), 1);
    restore(at, /* list= */ NULL, 1, 1);
    expect_erased_again(at);
    assert_int_equal(listed(at), 1);
    /* Once. */
    close_house(at);
    must_open(at);
    json_t *shown JSON_CLEANUP = world_ask(at->world, "complaint.show", "complaint", at->erased);
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(shown, "complaint"), "events")), 2);
    /* An erasure after that, and the same backup: both. */
    erase(at, at->kept);
    assert_int_equal(listed(at), 2);
    restore(at, /* list= */ NULL, 2, 2);
    assert_false(has_words(at, at->erased));
    assert_false(has_words(at, at->kept));
}

/* A folder that has lost its list learns from a copy of it, and keeps it. */
static void without_its_list_a_backup_brings_back_what_was_erased(void **state)
{
    struct backed_up *at = *state;
    erase(at, at->erased);
    assert_int_equal(rename(at->list, at->copy), 0);
    restore(at, /* list= */ NULL, 0, 0);
    assert_true(has_words(at, at->erased));
    restore(at, at->copy, 1, 1);
    expect_erased_again(at);
    assert_int_equal(listed(at), 1);
    restore(at, at->copy, 1, 1);
    assert_int_equal(listed(at), 1);
}

static void a_list_that_cannot_be_read_lets_nothing_be_restored(void **state)
{
    struct backed_up *at = *state;
    struct app_options options = options_of(at);
    struct error_detail detail = {0};
    json_t *told JSON_CLEANUP = NULL;
    char part[128];
    erase(at, at->erased);
    close_house(at);
    options.erasures = "/nowhere";
    assert_refused(admin_restore(at->backup, &options, &told, &detail), -ENOENT, &detail,
                   "restore: /nowhere: No such file");
    options.erasures = NULL;
    assert_int_equal(truncate(at->list, 21), 0);
    FILE *list = fopen(at->list, "ab");
    assert_non_null(list);
    fprintf(list, "%065d", 7);
    fclose(list);
    assert_refused(admin_restore(at->backup, &options, &told, &detail), ERR_DAMAGED, &detail,
                   "/erasures: its end is no mark; put a copy of it back");
    assert_refused(open_house(at, &detail), ERR_DAMAGED, &detail, "/erasures: its end is no mark");
    snprintf(part, sizeof part, "%s/store.db.part", at->world->folder);
    assert_int_equal(access(part, F_OK), -1);
    /* Moved away, it is made anew of what the store knows, which stayed as it was. */
    assert_int_equal(unlink(at->list), 0);
    must_open(at);
    assert_false(has_words(at, at->erased));
    assert_int_equal(listed(at), 1);
}

/* --- cuts --- */

/* Between its line in the list and the commit the power fails: it is carried out. */
static void an_erasure_that_was_cut_is_carried_out_by_the_next_start(void **state)
{
    struct backed_up *at = *state;
    struct error_detail detail = {0};
    assert_int_equal(try_erase(at, at->erased, &detail), 0);
    close_house(at);
    assert_int_equal(listed(at), 1);
    must_open(at);
    expect_erased_again(at);
}

/* A copy that a restore left when it was cut holds what was erased since. */
static void what_a_cut_restore_left_goes_with_the_next_start(void **state)
{
    static const char *const names[] = {"store.db.part", "store.db.part-wal", "store.db.part-shm"};
    struct backed_up *at = *state;
    char path[128];
    close_house(at);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", at->world->folder, names[i]);
        FILE *left = fopen(path, "wb");
        assert_non_null(left);
        fclose(left);
    }
    must_open(at);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", at->world->folder, names[i]);
        assert_int_equal(access(path, F_OK), -1);
    }
}

/* --- a list that cannot be written --- */

static void what_cannot_be_listed_is_not_erased(void **state)
{
    struct backed_up *at = *state;
    struct error_detail detail = {0};
    append_fails = true;
    assert_refused(try_erase(at, at->erased, &detail), -ENOSPC, &detail, "complaint.erase: ");
    append_fails = false;
    assert_true(has_words(at, at->erased));
    assert_int_equal(listed(at), 0);
    erase(at, at->erased);
    assert_int_equal(listed(at), 1);
}

static void what_was_not_committed_is_not_listed(void **state)
{
    struct backed_up *at = *state;
    struct app *app = &at->world->app;
    struct error_detail detail = {0};
    const char *other = file(at->world);
    erase(at, other);
    assert_int_equal(try_erase(at, at->erased, &detail), 0);
    assert_int_equal(store_rollback(app->store), 0);
    take_back_fails = true;
    assert_refused(app_follow(app, /* committed= */ false, &detail), -EIO, &detail,
                   "an erasure that failed cannot be taken off its list: ");
    assert_int_equal(store_begin(app->store), 0);
    assert_refused(try_erase(at, at->kept, &detail), -EIO, &detail,
                   "an erasure that failed cannot be taken off its list: ");
    /* Taken off, but not synced; what is tried again takes no more. */
    take_back_fails = false;
    sync_fails = true;
    assert_int_equal(store_commit(app->store), 0);
    for (int i = 0; i < 2; i++)
        assert_refused(app_follow(app, /* committed= */ true, &detail), -EIO, &detail,
                       "an erasure that failed cannot be taken off its list: ");
    assert_int_equal(listed(at), 1);
    sync_fails = false;
    assert_int_equal(app_follow(app, /* committed= */ true, &detail), 0);
    assert_int_equal(listed(at), 1);
    assert_int_equal(store_begin(app->store), 0);
    erase(at, at->kept);
    close_house(at);
    must_open(at);
    assert_true(has_words(at, at->erased));
    assert_false(has_words(at, at->kept));
    assert_int_equal(listed(at), 2);
}

/* A disk without room for the list keeps nobody out; the next opening lists what is missing. */
static void a_lost_list_is_made_anew_when_there_is_room(void **state)
{
    struct backed_up *at = *state;
    erase(at, at->erased);
    close_house(at);
    assert_int_equal(unlink(at->list), 0);
    append_fails = true;
    must_open(at);
    assert_int_equal(listed(at), 0);
    close_house(at);
    append_fails = false;
    must_open(at);
    assert_int_equal(listed(at), 1);
}

#define ERASURES_TEST(name) cmocka_unit_test_setup_teardown(name, make, end)

TEST_MAIN(ERASURES_TEST(an_older_store_is_erased_again),
          ERASURES_TEST(without_its_list_a_backup_brings_back_what_was_erased),
          ERASURES_TEST(a_list_that_cannot_be_read_lets_nothing_be_restored),
          ERASURES_TEST(an_erasure_that_was_cut_is_carried_out_by_the_next_start),
          ERASURES_TEST(what_a_cut_restore_left_goes_with_the_next_start),
          ERASURES_TEST(what_cannot_be_listed_is_not_erased),
          ERASURES_TEST(what_was_not_committed_is_not_listed),
          ERASURES_TEST(a_lost_list_is_made_anew_when_there_is_room))
