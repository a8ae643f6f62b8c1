/* RFC 5545: folding, escaping, moments in UTC, names that stay. tests/test_deadlines.py reads a
 * feed of the program with libical. */
#include "view/calendar_feed.h"

#include "testing.h"

#include <string.h>

static json_t *row(const char *stage)
{
    return json_pack("{s:[{s:s, s:s, s:s, s:s, s:i, s:s, s:s}]}", "deadlines", "case", "c-1",
                     "rule", "first", "party", "registrar-1", "stage", stage, "seq", 7, "due_at",
                     "2027-01-12T08:00:00Z", "updated_at", "2027-01-04T09:00:00.250000Z");
}

static void write_feed(const char *stage, struct buffer *out)
{
    json_t *list JSON_CLEANUP = row(stage);
    buffer_init(out, 1 << 16);
    assert_int_equal(calendar_feed_write(list, out, NULL), 0);
}

static void an_event_has_name_moments_and_number(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    write_feed("First notice", &out);
    assert_non_null(strstr(buffer_text(&out), "\r\nUID:c-1.first@bailiwick\r\n"
                                              "DTSTAMP:20270104T090000Z\r\n"
                                              "DTSTART:20270112T080000Z\r\n"
                                              "SUMMARY:c-1: First notice (registrar-1\\, first)\r\n"
                                              "SEQUENCE:7\r\nCLASS:CONFIDENTIAL\r\n"));
    assert_non_null(strstr(buffer_text(&out), "END:VEVENT\r\nEND:VCALENDAR\r\n"));
}

static void texts_are_escaped(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    write_feed("a\\b;c,d\ne\r\tf", &out);
    assert_non_null(strstr(buffer_text(&out), "SUMMARY:c-1: a\\\\b\\;c\\,d\\nef ("));
}

/* Each line has at most 75 octets, and none begins or ends within a character. */
static void long_lines_are_folded(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer label, out;
    buffer_init(&label, 400);
    for (int i = 0; i < 90; i++)
        buffer_append_text(&label, i % 3 ? "é" : "€");
    write_feed(buffer_text(&label), &out);
    size_t folds = 0;
    for (const char *line = buffer_text(&out), *end; (end = strstr(line, "\r\n")); line = end + 2) {
        assert_true(end - line <= 75);
        folds += line[0] == ' ';
        assert_true(line[0] != ' ' || (line[1] & 0xc0) != 0x80);
    }
    assert_true(folds >= 2);
}

static void what_is_no_deadline_is_refused(void **state)
{
    (void)state;
    struct error_detail detail = {0};
    BUFFER_CLEANUP struct buffer out;
    json_t *list JSON_CLEANUP = row("x");
    buffer_init(&out, 1 << 16);
    json_t *only = json_array_get(json_object_get(list, "deadlines"), 0);
    json_object_set_new(only, "due_at", json_string("tomorrow"));
    assert_int_equal(calendar_feed_write(list, &out, &detail), ERR_SYNTAX);
    assert_non_null(strstr(detail.text, "deadline 0 of the feed"));
    json_object_del(only, "due_at");
    assert_int_equal(calendar_feed_write(list, &out, &detail), ERR_SYNTAX);
}

TEST_MAIN(cmocka_unit_test(an_event_has_name_moments_and_number),
          cmocka_unit_test(texts_are_escaped), cmocka_unit_test(long_lines_are_folded),
          cmocka_unit_test(what_is_no_deadline_is_refused))
