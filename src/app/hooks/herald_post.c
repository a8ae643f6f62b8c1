/* What a herald does: looks a host up, looks at its addresses, and posts. */
#include "app/hooks/herald.h"

#include "base/clock.h"
#include "measure/plan.h"
#include "model/measurement.h"
#include "net/https.h"
#include "net/resolver.h"

#include <stdlib.h>

enum {
    CA_FILE_MAX = 16 << 20,
    NET_MAP_MAX = 4 << 20,
    CONNECT_MS = 5000, /* until TLS stands */
    TOTAL_MS = 10000,  /* a receiver that works longer says 202 first */
    ANSWER_MAX = 16 << 10,
    DNS_PORT = 53,
};

struct herald {
    struct net_loop loop;
    struct https_client *client;
    struct resolver *resolver;
    struct trust *trust;
    struct net_map map;
    bool laboratory, looping;
    struct arena arena; /* as long as the process */
};

/* --- what it has open --- */

static int load_trust(struct herald *herald, const char *path, struct error_detail *detail)
{
    struct buffer pem BUFFER_CLEANUP = {0};
    buffer_init(&pem, CA_FILE_MAX);
    int result = buffer_load_file(&pem, path);
    if (result < 0)
        return error_set(detail, result, "http.ca-file '%s': %s", path, error_text(result));
    result = trust_new(pem.data, pem.size, &herald->trust, detail);
    return result < 0 ? error_context(detail, result, "http.ca-file '%s'", path) : 0;
}

static int load_map(struct herald *herald, const char *path, struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP = {0};
    herald->laboratory = path[0] != '\0';
    if (!herald->laboratory)
        return 0;
    buffer_init(&text, NET_MAP_MAX);
    int result = buffer_load_file(&text, path);
    if (result < 0)
        return error_set(detail, result, "dns.net-map '%s': %s", path, error_text(result));
    return plan_read_map(buffer_text(&text), &herald->arena, &herald->map, detail);
}

static int load_resolver(struct herald *herald, const char *server, struct error_detail *detail)
{
    struct net_address address;
    struct endpoint endpoint;
    if (server[0] && net_address_parse(server, DNS_PORT, &address) < 0)
        return error_set(detail, ERR_SYNTAX, "hooks.resolver: '%s' is no ADDR#PORT", server);
    if (server[0])
        endpoint = endpoint_make(address.family == ADDRESS_IPV4 ? AF_INET : AF_INET6, address.bytes,
                                 address.port);
    int result = resolver_new(server[0] ? &endpoint : NULL, &herald->resolver);
    return result < 0
               ? error_set(detail, result, "hooks.resolver '%s': %s", server, error_text(result))
               : 0;
}

static int fill(struct herald *herald, char **arguments, struct error_detail *detail)
{
    int result = load_trust(herald, arguments[0], detail);
    if (result >= 0)
        result = load_resolver(herald, arguments[1], detail);
    if (result >= 0)
        result = load_map(herald, arguments[2], detail);
    if (result >= 0)
        result = net_loop_init(&herald->loop);
    herald->looping = result >= 0;
    return result < 0 ? result : https_client_new(&herald->loop, &herald->client);
}

int herald_open(char **arguments, struct herald **ret_herald, struct error_detail *detail)
{
    struct herald *herald = calloc(1, sizeof *herald);
    if (!herald)
        return ERR_NO_MEMORY;
    arena_init(&herald->arena, 2 * NET_MAP_MAX);
    trust_prepare();
    int result = fill(herald, arguments, detail);
    if (result >= 0)
        *ret_herald = herald;
    else
        herald_close(herald);
    return result;
}

void herald_close(struct herald *herald)
{
    if (herald->client)
        https_client_free(herald->client);
    if (herald->looping)
        net_loop_done(&herald->loop);
    resolver_free(herald->resolver);
    trust_free(herald->trust);
    arena_done(&herald->arena);
    free(herald);
}

/* --- sending --- */

struct sending {
    struct herald_reply reply;
    bool ended;
};

static enum herald_outcome outcome_of(enum net_outcome outcome)
{
    static const enum herald_outcome outcomes[] = {
        [NET_ANSWERED] = HERALD_ANSWERED,    [NET_TIMED_OUT] = HERALD_TIMED_OUT,
        [NET_REFUSED] = HERALD_REFUSED,      [NET_UNREACHABLE] = HERALD_UNREACHABLE,
        [NET_CLOSED] = HERALD_CLOSED,        [NET_TLS_FAILED] = HERALD_TLS_FAILED,
        [NET_UNMATCHED] = HERALD_UNREADABLE, [NET_TOO_LARGE] = HERALD_UNREADABLE,
        [NET_OWN_FAILURE] = HERALD_OURS,
    };
    return outcomes[outcome];
}

/* A final status is the receiver's word, whatever becomes of the rest of its answer. */
static void take_reply(void *user, const struct https_reply *reply)
{
    struct sending *sending = user;
    bool spoke = reply->status >= 200 && reply->outcome != NET_UNMATCHED;
    sending->reply.outcome = spoke ? HERALD_ANSWERED : outcome_of(reply->outcome);
    sending->reply.status = spoke ? reply->status : 0;
    sending->ended = true;
}

/* Only those that may be sent to, in the order of the answer. */
static size_t keep_allowed(const struct herald *herald, struct endpoint *list, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (herald->laboratory || !endpoint_is_special(&list[i]))
            list[kept++] = list[i];
    }
    return kept;
}

/* 1 with an address, else the outcome is in `sending`. */
static int find_address(struct herald *herald, const struct herald_request *request,
                        struct sending *sending, struct endpoint *ret_address)
{
    struct https_target target;
    struct endpoint list[RESOLVER_ADDRESSES_MAX];
    size_t count = 0;
    int result = https_parse_url(request->url, &target);
    if (result >= 0)
        result = resolver_find(herald->resolver, target.host, target.port, list, &count);
    size_t allowed = keep_allowed(herald, list, count);
    if (allowed == 0) {
        sending->reply.outcome = result == ERR_NOT_FOUND ? HERALD_NO_ADDRESS
                                 : result < 0            ? HERALD_OURS
                                                         : HERALD_SPECIAL;
        return 0;
    }
    *ret_address = list[request->turn % allowed];
    return 1;
}

void herald_post(struct herald *herald, const struct herald_request *request,
                 struct herald_reply *ret_reply)
{
    struct sending sending = {.reply = {.outcome = HERALD_OURS}};
    struct https_request question = {.url = request->url,
                                     .accept = "*/*",
                                     .agent = "bailiwick",
                                     .body = request->body,
                                     .body_size = request->size,
                                     .fields = request->fields,
                                     .connect_ms = CONNECT_MS,
                                     .total_ms = TOTAL_MS,
                                     .bytes_max = ANSWER_MAX,
                                     .trust = herald->trust,
                                     .map = &herald->map};
    int64_t begun = clock_mono();
    if (find_address(herald, request, &sending, &question.server) &&
        https_client_ask(herald->client, &question, take_reply, &sending) >= 0)
        net_loop_run(&herald->loop, &sending.ended);
    sending.reply.elapsed_us = clock_mono() - begun;
    *ret_reply = sending.reply;
}
