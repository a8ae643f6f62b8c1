/* The encoded form of a measurement.
 *
 * The manifest is one CBOR array in a fixed order (put_manifest() and get_manifest() are its
 * definition; see measurement_decode.c), so that the same content always has the same bytes. */
#include "model/measurement_format.h"

#include "base/cbor.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

static const char *const kind_texts[] = {"dns-udp", "dns-tcp", "https"};
static const char *const purpose_texts[] = {"parent",    "apex",      "nxname",     "resolve",
                                            "reference", "rdap-help", "rdap-domain"};
static const char *const outcome_texts[] = {"answered",   "timed-out",  "refused",   "unreachable",
                                            "closed",     "tls-failed", "unmatched", "too-large",
                                            "no-address", "own-failure"};

/* Fixed: the same content gives the same bytes. */
enum { COMPRESSION_LEVEL = 3 };

const char *exchange_kind_text(enum exchange_kind kind)
{
    return kind_texts[kind];
}

const char *exchange_purpose_text(enum exchange_purpose purpose)
{
    return purpose_texts[purpose];
}

const char *exchange_outcome_text(enum exchange_outcome outcome)
{
    return outcome_texts[outcome];
}

/* --- addresses --- */

static size_t address_size(enum address_family family)
{
    return family == ADDRESS_IPV4 ? 4 : family == ADDRESS_IPV6 ? 16 : 0;
}

char *net_address_format(const struct net_address *address, char text[NET_ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN];
    if (address->family == ADDRESS_NONE) {
        snprintf(text, NET_ADDRESS_TEXT, "-");
        return text;
    }
    int family = address->family == ADDRESS_IPV4 ? AF_INET : AF_INET6;
    inet_ntop(family, address->bytes, host, sizeof host);
    snprintf(text, NET_ADDRESS_TEXT, "%s#%u", host, address->port);
    return text;
}

int net_address_parse(const char *text, uint16_t default_port, struct net_address *ret_address)
{
    struct net_address address = {.port = default_port};
    char host[INET6_ADDRSTRLEN];
    size_t size = strcspn(text, "#");
    if (size >= sizeof host)
        return ERR_SYNTAX;
    memcpy(host, text, size);
    host[size] = '\0';
    if (text[size] == '#') {
        int64_t port;
        if (text_parse_int(text + size + 1, 1, UINT16_MAX, &port) < 0)
            return ERR_SYNTAX;
        address.port = (uint16_t)port;
    }
    if (inet_pton(AF_INET, host, address.bytes) == 1)
        address.family = ADDRESS_IPV4;
    else if (inet_pton(AF_INET6, host, address.bytes) == 1)
        address.family = ADDRESS_IPV6;
    else
        return ERR_SYNTAX;
    *ret_address = address;
    return 0;
}

bool net_address_equal(const struct net_address *a, const struct net_address *b)
{
    return a->family == b->family && a->port == b->port &&
           memcmp(a->bytes, b->bytes, address_size(a->family)) == 0;
}

/* --- encoding --- */

struct digest measurement_content_digest(const struct exchange *exchange)
{
    struct digest_state state;
    digest_begin(&state);
    digest_add(&state, exchange->sent.data, exchange->sent.size);
    digest_add(&state, exchange->received.data, exchange->received.size);
    return digest_end(&state);
}

static void put_address(const struct net_address *address, struct buffer *out)
{
    cbor_put_bytes(out, address->bytes, address_size(address->family));
    cbor_put_uint(out, address->port);
}

static void put_exchange(const struct exchange *exchange, struct buffer *out)
{
    struct digest digest = measurement_content_digest(exchange);
    cbor_put_array(out, EXCHANGE_FIELDS);
    cbor_put_uint(out, exchange->id);
    cbor_put_uint(out, exchange->kind);
    cbor_put_uint(out, exchange->purpose);
    cbor_put_uint(out, exchange->outcome);
    cbor_put_text(out, exchange->server);
    put_address(&exchange->address, out);
    cbor_put_int(out, exchange->started_us);
    cbor_put_int(out, exchange->elapsed_us);
    cbor_put_uint(out, exchange->tries);
    cbor_put_uint(out, exchange->sent.size);
    cbor_put_uint(out, exchange->received.size);
    cbor_put_bytes(out, digest.bytes, DIGEST_SIZE);
    cbor_put_text(out, exchange->url);
    cbor_put_text(out, exchange->tls_version);
    cbor_put_int(out, exchange->tls_verify);
    cbor_put_array(out, exchange->chain_count);
    for (size_t i = 0; i < exchange->chain_count; i++)
        cbor_put_bytes(out, exchange->chain[i].data, exchange->chain[i].size);
}

