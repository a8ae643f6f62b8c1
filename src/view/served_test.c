#include "view/served.h"

#include "refusal.h"
#include "view/mail_text.h"

#include <stdio.h>
#include <string.h>

#define HEAD(subject, encoding)                                                                    \
    "From: <a@b.example>\r\nSubject: " subject "\r\nContent-Transfer-Encoding: " encoding "\r\n\r" \
    "\n"

static int read_text(const char *bytes, const char *subject, struct buffer *text,
                     struct error_detail *detail)
{
    buffer_clear(text);
    return served_read(bytes, strlen(bytes), subject, text, detail);
}

/* What mail_text wrote is read again, whatever is in it. */
static void what_was_written_is_read_again(void **state)
{
    (void)state;
    static const char *const texts[] = {"Plain.\n", "G\xc3\xbc=3D te \n.dot\nFrom here\n", "",
                                        ("a very long line of words that goes on and on beyond "
                                         "what quoted-printable takes in one line\n")};
    BUFFER_CLEANUP struct buffer bytes, text;
    buffer_init(&bytes, 1 << 16);
    buffer_init(&text, 1 << 16);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        buffer_clear(&bytes);
        buffer_append_text(&bytes, HEAD("S", "quoted-printable"));
        mail_text_put_quoted(texts[i], strlen(texts[i]), &bytes);
        assert_int_equal(read_text(buffer_text(&bytes), "S", &text, NULL), 0);
        assert_string_equal(buffer_text(&text), texts[i]);
    }
    assert_int_equal(read_text(HEAD("S", "7bit") "a=3D\r\nb\r\n", "S", &text, NULL), 0);
    assert_string_equal(buffer_text(&text), "a=3D\nb\n");
}

static void other_bytes_are_no_letter(void **state)
{
    (void)state;
    struct error_detail detail = {0};
    BUFFER_CLEANUP struct buffer text;
    buffer_init(&text, 1 << 16);
    assert_refused(read_text("no mail", "S", &text, &detail), ERR_DAMAGED, &detail,
                   "these bytes are no letter of ours");
    assert_refused(read_text("From: x\r\n\r\nbody", "S", &text, &detail), ERR_DAMAGED, &detail,
                   "these bytes are no letter of ours");
    assert_refused(read_text(HEAD("Other", "7bit") "x", "S", &text, &detail), ERR_DAMAGED, &detail,
                   "the letter has another subject than 'S'");
    static const char *const bodies[] = {"a=", "a=4", "a=XY", "a=\r"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        char bytes[200];
        snprintf(bytes, sizeof bytes, HEAD("S", "quoted-printable") "%s", bodies[i]);
        assert_refused(read_text(bytes, "S", &text, &detail), ERR_DAMAGED, &detail,
                       "the letter's body: ");
    }
}

static void words_are_found_across_line_ends(void **state)
{
    (void)state;
    ARENA_CLEANUP struct arena arena;
    struct served_range *ranges;
    size_t count;
    arena_init(&arena, 1 << 16);
    assert_int_equal(served_find("Dear Ann\n  Bee, Ann Bee", "Ann Bee", &arena, &ranges, &count),
                     0);
    assert_int_equal(count, 2);
    assert_int_equal(ranges[0].start, 5);
    assert_int_equal(ranges[0].size, 9);
    assert_int_equal(ranges[1].start, 16);
    assert_int_equal(served_find("Dear Ann", "Bee", &arena, &ranges, &count), ERR_NOT_FOUND);
    assert_int_equal(served_find("Dear Ann", "", &arena, &ranges, &count), ERR_NOT_FOUND);
    char many[2 * SERVED_RANGES_MAX + 4];
    memset(many, 'x', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    assert_int_equal(served_find(many, "x", &arena, &ranges, &count), ERR_LIMIT);
}

static void what_is_hidden_shows_neither_words_nor_length(void **state)
{
    (void)state;
    static const struct served_range ranges[] = {{10, 3}, {0, 2}, {1, 3}};
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 1 << 10);
    assert_int_equal(served_redact("0123456789abcdef", ranges, 3, &out), 0);
    assert_string_equal(buffer_text(&out), "[redacted]456789[redacted]def");
    buffer_clear(&out);
    assert_int_equal(served_redact("0123", NULL, 0, &out), 0);
    assert_string_equal(buffer_text(&out), "0123");
}

static void ranges_have_one_form(void **state)
{
    (void)state;
    ARENA_CLEANUP struct arena arena;
    BUFFER_CLEANUP struct buffer out;
    struct served_range *ranges;
    size_t count;
    arena_init(&arena, 1 << 16);
    buffer_init(&out, 1 << 10);
    assert_int_equal(served_ranges_parse("12+5 80+3", &arena, &ranges, &count), 0);
    assert_int_equal(served_ranges_format(ranges, count, &out), 0);
    assert_string_equal(buffer_text(&out), "12+5 80+3");
    assert_int_equal(served_ranges_parse("", &arena, &ranges, &count), 0);
    assert_int_equal(count, 0);
    static const char *const wrong[] = {"x", "1", "1-2", "1+", "1+2,3+4"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(served_ranges_parse(wrong[i], &arena, &ranges, &count), ERR_SYNTAX);
}

TEST_MAIN(cmocka_unit_test(what_was_written_is_read_again),
          cmocka_unit_test(other_bytes_are_no_letter),
          cmocka_unit_test(words_are_found_across_line_ends),
          cmocka_unit_test(what_is_hidden_shows_neither_words_nor_length),
          cmocka_unit_test(ranges_have_one_form))
