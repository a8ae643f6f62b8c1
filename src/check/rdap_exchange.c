#include "check/rdap_exchange.h"

#include "base/error.h"

#include <string.h>
#include <strings.h>

enum { STATUS_REDIRECT = 300, STATUS_NOT_MODIFIED = 304, STATUS_CLIENT_ERROR = 400 };

static bool is_rdap(const struct exchange *exchange)
{
    return exchange->kind == EXCHANGE_HTTPS && exchange->url != NULL &&
           (exchange->purpose == PURPOSE_RDAP_HELP || exchange->purpose == PURPOSE_RDAP_DOMAIN);
}

const struct exchange *rdap_exchange_at(const struct report *report, size_t i)
{
    const struct exchange *exchange = &report->view->measurement->exchanges[i];
    return is_rdap(exchange) ? exchange : NULL;
}

size_t rdap_exchange_count(const struct report *report)
{
    return report->view->measurement->exchange_count;
}

bool rdap_is_lookup(const struct report *report)
{
    const struct measurement *measurement = report->view->measurement;
    return measurement->rdap_domain != NULL && measurement->server_count == 0 &&
           strcmp(measurement->rdap_domain, measurement->target) == 0;
}

bool rdap_same_address(const struct exchange *a, const struct exchange *b)
{
    return strcmp(a->server, b->server) == 0 && net_address_equal(&a->address, &b->address);
}

bool rdap_same_url(const struct exchange *a, const struct exchange *b)
{
    return strcmp(a->url, b->url) == 0;
}

/* Is there no earlier exchange of the same subject, so that each is judged once? */
bool rdap_is_first(const struct report *report, size_t index, rdap_same *same)
{
    const struct exchange *exchange = rdap_exchange_at(report, index);
    for (size_t i = 0; i < index; i++) {
        const struct exchange *earlier = rdap_exchange_at(report, i);
        if (earlier != NULL && same(earlier, exchange))
            return false;
    }
    return true;
}

const char *rdap_address_subject(struct report *report, const struct exchange *exchange)
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

enum sight rdap_unreachable(const struct report *report, const struct exchange *exchange)
{
    if (was_reached(exchange))
        return SIGHT_NOT_SEEN;
    if (view_own_failure(exchange))
        return SIGHT_UNKNOWN;
    return view_silence(report->view, exchange->address.family, EXCHANGE_HTTPS);
}

/* A 304 is none: nothing that we ask is conditional (RFC 9110 15.4.5). */
static bool is_redirect(const struct http_response *response, struct bytes *ret_location)
{
    int status = response->status;
    return status >= STATUS_REDIRECT && status < STATUS_CLIENT_ERROR &&
           status != STATUS_NOT_MODIFIED && http_field_find(response, "Location", ret_location) &&
           ret_location->size > 0;
}

/* Is there a scheme (RFC 3986 3.1), and another than https? A relative reference has none. */
static bool leaves_https(const struct bytes *location)
{
    static const char scheme[] = "https:";
    const uint8_t *colon = memchr(location->data, ':', location->size);
    if (colon == NULL)
        return false;
    for (const uint8_t *at = location->data; at < colon; at++) {
        if (memchr("/?#", *at, 3) != NULL)
            return false;
    }
    return location->size < sizeof scheme - 1 ||
           strncasecmp((const char *)location->data, scheme, sizeof scheme - 1) != 0;
}

/* A survey asks one address of each family, and a URL again only when it was led back to it.
 * Nothing is said of a chain that ended in anything but a redirect. */
static bool in_loop(const struct report *report, const struct exchange *exchange)
{
    size_t visits = 0;
    for (size_t i = 0; i < rdap_exchange_count(report); i++) {
        const struct exchange *other = rdap_exchange_at(report, i);
        struct http_response response;
        struct bytes location;
        if (other == NULL || other->purpose != exchange->purpose ||
            other->address.family != exchange->address.family)
            continue;
        if (other->outcome != OUTCOME_ANSWERED ||
            http_response_parse(other->received.data, other->received.size, &response) < 0 ||
            !is_redirect(&response, &location))
            return false;
        visits += rdap_same_url(exchange, other);
    }
    return visits > 1;
}

bool rdap_leads_on(const struct report *report, const struct exchange *exchange,
                   const struct http_response *response, struct bytes *ret_location)
{
    struct bytes location = {.size = 0};
    bool redirect = is_redirect(response, &location);
    *ret_location = location;
    return redirect && !leaves_https(&location) && !in_loop(report, exchange);
}
