/* Calendars: what is read from iCalendar (RFC 5545) and what is refused. */
#include "rulebook/calendar.h"

#include "base/buffer.h"
#include "base/civil.h"
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" lines "END:VEVENT\r\n"
#define TAIL "END:VCALENDAR\r\n"

static int parse(const char *text, struct calendar **ret_calendar, struct error_detail *detail)
{
    *detail = (struct error_detail){""};
    return calendar_parse("test", text, strlen(text), ret_calendar, detail);
}

static struct calendar *good(const char *text)
{
    struct calendar *calendar = NULL;
    struct error_detail detail;
    if (parse(text, &calendar, &detail) < 0)
        fail_msg("%s", detail.text);
    return calendar;
}

static void named_days_and_weekends_are_off(void **state)
{
    (void)state;
    struct calendar *calendar =
        good(HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:May Day\r\n") TAIL);
    assert_string_equal(calendar_day_off(calendar, civil_days(2026, 5, 1)), "May Day");
    assert_string_equal(calendar_day_off(calendar, civil_days(2026, 5, 2)), "Saturday");
    assert_string_equal(calendar_day_off(calendar, civil_days(2026, 5, 3)), "Sunday");
    assert_null(calendar_day_off(calendar, civil_days(2026, 5, 4)));
    assert_int_equal(calendar_day_count(calendar), 1);
    calendar_free(calendar);
}

static void weekend_of_another_land(void **state)
{
    (void)state;
    struct calendar *calendar = good(HEAD "X-BAILIWICK-WEEKEND:FR,SA\r\n" TAIL);
    assert_true(calendar_is_weekend(calendar, civil_days(2026, 5, 1)));
    assert_false(calendar_is_weekend(calendar, civil_days(2026, 5, 3)));
    calendar_free(calendar);
    calendar = good(HEAD "X-BAILIWICK-WEEKEND:NONE\r\n" TAIL);
    assert_null(calendar_day_off(calendar, civil_days(2026, 5, 2)));
    calendar_free(calendar);
}

static void spans_repetitions_and_exceptions(void **state)
{
    (void)state;
    struct calendar *calendar = good(
        HEAD EVENT("DTSTART;VALUE=DATE:20201022\r\nDTEND;VALUE=DATE:20201024\r\n"
                   "RRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20251022\r\nSUMMARY:Harvest\r\n") TAIL);
    assert_string_equal(calendar_day_off(calendar, civil_days(2026, 10, 22)), "Harvest");
    assert_string_equal(calendar_day_off(calendar, civil_days(2026, 10, 23)), "Harvest");
    assert_null(calendar_day_off(calendar, civil_days(2024, 10, 24)));
    assert_null(calendar_day_off(calendar, civil_days(2025, 10, 22)));
    assert_string_equal(calendar_day_off(calendar, civil_days(2100, 10, 22)), "Harvest");
    calendar_free(calendar);
}

static void version_is_the_digest_of_the_bytes(void **state)
{
    (void)state;
    struct calendar *one = good(HEAD TAIL), *other = good(HEAD "X-WR-CALDESC:x\r\n" TAIL);
    struct digest a = calendar_version(one), b = calendar_version(other);
    struct digest expected = digest_of(HEAD TAIL, strlen(HEAD TAIL));
    assert_true(digest_equal(&a, &expected));
    assert_false(digest_equal(&a, &b));
    calendar_free(one);
    calendar_free(other);
}

/* The reach of a calendar: written, or the end of the year of what is named one by one. */
static void a_calendar_reaches_to_a_last_day(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int year, month, day;
    } rows[] = {
        {HEAD TAIL, 2100, 12, 31},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:x\r\n") TAIL, 2026, 12, 31},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:x\r\n") TAIL, 2100,
         12, 31},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:x\r\n")
             EVENT("DTSTART;VALUE=DATE:20281225\r\nSUMMARY:y\r\n") TAIL,
         2028, 12, 31},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY;COUNT=4\r\n"
                    "SUMMARY:x\r\n") TAIL,
         2029, 12, 31},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY;UNTIL=20310601\r\n"
                    "SUMMARY:x\r\n") TAIL,
         2031, 12, 31},
        {HEAD "X-BAILIWICK-UNTIL:20270630\r\n" EVENT("DTSTART;VALUE=DATE:20281225\r\nSUMMARY:x\r\n")
             TAIL,
         2027, 6, 30},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendar *calendar = good(rows[i].text);
        assert_int_equal(calendar_last_day(calendar),
                         civil_days(rows[i].year, rows[i].month, rows[i].day));
        calendar_free(calendar);
    }
}

