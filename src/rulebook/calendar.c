#include "rulebook/calendar.h"

#include "base/buffer.h"
#include "base/civil.h"
#include "base/text.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOLIDAY_NAME_MAX = 80 };

struct holiday {
    int32_t day;
    char name[HOLIDAY_NAME_MAX];
};

struct calendar {
    char name[CALENDAR_NAME_MAX];
    struct digest version;
    unsigned weekend; /* bit per enum weekday */
    int32_t last_day;
    struct holiday *holidays;
    size_t count, capacity;
};

static const char weekend_property[] = "X-BAILIWICK-WEEKEND";
static const char until_property[] = "X-BAILIWICK-UNTIL";
static const char event_begin[] = "BEGIN:VEVENT";

static const char *const weekday_names[] = {
    [MONDAY] = "Monday",     [TUESDAY] = "Tuesday", [WEDNESDAY] = "Wednesday",
    [THURSDAY] = "Thursday", [FRIDAY] = "Friday",   [SATURDAY] = "Saturday",
    [SUNDAY] = "Sunday",
};

static int add_holiday(struct calendar *calendar, int32_t day, const char *name)
{
    if (calendar->count == CALENDAR_DAYS_MAX)
        return ERR_LIMIT;
    if (calendar->count == calendar->capacity) {
        size_t capacity = calendar->capacity ? calendar->capacity * 2 : 64;
        struct holiday *grown = realloc(calendar->holidays, capacity * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        calendar->holidays = grown;
        calendar->capacity = capacity;
    }
    struct holiday *holiday = &calendar->holidays[calendar->count++];
    holiday->day = day;
    snprintf(holiday->name, sizeof holiday->name, "%s", name);
    return 0;
}

static int32_t day_of(struct icaltimetype time)
{
    return civil_days(time.year, time.month, time.day);
}

/* One occurrence: every day of [start, start + span). */
static int add_span(struct calendar *calendar, struct icaltimetype start, int32_t span,
                    const char *name)
{
    int result = 0;
    if (start.year < CALENDAR_FIRST_YEAR || start.year > CALENDAR_LAST_YEAR)
        return 0;
    for (int32_t i = 0; i < span && result == 0; i++)
        result = add_holiday(calendar, day_of(start) + i, name);
    return result;
}

static bool is_endless(struct icalrecurrencetype recurrence)
{
    return recurrence.count == 0 && icaltime_is_null_time(recurrence.until);
}

static int add_recurring(struct calendar *calendar, icalcomponent *event,
                         struct icalrecurrencetype recurrence, struct icaltimetype start,
                         int32_t span)
{
    icalrecur_iterator *iterator = icalrecur_iterator_new(recurrence, start);
    if (!iterator)
        return ERR_SYNTAX;
    int result = 0;
    const char *name = icalcomponent_get_summary(event);
    for (int i = 0; result == 0; i++) {
        struct icaltimetype next = icalrecur_iterator_next(iterator);
        if (icaltime_is_null_time(next) || next.year > CALENDAR_LAST_YEAR)
            break;
        if (i == CALENDAR_DAYS_MAX)
            result = ERR_LIMIT;
        else if (!icalproperty_recurrence_is_excluded(event, &start, &next))
            result = add_span(calendar, next, span, name);
    }
    icalrecur_iterator_free(iterator);
    return result;
}

/* For the days that were added last: those from index `before` on. */
static void reach_year_of(struct calendar *calendar, size_t before)
{
    for (size_t i = before; i < calendar->count; i++) {
        int year, month, day;
        civil_from_days(calendar->holidays[i].day, &year, &month, &day);
        int32_t end = civil_days(year, 12, 31);
        if (end > calendar->last_day)
            calendar->last_day = end;
    }
}

static int event_span(icalcomponent *event, struct icaltimetype start, int32_t *ret_span)
{
    *ret_span = 1;
    if (!icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY))
        return 0;
    struct icaltimetype end = icalcomponent_get_dtend(event);
    int32_t span = day_of(end) - day_of(start); /* DTEND is exclusive, RFC 5545 3.8.2.2 */
    if (!end.is_date || span < 1)
        return ERR_SYNTAX;
    if (span > CALENDAR_SPAN_MAX)
        return ERR_LIMIT;
    *ret_span = span;
    return 0;
}

