/* Root servers as a hints file gives them (RFC 9609 2; master file format, RFC 1035 5.1). */
#ifndef BAILIWICK_MEASURE_HINTS_H
#define BAILIWICK_MEASURE_HINTS_H

#include "model/measurement.h"

#include <stddef.h>

enum { HINTS_MAX = 64 }; /* thirteen names with two addresses are 26 */

struct hint {
    const char *name;
    struct net_address address;
};

struct hints {
    struct hint *items;
    size_t count;
};

/* Takes the A and AAAA records, in order; other lines are passed over. An empty result is no
 * failure: the survey then says that nothing could be asked. ERR_NO_MEMORY. */
int hints_parse(const struct bytes *text, struct arena *arena, struct hints *ret_hints);

/* The n-th hint of a family, NULL when there are fewer. */
const struct hint *hints_of_family(const struct hints *hints, enum address_family family, size_t n);

#endif
