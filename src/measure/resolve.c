/* A small iterative resolver (RFC 1034 5.3.3), from the root servers of the hints down.
 *
 * One resolution walks with the question for A; at each zone cut it asks up to two servers at once
 * and moves on with the first usable answer. Where A was answered, AAAA is asked of the same
 * server. Nothing is believed beyond what the walk needs: glue only for the names of the referral
 * just followed, answers only for the name asked. Everything is bounded: cuts, aliases, servers
 * without glue inside each other, time, and the questions of a whole round. */
#include "base/clock.h"
#include "measure/round.h"
#include "proto/dns/message.h"
#include "proto/dns/name.h"
#include "proto/dns/rdata.h"

#include <string.h>

enum {
    CUTS_MAX = 12,           /* zone cuts on the way to one name */
    ALIASES_MAX = 8,         /* CNAME records followed for one host */
    NESTING_MAX = 3,         /* name servers that must themselves be resolved */
    SERVERS_TRIED_MAX = 8,   /* of one zone */
    AT_ONCE = 2,             /* servers asked side by side */
    RESOLUTION_US = 4500000, /* a survey without network must end soon */
};

struct resolution {
    struct round *round;
    const char *name; /* changes with aliases */
    const char *zone; /* whose servers are being asked */
    struct hint servers[SERVERS_TRIED_MAX];
    size_t server_count, next;
    unsigned level; /* counts walks and cuts, so that late answers are known as such */
    unsigned cuts, aliases, nesting;
    unsigned in_flight;
    bool ended;
    int64_t started_us;
    struct net_address addresses[2 * ADDRESSES_MAX];
    size_t address_count;
    resolve_done *done;
    void *user;
};

/* One question of a resolution. */
struct step {
    struct resolution *resolution;
    unsigned level;
    struct hint server;
};

static void ask_next_servers(struct resolution *resolution);
static void start_resolution(struct round *round, const char *name, unsigned nesting,
                             resolve_done *done, void *user);

static void end(struct resolution *resolution)
{
    if (resolution->ended)
        return;
    resolution->ended = true;
    resolution->done(resolution->round, resolution->user, resolution->addresses,
                     resolution->address_count);
}

static bool ask(struct resolution *resolution, const struct hint *server, uint16_t type,
                question_done *done)
{
    struct round *round = resolution->round;
    struct step *step = arena_alloc(round->arena, sizeof *step);
    if (!step || round->resolutions >= RESOLUTIONS_MAX)
        return false;
    round->resolutions++;
    *step = (struct step){resolution, resolution->level, *server};
    struct question question = {.purpose = PURPOSE_RESOLVE,
                                .server = server->name,
                                .address = server->address,
                                .name = resolution->name,
                                .type = type,
                                .fall_back = true,
                                .hasty = true};
    return question_ask(round, &question, done, step);
}

/* --- answers --- */

/* Follows aliases inside the answer section. Returns false when the name left it or loops. */
static bool follow_aliases(struct resolution *resolution, const struct dns_message *message,
                           char name[DNS_NAME_TEXT])
{
    struct dns_record record;
    memcpy(name, resolution->name, strlen(resolution->name) + 1);
    for (;;) {
        struct dns_cursor cursor = dns_section(message, DNS_ANSWER);
        if (!dns_record_next_of(&cursor, name, DNS_CNAME, &record))
            return true;
        if (++resolution->aliases > ALIASES_MAX || dns_rdata_name(&record, name) < 0)
            return false;
    }
}

static size_t take_addresses(struct resolution *resolution, const struct dns_message *message,
                             const char *name, uint16_t type)
{
    struct dns_cursor cursor = dns_section(message, DNS_ANSWER);
    struct dns_record record;
    size_t count = 0;
    while (count < ADDRESSES_MAX && resolution->address_count < 2 * ADDRESSES_MAX &&
           dns_record_next_of(&cursor, name, type, &record)) {
        struct net_address *address = &resolution->addresses[resolution->address_count];
        if (dns_rdata_address(&record, address) < 0)
            continue;
        resolution->address_count++;
        count++;
    }
    return count;
}

