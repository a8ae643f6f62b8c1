/* The report that a complainant can send to the party first, ready made: where its type wants that
 * the party was told before, and nothing shows that it was. What stands in it is the complainant's
 * own, so it is shown to them and to the staff, and goes into no mail of ours. */
#ifndef BAILIWICK_APP_COMPLAINTS_PRIOR_REPORT_H
#define BAILIWICK_APP_COMPLAINTS_PRIOR_REPORT_H

#include "app/complaints/record.h"
#include "app/query.h"

/* Puts `report` {to, subject, text} into `full`, of `words` as addition_merge() gives them; nothing
 * where none is needed, or the rulebook has no words for it. `to` are the addresses at which the
 * party takes such reports, as far as the store knows. */
int prior_report_put(struct query_call *call, const struct complaint_record *record,
                     const json_t *words, json_t *full);

#endif
