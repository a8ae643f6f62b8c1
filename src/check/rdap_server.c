/* Checks of each RDAP server address: reachable over HTTPS, with a good certificate. */
#include "base/error.h"
#include "check/check.h"
#include "check/families.h"
#include "check/rdap_exchange.h"
#include "check/report.h"
#include "proto/x509/certificate.h"

#include <string.h>

/* One address is unreachable when none of its questions got through. */
static void check_address(struct report *report, const struct exchange *exchange)
{
    enum sight sight = SIGHT_SEEN;
    const struct exchange *reference =
        report->view->reference[exchange->address.family == ADDRESS_IPV6][EXCHANGE_HTTPS];
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *other = rdap_exchange_at(report, i);
        if (other == NULL || !rdap_same_address(exchange, other))
            continue;
        enum sight now = rdap_unreachable(report, other);
        if (now == SIGHT_NOT_SEEN || (now == SIGHT_UNKNOWN && sight == SIGHT_SEEN))
            sight = now;
        report_cite(report, other);
    }
    json_out_member_text(report_values(report), "outcome",
                         exchange_outcome_text(exchange->outcome));
    if (sight == SIGHT_SEEN && reference != NULL) {
        json_out_member_text(report_values(report), "reference", reference->server);
        report_cite(report, reference);
    }
    report_add(report, "rdap.unreachable", rdap_address_subject(report, exchange), sight);
}

static void run_reachable(struct report *report)
{
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *exchange = rdap_exchange_at(report, i);
        if (exchange != NULL && rdap_is_first(report, i, rdap_same_address))
            check_address(report, exchange);
    }
}

/* The first exchange of an address that shows certificates; NULL when none does. */
static const struct exchange *with_chain(const struct report *report,
                                         const struct exchange *exchange)
{
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *other = rdap_exchange_at(report, i);
        if (other != NULL && rdap_same_address(exchange, other) && other->chain_count > 0)
            return other;
    }
    return NULL;
}

static bool about_trust(int32_t error)
{
    return error != CERTIFICATE_OK && error != CERTIFICATE_EXPIRED &&
           error != CERTIFICATE_NOT_YET_VALID && error != CERTIFICATE_WRONG_HOST &&
           error != CERTIFICATE_WRONG_ADDRESS;
}

static void add_certificate(struct report *report, const struct exchange *exchange,
                            const struct certificate *certificate, const char *code,
                            enum sight sight)
{
    struct json_out *values = report_values(report);
    report_cite(report, exchange);
    if (certificate != NULL) {
        json_out_member_instant(values, "not_before", certificate->not_before);
        json_out_member_instant(values, "not_after", certificate->not_after);
    }
    if (exchange->tls_verify != CERTIFICATE_OK)
        json_out_member_text(values, "verification", certificate_error_text(exchange->tls_verify));
    report_add(report, code, rdap_address_subject(report, exchange), sight);
}

static enum sight seen_if(bool seen)
{
    return seen ? SIGHT_SEEN : SIGHT_NOT_SEEN;
}

/* Untrusted is only believed when our own list of authorities works for a reference (C1). */
static enum sight untrusted(const struct report *report, const struct exchange *exchange)
{
    if (!about_trust(exchange->tls_verify))
        return SIGHT_NOT_SEEN;
    return report->view->reference_tls ? SIGHT_SEEN : SIGHT_UNKNOWN;
}

static void check_certificate(struct report *report, const struct exchange *exchange)
{
    struct certificate leaf;
    int64_t now = report->view->measurement->observed_at;
    int32_t error = exchange->tls_verify;
    int result = certificate_read(&exchange->chain[0], exchange->server, &leaf);
    bool readable = result >= 0;
    if (result == ERR_NO_MEMORY) {
        report_fail(report, result);
        return;
    }
    const struct certificate *facts = readable ? &leaf : NULL;
    add_certificate(report, exchange, facts, "rdap.certificate-expired",
                    seen_if(error == CERTIFICATE_EXPIRED || (readable && leaf.not_after < now)));
    add_certificate(
        report, exchange, facts, "rdap.certificate-not-yet-valid",
        seen_if(error == CERTIFICATE_NOT_YET_VALID || (readable && leaf.not_before > now)));
    add_certificate(report, exchange, facts, "rdap.certificate-name",
                    seen_if(!readable || !leaf.matches_host));
    add_certificate(report, exchange, facts, "rdap.certificate-untrusted",
                    untrusted(report, exchange));
}

