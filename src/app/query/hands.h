/* Cases in somebody's hands: one's own, and those of whom one stands in for (app/absence.h). */
#ifndef BAILIWICK_APP_QUERY_HANDS_H
#define BAILIWICK_APP_QUERY_HANDS_H

#include "app/query.h"
#include "store/case.h"

/* As store_case_list(); with a handler also the cases that the handler looks after as a deputy,
 * less those from which the handler is recused. */
int hands_list(struct query_call *call, const struct store_case_query *query,
               struct store_case **ret_cases, size_t *ret_count);

/* Sets "deputy" of a row: who stands in for the handler in this case, "" for nobody. */
int hands_put_deputy(struct query_call *call, const struct store_case *record, json_t *row);

#endif
