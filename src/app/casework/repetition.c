#include "app/casework/repetition.h"

#include "base/civil.h"

/* The same day so many months ago, or the last one of that month. */
static int32_t months_before(int32_t day, unsigned months)
{
    int year, month, of_month;
    civil_from_days(day, &year, &month, &of_month);
    int back = year * 12 + month - 1 - (int)months;
    int32_t first = civil_days(back / 12, back % 12 + 1, 1);
    int32_t next = civil_days((back + 1) / 12, (back + 1) % 12 + 1, 1);
    return first + of_month - 1 < next ? first + of_month - 1 : next - 1;
}

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

int repetition_count(struct casefile *file, unsigned months, uint32_t *ret_count,
                     struct error_detail *detail)
{
    struct app *app = file->app;
    struct store_case_query query = {.party = file->record.party};
    struct store_case *page;
    size_t count;
    int32_t today = civil_day_of(clock_wall(&app->clock));
    int64_t since = (int64_t)months_before(today, months) * CIVIL_DAY_US;
    *ret_count = 0;
    do {
        int result = store_case_list(app->store, &query, &file->arena, &page, &count);
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
