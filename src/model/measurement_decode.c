/* Reading measurements back: nothing is believed that its digest does not cover. */
#include "base/cbor.h"
#include "model/measurement_format.h"

#include <string.h>
#include <zstd.h>

static size_t get_u32(const uint8_t at[4])
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

/* What one decoding carries along. */
struct decoding {
    struct cbor_in in;
    struct arena *arena;
    struct error_detail *detail;
};

static uint32_t get_number(struct decoding *decoding, uint64_t most)
{
    uint64_t value = cbor_get_uint(&decoding->in);
    if (value > most) {
        cbor_fail(&decoding->in, ERR_SYNTAX);
        return 0;
    }
    return (uint32_t)value;
}

static void expect_fields(struct decoding *decoding, size_t count)
{
    if (cbor_get_array(&decoding->in) != count)
        cbor_fail(&decoding->in, ERR_SYNTAX);
}

static size_t get_count(struct decoding *decoding, size_t most)
{
    size_t count = cbor_get_array(&decoding->in);
    if (count > most) {
        cbor_fail(&decoding->in, ERR_SYNTAX);
        return 0;
    }
    return count;
}

static void *make_array(struct decoding *decoding, size_t count, size_t size)
{
    void *array = arena_array(decoding->arena, count ? count : 1, size);
    if (!array)
        cbor_fail(&decoding->in, ERR_NO_MEMORY);
    return array;
}

static void get_address(struct decoding *decoding, struct net_address *ret_address)
{
    size_t size;
    const uint8_t *bytes = cbor_get_bytes(&decoding->in, &size);
    *ret_address = (struct net_address){0};
    if (size == 4)
        ret_address->family = ADDRESS_IPV4;
    else if (size == 16)
        ret_address->family = ADDRESS_IPV6;
    else if (size != 0)
        cbor_fail(&decoding->in, ERR_SYNTAX);
    if (bytes && size <= 16)
        memcpy(ret_address->bytes, bytes, size);
    ret_address->port = (uint16_t)get_number(decoding, UINT16_MAX);
}

static void get_servers(struct decoding *decoding, struct measurement *measurement)
{
    size_t count = get_count(decoding, MEASUREMENT_SERVERS_MAX);
    measurement->servers = make_array(decoding, count, sizeof *measurement->servers);
    for (size_t i = 0; i < count && !decoding->in.failure; i++) {
        struct measured_server *server = &measurement->servers[i];
        expect_fields(decoding, SERVER_FIELDS);
        server->name = cbor_need_text(&decoding->in, decoding->arena);
        get_address(decoding, &server->address);
        server->from_glue = cbor_get_bool(&decoding->in);
    }
    measurement->server_count = count;
}

static void get_chain(struct decoding *decoding, struct exchange *exchange)
{
    size_t count = get_count(decoding, CHAIN_MAX);
    exchange->chain = count ? make_array(decoding, count, sizeof *exchange->chain) : NULL;
    for (size_t i = 0; i < count && !decoding->in.failure; i++) {
        struct bytes *certificate = &exchange->chain[i];
        certificate->data = cbor_copy_bytes(&decoding->in, decoding->arena, &certificate->size);
    }
    exchange->chain_count = count;
}

