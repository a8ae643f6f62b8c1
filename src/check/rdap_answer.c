/* Checks of what RDAP servers answer: the form of RFC 9083, and what was asked for.
 *
 * What an answer says is judged per URL over all addresses that answered; an address that did not
 * answer has its own code. Redirects are not judged: what they lead to is (RFC 7480 5.2), unless
 * they lead nowhere. Our own rate (RFC 7480 5.5), a coding that we do not undo and JSON that we do
 * not read are no fault of the server: what they hide is unknown. */
#include "base/error.h"
#include "check/check.h"
#include "check/families.h"
#include "check/rdap_exchange.h"
#include "check/report.h"
#include "proto/dns/name.h"
#include "proto/http/response.h"
#include "proto/rdap/answer.h"

#include <string.h>
#include <strings.h>

enum {
    STATUS_OK = 200,
    STATUS_NOT_FOUND = 404,
    STATUS_TOO_MANY_REQUESTS = 429,
    STATUS_UNAVAILABLE = 503,
    LOCATION_TOLD = 512, /* bytes of a Location that a result repeats */
    CODING_TOLD = 64,
};

/* What all answers to one URL were, the worst of each. */
struct answers {
    enum sight status, type, json, conformance, missing, class, name;
    size_t count;
    bool unknown; /* an address that we could not look at */
    bool unread;  /* a body that we could not look into */
    int last_status;
    struct bytes location; /* of a redirect that leads nowhere */
    char media_type[HTTP_MEDIA_TYPE_TEXT];
    struct rdap_answer answer; /* of the last body */
};

static void worsen(enum sight *sight, bool bad)
{
    if (bad)
        *sight = SIGHT_SEEN;
    else if (*sight == SIGHT_UNKNOWN)
        *sight = SIGHT_NOT_SEEN;
}

/* A body in a content coding (RFC 9110 8.4.1), which nobody asked for but nothing forbids. */
static bool is_coded(const struct http_response *response, struct rdap_answer *answer)
{
    static const char plain[] = "identity";
    struct bytes coding;
    if (!http_field_find(response, "Content-Encoding", &coding) || coding.size == 0 ||
        (coding.size == sizeof plain - 1 &&
         strncasecmp((const char *)coding.data, plain, coding.size) == 0))
        return false;
    *answer = (struct rdap_answer){.body = RDAP_BODY_UNREAD};
    error_set(&answer->fault, ERR_UNSUPPORTED, "the content coding is %.*s",
              (int)(coding.size < CODING_TOLD ? coding.size : CODING_TOLD),
              (const char *)coding.data);
    return true;
}

static void read_body(const struct report *report, const struct exchange *exchange,
                      const struct http_response *response, struct answers *answers)
{
    const char *asked = report->view->measurement->rdap_domain;
    char name[DNS_NAME_TEXT];
    http_media_type(response, answers->media_type);
    worsen(&answers->type, strcmp(answers->media_type, RDAP_MEDIA_TYPE) != 0);
    if (!is_coded(response, &answers->answer))
        rdap_answer_read(response->body.data, response->body.size, &answers->answer);
    if (answers->answer.body == RDAP_BODY_UNREAD) {
        answers->unread = true;
        return;
    }
    worsen(&answers->json, answers->answer.body == RDAP_BODY_NOT_JSON);
    if (answers->answer.body == RDAP_BODY_NOT_JSON)
        return;
    worsen(&answers->conformance, !answers->answer.conformance || !answers->answer.level_0);
    if (exchange->purpose != PURPOSE_RDAP_DOMAIN)
        return;
    worsen(&answers->class, strcmp(answers->answer.object_class, "domain") != 0);
    if (asked != NULL && dns_name_normalise(asked, name) >= 0)
        worsen(&answers->name, strcmp(answers->answer.ldh_name, name) != 0);
}

/* Does the server say that it was asked too much (RFC 7480 5.5, RFC 6585 4, RFC 9110 15.6.4)? */
static bool wants_us_later(const struct http_response *response)
{
    struct bytes after;
    return response->status == STATUS_TOO_MANY_REQUESTS ||
           (response->status == STATUS_UNAVAILABLE &&
            http_field_find(response, "Retry-After", &after));
}

