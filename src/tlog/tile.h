/* C2SP tlog-tiles: which files a growing log has, what they are called and what is in them.
 *
 * Tiles have height 8. `tile/<level>/<index>` holds 256 hashes, `tile/entries/<index>` 256 entries,
 * each with a big-endian uint16 length before it; the index is written in groups of three digits,
 * all but the last with an "x" in front (x001/x234/067). A tile that is not full yet has the suffix
 * ".p/<width>". Partial tiles stay where they are when a wider one appears. */
#ifndef BAILIWICK_TLOG_TILE_H
#define BAILIWICK_TLOG_TILE_H

#include "base/buffer.h"
#include "tlog/tree.h"

#include <stdbool.h>
#include <stdint.h>

enum { TLOG_TILE_PATH = 64, TLOG_TILE_BYTES_MAX = TLOG_TILE_WIDTH * (DIGEST_SIZE + 2) };

struct tlog_tile {
    bool entries;   /* an entry bundle; level is 0 then */
    unsigned level; /* 0..5 */
    uint64_t index;
    unsigned width; /* 1..256 */
};

/* "tile/0/x001/234.p/5", without a leading slash. */
char *tlog_tile_path(const struct tlog_tile *tile, char path[TLOG_TILE_PATH]);
/* ERR_SYNTAX for anything that tlog_tile_path() would not write. */
int tlog_tile_parse(const char *path, struct tlog_tile *ret_tile);

/* The bytes of a tile. */
int tlog_tile_write(const struct tlog_source *source, const struct tlog_tile *tile,
                    struct buffer *out);

/* Calls `each` for every tile that a log of `newer` entries has and one of `older` did not have,
 * entry bundles first, then levels upwards. Stops at the first failure of `each`. */
typedef int tlog_tile_visit(void *context, const struct tlog_tile *tile);
int tlog_tiles_of_growth(uint64_t older, uint64_t newer, tlog_tile_visit *each, void *context);

#endif
