/* Working days of an agreement family, from an iCalendar file (RFC 5545).
 *
 * A calendar is a list of named days off and the days of the week that are never worked. Each
 * VEVENT with a DATE (all-day) start is a day off (several when DTEND says so); RRULE is expanded
 * by libical inside [CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR]. The days of the week off stand in
 * the property `X-BAILIWICK-WEEKEND:SA,SU` of the VCALENDAR (that is also the default). Events with
 * a time of day are refused: a deadline knows only whole days.
 *
 * A calendar reaches to a last day; of later ones it says nothing, and nobody may take them for
 * worked. That is `X-BAILIWICK-UNTIL:20281231` of the VCALENDAR; without it the end of the year of
 * the last day off that does not come from an endless RRULE; where each comes from one, the end of
 * CALENDAR_LAST_YEAR.
 *
 * The version of a calendar is the SHA-256 of the file's bytes. Immutable after parsing. */
#ifndef BAILIWICK_RULEBOOK_CALENDAR_H
#define BAILIWICK_RULEBOOK_CALENDAR_H

#include "base/digest.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CALENDAR_BYTES_MAX = 1024 * 1024, /* a century of holidays is a tenth of it */
    CALENDAR_DAYS_MAX = 20000,        /* 200 years of 100 days off */
    CALENDAR_EVENTS_MAX = 5000,
    CALENDAR_SPAN_MAX = 366, /* one event that covers more days than a year is a mistake */
    CALENDAR_NAME_MAX = 48,
    CALENDAR_FIRST_YEAR = 1990,
    CALENDAR_LAST_YEAR = 2100,
};

struct calendar;

/* The bytes are copied. Details name the line, the event and what is wrong. ERR_SYNTAX, ERR_LIMIT,
 * ERR_UNSUPPORTED (an event with a time of day), ERR_NO_MEMORY. */
int calendar_parse(const char *name, const void *data, size_t size, struct calendar **ret_calendar,
                   struct error_detail *detail);
int calendar_load(const char *path, const char *name, struct calendar **ret_calendar,
                  struct error_detail *detail);
void calendar_free(struct calendar *calendar); /* takes NULL */

const char *calendar_name(const struct calendar *calendar);
struct digest calendar_version(const struct calendar *calendar);
size_t calendar_day_count(const struct calendar *calendar);
int32_t calendar_last_day(const struct calendar *calendar); /* how far it reaches */

/* NULL when the day is worked; else why not: the name of the holiday, or "Saturday" ... A holiday
 * on a weekend gives the holiday's name. Means nothing after calendar_last_day(). */
const char *calendar_day_off(const struct calendar *calendar, int32_t day);
bool calendar_is_weekend(const struct calendar *calendar, int32_t day);

/* How many days after `after`, up to and with `until`, are worked; 0 where none lies between. Means
 * nothing where `until` is after calendar_last_day(). */
int32_t calendar_count_worked(const struct calendar *calendar, int32_t after, int32_t until);

/* The `days`th worked day after `after`; `after` itself, worked or not, for none. ERR_UNAVAILABLE
 * when the calendar ends before. */
int calendar_add_worked(const struct calendar *calendar, int32_t after, int64_t days,
                        int32_t *ret_day);

#endif
