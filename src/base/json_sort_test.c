#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "testing.h"

#include <string.h>

static int sort(const char *text, struct buffer *out)
{
    buffer_clear(out);
    return json_canonical_text(text, strlen(text), out);
}

/* What the tree says of the same text is the measure. */
static void members_come_in_the_order_of_the_tree(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        "[]",
        "7",
        "\"a\"",
        "{\"b\":1,\"a\":-2}",
        "{\"ab\":true,\"a\":false,\"abc\":null,\"B\":\"x\"}",
        "{\"z\":[{\"y\":1,\"x\":[]},{},\"}\",[3,\"]\"]],\"a\":2}",
        "{\"a b\":{\"q\":{\"p\":\"\\\"{,\\\\\"},\"c\":[1]},\"a\":[]}",
        "{\"d\":\"\xc3\xa9\\n\",\"c-d\":\"\",\"c\":\"a,b:c\"}",
    };
    struct buffer sorted BUFFER_CLEANUP, canonical BUFFER_CLEANUP;
    buffer_init(&sorted, 4096);
    buffer_init(&canonical, 4096);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *tree JSON_CLEANUP = NULL;
        buffer_clear(&canonical);
        if (texts[i][0] == '{' || texts[i][0] == '[')
            assert_int_equal(json_parse(texts[i], strlen(texts[i]), &tree, NULL), 0);
        assert_int_equal(sort(texts[i], &sorted), 0);
        if (tree)
            assert_int_equal(json_canonical(tree, &canonical), 0);
        assert_string_equal(buffer_text(&sorted), tree ? buffer_text(&canonical) : texts[i]);
    }
}

static void what_is_no_such_text_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result;
    } texts[] = {
        {"", ERR_SYNTAX},
        {"{", ERR_SYNTAX},
        {"{\"a\"}", ERR_SYNTAX},
        {"{\"a\":}", ERR_SYNTAX},
        {"{\"a\":1,}", ERR_SYNTAX},
        {"{\"a\":1\"b\":2}", ERR_UNSUPPORTED},
        {"{\"a\":1]}", ERR_SYNTAX},
        {"{\"a\":\"x\"y}", ERR_SYNTAX},
        {"{\"a\":1,\"a\":2}", ERR_SYNTAX},
        {"{\"a\":\"x\\", ERR_SYNTAX},
        {"[1 ,2]", ERR_UNSUPPORTED},
        {"[1", ERR_SYNTAX},
        {"[[1]", ERR_SYNTAX},
        {"[1][2]", ERR_SYNTAX},
        {"1.5", ERR_UNSUPPORTED},
        {"{\"\xc3\xa9\":1}", ERR_UNSUPPORTED},
        {"{\"a\\n\":1}", ERR_UNSUPPORTED},
    };
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 4096);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (sort(texts[i].text, &out) != texts[i].result)
            fail_msg("%s: %d", texts[i].text, sort(texts[i].text, &out));
    }
}

static void it_has_limits(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP, out BUFFER_CLEANUP;
    buffer_init(&text, 4096);
    buffer_init(&out, 4096);
    for (int i = 0; i <= JSON_DEPTH_MAX; i++)
        buffer_append_text(&text, "[");
    for (int i = 0; i <= JSON_DEPTH_MAX; i++)
        buffer_append_text(&text, "]");
    assert_int_equal(sort(buffer_text(&text), &out), ERR_LIMIT);
    buffer_clear(&text);
    for (int i = 0; i <= 128; i++)
        buffer_printf(&text, "%s\"k%d\":%d", i ? "," : "{", i, i);
    buffer_append_text(&text, "}");
    assert_int_equal(sort(buffer_text(&text), &out), ERR_LIMIT);
}

TEST_MAIN(cmocka_unit_test(members_come_in_the_order_of_the_tree),
          cmocka_unit_test(what_is_no_such_text_is_refused), cmocka_unit_test(it_has_limits))
