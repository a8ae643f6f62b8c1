/* Checks of the chain of trust: trust anchor, the parent's DS records, the zone's keys. */
#include "base/error.h"
#include "check/check.h"
#include "check/families.h"
#include "check/quality.h"
#include "check/report.h"

#include <string.h>

static const char *target_of(const struct report *report)
{
    return report->view->measurement->target;
}

/* The DS set of the target: given by the caller for an undelegated test, or from the parent. */
struct delegation_signer {
    struct dns_ds ds[DNSSEC_DS_MAX];
    size_t count;
    const struct heard *from; /* the parent's answer to the DS question, NULL when given or none */
    const struct heard *keys; /* the root's answer that it validates with up to the trust anchor, so
                                 that the target answers for it, not the parent; else NULL */
    bool given;
};

static void read_given(const struct view *view, struct delegation_signer *signer)
{
    for (size_t i = 0; i < view->anchor_count && signer->count < DNSSEC_DS_MAX; i++) {
        const struct dnssec_anchor *anchor = &view->anchors[i];
        if (anchor->type == DNS_DS && strcmp(anchor->zone, view->measurement->target) == 0 &&
            dns_ds_decode(anchor->data.data, anchor->data.size, &signer->ds[signer->count]) >= 0)
            signer->count++;
    }
    signer->given = signer->count > 0;
}

/* The next answer of a parent about that name and type, from `*at` on; NULL when there is none. */
static const struct heard *next_parent_answer(const struct view *view, const char *name,
                                              uint16_t type, size_t *at)
{
    while (*at < view->heard_count) {
        const struct heard *heard = &view->heard[(*at)++];
        if ((heard->exchange->purpose == PURPOSE_PARENT ||
             heard->exchange->purpose == PURPOSE_REFERENCE) &&
            heard->type == type && strcmp(heard->name, name) == 0 && heard->message != NULL &&
            heard->message->authoritative && !heard->message->truncated &&
            heard->message->rcode == DNS_NOERROR)
            return heard;
    }
    return NULL;
}

/* Only lack of memory fails the run; a used-up budget affirms nothing. */
static bool affirmed(struct report *report, int result)
{
    if (result == ERR_NO_MEMORY)
        report_fail(report, result);
    return result > 0;
}

/* Does a trust anchor name one of these keys of the root, and does that one sign the set in time?
 */
static bool root_keys_trusted(struct report *report, const struct heard *heard,
                              struct dnssec_keys *keys)
{
    const struct view *view = report->view;
    struct dnssec_tally tally;
    for (size_t k = 0; k < keys->count; k++) {
        struct dnssec_keys only = {.zone = ".", .keys = &keys->keys[k], .count = 1};
        bool trusted = false;
        for (size_t i = 0; i < view->anchor_count && !trusted; i++)
            trusted = affirmed(report, dnssec_anchor_matches(&view->anchors[i], ".", &keys->keys[k],
                                                             &report->view->budget));
        if (trusted && quality_verify(report, heard, &only, &tally) == QUALITY_GOOD)
            return true;
    }
    return false;
}

/* The root's keys, from the first of its servers whose answer holds. If none does, our anchor or
 * the root is at fault, never the target (C1). */
static const struct heard *root_keys(struct report *report, struct dnssec_keys *ret_keys)
{
    const struct heard *heard;
    size_t at = 0;
    while ((heard = next_parent_answer(report->view, ".", DNS_DNSKEY, &at)) != NULL) {
        if (quality_keys(report, heard, ret_keys) && root_keys_trusted(report, heard, ret_keys))
            return heard;
    }
    return NULL;
}

/* What the parent's servers say: the first answer that validates, else the first with DS records,
 * else the first. One damaged server among right ones says nothing. */
static void choose_answer(struct report *report, struct delegation_signer *signer)
{
    const struct view *view = report->view;
    const char *target = target_of(report);
    struct dnssec_keys keys;
    struct dnssec_tally tally;
    const struct heard *heard;
    size_t at = 0;
    bool filled = false;
    const struct heard *root = dns_name_labels(target) == 1 ? root_keys(report, &keys) : NULL;
    while ((heard = next_parent_answer(view, target, DNS_DS, &at)) != NULL) {
        bool has_ds = dns_section_count(heard->message, DNS_ANSWER, heard->name, DNS_DS) > 0;
        if (signer->from == NULL || (has_ds && !filled))
            signer->from = heard;
        filled |= has_ds;
        if (has_ds && root != NULL &&
            quality_verify(report, heard, &keys, &tally) == QUALITY_GOOD) {
            signer->from = heard;
            signer->keys = root;
            return;
        }
    }
}

