#include "app/complaints/filing.h"

#include "app/complaints/lookup.h"
#include "app/complaints/precheck.h"
#include "app/complaints/restriction.h"
#include "app/complaints/similar.h"
#include "base/civil.h"

#include <string.h>

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

/* Nothing of what the complainant wrote. */
json_t *filing_lack_list(const struct complaint_lack *lacks, size_t count,
                         const struct rulebook *words, const char *language)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_pack("{s:s, s:s}", "kind", lack_text(lacks[i].kind), "id", lacks[i].id);
        if (words)
            json_object_set_new(
                row, "words",
                json_string(rulebook_complaint_text(words, lacks[i].words, language)));
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
    return result < 0
               ? result
               : precheck_append(&precheck, &filing->arena, &filing->lacks, &filing->lack_count);
}

json_t *filing_lacks(const struct filing *filing, bool with_words)
{
    return filing_lack_list(filing->lacks, filing->lack_count,
                            with_words ? filing->call->app->rulebook : NULL,
                            filing->document.language);
}

/* --- what is kept --- */

json_t *filing_exhibits(const struct complaint_document *document, uint32_t first)
{
    json_t *list = json_array();
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < document->exhibit_count; i++) {
        const struct document_exhibit *exhibit = &document->exhibits[i];
        json_array_append_new(list,
                              json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "number",
                                        (json_int_t)first + (json_int_t)i, "evidence",
                                        exhibit->evidence, "media_type", exhibit->media_type,
                                        "name", exhibit->name, "size", (json_int_t)exhibit->size,
                                        "sha256", digest_format(&exhibit->sha256, hex)));
    }
    return list;
}

/* What a mail or a report tells besides. */
static void put_incoming(json_t *words, const struct complaint_document *document)
{
    char at[CIVIL_INSTANT_TEXT];
    json_t *suggested = document->suggested_count ? json_array() : NULL;
    for (size_t i = 0; i < document->suggested_count; i++)
        json_array_append_new(suggested, json_string(document->suggested[i]));
    if (suggested)
        json_object_set_new(words, "suggested", suggested);
    if (document->report_id[0])
        json_object_set_new(words, "report_id", json_string(document->report_id));
    if (document->report_source[0])
        json_object_set_new(words, "report_source", json_string(document->report_source));
    if (document->happened_at)
        json_object_set_new(words, "happened_at",
                            json_string(civil_format_instant(document->happened_at, at)));
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
    json_t *words = json_pack(
        "{s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:{s:s, s:s, s:s}}", "names", names, "answers",
        answers, "exhibits", filing_exhibits(document, /* first= */ 1), "missing",
        filing_lacks(filing, /* with_words= */ false), "party", document->party, "role",
        document->role, "reference", filing->reference, "told_first", "told", document->told, "on",
        document->told_on, "how", document->told_how);
    put_incoming(words, document);
    return words;
}

int filing_keep_exhibits(struct call *call, const char *reference,
                         const struct complaint_document *document, uint32_t first)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < document->exhibit_count; i++)
        result =
            record_put_bytes(call->app, reference, first + (uint32_t)i, document->exhibits[i].bytes,
                             document->exhibits[i].size, call->detail);
    return result;
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
    return result < 0 ? result
                      : filing_keep_exhibits(call, filing->reference, &filing->document,
                                             /* first= */ 1);
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
    json_t *data JSON_CLEANUP =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "state", filing->row.state, "type",
                  filing->row.type, "came_as", filing->document.came_as, "rulebook",
                  filing->row.rulebook, "words", digest_format(&filing->words, words), "reporter",
                  filing->document.has_reporter ? digest_format(&filing->reporter, reporter) : "",
                  "missing", filing_lacks(filing, /* with_words= */ false));
    if (data && filing->row.priority != COMPLAINT_NORMAL_PRIORITY)
        json_object_set_new(
            data, "priority",
            json_string(complaint_priority_text((enum complaint_priority)filing->row.priority)));
    if (data && filing->restricted)
        json_object_set_new(data, "restricted", json_true());
    if (data && filing->document.tlp[0])
        json_object_set_new(data, "tlp", json_string(filing->document.tlp));
    const struct record_event event = {filing->reference, COMPLAINT_EVENT_FILED, data};
    struct record_written written;
    int result = data ? record_event(filing->call, &event, &written) : ERR_NO_MEMORY;
    if (result >= 0)
        filing->entry = written.entry;
    return result;
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
    if (result >= 0)
        result = write_event(filing);
    return result < 0 || strcmp(filing->row.state, complaint_state_text(COMPLAINT_HELD_STATE)) == 0
               ? result
               : lookup_want(app, filing->reference, LOOKUP_FRESH_US, filing->call->detail);
}

static enum complaint_priority find_priority(const struct complaint_document *document)
{
    const struct complaint_urgency *urgency =
        complaint_urgency_find(document->type, document->answers, document->answer_count);
    return urgency ? urgency->priority : COMPLAINT_NORMAL_PRIORITY;
}

static void fill_row(struct filing *filing, bool anyway)
{
    struct call *call = filing->call;
    uint8_t random[REFERENCE_RANDOM];
    struct digest token;
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
        .case_id = "",
        .priority =
            (int)(filing->restricted ? COMPLAINT_LOW_PRIORITY : find_priority(&filing->document))};
}

int filing_keep(struct filing *filing, bool anyway)
{
    int result = find_lacks(filing);
    if (result >= 0)
        result = add_holds(filing);
    if (result >= 0)
        result = restriction_covers(filing->call->app, &filing->document, &filing->arena,
                                    filing->call->detail);
    if (result < 0)
        return result;
    filing->restricted = result > 0;
    fill_row(filing, anyway);
    return keep(filing);
}
