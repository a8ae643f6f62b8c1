/* The transparency log (room tlog): entries, tree, tiles, checkpoints, proofs, bundles, signer.
 *
 * The room is pure: no clock, no socket, no database, no file; only the signer process (signer.h)
 * keeps two files of its own. The story of one entry: something happens; tlog_commit() turns the
 * event's JSON into an entry and an opening, which the store keeps in the transaction of the event
 * (entry.h); at the next tick tlog_sequence() orders and pads what is waiting (sequence.h); the
 * tree grows by it (tree.h), the tiles that changed are written (tile.h), the signer signs the new
 * checkpoint (signer.h, checkpoint.h), and a proof or bundle can be handed out (proof.h, bundle.h).
 *
 * An entry says nothing by itself: it is the HMAC-SHA-256, under 32 fresh random bytes, of the
 * event's RFC 8785 JSON. Who holds the opening (key and JSON) can show what was logged and when;
 * erasing the opening makes the entry unreadable for ever, while all proofs stay valid. */
#ifndef BAILIWICK_TLOG_ENTRY_H
#define BAILIWICK_TLOG_ENTRY_H

#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"

#include <stddef.h>

enum {
    TLOG_ENTRY_SIZE = DIGEST_SIZE,
    TLOG_EVENT_MAX = 64 * 1024, /* larger content goes in by its digest */
};

/* What opens one entry. `json` is RFC 8785, borrowed from the caller's buffer. */
struct tlog_opening {
    struct digest entry;
    struct digest key; /* 32 random bytes */
    const char *json;
    size_t json_size;
};

/* Commits to an event of integers, strings, booleans, null, arrays and objects; its canonical form
 * is written to `canonical` (cleared first), which `ret_opening->json` borrows. ERR_LIMIT above
 * TLOG_EVENT_MAX, ERR_UNSUPPORTED for real numbers. */
int tlog_commit(const json_t *event, struct buffer *canonical, struct tlog_opening *ret_opening,
                struct error_detail *detail);

/* The same of an event that is in canonical form already. */
int tlog_commit_text(const struct buffer *canonical, struct tlog_opening *ret_opening,
                     struct error_detail *detail);

/* Whether key and JSON open the entry. ERR_DAMAGED when not. */
int tlog_opening_check(const struct tlog_opening *opening, struct error_detail *detail);

#endif
