/* What a result says it saw: the values that people read in letters and pages, each worked out by
 * hand from the world of the fixture (fixture.h: three servers with two addresses, asked four
 * questions over UDP and TCP; serial 2026060100; now 2026-06-01). */
#include "check/check.h"

#include "check/fixture.h"
#include "check/fixture_message.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

enum { ARENA = 64 << 20 };

#define NS123 "[\"ns1.example\",\"ns2.example\",\"ns3.example\"]"
#define NS1234 "[\"ns1.example\",\"ns2.example\",\"ns3.example\",\"ns4.example\"]"

static const struct row {
    const char *fixture, *code, *subject, *values;
    size_t exchanges;
} rows[] = {
    /* what the parent says of the zone */
    {"no-ipv4", "dns.no-ipv4", "example", "{\"addresses\":0}", 1},
    {"no-ipv6", "dns.no-ipv6", "example", "{\"addresses\":0}", 1},
    {"not-delegated", "dns.not-delegated", "example", "{}", 1},
    /* four questions over two transports */
    {"lame", "dns.lame", "ns2.example/192.0.2.2", "{\"rcode\":\"REFUSED\",\"authoritative\":false}",
     8},
    {"lame", "dns.lame", "ns2.example/2001:db8::202",
     "{\"rcode\":\"REFUSED\",\"authoritative\":false}", 8},
    {"malformed", "dns.malformed", "ns2.example/192.0.2.2", "{}", 8},
    {"two-servers-down", "dns.too-few-servers", "example",
     "{\"up\":1,\"down\":2,\"unknown\":0,\"needed\":2}", 24},
    {"one-name", "dns.too-few-names", "example", "{\"names\":[\"ns1.example\"]}", 1},
    {"no-glue", "dns.glue-missing", "example", "{\"missing\":[\"ns1.example\"]}", 1},
    {"no-edns", "dns.no-edns", "ns1.example/192.0.2.1", "{}", 8},
    /* the NS question at each of six addresses */
    {"ns-differs", "dns.ns-differs", "example",
     "{\"ns1.example/192.0.2.1\":" NS123 ",\"ns1.example/2001:db8::201\":" NS123
     ",\"ns2.example/192.0.2.2\":" NS123 ",\"ns2.example/2001:db8::202\":" NS123
     ",\"ns3.example/192.0.2.3\":" NS1234 ",\"ns3.example/2001:db8::203\":" NS1234 "}",
     6},
    {"delegation-differs", "dns.delegation-differs", "example",
     "{\"parent\":[\"ns2.example\",\"ns3.example\",\"ns9.elsewhere\"],\"zone\":" NS123 "}", 1},
    /* the impossible name at six addresses over two transports */
    {"wildcard", "dns.wildcard", "example",
     "{\"name\":\"no-such-name-x7f3.example\",\"server\":\"ns1.example\",\"answers\":1}", 12},
    /* four questions and the reference that answered */
    {"tcp-refused", "dns.tcp-refused", "ns3.example/192.0.2.3",
     "{\"outcome\":\"refused\",\"reference\":\"a.root\"}", 5},
    {"tcp-refused", "dns.tcp-refused", "ns3.example/2001:db8::203",
     "{\"outcome\":\"refused\",\"reference\":\"a.root\"}", 5},
    {"server-down", "dns.server-silent-udp", "ns2.example/192.0.2.2",
     "{\"outcome\":\"refused\",\"reference\":\"a.root\"}", 5},
    /* RA Specification 10 2.4 and 2.3: 500 ms and 1500 ms; the fixture takes two seconds */
    {"slow", "dns.slow-udp", "ns1.example/192.0.2.1", "{\"rtt_us\":2000000,\"limit_ms\":500}", 1},
    {"slow", "dns.slow-tcp", "ns1.example/192.0.2.1", "{\"rtt_us\":2000000,\"limit_ms\":1500}", 1},
    {"serial-mismatch", "dns.serial-differs", "example",
     "{\"serials\":{\"ns1.example/192.0.2.1\":2026060100,"
     "\"ns1.example/2001:db8::201\":2026060100,\"ns2.example/192.0.2.2\":2026060100,"
     "\"ns2.example/2001:db8::202\":2026060100,\"ns3.example/192.0.2.3\":2026060099,"
     "\"ns3.example/2001:db8::203\":2026060099}}",
     6},
    {"bogus", "dnssec.bogus", "ns1.example/192.0.2.1", "{\"type\":\"NS\"}", 3},
    /* a validity of 30 days that ended yesterday, or begins tomorrow */
    {"expired-signature", "dnssec.expired", "ns1.example/192.0.2.1",
     "{\"type\":\"DNSKEY\",\"inception\":\"2026-05-01T00:00:00Z\","
     "\"expiration\":\"2026-05-31T00:00:00Z\"}",
     3},
    {"early-signature", "dnssec.not-yet-valid", "ns1.example/192.0.2.1",
     "{\"type\":\"DNSKEY\",\"inception\":\"2026-06-02T00:00:00Z\","
     "\"expiration\":\"2026-07-02T00:00:00Z\"}",
     3},
    {"signature-missing", "dnssec.signature-missing", "ns1.example/192.0.2.1", "{\"type\":\"SOA\"}",
     3},
    {"certificate-expired", "rdap.certificate-expired", "rdap.nic.example/192.0.3.1",
     "{\"not_before\":\"2026-03-03T00:00:00Z\",\"not_after\":\"2026-05-31T00:00:00Z\","
     "\"verification\":\"certificate has expired\"}",
     1},
    {"certificate-early", "rdap.certificate-not-yet-valid", "rdap.nic.example/192.0.3.1",
     "{\"not_before\":\"2026-06-02T00:00:00Z\",\"not_after\":\"2026-08-30T00:00:00Z\","
     "\"verification\":\"certificate is not yet valid\"}",
     1},
    {"certificate-name", "rdap.certificate-name", "rdap.other.example/192.0.3.1",
     "{\"not_before\":\"2026-03-03T00:00:00Z\",\"not_after\":\"2026-08-30T00:00:00Z\","
     "\"verification\":\"hostname mismatch\"}",
     1},
    {"certificate-untrusted", "rdap.certificate-untrusted", "rdap.nic.example/192.0.3.1",
     "{\"not_before\":\"2026-03-03T00:00:00Z\",\"not_after\":\"2026-08-30T00:00:00Z\","
     "\"verification\":\"self-signed certificate\"}",
     1},
    /* the parent's answer about DS; the root's keys; the keys at six addresses */
    {"no-ds", "dnssec.ds-missing", "example", "{}", 1},
    {"unsigned", "dnssec.unsigned", "example", "{}", 6},
    {"rdap-no-help", "rdap.help-missing", "https://rdap.nic.example/help", "{\"status\":404}", 2},
    {"rdap-no-domain", "rdap.domain-missing", "https://rdap.nic.example/domain/nic.example",
     "{\"status\":404}", 2},
    {"rdap-wrong-object", "rdap.wrong-object", "https://rdap.nic.example/domain/nic.example",
     "{\"object_class\":\"entity\",\"status\":200}", 2},
    {"rdap-wrong-name", "rdap.wrong-name", "https://rdap.nic.example/domain/nic.example",
     "{\"ldh_name\":\"other.example\",\"status\":200}", 2},
    {"rdap-down", "rdap.unreachable", "rdap.nic.example/192.0.3.1",
     "{\"outcome\":\"refused\",\"reference\":\"www.reference.test\"}", 3},
    {"rdap-bad-status", "rdap.bad-status", "https://rdap.nic.example/domain/nic.example",
     "{\"status\":500}", 2},
    {"rdap-wrong-type", "rdap.wrong-type", "https://rdap.nic.example/domain/nic.example",
     "{\"media_type\":\"text/html\",\"status\":200}", 2},
    {"rdap-invalid-json", "rdap.not-json", "https://rdap.nic.example/help",
     "{\"fault\":\"line 1, column 21: expected a value\",\"status\":200}", 2},
    {"rdap-no-conformance", "rdap.conformance-missing", "https://rdap.nic.example/help",
     "{\"status\":200}", 2},
};

