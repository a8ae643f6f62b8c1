/* Any text as the path of a tile: what is accepted is exactly what would be written. */
#include "base/buffer.h"
#include "fuzz.h"
#include "tlog/tile.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer text BUFFER_CLEANUP;
    struct tlog_tile tile;
    char path[TLOG_TILE_PATH];
    buffer_init(&text, 1 << 20);
    buffer_append(&text, data, size);
    if (buffer_error(&text) < 0)
        return 0;
    if (tlog_tile_parse(buffer_text(&text), &tile) >= 0 &&
        strcmp(tlog_tile_path(&tile, path), buffer_text(&text)) != 0)
        __builtin_trap();
    return 0;
}
