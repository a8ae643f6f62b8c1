/* Parts of what is told of one case: each sets a member of the result. */
#ifndef BAILIWICK_APP_QUERY_CASE_PARTS_H
#define BAILIWICK_APP_QUERY_CASE_PARTS_H

#include "app/casework/casefile.h"
#include "app/query.h"

/* Day by day from effective service, and whatever moved the date since: a list of texts, empty when
 * no clock runs. New reference. */
json_t *query_due_trace(const struct case_state *state);

/* "allegations": [{number, obligation, version, rulebook, clause, statement, subjects, first_day,
 * last_day, outcome, reason}] */
int query_put_allegations(struct query_call *call, const struct casefile *file);

/* "items": [{number, allegation, kind, asks, sha256, position, judgement, evidence}] of the letter
 * of the present stage; `evidence` is the SHA-256 of the last answer to it, "" for none. */
int query_put_items(struct query_call *call, const struct casefile *file);

/* "links": [{kind, object, linked_by, linked_at, unlinked_by, unlinked_at}], also those that were
 * taken back. */
int query_put_links(struct query_call *call, const struct casefile *file);

/* "conduct": {notices: [{stage, step, served, expires, answered, late, overdue, end}],
 * unreachable, put_right, cured_late, counts}. */
int query_put_conduct(struct query_call *call, const struct casefile *file);

/* "family": {family, from_day, until_day, members: [{party, name, from_day, until_day}]} of the
 * party's present family, null for none. For staff alone. */
int query_put_family(struct query_call *call, const char *party);

/* "service": [{letter, kind, state, attempts: [{number, channel, to, outcome, words, proof, at}],
 * next}], oldest first; "task": what waits for a person when a letter came back, or waited last;
 * "decision": how that ended. */
int query_put_service(struct query_call *call, struct casefile *file);

#endif
