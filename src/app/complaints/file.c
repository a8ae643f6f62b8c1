/* complaint.file: takes a complaint, says what it lacks, and gives a receipt. complaint.anyway: a
 * draft is filed as it is. */
#include "app/command_list.h"
#include "app/complaints/document.h"
#include "app/complaints/precheck.h"
#include "app/complaints/record.h"
#include "app/complaints/similar.h"
#include "base/civil.h"
#include "store/log.h"

#include <string.h>

enum { ARENA_MAX = 96 << 20, TOKEN_TEXT = DIGEST_HEX };

struct filing {
    struct call *call;
    struct arena arena;
    struct complaint_document document;
    const struct complaint_lack *lacks;
    size_t lack_count;
    struct store_complaint row;
    char reference[REFERENCE_TEXT], token[TOKEN_TEXT];
    struct digest words, reporter, entry;
};

/* --- what it lacks --- */

static int find_lacks(struct filing *filing)
{
    const struct complaint_document *document = &filing->document;
    struct complaint_exhibit *exhibits =
        arena_array(&filing->arena, document->exhibit_count + 1, sizeof *exhibits);
    if (!exhibits)
        return ERR_LIMIT;
    for (size_t i = 0; i < document->exhibit_count; i++)
        exhibits[i] = (struct complaint_exhibit){document->exhibits[i].evidence,
                                                 document->exhibits[i].media_type};
    return complaint_missing(document->type, document->answers, document->answer_count, exhibits,
                             document->exhibit_count, &filing->arena, &filing->lacks,
                             &filing->lack_count);
}

static const char *lack_text(enum complaint_lack_kind kind)
{
    static const char *const texts[] = {[COMPLAINT_LACKS_ANSWER] = "answer",
                                        [COMPLAINT_LACKS_FORM] = "form",
                                        [COMPLAINT_LACKS_EVIDENCE] = "evidence",
                                        [COMPLAINT_LACKS_SCOPE] = "scope",
                                        [COMPLAINT_LACKS_MEDIA] = "media-type"};
    return texts[kind];
}

/* In the words of the rulebook; nothing of what the complainant wrote. New reference. */
static json_t *lacks_json(const struct filing *filing, bool with_words)
{
    json_t *list = json_array();
    for (size_t i = 0; i < filing->lack_count; i++) {
        const struct complaint_lack *lack = &filing->lacks[i];
        json_t *row = json_pack("{s:s, s:s}", "kind", lack_text(lack->kind), "id", lack->id);
        if (with_words)
            json_object_set_new(
                row, "words",
                json_string(rulebook_complaint_text(filing->call->app->rulebook, lack->words,
                                                    filing->document.language)));
        json_array_append_new(list, row);
    }
    return list;
}

/* What would close it, beside what is missing. */
static int add_holds(struct filing *filing)
{
    struct call *call = filing->call;
    struct precheck precheck;
    int result = precheck_document(call->app, &filing->document, clock_wall(&call->app->clock),
                                   &filing->arena, &precheck, call->detail);
    if (result < 0)
        return result;
    size_t count = filing->lack_count + precheck.count;
    struct complaint_lack *all = arena_array(&filing->arena, count + 1, sizeof *all);
    if (!all)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        all[i] = i < filing->lack_count ? filing->lacks[i] : precheck.holds[i - filing->lack_count];
    filing->lacks = all;
    filing->lack_count = count;
    return 0;
}

/* --- what is kept --- */

static json_t *exhibits_json(const struct complaint_document *document)
{
    json_t *list = json_array();
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < document->exhibit_count; i++) {
        const struct document_exhibit *exhibit = &document->exhibits[i];
        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "number",
                                              (json_int_t)i + 1, "evidence", exhibit->evidence,
                                              "media_type", exhibit->media_type, "name",
                                              exhibit->name, "size", (json_int_t)exhibit->size,
                                              "sha256", digest_format(&exhibit->sha256, hex)));
    }
    return list;
}

