/* Checks of the zone as a whole: do its servers agree, with each other and with the parent? */
#include "base/error.h"
#include "check/check.h"
#include "check/delegation.h"
#include "check/families.h"
#include "check/report.h"
#include "proto/dns/rdata.h"

#include <string.h>

enum { NAMES_MIN = 2 };

static void write_set(struct json_out *out, const char *key, const struct name_set *set)
{
    json_out_key(out, key);
    json_out_array(out);
    for (size_t i = 0; i < set->count; i++)
        json_out_text(out, set->names[i]);
    json_out_end(out);
}

/* What the zone's own servers say; `set` is the first, *ret_differ whether another differs. */
static size_t read_own_sets(struct report *report, struct name_set *set, bool *ret_differ)
{
    const struct view *view = report->view;
    size_t answers = 0;
    for (size_t i = 0; i < view->host_count; i++) {
        const struct heard *heard = host_answer(&view->hosts[i], PURPOSE_APEX, DNS_NS);
        struct name_set own = {.count = 0};
        if (heard == NULL)
            continue;
        if (name_set_add_servers(&own, heard->message, DNS_ANSWER, view->measurement->target,
                                 report->arena) < 0) {
            report_fail(report, ERR_NO_MEMORY);
            return 0;
        }
        report_cite(report, heard->exchange);
        write_set(report_values(report), view->hosts[i].subject, &own);
        if (answers == 0)
            *set = own;
        else if (!name_set_equal(set, &own))
            *ret_differ = true;
        answers++;
    }
    return answers;
}

static void compare_with_parent(struct report *report, const struct delegation *delegation,
                                const struct name_set *own, size_t answers)
{
    enum sight sight = SIGHT_UNKNOWN;
    if (!delegation->asked)
        return;
    if (delegation->from != NULL && answers > 0) {
        report_cite(report, delegation->from->exchange);
        sight = name_set_equal(&delegation->names, own) ? SIGHT_NOT_SEEN : SIGHT_SEEN;
    } else if (answers == 0 && view_complete(report->view)) {
        return;
    }
    write_set(report_values(report), "parent", &delegation->names);
    write_set(report_values(report), "zone", own);
    report_add(report, "dns.delegation-differs", report->view->measurement->target, sight);
}

static void run_ns(struct report *report)
{
    const struct view *view = report->view;
    const char *target = view->measurement->target;
    struct delegation delegation;
    struct name_set own = {.count = 0};
    bool differ = false;
    enum sight sight;
    int result = delegation_read(view, report->arena, &delegation);
    if (result < 0) {
        report_fail(report, result);
        return;
    }
    size_t answers = read_own_sets(report, &own, &differ);
    if (view_zone_sight(view, answers, differ, &sight))
        report_add(report, "dns.ns-differs", target, sight);
    report_drop(report);
    compare_with_parent(report, &delegation, &own, answers);
}

static void check_delegated(struct report *report, const struct delegation *delegation)
{
    const struct heard *heard = delegation->from != NULL ? delegation->from : delegation->denied;
    if (heard != NULL)
        report_cite(report, heard->exchange);
    report_add(report, "dns.not-delegated", report->view->measurement->target,
               delegation->from != NULL     ? SIGHT_NOT_SEEN
               : delegation->denied != NULL ? SIGHT_SEEN
                                            : SIGHT_UNKNOWN);
}

/* RFC 9471 2.1: a referral has all glue of servers inside the zone, or says that it is truncated.
 */
static void check_glue(struct report *report, const struct delegation *delegation)
{
    const char *target = report->view->measurement->target;
    struct name_set missing = {.count = 0};
    for (size_t i = 0; i < delegation->names.count; i++) {
        const char *name = delegation->names.names[i];
        if (dns_name_is_under(name, target) && !delegation_has_glue(delegation, name) &&
            name_set_add(&missing, name, report->arena) == ERR_NO_MEMORY) {
            report_fail(report, ERR_NO_MEMORY);
            return;
        }
    }
    report_cite(report, delegation->from->exchange);
    write_set(report_values(report), "missing", &missing);
    report_add(report, "dns.glue-missing", target, missing.count > 0 ? SIGHT_SEEN : SIGHT_NOT_SEEN);
}

/* RFC 1034 4.1, RFC 2182 5: more than one server. */
static void check_names(struct report *report, const struct delegation *delegation)
{
    report_cite(report, delegation->from->exchange);
    write_set(report_values(report), "names", &delegation->names);
    report_add(report, "dns.too-few-names", report->view->measurement->target,
               delegation->names.count < NAMES_MIN ? SIGHT_SEEN : SIGHT_NOT_SEEN);
}

