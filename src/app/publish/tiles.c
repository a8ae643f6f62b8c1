#include "app/publish/tiles.h"

#include "base/file.h"
#include "base/file_batch.h"
#include "store/log.h"
#include "tlog/tile.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Each is synced before the turn ends. */
enum { TILES_SLICE = 16, PATH_ROOM = 4096, SLICE_FULL = INT_MIN };

/* One go at the tiles: those before `from` are there. */
struct tile_writer {
    struct app *app;
    struct error_detail *detail;
    size_t from, seen;
    struct tlog_source source;
    struct file_batch batch;
    char folder[PATH_ROOM]; /* of the tile before, which is there; "" before the first */
};

/* mkdir -p for the folders of a tile. Tiles of one folder come one after another. */
static int make_parents(struct tile_writer *writer, char *path)
{
    size_t length = (size_t)(strrchr(path, '/') - path);
    if (strncmp(writer->folder, path, length) == 0 && !writer->folder[length])
        return 0;
    for (char *at = path + strlen(writer->app->data); (at = strchr(at + 1, '/'));) {
        *at = '\0';
        int result = file_make_folder(path, 0755);
        *at = '/';
        if (result < 0)
            return result;
    }
    snprintf(writer->folder, sizeof writer->folder, "%.*s", (int)length, path);
    return 0;
}

/* A tile that is there may have been signed and fetched, so it stays as it is. One that a cut tick
 * left has the same bytes, but perhaps not yet a durable name. */
static int put_tile(struct tile_writer *writer, const char *path, const struct buffer *bytes)
{
    struct error_detail *detail = writer->detail;
    struct buffer there BUFFER_CLEANUP = {0};
    buffer_init(&there, TLOG_TILE_BYTES_MAX);
    int result = buffer_load_file(&there, path);
    if (result == -ENOENT)
        return file_batch_write(&writer->batch, path, bytes->data, bytes->size, detail);
    if (result == ERR_LIMIT || (result >= 0 && (there.size != bytes->size ||
                                                memcmp(there.data, bytes->data, bytes->size) != 0)))
        return error_set(detail, ERR_DAMAGED,
                         "%s holds other bytes than the store; a tile is never replaced", path);
    return result < 0 ? error_set(detail, result, "%s: %s", path, error_text(result))
                      : file_batch_keep(&writer->batch, path, detail);
}

static int write_tile(struct tile_writer *writer, const struct tlog_tile *tile)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    char name[TLOG_TILE_PATH], path[PATH_ROOM];
    buffer_init(&bytes, TLOG_TILE_BYTES_MAX);
    int result = tlog_tile_write(&writer->source, tile, &bytes);
    if (result < 0)
        return result;
    int size = snprintf(path, sizeof path, "%s/public/log/%s", writer->app->data,
                        tlog_tile_path(tile, name));
    if (size < 0 || (size_t)size >= sizeof path)
        return ERR_LIMIT;
    result = make_parents(writer, path);
    return result < 0 ? error_set(writer->detail, result, "%s: %s", path, error_text(result))
                      : put_tile(writer, path, &bytes);
}

static int visit(void *context, const struct tlog_tile *tile)
{
    struct tile_writer *writer = context;
    if (writer->seen >= writer->from + TILES_SLICE)
        return SLICE_FULL;
    return writer->seen++ < writer->from ? 0 : write_tile(writer, tile);
}

int tiles_step(struct app *app, const struct tiles_growth *growth, size_t *done,
               struct error_detail *detail)
{
    struct tile_writer writer = {
        .app = app, .detail = detail, .from = *done, .source = store_log_source(app->store)};
    int result = tlog_tiles_of_growth(growth->older, growth->newer, visit, &writer);
    bool left = result == SLICE_FULL;
    if (result >= 0 || left)
        result = file_batch_settle(&writer.batch, detail);
    file_batch_drop(&writer.batch);
    if (result < 0)
        return result;
    *done = writer.seen;
    return left;
}
