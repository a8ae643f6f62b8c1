/* Questions about complaints. Each answer is made whole and then goes through the table of access/:
 * what no row names for the asker is not in it. Who complained is in none of them; that is a
 * command (erase.c), since it leaves a trace. */
#include "access/access.h"
#include "app/app.h"
#include "app/casework/casefile.h"
#include "app/complaints/addition.h"
#include "app/complaints/closure.h"
#include "app/complaints/due.h"
#include "app/complaints/facts.h"
#include "app/complaints/lookup.h"
#include "app/complaints/party_view.h"
#include "app/complaints/prior_report.h"
#include "app/complaints/priority.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "base/text.h"
#include "store/sketch.h"

#include <stdio.h>
#include <string.h>

enum { JOINED_MAX = 100 /* shown of those that are joined to one */ };

/* --- lists --- */

static json_t *head_json(const struct store_complaint *row)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "reference", row->reference, "type",
                             row->type, "language", row->language, "state", row->state, "closure",
                             row->closure, "case", row->case_id);
    json_object_set_new(json, "received_at", query_instant(row->received_at));
    json_object_set_new(json, "erased_at", query_instant(row->erased_at));
    json_object_set_new(
        json, "priority",
        json_string(complaint_priority_text((enum complaint_priority)row->priority)));
    return json;
}

static void put_due(const struct complaint_due *due, json_t *full)
{
    char day[CIVIL_DATE_TEXT];
    if (due->wait == COMPLAINT_WAITS_FOR_NOBODY)
        return;
    json_t *until = due->known ? json_string(civil_format_date(due->day, day)) : json_null();
    json_object_set_new(full, "waits_for", json_string(complaint_wait_text(due->wait)));
    json_object_set_new(full, "due", until);
    json_object_set_new(full, "overdue", json_boolean(due->passed));
    /* Until when somebody reads it is the house's affair; until when they answer is theirs. */
    if (due->wait == COMPLAINT_WAITS_FOR_COMPLAINANT)
        json_object_set(full, "answer_by", until);
}

static int project(json_t *full, enum audience audience, json_t **ret_projection)
{
    json_t *owned JSON_CLEANUP = full;
    return owned ? access_project(OBJECT_COMPLAINT, owned, audience, ret_projection)
                 : ERR_NO_MEMORY;
}

