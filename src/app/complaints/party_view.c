/* complaint.party {complaint, user}: as the party of its case sees it. */
#include "app/complaints/party_view.h"

#include "access/access.h"
#include "app/complaints/addition.h"
#include "app/complaints/projection.h"
#include "app/query/list.h"
#include "model/tlp.h"
#include "rulebook/complaint.h"

#include <string.h>

#define LEFT_OUT "[redacted]"

enum { TEXT_MAX = 64 << 10 };

/* --- words that are left out --- */

bool party_view_holds(const json_t *json, const char *words)
{
    const char *key;
    json_t *value;
    size_t index;
    if (json_is_string(json))
        return strstr(json_string_value(json), words) != NULL;
    json_array_foreach((json_t *)json, index, value)
    {
        if (party_view_holds(value, words))
            return true;
    }
    json_object_foreach((json_t *)json, key, value)
    {
        if (party_view_holds(value, words))
            return true;
    }
    return false;
}

static int clean_text(json_t *text, const char *words)
{
    struct buffer out BUFFER_CLEANUP = {0};
    const char *at = json_string_value(text), *found;
    if (!strstr(at, words))
        return 0;
    buffer_init(&out, TEXT_MAX);
    for (; (found = strstr(at, words)) != NULL; at = found + strlen(words)) {
        buffer_append(&out, at, (size_t)(found - at));
        buffer_append_text(&out, LEFT_OUT);
    }
    buffer_append_text(&out, at);
    if (buffer_error(&out) < 0)
        return buffer_error(&out);
    return json_string_set(text, buffer_text(&out)) < 0 ? ERR_SYNTAX : 0;
}

static int clean(json_t *json, const char *words)
{
    const char *key;
    json_t *value;
    size_t index;
    int result = json_is_string(json) ? clean_text(json, words) : 0;
    json_array_foreach(json, index, value)
    {
        if (result >= 0)
            result = clean(value, words);
    }
    json_object_foreach(json, key, value)
    {
        if (result >= 0)
            result = clean(value, words);
    }
    return result;
}

/* V3. */
static int leave_out(struct query_call *call, const char *reference, json_t *full)
{
    struct store_complaint_event *events;
    size_t count;
    int result =
        store_complaint_event_list(call->app->store, reference, call->arena, &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *data JSON_CLEANUP = NULL, *sealed JSON_CLEANUP = NULL;
        if (!record_event_is(&events[i], COMPLAINT_EVENT_REDACTED))
            continue;
        result = json_parse(events[i].data, strlen(events[i].data), &data, call->detail);
        if (result >= 0)
            result = record_get_json(call->app, reference, (uint32_t)json_number(data, "item", 0),
                                     call->arena, &sealed, call->detail);
        const char *words = json_text(sealed, "hidden");
        if (result >= 0)
            result = words && words[0] ? clean(full, words) : ERR_DAMAGED;
    }
    return result;
}

/* --- what there is --- */

static bool is_fact(const struct complaint_question *question)
{
    switch (question ? question->kind : COMPLAINT_TEXT) {
    case COMPLAINT_DATE:
    case COMPLAINT_DOMAIN:
    case COMPLAINT_URL:
    case COMPLAINT_IP:
    case COMPLAINT_CHOICE:
    case COMPLAINT_YES_NO:
        return true;
    case COMPLAINT_TEXT:
    case COMPLAINT_FILE:
    case COMPLAINT_ANSWER_COUNT:
        break;
    }
    return false;
}

static void put_answers(const struct complaint_type *type, const json_t *answers, json_t *full)
{
    json_t *all = json_array(), *facts = json_array(), *value;
    const char *id;
    json_object_set_new(full, "answers", all);
    json_object_set_new(full, "facts", facts);
    json_object_foreach((json_t *)answers, id, value)
    {
        const char *text = json_string_value(value);
        json_array_append_new(all, json_pack("{s:s, s:s}", "question", id, "answer", text));
        if (is_fact(complaint_question_find(type, id)))
            json_array_append_new(facts, json_pack("{s:s, s:s}", "question", id, "answer", text));
    }
}

