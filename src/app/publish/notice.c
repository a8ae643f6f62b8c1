#include "app/publish/notice.h"

#include "app/publish/ledger.h"
#include "app/publish/notice_record.h"
#include "base/log.h"
#include "store/blob.h"
#include "store/case.h"
#include "store/log.h"
#include "store/publication.h"
#include "tlog/bundle.h"
#include "view/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PUBLIC_ARENA_MAX = 512 << 20,
    PAGE_MAX = 16 << 20,
};

static int failed(struct app *app, int result, const char *what, struct error_detail *detail)
{
    return result < 0 ? app_store_failed(app, result, detail, what) : 0;
}

/* --- records --- */

/* Puts the record and one update of it, bound together into the log. */
static int put_update(struct casefile *file, const char *kind, struct error_detail *detail)
{
    struct app *app = file->app;
    struct arena arena ARENA_CLEANUP = {0};
    struct notice_record record;
    struct site site;
    struct buffer json BUFFER_CLEANUP = {0};
    arena_init(&arena, PUBLIC_ARENA_MAX);
    buffer_init(&json, PAGE_MAX);
    int result = notice_record_make(file, &arena, &record, detail);
    if (result < 0)
        return result;
    /* The update is part of the record that it binds. */
    struct notice_update *updates = arena_array(&arena, record.update_count + 1, sizeof *updates);
    if (!updates) {
        notice_record_done(&record);
        return ERR_LIMIT;
    }
    if (record.update_count)
        memcpy(updates, record.updates, record.update_count * sizeof *updates);
    struct store_publication_update update = {
        .notice = record.id,
        .seq = (uint32_t)record.update_count + 1,
        .at = clock_wall(&app->clock),
        .kind = kind,
        .text = catalogue_word(catalogue_find("en"), "progress", kind)};
    updates[record.update_count++] =
        (struct notice_update){.id = arena_printf(&arena, "%s-u%u", record.id, update.seq),
                               .at = update.at,
                               .kind = kind,
                               .text = update.text};
    record.updates = updates;
    record.published_at = updates[0].at;
    notice_site(app, &arena, &site);
    result = notice_json(&record, &site, &json);
    notice_record_done(&record);
    if (result >= 0)
        result = tlog_record_digest(buffer_text(&json), json.size, &update.record_sha256, detail);
    if (result < 0)
        return error_context(detail, result, "record of notice %s", record.id);
    char hex[DIGEST_HEX];
    json_t *event JSON_CLEANUP =
        json_pack("{s:s, s:i, s:s, s:s}", "notice", record.id, "update", (int)update.seq, "state",
                  record.state, "record_sha256", digest_format(&update.record_sha256, hex));
    result =
        event ? ledger_commit(app, "publication", event, &update.entry, detail) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    const struct store_publication publication = {.notice = record.id,
                                                  .case_id = file->record.id,
                                                  .state = record.state,
                                                  .record = buffer_text(&json),
                                                  .published_at = record.published_at,
                                                  .updated_at = update.at,
                                                  .next_update_due = record.next_update_due};
    result = failed(app, store_publication_put(app->store, &publication), "publication", detail);
    return result < 0 ? result
                      : failed(app, store_publication_update_append(app->store, &update),
                               "update of a publication", detail);
}

/* Opens a case. 1 when it was published: then also as what, and where it stands now. Else 0. */
static int open_case(struct app *app, const char *case_id, struct casefile *file,
                     struct store_publication *ret_there, const char **ret_state,
                     struct error_detail *detail)
{
    int result = casefile_open(app, case_id, file, detail);
    if (result < 0)
        return result;
    result = store_publication_find_case(app->store, case_id, &file->arena, ret_there);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return failed(app, result, "publication", detail);
    result = notice_state(file, &file->arena, ret_state, detail);
    return result < 0 ? result : 1;
}

int notice_publish(struct app *app, const char *case_id, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_publication there;
    const char *state = NULL;
    int again = open_case(app, case_id, &file, &there, &state, detail);
    /* A later formal step of the same case is an update of its notice. */
    return again < 0 ? again : put_update(&file, again ? state : "sent", detail);
}

/* What an event that leaves the state of a notice as it is means to its readers. */
static const char *progress_of(const struct casefile *file, uint32_t seq)
{
    for (size_t i = 0; i < file->event_count; i++) {
        if (file->events[i].seq != seq)
            continue;
        if (file->events[i].type == CASE_EXTENDED)
            return "extended";
        if (file->events[i].type == CASE_DEADLINE_PASSED)
            return "due-passed";
    }
    return "progress";
}

int notice_update(struct app *app, const char *case_id, uint32_t seq, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_publication there;
    const char *state = NULL;
    int published = open_case(app, case_id, &file, &there, &state, detail);
    if (published <= 0)
        return published; /* without a notice there is nothing to bring up to date */
    bool same = strcmp(state, there.state) == 0;
    return put_update(&file, same ? progress_of(&file, seq) : state, detail);
}