static void read_signer(struct report *report, struct delegation_signer *signer)
{
    *signer = (struct delegation_signer){.count = 0};
    read_given(report->view, signer);
    if (signer->given)
        return;
    choose_answer(report, signer);
    if (signer->from == NULL)
        return;
    struct dns_cursor cursor = dns_section(signer->from->message, DNS_ANSWER);
    struct dns_record record;
    while (signer->count < DNSSEC_DS_MAX &&
           dns_record_next_of(&cursor, signer->from->name, DNS_DS, &record)) {
        if (dns_rdata_ds(&record, &signer->ds[signer->count]) >= 0)
            signer->count++;
    }
}

/* May the target be accused of what this set says? The root's part can be validated; deeper parents
 * are not followed, and are believed. */
static bool signer_believed(const struct report *report, const struct delegation_signer *signer)
{
    return signer->given || signer->keys != NULL || dns_name_labels(target_of(report)) != 1;
}

static bool signer_supported(const struct delegation_signer *signer)
{
    for (size_t i = 0; i < signer->count; i++) {
        if (dnssec_algorithm_supported(signer->ds[i].algorithm) &&
            dnssec_digest_supported(signer->ds[i].digest_type))
            return true;
    }
    return false;
}

/* RFC 4035 5.2: a DS record names a key, and that key signs the DNSKEY set. The time of that
 * signature has its own codes. */
static bool signer_matches(struct report *report, const struct delegation_signer *signer,
                           const struct heard *heard)
{
    struct dnssec_keys keys;
    struct dnssec_tally tally;
    if (!quality_keys(report, heard, &keys))
        return false;
    for (size_t k = 0; k < keys.count; k++) {
        struct dnssec_keys only = {.zone = keys.zone, .keys = &keys.keys[k], .count = 1};
        bool named = false;
        for (size_t i = 0; i < signer->count && !named; i++)
            named = affirmed(report, dnssec_ds_matches(&signer->ds[i], keys.zone, &keys.keys[k],
                                                       &report->view->budget));
        if (!named)
            continue;
        enum quality quality = quality_verify(report, heard, &only, &tally);
        if (quality != QUALITY_NONE && quality != QUALITY_BOGUS)
            return true;
    }
    return false;
}

static void tell_signer(struct report *report, const struct delegation_signer *signer)
{
    struct json_out *values = report_values(report);
    json_out_key(values, "ds");
    json_out_array(values);
    for (size_t i = 0; i < signer->count; i++) {
        json_out_object(values);
        json_out_member_int(values, "key_tag", signer->ds[i].key_tag);
        json_out_member_int(values, "algorithm", signer->ds[i].algorithm);
        json_out_member_int(values, "digest_type", signer->ds[i].digest_type);
        json_out_end(values);
    }
    json_out_end(values);
    if (signer->from != NULL)
        report_cite(report, signer->from->exchange);
    if (signer->keys != NULL)
        report_cite(report, signer->keys->exchange);
}

static void check_match(struct report *report, const struct delegation_signer *signer)
{
    const struct view *view = report->view;
    enum sight sight = SIGHT_UNKNOWN;
    for (size_t i = 0; i < view->host_count; i++) {
        const struct heard *heard = host_answer(&view->hosts[i], PURPOSE_APEX, DNS_DNSKEY);
        if (heard == NULL || !quality_signed(heard))
            continue; /* no keys or no signatures: they have their own codes */
        report_cite(report, heard->exchange);
        if (sight == SIGHT_SEEN)
            continue;
        bool matches = signer_matches(report, signer, heard);
        if (!matches && view->budget.left == 0)
            continue;
        if (!matches && !signer_believed(report, signer))
            continue;
        sight = matches ? SIGHT_NOT_SEEN : SIGHT_SEEN;
        if (!matches)
            json_out_member_text(report_values(report), "server", view->hosts[i].subject);
    }
    tell_signer(report, signer);
    report_add(report, "dnssec.ds-mismatch", target_of(report), sight);
}

