#include "proto/dns/query.h"

#include "base/error.h"

#include <string.h>

enum { FLAG_RECURSION_DESIRED = 0x0100, EDNS_DNSSEC_OK = 0x8000 };

static void put_u16(struct dns_query *query, uint16_t value)
{
    query->data[query->size++] = (uint8_t)(value >> 8);
    query->data[query->size++] = (uint8_t)value;
}

static void put_edns(struct dns_query *query, const struct dns_question *question)
{
    query->data[query->size++] = 0; /* owned by the root */
    put_u16(query, DNS_OPT);
    put_u16(query, question->edns_size);
    put_u16(query, /* extended RCODE and version */ 0);
    put_u16(query, question->dnssec_ok ? EDNS_DNSSEC_OK : 0);
    put_u16(query, /* no options */ 0);
}

int dns_query_build(const struct dns_question *question, struct dns_query *ret_query)
{
    struct dns_query query = {.size = 0};
    uint8_t name[DNS_NAME_WIRE];
    size_t name_size;
    int result = dns_name_encode(question->name, name, &name_size);
    if (result < 0)
        return result;
    put_u16(&query, question->id);
    put_u16(&query, question->recursion_desired ? FLAG_RECURSION_DESIRED : 0);
    put_u16(&query, /* questions */ 1);
    put_u16(&query, /* answers */ 0);
    put_u16(&query, /* authorities */ 0);
    put_u16(&query, /* additional */ question->edns_size != 0);
    memcpy(query.data + query.size, name, name_size);
    query.size += name_size;
    put_u16(&query, question->type);
    put_u16(&query, DNS_CLASS_IN);
    if (question->edns_size != 0)
        put_edns(&query, question);
    *ret_query = query;
    return 0;
}
