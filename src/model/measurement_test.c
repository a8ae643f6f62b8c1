/* Evidence must be unchangeable: every byte of the encoded form is covered (plan of the house, 6;
 * `replay` refuses a changed file naming the exchange). */
#include "model/measurement.h"

#include "model/measurement_format.h"
#include "refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bytes text_bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

struct sample {
    struct measured_server servers[2];
    struct exchange exchanges[3];
    struct bytes chain[2];
    struct measurement measurement;
};

static void make_sample(struct sample *sample)
{
    *sample = (struct sample){
        .servers = {{.name = "ns1.example", .from_glue = true}, {.name = "ns2.example"}},
        .exchanges = {{.id = 1,
                       .kind = EXCHANGE_DNS_UDP,
                       .purpose = PURPOSE_APEX,
                       .outcome = OUTCOME_ANSWERED,
                       .server = "ns1.example",
                       .started_us = 17,
                       .elapsed_us = 250,
                       .tries = 1,
                       .sent = text_bytes("question"),
                       .received = text_bytes("answer answer answer answer")},
                      {.id = 2,
                       .kind = EXCHANGE_DNS_TCP,
                       .purpose = PURPOSE_APEX,
                       .outcome = OUTCOME_OWN_FAILURE,
                       .server = ""},
                      {.id = 17,
                       .kind = EXCHANGE_HTTPS,
                       .purpose = PURPOSE_RDAP_HELP,
                       .outcome = OUTCOME_TLS_FAILED,
                       .server = "rdap.example",
                       .tries = 1,
                       .sent = text_bytes("GET /help HTTP/1.1\r\n\r\n"),
                       .url = "https://rdap.example/help",
                       .tls_version = "TLSv1.3",
                       .tls_verify = 10,
                       .chain_count = 2}},
        .chain = {text_bytes("leaf"), text_bytes("issuer")},
        .measurement = {.target = "example",
                        .vantage = "here",
                        .tool = "bailiwick 0",
                        .observed_at = INT64_C(1795000000000000),
                        .trust_anchor = ". IN DS 1 8 2 00",
                        .server_count = 2,
                        .exchange_count = 3},
    };
    assert_int_equal(net_address_parse("192.0.2.1", 53, &sample->servers[0].address), 0);
    assert_int_equal(net_address_parse("2001:db8::1#5353", 53, &sample->servers[1].address), 0);
    sample->exchanges[0].address = sample->servers[0].address;
    sample->exchanges[2].address = sample->servers[1].address;
    sample->exchanges[2].chain = sample->chain;
    sample->measurement.servers = sample->servers;
    sample->measurement.exchanges = sample->exchanges;
}

static void encode_sample(struct buffer *out)
{
    struct sample sample;
    make_sample(&sample);
    buffer_init(out, MEASUREMENT_ENCODED_MAX);
    assert_int_equal(measurement_encode(&sample.measurement, out), 0);
}

static void what_is_encoded_is_decoded(void **state)
{
    (void)state;
    struct buffer encoded BUFFER_CLEANUP = {0};
    encode_sample(&encoded);
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    struct measurement got;
    struct error_detail detail = {0};
    assert_int_equal(measurement_decode(encoded.data, encoded.size, &arena, &got, &detail), 0);
    assert_string_equal(got.target, "example");
    assert_string_equal(got.trust_anchor, ". IN DS 1 8 2 00");
    assert_null(got.rdap_url);
    assert_int_equal(got.server_count, 2);
    assert_true(got.servers[0].from_glue);
    assert_int_equal(got.servers[1].address.port, 5353);
    assert_int_equal(got.exchange_count, 3);
    assert_memory_equal(got.exchanges[0].received.data, "answer answer", 13);
    assert_int_equal(got.exchanges[1].outcome, OUTCOME_OWN_FAILURE);
    assert_int_equal(got.exchanges[1].address.family, ADDRESS_NONE);
    assert_int_equal(got.exchanges[2].tls_verify, 10);
    assert_string_equal(got.exchanges[2].url, "https://rdap.example/help");
    assert_int_equal(got.exchanges[2].chain_count, 2);
    assert_memory_equal(got.exchanges[2].chain[1].data, "issuer", 6);
}

static void encoding_is_canonical(void **state)
{
    (void)state;
    struct buffer encoded BUFFER_CLEANUP = {0}, again BUFFER_CLEANUP = {0};
    encode_sample(&encoded);
    buffer_init(&again, MEASUREMENT_ENCODED_MAX);
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    struct measurement got;
    assert_int_equal(measurement_decode(encoded.data, encoded.size, &arena, &got, NULL), 0);
    assert_int_equal(measurement_encode(&got, &again), 0);
    assert_int_equal(again.size, encoded.size);
    assert_memory_equal(again.data, encoded.data, encoded.size);
}