/* Of the healthy world: what was looked for and is not there says what was looked at, too. */
static const struct row well[] = {
    {"healthy", "dns.no-ipv4", "example", "{\"addresses\":3}", 1},
    {"healthy", "dns.no-ipv6", "example", "{\"addresses\":3}", 1},
    {"healthy", "dns.lame", "ns1.example/192.0.2.1",
     "{\"rcode\":\"NOERROR\",\"authoritative\":true}", 8},
    {"healthy", "dns.malformed", "ns1.example/192.0.2.1", "{}", 8},
    {"healthy", "dns.too-few-servers", "example",
     "{\"up\":3,\"down\":0,\"unknown\":0,\"needed\":2}", 24},
    {"healthy", "dns.glue-missing", "example", "{\"missing\":[]}", 1},
    {"healthy", "dns.not-delegated", "example", "{}", 1},
    {"healthy", "dns.too-few-names", "example", "{\"names\":" NS123 "}", 1},
    {"healthy", "dns.no-edns", "ns1.example/192.0.2.1", "{}", 8},
    {"healthy", "dns.delegation-differs", "example", "{\"parent\":" NS123 ",\"zone\":" NS123 "}",
     1},
    {"healthy", "dns.wildcard", "example", "{}", 12},
    {"healthy", "dns.tcp-refused", "ns1.example/192.0.2.1", "{}", 4},
    {"healthy", "dns.server-silent-udp", "ns1.example/192.0.2.1", "{}", 4},
    {"healthy", "dns.slow-tcp", "ns1.example/192.0.2.1", "{\"rtt_us\":20000,\"limit_ms\":1500}", 1},
    {"healthy", "dns.slow-udp", "ns1.example/192.0.2.1", "{\"rtt_us\":20000,\"limit_ms\":500}", 1},
    {"healthy", "dnssec.ds-missing", "example", "{}", 1},
    {"healthy", "dnssec.unsigned", "example", "{}", 6},
    {"healthy", "dnssec.bogus", "ns1.example/192.0.2.1", "{}", 3},
    {"healthy", "dnssec.signature-missing", "ns1.example/192.0.2.1", "{}", 3},
    {"healthy", "rdap.certificate-name", "rdap.nic.example/192.0.3.1",
     "{\"not_before\":\"2026-03-03T00:00:00Z\",\"not_after\":\"2026-08-30T00:00:00Z\"}", 1},
    {"healthy", "rdap.unreachable", "rdap.nic.example/192.0.3.1", "{\"outcome\":\"answered\"}", 2},
    {"healthy", "rdap.domain-missing", "https://rdap.nic.example/domain/nic.example",
     "{\"status\":200}", 2},
    {"healthy", "rdap.wrong-name", "https://rdap.nic.example/domain/nic.example",
     "{\"ldh_name\":\"nic.example\",\"status\":200}", 2},
    {"healthy", "rdap.wrong-object", "https://rdap.nic.example/domain/nic.example",
     "{\"object_class\":\"domain\",\"status\":200}", 2},
    {"healthy", "rdap.wrong-type", "https://rdap.nic.example/help",
     "{\"media_type\":\"application/rdap+json\",\"status\":200}", 2},
    {"healthy", "rdap.not-json", "https://rdap.nic.example/help", "{\"status\":200}", 2},
};

