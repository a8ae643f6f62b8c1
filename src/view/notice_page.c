#include "view/notice_page.h"

#include "base/arena.h"
#include "base/civil.h"
#include "view/catalogue.h"
#include "view/moment.h"
#include "view/template.h"
#include "view/timeline.h"

#include <string.h>

enum { NOTICE_PAGE_MEMORY = 4 << 20 };

/* --- words --- */

static void put_words(struct context *view, const char *key, const json_t *from,
                      const char *word_key, const char *prefix, const struct catalogue *catalogue)
{
    const char *word = json_text(from, word_key);
    context_text(view, key, word ? catalogue_word(catalogue, prefix, word) : NULL);
}

static void put_day(struct context *view, const char *key, const json_t *cure, const char *cure_key,
                    const struct catalogue *catalogue)
{
    const char *date = json_text(cure, cure_key), *zone = json_text(cure, "zone");
    int32_t days;
    if (date && civil_parse_date(date, &days) >= 0)
        context_take(view, key, moment_date_json(catalogue, days, zone ? zone : "UTC"));
    else
        context_take(view, key, json_null());
}

/* What the date of a notice of this kind means. */
static const char *due_words(const struct catalogue *catalogue, const char *kind)
{
    const char *words = kind ? catalogue_word(catalogue, "due", kind) : NULL;
    return words == kind ? catalogue_text(catalogue, "due.breach") : words;
}

static json_t *update_view(const json_t *update, const struct catalogue *catalogue)
{
    static const char *const fields[] = {"id",     "text",  "kind",         "notice_kind",
                                         "reason", "about", "corrected_by", "withdrawn_by"};
    CONTEXT_CLEANUP struct context view;
    context_init(&view);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        context_copy(&view, fields[i], update);
    context_moment(&view, "moment", update, "at", catalogue);
    context_moment(&view, "updated", update, "updated_at", catalogue);
    put_words(&view, "kind_words", update, "kind", "update", catalogue);
    put_words(&view, "notice_words", update, "notice_kind", "kind", catalogue);
    return context_error(&view) < 0 ? NULL : json_incref(view.json);
}

static json_t *correction_view(const json_t *correction, const struct catalogue *catalogue)
{
    CONTEXT_CLEANUP struct context view;
    context_init(&view);
    context_copy(&view, "id", correction);
    context_copy(&view, "about", correction);
    context_moment(&view, "moment", correction, "at", catalogue);
    context_copy(&view, "old", correction);
    context_copy(&view, "new", correction);
    context_copy(&view, "reason", correction);
    return context_error(&view) < 0 ? NULL : json_incref(view.json);
}

typedef json_t *element_view(const json_t *element, const struct catalogue *catalogue);

static json_t *redaction_view(const json_t *redaction, const struct catalogue *catalogue)
{
    CONTEXT_CLEANUP struct context view;
    context_init(&view);
    context_copy(&view, "reason", redaction);
    context_moment(&view, "moment", redaction, "at", catalogue);
    return context_error(&view) < 0 ? NULL : json_incref(view.json);
}

static void put_list(struct context *view, const char *key, const json_t *from, element_view *make,
                     const struct catalogue *catalogue)
{
    json_t *list = json_array(), *element;
    size_t index;
    json_array_foreach(json_object_get(from, key), index, element)
    {
        if (json_array_append_new(list, make(element, catalogue)) != 0)
            view->failure = ERR_SYNTAX;
    }
    context_take(view, key, list);
}

static json_t *letter_view(const json_t *letter, const struct catalogue *catalogue)
{
    CONTEXT_CLEANUP struct context view;
    context_init(&view);
    put_words(&view, "kind_words", letter, "kind", "kind", catalogue);
    context_moment(&view, "moment", letter, "sent_at", catalogue);
    context_copy(&view, "subject", letter);
    context_copy(&view, "sha256", letter);
    context_copy(&view, "text", letter);
    put_list(&view, "redactions", letter, redaction_view, catalogue);
    return context_error(&view) < 0 ? NULL : json_incref(view.json);
}

