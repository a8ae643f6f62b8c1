/* A finding: obligation version x party x subject x period x verdict x evidence, and by which rules
 * and checks it was reached, so that it can be judged again years later. */
#ifndef BAILIWICK_MODEL_FINDING_H
#define BAILIWICK_MODEL_FINDING_H

#include "model/verdict.h"

#include <stddef.h>
#include <stdint.h>

/* Evidence of one finding: exchanges of one measurement. */
struct finding_evidence {
    const char *measurement; /* evidence id, hexadecimal */
    uint32_t *exchanges;
    size_t count;
};

struct finding {
    const char *obligation;
    const char *clause;
    const char *party;                 /* "" when nobody is known for the subject */
    const char *subject;               /* TLD, name or address */
    int64_t period_from, period_until; /* observed, real time */
    enum verdict verdict;
    const char *
        *codes; /* seen codes for "not met"; codes that could not be told for "undetermined" */
    size_t code_count;
    const char **seen_by; /* vantage points that saw it */
    size_t seen_by_count;
    struct finding_evidence *evidence;
    size_t evidence_count;
    const char *rulebook; /* digest, hexadecimal */
    const char *reason;   /* one plain sentence */
};

#endif
