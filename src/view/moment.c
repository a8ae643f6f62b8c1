#include "view/moment.h"

#include "base/civil.h"
#include "view/catalogue.h"

#include <stdio.h>

static const char *const weekday_keys[] = {"", "1", "2", "3", "4", "5", "6", "7"};
static const char *const month_keys[] = {"",  "1", "2", "3",  "4",  "5", "6",
                                         "7", "8", "9", "10", "11", "12"};

char *moment_format_date(const struct catalogue *catalogue, int32_t days, char text[MOMENT_TEXT])
{
    int year, month, day;
    civil_from_days(days, &year, &month, &day);
    snprintf(text, MOMENT_TEXT, "%s %d %s %d",
             catalogue_word(catalogue, "weekday", weekday_keys[civil_weekday(days)]), day,
             catalogue_word(catalogue, "month", month_keys[month]), year);
    return text;
}

char *moment_format(const struct catalogue *catalogue, int64_t instant, char text[MOMENT_TEXT])
{
    char date[MOMENT_TEXT];
    struct civil civil = civil_from_instant(instant);
    moment_format_date(catalogue, civil_day_of(instant), date);
    snprintf(text, MOMENT_TEXT, "%.70s, %02d:%02d UTC", date, civil.hour, civil.minute);
    return text;
}

json_t *moment_json(const struct catalogue *catalogue, int64_t instant)
{
    char iso[CIVIL_INSTANT_TEXT], words[MOMENT_TEXT];
    return json_pack("{s:s, s:s}", "iso", civil_format_instant(instant, iso), "words",
                     moment_format(catalogue, instant, words));
}

json_t *moment_date_json(const struct catalogue *catalogue, int32_t days, const char *zone)
{
    char iso[CIVIL_DATE_TEXT], words[MOMENT_TEXT], whole[MOMENT_TEXT + 64];
    moment_format_date(catalogue, days, words);
    snprintf(whole, sizeof whole, "%s (%.50s)", words, zone);
    return json_pack("{s:s, s:s}", "iso", civil_format_date(days, iso), "words", whole);
}
