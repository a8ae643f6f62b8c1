#include "check/fixture_message.h"

#include "base/buffer.h"
#include "base/digest.h"
#include "proto/dns/rdata.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    TTL = 3600,
    KEY_FLAGS = DNSKEY_ZONE | DNSKEY_SEP,
    ED25519 = 15,
    SHA256 = 2,
    DAY = 86400,
    MESSAGE_MAX = 65535,
    FLAGS_RESPONSE = 0x8000,
    FLAG_AUTHORITATIVE = 0x0400,
    FLAG_TRUNCATED = 0x0200,
};

static void put_u16(struct buffer *out, size_t value)
{
    buffer_append_byte(out, (uint8_t)(value >> 8));
    buffer_append_byte(out, (uint8_t)value);
}

static void put_u32(struct buffer *out, uint32_t value)
{
    put_u16(out, value >> 16);
    put_u16(out, value & 0xffff);
}

static void put_name(struct buffer *out, const char *name)
{
    uint8_t wire[DNS_NAME_WIRE];
    size_t size = 0;
    int result = dns_name_encode(name, wire, &size);
    assert(result >= 0);
    (void)result;
    buffer_append(out, wire, size);
}

void fixture_key_make(const char *zone, uint8_t seed, int64_t now, struct fixture_key *ret_key)
{
    struct dns_dnskey decoded;
    uint8_t bytes[SIGN_SEED_SIZE];
    memset(bytes, seed, sizeof(bytes));
    *ret_key = (struct fixture_key){.zone = zone,
                                    .inception = (uint32_t)(now / 1000000 - DAY),
                                    .expiration = (uint32_t)(now / 1000000 + DAY)};
    sign_key_from_seed(bytes, &ret_key->key);
    ret_key->dnskey[0] = KEY_FLAGS >> 8;
    ret_key->dnskey[1] = KEY_FLAGS & 0xff;
    ret_key->dnskey[2] = 3;
    ret_key->dnskey[3] = ED25519;
    memcpy(ret_key->dnskey + 4, ret_key->key.public, SIGN_PUBLIC_SIZE);
    dns_dnskey_decode(ret_key->dnskey, sizeof(ret_key->dnskey), &decoded);
    ret_key->tag = decoded.key_tag;
}

void fixture_put(struct fixture_message *message, enum dns_section section, const char *name,
                 uint16_t type, const void *data, size_t size)
{
    assert(message->counts[section] < FIXTURE_RECORDS_MAX && size <= FIXTURE_DATA_MAX);
    struct fixture_record *record = &message->records[section][message->counts[section]++];
    record->name = name;
    record->type = type;
    record->size = size;
    memcpy(record->data, data, size);
}

/* Takes the buffer's content as one record. */
static void put_buffer(struct fixture_message *message, enum dns_section section, const char *name,
                       uint16_t type, struct buffer *data)
{
    fixture_put(message, section, name, type, data->data, data->size);
    buffer_done(data);
}

void fixture_put_name(struct fixture_message *message, enum dns_section section, const char *name,
                      uint16_t type, const char *target)
{
    struct buffer data;
    buffer_init(&data, FIXTURE_DATA_MAX);
    put_name(&data, target);
    put_buffer(message, section, name, type, &data);
}

void fixture_put_soa(struct fixture_message *message, enum dns_section section, const char *zone,
                     uint32_t serial)
{
    struct buffer data;
    buffer_init(&data, FIXTURE_DATA_MAX);
    put_name(&data, "ns1.example");
    put_name(&data, "hostmaster.example");
    put_u32(&data, serial);
    put_u32(&data, 3600);   /* refresh */
    put_u32(&data, 600);    /* retry */
    put_u32(&data, 604800); /* expire */
    put_u32(&data, 300);    /* minimum */
    put_buffer(message, section, zone, DNS_SOA, &data);
}

void fixture_put_address(struct fixture_message *message, enum dns_section section,
                         const char *name, const struct net_address *address)
{
    bool ipv4 = address->family == ADDRESS_IPV4;
    fixture_put(message, section, name, ipv4 ? DNS_A : DNS_AAAA, address->bytes, ipv4 ? 4 : 16);
}

void fixture_put_ds(struct fixture_message *message, enum dns_section section,
                    const struct fixture_key *key)
{
    struct buffer named BUFFER_CLEANUP, data;
    buffer_init(&named, FIXTURE_DATA_MAX);
    buffer_init(&data, FIXTURE_DATA_MAX);
    put_name(&named, key->zone);
    buffer_append(&named, key->dnskey, sizeof(key->dnskey));
    struct digest digest = digest_of(named.data, named.size);
    put_u16(&data, key->tag);
    buffer_append_byte(&data, ED25519);
    buffer_append_byte(&data, SHA256);
    buffer_append(&data, digest.bytes, DIGEST_SIZE);
    put_buffer(message, section, key->zone, DNS_DS, &data);
}

