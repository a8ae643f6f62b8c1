#include "app/query/log_files.h"

#include "app/publish/signed.h"
#include "store/log.h"
#include "tlog/tile.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TILE_FAULTS_MAX = 20 }; /* a restored backup may make every tile a fault */

struct tile_check {
    struct query_call *call;
    json_t *faults;
    char folder[PATH_MAX]; /* DATA/public/log */
    size_t found;          /* faults of tiles */
};

static void tile_fault(struct tile_check *check, const char *path, const char *words)
{
    check->found++;
    log_fault(check->faults, "tile", path, words);
}

/* --- checkpoints --- */

/* The file is read before the store, which a daemon may let grow meanwhile but never shrink. */
static void check_signed(struct query_call *call, json_t *faults, const char *kind,
                         const char *file, const char *who, struct tlog_checkpoint *ret_checkpoint)
{
    struct error_detail words = {0};
    *ret_checkpoint = (struct tlog_checkpoint){0};
    int result = signed_load(call->app, file, ret_checkpoint, &words);
    /* Nothing is published before the first tick; who may not read the signer's folder asks only
     * about the rest. */
    if (result == ERR_NOT_FOUND || result == -EACCES)
        return;
    if (result >= 0)
        result = signed_extends(call->app, ret_checkpoint, who, &words);
    if (result < 0)
        log_fault(faults, kind, file, error_words(&words, result));
}

/* --- tiles --- */

static int must_be_there(void *context, const struct tlog_tile *tile)
{
    struct tile_check *check = context;
    char name[TLOG_TILE_PATH], path[PATH_MAX + TLOG_TILE_PATH];
    tlog_tile_path(tile, name);
    snprintf(path, sizeof path, "%s/%s", check->folder, name);
    if (access(path, F_OK) < 0)
        tile_fault(check, name, "the published checkpoint promises it, but it is not there");
    return check->found < TILE_FAULTS_MAX ? 0 : ERR_LIMIT;
}

static bool is_within(const struct tlog_tile *tile, uint64_t size)
{
    uint64_t whole = size >> (tile->level * TLOG_TILE_HEIGHT);
    return tile->index <= whole / TLOG_TILE_WIDTH &&
           tile->index * TLOG_TILE_WIDTH + tile->width <= whole;
}

static int compare_tile(struct tile_check *check, const char *name, const char *path,
                        const struct tlog_tile *tile)
{
    struct app *app = check->call->app;
    struct tlog_source source = store_log_source(app->store);
    struct buffer there BUFFER_CLEANUP = {0}, ours BUFFER_CLEANUP = {0};
    struct tlog_frontier tree;
    int64_t at;
    buffer_init(&there, TLOG_TILE_BYTES_MAX);
    buffer_init(&ours, TLOG_TILE_BYTES_MAX);
    int failure = buffer_load_file(&there, path);
    int result = store_log_tree(app->store, &tree, &at);
    if (result >= 0 && !is_within(tile, tree.size)) {
        tile_fault(check, name, "it holds more than the store");
        return 0;
    }
    if (result >= 0)
        result = tlog_tile_write(&source, tile, &ours);
    if (result < 0)
        return app_store_failed(app, result, check->call->detail, "tile of the log");
    if (failure < 0 && failure != ERR_LIMIT)
        tile_fault(check, name, error_text(failure));
    else if (there.size != ours.size || memcmp(there.data, ours.data, ours.size) != 0)
        tile_fault(check, name, "it holds other bytes than the store gives");
    return 0;
}

/* Every tile that is there, also the narrow ones of earlier checkpoints. */
static int check_tiles_there(struct tile_check *check)
{
    char folder[PATH_MAX + sizeof "/tile"];
    snprintf(folder, sizeof folder, "%s/tile", check->folder);
    char *const roots[] = {folder, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!tree)
        return -errno;
    int result = 0;
    for (FTSENT *at; result >= 0 && check->found < TILE_FAULTS_MAX && (at = fts_read(tree));) {
        const char *name = at->fts_path + strlen(check->folder) + 1;
        struct tlog_tile tile;
        /* What a cut write left beside a tile has no name of a tile. */
        if (at->fts_info == FTS_F && tlog_tile_parse(name, &tile) >= 0)
            result = compare_tile(check, name, at->fts_path, &tile);
    }
    fts_close(tree);
    return result;
}

int log_check_files(struct query_call *call, json_t *faults)
{
    struct tile_check check = {.call = call, .faults = faults};
    struct tlog_checkpoint last, published;
    int size = snprintf(check.folder, sizeof check.folder, "%s/public/log", call->app->data);
    if (size < 0 || (size_t)size >= sizeof check.folder)
        return error_set(call->detail, -ENAMETOOLONG, "public/log: %s", error_text(-ENAMETOOLONG));
    check_signed(call, faults, "signer", SIGNED_BY_SIGNER, "the signer has signed", &last);
    check_signed(call, faults, "checkpoint", SIGNED_AND_PUBLISHED, "a checkpoint was published of",
                 &published);
    /* Ends early only with enough faults. */
    tlog_tiles_of_growth(0, published.size, must_be_there, &check);
    return check_tiles_there(&check);
}
