/* What the program that Spin generates does beside Spin's own: it records transitions in the file
 * that RECORD names, or replays the walks of the file that REPLAY names; at its end it tells which
 * edges were taken, which stages reached and which claims broken. COMPARED, PATIENT, CLAIMED and
 * REPLAY as in frame.pml. */
#include "record.h"

#include <stdbool.h>
#include <stdlib.h>

/* Different choices of a first event may come to the same, where the model leaves a fact out. */
enum { RECORD_FIRST_MAX = 1000, RECORD_EDGES = 2001, RECORD_STAGES = 64, RECORD_CLAIMS = 200 };
static uint64_t record_first[RECORD_FIRST_MAX];
static size_t record_first_count;
static uint64_t record_key;
static bool record_is_first;
static char record_edge_taken[RECORD_EDGES], record_stage_reached[RECORD_STAGES];
static char claim_is_broken[RECORD_CLAIMS];

/* Called at the end of the program. */
__attribute__((destructor)) static void record_at_exit(void)
{
    const char *path = getenv("RECORD");
    if (path)
        record_write(path);
    for (int i = 1; i < RECORD_EDGES; i++) {
        if (record_edge_taken[i])
            printf("edge %d taken\n", i);
    }
    for (int i = 0; i < RECORD_STAGES; i++) {
        if (record_stage_reached[i])
            printf("stage %d reached\n", i);
    }
}

static inline void record_way(int edge, int stage)
{
    record_edge_taken[edge] = 1;
    record_stage_reached[stage] = 1;
}

static inline bool record_first_seen(uint64_t fingerprint)
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
static inline void record_taken(int event, uint64_t step, uint64_t after, bool first)
{
    uint64_t fingerprint = record_mix(step) ^ after;
    if (!first || !record_first_seen(fingerprint))
        record_add(record_key, event, step, after);
}

#define RECORD_PACK_NOW(name, bits) step = step << (bits) | (uint64_t)now.name;

#ifdef CLAIMED
/* The first step that breaks a claim: the state after it, and the step. */
#define TELL(name, bits) printf(" %s %d", #name, now.name);
#define CLAIM_BROKEN(number, claim)                                                                \
    if (!claim_is_broken[number]) {                                                                \
        claim_is_broken[number] = 1;                                                               \
        printf("claim %s broken: from %d by", claim, from);                                        \
        RECORD_STEP_FIELDS(TELL)                                                                   \
        printf(", now");                                                                           \
        RECORD_FIELDS(TELL)                                                                        \
        printf("\n");                                                                              \
    }
#define RECORD_BEFORE
#else
#define RECORD_BEFORE                                                                              \
    {                                                                                              \
        const State *state = &now;                                                                 \
        uint64_t key = 0;                                                                          \
        RECORD_FIELDS(RECORD_PACK)                                                                 \
        record_key = key;                                                                          \
        record_is_first = !now.started;                                                            \
    }
#endif

#if defined(CLAIMED)
#define RECORD_AFTER                                                                               \
    if (edge)                                                                                      \
        record_way(edge, now.stage);
#elif defined(PATIENT)
/* In calm: whether anything at all leads out of a state, into another one. */
#define RECORD_AFTER                                                                               \
    if (now.calm) {                                                                                \
        const State *state = &now;                                                                 \
        uint64_t key = 0;                                                                          \
        RECORD_FIELDS(RECORD_PACK)                                                                 \
        record_row(record_key)->count += edge && key != record_key;                                \
    }
#else
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
        record_way(edge, now.stage);                                                               \
        record_taken(now.event, step, key, record_is_first);                                       \
    }
#endif

/* --- walks of the engine --- */

enum { REPLAY_ROWS_MAX = 400000 };

struct replay_row {
    int begins;
#define F(name, bits) int name;
    RECORD_STEP_FIELDS(F)
#undef F
    unsigned long long after;
};

static struct replay_row *replay_rows;
static int replay_count, replay_failed;

static inline bool replay_read(FILE *file, struct replay_row *row)
{
    char line[300];
    if (!fgets(line, sizeof line, file))
        return false;
    *row = (struct replay_row){.begins = line[0] == 'n'};
    char *at = line;
#define F(name, bits) row->name = row->begins ? 0 : (int)strtol(at, &at, 10);
    RECORD_STEP_FIELDS(F)
#undef F
    row->after = row->begins ? 0 : strtoull(at, NULL, 16);
    return true;
}

static inline void replay_start(void)
{
    FILE *file = fopen(getenv("REPLAY"), "re");
    replay_rows = calloc(REPLAY_ROWS_MAX, sizeof *replay_rows);
    if (!file || !replay_rows)
        abort();
    while (replay_count < REPLAY_ROWS_MAX && replay_read(file, &replay_rows[replay_count]))
        replay_count++;
    fclose(file);
}

static inline void replay_end(void)
{
    printf("replayed %d rows, %d otherwise\n", replay_count, replay_failed);
}

static inline void replay_check(int row, int edge, uint64_t after)
{
    if (edge && after == replay_rows[row].after)
        return;
    if (replay_failed++ < 5)
        printf("row %d, event %d: %s, state %llx instead of %llx\n", row + 1,
               replay_rows[row].event, edge ? "taken" : "refused", (unsigned long long)after,
               replay_rows[row].after);
}

#define RECORD_CLEAR(name, bits) now.name = 0;
#define REPLAY_LOAD_FIELD(name, bits) now.name = replay_rows[now.row].name;
#define REPLAY_LOAD RECORD_STEP_FIELDS(REPLAY_LOAD_FIELD)
#define REPLAY_CHECK                                                                               \
    {                                                                                              \
        const State *state = &now;                                                                 \
        uint64_t key = 0;                                                                          \
        RECORD_FIELDS(RECORD_PACK)                                                                 \
        replay_check(now.row, edge, key);                                                          \
    }