/* Friday 1 May 2026 is off, the weekend follows it. */
static void worked_days_are_counted_behind_a_day_and_with_the_last(void **state)
{
    (void)state;
    static const struct {
        int after, until; /* days of May */
        int32_t count;
    } rows[] = {{-1, 0, 1}, {0, 1, 0}, {0, 3, 0}, {0, 4, 1},  {3, 4, 1},
                {4, 4, 0},  {5, 4, 0}, {4, 8, 4}, {0, 31, 20}};
    const int32_t april = civil_days(2026, 4, 30);
    struct calendar *calendar =
        good(HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:May Day\r\n") TAIL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            calendar_count_worked(calendar, april + rows[i].after, april + rows[i].until),
            rows[i].count);
    calendar_free(calendar);
}

/* As somebody counts who looks at each day; holidays lie on weekends too, and two on one day. */
static void years_are_counted_as_days_are(void **state)
{
    (void)state;
    struct calendar *calendar =
        good(HEAD "X-BAILIWICK-UNTIL:20401231\r\n" EVENT(
            "DTSTART;VALUE=DATE:20200501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:May Day\r\n")
                 EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:x\r\n") TAIL);
    const int32_t start = civil_days(2026, 4, 25);
    for (int32_t after = start; after < start + 8; after++) {
        int32_t count = 0;
        for (int32_t until = after + 1; until < start + 3000; until++) {
            count += calendar_day_off(calendar, until) == NULL;
            assert_int_equal(calendar_count_worked(calendar, after, until), count);
        }
    }
    calendar_free(calendar);
}

static void worked_days_are_added_behind_a_day(void **state)
{
    (void)state;
    static const struct {
        int after, days, expected; /* days of May */
    } rows[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 4}, {-1, 1, 0}, {-1, 2, 4}, {4, 4, 8}, {4, 5, 11}};
    const int32_t april = civil_days(2026, 4, 30);
    struct calendar *calendar =
        good(HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:May Day\r\n") TAIL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t day = -1;
        assert_int_equal(calendar_add_worked(calendar, april + rows[i].after, rows[i].days, &day),
                         0);
        assert_int_equal(day - april, rows[i].expected);
    }
    calendar_free(calendar);
}

/* Thursday 31 December 2026 is its last day, and worked. */
static void nothing_is_added_beyond_the_end_of_a_calendar(void **state)
{
    (void)state;
    const int32_t last = civil_days(2026, 12, 31);
    int32_t day = -1;
    struct calendar *calendar = good(HEAD "X-BAILIWICK-UNTIL:20261231\r\n" TAIL);
    assert_int_equal(calendar_add_worked(calendar, last - 1, 1, &day), 0);
    assert_int_equal(day, last);
    day = -1;
    assert_int_equal(calendar_add_worked(calendar, last - 1, 2, &day), ERR_UNAVAILABLE);
    assert_int_equal(calendar_add_worked(calendar, last, 1, &day), ERR_UNAVAILABLE);
    assert_int_equal(day, -1);
    calendar_free(calendar);
}

struct bad_row {
    const char *text;
    int code;
    const char *says;
};

static void bad_calendars_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct bad_row rows[] = {
        {"", ERR_SYNTAX, "no iCalendar"},
        {"hello", ERR_SYNTAX, ""},
        {"BEGIN:VCARD\r\nEND:VCARD\r\n", ERR_SYNTAX, "VCALENDAR"},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\n") TAIL, ERR_SYNTAX, "SUMMARY"},
        {HEAD EVENT("SUMMARY:x\r\n") TAIL, ERR_SYNTAX, "DTSTART"},
        {HEAD EVENT("DTSTART:20260501T120000Z\r\nSUMMARY:x\r\n") TAIL, ERR_UNSUPPORTED,
         "whole day"},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260501\r\n"
                    "SUMMARY:x\r\n") TAIL,
         ERR_SYNTAX, "DTEND"},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20300501\r\n"
                    "SUMMARY:x\r\n") TAIL,
         ERR_LIMIT, "DTEND"},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nRDATE;VALUE=DATE:20260601\r\n"
                    "SUMMARY:x\r\n") TAIL,
         ERR_UNSUPPORTED, "RDATE"},
        {HEAD EVENT("DTSTART;VALUE=DATE:19900101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:x\r\n") TAIL,
         ERR_LIMIT, "limit"},
        {HEAD EVENT("DTSTART;VALUE=DATE:tomorrow\r\nSUMMARY:x\r\n") TAIL, ERR_SYNTAX,
         "properties are no iCalendar (RFC 5545)"},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:x\r\n")
             EVENT("DTSTART;VALUE=DATE:20260601\r\n") TAIL,
         ERR_SYNTAX, "line 10: a VEVENT has no SUMMARY"},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:x\r\n")
             EVENT("DTSTART;VALUE=DATE:then\r\nSUMMARY:y\r\n") TAIL,
         ERR_SYNTAX, "line 10: 1 properties are no iCalendar"},
        {HEAD EVENT("DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY\r\n"
                    "RRULE:FREQ=MONTHLY\r\nSUMMARY:x\r\n") TAIL,
         ERR_UNSUPPORTED, "line 4: 'x': a second RRULE"},
        /* A rule that never falls on a day ends nothing: libical gives it up. */
        {HEAD EVENT("DTSTART;VALUE=DATE:20260228\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"
                    "SUMMARY:never\r\n") TAIL,
         ERR_SYNTAX, "line 4: 'never'"},
        {HEAD "X-BAILIWICK-UNTIL:20261301\r\n" TAIL, ERR_SYNTAX,
         "line 4: X-BAILIWICK-UNTIL: '20261301' is no day from 1990 to 2100"},
        {HEAD "X-BAILIWICK-UNTIL:21010101\r\n" TAIL, ERR_SYNTAX, "X-BAILIWICK-UNTIL"},
        {HEAD "X-BAILIWICK-UNTIL:\r\n" TAIL, ERR_SYNTAX, "properties are no iCalendar"},
        {HEAD "X-BAILIWICK-WEEKEND:SAT\r\n" TAIL, ERR_SYNTAX, "line 4: X-BAILIWICK-WEEKEND"},
        {HEAD "X-BAILIWICK-WEEKEND:SA,\r\n" TAIL, ERR_SYNTAX, "X-BAILIWICK-WEEKEND"},
        {HEAD "X-BAILIWICK-WEEKEND:MO,TU,WE,TH,FR,SA,SU\r\n" TAIL, ERR_SYNTAX,
         "X-BAILIWICK-WEEKEND"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendar *calendar = NULL;
        struct error_detail detail;
        int result = parse(rows[i].text, &calendar, &detail);
        if (result != rows[i].code || !strstr(detail.text, rows[i].says))
            fail_msg("row %zu: %d %s", i, result, detail.text);
        assert_null(calendar);
        assert_non_null(strstr(detail.text, "calendar 'test'"));
    }
}

