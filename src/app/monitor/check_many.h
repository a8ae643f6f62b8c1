/* Many targets, several side by side, told in the order in which they were named. */
#ifndef BAILIWICK_APP_MONITOR_CHECK_MANY_H
#define BAILIWICK_APP_MONITOR_CHECK_MANY_H

#include "app/monitor/check_run.h"

/* Gets each report once; it is freed afterwards. */
typedef void check_take(void *user, size_t index, const struct check_report *report);

/* A failed target is told like the others and stops none. Those that were under way when the prober
 * died are looked at once more, each alone: only the one that it dies over fails. */
void check_many(struct check_session *session, const char *const *targets, size_t count,
                check_take *take, void *user);

#endif
