/* Questions to others that must be answered if our own network is well: the root servers, over each
 * transport and each family, and an HTTPS address that the operator chose. Without them silence of
 * the target could be our own outage; their dates and signatures also tell whether our clock is
 * right. */
#include "measure/round.h"
#include "proto/dns/message.h"

static void ask_root(struct round *round, const struct hint *hint)
{
    static const uint16_t types[] = {DNS_SOA, DNS_DNSKEY};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct question question = {.purpose = PURPOSE_REFERENCE,
                                    .server = hint->name,
                                    .address = hint->address,
                                    .name = ".",
                                    .type = types[i],
                                    .dnssec_ok = true};
        question_ask(round, &question, /* done= */ NULL, /* user= */ NULL);
        question.tcp = true;
        question_ask(round, &question, /* done= */ NULL, /* user= */ NULL);
    }
}

void reference_start(struct round *round)
{
    static const enum address_family families[] = {ADDRESS_IPV4, ADDRESS_IPV6};
    const struct hint *hint;
    for (size_t f = 0; f < 2; f++) {
        for (size_t n = 0; n < REFERENCES_PER_FAMILY; n++) {
            if ((hint = hints_of_family(&round->hints, families[f], n)))
                ask_root(round, hint);
        }
    }
    if (!round->hints.count)
        round_failed(round, PURPOSE_REFERENCE, EXCHANGE_DNS_UDP, OUTCOME_OWN_FAILURE,
                     /* server= */ "");
    if (round->plan->reference_url) {
        struct fetch_item item = {PURPOSE_REFERENCE, round->plan->reference_url};
        fetch_start(round, &item, 1, /* accept= */ "*/*");
    }
}
