/* Deadlines against vectors worked out by hand (tests/vectors/deadlines.csv), and invariant 5: a
 * deadline is a function of service, rule, zone and calendar alone. */
#include "cases/deadline.h"

#include "base/civil.h"
#include "refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 10 };

static struct calendar *load_calendar(const char *name)
{
    char path[1000];
    struct calendar *calendar = NULL;
    struct error_detail detail = {""};
    snprintf(path, sizeof path, "%s/rulebook/%s/calendars/%s.ics", PROJECT_ROOT, name, name);
    if (calendar_load(path, name, &calendar, &detail) < 0)
        fail_msg("%s", detail.text);
    return calendar;
}

static struct zone *load_zone(const char *name)
{
    struct zone *zone = NULL;
    struct error_detail detail = {""};
    if (zone_load("/usr/share/zoneinfo", name, &zone, &detail) < 0)
        fail_msg("%s", detail.text);
    return zone;
}

static enum deadline_unit unit_of(const char *text)
{
    if (strcmp(text, "working-days") == 0)
        return UNIT_WORKING_DAYS;
    return strcmp(text, "hours") == 0 ? UNIT_HOURS : UNIT_CALENDAR_DAYS;
}

/* "Tue5 Wed6 ...": what was counted. */
static void collect_counted(void *context, const struct deadline_step *step)
{
    static const char *const names[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct buffer *out = context;
    int year, month, day;
    civil_from_days(step->day, &year, &month, &day);
    if (step->mark == MARK_COUNTED)
        buffer_printf(out, "%s%s%d", out->size ? " " : "", names[civil_weekday(step->day)], day);
}

static void check_vector(char *const column[COLUMNS], int line)
{
    struct zone *zone = load_zone(column[3]);
    struct calendar *calendar = load_calendar(column[6]);
    struct deadline_rule rule = {
        .id = "vector",
        .n = atoi(column[1]),
        .unit = unit_of(column[2]),
        .end_of_day = strcmp(column[4], "zone") == 0 ? END_OF_DAY_ZONE : END_OF_DAY_ANYWHERE,
        .roll_forward = strcmp(column[5], "forward") == 0,
        .zone = zone,
        .calendar = calendar,
    };
    BUFFER_CLEANUP struct buffer counted;
    struct deadline deadline;
    int64_t service = 0;
    char date[CIVIL_DATE_TEXT], instant[CIVIL_INSTANT_TEXT];
    buffer_init(&counted, 100000);
    assert_int_equal(civil_parse_instant(column[0], &service), 0);
    assert_int_equal(deadline_compute(&rule, service, collect_counted, &counted, &deadline), 0);
    civil_format_date(deadline.date, date);
    civil_format_instant(deadline.instant, instant);
    if (strcmp(date, column[7]) != 0 || strcmp(instant, column[8]) != 0)
        fail_msg("line %d: %s %s, expected %s %s", line, date, instant, column[7], column[8]);
    if (rule.unit == UNIT_WORKING_DAYS)
        assert_string_equal(buffer_text(&counted), column[9]);
    zone_free(zone);
    calendar_free(calendar);
}

static void deadlines_equal_those_worked_by_hand(void **state)
{
    (void)state;
    char line[1000];
    int number = 0, vectors = 0;
    FILE *file = fopen(PROJECT_ROOT "/tests/vectors/deadlines.csv", "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *column[COLUMNS], *rest = line;
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        for (int i = 0; i < COLUMNS; i++) {
            column[i] = i < COLUMNS - 1 ? strsep(&rest, ",") : rest;
            assert_non_null(column[i]);
        }
        check_vector(column, number);
        vectors++;
    }
    fclose(file);
    assert_true(vectors >= 200);
}

static void collect_all(void *context, const struct deadline_step *step)
{
    char date[CIVIL_DATE_TEXT];
    buffer_printf(context, "%s %s %d %s\n", civil_format_date(step->day, date),
                  deadline_mark_text(step->mark), step->count, step->name);
}

static struct deadline_rule rule_of(struct calendar *calendar, int32_t n, enum deadline_unit unit)
{
    return (struct deadline_rule){
        .id = "rule", .n = n, .unit = unit, .zone = zone_utc(), .calendar = calendar};
}

/* 2026-11-25 is a Wednesday before Thanksgiving. */
static void trace_names_why_each_day_does_not_count(void **state)
{
    (void)state;
    struct calendar *calendar = load_calendar("icann");
    struct deadline_rule rule = rule_of(calendar, 2, UNIT_WORKING_DAYS);
    struct deadline deadline;
    int64_t service = 0;
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 10000);
    civil_parse_instant("2026-11-25T12:00:00Z", &service);
    assert_int_equal(deadline_compute(&rule, service, collect_all, &out, &deadline), 0);
    assert_string_equal(buffer_text(&out), "2026-11-25 day-zero 0 \n"
                                           "2026-11-26 holiday 0 Thanksgiving Day\n"
                                           "2026-11-27 holiday 0 Day after Thanksgiving\n"
                                           "2026-11-28 weekend 0 Saturday\n"
                                           "2026-11-29 weekend 0 Sunday\n"
                                           "2026-11-30 counted 1 \n"
                                           "2026-12-01 counted 2 \n");
    buffer_clear(&out);
    rule.unit = UNIT_CALENDAR_DAYS;
    rule.roll_forward = true;
    rule.n = 3;
    assert_int_equal(deadline_compute(&rule, service, collect_all, &out, &deadline), 0);
    assert_string_equal(buffer_text(&out), "2026-11-25 day-zero 0 \n"
                                           "2026-11-26 counted 1 \n"
                                           "2026-11-27 counted 2 \n"
                                           "2026-11-28 counted 3 \n"
                                           "2026-11-29 rolled 3 Saturday\n"
                                           "2026-11-30 rolled 3 Sunday\n");
    buffer_clear(&out);
    rule.unit = UNIT_HOURS;
    assert_int_equal(deadline_compute(&rule, service, collect_all, &out, &deadline), 0);
    assert_string_equal(buffer_text(&out), "2026-11-25 day-zero 0 \n");
    calendar_free(calendar);
}

