/* Calendars that will end: told while there is time to bring the next, since a deadline that needs
 * a day beyond is refused and its letter waits. */
#include "app/core_parts.h"

#include "app/alarm.h"
#include "app/law.h"
#include "base/civil.h"
#include "base/log.h"
#include "rulebook/process.h"

#include <stdio.h>

enum {
    LOOK_EVERY_US = 600 * 1000000,
    WARN_DAYS = 400, /* a year's notice, and time for two people */
};

static int look(struct core *core, char words[ERROR_DETAIL_MAX], struct error_detail *detail)
{
    const struct rulebook *rulebook;
    const struct process *process;
    char date[CIVIL_DATE_TEXT];
    int result =
        app_version_of(core->app, core->app->rulebook->digest_text, &rulebook, &process, detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < process->calendar_count && !words[0]; i++) {
        int32_t last = calendar_last_day(process->calendars[i]);
        if (last - law_today(core->app) < WARN_DAYS)
            snprintf(words, ERROR_DETAIL_MAX,
                     "the calendar '%s' ends on %s: letters whose time would need a later day are "
                     "refused; bring one that reaches further ('bailiwick calendar import')",
                     calendar_name(process->calendars[i]), civil_format_date(last, date));
    }
    return 0;
}

void core_watch_calendars(struct core *core)
{
    struct error_detail detail = {0};
    char words[ERROR_DETAIL_MAX] = "";
    if (clock_mono() < core->next_calendars_us || !core->app->rulebook)
        return;
    core->next_calendars_us = clock_mono() + LOOK_EVERY_US;
    int result = look(core, words, &detail);
    if (result < 0)
        log_error("calendars: %s", error_words(&detail, result));
    else
        alarm_set(core->app, APP_ALARM_CALENDAR, words);
}
