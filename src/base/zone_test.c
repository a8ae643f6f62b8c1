/* Time zones: offsets, gaps, folds, the POSIX footer, damaged files. The real files are those of
 * the package tzdata; the small ones are built here. */
#include "base/zone.h"

#include "base/buffer.h"
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct zone *load(const char *name)
{
    struct zone *zone = NULL;
    struct error_detail detail = {""};
    if (zone_load("/usr/share/zoneinfo", name, &zone, &detail) < 0)
        fail_msg("%s", detail.text);
    return zone;
}

static int64_t instant(const char *text)
{
    int64_t value = 0;
    assert_int_equal(civil_parse_instant(text, &value), 0);
    return value;
}

static void utc_is_built_in(void **state)
{
    (void)state;
    assert_string_equal(zone_name(zone_utc()), "UTC");
    assert_int_equal(zone_offset(zone_utc(), instant("2026-07-01T00:00:00Z")), 0);
    assert_int_equal(zone_day_start(zone_utc(), civil_days(2026, 7, 1)),
                     instant("2026-07-01T00:00:00Z"));
}

struct offset_row {
    const char *zone, *at;
    int offset;
};

static void offsets_of_known_moments(void **state)
{
    (void)state;
    static const struct offset_row rows[] = {
        {"Europe/Zurich", "2024-01-15T12:00:00Z", 3600},
        {"Europe/Zurich", "2024-03-31T00:59:59Z", 3600},
        {"Europe/Zurich", "2024-03-31T01:00:00Z", 7200},
        {"Europe/Zurich", "2024-10-27T01:00:00Z", 3600},
        {"America/Los_Angeles", "2024-03-10T09:59:59Z", -28800},
        {"America/Los_Angeles", "2024-03-10T10:00:00Z", -25200},
        {"Asia/Kathmandu", "2024-06-01T00:00:00Z", 20700},
        {"Australia/Lord_Howe", "2024-01-01T00:00:00Z", 39600}, /* half an hour of summer time */
        {"Australia/Lord_Howe", "2024-06-01T00:00:00Z", 37800},
        {"Pacific/Apia", "2011-12-29T00:00:00Z", -36000},
        {"Pacific/Apia", "2011-12-31T00:00:00Z", 50400},
        {"Pacific/Kiritimati", "2026-01-01T00:00:00Z", 50400},
        /* far after the last transition: the footer */
        {"Europe/Zurich", "2095-07-01T00:00:00Z", 7200},
        {"Europe/Zurich", "2095-12-01T00:00:00Z", 3600},
        {"Pacific/Auckland", "2095-01-01T00:00:00Z", 46800},
        {"Pacific/Auckland", "2095-07-01T00:00:00Z", 43200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct zone *zone = load(rows[i].zone);
        assert_int_equal(zone_offset(zone, instant(rows[i].at)), rows[i].offset);
        zone_free(zone);
    }
}

static void civil_time_in_a_gap_moves_by_the_length_of_the_gap(void **state)
{
    (void)state;
    struct zone *zone = load("Europe/Zurich");
    struct civil gap = {.year = 2024, .month = 3, .day = 31, .hour = 2, .minute = 30};
    assert_int_equal(zone_instant(zone, &gap), instant("2024-03-31T01:30:00Z"));
    zone_free(zone);
}

static void civil_time_that_exists_twice_is_the_later_one(void **state)
{
    (void)state;
    struct zone *zone = load("Europe/Zurich");
    struct civil fold = {.year = 2024, .month = 10, .day = 27, .hour = 2, .minute = 30};
    assert_int_equal(zone_instant(zone, &fold), instant("2024-10-27T01:30:00Z"));
    zone_free(zone);
}

/* In Beirut clocks go forward at midnight: the day starts at 01:00. */
static void day_without_midnight_starts_after_the_gap(void **state)
{
    (void)state;
    struct zone *zone = load("Asia/Beirut");
    int64_t start = zone_day_start(zone, civil_days(2024, 3, 31));
    assert_int_equal(start, instant("2024-03-30T22:00:00Z"));
    assert_int_equal(zone_civil(zone, start).hour, 1);
    zone_free(zone);
}

static void day_of_an_instant_depends_on_the_zone(void **state)
{
    (void)state;
    struct zone *kiritimati = load("Pacific/Kiritimati");
    int64_t evening = instant("2026-05-05T23:00:00Z");
    assert_int_equal(zone_day_of(zone_utc(), evening), civil_days(2026, 5, 5));
    assert_int_equal(zone_day_of(kiritimati, evening), civil_days(2026, 5, 6));
    zone_free(kiritimati);
}

/* Samoa had no 30 December 2011: the day's start falls on the first moment of the 31st. */
static void day_that_never_was_still_has_an_instant(void **state)
{
    (void)state;
    struct zone *zone = load("Pacific/Apia");
    assert_int_equal(zone_day_start(zone, civil_days(2011, 12, 30)),
                     instant("2011-12-30T10:00:00Z"));
    zone_free(zone);
}

/* Every civil hour of two years goes to an instant and back, except inside gaps. */
static void civil_times_go_round(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Zurich", "America/St_Johns", "Pacific/Chatham"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        struct zone *zone = load(names[n]);
        int gaps = 0;
        for (int64_t hour = 0; hour < 2 * 365 * 24; hour++) {
            int64_t local = instant("2024-01-01T00:15:00Z") + hour * INT64_C(3600000000);
            struct civil civil = civil_from_instant(local), back;
            back = zone_civil(zone, zone_instant(zone, &civil));
            gaps += back.hour != civil.hour;
        }
        assert_int_equal(gaps, 2);
        zone_free(zone);
    }
}

