/* The transparency log's memory: openings, waiting entries, entries, nodes, checkpoints.
 *
 * A tick: store_log_waiting() -> tlog_sequence() -> store_log_append(), one transaction, or for
 * many entries store_log_plan_put() and small steps until all of them stand in the log; then the
 * signer signs (store_log_tree() and tlog_prove_consistency() over store_log_source()), and
 * store_log_checkpoint_put() keeps what it answered. When the program dies between the two, the
 * tree is ahead of the checkpoint; the next tick signs it. */
#ifndef BAILIWICK_STORE_LOG_H
#define BAILIWICK_STORE_LOG_H

#include "store/store.h"
#include "tlog/entry.h"
#include "tlog/tree.h"

#include <stdbool.h>

/* Keeps an opening and lets its entry wait for the sequencer. In the transaction of its event.
 * ERR_CONFLICT when the same entry waits. */
int store_opening_put(struct store *store, const struct tlog_opening *opening, int64_t created_at);

struct store_opening {
    int64_t
        number; /* in this store, from 1, in the order in which they came; it stays in the house */
    struct tlog_opening opening; /* json NULL and key zero when erased */
    int64_t created_at;
    int64_t erased_at; /* 0 while it stands */
};
int store_opening_find(struct store *store, const struct digest *entry, struct arena *arena,
                       struct store_opening *ret_opening);
/* By number, from after `after` (0: from the start), for `log verify`. */
int store_opening_list(struct store *store, int64_t after, size_t limit, struct arena *arena,
                       struct store_opening **ret_openings, size_t *ret_count);
/* Entries of openings that are not found by their digest, or that neither wait nor stand in the log
 * where they are said to; by number. */
int store_opening_list_lost(struct store *store, size_t limit, struct arena *arena,
                            struct digest **ret_entries, size_t *ret_count);
/* Destroys key and JSON for ever. ERR_NOT_FOUND when unknown or erased already. */
int store_opening_erase(struct store *store, const struct digest *entry, int64_t at);

/* One that waits for its place. */
struct store_waiting {
    struct digest entry;
    int64_t opening; /* its number */
};
/* In the order in which they came: those whose opening is after `after` and not after `last`. */
int store_log_waiting(struct store *store, int64_t after, int64_t last, size_t limit,
                      struct arena *arena, struct store_waiting **ret_waiting, size_t *ret_count);

struct store_log_batch {
    const struct digest *entries; /* from tlog_sequence(): in the order of their bytes */
    size_t count;
    const struct store_waiting *waiting; /* by opening; what is not of them is padding */
    size_t waiting_count;
    int64_t at;
};
/* Gives the entries the next indices, takes them out of the waiting ones, and grows the tree, in
 * one transaction. ERR_CONFLICT when one of those that wait has an index already, or is not among
 * the entries. */
int store_log_append(struct store *store, const struct store_log_batch *batch);

/* The same in small steps, each a transaction of its own: what will be appended is kept as a whole
 * before the first of them, so that the log never stops between two ticks, whatever is cut. */
struct store_log_plan {
    uint64_t first;               /* the index of the first entry */
    const struct digest *entries; /* as in a batch */
    size_t count;
    int64_t last_opening; /* what came later is not of it */
};
int store_log_plan_put(struct store *store, const struct store_log_plan *plan);
/* ERR_NOT_FOUND: no tick is under way. */
int store_log_plan_find(struct store *store, struct arena *arena, struct store_log_plan *ret_plan);
int store_log_plan_end(struct store *store);

/* A plan with those that wait for it. */
struct store_log_growth {
    struct store_log_plan plan;
    const struct store_waiting *waiting; /* by opening */
    size_t waiting_count;
    int64_t *openings; /* of each entry; zero: padding, or not matched yet */
    uint64_t *places;  /* of each that waits, once it is matched */
};
/* Each takes up to `limit`, beginning with `*at`, which it moves; 1 while some are left. First all
 * are matched (no transaction is needed), then the tree grows (by entry; `*at` is where it stands),
 * then those that wait get their places and wait no more. */
int store_log_match(struct store *store, const struct store_log_growth *growth, size_t limit,
                    size_t *at);
int store_log_grow(struct store *store, const struct store_log_growth *growth, size_t limit,
                   int64_t now, size_t *at);
int store_log_settle(struct store *store, const struct store_log_growth *growth, size_t limit,
                     size_t *at);
/* Whether the growth filled the first level of heads. */
bool store_log_heads_full(const struct store_log_growth *growth);
/* About `limit` heads of the first level go into the other. 1 while some are left. */
int store_log_raise(struct store *store, size_t limit);

/* The tree as it stands: empty in a new store. */
int store_log_tree(struct store *store, struct tlog_frontier *ret_frontier, int64_t *ret_ticked_at);

/* Of an entry that has an opening. ERR_NOT_FOUND while it waits, or when it was never here. */
int store_log_index(struct store *store, const struct digest *entry, uint64_t *ret_index);

/* Reads entries and nodes for tlog; valid as long as the store is open. */
struct tlog_source store_log_source(struct store *store);

int store_log_checkpoint_put(struct store *store, uint64_t size, const char *note, int64_t at);
/* The largest. ERR_NOT_FOUND before the first. */
int store_log_checkpoint(struct store *store, struct arena *arena, uint64_t *ret_size,
                         const char **ret_note);

#endif