/* Every moment of one civil day gives the same date; no later service gives an earlier date. */
static void invariant_5_a_deadline_depends_on_service_and_rule_alone(void **state)
{
    (void)state;
    struct calendar *calendar = load_calendar("icann");
    struct deadline_rule rule = rule_of(calendar, 5, UNIT_WORKING_DAYS);
    struct deadline before = {.date = 0};
    int64_t start = (int64_t)civil_days(2024, 1, 1) * CIVIL_DAY_US;
    for (int hour = 0; hour < 3 * 366 * 24; hour += 5) {
        struct deadline deadline;
        int64_t service = start + hour * INT64_C(3600000000);
        assert_int_equal(deadline_compute(&rule, service, NULL, NULL, &deadline), 0);
        if (before.day_zero == deadline.day_zero)
            assert_int_equal(before.date, deadline.date);
        assert_true(deadline.date >= before.date);
        assert_true(deadline.date >= deadline.day_zero + 5);
        before = deadline;
    }
    calendar_free(calendar);
}

static void count_without_end_is_a_limit(void **state)
{
    (void)state;
    struct calendar *calendar = load_calendar("icann");
    struct deadline_rule rule = rule_of(calendar, DEADLINE_DAYS_MAX, UNIT_WORKING_DAYS);
    struct deadline deadline = {.date = 7};
    assert_int_equal(deadline_compute(&rule, 0, NULL, NULL, &deadline), ERR_LIMIT);
    rule.unit = UNIT_HOURS;
    rule.n = DEADLINE_HOURS_MAX + 1;
    assert_int_equal(deadline_compute(&rule, 0, NULL, NULL, &deadline), ERR_LIMIT);
    assert_int_equal(deadline.date, 7);
    rule.unit = UNIT_CALENDAR_DAYS;
    rule.n = DEADLINE_DAYS_MAX;
    assert_int_equal(deadline_compute(&rule, 0, NULL, NULL, &deadline), 0);
    calendar_free(calendar);
}

