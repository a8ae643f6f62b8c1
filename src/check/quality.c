#include "check/quality.h"

#include "base/error.h"

static enum quality quality_of(const struct dnssec_tally *tally)
{
    if (tally->good > 0)
        return QUALITY_GOOD;
    if (tally->expired > 0)
        return QUALITY_EXPIRED;
    if (tally->early > 0)
        return QUALITY_EARLY;
    return tally->bad > 0 ? QUALITY_BOGUS : QUALITY_NONE;
}

enum quality quality_verify(struct report *report, const struct heard *heard,
                            const struct dnssec_keys *keys, struct dnssec_tally *ret_tally)
{
    struct dnssec_set set;
    struct dnssec_tally tally = {.good = 0};
    int result = dnssec_set_collect(heard->message, DNS_ANSWER, heard->name, heard->type,
                                    report->arena, &set);
    if (result >= 0 && set.count > 0 && set.signature_count > 0)
        result = dnssec_verify(&set, keys, report->view->measurement->observed_at,
                               &report->view->budget, &tally);
    if (result == ERR_NO_MEMORY)
        report_fail(report, result);
    *ret_tally = tally;
    if (result == ERR_SYNTAX)
        return QUALITY_BOGUS;
    return result < 0 ? QUALITY_NONE : quality_of(&tally);
}

bool quality_keys(struct report *report, const struct heard *heard, struct dnssec_keys *ret_keys)
{
    int result = dnssec_keys_collect(heard->message, heard->name, report->arena, ret_keys);
    if (result == ERR_NO_MEMORY)
        report_fail(report, result);
    return result >= 0 && ret_keys->count > 0;
}

void quality_cite_keys(struct report *report)
{
    const struct view *view = report->view;
    for (size_t i = 0; i < view->host_count; i++) {
        const struct heard *heard = host_answer(&view->hosts[i], PURPOSE_APEX, DNS_DNSKEY);
        if (heard != NULL)
            report_cite(report, heard->exchange);
    }
}

bool quality_signed(const struct heard *heard)
{
    struct dns_cursor cursor = dns_section(heard->message, DNS_ANSWER);
    struct dns_record record;
    struct dns_rrsig rrsig;
    while (dns_record_next_of(&cursor, heard->name, DNS_RRSIG, &record)) {
        if (dns_rdata_rrsig(&record, &rrsig) >= 0 && rrsig.type_covered == heard->type)
            return true;
    }
    return false;
}
