/* Texts that people would call the same have one form. */
#include "proto/text/fold.h"

#include "base/error.h"
#include "testing.h"

#include <string.h>

static void alike_texts_have_one_form(void **state)
{
    static const struct {
        const char *text, *folded;
    } rows[] = {
        {"Bad.EXAMPLE", "bad.example"},
        {"\xef\xbc\xa2\xef\xbd\x81\xef\xbd\x84", "bad"}, /* full width */
        {"\xef\xac\x81sh", "fish"},                      /* a ligature */
        {"Stra\xc3\x9f"
         "e",
         "strasse"},                                  /* sharp s */
        {"e\xcc\x81", "\xc3\xa9"},                    /* composed */
        {"one\n> two\r\n> three\nfour", "one\nfour"}, /* quoted */
        {"> all", ""},
        {"", ""},
        {"cut\xff off", "cut"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena ARENA_CLEANUP = {0};
        const char *folded;
        arena_init(&arena, 4096);
        assert_int_equal(text_fold(rows[i].text, strlen(rows[i].text), &arena, &folded), 0);
        assert_string_equal(folded, rows[i].folded);
    }
}

static void limits_hold(void **state)
{
    static char text[FOLD_BYTES_MAX + 1];
    struct arena arena ARENA_CLEANUP = {0}, small ARENA_CLEANUP = {0};
    const char *folded;
    (void)state;
    memset(text, 'A', sizeof text);
    arena_init(&arena, 4 << 20);
    assert_int_equal(text_fold(text, sizeof text, &arena, &folded), 0);
    assert_int_equal(strlen(folded), FOLD_BYTES_MAX);
    arena_init(&small, 16);
    assert_int_equal(text_fold(text, 64, &small, &folded), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(alike_texts_have_one_form),
                                       cmocka_unit_test(limits_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
