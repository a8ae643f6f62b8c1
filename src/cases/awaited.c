#include "cases/awaited.h"

static struct awaited plain(enum case_awaits what)
{
    return (struct awaited){what, ""};
}

static const char *draft_of(const struct edge *edge)
{
    for (size_t i = 0; i < edge->effect_count; i++) {
        if (edge->effects[i].effect == EFFECT_DRAFT_LETTER)
            return edge->effects[i].argument;
    }
    return NULL;
}

/* Lets the due moment come. */
static struct awaited at_due_moment(const struct case_state *state)
{
    struct case_step step = {.type = CASE_DEADLINE_PASSED, .at = state->deadline.due.instant};
    CASE_TEXT(step.actor, "machine");
    CASE_TEXT(step.role, "machine");
    if (step.at < state->last_at)
        step.at = state->last_at;
    const struct edge *edge = case_foresee(state, &step);
    const char *letter = edge ? draft_of(edge) : NULL;
    if (edge && edge->to != state->stage)
        return (struct awaited){AWAITS_MOVE, edge->to->id};
    return letter ? (struct awaited){AWAITS_NEXT_LETTER, letter} : plain(AWAITS_DUE_MOMENT);
}

static struct awaited about_letter(const struct case_state *state)
{
    switch ((enum fact_letter)state->facts.values[FACT_LETTER]) {
    case LETTER_NONE:
        return plain(state->stage->letter[0] ? AWAITS_DRAFT : AWAITS_WORK);
    case LETTER_DRAFTED:
        return plain(state->letter.adopted ? AWAITS_DISPATCH : AWAITS_ADOPTION);
    case LETTER_BOUNCED:
        return plain(AWAITS_OTHER_CONTACT);
    case LETTER_SENT:
        break;
    }
    return plain(state->facts.values[FACT_EXPIRED] ? AWAITS_LATE_DECISION : AWAITS_DECISION);
}

struct awaited case_awaited(const struct case_state *state, bool lacks_contact)
{
    if (lacks_contact)
        return plain(AWAITS_CONTACT);
    if (stage_is_end(state->stage))
        return plain(AWAITS_NOTHING);
    if (state->facts.values[FACT_ANSWER] == ANSWER_RECEIVED)
        return plain(AWAITS_JUDGEMENT);
    if (state->proposal.id[0])
        return (struct awaited){AWAITS_APPROVAL, state->proposal.id};
    if (state->deadline.clock == CLOCK_STOPPED)
        return plain(AWAITS_RESUMPTION);
    return state->deadline.clock == CLOCK_RUNNING ? at_due_moment(state) : about_letter(state);
}
