/* What another calendar means: days that come and go, and the running deadlines that it would move.
 *
 * The same look serves the person who proposes it, the one who agrees, and the steps that are taken
 * then, so that nothing else happens than what was shown. */
#ifndef BAILIWICK_APP_CALENDAR_CHANGE_H
#define BAILIWICK_APP_CALENDAR_CHANGE_H

#include "app/app.h"
#include "base/json.h"
#include "rulebook/calendar.h"

struct process;

/* Sets `added` and `removed` of the answer: [{"date", "name"}] of the days from today on that one of
 * the two has off and the other not, as far as both reach; a list ends with {"more": n} after
 * CALENDAR_CHANGE_DAYS. */
enum { CALENDAR_CHANGE_DAYS = 400 };
int calendar_change_days(const struct calendar *old, const struct calendar *new, int32_t today,
                         json_t *result);

/* The calendar of this name that counts today. ERR_NOT_FOUND when no rule uses one. */
int calendar_change_in_force(struct app *app, const char *name, const struct calendar **ret_calendar,
                             struct error_detail *detail);

/* Sets `deadlines` of the answer: [{"case", "rule", "from", "to", "moves", "why"}] of the running
 * ones for which `calendar` gives another date than they have. With `take`, inside the open
 * transaction, those that move do, each by an event. */
int calendar_change_deadlines(struct app *app, const struct calendar *calendar, bool take,
                              json_t *result, struct error_detail *detail);

#endif