static int read_query(struct query_call *call, char after[REFERENCE_TEXT],
                      struct store_complaint_query *ret_query)
{
    const char *state = json_text(call->arguments, "state");
    const char *from = json_text(call->arguments, "after");
    enum complaint_state known;
    if (state && complaint_state_parse(state, &known) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%s' is no state of a complaint", state);
    if (from && reference_parse(from, after) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%.64s' is no reference of a complaint", from);
    int64_t limit = STORE_PAGE_MAX;
    const char *most = json_text(call->arguments, "limit");
    if (most && text_parse_int(most, 1, STORE_PAGE_MAX, &limit) < 0)
        return error_set(call->detail, ERR_SYNTAX, "a page has 1 to %d complaints, not '%.32s'",
                         STORE_PAGE_MAX, most);
    *ret_query = (struct store_complaint_query){
        .state = state, .after = from ? after : NULL, .limit = (size_t)limit};
    return 0;
}

/* --overdue on the command line, `overdue=true` in an address. */
static int read_overdue(struct query_call *call, bool *ret_overdue)
{
    const json_t *overdue = json_object_get(call->arguments, "overdue");
    const char *text = json_string_value(overdue);
    *ret_overdue = json_is_true(overdue) || (text && strcmp(text, "true") == 0);
    return !text || *ret_overdue || strcmp(text, "false") == 0
               ? 0
               : error_set(call->detail, ERR_SYNTAX, "'%.32s' is neither true nor false", text);
}

static int add_overdue(void *context, const struct complaint_record *record,
                       const struct complaint_due *due)
{
    json_t *full = head_json(&record->row), *row = NULL;
    put_due(due, full);
    int result = project(full, AUDIENCE_STAFF, &row);
    return result < 0 ? result : json_array_append_new(context, row) < 0 ? ERR_NO_MEMORY : 0;
}

/* Those that waited too long: for a first review, or, of the state `waiting`, for an answer. */
static int list_overdue(struct query_call *call, const struct store_complaint_query *query,
                        json_t *list)
{
    struct complaint_due_walk walk = {.state = COMPLAINT_FILED_STATE,
                                      .after = query->after,
                                      .limit = query->limit,
                                      .take = add_overdue,
                                      .context = list};
    if (query->state && complaint_state_parse(query->state, &walk.state) < 0)
        return ERR_SYNTAX;
    if (walk.state != COMPLAINT_FILED_STATE && walk.state != COMPLAINT_WAITING_STATE)
        return error_set(call->detail, ERR_SYNTAX,
                         "only what is filed or waiting can be overdue, not '%s'", query->state);
    int result = complaint_due_walk(call->app, &walk, call->detail);
    json_object_set_new(call->result, "next", walk.last[0] ? json_string(walk.last) : json_null());
    return result;
}

/* Whether the most urgent come first; of what is filed alone, as nothing else waits to be read. */
static int read_order(struct query_call *call, const struct store_complaint_query *query,
                      bool *ret_urgent)
{
    const char *order = json_text(call->arguments, "order");
    *ret_urgent = order && strcmp(order, "priority") == 0;
    if (order && !*ret_urgent)
        return error_set(call->detail, ERR_SYNTAX, "complaints are ordered by priority or by time");
    return *ret_urgent && query->state &&
                   strcmp(query->state, complaint_state_text(COMPLAINT_FILED_STATE)) != 0
               ? error_set(call->detail, ERR_SYNTAX,
                           "only what is filed is ordered by priority, not '%s'", query->state)
               : 0;
}

/* complaint.list {state, overdue, order, after, limit}: oldest first, or with `order` "priority"
 * the most urgent; `next` is where to go on after. */
int query_complaint_list(struct query_call *call)
{
    struct store_complaint_query query;
    struct store_complaint *rows;
    char after[REFERENCE_TEXT];
    size_t count;
    bool overdue = false, urgent = false;
    json_t *list = json_array();
    json_object_set_new(call->result, "complaints", list);
    int result = read_query(call, after, &query);
    if (result >= 0)
        result = read_overdue(call, &overdue);
    if (result >= 0)
        result = read_order(call, &query, &urgent);
    if (result < 0 || overdue)
        return result < 0 ? result : list_overdue(call, &query, list);
    result = urgent ? store_complaint_list_priority(call->app->store, query.after, query.limit,
                                                    call->arena, &rows, &count)
                    : store_complaint_list(call->app->store, &query, call->arena, &rows, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "complaints");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row = NULL;
        result = project(head_json(&rows[i]), AUDIENCE_STAFF, &row);
        if (result >= 0)
            json_array_append_new(list, row);
    }
    json_object_set_new(call->result, "next",
                        count == query.limit ? json_string(rows[count - 1].reference)
                                             : json_null());
    return result;
}

/* --- one complaint --- */

int complaint_find_for_reader(struct query_call *call, struct complaint_record *ret_record)
{
    const char *reference, *user = json_text(call->arguments, "user");
    struct actor reader = {.id = ""};
    int result = query_need_text(call, "complaint", &reference);
    if (result >= 0)
        result = record_find(call->app, reference, call->arena, ret_record, call->detail);
    if (result < 0 || !user)
        return result;
    snprintf(reader.id, sizeof reader.id, "%s", user);
    result = casefile_admit(call->app, &reader, ret_record->row.case_id, call->detail);
    return result == ERR_REFUSED ? ERR_NOT_FOUND : result;
}

static json_t *answers_json(const json_t *answers)
{
    json_t *list = json_array(), *value;
    const char *question;
    json_object_foreach((json_t *)answers, question, value)
    {
        json_array_append_new(list, json_pack("{s:s, s:O}", "question", question, "answer", value));
    }
    return list;
}

/* What was said. */
static void put_words(const json_t *words, json_t *full)
{
    static const char *const plain[] = {"names",     "party",         "role",       "exhibits",
                                        "missing",   "told_first",    "salt",       "suggested",
                                        "report_id", "report_source", "happened_at"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        json_object_set(full, plain[i], json_object_get(words, plain[i]));
    json_object_set_new(full, "answers", answers_json(json_object_get(words, "answers")));
}

/* An event with the words that a person wrote, where they were not erased. */
static int event_json(struct query_call *call, const struct complaint_record *record,
                      const struct store_complaint_event *event, json_t **ret_json)
{
    json_t *row JSON_CLEANUP = NULL, *words JSON_CLEANUP = NULL;
    int result = json_parse(event->data, strlen(event->data), &row, call->detail);
    if (result < 0)
        return result;
    int64_t item = json_number(row, "item", 0);
    if (item > 0 && !record->row.erased_at)
        result = record_get_json(call->app, record->row.reference, (uint32_t)item, call->arena,
                                 &words, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(row, "seq", json_integer(event->seq));
    json_object_set_new(row, "at", query_instant(event->at));
    json_object_set_new(row, "event", json_string(event->type));
    json_object_set_new(row, "actor", json_string(event->actor));
    if (record_event_is(event, COMPLAINT_EVENT_LOOKED_UP))
        lookup_show(row, words);
    if (json_object_get(words, "text"))
        json_object_set(row, "text", json_object_get(words, "text"));
    if (json_object_get(words, "hidden"))
        json_object_set(row, "hidden", json_object_get(words, "hidden"));
    if (json_object_get(words, "names"))
        json_object_set(row, "names", json_object_get(words, "names"));
    *ret_json = json_incref(row);
    return 0;
}

static bool is_event(const json_t *row, enum complaint_event_type type)
{
    return strcmp(json_text(row, "event"), complaint_event_text(type)) == 0;
}

/* The later outcome of a name takes the place of the earlier; `open` takes it back. */
static void put_outcome(json_t *full, const json_t *row)
{
    json_t *outcomes = json_object_get(full, "outcomes"),
           *outcome = json_object_get(row, "outcome");
    size_t i, k;
    json_t *name, *other;
    json_array_foreach(json_object_get(row, "names"), i, name)
    {
        json_array_foreach(outcomes, k, other)
        {
            if (json_equal(json_object_get(other, "name"), name)) {
                json_array_remove(outcomes, k);
                break;
            }
        }
        if (strcmp(json_string_value(outcome), "open") != 0)
            json_array_append_new(outcomes, json_pack("{s:O, s:O, s:O}", "name", name, "outcome",
                                                      outcome, "at", json_object_get(row, "at")));
    }
}

/* How its case ended, until that is taken up again or the complaint is decided anew. */
static void put_case_outcome(json_t *full, const json_t *row)
{
    static const enum complaint_event_type anew[] = {
        COMPLAINT_EVENT_CASE_RESUMED, COMPLAINT_EVENT_IN_SCOPE, COMPLAINT_EVENT_OUT_OF_SCOPE,
        COMPLAINT_EVENT_REOPENED};
    if (is_event(row, COMPLAINT_EVENT_CASE_ENDED))
        json_object_set(full, "case_outcome", json_object_get(row, "told"));
    for (size_t i = 0; i < sizeof anew / sizeof *anew; i++) {
        if (is_event(row, anew[i]))
            json_object_del(full, "case_outcome");
    }
}

/* What of an event stands in the head of the complaint: the last word to the complainant, what they
 * added, what became of names, why it is on hold, and its label. */
static void put_event(json_t *full, const json_t *row)
{
    json_t *text = json_object_get(row, "text");
    if (is_event(row, COMPLAINT_EVENT_LEGAL_HOLD))
        json_object_set(full, "legal_hold", json_object_get(row, "reason"));
    if (is_event(row, COMPLAINT_EVENT_HOLD_LIFTED))
        json_object_del(full, "legal_hold");
    if (json_object_get(row, "tlp"))
        json_object_set(full, "tlp", json_object_get(row, "tlp"));
    put_case_outcome(full, row);
    if (is_event(row, COMPLAINT_EVENT_LOOKED_UP) && json_object_get(full, "outcomes")) {
        json_object_set(full, "looked_up", json_object_get(row, "looked_up"));
        json_object_set(full, "services", json_object_get(row, "services"));
    }
    if (is_event(row, COMPLAINT_EVENT_OUTCOME) && json_object_get(full, "outcomes"))
        put_outcome(full, row);
    if (!text)
        return;
    if (is_event(row, COMPLAINT_EVENT_ADDED))
        json_array_append_new(
            json_object_get(full, "additions"),
            json_pack("{s:O, s:O}", "at", json_object_get(row, "at"), "text", text));
    else if (is_event(row, COMPLAINT_EVENT_ASKED) || is_event(row, COMPLAINT_EVENT_IN_SCOPE) ||
             is_event(row, COMPLAINT_EVENT_OUT_OF_SCOPE) || is_event(row, COMPLAINT_EVENT_REOPENED))
        json_object_set(full, "text", text);
}

static int put_events(struct query_call *call, const struct complaint_record *record, json_t *full)
{
    struct store_complaint_event *events;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(full, "events", list);
    if (!record->row.erased_at) {
        json_object_set_new(full, "additions", json_array());
        json_object_set_new(full, "outcomes", json_array());
    }
    int result = store_complaint_event_list(call->app->store, record->row.reference, call->arena,
                                            &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row = NULL;
        result = event_json(call, record, &events[i], &row);
        if (result < 0)
            break;
        put_event(full, row);
        json_array_append_new(list, row);
    }
    return result;
}

/* Once, about a decision that nobody looked at again. */
static bool may_ask_review(const struct complaint_record *record, const json_t *full)
{
    enum complaint_state next;
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(full, "events"), i, row)
    {
        if (is_event(row, COMPLAINT_EVENT_REVIEW_ASKED))
            return false;
    }
    return !record->row.erased_at &&
           complaint_after(record->state, COMPLAINT_EVENT_REVIEW_ASKED, &next) >= 0;
}

/* In plain words, why it was closed. */
static int put_reason(struct query_call *call, const struct complaint_record *record, json_t *full)
{
    const char *words;
    if (!record->row.closure[0])
        return 0;
    int result = closure_words(call->app, record, &words, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(full, "reason", json_string(words));
    json_object_set_new(full, "may_ask_review", json_boolean(may_ask_review(record, full)));
    return 0;
}

/* Complaints that a person said are about the same matter. */
static int put_joined(struct query_call *call, const struct complaint_record *record, json_t *full)
{
    struct store *store = call->app->store;
    struct store_join to, *by;
    size_t count;
    int result = store_join_find(store, record->row.reference, call->arena, &to);
    bool joined = result >= 0;
    if (result >= 0 || result == ERR_NOT_FOUND)
        result =
            store_join_list(store, record->row.reference, JOINED_MAX, call->arena, &by, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "joined complaints");
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(by[i].reference));
    json_object_set_new(full, "joined_to", json_string(joined ? to.other : ""));
    json_object_set_new(full, "joined_by", list);
    return 0;
}

/* What follows from the words, which are opened once; NULL where they were erased. */
static int put_rest(struct query_call *call, const struct complaint_record *record,
                    enum audience audience, const json_t *words, json_t *full)
{
    if (words)
        put_words(words, full);
    int result = put_events(call, record, full);
    if (result >= 0)
        result = put_reason(call, record, full);
    if (result >= 0 && words)
        result = prior_report_put(call, record, words, full);
    /* Not even looked for where somebody else asks: the time that it takes would tell. */
    if (result >= 0 && audience == AUDIENCE_STAFF)
        result = put_joined(call, record, full);
    return result < 0 || audience != AUDIENCE_STAFF ? result
                                                    : priority_put(call, record, words, full);
}

int complaint_show_to(struct query_call *call, const struct complaint_record *record,
                      enum audience audience)
{
    json_t *full JSON_CLEANUP = head_json(&record->row), *words JSON_CLEANUP = NULL, *seen = NULL;
    struct complaint_due due;
    json_object_set_new(full, "rulebook", json_string(record->row.rulebook));
    int result = complaint_due_find(call->app, record, &due, call->detail);
    if (result >= 0 && !record->row.erased_at)
        result = addition_merge(call->app, record, call->arena, &words, call->detail);
    if (result < 0)
        return result;
    put_due(&due, full);
    result = put_rest(call, record, audience, words, full);
    if (result >= 0)
        result = project(json_incref(full), audience, &seen);
    return result < 0                                                 ? result
           : json_object_set_new(call->result, "complaint", seen) < 0 ? ERR_NO_MEMORY
                                                                      : 0;
}

/* complaint.show {complaint, user}: for the staff. */
int query_complaint_show(struct query_call *call)
{
    struct complaint_record record;
    int result = complaint_find_for_reader(call, &record);
    return result < 0 ? result : complaint_show_to(call, &record, AUDIENCE_STAFF);
}

/* complaint.follow {token}: what the complainant sees by the secret link. */
int query_complaint_follow(struct query_call *call)
{
    struct complaint_record record;
    const char *token;
    int result = query_need_text(call, "token", &token);
    if (result < 0)
        return result;
    result = record_find_link(call->app, token, call->arena, &record, call->detail);
    return result < 0 ? result : complaint_show_to(call, &record, AUDIENCE_COMPLAINANT);
}

static const json_t *find_exhibit(const json_t *words, int64_t number)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(words, "exhibits"), i, row)
    {
        if (json_number(row, "number", 0) == number)
            return row;
    }
    return NULL;
}

