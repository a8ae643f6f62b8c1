/* Rows that lead to a row which is not there. The store's foreign keys let none come about: whoever
 * finds one looks at a file that something else wrote. */
#ifndef BAILIWICK_STORE_LOST_H
#define BAILIWICK_STORE_LOST_H

#include "base/arena.h"
#include "store/store.h"

enum store_lost_kind {
    STORE_LOST_CASE, /* there are events of it, and no row */
    STORE_LOST_DEADLINE,
    STORE_LOST_LINK,
    STORE_LOST_COMPLAINT, /* the same as for a case */
    STORE_LOST_JOIN,
    STORE_LOST_LOOK,
    STORE_LOST_KINDS
};

struct store_lost {
    const char *key;    /* of the row; of a link its object */
    const char *parent; /* the case or complaint that is not there */
};

/* By key; a limit of 0 is STORE_PAGE_MAX. Reads all rows of the kind. */
int store_lost_list(struct store *store, enum store_lost_kind kind, size_t limit,
                    struct arena *arena, struct store_lost **ret_rows, size_t *ret_count);

#endif