/* What the calendar does not tell of is never taken for worked. */
static void a_calendar_that_ends_before_the_due_date_is_refused(void **state)
{
    (void)state;
    static const char text[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
                               "X-BAILIWICK-UNTIL:20281231\r\nEND:VCALENDAR\r\n";
    struct calendar *calendar = NULL;
    assert_int_equal(calendar_parse("short", text, sizeof text - 1, &calendar, NULL), 0);
    struct deadline_rule rule = rule_of(calendar, 5, UNIT_WORKING_DAYS);
    struct deadline deadline = {.date = 7};
    struct error_detail detail = {""};
    int64_t friday = 0; /* five working days after it is Friday 29 December, six is 2029 */
    civil_parse_instant("2028-12-22T12:00:00Z", &friday);
    assert_int_equal(deadline_compute(&rule, friday, NULL, NULL, &deadline), 0);
    assert_int_equal(deadline.date, civil_days(2028, 12, 29));
    assert_ptr_equal(deadline.calendar, calendar);
    rule.n = 6;
    int result = deadline_compute(&rule, friday, NULL, NULL, &deadline);
    assert_refused(deadline_refuse(&rule, result, &detail), ERR_UNAVAILABLE, &detail,
                   "deadline rule 'rule': the calendar 'short' ends on 2028-12-31, before the due");
    assert_int_equal(deadline.date, civil_days(2028, 12, 29));
    rule.unit = UNIT_CALENDAR_DAYS; /* needs no calendar ... */
    rule.n = 30;
    assert_int_equal(deadline_compute(&rule, friday, NULL, NULL, &deadline), 0);
    rule.roll_forward = true; /* ... but to roll */
    assert_int_equal(deadline_compute(&rule, friday, NULL, NULL, &deadline), ERR_UNAVAILABLE);
    calendar_free(calendar);
}

/* A deadline's trace is that of the calendar that counted, whatever its rule uses now. */
static void a_deadline_keeps_the_calendar_that_counted(void **state)
{
    (void)state;
    static const char text[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
                               "END:VCALENDAR\r\n";
    struct calendar *old = NULL, *new = load_calendar("icann");
    assert_int_equal(calendar_parse("icann", text, sizeof text - 1, &old, NULL), 0);
    struct deadline_rule rule = rule_of(old, 1, UNIT_WORKING_DAYS);
    struct deadline deadline, again;
    int64_t service = 0;
    char hex[DIGEST_HEX];
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 10000);
    civil_parse_instant("2026-11-25T12:00:00Z", &service);
    assert_int_equal(deadline_compute(&rule, service, NULL, NULL, &deadline), 0);
    rule.calendar = new;
    assert_int_equal(deadline_again(&deadline, NULL, NULL, &again), 0);
    assert_int_equal(again.date, civil_days(2026, 11, 26));
    assert_int_equal(deadline_print_json(&deadline, &out), 0);
    struct digest version = calendar_version(old);
    assert_non_null(strstr(buffer_text(&out), digest_format(&version, hex)));
    calendar_free(old);
    calendar_free(new);
}

static void json_names_the_versions_of_zone_and_calendar(void **state)
{
    (void)state;
    struct calendar *calendar = load_calendar("icann");
    struct deadline_rule rule = rule_of(calendar, 1, UNIT_WORKING_DAYS);
    struct deadline deadline;
    int64_t service = 0;
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 10000);
    assert_int_equal(deadline_compute(&rule, 0, NULL, NULL, &deadline), 0);
    assert_int_equal(deadline_print_json(&deadline, &out), 0);
    assert_non_null(strstr(buffer_text(&out), "\"date\":\"1970-01-02\""));
    assert_non_null(strstr(buffer_text(&out), "\"instant\":\"1970-01-03T00:00:00Z\""));
    assert_non_null(strstr(buffer_text(&out), "\"zone_version\":\""));
    assert_non_null(strstr(buffer_text(&out), "\"calendar_version\":\""));
    assert_non_null(strstr(buffer_text(&out), "{\"rule\":\"rule\","
                                              "\"service_at\":\"1970-01-01T00:00:00Z\","));
    assert_non_null(strstr(buffer_text(&out), "\"zone\":\"UTC\","));
    assert_non_null(strstr(buffer_text(&out), "\"calendar\":\"icann\","));
    assert_non_null(strstr(buffer_text(&out),
                           "\"trace\":[{\"date\":\"1970-01-01\",\"mark\":\"day-zero\",\"count\":0},"
                           "{\"date\":\"1970-01-02\",\"mark\":\"counted\",\"count\":1}]}"));
    civil_parse_instant("2026-11-25T12:00:00Z", &service);
    buffer_clear(&out);
    assert_int_equal(deadline_compute(&rule, service, NULL, NULL, &deadline), 0);
    assert_int_equal(deadline_print_json(&deadline, &out), 0);
    assert_non_null(strstr(buffer_text(&out), "\"mark\":\"holiday\",\"count\":0,"
                                              "\"name\":\"Thanksgiving Day\"}"));
    calendar_free(calendar);
}

TEST_MAIN(cmocka_unit_test(deadlines_equal_those_worked_by_hand),
          cmocka_unit_test(trace_names_why_each_day_does_not_count),
          cmocka_unit_test(invariant_5_a_deadline_depends_on_service_and_rule_alone),
          cmocka_unit_test(count_without_end_is_a_limit),
          cmocka_unit_test(a_calendar_that_ends_before_the_due_date_is_refused),
          cmocka_unit_test(a_deadline_keeps_the_calendar_that_counted),
          cmocka_unit_test(json_names_the_versions_of_zone_and_calendar))
