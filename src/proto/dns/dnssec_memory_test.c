/* Every allocation of OpenSSL fails in turn: a good signature is then good or not known, never bad.
 */
#include "proto/dns/dnssec.h"

#include "base/arena.h"
#include "memory/sweep.h"
#include "testing.h"

#include <ldns/ldns.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 20, NOW = 1700000000, HOUR = 3600 };

static void *counted_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(size);
}

static void *counted_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return realloc(memory, size);
}

static void counted_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

static uint8_t *signed_keys(ldns_signing_algorithm algorithm, uint16_t bits, size_t *ret_size)
{
    uint8_t *data = NULL;
    ldns_key *key = ldns_key_new_frm_algorithm(algorithm, bits);
    ldns_key_list *keys = ldns_key_list_new();
    ldns_pkt *packet = ldns_pkt_new();
    ldns_rr_list *set = ldns_rr_list_new();
    ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str("example."));
    ldns_key_set_flags(key, LDNS_KEY_ZONE_KEY | LDNS_KEY_SEP_KEY);
    ldns_key_set_inception(key, NOW - HOUR);
    ldns_key_set_expiration(key, NOW + HOUR);
    ldns_rr *public = ldns_key2rr(key);
    ldns_rr_set_ttl(public, HOUR);
    ldns_key_set_keytag(key, ldns_calc_keytag(public));
    ldns_key_list_push_key(keys, key);
    ldns_rr_list_push_rr(set, public);
    ldns_rr_list *signatures = ldns_sign_public(set, keys);
    ldns_pkt_set_qr(packet, true);
    ldns_pkt_push_rr_list(packet, LDNS_SECTION_ANSWER, set);
    ldns_pkt_push_rr_list(packet, LDNS_SECTION_ANSWER, signatures);
    assert_int_equal(ldns_pkt2wire(&data, packet, ret_size), LDNS_STATUS_OK);
    ldns_rr_list_free(signatures);
    ldns_rr_list_free(set);
    ldns_pkt_free(packet);
    ldns_key_list_free(keys);
    return data;
}

struct signed_set {
    struct dnssec_keys keys;
    struct dnssec_set set;
};

static int verify(const void *from)
{
    const struct signed_set *given = from;
    struct dnssec_budget budget = {.left = DNSSEC_BUDGET};
    struct dnssec_tally tally = {.good = 0};
    int result = dnssec_verify(&given->set, &given->keys, NOW * INT64_C(1000000), &budget, &tally);
    if (result < 0)
        assert_int_equal(result, ERR_NO_MEMORY);
    else
        assert_int_equal(tally.good, 1);
    return result;
}

static void sweep_algorithm(ldns_signing_algorithm algorithm, uint16_t bits)
{
    struct arena arena ARENA_CLEANUP;
    struct dns_message message;
    struct signed_set given;
    size_t size;
    uint8_t *data = signed_keys(algorithm, bits, &size);
    arena_init(&arena, ARENA);
    assert_int_equal(dns_message_parse(data, size, &message), 0);
    assert_int_equal(dnssec_keys_collect(&message, "example", &arena, &given.keys), 0);
    assert_int_equal(
        dnssec_set_collect(&message, DNS_ANSWER, "example", DNS_DNSKEY, &arena, &given.set), 0);
    sweep_loosely("verify", verify, &given);
    free(data);
}

static void lack_of_memory_makes_no_signature_bad(void **state)
{
    (void)state;
    sweep_algorithm(LDNS_SIGN_RSASHA256, 2048);
    sweep_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
    sweep_algorithm(LDNS_SIGN_ECDSAP384SHA384, 384);
    sweep_algorithm(LDNS_SIGN_ED25519, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lack_of_memory_makes_no_signature_bad)};
    /* Before OpenSSL allocates anything, or it would not be allowed. */
    if (CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 1)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
