/* Which decisions about complaints were taken together: an index of complaint_event by the batch
 * that its data name. */
#ifndef BAILIWICK_STORE_BATCH_H
#define BAILIWICK_STORE_BATCH_H

#include "base/digest.h"
#include "store/store.h"

struct store_batch_item {
    struct digest batch; /* of what was looked at before */
    const char *reference;
    uint32_t seq; /* of the event */
};

/* ERR_CONFLICT when the batch has that complaint. */
int store_batch_put(struct store *store, const struct store_batch_item *item);
/* By reference, from behind `after` on (NULL: from the first). */
int store_batch_list(struct store *store, const struct digest *batch, const char *after,
                     size_t limit, struct arena *arena, struct store_batch_item **ret_items,
                     size_t *ret_count);

#endif
