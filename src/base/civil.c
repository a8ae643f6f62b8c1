#include "base/civil.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Days are counted in 400-year cycles of 146,097 days that start on 1 March, so that the leap day
 * is the last day of a year. 719,468 days lie between 0000-03-01 and 1970-01-01. */
int32_t civil_days(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year;
    int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void civil_from_days(int32_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t shifted = (int64_t)days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = (int)(shifted - era * 146097);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * month + 2) / 5 + 1;
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = (int)(year_of_era + era * 400) + (*ret_month <= 2);
}

enum weekday civil_weekday(int32_t days)
{
    /* 1970-01-01 was a Thursday. */
    int64_t from_monday = ((int64_t)days + 3) % 7;
    if (from_monday < 0)
        from_monday += 7;
    return (enum weekday)(from_monday + 1);
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

int32_t civil_add_months(int32_t days, int months)
{
    int year, month, day;
    civil_from_days(days, &year, &month, &day);
    int total = year * 12 + (month - 1) + months;
    year = total / 12;
    month = total % 12 + 1;
    int last = days_in_month(year, month);
    return civil_days(year, month, day < last ? day : last);
}

int32_t civil_day_of(int64_t instant)
{
    int64_t day = instant / CIVIL_DAY_US;
    if (instant % CIVIL_DAY_US < 0)
        day--;
    return (int32_t)day;
}

struct civil civil_from_instant(int64_t instant)
{
    struct civil civil;
    int32_t day = civil_day_of(instant);
    civil_from_days(day, &civil.year, &civil.month, &civil.day);
    int64_t rest = instant - (int64_t)day * CIVIL_DAY_US;
    civil.microsecond = (int)(rest % 1000000);
    rest /= 1000000;
    civil.second = (int)(rest % 60);
    civil.minute = (int)(rest / 60 % 60);
    civil.hour = (int)(rest / 3600);
    return civil;
}

int64_t civil_to_instant(const struct civil *civil)
{
    int64_t seconds = (int64_t)civil_days(civil->year, civil->month, civil->day) * 86400 +
                      civil->hour * 3600 + civil->minute * 60 + civil->second;
    return seconds * 1000000 + civil->microsecond;
}

/* Exactly `count` decimal digits. */
static bool read_digits(const char **at, int count, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if ((*at)[i] < '0' || (*at)[i] > '9')
            return false;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += count;
    *ret_value = value;
    return true;
}

static bool read_char(const char **at, char expected)
{
    if (**at != expected)
        return false;
    (*at)++;
    return true;
}

static bool read_date(const char **at, int *ret_year, int *ret_month, int *ret_day)
{
    if (!read_digits(at, 4, ret_year) || !read_char(at, '-') || !read_digits(at, 2, ret_month) ||
        !read_char(at, '-') || !read_digits(at, 2, ret_day))
        return false;
    return *ret_year >= 1 && *ret_month >= 1 && *ret_month <= 12 && *ret_day >= 1 &&
           *ret_day <= days_in_month(*ret_year, *ret_month);
}

int civil_parse_date(const char *text, int32_t *ret_days)
{
    int year, month, day;
    if (!read_date(&text, &year, &month, &day) || *text)
        return ERR_SYNTAX;
    *ret_days = civil_days(year, month, day);
    return 0;
}

static bool read_fraction(const char **at, int *ret_microsecond)
{
    int value = 0, digits = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++, digits++) {
        if (digits < 6)
            value = value * 10 + (**at - '0');
    }
    for (int i = digits; i < 6; i++)
        value *= 10;
    *ret_microsecond = value;
    return digits >= 1 && digits <= 9;
}

static bool read_offset(const char **at, int *ret_minutes)
{
    *ret_minutes = 0;
    if (read_char(at, 'Z') || read_char(at, 'z'))
        return true;
    int sign = **at == '-' ? -1 : 1;
    int hours, minutes;
    if (!read_char(at, sign < 0 ? '-' : '+') || !read_digits(at, 2, &hours) ||
        !read_char(at, ':') || !read_digits(at, 2, &minutes))
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return hours <= 23 && minutes <= 59;
}

int civil_parse_instant(const char *text, int64_t *ret_instant)
{
    struct civil civil = {0};
    int offset;
    if (!read_date(&text, &civil.year, &civil.month, &civil.day))
        return ERR_SYNTAX;
    if (!read_char(&text, 'T') && !read_char(&text, 't') && !read_char(&text, ' '))
        return ERR_SYNTAX;
    if (!read_digits(&text, 2, &civil.hour) || !read_char(&text, ':') ||
        !read_digits(&text, 2, &civil.minute) || !read_char(&text, ':') ||
        !read_digits(&text, 2, &civil.second))
        return ERR_SYNTAX;
    if (civil.hour > 23 || civil.minute > 59 || civil.second > 59)
        return ERR_SYNTAX;
    if (read_char(&text, '.') && !read_fraction(&text, &civil.microsecond))
        return ERR_SYNTAX;
    if (!read_offset(&text, &offset) || *text)
        return ERR_SYNTAX;
    *ret_instant = civil_to_instant(&civil) - (int64_t)offset * 60 * 1000000;
    return 0;
}

/* The last `width` digits; returns where what follows begins. */
static char *put_digits(char *at, int value, int width)
{
    unsigned left = (unsigned)value;
    for (int i = width - 1; i >= 0; i--, left /= 10)
        at[i] = (char)('0' + left % 10);
    return at + width;
}

/* `sign` and two digits */
static char *put_two(char *at, char sign, int value)
{
    *at = sign;
    return put_digits(at + 1, value, 2);
}

static char *put_date(char *at, int32_t days)
{
    int year, month, day;
    civil_from_days(days, &year, &month, &day);
    return put_two(put_two(put_digits(at, year, 4), '-', month), '-', day);
}

char *civil_format_date(int32_t days, char text[CIVIL_DATE_TEXT])
{
    *put_date(text, days) = '\0';
    return text;
}

char *civil_format_instant(int64_t instant, char text[CIVIL_INSTANT_TEXT])
{
    struct civil c = civil_from_instant(instant);
    char *at = put_date(text, civil_day_of(instant));
    at = put_two(put_two(put_two(at, 'T', c.hour), ':', c.minute), ':', c.second);
    if (c.microsecond) {
        *at = '.';
        at = put_digits(at + 1, c.microsecond, 6);
    }
    *at++ = 'Z';
    *at = '\0';
    return text;
}
