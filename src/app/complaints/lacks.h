/* What a complaint that was filed still lacks, of all that was said since: what its type asks for,
 * and what would close it, as when it was filed. */
#ifndef BAILIWICK_APP_COMPLAINTS_LACKS_H
#define BAILIWICK_APP_COMPLAINTS_LACKS_H

#include "app/complaints/record.h"
#include "cases/complaint.h"

struct lacks {
    const struct complaint_lack *list;
    size_t count;
};

/* `words` as addition_merge() gives them; what they name stands in the store. By the type of the
 * record in the rulebook of its day: ERR_DAMAGED where it has none of that name. */
int lacks_find(struct app *app, const struct complaint_record *record, const json_t *words,
               struct arena *arena, struct lacks *ret_lacks, struct error_detail *detail);

/* By kind and id, as "missing" of an addition. */
int lacks_put(const struct lacks *lacks, json_t *addition);

#endif