/* What it is: an exhibit says so itself, and what is none is a mail. */
static void put_kind(struct query_call *call, const json_t *about, struct bytes bytes)
{
    const struct digest sha256 = digest_of(bytes.data, bytes.size);
    char hex[DIGEST_HEX];
    const char *media_type = about ? json_text(about, "media_type") : "message/rfc822";
    json_object_set_new(call->result, "media_type", json_string(media_type));
    json_object_set_new(call->result, "sha256", json_string(digest_format(&sha256, hex)));
}

static int put_bytes(struct query_call *call, struct bytes bytes)
{
    char *coded = arena_alloc(call->arena, BASE64_ROOM(bytes.size));
    if (!coded)
        return ERR_LIMIT;
    base64_format(bytes.data, bytes.size, coded, BASE64_ROOM(bytes.size));
    return json_object_set_new(call->result, "base64", json_string(coded)) < 0 ? ERR_NO_MEMORY : 0;
}

/* complaint.exhibit {complaint, number}: its bytes as base64; also of a mail that was added. */
int query_complaint_exhibit(struct query_call *call)
{
    struct complaint_record record;
    struct bytes bytes;
    json_t *words JSON_CLEANUP = NULL;
    int64_t number = json_number(call->arguments, "number", 0);
    int result = complaint_find_for_reader(call, &record);
    if (result >= 0)
        result = addition_merge(call->app, &record, call->arena, &words, call->detail);
    if (result < 0)
        return result;
    const json_t *about = find_exhibit(words, number);
    result = about ? 1 : addition_is_mail(call->app, &record, number, call->arena, call->detail);
    if (result <= 0)
        return result < 0 ? result
                          : error_set(call->detail, ERR_NOT_FOUND,
                                      "complaint %s has no such exhibit", record.row.reference);
    result = record_get_bytes(call->app, record.row.reference, (uint32_t)number, call->arena,
                              &bytes, call->detail);
    if (result < 0)
        return result;
    put_kind(call, about, bytes);
    return put_bytes(call, bytes);
}

