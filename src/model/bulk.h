/* Many decisions that are looked at together before they are taken. The digest of what was looked
 * at names them: it is shown with the preview, said again to take them, and stands in each event,
 * by which they can be taken back together. */
#ifndef BAILIWICK_MODEL_BULK_H
#define BAILIWICK_MODEL_BULK_H

#include "base/digest.h"
#include "base/json.h"

#include <stdbool.h>

/* Of the command, what it says of all of them, and [{reference, version}, ...] in order. ERR_LIMIT
 * where it is more than 64 MiB as JSON. */
int bulk_digest(const char *command, const json_t *decision, const json_t *complaints,
                struct digest *ret_digest);

/* Whether what went wrong lies in the one that was decided; else no other one could be decided
 * either. */
bool bulk_is_refusal(int failure);

#endif
