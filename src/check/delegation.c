#include "check/delegation.h"

#include "base/error.h"
#include "proto/dns/rdata.h"

#include <string.h>

int name_set_add_servers(struct name_set *set, const struct dns_message *message,
                         enum dns_section section, const char *zone, struct arena *arena)
{
    struct dns_cursor cursor = dns_section(message, section);
    struct dns_record record;
    char name[DNS_NAME_TEXT];
    while (dns_record_next_of(&cursor, zone, DNS_NS, &record)) {
        if (dns_rdata_name(&record, name) < 0)
            continue;
        if (name_set_add(set, name, arena) == ERR_NO_MEMORY)
            return ERR_NO_MEMORY;
    }
    return 0;
}

/* A referral has the set in the authority section (RFC 1034 4.3.2); a parent that also serves the
 * child has it in the answer. */
static int read_servers(const struct heard *heard, const char *target, struct arena *arena,
                        struct delegation *delegation)
{
    static const enum dns_section places[] = {DNS_AUTHORITY, DNS_ANSWER};
    for (size_t i = 0; i < 2; i++) {
        if (dns_section_count(heard->message, places[i], target, DNS_NS) == 0)
            continue;
        delegation->from = heard;
        delegation->section = places[i];
        return name_set_add_servers(&delegation->names, heard->message, places[i], target, arena);
    }
    return 0;
}

int delegation_read(const struct view *view, struct arena *arena, struct delegation *ret_delegation)
{
    struct delegation delegation = {.asked = false};
    const char *target = view->measurement->target;
    for (size_t i = 0; i < view->heard_count; i++) {
        const struct heard *heard = &view->heard[i];
        if (heard->exchange->purpose != PURPOSE_PARENT)
            continue;
        delegation.asked = true;
        if (heard->message == NULL || heard->message->truncated)
            continue;
        if (delegation.denied == NULL && heard->message->authoritative &&
            heard->message->rcode == DNS_NXDOMAIN && strcmp(heard->name, target) == 0)
            delegation.denied = heard;
        if (delegation.from == NULL && heard->message->rcode == DNS_NOERROR) {
            int result = read_servers(heard, target, arena, &delegation);
            if (result < 0)
                return result;
        }
    }
    *ret_delegation = delegation;
    return 0;
}

bool delegation_has_glue(const struct delegation *delegation, const char *name)
{
    const struct dns_message *message = delegation->from->message;
    return dns_section_count(message, DNS_ADDITIONAL, name, DNS_A) > 0 ||
           dns_section_count(message, DNS_ADDITIONAL, name, DNS_AAAA) > 0;
}