static void take_ipv6(struct round *round, void *user, const struct exchange *exchange)
{
    struct step *step = user;
    struct dns_message message;
    (void)round;
    if (exchange->outcome == OUTCOME_ANSWERED &&
        dns_message_parse(exchange->received.data, exchange->received.size, &message) >= 0)
        take_addresses(step->resolution, &message, step->resolution->name, DNS_AAAA);
    end(step->resolution);
}

/* The walk arrived: the other family is asked where this one was answered. */
static void ask_ipv6(struct resolution *resolution, const struct hint *server)
{
    resolution->level++; /* what is still under way is late */
    if (!ask(resolution, server, DNS_AAAA, take_ipv6))
        end(resolution);
}

static void walk_from_root(struct resolution *resolution, const char *name)
{
    static const enum address_family families[] = {ADDRESS_IPV4, ADDRESS_IPV6};
    const struct hint *hint;
    resolution->name = arena_copy_text(resolution->round->arena, name);
    resolution->zone = ".";
    resolution->server_count = resolution->next = 0;
    resolution->in_flight = 0;
    resolution->level++;
    for (size_t n = 0; n < SERVERS_TRIED_MAX / 2; n++) {
        for (size_t f = 0; f < 2; f++) {
            if ((hint = hints_of_family(&resolution->round->hints, families[f], n)))
                resolution->servers[resolution->server_count++] = *hint;
        }
    }
    if (resolution->name)
        ask_next_servers(resolution);
    else
        end(resolution);
}

/* --- referrals --- */

/* Owner of the NS records in the authority section that lead towards the name, or false. */
static bool find_cut(const struct resolution *resolution, const struct dns_message *message,
                     char zone[DNS_NAME_TEXT])
{
    struct dns_cursor cursor = dns_section(message, DNS_AUTHORITY);
    struct dns_record record;
    while (dns_record_next_of(&cursor, /* name= */ NULL, DNS_NS, &record)) {
        if (dns_name_is_under(resolution->name, record.name) &&
            dns_name_is_under(record.name, resolution->zone) &&
            strcmp(record.name, resolution->zone) != 0) {
            memcpy(zone, record.name, strlen(record.name) + 1);
            return true;
        }
    }
    return false;
}

static void take_glue(struct resolution *resolution, const struct dns_message *message,
                      const char *name)
{
    struct dns_cursor cursor = dns_section(message, DNS_ADDITIONAL);
    struct dns_record record;
    const char *copy = NULL;
    while (resolution->server_count < SERVERS_TRIED_MAX && dns_record_next(&cursor, &record)) {
        struct net_address address;
        if ((record.type != DNS_A && record.type != DNS_AAAA) || strcmp(record.name, name) != 0 ||
            dns_rdata_address(&record, &address) < 0)
            continue;
        if (!copy && !(copy = arena_copy_text(resolution->round->arena, name)))
            return;
        resolution->servers[resolution->server_count++] = (struct hint){copy, address};
    }
}

/* The addresses of a name server that came without glue. */
struct nested {
    struct resolution *resolution;
    const char *name;
    unsigned level;
};

static void take_nested(struct round *round, void *user, const struct net_address *addresses,
                        size_t count)
{
    struct nested *nested = user;
    struct resolution *resolution = nested->resolution;
    (void)round;
    if (resolution->ended || resolution->level != nested->level)
        return;
    for (size_t i = 0; i < count && resolution->server_count < SERVERS_TRIED_MAX; i++)
        resolution->servers[resolution->server_count++] = (struct hint){nested->name, addresses[i]};
    ask_next_servers(resolution);
}

static void resolve_server(struct resolution *resolution, const char *name)
{
    struct round *round = resolution->round;
    struct nested *nested = arena_alloc(round->arena, sizeof *nested);
    const char *copy = arena_copy_text(round->arena, name);
    /* Servers inside their own zone cannot be found without glue. */
    if (!nested || !copy || resolution->nesting >= NESTING_MAX ||
        dns_name_is_under(name, resolution->zone)) {
        end(resolution);
        return;
    }
    *nested = (struct nested){resolution, copy, resolution->level};
    start_resolution(round, copy, resolution->nesting + 1, take_nested, nested);
}

