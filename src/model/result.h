/* What a check says of one measurement. A check never says "met": it says whether it saw what a
 * code names, on which subject, resting on which exchanges. */
#ifndef BAILIWICK_MODEL_RESULT_H
#define BAILIWICK_MODEL_RESULT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "model/verdict.h"

#include <stddef.h>
#include <stdint.h>

struct result {
    const char *check; /* id of the check, such as "dns.soa-serial" */
    int version;       /* of the check */
    enum sight sight;
    const char *code;    /* such as "dns.serial-differs" */
    const char *subject; /* what it is about: the TLD, "ns1.example/192.0.2.1", a URL */
    const char *values;  /* one JSON object with what was expected and observed, "{}" at least */
    uint32_t *exchanges; /* ids in the measurement, ascending */
    size_t exchange_count;
};

/* All results of one measurement, sorted by check, code and subject. */
struct result_set {
    const char *evidence; /* id of the measurement, hexadecimal */
    const char *vantage;
    int64_t observed_at;
    struct result *results;
    size_t count;
    const char *target; /* of the measurement */
};

enum { RESULTS_MAX = 200000 }; /* of one measurement: codes x servers, far above any real zone */

/* The form in which the judge process hands results to the core: deterministic CBOR. */
int result_set_encode(const struct result_set *set, struct buffer *out);
int result_set_decode(const void *data, size_t size, struct arena *arena,
                      struct result_set *ret_set);

#endif