static void run_delegation(struct report *report)
{
    struct delegation delegation;
    const char *target = report->view->measurement->target;
    int result = delegation_read(report->view, report->arena, &delegation);
    if (result < 0) {
        report_fail(report, result);
        return;
    }
    if (!delegation.asked)
        return;
    check_delegated(report, &delegation);
    if (delegation.from != NULL) {
        check_glue(report, &delegation);
        check_names(report, &delegation);
    } else {
        report_add(report, "dns.glue-missing", target, SIGHT_UNKNOWN);
        report_add(report, "dns.too-few-names", target, SIGHT_UNKNOWN);
    }
}

/* Were the addresses of all name servers found, so that a family that is not there is missing? */
static bool addresses_known(const struct view *view, const struct delegation *delegation)
{
    for (size_t i = 0; i < view->heard_count; i++) {
        if (view->heard[i].exchange->purpose == PURPOSE_RESOLVE && view->heard[i].message == NULL)
            return false;
    }
    for (size_t i = 0; i < delegation->names.count; i++) {
        bool found = false;
        for (size_t k = 0; k < view->host_count && !found; k++)
            found = strcmp(view->hosts[k].name, delegation->names.names[i]) == 0;
        if (!found)
            return false;
    }
    return view->host_count > 0;
}

static void check_addresses(struct report *report, const struct delegation *delegation,
                            enum address_family family, const char *code)
{
    const struct view *view = report->view;
    enum sight sight = addresses_known(view, delegation) ? SIGHT_SEEN : SIGHT_UNKNOWN;
    int64_t count = 0;
    for (size_t i = 0; i < view->host_count; i++)
        count += view->hosts[i].address->family == family;
    if (count > 0)
        sight = SIGHT_NOT_SEEN;
    if (delegation->from != NULL)
        report_cite(report, delegation->from->exchange);
    json_out_member_int(report_values(report), "addresses", count);
    report_add(report, code, view->measurement->target, sight);
}

static void run_addresses(struct report *report)
{
    struct delegation delegation;
    int result = delegation_read(report->view, report->arena, &delegation);
    if (result < 0) {
        report_fail(report, result);
        return;
    }
    check_addresses(report, &delegation, ADDRESS_IPV4, "dns.no-ipv4");
    check_addresses(report, &delegation, ADDRESS_IPV6, "dns.no-ipv6");
}

/* What answers to the name that cannot exist say. */
struct absence {
    size_t answers;
    const struct heard *made_up; /* the first that made the name up */
    bool open;                   /* one neither denied the name nor made it up */
};

static bool has_record_named(const struct heard *heard)
{
    struct dns_cursor cursor = dns_section(heard->message, DNS_ANSWER);
    struct dns_record record;
    while (dns_record_next(&cursor, &record)) {
        if (strcmp(record.name, heard->name) == 0)
            return true;
    }
    return false;
}

/* RFC 9824 3.1: a server that signs while it answers gives no error but says NXNAME. */
static bool denies_compactly(const struct heard *heard)
{
    struct dns_cursor cursor = dns_section(heard->message, DNS_AUTHORITY);
    struct dns_record record;
    while (dns_record_next_of(&cursor, heard->name, DNS_NSEC, &record)) {
        if (dns_rdata_nsec_has(&record, DNS_NXNAME))
            return true;
    }
    return false;
}

/* RFC 8020: a name that does not exist is NXDOMAIN. A wildcard shows in the records that it makes
 * up for the name; an answer without any may be a wildcard of another type, or compact denial
 * without NXNAME. What is truncated says nothing; it was asked over TCP as well. */
static void read_absence(struct report *report, const struct heard *heard, struct absence *absence)
{
    const struct dns_message *message = heard->message;
    if (heard->exchange->purpose != PURPOSE_NXNAME || message == NULL || message->truncated ||
        !message->authoritative)
        return;
    if (message->rcode != DNS_NXDOMAIN && message->rcode != DNS_NOERROR)
        return;
    absence->answers++;
    report_cite(report, heard->exchange);
    if (message->rcode == DNS_NXDOMAIN)
        return;
    if (!has_record_named(heard))
        absence->open |= !denies_compactly(heard);
    else if (absence->made_up == NULL)
        absence->made_up = heard;
}

