#include "tlog/tree.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

struct digest tlog_leaf_hash(const void *entry, size_t size)
{
    static const uint8_t prefix = 0x00; /* RFC 6962 2.1: leaves and nodes never collide */
    struct digest_state state;
    digest_begin(&state);
    digest_add(&state, &prefix, 1);
    digest_add(&state, entry, size);
    return digest_end(&state);
}

struct digest tlog_node_hash(const struct digest *left, const struct digest *right)
{
    uint8_t input[1 + 2 * DIGEST_SIZE] = {0x01};
    memcpy(input + 1, left->bytes, DIGEST_SIZE);
    memcpy(input + 1 + DIGEST_SIZE, right->bytes, DIGEST_SIZE);
    return digest_of(input, sizeof input);
}

/* --- frontier --- */

void tlog_frontier_init(struct tlog_frontier *frontier)
{
    *frontier = (struct tlog_frontier){0};
}

int tlog_frontier_append(struct tlog_frontier *frontier, const struct digest *leaf,
                         struct tlog_node nodes[TLOG_LEVELS])
{
    if (frontier->size >= TLOG_SIZE_MAX)
        return ERR_LIMIT;
    struct digest hash = *leaf;
    int completed = 0;
    unsigned height = 0;
    /* As adding one to a binary number: each bit set is a peak that the carry swallows. */
    for (uint64_t bits = frontier->size; bits & 1; bits >>= 1) {
        hash = tlog_node_hash(&frontier->peaks[--frontier->count], &hash);
        height++;
        if (height % TLOG_TILE_HEIGHT == 0)
            nodes[completed++] = (struct tlog_node){.level = height / TLOG_TILE_HEIGHT,
                                                    .index = frontier->size >> height,
                                                    .hash = hash};
    }
    frontier->peaks[frontier->count++] = hash;
    frontier->size++;
    return completed;
}

/* Root of a tree whose complete subtrees are these, left to right. */
static struct digest fold_peaks(const struct digest *peaks, unsigned count)
{
    if (count == 0)
        return digest_of("", 0);
    struct digest root = peaks[count - 1];
    for (unsigned i = count - 1; i > 0; i--)
        root = tlog_node_hash(&peaks[i - 1], &root);
    return root;
}

struct digest tlog_frontier_root(const struct tlog_frontier *frontier)
{
    return fold_peaks(frontier->peaks, frontier->count);
}

size_t tlog_frontier_encode(const struct tlog_frontier *frontier, uint8_t *data)
{
    for (unsigned i = 0; i < frontier->count; i++)
        memcpy(data + (size_t)i * DIGEST_SIZE, frontier->peaks[i].bytes, DIGEST_SIZE);
    return (size_t)frontier->count * DIGEST_SIZE;
}

int tlog_frontier_decode(uint64_t size, const void *data, size_t bytes,
                         struct tlog_frontier *ret_frontier)
{
    unsigned count = (unsigned)__builtin_popcountll(size);
    if (size > TLOG_SIZE_MAX || bytes != (size_t)count * DIGEST_SIZE)
        return ERR_DAMAGED;
    struct tlog_frontier frontier = {.size = size, .count = count};
    for (unsigned i = 0; i < count; i++)
        memcpy(frontier.peaks[i].bytes, (const uint8_t *)data + (size_t)i * DIGEST_SIZE,
               DIGEST_SIZE);
    *ret_frontier = frontier;
    return 0;
}

/* --- hashes of a source --- */

static int tile_hashes(const struct tlog_source *source, unsigned level, uint64_t first,
                       size_t count, struct digest *ret_hashes)
{
    if (level > 0)
        return source->nodes(source->context, level, first, count, ret_hashes);
    struct digest entries[TLOG_TILE_WIDTH];
    int result = source->entries(source->context, first, count, entries);
    if (result < 0)
        return result;
    for (size_t i = 0; i < count; i++)
        ret_hashes[i] = tlog_leaf_hash(entries[i].bytes, DIGEST_SIZE);
    return 0;
}

/* The complete subtree of 2^height leaves, number `index` from the left: made from the hashes of
 * the one tile that it stands in. */
