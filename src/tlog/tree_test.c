/* Invariants T1 to T3 of tree.h, against the known answers of certificate transparency and a plain
 * transcription of the recursive definitions of RFC 9162 2.1. */
#include "testing.h"
#include "tlog/memory_log.h"
#include "tlog/tree.h"

#include <stdlib.h>
#include <string.h>

static struct memory_log log_;

static int setup(void **state)
{
    (void)state;
    tlog_frontier_init(&log_.frontier);
    return 0;
}

static void roots_of_the_eight_known_leaves(void **state)
{
    (void)state;
    static const char *const leaves[] = {"",
                                         "00",
                                         "10",
                                         "2021",
                                         "3031",
                                         "40414243",
                                         "5051525354555657",
                                         "606162636465666768696a6b6c6d6e6f"};
    static const char *const roots[] = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    struct tlog_frontier frontier;
    tlog_frontier_init(&frontier);
    char text[DIGEST_HEX];
    struct digest root = tlog_frontier_root(&frontier);
    assert_string_equal(digest_format(&root, text),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < 8; i++) {
        uint8_t bytes[16];
        size_t size = strlen(leaves[i]) / 2;
        assert_int_equal(hex_parse(leaves[i], bytes, size), 0);
        struct digest leaf = tlog_leaf_hash(bytes, size);
        struct tlog_node nodes[TLOG_LEVELS];
        assert_int_equal(tlog_frontier_append(&frontier, &leaf, nodes), 0);
        root = tlog_frontier_root(&frontier);
        assert_string_equal(digest_format(&root, text), roots[i]);
    }
}

/* All positions in small trees, every seventh (starting anywhere) in larger ones. */
static uint64_t step_at(uint64_t size)
{
    return size <= 70 ? 1 : 7;
}

/* MTH of RFC 9162 2.1.1, as written there. */
static struct digest defined_root(uint64_t from, uint64_t until)
{
    if (from == until)
        return digest_of("", 0);
    if (until - from == 1) {
        struct digest entry = memory_entry(from);
        return tlog_leaf_hash(entry.bytes, DIGEST_SIZE);
    }
    uint64_t k = 1;
    while (k * 2 < until - from)
        k *= 2;
    struct digest left = defined_root(from, from + k), right = defined_root(from + k, until);
    return tlog_node_hash(&left, &right);
}

static void frontier_and_source_have_the_defined_root(void **state)
{
    (void)state;
    struct tlog_source source = memory_source(&log_);
    for (uint64_t size = 0; size <= 530; size += step_at(size) / 4 + 1) {
        memory_grow(&log_, size);
        struct digest defined = defined_root(0, size), root;
        struct digest frontier = tlog_frontier_root(&log_.frontier);
        assert_true(digest_equal(&defined, &frontier));
        assert_int_equal(tlog_root(&source, size, &root), 0);
        assert_true(digest_equal(&defined, &root));
    }
}

static void frontier_survives_its_bytes(void **state)
{
    (void)state;
    uint8_t bytes[63 * DIGEST_SIZE];
    for (uint64_t size = 0; size < 70; size++) {
        memory_grow(&log_, size);
        struct tlog_frontier copy;
        size_t count = tlog_frontier_encode(&log_.frontier, bytes);
        assert_int_equal(tlog_frontier_decode(size, bytes, count, &copy), 0);
        struct digest a = tlog_frontier_root(&log_.frontier), b = tlog_frontier_root(&copy);
        assert_true(digest_equal(&a, &b));
        assert_int_equal(tlog_frontier_decode(size, bytes, count + 1, &copy), ERR_DAMAGED);
    }
}

static void inclusion_is_proved_for_every_index_and_size(void **state)
{
    (void)state;
    struct tlog_source source = memory_source(&log_);
    memory_grow(&log_, 300);
    for (uint64_t size = 1; size <= 300; size++) {
        struct digest root = defined_root(0, size);
        for (uint64_t index = size % step_at(size); index < size; index += step_at(size)) {
            struct tlog_hashes proof;
            struct digest entry = memory_entry(index);
            struct digest leaf = tlog_leaf_hash(entry.bytes, DIGEST_SIZE);
            assert_int_equal(tlog_prove_inclusion(&source, index, size, &proof), 0);
            assert_int_equal(tlog_check_inclusion(&leaf, index, size, &proof, &root), 0);
            uint64_t other = index ^ 1;
            assert_int_equal(tlog_check_inclusion(&leaf, other, size, &proof, &root), ERR_DAMAGED);
        }
    }
    struct tlog_hashes proof;
    assert_int_equal(tlog_prove_inclusion(&source, 300, 300, &proof), ERR_USAGE);
}

