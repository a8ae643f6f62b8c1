/* What a party brought along with an answer: bytes that are kept and never changed. */
#ifndef BAILIWICK_STORE_EXHIBIT_H
#define BAILIWICK_STORE_EXHIBIT_H

#include "base/digest.h"
#include "model/measurement.h"
#include "store/store.h"

struct store_exhibit {
    const char *case_id;
    uint32_t seq;         /* of the event that tells of the answer */
    uint32_t number;      /* among those of the answer, from 1 */
    struct digest sha256; /* of bytes */
    const char *media_type;
    const char *name;   /* of the file, as they call it; "" */
    int32_t collected;  /* civil day; 0 where nobody said it */
    uint64_t size;      /* of bytes; on the way in it is not looked at */
    struct bytes bytes; /* empty in lists */
};

/* ERR_DAMAGED when sha256 is not that of the bytes; ERR_CONFLICT without the event, and for a
 * number that is taken. */
int store_exhibit_put(struct store *store, const struct store_exhibit *exhibit);
/* Of a case, by event and number. */
int store_exhibit_list(struct store *store, const char *case_id, struct arena *arena,
                       struct store_exhibit **ret_exhibits, size_t *ret_count);
/* With bytes, checked against sha256 (ERR_DAMAGED). ERR_NOT_FOUND. */
int store_exhibit_find(struct store *store, const char *case_id, uint32_t seq, uint32_t number,
                       struct arena *arena, struct store_exhibit *ret_exhibit);

#endif
