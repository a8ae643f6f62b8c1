#include "app/publish/ticker.h"

#include "app/publish/public_files.h"
#include "app/publish/signed.h"
#include "base/file.h"
#include "base/file_batch.h"
#include "store/log.h"
#include "tlog/checkpoint.h"
#include "tlog/sequence.h"
#include "tlog/signer.h"
#include "tlog/tile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TICK_ARENA_MAX = 256 << 20, PATH_ROOM = 4096 };

/* Key and state of the signer. Ticks make them again and again, so they live with the caller. */
struct signer_paths {
    char key[PATH_ROOM], state[PATH_ROOM];
};

static void find_signer(const struct app *app, struct signer_paths *ret_paths)
{
    snprintf(ret_paths->key, sizeof ret_paths->key, "%s/signer/log.key", app->data);
    snprintf(ret_paths->state, sizeof ret_paths->state, "%s/signer/log.state", app->data);
}

int ticker_create(struct app *app, struct error_detail *detail)
{
    char origin[NOTE_NAME_MAX + 1], vkey[NOTE_VKEY_MAX];
    struct signer_paths paths;
    find_signer(app, &paths);
    int result = tlog_origin(app->config.log_name, app_is_demo(app), origin);
    if (result < 0)
        return error_set(detail, result, "log.name '%s' makes no key name", app->config.log_name);
    result = file_make_folder(app_path(app, "signer"), 0700);
    if (result < 0)
        return error_set(detail, result, "%s/signer: %s", app->data, error_text(result));
    result = signer_create(paths.key, paths.state, origin, vkey, detail);
    if (result >= 0 && (result = app_set_meta(app, STORE_META_ORIGIN, origin)) < 0) {
        /* A key that no store knows of would keep the next init from making one. */
        unlink(paths.key);
        unlink(paths.state);
        app_store_failed(app, result, detail, "its name");
    }
    return result < 0 ? error_context(detail, result, "new log") : 0;
}

int ticker_vkey(const struct app *app, char ret_vkey[NOTE_VKEY_MAX], struct error_detail *detail)
{
    struct signer_paths paths;
    find_signer(app, &paths);
    return signer_vkey(paths.key, ret_vkey, detail);
}

int ticker_start_signer(struct app *app, struct child *signer, struct error_detail *detail)
{
    if (child_runs(signer))
        return 0;
    child_stop(signer); /* closes the socket of one that died */
    struct signer_paths paths;
    find_signer(app, &paths);
    const char *const arguments[] = {paths.key, paths.state, NULL};
    const struct child_request request = {.role = "signer", .arguments = arguments, .listener = -1};
    return child_start(&request, signer, detail);
}

/* --- sequencing --- */

/* The entries of what waits, padded, as they will stand in the log. */
static int order(struct arena *arena, struct store_log_batch *batch)
{
    struct digest *waiting = arena_array(arena, batch->waiting_count + 1, sizeof *waiting);
    struct digest *entries;
    if (!waiting)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < batch->waiting_count; i++)
        waiting[i] = batch->waiting[i].entry;
    int result = tlog_sequence(waiting, batch->waiting_count, arena, &entries, &batch->count);
    batch->entries = result < 0 ? NULL : entries;
    return result;
}

static int sequence(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_waiting *waiting;
    struct store_log_batch batch = {.at = clock_wall(&app->clock)};
    arena_init(&arena, TICK_ARENA_MAX);
    int result = store_begin(app->store);
    if (result >= 0)
        result =
            store_log_waiting(app->store, TLOG_BATCH_MAX, &arena, &waiting, &batch.waiting_count);
    if (result >= 0) {
        batch.waiting = waiting;
        result = order(&arena, &batch);
    }
    if (result >= 0)
        result = store_log_append(app->store, &batch);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0) {
        app_store_failed(app, result, detail, "tick of the log");
        store_rollback(app->store);
    }
    return result;
}

/* --- tiles --- */

