#include "proto/dns/message.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum {
    FLAG_RESPONSE = 0x8000,
    FLAG_AUTHORITATIVE = 0x0400,
    FLAG_TRUNCATED = 0x0200,
    FLAG_RECURSION_DESIRED = 0x0100,
    FLAG_RECURSION_AVAILABLE = 0x0080,
    OPCODE_SHIFT = 11,
    OPCODE_MASK = 0x0f,
    RCODE_MASK = 0x0f,
    RECORD_HEAD = 10,          /* type, class, TTL, size */
    EDNS_DNSSEC_OK = 0x8000,   /* RFC 6891 6.1.4, in the lower half of the TTL */
    EDNS_RCODE_SHIFT = 24 - 4, /* the upper eight bits of the twelve */
    EDNS_RCODE_MASK = 0xff0,
};

static uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)get_u16(at) << 16 | get_u16(at + 2);
}

static void read_flags(struct dns_message *message)
{
    uint16_t flags = get_u16(message->data + 2);
    message->id = get_u16(message->data);
    message->response = flags & FLAG_RESPONSE;
    message->authoritative = flags & FLAG_AUTHORITATIVE;
    message->truncated = flags & FLAG_TRUNCATED;
    message->recursion_desired = flags & FLAG_RECURSION_DESIRED;
    message->recursion_available = flags & FLAG_RECURSION_AVAILABLE;
    message->opcode = flags >> OPCODE_SHIFT & OPCODE_MASK;
    message->rcode = flags & RCODE_MASK;
}

/* Reads the question and returns the offset behind it. */
static int64_t read_question(struct dns_message *message)
{
    size_t at = DNS_HEADER;
    uint16_t questions = get_u16(message->data + 4);
    if (questions == 0)
        return (int64_t)at;
    if (questions > 1 || dns_name_decode(message->data, message->size, at, message->name, &at) < 0)
        return ERR_SYNTAX;
    if (at + 4 > message->size)
        return ERR_SYNTAX;
    message->has_question = true;
    message->type = get_u16(message->data + at);
    message->rr_class = get_u16(message->data + at + 2);
    return (int64_t)at + 4;
}

static int read_record(const struct dns_message *message, size_t *at, struct dns_record *ret_record)
{
    size_t head;
    int result = dns_name_decode(message->data, message->size, *at, ret_record->name, &head);
    if (result < 0)
        return result;
    if (head + RECORD_HEAD > message->size)
        return ERR_SYNTAX;
    const uint8_t *fields = message->data + head;
    ret_record->type = get_u16(fields);
    ret_record->rr_class = get_u16(fields + 2);
    ret_record->ttl = get_u32(fields + 4);
    ret_record->size = get_u16(fields + 8);
    ret_record->message = message;
    ret_record->data_at = head + RECORD_HEAD;
    ret_record->data = fields + RECORD_HEAD;
    if (ret_record->data_at + ret_record->size > message->size)
        return ERR_SYNTAX;
    *at = ret_record->data_at + ret_record->size;
    return 0;
}

/* RFC 6891 6.1: one OPT record at most, owned by the root, among the additional ones. */
static int read_edns(struct dns_message *message, enum dns_section section,
                     const struct dns_record *record)
{
    if (message->edns || section != DNS_ADDITIONAL || strcmp(record->name, ".") != 0)
        return ERR_SYNTAX;
    message->edns = true;
    message->edns_size = record->rr_class;
    message->edns_version = (uint8_t)(record->ttl >> 16);
    message->dnssec_ok = record->ttl & EDNS_DNSSEC_OK;
    message->rcode |= (uint16_t)(record->ttl >> EDNS_RCODE_SHIFT & EDNS_RCODE_MASK);
    return 0;
}

static int read_section(struct dns_message *message, enum dns_section section, size_t *at)
{
    struct dns_record record;
    message->counts[section] = get_u16(message->data + 6 + 2 * (size_t)section);
    message->starts[section] = *at;
    for (unsigned i = 0; i < message->counts[section]; i++) {
        int result = read_record(message, at, &record);
        if (result >= 0 && record.type == DNS_OPT)
            result = read_edns(message, section, &record);
        if (result < 0)
            return result;
    }
    return 0;
}

int dns_message_parse(const uint8_t *data, size_t size, struct dns_message *ret_message)
{
    struct dns_message message = {.data = data, .size = size};
    if (size < DNS_HEADER || size > DNS_MESSAGE_MAX)
        return ERR_SYNTAX;
    read_flags(&message);
    int64_t behind = read_question(&message);
    if (behind < 0)
        return (int)behind;
    size_t at = (size_t)behind;
    for (int section = DNS_ANSWER; section < DNS_SECTIONS; section++) {
        int result = read_section(&message, (enum dns_section)section, &at);
        if (result < 0)
            return result;
    }
    *ret_message = message;
    return 0;
}

struct dns_cursor dns_section(const struct dns_message *message, enum dns_section section)
{
    return (struct dns_cursor){
        .message = message, .at = message->starts[section], .left = message->counts[section]};
}

bool dns_record_next(struct dns_cursor *cursor, struct dns_record *ret_record)
{
    if (cursor->left == 0 || read_record(cursor->message, &cursor->at, ret_record) < 0)
        return false;
    cursor->left--;
    return true;
}

bool dns_record_next_of(struct dns_cursor *cursor, const char *name, uint16_t type,
                        struct dns_record *ret_record)
{
    while (dns_record_next(cursor, ret_record)) {
        if (ret_record->type == type && ret_record->rr_class == DNS_CLASS_IN &&
            (name == NULL || strcmp(ret_record->name, name) == 0))
            return true;
    }
    return false;
}

size_t dns_section_count(const struct dns_message *message, enum dns_section section,
                         const char *name, uint16_t type)
{
    struct dns_cursor cursor = dns_section(message, section);
    struct dns_record record;
    size_t count = 0;
    while (dns_record_next_of(&cursor, name, type, &record))
        count++;
    return count;
}

const char *dns_rcode_text(uint16_t rcode)
{
    switch (rcode) {
    case DNS_NOERROR:
        return "NOERROR";
    case DNS_FORMERR:
        return "FORMERR";
    case DNS_SERVFAIL:
        return "SERVFAIL";
    case DNS_NXDOMAIN:
        return "NXDOMAIN";
    case DNS_NOTIMP:
        return "NOTIMP";
    case DNS_REFUSED:
        return "REFUSED";
    case DNS_NOTAUTH:
        return "NOTAUTH";
    case DNS_BADVERS:
        return "BADVERS";
    default:
        return "another RCODE";
    }
}

const char *dns_type_text(uint16_t type, char text[DNS_TYPE_TEXT])
{
    static const struct {
        uint16_t type;
        const char *text;
    } names[] = {{DNS_A, "A"},         {DNS_NS, "NS"},         {DNS_CNAME, "CNAME"},
                 {DNS_SOA, "SOA"},     {DNS_AAAA, "AAAA"},     {DNS_DS, "DS"},
                 {DNS_RRSIG, "RRSIG"}, {DNS_DNSKEY, "DNSKEY"}, {DNS_NSEC, "NSEC"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].type == type)
            return names[i].text;
    }
    snprintf(text, DNS_TYPE_TEXT, "TYPE%u", type);
    return text;
}
