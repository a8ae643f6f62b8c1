/* Running cases go over to the version of the rulebook that is in force (`rules-migrated`): what
 * stands in the way is said by cases/migration.h, two people decide by a proposal. */
#ifndef BAILIWICK_APP_CASEWORK_MIGRATION_H
#define BAILIWICK_APP_CASEWORK_MIGRATION_H

#include "app/casework/casefile.h"

/* Whether the case runs under another version than the one in force. */
bool migration_is_due(const struct casefile *file);

/* The step that takes a case to the version in force. */
struct case_step migration_step(const struct app *app);

/* What would change, as a row {case, stage, from, to, possible, why, due, due_then, letters[],
 * gained[], lost[]}: `letters` are those with another template that can come next, `gained` and
 * `lost` the edges of the stage. Writes nothing. */
int migration_preview(const struct casefile *file, json_t **ret_row, struct error_detail *detail);

/* Whether what was proposed still means the version in force: ERR_REFUSED names both. */
int migration_check_version(const struct app *app, const struct case_step *step,
                            struct error_detail *detail);

/* A proposal to go over that waits, as a row {case, proposal, version, actor, at, stale, why}:
 * stale is one that could not be agreed to now, and `why` says why not. */
int migration_waiting(struct app *app, const struct store_proposal *proposal, json_t **ret_row,
                      struct error_detail *detail);

/* Visits each open case that runs under another version. */
typedef int migration_visit(void *context, struct casefile *file, struct error_detail *detail);
int migration_each(struct app *app, migration_visit *visit, void *context,
                   struct error_detail *detail);

#endif
