/* C2SP tlog-proof: `.tlog-proof` files, the receipt that a filing, answer or decision was logged.
 *
 *   c2sp.org/tlog-proof@v1
 *   index 73894
 *   <base64 hash> ...            (leaf's sibling first)
 *
 *   <signed checkpoint> */
#ifndef BAILIWICK_TLOG_PROOF_H
#define BAILIWICK_TLOG_PROOF_H

#include "tlog/checkpoint.h"

struct tlog_proof {
    uint64_t index;
    struct tlog_hashes hashes;
    const char *checkpoint; /* the signed note, borrowed */
    size_t checkpoint_size;
};

int tlog_proof_format(const struct tlog_proof *proof, struct buffer *out);
/* An "extra" line is passed over: nothing authenticates it. ERR_SYNTAX, ERR_LIMIT. */
int tlog_proof_parse(const char *text, size_t size, struct tlog_proof *ret_proof,
                     struct error_detail *detail);

/* Whether the proof shows that `entry` stands in the log of `key`. */
int tlog_proof_check(const struct tlog_proof *proof, const struct note_key *key,
                     const struct digest *entry, struct error_detail *detail);

#endif
