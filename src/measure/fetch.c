/* HTTPS questions of a round: finds the host's addresses, asks over each family, follows redirects
 * step by step, each step being an exchange. */
#include "base/clock.h"
#include "measure/round.h"
#include "proto/dns/name.h"

#include <string.h>

enum { ITEMS_MAX = 4 };

/* URLs of one host that wait for its addresses. */
struct fetch {
    struct fetch_item items[ITEMS_MAX];
    size_t count;
    const char *accept;
    struct https_target target;
    const char *host; /* in the form of a domain name */
    unsigned redirects;
    enum address_family only; /* after a redirect: the family it came over; ADDRESS_NONE: both */
};

/* One request under way. */
struct getting {
    struct round *round;
    const struct fetch *fetch;
    enum exchange_purpose purpose;
    struct exchange *exchange;
};

static void fetch_prepared(struct round *round, struct fetch *fetch);

static struct bytes keep(struct round *round, const uint8_t *data, size_t size)
{
    const uint8_t *copy = size ? arena_copy(round->arena, data, size) : NULL;
    if (size && !copy)
        round->no_memory = true;
    return (struct bytes){copy, copy ? size : 0};
}

static void keep_chain(struct round *round, const struct https_reply *reply,
                       struct exchange *exchange)
{
    if (!reply->chain_count)
        return;
    exchange->chain = arena_array(round->arena, reply->chain_count, sizeof *exchange->chain);
    if (!exchange->chain) {
        round->no_memory = true;
        return;
    }
    for (size_t i = 0; i < reply->chain_count; i++)
        exchange->chain[i] = keep(round, reply->chain[i].data, reply->chain[i].size);
    exchange->chain_count = reply->chain_count;
}

static struct fetch *make_fetch(struct round *round, const struct fetch_item *items, size_t count,
                                const char *accept)
{
    struct fetch *fetch = arena_alloc(round->arena, sizeof *fetch);
    char host[DNS_NAME_TEXT];
    if (!fetch || count > ITEMS_MAX || https_parse_url(items[0].url, &fetch->target) < 0)
        return NULL;
    bool is_name = dns_name_normalise(fetch->target.host, host) >= 0;
    fetch->host = arena_copy_text(round->arena, is_name ? host : fetch->target.host);
    fetch->accept = accept;
    fetch->count = count;
    for (size_t i = 0; i < count; i++) {
        fetch->items[i].purpose = items[i].purpose;
        fetch->items[i].url = arena_copy_text(round->arena, items[i].url);
        if (!fetch->items[i].url)
            return NULL;
    }
    return fetch->host ? fetch : NULL;
}

static void follow_redirect(struct getting *getting, const char *url)
{
    struct round *round = getting->round;
    struct fetch_item item = {getting->purpose, url};
    if (round->over || round->plan->lookup || getting->fetch->redirects >= REDIRECTS_MAX)
        return;
    /* Only https is followed; the answer that told otherwise is recorded. */
    struct fetch *fetch = make_fetch(round, &item, 1, getting->fetch->accept);
    if (!fetch)
        return;
    fetch->redirects = getting->fetch->redirects + 1;
    fetch->only = getting->exchange->address.family;
    fetch_prepared(round, fetch);
}

static void take_reply(void *user, const struct https_reply *reply)
{
    struct getting *getting = user;
    struct round *round = getting->round;
    struct exchange *exchange = getting->exchange;
    exchange->outcome = round_outcome(reply->outcome);
    exchange->started_us = reply->started_us - round->started_us;
    exchange->elapsed_us = reply->elapsed_us;
    exchange->tries = 1;
    exchange->sent = keep(round, reply->sent, reply->sent_size);
    exchange->received = keep(round, reply->received, reply->received_size);
    exchange->tls_version =
        reply->tls_version ? arena_copy_text(round->arena, reply->tls_version) : NULL;
    exchange->tls_verify = reply->tls_verify;
    keep_chain(round, reply, exchange);
    if (reply->outcome == NET_ANSWERED && reply->redirect)
        follow_redirect(getting, reply->redirect);
    round_release(round);
}

static void get(struct round *round, const struct fetch *fetch, const struct fetch_item *item,
                const struct net_address *address)
{
    struct getting *getting = arena_alloc(round->arena, sizeof *getting);
    struct exchange *exchange = round_exchange(round, &(struct exchange){
                                                          .kind = EXCHANGE_HTTPS,
                                                          .purpose = item->purpose,
                                                          .outcome = OUTCOME_OWN_FAILURE,
                                                          .server = fetch->host,
                                                          .address = *address,
                                                          .url = item->url,
                                                      });
    if (!getting || !exchange)
        return;
    if (!round_may_ask(round, address)) {
        exchange->outcome = OUTCOME_UNREACHABLE;
        return;
    }
    *getting = (struct getting){round, fetch, item->purpose, exchange};
    struct https_request request = {.url = item->url,
                                    .server = round_endpoint(address),
                                    .accept = fetch->accept,
                                    .agent = round->plan->tool,
                                    .connect_ms = round->limits.https_connect_ms,
                                    .total_ms = round->limits.https_total_ms,
                                    .bytes_max = EXCHANGE_BYTES_MAX,
                                    .owner = round,
                                    .trust = round->trust,
                                    .map = &round->map};
    if (https_client_ask(round->surveyor->https, &request, take_reply, getting) >= 0)
        round_hold(round);
}

static void fail_all(struct round *round, const struct fetch *fetch, enum exchange_outcome outcome)
{
    for (size_t i = 0; i < fetch->count; i++) {
        struct exchange *exchange =
            round_exchange(round, &(struct exchange){
                                      .kind = EXCHANGE_HTTPS,
                                      .purpose = fetch->items[i].purpose,
                                      .outcome = outcome,
                                      .server = fetch->host,
                                      .started_us = clock_mono() - round->started_us,
                                      .url = fetch->items[i].url,
                                  });
        if (!exchange)
            return;
    }
}

/* The first address of each family is asked. */
static void take_addresses(struct round *round, void *user, const struct net_address *addresses,
                           size_t count)
{
    const struct fetch *fetch = user;
    bool asked[2] = {false, false}, any = false;
    for (size_t a = 0; a < count && !round->over; a++) {
        struct net_address address = addresses[a];
        bool *family = &asked[address.family == ADDRESS_IPV6];
        if (*family || (fetch->only != ADDRESS_NONE && fetch->only != address.family))
            continue;
        *family = any = true;
        address.port = fetch->target.port;
        for (size_t i = 0; i < fetch->count; i++)
            get(round, fetch, &fetch->items[i], &address);
    }
    if (!any)
        fail_all(round, fetch, round->over ? OUTCOME_OWN_FAILURE : OUTCOME_NO_ADDRESS);
}

static void fetch_prepared(struct round *round, struct fetch *fetch)
{
    struct net_address literal;
    if (!round->trust)
        fail_all(round, fetch, OUTCOME_OWN_FAILURE);
    else if (net_address_parse(fetch->host, fetch->target.port, &literal) >= 0)
        take_addresses(round, fetch, &literal, 1);
    else if (!round->hints.count)
        fail_all(round, fetch, OUTCOME_OWN_FAILURE);
    else
        resolve_host(round, fetch->host, take_addresses, fetch);
}

void fetch_start(struct round *round, const struct fetch_item *items, size_t count,
                 const char *accept)
{
    struct fetch *fetch = make_fetch(round, items, count, accept);
    if (fetch)
        fetch_prepared(round, fetch);
    else
        round_failed(round, items[0].purpose, EXCHANGE_HTTPS, OUTCOME_OWN_FAILURE,
                     /* server= */ "");
}
