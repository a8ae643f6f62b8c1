/* What is kept of a complaint to find others that are alike: hashes under a secret key of the
 * store, so that the rows say nothing, and a stolen index cannot be tried against guessed words.
 *
 * Words are looked at as groups of two that follow each other, so that sentences may change places;
 * of the groups a sketch keeps SKETCH_SAMPLES minima (Broder, "On the resemblance and containment
 * of documents", 1997). What tells one incident from another stands apart: names, and details,
 * which are words with a digit, an address, or a digest of an exhibit.
 *
 * A sketch is found by its buckets: two complaints that share one are looked at together. There is
 * one for each name and the domain above it, one for names, type and exhibits together, and bands
 * of samples (Leskovec and others, "Mining of Massive Datasets", 3.4): of two texts that share nine
 * of ten groups, nineteen of twenty share a band. Complaints without a name have more bands, since
 * nothing else leads to them; there the same holds from seven of ten on. */
#ifndef BAILIWICK_CASES_SKETCH_H
#define BAILIWICK_CASES_SKETCH_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/keyed_hash.h"

#include <stdbool.h>

enum {
    SKETCH_SAMPLES = 128, /* an estimate of one half is off by less than a tenth, 19 times of 20 */
    SKETCH_DETAILS_MAX = 16,
    SKETCH_NAMES_MAX = 500,
    SKETCH_GROUPS_MAX = 20000, /* groups of words that are looked at */
    SKETCH_BANDS = 4,          /* of 6 samples each */
    SKETCH_LONE_BANDS = 20,    /* of 3 samples each: without a name */
    SKETCH_BUCKETS_MAX = 1 + 2 * SKETCH_NAMES_MAX + SKETCH_BANDS + SKETCH_LONE_BANDS,
    SKETCH_BYTES_MAX = 24 + 2 * SKETCH_SAMPLES + 4 * SKETCH_DETAILS_MAX + 16 * SKETCH_NAMES_MAX,
};

/* All that is looked at. Texts are folded (proto/text/fold.h), names lower case without a dot at
 * the end. */
struct sketch_source {
    const char *type;
    const char *reporter; /* address, "" for none */
    const char *const *names;
    size_t name_count;
    const char *const *texts;
    size_t text_count;
    const struct digest *exhibits;
    size_t exhibit_count;
};

struct sketch_name {
    uint64_t name, domain; /* itself, and the name that was registered, as far as labels tell */
};

/* What a sketch has of an address, which is folded. */
uint64_t sketch_reporter(const struct hash_key *key, const char *address);

/* Hashes are never 0: that is "none". */
struct sketch {
    uint64_t exact;    /* of type, names and exhibits; of the words where there is no exhibit */
    uint64_t reporter; /* 0: not known */
    uint32_t group_count;
    uint16_t samples[SKETCH_SAMPLES];
    uint32_t details[SKETCH_DETAILS_MAX]; /* the smallest, in order */
    size_t detail_count;
    struct sketch_name *names; /* in order */
    size_t name_count;
};

/* Names above SKETCH_NAMES_MAX are left out. ERR_LIMIT when the arena is full. */
int sketch_make(const struct hash_key *key, const struct sketch_source *source, struct arena *arena,
                struct sketch *ret_sketch);

/* One form, in at most SKETCH_BYTES_MAX bytes. Returns the size. */
size_t sketch_encode(const struct sketch *sketch, uint8_t bytes[SKETCH_BYTES_MAX]);
/* ERR_DAMAGED for what sketch_encode() does not write; ERR_LIMIT. */
int sketch_decode(const uint8_t *bytes, size_t size, struct arena *arena,
                  struct sketch *ret_sketch);

/* Whether a name, lower case without a dot at the end, is one of those of the sketch. */
bool sketch_has_name(const struct hash_key *key, const struct sketch *sketch, const char *name);

/* Returns their number; each once, in order. As signed numbers: so stores keep them. */
size_t sketch_buckets(const struct sketch *sketch, int64_t buckets[SKETCH_BUCKETS_MAX]);

#endif
