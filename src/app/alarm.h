/* What is wrong with the whole house and wants a person: the log stands still, the clock cannot be
 * right, deadlines are held for its sake, a calendar will end, the files of public/ cannot be
 * written, a public notice is late with its update. Kept in the store, so that the staff door,
 * which reads nothing else, shows it; said on stderr when it begins and when it ends. */
#ifndef BAILIWICK_APP_ALARM_H
#define BAILIWICK_APP_ALARM_H

#include "app/app.h"
#include "base/json.h"

/* Meta key: "WHO WHEN" of a person who answers for the clock, until the daemon has taken it in. */
#define APP_CLOCK_CONFIRMED "clock-confirmed"

/* Begins, changes or (with "") ends an alarm; outside any transaction. The same words again do
 * nothing. */
void alarm_set(struct app *app, enum app_alarm alarm, const char *words);

/* [{"kind", "words"}] of those that stand. New reference. */
json_t *alarm_list(struct app *app);

/* "log" and so on. */
const char *alarm_text(enum app_alarm alarm);

/* Whether it stands, by the store. */
bool alarm_stands(struct app *app, enum app_alarm alarm);

#endif
