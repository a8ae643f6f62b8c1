#include "app/complaints/priority.h"

#include "app/command_list.h"
#include "app/complaints/said.h"
#include "rulebook/rulebook.h"

#include <string.h>

static const char *const priority_reasons[] = {"harm", "many-affected", "can-wait"};

static int find_urgency(const struct complaint_type *type, const json_t *words, struct arena *arena,
                        const struct complaint_urgency **ret_urgency)
{
    struct said said;
    int result = said_read(words, type, arena, &said);
    if (result >= 0)
        *ret_urgency = complaint_urgency_find(type, said.answers, said.answer_count);
    return result;
}

int priority_by_words(const struct complaint_type *type, const json_t *words, struct arena *arena,
                      enum complaint_priority *ret_priority)
{
    const struct complaint_urgency *urgency = NULL;
    int result = find_urgency(type, words, arena, &urgency);
    if (result >= 0)
        *ret_priority = urgency ? urgency->priority : COMPLAINT_NORMAL_PRIORITY;
    return result;
}

/* --- why --- */

/* What the type says, where that is what it goes by. */
static int put_rule(struct query_call *call, const struct complaint_record *record,
                    const json_t *words, json_t *reasons)
{
    const struct rulebook *rulebook;
    const struct process *process;
    const struct complaint_urgency *urgency = NULL;
    int result = app_version_of(call->app, record->row.rulebook, &rulebook, &process, call->detail);
    if (result < 0)
        return result;
    const struct complaint_type *type = rulebook_complaint_find(rulebook, record->row.type);
    result = type ? find_urgency(type, words, call->arena, &urgency) : 0;
    /* What was answered later changes no priority by itself. */
    if (result >= 0 && urgency && (int)urgency->priority == record->row.priority)
        json_array_append_new(reasons, json_string(urgency->why));
    return result;
}

/* The last word of a person; false: none said one. */
static bool put_person(const json_t *full, json_t *reasons)
{
    const json_t *events = json_object_get(full, "events");
    for (size_t i = json_array_size(events); i > 0; i--) {
        const json_t *row = json_array_get(events, i - 1);
        if (strcmp(json_text(row, "event"), complaint_event_text(COMPLAINT_EVENT_PRIORITISED)) != 0)
            continue;
        json_array_append_new(reasons, json_sprintf("%s said so: %s", json_text(row, "actor"),
                                                    json_text(row, "reason")));
        return true;
    }
    return false;
}

static void put_rest(const json_t *full, json_t *reasons)
{
    const json_t *filed = json_array_get(json_object_get(full, "events"), 0);
    if (json_is_true(json_object_get(filed, "restricted")))
        json_array_append_new(reasons, json_string("what who filed it files is read last now"));
    size_t joined = json_array_size(json_object_get(full, "joined_by"));
    if (joined)
        json_array_append_new(reasons, json_sprintf("%zu others are about the same", joined));
    if (json_is_true(json_object_get(full, "overdue")))
        json_array_append_new(reasons, json_string("it waits longer than it may"));
}

int priority_put(struct query_call *call, const struct complaint_record *record,
                 const json_t *words, json_t *full)
{
    json_t *reasons = json_array();
    json_object_set_new(full, "priority_reasons", reasons);
    int result = put_person(full, reasons) || !words ? 0 : put_rule(call, record, words, reasons);
    put_rest(full, reasons);
    return result;
}

/* --- by a person --- */

static int read_priority(struct call *call, enum complaint_priority *ret_priority)
{
    const char *text;
    int result = call_need_text(call, "level", &text);
    return result < 0 || complaint_priority_parse(text, ret_priority) >= 0
               ? result
               : error_set(call->detail, ERR_SYNTAX,
                           "a priority is urgent, high, normal or low, not '%.16s'", text);
}

/* complaint.prioritise {complaint, version, level, reason} */
int complaint_prioritise(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    enum complaint_priority priority;
    const char *reason;
    arena_init(&arena, 64 << 20);
    int result = record_find_kept(call, &arena, &record);
    if (result >= 0)
        result = read_priority(call, &priority);
    if (result >= 0)
        result = record_read_reason(call, priority_reasons, &reason);
    if (result < 0)
        return result;
    json_t *data JSON_CLEANUP =
        json_pack("{s:s, s:s}", "priority", complaint_priority_text(priority), "reason", reason);
    record.row.priority = (int)priority;
    result = data ? record_step(call, &record, COMPLAINT_EVENT_PRIORITISED, data) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "priority", json_string(complaint_priority_text(priority)));
    return 0;
}
