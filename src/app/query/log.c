/* log.verify: everything that the log, the store and the evidence must agree on. */
#include "app/query/list.h"

#include "app/publish/ticker.h"
#include "app/query/log_files.h"
#include "model/measurement.h"
#include "store/evidence.h"
#include "store/log.h"
#include "tlog/checkpoint.h"

#include <string.h>

void log_fault(json_t *faults, const char *kind, const char *id, const char *words)
{
    json_array_append_new(faults,
                          json_pack("{s:s, s:s, s:s}", "kind", kind, "id", id, "words", words));
}

/* Entries recompute to the tree, the tree to the last checkpoint, the checkpoint to the key. */
static int check_tree(struct query_call *call, json_t *faults)
{
    struct tlog_source source = store_log_source(call->app->store);
    struct tlog_frontier tree;
    struct tlog_checkpoint checkpoint;
    struct note_key key;
    struct error_detail words = {0};
    const char *note;
    char vkey[NOTE_VKEY_MAX];
    uint64_t size;
    int64_t at;
    char hex[DIGEST_HEX];
    int result = store_log_tree(call->app->store, &tree, &at);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "tree of the log");
    struct digest root = tlog_frontier_root(&tree);
    json_object_set_new(call->result, "size", json_integer((json_int_t)tree.size));
    json_object_set_new(call->result, "root", json_string(digest_format(&root, hex)));
    if (tlog_check_log(&source, tree.size, &root, &words) < 0)
        log_fault(faults, "tree", "log", words.text);
    result = store_log_checkpoint(call->app->store, call->arena, &size, &note);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "checkpoint");
    words.text[0] = '\0';
    if (ticker_vkey(call->app, vkey, &words) < 0 || note_key_parse(vkey, &key, &words) < 0 ||
        tlog_checkpoint_open(&key, note, strlen(note), &checkpoint, &words) < 0)
        log_fault(faults, "checkpoint", "signature", words.text);
    else if (tlog_root(&source, checkpoint.size, &root) < 0 ||
             !digest_equal(&root, &checkpoint.root))
        log_fault(faults, "checkpoint", "root", "the entries do not give the signed root");
    return 0;
}

static int check_openings(struct query_call *call, json_t *faults)
{
    int64_t after = 0;
    for (;;) {
        struct arena arena ARENA_CLEANUP = {0};
        struct store_opening *page;
        size_t count;
        arena_init(&arena, 256 << 20);
        int result = store_opening_list(call->app->store, after, 0, &arena, &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "openings");
        for (size_t i = 0; i < count; i++) {
            struct error_detail words = {0};
            char hex[DIGEST_HEX];
            if (page[i].erased_at == 0 && tlog_opening_check(&page[i].opening, &words) < 0)
                log_fault(faults, "opening", digest_format(&page[i].opening.entry, hex),
                          words.text);
        }
        if (count < STORE_PAGE_MAX)
            return 0;
        after = page[count - 1].number;
    }
}

/* As many as one list holds: more would tell nothing else. */
static int check_places(struct query_call *call, json_t *faults)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct digest *lost;
    size_t count;
    char hex[DIGEST_HEX];
    arena_init(&arena, 1 << 20);
    int result = store_opening_list_lost(call->app->store, 0, &arena, &lost, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "places of openings");
    for (size_t i = 0; i < count; i++)
        log_fault(faults, "opening", digest_format(&lost[i], hex),
                  "its digest does not lead to it, or it neither waits nor stands in the log where "
                  "the store says");
    return 0;
}

static void check_evidence(const struct store_measurement *m, json_t *faults)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct measurement decoded;
    struct error_detail words = {0};
    struct digest id;
    char hex[DIGEST_HEX];
    arena_init(&arena, 512 << 20);
    if (m->thinned)
        return;
    int result = measurement_decode(m->bytes.data, m->bytes.size, &arena, &decoded, &words);
    if (result >= 0)
        result = measurement_id(m->bytes.data, m->bytes.size, &id);
    if (result < 0)
        log_fault(faults, "evidence", m->id, error_words(&words, result));
    else if (strcmp(digest_format(&id, hex), m->id) != 0)
        log_fault(faults, "evidence", m->id, "the manifest has another digest");
}

static int check_measurements(struct query_call *call, json_t *faults)
{
    enum { PAGE = 100 };
    char after[DIGEST_HEX] = "";
    for (;;) {
        struct arena arena ARENA_CLEANUP = {0};
        struct store_measurement *page;
        size_t count;
        arena_init(&arena, 1 << 30);
        int result = store_measurement_list(call->app->store, after, PAGE, &arena, &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "measurements");
        for (size_t i = 0; i < count; i++)
            check_evidence(&page[i], faults);
        if (count < PAGE)
            return 0;
        memcpy(after, page[count - 1].id, sizeof after);
    }
}

int query_log_verify(struct query_call *call)
{
    json_t *faults = json_array();
    json_object_set_new(call->result, "faults", faults);
    struct error_detail words = {0};
    int result = store_check(call->app->store, &words);
    if (result < 0)
        log_fault(faults, "store", "store.db", error_words(&words, result));
    result = check_tree(call, faults);
    if (result >= 0)
        result = log_check_files(call, faults);
    if (result >= 0)
        result = check_openings(call, faults);
    if (result >= 0)
        result = check_places(call, faults);
    return result < 0 ? result : check_measurements(call, faults);
}
