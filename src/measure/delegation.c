/* The delegation as the parent gives it: NS with glue, DS, and the parent's keys.
 *
 * The walk starts at the root servers. A top-level domain is delegated there, so everything is
 * asked at once. For a zone further down, the referral opens the next level (a zone on the way),
 * whose servers are asked the same; its DS stands in the referral, because every question has DO
 * set. */
#include "measure/round.h"
#include "proto/dns/message.h"
#include "proto/dns/name.h"
#include "proto/dns/rdata.h"

#include <string.h>

enum { LEVELS_MAX = 8 }; /* zones above the target; real names have two or three */

/* A zone on the way whose servers are asked. */
struct level {
    const char *zone;
    unsigned depth;
    unsigned asked[2]; /* servers, per family */
    struct level *next;
};

/* Whether this level must be the parent: the root of a top-level domain. Nobody else holds its DS.
 */
static bool is_certain_parent(const struct round *round, const struct level *level)
{
    return strcmp(level->zone, ".") == 0 && dns_name_labels(round->target) == 1;
}

/* Addresses of a name server that came along with the referral. */
static size_t take_glue(struct round *round, const struct dns_message *message, const char *name)
{
    struct dns_cursor cursor = dns_section(message, DNS_ADDITIONAL);
    struct dns_record record;
    size_t count = 0;
    while (count < ADDRESSES_MAX && dns_record_next(&cursor, &record)) {
        struct net_address address;
        if ((record.type != DNS_A && record.type != DNS_AAAA) || strcmp(record.name, name) != 0 ||
            dns_rdata_address(&record, &address) < 0)
            continue;
        apex_server(round, name, &address, /* from_glue= */ true);
        count++;
    }
    return count;
}

/* NS records stand in the authority section of a referral, or in the answer of a server that is
 * authoritative for both sides. */
static size_t take_servers(struct round *round, const struct dns_message *message,
                           enum dns_section section)
{
    struct dns_cursor cursor = dns_section(message, section);
    struct dns_record record;
    char name[DNS_NAME_TEXT];
    size_t count = 0;
    while (count < NS_NAMES_MAX && dns_record_next_of(&cursor, round->target, DNS_NS, &record)) {
        if (dns_rdata_name(&record, name) < 0)
            continue;
        if (take_glue(round, message, name) == 0)
            apex_name(round, name);
        count++;
    }
    return count;
}

static void ask_parent(struct round *round, struct level *level, const struct hint *server);

/* Has the servers of one name asked as the next level, up to the limit of each family. */
static void ask_level(struct round *round, struct level *level, const char *name,
                      const struct net_address *address)
{
    unsigned *asked = &level->asked[address->family == ADDRESS_IPV6];
    struct hint server = {name, *address};
    if (*asked >= PARENTS_PER_FAMILY)
        return;
    (*asked)++;
    ask_parent(round, level, &server);
}

struct named {
    struct level *level;
    const char *name;
};

static void take_level_addresses(struct round *round, void *user,
                                 const struct net_address *addresses, size_t count)
{
    const struct named *named = user;
    for (size_t i = 0; i < count; i++)
        ask_level(round, named->level, named->name, &addresses[i]);
}

/* Servers of a zone between the root and the target, from the referral to it. */
static void enter_level(struct round *round, struct level *level, const struct dns_message *message)
{
    struct dns_cursor servers = dns_section(message, DNS_AUTHORITY);
    struct dns_record record, glue;
    char name[DNS_NAME_TEXT];
    for (size_t i = 0;
         i < NS_NAMES_MAX && dns_record_next_of(&servers, level->zone, DNS_NS, &record); i++) {
        struct named *named = arena_alloc(round->arena, sizeof *named);
        if (!named || dns_rdata_name(&record, name) < 0)
            continue;
        *named = (struct named){level, arena_copy_text(round->arena, name)};
        struct dns_cursor additional = dns_section(message, DNS_ADDITIONAL);
        bool found = false;
        while (named->name && dns_record_next(&additional, &glue)) {
            struct net_address address;
            if ((glue.type != DNS_A && glue.type != DNS_AAAA) || strcmp(glue.name, name) != 0 ||
                dns_rdata_address(&glue, &address) < 0)
                continue;
            ask_level(round, level, named->name, &address);
            found = true;
        }
        if (named->name && !found && i < PARENTS_PER_FAMILY)
            resolve_host(round, named->name, take_level_addresses, named);
    }
}

