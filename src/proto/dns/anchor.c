/* Trust anchors: DS and DNSKEY records in presentation form (RFC 4034 2.2, 5.3). */
#include "base/digest.h"
#include "base/text.h"
#include "proto/dns/dnssec.h"

#include <string.h>

enum {
    ANCHOR_DATA_MAX = 4096, /* a key of 4,096 bits has 520 bytes */
    FIELD_MAX = 8192,       /* the same in hexadecimal */
};

/* The rest of one line, cut into words at blanks. */
struct words {
    const char *at, *end;
};

/* Copies the next word; false at the end of the line. Too long words are cut to nothing. */
static bool next_word(struct words *words, char word[FIELD_MAX])
{
    while (words->at < words->end && strchr(" \t\r", *words->at) != NULL)
        words->at++;
    const char *start = words->at;
    while (words->at < words->end && strchr(" \t\r", *words->at) == NULL)
        words->at++;
    size_t size = (size_t)(words->at - start);
    if (size >= FIELD_MAX)
        size = 0;
    memcpy(word, start, size);
    word[size] = '\0';
    return words->at > start;
}

/* All remaining words without the blanks between them: hexadecimal or base64 may be split. */
static void join_words(struct words *words, char joined[FIELD_MAX])
{
    char word[FIELD_MAX];
    size_t size = 0;
    while (next_word(words, word)) {
        size_t length = strlen(word);
        if (size + length >= FIELD_MAX)
            break;
        memcpy(joined + size, word, length);
        size += length;
    }
    joined[size] = '\0';
}

static int read_numbers(struct words *words, const int64_t most[3], int64_t numbers[3])
{
    char word[FIELD_MAX];
    for (int i = 0; i < 3; i++) {
        if (!next_word(words, word) || text_parse_int(word, 0, most[i], &numbers[i]) < 0)
            return ERR_SYNTAX;
    }
    return 0;
}

static int read_data(struct words *words, uint16_t type, uint8_t data[ANCHOR_DATA_MAX],
                     size_t *ret_size)
{
    static const int64_t most[3] = {UINT16_MAX, UINT8_MAX, UINT8_MAX};
    int64_t numbers[3];
    char rest[FIELD_MAX];
    size_t size = 0;
    if (read_numbers(words, most, numbers) < 0)
        return ERR_SYNTAX;
    data[0] = (uint8_t)(numbers[0] >> 8);
    data[1] = (uint8_t)numbers[0];
    data[2] = (uint8_t)numbers[1];
    data[3] = (uint8_t)numbers[2];
    join_words(words, rest);
    if (type == DNS_DS) {
        size = strlen(rest) / 2;
        if (strlen(rest) % 2 != 0 || size > ANCHOR_DATA_MAX - 4 ||
            hex_parse(rest, data + 4, size) < 0)
            return ERR_SYNTAX;
    } else if (base64_parse(rest, data + 4, ANCHOR_DATA_MAX - 4, &size) < 0) {
        return ERR_SYNTAX;
    }
    *ret_size = size + 4;
    return size > 0 ? 0 : ERR_SYNTAX;
}

/* Passes TTL and class; returns DNS_DS, DNS_DNSKEY or 0 for another type. */
static uint16_t read_type(struct words *words)
{
    char word[FIELD_MAX];
    for (int i = 0; i < 3 && next_word(words, word); i++) {
        int64_t ttl;
        if (text_equal_nocase(word, "DS"))
            return DNS_DS;
        if (text_equal_nocase(word, "DNSKEY"))
            return DNS_DNSKEY;
        if (!text_equal_nocase(word, "IN") && text_parse_int(word, 0, UINT32_MAX, &ttl) < 0)
            return 0;
    }
    return 0;
}

/* 1: an anchor was read, 0: nothing on this line. */
static int read_line(struct words *words, struct arena *arena, struct dnssec_anchor *ret_anchor)
{
    char owner[FIELD_MAX], zone[DNS_NAME_TEXT];
    uint8_t data[ANCHOR_DATA_MAX];
    size_t size;
    if (!next_word(words, owner))
        return 0;
    uint16_t type = read_type(words);
    if (type == 0)
        return 0;
    if (dns_name_normalise(owner, zone) < 0 || read_data(words, type, data, &size) < 0)
        return ERR_SYNTAX;
    *ret_anchor = (struct dnssec_anchor){
        .zone = arena_copy_text(arena, zone),
        .type = type,
        .data = {.data = arena_copy(arena, data, size), .size = size},
    };
    return ret_anchor->zone != NULL && ret_anchor->data.data != NULL ? 1 : ERR_NO_MEMORY;
}

int dnssec_anchors_parse(const char *text, struct arena *arena, struct dnssec_anchor **ret_anchors,
                         size_t *ret_count, struct error_detail *detail)
{
    struct dnssec_anchor *anchors = NULL, anchor;
    size_t count = 0;
    int line = 1;
    if (strlen(text) > DNSSEC_ANCHOR_TEXT_MAX)
        return error_set(detail, ERR_LIMIT, "more than %d bytes", DNSSEC_ANCHOR_TEXT_MAX);
    for (const char *at = text; *at != '\0'; line++) {
        const char *end = at + strcspn(at, "\n");
        struct words words = {.at = at, .end = at + strcspn(at, ";\n")};
        int result = read_line(&words, arena, &anchor);
        if (result < 0)
            return error_set(detail, result, "line %d: not a DS or DNSKEY record", line);
        if (result > 0 && count == DNSSEC_ANCHORS_MAX)
            return error_set(detail, ERR_LIMIT, "line %d: more than %d records", line, (int)count);
        if (result > 0) {
            struct dnssec_anchor *slot = arena_push(arena, &anchors, &count, sizeof(*anchors));
            if (slot == NULL)
                return ERR_NO_MEMORY;
            *slot = anchor;
        }
        at = *end == '\n' ? end + 1 : end;
    }
    *ret_anchors = anchors;
    *ret_count = count;
    return 0;
}

int dnssec_anchor_matches(const struct dnssec_anchor *anchor, const char *zone,
                          const struct dns_dnskey *key, struct dnssec_budget *budget)
{
    struct dns_ds ds;
    if (strcmp(anchor->zone, zone) != 0)
        return 0;
    if (anchor->type == DNS_DNSKEY)
        return anchor->data.size == key->size &&
               memcmp(anchor->data.data, key->data, key->size) == 0;
    if (dns_ds_decode(anchor->data.data, anchor->data.size, &ds) < 0)
        return 0;
    return dnssec_ds_matches(&ds, zone, key, budget);
}
