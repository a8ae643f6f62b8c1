/* complaint.file: takes a complaint, says what it lacks, and gives a receipt. complaint.anyway: a
 * draft is filed as it is. */
#include "app/argument.h"
#include "app/command_list.h"
#include "app/complaints/filing.h"
#include "app/complaints/lookup.h"
#include "app/complaints/repeat.h"
#include "app/intake/mail.h"
#include "app/letters/complaint_mail.h"
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

static int read_document(struct filing *filing, struct form *form, json_t **ret_json)
{
    struct call *call = filing->call;
    struct document_source source = {.form = form};
    const char *text;
    int result = call_need_text(call, "document", &text);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = json_parse(text, strlen(text), ret_json, call->detail);
    source.json = *ret_json;
    return result < 0 ? result
                      : document_read(&source, call->app->rulebook, &filing->arena,
                                      &filing->document, call->detail);
}

static int read_report(struct filing *filing, const char *format, struct bytes file,
                       struct mail *ret_mail)
{
    struct call *call = filing->call;
    if (strcmp(format, "xarf") == 0)
        return mail_read_xarf(call->app, file, &filing->arena, ret_mail, call->detail);
    if (strcmp(format, "arf") != 0)
        return error_set(call->detail, ERR_SYNTAX, "the format is json, xarf or arf");
    int result = mail_read(call->app, file.data, file.size, &filing->arena, ret_mail, call->detail);
    if (result == 0 || (result > 0 && ret_mail->kind != MAIL_ABUSE_REPORT))
        return error_set(call->detail, ERR_SYNTAX, "the mail is no report of abuse");
    return result;
}

/* A report of abuse that somebody hands over: "bytes" in base64. */
static int write_report(struct filing *filing, const char *format)
{
    struct call *call = filing->call;
    struct mail mail = mail_none();
    struct bytes file = {0};
    int result = argument_bytes(call->arguments, "bytes", "a report", MAIL_IN_MAX, &filing->arena,
                                &file, call->detail);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = read_report(filing, format, file, &mail);
    if (result < 0)
        return result;
    if (!mail.report)
        return error_set(call->detail, ERR_SYNTAX, "%s", mail.fault);
    if (!mail_complaint_taken(call->app, &mail))
        return error_set(call->detail, ERR_NOT_FOUND,
                         "no type of complaint of the rulebook takes '%s'", mail.report->kind);
    return mail_complaint_write(
        filing, &mail, file, strcmp(format, "xarf") == 0 ? "application/json" : "message/rfc822");
}

/* What makes two filings the same: every argument but the key that names the request. */
static struct digest digest_of_request(const struct call *call, const struct form *form)
{
    static const char *const names[] = {"document", "format", "bytes"};
    struct digest_state state;
    bool anyway = json_is_true(json_object_get(call->arguments, "anyway"));
    digest_begin(&state);
    digest_add(&state, anyway ? "1" : "0", 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = json_text(call->arguments, names[i]);
        digest_add(&state, text ? text : "", text ? strlen(text) + 1 : 1);
    }
    form_digest(form, &state);
    return digest_end(&state);
}

static int file(struct filing *filing, struct form *form, json_t **ret_json)
{
    struct call *call = filing->call;
    const struct digest request = digest_of_request(call, form);
    const char *format = json_text(call->arguments, "format");
    int result = repeat_find(call, &request);
    if (result != 0)
        return result < 0 ? result : 0;
    result = !format || strcmp(format, "json") == 0 ? read_document(filing, form, ret_json)
                                                    : write_report(filing, format);
    if (result >= 0)
        result = form_check_taken(form, call->detail);
    if (result >= 0)
        result = filing_keep(filing, json_is_true(json_object_get(call->arguments, "anyway")));
    if (result >= 0)
        result = complaint_mail_draft(filing, /* mail= */ NULL);
    if (result >= 0)
        result = tell(filing);
    return result < 0 ? result : repeat_keep(call, &request, filing->reference);
}

/* complaint.file {document, files, anyway, idempotency_key, idempotency_item}: the document is the
 * text of docs/schema/complaint.json, the files are those of app/form.h; or {format, bytes, anyway,
 * idempotency_key}: a report of abuse. What lacks something is kept as a draft (`held`), or filed
 * all the same when `anyway` is said. */
int complaint_file(struct call *call)
{
    struct filing filing = {.call = call};
    json_t *json JSON_CLEANUP = NULL;
    struct form form = {.count = 0};
    arena_init(&filing.arena, FILING_ARENA_MAX);
    int result = document_read_form(call, &filing.arena, &form);
    if (result >= 0)
        result = file(&filing, &form, &json);
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
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result >= 0)
        result =
            data ? record_step(call, &record, COMPLAINT_EVENT_FILED_ANYWAY, data) : ERR_NO_MEMORY;
    if (result >= 0)
        result = lookup_want(call->app, record.row.reference, LOOKUP_FRESH_US, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "state", json_string(record.row.state));
    return 0;
}
