#include "tlog/tile.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TILE_LEVEL_MAX = TLOG_LEVELS - 1 };

char *tlog_tile_path(const struct tlog_tile *tile, char path[TLOG_TILE_PATH])
{
    char groups[40];
    size_t at = sizeof groups - 1;
    groups[at] = '\0';
    uint64_t left = tile->index;
    for (bool last = true; last || left > 0; last = false) {
        char group[8];
        int size =
            snprintf(group, sizeof group, last ? "/%03u" : "/x%03u", (unsigned)(left % 1000));
        at -= (size_t)size;
        memcpy(groups + at, group, (size_t)size);
        left /= 1000;
    }
    char level[8], partial[8] = "";
    snprintf(level, sizeof level, "%u", tile->level % 100);
    if (tile->width < TLOG_TILE_WIDTH)
        snprintf(partial, sizeof partial, ".p/%u", tile->width);
    snprintf(path, TLOG_TILE_PATH, "tile/%s%s%s", tile->entries ? "entries" : level, groups + at,
             partial);
    return path;
}

/* Reads "/x001/x234/067"; stops behind it. */
static const char *parse_index(const char *at, uint64_t *ret_index)
{
    uint64_t index = 0;
    for (int group = 0; group < 7; group++) {
        bool more = at[0] == '/' && at[1] == 'x';
        const char *digits = at + (more ? 2 : 1);
        if (at[0] != '/' || strspn(digits, "0123456789") != 3)
            return NULL;
        index = index * 1000 + (uint64_t)(digits[0] - '0') * 100 +
                (uint64_t)(digits[1] - '0') * 10 + (uint64_t)(digits[2] - '0');
        at = digits + 3;
        if (!more) {
            *ret_index = index;
            return at;
        }
    }
    return NULL;
}

int tlog_tile_parse(const char *path, struct tlog_tile *ret_tile)
{
    struct tlog_tile tile = {.width = TLOG_TILE_WIDTH};
    if (strlen(path) >= TLOG_TILE_PATH || !text_starts_with(path, "tile/"))
        return ERR_SYNTAX;
    const char *at = path + strlen("tile/");
    if (text_starts_with(at, "entries/")) {
        tile.entries = true;
        at += strlen("entries");
    } else if (at[0] >= '0' && at[0] <= '0' + TILE_LEVEL_MAX) {
        tile.level = (unsigned)(at[0] - '0');
        at++;
    } else {
        return ERR_SYNTAX;
    }
    at = parse_index(at, &tile.index);
    if (!at)
        return ERR_SYNTAX;
    int64_t width;
    if (text_starts_with(at, ".p/")) {
        if (text_parse_int(at + 3, 1, TLOG_TILE_WIDTH - 1, &width) < 0)
            return ERR_SYNTAX;
        tile.width = (unsigned)width;
    } else if (*at) {
        return ERR_SYNTAX;
    }
    /* One tile has one path: leading groups of zeros and the like fail here. */
    char canonical[TLOG_TILE_PATH];
    if (strcmp(tlog_tile_path(&tile, canonical), path) != 0)
        return ERR_SYNTAX;
    *ret_tile = tile;
    return 0;
}

int tlog_tile_write(const struct tlog_source *source, const struct tlog_tile *tile,
                    struct buffer *out)
{
    struct digest items[TLOG_TILE_WIDTH];
    uint64_t first = tile->index * TLOG_TILE_WIDTH;
    int result = tile->level == 0
                     ? source->entries(source->context, first, tile->width, items)
                     : source->nodes(source->context, tile->level, first, tile->width, items);
    if (result < 0)
        return result;
    static const uint8_t length[2] = {0, DIGEST_SIZE}; /* big-endian uint16 */
    for (unsigned i = 0; i < tile->width; i++) {
        if (tile->entries)
            buffer_append(out, length, sizeof length);
        else if (tile->level == 0)
            items[i] = tlog_leaf_hash(items[i].bytes, DIGEST_SIZE);
        buffer_append(out, items[i].bytes, DIGEST_SIZE);
    }
    return buffer_error(out);
}

/* All tiles of one level that a log with `newer` hashes there has and one with `older` had not. */
static int visit_level(struct tlog_tile tile, uint64_t older, uint64_t newer, tlog_tile_visit *each,
                       void *context)
{
    for (uint64_t at = older - older % TLOG_TILE_WIDTH; at < newer; at += TLOG_TILE_WIDTH) {
        tile.index = at / TLOG_TILE_WIDTH;
        tile.width = newer - at < TLOG_TILE_WIDTH ? (unsigned)(newer - at) : TLOG_TILE_WIDTH;
        int result = each(context, &tile);
        if (result < 0)
            return result;
    }
    return 0;
}

int tlog_tiles_of_growth(uint64_t older, uint64_t newer, tlog_tile_visit *each, void *context)
{
    if (older > newer || newer > TLOG_SIZE_MAX)
        return ERR_USAGE;
    int result = older == newer ? 0
                                : visit_level((struct tlog_tile){.entries = true}, older, newer,
                                              each, context);
    for (unsigned level = 0; result >= 0 && level <= TILE_LEVEL_MAX && older != newer; level++) {
        result = visit_level((struct tlog_tile){.level = level}, older, newer, each, context);
        older /= TLOG_TILE_WIDTH;
        newer /= TLOG_TILE_WIDTH;
    }
    return result;
}