/* Seen; not seen in the healthy world. */
static const struct result *find_row(const struct result_set *set, const struct row *row)
{
    bool healthy = row->fixture && strcmp(row->fixture, "healthy") == 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *result = &set->results[i];
        if (strcmp(result->code, row->code) == 0 && strcmp(result->subject, row->subject) == 0 &&
            result->sight == (healthy ? SIGHT_NOT_SEEN : SIGHT_SEEN))
            return result;
    }
    return NULL;
}

static void run_fixture(const char *name, struct arena *arena, struct measurement *measurement,
                        struct result_set *set)
{
    struct fixture_world world = {.without_references = false};
    fixture_find(name)->apply(&world);
    fixture_build(&world, arena, measurement);
    assert_int_equal(check_run_all(measurement, arena, set), 0);
}

static void expect_row(const struct row *row)
{
    struct arena arena ARENA_CLEANUP;
    struct measurement measurement;
    struct result_set set;
    arena_init(&arena, ARENA);
    run_fixture(row->fixture, &arena, &measurement, &set);
    const struct result *result = find_row(&set, row);
    if (!result)
        fail_msg("%s is not seen at %s in %s", row->code, row->subject, row->fixture);
    assert_string_equal(result->values, row->values);
    if (result->exchange_count != row->exchanges)
        fail_msg("%s rests on %zu exchanges, not %zu", row->code, result->exchange_count,
                 row->exchanges);
}