static void run_nxdomain(struct report *report)
{
    const struct view *view = report->view;
    struct absence absence = {.answers = 0};
    for (size_t i = 0; i < view->host_count; i++) {
        const struct host *host = &view->hosts[i];
        for (size_t k = 0; k < host->heard_count && host_speaks(host); k++)
            read_absence(report, host->heard[k], &absence);
    }
    const struct heard *made_up = absence.made_up;
    if (made_up != NULL) {
        json_out_member_text(report_values(report), "name", made_up->name);
        json_out_member_text(report_values(report), "server", made_up->exchange->server);
        json_out_member_int(report_values(report), "answers", made_up->message->counts[DNS_ANSWER]);
    }
    enum sight sight;
    if (view_zone_sight(view, absence.answers, made_up != NULL, &sight))
        report_add(report, "dns.wildcard", view->measurement->target,
                   absence.open && made_up == NULL ? SIGHT_UNKNOWN : sight);
}

static const struct check ns_set = {
    .id = "dns.ns-set",
    .version = 1,
    .summary = "the name servers and the parent give the same NS set",
    .family = FAMILY_DNS,
    .needs = "apex:NS:udp parent:NS:udp",
    .run = run_ns,
    .codes = {{.code = "dns.ns-differs",
               .summary = "name servers give different NS sets",
               .rfc = "RFC 1034 4.2.2",
               .also_rst = "dns-consistency04",
               .also_zonemaster = "MULTIPLE_NS_SET",
               .also_rdapct = "",
               .fixture_bad = "ns-differs",
               .fixture_good = "healthy"},
              {.code = "dns.delegation-differs",
               .summary = "the NS set of the zone differs from the delegation at the parent",
               .rfc = "RFC 1034 4.2.2",
               .also_rst = "dns-delegation07",
               .also_zonemaster = "EXTRA_NAME_PARENT TOTAL_NAME_MISMATCH",
               .also_rdapct = "",
               .fixture_bad = "delegation-differs",
               .fixture_good = "healthy"}},
};

static const struct check delegated = {
    .id = "dns.delegation",
    .version = 1,
    .summary = "the parent delegates the zone to at least two servers that can be reached",
    .family = FAMILY_DNS,
    .needs = "parent:NS:udp",
    .run = run_delegation,
    .codes = {{.code = "dns.not-delegated",
               .summary = "the parent says that the name does not exist",
               .rfc = "RFC 1034 4.2.2",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "not-delegated",
               .fixture_good = "healthy"},
              {.code = "dns.too-few-names",
               .summary = "the delegation names fewer than two name servers",
               .rfc = "RFC 1034 4.1, RFC 2182 5",
               .also_rst = "dns-delegation01",
               .also_zonemaster = "NOT_ENOUGH_NS_DEL",
               .also_rdapct = "",
               .fixture_bad = "one-name",
               .fixture_good = "healthy"},
              {.code = "dns.glue-missing",
               .summary = "a name server inside the zone has no address at the parent",
               .rfc = "RFC 9471 2.1",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "no-glue",
               .fixture_good = "healthy"}},
};

static const struct check addresses = {
    .id = "dns.addresses",
    .version = 1,
    .summary = "the zone can be reached over IPv4 and over IPv6",
    .family = FAMILY_DNS,
    .needs = "parent:NS:udp resolve:A:udp resolve:AAAA:udp",
    .run = run_addresses,
    .codes = {{.code = "dns.no-ipv4",
               .summary = "no name server has an IPv4 address",
               .rfc = "RFC 3901 4",
               .also_rst = "dns-delegation01",
               .also_zonemaster = "NO_IPV4_NS_DEL",
               .also_rdapct = "",
               .fixture_bad = "no-ipv4",
               .fixture_good = "healthy"},
              {.code = "dns.no-ipv6",
               .summary = "no name server has an IPv6 address",
               .rfc = "RFC 3901 4",
               .also_rst = "dns-delegation01",
               .also_zonemaster = "NO_IPV6_NS_DEL",
               .also_rdapct = "",
               .fixture_bad = "no-ipv6",
               .fixture_good = "healthy"}},
};

static const struct check nxdomain = {
    .id = "dns.nxdomain",
    .version = 2,
    .summary = "a name that cannot exist gives no records",
    .family = FAMILY_DNS,
    .needs = "nxname:A:udp",
    .run = run_nxdomain,
    .codes = {{.code = "dns.wildcard",
               .summary = "a name that cannot exist is answered with records",
               .rfc = "RFC 8020 2, RFC 9824 3",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "wildcard",
               .fixture_good = "healthy"}},
};

const struct check *const checks_dns_zone[] = {
    &addresses, &delegated, &ns_set, &nxdomain, NULL,
};
