/* Whether the clock can be right: it cannot while the store remembers later moments. */
#include "app/core_parts.h"

#include "app/alarm.h"
#include "base/civil.h"
#include "base/log.h"
#include "store/case.h"

#include <stdio.h>

enum {
    LOOK_EVERY_US = 60 * 1000000,
    TOLERANCE_US = 60 * 1000000, /* as that of check rule C3: smaller corrections are usual */
};

void core_watch_clock(struct core *core)
{
    char words[ERROR_DETAIL_MAX] = "", text[CIVIL_INSTANT_TEXT];
    int64_t last;
    if (clock_mono() < core->next_clock_us)
        return;
    core->next_clock_us = clock_mono() + LOOK_EVERY_US;
    int result = store_case_last(core->app->store, &last);
    if (result < 0) {
        log_error("clock: %s", store_words(core->app->store));
        return;
    }
    if (last > clock_wall(&core->app->clock) + TOLERANCE_US)
        snprintf(words, sizeof words,
                 "the system's clock is behind the store: a case has a step of %s; until then its "
                 "next ones are recorded at the moment of its last",
                 civil_format_instant(last, text));
    alarm_set(core->app, APP_ALARM_CLOCK, words);
}
