/* Signatures are verified against a signer that shares nothing with us (ldns): RFC 4034, 4035. */
#include "proto/dns/dnssec.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "refusal.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)

enum { NOW = 1700000000, HOUR = 3600, ARENA = 4 << 20 };

/* A message of one DNSKEY set and one other set, each signed by ldns, as bytes. */
struct signed_zone {
    uint8_t *data;
    size_t size;
    ldns_key_list *keys;
    ldns_rr *ds;
};

static void sign_into(ldns_pkt *packet, ldns_rr_list *set, ldns_key_list *keys)
{
    ldns_rr_list *signatures = ldns_sign_public(set, keys);
    assert_non_null(signatures);
    ldns_pkt_push_rr_list(packet, LDNS_SECTION_ANSWER, set);
    ldns_pkt_push_rr_list(packet, LDNS_SECTION_ANSWER, signatures);
    ldns_rr_list_free(signatures);
    ldns_rr_list_free(set);
}

static void push(ldns_rr_list *list, const char *text)
{
    ldns_rr *record = NULL;
    assert_int_equal(ldns_rr_new_frm_str(&record, text, 300, NULL, NULL), LDNS_STATUS_OK);
    ldns_rr_list_push_rr(list, record);
}

static struct signed_zone sign_zone(ldns_signing_algorithm algorithm, uint16_t bits,
                                    const char *const *records, size_t count)
{
    struct signed_zone zone = {.keys = ldns_key_list_new()};
    ldns_key *key = ldns_key_new_frm_algorithm(algorithm, bits);
    assert_non_null(key);
    ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str("example."));
    ldns_key_set_flags(key, LDNS_KEY_ZONE_KEY | LDNS_KEY_SEP_KEY);
    ldns_key_set_inception(key, NOW - HOUR);
    ldns_key_set_expiration(key, NOW + HOUR);
    ldns_rr *public = ldns_key2rr(key);
    ldns_rr_set_ttl(public, HOUR);
    ldns_key_set_keytag(key, ldns_calc_keytag(public));
    ldns_key_list_push_key(zone.keys, key);
    zone.ds = ldns_key_rr2ds(public, LDNS_SHA256);
    ldns_pkt *packet = ldns_pkt_new();
    ldns_pkt_set_qr(packet, true);
    ldns_rr_list *keys = ldns_rr_list_new(), *others = ldns_rr_list_new();
    ldns_rr_list_push_rr(keys, public);
    sign_into(packet, keys, zone.keys);
    for (size_t i = 0; i < count; i++)
        push(others, records[i]);
    sign_into(packet, others, zone.keys);
    assert_int_equal(ldns_pkt2wire(&zone.data, packet, &zone.size), LDNS_STATUS_OK);
    ldns_pkt_free(packet);
    return zone;
}

static void zone_done(struct signed_zone *zone)
{
    free(zone->data);
    ldns_key_list_free(zone->keys);
    ldns_rr_free(zone->ds);
}

static struct dnssec_tally verify_at(const struct signed_zone *zone, const char *name,
                                     uint16_t type, int64_t at)
{
    struct arena arena ARENA_CLEANUP;
    struct dns_message message;
    struct dnssec_keys keys;
    struct dnssec_set set;
    struct dnssec_tally tally;
    struct dnssec_budget budget = {.left = DNSSEC_BUDGET};
    arena_init(&arena, ARENA);
    assert_int_equal(dns_message_parse(zone->data, zone->size, &message), 0);
    assert_int_equal(dnssec_keys_collect(&message, "example", &arena, &keys), 0);
    assert_int_equal(dnssec_set_collect(&message, DNS_ANSWER, name, type, &arena, &set), 0);
    assert_int_equal(dnssec_verify(&set, &keys, at, &budget, &tally), 0);
    return tally;
}

static const char *const soa[] = {
    "example. 3600 IN SOA Ns1.Example. Host.Example. 2024 3600 600 86400 300"};
static const char *const servers[] = {"example. 3600 IN NS NS2.example.",
                                      "example. 3600 IN NS a.other.",
                                      "example. 3600 IN NS ns1.Example."};

static void check_algorithm(ldns_signing_algorithm algorithm, uint16_t bits)
{
    struct signed_zone zone = sign_zone(algorithm, bits, servers, 3);
    struct dnssec_tally tally = verify_at(&zone, "example", DNS_NS, NOW * SECOND_US);
    assert_int_equal(tally.good, 1);
    assert_int_equal(tally.bad, 0);
    tally = verify_at(&zone, "example", DNS_DNSKEY, NOW * SECOND_US);
    assert_int_equal(tally.good, 1);
    zone_done(&zone);
}