/* Zone of a referral that leads from this level towards the target, "" for none. */
static void find_cut(const struct round *round, const struct level *level,
                     const struct dns_message *message, char zone[DNS_NAME_TEXT])
{
    struct dns_cursor cursor = dns_section(message, DNS_AUTHORITY);
    struct dns_record record;
    zone[0] = '\0';
    while (dns_record_next_of(&cursor, /* name= */ NULL, DNS_NS, &record)) {
        if (dns_name_is_under(round->target, record.name) &&
            dns_name_is_under(record.name, level->zone) && strcmp(record.name, level->zone) != 0) {
            memcpy(zone, record.name, strlen(record.name) + 1);
            return;
        }
    }
}

/* The first referral away from the target opens the next level; the others say the same. */
static void follow(struct round *round, struct level *level, const struct dns_message *message)
{
    char zone[DNS_NAME_TEXT];
    find_cut(round, level, message, zone);
    if (!zone[0] || level->next || level->depth >= LEVELS_MAX)
        return;
    struct level *next = arena_alloc(round->arena, sizeof *next);
    const char *copy = arena_copy_text(round->arena, zone);
    if (!next || !copy) {
        round->no_memory = true;
        return;
    }
    *next = (struct level){.zone = copy, .depth = level->depth + 1};
    level->next = next;
    enter_level(round, next, message);
}

static void ask_ds(struct round *round, const struct hint *server)
{
    struct question question = {.purpose = PURPOSE_PARENT,
                                .server = server->name,
                                .address = server->address,
                                .name = round->target,
                                .type = DNS_DS,
                                .dnssec_ok = true,
                                .fall_back = true};
    question_ask(round, &question, /* done= */ NULL, /* user= */ NULL);
}

/* One server of one level. */
struct parent {
    struct level *level;
    struct hint server;
};

static void take_referral(struct round *round, void *user, const struct exchange *exchange)
{
    const struct parent *parent = user;
    struct dns_message message;
    if (exchange->outcome != OUTCOME_ANSWERED ||
        dns_message_parse(exchange->received.data, exchange->received.size, &message) < 0)
        return;
    size_t count = take_servers(round, &message, DNS_ANSWER);
    count += take_servers(round, &message, DNS_AUTHORITY);
    if (!count)
        follow(round, parent->level, &message);
    else if (!is_certain_parent(round, parent->level) && strcmp(round->target, ".") != 0)
        ask_ds(round, &parent->server);
}

static void ask_parent(struct round *round, struct level *level, const struct hint *server)
{
    struct parent *parent = arena_alloc(round->arena, sizeof *parent);
    if (!parent) {
        round->no_memory = true;
        return;
    }
    *parent = (struct parent){level, *server};
    struct question question = {.purpose = PURPOSE_PARENT,
                                .server = server->name,
                                .address = server->address,
                                .name = round->target,
                                .type = DNS_NS,
                                .dnssec_ok = true,
                                .fall_back = true};
    question_ask(round, &question, take_referral, parent);
    if (is_certain_parent(round, level))
        ask_ds(round, server);
    question.name = level->zone;
    question.type = DNS_DNSKEY;
    question_ask(round, &question, /* done= */ NULL, /* user= */ NULL);
}

static void ask_given(struct round *round)
{
    for (size_t i = 0; i < round->plan->given_count; i++) {
        const struct survey_server *given = &round->plan->given[i];
        struct net_address address;
        if (given->address && net_address_parse(given->address, DNS_PORT, &address) >= 0)
            apex_server(round, given->name, &address, /* from_glue= */ false);
        else
            apex_name(round, given->name);
    }
}

void delegation_start(struct round *round)
{
    static const enum address_family families[] = {ADDRESS_IPV4, ADDRESS_IPV6};
    const struct hint *hint;
    if (round->plan->given_count) {
        ask_given(round);
        return;
    }
    struct level *root = arena_alloc(round->arena, sizeof *root);
    if (!root) {
        round->no_memory = true;
        return;
    }
    root->zone = ".";
    for (size_t n = 0; n < PARENTS_PER_FAMILY; n++) {
        for (size_t f = 0; f < 2; f++) {
            if ((hint = hints_of_family(&round->hints, families[f], n)))
                ask_parent(round, root, hint);
        }
    }
    if (!round->hints.count)
        round_failed(round, PURPOSE_PARENT, EXCHANGE_DNS_UDP, OUTCOME_OWN_FAILURE,
                     /* server= */ "");
}
