/* The delegation as the parent gives it: NS with glue, DS, and the parent's keys. */
#include "measure/round.h"
#include "proto/dns/message.h"
#include "proto/dns/rdata.h"

#include <string.h>

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
static void take_servers(struct round *round, const struct dns_message *message,
                         enum dns_section section)
{
    struct dns_cursor cursor = dns_section(message, section);
    struct dns_record record;
    char name[DNS_NAME_TEXT];
    for (size_t i = 0;
         i < NS_NAMES_MAX && dns_record_next_of(&cursor, round->target, DNS_NS, &record); i++) {
        if (dns_rdata_name(&record, name) < 0)
            continue;
        if (take_glue(round, message, name) == 0)
            apex_name(round, name);
    }
}

static void take_referral(struct round *round, void *user, const struct exchange *exchange)
{
    struct dns_message message;
    (void)user;
    if (exchange->outcome != OUTCOME_ANSWERED ||
        dns_message_parse(exchange->received.data, exchange->received.size, &message) < 0)
        return;
    take_servers(round, &message, DNS_ANSWER);
    take_servers(round, &message, DNS_AUTHORITY);
}

static void ask_parent(struct round *round, const struct hint *hint)
{
    struct question question = {.purpose = PURPOSE_PARENT,
                                .server = hint->name,
                                .address = hint->address,
                                .name = round->target,
                                .type = DNS_NS,
                                .dnssec_ok = true,
                                .fall_back = true};
    question_ask(round, &question, take_referral, /* user= */ NULL);
    if (strcmp(round->target, ".") != 0) {
        question.type = DNS_DS;
        question_ask(round, &question, /* done= */ NULL, /* user= */ NULL);
    }
    question.name = ".";
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
    for (size_t n = 0; n < PARENTS_PER_FAMILY; n++) {
        for (size_t f = 0; f < 2; f++) {
            if ((hint = hints_of_family(&round->hints, families[f], n)))
                ask_parent(round, hint);
        }
    }
    if (!round->hints.count)
        round_failed(round, PURPOSE_PARENT, EXCHANGE_DNS_UDP, OUTCOME_OWN_FAILURE,
                     /* server= */ "");
}
