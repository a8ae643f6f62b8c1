/* The pages, records and feeds of public/, written from what was bound into the log. */
#include "app/publish/notice.h"

#include "app/publish/notice_record.h"
#include "app/publish/public_files.h"
#include "base/log.h"
#include "store/case.h"

#include <string.h>
#include <sys/stat.h>

enum { PAGE_MAX = 16 << 20 };

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
    int result = public_load(app, arena, &list, &count, detail);
    if (result < 0)
        return result;
    published->documents = arena_array(arena, count + 1, sizeof *published->documents);
    published->notices = arena_array(arena, count + 1, sizeof *published->notices);
    published->publications = arena_array(arena, count + 1, sizeof *published->publications);
    if (!published->documents || !published->notices || !published->publications)
        return ERR_LIMIT;
    return parse_records(list, count, published);
}

/* The page follows from the record, which is written after it, from the configuration and from the
 * program: each process makes all pages once, then those of records that are new. */
static bool is_written(const struct app *app, struct arena *arena,
                       const struct store_publication *publication)
{
    struct stat there;
    const char *page =
        arena_printf(arena, "%s/public/notices/%s.html", app->data, publication->notice);
    const char *record =
        arena_printf(arena, "%s/public/notices/%s.json", app->data, publication->notice);
    return app->pages_written && page && record && stat(page, &there) == 0 &&
           S_ISREG(there.st_mode) &&
           public_holds(record, publication->record, strlen(publication->record));
}

static int write_named(struct public_writer *writer, const char *folder, const char *of,
                       const char *kind, const struct buffer *bytes)
{
    const char *name = arena_printf(writer->arena, "%s/%s.%s", folder, of, kind);
    return name ? public_write(writer, name, bytes) : ERR_LIMIT;
}

static int write_notice(struct public_writer *writer, const struct published *published,
                        size_t index, const struct site *site)
{
    const struct store_publication *publication = published->publications[index];
    const char *notice = publication->notice;
    struct buffer bytes BUFFER_CLEANUP = {0};
    if (is_written(writer->app, writer->arena, publication))
        return 0;
    buffer_init(&bytes, PAGE_MAX);
    int result = notice_page(published->notices[index], site, &bytes, writer->detail);
    if (result >= 0)
        result = write_named(writer, "notices", notice, "html", &bytes);
    buffer_clear(&bytes);
    if (result >= 0)
        result = buffer_append_text(&bytes, publication->record);
    if (result >= 0)
        result = write_named(writer, "notices", notice, "json", &bytes);
    return result < 0 ? error_context(writer->detail, result, "notice %s", notice) : 0;
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

static int write_lists(struct public_writer *writer, const struct notice_list *list,
                       const struct site *site)
{
    struct notice_filter filters[NOTICE_FILTERS_MAX];
    size_t count = notice_filters(list, filters);
    for (size_t i = 0; i < count; i++) {
        struct buffer bytes BUFFER_CLEANUP = {0};
        buffer_init(&bytes, PAGE_MAX);
        int result = notice_list_page(list, &filters[i], site, &bytes, writer->detail);
        if (result >= 0)
            result = write_named(writer, "lists", filters[i].name, "html", &bytes);
        if (result < 0)
            return error_context(writer->detail, result, "list %s", filters[i].name);
    }
    return 0;
}

static int write_listings(struct public_writer *writer, const struct notice_list *list,
                          const struct site *site)
{
    static const struct listing listings[] = {
        {"index.html", notice_index_page}, {"notices.html", make_all},   {"feed.atom", feed_atom},
        {"feed.json", feed_json},          {"health.json", make_health},
    };
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++) {
        struct buffer bytes BUFFER_CLEANUP = {0};
        buffer_init(&bytes, PAGE_MAX);
        int result = listings[i].make(list, site, &bytes, writer->detail);
        if (result >= 0)
            result = public_write(writer, listings[i].name, &bytes);
        if (result < 0)
            return result;
    }
    return 0;
}

#ifdef LEAK_FOR_TESTS
/* A fault on purpose (meson option leak_for_tests): health tells how many informal cases are open,
 * so that tests/story/leak.py can show that it would notice. Never in a build that is used. */
static int leak_health(struct public_writer *writer)
{
    struct app *app = writer->app;
    struct buffer json BUFFER_CLEANUP = {0};
    struct store_case *cases;
    size_t count, informal = 0;
    buffer_init(&json, PAGE_MAX);
    const struct store_case_query query = {.open_only = true};
    int result = store_case_list(app->store, &query, writer->arena, &cases, &count);
    if (result < 0)
        return app_store_failed(app, result, writer->detail, "cases");
    for (size_t i = 0; i < count; i++)
        informal += !cases[i].published;
    buffer_printf(&json, "{\"status\":\"ok\",\"informal\":%zu}\n", informal);
    /* After the harmless one, which is in the batch already. */
    result = file_batch_settle(&writer->batch, writer->detail);
    return result < 0 ? result : public_write(writer, "health.json", &json);
}
#endif

int notice_write_files(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct public_writer writer = {.app = app, .arena = &arena, .detail = detail};
    struct published published;
    struct site site;
    arena_init(&arena, PUBLIC_ARENA_MAX);
    int result = public_make_folders(app, &arena, detail);
    if (result < 0)
        return result;
    result = load_published(app, &arena, &published, detail);
    notice_site(app, &arena, &site);
    for (size_t i = 0; result >= 0 && i < published.count; i++)
        result = write_notice(&writer, &published, i, &site);
    const struct notice_list list = {published.notices, published.count};
    if (result >= 0)
        result = write_listings(&writer, &list, &site);
    if (result >= 0)
        result = write_lists(&writer, &list, &site);
#ifdef LEAK_FOR_TESTS
    if (result >= 0)
        result = leak_health(&writer);
#endif
    result = public_finish(&writer, result);
    free_published(&published);
    app->pages_written |= result >= 0;
    return result;
}
