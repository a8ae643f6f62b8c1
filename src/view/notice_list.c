/* Lists of notices: the newest few, all, and those of a kind of party, a state or a year. */
#include "view/notice.h"

#include "view/catalogue.h"
#include "view/notice_page.h"
#include "view/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {"", "registry", "registrar"};
static const char *const states[] = {"", "open", "cured", "suspended", "terminated", "withdrawn"};

enum { KINDS = sizeof kinds / sizeof *kinds, STATES = sizeof states / sizeof *states };

/* --- which notices a list has --- */

static bool is(const json_t *notice, const char *key, const char *wanted)
{
    const char *text = json_text(notice, key);
    return !wanted[0] || (text && strcmp(text, wanted) == 0);
}

static int year_of(const json_t *notice)
{
    const char *text = json_text(notice, "published_at");
    return text ? (int)strtol(text, NULL, 10) : 0;
}

static bool belongs(const json_t *notice, const struct notice_filter *filter)
{
    return is(notice, "party_kind", filter->party_kind) && is(notice, "state", filter->state) &&
           (!filter->ended || json_is_true(json_object_get(notice, "ended"))) &&
           (!filter->year || year_of(notice) == filter->year);
}

static struct notice_filter make_filter(const char *party_kind, const char *state)
{
    struct notice_filter filter = {.party_kind = party_kind, .state = state};
    snprintf(filter.name, sizeof filter.name, "%s%s%s", party_kind,
             party_kind[0] && state[0] ? "-" : "", state);
    return filter;
}

static bool has_year(const struct notice_filter *filters, size_t count, int year)
{
    for (size_t i = 0; i < count; i++) {
        if (filters[i].year == year)
            return true;
    }
    return false;
}

size_t notice_filters(const struct notice_list *list, struct notice_filter *filters)
{
    size_t count = 0;
    for (size_t k = 0; k < KINDS; k++) {
        for (size_t s = 0; s < STATES; s++) {
            if (k || s)
                filters[count++] = make_filter(kinds[k], states[s]);
        }
    }
    filters[count++] =
        (struct notice_filter){.name = "archive", .party_kind = "", .state = "", .ended = true};
    for (size_t i = 0; i < list->count && count < NOTICE_FILTERS_MAX; i++) {
        int year = year_of(list->notices[i]);
        if (year <= 0 || year > 9999 || has_year(filters, count, year))
            continue;
        filters[count] = (struct notice_filter){.party_kind = "", .state = "", .year = year};
        snprintf(filters[count++].name, sizeof filters->name, "%04d", year);
    }
    return count;
}

/* --- the page --- */

static json_t *link_json(const struct notice_filter *to, const struct notice_filter *here,
                         const char *words)
{
    CONTEXT_CLEANUP struct context link;
    context_init(&link);
    if (to->name[0])
        context_format(&link, "href", "/lists/%s", to->name);
    else
        context_text(&link, "href", "/notices");
    context_text(&link, "words", words);
    context_bool(&link, "current", strcmp(to->name, here->name) == 0);
    return context_error(&link) < 0 ? NULL : json_incref(link.json);
}

static void add_link(struct context *context, json_t *links, json_t *link)
{
    if (json_array_append_new(links, link) != 0 && !context->failure)
        context->failure = ERR_NO_MEMORY;
}