/* The calendar reaches at least to the end of the year of what it names one by one. */
static int add_days(struct calendar *calendar, icalcomponent *event, struct icaltimetype start,
                    int32_t span)
{
    icalproperty *property = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    size_t before = calendar->count;
    if (!property) {
        int result = add_span(calendar, start, span, icalcomponent_get_summary(event));
        if (result == 0)
            reach_year_of(calendar, before);
        return result;
    }
    struct icalrecurrencetype recurrence = icalproperty_get_rrule(property);
    int result = add_recurring(calendar, event, recurrence, start, span);
    if (result == 0 && !is_endless(recurrence))
        reach_year_of(calendar, before);
    return result;
}

static int add_event(struct calendar *calendar, icalcomponent *event, struct error_detail *detail)
{
    const char *name = icalcomponent_get_summary(event);
    if (!name || name[0] == '\0')
        return error_set(detail, ERR_SYNTAX, "a VEVENT has no SUMMARY: a day off needs a name");
    struct icaltimetype start = icalcomponent_get_dtstart(event);
    if (icaltime_is_null_time(start) || !icaltime_is_valid_time(start))
        return error_set(detail, ERR_SYNTAX, "'%.80s': no valid DTSTART", name);
    if (!start.is_date)
        return error_set(detail, ERR_UNSUPPORTED,
                         "'%.80s': DTSTART must be a whole day "
                         "(VALUE=DATE), a deadline knows no half days",
                         name);
    if (icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY))
        return error_set(detail, ERR_UNSUPPORTED, "'%.80s': RDATE; write one VEVENT a day", name);
    if (icalcomponent_count_properties(event, ICAL_RRULE_PROPERTY) > 1)
        return error_set(detail, ERR_UNSUPPORTED, "'%.80s': a second RRULE", name);
    int32_t span;
    int result = event_span(event, start, &span);
    if (result < 0)
        return error_set(detail, result,
                         "'%.80s': DTEND must be a later whole day, at most %d "
                         "days on",
                         name, CALENDAR_SPAN_MAX);
    result = add_days(calendar, event, start, span);
    return result < 0 ? error_set(detail, result, "'%.80s': %s", name, error_text(result)) : 0;
}

