#include "app/casework/repetition.h"

#include "base/civil.h"
#include "store/past_notice.h"

#include <string.h>

static int count_case(struct app *app, const char *id, int64_t since, uint32_t *count,
                      struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_explanation *rows;
    uint32_t found = 0;
    int result = casefile_open(app, id, &file, detail);
    if (result >= 0)
        result = casefile_explain(&file, &file.arena, &rows, detail);
    for (size_t i = 0; result >= 0 && i < file.event_count; i++) {
        const struct case_event *event = rows[i].event;
        if (event->type == CASE_RESCINDED)
            found = 0;
        found += event->type == CASE_NOTICE_SENT && rows[i].from->kind == STAGE_BREACH &&
                 event->at >= since;
    }
    *count += found;
    return result;
}

/* Those of before this house was: two people imported them. */
static int count_imported(struct casefile *file, const struct store_past_query *query,
                          uint32_t *count, struct error_detail *detail)
{
    struct store_past_notice *past;
    size_t size;
    int result = store_past_notice_list(file->app->store, query, &file->arena, &past, &size);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "past notices");
    for (size_t i = 0; i < size; i++)
        *count += strcmp(past[i].kind, stage_kind_text(STAGE_BREACH)) == 0;
    return 0;
}

int repetition_count(struct casefile *file, unsigned months, uint32_t *ret_count,
                     struct error_detail *detail)
{
    struct app *app = file->app;
    struct store_case_query query = {.party = file->record.party};
    struct store_case *page;
    size_t count;
    int32_t today = civil_day_of(clock_wall(&app->clock));
    int32_t first = civil_add_months(today, -(int)months);
    const struct store_past_query past = {file->record.party, first, today + 1};
    int64_t since = first * CIVIL_DAY_US;
    *ret_count = 0;
    int result = count_imported(file, &past, ret_count, detail);
    if (result < 0)
        return result;
    do {
        result = store_case_list(app->store, &query, &file->arena, &page, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "cases of a party");
        for (size_t i = 0; i < count; i++) {
            if (!page[i].published)
                continue;
            result = count_case(app, page[i].id, since, ret_count, detail);
            if (result < 0)
                return result;
        }
        query.after = count ? page[count - 1].id : query.after;
    } while (count == STORE_PAGE_MAX);
    return 0;
}
