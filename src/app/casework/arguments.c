#include "app/casework/arguments.h"

#include "app/casework/news.h"
#include "app/casework/proposal.h"

#include <stdlib.h>

int arguments_open_case(struct call *call, struct casefile *ret_file)
{
    const char *id;
    int result = call_need_text(call, "case", &id);
    return result < 0 ? result
                      : casefile_open_for(call->app, &call->actor, id, ret_file, call->detail);
}

int arguments_take_text(struct call *call, const char *name, char *field, size_t size)
{
    const char *text = json_text(call->arguments, name);
    if (!text || case_text_set(field, size, text) >= 0)
        return 0;
    return error_set(call->detail, ERR_LIMIT, "the argument '%s' has more than %zu bytes", name,
                     size - 1);
}

int arguments_take_number(struct call *call, const char *name, uint8_t *ret_number)
{
    const json_t *given = json_object_get(call->arguments, name);
    const char *text = json_string_value(given);
    char *end = NULL;
    long long number = text ? strtoll(text, &end, 10) : json_integer_value(given);
    if (number < 1 || number > UINT8_MAX || (end && *end))
        return error_set(call->detail, ERR_SYNTAX, "the argument '%s' is a number from 1 to %d",
                         name, UINT8_MAX);
    *ret_number = (uint8_t)number;
    return 0;
}

int arguments_step(struct call *call, struct casefile *file, const struct casefile_step *request)
{
    int result = casefile_step(file, request, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "case", json_string(file->record.id));
    json_object_set_new(call->result, "stage", json_string(file->state.stage->id));
    json_object_set_new(call->result, "seq", json_integer(file->state.seq));
    return 0;
}

int arguments_finish(struct call *call, struct casefile *file, struct casefile_step *request)
{
    request->actor = &call->actor;
    int result = TAKE_TEXT(call, "reason", request->step.reason);
    return result < 0 ? result : arguments_step(call, file, request);
}

int arguments_propose(struct call *call, struct casefile *file, struct casefile_step *request)
{
    struct case_step step;
    struct case_outcome outcome;
    request->actor = &call->actor;
    int result = TAKE_TEXT(call, "reason", request->step.reason);
    if (result >= 0)
        result = news_catch_up(file, call->detail);
    if (result >= 0)
        result = casefile_weigh(file, request, &step, &outcome, call->detail);
    if (result < 0)
        return result;
    return result > 0 ? proposal_make(call, file, &(struct proposed_step){&step, &outcome})
                      : arguments_step(call, file, request);
}
