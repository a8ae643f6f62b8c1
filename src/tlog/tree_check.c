/* Checking proofs and whole logs: the other half of tree.h, which trusts nothing it is given. */
#include "tlog/tree.h"

#include <inttypes.h>
#include <stdbool.h>

int tlog_check_inclusion(const struct digest *leaf, uint64_t index, uint64_t size,
                         const struct tlog_hashes *proof, const struct digest *root)
{
    if (index >= size || proof->count > TLOG_PROOF_MAX)
        return ERR_DAMAGED;
    uint64_t at = index, last = size - 1; /* fn and sn of RFC 9162 2.1.3.2 */
    struct digest hash = *leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0)
            return ERR_DAMAGED;
        if ((at & 1) || at == last) {
            hash = tlog_node_hash(&proof->hashes[i], &hash);
            while (!(at & 1)) { /* ends: `at` is odd or as large as `last`, never 0 */
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = tlog_node_hash(&hash, &proof->hashes[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && digest_equal(&hash, root) ? 0 : ERR_DAMAGED;
}

static int check_trivial(uint64_t older, const struct digest *older_root,
                         const struct digest *newer_root, const struct tlog_hashes *proof)
{
    struct digest empty = digest_of("", 0);
    const struct digest *expected = older == 0 ? &empty : newer_root;
    return proof->count == 0 && digest_equal(older_root, expected) ? 0 : ERR_DAMAGED;
}

int tlog_check_consistency(uint64_t older, const struct digest *older_root, uint64_t newer,
                           const struct digest *newer_root, const struct tlog_hashes *proof)
{
    if (older > newer || proof->count > TLOG_PROOF_MAX)
        return ERR_DAMAGED;
    if (older == newer || older == 0)
        return check_trivial(older, older_root, newer_root, proof);
    bool whole = (older & (older - 1)) == 0; /* then the proof leaves the older root out */
    if (!whole && proof->count == 0)
        return ERR_DAMAGED;
    uint64_t at = older - 1, last = newer - 1; /* fn and sn of RFC 9162 2.1.4.2 */
    while (at & 1) {
        at >>= 1;
        last >>= 1;
    }
    struct digest first = whole ? *older_root : proof->hashes[0], second = first;
    for (size_t i = whole ? 0 : 1; i < proof->count; i++) {
        const struct digest *hash = &proof->hashes[i];
        if (last == 0)
            return ERR_DAMAGED;
        if ((at & 1) || at == last) {
            first = tlog_node_hash(hash, &first);
            second = tlog_node_hash(hash, &second);
            while (!(at & 1)) { /* ends: `at` is odd or as large as `last`, never 0 */
                at >>= 1;
                last >>= 1;
            }
        } else {
            second = tlog_node_hash(&second, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && digest_equal(&first, older_root) && digest_equal(&second, newer_root)
               ? 0
               : ERR_DAMAGED;
}

static int check_nodes(const struct tlog_source *source, const struct tlog_node *nodes, int count,
                       struct error_detail *detail)
{
    for (int i = 0; i < count; i++) {
        struct digest stored;
        int result =
            source->nodes(source->context, nodes[i].level, nodes[i].index, /* count= */ 1, &stored);
        if (result < 0)
            return error_set(detail, result, "log node %u/%" PRIu64 " cannot be read",
                             nodes[i].level, nodes[i].index);
        if (!digest_equal(&stored, &nodes[i].hash))
            return error_set(detail, ERR_DAMAGED,
                             "log node %u/%" PRIu64 " is not the hash of its entries",
                             nodes[i].level, nodes[i].index);
    }
    return 0;
}

int tlog_check_log(const struct tlog_source *source, uint64_t size, const struct digest *root,
                   struct error_detail *detail)
{
    struct tlog_frontier frontier;
    tlog_frontier_init(&frontier);
    while (frontier.size < size) {
        struct digest entries[TLOG_TILE_WIDTH];
        uint64_t first = frontier.size, left = size - first;
        size_t count = left < TLOG_TILE_WIDTH ? (size_t)left : TLOG_TILE_WIDTH;
        int result = source->entries(source->context, first, count, entries);
        if (result < 0)
            return error_set(detail, result,
                             "log entries %" PRIu64 " to %" PRIu64 " cannot be read", first,
                             first + count - 1);
        for (size_t i = 0; i < count; i++) {
            struct digest leaf = tlog_leaf_hash(entries[i].bytes, DIGEST_SIZE);
            struct tlog_node nodes[TLOG_LEVELS];
            int completed = tlog_frontier_append(&frontier, &leaf, nodes);
            result = completed < 0 ? completed : check_nodes(source, nodes, completed, detail);
            if (result < 0)
                return result;
        }
    }
    struct digest computed = tlog_frontier_root(&frontier);
    if (!digest_equal(&computed, root))
        return error_set(
            detail, ERR_DAMAGED,
            "the %" PRIu64 " entries of the log do not have the root of the checkpoint", size);
    return 0;
}