/* "SA,SU": the days of the week that are never worked. "NONE": all are worked. */
static int parse_weekend(const char *text, unsigned *ret_weekend)
{
    static const char *const codes[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    unsigned weekend = 0;
    if (strcmp(text, "NONE") == 0) {
        *ret_weekend = 0;
        return 0;
    }
    for (const char *at = text; weekend != 0x7f << MONDAY; at += 3) {
        char code[3] = {at[0], at[0] ? at[1] : '\0', '\0'};
        int found = text_index(codes, sizeof codes / sizeof *codes, code);
        if (found < 0)
            return ERR_SYNTAX;
        weekend |= 1U << (found + MONDAY);
        if (at[2] == '\0') {
            *ret_weekend = weekend;
            return 0;
        }
        if (at[2] != ',')
            return ERR_SYNTAX;
    }
    return ERR_SYNTAX;
}

/* The value of an X-property of the calendar, NULL when it has none. */
static const char *find_x(icalcomponent *root, const char *wanted)
{
    icalproperty *at = icalcomponent_get_first_property(root, ICAL_X_PROPERTY);
    for (; at; at = icalcomponent_get_next_property(root, ICAL_X_PROPERTY)) {
        const char *name = icalproperty_get_x_name(at), *value = icalproperty_get_x(at);
        if (name && strcmp(name, wanted) == 0)
            return value ? value : "";
    }
    return NULL;
}

static int read_weekend(struct calendar *calendar, icalcomponent *root, struct error_detail *detail)
{
    const char *value = find_x(root, weekend_property);
    calendar->weekend = 1U << SATURDAY | 1U << SUNDAY;
    if (value && (parse_weekend(value, &calendar->weekend) < 0 || calendar->weekend == 0xfe))
        return error_set(detail, ERR_SYNTAX,
                         "X-BAILIWICK-WEEKEND: '%.40s' is no list such as "
                         "SA,SU (at least one day is worked)",
                         value);
    return 0;
}

/* After the events: what is written comes before what they let one guess. */
static int read_reach(struct calendar *calendar, icalcomponent *root, struct error_detail *detail)
{
    const char *value = find_x(root, until_property);
    int32_t last;
    if (!value) {
        if (calendar->last_day == 0)
            calendar->last_day = civil_days(CALENDAR_LAST_YEAR, 12, 31);
        return 0;
    }
    char date[CIVIL_DATE_TEXT];
    snprintf(date, sizeof date, "%.4s-%.2s-%.2s", value, strlen(value) == 8 ? value + 4 : "",
             strlen(value) == 8 ? value + 6 : "");
    if (civil_parse_date(date, &last) < 0 || last < civil_days(CALENDAR_FIRST_YEAR, 1, 1) ||
        last > civil_days(CALENDAR_LAST_YEAR, 12, 31))
        return error_set(detail, ERR_SYNTAX, "X-BAILIWICK-UNTIL: '%.40s' is no day from %d to %d",
                         value, CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    calendar->last_day = last;
    return 0;
}

static int compare_holidays(const void *a, const void *b)
{
    const struct holiday *left = a, *right = b;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return strcmp(left->name, right->name);
}

/* The line, from 1, of the `nth` line that begins so; 0 when there is none. */
static int line_of(const char *text, const char *begins, int nth)
{
    int line = 1;
    for (const char *at = text; at; at = strchr(at, '\n'), line++) {
        at += *at == '\n';
        if (strncasecmp(at, begins, strlen(begins)) == 0 && nth-- == 0)
            return line;
    }
    return 0;
}

static int at_line(struct error_detail *detail, int result, int line)
{
    return result < 0 && line > 0 ? error_context(detail, result, "line %d", line) : result;
}

/* Says in which event the first property stands that libical could not read. */
static int refuse_errors(icalcomponent *root, const char *text, struct error_detail *detail)
{
    int count = icalcomponent_count_errors(root), nth = 0;
    icalcomponent *event = icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);
    while (event && icalcomponent_count_errors(event) == 0) {
        event = icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT);
        nth++;
    }
    int result = error_set(detail, ERR_SYNTAX, "%d properties are no iCalendar (RFC 5545)", count);
    return at_line(detail, result, event ? line_of(text, event_begin, nth) : 0);
}

static int read_events(struct calendar *calendar, icalcomponent *root, const char *text,
                       struct error_detail *detail)
{
    icalcomponent *event = icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);
    for (int i = 0; event; i++) {
        if (i == CALENDAR_EVENTS_MAX)
            return error_set(detail, ERR_LIMIT, "more than %d events", CALENDAR_EVENTS_MAX);
        int result = add_event(calendar, event, detail);
        if (result < 0)
            return at_line(detail, result, line_of(text, event_begin, i));
        event = icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT);
    }
    if (calendar->count > 0)
        qsort(calendar->holidays, calendar->count, sizeof *calendar->holidays, compare_holidays);
    return 0;
}

static int read_calendar(struct calendar *calendar, icalcomponent *root, const char *text,
                         struct error_detail *detail)
{
    if (icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT)
        return error_set(detail, ERR_SYNTAX, "no VCALENDAR");
    if (icalcomponent_count_errors(root) > 0)
        return refuse_errors(root, text, detail);
    int result = read_weekend(calendar, root, detail);
    result = at_line(detail, result, line_of(text, weekend_property, 0));
    if (result == 0)
        result = read_events(calendar, root, text, detail);
    if (result < 0)
        return result;
    result = read_reach(calendar, root, detail);
    return at_line(detail, result, line_of(text, until_property, 0));
}

/* libical reads text, so a NUL inside would silently end the calendar. */
static int parse_text(struct buffer *text, const void *data, size_t size, icalcomponent **ret_root)
{
    if (size == 0 || memchr(data, '\0', size))
        return ERR_SYNTAX;
    int result = buffer_append(text, data, size);
    if (result < 0)
        return result;
    icalcomponent *root = icalparser_parse_string(buffer_text(text));
    if (!root)
        return ERR_SYNTAX;
    *ret_root = root;
    return 0;
}

