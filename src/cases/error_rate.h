/* How often a decision was wrong, as a sample shows it: with the 95 % interval of Wilson (E. B.
 * Wilson 1927, "Probable inference, the law of succession, and statistical inference"), which holds
 * for samples of ten too. Pure. */
#ifndef BAILIWICK_CASES_ERROR_RATE_H
#define BAILIWICK_CASES_ERROR_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct error_rate {
    int low, is, high; /* per mille */
};

/* `wrong` of `of`, at most 2^40. False for a sample of none, which says nothing. */
bool error_rate_of(int64_t wrong, int64_t of, struct error_rate *ret_rate);

#endif
