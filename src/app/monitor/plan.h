/* From configuration and what is known of a TLD to the plan of its survey. */
#ifndef BAILIWICK_APP_MONITOR_PLAN_H
#define BAILIWICK_APP_MONITOR_PLAN_H

#include "app/app.h"
#include "app/core_parts.h"
#include "measure/survey.h"

/* First refuses (ERR_REFUSED) to measure from another network than the configured one.
 * Reads hints, trust anchor, CA certificates and net map. A file that is missing is not a failure:
 * what cannot be asked without it becomes undetermined, and a warning says why. */
int plan_load_files(struct app *app, struct plan_files *ret_files, struct error_detail *detail);
void plan_free_files(struct plan_files *files);

/* The plan for one TLD; texts live in the arena or the app. */
int plan_make(struct app *app, const struct plan_files *files, const char *target,
              struct arena *arena, struct survey_plan *ret_plan, struct error_detail *detail);

/* Only what configuration and files say, without a store. */
void plan_begin(const struct config *config, const struct plan_files *files, const char *target,
                struct survey_plan *ret_plan);

#endif