/* All but who complained. New reference. */
static json_t *words_json(const struct filing *filing)
{
    const struct complaint_document *document = &filing->document;
    json_t *answers = json_object(), *names = json_array();
    for (size_t i = 0; i < document->answer_count; i++)
        json_object_set_new(answers, document->answers[i].question,
                            json_string(document->answers[i].value));
    for (size_t i = 0; i < document->name_count; i++)
        json_array_append_new(names, json_string(document->names[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:{s:s, s:s, s:s}}", "names", names,
                     "answers", answers, "exhibits", exhibits_json(document), "missing",
                     lacks_json(filing, /* with_words= */ false), "party", document->party, "role",
                     document->role, "reference", filing->reference, "told_first", "told",
                     document->told, "on", document->told_on, "how", document->told_how);
}

static int keep_words(struct filing *filing)
{
    struct call *call = filing->call;
    struct digest key;
    json_t *words JSON_CLEANUP = words_json(filing);
    int result = words ? record_new_key(call->app, filing->reference, COMPLAINT_PART_WORDS, &key,
                                        call->detail)
                       : ERR_NO_MEMORY;
    if (result >= 0)
        result =
            record_put_json(call->app, filing->reference, 0, words, &filing->words, call->detail);
    for (size_t i = 0; result >= 0 && i < filing->document.exhibit_count; i++)
        result = record_put_bytes(call->app, filing->reference, (uint32_t)i + 1,
                                  filing->document.exhibits[i].bytes,
                                  filing->document.exhibits[i].size, call->detail);
    return result;
}

static int keep_reporter(struct filing *filing)
{
    struct call *call = filing->call;
    const struct complaint_document *document = &filing->document;
    struct digest key;
    if (!document->has_reporter)
        return 0;
    json_t *who JSON_CLEANUP = json_pack("{s:s, s:s, s:b}", "name", document->reporter_name,
                                         "email", document->email, "share", document->share);
    int result = who ? record_new_key(call->app, filing->reference, COMPLAINT_PART_REPORTER, &key,
                                      call->detail)
                     : ERR_NO_MEMORY;
    return result < 0 ? result
                      : record_put_reporter(call->app, filing->reference, who, &filing->reporter,
                                            call->detail);
}

static int write_event(struct filing *filing)
{
    char words[DIGEST_HEX], reporter[DIGEST_HEX];
    json_t *data JSON_CLEANUP = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:o}", "state", filing->row.state, "type", filing->row.type,
        "rulebook", filing->row.rulebook, "words", digest_format(&filing->words, words), "reporter",
        filing->document.has_reporter ? digest_format(&filing->reporter, reporter) : "", "missing",
        lacks_json(filing, /* with_words= */ false));
    const struct record_event event = {filing->reference, COMPLAINT_EVENT_FILED, data};
    return data ? record_event(filing->call, &event, &filing->entry) : ERR_NO_MEMORY;
}

static int keep(struct filing *filing)
{
    struct app *app = filing->call->app;
    int result = store_complaint_put(app->store, &filing->row);
    if (result < 0)
        return app_store_failed(app, result, filing->call->detail, "complaint");
    result = keep_words(filing);
    if (result >= 0)
        result = keep_reporter(filing);
    if (result >= 0)
        result = similar_note(app, filing->reference, &filing->document, filing->call->detail);
    return result < 0 ? result : write_event(filing);
}

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
    json_object_set_new(result, "missing", lacks_json(filing, /* with_words= */ true));
    json_object_set_new(result, "link", json_string(filing->token));
    return tell_proof(filing);
}

/* --- filing --- */

static void fill_row(struct filing *filing)
{
    struct call *call = filing->call;
    uint8_t random[REFERENCE_RANDOM];
    struct digest token;
    bool anyway = json_is_true(json_object_get(call->arguments, "anyway"));
    bool held = filing->lack_count > 0 && !anyway;
    random_bytes(random, sizeof random);
    random_bytes(token.bytes, sizeof token.bytes);
    reference_make(random, filing->reference);
    digest_format(&token, filing->token);
    filing->row = (struct store_complaint){
        .reference = filing->reference,
        .received_at = clock_wall(&call->app->clock),
        .type = filing->document.type->id,
        .rulebook = call->app->rulebook->digest_text,
        .language = filing->document.language,
        .link = digest_of(filing->token, strlen(filing->token)),
        .state = complaint_state_text(held ? COMPLAINT_HELD_STATE : COMPLAINT_FILED_STATE),
        .closure = "",
        .case_id = ""};
}

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
    arena_init(&filing.arena, ARENA_MAX);
    int result = read_document(&filing, &json);
    if (result >= 0)
        result = find_lacks(&filing);
    if (result >= 0)
        result = add_holds(&filing);
    if (result >= 0) {
        fill_row(&filing);
        result = keep(&filing);
    }
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
