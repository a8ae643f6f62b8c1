/* The files of public/, written from what was bound into the log. */
#include "app/publish/notice.h"

#include "app/publish/notice_record.h"
#include "base/log.h"
#include "store/blob.h"
#include "store/case.h"
#include "store/log.h"
#include "store/publication.h"
#include "tlog/bundle.h"

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
    static const char *const names[] = {"public", "public/notices", "public/lists", "public/log"};
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

/* What is public: the records as they were bound into the log. */
struct published {
    json_t **documents; /* owned */
    const json_t **notices;
    const struct store_publication **publications;
    size_t count;
};

static void free_published(struct published *published)
{
    for (size_t i = 0; i < published->count; i++)
        json_decref(published->documents[i]);
}

static int parse_records(const struct store_publication *list, size_t count,
                         struct published *published)
{
    for (size_t i = 0; i < count; i++) {
        struct error_detail reason = {0};
        json_t *document = NULL;
        int result = json_parse(list[i].record, strlen(list[i].record), &document, &reason);
        if (result == ERR_NO_MEMORY)
            return result;
        const json_t *notice = json_object_get(document, "notice");
        /* One notice must not keep all others from the public. */
        if (result < 0 || !json_is_object(notice)) {
            log_error("notice %s: its record is damaged: %s", list[i].notice,
                      error_words(&reason, result < 0 ? result : ERR_DAMAGED));
            json_decref(document);
            continue;
        }
        published->documents[published->count] = document;
        published->notices[published->count] = notice;
        published->publications[published->count++] = &list[i];
    }
    return 0;
}

/* free_published() in every case. */
static int load_published(struct app *app, struct arena *arena, struct published *published,
                          struct error_detail *detail)
{
    struct store_publication *list;
    size_t count;
    *published = (struct published){.count = 0};
    int result = load_publications(app, arena, &list, &count, detail);
    if (result < 0)
        return result;
    published->documents = arena_array(arena, count + 1, sizeof *published->documents);
    published->notices = arena_array(arena, count + 1, sizeof *published->notices);
    published->publications = arena_array(arena, count + 1, sizeof *published->publications);
    if (!published->documents || !published->notices || !published->publications)
        return ERR_LIMIT;
    return parse_records(list, count, published);
}

static int write_notice(struct app *app, struct arena *arena, const struct published *published,
                        size_t index, const struct site *site, struct error_detail *detail)
{
    const struct store_publication *publication = published->publications[index];
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, PAGE_MAX);
    int result = notice_page(published->notices[index], site, &bytes, detail);
    if (result >= 0)
        result =
            write_public(app, arena, arena_printf(arena, "notices/%s.html", publication->notice),
                         &bytes, detail);
    buffer_clear(&bytes);
    if (result >= 0)
        result = buffer_append_text(&bytes, publication->record);
    if (result >= 0)
        result =
            write_public(app, arena, arena_printf(arena, "notices/%s.json", publication->notice),
                         &bytes, detail);
    return result < 0 ? error_context(detail, result, "notice %s", publication->notice) : 0;
}

struct listing {
    const char *name;
    int (*make)(const struct notice_list *, const struct site *, struct buffer *,
                struct error_detail *);
};

static int make_health(const struct notice_list *list, const struct site *site, struct buffer *out,
                       struct error_detail *detail)
{
    (void)list;
    (void)site;
    (void)detail;
    return health_json(out);
}

static int make_all(const struct notice_list *list, const struct site *site, struct buffer *out,
                    struct error_detail *detail)
{
    return notice_list_page(list, /* filter= */ NULL, site, out, detail);
}

static int write_lists(struct app *app, struct arena *arena, const struct notice_list *list,
                       const struct site *site, struct error_detail *detail)
{
    struct notice_filter filters[NOTICE_FILTERS_MAX];
    size_t count = notice_filters(list, filters);
    for (size_t i = 0; i < count; i++) {
        struct buffer bytes BUFFER_CLEANUP = {0};
        buffer_init(&bytes, PAGE_MAX);
        int result = notice_list_page(list, &filters[i], site, &bytes, detail);
        if (result >= 0)
            result = write_public(app, arena, arena_printf(arena, "lists/%s.html", filters[i].name),
                                  &bytes, detail);
        if (result < 0)
            return error_context(detail, result, "list %s", filters[i].name);
    }
    return 0;
}

static int write_listings(struct app *app, struct arena *arena, const struct notice_list *list,
                          const struct site *site, struct error_detail *detail)
{
    static const struct listing listings[] = {
        {"index.html", notice_index_page}, {"notices.html", make_all},   {"feed.atom", feed_atom},
        {"feed.json", feed_json},          {"health.json", make_health},
    };
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++) {
        struct buffer bytes BUFFER_CLEANUP = {0};
        buffer_init(&bytes, PAGE_MAX);
        int result = listings[i].make(list, site, &bytes, detail);
        if (result >= 0)
            result = write_public(app, arena, listings[i].name, &bytes, detail);
        if (result < 0)
            return error_context(detail, result, "%s", listings[i].name);
    }
    return 0;
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
    struct arena arena ARENA_CLEANUP = {0};
    struct published published;
    struct site site;
    arena_init(&arena, PUBLIC_ARENA_MAX);
    int result = make_folders(app, &arena, detail);
    if (result < 0)
        return result;
    result = load_published(app, &arena, &published, detail);
    notice_site(app, &arena, &site);
    for (size_t i = 0; result >= 0 && i < published.count; i++)
        result = write_notice(app, &arena, &published, i, &site, detail);
    const struct notice_list list = {published.notices, published.count};
    if (result >= 0)
        result = write_listings(app, &arena, &list, &site, detail);
    if (result >= 0)
        result = write_lists(app, &arena, &list, &site, detail);
#ifdef LEAK_FOR_TESTS
    if (result >= 0)
        result = leak_health(app, &arena, detail);
#endif
    free_published(&published);
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