static void follow_cut(struct resolution *resolution, const struct dns_message *message,
                       const char *zone)
{
    struct dns_cursor cursor = dns_section(message, DNS_AUTHORITY);
    struct dns_record record;
    char name[DNS_NAME_TEXT], first[DNS_NAME_TEXT] = "";
    resolution->level++;
    resolution->cuts++;
    resolution->in_flight = 0;
    resolution->server_count = resolution->next = 0;
    resolution->zone = arena_copy_text(resolution->round->arena, zone);
    if (!resolution->zone || resolution->cuts > CUTS_MAX) {
        end(resolution);
        return;
    }
    while (dns_record_next_of(&cursor, zone, DNS_NS, &record)) {
        if (dns_rdata_name(&record, name) < 0)
            continue;
        if (!first[0] && !dns_name_is_under(name, zone))
            memcpy(first, name, strlen(name) + 1);
        take_glue(resolution, message, name);
    }
    if (!resolution->server_count && first[0])
        resolve_server(resolution, first);
    else
        ask_next_servers(resolution);
}

/* True when the answer moved the resolution on. */
static bool use_answer(struct step *step, const struct dns_message *message)
{
    struct resolution *resolution = step->resolution;
    char name[DNS_NAME_TEXT];
    if (message->rcode == DNS_NXDOMAIN && message->authoritative) {
        end(resolution);
        return true;
    }
    if (message->rcode != DNS_NOERROR)
        return false;
    if (!follow_aliases(resolution, message, name)) {
        end(resolution);
        return true;
    }
    bool found = take_addresses(resolution, message, name, DNS_A) > 0;
    if (!found && strcmp(name, resolution->name) != 0) {
        walk_from_root(resolution, name);
        return true;
    }
    if (found || message->authoritative) {
        resolution->name = arena_copy_text(resolution->round->arena, name);
        if (resolution->name)
            ask_ipv6(resolution, &step->server);
        else
            end(resolution);
        return true;
    }
    if (!find_cut(resolution, message, name))
        return false;
    follow_cut(resolution, message, name);
    return true;
}

static void take_answer(struct round *round, void *user, const struct exchange *exchange)
{
    struct step *step = user;
    struct resolution *resolution = step->resolution;
    struct dns_message message;
    (void)round;
    if (resolution->ended || resolution->level != step->level)
        return;
    resolution->in_flight--;
    if (exchange->outcome == OUTCOME_ANSWERED &&
        dns_message_parse(exchange->received.data, exchange->received.size, &message) >= 0 &&
        use_answer(step, &message))
        return;
    if (resolution->in_flight == 0)
        ask_next_servers(resolution);
}

static void ask_next_servers(struct resolution *resolution)
{
    bool late = clock_mono() - resolution->started_us > RESOLUTION_US;
    while (!late && resolution->in_flight < AT_ONCE &&
           resolution->next < resolution->server_count) {
        struct hint server = resolution->servers[resolution->next++];
        if (ask(resolution, &server, DNS_A, take_answer))
            resolution->in_flight++;
    }
    if (resolution->in_flight == 0)
        end(resolution);
}

static void start_resolution(struct round *round, const char *name, unsigned nesting,
                             resolve_done *done, void *user)
{
    struct resolution *resolution = arena_alloc(round->arena, sizeof *resolution);
    if (!resolution) {
        round->no_memory = true;
        done(round, user, /* addresses= */ NULL, 0);
        return;
    }
    *resolution = (struct resolution){
        .round = round, .nesting = nesting, .started_us = clock_mono(), .done = done, .user = user};
    walk_from_root(resolution, name);
}

void resolve_host(struct round *round, const char *name, resolve_done *done, void *user)
{
    start_resolution(round, name, /* nesting= */ 0, done, user);
}
