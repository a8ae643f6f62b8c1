#include "proto/dns/dnssec.h"

#include "proto/dns/dnssec_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
    DNSKEY_PROTOCOL = 3, /* RFC 4034 2.1.2 */
    CANONICAL_MAX = 65535 + 3 * DNS_NAME_WIRE,
    SIGNED_MAX = 4 << 20, /* what one signature covers: a message of tiny records, each with its
                             owner's name put before it again */
};

/* Where names stand inside record data, for types whose names are lower-cased (RFC 4034 6.2). */
struct layout {
    uint16_t type;
    uint8_t before, names, behind; /* bytes, names, bytes */
};

static const struct layout layouts[] = {
    {DNS_NS, 0, 1, 0}, {DNS_CNAME, 0, 1, 0}, {DNS_SOA, 0, 2, 20},  {DNS_PTR, 0, 1, 0},
    {DNS_MX, 2, 1, 0}, {DNS_SRV, 6, 1, 0},   {DNS_DNAME, 0, 1, 0},
};

static const struct layout *layout_find(uint16_t type)
{
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        if (layouts[i].type == type)
            return &layouts[i];
    }
    return NULL;
}

static int put_name(struct buffer *out, const char *name)
{
    uint8_t wire[DNS_NAME_WIRE];
    size_t size;
    int result = dns_name_encode(name, wire, &size);
    return result < 0 ? result : buffer_append(out, wire, size);
}

static int put_canonical(const struct dns_record *record, const struct layout *layout,
                         struct buffer *out)
{
    char name[DNS_NAME_TEXT];
    size_t at = record->data_at + layout->before, end = record->data_at + record->size;
    if (layout->before > record->size)
        return ERR_SYNTAX;
    buffer_append(out, record->data, layout->before);
    for (unsigned i = 0; i < layout->names; i++) {
        int result = dns_name_decode(record->message->data, end, at, name, &at);
        if (result >= 0)
            result = put_name(out, name);
        if (result < 0)
            return result;
    }
    if (end - at != layout->behind)
        return ERR_SYNTAX;
    return buffer_append(out, record->message->data + at, layout->behind);
}

/* The canonical form of one record's data, in the arena. */
static int canonical(const struct dns_record *record, struct arena *arena, struct bytes *ret_data)
{
    const struct layout *layout = layout_find(record->type);
    if (layout == NULL) {
        *ret_data = (struct bytes){.data = record->data, .size = record->size};
        return 0;
    }
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, CANONICAL_MAX);
    int result = put_canonical(record, layout, &out);
    if (result < 0)
        return result;
    const uint8_t *copy = arena_copy(arena, out.data, out.size);
    if (copy == NULL)
        return ERR_NO_MEMORY;
    *ret_data = (struct bytes){.data = copy, .size = out.size};
    return 0;
}

