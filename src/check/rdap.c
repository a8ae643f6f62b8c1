/* Checks of RDAP: reachable over HTTPS, a good certificate, answers in the form of RFC 9083.
 *
 * What an answer says is judged per URL over all addresses that answered; an address that did not
 * answer has its own code. Redirects are not judged: what they lead to is (RFC 7480 5.2). */
#include "base/error.h"
#include "check/check.h"
#include "check/families.h"
#include "check/report.h"
#include "proto/dns/name.h"
#include "proto/http/response.h"
#include "proto/rdap/answer.h"
#include "proto/x509/certificate.h"

#include <string.h>

enum { STATUS_OK = 200, STATUS_NOT_FOUND = 404, STATUS_MOVED = 300, STATUS_CLIENT_ERROR = 400 };

static bool is_rdap(const struct exchange *exchange)
{
    return exchange->kind == EXCHANGE_HTTPS &&
           (exchange->purpose == PURPOSE_RDAP_HELP || exchange->purpose == PURPOSE_RDAP_DOMAIN);
}

static const struct exchange *exchange_at(const struct report *report, size_t i)
{
    const struct exchange *exchange = &report->view->measurement->exchanges[i];
    return is_rdap(exchange) ? exchange : NULL;
}

static size_t exchange_count(const struct report *report)
{
    return report->view->measurement->exchange_count;
}

static bool same_address(const struct exchange *a, const struct exchange *b)
{
    return strcmp(a->server, b->server) == 0 && net_address_equal(&a->address, &b->address);
}

static bool same_url(const struct exchange *a, const struct exchange *b)
{
    return strcmp(a->url, b->url) == 0;
}

typedef bool same_subject(const struct exchange *a, const struct exchange *b);

/* Is there no earlier exchange of the same subject, so that each is judged once? */
static bool is_first(const struct report *report, size_t index, same_subject *same)
{
    const struct exchange *exchange = exchange_at(report, index);
    for (size_t i = 0; i < index; i++) {
        const struct exchange *earlier = exchange_at(report, i);
        if (earlier != NULL && same(earlier, exchange))
            return false;
    }
    return true;
}

static const char *address_subject(struct report *report, const struct exchange *exchange)
{
    char address[NET_ADDRESS_TEXT];
    if (exchange->address.family == ADDRESS_NONE)
        return exchange->server;
    net_address_format(&exchange->address, address);
    address[strcspn(address, "#")] = '\0';
    const char *subject = arena_printf(report->arena, "%s/%s", exchange->server, address);
    if (subject == NULL)
        report_fail(report, ERR_NO_MEMORY);
    return subject != NULL ? subject : "";
}

/* Did the other side take part, even if in the end no answer came? */
static bool was_reached(const struct exchange *exchange)
{
    return exchange->outcome == OUTCOME_ANSWERED || exchange->outcome == OUTCOME_TOO_LARGE ||
           (exchange->outcome == OUTCOME_TLS_FAILED && exchange->chain_count > 0);
}

static enum sight unreachable(const struct report *report, const struct exchange *exchange)
{
    if (was_reached(exchange))
        return SIGHT_NOT_SEEN;
    if (view_own_failure(exchange))
        return SIGHT_UNKNOWN;
    return view_silence(report->view, exchange->address.family, EXCHANGE_HTTPS);
}

/* One address is unreachable when none of its questions got through. */
static void check_address(struct report *report, const struct exchange *exchange)
{
    enum sight sight = SIGHT_SEEN;
    const struct exchange *reference =
        report->view->reference[exchange->address.family == ADDRESS_IPV6][EXCHANGE_HTTPS];
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *other = exchange_at(report, i);
        if (other == NULL || !same_address(exchange, other))
            continue;
        enum sight now = unreachable(report, other);
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
    report_add(report, "rdap.unreachable", address_subject(report, exchange), sight);
}

static void run_reachable(struct report *report)
{
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *exchange = exchange_at(report, i);
        if (exchange != NULL && is_first(report, i, same_address))
            check_address(report, exchange);
    }
}