/* A choice of party keeps the state that is chosen, and the other way round. */
static void put_links(struct context *context, const struct notice_list *all,
                      const struct notice_filter *here, const struct catalogue *catalogue)
{
    struct notice_filter filters[NOTICE_FILTERS_MAX];
    size_t count = notice_filters(all, filters);
    json_t *by_kind = json_array(), *by_state = json_array(), *by_year = json_array();
    for (size_t i = 0; i < KINDS; i++) {
        const struct notice_filter to = make_filter(kinds[i], here->state);
        add_link(context, by_kind,
                 link_json(&to, here,
                           kinds[i][0] ? catalogue_word(catalogue, "parties", kinds[i])
                                       : catalogue_text(catalogue, "notices.all-parties")));
    }
    for (size_t i = 0; i < STATES; i++) {
        const struct notice_filter to = make_filter(here->party_kind, states[i]);
        add_link(context, by_state,
                 link_json(&to, here,
                           states[i][0] ? catalogue_word(catalogue, "state", states[i])
                                        : catalogue_text(catalogue, "notices.all-states")));
    }
    for (size_t i = 0; i < count; i++) {
        if (filters[i].ended || filters[i].year)
            add_link(context, by_year,
                     link_json(&filters[i], here,
                               filters[i].year ? filters[i].name
                                               : catalogue_text(catalogue, "notices.archive")));
    }
    context_take(context, "by_kind", by_kind);
    context_take(context, "by_state", by_state);
    context_take(context, "by_year", by_year);
}

static void put_title(struct context *context, const struct notice_filter *filter,
                      const struct catalogue *catalogue)
{
    const char *kind =
        filter->party_kind[0] ? catalogue_word(catalogue, "parties", filter->party_kind) : NULL;
    const char *state = filter->state[0] ? catalogue_word(catalogue, "state", filter->state) : NULL;
    const char *more = filter->ended ? catalogue_text(catalogue, "notices.archive") : NULL;
    if (filter->year)
        more = filter->name;
    const char *title = catalogue_text(catalogue, "notices.title");
    const char *first = kind ? kind : more;
    context_format(context, "title", "%s%s%s%s%s", title, first ? ": " : "", first ? first : "",
                   state ? (first ? ", " : ": ") : "", state ? state : "");
}

static int put_notices(struct context *context, const struct notice_list *list,
                       const struct notice_filter *filter, const struct catalogue *catalogue)
{
    json_t *views = json_array();
    int64_t changed_at = 0;
    int result = 0;
    for (size_t i = 0; i < list->count && result >= 0; i++) {
        json_t *view = NULL;
        if (filter && !belongs(list->notices[i], filter))
            continue;
        int64_t at = notice_changed_at(list->notices[i]);
        changed_at = at > changed_at ? at : changed_at;
        result = notice_view(list->notices[i], catalogue, &view);
        if (result >= 0)
            json_array_append_new(views, view);
    }
    notice_put_made(context, changed_at, catalogue);
    context_int(context, "count", (int64_t)json_array_size(views));
    context_take(context, "notices", views);
    return result < 0 ? result : context_error(context);
}

int notice_list_page(const struct notice_list *list, const struct notice_filter *filter,
                     const struct site *site, struct buffer *out, struct error_detail *detail)
{
    static const struct notice_filter everything = {.party_kind = "", .state = ""};
    const struct catalogue *catalogue = catalogue_find("en");
    const struct notice_filter *here = filter ? filter : &everything;
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    notice_put_site(&context, site, catalogue);
    put_title(&context, here, catalogue);
    put_links(&context, list, here, catalogue);
    int result = put_notices(&context, list, here, catalogue);
    if (result < 0)
        return error_set(detail, result, "notices.html: %s", error_text(result));
    const struct notice_frame page = {.template_name = "notices.html"};
    return notice_render(&page, &context, catalogue, out, detail);
}

int notice_index_page(const struct notice_list *list, const struct site *site, struct buffer *out,
                      struct error_detail *detail)
{
    enum { INDEX_MAX = 5 }; /* the latest few; /notices has all */
    const struct catalogue *catalogue = catalogue_find("en");
    const struct notice_list latest = {list->notices,
                                       list->count < INDEX_MAX ? list->count : INDEX_MAX};
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    notice_put_site(&context, site, catalogue);
    context_text(&context, "title", catalogue_text(catalogue, "index.title"));
    int result = put_notices(&context, &latest, /* filter= */ NULL, catalogue);
    if (result < 0)
        return error_set(detail, result, "index.html: %s", error_text(result));
    const struct notice_frame page = {.template_name = "index.html"};
    return notice_render(&page, &context, catalogue, out, detail);
}