static void results_say_what_was_seen_and_where(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_row(&rows[i]);
}

static void results_say_what_was_looked_at(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof well / sizeof *well; i++)
        expect_row(&well[i]);
}

/* RFC 4034 5.1: key tag, algorithm and digest type; and the first server whose keys do not fit.
 * They rest on the parent's answer about DS and the root's keys, and on the keys at six addresses.
 */
static void results_about_ds_name_it(void **state)
{
    (void)state;
    struct fixture_key key;
    char ds[200], mismatch[300];
    fixture_key_make(FIXTURE_TARGET, 2, FIXTURE_NOW, &key);
    snprintf(ds, sizeof ds, "{\"ds\":[{\"key_tag\":%u,\"algorithm\":15,\"digest_type\":2}]}",
             key.tag);
    expect_row(&(const struct row){"healthy", "dnssec.ds-mismatch", "example", ds, 8});
    expect_row(&(const struct row){"healthy", "dnssec.chain-broken", "example", ds, 2});
    expect_row(&(const struct row){"chain-broken", "dnssec.chain-broken", "example", ds, 8});
    fixture_key_make(FIXTURE_TARGET, 3, FIXTURE_NOW, &key);
    snprintf(mismatch, sizeof mismatch,
             "{\"server\":\"ns1.example/192.0.2.1\",\"ds\":[{\"key_tag\":%u,\"algorithm\":15,"
             "\"digest_type\":2}]}",
             key.tag);
    expect_row(&(const struct row){"bogus-ds", "dnssec.ds-mismatch", "example", mismatch, 8});
}

/* What rests on one server cites that server's exchanges, and no other's but a reference's. */
static void results_cite_the_server_that_they_are_about(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct measurement measurement;
    struct result_set set;
    arena_init(&arena, ARENA);
    run_fixture("lame", &arena, &measurement, &set);
    const struct row wanted = {.code = "dns.lame", .subject = "ns2.example/2001:db8::202"};
    const struct result *result = find_row(&set, &wanted);
    assert_non_null(result);
    for (size_t i = 0; i < result->exchange_count; i++) {
        const struct exchange *cited = NULL;
        for (size_t n = 0; n < measurement.exchange_count; n++) {
            if (measurement.exchanges[n].id == result->exchanges[i])
                cited = &measurement.exchanges[n];
        }
        assert_non_null(cited);
        assert_string_equal(cited->server, "ns2.example");
        assert_int_equal(cited->address.family, ADDRESS_IPV6);
        assert_true(i == 0 || result->exchanges[i - 1] < result->exchanges[i]);
    }
}

static const struct exchange *exchange_of(const struct measurement *measurement, uint32_t id)
{
    for (size_t i = 0; i < measurement->exchange_count; i++) {
        if (measurement->exchanges[i].id == id)
            return &measurement->exchanges[i];
    }
    fail_msg("no exchange %u", id);
    return NULL;
}

/* C1: silence is proved by a reference that answered on the same path: over the same family and the
 * same transport. */
