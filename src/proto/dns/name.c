#include "proto/dns/name.h"

#include "base/error.h"

#include <string.h>

enum { POINTER = 0xc0, POINTER_LOW = 0x3f };

static uint8_t fold(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

/* Appends one byte of a label; `text` always has room because a name has at most 255 bytes. */
static size_t write_byte(char *text, size_t at, uint8_t byte)
{
    if (byte <= ' ' || byte >= 0x7f) {
        text[at++] = '\\';
        text[at++] = (char)('0' + byte / 100);
        text[at++] = (char)('0' + byte / 10 % 10);
        text[at++] = (char)('0' + byte % 10);
        return at;
    }
    if (strchr(".\\\"();@$", byte) != NULL)
        text[at++] = '\\';
    text[at++] = (char)fold(byte);
    return at;
}

static size_t write_label(char *text, size_t at, const uint8_t *label, size_t size)
{
    if (at > 0)
        text[at++] = '.';
    for (size_t i = 0; i < size; i++)
        at = write_byte(text, at, label[i]);
    return at;
}

int dns_name_decode(const uint8_t *message, size_t size, size_t offset, char text[DNS_NAME_TEXT],
                    size_t *ret_end)
{
    size_t at = offset, written = 0, wire = 1, end = 0;
    unsigned hops = 0;
    text[0] = '\0';
    for (;;) {
        if (at >= size)
            return ERR_SYNTAX;
        size_t length = message[at];
        if ((length & POINTER) == POINTER) {
            if (at + 1 >= size || ++hops > DNS_NAME_HOPS)
                return ERR_SYNTAX;
            size_t target = (length & POINTER_LOW) << 8 | message[at + 1];
            if (end == 0)
                end = at + 2;
            if (target >= at) /* RFC 1035 4.1.4: a prior occurrence */
                return ERR_SYNTAX;
            at = target;
            continue;
        }
        if (length > DNS_LABEL_MAX || at + 1 + length > size)
            return ERR_SYNTAX;
        if (length == 0)
            break;
        wire += length + 1;
        if (wire > DNS_NAME_WIRE)
            return ERR_SYNTAX;
        written = write_label(text, written, message + at + 1, length);
        at += length + 1;
    }
    if (written == 0)
        text[written++] = '.';
    text[written] = '\0';
    *ret_end = end != 0 ? end : at + 1;
    return 0;
}

/* Reads one possibly escaped byte at *at and moves *at behind it. */
static int read_byte(const char **at, uint8_t *ret_byte)
{
    const char *text = *at;
    if (*text != '\\') {
        *ret_byte = fold((uint8_t)*text);
        *at = text + 1;
        return 0;
    }
    text++;
    if (*text == '\0')
        return ERR_SYNTAX;
    if (*text < '0' || *text > '9') {
        *ret_byte = fold((uint8_t)*text);
        *at = text + 1;
        return 0;
    }
    int value = 0;
    for (int i = 0; i < 3; i++, text++) {
        if (*text < '0' || *text > '9')
            return ERR_SYNTAX;
        value = value * 10 + (*text - '0');
    }
    if (value > UINT8_MAX)
        return ERR_SYNTAX;
    *ret_byte = fold((uint8_t)value);
    *at = text;
    return 0;
}

int dns_name_encode(const char *text, uint8_t wire[DNS_NAME_WIRE], size_t *ret_size)
{
    uint8_t name[DNS_NAME_WIRE];
    size_t size = 0;
    const char *at = strcmp(text, ".") == 0 ? "" : text;
    if (*text == '\0')
        return ERR_SYNTAX;
    while (*at != '\0') {
        size_t length_at = size++, length = 0;
        while (*at != '\0' && *at != '.') {
            uint8_t byte;
            if (read_byte(&at, &byte) < 0 || ++length > DNS_LABEL_MAX || size + 1 >= DNS_NAME_WIRE)
                return ERR_SYNTAX;
            name[size++] = byte;
        }
        if (length == 0 || size >= DNS_NAME_WIRE)
            return ERR_SYNTAX;
        name[length_at] = (uint8_t)length;
        if (*at == '.')
            at++;
    }
    name[size++] = 0;
    memcpy(wire, name, size);
    *ret_size = size;
    return 0;
}

int dns_name_normalise(const char *given, char text[DNS_NAME_TEXT])
{
    uint8_t wire[DNS_NAME_WIRE];
    size_t size, end;
    int result = dns_name_encode(given, wire, &size);
    return result < 0 ? result : dns_name_decode(wire, size, 0, text, &end);
}

const char *dns_name_parent(const char *name, unsigned count)
{
    const char *at = strcmp(name, ".") == 0 ? "" : name;
    while (count > 0 && *at != '\0') {
        if (*at == '\\' && at[1] != '\0') {
            at += 2;
        } else if (*at == '.') {
            at++;
            count--;
        } else {
            at++;
        }
    }
    return *at == '\0' ? "." : at;
}

unsigned dns_name_labels(const char *name)
{
    unsigned count = 0;
    for (const char *at = name; strcmp(at, ".") != 0; at = dns_name_parent(at, 1))
        count++;
    return count;
}

bool dns_name_is_under(const char *name, const char *ancestor)
{
    if (strcmp(ancestor, ".") == 0)
        return true;
    unsigned labels = dns_name_labels(name), above = dns_name_labels(ancestor);
    return labels >= above && strcmp(dns_name_parent(name, labels - above), ancestor) == 0;
}
