#include "app/admin.h"

#include "app/casework/rebuild.h"
#include "app/complaints/erasures.h"
#include "app/config.h"
#include "app/law.h"
#include "app/publish/ticker.h"
#include "app/query/complaints.h"
#include "tlog/bundle.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int store_path(const char *data, char ret_path[PATH_MAX], struct error_detail *detail)
{
    if (!data)
        return error_set(detail, ERR_USAGE,
                         "no data directory; say --data DIR or set BAILIWICK_DATA");
    snprintf(ret_path, PATH_MAX, "%s/store.db", data);
    return 0;
}

/* A store without its log is of no use, and would keep the next init from making one. With a key
 * beside it, it is the whole one of another init that was a moment faster. */
static void remove_store(const char *data)
{
    static const char *const names[] = {"store.db", "store.db-wal", "store.db-shm",
                                        "store.db.lock"};
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/signer/log.key", data);
    if (access(path, F_OK) == 0)
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", data, names[i]);
        unlink(path);
    }
}

static int make_log(struct app *app, json_t **ret_result, struct error_detail *detail)
{
    char vkey[NOTE_VKEY_MAX];
    int result = ticker_create(app, detail);
    if (result >= 0)
        result = ticker_vkey(app, vkey, detail);
    if (result < 0)
        return result;
    *ret_result =
        json_pack("{s:s, s:s, s:b}", "data", app->data, "log_key", vkey, "demo", app_is_demo(app));
    return *ret_result ? 0 : ERR_NO_MEMORY;
}

int admin_init(const struct app_options *options, json_t **ret_result, struct error_detail *detail)
{
    struct app app;
    char path[PATH_MAX];
    int result = store_path(options->data, path, detail);
    if (result < 0)
        return result;
    if (access(path, F_OK) == 0)
        return error_set(detail, ERR_CONFLICT, "%s holds a store already", options->data);
    result = app_open(options, &app, detail);
    if (result >= 0) {
        result = make_log(&app, ret_result, detail);
        app_close(&app);
    }
    /* A store that somebody holds, or a log that is there already, may be that of another init. */
    if (result < 0 && result != ERR_CONFLICT)
        remove_store(options->data);
    return result;
}

int admin_upgrade(const struct app_options *options, json_t **ret_result,
                  struct error_detail *detail)
{
    struct app app;
    int now = 0;
    int result = app_open(options, &app, detail);
    if (result < 0)
        return result;
    int met = store_schema_met(app.store);
    result = store_check(app.store, detail);
    if (result >= 0)
        result = store_schema_version(app.store, &now);
    if (result >= 0) {
        *ret_result = json_pack("{s:i, s:i}", "from", met, "to", now);
        result = *ret_result ? 0 : ERR_NO_MEMORY;
    }
    app_close(&app);
    return result;
}

int admin_rebuild(const struct app_options *options, json_t **ret_result,
                  struct error_detail *detail)
{
    json_t *told JSON_CLEANUP = json_object();
    struct app app;
    if (!told)
        return ERR_NO_MEMORY;
    int result = app_open(options, &app, detail);
    if (result < 0)
        return result;
    result = rebuild_projections(&app, told, detail);
    app_close(&app);
    if (result >= 0)
        *ret_result = json_incref(told);
    return result;
}

/* Without app_open(), which asks more of a store than that it can be copied. */
int admin_backup(const char *data, const char *file, struct error_detail *detail)
{
    char path[PATH_MAX];
    struct store *store;
    const struct store_options options = {.path = path,
                                          .flags = STORE_READ_ONLY | STORE_ANY_SCHEMA};
    int result = store_path(data, path, detail);
    if (result >= 0)
        result = store_open(&options, &store, detail);
    if (result < 0)
        return result;
    result = store_backup(store, file, detail);
    store_close(store);
    return result;
}

struct restoring {
    const struct app_options *options;
    struct erasures_settled settled;
};

static int settle_copy(void *context, struct store *copy, struct error_detail *detail)
{
    struct restoring *at = context;
    return app_settle_copy(at->options, copy, &at->settled, detail);
}

/* The store as it is learns of another list before it steps aside, since its file stays beside the
 * new one; where it opens at all. */
static void settle_old(const struct app_options *options)
{
    struct app app;
    if (options->erasures && app_open(options, &app, NULL) >= 0)
        app_close(&app);
}

/* Opened once, so that rows which an older program wrote are written anew. A store that does not
 * open as a whole was put back all the same; who opens it next is told why. */
