#include "app/publish/ticker.h"

#include "app/publish/public_files.h"
#include "app/publish/signed.h"
#include "app/publish/tiles.h"
#include "base/file.h"
#include "store/log.h"
#include "tlog/checkpoint.h"
#include "tlog/signer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

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

/* --- step by step --- */

static int begin(struct ticker *ticker, struct app *app, struct child *signer,
                 struct error_detail *detail)
{
    int result = ticker_start_signer(app, signer, detail);
    if (result >= 0)
        result = look_back(app, signer, &ticker->last, &ticker->published, detail);
    growth_init(&ticker->growth);
    ticker->stage = TICK_GROWS;
    return result;
}

static int grow(struct ticker *ticker, struct app *app, struct child *signer,
                struct error_detail *detail)
{
    (void)signer;
    int result = growth_step(&ticker->growth, app, detail);
    if (result == 0)
        ticker->stage = TICK_PROVES;
    return result;
}

/* The tree as it stands now extends what was signed. */
static int prove_growth(struct ticker *ticker, struct app *app, struct child *signer,
                        struct error_detail *detail)
{
    (void)signer;
    struct tlog_frontier tree = {0};
    int64_t ticked_at;
    ticker->stage = TICK_WRITES;
    int result = store_log_tree(app->store, &tree, &ticked_at);
    return result < 0 ? app_store_failed(app, result, detail, "tree of the log")
                      : prove(app, &ticker->last, &tree, &ticker->request, detail);
}

/* From what outsiders were promised; where public/ was lost, from the first entry. */
static int write_tiles(struct ticker *ticker, struct app *app, struct child *signer,
                       struct error_detail *detail)
{
    (void)signer;
    const struct tiles_growth growth = {ticker->published.size, ticker->request.size};
    int result = tiles_step(app, &growth, &ticker->tiles, detail);
    if (result == 0)
        ticker->stage = TICK_SIGNS;
    return result;
}

static int sign_and_publish(struct ticker *ticker, struct app *app, struct child *signer,
                            struct error_detail *detail)
{
    struct buffer note BUFFER_CLEANUP = {0};
    buffer_init(&note, SIGNER_FRAME_MAX);
    int result = sign(signer, &ticker->request, &note, detail);
    ticker->stage = TICK_RESTS;
    return result < 0 ? result : publish_checkpoint(app, &note, ticker->request.size, detail);
}

void ticker_drop(struct ticker *ticker)
{
    growth_done(&ticker->growth);
    *ticker = (struct ticker){0};
}

int ticker_step(struct ticker *ticker, struct app *app, struct child *signer,
                struct error_detail *detail)
{
    static int (*const stages[])(struct ticker *, struct app *, struct child *,
                                 struct error_detail *) = {
        [TICK_RESTS] = begin,
        [TICK_GROWS] = grow,
        [TICK_PROVES] = prove_growth,
        [TICK_WRITES] = write_tiles,
        [TICK_SIGNS] = sign_and_publish,
    };
    int result;
    do
        result = stages[ticker->stage](ticker, app, signer, detail);
    while (result == 0 && ticker->stage != TICK_RESTS);
    if (result <= 0)
        ticker_drop(ticker);
    return result;
}

int ticker_tick(struct app *app, struct child *signer, struct error_detail *detail)
{
    struct ticker ticker = {0};
    int result;
    do
        result = ticker_step(&ticker, app, signer, detail);
    while (result > 0);
    return result;
}