static void read_answer(const struct report *report, const struct exchange *exchange,
                        struct answers *answers)
{
    struct http_response response;
    struct bytes location = {.size = 0};
    bool readable =
        http_response_parse(exchange->received.data, exchange->received.size, &response) >= 0;
    int status = readable ? response.status : 0;
    if (readable && rdap_leads_on(report, exchange, &response, &location))
        return;
    if (readable && wants_us_later(&response)) {
        answers->unknown = true;
        if (answers->count == 0)
            answers->last_status = status;
        return;
    }
    answers->count++;
    answers->last_status = status;
    if (location.size > 0)
        answers->location = location;
    worsen(&answers->status, status != STATUS_OK && status != STATUS_NOT_FOUND);
    worsen(&answers->missing, status != STATUS_OK);
    if (status == STATUS_OK)
        read_body(report, exchange, &response, answers);
}

static void read_answers(const struct report *report, const struct exchange *exchange,
                         struct answers *ret_answers)
{
    *ret_answers = (struct answers){.count = 0};
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *other = rdap_exchange_at(report, i);
        if (other == NULL || !rdap_same_url(exchange, other))
            continue;
        if (other->outcome == OUTCOME_ANSWERED)
            read_answer(report, other, ret_answers);
        else if (rdap_unreachable(report, other) == SIGHT_UNKNOWN)
            ret_answers->unknown = true;
    }
}

/* Adds a code when it was looked at, or when we could not look at all (C2). */
static void add_answer(struct report *report, const struct exchange *exchange, const char *code,
                       enum sight sight, const struct answers *answers)
{
    bool hidden = answers->unread || (answers->unknown && answers->count == 0);
    if (sight == SIGHT_UNKNOWN && !hidden) {
        report_drop(report);
        return;
    }
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *other = rdap_exchange_at(report, i);
        if (other != NULL && rdap_same_url(exchange, other) && other->outcome == OUTCOME_ANSWERED)
            report_cite(report, other);
    }
    json_out_member_int(report_values(report), "status", answers->last_status);
    report_add(report, code, exchange->url, sight);
}

static void tell_location(struct report *report, const struct answers *answers)
{
    const struct bytes *location = &answers->location;
    if (location->size == 0)
        return;
    json_out_key(report_values(report), "location");
    json_out_slice(report_values(report), (const char *)location->data,
                   location->size < LOCATION_TOLD ? location->size : LOCATION_TOLD);
}

static void check_answers(struct report *report, const struct exchange *exchange)
{
    struct answers answers;
    read_answers(report, exchange, &answers);
    tell_location(report, &answers);
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
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *exchange = rdap_exchange_at(report, i);
        if (exchange != NULL && rdap_is_first(report, i, rdap_same_url))
            check_answers(report, exchange);
    }
}

static void run_queries(struct report *report)
{
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *exchange = rdap_exchange_at(report, i);
        struct answers answers;
        if (exchange == NULL || !rdap_is_first(report, i, rdap_same_url))
            continue;
        read_answers(report, exchange, &answers);
        tell_location(report, &answers);
        if (exchange->purpose == PURPOSE_RDAP_HELP) {
            add_answer(report, exchange, "rdap.help-missing", answers.missing, &answers);
            continue;
        }
        if (!rdap_is_lookup(report))
            add_answer(report, exchange, "rdap.domain-missing", answers.missing, &answers);
        json_out_member_text(report_values(report), "object_class", answers.answer.object_class);
        add_answer(report, exchange, "rdap.wrong-object", answers.class, &answers);
        json_out_member_text(report_values(report), "ldh_name", answers.answer.ldh_name);
        add_answer(report, exchange, "rdap.wrong-name", answers.name, &answers);
    }
}

static const struct check response = {
    .id = "rdap.response",
    .version = 2,
    .summary = "RDAP answers have the right status, media type, JSON and conformance",
    .family = FAMILY_RDAP,
    .needs = "rdap-help:https rdap-domain:https",
    .run = run_response,
    .codes = {{.code = "rdap.bad-status",
               .summary =
                   "the HTTP status is neither 200 nor 404, nor a redirect that HTTPS can follow",
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
    .version = 2,
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

const struct check *const checks_rdap_answer[] = {&queries, &response, NULL};
