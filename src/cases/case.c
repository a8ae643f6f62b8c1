#include "cases/case.h"

#include "cases/letter.h"

#include <string.h>

int case_text_set(char *field, size_t size, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    bool fits = length < size;
    memset(field, 0, size);
    if (fits && length > 0)
        memcpy(field, text, length);
    return fits ? 0 : ERR_LIMIT;
}

void case_state_init(struct case_state *state, const struct process *process)
{
    *state = (struct case_state){.process = process, .stage = process->initial};
}

bool case_is_public(const struct case_state *state)
{
    return state->published;
}

bool case_is_recused(const struct case_state *state, const char *person)
{
    return actors_have(&state->recused, person);
}

/* One event of the history, which the rules of its process must allow. */
static int fold_event(const struct case_state *state, const struct case_event *event,
                      const struct case_versions *versions, struct case_outcome *ret_outcome,
                      struct error_detail *detail)
{
    struct case_step step;
    if (event->seq != state->seq + 1)
        return error_set(detail, ERR_DAMAGED, "event %u follows event %u", event->seq, state->seq);
    int result = case_step_decode(event, &step, detail);
    if (result == 0 && step.type == CASE_RULES_MIGRATED && versions)
        result = versions->find(versions->context, step.object, &step.process, detail);
    if (result >= 0)
        result = case_apply(state, &step, ret_outcome, detail);
    if (result == ERR_REFUSED)
        result = ERR_DAMAGED; /* what was recorded had been allowed */
    return result < 0 ? error_context(detail, result, "event %u", event->seq) : 0;
}

static struct case_explanation explain(const struct case_state *before,
                                       const struct case_event *event,
                                       const struct case_outcome *after)
{
    return (struct case_explanation){
        .event = event,
        .from = before->stage,
        .to = after->edge->to, /* of the process that judged: one that stays has one stage */
        .edge = after->edge,
        .deadline_changed = after->deadline_changed,
        .clock = after->state.deadline.clock,
        .deadline = after->state.deadline.due,
    };
}

int case_fold_on(struct case_state *state, const struct case_event *events, size_t count,
                 const struct case_versions *versions, struct case_explanation *rows,
                 struct error_detail *detail)
{
    struct case_outcome outcomes[2]; /* by turns the one before and the one after an event */
    const struct case_state *before = state;
    if (count > CASE_EVENTS_MAX - (size_t)state->seq)
        return error_set(detail, ERR_LIMIT, "more than %d events", CASE_EVENTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct case_outcome *after = &outcomes[i % 2];
        int result = fold_event(before, &events[i], versions, after, detail);
        if (result < 0)
            return result;
        if (rows)
            rows[i] = explain(before, &events[i], after);
        before = &after->state;
    }
    if (count > 0)
        *state = *before;
    return 0;
}

int case_fold(const struct process *process, const struct case_event *events, size_t count,
              struct case_state *ret_state, struct error_detail *detail)
{
    struct case_state state;
    case_state_init(&state, process);
    int result =
        case_fold_on(&state, events, count, /* versions= */ NULL, /* rows= */ NULL, detail);
    if (result >= 0)
        *ret_state = state;
    return result;
}

int case_explain(const struct process *process, const struct case_event *events, size_t count,
                 struct case_explanation *rows, struct error_detail *detail)
{
    struct case_state state;
    case_state_init(&state, process);
    return case_fold_on(&state, events, count, /* versions= */ NULL, rows, detail);
}