/* Fills all but the bytes; the content digest goes to `ret_digest`. */
static void get_exchange(struct decoding *decoding, struct exchange *exchange,
                         struct digest *ret_digest)
{
    expect_fields(decoding, EXCHANGE_FIELDS);
    exchange->id = get_number(decoding, UINT32_MAX);
    exchange->kind = (enum exchange_kind)get_number(decoding, EXCHANGE_HTTPS);
    exchange->purpose = (enum exchange_purpose)get_number(decoding, PURPOSE_RDAP_DOMAIN);
    exchange->outcome = (enum exchange_outcome)get_number(decoding, OUTCOME_OWN_FAILURE);
    exchange->server = cbor_need_text(&decoding->in, decoding->arena);
    get_address(decoding, &exchange->address);
    exchange->started_us = cbor_get_int(&decoding->in);
    exchange->elapsed_us = cbor_get_int(&decoding->in);
    exchange->tries = get_number(decoding, UINT32_MAX);
    exchange->sent.size = get_number(decoding, EXCHANGE_BYTES_MAX);
    exchange->received.size = get_number(decoding, EXCHANGE_BYTES_MAX);
    size_t size;
    const uint8_t *digest = cbor_get_bytes(&decoding->in, &size);
    if (size != DIGEST_SIZE)
        cbor_fail(&decoding->in, ERR_SYNTAX);
    else
        memcpy(ret_digest->bytes, digest, DIGEST_SIZE);
    exchange->url = cbor_copy_text(&decoding->in, decoding->arena);
    exchange->tls_version = cbor_copy_text(&decoding->in, decoding->arena);
    int64_t verify = cbor_get_int(&decoding->in);
    if (verify < INT32_MIN || verify > INT32_MAX)
        cbor_fail(&decoding->in, ERR_SYNTAX);
    exchange->tls_verify = (int32_t)verify;
    get_chain(decoding, exchange);
}

static struct digest *get_exchanges(struct decoding *decoding, struct measurement *measurement)
{
    size_t count = get_count(decoding, MEASUREMENT_EXCHANGES_MAX);
    measurement->exchanges = make_array(decoding, count, sizeof *measurement->exchanges);
    struct digest *digests = make_array(decoding, count, sizeof *digests);
    if (!measurement->exchanges || !digests)
        return NULL;
    uint32_t last = 0;
    for (size_t i = 0; i < count && !decoding->in.failure; i++) {
        get_exchange(decoding, &measurement->exchanges[i], &digests[i]);
        if (measurement->exchanges[i].id <= last)
            cbor_fail(&decoding->in, ERR_SYNTAX);
        last = measurement->exchanges[i].id;
    }
    measurement->exchange_count = count;
    return digests;
}

static int get_manifest(struct decoding *decoding, const struct bytes *manifest,
                        struct measurement *ret_measurement, struct digest **ret_digests)
{
    struct measurement measurement = {0};
    cbor_in_init(&decoding->in, manifest->data, manifest->size);
    expect_fields(decoding, MANIFEST_FIELDS);
    if (cbor_get_uint(&decoding->in) != FORMAT_VERSION)
        return error_set(decoding->detail, ERR_SYNTAX, "manifest: unknown version");
    measurement.target = cbor_need_text(&decoding->in, decoding->arena);
    measurement.vantage = cbor_need_text(&decoding->in, decoding->arena);
    measurement.tool = cbor_need_text(&decoding->in, decoding->arena);
    measurement.observed_at = cbor_get_int(&decoding->in);
    measurement.trust_anchor = cbor_copy_text(&decoding->in, decoding->arena);
    measurement.rdap_url = cbor_copy_text(&decoding->in, decoding->arena);
    measurement.rdap_domain = cbor_copy_text(&decoding->in, decoding->arena);
    get_servers(decoding, &measurement);
    struct digest *digests = get_exchanges(decoding, &measurement);
    if (decoding->in.failure == ERR_NO_MEMORY)
        return error_set(decoding->detail, ERR_LIMIT, "manifest: larger than allowed here");
    if (cbor_finish(&decoding->in) < 0)
        return error_set(decoding->detail, ERR_SYNTAX, "manifest: not of this format");
    *ret_measurement = measurement;
    *ret_digests = digests;
    return 0;
}

/* Finds the manifest and checks its digest. */
static int open_manifest(const uint8_t *data, size_t size, struct bytes *ret_manifest,
                         struct error_detail *detail)
{
    if (size > MEASUREMENT_ENCODED_MAX)
        return error_set(detail, ERR_LIMIT, "measurement: larger than %d bytes",
                         MEASUREMENT_ENCODED_MAX);
    if (size < HEAD_SIZE || memcmp(data, MEASUREMENT_MAGIC, MAGIC_SIZE) != 0)
        return error_set(detail, ERR_SYNTAX,
                         "manifest: the file does not begin with " MEASUREMENT_MAGIC);
    size_t length = get_u32(data + MAGIC_SIZE);
    if (length > size - HEAD_SIZE || size - HEAD_SIZE - length < DIGEST_SIZE)
        return error_set(detail, ERR_DAMAGED, "manifest: cut off");
    struct digest digest = digest_of(data, HEAD_SIZE + length);
    if (memcmp(digest.bytes, data + HEAD_SIZE + length, DIGEST_SIZE) != 0)
        return error_set(detail, ERR_DAMAGED, "manifest: bytes do not match their digest");
    *ret_manifest = (struct bytes){data + HEAD_SIZE, length};
    return 0;
}

