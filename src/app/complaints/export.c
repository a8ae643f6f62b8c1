/* complaint.export: what is kept of a complaint and of who filed it, to be handed to that person.
 * complaint.proof: that it is what the house had then, for whoever has the log's key.
 *
 * It has what the complainant sees by the secret link, who they are as the vault knows it, and when
 * what happened to it; what the house thinks, whom it asked, and who works there, is not theirs.
 * The log is told its digest, by an opening that names the complaint and nobody. */
#include "app/command_list.h"
#include "app/complaints/party_view.h"
#include "app/publish/ledger.h"
#include "app/query/list.h"
#include "store/log.h"
#include "tlog/bundle.h"

#include <string.h>

#define EXPORT_SCHEMA "bailiwick.complaint-export.v1"
#define EXPORT_KIND "complaint-export"

enum { EXPORT_ARENA_MAX = 128 << 20 };

static const char *const reasons[] = {"person-asked", "legal-request", "handed-over"};

struct export
{
    struct call *call;
    struct arena arena;
    struct complaint_record record;
    json_t *json;         /* what is exported */
    struct digest digest; /* of it */
    struct digest entry;  /* of the log, that binds it */
};

/* --- what is exported --- */

/* What happens to a complaint that is no secret to who filed it. Of reading who they are, and of
 * erasing, also why. */
static bool is_told(const struct store_complaint_event *event)
{
    static const enum complaint_event_type told[] = {
        COMPLAINT_EVENT_FILED,        COMPLAINT_EVENT_FILED_ANYWAY, COMPLAINT_EVENT_ASKED,
        COMPLAINT_EVENT_IN_SCOPE,     COMPLAINT_EVENT_OUT_OF_SCOPE, COMPLAINT_EVENT_REPORTER_READ,
        COMPLAINT_EVENT_RECEIPT,      COMPLAINT_EVENT_ADDED,        COMPLAINT_EVENT_COMPLETED,
        COMPLAINT_EVENT_REVIEW_ASKED, COMPLAINT_EVENT_WITHDRAWN,    COMPLAINT_EVENT_CLOSED,
        COMPLAINT_EVENT_REOPENED,     COMPLAINT_EVENT_EXPORTED,     COMPLAINT_EVENT_CASE_ENDED,
        COMPLAINT_EVENT_CASE_RESUMED};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (record_event_is(event, told[i]))
            return true;
    }
    return false;
}

static int add_event(const struct export *export, const struct store_complaint_event *event,
                     json_t *history)
{
    json_t *data JSON_CLEANUP = NULL;
    int result = json_parse(event->data, strlen(event->data), &data, export->call->detail);
    if (result < 0)
        return result;
    json_t *row = json_pack("{s:I, s:o, s:s}", "seq", (json_int_t)event->seq, "at",
                            query_instant(event->at), "event", event->type);
    if (record_event_is(event, COMPLAINT_EVENT_REPORTER_READ) ||
        record_event_is(event, COMPLAINT_EVENT_EXPORTED))
        json_object_set(row, "reason", json_object_get(data, "reason"));
    return json_array_append_new(history, row) < 0 ? ERR_NO_MEMORY : 0;
}

static int put_history(struct export *export)
{
    struct store_complaint_event *events;
    struct call *call = export->call;
    size_t count;
    json_t *history = json_array();
    json_object_set_new(export->json, "history", history);
    int result = store_complaint_event_list(call->app->store, export->record.row.reference,
                                            &export->arena, &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    for (size_t i = 0; i < count && result >= 0; i++) {
        if (is_told(&events[i]))
            result = add_event(export, &events[i], history);
    }
    return result;
}

/* Null for who filed it without a name. */
static int put_reporter(struct export *export)
{
    struct call *call = export->call;
    struct error_detail none = {0};
    json_t *who = NULL;
    int result =
        record_get_reporter(call->app, export->record.row.reference, &export->arena, &who, &none);
    if (result < 0 && result != ERR_NOT_FOUND)
        return error_pass(call->detail, result, &none);
    json_object_set_new(export->json, "reporter", who ? who : json_null());
    return 0;
}

static int put_complaint(struct export *export)
{
    struct call *call = export->call;
    json_t *seen JSON_CLEANUP = json_object(), *none JSON_CLEANUP = json_object();
    struct query_call query = {call->app, none, seen, &export->arena, call->detail};
    int result = complaint_show_to(&query, &export->record, AUDIENCE_COMPLAINANT);
    return result < 0 ? result : (json_object_update(export->json, seen), 0);
}

static int make(struct export *export)
{
    export->json = json_pack("{s:s}", "schema", EXPORT_SCHEMA);
    int result = export->json ? put_complaint(export) : ERR_NO_MEMORY;
    if (result >= 0)
        result = put_reporter(export);
    return result < 0 ? result : put_history(export);
}

/* --- the command --- */

static int bind(struct export *export)
{
    struct call *call = export->call;
    struct buffer canonical BUFFER_CLEANUP = {0};
    char hex[DIGEST_HEX];
    buffer_init(&canonical, TLOG_BUNDLE_MAX);
    int result = json_canonical(export->json, &canonical);
    if (result < 0)
        return result;
    export->digest = digest_of(canonical.data, canonical.size);
    json_t *event JSON_CLEANUP = json_pack("{s:s, s:s}", "complaint", export->record.row.reference,
                                           "record_sha256", digest_format(&export->digest, hex));
    return event ? ledger_commit(call->app, EXPORT_KIND, event, &export->entry, call->detail)
                 : ERR_NO_MEMORY;
}

static int run(struct export *export)
{
    struct call *call = export->call;
    const char *reason;
    int result = record_find_for(call, "complaint", &export->arena, &export->record);
    if (result >= 0)
        result = record_read_reason(call, reasons, &reason);
    if (result < 0)
        return result;
    if (export->record.row.erased_at)
        return error_set(call->detail, ERR_REFUSED,
                         "complaint %s was erased: nothing is left to export",
                         export->record.row.reference);
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "reason", reason);
    result =
        data ? record_step(call, &export->record, COMPLAINT_EVENT_EXPORTED, data) : ERR_NO_MEMORY;
    if (result >= 0)
        result = make(export);
    return result < 0 ? result : bind(export);
}

