/* Writes the bundles of notices (tlog/bundle.h). */
#include "app/publish/notice.h"
#include "app/publish/public_files.h"
#include "app/publish/ticker.h"
#include "base/json.h"
#include "store/log.h"
#include "tlog/bundle.h"

#include <string.h>

struct bundle_writer {
    struct public_writer files;
    const char *checkpoint; /* the newest */
    uint64_t size;          /* of its log */
    struct note_key key;
};

static int failed(const struct bundle_writer *writer, int result)
{
    return result < 0 ? app_store_failed(writer->files.app, result, writer->files.detail,
                                         "openings of a notice")
                      : 0;
}

/* The openings of a notice, each with its place. Gives 0 when one is not in the signed log yet. */
static int collect(const struct bundle_writer *writer, const char *notice, struct bundle *bundle)
{
    struct store_publication_update *updates;
    size_t count;
    int result = store_publication_update_list(writer->files.app->store, notice,
                                               writer->files.arena, &updates, &count);
    if (result < 0)
        return failed(writer, result);
    bundle->openings = arena_array(writer->files.arena, count + 1, sizeof *bundle->openings);
    if (!bundle->openings)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        struct bundle_opening *slot = &bundle->openings[i];
        struct store_opening opening;
        result = store_log_index(writer->files.app->store, &updates[i].entry, &slot->index);
        if (result == ERR_NOT_FOUND || (result >= 0 && slot->index >= writer->size))
            return 0;
        if (result >= 0)
            result = store_opening_find(writer->files.app->store, &updates[i].entry,
                                        writer->files.arena, &opening);
        if (result < 0)
            return failed(writer, result);
        slot->opening = opening.opening;
    }
    bundle->opening_count = count;
    return count > 0;
}

static int prove(const struct bundle_writer *writer, struct bundle *bundle)
{
    struct tlog_source source = store_log_source(writer->files.app->store);
    int result = 0;
    for (size_t i = 0; result >= 0 && i < bundle->opening_count; i++)
        result = tlog_prove_inclusion(&source, bundle->openings[i].index, writer->size,
                                      &bundle->openings[i].proof);
    return failed(writer, result);
}

static bool same_opening(const json_t *old, const struct tlog_opening *opening)
{
    char entry[64];
    const char *there = json_text(old, "entry");
    base64_format(opening->entry.bytes, DIGEST_SIZE, entry, sizeof entry);
    return there && strcmp(there, entry) == 0 &&
           json_is_null(json_object_get(old, "event")) == !opening->json;
}

/* Whether the bundle that is there tells of these openings, as they are now: a later checkpoint
 * would make it no better. Each process looks once whether it holds. */
static bool is_there(const struct bundle_writer *writer, const char *path,
                     const struct bundle *bundle)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    json_t *there JSON_CLEANUP = NULL;
    struct bundle_report report;
    buffer_init(&bytes, TLOG_BUNDLE_MAX);
    if (buffer_load_file(&bytes, path) < 0 ||
        json_parse((const char *)bytes.data, bytes.size, &there, NULL) < 0)
        return false;
    const json_t *openings = json_object_get(there, "openings");
    bool same = json_array_size(openings) == bundle->opening_count;
    for (size_t i = 0; same && i < bundle->opening_count; i++)
        same = same_opening(json_array_get(openings, i), &bundle->openings[i].opening);
    return same && (writer->files.app->bundles_written ||
                    tlog_bundle_check(bytes.data, bytes.size, &writer->key, &report, NULL) >= 0);
}

static int write_bundle(struct bundle_writer *writer, const struct store_publication *publication)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct bundle bundle = {.record = publication->record,
                            .record_size = strlen(publication->record),
                            .checkpoint = writer->checkpoint,
                            .checkpoint_size = strlen(writer->checkpoint)};
    buffer_init(&bytes, TLOG_BUNDLE_MAX);
    int result = collect(writer, publication->notice, &bundle);
    if (result <= 0)
        return result;
    const char *name = arena_printf(writer->files.arena, "notices/%s.bundle", publication->notice);
    const char *path =
        name ? arena_printf(writer->files.arena, "%s/public/%s", writer->files.app->data, name)
             : NULL;
    if (!path)
        return ERR_LIMIT;
    if (is_there(writer, path, &bundle))
        return 0;
    result = prove(writer, &bundle);
    if (result >= 0)
        result = tlog_bundle_write(&bundle, &bytes, writer->files.detail);
    return result < 0 ? result : public_write(&writer->files, name, &bytes);
}

static int begin(struct bundle_writer *writer)
{
    char vkey[NOTE_VKEY_MAX];
    int result = store_log_checkpoint(writer->files.app->store, writer->files.arena, &writer->size,
                                      &writer->checkpoint);
    if (result < 0)
        return result == ERR_NOT_FOUND ? result
                                       : app_store_failed(writer->files.app, result,
                                                          writer->files.detail, "checkpoint");
    result = ticker_vkey(writer->files.app, vkey, writer->files.detail);
    return result < 0 ? result : note_key_parse(vkey, &writer->key, writer->files.detail);
}

int notice_write_bundles(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct bundle_writer writer = {.files = {.app = app, .arena = &arena, .detail = detail}};
    struct store_publication *publications;
    size_t count = 0;
    arena_init(&arena, PUBLIC_ARENA_MAX);
    int result = public_make_folders(app, &arena, detail);
    if (result >= 0)
        result = public_load(app, &arena, &publications, &count, detail);
    if (result < 0 || count == 0)
        return result;
    result = begin(&writer);
    if (result == ERR_NOT_FOUND)
        return 0; /* nothing is signed yet */
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = write_bundle(&writer, &publications[i]);
    result = public_finish(&writer.files, result);
    app->bundles_written |= result >= 0;
    return result < 0 ? result : 0;
}
