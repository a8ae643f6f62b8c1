/* The exchanges with RDAP servers, as the RDAP checks walk them. */
#ifndef BAILIWICK_CHECK_RDAP_EXCHANGE_H
#define BAILIWICK_CHECK_RDAP_EXCHANGE_H

#include "check/report.h"
#include "proto/http/response.h"

#include <stdbool.h>
#include <stddef.h>

/* Exchange number `i` of the measurement when it is a question to RDAP, else NULL. */
const struct exchange *rdap_exchange_at(const struct report *report, size_t i);
size_t rdap_exchange_count(const struct report *report); /* of all exchanges */

/* Is this no survey of a TLD but the look at one name, which may well not be registered? */
bool rdap_is_lookup(const struct report *report);

typedef bool rdap_same(const struct exchange *a, const struct exchange *b);
rdap_same rdap_same_address, rdap_same_url;

/* Is there no earlier exchange of the same subject, so that each is judged once? */
bool rdap_is_first(const struct report *report, size_t index, rdap_same *same);

/* "rdap.example/192.0.2.1", or the host alone when there was no address. */
const char *rdap_address_subject(struct report *report, const struct exchange *exchange);

/* Does this answer send us on to where HTTPS can follow (RFC 7480 5.2)? Not so when it is no
 * redirect at all, when it leads out of HTTPS, or when it is part of a loop that ends nowhere.
 * *ret_location is what it leads to, empty when it names nothing. */
bool rdap_leads_on(const struct report *report, const struct exchange *exchange,
                   const struct http_response *response, struct bytes *ret_location);

/* SEEN: the address did not answer while a reference did; NOT_SEEN: it took part (C1). */
enum sight rdap_unreachable(const struct report *report, const struct exchange *exchange);

#endif
