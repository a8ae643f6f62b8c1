/* The bundle of a published notice: one file that proves, offline and with the log's pinned key,
 * what was published, that it is in the log, and which events led to it.
 *
 * RFC 8785 JSON and a line end, so that one content has one form:
 *
 *   {"checkpoint": "<signed note>",
 *    "openings": [{"entry": base64, "event": {...} | null, "index": n, "key": base64 | null,
 *                  "proof": [base64, ...]}, ...],
 *    "record": {...} | null,
 *    "schema": "bailiwick.bundle.v1"}
 *
 * Every byte is bound: the record by the member "record_sha256" (hexadecimal SHA-256 of its RFC
 * 8785 form) in the event of at least one opening, an event by its entry, an entry by its proof,
 * the proof by the checkpoint, the checkpoint by the signature. An opening that was erased has key
 * and event null; its proof still holds, and the record that only it bound must be null too. Only
 * the line of the pinned key counts; a bundle is written with that line alone. */
#ifndef BAILIWICK_TLOG_BUNDLE_H
#define BAILIWICK_TLOG_BUNDLE_H

#include "base/arena.h"
#include "tlog/checkpoint.h"
#include "tlog/entry.h"

#include <stdbool.h>

#define TLOG_BUNDLE_SCHEMA "bailiwick.bundle.v1"

enum {
    TLOG_BUNDLE_MAX = 16 * 1024 * 1024,
    TLOG_BUNDLE_OPENINGS_MAX = 5000, /* events of one case */
};

struct bundle_opening {
    struct tlog_opening opening; /* json NULL: erased */
    uint64_t index;
    struct tlog_hashes proof;
};

struct bundle {
    const char *record; /* JSON, NULL when erased */
    size_t record_size;
    struct bundle_opening *openings;
    size_t opening_count;
    const char *checkpoint;
    size_t checkpoint_size;
};

/* SHA-256 of the RFC 8785 form of a record, for the event that binds it. ERR_SYNTAX. */
int tlog_record_digest(const char *json, size_t size, struct digest *ret_digest,
                       struct error_detail *detail);

/* Appends the file. */
int tlog_bundle_write(const struct bundle *bundle, struct buffer *out, struct error_detail *detail);

/* What a bundle showed. */
struct bundle_report {
    struct tlog_checkpoint checkpoint;
    size_t openings; /* proved to be in the log */
    size_t erased;   /* of them: erased */
    bool has_record;
    struct digest record_sha256;
};

/* Checks everything with the pinned key; a key in the file would not be looked at. ERR_SYNTAX or
 * ERR_DAMAGED, naming what does not hold. */
int tlog_bundle_check(const void *data, size_t size, const struct note_key *key,
                      struct bundle_report *ret_report, struct error_detail *detail);

#endif
