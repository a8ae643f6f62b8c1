#include "app/publish/formal_notice.h"

#include "base/civil.h"
#include "base/json.h"
#include "store/past_notice.h"
#include "store/publication.h"

#include <stdlib.h>
#include <string.h>

struct collecting {
    struct app *app;
    const struct formal_notice_query *query;
    struct arena *arena;
    struct formal_notice *list;
    size_t count;
};

static struct formal_notice *add(struct collecting *to)
{
    return arena_push(to->arena, &to->list, &to->count, sizeof(struct formal_notice));
}

static int add_imported(struct collecting *to, struct error_detail *detail)
{
    const struct store_past_query query = {to->query->party, to->query->from, to->query->until};
    struct store_past_notice *past;
    size_t count;
    int result = store_past_notice_list(to->app->store, &query, to->arena, &past, &count);
    if (result < 0)
        return app_store_failed(to->app, result, detail, "past notices");
    for (size_t i = 0; i < count; i++) {
        struct formal_notice *slot = add(to);
        if (!slot)
            return ERR_LIMIT;
        *slot = (struct formal_notice){.id = past[i].id,
                                       .kind = past[i].kind,
                                       .day = past[i].day,
                                       .cure_due = past[i].cure_due,
                                       .cured = past[i].cured,
                                       .suspended = past[i].suspended,
                                       .terminated = past[i].terminated,
                                       .clauses = past[i].clauses,
                                       .clause_count = past[i].clause_count,
                                       .imported = true,
                                       .source = past[i].source};
    }
    return 0;
}

/* --- ours, by their public records --- */

static int32_t day_of(const json_t *object, const char *key)
{
    const char *text = json_text(object, key);
    int64_t at;
    return text && civil_parse_instant(text, &at) >= 0 ? civil_day_of(at) : CIVIL_FAR_FUTURE;
}

static int32_t day_of_update(const json_t *notice, const char *kind)
{
    size_t index;
    const json_t *update;
    int32_t day = CIVIL_FAR_FUTURE;
    json_array_foreach(json_object_get(notice, "updates"), index, update)
    {
        const char *text = json_text(update, "kind");
        if (text && strcmp(text, kind) == 0)
            day = day_of(update, "at");
    }
    return day;
}

static int32_t cure_due(const json_t *notice)
{
    const json_t *cure = json_object_get(notice, "cure");
    const char *text = json_text(cure, "extended_date");
    int32_t day;
    if (!text)
        text = json_text(cure, "date");
    return text && civil_parse_date(text, &day) >= 0 ? day : CIVIL_FAR_FUTURE;
}

static int add_letter(struct collecting *to, const char *id, const json_t *notice,
                      const json_t *letter)
{
    int32_t day = day_of(letter, "sent_at");
    if (day < to->query->from || day >= to->query->until)
        return 0;
    struct formal_notice *slot = add(to);
    const char **clause = arena_array(to->arena, 1, sizeof *clause);
    if (!slot || !clause)
        return ERR_LIMIT;
    const char *kind = json_text(letter, "kind"), *words = json_text(notice, "clause");
    *clause = arena_copy_text(to->arena, words ? words : "");
    *slot = (struct formal_notice){
        .id = id,
        .kind = arena_copy_text(to->arena, kind ? kind : ""),
        .day = day,
        .cure_due = cure_due(notice),
        .cured = day_of_update(notice, "cured"),
        .suspended = day_of_update(notice, "suspended"),
        .terminated = day_of_update(notice, "terminated"),
        .clauses = clause,
        .clause_count = words != NULL,
        .source = arena_printf(to->arena, "%s/notices/%s", to->app->config.public_url, id)};
    return slot->kind && slot->source && *clause ? 0 : ERR_LIMIT;
}

static int add_own(struct collecting *to, const struct store_publication *publication,
                   struct error_detail *detail)
{
    json_t *document JSON_CLEANUP = NULL;
    size_t index;
    const json_t *letter;
    if (strcmp(publication->state, "withdrawn") == 0)
        return 0;
    int result = json_parse(publication->record, strlen(publication->record), &document, detail);
    const json_t *notice = json_object_get(document, "notice");
    json_array_foreach(json_object_get(notice, "letters"), index, letter)
    {
        if (result >= 0)
            result = add_letter(to, publication->notice, notice, letter);
    }
    return result < 0 ? error_context(detail, result, "notice %s", publication->notice) : 0;
}

static int compare(const void *a, const void *b)
{
    const struct formal_notice *x = a, *y = b;
    return x->day != y->day ? (x->day > y->day) - (x->day < y->day) : strcmp(x->id, y->id);
}

int formal_notice_list(struct app *app, const struct formal_notice_query *query,
                       struct arena *arena, struct formal_notice **ret_notices, size_t *ret_count,
                       struct error_detail *detail)
{
    struct collecting to = {.app = app, .query = query, .arena = arena};
    struct store_publication *own;
    size_t count;
    int result = add_imported(&to, detail);
    if (result < 0)
        return result;
    result = store_publication_list_party(app->store, query->party, arena, &own, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "publications of a party");
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = add_own(&to, &own[i], detail);
    if (result < 0)
        return result;
    if (to.count)
        qsort(to.list, to.count, sizeof *to.list, compare);
    *ret_notices = to.list;
    *ret_count = to.count;
    return 0;
}
