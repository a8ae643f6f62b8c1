#include "app/query/hands.h"

#include "app/absence.h"

#include <stdlib.h>
#include <string.h>

struct gathering {
    struct query_call *call;
    struct store_case *cases;
    size_t count;
};

static int list(struct query_call *call, const struct store_case_query *query,
                struct store_case **ret_cases, size_t *ret_count)
{
    int result = store_case_list(call->app->store, query, call->arena, ret_cases, ret_count);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "cases") : 0;
}

/* Up to a page of what is in one pair of hands, and where `deputy` is not NULL is not closed to
 * them: a page that recusal made shorter is no sign of the end. */
static int gather(struct gathering *all, struct store_case_query query, const char *deputy)
{
    struct store_case *page;
    size_t count, taken = 0;
    const char *stands_in;
    do {
        int result = list(all->call, &query, &page, &count);
        for (size_t i = 0; result >= 0 && i < count && taken < STORE_PAGE_MAX; i++) {
            if (deputy)
                result = absence_deputy_in(all->call->app, &page[i], all->call->arena, &stands_in,
                                           all->call->detail);
            if (result < 0 || (deputy && strcmp(stands_in, deputy) != 0))
                continue;
            all->cases[all->count++] = page[i];
            taken++;
        }
        if (result < 0)
            return result;
        query.after = count ? page[count - 1].id : "";
    } while (count == STORE_PAGE_MAX && taken < STORE_PAGE_MAX);
    return 0;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct store_case *)a)->id, ((const struct store_case *)b)->id);
}

int hands_list(struct query_call *call, const struct store_case_query *query,
               struct store_case **ret_cases, size_t *ret_count)
{
    struct gathering all = {.call = call};
    struct store_case_query of_one = *query;
    const char **covered = NULL;
    size_t count = 0;
    if (!query->handler || !query->handler[0])
        return list(call, query, ret_cases, ret_count);
    int result =
        absence_covered(call->app, query->handler, call->arena, &covered, &count, call->detail);
    if (result < 0)
        return result;
    all.cases = arena_array(call->arena, (count + 1) * STORE_PAGE_MAX, sizeof *all.cases);
    if (!all.cases)
        return ERR_LIMIT;
    result = gather(&all, of_one, /* deputy= */ NULL);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        of_one.handler = covered[i];
        result = gather(&all, of_one, query->handler);
    }
    if (result < 0)
        return result;
    qsort(all.cases, all.count, sizeof *all.cases, by_id);
    *ret_cases = all.cases;
    *ret_count = all.count < STORE_PAGE_MAX ? all.count : STORE_PAGE_MAX;
    return 0;
}

int hands_put_deputy(struct query_call *call, const struct store_case *record, json_t *row)
{
    const char *deputy;
    int result = absence_deputy_in(call->app, record, call->arena, &deputy, call->detail);
    if (result < 0)
        return result;
    return json_object_set_new(row, "deputy", json_string(deputy)) < 0 ? ERR_NO_MEMORY : 0;
}