static void put_statement(struct context *view, const json_t *notice,
                          const struct catalogue *catalogue)
{
    const json_t *statement = json_object_get(notice, "party_statement");
    if (!json_is_object(statement)) {
        context_take(view, "party_statement", json_null());
        return;
    }
    CONTEXT_CLEANUP struct context part;
    context_init(&part);
    context_copy(&part, "text", statement);
    context_moment(&part, "moment", statement, "at", catalogue);
    context_take(view, "party_statement", json_incref(part.json));
}

/* Strict templates want every field; what the audience may not see is absent for good reason. */
static void put_fields(struct context *view, const json_t *notice)
{
    static const char *const fields[] = {"id",         "kind",       "case",      "party_id",
                                         "party_name", "iana_id",    "tld",       "subject",
                                         "document",   "obligation", "statement", "clause",
                                         "state",      "effect",     "evidence",  "rulebook"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        context_copy(view, fields[i], notice);
}

static bool is_withdrawn(const json_t *notice)
{
    const char *state = json_text(notice, "state");
    return state && strcmp(state, "withdrawn") == 0;
}

int notice_view(const json_t *notice, const struct catalogue *catalogue, json_t **ret_view)
{
    const json_t *cure = json_object_get(notice, "cure");
    CONTEXT_CLEANUP struct context view;
    context_init(&view);
    put_fields(&view, notice);
    put_words(&view, "kind_words", notice, "kind", "kind", catalogue);
    put_words(&view, "state_words", notice, "state", "state", catalogue);
    context_bool(&view, "withdrawn", is_withdrawn(notice));
    context_moment(&view, "sent", notice, "sent_at", catalogue);
    context_moment(&view, "published", notice, "published_at", catalogue);
    context_moment(&view, "next_update", notice, "next_update_due", catalogue);
    context_moment(&view, "overdue", notice, "overdue_since", catalogue);
    context_bool(&view, "has_evidence", json_array_size(json_object_get(notice, "evidence")) > 0);
    context_text(&view, "due_words", due_words(catalogue, json_text(notice, "kind")));
    put_day(&view, "due", cure, "date", catalogue);
    put_day(&view, "extended", cure, "extended_date", catalogue);
    context_moment(&view, "due_instant", cure, "instant", catalogue);
    context_copy(&view, "trace", cure);
    put_list(&view, "updates", notice, update_view, catalogue);
    put_list(&view, "corrections", notice, correction_view, catalogue);
    context_bool(&view, "has_corrections",
                 json_array_size(json_object_get(notice, "corrections")) > 0);
    put_list(&view, "letters", notice, letter_view, catalogue);
    put_statement(&view, notice, catalogue);
    int result = context_error(&view);
    if (result < 0)
        return result;
    *ret_view = json_incref(view.json);
    return 0;
}

/* --- the frame --- */

void notice_put_site(struct context *context, const struct site *site,
                     const struct catalogue *catalogue)
{
    context_text(context, "lang", catalogue->language);
    context_text(context, "site_url", site->url);
    context_text(context, "authority_name", site->authority_name);
    context_text(context, "authority_short", site->authority_short);
    context_text(context, "contact_email", site->contact_email);
    context_format(context, "contact_link", "mailto:%s", site->contact_email);
    context_text(context, "rulebook_version", site->rulebook_version);
    context_text(context, "log_origin", site->log_origin);
    context_bool(context, "demo", site->demo);
}

int64_t notice_changed_at(const json_t *notice)
{
    int64_t changed_at = 0;
    size_t index;
    const json_t *update;
    json_array_foreach(json_object_get(notice, "updates"), index, update)
    {
        const char *text = json_text(update, "updated_at");
        int64_t at;
        if (text && civil_parse_instant(text, &at) >= 0 && at > changed_at)
            changed_at = at;
    }
    return changed_at;
}

void notice_put_made(struct context *context, int64_t changed_at, const struct catalogue *catalogue)
{
    if (changed_at)
        context_take(context, "made", moment_json(catalogue, changed_at));
    else
        context_bool(context, "made", false);
}

int notice_render(const struct notice_frame *page, struct context *context,
                  const struct catalogue *catalogue, struct buffer *out,
                  struct error_detail *detail)
{
    int result = context_error(context);
    if (result < 0)
        return error_set(detail, result, "%s: %s", page->template_name, error_text(result));
    const struct template_request inner = {.context = context->json,
                                           .markups = page->markups,
                                           .markup_count = page->markup_count,
                                           .catalogue = catalogue};
    MARKUP_CLEANUP struct markup body, whole;
    markup_init(&body);
    markup_init(&whole);
    result = template_render_asset(page->template_name, &inner, &body, detail);
    if (result < 0)
        return result;
    context_bool(context, "no_index", page->no_index);
    const struct template_markup body_row = {"body", &body};
    const struct template_request outer = {
        .context = context->json, .markups = &body_row, .markup_count = 1, .catalogue = catalogue};
    result = context_error(context);
    if (result >= 0)
        result = template_render_asset("public.html", &outer, &whole, detail);
    if (result < 0)
        return result;
    return buffer_append(out, whole.bytes.data, whole.bytes.size);
}

/* --- one notice --- */

static enum timeline_tone tone_of(const char *kind)
{
    if (strcmp(kind, "cured") == 0)
        return TONE_GOOD;
    if (strcmp(kind, "suspended") == 0 || strcmp(kind, "terminated") == 0 ||
        strcmp(kind, "not-renewed") == 0)
        return TONE_BAD;
    return TONE_PLAIN;
}

static void add_item(struct arena *arena, struct timeline_item **items, size_t *count,
                     struct timeline_item item)
{
    struct timeline_item *at = arena_push(arena, items, count, sizeof *at);
    if (at)
        *at = item;
}

/* A moment of the record that has not come, or may not have. */
static void add_due(struct arena *arena, struct timeline_item **items, size_t *count,
                    const json_t *from, const char *key, const char *label)
{
    const char *text = json_text(from, key);
    int64_t at;
    if (text && civil_parse_instant(text, &at) >= 0)
        add_item(arena, items, count, (struct timeline_item){at, label, TONE_DUE});
}

static int draw_timeline(const json_t *notice, const struct catalogue *catalogue,
                         struct markup *ret_markup, struct error_detail *detail)
{
    ARENA_CLEANUP struct arena arena;
    arena_init(&arena, NOTICE_PAGE_MEMORY);
    struct timeline_item *items = NULL;
    size_t count = 0, index;
    const json_t *update, *cure = json_object_get(notice, "cure");
    json_array_foreach(json_object_get(notice, "updates"), index, update)
    {
        const char *kind = json_text(update, "kind"), *text = json_text(update, "at");
        int64_t at;
        if (kind && text && civil_parse_instant(text, &at) >= 0)
            add_item(&arena, &items, &count,
                     (struct timeline_item){at, catalogue_word(catalogue, "update", kind),
                                            tone_of(kind)});
    }
    add_due(&arena, &items, &count, cure, "instant",
            due_words(catalogue, json_text(notice, "kind")));
    add_due(&arena, &items, &count, cure, "extended_instant",
            catalogue_text(catalogue, "timeline.extended-due"));
    add_due(&arena, &items, &count, notice, "next_update_due",
            catalogue_text(catalogue, "timeline.next-update"));
    return timeline_svg(items, count, catalogue_text(catalogue, "timeline.title"), catalogue,
                        ret_markup, detail);
}

int notice_page(const json_t *notice, const struct site *site, struct buffer *out,
                struct error_detail *detail)
{
    const struct catalogue *catalogue = catalogue_find("en");
    JSON_CLEANUP json_t *view = NULL;
    MARKUP_CLEANUP struct markup timeline;
    markup_init(&timeline);
    int result = notice_view(notice, catalogue, &view);
    if (result >= 0)
        result = draw_timeline(notice, catalogue, &timeline, detail);
    if (result < 0)
        return result;
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    notice_put_site(&context, site, catalogue);
    notice_put_made(&context, notice_changed_at(notice), catalogue);
    context_take(&context, "notice", json_incref(view));
    const struct template_markup markups[] = {{"timeline", &timeline}};
    context_format(&context, "title", "%s: %s", json_text(view, "kind_words"),
                   json_text(view, "party_name"));
    const struct notice_frame page = {.template_name = "notice.html",
                                      .no_index = is_withdrawn(notice),
                                      .markups = markups,
                                      .markup_count = sizeof markups / sizeof *markups};
    return notice_render(&page, &context, catalogue, out, detail);
}
