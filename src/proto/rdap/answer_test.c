/* RDAP answers: RFC 9083 3, 4.1, 4.3, 4.9, 5.3. */
#include "proto/rdap/answer.h"

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
    assert_true(answer.json && answer.conformance && answer.level_0 && answer.notices);
    assert_string_equal(answer.object_class, "domain");
    assert_string_equal(answer.ldh_name, "nic.example");
}

static void what_is_missing_is_told(void **state)
{
    (void)state;
    struct rdap_answer answer = read_text("{}");
    assert_true(answer.json);
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
        assert_false(answer.json);
        assert_true(answer.fault.text[0] != '\0');
    }
}

TEST_MAIN(cmocka_unit_test(domain_answer_is_read), cmocka_unit_test(what_is_missing_is_told),
          cmocka_unit_test(what_is_not_json_says_why))
