/* A transparency log in memory, for tests: a source that grows entry by entry and can be damaged.
 */
#ifndef BAILIWICK_TESTS_TLOG_MEMORY_LOG_H
#define BAILIWICK_TESTS_TLOG_MEMORY_LOG_H

#include "tlog/tree.h"

#include <string.h>

enum { MEMORY_LOG_MAX = 140000, MEMORY_NODES_MAX = 1024 };

struct memory_log {
    struct tlog_frontier frontier;
    struct digest entries[MEMORY_LOG_MAX];
    struct digest nodes[TLOG_LEVELS][MEMORY_NODES_MAX];
};

static inline int memory_entries(void *context, uint64_t first, size_t count,
                                 struct digest *ret_entries)
{
    const struct memory_log *log = context;
    if (first + count > log->frontier.size || first / 256 != (first + count - 1) / 256)
        return ERR_NOT_FOUND;
    memcpy(ret_entries, log->entries + first, count * sizeof *ret_entries);
    return 0;
}

static inline int memory_nodes(void *context, unsigned level, uint64_t first, size_t count,
                               struct digest *ret_hashes)
{
    const struct memory_log *log = context;
    if (level == 0 || level >= TLOG_LEVELS || first + count > log->frontier.size >> (8 * level) ||
        first / 256 != (first + count - 1) / 256)
        return ERR_NOT_FOUND;
    memcpy(ret_hashes, log->nodes[level] + first, count * sizeof *ret_hashes);
    return 0;
}

static inline struct tlog_source memory_source(struct memory_log *log)
{
    return (struct tlog_source){.context = log, .entries = memory_entries, .nodes = memory_nodes};
}

/* Entries that are all different; the same every time. */
static inline struct digest memory_entry(uint64_t number)
{
    return digest_of(&number, sizeof number);
}

static inline int memory_append(struct memory_log *log, const struct digest *entry)
{
    struct tlog_node nodes[TLOG_LEVELS];
    struct digest leaf = tlog_leaf_hash(entry->bytes, DIGEST_SIZE);
    log->entries[log->frontier.size] = *entry;
    int count = tlog_frontier_append(&log->frontier, &leaf, nodes);
    for (int i = 0; i < count; i++)
        log->nodes[nodes[i].level][nodes[i].index] = nodes[i].hash;
    return count;
}

static inline void memory_grow(struct memory_log *log, uint64_t size)
{
    while (log->frontier.size < size) {
        struct digest entry = memory_entry(log->frontier.size);
        memory_append(log, &entry);
    }
}

#endif