static void nul_inside_is_refused(void **state)
{
    (void)state;
    static const char text[] = HEAD "X-A:b\0c\r\n" TAIL;
    struct calendar *calendar = NULL;
    assert_int_equal(calendar_parse("test", text, sizeof text - 1, &calendar, NULL), ERR_SYNTAX);
}

static void too_much_is_refused_by_name(void **state)
{
    (void)state;
    struct calendar *calendar = NULL;
    struct error_detail detail = {0};
    char name[CALENDAR_NAME_MAX + 1] = "";
    memset(name, 'x', CALENDAR_NAME_MAX);
    BUFFER_CLEANUP struct buffer text;
    buffer_init(&text, CALENDAR_BYTES_MAX);
    buffer_append_text(&text, HEAD);
    for (int i = 0; i <= CALENDAR_EVENTS_MAX; i++)
        buffer_append_text(&text, EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:x\r\n"));
    buffer_append_text(&text, TAIL);
    assert_refused(calendar_parse("many", text.data, text.size, &calendar, &detail), ERR_LIMIT,
                   &detail, "calendar 'many': more than 5000 events");
    assert_refused(calendar_parse(name, HEAD TAIL, strlen(HEAD TAIL), &calendar, &detail),
                   ERR_LIMIT, &detail, "xxx': name or file too long");
    assert_refused(calendar_parse("vast", "", CALENDAR_BYTES_MAX + 1, &calendar, &detail),
                   ERR_LIMIT, &detail, "calendar 'vast': name or file too long");
    assert_refused(calendar_load("/nonexistent.ics", "none", &calendar, &detail), -ENOENT, &detail,
                   "calendar 'none': /nonexistent.ics: No such file");
    assert_null(calendar);
}

static void shipped_calendars_are_read(void **state)
{
    (void)state;
    struct calendar *calendar = NULL;
    assert_int_equal(
        calendar_load(PROJECT_ROOT "/rulebook/icann/calendars/icann.ics", "icann", &calendar, NULL),
        0);
    assert_string_equal(calendar_day_off(calendar, civil_days(2026, 11, 26)), "Thanksgiving Day");
    calendar_free(calendar);
}

TEST_MAIN(cmocka_unit_test(named_days_and_weekends_are_off),
          cmocka_unit_test(weekend_of_another_land),
          cmocka_unit_test(spans_repetitions_and_exceptions),
          cmocka_unit_test(version_is_the_digest_of_the_bytes),
          cmocka_unit_test(a_calendar_reaches_to_a_last_day),
          cmocka_unit_test(worked_days_are_counted_behind_a_day_and_with_the_last),
          cmocka_unit_test(years_are_counted_as_days_are),
          cmocka_unit_test(worked_days_are_added_behind_a_day),
          cmocka_unit_test(nothing_is_added_beyond_the_end_of_a_calendar),
          cmocka_unit_test(bad_calendars_are_refused_with_a_reason),
          cmocka_unit_test(nul_inside_is_refused), cmocka_unit_test(too_much_is_refused_by_name),
          cmocka_unit_test(shipped_calendars_are_read))
