/* How soon a complaint is read, of those that wait: by what its type says of its answers, or by
 * what a person said. A priority only orders; each complaint is read all the same. */
#ifndef BAILIWICK_APP_COMPLAINTS_PRIORITY_H
#define BAILIWICK_APP_COMPLAINTS_PRIORITY_H

#include "app/complaints/record.h"
#include "app/query.h"
#include "rulebook/complaint.h"

/* By the answers of `words`, as addition_merge() gives them. ERR_LIMIT. */
int priority_by_words(const struct complaint_type *type, const json_t *words, struct arena *arena,
                      enum complaint_priority *ret_priority);

/* Puts `priority_reasons` into `full`: why it has the priority that stands there, and what else
 * speaks for reading it soon. `full` has what complaint.show has by then; `words` as
 * addition_merge() gives them, NULL where they were erased. */
int priority_put(struct query_call *call, const struct complaint_record *record,
                 const json_t *words, json_t *full);

#endif