/* The first exchange of an address that shows certificates; NULL when none does. */
static const struct exchange *with_chain(const struct report *report,
                                         const struct exchange *exchange)
{
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *other = exchange_at(report, i);
        if (other != NULL && same_address(exchange, other) && other->chain_count > 0)
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
    report_add(report, code, address_subject(report, exchange), sight);
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
    bool readable = certificate_read(&exchange->chain[0], exchange->server, &leaf) >= 0;
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
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *exchange = exchange_at(report, i);
        if (exchange == NULL || !is_first(report, i, same_address))
            continue;
        const struct exchange *shown = with_chain(report, exchange);
        if (shown != NULL)
            check_certificate(report, shown);
        else if (unreachable(report, exchange) == SIGHT_UNKNOWN)
            add_unknown(report, exchange);
    }
}

/* What all answers to one URL were, the worst of each. */
struct answers {
    enum sight status, type, json, conformance, missing, class, name;
    size_t count;
    bool unknown; /* an address that we could not look at */
    int last_status;
    char media_type[HTTP_MEDIA_TYPE_TEXT];
    struct rdap_answer answer; /* of the last body that was read */
};

static void worsen(enum sight *sight, bool bad)
{
    if (bad)
        *sight = SIGHT_SEEN;
    else if (*sight == SIGHT_UNKNOWN)
        *sight = SIGHT_NOT_SEEN;
}

static void read_body(const struct report *report, const struct exchange *exchange,
                      const struct http_response *response, struct answers *answers)
{
    const char *asked = report->view->measurement->rdap_domain;
    char name[DNS_NAME_TEXT];
    http_media_type(response, answers->media_type);
    worsen(&answers->type, strcmp(answers->media_type, RDAP_MEDIA_TYPE) != 0);
    rdap_answer_read(response->body.data, response->body.size, &answers->answer);
    worsen(&answers->json, !answers->answer.json);
    if (!answers->answer.json)
        return;
    worsen(&answers->conformance, !answers->answer.conformance || !answers->answer.level_0);
    if (exchange->purpose != PURPOSE_RDAP_DOMAIN)
        return;
    worsen(&answers->class, strcmp(answers->answer.object_class, "domain") != 0);
    if (asked != NULL && dns_name_normalise(asked, name) >= 0)
        worsen(&answers->name, strcmp(answers->answer.ldh_name, name) != 0);
}

static void read_answer(const struct report *report, const struct exchange *exchange,
                        struct answers *answers)
{
    struct http_response response;
    bool readable =
        http_response_parse(exchange->received.data, exchange->received.size, &response) >= 0;
    int status = readable ? response.status : 0;
    if (status >= STATUS_MOVED && status < STATUS_CLIENT_ERROR)
        return;
    answers->count++;
    answers->last_status = status;
    worsen(&answers->status, status != STATUS_OK && status != STATUS_NOT_FOUND);
    worsen(&answers->missing, status != STATUS_OK);
    if (status == STATUS_OK)
        read_body(report, exchange, &response, answers);
}

static void read_answers(const struct report *report, const struct exchange *exchange,
                         struct answers *ret_answers)
{
    *ret_answers = (struct answers){.count = 0};
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *other = exchange_at(report, i);
        if (other == NULL || !same_url(exchange, other))
            continue;
        if (other->outcome == OUTCOME_ANSWERED)
            read_answer(report, other, ret_answers);
        else if (unreachable(report, other) == SIGHT_UNKNOWN)
            ret_answers->unknown = true;
    }
}

/* Adds a code when it was looked at, or when we could not look at all (C2). */
static void add_answer(struct report *report, const struct exchange *exchange, const char *code,
                       enum sight sight, const struct answers *answers)
{
    if (sight == SIGHT_UNKNOWN && (answers->count > 0 || !answers->unknown)) {
        report_drop(report);
        return;
    }
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *other = exchange_at(report, i);
        if (other != NULL && same_url(exchange, other) && other->outcome == OUTCOME_ANSWERED)
            report_cite(report, other);
    }
    json_out_member_int(report_values(report), "status", answers->last_status);
    report_add(report, code, exchange->url, sight);
}

static void check_answers(struct report *report, const struct exchange *exchange)
{
    struct answers answers;
    read_answers(report, exchange, &answers);
    add_answer(report, exchange, "rdap.bad-status", answers.status, &answers);
    json_out_member_text(report_values(report), "media_type", answers.media_type);
    add_answer(report, exchange, "rdap.wrong-type", answers.type, &answers);
    if (answers.answer.fault.text[0] != '\0')
        json_out_member_text(report_values(report), "fault", answers.answer.fault.text);
    add_answer(report, exchange, "rdap.not-json", answers.json, &answers);
    add_answer(report, exchange, "rdap.conformance-missing", answers.conformance, &answers);
}

