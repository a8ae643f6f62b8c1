#include "check/rdap_exchange.h"

#include "base/error.h"

#include <string.h>

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
