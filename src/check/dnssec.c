/* Checks of DNSSEC at each server: is the zone signed, and do the signatures hold? The chain of
 * trust above the zone is in chain.c. */
#include "base/error.h"
#include "check/check.h"
#include "check/families.h"
#include "check/quality.h"
#include "check/report.h"

#include <string.h>

/* The sets that every server of a signed zone must sign and that we ask for. */
static const uint16_t signed_types[] = {DNS_SOA, DNS_NS, DNS_DNSKEY};

enum { SIGNED_TYPES = sizeof(signed_types) / sizeof(signed_types[0]) };

static const char *target_of(const struct report *report)
{
    return report->view->measurement->target;
}

static size_t count_keys(const struct heard *heard)
{
    return dns_section_count(heard->message, DNS_ANSWER, heard->name, DNS_DNSKEY);
}

static void check_unsigned(struct report *report, bool has_keys, size_t answers)
{
    const struct view *view = report->view;
    bool complete = view_complete(view);
    if (answers == 0 && complete)
        return;
    quality_cite_keys(report);
    enum sight sight = SIGHT_UNKNOWN;
    if (has_keys)
        sight = SIGHT_NOT_SEEN;
    else if (complete)
        sight = SIGHT_SEEN;
    report_add(report, "dnssec.unsigned", target_of(report), sight);
}

/* RFC 4035 3.1: asked with DO, a server of a signed zone sends the signatures along. */
static void check_signature_missing(struct report *report, const struct host *host)
{
    enum sight sight = host_unknown(host) ? SIGHT_UNKNOWN : SIGHT_NOT_SEEN;
    size_t answers = 0;
    for (size_t i = 0; i < SIGNED_TYPES; i++) {
        const struct heard *heard = host_answer(host, PURPOSE_APEX, signed_types[i]);
        char text[DNS_TYPE_TEXT];
        if (heard == NULL || !(heard->asked_dnssec || quality_signed(heard)))
            continue;
        answers++;
        report_cite(report, heard->exchange);
        if (quality_signed(heard))
            continue;
        if (sight != SIGHT_SEEN)
            json_out_member_text(report_values(report), "type",
                                 dns_type_text(signed_types[i], text));
        sight = SIGHT_SEEN;
    }
    if (answers > 0 || sight == SIGHT_UNKNOWN)
        report_add(report, "dnssec.signature-missing", host->subject, sight);
}

static void run_signed(struct report *report)
{
    size_t answers;
    bool has_keys = view_has_keys(report->view, &answers);
    check_unsigned(report, has_keys, answers);
    for (size_t i = 0; i < report->view->host_count && has_keys; i++)
        check_signature_missing(report, &report->view->hosts[i]);
}

/* For each quality, a set of one server that has it; type 0: none has. */
struct qualities {
    uint16_t types[QUALITY_BOGUS + 1];
    struct dnssec_tally tallies[QUALITY_BOGUS + 1];
    bool any; /* something could be verified */
};

static void verify_host(struct report *report, const struct host *host,
                        const struct dnssec_keys *keys, struct qualities *qualities)
{
    for (size_t i = 0; i < SIGNED_TYPES; i++) {
        const struct heard *heard = host_answer(host, PURPOSE_APEX, signed_types[i]);
        struct dnssec_tally tally;
        if (heard == NULL)
            continue;
        enum quality quality = quality_verify(report, heard, keys, &tally);
        qualities->types[quality] = signed_types[i];
        qualities->tallies[quality] = tally;
        qualities->any |= quality != QUALITY_NONE;
    }
}

static void add_quality(struct report *report, const struct host *host, const char *code,
                        const struct qualities *qualities, enum quality bad)
{
    const struct dnssec_tally *tally = &qualities->tallies[bad];
    struct json_out *values = report_values(report);
    char text[DNS_TYPE_TEXT];
    for (size_t i = 0; i < SIGNED_TYPES; i++) {
        const struct heard *heard = host_answer(host, PURPOSE_APEX, signed_types[i]);
        if (heard != NULL)
            report_cite(report, heard->exchange);
    }
    if (qualities->types[bad] != 0)
        json_out_member_text(values, "type", dns_type_text(qualities->types[bad], text));
    if (tally->expiration != 0) {
        json_out_member_instant(values, "inception", tally->inception);
        json_out_member_instant(values, "expiration", tally->expiration);
    }
    report_add(report, code, host->subject,
               qualities->types[bad] != 0 ? SIGHT_SEEN
               : qualities->any           ? SIGHT_NOT_SEEN
                                          : SIGHT_UNKNOWN);
}