static void run_response(struct report *report)
{
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *exchange = exchange_at(report, i);
        if (exchange != NULL && is_first(report, i, same_url))
            check_answers(report, exchange);
    }
}

static void run_queries(struct report *report)
{
    for (size_t i = 0; i < exchange_count(report); i++) {
        const struct exchange *exchange = exchange_at(report, i);
        struct answers answers;
        if (exchange == NULL || !is_first(report, i, same_url))
            continue;
        read_answers(report, exchange, &answers);
        if (exchange->purpose == PURPOSE_RDAP_HELP) {
            add_answer(report, exchange, "rdap.help-missing", answers.missing, &answers);
            continue;
        }
        add_answer(report, exchange, "rdap.domain-missing", answers.missing, &answers);
        json_out_member_text(report_values(report), "object_class", answers.answer.object_class);
        add_answer(report, exchange, "rdap.wrong-object", answers.class, &answers);
        json_out_member_text(report_values(report), "ldh_name", answers.answer.ldh_name);
        add_answer(report, exchange, "rdap.wrong-name", answers.name, &answers);
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

static const struct check response = {
    .id = "rdap.response",
    .version = 1,
    .summary = "RDAP answers have the right status, media type, JSON and conformance",
    .family = FAMILY_RDAP,
    .needs = "rdap-help:https rdap-domain:https",
    .run = run_response,
    .codes = {{.code = "rdap.bad-status",
               .summary = "the HTTP status is neither 200 nor 404",
               .rfc = "RFC 7480 5",
               .also_rst = "rdap-01 rdap-04",
               .also_zonemaster = "",
               .also_rdapct = "-13002",
               .fixture_bad = "rdap-bad-status",
               .fixture_good = "healthy"},
              {.code = "rdap.wrong-type",
               .summary = "the media type is not application/rdap+json",
               .rfc = "RFC 7480 4.2, RFC 9083 10.1",
               .also_rst = "rdap-01 rdap-04",
               .also_zonemaster = "",
               .also_rdapct = "-13000",
               .fixture_bad = "rdap-wrong-type",
               .fixture_good = "healthy"},
              {.code = "rdap.not-json",
               .summary = "the body is not a JSON object",
               .rfc = "RFC 9083 3",
               .also_rst = "rdap-01 rdap-04",
               .also_zonemaster = "",
               .also_rdapct = "-13001",
               .fixture_bad = "rdap-invalid-json",
               .fixture_good = "healthy"},
              {.code = "rdap.conformance-missing",
               .summary = "rdapConformance is missing or lacks rdap_level_0",
               .rfc = "RFC 9083 4.1",
               .also_rst = "rdap-01 rdap-04",
               .also_zonemaster = "",
               .also_rdapct = "-10500 -10503",
               .fixture_bad = "rdap-no-conformance",
               .fixture_good = "healthy"}},
};

static const struct check queries = {
    .id = "rdap.queries",
    .version = 1,
    .summary = "the help and domain queries are answered with what was asked for",
    .family = FAMILY_RDAP,
    .needs = "rdap-help:https rdap-domain:https",
    .run = run_queries,
    .codes = {{.code = "rdap.help-missing",
               .summary = "the help query is not answered with 200",
               .rfc = "RFC 9082 3.1.6",
               .also_rst = "rdap-04",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "rdap-no-help",
               .fixture_good = "healthy"},
              {.code = "rdap.domain-missing",
               .summary = "the domain query is not answered with 200",
               .rfc = "RFC 9082 3.1.3",
               .also_rst = "rdap-01",
               .also_zonemaster = "",
               .also_rdapct = "-13020",
               .fixture_bad = "rdap-no-domain",
               .fixture_good = "healthy"},
              {.code = "rdap.wrong-object",
               .summary = "the domain answer is not of object class \"domain\"",
               .rfc = "RFC 9083 5.3",
               .also_rst = "rdap-01",
               .also_zonemaster = "",
               .also_rdapct = "-13003",
               .fixture_bad = "rdap-wrong-object",
               .fixture_good = "healthy"},
              {.code = "rdap.wrong-name",
               .summary = "ldhName of the domain answer is not the domain that was asked for",
               .rfc = "RFC 9083 5.3",
               .also_rst = "rdap-01",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "rdap-wrong-name",
               .fixture_good = "healthy"}},
};

const struct check *const checks_rdap[] = {&certificates, &queries, &reachable, &response, NULL};
