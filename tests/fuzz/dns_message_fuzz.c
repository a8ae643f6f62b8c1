/* Any bytes as a DNS message: reading ends, stays inside, and every record reader refuses or reads.
 */
#include "fuzz.h"
#include "proto/dns/message.h"
#include "proto/dns/rdata.h"

static void read_record(const struct dns_record *record)
{
    char name[DNS_NAME_TEXT];
    struct net_address address;
    struct dns_soa soa;
    struct dns_ds ds;
    struct dns_dnskey key;
    struct dns_rrsig rrsig;
    (void)dns_rdata_address(record, &address);
    (void)dns_rdata_name(record, name);
    (void)dns_rdata_soa(record, &soa);
    (void)dns_rdata_ds(record, &ds);
    (void)dns_rdata_dnskey(record, &key);
    (void)dns_rdata_rrsig(record, &rrsig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_message message;
    struct dns_record record;
    if (dns_message_parse(data, size, &message) < 0)
        return 0;
    for (int section = DNS_ANSWER; section < DNS_SECTIONS; section++) {
        struct dns_cursor cursor = dns_section(&message, (enum dns_section)section);
        unsigned count = 0;
        for (; dns_record_next(&cursor, &record); count++)
            read_record(&record);
        if (count != message.counts[section])
            __builtin_trap(); /* what was parsed once can be walked again */
    }
    return 0;
}