static void consistency_is_proved_for_every_pair_of_sizes(void **state)
{
    (void)state;
    static struct digest roots[301];
    struct tlog_source source = memory_source(&log_);
    memory_grow(&log_, 300);
    for (uint64_t size = 0; size <= 300; size++)
        roots[size] = defined_root(0, size);
    for (uint64_t newer = 0; newer <= 300; newer++) {
        for (uint64_t older = newer % step_at(newer); older <= newer; older += step_at(newer)) {
            struct tlog_hashes proof;
            assert_int_equal(tlog_prove_consistency(&source, older, newer, &proof), 0);
            assert_int_equal(
                tlog_check_consistency(older, &roots[older], newer, &roots[newer], &proof), 0);
            if (older == 0)
                continue;
            assert_int_equal(
                tlog_check_consistency(older, &roots[older - 1], newer, &roots[newer], &proof),
                ERR_DAMAGED);
            assert_int_equal(
                tlog_check_consistency(older, &roots[older], newer, &roots[newer - 1], &proof),
                ERR_DAMAGED);
        }
    }
    struct tlog_hashes none = {0};
    assert_int_equal(tlog_check_consistency(5, &roots[5], 4, &roots[4], &none), ERR_DAMAGED);
}

/* T3: each byte of a proof counts, and so does its length. */
static void a_changed_proof_is_refused(void **state)
{
    (void)state;
    struct tlog_source source = memory_source(&log_);
    memory_grow(&log_, 300);
    struct digest newer = defined_root(0, 300), older = defined_root(0, 37);
    struct digest entry = memory_entry(137), leaf = tlog_leaf_hash(entry.bytes, DIGEST_SIZE);
    struct tlog_hashes inclusion, consistency;
    assert_int_equal(tlog_prove_inclusion(&source, 137, 300, &inclusion), 0);
    assert_int_equal(tlog_prove_consistency(&source, 37, 300, &consistency), 0);
    for (size_t i = 0; i < inclusion.count * DIGEST_SIZE; i++) {
        struct tlog_hashes changed = inclusion;
        changed.hashes[i / DIGEST_SIZE].bytes[i % DIGEST_SIZE] ^= 1;
        assert_int_equal(tlog_check_inclusion(&leaf, 137, 300, &changed, &newer), ERR_DAMAGED);
    }
    for (size_t i = 0; i < consistency.count * DIGEST_SIZE; i++) {
        struct tlog_hashes changed = consistency;
        changed.hashes[i / DIGEST_SIZE].bytes[i % DIGEST_SIZE] ^= 0x80;
        assert_int_equal(tlog_check_consistency(37, &older, 300, &newer, &changed), ERR_DAMAGED);
    }
    inclusion.count--;
    consistency.count--;
    assert_int_equal(tlog_check_inclusion(&leaf, 137, 300, &inclusion, &newer), ERR_DAMAGED);
    assert_int_equal(tlog_check_consistency(37, &older, 300, &newer, &consistency), ERR_DAMAGED);
    inclusion.count += 2;
    consistency.count += 2;
    assert_int_equal(tlog_check_inclusion(&leaf, 137, 300, &inclusion, &newer), ERR_DAMAGED);
    assert_int_equal(tlog_check_consistency(37, &older, 300, &newer, &consistency), ERR_DAMAGED);
}

/* Two tile levels above the entries: 256^2 leaves and some. */
static void large_trees_prove_through_upper_tiles(void **state)
{
    (void)state;
    struct tlog_source source = memory_source(&log_);
    memory_grow(&log_, 70000);
    struct digest root = tlog_frontier_root(&log_.frontier), older;
    static const uint64_t indices[] = {0, 255, 256, 65535, 65536, 69999};
    for (size_t i = 0; i < sizeof indices / sizeof *indices; i++) {
        struct tlog_hashes proof;
        struct digest entry = memory_entry(indices[i]);
        struct digest leaf = tlog_leaf_hash(entry.bytes, DIGEST_SIZE);
        assert_int_equal(tlog_prove_inclusion(&source, indices[i], 70000, &proof), 0);
        assert_int_equal(tlog_check_inclusion(&leaf, indices[i], 70000, &proof, &root), 0);
        assert_int_equal(tlog_root(&source, indices[i], &older), 0);
        assert_int_equal(tlog_prove_consistency(&source, indices[i], 70000, &proof), 0);
        assert_int_equal(tlog_check_consistency(indices[i], &older, 70000, &root, &proof), 0);
    }
}

/* --- a tree of as many entries as there may be: all are the same, so that it needs no room --- */

static struct digest same_nodes[TLOG_LEVELS + 1];

static int same_entries(void *context, uint64_t first, size_t count, struct digest *ret_entries)
{
    (void)context;
    (void)first;
    memset(ret_entries, 0, count * sizeof *ret_entries);
    return 0;
}

