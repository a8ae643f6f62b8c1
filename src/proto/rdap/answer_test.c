/* RDAP answers: RFC 9083 3, 4.1, 4.3, 4.9, 5.3. */
#include "proto/rdap/answer.h"

#include "base/buffer.h"
#include "testing.h"

#include <string.h>

static struct rdap_answer read_text(const char *text)
{
    struct rdap_answer answer;
    rdap_answer_read(text, strlen(text), &answer);
    return answer;
}

static void domain_answer_is_read(void **state)
{
    (void)state;
    struct rdap_answer answer =
        read_text("{\"rdapConformance\":[\"icann_x\",\"rdap_level_0\"],\"notices\":[],"
                  "\"objectClassName\":\"domain\",\"ldhName\":\"NIC.Example.\"}");
    assert_int_equal(answer.body, RDAP_BODY_READ);
    assert_true(answer.conformance && answer.level_0 && answer.notices);
    assert_string_equal(answer.object_class, "domain");
    assert_string_equal(answer.ldh_name, "nic.example");
}

static void what_is_missing_is_told(void **state)
{
    (void)state;
    struct rdap_answer answer = read_text("{}");
    assert_int_equal(answer.body, RDAP_BODY_READ);
    assert_false(answer.conformance || answer.level_0 || answer.notices);
    assert_string_equal(answer.object_class, "");
    assert_string_equal(answer.ldh_name, "");
    assert_false(read_text("{\"rdapConformance\":[]}").conformance);
    assert_false(read_text("{\"rdapConformance\":\"rdap_level_0\"}").conformance);
    assert_false(read_text("{\"rdapConformance\":[\"rdap_level_0\",1]}").conformance);
}

static void what_is_not_json_says_why(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "{\"a\":", "[]", "<html>", "{} x", "\"text\""};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct rdap_answer answer = read_text(wrong[i]);
        assert_int_equal(answer.body, RDAP_BODY_NOT_JSON);
        assert_true(answer.fault.text[0] != '\0');
    }
}

/* RFC 8259 4, 6, 8.2, 9: JSON, and our limits are not the server's fault. */
static void json_beyond_our_reading_is_json(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"a\":123456789012345678901234567890}",
        "{\"a\":1e999}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":1,\"a\":1}",
        "{\"\\u0000\":1}",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rdap_answer answer = read_text(rows[i]);
        assert_int_equal(answer.body, RDAP_BODY_UNREAD);
        assert_true(answer.fault.text[0] != '\0');
    }
}

static void deep_nesting_is_json_until_it_is_torn(void **state)
{
    (void)state;
    static const size_t depths[] = {600, 8191, 20000};
    for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
        struct buffer text BUFFER_CLEANUP;
        struct rdap_answer answer;
        buffer_init(&text, 1 << 20);
        buffer_append_text(&text, "{\"a\":");
        for (size_t n = 0; n < depths[i]; n++)
            buffer_append_byte(&text, '[');
        rdap_answer_read(text.data, text.size, &answer);
        assert_int_equal(answer.body, depths[i] > 8192 ? RDAP_BODY_UNREAD : RDAP_BODY_NOT_JSON);
        for (size_t n = 0; n < depths[i]; n++)
            buffer_append_byte(&text, ']');
        buffer_append_byte(&text, '}');
        rdap_answer_read(text.data, text.size, &answer);
        assert_int_equal(answer.body, RDAP_BODY_UNREAD);
        assert_true(answer.fault.text[0] != '\0');
    }
}

/* RFC 9083 4.1 gives the array no end. */
static void level_0_may_stand_anywhere(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1 << 20);
    buffer_append_text(&text, "{\"rdapConformance\":[");
    for (int i = 0; i < 1000; i++)
        buffer_printf(&text, "\"extension_%d\",", i);
    buffer_append_text(&text, "\"rdap_level_0\"]}");
    assert_true(read_text(buffer_text(&text)).level_0);
}

TEST_MAIN(cmocka_unit_test(domain_answer_is_read), cmocka_unit_test(what_is_missing_is_told),
          cmocka_unit_test(what_is_not_json_says_why),
          cmocka_unit_test(json_beyond_our_reading_is_json),
          cmocka_unit_test(deep_nesting_is_json_until_it_is_torn),
          cmocka_unit_test(level_0_may_stand_anywhere))
