/* Time zones: civil time of a place <-> instants, from TZif bytes (RFC 8536, RFC 9636).
 *
 * The bytes are handed in (a pinned copy of a rulebook, or /usr/share/zoneinfo read by a loader),
 * never looked up behind the caller's back: the same bytes always give the same deadlines, and the
 * SHA-256 of the bytes is the version of the zone. UTC is built in and needs no bytes.
 *
 * Civil to instant, documented because it must never surprise anybody:
 *  - a civil time that does not exist (clocks went forward) is read with the offset that held
 *    before the gap, i.e. it becomes the same length of time after the change;
 *  - a civil time that exists twice (clocks went back) is the LATER of the two. A due moment may
 *    only be kinder to the party for it, never earlier.
 *
 * After the last transition of the file the POSIX TZ footer holds (RFC 8536 3.3). */
#ifndef BAILIWICK_BASE_ZONE_H
#define BAILIWICK_BASE_ZONE_H

#include "base/civil.h"
#include "base/digest.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    ZONE_NAME_MAX = 48,          /* the longest name of the IANA database has 32 */
    ZONE_BYTES_MAX = 64 * 1024,  /* the largest file has about 4 KB */
    ZONE_TRANSITIONS_MAX = 2000, /* the most eventful zone has fewer than 400 */
    ZONE_RELEASE_MAX = 16,       /* "2026a" */
};

struct zone;

/* UTC; never freed, zone_free() takes it and does nothing. */
const struct zone *zone_utc(void);

/* Parses TZif version 1 to 4. The bytes are copied. ERR_SYNTAX, ERR_LIMIT, ERR_NO_MEMORY;
 * ERR_UNSUPPORTED for files that count leap seconds (our instants do not). */
int zone_parse(const char *name, const void *data, size_t size, struct zone **ret_zone,
               struct error_detail *detail);

/* Reads `<directory>/<name>`, e.g. "/usr/share/zoneinfo" (which NULL means) and "Europe/Zurich".
 * Names that leave the directory are refused. For loaders only. */
int zone_load(const char *directory, const char *name, struct zone **ret_zone,
              struct error_detail *detail);

void zone_free(struct zone *zone);

const char *zone_name(const struct zone *zone);
/* SHA-256 of the bytes; of the text "UTC" for the built-in zone. */
struct digest zone_version(const struct zone *zone);
/* The release of the time-zone database that the bytes came from, by the first line of its
 * `tzdata.zi` ("2026a"); "" for handed-in bytes, UTC, and a folder that does not say. */
const char *zone_release(const struct zone *zone);

/* Seconds east of Greenwich at an instant. */
int32_t zone_offset(const struct zone *zone, int64_t instant);

/* The civil day that an instant falls on in this zone. */
int32_t zone_day_of(const struct zone *zone, int64_t instant);
struct civil zone_civil(const struct zone *zone, int64_t instant);

/* The instant of a civil time (gap and fold: see above). */
int64_t zone_instant(const struct zone *zone, const struct civil *civil);

/* The instant of 00:00 of a civil day, by the rules of gap and fold above. */
int64_t zone_day_start(const struct zone *zone, int32_t day);

#endif
