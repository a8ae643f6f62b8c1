/* Civil dates and RFC 3339 instants, as integers.
 *
 * A civil date is a day count since 1970-01-01 in the proleptic Gregorian calendar; it has no zone.
 * An instant is microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
 * Range: years 1 to 9999. */
#ifndef BAILIWICK_BASE_CIVIL_H
#define BAILIWICK_BASE_CIVIL_H

#include <stddef.h>
#include <stdint.h>

enum { CIVIL_DATE_TEXT = 11, CIVIL_INSTANT_TEXT = 28 };

#define CIVIL_DAY_US INT64_C(86400000000)

/* Marks "no date": open ends of intervals. */
#define CIVIL_FAR_PAST INT32_MIN
#define CIVIL_FAR_FUTURE INT32_MAX

struct civil {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second, microsecond;
};

enum weekday { MONDAY = 1, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

int32_t civil_days(int year, int month, int day);
void civil_from_days(int32_t days, int *ret_year, int *ret_month, int *ret_day);
enum weekday civil_weekday(int32_t days);
int32_t civil_add_months(int32_t days, int months); /* end of month is kept inside the month */

struct civil civil_from_instant(int64_t instant); /* in UTC */
int64_t civil_to_instant(const struct civil *civil);
int32_t civil_day_of(int64_t instant); /* the UTC date */

/* "2026-11-24": exactly ten characters, a day that exists. ERR_SYNTAX. */
int civil_parse_date(const char *text, int32_t *ret_days);
/* RFC 3339 5.6 with an offset or Z, up to six digits of fraction. ERR_SYNTAX. */
int civil_parse_instant(const char *text, int64_t *ret_instant);

/* Both write a terminated string and return `text`. Instants: whole seconds without a fraction,
 * else six digits; always Z. */
char *civil_format_date(int32_t days, char text[CIVIL_DATE_TEXT]);
char *civil_format_instant(int64_t instant, char text[CIVIL_INSTANT_TEXT]);

#endif
