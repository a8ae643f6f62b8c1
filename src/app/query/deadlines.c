/* Questions about the deadlines that run: deadline.list, for calendars of people, and
 * deadline.check, which counts each of them again from what it says that it was counted from. */
#include "app/query/list.h"

#include "app/casework/casefile.h"
#include "app/casework/milestones.h"
#include "app/query/hands.h"
#include "base/civil.h"

#include <string.h>

/* --- each open case --- */

typedef int visit_case(struct query_call *call, const struct store_case *record);

static int each_case(struct query_call *call, struct store_case_query query, visit_case *visit)
{
    struct store_case *page;
    size_t count;
    query.after = "";
    do {
        int result = hands_list(call, &query, &page, &count);
        for (size_t i = 0; i < count && result >= 0; i++)
            result = visit(call, &page[i]);
        if (result < 0)
            return result;
        query.after = count ? page[count - 1].id : "";
    } while (count == STORE_PAGE_MAX);
    return 0;
}

static int load_rows(struct query_call *call, const char *case_id, struct arena *arena,
                     struct store_deadline **ret_rows, size_t *ret_count)
{
    int result = store_deadline_list(call->app->store, case_id, arena, ret_rows, ret_count);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "deadlines") : 0;
}

/* --- the list --- */

static int add_running(struct query_call *call, const struct store_case *record)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_deadline *rows;
    size_t count;
    json_t *list = json_object_get(call->result, "deadlines");
    if (!record->due_at)
        return 0;
    int result = casefile_open(call->app, record->id, &file, call->detail);
    if (result >= 0)
        result = load_rows(call, record->id, &file.arena, &rows, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (rows[i].state != DEADLINE_RUNNING)
            continue;
        json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "case", record->id, "rule",
                                rows[i].rule, "party", record->party, "handler", record->handler,
                                "stage", file.state.stage->label, "seq", (int)record->seq);
        json_object_set_new(row, "due_at", query_instant(rows[i].due_at));
        json_object_set_new(row, "updated_at", query_instant(record->updated_at));
        json_array_append_new(list, row);
        result = hands_put_deputy(call, record, row);
    }
    return result;
}

/* deadline.list {party?, handler?}: of one party only its own, of one handler those in its hands,
 * also as a deputy. */
int query_deadline_list(struct query_call *call)
{
    const struct store_case_query query = {.open_only = true,
                                           .party = json_text(call->arguments, "party"),
                                           .handler = json_text(call->arguments, "handler")};
    json_object_set_new(call->result, "deadlines", json_array());
    return each_case(call, query, add_running);
}

/* --- the check --- */

struct recount {
    struct query_call *call;
    struct casefile *file;
    const struct store_deadline *row;
};

static void differ(struct query_call *call, const char *case_id, const char *deadline,
                   const char *field, json_t *stored, json_t *computed)
{
    json_array_append_new(json_object_get(call->result, "differences"),
                          json_pack("{s:s, s:s, s:s, s:o, s:o}", "case", case_id, "deadline",
                                    deadline, "field", field, "stored", stored, "computed",
                                    computed));
}

static void row_differs(const struct recount *at, const char *field, json_t *stored,
                        json_t *computed)
{
    differ(at->call, at->row->case_id, at->row->id, field, stored, computed);
}

/* Days are told one by one, so that a person sees which was counted otherwise. */
static void compare_days(const struct recount *at, const json_t *stored, const json_t *computed)
{
    size_t a = json_array_size(stored), b = json_array_size(computed);
    for (size_t i = 0; i < a || i < b; i++) {
        json_t *one = json_array_get(stored, i), *other = json_array_get(computed, i);
        if (!one || !other || !json_equal(one, other)) {
            row_differs(at, "trace", one ? json_incref(one) : json_null(),
                        other ? json_incref(other) : json_null());
            return; /* what follows differs for the same reason */
        }
    }
}

static void compare_traces(const struct recount *at, const json_t *stored, const json_t *computed)
{
    static const char *const fields[] = {"rule",    "service_at", "date",
                                         "instant", "zone",       "zone_version",
                                         "tzdata",  "calendar",   "calendar_version"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        json_t *one = json_object_get(stored, fields[i]);
        json_t *other = json_object_get(computed, fields[i]);
        if (one != other && (!one || !other || !json_equal(one, other)))
            row_differs(at, fields[i], one ? json_incref(one) : json_null(),
                        other ? json_incref(other) : json_null());
    }
    compare_days(at, json_object_get(stored, "trace"), json_object_get(computed, "trace"));
}

/* Whether the event gave a date that no count gives: it was granted, given back, or kept. */
static bool gives_date(enum case_event_type event)
{
    return event == CASE_EXTENDED || event == CASE_REMEDIATION_AGREED || event == CASE_RESUMED ||
           event == CASE_ANSWER_JUDGED || event == CASE_CLARIFIED || event == CASE_NOT_RENEWED ||
           event == CASE_RULES_MIGRATED;
}

/* What the row says that it was counted from. ERR_NOT_FOUND for a rule that the process has not. */
static int read_inputs(const struct recount *at, const json_t *stored, struct deadline *ret_due)
{
    const char *rule = json_text(stored, "rule"), *service = json_text(stored, "service_at");
    const char *calendar = json_text(stored, "calendar_version");
    struct digest version;
    const struct process *process = at->file->state.process;
    struct deadline due = {.rule = rule ? process_rule_find(process, rule) : NULL};
    if (!due.rule)
        return ERR_NOT_FOUND;
    if (!service || civil_parse_instant(service, &due.service_at) < 0 || !calendar ||
        digest_parse(calendar, &version) < 0)
        return ERR_SYNTAX;
    due.calendar = process_calendar_of(process, due.rule, &version);
    *ret_due = due;
    return 0;
}