int calendar_parse(const char *name, const void *data, size_t size, struct calendar **ret_calendar,
                   struct error_detail *detail)
{
    if (strlen(name) >= CALENDAR_NAME_MAX || size > CALENDAR_BYTES_MAX)
        return error_set(detail, ERR_LIMIT, "calendar '%.60s': name or file too long", name);
    struct calendar *calendar = calloc(1, sizeof *calendar);
    if (!calendar)
        return error_set(detail, ERR_NO_MEMORY, "calendar '%s': out of memory", name);
    snprintf(calendar->name, sizeof calendar->name, "%s", name);
    calendar->version = digest_of(data, size);
    BUFFER_CLEANUP struct buffer text;
    icalcomponent *root = NULL;
    buffer_init(&text, CALENDAR_BYTES_MAX + 1);
    int result = parse_text(&text, data, size, &root);
    if (result == ERR_SYNTAX)
        error_set(detail, result, "no iCalendar (RFC 5545)");
    if (result >= 0)
        result = read_calendar(calendar, root, buffer_text(&text), detail);
    if (root)
        icalcomponent_free(root);
    if (result < 0) {
        calendar_free(calendar);
        return error_context(detail, result, "calendar '%s'", name);
    }
    *ret_calendar = calendar;
    return 0;
}

int calendar_load(const char *path, const char *name, struct calendar **ret_calendar,
                  struct error_detail *detail)
{
    BUFFER_CLEANUP struct buffer buffer;
    buffer_init(&buffer, CALENDAR_BYTES_MAX);
    int result = buffer_load_file(&buffer, path);
    if (result < 0)
        return error_set(detail, result, "calendar '%.60s': %s: %s", name, path,
                         error_text(result));
    return calendar_parse(name, buffer.data, buffer.size, ret_calendar, detail);
}

void calendar_free(struct calendar *calendar)
{
    if (!calendar)
        return;
    free(calendar->holidays);
    free(calendar);
}

const char *calendar_name(const struct calendar *calendar)
{
    return calendar->name;
}

struct digest calendar_version(const struct calendar *calendar)
{
    return calendar->version;
}

size_t calendar_day_count(const struct calendar *calendar)
{
    return calendar->count;
}

int32_t calendar_last_day(const struct calendar *calendar)
{
    return calendar->last_day;
}

bool calendar_is_weekend(const struct calendar *calendar, int32_t day)
{
    return calendar->weekend >> civil_weekday(day) & 1;
}

static int compare_day(const void *key, const void *element)
{
    int32_t day = *(const int32_t *)key;
    const struct holiday *holiday = element;
    return day < holiday->day ? -1 : day > holiday->day;
}

const char *calendar_day_off(const struct calendar *calendar, int32_t day)
{
    const struct holiday *holiday = NULL;
    if (calendar->count > 0)
        holiday = bsearch(&day, calendar->holidays, calendar->count, sizeof *holiday, compare_day);
    if (holiday)
        return holiday->name;
    return calendar_is_weekend(calendar, day) ? weekday_names[civil_weekday(day)] : NULL;
}

/* The first holiday that is later than a day. */
static size_t holiday_after(const struct calendar *calendar, int32_t day)
{
    size_t low = 0, high = calendar->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calendar->holidays[middle].day > day)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int32_t calendar_count_worked(const struct calendar *calendar, int32_t after, int32_t until)
{
    enum { WEEK = 7 };
    if (until <= after)
        return 0;
    int32_t weeks = (until - after) / WEEK;
    int32_t count = weeks * (WEEK - __builtin_popcount(calendar->weekend));
    for (int32_t day = after + weeks * WEEK + 1; day <= until; day++)
        count += !calendar_is_weekend(calendar, day);
    int32_t last = after; /* two holidays may lie on one day */
    for (size_t i = holiday_after(calendar, after);
         i < calendar->count && calendar->holidays[i].day <= until; i++) {
        int32_t day = calendar->holidays[i].day;
        count -= day != last && !calendar_is_weekend(calendar, day);
        last = day;
    }
    return count;
}

int calendar_add_worked(const struct calendar *calendar, int32_t after, int64_t days,
                        int32_t *ret_day)
{
    int32_t day = after;
    while (days > 0) {
        if (++day > calendar->last_day)
            return ERR_UNAVAILABLE;
        days -= calendar_day_off(calendar, day) == NULL;
    }
    *ret_day = day;
    return 0;
}