static int same_hashes(void *context, unsigned level, uint64_t first, size_t count,
                       struct digest *ret_hashes)
{
    (void)context;
    (void)first;
    for (size_t i = 0; i < count; i++)
        ret_hashes[i] = same_nodes[level];
    return 0;
}

static void make_same_nodes(void)
{
    static const struct digest entry;
    struct digest hash = tlog_leaf_hash(entry.bytes, DIGEST_SIZE);
    for (unsigned height = 0; height <= TLOG_LEVELS * TLOG_TILE_HEIGHT; height++) {
        if (height % TLOG_TILE_HEIGHT == 0)
            same_nodes[height / TLOG_TILE_HEIGHT] = hash;
        hash = tlog_node_hash(&hash, &hash);
    }
}

/* TLOG_SIZE_MAX: a tree of that size is whole, and no call takes one that is larger. */
static void the_largest_tree_is_proved_and_grows_no_more(void **state)
{
    (void)state;
    const struct tlog_source source = {NULL, same_entries, same_hashes};
    struct digest leaf, root, before;
    struct tlog_hashes proof;
    make_same_nodes();
    leaf = same_nodes[0];
    assert_int_equal(tlog_root(&source, TLOG_SIZE_MAX, &root), 0);
    assert_int_equal(tlog_root(&source, TLOG_SIZE_MAX - 1, &before), 0);
    assert_int_equal(tlog_root(&source, TLOG_SIZE_MAX + 1, &before), ERR_LIMIT);
    assert_int_equal(tlog_prove_inclusion(&source, TLOG_SIZE_MAX - 1, TLOG_SIZE_MAX, &proof), 0);
    assert_int_equal(proof.count, 62);
    assert_int_equal(tlog_check_inclusion(&leaf, TLOG_SIZE_MAX - 1, TLOG_SIZE_MAX, &proof, &root),
                     0);
    assert_int_equal(tlog_prove_inclusion(&source, 0, TLOG_SIZE_MAX + 1, &proof), ERR_USAGE);
    assert_int_equal(tlog_prove_consistency(&source, TLOG_SIZE_MAX - 1, TLOG_SIZE_MAX, &proof), 0);
    assert_int_equal(
        tlog_check_consistency(TLOG_SIZE_MAX - 1, &before, TLOG_SIZE_MAX, &root, &proof), 0);
    assert_int_equal(tlog_prove_consistency(&source, 1, TLOG_SIZE_MAX + 1, &proof), ERR_USAGE);
    assert_int_equal(tlog_prove_consistency(&source, 6, 5, &proof), ERR_USAGE);
    struct tlog_frontier frontier = {.size = TLOG_SIZE_MAX - 1, .count = 62}, decoded;
    struct tlog_node nodes[TLOG_LEVELS];
    struct digest hash = leaf;
    for (unsigned i = 0; i < 62; i++) {
        frontier.peaks[61 - i] = hash;
        hash = tlog_node_hash(&hash, &hash);
    }
    assert_int_equal(tlog_frontier_append(&frontier, &leaf, nodes), TLOG_LEVELS - 1);
    struct digest grown = tlog_frontier_root(&frontier);
    assert_true(digest_equal(&grown, &root));
    assert_int_equal(tlog_frontier_append(&frontier, &leaf, nodes), ERR_LIMIT);
    assert_int_equal(tlog_frontier_decode(TLOG_SIZE_MAX, root.bytes, DIGEST_SIZE, &decoded), 0);
    uint8_t two[2 * DIGEST_SIZE] = {0};
    assert_int_equal(tlog_frontier_decode(TLOG_SIZE_MAX + 1, two, sizeof two, &decoded),
                     ERR_DAMAGED);
}

/* A proof holds no more hashes than there is room for, whatever stands in it. */
static void a_proof_without_sense_is_refused(void **state)
{
    (void)state;
    struct tlog_source source = memory_source(&log_);
    memory_grow(&log_, 10);
    struct digest root = tlog_frontier_root(&log_.frontier), entry = memory_entry(5);
    struct digest leaf = tlog_leaf_hash(entry.bytes, DIGEST_SIZE), older = defined_root(0, 5);
    struct digest nothing = digest_of("", 0);
    struct tlog_hashes proof, none = {0};
    assert_int_equal(tlog_prove_inclusion(&source, 5, 10, &proof), 0);
    assert_int_equal(tlog_check_inclusion(&leaf, 10, 10, &proof, &root), ERR_DAMAGED);
    assert_int_equal(tlog_check_inclusion(&leaf, 5, 10, &none, &root), ERR_DAMAGED);
    proof.count = TLOG_PROOF_MAX + 1;
    assert_int_equal(tlog_check_inclusion(&leaf, 5, 10, &proof, &root), ERR_DAMAGED);
    assert_int_equal(tlog_check_consistency(5, &older, 10, &root, &proof), ERR_DAMAGED);
    assert_int_equal(tlog_check_consistency(5, &older, 10, &root, &none), ERR_DAMAGED);
    /* RFC 9162 2.1.4: nothing is shown for the empty tree and for the same one. */
    proof.count = 1;
    assert_int_equal(tlog_check_consistency(0, &nothing, 10, &root, &none), 0);
    assert_int_equal(tlog_check_consistency(0, &nothing, 10, &root, &proof), ERR_DAMAGED);
    assert_int_equal(tlog_check_consistency(0, &root, 10, &root, &none), ERR_DAMAGED);
    assert_int_equal(tlog_check_consistency(10, &root, 10, &root, &none), 0);
    assert_int_equal(tlog_check_consistency(10, &root, 10, &root, &proof), ERR_DAMAGED);
    assert_int_equal(tlog_check_consistency(10, &older, 10, &root, &none), ERR_DAMAGED);
}