/* RFC 4034 6.3: as left-justified unsigned bytes, absence before zero. */
static int compare_data(const void *left, const void *right)
{
    const struct bytes *a = left, *b = right;
    size_t common = a->size < b->size ? a->size : b->size;
    int order = common > 0 ? memcmp(a->data, b->data, common) : 0;
    return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

static void sort_and_drop_doubles(struct dnssec_set *set)
{
    size_t kept = 0;
    if (set->count == 0)
        return;
    qsort(set->data, set->count, sizeof(*set->data), compare_data);
    for (size_t i = 1; i < set->count; i++) {
        if (compare_data(&set->data[kept], &set->data[i]) != 0)
            set->data[++kept] = set->data[i];
    }
    set->count = kept + 1;
}

static int collect_signature(const struct dns_record *record, struct arena *arena,
                             struct dnssec_set *set)
{
    struct dns_rrsig rrsig;
    int result = dns_rdata_rrsig(record, &rrsig);
    if (result < 0 || rrsig.type_covered != set->type)
        return result;
    if (set->signature_count == DNSSEC_SIGNATURES_MAX)
        return ERR_LIMIT;
    struct dns_rrsig *slot =
        arena_push(arena, &set->signatures, &set->signature_count, sizeof(*set->signatures));
    if (slot == NULL)
        return ERR_NO_MEMORY;
    *slot = rrsig;
    return 0;
}

static int collect_data(const struct dns_record *record, struct arena *arena,
                        struct dnssec_set *set)
{
    struct bytes data;
    int result = canonical(record, arena, &data);
    if (result < 0)
        return result;
    struct bytes *slot = arena_push(arena, &set->data, &set->count, sizeof(*set->data));
    if (slot == NULL)
        return ERR_NO_MEMORY;
    *slot = data;
    return 0;
}

int dnssec_set_collect(const struct dns_message *message, enum dns_section section,
                       const char *name, uint16_t type, struct arena *arena,
                       struct dnssec_set *ret_set)
{
    struct dnssec_set set = {.name = arena_copy_text(arena, name), .type = type};
    struct dns_cursor cursor = dns_section(message, section);
    struct dns_record record;
    if (set.name == NULL)
        return ERR_NO_MEMORY;
    while (dns_record_next(&cursor, &record)) {
        int result = 0;
        if (record.rr_class != DNS_CLASS_IN || strcmp(record.name, name) != 0)
            continue;
        if (record.type == type)
            result = collect_data(&record, arena, &set);
        else if (record.type == DNS_RRSIG)
            result = collect_signature(&record, arena, &set);
        if (result < 0)
            return result;
    }
    sort_and_drop_doubles(&set);
    *ret_set = set;
    return 0;
}

int dnssec_keys_collect(const struct dns_message *message, const char *zone, struct arena *arena,
                        struct dnssec_keys *ret_keys)
{
    struct dnssec_keys keys = {.zone = arena_copy_text(arena, zone)};
    struct dns_cursor cursor = dns_section(message, DNS_ANSWER);
    struct dns_record record;
    if (keys.zone == NULL)
        return ERR_NO_MEMORY;
    while (dns_record_next_of(&cursor, zone, DNS_DNSKEY, &record)) {
        struct dns_dnskey key;
        int result = dns_rdata_dnskey(&record, &key);
        if (result < 0)
            return result;
        if (!(key.flags & DNSKEY_ZONE) || (key.flags & DNSKEY_REVOKE) ||
            key.protocol != DNSKEY_PROTOCOL)
            continue;
        if (keys.count == DNSSEC_KEYS_MAX)
            return ERR_LIMIT;
        struct dns_dnskey *slot = arena_push(arena, &keys.keys, &keys.count, sizeof(*keys.keys));
        if (slot == NULL)
            return ERR_NO_MEMORY;
        *slot = key;
    }
    *ret_keys = keys;
    return 0;
}

static void put_u16(struct buffer *out, size_t value)
{
    buffer_append_byte(out, (uint8_t)(value >> 8));
    buffer_append_byte(out, (uint8_t)value);
}

/* The owner as it was signed: a record made from a wildcard was signed under the wildcard's name
 * (RFC 4035 5.3.2). */
static int signed_owner(const struct dnssec_set *set, const struct dns_rrsig *rrsig,
                        struct buffer *out)
{
    static const uint8_t asterisk[] = {1, '*'};
    unsigned labels = dns_name_labels(set->name);
    if (strncmp(set->name, "*.", 2) == 0)
        labels--; /* RFC 4034 3.1.3: the asterisk is not counted */
    if (rrsig->labels > labels)
        return ERR_SYNTAX;
    if (rrsig->labels == labels)
        return put_name(out, set->name);
    buffer_append(out, asterisk, sizeof(asterisk));
    return put_name(out, dns_name_parent(set->name, dns_name_labels(set->name) - rrsig->labels));
}

/* RFC 4034 3.1.8.1: RRSIG data without the signature, then each record. */
static int signed_bytes(const struct dnssec_set *set, const struct dns_rrsig *rrsig,
                        struct buffer *out)
{
    struct buffer owner BUFFER_CLEANUP;
    buffer_init(&owner, 2 * DNS_NAME_WIRE);
    int result = signed_owner(set, rrsig, &owner);
    buffer_append(out, rrsig->head, RRSIG_HEAD);
    if (result >= 0)
        result = put_name(out, rrsig->signer);
    for (size_t i = 0; i < set->count && result >= 0; i++) {
        buffer_append(out, owner.data, owner.size);
        put_u16(out, set->type);
        put_u16(out, DNS_CLASS_IN);
        put_u16(out, rrsig->original_ttl >> 16);
        put_u16(out, rrsig->original_ttl & 0xffff);
        put_u16(out, set->data[i].size);
        result = buffer_append(out, set->data[i].data, set->data[i].size);
    }
    return result < 0 ? result : buffer_error(out);
}

static int try_keys(const struct dnssec_set *set, const struct dns_rrsig *rrsig,
                    const struct dnssec_keys *keys, struct dnssec_budget *budget, bool *ret_good)
{
    struct buffer covered BUFFER_CLEANUP;
    struct bytes signature = {.data = rrsig->signature, .size = rrsig->signature_size};
    *ret_good = false;
    buffer_init(&covered, SIGNED_MAX);
    int result = signed_bytes(set, rrsig, &covered);
    if (result == ERR_NO_MEMORY)
        return result;
    if (result < 0)
        return 0; /* cannot have been signed like that */
    for (size_t i = 0; i < keys->count && !*ret_good; i++) {
        const struct dns_dnskey *key = &keys->keys[i];
        if (key->key_tag != rrsig->key_tag || key->algorithm != rrsig->algorithm)
            continue;
        if (budget->left == 0)
            return ERR_LIMIT;
        budget->left--;
        result = dnssec_signature_check(key, covered.data, covered.size, &signature);
        if (result < 0)
            return result;
        *ret_good = result > 0;
    }
    return 0;
}

static void count_good(const struct dns_rrsig *rrsig, int64_t at, struct dnssec_tally *tally)
{
    int64_t inception = dns_rrsig_instant(rrsig->inception, at);
    int64_t expiration = dns_rrsig_instant(rrsig->expiration, at);
    if (at > expiration)
        tally->expired++;
    else if (at < inception)
        tally->early++;
    else
        tally->good++;
    if (tally->expiration == 0 || expiration > tally->expiration)
        tally->expiration = expiration;
    if (tally->inception == 0 || inception < tally->inception)
        tally->inception = inception;
}

int dnssec_verify(const struct dnssec_set *set, const struct dnssec_keys *keys, int64_t at,
                  struct dnssec_budget *budget, struct dnssec_tally *ret_tally)
{
    struct dnssec_tally tally = {.good = 0};
    for (size_t i = 0; i < set->signature_count; i++) {
        const struct dns_rrsig *rrsig = &set->signatures[i];
        bool good = false;
        if (!dnssec_algorithm_supported(rrsig->algorithm)) {
            tally.unsupported++;
            continue;
        }
        /* RFC 4035 5.3.1: the signer is the zone, and the set lies in it. */
        if (strcmp(rrsig->signer, keys->zone) == 0 && dns_name_is_under(set->name, keys->zone)) {
            int result = try_keys(set, rrsig, keys, budget, &good);
            if (result < 0)
                return result;
        }
        if (good)
            count_good(rrsig, at, &tally);
        else
            tally.bad++;
    }
    *ret_tally = tally;
    return 0;
}

static const char *digest_name(uint8_t digest_type)
{
    switch (digest_type) {
    case 1:
        return "SHA1";
    case 2:
        return "SHA256";
    case 4:
        return "SHA384";
    default:
        return NULL;
    }
}

bool dnssec_digest_supported(uint8_t digest_type)
{
    return digest_name(digest_type) != NULL;
}

int dnssec_ds_matches(const struct dns_ds *ds, const char *zone, const struct dns_dnskey *key,
                      struct dnssec_budget *budget)
{
    const char *digest = digest_name(ds->digest_type);
    uint8_t value[EVP_MAX_MD_SIZE];
    size_t size = 0;
    struct buffer named BUFFER_CLEANUP;
    buffer_init(&named, DNS_NAME_WIRE + DNS_MESSAGE_MAX);
    if (digest == NULL || ds->key_tag != key->key_tag || ds->algorithm != key->algorithm)
        return 0;
    if (budget->left == 0)
        return ERR_LIMIT;
    budget->left--;
    int result = put_name(&named, zone);
    if (result >= 0)
        result = buffer_append(&named, key->data, key->size);
    if (result < 0)
        return result;
    if (EVP_Q_digest(NULL, digest, NULL, named.data, named.size, value, &size) != 1)
        return ERR_NO_MEMORY; /* nothing in the bytes can stop it */
    return size == ds->digest_size && memcmp(value, ds->digest, size) == 0;
}

void dnssec_prepare(void)
{
    /* No configuration file: the same evidence gives the same results on every machine. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_DIGESTS, NULL);
    uint8_t value[EVP_MAX_MD_SIZE];
    size_t size;
    (void)EVP_Q_digest(NULL, "SHA256", NULL, "", 0, value, &size);
}