/* C2: a server that was heard but gave no keys has its own codes and adds nothing here. */
static void check_signatures(struct report *report, const struct host *host)
{
    struct qualities qualities = {.any = false};
    struct dnssec_keys keys;
    const struct heard *heard = host_answer(host, PURPOSE_APEX, DNS_DNSKEY);
    if (heard == NULL && !host_unknown(host))
        return;
    if (heard != NULL) {
        if (count_keys(heard) == 0)
            return;
        if (quality_keys(report, heard, &keys))
            verify_host(report, host, &keys, &qualities);
    }
    add_quality(report, host, "dnssec.bogus", &qualities, QUALITY_BOGUS);
    add_quality(report, host, "dnssec.expired", &qualities, QUALITY_EXPIRED);
    add_quality(report, host, "dnssec.not-yet-valid", &qualities, QUALITY_EARLY);
}

static void run_signatures(struct report *report)
{
    for (size_t i = 0; i < report->view->host_count; i++)
        check_signatures(report, &report->view->hosts[i]);
}

static const struct check signed_zone = {
    .id = "dnssec.signed",
    .version = 2,
    .summary = "the zone is signed, and every server sends the signatures",
    .family = FAMILY_DNSSEC,
    .needs = "apex:DNSKEY:udp apex:SOA:udp apex:NS:udp",
    .run = run_signed,
    .codes = {{.code = "dnssec.unsigned",
               .summary = "the zone has no DNSKEY records",
               .rfc = "RFC 4035 2.1",
               .also_rst = "dnssec-05",
               .also_zonemaster = "DS05_SERVER_NO_DNSSEC",
               .also_rdapct = "",
               .fixture_bad = "unsigned",
               .fixture_good = "healthy"},
              {.code = "dnssec.signature-missing",
               .summary = "a name server of the signed zone leaves out signatures",
               .rfc = "RFC 4035 3.1.1",
               .also_rst = "dnssec-08 dnssec-09",
               .also_zonemaster = "DS08_MISSING_RRSIG_IN_RESPONSE DS09_MISSING_RRSIG_IN_RESPONSE",
               .also_rdapct = "",
               .fixture_bad = "signature-missing",
               .fixture_good = "healthy"}},
};

static const struct check signatures = {
    .id = "dnssec.signatures",
    .version = 1,
    .summary = "the signatures verify and are valid at the time of observation",
    .family = FAMILY_DNSSEC,
    .needs = "apex:DNSKEY:udp apex:SOA:udp apex:NS:udp reference:SOA:udp reference:https",
    .run = run_signatures,
    .codes = {{.code = "dnssec.bogus",
               .summary = "a signature does not verify with the keys of the zone",
               .rfc = "RFC 4035 5.3.3",
               .also_rst = "dnssec-08 dnssec-09",
               .also_zonemaster = "DS08_RRSIG_NOT_VALID_BY_DNSKEY DS09_RRSIG_NOT_VALID_BY_DNSKEY",
               .also_rdapct = "",
               .fixture_bad = "bogus",
               .fixture_good = "healthy"},
              {.code = "dnssec.expired",
               .summary = "a signature has expired",
               .rfc = "RFC 4035 5.3.1",
               .also_rst = "dnssec-04 dnssec-08 dnssec-09",
               .also_zonemaster = "RRSIG_EXPIRED DS08_DNSKEY_RRSIG_EXPIRED DS09_SOA_RRSIG_EXPIRED",
               .also_rdapct = "",
               .fixture_bad = "expired-signature",
               .fixture_good = "healthy",
               .depends_on_time = true},
              {.code = "dnssec.not-yet-valid",
               .summary = "a signature is not valid yet",
               .rfc = "RFC 4035 5.3.1",
               .also_rst = "dnssec-08 dnssec-09",
               .also_zonemaster = "DS08_DNSKEY_RRSIG_NOT_YET_VALID DS09_SOA_RRSIG_NOT_YET_VALID",
               .also_rdapct = "",
               .fixture_bad = "early-signature",
               .fixture_good = "healthy",
               .depends_on_time = true}},
};

const struct check *const checks_dnssec[] = {&signatures, &signed_zone, NULL};
