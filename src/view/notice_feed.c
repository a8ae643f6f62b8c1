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
    const json_t *notice, *update;
    const char *id;
    int64_t updated_at;
};

/* Equal moments by id, so that the order never depends on the store. */
static int compare(const void *a, const void *b)
{
    const struct feed_entry *x = a, *y = b;
    return x->updated_at != y->updated_at
               ? (x->updated_at < y->updated_at) - (x->updated_at > y->updated_at)
               : strcmp(y->id, x->id);
}

/* The one that was changed last first: what was withdrawn or corrected long after must not fall off
 * the end. */
static struct feed_entry *collect(const struct notice_list *list, struct arena *arena,
                                  size_t *ret_count)
{
    struct feed_entry *entries = NULL;
    size_t count = 0, index;
    const json_t *update;
    for (size_t i = 0; i < list->count; i++) {
        json_array_foreach(json_object_get(list->notices[i], "updates"), index, update)
        {
            struct feed_entry *slot = arena_push(arena, &entries, &count, sizeof *slot);
            if (!slot)
                return NULL;
            const char *text = json_text(update, "updated_at");
            *slot = (struct feed_entry){list->notices[i], update, json_text(update, "id"), 0};
            if (!text || !slot->id || civil_parse_instant(text, &slot->updated_at) < 0)
                return NULL;
        }
    }
    if (count)
        qsort(entries, count, sizeof *entries, compare);
    *ret_count = count < FEED_ENTRIES_MAX ? count : FEED_ENTRIES_MAX;
    return entries ? entries : arena_alloc(arena, 1);
}

/* What later entries say of this one goes first: a reader must not take it for what holds. */
static void put_content(struct context *context, const json_t *update,
                        const struct catalogue *catalogue)
{
    const char *text = json_text(update, "text"), *reason = json_text(update, "reason");
    const char *mark = NULL;
    if (json_text(update, "withdrawn_by") && json_text(update, "withdrawn_by")[0])
        mark = catalogue_text(catalogue, "feed.withdrawn");
    else if (json_text(update, "corrected_by") && json_text(update, "corrected_by")[0])
        mark = catalogue_text(catalogue, "feed.corrected");
    context_format(context, "text", "%s%s%s%s%s", mark ? mark : "", mark ? "\n\n" : "",
                   text ? text : "", reason && reason[0] ? "\n\n" : "", reason ? reason : "");
}

static json_t *entry_json(const struct feed_entry *entry, const struct site *site,
                          const struct catalogue *catalogue)
{
    const json_t *update = entry->update;
    const char *party = json_text(entry->notice, "party_name"),
               *notice = json_text(entry->notice, "id"), *kind = json_text(update, "kind"),
               *notice_kind = json_text(update, "notice_kind");
    if (!kind || !party || !notice || !notice_kind)
        return NULL;
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    context_format(&context, "id", "%s/notices/%s#%s", site->url, notice, entry->id);
    context_format(&context, "title", "%s: %s (%s)", catalogue_word(catalogue, "kind", notice_kind),
                   party, catalogue_word(catalogue, "update", kind));
    put_content(&context, update, catalogue);
    context_copy(&context, "at", update);
    context_copy(&context, "updated_at", update);
    context_bool(&context, "changed",
                 !json_equal(json_object_get(update, "at"), json_object_get(update, "updated_at")));
    context_text(&context, "kind", notice_kind);
    context_text(&context, "state", kind);
    return context_error(&context) < 0 ? NULL : json_incref(context.json);
}

static int put_entries(struct context *context, const struct notice_list *notices,
                       const struct site *site, const struct catalogue *catalogue)
{
    ARENA_CLEANUP struct arena arena;
    arena_init(&arena, FEED_MEMORY);
    size_t entry_count = 0;
    struct feed_entry *entries = collect(notices, &arena, &entry_count);
    if (!entries)
        return ERR_SYNTAX;
    json_t *list = json_array();
    bool whole = true;
    for (size_t i = 0; i < entry_count; i++)
        whole &= json_array_append_new(list, entry_json(&entries[i], site, catalogue)) == 0;
    context_take(context, "entries", list);
    char text[CIVIL_INSTANT_TEXT];
    int64_t updated = entry_count ? entries[0].updated_at : site->made_at;
    context_text(context, "updated", civil_format_instant(updated, text));
    return whole ? context_error(context) : ERR_SYNTAX;
}

int feed_atom(const struct notice_list *list, const struct site *site, struct buffer *out,
              struct error_detail *detail)
{
    const struct catalogue *catalogue = catalogue_find("en");
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    notice_put_site(&context, site, catalogue);
    int result = put_entries(&context, list, site, catalogue);
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
    if (json_is_true(json_object_get(entry, "changed")))
        json_out_member_text(json, "date_modified", json_text(entry, "updated_at"));
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

int feed_json(const struct notice_list *list, const struct site *site, struct buffer *out,
              struct error_detail *detail)
{
    const struct catalogue *catalogue = catalogue_find("en");
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    notice_put_site(&context, site, catalogue);
    int result = put_entries(&context, list, site, catalogue);
    if (result < 0)
        return error_set(detail, result, "feed: %s", error_text(result));
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
