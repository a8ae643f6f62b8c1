/* Complaints that came are sorted to those that they are like, when there is time for it. */
#include "app/core_parts.h"

#include "app/complaints/cluster.h"
#include "base/log.h"

enum {
    SORT_AT_ONCE = 200, /* some ten milliseconds, in which nobody is answered */
    MORE_PAUSE_US = 100000,
    PAUSE_US = 1000000,
    FAILED_PAUSE_US = 60000000,
};

void core_sort_complaints(struct core *core)
{
    struct error_detail detail = {0};
    struct store *store = core->app->store;
    if (clock_mono() < core->next_clusters_us)
        return;
    int result = store_begin(store);
    int sorted = result < 0 ? result : clusters_sort(core->app, SORT_AT_ONCE, &detail);
    result = sorted > 0 ? store_commit(store) : sorted;
    if (result < 0 || sorted == 0)
        store_rollback(store);
    if (result < 0)
        log_error("clusters of complaints: %s", error_words(&detail, result));
    core->next_clusters_us = clock_mono() + (result < 0               ? FAILED_PAUSE_US
                                             : sorted == SORT_AT_ONCE ? MORE_PAUSE_US
                                                                      : PAUSE_US);
}
