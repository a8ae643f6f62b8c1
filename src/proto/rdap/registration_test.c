/* What an RDAP domain answer tells of a registration: RFC 9083 4.8, 5.1, 5.3, 10.2.2, 10.2.4. */
#include "proto/rdap/registration.h"

#include "base/buffer.h"
#include "testing.h"

#include <string.h>

static struct rdap_registration read_text(const char *text)
{
    struct rdap_registration registration;
    rdap_registration_read(text, strlen(text), &registration);
    return registration;
}

#define ID(id) "\"publicIds\":[{\"type\":\"IANA Registrar ID\",\"identifier\":\"" id "\"}]"
#define REGISTRAR(more) "{\"roles\":[\"registrar\"]," more "}"
#define ABUSE(property) "{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",[" property "]]}"
#define ENTITIES(list) "{\"entities\":[" list "]}"

static void the_registrar_is_who_has_the_role_and_an_id(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t registrar;
    } rows[] = {
        {ENTITIES(REGISTRAR(ID("292"))), 292},
        {ENTITIES("{\"roles\":[\"technical\",\"registrar\"]," ID("9999") "}"), 9999},
        {ENTITIES("{\"roles\":[\"sponsor\"]," ID("292") "}"), RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR(ID("0"))), RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR(ID("292a"))), RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR(ID("-1"))), RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR(ID("99999999999999999999"))), RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR("\"publicIds\":[{\"type\":\"other\",\"identifier\":\"7\"}]")),
         RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR("\"publicIds\":{}")), RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR(ID("292")) "," REGISTRAR(ID("292"))), 292},
        {ENTITIES(REGISTRAR(ID("292")) "," REGISTRAR(ID("293"))), RDAP_NO_REGISTRAR},
        {ENTITIES(REGISTRAR(ID("292")) "," REGISTRAR("\"handle\":\"x\"")), 292},
        {ENTITIES("1,null,\"registrar\",[]"), RDAP_NO_REGISTRAR},
        {"{}", RDAP_NO_REGISTRAR},
        {"[]", RDAP_NO_REGISTRAR},
        {"{\"entities\":", RDAP_NO_REGISTRAR},
        {"", RDAP_NO_REGISTRAR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(read_text(rows[i].text).registrar, rows[i].registrar);
}

static void an_abuse_contact_can_be_reached(void **state)
{
    (void)state;
    assert_true(read_text(ENTITIES(ABUSE("[\"tel\",{},\"uri\",\"tel:+1.1\"]"))).abuse_contact);
    assert_true(
        read_text(
            ENTITIES(ABUSE("[\"fn\",{},\"text\",\"x\"],[\"email\",{},\"text\",\"a@b.example\"]")))
            .abuse_contact);
    assert_true(read_text(ENTITIES(REGISTRAR("\"entities\":[" ABUSE(
                              "[\"email\",{},\"text\",\"a@b.example\"]") "]")))
                    .abuse_contact);
    assert_false(read_text(ENTITIES(ABUSE("[\"fn\",{},\"text\",\"Abuse\"]"))).abuse_contact);
    assert_false(read_text(ENTITIES(ABUSE("[\"tel\",{},\"uri\",\"\"]"))).abuse_contact);
    assert_false(read_text(ENTITIES(ABUSE("[\"tel\",{},\"uri\",[]]"))).abuse_contact);
    assert_false(read_text(ENTITIES("{\"roles\":[\"abuse\"]}")).abuse_contact);
    assert_false(
        read_text(ENTITIES("{\"roles\":[\"technical\"],\"vcardArray\":[\"vcard\",[[\"tel\",{},"
                           "\"uri\",\"tel:+1.1\"]]]}"))
            .abuse_contact);
    assert_false(read_text("{}").abuse_contact);
}

static void statuses_are_those_of_the_registry_and_nothing_else(void **state)
{
    (void)state;
    uint32_t statuses =
        read_text("{\"status\":[\"active\",\"Client Hold\",\"Jane Roe\",7,\"server hold\"]}")
            .statuses;
    unsigned count = 0;
    for (unsigned i = 0; i < RDAP_STATUSES; i++)
        count += (statuses >> i) & 1U;
    assert_int_equal(count, 3);
    for (unsigned i = 0; i < RDAP_STATUSES; i++)
        assert_int_equal(rdap_status_find(rdap_status_text(i)), i);
    assert_true(statuses & 1U << (unsigned)rdap_status_find("client hold"));
    assert_true(statuses & 1U << (unsigned)rdap_status_find("server hold"));
    assert_int_equal(rdap_status_find("jane roe"), -1);
    assert_int_equal(read_text("{\"status\":\"active\"}").statuses, 0);
}

/* Limits of foreign data: what stands behind them is not looked at. */
static void no_list_is_read_without_end(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1 << 20);
    buffer_append_text(&text, "{\"entities\":[");
    for (size_t i = 0; i < RDAP_ENTITIES_MAX; i++)
        buffer_append_text(&text, "{},");
    buffer_append_text(&text, REGISTRAR(ID("292")) "]}");
    assert_int_equal(read_text(buffer_text(&text)).registrar, RDAP_NO_REGISTRAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_registrar_is_who_has_the_role_and_an_id),
        cmocka_unit_test(an_abuse_contact_can_be_reached),
        cmocka_unit_test(statuses_are_those_of_the_registry_and_nothing_else),
        cmocka_unit_test(no_list_is_read_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