static void algorithms_agree_with_another_signer(void **state)
{
    (void)state;
    check_algorithm(LDNS_SIGN_RSASHA256, 2048);
    check_algorithm(LDNS_SIGN_RSASHA512, 1024);
    check_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
    check_algorithm(LDNS_SIGN_ECDSAP384SHA384, 384);
    check_algorithm(LDNS_SIGN_ED25519, 256);
}

/* RFC 4035 5.3.1: inception and expiration are inclusive. */
static void times_are_judged_at_the_given_instant(void **state)
{
    (void)state;
    struct signed_zone zone = sign_zone(LDNS_SIGN_ECDSAP256SHA256, 256, soa, 1);
    const int64_t from = (NOW - HOUR) * SECOND_US, until = (NOW + HOUR) * SECOND_US;
    assert_int_equal(verify_at(&zone, "example", DNS_SOA, from).good, 1);
    assert_int_equal(verify_at(&zone, "example", DNS_SOA, until).good, 1);
    assert_int_equal(verify_at(&zone, "example", DNS_SOA, from - 1).early, 1);
    assert_int_equal(verify_at(&zone, "example", DNS_SOA, until + 1).expired, 1);
    assert_true(verify_at(&zone, "example", DNS_SOA, until).expiration == until);
    zone_done(&zone);
}

/* No single changed bit of the covered records or the signature goes unnoticed. */
static void a_changed_bit_is_never_good(void **state)
{
    (void)state;
    struct signed_zone zone = sign_zone(LDNS_SIGN_ED25519, 256, soa, 1);
    struct dns_message message;
    struct dns_record record;
    assert_int_equal(dns_message_parse(zone.data, zone.size, &message), 0);
    struct dns_cursor cursor = dns_section(&message, DNS_ANSWER);
    assert_true(dns_record_next_of(&cursor, "example", DNS_SOA, &record));
    size_t numbers = record.data_at + record.size - 20;
    for (size_t at = numbers; at < numbers + 20; at++) {
        zone.data[at] ^= 1;
        struct dnssec_tally tally = verify_at(&zone, "example", DNS_SOA, NOW * SECOND_US);
        assert_int_equal(tally.good, 0);
        assert_int_equal(tally.bad, 1);
        zone.data[at] ^= 1;
    }
    zone.data[zone.size - 5] ^= 4; /* in the last signature */
    assert_int_equal(verify_at(&zone, "example", DNS_SOA, NOW * SECOND_US).bad, 1);
    zone_done(&zone);
}

/* RFC 4035 5.3.2: an answer made from a wildcard was signed under the wildcard's name. */
static void wildcard_answers_verify(void **state)
{
    (void)state;
    static const char *const wildcard[] = {"*.example. 300 IN A 192.0.2.1"};
    struct signed_zone zone = sign_zone(LDNS_SIGN_ECDSAP256SHA256, 256, wildcard, 1);
    ldns_pkt *packet = NULL;
    assert_int_equal(ldns_wire2pkt(&packet, zone.data, zone.size), LDNS_STATUS_OK);
    ldns_rr_list *answer = ldns_pkt_answer(packet);
    for (size_t i = 2; i < ldns_rr_list_rr_count(answer); i++) {
        ldns_rr *record = ldns_rr_list_rr(answer, i);
        ldns_rdf_deep_free(ldns_rr_owner(record));
        ldns_rr_set_owner(record, ldns_dname_new_frm_str("no.such.example."));
    }
    free(zone.data);
    assert_int_equal(ldns_pkt2wire(&zone.data, packet, &zone.size), LDNS_STATUS_OK);
    ldns_pkt_free(packet);
    assert_int_equal(verify_at(&zone, "no.such.example", DNS_A, NOW * SECOND_US).good, 1);
    zone_done(&zone);
}

/* RFC 4034 5.1.4, and the text form of trust anchors. */
static void anchors_name_their_key(void **state)
{
    (void)state;
    struct signed_zone zone = sign_zone(LDNS_SIGN_RSASHA256, 2048, soa, 1);
    struct arena arena ARENA_CLEANUP;
    struct dns_message message;
    struct dnssec_keys keys;
    struct dnssec_anchor *anchors;
    struct dnssec_budget budget = {.left = DNSSEC_BUDGET};
    size_t count;
    char text[2048], *ds = ldns_rr2str(zone.ds);
    arena_init(&arena, ARENA);
    assert_int_equal(dns_message_parse(zone.data, zone.size, &message), 0);
    assert_int_equal(dnssec_keys_collect(&message, "example", &arena, &keys), 0);
    snprintf(text, sizeof(text), "; anchors\n\n. IN DS 1 8 2 00ff\n%s", ds);
    assert_int_equal(dnssec_anchors_parse(text, &arena, &anchors, &count, NULL), 0);
    assert_int_equal(count, 2);
    assert_int_equal(dnssec_anchor_matches(&anchors[0], "example", &keys.keys[0], &budget), 0);
    assert_int_equal(dnssec_anchor_matches(&anchors[1], "example", &keys.keys[0], &budget), 1);
    assert_int_equal(dnssec_anchor_matches(&anchors[1], "other", &keys.keys[0], &budget), 0);
    budget.left = 0;
    assert_int_equal(dnssec_anchor_matches(&anchors[1], "example", &keys.keys[0], &budget),
                     ERR_LIMIT);
    LDNS_FREE(ds);
    zone_done(&zone);
}

