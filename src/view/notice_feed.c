#include "base/arena.h"
#include "base/civil.h"
#include "view/catalogue.h"
#include "view/markup.h"
#include "view/notice_page.h"
#include "view/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEED_MEMORY = 64 << 20,
    TITLE_MAX = 4096, /* a sentence with the authority's name in it */
};

struct feed_entry {
    const struct notice_record *record;
    const struct notice_update *update;
};

/* Newest first; equal moments by id, so that the order never depends on the store. */
static int compare(const void *a, const void *b)
{
    const struct notice_update *x = ((const struct feed_entry *)a)->update;
    const struct notice_update *y = ((const struct feed_entry *)b)->update;
    return x->at != y->at ? (x->at < y->at) - (x->at > y->at) : strcmp(y->id, x->id);
}

static struct feed_entry *collect(const struct notice_record *records, size_t count,
                                  struct arena *arena, size_t *ret_count)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        total += records[i].update_count;
    struct feed_entry *entries = arena_array(arena, total + 1, sizeof *entries);
    if (!entries)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < records[i].update_count; k++)
            entries[at++] = (struct feed_entry){&records[i], &records[i].updates[k]};
    }
    qsort(entries, total, sizeof *entries, compare);
    *ret_count = total < FEED_ENTRIES_MAX ? total : FEED_ENTRIES_MAX;
    return entries;
}

/* Entries are taken from the public projection, so a field that the table hides is empty here. */
static json_t *entry_json(const struct feed_entry *entry, const struct site *site,
                          const struct catalogue *catalogue)
{
    JSON_CLEANUP json_t *view = NULL;
    if (notice_view(entry->record, catalogue, &view) < 0)
        return NULL;
    size_t index = (size_t)(entry->update - entry->record->updates);
    const json_t *update = json_array_get(json_object_get(view, "updates"), index);
    const char *kind = json_text(view, "kind_words"), *party = json_text(view, "party_name");
    const char *words = json_text(update, "kind_words"), *id = json_text(update, "id");
    if (!kind || !party || !words || !id)
        return NULL;
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    context_format(&context, "id", "%s/notices/%s#%s", site->url, entry->record->id, id);
    context_format(&context, "title", "%s: %s (%s)", kind, party, words);
    context_copy(&context, "text", update);
    context_text(&context, "at", json_text(json_object_get(update, "moment"), "iso"));
    context_text(&context, "kind", entry->record->kind);
    context_text(&context, "state", entry->update->kind);
    return context_error(&context) < 0 ? NULL : json_incref(context.json);
}

static int put_entries(struct context *context, const struct notice_record *records, size_t count,
                       const struct site *site, const struct catalogue *catalogue)
{
    ARENA_CLEANUP struct arena arena;
    arena_init(&arena, FEED_MEMORY);
    size_t entry_count = 0;
    struct feed_entry *entries = collect(records, count, &arena, &entry_count);
    if (!entries)
        return ERR_LIMIT;
    json_t *list = json_array();
    for (size_t i = 0; i < entry_count; i++)
        json_array_append_new(list, entry_json(&entries[i], site, catalogue));
    bool whole = json_array_size(list) == entry_count;
    context_take(context, "entries", list);
    int64_t updated = entry_count ? entries[0].update->at : site->made_at;
    char text[CIVIL_INSTANT_TEXT];
    context_text(context, "updated", civil_format_instant(updated, text));
    return whole ? context_error(context) : ERR_SYNTAX;
}

int feed_atom(const struct notice_record *records, size_t count, const struct site *site,
              struct buffer *out, struct error_detail *detail)
{
    const struct catalogue *catalogue = catalogue_find("en");
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    notice_put_site(&context, site, catalogue);
    int result = put_entries(&context, records, count, site, catalogue);
    if (result < 0)
        return error_set(detail, result, "feed: %s", error_text(result));
    MARKUP_CLEANUP struct markup feed;
    markup_init(&feed);
    const struct template_request request = {.context = context.json, .catalogue = catalogue};
    result = template_render_asset("feed.atom", &request, &feed, detail);
    return result < 0 ? result : buffer_append(out, feed.bytes.data, feed.bytes.size);
}

static void write_item(struct json_out *json, const json_t *entry)
{
    json_out_object(json);
    json_out_member_text(json, "id", json_text(entry, "id"));
    json_out_member_text(json, "url", json_text(entry, "id"));
    json_out_member_text(json, "title", json_text(entry, "title"));
    json_out_member_text(json, "content_text", json_text(entry, "text"));
    json_out_member_text(json, "date_published", json_text(entry, "at"));
    json_out_key(json, "tags");
    json_out_array(json);
    json_out_text(json, json_text(entry, "kind"));
    json_out_text(json, json_text(entry, "state"));
    json_out_end(json);
    json_out_end(json);
}

/* The texts of the catalogue are templates themselves. */
static int write_title(struct json_out *json, const struct context *context,
                       const struct catalogue *catalogue)
{
    const char *text = catalogue_text(catalogue, "feed.title");
    const struct template_request request = {
        .form = TEMPLATE_BARE, .strict = true, .context = context->json};
    BUFFER_CLEANUP struct buffer title;
    buffer_init(&title, TITLE_MAX);
    int result =
        template_render("feed.title", text, strlen(text), &request, &title, /* detail= */ NULL);
    if (result >= 0)
        json_out_member_text(json, "title", buffer_text(&title));
    return result;
}

static void write_head(struct json_out *json, const struct site *site,
                       const struct catalogue *catalogue)
{
    char url[400];
    json_out_member_text(json, "version", "https://jsonfeed.org/version/1.1");
    snprintf(url, sizeof url, "%.300s/notices", site->url);
    json_out_member_text(json, "home_page_url", url);
    snprintf(url, sizeof url, "%.300s/feed.json", site->url);
    json_out_member_text(json, "feed_url", url);
    json_out_member_text(json, "language", catalogue->language);
    json_out_key(json, "authors");
    json_out_array(json);
    json_out_object(json);
    json_out_member_text(json, "name", site->authority_name);
    json_out_end(json);
    json_out_end(json);
}

int feed_json(const struct notice_record *records, size_t count, const struct site *site,
              struct buffer *out)
{
    const struct catalogue *catalogue = catalogue_find("en");
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    notice_put_site(&context, site, catalogue);
    int result = put_entries(&context, records, count, site, catalogue);
    if (result < 0)
        return result;
    struct json_out json;
    json_out_init(&json, out, /* indent= */ true);
    json_out_object(&json);
    result = write_title(&json, &context, catalogue);
    if (result < 0)
        return result;
    write_head(&json, site, catalogue);
    json_out_key(&json, "items");
    json_out_array(&json);
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(context.json, "entries"), index, entry)
    {
        write_item(&json, entry);
    }
    json_out_end(&json);
    json_out_end(&json);
    return buffer_error(out);
}