static void put_manifest(const struct measurement *measurement, struct buffer *out)
{
    cbor_put_array(out, MANIFEST_FIELDS);
    cbor_put_uint(out, FORMAT_VERSION);
    cbor_put_text(out, measurement->target);
    cbor_put_text(out, measurement->vantage);
    cbor_put_text(out, measurement->tool);
    cbor_put_int(out, measurement->observed_at);
    cbor_put_text(out, measurement->trust_anchor);
    cbor_put_text(out, measurement->rdap_url);
    cbor_put_text(out, measurement->rdap_domain);
    cbor_put_array(out, measurement->server_count);
    for (size_t i = 0; i < measurement->server_count; i++) {
        cbor_put_array(out, SERVER_FIELDS);
        cbor_put_text(out, measurement->servers[i].name);
        put_address(&measurement->servers[i].address, out);
        cbor_put_bool(out, measurement->servers[i].from_glue);
    }
    cbor_put_array(out, measurement->exchange_count);
    for (size_t i = 0; i < measurement->exchange_count; i++)
        put_exchange(&measurement->exchanges[i], out);
}

static void put_u32(uint8_t at[4], size_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static int put_block(ZSTD_CCtx *zstd, const struct exchange *exchange, struct buffer *out)
{
    size_t size = exchange->sent.size + exchange->received.size, room = ZSTD_compressBound(size);
    struct buffer plain BUFFER_CLEANUP = {0};
    buffer_init(&plain, size + 1);
    buffer_append(&plain, exchange->sent.data, exchange->sent.size);
    buffer_append(&plain, exchange->received.data, exchange->received.size);
    if (buffer_error(&plain))
        return buffer_error(&plain);

    size_t head = out->size;
    uint8_t *block = buffer_extend(out, BLOCK_HEAD + room);
    if (!block)
        return buffer_error(out);
    size_t packed =
        ZSTD_compressCCtx(zstd, block + BLOCK_HEAD, room, plain.data, size, COMPRESSION_LEVEL);
    if (ZSTD_isError(packed))
        return ERR_INTERNAL;
    struct digest digest = digest_of(block + BLOCK_HEAD, packed);
    put_u32(block, packed);
    memcpy(block + 4, digest.bytes, DIGEST_SIZE);
    out->size = head + BLOCK_HEAD + packed;
    out->data[out->size] = 0;
    return 0;
}

static bool within_limits(const struct measurement *measurement)
{
    if (measurement->exchange_count > MEASUREMENT_EXCHANGES_MAX ||
        measurement->server_count > MEASUREMENT_SERVERS_MAX)
        return false;
    for (size_t i = 0; i < measurement->exchange_count; i++) {
        const struct exchange *exchange = &measurement->exchanges[i];
        if (exchange->sent.size > EXCHANGE_BYTES_MAX ||
            exchange->received.size > EXCHANGE_BYTES_MAX || exchange->chain_count > CHAIN_MAX)
            return false;
    }
    return true;
}

int measurement_encode(const struct measurement *measurement, struct buffer *out)
{
    if (!within_limits(measurement))
        return ERR_LIMIT;
    size_t start = out->size;
    buffer_append(out, MEASUREMENT_MAGIC, MAGIC_SIZE);
    buffer_append(out, "\0\0\0\0", 4);
    put_manifest(measurement, out);
    if (buffer_error(out))
        return buffer_error(out);
    put_u32(out->data + start + MAGIC_SIZE, out->size - start - HEAD_SIZE);
    struct digest digest = digest_of(out->data + start, out->size - start);
    buffer_append(out, digest.bytes, DIGEST_SIZE);

    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    int result = zstd ? 0 : ERR_NO_MEMORY;
    for (size_t i = 0; !result && i < measurement->exchange_count; i++)
        result = put_block(zstd, &measurement->exchanges[i], out);
    ZSTD_freeCCtx(zstd);
    return result ? result : buffer_error(out);
}