static void malformed_anchors_name_their_line(void **state)
{
    (void)state;
    static const char *const wrong[] = {". DS 1 8 2",          ". DS 1 8 2 0g",
                                        ". DS 1 8 2 000",      ". DS 99999 8 2 00",
                                        ". DNSKEY 257 3 8 !!", "a..b DS 1 8 2 00"};
    struct arena arena ARENA_CLEANUP;
    struct dnssec_anchor *anchors;
    size_t count;
    arena_init(&arena, ARENA);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct error_detail detail = {0};
        char text[100];
        snprintf(text, sizeof(text), "\n%s\n", wrong[i]);
        assert_int_equal(dnssec_anchors_parse(text, &arena, &anchors, &count, &detail), ERR_SYNTAX);
        assert_non_null(strstr(detail.text, "line 2"));
    }
}

static void too_many_anchors_are_refused(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct dnssec_anchor *anchors;
    struct error_detail detail = {0};
    size_t count;
    BUFFER_CLEANUP struct buffer text;
    buffer_init(&text, ARENA);
    arena_init(&arena, ARENA);
    for (int i = 0; i <= DNSSEC_ANCHORS_MAX; i++)
        buffer_append_text(&text, ". DS 1 8 2 00ff\n");
    assert_refused(dnssec_anchors_parse(buffer_text(&text), &arena, &anchors, &count, &detail),
                   ERR_LIMIT, &detail, "line 65: more than 64 records");
    while (text.size <= DNSSEC_ANCHOR_TEXT_MAX)
        buffer_append_text(&text, "; nothing but words\n");
    assert_refused(dnssec_anchors_parse(buffer_text(&text), &arena, &anchors, &count, &detail),
                   ERR_LIMIT, &detail, "more than 65536 bytes");
}

/* A zone whose keys all carry the tag of the signature costs the budget and nothing more. */
static void work_is_bounded(void **state)
{
    (void)state;
    struct signed_zone zone = sign_zone(LDNS_SIGN_ED25519, 256, soa, 1);
    struct arena arena ARENA_CLEANUP;
    struct dns_message message;
    struct dnssec_keys keys;
    struct dnssec_set set;
    struct dnssec_tally tally;
    struct dnssec_budget budget = {.left = 0};
    arena_init(&arena, ARENA);
    assert_int_equal(dns_message_parse(zone.data, zone.size, &message), 0);
    assert_int_equal(dnssec_keys_collect(&message, "example", &arena, &keys), 0);
    assert_int_equal(dnssec_set_collect(&message, DNS_ANSWER, "example", DNS_SOA, &arena, &set), 0);
    assert_int_equal(dnssec_verify(&set, &keys, NOW * SECOND_US, &budget, &tally), ERR_LIMIT);
    zone_done(&zone);
}

/* RFC 4035 2.2: an algorithm that we do not know makes a set insecure, not bogus. */
static void unknown_algorithms_are_no_fault(void **state)
{
    (void)state;
    struct signed_zone zone = sign_zone(LDNS_SIGN_ED25519, 256, soa, 1);
    struct dns_message message;
    struct dns_record record;
    assert_int_equal(dns_message_parse(zone.data, zone.size, &message), 0);
    struct dns_cursor cursor = dns_section(&message, DNS_ANSWER);
    while (dns_record_next_of(&cursor, "example", DNS_RRSIG, &record))
        zone.data[record.data_at + 2] = 253;
    struct dnssec_tally tally = verify_at(&zone, "example", DNS_SOA, NOW * SECOND_US);
    assert_int_equal(tally.unsupported, 1);
    assert_int_equal(tally.bad, 0);
    zone_done(&zone);
}

TEST_MAIN(cmocka_unit_test(algorithms_agree_with_another_signer),
          cmocka_unit_test(times_are_judged_at_the_given_instant),
          cmocka_unit_test(a_changed_bit_is_never_good), cmocka_unit_test(wildcard_answers_verify),
          cmocka_unit_test(anchors_name_their_key),
          cmocka_unit_test(malformed_anchors_name_their_line),
          cmocka_unit_test(too_many_anchors_are_refused), cmocka_unit_test(work_is_bounded),
          cmocka_unit_test(unknown_algorithms_are_no_fault))