/* --- built files --- */

static void put32(struct buffer *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buffer_append_byte(out, (uint8_t)(value >> shift));
}

static void put_header(struct buffer *out, char version, uint32_t leap)
{
    static const uint8_t blank[15] = {0};
    buffer_append_text(out, "TZif");
    buffer_append_byte(out, (uint8_t)version);
    buffer_append(out, blank, sizeof blank);
    const uint32_t counts[] = {0, 0, leap, 0, 1, 4};
    for (size_t i = 0; i < 6; i++)
        put32(out, counts[i]);
}

static void put_type(struct buffer *out, uint32_t offset)
{
    put32(out, offset);
    buffer_append(out, "\0\0XXX\0", 6);
}

/* A file without transitions: what holds is its footer. */
static void put_footer_file(struct buffer *out, const char *footer)
{
    put_header(out, '3', 0);
    put_type(out, 0);
    put_header(out, '3', 0);
    put_type(out, 0);
    buffer_printf(out, "\n%s\n", footer);
}

static int parse_footer_file(const char *footer, struct zone **ret_zone)
{
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4096);
    put_footer_file(&out, footer);
    return zone_parse("built", out.data, out.size, ret_zone, NULL);
}

static void footers_of_every_form_are_read(void **state)
{
    (void)state;
    static const struct offset_row rows[] = {
        {"<+0330>-3:30", "2024-07-01T00:00:00Z", 12600},
        {"EST5EDT,M3.2.0,M11.1.0", "2024-07-01T00:00:00Z", -14400},
        {"EST5EDT,M3.2.0,M11.1.0", "2024-12-01T00:00:00Z", -18000},
        {"XST0XDT-2,J60/0,J300/0", "2024-02-29T12:00:00Z", 0}, /* J60 is always 1 March */
        {"XST0XDT-2,J60/0,J300/0", "2024-03-01T00:00:00Z", 7200},
        {"XST0XDT,59/0,300/0", "2024-02-29T00:00:00Z", 3600}, /* 59 is 29 February in 2024 */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T00:59:59Z", -7200},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T01:00:00Z", -3600},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct zone *zone = NULL;
        assert_int_equal(parse_footer_file(rows[i].zone, &zone), 0);
        assert_int_equal(zone_offset(zone, instant(rows[i].at)), rows[i].offset);
        zone_free(zone);
    }
}

