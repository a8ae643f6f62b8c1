#include "view/escape.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Reads one character (RFC 3629); its length, 0 when the bytes are not UTF-8. */
static size_t read_character(const uint8_t *at, size_t left, uint32_t *ret_character)
{
    if (at[0] < 0x80) {
        *ret_character = at[0];
        return 1;
    }
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || left < length)
        return 0;
    uint32_t character = at[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (at[i] & 0x3fU);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (character < least[length] || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff))
        return 0;
    *ret_character = character;
    return length;
}

/* Not allowed in XML 1.0 (2.2), and nothing that a page needs. */
static bool is_control(uint32_t character)
{
    return (character < 0x20 && character != '\n' && character != '\t') ||
           (character >= 0x7f && character <= 0x9f) || character == 0xfffe || character == 0xffff;
}

/* Embeddings, overrides and isolates can make a line read as another one; Unicode Standard Annex 9
 * leaves it to the protocol to take them out. Line and paragraph separators are line ends to some
 * programs. */
static bool is_treacherous(uint32_t character)
{
    return (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0x2028 ||
           character == 0x2029;
}

static const char *html_entity(uint32_t character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_html(struct buffer *out, const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + size;
    while (at < end) {
        uint32_t character;
        size_t length = read_character(at, (size_t)(end - at), &character);
        const char *entity = length ? html_entity(character) : NULL;
        if (*at == '\r' && at + 1 < end && at[1] == '\n')
            length = 1; /* the line feed alone is the line end of a page */
        else if (!length || is_control(character))
            buffer_append_text(out, replacement);
        else if (entity)
            buffer_append_text(out, entity);
        else
            buffer_append(out, at, length);
        at += length ? length : 1;
    }
}

/* Bytes from here on that mean themselves in plain text. */
static size_t plain_length(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *start = at;
    while (at < end && *at < 0x7f && *at > 0x20)
        at++;
    return (size_t)(at - start);
}

static void put_words(struct buffer *out, const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + size;
    bool blank = false, begun = false;
    while (at < end) {
        uint32_t character = *at;
        size_t length = plain_length(at, end);
        if (!length)
            length = read_character(at, (size_t)(end - at), &character);
        if (length && (character == ' ' || (character >= '\t' && character <= '\r'))) {
            blank = true;
        } else {
            if (blank && begun)
                buffer_append_byte(out, ' ');
            blank = false;
            begun = true;
            if (!length || is_control(character) || is_treacherous(character))
                buffer_append_text(out, replacement);
            else
                buffer_append(out, at, length);
        }
        at += length ? length : 1;
    }
}

/* One component of an address: all but the unreserved characters of RFC 3986 2.3. */
static void put_component(struct buffer *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        if (unreserved)
            buffer_append_byte(out, (uint8_t)c);
        else
            buffer_printf(out, "%%%02X", (unsigned)(uint8_t)c);
    }
}

/* Only schemes that cannot run anything. An address without a scheme has no colon before the first
 * slash, question mark or hash (RFC 3986 4.2); "//host" would leave the site. */
static bool address_is_harmless(const char *text, size_t size)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (size > length && memcmp(text, schemes[i], length) == 0)
            return true;
    }
    if (size >= 2 && (text[0] == '/' || text[0] == '\\') && (text[1] == '/' || text[1] == '\\'))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '/' || text[i] == '?' || text[i] == '#')
            return true;
        if (text[i] == ':' || text[i] == '&' || (uint8_t)text[i] <= 0x20)
            return false;
    }
    return true;
}

void escape_put(struct buffer *out, enum place place, const char *text, size_t size)
{
    switch (place) {
    case PLACE_TEXT:
    case PLACE_ATTRIBUTE:
        put_html(out, text, size);
        break;
    case PLACE_ADDRESS:
        if (address_is_harmless(text, size))
            put_html(out, text, size);
        else
            buffer_append_byte(out, '#');
        break;
    case PLACE_ADDRESS_INSIDE:
        put_component(out, text, size);
        break;
    case PLACE_PLAIN:
        put_words(out, text, size);
        break;
    case PLACE_BARE:
        buffer_append(out, text, size);
        break;
    case PLACE_NONE: /* the parser refuses templates that ask for this */
        break;
    }
}
