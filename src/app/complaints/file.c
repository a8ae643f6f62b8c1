/* complaint.file: takes a complaint, says what it lacks, and gives a receipt. complaint.anyway: a
 * draft is filed as it is. */
#include "app/command_list.h"
#include "app/complaints/filing.h"
#include "base/civil.h"
#include "store/log.h"

#include <string.h>

/* --- the receipt --- */

/* What the filer needs to prove later that this was filed: the opening of its entry in the log. */
static int tell_proof(struct filing *filing)
{
    struct call *call = filing->call;
    struct store_opening opening;
    char entry[DIGEST_HEX], key[DIGEST_HEX];
    int result = store_opening_find(call->app->store, &filing->entry, &filing->arena, &opening);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "opening");
    json_object_set_new(
        call->result, "opening",
        json_pack("{s:s, s:s, s:s}", "entry", digest_format(&opening.opening.entry, entry), "key",
                  digest_format(&opening.opening.key, key), "json", opening.opening.json));
    return 0;
}

static int tell(struct filing *filing)
{
    json_t *result = filing->call->result;
    char at[CIVIL_INSTANT_TEXT];
    json_object_set_new(result, "reference", json_string(filing->reference));
    json_object_set_new(result, "state", json_string(filing->row.state));
    json_object_set_new(result, "received_at",
                        json_string(civil_format_instant(filing->row.received_at, at)));
    json_object_set_new(result, "missing", filing_lacks(filing, /* with_words= */ true));
    json_object_set_new(result, "link", json_string(filing->token));
    return tell_proof(filing);
}

/* --- filing --- */

static int read_document(struct filing *filing, json_t **ret_json)
{
    struct call *call = filing->call;
    const char *text;
    int result = call_need_text(call, "document", &text);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = json_parse(text, strlen(text), ret_json, call->detail);
    return result < 0 ? result
                      : document_read(*ret_json, call->app->rulebook, &filing->arena,
                                      &filing->document, call->detail);
}

/* complaint.file {document, anyway}: the document is the text of docs/schema/complaint.json. What
 * lacks something is kept as a draft (`held`), or filed all the same when `anyway` is said. */
int complaint_file(struct call *call)
{
    struct filing filing = {.call = call};
    json_t *json JSON_CLEANUP = NULL;
    arena_init(&filing.arena, FILING_ARENA_MAX);
    int result = read_document(&filing, &json);
    if (result >= 0)
        result = filing_keep(&filing, json_is_true(json_object_get(call->arguments, "anyway")));
    if (result >= 0)
        result = tell(&filing);
    arena_done(&filing.arena);
    return result;
}

/* complaint.anyway {complaint}: a draft is filed with what it lacks. */
int complaint_anyway(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    json_t *data JSON_CLEANUP = json_object();
    arena_init(&arena, 1 << 20);
    int result = record_find_for(call, &arena, &record);
    if (result >= 0)
        result =
            data ? record_step(call, &record, COMPLAINT_EVENT_FILED_ANYWAY, data) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "state", json_string(record.row.state));
    return 0;
}