struct tile_writer {
    struct app *app;
    struct error_detail *detail;
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

static int write_tile(void *context, const struct tlog_tile *tile)
{
    struct tile_writer *writer = context;
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

/* --- signing --- */

static int ask_signer(struct child *signer, const struct child_question *question,
                      struct buffer *reply, struct error_detail *detail)
{
    int result = child_ask(signer, question, reply, detail);
    if (result < 0)
        child_stop(signer);
    return result;
}

/* The signer is asked for its own last: it may have signed one that we did not get to keep. */
static int ask_last(struct child *signer, struct tlog_checkpoint *ret_last,
                    struct error_detail *detail)
{
    struct buffer reply BUFFER_CLEANUP = {0};
    buffer_init(&reply, SIGNER_FRAME_MAX);
    const struct child_question question = {.ask = SIGNER_STATE, .answer = SIGNER_NOTE};
    int result = ask_signer(signer, &question, &reply, detail);
    return result < 0 ? result
                      : tlog_checkpoint_parse(buffer_text(&reply), reply.size, ret_last, detail);
}

/* Nothing is appended or written before the store's log is seen to extend what was signed and what
 * was published. `ret_published` has size 0 where nothing was, or nothing that our key signed. */
static int look_back(struct app *app, struct child *signer, struct tlog_checkpoint *ret_signed,
                     struct tlog_checkpoint *ret_published, struct error_detail *detail)
{
    *ret_published = (struct tlog_checkpoint){0};
    int result = ask_last(signer, ret_signed, detail);
    if (result >= 0)
        result = signed_extends(app, ret_signed, "the signer has signed", detail);
    if (result >= 0 && signed_load(app, SIGNED_AND_PUBLISHED, ret_published, NULL) >= 0)
        result = signed_extends(app, ret_published, "a checkpoint was published of", detail);
    return result;
}

/* The proof is checked here too: the signer's refusal would come after the tiles. */
static int prove(struct app *app, const struct tlog_checkpoint *last,
                 const struct tlog_frontier *tree, struct signer_request *ret_request,
                 struct error_detail *detail)
{
    struct tlog_source source = store_log_source(app->store);
    *ret_request = (struct signer_request){.size = tree->size, .root = tlog_frontier_root(tree)};
    int result = tlog_prove_consistency(&source, last->size, tree->size, &ret_request->proof);
    if (result >= 0)
        result = tlog_check_consistency(last->size, &last->root, tree->size, &ret_request->root,
                                        &ret_request->proof);
    return result < 0 ? error_set(detail, result, "consistency proof: %s", error_text(result)) : 0;
}

static int sign(struct child *signer, const struct signer_request *request, struct buffer *ret_note,
                struct error_detail *detail)
{
    struct buffer body BUFFER_CLEANUP = {0};
    buffer_init(&body, SIGNER_FRAME_MAX);
    int result = signer_request_encode(request, &body);
    if (result < 0)
        return error_set(detail, result, "request to the signer: %s", error_text(result));
    const struct child_question question = {SIGNER_SIGN, SIGNER_NOTE, body.data, body.size};
    return ask_signer(signer, &question, ret_note, detail);
}

static int publish_checkpoint(struct app *app, const struct buffer *note, uint64_t size,
                              struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer key BUFFER_CLEANUP = {0};
    char vkey[NOTE_VKEY_MAX];
    arena_init(&arena, 1 << 20);
    int result = store_begin(app->store);
    if (result >= 0)
        result =
            store_log_checkpoint_put(app->store, size, buffer_text(note), clock_wall(&app->clock));
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0) {
        app_store_failed(app, result, detail, "checkpoint");
        store_rollback(app->store);
        return result;
    }
    struct public_writer writer = {.app = app, .arena = &arena, .detail = detail};
    result = public_write(&writer, "log/checkpoint", note);
    if (result >= 0)
        result = ticker_vkey(app, vkey, detail);
    if (result >= 0) {
        buffer_init(&key, sizeof vkey + 1);
        buffer_printf(&key, "%s\n", vkey);
        result = public_write(&writer, "log/key", &key);
    }
    return public_finish(&writer, result);
}

/* The tree as it stands now, with the proof that it extends what was signed. */
static int grow(struct app *app, const struct tlog_checkpoint *last,
                struct signer_request *ret_request, struct error_detail *detail)
{
    struct tlog_frontier tree = {0};
    int64_t ticked_at;
    int result = sequence(app, detail);
    if (result < 0)
        return result;
    result = store_log_tree(app->store, &tree, &ticked_at);
    if (result < 0)
        return app_store_failed(app, result, detail, "tree of the log");
    return prove(app, last, &tree, ret_request, detail);
}

int ticker_tick(struct app *app, struct child *signer, struct error_detail *detail)
{
    struct tile_writer writer = {
        .app = app, .detail = detail, .source = store_log_source(app->store)};
    struct tlog_checkpoint last = {0}, published = {0};
    struct signer_request request = {0};
    struct buffer note BUFFER_CLEANUP = {0};
    buffer_init(&note, SIGNER_FRAME_MAX);
    int result = ticker_start_signer(app, signer, detail);
    if (result >= 0)
        result = look_back(app, signer, &last, &published, detail);
    if (result >= 0)
        result = grow(app, &last, &request, detail);
    /* From what outsiders were promised; where public/ was lost, from the first entry. */
    if (result >= 0)
        result = tlog_tiles_of_growth(published.size, request.size, write_tile, &writer);
    if (result >= 0)
        result = file_batch_settle(&writer.batch, detail);
    file_batch_drop(&writer.batch);
    if (result >= 0)
        result = sign(signer, &request, &note, detail);
    return result < 0 ? result : publish_checkpoint(app, &note, request.size, detail);
}
