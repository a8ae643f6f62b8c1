#include "measure/round.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

void round_hold(struct round *round)
{
    round->pending++;
}

void round_release(struct round *round)
{
    if (--round->pending == 0)
        net_timer_again(round->timer, /* milliseconds= */ 0, round_ended);
}

struct exchange *round_exchange(struct round *round, const struct exchange *fields)
{
    if (round->exchange_count >= MEASUREMENT_EXCHANGES_MAX)
        return NULL;
    struct exchange *exchange = arena_copy(round->arena, fields, sizeof *fields);
    struct exchange **place = exchange
                                  ? arena_push(round->arena, &round->exchanges,
                                               &round->exchange_count, sizeof(struct exchange *))
                                  : NULL;
    if (!place) {
        round->no_memory = true;
        return NULL;
    }
    *place = exchange;
    return exchange;
}

void round_failed(struct round *round, enum exchange_purpose purpose, enum exchange_kind kind,
                  enum exchange_outcome outcome, const char *server)
{
    round_exchange(round, &(struct exchange){
                              .kind = kind,
                              .purpose = purpose,
                              .outcome = outcome,
                              .server = server,
                              .started_us = clock_mono() - round->started_us,
                          });
}

static int compare_bytes(const struct bytes *a, const struct bytes *b)
{
    size_t size = a->size < b->size ? a->size : b->size;
    int order = size ? memcmp(a->data, b->data, size) : 0;
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

static int compare_addresses(const struct net_address *a, const struct net_address *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    int order = memcmp(a->bytes, b->bytes, sizeof a->bytes);
    return order ? order : (a->port > b->port) - (a->port < b->port);
}

/* What was asked, without the random id of a DNS message. */
static struct bytes asked(const struct exchange *exchange)
{
    const size_t id = exchange->kind == EXCHANGE_HTTPS ? 0 : 2;
    if (exchange->sent.size < id)
        return (struct bytes){0};
    return (struct bytes){exchange->sent.data + id, exchange->sent.size - id};
}

static int compare_exchanges(const void *left, const void *right)
{
    const struct exchange *a = *(const struct exchange *const *)left,
                          *b = *(const struct exchange *const *)right;
    if (a->purpose != b->purpose)
        return a->purpose < b->purpose ? -1 : 1;
    int order = strcmp(a->server, b->server);
    if (!order)
        order = compare_addresses(&a->address, &b->address);
    if (!order && a->kind != b->kind)
        order = a->kind < b->kind ? -1 : 1;
    if (!order && a->url && b->url)
        order = strcmp(a->url, b->url);
    if (!order) {
        struct bytes a_asked = asked(a), b_asked = asked(b);
        order = compare_bytes(&a_asked, &b_asked);
    }
    return order ? order : (a->started_us > b->started_us) - (a->started_us < b->started_us);
}

static int compare_servers(const void *left, const void *right)
{
    const struct measured_server *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : compare_addresses(&a->address, &b->address);
}

int round_finish(struct round *round, struct measurement *measurement)
{
    size_t count = round->exchange_count;
    struct exchange *exchanges = arena_array(round->arena, count + 1, sizeof *exchanges);
    if (!exchanges || round->no_memory)
        return ERR_NO_MEMORY;
    if (count)
        qsort(round->exchanges, count, sizeof *round->exchanges, compare_exchanges);
    if (round->server_count)
        qsort(round->servers, round->server_count, sizeof *round->servers, compare_servers);
    for (size_t i = 0; i < count; i++) {
        exchanges[i] = *round->exchanges[i];
        exchanges[i].id = (uint32_t)(i + 1);
    }
    measurement->exchanges = exchanges;
    measurement->exchange_count = count;
    measurement->servers = round->servers;
    measurement->server_count = round->server_count;
    return 0;
}

enum exchange_outcome round_outcome(enum net_outcome outcome)
{
    switch (outcome) {
    case NET_ANSWERED:
        return OUTCOME_ANSWERED;
    case NET_TIMED_OUT:
        return OUTCOME_TIMED_OUT;
    case NET_REFUSED:
        return OUTCOME_REFUSED;
    case NET_UNREACHABLE:
        return OUTCOME_UNREACHABLE;
    case NET_CLOSED:
        return OUTCOME_CLOSED;
    case NET_TLS_FAILED:
        return OUTCOME_TLS_FAILED;
    case NET_UNMATCHED:
        return OUTCOME_UNMATCHED;
    case NET_TOO_LARGE:
        return OUTCOME_TOO_LARGE;
    case NET_OWN_FAILURE:
        break;
    }
    return OUTCOME_OWN_FAILURE;
}

struct endpoint round_endpoint(const struct net_address *address)
{
    return endpoint_make(address->family == ADDRESS_IPV4 ? AF_INET : AF_INET6, address->bytes,
                         address->port);
}

bool round_may_ask(const struct round *round, const struct net_address *address)
{
    struct endpoint endpoint = round_endpoint(address);
    return round->laboratory || !endpoint_is_special(&endpoint);
}