/* What was filed, before anything is left out. */
static int put_words(struct query_call *call, const struct complaint_record *record, json_t *full)
{
    static const char *const plain[] = {"names", "role", "exhibits", "told_first"};
    struct record_law law;
    json_t *words JSON_CLEANUP = NULL;
    if (record->row.erased_at)
        return 0;
    int result = record_find_law(call->app, record, &law, call->detail);
    if (result >= 0)
        result = addition_merge_read(call->app, record, call->arena, &words, call->detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        json_t *copy = json_deep_copy(json_object_get(words, plain[i]));
        if (copy)
            json_object_set_new(full, plain[i], copy);
    }
    put_answers(law.type, json_object_get(words, "answers"), full);
    return leave_out(call, record->row.reference, full);
}

/* Only the consent is taken from the vault, which is no reading of who complained. */
static int find_consent(struct query_call *call, const struct complaint_record *record,
                        bool *ret_consent)
{
    json_t *who JSON_CLEANUP = NULL;
    *ret_consent = false;
    if (record->row.erased_at)
        return 0;
    int result =
        record_get_reporter(call->app, record->row.reference, call->arena, &who, call->detail);
    if (result == ERR_NOT_FOUND) { /* nobody said who they are */
        call->detail->text[0] = '\0';
        return 0;
    }
    if (result >= 0)
        *ret_consent = json_is_true(json_object_get(who, "share"));
    return result;
}

/* V6. */
static int put_label(struct query_call *call, const struct complaint_record *record, json_t *full,
                     bool *ret_may_leave)
{
    struct complaint_projection projection;
    enum tlp label;
    *ret_may_leave = true;
    int result = complaint_projection_make(call->app, record->row.reference, call->arena,
                                           &projection, call->detail);
    if (result < 0 || !projection.tlp)
        return result;
    if (tlp_parse(projection.tlp, &label) < 0)
        return error_set(call->detail, ERR_DAMAGED, "complaint %s has the unknown label '%.16s'",
                         record->row.reference, projection.tlp);
    *ret_may_leave = tlp_may_leave(label);
    return json_object_set_new(full, "tlp", json_string(projection.tlp)) < 0 ? ERR_NO_MEMORY : 0;
}

int party_view_make(struct query_call *call, const struct complaint_record *record,
                    bool *ret_consent, json_t **ret_seen)
{
    bool may_leave;
    json_t *full JSON_CLEANUP = json_pack("{s:s}", "type", record->row.type);
    json_object_set_new(full, "received_at", query_instant(record->row.received_at));
    int result = find_consent(call, record, ret_consent);
    if (result >= 0)
        result = put_words(call, record, full);
    if (result >= 0)
        result = put_label(call, record, full, &may_leave);
    return result < 0 ? result
                      : access_project(OBJECT_COMPLAINT, full,
                                       *ret_consent && may_leave ? AUDIENCE_PARTY_CONSENTED
                                                                 : AUDIENCE_PARTY,
                                       ret_seen);
}

int query_complaint_party(struct query_call *call)
{
    struct complaint_record record;
    bool consent;
    json_t *seen = NULL;
    int result = complaint_find_for_reader(call, &record);
    if (result < 0)
        return result;
    /* Taken back, it is nobody's to answer, also while its case is still the same. */
    if (record.state == COMPLAINT_WITHDRAWING_STATE)
        return error_set(call->detail, ERR_REFUSED, "complaint %s was taken back: no party sees it",
                         record.row.reference);
    if (!record.row.case_id[0])
        return error_set(call->detail, ERR_REFUSED,
                         "complaint %s belongs to no case: no party sees it", record.row.reference);
    result = party_view_make(call, &record, &consent, &seen);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "case", json_string(record.row.case_id));
    json_object_set_new(call->result, "consent", json_boolean(consent));
    json_object_set_new(call->result, "complaint", seen);
    return 0;
}
