#include "proto/dns/rdata.h"

#include "base/error.h"

#include <string.h>

enum { SOA_NUMBERS = 20, DS_HEAD = 4, DNSKEY_HEAD = 4, ALGORITHM_RSAMD5 = 1 };

#define SECOND_US INT64_C(1000000)

static uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)get_u16(at) << 16 | get_u16(at + 2);
}

/* The name at `*at` of the record's data; moves `*at` behind it. It may point backwards out of the
 * record, but where it stands it must lie inside. */
static int read_name(const struct dns_record *record, size_t *at, char text[DNS_NAME_TEXT])
{
    size_t end = 0, limit = record->data_at + record->size;
    int result = dns_name_decode(record->message->data, limit, record->data_at + *at, text, &end);
    if (result < 0)
        return result;
    *at = end - record->data_at;
    return 0;
}

int dns_rdata_address(const struct dns_record *record, struct net_address *ret_address)
{
    struct net_address address = {.port = DNS_PORT};
    if (record->type == DNS_A && record->size == 4)
        address.family = ADDRESS_IPV4;
    else if (record->type == DNS_AAAA && record->size == 16)
        address.family = ADDRESS_IPV6;
    else
        return ERR_SYNTAX;
    memcpy(address.bytes, record->data, record->size);
    *ret_address = address;
    return 0;
}

int dns_rdata_name(const struct dns_record *record, char text[DNS_NAME_TEXT])
{
    size_t at = 0;
    int result = read_name(record, &at, text);
    if (result < 0)
        return result;
    return at == record->size ? 0 : ERR_SYNTAX;
}

int dns_rdata_soa(const struct dns_record *record, struct dns_soa *ret_soa)
{
    struct dns_soa soa;
    size_t at = 0;
    if (record->type != DNS_SOA || read_name(record, &at, soa.mname) < 0 ||
        read_name(record, &at, soa.rname) < 0 || at + SOA_NUMBERS != record->size)
        return ERR_SYNTAX;
    const uint8_t *numbers = record->data + at;
    soa.serial = get_u32(numbers);
    soa.refresh = get_u32(numbers + 4);
    soa.retry = get_u32(numbers + 8);
    soa.expire = get_u32(numbers + 12);
    soa.minimum = get_u32(numbers + 16);
    *ret_soa = soa;
    return 0;
}

int dns_ds_decode(const uint8_t *data, size_t size, struct dns_ds *ret_ds)
{
    if (size <= DS_HEAD)
        return ERR_SYNTAX;
    *ret_ds = (struct dns_ds){.key_tag = get_u16(data),
                              .algorithm = data[2],
                              .digest_type = data[3],
                              .digest = data + DS_HEAD,
                              .digest_size = size - DS_HEAD};
    return 0;
}

int dns_rdata_ds(const struct dns_record *record, struct dns_ds *ret_ds)
{
    return record->type == DNS_DS ? dns_ds_decode(record->data, record->size, ret_ds) : ERR_SYNTAX;
}

/* RFC 4034 appendix B; algorithm 1 has its own rule (B.1). */
static uint16_t key_tag_of(const uint8_t *data, size_t size)
{
    uint32_t sum = 0;
    if (data[3] == ALGORITHM_RSAMD5)
        return size >= 3 ? get_u16(data + size - 3) : 0;
    for (size_t i = 0; i < size; i++)
        sum += i & 1 ? data[i] : (uint32_t)data[i] << 8;
    sum += sum >> 16 & 0xffff;
    return (uint16_t)sum;
}

int dns_dnskey_decode(const uint8_t *data, size_t size, struct dns_dnskey *ret_key)
{
    if (size <= DNSKEY_HEAD)
        return ERR_SYNTAX;
    *ret_key = (struct dns_dnskey){.flags = get_u16(data),
                                   .protocol = data[2],
                                   .algorithm = data[3],
                                   .key = data + DNSKEY_HEAD,
                                   .key_size = size - DNSKEY_HEAD,
                                   .key_tag = key_tag_of(data, size),
                                   .data = data,
                                   .size = size};
    return 0;
}

int dns_rdata_dnskey(const struct dns_record *record, struct dns_dnskey *ret_key)
{
    return record->type == DNS_DNSKEY ? dns_dnskey_decode(record->data, record->size, ret_key)
                                      : ERR_SYNTAX;
}

int dns_rdata_rrsig(const struct dns_record *record, struct dns_rrsig *ret_rrsig)
{
    struct dns_rrsig rrsig;
    const uint8_t *data = record->data;
    size_t at = RRSIG_HEAD;
    if (record->type != DNS_RRSIG || record->size <= RRSIG_HEAD ||
        read_name(record, &at, rrsig.signer) < 0 || at >= record->size)
        return ERR_SYNTAX;
    rrsig.type_covered = get_u16(data);
    rrsig.algorithm = data[2];
    rrsig.labels = data[3];
    rrsig.original_ttl = get_u32(data + 4);
    rrsig.expiration = get_u32(data + 8);
    rrsig.inception = get_u32(data + 12);
    rrsig.key_tag = get_u16(data + 16);
    rrsig.head = data;
    rrsig.signature = data + at;
    rrsig.signature_size = record->size - at;
    *ret_rrsig = rrsig;
    return 0;
}

int64_t dns_rrsig_instant(uint32_t time, int64_t near)
{
    int64_t seconds = near / SECOND_US;
    int32_t distance = (int32_t)(time - (uint32_t)seconds);
    return (seconds + distance) * SECOND_US;
}

bool dns_rdata_nsec_has(const struct dns_record *record, uint16_t type)
{
    enum { WINDOW_HEAD = 2, TYPES_PER_WINDOW = 256, BITMAP_MAX = 32 };
    char next[DNS_NAME_TEXT];
    size_t at = 0;
    if (record->type != DNS_NSEC || read_name(record, &at, next) < 0)
        return false;
    while (at + WINDOW_HEAD <= record->size) {
        const uint8_t *window = record->data + at;
        size_t size = window[1], bit = type % TYPES_PER_WINDOW;
        if (size == 0 || size > BITMAP_MAX || at + WINDOW_HEAD + size > record->size)
            return false;
        if (window[0] == type / TYPES_PER_WINDOW)
            return bit / 8 < size && window[WINDOW_HEAD + bit / 8] & 0x80 >> bit % 8;
        at += WINDOW_HEAD + size;
    }
    return false;
}
