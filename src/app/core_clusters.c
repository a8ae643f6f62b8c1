/* Complaints that came are sorted to those that they are like, when there is time for it. */
#include "app/core_parts.h"

#include "app/complaints/cluster.h"
#include "base/log.h"

enum {
    SORT_AT_ONCE = 200,
    SORT_STEP = 10,
    SORT_US = 8000, /* in which nobody is answered */
    MORE_PAUSE_US = 100000,
    PAUSE_US = 1000000,
    FAILED_PAUSE_US = 60000000,
};

/* How long one takes depends on what it is compared with: so the clock says when it is enough. */
static int sort_some(struct core *core, bool *ret_more, struct error_detail *detail)
{
    const int64_t until = clock_mono() + SORT_US;
    int sorted = SORT_STEP, all = 0;
    while (sorted == SORT_STEP && all < SORT_AT_ONCE && clock_mono() < until) {
        sorted = clusters_sort(core->app, SORT_STEP, detail);
        if (sorted < 0)
            return sorted;
        all += sorted;
    }
    *ret_more = sorted == SORT_STEP;
    return all;
}

void core_sort_complaints(struct core *core)
{
    struct error_detail detail = {0};
    struct store *store = core->app->store;
    if (clock_mono() < core->next_clusters_us)
        return;
    int result = store_begin(store);
    bool more = false;
    int sorted = result < 0 ? result : sort_some(core, &more, &detail);
    result = sorted > 0 ? store_commit(store) : sorted;
    if (result < 0 || sorted == 0)
        store_rollback(store);
    if (result < 0)
        log_error("clusters of complaints: %s", error_words(&detail, result));
    core->next_clusters_us = clock_mono() + (result < 0 ? FAILED_PAUSE_US
                                             : more     ? MORE_PAUSE_US
                                                        : PAUSE_US);
}
