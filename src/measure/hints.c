#include "measure/hints.h"

#include "proto/dns/name.h"
#include "proto/dns/rdata.h"

#include <ctype.h>
#include <string.h>

enum { WORDS_MAX = 8, WORD_MAX = 256 };

struct line {
    char words[WORDS_MAX][WORD_MAX];
    size_t count;
};

/* Splits one line at white space, up to a comment; what is too long or too much is cut. */
static void split(const char *text, size_t size, struct line *ret_line)
{
    size_t at = 0;
    ret_line->count = 0;
    while (ret_line->count < WORDS_MAX) {
        while (at < size && isspace((unsigned char)text[at]))
            at++;
        if (at == size || text[at] == ';')
            return;
        char *word = ret_line->words[ret_line->count++];
        size_t length = 0;
        for (; at < size && !isspace((unsigned char)text[at]) && text[at] != ';'; at++) {
            if (length < WORD_MAX - 1)
                word[length++] = text[at];
        }
        word[length] = '\0';
    }
}

/* Owner, then TTL and class in any order, then type and data. */
static int take_record(const struct line *line, struct arena *arena, struct hints *hints)
{
    char name[DNS_NAME_TEXT];
    struct net_address address;
    if (line->count < 3 || hints->count >= HINTS_MAX)
        return 0;
    const char *type = line->words[line->count - 2], *data = line->words[line->count - 1];
    bool ipv4 = strcmp(type, "A") == 0 || strcmp(type, "a") == 0;
    bool ipv6 = strcmp(type, "AAAA") == 0 || strcmp(type, "aaaa") == 0;
    if ((!ipv4 && !ipv6) || net_address_parse(data, DNS_PORT, &address) < 0 ||
        address.family != (ipv4 ? ADDRESS_IPV4 : ADDRESS_IPV6) ||
        dns_name_normalise(line->words[0], name) < 0)
        return 0;
    struct hint *hint = arena_push(arena, &hints->items, &hints->count, sizeof *hint);
    if (!hint)
        return ERR_NO_MEMORY;
    hint->name = arena_copy_text(arena, name);
    hint->address = address;
    return hint->name ? 0 : ERR_NO_MEMORY;
}

int hints_parse(const struct bytes *text, struct arena *arena, struct hints *ret_hints)
{
    struct hints hints = {0};
    const char *at = (const char *)text->data;
    size_t left = text->size;
    struct line line;
    while (left) {
        const char *end = memchr(at, '\n', left);
        size_t size = end ? (size_t)(end - at) : left;
        split(at, size, &line);
        int result = take_record(&line, arena, &hints);
        if (result < 0)
            return result;
        size += end ? 1 : 0;
        at += size;
        left -= size;
    }
    *ret_hints = hints;
    return 0;
}

const struct hint *hints_of_family(const struct hints *hints, enum address_family family, size_t n)
{
    for (size_t i = 0; i < hints->count; i++) {
        if (hints->items[i].address.family == family && n-- == 0)
            return &hints->items[i];
    }
    return NULL;
}