static int subtree_hash(const struct tlog_source *source, unsigned height, uint64_t index,
                        struct digest *ret_hash)
{
    unsigned rest = height % TLOG_TILE_HEIGHT;
    size_t count = (size_t)1 << rest;
    struct digest hashes[TLOG_TILE_WIDTH];
    int result = tile_hashes(source, height / TLOG_TILE_HEIGHT, index << rest, count, hashes);
    if (result < 0)
        return result;
    for (; count > 1; count /= 2) {
        for (size_t i = 0; i < count / 2; i++)
            hashes[i] = tlog_node_hash(&hashes[2 * i], &hashes[2 * i + 1]);
    }
    *ret_hash = hashes[0];
    return 0;
}

/* MTH(D[from:until]) of RFC 9162 2.1.1, where `from` is as aligned as the recursion leaves it: a
 * multiple of the largest power of two that fits in. */
static int range_hash(const struct tlog_source *source, uint64_t from, uint64_t until,
                      struct digest *ret_hash)
{
    struct digest peaks[63];
    unsigned count = 0;
    while (from < until) {
        unsigned height = 63 - (unsigned)__builtin_clzll(until - from);
        assert(from % (UINT64_C(1) << height) == 0);
        int result = subtree_hash(source, height, from >> height, &peaks[count]);
        if (result < 0)
            return result;
        count++;
        from += UINT64_C(1) << height;
    }
    *ret_hash = fold_peaks(peaks, count);
    return 0;
}

int tlog_root(const struct tlog_source *source, uint64_t size, struct digest *ret_root)
{
    if (size > TLOG_SIZE_MAX)
        return ERR_LIMIT;
    return range_hash(source, 0, size, ret_root);
}

/* --- building proofs --- */

/* The way of a proof is walked down from the root, but written up from the leaf: the hashes beside
 * the way are gathered first and turned round at the end. */
struct way {
    const struct tlog_source *source;
    uint64_t from, until; /* the leaves below the present node */
    struct tlog_hashes beside;
};

static int push_range(struct way *way, uint64_t from, uint64_t until)
{
    struct tlog_hashes *beside = &way->beside;
    if (beside->count >= TLOG_PROOF_MAX)
        return ERR_LIMIT;
    return range_hash(way->source, from, until, &beside->hashes[beside->count++]);
}

static struct tlog_hashes turned_round(const struct tlog_hashes *beside)
{
    struct tlog_hashes proof = {.count = beside->count};
    for (size_t i = 0; i < proof.count; i++)
        proof.hashes[i] = beside->hashes[proof.count - 1 - i];
    return proof;
}

/* The largest power of two smaller than n > 1 (RFC 9162 2.1.1). */
static uint64_t split_of(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* To the half that holds the leaf; the other half lies beside the way. */
static int step_down(struct way *way, uint64_t leaf)
{
    uint64_t middle = way->from + split_of(way->until - way->from);
    if (leaf < middle) {
        int result = push_range(way, middle, way->until);
        way->until = middle;
        return result;
    }
    int result = push_range(way, way->from, middle);
    way->from = middle;
    return result;
}

int tlog_prove_inclusion(const struct tlog_source *source, uint64_t index, uint64_t size,
                         struct tlog_hashes *ret_proof)
{
    if (index >= size || size > TLOG_SIZE_MAX)
        return ERR_USAGE;
    struct way way = {.source = source, .until = size};
    int result = 0;
    while (result >= 0 && way.until - way.from > 1)
        result = step_down(&way, index);
    if (result < 0)
        return result;
    *ret_proof = turned_round(&way.beside);
    return 0;
}

int tlog_prove_consistency(const struct tlog_source *source, uint64_t older, uint64_t newer,
                           struct tlog_hashes *ret_proof)
{
    if (older > newer || newer > TLOG_SIZE_MAX)
        return ERR_USAGE;
    struct way way = {.source = source, .until = newer};
    int result = 0;
    /* SUBPROOF(m, D, b) goes to the last leaf of the older tree; b holds as long as that tree
     * starts where the present part starts. */
    while (result >= 0 && older != 0 && older != way.until)
        result = step_down(&way, older - 1);
    if (result >= 0 && way.from != 0)
        result = push_range(&way, way.from, way.until);
    if (result < 0)
        return result;
    *ret_proof = turned_round(&way.beside);
    return 0;
}
