/* Any text as a domain name: what is accepted has one text, and that text is accepted again. */
#include "fuzz.h"
#include "proto/dns/name.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char given[DNS_NAME_TEXT], text[DNS_NAME_TEXT], again[DNS_NAME_TEXT];
    if (size >= sizeof(given))
        return 0;
    memcpy(given, data, size);
    given[size] = '\0';
    if (dns_name_normalise(given, text) < 0)
        return 0;
    if (dns_name_normalise(text, again) < 0 || strcmp(text, again) != 0)
        __builtin_trap();
    if (!dns_name_is_under(text, dns_name_parent(text, 1)))
        __builtin_trap();
    return 0;
}