/* Every byte, each with every single bit and with all bits changed. */
static void every_changed_byte_is_refused(void **state)
{
    (void)state;
    struct buffer encoded BUFFER_CLEANUP = {0};
    encode_sample(&encoded);
    for (size_t i = 0; i < encoded.size; i++) {
        for (unsigned mask = 1; mask <= 0x100; mask <<= 1) {
            struct arena arena ARENA_CLEANUP = {0};
            arena_init(&arena, 1 << 20);
            struct measurement got = {.target = "untouched"};
            struct error_detail detail = {0};
            uint8_t flip = mask == 0x100 ? 0xff : (uint8_t)mask;
            encoded.data[i] ^= flip;
            assert_true(measurement_decode(encoded.data, encoded.size, &arena, &got, &detail) < 0);
            encoded.data[i] ^= flip;
            assert_string_not_equal(detail.text, "");
            assert_string_equal(got.target, "untouched");
        }
    }
}

static void damaged_exchange_is_named(void **state)
{
    (void)state;
    struct buffer encoded BUFFER_CLEANUP = {0};
    encode_sample(&encoded);
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    struct measurement got;
    struct error_detail detail = {0};
    encoded.data[encoded.size - 1] ^= 1;
    assert_int_equal(measurement_decode(encoded.data, encoded.size, &arena, &got, &detail),
                     ERR_DAMAGED);
    assert_memory_equal(detail.text, "exchange 17: ", 13);
}

static size_t manifest_size(const struct buffer *encoded)
{
    const uint8_t *at = encoded->data + MAGIC_SIZE;
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

/* Writes the digest of a manifest that was tampered with anew. */
static void seal_manifest(struct buffer *encoded)
{
    size_t size = HEAD_SIZE + manifest_size(encoded);
    struct digest digest = digest_of(encoded->data, size);
    memcpy(encoded->data + size, digest.bytes, DIGEST_SIZE);
}

/* The same for the block of the first exchange; returns where its bytes are. */
static uint8_t *first_block(struct buffer *encoded)
{
    return encoded->data + HEAD_SIZE + manifest_size(encoded) + DIGEST_SIZE;
}

static void seal_first_block(struct buffer *encoded)
{
    uint8_t *head = first_block(encoded);
    struct digest digest = digest_of(head + BLOCK_HEAD, head[3]);
    memcpy(head + 4, digest.bytes, DIGEST_SIZE);
}

enum tampering { VERSION, TARGET, DIGEST_OF_EXCHANGE, BLOCK, LAST_BLOCK_LEFT_OUT, ONE_MORE_BYTE };

static void tamper(struct buffer *encoded, enum tampering tampering)
{
    uint8_t *manifest = encoded->data + HEAD_SIZE;
    struct sample sample;
    make_sample(&sample);
    struct digest digest = measurement_content_digest(&sample.exchanges[0]);
    switch (tampering) {
    case VERSION:
        manifest[1]++; /* behind the head of the array */
        break;
    case TARGET:
        manifest[2] ^= 0x20; /* a byte string for a text */
        break;
    case DIGEST_OF_EXCHANGE: {
        uint8_t *at = memmem(manifest, manifest_size(encoded), digest.bytes, DIGEST_SIZE);
        assert_non_null(at);
        at[0] ^= 1;
        break;
    }
    case BLOCK:
        first_block(encoded)[BLOCK_HEAD] ^= 1; /* the magic number of zstd */
        seal_first_block(encoded);
        break;
    case LAST_BLOCK_LEFT_OUT:
        encoded->size -= BLOCK_HEAD + 1;
        break;
    case ONE_MORE_BYTE:
        buffer_append_byte(encoded, 0);
        break;
    }
    seal_manifest(encoded);
}

/* Who can seal again can write anything: then the decoder has to see it without the digests. */
static void what_was_sealed_again_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        enum tampering tampering;
        int code;
        const char *words;
    } rows[] = {
        {VERSION, ERR_SYNTAX, "manifest: unknown version"},
        {TARGET, ERR_SYNTAX, "manifest: not of this format"},
        {DIGEST_OF_EXCHANGE, ERR_DAMAGED, "exchange 1: content does not match the manifest"},
        {BLOCK, ERR_DAMAGED, "exchange 1: cannot be unpacked"},
        {LAST_BLOCK_LEFT_OUT, ERR_DAMAGED, "exchange 17: cut off"},
        {ONE_MORE_BYTE, ERR_DAMAGED, "measurement: 1 bytes behind the last exchange"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer encoded BUFFER_CLEANUP = {0};
        encode_sample(&encoded);
        tamper(&encoded, rows[i].tampering);
        struct arena arena ARENA_CLEANUP = {0};
        arena_init(&arena, 1 << 20);
        struct measurement got;
        struct error_detail detail = {0};
        assert_refused(measurement_decode(encoded.data, encoded.size, &arena, &got, &detail),
                       rows[i].code, &detail, rows[i].words);
    }
}

static void too_large_a_file_is_not_read(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    struct measurement got;
    struct error_detail detail = {0};
    arena_init(&arena, 1 << 20);
    assert_refused(measurement_decode("", MEASUREMENT_ENCODED_MAX + 1, &arena, &got, &detail),
                   ERR_LIMIT, &detail, "measurement: larger than ");
}

