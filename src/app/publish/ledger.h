/* What goes into the transparency log: one opening for each thing that happened, committed in the
 * transaction of that thing.
 *
 * Only ids, types, times, verdicts and digests: personal data never enters. The JSON of an event is
 * made here, so that there is one place to read what the log knows. */
#ifndef BAILIWICK_APP_PUBLISH_LEDGER_H
#define BAILIWICK_APP_PUBLISH_LEDGER_H

#include "app/app.h"
#include "base/digest.h"
#include "base/json.h"

/* Commits to `event` (an object; "kind" is added) and puts its opening. *ret_entry may be NULL. */
int ledger_commit(struct app *app, const char *kind, json_t *event, struct digest *ret_entry,
                  struct error_detail *detail);

/* The same of an event in canonical form (RFC 8785) that names its kind: events of cases are most
 * of what is told, and are written once. */
int ledger_commit_text(struct app *app, const struct buffer *event, struct digest *ret_entry,
                       struct error_detail *detail);

/* The same for whoever has no use for the entry. Takes `event`; ERR_NO_MEMORY when it is NULL, so
 * that it can be made in the call. */
int ledger_tell(struct app *app, const char *kind, json_t *event, struct error_detail *detail);

#endif