/* --- files --- */

static int write_public(struct app *app, struct arena *arena, const char *name,
                        const struct buffer *bytes, struct error_detail *detail)
{
    const char *path = arena_printf(arena, "%s/public/%s", app->data, name);
    if (!path || buffer_error(bytes) < 0)
        return path ? buffer_error(bytes) : ERR_LIMIT;
    return blob_write_file(path, bytes->data, bytes->size, detail);
}

static int make_folders(struct app *app, struct arena *arena, struct error_detail *detail)
{
    static const char *const names[] = {"public", "public/notices", "public/log"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = arena_printf(arena, "%s/%s", app->data, names[i]);
        if (!path)
            return ERR_LIMIT;
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            return error_set(detail, -errno, "%s: %s", path, strerrordesc_np(errno));
    }
    return 0;
}

/* Newest first, as people look for them; ids of notices are random and say nothing. */
static int compare_publications(const void *a, const void *b)
{
    const struct store_publication *x = a, *y = b;
    return x->published_at != y->published_at
               ? (x->published_at < y->published_at) - (x->published_at > y->published_at)
               : strcmp(x->notice, y->notice);
}

static int load_publications(struct app *app, struct arena *arena,
                             struct store_publication **ret_list, size_t *ret_count,
                             struct error_detail *detail)
{
    struct store_publication *list = NULL, *page;
    size_t used = 0, count;
    const char *after = "";
    do {
        int result = store_publication_list(app->store, after, 0, arena, &page, &count);
        if (result < 0)
            return failed(app, result, "publications", detail);
        for (size_t i = 0; i < count; i++) {
            struct store_publication *slot = arena_push(arena, &list, &used, sizeof *slot);
            if (!slot)
                return ERR_LIMIT;
            *slot = page[i];
        }
        after = count ? page[count - 1].notice : "";
    } while (count == STORE_PAGE_MAX);
    if (used)
        qsort(list, used, sizeof *list, compare_publications);
    *ret_list = list;
    *ret_count = used;
    return 0;
}

static int load_record(struct app *app, struct arena *arena,
                       const struct store_publication *publication,
                       struct notice_record *ret_record, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(app, publication->case_id, &file, detail);
    if (result >= 0)
        result = notice_record_make(&file, arena, ret_record, detail);
    if (result < 0)
        return result;
    ret_record->next_update_due = publication->next_update_due;
    return 0;
}

/* Something that a notice was made of is gone or damaged; trying again does not bring it back. */
static bool is_lost(int failure)
{
    return failure == ERR_NOT_FOUND || failure == ERR_DAMAGED || failure == -ENOENT;
}

static void free_records(struct notice_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        notice_record_done(&records[i]);
}

static int load_records(struct app *app, struct arena *arena, struct notice_record **ret_records,
                        size_t *ret_count, struct error_detail *detail)
{
    struct store_publication *publications;
    size_t count, used = 0;
    int result = load_publications(app, arena, &publications, &count, detail);
    if (result < 0)
        return result;
    struct notice_record *records = arena_array(arena, count ? count : 1, sizeof *records);
    if (!records)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        struct error_detail reason = {0};
        result = load_record(app, arena, &publications[i], &records[used], &reason);
        used += result >= 0;
        if (result >= 0)
            continue;
        /* One notice must not keep all others from the public. */
        if (is_lost(result)) {
            log_error("notice %s: %s", publications[i].notice, error_words(&reason, result));
            continue;
        }
        free_records(records, used);
        return error_set(detail, result, "notice %s: %s", publications[i].notice,
                         error_words(&reason, result));
    }
    *ret_records = records;
    *ret_count = used;
    return 0;
}

/* The JSON is the record as it was bound into the log; the page is made from the case as it is. */
static int write_notice(struct app *app, struct arena *arena, const struct notice_record *record,
                        const struct site *site, struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct store_publication publication;
    buffer_init(&bytes, PAGE_MAX);
    int result = notice_page(record, site, &bytes, detail);
    if (result >= 0)
        result = write_public(app, arena, arena_printf(arena, "notices/%s.html", record->id),
                              &bytes, detail);
    if (result >= 0)
        result = failed(app, store_publication_find(app->store, record->id, arena, &publication),
                        "publication", detail);
    buffer_clear(&bytes);
    if (result >= 0)
        result = buffer_append_text(&bytes, publication.record);
    return result < 0 ? result
                      : write_public(app, arena, arena_printf(arena, "notices/%s.json", record->id),
                                     &bytes, detail);
}

struct listing {
    const char *name;
    int (*make)(const struct notice_record *, size_t, const struct site *, struct buffer *,
                struct error_detail *);
};

static int make_feed_json(const struct notice_record *records, size_t count,
                          const struct site *site, struct buffer *out, struct error_detail *detail)
{
    (void)detail;
    return feed_json(records, count, site, out);
}