static void bad_footers_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "E5",    "EST",    "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
        "EST5x", "<+03-3", "EST500",         "EST5EDT,J0,J5",           "EST5EDT,M3.2.0,M11.1.0,"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct zone *zone = NULL;
        assert_int_equal(parse_footer_file(bad[i], &zone), ERR_SYNTAX);
        assert_null(zone);
    }
}

static void leap_second_files_are_refused(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4096);
    put_header(&out, '\0', 1);
    put_type(&out, 0);
    put32(&out, 78796800);
    put32(&out, 1);
    struct zone *zone = NULL;
    assert_int_equal(zone_parse("right", out.data, out.size, &zone, NULL), ERR_UNSUPPORTED);
}

static void every_truncation_of_a_file_is_refused(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer file;
    buffer_init(&file, ZONE_BYTES_MAX);
    assert_true(buffer_load_file(&file, "/usr/share/zoneinfo/Europe/Zurich") >= 0);
    for (size_t size = 0; size < file.size; size++) {
        struct zone *zone = NULL;
        struct error_detail detail = {""};
        assert_true(zone_parse("Europe/Zurich", file.data, size, &zone, &detail) < 0);
        assert_null(zone);
        assert_non_null(strstr(detail.text, "Europe/Zurich"));
    }
}

static void names_that_leave_the_directory_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "/etc/passwd", "../passwd", "Europe/../../x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct zone *zone = NULL;
        assert_int_equal(zone_load("/usr/share/zoneinfo", bad[i], &zone, NULL), ERR_SYNTAX);
    }
}

/* The release stands in the first line of the folder's tzdata.zi; handed-in bytes have none. */
static void the_release_of_the_database_is_named(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    char line[64] = "", expected[80];
    FILE *file = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    assert_int_equal(zone_load(/* directory= */ NULL, "Europe/Zurich", &zone, NULL), 0);
    snprintf(expected, sizeof expected, "# version %s", zone_release(zone));
    assert_string_equal(expected, line);
    zone_free(zone);
    assert_string_equal(zone_release(zone_utc()), "");
}

static void zones_that_cannot_be_read_are_named(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    struct error_detail detail = {0};
    char name[5000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_refused(zone_load("/usr", name, &zone, &detail), ERR_LIMIT, &detail,
                   "xxx': path too long");
    name[ZONE_NAME_MAX] = '\0';
    assert_refused(zone_parse(name, "", 0, &zone, &detail), ERR_LIMIT, &detail,
                   "xxx': name or file too long");
    assert_refused(zone_parse("Etc/Vast", "", ZONE_BYTES_MAX + 1, &zone, &detail), ERR_LIMIT,
                   &detail, "time zone 'Etc/Vast': name or file too long");
    assert_refused(zone_load("/nonexistent", "Etc/Moon", &zone, &detail), -ENOENT, &detail,
                   "time zone 'Etc/Moon': /nonexistent/Etc/Moon: No such file");
    assert_null(zone);
}

TEST_MAIN(cmocka_unit_test(utc_is_built_in), cmocka_unit_test(offsets_of_known_moments),
          cmocka_unit_test(civil_time_in_a_gap_moves_by_the_length_of_the_gap),
          cmocka_unit_test(civil_time_that_exists_twice_is_the_later_one),
          cmocka_unit_test(day_without_midnight_starts_after_the_gap),
          cmocka_unit_test(day_of_an_instant_depends_on_the_zone),
          cmocka_unit_test(day_that_never_was_still_has_an_instant),
          cmocka_unit_test(civil_times_go_round), cmocka_unit_test(footers_of_every_form_are_read),
          cmocka_unit_test(bad_footers_are_refused),
          cmocka_unit_test(leap_second_files_are_refused),
          cmocka_unit_test(every_truncation_of_a_file_is_refused),
          cmocka_unit_test(names_that_leave_the_directory_are_refused),
          cmocka_unit_test(the_release_of_the_database_is_named),
          cmocka_unit_test(zones_that_cannot_be_read_are_named))