static void silence_is_proved_on_the_same_path(void **state)
{
    (void)state;
    static const struct {
        const char *fixture, *code;
        enum exchange_kind kind;
    } silences[] = {
        {"server-down", "dns.server-silent-udp", EXCHANGE_DNS_UDP},
        {"tcp-refused", "dns.tcp-refused", EXCHANGE_DNS_TCP},
        {"rdap-down", "rdap.unreachable", EXCHANGE_HTTPS},
    };
    for (size_t i = 0; i < sizeof silences / sizeof *silences; i++) {
        struct arena arena ARENA_CLEANUP;
        struct measurement measurement;
        struct result_set set;
        arena_init(&arena, ARENA);
        run_fixture(silences[i].fixture, &arena, &measurement, &set);
        for (size_t n = 0; n < set.count; n++) {
            const struct result *result = &set.results[n];
            size_t references = 0;
            if (strcmp(result->code, silences[i].code) != 0 || result->sight != SIGHT_SEEN)
                continue;
            const struct exchange *first = exchange_of(&measurement, result->exchanges[0]);
            for (size_t k = 0; k < result->exchange_count; k++) {
                const struct exchange *cited = exchange_of(&measurement, result->exchanges[k]);
                assert_int_equal(cited->kind, silences[i].kind);
                assert_int_equal(cited->address.family, first->address.family);
                references += cited->purpose == PURPOSE_REFERENCE;
            }
            assert_int_equal(references, 1);
        }
    }
}

static void expect_heard_over_udp(const char *fixture, const char *code)
{
    struct arena arena ARENA_CLEANUP;
    struct measurement measurement;
    struct result_set set;
    const struct row wanted = {.code = code, .subject = "example"};
    arena_init(&arena, ARENA);
    run_fixture(fixture, &arena, &measurement, &set);
    const struct result *result = find_row(&set, &wanted);
    assert_non_null(result);
    assert_true(result->exchange_count > 0);
    for (size_t i = 0; i < result->exchange_count; i++) {
        for (size_t n = 0; n < measurement.exchange_count; n++) {
            if (measurement.exchanges[n].id == result->exchanges[i])
                assert_int_equal(measurement.exchanges[n].kind, EXCHANGE_DNS_UDP);
        }
    }
}

/* Where both transports answered, what was heard over UDP counts: it is what resolvers hear. */
static void what_was_heard_over_udp_counts(void **state)
{
    (void)state;
    expect_heard_over_udp("serial-mismatch", "dns.serial-differs");
    expect_heard_over_udp("ns-differs", "dns.ns-differs");
}

/* The reference's signature alone, without any web server, tells that our clock is wrong. */
static void a_signature_of_a_reference_confirms_the_clock_or_doubts_it(void **state)
{
    (void)state;
    static const int64_t errors[] = {0, 3 * INT64_C(86400000000), -3 * INT64_C(86400000000)};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        struct arena arena ARENA_CLEANUP;
        struct fixture_world world = {.signature_expired = true, .clock_error_us = errors[i]};
        struct measurement measurement;
        struct result_set set;
        size_t kept = 0, seen = 0, unknown = 0;
        arena_init(&arena, ARENA);
        fixture_build(&world, &arena, &measurement);
        for (size_t n = 0; n < measurement.exchange_count; n++) {
            const struct exchange *exchange = &measurement.exchanges[n];
            if (exchange->purpose != PURPOSE_REFERENCE || exchange->kind != EXCHANGE_HTTPS)
                measurement.exchanges[kept++] = *exchange;
        }
        assert_true(kept < measurement.exchange_count);
        measurement.exchange_count = kept;
        assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
        for (size_t n = 0; n < set.count; n++) {
            if (strcmp(set.results[n].code, "dnssec.expired") == 0) {
                seen += set.results[n].sight == SIGHT_SEEN;
                unknown += set.results[n].sight == SIGHT_UNKNOWN;
            }
        }
        assert_true(errors[i] ? seen == 0 && unknown > 0 : seen > 0 && unknown == 0);
    }
}

TEST_MAIN(cmocka_unit_test(a_signature_of_a_reference_confirms_the_clock_or_doubts_it),
          cmocka_unit_test(what_was_heard_over_udp_counts),
          cmocka_unit_test(results_say_what_was_seen_and_where),
          cmocka_unit_test(results_say_what_was_looked_at),
          cmocka_unit_test(results_about_ds_name_it),
          cmocka_unit_test(silence_is_proved_on_the_same_path),
          cmocka_unit_test(results_cite_the_server_that_they_are_about))
