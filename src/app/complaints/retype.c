/* complaint.retype: a person says that a complaint is of another type than who filed it chose, so
 * that the questions, the scope tests and the closures of that type count. What was said stays;
 * what the new type asks for and nobody said is missing. Once decided it is reopened first, since
 * a decision names a rule of its type. */
#include "app/command_list.h"
#include "app/complaints/addition.h"
#include "app/complaints/lacks.h"
#include "app/complaints/lookup.h"
#include "app/complaints/priority.h"
#include "app/complaints/projection.h"
#include "rulebook/rulebook.h"

#include <string.h>

struct retyping {
    struct call *call;
    struct arena arena;
    struct complaint_record record;
    json_t *words; /* all that was said */
    struct lacks lacks;
    bool lacked; /* before */
};

/* By the answers to the questions of the new type, unless a person said how soon it is read. */
static int find_priority(struct retyping *retyping, const struct complaint_type *type)
{
    struct complaint_record *record = &retyping->record;
    struct call *call = retyping->call;
    struct complaint_projection projection;
    enum complaint_priority priority;
    int result = complaint_projection_make(call->app, record->row.reference, &retyping->arena,
                                           &projection, call->detail);
    if (result < 0 || projection.prioritised)
        return result;
    result = priority_by_words(type, retyping->words, &retyping->arena, &priority);
    if (result >= 0)
        record->row.priority = (int)priority;
    return result;
}

static int find_type(struct retyping *retyping)
{
    struct call *call = retyping->call;
    struct store_complaint *row = &retyping->record.row;
    const struct rulebook *rulebook;
    const struct process *process;
    const char *id;
    int result = call_need_text(call, "type", &id);
    if (result >= 0)
        result = app_version_of(call->app, row->rulebook, &rulebook, &process, call->detail);
    if (result < 0)
        return result;
    const struct complaint_type *type = rulebook_complaint_find(rulebook, id);
    if (!type)
        return error_set(call->detail, ERR_NOT_FOUND,
                         "the rulebook of complaint %s has no type '%.64s'; see 'bailiwick"
                         " complaint types'",
                         row->reference, id);
    if (strcmp(row->type, type->id) == 0)
        return error_set(call->detail, ERR_CONFLICT, "complaint %s is of the type '%s' already",
                         row->reference, row->type);
    row->type = type->id;
    return find_priority(retyping, type);
}

static int begin(struct retyping *retyping)
{
    struct call *call = retyping->call;
    struct complaint_record *record = &retyping->record;
    enum complaint_state next;
    arena_init(&retyping->arena, 64 << 20);
    int result = record_find_kept(call, &retyping->arena, record);
    if (result >= 0)
        result = record_check_step(call, record, COMPLAINT_EVENT_RETYPED, &next);
    if (result >= 0)
        result =
            addition_merge(call->app, record, &retyping->arena, &retyping->words, call->detail);
    if (result >= 0)
        result = find_type(retyping);
    if (result < 0)
        return result;
    retyping->lacked = json_array_size(json_object_get(retyping->words, "missing")) > 0;
    return lacks_find(call->app, record, retyping->words, &retyping->arena, &retyping->lacks,
                      call->detail);
}

/* An addition that adds nothing tells what is missing from now on. */
static int write_event(struct retyping *retyping)
{
    struct call *call = retyping->call;
    struct complaint_record *record = &retyping->record;
    json_t *addition JSON_CLEANUP = json_pack("{s:{}, s:[]}", "answers", "exhibits");
    json_t *data JSON_CLEANUP =
        json_pack("{s:s, s:s}", "type", record->row.type, "priority",
                  complaint_priority_text((enum complaint_priority)record->row.priority));
    int result = addition && data ? lacks_put(&retyping->lacks, addition) : ERR_NO_MEMORY;
    if (result >= 0)
        result = record_keep_json(call, record->row.reference, json_incref(addition), data);
    return result < 0 ? result : record_step(call, record, COMPLAINT_EVENT_RETYPED, data);
}

static int retype(struct retyping *retyping)
{
    struct call *call = retyping->call;
    struct complaint_record *record = &retyping->record;
    json_t *none JSON_CLEANUP = json_object();
    int result = write_event(retyping);
    /* A machine may see the fault that this type is about. */
    if (result >= 0)
        result = lookup_want(call->app, record->row.reference, LOOKUP_FRESH_US, call->detail);
    /* A draft that is held for want of something is one no more when nothing is wanting. */
    if (result >= 0 && record->state == COMPLAINT_HELD_STATE && retyping->lacked &&
        retyping->lacks.count == 0)
        result = none ? record_step(call, record, COMPLAINT_EVENT_COMPLETED, none) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record->row.reference));
    json_object_set_new(call->result, "type", json_string(record->row.type));
    json_object_set_new(call->result, "state", json_string(record->row.state));
    return 0;
}

/* complaint.retype {complaint, version, type} */
int complaint_retype(struct call *call)
{
    struct retyping retyping = {.call = call};
    int result = begin(&retyping);
    if (result >= 0)
        result = retype(&retyping);
    json_decref(retyping.words);
    arena_done(&retyping.arena);
    return result;
}
