#include "app/publish/signed.h"

#include "app/publish/ticker.h"
#include "store/log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

enum { CHECKPOINT_MAX = 8 * 1024 };

int signed_load(const struct app *app, const char *file, struct tlog_checkpoint *ret_checkpoint,
                struct error_detail *detail)
{
    struct buffer note BUFFER_CLEANUP = {0};
    struct note_key key;
    char path[PATH_MAX], vkey[NOTE_VKEY_MAX];
    buffer_init(&note, CHECKPOINT_MAX);
    int size = snprintf(path, sizeof path, "%s/%s", app->data, file);
    if (size < 0 || (size_t)size >= sizeof path)
        return error_set(detail, -ENAMETOOLONG, "%s: %s", file, error_text(-ENAMETOOLONG));
    int result = buffer_load_file(&note, path);
    if (result == -ENOENT || result == -ENOTDIR)
        result = ERR_NOT_FOUND;
    if (result < 0)
        return error_set(detail, result, "%s: %s", file, error_text(result));
    result = ticker_vkey(app, vkey, detail);
    if (result >= 0)
        result = note_key_parse(vkey, &key, detail);
    if (result >= 0)
        result = tlog_checkpoint_open(&key, buffer_text(&note), note.size, ret_checkpoint, detail);
    return result < 0 ? error_context(detail, result, "%s", file) : 0;
}

int signed_extends(struct app *app, const struct tlog_checkpoint *checkpoint, const char *who,
                   struct error_detail *detail)
{
    struct tlog_source source = store_log_source(app->store);
    struct tlog_frontier tree;
    struct digest root;
    int64_t at;
    int result = store_log_tree(app->store, &tree, &at);
    if (result < 0)
        return app_store_failed(app, result, detail, "tree of the log");
    if (checkpoint->size > tree.size)
        return error_set(detail, ERR_DAMAGED,
                         "%s %llu entries but the store holds %llu: an old backup was restored; "
                         "the log must not fork",
                         who, (unsigned long long)checkpoint->size, (unsigned long long)tree.size);
    result = tlog_root(&source, checkpoint->size, &root);
    if (result < 0)
        return app_store_failed(app, result, detail, "tree of the log");
    if (!digest_equal(&root, &checkpoint->root))
        return error_set(detail, ERR_DAMAGED,
                         "%s %llu entries that are not the first ones of the store: an old backup "
                         "was restored; the log must not fork",
                         who, (unsigned long long)checkpoint->size);
    return 0;
}
