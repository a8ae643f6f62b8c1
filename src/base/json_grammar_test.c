/* The grammar of RFC 8259, and where it is left to the reader what to make of it. */
#include "base/json_grammar.h"

#include "base/buffer.h"
#include "refusal.h"
#include "testing.h"

#include <string.h>

static int check(const char *text, struct error_detail *detail)
{
    return json_grammar_check(text, strlen(text), detail);
}

static void what_the_grammar_allows_is_json(void **state)
{
    (void)state;
    static const char *const right[] = {
        "{}", "[]", "0", "-0", "10", "-1.50e+07", "1E-9", "\"\"", "true", "false", "null",
        " \t\r\n{ \"a\" : [ 1 , { } , [ ] ] , \"b\" : { \"c\" : null } } \n",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\xc3\xa9\x7f\"",
        /* 4, 6, 8.2: allowed, whatever a reader makes of it */
        "{\"a\":1,\"a\":2}", "123456789012345678901234567890", "-1e999", "\"\\u0000\"",
        "\"\\ud800\""};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct error_detail detail = {0};
        const char *first = right[i] + strspn(right[i], " \t\r\n");
        assert_int_equal(check(right[i], &detail), *first);
    }
}

static void what_it_does_not_allow_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } wrong[] = {
        {"", "there is nothing"},
        {" \n ", "line 2, column 2: expected a value"},
        {"{", "line 1, column 2: expected a string"},
        {"[", "line 1, column 2: expected a value"},
        {"[1", "line 1, column 3: expected a comma or the end"},
        {"[1,]", "line 1, column 4: expected a value"},
        {"[,1]", "line 1, column 2: expected a value"},
        {"[1 2]", "line 1, column 4: expected a comma or the end"},
        {"{\"a\":1,}", "line 1, column 8: expected a string"},
        {"{\"a\" 1}", "line 1, column 6: expected a colon"},
        {"{\"a\":}", "line 1, column 6: expected a value"},
        {"{\"a\"}", "line 1, column 5: expected a colon"},
        {"{a:1}", "line 1, column 2: expected a string"},
        {"{\"a\":1]", "line 1, column 7: expected a comma or the end"},
        {"[{\"a\":1]", "line 1, column 8: expected a comma or the end"},
        {"[1}", "line 1, column 3: expected a comma or the end"},
        {"[[1],2}", "line 1, column 7: expected a comma or the end"},
        {"{} x", "line 1, column 4: expected the end"},
        {"]", "line 1, column 1: expected a value"},
        {"<html>", "line 1, column 1: expected a value"},
        {"01", "line 1, column 2: expected the end"},
        {"+1", "line 1, column 1: expected a value"},
        {".5", "line 1, column 1: expected a value"},
        {"-", "line 1, column 2: expected a digit"},
        {"1.", "line 1, column 3: expected a digit"},
        {"1e+", "line 1, column 4: expected a digit"},
        {"NaN", "line 1, column 1: expected a value"},
        {"tru", "line 1, column 4: expected a value"},
        {"nul1", "line 1, column 4: expected a value"},
        {"True", "line 1, column 1: expected a value"},
        {"'a'", "line 1, column 1: expected a value"},
        {"\"a", "line 1, column 3: expected the end of a string"},
        {"\"a\nb\"", "line 1, column 3: expected the end of a string"},
        {"\"\\x\"", "line 1, column 3: expected an escape"},
        {"\"\\", "line 1, column 3: expected an escape"},
        {"\"\\u00g0\"", "line 1, column 6: expected a hexadecimal digit"},
        {"\"\\u00", "line 1, column 6: expected a hexadecimal digit"},
        {"\"\xff\"", "line 1, column 2: expected UTF-8"},
        {"\"\xed\xa0\x80\"", "line 1, column 2: expected UTF-8"},
        {"\xef\xbb\xbf{}", "line 1, column 1: expected a value"},
        {"{}\f", "line 1, column 3: expected the end"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error_detail detail = {0};
        assert_refused(check(wrong[i].text, &detail), ERR_SYNTAX, &detail, wrong[i].words);
    }
    struct error_detail detail = {0};
    assert_refused(json_grammar_check("{}\0", 3, &detail), ERR_SYNTAX, &detail,
                   "line 1, column 3: expected the end");
    struct error_detail inside = {0};
    assert_refused(json_grammar_check("\0", 1, &inside), ERR_SYNTAX, &inside,
                   "line 1, column 1: expected a value");
}

/* Objects and arrays by turns, `depth` of them, closed in the right order. */
static int check_nested(int depth, struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1 << 20);
    for (int i = 0; i < depth; i++)
        buffer_append_text(&text, i % 2 == 0 ? "[" : "{\"a\":");
    buffer_append_text(&text, "1");
    for (int i = depth; i-- > 0;)
        buffer_append_text(&text, i % 2 == 0 ? "]" : "}");
    assert_int_equal(buffer_error(&text), 0);
    return json_grammar_check(text.data, text.size, detail);
}

static void nesting_ends_at_the_limit(void **state)
{
    (void)state;
    struct error_detail detail = {0};
    assert_int_equal(check_nested(600, &detail), '[');
    assert_int_equal(check_nested(JSON_GRAMMAR_DEPTH_MAX, &detail), '[');
    assert_refused(check_nested(JSON_GRAMMAR_DEPTH_MAX + 1, &detail), ERR_LIMIT, &detail,
                   "line 1, column 24577: nested deeper than 8192 levels");
}

TEST_MAIN(cmocka_unit_test(what_the_grammar_allows_is_json),
          cmocka_unit_test(what_it_does_not_allow_is_not),
          cmocka_unit_test(nesting_ends_at_the_limit))
