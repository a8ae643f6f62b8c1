/* Parts of what is told of one case: each sets a member of the result. */
#ifndef BAILIWICK_APP_QUERY_CASE_PARTS_H
#define BAILIWICK_APP_QUERY_CASE_PARTS_H

#include "app/casework/casefile.h"
#include "app/query.h"

/* "allegations": [{number, obligation, version, rulebook, clause, statement, subjects, first_day, last_day,
 * outcome, reason}] */
int query_put_allegations(struct query_call *call, const struct casefile *file);

/* "items": [{number, allegation, kind, asks, sha256, position, judgement, evidence}] of the letter
 * of the present stage; `evidence` is the SHA-256 of the last answer to it, "" for none. */
int query_put_items(struct query_call *call, const struct casefile *file);

/* "links": [{kind, object, linked_by, linked_at, unlinked_by, unlinked_at}], also those that were
 * taken back. */
int query_put_links(struct query_call *call, const struct casefile *file);

#endif
