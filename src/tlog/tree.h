/* The Merkle tree of RFC 6962 2.1 (RFC 9162 2.1), SHA-256, and its proofs.
 *
 * A tree grows through its frontier: the roots of the complete subtrees that it consists of, from
 * the largest (left) to the smallest, one for each bit of its size. Proofs are built from a source
 * that answers for entries and for complete subtrees of 256^level leaves, which is just what tiles
 * hold; so a store keeps 1/255 more than the entries, and a proof reads a few tiles.
 *
 * Numbered invariants, held by tests:
 *  T1. hash of an empty tree = SHA-256("");  leaf = H(0x00 || entry);  node = H(0x01 || l || r).
 *  T2. frontier root = root by the recursive definition, for every size.
 *  T3. every proof built verifies; a proof with any byte changed does not. */
#ifndef BAILIWICK_TLOG_TREE_H
#define BAILIWICK_TLOG_TREE_H

#include "base/digest.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    TLOG_TILE_HEIGHT = 8,
    TLOG_TILE_WIDTH = 1 << TLOG_TILE_HEIGHT,
    TLOG_LEVELS = 8,     /* tile levels 0..7: indices below 2^63 */
    TLOG_PROOF_MAX = 64, /* RFC 9162 2.1.3: at most one hash a level; consistency one more */
};
#define TLOG_SIZE_MAX (UINT64_C(1) << 62)

struct digest tlog_leaf_hash(const void *entry, size_t size);
struct digest tlog_node_hash(const struct digest *left, const struct digest *right);

struct tlog_frontier {
    uint64_t size;
    struct digest peaks[63]; /* left to right; one for each bit set in size */
    unsigned count;
};

/* A complete subtree of 256^level leaves, level >= 1, number `index` from the left. */
struct tlog_node {
    unsigned level;
    uint64_t index;
    struct digest hash;
};

void tlog_frontier_init(struct tlog_frontier *frontier); /* the empty tree */

/* Appends one leaf hash. Subtrees of whole tile levels that it completed are written to `nodes`
 * (at most TLOG_LEVELS); returns how many. ERR_LIMIT at TLOG_SIZE_MAX. */
int tlog_frontier_append(struct tlog_frontier *frontier, const struct digest *leaf,
                         struct tlog_node nodes[TLOG_LEVELS]);

struct digest tlog_frontier_root(const struct tlog_frontier *frontier);

/* As bytes for the store: the peaks one after another (count * 32). ERR_DAMAGED when the bytes do
 * not fit the size. `data` has room for 63 * 32. Returns the number of bytes. */
size_t tlog_frontier_encode(const struct tlog_frontier *frontier, uint8_t *data);
int tlog_frontier_decode(uint64_t size, const void *data, size_t bytes,
                         struct tlog_frontier *ret_frontier);

/* Where hashes come from: a store, or a folder of tiles. Both return 0 or a failure. A call never
 * asks across a tile: first / 256 == (first + count - 1) / 256. */
struct tlog_source {
    void *context;
    /* entries first .. first + count - 1 */
    int (*entries)(void *context, uint64_t first, size_t count, struct digest *ret_entries);
    /* hashes of complete subtrees of 256^level leaves, level >= 1 */
    int (*nodes)(void *context, unsigned level, uint64_t first, size_t count,
                 struct digest *ret_hashes);
};

struct tlog_hashes {
    struct digest hashes[TLOG_PROOF_MAX];
    size_t count;
};

/* The root of the first `size` entries. */
int tlog_root(const struct tlog_source *source, uint64_t size, struct digest *ret_root);

/* RFC 9162 2.1.3.1. `index` < `size`, else ERR_USAGE. */
int tlog_prove_inclusion(const struct tlog_source *source, uint64_t index, uint64_t size,
                         struct tlog_hashes *ret_proof);
/* RFC 9162 2.1.3.2. ERR_DAMAGED when the proof does not lead to the root. */
int tlog_check_inclusion(const struct digest *leaf, uint64_t index, uint64_t size,
                         const struct tlog_hashes *proof, const struct digest *root);

/* RFC 9162 2.1.4.1. `older` <= `newer`; empty when older is 0 or equal. */
int tlog_prove_consistency(const struct tlog_source *source, uint64_t older, uint64_t newer,
                           struct tlog_hashes *ret_proof);
/* RFC 9162 2.1.4.2. ERR_DAMAGED. */
int tlog_check_consistency(uint64_t older, const struct digest *older_root, uint64_t newer,
                           const struct digest *newer_root, const struct tlog_hashes *proof);

/* `bailiwick log verify`: reads every entry up to `size`, recomputes every node and the root.
 * ERR_DAMAGED names the node or entry range that does not fit. */
int tlog_check_log(const struct tlog_source *source, uint64_t size, const struct digest *root,
                   struct error_detail *detail);

#endif