int admin_restore(const char *file, const struct app_options *options, json_t **ret_result,
                  struct error_detail *detail)
{
    char path[PATH_MAX];
    struct app app;
    struct restoring restoring = {.options = options};
    const struct store_preparing preparing = {settle_copy, &restoring};
    int result = store_path(options->data, path, detail);
    if (result < 0)
        return result;
    settle_old(options);
    result = store_restore(file, path, &preparing, detail);
    if (result < 0)
        return result;
    if (app_open(options, &app, NULL) >= 0)
        app_close(&app);
    *ret_result = json_pack("{s:I, s:I}", "listed", (json_int_t)restoring.settled.listed,
                            "erased_again", (json_int_t)restoring.settled.again);
    return *ret_result ? 0 : ERR_NO_MEMORY;
}

void admin_config_example(struct buffer *out)
{
    config_print_example(out);
}

/* A vkey is one line with two '+'; anything else names a file that holds one. */
static int read_key(const char *text, struct note_key *ret_key, struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, 4096);
    if (strchr(text, '+') && access(text, F_OK) != 0)
        return note_key_parse(text, ret_key, detail);
    int result = buffer_load_file(&bytes, text);
    if (result < 0)
        return error_set(detail, result, "log key '%s': %s", text, error_text(result));
    if (bytes.size)
        bytes.data[strcspn((char *)bytes.data, "\r\n")] = '\0';
    return note_key_parse(buffer_text(&bytes), ret_key, detail);
}

int admin_verify_bundle(const char *bundle, const char *key, json_t **ret_result,
                        struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct note_key pinned;
    struct bundle_report report;
    char root[DIGEST_HEX], record[DIGEST_HEX];
    buffer_init(&bytes, TLOG_BUNDLE_MAX);
    int result = read_key(key, &pinned, detail);
    if (result < 0)
        return result;
    result = buffer_load_file(&bytes, bundle);
    if (result < 0)
        return error_set(detail, result, "%s: %s", bundle, error_text(result));
    result = tlog_bundle_check(bytes.data, bytes.size, &pinned, &report, detail);
    if (result < 0)
        return result;
    *ret_result = json_pack("{s:s, s:I, s:s, s:i, s:i, s:s}", "origin", report.checkpoint.origin,
                            "size", (json_int_t)report.checkpoint.size, "root",
                            digest_format(&report.checkpoint.root, root), "openings",
                            (int)report.openings, "erased", (int)report.erased, "record_sha256",
                            report.has_record ? digest_format(&report.record_sha256, record) : "");
    return *ret_result ? 0 : ERR_NO_MEMORY;
}

int admin_check_rulebook(const char *folder, struct buffer *out, struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct yaml_faults faults YAML_FAULTS_CLEANUP = {0};
    struct rulebook *rulebook = NULL;
    struct process *process = NULL;
    yaml_faults_init(&faults);
    int result = rulebook_tree_read(folder, &tree, detail);
    if (result < 0)
        return result;
    int loaded = rulebook_load(folder, app_vocabulary(), &rulebook, &faults);
    int processed = process_load(folder, /* zoneinfo= */ NULL, &faults, &process);
    yaml_faults_print(&faults, out);
    rulebook_free(rulebook);
    process_free(process);
    return loaded < 0 ? loaded : processed;
}

int admin_complaints(const char *folder, const char *type, const char *language,
                     json_t **ret_result, struct error_detail *detail)
{
    struct rulebook *rulebook = NULL;
    json_t *answer JSON_CLEANUP = json_object();
    int result = law_load_folder(folder, &rulebook, detail);
    if (result < 0)
        return result;
    result = type ? complaint_type_json(rulebook, type, language, answer, detail)
                  : complaint_types_json(rulebook, language, answer, detail);
    rulebook_free(rulebook);
    if (result >= 0)
        *ret_result = json_incref(answer);
    return result;
}

int admin_rulebook_text(const struct rulebook_tree *tree, json_t **ret_text)
{
    struct buffer archive BUFFER_CLEANUP = {0};
    buffer_init(&archive, 2 * TREE_BYTES_MAX);
    int result = rulebook_tree_encode(tree, &archive);
    if (result < 0)
        return result;
    size_t room = BASE64_ROOM(archive.size);
    char *text = malloc(room);
    if (!text)
        return ERR_NO_MEMORY;
    base64_format(archive.data, archive.size, text, room);
    *ret_text = json_string(text);
    free(text);
    return *ret_text ? 0 : ERR_NO_MEMORY;
}

int admin_rulebook_archive(const char *folder, json_t **ret_text, struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    int result = rulebook_tree_read(folder, &tree, detail);
    if (result >= 0)
        result = admin_rulebook_text(&tree, ret_text);
    return result < 0 ? error_set(detail, result, "%s: %s", folder, error_text(result)) : 0;
}
