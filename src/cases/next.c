#include "cases/case.h"
#include "cases/letter.h"
#include "cases/step.h"

#include <stdio.h>

/* Whether some choice of what the event itself brings along makes the guard hold. */
static bool guard_can_hold(const struct case_state *state, const struct edge *edge, int64_t now,
                           struct case_facts *ret_facts)
{
    struct case_step step = {.type = edge->event, .at = now};
    struct case_facts facts = state->facts;
    struct guard_walk walk;
    step.violation = state->facts.values[FACT_VIOLATION];
    CASE_TEXT(step.letter, state->stage->letter);
    step_overlay(state, &step, &facts);
    guard_walk_begin(&walk, &facts, step_inputs(edge->event));
    *ret_facts = facts;
    do {
        if (case_facts_possible(edge->event, &walk.facts) &&
            guard_holds(&edge->guard, &walk.facts)) {
            *ret_facts = walk.facts;
            return true;
        }
    } while (guard_walk_next(&walk));
    return false;
}

static void judge_option(const struct case_state *state, int64_t now, struct case_option *option)
{
    struct error_detail detail = {""};
    struct case_facts facts;
    const struct edge *edge = option->edge;
    int result = step_allowed(state, edge->event, now, &detail);
    if (result == 0 && !guard_can_hold(state, edge, now, &facts)) {
        BUFFER_CLEANUP struct buffer why;
        buffer_init(&why, CASE_REFUSAL_MAX);
        guard_explain(&edge->guard, &facts, &why);
        result = error_set(&detail, ERR_REFUSED, "%s", buffer_text(&why));
    }
    if (result == 0)
        result = letter_check_edge(state, edge, &detail);
    option->open = result == 0;
    snprintf(option->why, sizeof option->why, "%s%s",
             option->open ? case_event_summary(edge->event) : detail.text,
             option->open && edge->second_person ? "; a second person must agree" : "");
}

size_t case_next(const struct case_state *state, int64_t now, struct case_option *options,
                 size_t room)
{
    const struct process *process = state->process;
    size_t count = 0;
    for (size_t i = 0; i < process->edge_count; i++) {
        if (process->edges[i].from != state->stage)
            continue;
        if (count < room) {
            options[count] = (struct case_option){.edge = &process->edges[i]};
            judge_option(state, now, &options[count]);
        }
        count++;
    }
    return count;
}