/* Unpacks one checked block into the exchange and checks it against the manifest. */
static int unpack_block(struct decoding *decoding, const struct bytes *block,
                        const struct digest *digest, struct exchange *exchange)
{
    size_t size = exchange->sent.size + exchange->received.size;
    uint8_t *plain = arena_alloc(decoding->arena, size + 1);
    if (!plain)
        return error_set(decoding->detail, ERR_LIMIT, "exchange %u: larger than allowed here",
                         exchange->id);
    size_t unpacked = ZSTD_decompress(plain, size, block->data, block->size);
    if (ZSTD_isError(unpacked) || unpacked != size)
        return error_set(decoding->detail, ERR_DAMAGED, "exchange %u: cannot be unpacked",
                         exchange->id);
    exchange->sent.data = plain;
    exchange->received.data = plain + exchange->sent.size;
    struct digest found = measurement_content_digest(exchange);
    if (!digest_equal(&found, digest))
        return error_set(decoding->detail, ERR_DAMAGED,
                         "exchange %u: content does not match the manifest", exchange->id);
    return 0;
}

/* Takes the next block off `rest`. */
static int take_block(struct decoding *decoding, uint32_t id, struct bytes *rest,
                      struct bytes *ret_block)
{
    if (rest->size < BLOCK_HEAD)
        return error_set(decoding->detail, ERR_DAMAGED, "exchange %u: cut off", id);
    size_t length = get_u32(rest->data);
    if (length > rest->size - BLOCK_HEAD)
        return error_set(decoding->detail, ERR_DAMAGED, "exchange %u: cut off", id);
    struct digest digest = digest_of(rest->data + BLOCK_HEAD, length);
    if (memcmp(digest.bytes, rest->data + 4, DIGEST_SIZE) != 0)
        return error_set(decoding->detail, ERR_DAMAGED,
                         "exchange %u: bytes do not match their digest", id);
    *ret_block = (struct bytes){rest->data + BLOCK_HEAD, length};
    rest->data += BLOCK_HEAD + length;
    rest->size -= BLOCK_HEAD + length;
    return 0;
}

int measurement_decode(const void *data, size_t size, struct arena *arena,
                       struct measurement *ret_measurement, struct error_detail *detail)
{
    struct decoding decoding = {.arena = arena, .detail = detail};
    struct bytes manifest = {0};
    struct measurement measurement;
    struct digest *digests = NULL;
    int result = open_manifest(data, size, &manifest, detail);
    if (result >= 0)
        result = get_manifest(&decoding, &manifest, &measurement, &digests);
    if (result < 0)
        return result;
    struct bytes rest = {manifest.data + manifest.size + DIGEST_SIZE,
                         size - HEAD_SIZE - manifest.size - DIGEST_SIZE};
    for (size_t i = 0; i < measurement.exchange_count; i++) {
        struct exchange *exchange = &measurement.exchanges[i];
        struct bytes block = {0};
        result = take_block(&decoding, exchange->id, &rest, &block);
        if (result >= 0)
            result = unpack_block(&decoding, &block, &digests[i], exchange);
        if (result < 0)
            return result;
    }
    if (rest.size)
        return error_set(detail, ERR_DAMAGED, "measurement: %zu bytes behind the last exchange",
                         rest.size);
    *ret_measurement = measurement;
    return 0;
}

int measurement_id(const void *data, size_t size, struct digest *ret_id)
{
    struct bytes manifest = {0};
    int result = open_manifest(data, size, &manifest, /* detail= */ NULL);
    if (result < 0)
        return result;
    *ret_id = digest_of(manifest.data, manifest.size);
    return 0;
}
