#include "view/staff_page.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/text.h"
#include "view/catalogue.h"
#include "view/context.h"
#include "view/markup.h"
#include "view/moment.h"
#include "view/template.h"
#include "view/timeline.h"

#include <stdio.h>
#include <string.h>

enum {
    STAFF_DEPTH_MAX = 12,        /* of a context; ours are five deep */
    STAFF_PAGE_MEMORY = 4 << 20, /* of the items of one timeline */
};

const char *staff_page_text(enum staff_page page)
{
    static const char *const texts[] = {
#define E(name, text) text,
        STAFF_PAGE_LIST(E)
#undef E
    };
    return page < STAFF_PAGE_COUNT ? texts[page] : "";
}

/* --- words for people, added to a copy of the context --- */

static bool is_moment_key(const char *key)
{
    static const char *const keys[] = {"at",     "begun_at", "seen_at", "ends_at", "observed",
                                       "from",   "until",    "sent",    "instant", "as_of",
                                       "served", "expires",  "answered"};
    return text_index(keys, sizeof keys / sizeof *keys, key) >= 0;
}

/* {"slug","words","symbol"}: the slug names the style, the symbol and the words carry the meaning.
 */
static json_t *verdict_view(const char *verdict, const struct catalogue *catalogue)
{
    char slug[32];
    snprintf(slug, sizeof slug, "%s", verdict);
    for (char *at = slug; *at; at++) {
        if (*at == ' ')
            *at = '-';
    }
    return json_pack("{s:s, s:s, s:s}", "slug", slug, "words",
                     catalogue_word(catalogue, "verdict", verdict), "symbol",
                     catalogue_word(catalogue, "symbol", verdict));
}

static json_t *add_words(const json_t *value, const struct catalogue *catalogue, int depth);

static json_t *member_words(const char *key, const json_t *value, const struct catalogue *catalogue,
                            int depth)
{
    const char *text = json_string_value(value);
    int64_t instant;
    if (text && is_moment_key(key) && civil_parse_instant(text, &instant) >= 0)
        return moment_json(catalogue, instant);
    if (text && strcmp(key, "verdict") == 0)
        return verdict_view(text, catalogue);
    if (text && strcmp(key, "type") == 0)
        return json_string(catalogue_word(catalogue, "event", text));
    return add_words(value, catalogue, depth + 1);
}

/* NULL when the context is nested too deeply, or memory is out. */
static json_t *add_words(const json_t *value, const struct catalogue *catalogue, int depth)
{
    if (depth > STAFF_DEPTH_MAX)
        return NULL;
    if (json_is_array(value)) {
        JSON_CLEANUP json_t *list = json_array();
        size_t index;
        json_t *element;
        json_array_foreach((json_t *)value, index, element)
        {
            if (json_array_append_new(list, add_words(element, catalogue, depth + 1)) != 0)
                return NULL;
        }
        return json_incref(list);
    }
    if (!json_is_object(value))
        return json_copy((json_t *)value);
    JSON_CLEANUP json_t *object = json_object();
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        if (json_object_set_new(object, key, member_words(key, member, catalogue, depth)) != 0)
            return NULL;
    }
    return json_incref(object);
}

/* --- the timeline of a case --- */

static enum timeline_tone tone_of(const json_t *event)
{
    static const char *const tones[] = {"plain", "good", "bad", "due"};
    const char *tone = json_text(event, "tone");
    int index = tone ? text_index(tones, sizeof tones / sizeof *tones, tone) : 0;
    return index < 0 ? TONE_PLAIN : (enum timeline_tone)index;
}

static void add_item(struct arena *arena, struct timeline_item **items, size_t *count,
                     const char *moment, struct timeline_item item)
{
    if (!moment || civil_parse_instant(moment, &item.at) < 0)
        return;
    struct timeline_item *at = arena_push(arena, items, count, sizeof *at);
    if (at)
        *at = item;
}