/* RFC 4034 5: without DS at the parent nobody can validate a signed zone. */
static void run_ds(struct report *report)
{
    struct delegation_signer signer;
    size_t answers;
    bool has_keys = view_has_keys(report->view, &answers);
    read_signer(report, &signer);
    if (answers > 0 && !has_keys && signer.count == 0)
        return; /* an unsigned delegation: dnssec.unsigned says it */
    if (signer.from != NULL)
        report_cite(report, signer.from->exchange);
    enum sight sight = SIGHT_UNKNOWN;
    if (signer.count > 0)
        sight = SIGHT_NOT_SEEN;
    else if (signer.from != NULL && has_keys)
        sight = SIGHT_SEEN;
    report_add(report, "dnssec.ds-missing", target_of(report), sight);
    if (signer_supported(&signer))
        check_match(report, &signer);
    else if (signer.from == NULL && !signer.given)
        report_add(report, "dnssec.ds-mismatch", target_of(report), SIGHT_UNKNOWN);
}

/* Trust anchor -> root DNSKEY -> DS of the target -> its keys (RFC 4035 5). Up to the DS the root
 * signs and serves, and its faults are not the target's (C1); deeper parents are not followed. What
 * is left is a promise that the zone breaks for everybody: it has no keys at all. */
static void run_chain(struct report *report)
{
    struct delegation_signer signer;
    enum sight sight = SIGHT_UNKNOWN;
    size_t answers;
    bool has_keys = view_has_keys(report->view, &answers);
    read_signer(report, &signer);
    if (signer.given || (signer.from != NULL && signer.count == 0))
        return;
    if (signer.keys != NULL && has_keys)
        sight = SIGHT_NOT_SEEN;
    else if (signer.keys != NULL && signer_supported(&signer) && answers > 0 &&
             view_complete(report->view))
        sight = SIGHT_SEEN;
    if (answers > 0 && !has_keys)
        quality_cite_keys(report);
    tell_signer(report, &signer);
    report_add(report, "dnssec.chain-broken", target_of(report), sight);
}

static const struct check ds = {
    .id = "dnssec.ds",
    .version = 2,
    .summary = "the DS records at the parent match a key that signs the zone's keys",
    .family = FAMILY_DNSSEC,
    .needs = "parent:DS:udp parent:DNSKEY:udp apex:DNSKEY:udp",
    .run = run_ds,
    .codes = {{.code = "dnssec.ds-missing",
               .summary = "the zone is signed but the parent has no DS record",
               .rfc = "RFC 4035 2.4",
               .also_rst = "dnssec-01",
               .also_zonemaster = "DS01_PARENT_SERVER_NO_DS",
               .also_rdapct = "",
               .fixture_bad = "no-ds",
               .fixture_good = "healthy"},
              {.code = "dnssec.ds-mismatch",
               .summary = "no DS record at the parent matches a key that signs the DNSKEY set",
               .rfc = "RFC 4035 5.2",
               .also_rst = "dnssec-02",
               .also_zonemaster = "DS02_NO_MATCH_DS_DNSKEY DS02_NO_DNSKEY_FOR_DS "
                                  "DS02_NO_VALID_DNSKEY_FOR_ANY_DS",
               .also_rdapct = "",
               .fixture_bad = "bogus-ds",
               .fixture_good = "healthy"}},
};

static const struct check chain = {
    .id = "dnssec.chain",
    .version = 2,
    .summary = "the chain of trust goes from the trust anchor to keys of the zone",
    .family = FAMILY_DNSSEC,
    .needs = "parent:DS:udp parent:DNSKEY:udp apex:DNSKEY:udp reference:SOA:udp reference:https",
    .run = run_chain,
    .codes = {{.code = "dnssec.chain-broken",
               .summary =
                   "the DS records validate up to the trust anchor, but the zone has no keys",
               .rfc = "RFC 4035 5",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "chain-broken",
               .fixture_good = "healthy",
               .depends_on_time = true}},
};

const struct check *const checks_chain[] = {&chain, &ds, NULL};
