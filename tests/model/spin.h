/* How the program that Spin generates keeps its records; COMPARED and PATIENT as in frame.pml. What
 * it was told goes to the file that RECORD names. */
#include "record.h"

#include <stdbool.h>
#include <stdlib.h>

/* Different choices of a first event may come to the same, where the model leaves a fact out. */
enum { RECORD_FIRST_MAX = 1000, RECORD_EDGES = 2001 };
static uint64_t record_first[RECORD_FIRST_MAX];
static size_t record_first_count;
static uint64_t record_key;
static bool record_is_first;
static char record_edge_taken[RECORD_EDGES];

/* Called at the end of the program. */
__attribute__((destructor)) static void record_at_exit(void)
{
    record_write(getenv("RECORD"));
    for (int i = 1; i < RECORD_EDGES; i++) {
        if (record_edge_taken[i])
            printf("edge %d taken\n", i);
    }
}

static bool record_first_seen(uint64_t fingerprint)
{
    for (size_t i = 0; i < record_first_count; i++) {
        if (record_first[i] == fingerprint)
            return true;
    }
    if (record_first_count == RECORD_FIRST_MAX)
        abort();
    record_first[record_first_count++] = fingerprint;
    return false;
}

/* Of what a first event brings along the state after tells all but the violation. */
static void record_taken(int edge, int event, uint64_t step, uint64_t after, bool first)
{
    uint64_t fingerprint = record_mix(step) ^ after;
    record_edge_taken[edge] = 1;
    if (!first || !record_first_seen(fingerprint))
        record_add(record_key, event, step, after);
}

#define RECORD_PACK_NOW(name, bits) step = step << (bits) | (uint64_t)now.name;

#define RECORD_BEFORE                                                                              \
    {                                                                                              \
        const State *state = &now;                                                                 \
        uint64_t key = 0;                                                                          \
        RECORD_FIELDS(RECORD_PACK)                                                                 \
        record_key = key;                                                                          \
        record_is_first = !now.started;                                                            \
    }

#define RECORD_AFTER                                                                               \
    if (edge) {                                                                                    \
        const State *state = &now;                                                                 \
        uint64_t key = 0, step = 0;                                                                \
        int carried = now.choice;                                                                  \
        if (record_is_first)                                                                       \
            now.choice &= 2;                                                                       \
        RECORD_FIELDS(RECORD_PACK)                                                                 \
        RECORD_STEP_FIELDS(RECORD_PACK_NOW)                                                        \
        now.choice = (uchar)carried;                                                               \
        record_taken(edge, now.event, step, key, record_is_first);                                 \
    }
