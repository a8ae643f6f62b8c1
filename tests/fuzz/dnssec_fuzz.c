/* A hostile DNSKEY answer: collecting and verifying ends within the budget. */
#include "base/arena.h"
#include "fuzz.h"
#include "proto/dns/dnssec.h"

enum { ARENA = 32 << 20, BUDGET = 50 };

static void verify(const struct dns_message *message, struct arena *arena)
{
    static const uint16_t types[] = {DNS_DNSKEY, DNS_SOA, DNS_NS, DNS_MX, DNS_SRV};
    struct dnssec_budget budget = {.left = BUDGET};
    struct dnssec_keys keys;
    struct dnssec_set set;
    struct dnssec_tally tally;
    if (dnssec_keys_collect(message, message->name, arena, &keys) < 0)
        return;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (dnssec_set_collect(message, DNS_ANSWER, message->name, types[i], arena, &set) >= 0)
            (void)dnssec_verify(&set, &keys, /* at= */ 0, &budget, &tally);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_message message;
    struct arena arena;
    if (dns_message_parse(data, size, &message) < 0)
        return 0;
    arena_init(&arena, ARENA);
    verify(&message, &arena);
    arena_done(&arena);
    return 0;
}
