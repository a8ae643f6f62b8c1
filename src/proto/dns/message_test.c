/* The reader and builder of DNS messages: RFC 1035 4, RFC 6891, RFC 4343, RFC 3597. */
#include "proto/dns/message.h"

#include "base/error.h"
#include "proto/dns/query.h"
#include "proto/dns/rdata.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

/* Response to "EXAMPLE. SOA": one answer, name compressed, and an OPT record with DO. */
static const uint8_t soa_answer[] = {
    0x12, 0x34,      0x84, 0x03, 0,    1,    0,   1,    0,    0,    0, 1,       /* header */
    7,    'E',       'X',  'A',  'm',  'p',  'L', 'E',  0,    0,    6, 0,    1, /* question */
    0xc0, 0x0c,      0,    6,    0,    1,    0,   0,    0x0e, 0x10, 0, 28,      /* SOA, 28 bytes */
    3,    'n',       's',  '1',  0xc0, 0x0c,                                    /* ns1.example */
    0xc0, 0x19 + 12,                                                            /* the same */
    0x78, 0xc3,      0x12, 0x01, 0,    0,    0,   1,    0,    0,    0, 2,    0, 0, 0, 3,
    0,    0,         0,    4,    0,    0,    41,  0x04, 0xd0, 1,    0, 0x80, 0, 0, 0, /* OPT */
};

static void answer_is_read(void **state)
{
    (void)state;
    struct dns_message message;
    struct dns_record record;
    struct dns_soa soa;
    assert_int_equal(dns_message_parse(soa_answer, sizeof(soa_answer), &message), 0);
    assert_int_equal(message.id, 0x1234);
    assert_true(message.response && message.authoritative && !message.truncated);
    assert_string_equal(message.name, "example");
    assert_int_equal(message.type, DNS_SOA);
    struct dns_cursor cursor = dns_section(&message, DNS_ANSWER);
    assert_true(dns_record_next(&cursor, &record));
    assert_string_equal(record.name, "example");
    assert_int_equal(record.ttl, 3600);
    assert_int_equal(dns_rdata_soa(&record, &soa), 0);
    assert_string_equal(soa.mname, "ns1.example");
    assert_string_equal(soa.rname, "ns1.example");
    assert_int_equal(soa.serial, 0x78c31201);
    assert_int_equal(soa.minimum, 4);
    assert_false(dns_record_next(&cursor, &record));
}

/* RFC 6891 6.1.3: the OPT record carries size, version, DO and the upper bits of the RCODE. */
static void edns_is_read(void **state)
{
    (void)state;
    struct dns_message message;
    assert_int_equal(dns_message_parse(soa_answer, sizeof(soa_answer), &message), 0);
    assert_true(message.edns && message.dnssec_ok);
    assert_int_equal(message.edns_size, 1232);
    assert_int_equal(message.edns_version, 0);
    assert_int_equal(message.rcode, 0x13); /* 1 from EDNS, 3 from the header */
}

static void every_shorter_message_is_refused(void **state)
{
    (void)state;
    struct dns_message message;
    for (size_t size = 0; size < sizeof(soa_answer); size++) {
        uint8_t *copy = malloc(size + 1); /* so that a sanitizer sees a read too far */
        memcpy(copy, soa_answer, size);
        uint8_t *exact = realloc(copy, size > 0 ? size : 1);
        assert_int_equal(dns_message_parse(exact, size, &message), ERR_SYNTAX);
        free(exact);
    }
}

/* Whatever one byte becomes, reading ends and stays inside. */
static void changed_bytes_do_no_harm(void **state)
{
    (void)state;
    struct dns_message message;
    struct dns_record record;
    struct dns_soa soa;
    for (size_t at = 0; at < sizeof(soa_answer); at++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t *copy = malloc(sizeof(soa_answer));
            memcpy(copy, soa_answer, sizeof(soa_answer));
            copy[at] = (uint8_t)value;
            if (dns_message_parse(copy, sizeof(soa_answer), &message) >= 0) {
                struct dns_cursor cursor = dns_section(&message, DNS_ANSWER);
                while (dns_record_next(&cursor, &record))
                    (void)dns_rdata_soa(&record, &soa);
            }
            free(copy);
        }
    }
}