static void add_unknown(struct report *report, const struct exchange *exchange)
{
    for (size_t i = 0; report->check->codes[i].code != NULL; i++)
        add_certificate(report, exchange, /* certificate= */ NULL, report->check->codes[i].code,
                        SIGHT_UNKNOWN);
}

static void run_certificate(struct report *report)
{
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *exchange = rdap_exchange_at(report, i);
        if (exchange == NULL || !rdap_is_first(report, i, rdap_same_address))
            continue;
        const struct exchange *shown = with_chain(report, exchange);
        if (shown != NULL)
            check_certificate(report, shown);
        else if (rdap_unreachable(report, exchange) == SIGHT_UNKNOWN)
            add_unknown(report, exchange);
    }
}

static const struct check reachable = {
    .id = "rdap.reachable",
    .version = 1,
    .summary = "each RDAP server address answers over HTTPS",
    .family = FAMILY_RDAP,
    .needs = "rdap-help:https rdap-domain:https reference:https",
    .run = run_reachable,
    .codes = {{.code = "rdap.unreachable",
               .summary = "an RDAP server address does not answer over HTTPS",
               .rfc = "RFC 7480 4.1",
               .also_rst = "rdap-91",
               .also_zonemaster = "",
               .also_rdapct = "-13007 -13021",
               .fixture_bad = "rdap-down",
               .fixture_good = "healthy"}},
};

static const struct check certificates = {
    .id = "rdap.certificate",
    .version = 1,
    .summary = "the certificate is valid at the time of observation, for this host, and trusted",
    .family = FAMILY_RDAP,
    .needs = "rdap-help:https reference:https",
    .run = run_certificate,
    .codes = {{.code = "rdap.certificate-expired",
               .summary = "the certificate of an RDAP server has expired",
               .rfc = "RFC 7481 3.5, RFC 5280 4.1.2.5",
               .also_rst = "rdap-91",
               .also_zonemaster = "",
               .also_rdapct = "-13011",
               .fixture_bad = "certificate-expired",
               .fixture_good = "healthy",
               .depends_on_time = true},
              {.code = "rdap.certificate-not-yet-valid",
               .summary = "the certificate of an RDAP server is not valid yet",
               .rfc = "RFC 7481 3.5, RFC 5280 4.1.2.5",
               .also_rst = "rdap-91",
               .also_zonemaster = "",
               .also_rdapct = "-13009",
               .fixture_bad = "certificate-early",
               .fixture_good = "healthy",
               .depends_on_time = true},
              {.code = "rdap.certificate-name",
               .summary = "the certificate of an RDAP server is for another host",
               .rfc = "RFC 9110 4.3.4, RFC 6125 6.4",
               .also_rst = "rdap-91",
               .also_zonemaster = "",
               .also_rdapct = "-13009",
               .fixture_bad = "certificate-name",
               .fixture_good = "healthy"},
              {.code = "rdap.certificate-untrusted",
               .summary = "the certificate of an RDAP server leads to no trusted authority",
               .rfc = "RFC 7481 3.5, RFC 5280 6",
               .also_rst = "rdap-91",
               .also_zonemaster = "",
               .also_rdapct = "-13009",
               .fixture_bad = "certificate-untrusted",
               .fixture_good = "healthy",
               .depends_on_time = true}},
};

const struct check *const checks_rdap_server[] = {&certificates, &reachable, NULL};