static int make_health(const struct notice_record *records, size_t count, const struct site *site,
                       struct buffer *out, struct error_detail *detail)
{
    (void)records;
    (void)count;
    (void)site;
    (void)detail;
    return health_json(out);
}

#ifdef LEAK_FOR_TESTS
/* A fault on purpose (meson option leak_for_tests): health tells how many informal cases are open,
 * so that tests/story/leak.py can show that it would notice. Never in a build that is used. */
static int leak_health(struct app *app, struct arena *arena, struct error_detail *detail)
{
    struct buffer json BUFFER_CLEANUP = {0};
    struct store_case *cases;
    size_t count, informal = 0;
    buffer_init(&json, PAGE_MAX);
    const struct store_case_query query = {.open_only = true};
    int result = store_case_list(app->store, &query, arena, &cases, &count);
    if (result < 0)
        return failed(app, result, "cases", detail);
    for (size_t i = 0; i < count; i++)
        informal += !cases[i].published;
    buffer_printf(&json, "{\"status\":\"ok\",\"informal\":%zu}\n", informal);
    return write_public(app, arena, "health.json", &json, detail);
}
#endif

int notice_write_files(struct app *app, struct error_detail *detail)
{
    static const struct listing listings[] = {
        {"index.html", notice_index_page}, {"notices.html", notice_list_page},
        {"feed.atom", feed_atom},          {"feed.json", make_feed_json},
        {"health.json", make_health},
    };
    struct arena arena ARENA_CLEANUP = {0};
    struct notice_record *records = NULL;
    struct site site;
    size_t count = 0;
    arena_init(&arena, PUBLIC_ARENA_MAX);
    int result = make_folders(app, &arena, detail);
    if (result >= 0)
        result = load_records(app, &arena, &records, &count, detail);
    if (result < 0)
        return result;
    notice_site(app, &arena, &site);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = write_notice(app, &arena, &records[i], &site, detail);
    for (size_t i = 0; result >= 0 && i < sizeof listings / sizeof *listings; i++) {
        struct buffer bytes BUFFER_CLEANUP = {0};
        buffer_init(&bytes, PAGE_MAX);
        result = listings[i].make(records, count, &site, &bytes, detail);
        if (result >= 0)
            result = write_public(app, &arena, listings[i].name, &bytes, detail);
        if (result < 0)
            error_context(detail, result, "%s", listings[i].name);
    }
#ifdef LEAK_FOR_TESTS
    if (result >= 0)
        result = leak_health(app, &arena, detail);
#endif
    free_records(records, count);
    return result;
}

/* --- bundles --- */

/* The openings of a notice, each with its place and proof. 0 when one is not in the log yet. */
static int collect_openings(struct app *app, struct arena *arena, const char *notice, uint64_t size,
                            struct bundle *bundle)
{
    struct tlog_source source = store_log_source(app->store);
    struct store_publication_update *updates;
    size_t count;
    int result = store_publication_update_list(app->store, notice, arena, &updates, &count);
    bundle->openings =
        result < 0 ? NULL : arena_array(arena, count ? count : 1, sizeof *bundle->openings);
    if (!bundle->openings)
        return result < 0 ? result : ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        struct bundle_opening *slot = &bundle->openings[i];
        struct store_opening opening;
        result = store_log_index(app->store, &updates[i].entry, &slot->index);
        if (result == ERR_NOT_FOUND || (result >= 0 && slot->index >= size))
            return 0;
        if (result >= 0)
            result = store_opening_find(app->store, &updates[i].entry, arena, &opening);
        if (result >= 0)
            result = tlog_prove_inclusion(&source, slot->index, size, &slot->proof);
        if (result < 0)
            return result;
        slot->opening = opening.opening;
    }
    bundle->opening_count = count;
    return count > 0;
}

static int write_bundle(struct app *app, struct arena *arena,
                        const struct store_publication *publication, struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct bundle bundle = {.record = publication->record,
                            .record_size = strlen(publication->record)};
    uint64_t size;
    buffer_init(&bytes, TLOG_BUNDLE_MAX);
    int result = store_log_checkpoint(app->store, arena, &size, &bundle.checkpoint);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return failed(app, result, "checkpoint", detail);
    bundle.checkpoint_size = strlen(bundle.checkpoint);
    result = collect_openings(app, arena, publication->notice, size, &bundle);
    if (result <= 0)
        return result < 0 ? failed(app, result, "openings of a notice", detail) : 0;
    result = tlog_bundle_write(&bundle, &bytes, detail);
    return result < 0 ? result
                      : write_public(app, arena,
                                     arena_printf(arena, "notices/%s.bundle", publication->notice),
                                     &bytes, detail);
}

int notice_write_bundles(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_publication *publications;
    size_t count;
    arena_init(&arena, PUBLIC_ARENA_MAX);
    int result = make_folders(app, &arena, detail);
    if (result >= 0)
        result = load_publications(app, &arena, &publications, &count, detail);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = write_bundle(app, &arena, &publications[i], detail);
    return result;
}
