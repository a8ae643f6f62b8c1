/* The sequencer's step: what is waiting becomes the next run of entries.
 *
 * Padding rule. Every tick the log grows by tlog_batch_size(waiting) = the waiting entries rounded
 * up to the next power of two, at least 16; the rest are random bytes, which nobody can tell from
 * entries. A tick without entries grows by 16 as well. So the public growth shows at most, on a
 * busy tick, the order of magnitude of everything that happened in the house, never a count, and
 * on a usual tick nothing. Entries are sorted by their bytes, so that order tells nothing either.
 *
 * More than TLOG_BATCH_MAX waiting entries: the caller takes the first TLOG_BATCH_MAX in the order
 * in which they came and leaves the rest to the next tick. */
#ifndef BAILIWICK_TLOG_SEQUENCE_H
#define BAILIWICK_TLOG_SEQUENCE_H

#include "base/arena.h"
#include "tlog/tree.h"

#include <stddef.h>

enum { TLOG_BATCH_MIN = 16, TLOG_BATCH_MAX = 1 << 16 };

size_t tlog_batch_size(size_t waiting);

/* The batch: all `waiting` entries and random ones, sorted by bytes. Duplicates are refused
 * (ERR_CONFLICT): an entry stands in the log once. ERR_LIMIT above TLOG_BATCH_MAX. */
int tlog_sequence(const struct digest *waiting, size_t count, struct arena *arena,
                  struct digest **ret_entries, size_t *ret_count);

#endif