static int draw_case(const json_t *source, const struct catalogue *catalogue,
                     struct markup *ret_markup, struct error_detail *detail)
{
    ARENA_CLEANUP struct arena arena;
    arena_init(&arena, STAFF_PAGE_MEMORY);
    struct timeline_item *items = NULL;
    size_t count = 0, index;
    json_t *event;
    json_array_foreach(json_object_get(source, "events"), index, event)
    {
        const char *type = json_text(event, "type");
        add_item(
            &arena, &items, &count, json_text(event, "at"),
            (struct timeline_item){.label = catalogue_word(catalogue, "event", type ? type : ""),
                                   .tone = tone_of(event)});
    }
    add_item(&arena, &items, &count, json_text(json_object_get(source, "due"), "instant"),
             (struct timeline_item){.label = catalogue_text(catalogue, "staff.timeline-due"),
                                    .tone = TONE_DUE});
    return timeline_svg(items, count, catalogue_text(catalogue, "staff.timeline-title"), catalogue,
                        ret_markup, detail);
}

/* --- pages --- */

static void put_frame(struct context *context, const struct staff_frame *frame,
                      const struct catalogue *catalogue)
{
    context_text(context, "lang", catalogue->language);
    context_text(context, "authority_name", frame->authority_name);
    context_text(context, "user", frame->user);
    context_text(context, "role", frame->role);
    context_text(context, "csrf", frame->csrf);
    context_bool(context, "demo", frame->demo);
}

static const char *title_of(enum staff_page page, const struct catalogue *catalogue)
{
    switch (page) {
    case STAFF_PAGE_WORKLIST:
        return catalogue_text(catalogue, "staff.worklist");
    case STAFF_PAGE_MATRIX:
        return catalogue_text(catalogue, "staff.matrix");
    case STAFF_PAGE_PARTY:
        return catalogue_text(catalogue, "staff.party");
    case STAFF_PAGE_FINDING:
        return catalogue_text(catalogue, "staff.finding");
    case STAFF_PAGE_CASE:
        return catalogue_text(catalogue, "staff.case");
    case STAFF_PAGE_LETTER:
        return catalogue_text(catalogue, "staff.letter");
    case STAFF_PAGE_SESSION:
        return catalogue_text(catalogue, "staff.sessions");
    case STAFF_PAGE_DONE:
        return catalogue_text(catalogue, "staff.done");
    case STAFF_PAGE_LOGIN:
        return catalogue_text(catalogue, "staff.login");
    case STAFF_PAGE_ERROR:
    case STAFF_PAGE_COUNT:
        break;
    }
    return catalogue_text(catalogue, "staff.error");
}

struct staff_parts {
    enum staff_page page;
    const struct catalogue *catalogue;
    const struct markup *timeline;
};

/* The page's own template, then the frame around it. */
static int render(const struct staff_parts *parts, const json_t *context, struct buffer *out,
                  struct error_detail *detail)
{
    char name[32];
    snprintf(name, sizeof name, "%s.html", staff_page_text(parts->page));
    const struct template_markup timeline_row = {"timeline", parts->timeline};
    const struct template_request inner = {.context = context,
                                           .markups = &timeline_row,
                                           .markup_count = 1,
                                           .catalogue = parts->catalogue};
    MARKUP_CLEANUP struct markup body, whole;
    markup_init(&body);
    markup_init(&whole);
    int result = template_render_asset(name, &inner, &body, detail);
    if (result < 0)
        return result;
    const struct template_markup body_row = {"body", &body};
    const struct template_request outer = {
        .context = context, .markups = &body_row, .markup_count = 1, .catalogue = parts->catalogue};
    result = template_render_asset("staff.html", &outer, &whole, detail);
    return result < 0 ? result : buffer_append(out, whole.bytes.data, whole.bytes.size);
}

int staff_page_render(enum staff_page page, const json_t *source, const struct staff_frame *frame,
                      struct buffer *out, struct error_detail *detail)
{
    const struct catalogue *catalogue = catalogue_find("en");
    MARKUP_CLEANUP struct markup timeline;
    markup_init(&timeline);
    if (page == STAFF_PAGE_CASE) {
        int result = draw_case(source, catalogue, &timeline, detail);
        if (result < 0)
            return result;
    }
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    context_take(&context, "page", add_words(source, catalogue, 0));
    const char *name = json_text(source, page == STAFF_PAGE_PARTY ? "name" : "id");
    context_format(&context, "title", "%s%s%s", title_of(page, catalogue), name ? " " : "",
                   name ? name : "");
    put_frame(&context, frame, catalogue);
    int result = context_error(&context);
    if (result < 0)
        return error_set(detail, result, "%s: %s", staff_page_text(page), error_text(result));
    const struct staff_parts parts = {page, catalogue, &timeline};
    return render(&parts, context.json, out, detail);
}
