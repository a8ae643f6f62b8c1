#include "check/reference.h"

#include "check/check.h"
#include "check/view.h"
#include "proto/dns/rdata.h"
#include "proto/http/response.h"
#include "proto/x509/certificate.h"

#define SECOND_US INT64_C(1000000) /* an HTTP date has no fraction */

static void doubt(struct view *view, const char *reason)
{
    view->clock = CLOCK_DOUBTED;
    view->clock_reason = reason;
}

static void confirm(struct view *view)
{
    if (view->clock == CLOCK_UNCONFIRMED)
        view->clock = CLOCK_CONFIRMED;
}

static void read_date(struct view *view, const struct exchange *exchange)
{
    struct http_response response;
    int64_t date, begun = view->measurement->observed_at + exchange->started_us;
    if (http_response_parse(exchange->received.data, exchange->received.size, &response) < 0 ||
        http_date(&response, &date) < 0)
        return;
    if (date + SECOND_US < begun - VIEW_CLOCK_TOLERANCE_US ||
        date > begun + exchange->elapsed_us + VIEW_CLOCK_TOLERANCE_US)
        doubt(view, "the date of a reference web server differs from our clock");
    else
        confirm(view);
}

static void read_signatures(struct view *view, const struct dns_message *message)
{
    struct dns_cursor cursor = dns_section(message, DNS_ANSWER);
    struct dns_record record;
    struct dns_rrsig rrsig;
    int64_t now = view->measurement->observed_at;
    while (dns_record_next_of(&cursor, /* name= */ NULL, DNS_RRSIG, &record)) {
        if (dns_rdata_rrsig(&record, &rrsig) < 0 || rrsig.type_covered != DNS_SOA)
            continue;
        if (now < dns_rrsig_instant(rrsig.inception, now) ||
            now > dns_rrsig_instant(rrsig.expiration, now))
            doubt(view, "our clock lies outside the time of a reference's signature");
        else
            confirm(view);
    }
}

static void mark_path(struct view *view, const struct exchange *exchange)
{
    bool ipv6 = exchange->address.family == ADDRESS_IPV6;
    if (exchange->address.family != ADDRESS_NONE && view->reference[ipv6][exchange->kind] == NULL)
        view->reference[ipv6][exchange->kind] = exchange;
}

void reference_read(struct view *view)
{
    view->clock_reason = CHECK_NO_REFERENCE_TIME;
    for (size_t i = 0; i < view->heard_count; i++) {
        const struct heard *heard = &view->heard[i];
        if (heard->exchange->purpose != PURPOSE_REFERENCE || heard->message == NULL)
            continue;
        mark_path(view, heard->exchange);
        read_signatures(view, heard->message);
    }
    for (size_t i = 0; i < view->measurement->exchange_count; i++) {
        const struct exchange *exchange = &view->measurement->exchanges[i];
        if (exchange->kind != EXCHANGE_HTTPS || exchange->purpose != PURPOSE_REFERENCE ||
            exchange->outcome != OUTCOME_ANSWERED)
            continue;
        mark_path(view, exchange);
        view->reference_tls |= exchange->tls_verify == CERTIFICATE_OK;
        read_date(view, exchange);
    }
}
