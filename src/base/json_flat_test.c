#include "base/json_flat.h"

#include "base/json.h"
#include "testing.h"

#include <string.h>

static void members_and_values_are_found(void **state)
{
    (void)state;
    static const char text[] =
        " {\"text\":\"a \\\"b\\\" \\\\ \\n\xc3\xa9\", \"number\" : -12,\"big\":9223372036854775807,"
        "\"least\":-9223372036854775808,\"yes\":true,\"no\":false,\"none\":null,\"empty\":{},"
        "\"list\":[{\"a\":1,\"b\":[2]},[],\"x\"],\"last\":\"\"}\n";
    struct json_flat flat JSON_FLAT_CLEANUP;
    assert_int_equal(json_flat_read(&flat, text, strlen(text), NULL), 0);
    assert_int_equal(json_item_kind(flat.root), JSON_ITEM_OBJECT);
    assert_string_equal(json_flat_text(flat.root, "text"), "a \"b\" \\ \n\xc3\xa9");
    assert_int_equal(json_flat_number(flat.root, "number", 0), -12);
    assert_int_equal(json_flat_number(flat.root, "big", 0), INT64_MAX);
    assert_int_equal(json_flat_number(flat.root, "least", 0), INT64_MIN);
    assert_int_equal(json_item_kind(json_item_member(flat.root, "yes")), JSON_ITEM_TRUE);
    assert_int_equal(json_item_kind(json_item_member(flat.root, "no")), JSON_ITEM_FALSE);
    assert_int_equal(json_item_kind(json_item_member(flat.root, "none")), JSON_ITEM_NULL);
    assert_int_equal(json_item_kind(json_item_member(flat.root, "empty")), JSON_ITEM_OBJECT);
    assert_string_equal(json_flat_text(flat.root, "last"), "");
    const struct json_item *list = json_item_member(flat.root, "list");
    assert_int_equal(json_item_count(list), 3);
    const struct json_item *item = json_item_first(list);
    assert_int_equal(json_flat_number(item, "a", 0), 1);
    item = json_item_next(item);
    assert_int_equal(json_item_kind(item), JSON_ITEM_ARRAY);
    assert_string_equal(json_item_text(json_item_next(item)), "x");
}

static void what_is_absent_or_of_another_kind_is_told_apart(void **state)
{
    (void)state;
    static const char text[] = "{\"text\":\"7\",\"number\":7}";
    struct json_flat flat JSON_FLAT_CLEANUP;
    assert_int_equal(json_flat_read(&flat, text, strlen(text), NULL), 0);
    assert_int_equal(json_item_kind(json_item_member(flat.root, "other")), JSON_ITEM_ABSENT);
    assert_null(json_item_member(json_item_member(flat.root, "number"), "text"));
    assert_null(json_flat_text(flat.root, "number"));
    assert_null(json_flat_text(NULL, "text"));
    assert_int_equal(json_flat_number(flat.root, "text", -1), -1);
    assert_int_equal(json_flat_number(NULL, "number", -1), -1);
    assert_int_equal(json_item_integer(json_item_member(flat.root, "text")), 0);
    assert_int_equal(json_item_count(json_item_member(flat.root, "text")), 0);
    assert_int_equal(json_item_count(flat.root), 0);
    assert_null(json_item_first(flat.root));
    assert_int_equal(json_item_count(NULL), 0);
}

/* Not plain, but right: the tree reads it. */
static void what_is_not_plain_is_read_too(void **state)
{
    (void)state;
    static const char text[] = "{\"\\u0061\":\"\\u00e9\",\"real\":1.0,\"list\":[1e2,{\"b\":-0}]}";
    struct json_flat flat JSON_FLAT_CLEANUP;
    assert_int_equal(json_flat_read(&flat, text, strlen(text), NULL), 0);
    assert_string_equal(json_flat_text(flat.root, "a"), "\xc3\xa9");
    assert_int_equal(json_item_kind(json_item_member(flat.root, "real")), JSON_ITEM_REAL);
    assert_int_equal(json_item_integer(json_item_member(flat.root, "real")), 0);
    const struct json_item *list = json_item_member(flat.root, "list");
    assert_int_equal(json_item_count(list), 2);
    assert_int_equal(json_flat_number(json_item_next(json_item_first(list)), "b", 7), 0);
}

static void objects_of_many_members_are_read_too(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1 << 16);
    for (int i = 0; i < 1000; i++)
        buffer_printf(&text, "%s\"k%d\":%d", i ? "," : "{", i, i);
    buffer_append_text(&text, "}");
    struct json_flat flat JSON_FLAT_CLEANUP;
    assert_int_equal(json_flat_read(&flat, buffer_text(&text), text.size, NULL), 0);
    assert_int_equal(json_flat_number(flat.root, "k0", -1), 0);
    assert_int_equal(json_flat_number(flat.root, "k999", 0), 999);
}

/* What json_parse() says of the same text is the measure. */
static void refusals_are_those_of_the_tree(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "{}x",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":1,\"a\":2}",
        "[{\"b\":{\"a\":1,\"a\":1}}]",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":9223372036854775808}",
        "{\"a\":-9223372036854775809}",
        "{\"a\":1e999}",
        "{\"a\":truex}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\xc3\"}",
        "{\"a\":\"\xc0\x80\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\xf4\x90\x80\x80\"}",
        "{\"a\":\"open}",
        "\xef\xbb\xbf{}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error_detail expected = {0}, detail = {0};
        json_t *json = NULL;
        struct json_flat flat JSON_FLAT_CLEANUP;
        assert_int_equal(json_parse(texts[i], strlen(texts[i]), &json, &expected), ERR_SYNTAX);
        assert_int_equal(json_flat_read(&flat, texts[i], strlen(texts[i]), &detail), ERR_SYNTAX);
        assert_string_equal(detail.text, expected.text);
        assert_null(flat.root);
    }
}

static void nesting_has_the_limit_of_the_tree(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 4096);
    for (int levels = JSON_DEPTH_MAX; levels <= JSON_DEPTH_MAX + 2; levels++) {
        json_t *json JSON_CLEANUP = NULL;
        struct json_flat flat JSON_FLAT_CLEANUP;
        buffer_clear(&text);
        for (int i = 0; i < levels; i++)
            buffer_append_text(&text, "[");
        for (int i = 0; i < levels; i++)
            buffer_append_text(&text, "]");
        int expected = json_parse(buffer_text(&text), text.size, &json, NULL);
        assert_int_equal(expected, levels > JSON_DEPTH_MAX + 1 ? ERR_LIMIT : 0);
        assert_int_equal(json_flat_read(&flat, buffer_text(&text), text.size, NULL), expected);
    }
}

TEST_MAIN(cmocka_unit_test(members_and_values_are_found),
          cmocka_unit_test(what_is_absent_or_of_another_kind_is_told_apart),
          cmocka_unit_test(what_is_not_plain_is_read_too),
          cmocka_unit_test(objects_of_many_members_are_read_too),
          cmocka_unit_test(refusals_are_those_of_the_tree),
          cmocka_unit_test(nesting_has_the_limit_of_the_tree))
