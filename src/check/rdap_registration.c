/* The check of one name that somebody asked about: is it registered, and by which registrar?
 *
 * It looks at measurements of a name alone (the target is the domain that RDAP was asked for),
 * never at a survey of a TLD, whose own nic name stands for no registration. A server that sends us
 * elsewhere has not answered: nobody else is asked. A 404 tells that a name is not registered only
 * where the server shows in the same measurement that it speaks RDAP: a web server that knows no
 * such path answers 404 too. */
#include "base/error.h"
#include "check/check.h"
#include "check/families.h"
#include "check/rdap_exchange.h"
#include "check/report.h"
#include "proto/dns/name.h"
#include "proto/http/response.h"
#include "proto/rdap/answer.h"
#include "proto/rdap/registration.h"

#include <string.h>

enum { STATUS_OK = 200, STATUS_NOT_FOUND = 404 };

/* What the answers over all addresses come to. */
struct looked_up {
    const char *name; /* normalised */
    size_t registered, absent, unclear;
    int last_status;
    struct rdap_registration registration; /* all zero where two differ */
    bool differ;
};

static bool parse(const struct exchange *exchange, struct http_response *ret_response)
{
    return exchange->outcome == OUTCOME_ANSWERED &&
           http_response_parse(exchange->received.data, exchange->received.size, ret_response) >= 0;
}

static bool has_rdap_type(const struct http_response *response)
{
    char type[HTTP_MEDIA_TYPE_TEXT];
    http_media_type(response, type);
    return strcmp(type, RDAP_MEDIA_TYPE) == 0;
}

/* Its help was answered as RFC 9083 7 has it, over any address. */
static bool speaks_rdap(const struct report *report)
{
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *exchange = rdap_exchange_at(report, i);
        struct http_response response;
        struct rdap_answer answer;
        if (exchange == NULL || exchange->purpose != PURPOSE_RDAP_HELP ||
            !parse(exchange, &response) || response.status != STATUS_OK)
            continue;
        rdap_answer_read(response.body.data, response.body.size, &answer);
        if (answer.body == RDAP_BODY_READ && answer.conformance)
            return true;
    }
    return false;
}

static void take_registration(const struct http_response *response, struct looked_up *looked_up)
{
    struct rdap_answer answer;
    struct rdap_registration registration;
    rdap_answer_read(response->body.data, response->body.size, &answer);
    if (answer.body != RDAP_BODY_READ || strcmp(answer.object_class, "domain") != 0 ||
        strcmp(answer.ldh_name, looked_up->name) != 0) {
        looked_up->unclear++;
        return;
    }
    rdap_registration_read(response->body.data, response->body.size, &registration);
    if (looked_up->registered++ > 0 &&
        (registration.registrar != looked_up->registration.registrar ||
         registration.statuses != looked_up->registration.statuses ||
         registration.abuse_contact != looked_up->registration.abuse_contact))
        looked_up->differ = true;
    looked_up->registration = registration;
}

static void take_answer(const struct report *report, const struct exchange *exchange,
                        struct looked_up *looked_up)
{
    struct http_response response;
    bool readable = parse(exchange, &response);
    if (!readable) {
        looked_up->unclear += exchange->outcome == OUTCOME_ANSWERED;
        return;
    }
    looked_up->last_status = response.status;
    if (response.status == STATUS_OK)
        take_registration(&response, looked_up);
    else if (response.status == STATUS_NOT_FOUND &&
             (has_rdap_type(&response) || speaks_rdap(report)))
        looked_up->absent++;
    else
        looked_up->unclear++;
}

/* One that says that it is there outweighs one that answered nothing clear; to be absent, it must
 * be so wherever anybody answered. */
static enum sight not_registered(const struct looked_up *looked_up)
{
    if (looked_up->registered > 0)
        return looked_up->absent > 0 ? SIGHT_UNKNOWN : SIGHT_NOT_SEEN;
    return looked_up->absent > 0 && looked_up->unclear == 0 ? SIGHT_SEEN : SIGHT_UNKNOWN;
}

static enum sight missing(const struct looked_up *looked_up, bool there)
{
    if (not_registered(looked_up) == SIGHT_UNKNOWN || looked_up->differ)
        return SIGHT_UNKNOWN;
    return there ? SIGHT_NOT_SEEN : SIGHT_SEEN;
}

/* Of a registration nothing but what stands in rdap_registration. */
static void tell(struct report *report, const struct looked_up *looked_up)
{
    const struct rdap_registration *registration = &looked_up->registration;
    struct json_out *values = report_values(report);
    json_out_member_int(values, "status", looked_up->last_status);
    if (looked_up->registered == 0 || looked_up->differ)
        return;
    if (registration->registrar != RDAP_NO_REGISTRAR)
        json_out_member_int(values, "registrar", registration->registrar);
    json_out_member_bool(values, "abuse_contact", registration->abuse_contact);
    json_out_key(values, "statuses");
    json_out_array(values);
    for (unsigned i = 0; i < RDAP_STATUSES; i++) {
        if (registration->statuses & UINT32_C(1) << i)
            json_out_text(values, rdap_status_text(i));
    }
    json_out_end(values);
}

/* What is told of it rests on the same answers. */
static void cite_answers(struct report *report)
{
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *exchange = rdap_exchange_at(report, i);
        if (exchange != NULL && exchange->purpose == PURPOSE_RDAP_DOMAIN &&
            exchange->outcome == OUTCOME_ANSWERED)
            report_cite(report, exchange);
    }
}

static void run(struct report *report)
{
    const struct measurement *measurement = report->view->measurement;
    char name[DNS_NAME_TEXT];
    struct looked_up looked_up = {.name = name};
    if (!rdap_is_lookup(report) || dns_name_normalise(measurement->rdap_domain, name) < 0)
        return;
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *exchange = rdap_exchange_at(report, i);
        if (exchange != NULL && exchange->purpose == PURPOSE_RDAP_DOMAIN)
            take_answer(report, exchange, &looked_up);
    }
    cite_answers(report);
    tell(report, &looked_up);
    report_add(report, "rdap.not-registered", measurement->target, not_registered(&looked_up));
    if (not_registered(&looked_up) == SIGHT_SEEN)
        return;
    cite_answers(report);
    report_add(report, "rdap.registrar-missing", measurement->target,
               missing(&looked_up, looked_up.registration.registrar != RDAP_NO_REGISTRAR));
    cite_answers(report);
    report_add(report, "rdap.abuse-contact-missing", measurement->target,
               missing(&looked_up, looked_up.registration.abuse_contact));
}

static const struct check registration = {
    .id = "rdap.registration",
    .version = 1,
    .summary = "a name that was looked up is registered, by a registrar that is named and can be "
               "told of abuse",
    .family = FAMILY_RDAP,
    .needs = "rdap-help:https rdap-domain:https",
    .run = run,
    .codes = {{.code = "rdap.not-registered",
               .summary = "the name that was looked up is not registered",
               .rfc = "RFC 9082 3.1.3, RFC 7480 5.3",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "name-not-registered",
               .fixture_good = "name-registered"},
              {.code = "rdap.registrar-missing",
               .summary = "no registrar with an IANA Registrar ID is named for a registered name",
               .rfc = "RFC 9083 4.8, 10.2.4",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "name-without-registrar",
               .fixture_good = "name-registered"},
              {.code = "rdap.abuse-contact-missing",
               .summary = "no abuse contact that can be reached is named for a registered name",
               .rfc = "RFC 9083 5.1, 10.2.4",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "name-without-registrar",
               .fixture_good = "name-registered"}},
};

const struct check *const checks_rdap_registration[] = {&registration, NULL};