static int compare_records(const void *left, const void *right)
{
    const struct fixture_record *const *a = left, *const *b = right;
    size_t common = (*a)->size < (*b)->size ? (*a)->size : (*b)->size;
    int order = memcmp((*a)->data, (*b)->data, common);
    return order != 0 ? order : ((*a)->size > (*b)->size) - ((*a)->size < (*b)->size);
}

static void put_covered(const struct fixture_message *message, enum dns_section section,
                        const char *name, uint16_t type, struct buffer *out)
{
    const struct fixture_record *records[FIXTURE_RECORDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < message->counts[section]; i++) {
        const struct fixture_record *record = &message->records[section][i];
        if (record->type == type && strcmp(record->name, name) == 0)
            records[count++] = record;
    }
    assert(count > 0);
    qsort(records, count, sizeof(const struct fixture_record *), compare_records);
    for (size_t i = 0; i < count; i++) {
        put_name(out, name);
        put_u16(out, type);
        put_u16(out, DNS_CLASS_IN);
        put_u32(out, TTL);
        put_u16(out, records[i]->size);
        buffer_append(out, records[i]->data, records[i]->size);
    }
}

void fixture_sign(struct fixture_message *message, enum dns_section section, const char *name,
                  uint16_t type, const struct fixture_key *key, bool broken)
{
    struct buffer data, covered BUFFER_CLEANUP;
    uint8_t signature[SIGN_SIGNATURE_SIZE];
    buffer_init(&data, FIXTURE_DATA_MAX);
    buffer_init(&covered, MESSAGE_MAX);
    put_u16(&data, type);
    buffer_append_byte(&data, ED25519);
    buffer_append_byte(&data, (uint8_t)dns_name_labels(name));
    put_u32(&data, TTL);
    put_u32(&data, key->expiration);
    put_u32(&data, key->inception);
    put_u16(&data, key->tag);
    put_name(&data, key->zone);
    buffer_append(&covered, data.data, data.size);
    put_covered(message, section, name, type, &covered);
    sign_message(&key->key, covered.data, covered.size, signature);
    if (broken)
        signature[0] ^= 1;
    buffer_append(&data, signature, sizeof(signature));
    put_buffer(message, section, name, DNS_RRSIG, &data);
}

static void put_records(const struct fixture_message *message, struct buffer *out)
{
    for (int section = DNS_ANSWER; section < DNS_SECTIONS; section++) {
        for (size_t i = 0; i < message->counts[section]; i++) {
            const struct fixture_record *record = &message->records[section][i];
            put_name(out, record->name);
            put_u16(out, record->type);
            put_u16(out, DNS_CLASS_IN);
            put_u32(out, TTL);
            put_u16(out, record->size);
            buffer_append(out, record->data, record->size);
        }
    }
    if (message->edns) {
        static const uint8_t opt[] = {0, 0, DNS_OPT, 0x04, 0xd0, 0, 0, 0x80, 0, 0, 0};
        buffer_append(out, opt, sizeof(opt));
    }
}

struct bytes fixture_encode(const struct fixture_message *message, const struct bytes *query,
                            struct arena *arena)
{
    struct dns_message question;
    struct buffer out BUFFER_CLEANUP;
    int result = dns_message_parse(query->data, query->size, &question);
    assert(result >= 0);
    (void)result;
    buffer_init(&out, MESSAGE_MAX);
    put_u16(&out, question.id);
    put_u16(&out, FLAGS_RESPONSE | (message->authoritative ? FLAG_AUTHORITATIVE : 0u) |
                      (message->truncated ? FLAG_TRUNCATED : 0u) | message->rcode);
    put_u16(&out, 1);
    put_u16(&out, message->counts[DNS_ANSWER]);
    put_u16(&out, message->counts[DNS_AUTHORITY]);
    put_u16(&out, message->counts[DNS_ADDITIONAL] + (message->edns ? 1 : 0));
    put_name(&out, question.name);
    put_u16(&out, question.type);
    put_u16(&out, DNS_CLASS_IN);
    put_records(message, &out);
    assert(buffer_error(&out) == 0);
    return (struct bytes){.data = arena_copy(arena, out.data, out.size), .size = out.size};
}
