/* complaint.outcome: what became of names of a complaint, each by itself: of five hundred names of
 * one campaign some were suspended, some are not registered. The complaint itself is decided as a
 * whole. The names are sealed as all that was said is; the event tells the outcome alone. */
#include "app/command_list.h"
#include "app/complaints/addition.h"
#include "base/text.h"
#include "rulebook/process.h"

#include <string.h>

/* Takes back what was said of a name. */
#define OUTCOME_OPEN "open"

struct settling {
    struct call *call;
    struct arena arena;
    struct complaint_record record;
    json_t *said;  /* all that was said */
    json_t *names; /* sealed: of which names */
    const char *outcome;
};

static bool has_name(const json_t *names, const char *name)
{
    size_t i;
    const json_t *value;
    json_array_foreach(names, i, value)
    {
        if (strcmp(json_string_value(value), name) == 0)
            return true;
    }
    return false;
}

/* What only looks like a name of the complaint may be settled too: a person saw what it is. */
static int take_name(struct settling *settling, const char *text)
{
    struct error_detail *detail = settling->call->detail;
    char *name = arena_copy_text(&settling->arena, text ? text : "");
    if (!name)
        return ERR_LIMIT;
    text_lower(name);
    if (text_ends_with(name, "."))
        name[strlen(name) - 1] = '\0';
    if (!has_name(json_object_get(settling->said, "names"), name) &&
        !has_name(json_object_get(settling->said, "suggested"), name))
        return error_set(detail, ERR_NOT_FOUND, "complaint %s has not each of these names",
                         settling->record.row.reference);
    if (has_name(settling->names, name))
        return error_set(detail, ERR_SYNTAX, "a name stands twice");
    return json_array_append_new(settling->names, json_string(name)) < 0 ? ERR_NO_MEMORY : 0;
}

static int take_names(struct settling *settling)
{
    const json_t *given = json_object_get(settling->call->arguments, "names"), *value;
    size_t i;
    int result = 0;
    if (!json_is_array(given) || json_array_size(given) == 0)
        return error_set(settling->call->detail, ERR_SYNTAX, "no name is said");
    if (json_array_size(given) > COMPLAINT_NAMES_MAX)
        return error_set(settling->call->detail, ERR_LIMIT, "more than %d names",
                         COMPLAINT_NAMES_MAX);
    json_array_foreach(given, i, value)
    {
        if (result >= 0)
            result = take_name(settling, json_string_value(value));
    }
    return result;
}

static int take_outcome(struct settling *settling)
{
    struct call *call = settling->call;
    const struct rulebook *rulebook;
    const struct process *process = NULL;
    int result = call_need_text(call, "outcome", &settling->outcome);
    if (result >= 0)
        result = app_version_of(call->app, settling->record.row.rulebook, &rulebook, &process,
                                call->detail);
    if (result < 0 || strcmp(settling->outcome, OUTCOME_OPEN) == 0 ||
        process_closure_find(process, settling->outcome))
        return result;
    return error_set(call->detail, ERR_NOT_FOUND,
                     "'%.64s' is neither a closure code of the process nor 'open'",
                     settling->outcome);
}

static int begin(struct settling *settling)
{
    struct call *call = settling->call;
    arena_init(&settling->arena, 64 << 20);
    settling->names = json_array();
    if (!settling->names)
        return ERR_NO_MEMORY;
    int result = record_find_for(call, "complaint", &settling->arena, &settling->record);
    if (result >= 0)
        result = record_check_version(call, &settling->record);
    if (result >= 0)
        result = addition_merge(call->app, &settling->record, &settling->arena, &settling->said,
                                call->detail);
    if (result >= 0)
        result = take_outcome(settling);
    return result < 0 ? result : take_names(settling);
}

static int finish(struct settling *settling)
{
    struct call *call = settling->call;
    const struct store_complaint *row = &settling->record.row;
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "outcome", settling->outcome);
    int result = data ? record_keep_json(call, row->reference,
                                         json_pack("{s:O}", "names", settling->names), data)
                      : ERR_NO_MEMORY;
    if (result >= 0)
        result = record_step(call, &settling->record, COMPLAINT_EVENT_OUTCOME, data);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(row->reference));
    json_object_set_new(call->result, "state", json_string(row->state));
    json_object_set_new(call->result, "outcome", json_string(settling->outcome));
    json_object_set(call->result, "names", settling->names);
    return 0;
}

/* complaint.outcome {complaint, version, outcome, names[]}: the later outcome of a name counts. */
int complaint_outcome(struct call *call)
{
    struct settling settling = {.call = call};
    int result = begin(&settling);
    if (result >= 0)
        result = finish(&settling);
    json_decref(settling.said);
    json_decref(settling.names);
    arena_done(&settling.arena);
    return result;
}