/* --- scope --- */

static const char *fact_text(enum complaint_fact fact)
{
    static const char *const texts[] = {
        [COMPLAINT_UNKNOWN] = "unknown", [COMPLAINT_SO] = "yes", [COMPLAINT_NOT_SO] = "no"};
    return texts[fact];
}

static const char *reach_text(enum complaint_reach reach)
{
    static const char *const texts[] = {[COMPLAINT_IN_SCOPE] = "in-scope",
                                        [COMPLAINT_OUT_OF_SCOPE] = "out-of-scope",
                                        [COMPLAINT_UNDETERMINED] = "undetermined"};
    return texts[reach];
}

/* One test of the type, judged alone. */
static enum complaint_fact judge_test(const struct complaint_type *type, size_t at,
                                      const struct complaint_facts *facts)
{
    struct complaint_type alone = *type;
    alone.scopes = &type->scopes[at];
    alone.scope_count = 1;
    switch (complaint_scope(&alone, facts).reach) {
    case COMPLAINT_IN_SCOPE:
        return COMPLAINT_SO;
    case COMPLAINT_OUT_OF_SCOPE:
        return COMPLAINT_NOT_SO;
    case COMPLAINT_UNDETERMINED:
        break;
    }
    return COMPLAINT_UNKNOWN;
}