static void every_shorter_or_longer_form_is_refused(void **state)
{
    (void)state;
    struct buffer encoded BUFFER_CLEANUP = {0};
    encode_sample(&encoded);
    struct measurement got;
    for (size_t size = 0; size < encoded.size; size++) {
        /* A copy of exactly this size, so that reading past it is seen by sanitizers. */
        uint8_t *cut = malloc(size ? size : 1);
        memcpy(cut, encoded.data, size);
        struct arena arena ARENA_CLEANUP = {0};
        arena_init(&arena, 1 << 20);
        assert_true(measurement_decode(cut, size, &arena, &got, NULL) < 0);
        free(cut);
    }
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    buffer_append_byte(&encoded, 0);
    assert_int_equal(measurement_decode(encoded.data, encoded.size, &arena, &got, NULL),
                     ERR_DAMAGED);
}

static void id_is_that_of_the_manifest(void **state)
{
    (void)state;
    struct buffer encoded BUFFER_CLEANUP = {0}, other BUFFER_CLEANUP = {0};
    encode_sample(&encoded);
    struct digest id, changed;
    assert_int_equal(measurement_id(encoded.data, encoded.size, &id), 0);
    struct sample sample;
    make_sample(&sample);
    sample.exchanges[0].received = text_bytes("another answer");
    buffer_init(&other, MEASUREMENT_ENCODED_MAX);
    assert_int_equal(measurement_encode(&sample.measurement, &other), 0);
    assert_int_equal(measurement_id(other.data, other.size, &changed), 0);
    assert_false(digest_equal(&id, &changed));
    encoded.data[10] ^= 1;
    assert_int_equal(measurement_id(encoded.data, encoded.size, &id), ERR_DAMAGED);
}

static void too_little_memory_is_a_limit(void **state)
{
    (void)state;
    struct buffer encoded BUFFER_CLEANUP = {0};
    encode_sample(&encoded);
    struct measurement got;
    for (size_t limit = 0; limit < 1000; limit += 40) {
        struct arena arena ARENA_CLEANUP = {0};
        arena_init(&arena, limit);
        assert_int_equal(measurement_decode(encoded.data, encoded.size, &arena, &got, NULL),
                         ERR_LIMIT);
    }
    struct sample sample;
    make_sample(&sample);
    sample.exchanges[0].received.size = EXCHANGE_BYTES_MAX + 1;
    struct buffer out BUFFER_CLEANUP = {0};
    buffer_init(&out, MEASUREMENT_ENCODED_MAX);
    assert_int_equal(measurement_encode(&sample.measurement, &out), ERR_LIMIT);
}

static void addresses_are_parsed_and_formatted(void **state)
{
    (void)state;
    struct net_address address, same;
    char text[NET_ADDRESS_TEXT];
    assert_int_equal(net_address_parse("192.0.2.1", 53, &address), 0);
    assert_string_equal(net_address_format(&address, text), "192.0.2.1#53");
    assert_int_equal(net_address_parse("2001:DB8:0::1#8053", 53, &address), 0);
    assert_string_equal(net_address_format(&address, text), "2001:db8::1#8053");
    assert_int_equal(net_address_parse(text, 53, &same), 0);
    assert_true(net_address_equal(&address, &same));
    same.port = 53;
    assert_false(net_address_equal(&address, &same));
    address = (struct net_address){0};
    assert_string_equal(net_address_format(&address, text), "-");

    static const char *const wrong[] = {
        "",         "1.2.3",   "1.2.3.4#",     "1.2.3.4#0",     "1.2.3.4#65536",
        "1.2.3.4 ", "example", "fe80::1%eth0", "1.2.3.4#53#53", "0x1.2.3.4"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(net_address_parse(wrong[i], 53, &address), ERR_SYNTAX);
}

static void every_enum_has_its_text(void **state)
{
    (void)state;
    assert_string_equal(exchange_kind_text(EXCHANGE_HTTPS), "https");
    assert_string_equal(exchange_purpose_text(PURPOSE_RDAP_DOMAIN), "rdap-domain");
    assert_string_equal(exchange_outcome_text(OUTCOME_OWN_FAILURE), "own-failure");
}

TEST_MAIN(cmocka_unit_test(what_is_encoded_is_decoded), cmocka_unit_test(encoding_is_canonical),
          cmocka_unit_test(every_changed_byte_is_refused),
          cmocka_unit_test(damaged_exchange_is_named),
          cmocka_unit_test(what_was_sealed_again_is_refused_by_name),
          cmocka_unit_test(too_large_a_file_is_not_read),
          cmocka_unit_test(every_shorter_or_longer_form_is_refused),
          cmocka_unit_test(id_is_that_of_the_manifest),
          cmocka_unit_test(too_little_memory_is_a_limit),
          cmocka_unit_test(addresses_are_parsed_and_formatted),
          cmocka_unit_test(every_enum_has_its_text))
