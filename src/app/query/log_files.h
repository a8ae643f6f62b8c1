/* log.verify beside the store: what was published, and what the signer remembers. */
#ifndef BAILIWICK_APP_QUERY_LOG_FILES_H
#define BAILIWICK_APP_QUERY_LOG_FILES_H

#include "app/query.h"

void log_fault(json_t *faults, const char *kind, const char *id, const char *words);

/* Adds what does not agree; fails only where the store cannot be read. */
int log_check_files(struct query_call *call, json_t *faults);

#endif