static void tell_scope(struct query_call *call, const struct rulebook *rulebook,
                       const struct complaint_type *type, const struct complaint_known *known)
{
    struct complaint_scope_answer answer = complaint_scope(type, &known->facts);
    json_t *tests = json_array();
    for (size_t i = 0; i < type->scope_count; i++) {
        const struct complaint_scope *scope = &type->scopes[i];
        json_array_append_new(
            tests,
            json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s}", "id", scope->id, "test",
                      complaint_test_text(scope->test), "holds",
                      fact_text(judge_test(type, i, &known->facts)), "from",
                      known->from[scope->test], "closure", scope->closure, "words",
                      rulebook_complaint_text(rulebook, &scope->words, rulebook->languages[0])));
    }
    json_object_set_new(call->result, "reach", json_string(reach_text(answer.reach)));
    json_object_set_new(call->result, "test",
                        answer.test ? json_string(answer.test->id) : json_null());
    json_object_set_new(call->result, "tests", tests);
}

/* complaint.scope {complaint}: what its type's scope tests say with what is known. Decides nothing.
 */
int query_complaint_scope(struct query_call *call)
{
    struct complaint_record record;
    struct complaint_known known;
    struct record_law law;
    json_t *words JSON_CLEANUP = NULL;
    int result = complaint_find_for_reader(call, &record);
    if (result >= 0)
        result = record_find_law(call->app, &record, &law, call->detail);
    if (result >= 0)
        result = addition_merge(call->app, &record, call->arena, &words, call->detail);
    if (result >= 0)
        result =
            facts_find(call->app, &(struct facts_question){&record, law.process, words, law.type},
                       call->arena, &known, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "type", json_string(law.type->id));
    tell_scope(call, law.rulebook, law.type, &known);
    return 0;
}