/* RFC 1035 4.1.4: a pointer names a prior occurrence; loops and forward jumps are refused. */
static void pointers_only_go_back(void **state)
{
    (void)state;
    char text[DNS_NAME_TEXT];
    size_t end;
    const uint8_t itself[] = {0xc0, 0x00};
    const uint8_t forward[] = {0xc0, 0x02, 0};
    const uint8_t loop[] = {1, 'a', 0xc0, 0x00};
    assert_int_equal(dns_name_decode(itself, sizeof(itself), 0, text, &end), ERR_SYNTAX);
    assert_int_equal(dns_name_decode(forward, sizeof(forward), 0, text, &end), ERR_SYNTAX);
    assert_int_equal(dns_name_decode(loop, sizeof(loop), 0, text, &end), ERR_SYNTAX);
}

static void names_have_one_text(void **state)
{
    (void)state;
    char text[DNS_NAME_TEXT];
    assert_int_equal(dns_name_normalise("NS1.Example.", text), 0);
    assert_string_equal(text, "ns1.example");
    assert_int_equal(dns_name_normalise(".", text), 0);
    assert_string_equal(text, ".");
    assert_int_equal(dns_name_normalise("a\\.b.\\000\\065", text), 0);
    assert_string_equal(text, "a\\.b.\\000a");
    static const char *const wrong[] = {"", "..", ".a", "a..b", "a\\", "a\\25", "a\\999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(dns_name_normalise(wrong[i], text), ERR_SYNTAX);
}

/* RFC 1035 2.3.4: labels of 63 bytes, names of 255. */
static void long_names_are_refused(void **state)
{
    (void)state;
    char text[DNS_NAME_TEXT], given[600];
    memset(given, 'a', 64);
    given[64] = '\0';
    assert_int_equal(dns_name_normalise(given, text), ERR_SYNTAX);
    given[63] = '\0';
    assert_int_equal(dns_name_normalise(given, text), 0);
    for (size_t i = 0; i < 254; i++)
        given[i] = i & 1 ? '.' : 'a';
    given[253] = '\0'; /* 127 labels of one byte: 255 bytes */
    assert_int_equal(dns_name_normalise(given, text), 0);
    assert_int_equal(dns_name_labels(text), 127);
    given[253] = '.';
    given[254] = 'a';
    given[255] = '\0';
    assert_int_equal(dns_name_normalise(given, text), ERR_SYNTAX);
}

static void ancestors_are_known(void **state)
{
    (void)state;
    assert_true(dns_name_is_under("ns1.example", "example"));
    assert_true(dns_name_is_under("example", "example"));
    assert_true(dns_name_is_under("example", "."));
    assert_false(dns_name_is_under("ns1.anexample", "example"));
    assert_false(dns_name_is_under(".", "example"));
    assert_false(dns_name_is_under("ns1\\.example", "example"));
    assert_string_equal(dns_name_parent("a.b.c", 2), "c");
    assert_string_equal(dns_name_parent("a.b.c", 3), ".");
}

static void query_is_built_and_read_back(void **state)
{
    (void)state;
    struct dns_query query;
    struct dns_message message;
    struct dns_question question = {
        .name = "Example.", .type = DNS_DNSKEY, .id = 7, .edns_size = 1232, .dnssec_ok = true};
    assert_int_equal(dns_query_build(&question, &query), 0);
    assert_int_equal(dns_message_parse(query.data, query.size, &message), 0);
    assert_false(message.response);
    assert_false(message.recursion_desired);
    assert_int_equal(message.id, 7);
    assert_string_equal(message.name, "example");
    assert_int_equal(message.type, DNS_DNSKEY);
    assert_true(message.edns && message.dnssec_ok);
    assert_int_equal(message.edns_size, 1232);
    question.name = "not..a.name";
    assert_int_equal(dns_query_build(&question, &query), ERR_SYNTAX);
}

/* RFC 4034 3.1.5: RRSIG times are serial numbers and survive the year 2106. */
static void signature_times_wrap(void **state)
{
    (void)state;
    const int64_t second = 1000000, wrap = INT64_C(4294967296);
    assert_true(dns_rrsig_instant(1000, 990 * second) == 1000 * second);
    assert_true(dns_rrsig_instant(5, (wrap - 10) * second) == (wrap + 5) * second);
    assert_true(dns_rrsig_instant(4294967290u, (wrap + 3) * second) == (wrap - 6) * second);
}

TEST_MAIN(cmocka_unit_test(answer_is_read), cmocka_unit_test(edns_is_read),
          cmocka_unit_test(every_shorter_message_is_refused),
          cmocka_unit_test(changed_bytes_do_no_harm), cmocka_unit_test(pointers_only_go_back),
          cmocka_unit_test(names_have_one_text), cmocka_unit_test(long_names_are_refused),
          cmocka_unit_test(ancestors_are_known), cmocka_unit_test(query_is_built_and_read_back),
          cmocka_unit_test(signature_times_wrap))