/* complaint.export {complaint, reason} */
int complaint_export(struct call *call)
{
    struct export export = {.call = call};
    char hex[DIGEST_HEX];
    arena_init(&export.arena, EXPORT_ARENA_MAX);
    int result = run(&export);
    if (result >= 0) {
        json_object_set(call->result, "record", export.json);
        json_object_set_new(call->result, "reference", json_string(export.record.row.reference));
        json_object_set_new(call->result, "entry", json_string(digest_format(&export.entry, hex)));
        json_object_set_new(call->result, "record_sha256",
                            json_string(digest_format(&export.digest, hex)));
    }
    json_decref(export.json);
    arena_done(&export.arena);
    return result;
}

/* --- the proof --- */

struct proving {
    struct query_call *call;
    struct digest entry;
    struct bundle bundle;
    struct bundle_opening opening;
    uint64_t size; /* of the signed log */
};

static int failed(const struct proving *proving, int result)
{
    return app_store_failed(proving->call->app, result, proving->call->detail,
                            "proof of an export");
}

static int find_opening(struct proving *proving)
{
    struct query_call *call = proving->call;
    struct store_opening found;
    json_t *event JSON_CLEANUP = NULL;
    const char *entry;
    int result = query_need_text(call, "entry", &entry);
    if (result >= 0 && digest_parse(entry, &proving->entry) < 0)
        result = error_set(call->detail, ERR_SYNTAX, "'%.80s' is no entry of the log", entry);
    if (result < 0)
        return result;
    result = store_opening_find(call->app->store, &proving->entry, call->arena, &found);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(proving, result);
    if (result >= 0 && found.opening.json)
        result = json_parse(found.opening.json, found.opening.json_size, &event, call->detail);
    const char *kind = json_text(event, "kind");
    if (result == ERR_NOT_FOUND || !kind || strcmp(kind, EXPORT_KIND) != 0)
        return error_set(call->detail, ERR_NOT_FOUND, "no export has the entry %s", entry);
    proving->opening.opening = found.opening;
    return result;
}

/* 0 while the log is not signed that far. */
static int find_place(struct proving *proving)
{
    struct store *store = proving->call->app->store;
    int result = store_log_checkpoint(store, proving->call->arena, &proving->size,
                                      &proving->bundle.checkpoint);
    if (result >= 0)
        result = store_log_index(store, &proving->entry, &proving->opening.index);
    if (result == ERR_NOT_FOUND)
        return 0;
    return result < 0 ? failed(proving, result) : proving->opening.index < proving->size;
}

static int write(struct proving *proving)
{
    struct query_call *call = proving->call;
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct tlog_source source = store_log_source(call->app->store);
    const char *record;
    int result = query_need_text(call, "record", &record);
    if (result < 0)
        return result;
    result = tlog_prove_inclusion(&source, proving->opening.index, proving->size,
                                  &proving->opening.proof);
    if (result < 0)
        return failed(proving, result);
    proving->bundle.record = record;
    proving->bundle.record_size = strlen(record);
    proving->bundle.openings = &proving->opening;
    proving->bundle.opening_count = 1;
    proving->bundle.checkpoint_size = strlen(proving->bundle.checkpoint);
    buffer_init(&bytes, TLOG_BUNDLE_MAX);
    result = tlog_bundle_write(&proving->bundle, &bytes, call->detail);
    if (result >= 0)
        json_object_set_new(call->result, "bundle", json_string(buffer_text(&bytes)));
    return result;
}

/* complaint.proof {entry, record}: `bundle` is null while the log is not signed that far. Whether
 * the record is the one that was exported, whoever verifies the bundle sees. */
int query_complaint_proof(struct query_call *call)
{
    struct proving proving = {.call = call};
    json_object_set_new(call->result, "bundle", json_null());
    int result = find_opening(&proving);
    if (result >= 0)
        result = find_place(&proving);
    return result > 0 ? write(&proving) : result;
}
