/* The target's own servers: every address is asked the same questions over UDP and over TCP. */
#include "measure/round.h"
#include "proto/dns/message.h"
#include "proto/dns/name.h"

#include <string.h>

static void ask_both(struct round *round, struct question *question)
{
    question_done *done = question->type == DNS_SOA ? serial_heard : NULL;
    question->tcp = false;
    question_ask(round, question, done, /* user= */ NULL);
    question->tcp = true;
    question_ask(round, question, done, /* user= */ NULL);
}

static void ask_server(struct round *round, const struct measured_server *server)
{
    static const uint16_t types[] = {DNS_SOA, DNS_NS, DNS_DNSKEY};
    struct question question = {.purpose = PURPOSE_APEX,
                                .server = server->name,
                                .address = server->address,
                                .name = round->target,
                                .dnssec_ok = true};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        question.type = types[i];
        ask_both(round, &question);
    }
    question.purpose = PURPOSE_NXNAME;
    question.name = round->absent;
    question.type = DNS_A;
    ask_both(round, &question);
}

static bool is_known(const struct round *round, const char *name, const struct net_address *address)
{
    for (size_t i = 0; i < round->server_count; i++) {
        if (strcmp(round->servers[i].name, name) == 0 &&
            net_address_equal(&round->servers[i].address, address))
            return true;
    }
    return false;
}

void apex_server(struct round *round, const char *name, const struct net_address *address,
                 bool from_glue)
{
    if (round->over || is_known(round, name, address) ||
        round->server_count >= MEASUREMENT_SERVERS_MAX)
        return;
    const char *copy = arena_copy_text(round->arena, name);
    struct measured_server *server =
        copy ? arena_push(round->arena, &round->servers, &round->server_count, sizeof *server)
             : NULL;
    if (!server) {
        round->no_memory = true;
        return;
    }
    *server = (struct measured_server){.name = copy, .address = *address, .from_glue = from_glue};
    ask_server(round, server);
}

static void take_addresses(struct round *round, void *user, const struct net_address *addresses,
                           size_t count)
{
    const char *name = user;
    for (size_t i = 0; i < count; i++)
        apex_server(round, name, &addresses[i], /* from_glue= */ false);
    if (!count)
        round_failed(round, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_NO_ADDRESS, name);
}

void apex_name(struct round *round, const char *name)
{
    for (size_t i = 0; i < round->name_count; i++) {
        if (strcmp(round->names[i], name) == 0)
            return;
    }
    if (round->name_count == NS_NAMES_MAX)
        return;
    char *copy = arena_copy_text(round->arena, name);
    if (!copy) {
        round->no_memory = true;
        return;
    }
    round->names[round->name_count++] = copy;
    if (!round->hints.count)
        round_failed(round, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_OWN_FAILURE, copy);
    else
        resolve_host(round, copy, take_addresses, copy);
}