static void a_damaged_log_is_named(void **state)
{
    (void)state;
    struct tlog_source source = memory_source(&log_);
    memory_grow(&log_, 1000);
    struct digest root = tlog_frontier_root(&log_.frontier);
    struct error_detail detail = {0};
    assert_int_equal(tlog_check_log(&source, 1000, &root, &detail), 0);
    log_.entries[300].bytes[5] ^= 1;
    assert_int_equal(tlog_check_log(&source, 1000, &root, &detail), ERR_DAMAGED);
    assert_non_null(strstr(detail.text, "node 1/1"));
    log_.entries[300].bytes[5] ^= 1;
    log_.entries[999].bytes[0] ^= 1; /* in no complete node */
    detail.text[0] = '\0';
    assert_int_equal(tlog_check_log(&source, 1000, &root, &detail), ERR_DAMAGED);
    assert_non_null(strstr(detail.text, "root"));
    assert_int_equal(tlog_check_log(&source, 1001, &root, NULL), ERR_NOT_FOUND);
}

/* A source that fails after some calls. */
struct brittle {
    struct tlog_source sound;
    int calls_left;
};

static int brittle_entries(void *context, uint64_t first, size_t count, struct digest *ret_entries)
{
    struct brittle *brittle = context;
    return brittle->calls_left-- > 0
               ? brittle->sound.entries(brittle->sound.context, first, count, ret_entries)
               : ERR_STORE;
}

static int brittle_nodes(void *context, unsigned level, uint64_t first, size_t count,
                         struct digest *ret_hashes)
{
    struct brittle *brittle = context;
    return brittle->calls_left-- > 0
               ? brittle->sound.nodes(brittle->sound.context, level, first, count, ret_hashes)
               : ERR_STORE;
}

/* Whichever read of the source fails, the caller hears it and the output is left alone. */
static void a_failing_source_is_told(void **state)
{
    (void)state;
    memory_grow(&log_, 700);
    struct digest root = tlog_frontier_root(&log_.frontier);
    for (int what = 0; what < 4; what++) {
        int result = ERR_STORE;
        for (int calls = 0; result < 0 && calls < 100; calls++) {
            struct brittle brittle = {memory_source(&log_), calls};
            const struct tlog_source source = {&brittle, brittle_entries, brittle_nodes};
            struct tlog_hashes proof = {.count = 77};
            struct digest computed = {{5}};
            result = what == 0   ? tlog_prove_inclusion(&source, 300, 700, &proof)
                     : what == 1 ? tlog_prove_consistency(&source, 300, 700, &proof)
                     : what == 2 ? tlog_root(&source, 700, &computed)
                                 : tlog_check_log(&source, 700, &root, NULL);
            assert_true(result == ERR_STORE || (result == 0 && calls > 0));
            assert_true(result == 0 || (proof.count == 77 && computed.bytes[0] == 5));
        }
        assert_int_equal(result, 0);
    }
}

TEST_MAIN(cmocka_unit_test(roots_of_the_eight_known_leaves),
          cmocka_unit_test_setup(frontier_and_source_have_the_defined_root, setup),
          cmocka_unit_test_setup(frontier_survives_its_bytes, setup),
          cmocka_unit_test_setup(inclusion_is_proved_for_every_index_and_size, setup),
          cmocka_unit_test_setup(consistency_is_proved_for_every_pair_of_sizes, setup),
          cmocka_unit_test_setup(a_changed_proof_is_refused, setup),
          cmocka_unit_test_setup(large_trees_prove_through_upper_tiles, setup),
          cmocka_unit_test(the_largest_tree_is_proved_and_grows_no_more),
          cmocka_unit_test_setup(a_proof_without_sense_is_refused, setup),
          cmocka_unit_test_setup(a_damaged_log_is_named, setup),
          cmocka_unit_test_setup(a_failing_source_is_told, setup))
