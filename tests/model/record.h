/* What Spin and the search over case_apply() write down of the transitions that they reach, the
 * same way: included by the program that Spin generates and by search.c.
 *
 * A state is packed into a key, field by field. For each state that something leads out of there is
 * one row: which events were taken there, how many different transitions lead out, and the sum of
 * their fingerprints (event, what it carried, state after). Equal rows mean equal transitions, up
 * to a collision of 64-bit sums. */
#ifndef BAILIWICK_TESTS_MODEL_RECORD_H
#define BAILIWICK_TESTS_MODEL_RECORD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* name, bits: of the state of frame.pml. */
#define RECORD_FIELDS(F)                                                                           \
    F(stage, 6)                                                                                    \
    F(party, 1)                                                                                    \
    F(origin, 2)                                                                                   \
    F(family, 2)                                                                                   \
    F(violation, 1)                                                                                \
    F(repeated, 1)                                                                                 \
    F(letter, 2)                                                                                   \
    F(answer, 3)                                                                                   \
    F(expired, 1)                                                                                  \
    F(finding, 2)                                                                                  \
    F(plan, 2)                                                                                     \
    F(tolled, 1)                                                                                   \
    F(dispute, 3)                                                                                  \
    F(called, 1)                                                                                   \
    F(milestone, 2)                                                                                \
    F(clock, 2)                                                                                    \
    F(has_rule, 1)                                                                                 \
    F(adopted, 1)                                                                                  \
    F(proposal, 5)                                                                                 \
    F(proposal_adopted, 1)                                                                         \
    F(approvals, 2)                                                                                \
    F(published, 1)                                                                                \
    F(started, 1)

#define RECORD_PACK(name, bits) key = key << (bits) | (uint64_t)state->name;

/* name, bits: of the step. */
#define RECORD_STEP_FIELDS(F)                                                                      \
    F(event, 6)                                                                                    \
    F(criterion, 2)                                                                                \
    F(ground, 2)                                                                                   \
    F(closure, 2)                                                                                  \
    F(choice, 7)                                                                                   \
    F(target, 5)                                                                                   \
    F(machine, 1)                                                                                  \
    F(same, 1)                                                                                     \
    F(approver, 1)                                                                                 \
    F(second, 1)

enum { RECORD_SLOTS = 1 << 22 };

struct record_row {
    uint64_t key; /* plus one, so that 0 is none */
    uint64_t events, sum;
    uint32_t count;
};

static struct record_row *record_rows __attribute__((unused));

static inline uint64_t record_mix(uint64_t value)
{
    value = (value ^ value >> 32) * UINT64_C(0xd6e8feb86659fd93);
    value = (value ^ value >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return value ^ value >> 32;
}

static inline struct record_row *record_row(uint64_t key)
{
    size_t slot = record_mix(key) % RECORD_SLOTS;
    if (!record_rows)
        record_rows = calloc(RECORD_SLOTS, sizeof *record_rows);
    if (!record_rows)
        abort();
    while (record_rows[slot].key && record_rows[slot].key != key + 1)
        slot = (slot + 1) % RECORD_SLOTS;
    record_rows[slot].key = key + 1;
    return &record_rows[slot];
}

/* A transition that is not the same as another one out of the same state. */
static inline void record_add(uint64_t before, int event, uint64_t step, uint64_t after)
{
    struct record_row *row = record_row(before);
    row->events |= UINT64_C(1) << event;
    row->sum += record_mix(record_mix(step) + after);
    row->count++;
}

static inline int record_compare(const void *a, const void *b)
{
    const struct record_row *one = a, *other = b;
    return (one->key > other->key) - (one->key < other->key);
}

/* Writes the rows by key as lines KEY EVENTS COUNT SUM. */
static inline void record_write(const char *path)
{
    FILE *file = fopen(path, "we");
    size_t used = 0;
    if (!file || !record_rows)
        abort();
    for (size_t i = 0; i < RECORD_SLOTS; i++) {
        if (record_rows[i].key)
            record_rows[used++] = record_rows[i];
    }
    qsort(record_rows, used, sizeof *record_rows, record_compare);
    for (size_t i = 0; i < used; i++)
        fprintf(file, "%llx %llx %u %llx\n", (unsigned long long)record_rows[i].key - 1,
                (unsigned long long)record_rows[i].events, record_rows[i].count,
                (unsigned long long)record_rows[i].sum);
    if (fclose(file))
        abort();
}

#endif