static int count_again(const struct recount *at, const json_t *stored, enum case_event_type event,
                       struct deadline *ret_due)
{
    const struct deadline *folded = &at->file->state.deadline.due;
    int result = read_inputs(at, stored, ret_due);
    if (result >= 0)
        result = deadline_again(ret_due, /* trace= */ NULL, NULL, ret_due);
    if (result < 0 || !gives_date(event))
        return result;
    ret_due->date = folded->date;
    ret_due->instant = ret_due->rule->unit == UNIT_HOURS
                           ? folded->instant
                           : deadline_instant(ret_due->rule, folded->date);
    return 0;
}

static int compare_clock(const struct recount *at, enum case_event_type event)
{
    struct buffer text BUFFER_CLEANUP = {0};
    json_t *stored JSON_CLEANUP = NULL, *computed JSON_CLEANUP = NULL;
    struct deadline due;
    struct query_call *call = at->call;
    buffer_init(&text, 1 << 20);
    int result = json_parse(at->row->trace, strlen(at->row->trace), &stored, NULL);
    if (result >= 0)
        result = count_again(at, stored, event, &due);
    if (result < 0) {
        row_differs(at, "inputs", json_string(at->row->trace), json_null());
        return 0;
    }
    result = deadline_print_json(&due, &text);
    if (result >= 0)
        result = json_parse(buffer_text(&text), text.size, &computed, call->detail);
    if (result < 0)
        return result; /* no memory: what the program writes it can read */
    compare_traces(at, stored, computed);
    if (strcmp(at->row->rule, due.rule->id) != 0)
        row_differs(at, "rule", json_string(at->row->rule), json_string(due.rule->id));
    if (at->row->due_at != due.instant)
        row_differs(at, "due_at", query_instant(at->row->due_at), query_instant(due.instant));
    return 0;
}

/* Its day was agreed, so only the end of that day is counted. */
static void compare_milestone(const struct recount *at)
{
    const struct case_state *state = &at->file->state;
    const char *name = at->row->rule + sizeof CASEFILE_MILESTONE - 1;
    for (size_t i = 0; i < state->milestone_count; i++) {
        const struct case_milestone *milestone = &state->milestones[i];
        if (strcmp(milestone->id, name) != 0)
            continue;
        int64_t instant = deadline_instant(state->deadline.due.rule, milestone->date);
        if (at->row->due_at != instant)
            row_differs(at, "due_at", query_instant(at->row->due_at), query_instant(instant));
        return;
    }
    row_differs(at, "deadline", json_string(name), json_null());
}

/* The event that set the clock as it runs; its number names the row. */
static const struct case_event *find_setter(const struct case_explanation *rows, size_t count)
{
    const struct case_event *setter = NULL;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].deadline_changed)
            setter = rows[i].event;
    }
    return setter;
}

static int compare_rows(struct query_call *call, struct casefile *file)
{
    struct case_explanation *told;
    struct store_deadline *rows;
    size_t count, checked = 0, clocks = 0;
    int result = casefile_explain(file, &file->arena, &told, call->detail);
    if (result >= 0)
        result = load_rows(call, file->record.id, &file->arena, &rows, &count);
    if (result < 0)
        return result;
    const struct case_event *setter = find_setter(told, file->event_count);
    const char *id =
        setter ? arena_printf(&file->arena, "%s-d%u", file->record.id, setter->seq) : "";
    bool runs = file->state.deadline.clock == CLOCK_RUNNING;
    if (!id)
        return ERR_LIMIT;
    for (size_t i = 0; i < count && result >= 0; i++) {
        const struct recount at = {call, file, &rows[i]};
        if (rows[i].state != DEADLINE_RUNNING)
            continue;
        checked++;
        if (casefile_is_milestone(&rows[i])) {
            compare_milestone(&at);
        } else if (!runs || !setter || strcmp(rows[i].id, id) != 0) {
            row_differs(&at, "deadline", json_string(rows[i].id), json_null());
        } else {
            clocks++;
            result = compare_clock(&at, setter->type);
        }
    }
    if (runs && clocks == 0)
        differ(call, file->record.id, id, "deadline", json_null(), json_string(id));
    json_object_set_new(
        call->result, "checked",
        json_integer(json_number(call->result, "checked", 0) + (json_int_t)checked));
    return result;
}

static int check_case(struct query_call *call, const struct store_case *record)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail words = {0};
    int result = casefile_open(call->app, record->id, &file, &words);
    if (result >= 0)
        return compare_rows(call, &file);
    /* A history that does not fold has no deadlines: that is told, and the others are looked at. */
    differ(call, record->id, "", "events", json_null(), json_string(error_words(&words, result)));
    return 0;
}

/* deadline.check: every deadline that runs, counted again. */
int query_deadline_check(struct query_call *call)
{
    const struct store_case_query query = {.open_only = true};
    json_object_set_new(call->result, "differences", json_array());
    json_object_set_new(call->result, "checked", json_integer(0));
    histories_forget(call->app); /* folded from the rows that are there now */
    return each_case(call, query, check_case);
}
