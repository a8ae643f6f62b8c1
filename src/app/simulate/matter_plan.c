/* What happens next to a case: what a person has to do, and when the party answers. A function of
 * the case's events, the seed and the population; so it is the same after a cut. */
#include "app/law.h"
#include "app/simulate/parts.h"
#include "base/civil.h"
#include "cases/conduct.h"
#include "rulebook/guard.h"

#include <string.h>

/* --- questions about a case --- */

const struct edge *matter_edge(const struct case_state *state, enum case_event_type type)
{
    for (size_t i = 0; i < state->process->edge_count; i++) {
        const struct edge *edge = &state->process->edges[i];
        if (edge->from == state->stage && edge->event == type)
            return edge;
    }
    return NULL;
}

int matter_letter_index(const struct stage *stage)
{
    return stage->kind == STAGE_INFORMAL && stage->level < POPULATION_LETTERS
               ? stage->level - 1
               : POPULATION_LETTERS - 1;
}

size_t matter_count_events(const struct casefile *file, enum case_event_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < file->event_count; i++)
        count += file->events[i].type == type;
    return count;
}

static int64_t last_event(const struct casefile *file, enum case_event_type type)
{
    for (size_t i = file->event_count; i-- > 0;) {
        if (file->events[i].type == type)
            return file->events[i].at;
    }
    return 0;
}

static uint64_t stage_number(const struct case_state *state)
{
    return (uint64_t)(state->stage - state->process->stages);
}

static struct draw draw_of(const struct casefile *file, enum draw_purpose purpose, uint64_t nth)
{
    return (struct draw){purpose, matter_key(&file->record), nth};
}

/* --- up --- */

/* The edge of this event whose guard holds on a criterion. The call that it may need is made when
 * the step is prepared. */
static const struct edge *open_edge(const struct case_state *state, enum case_event_type type,
                                    enum fact_criterion criterion)
{
    struct case_facts facts = state->facts;
    facts.values[FACT_CRITERION] = (uint8_t)criterion;
    facts.values[FACT_CALLED] = true;
    for (size_t i = 0; i < state->process->edge_count; i++) {
        const struct edge *edge = &state->process->edges[i];
        if (edge->from == state->stage && edge->event == type && guard_holds(&edge->guard, &facts))
            return edge;
    }
    return NULL;
}

/* A matter that was put right within the look-back and is here again. */
static bool repeats(struct simulation *sim, struct casefile *file)
{
    struct store_case last;
    const struct store_case_key key = {file->record.party, file->record.obligation,
                                       file->record.subject};
    int64_t since = file->record.opened_at - CONDUCT_LOOK_BACK_DAYS * CIVIL_DAY_US;
    if (store_case_find_closed(sim->app.store, &key, &file->arena, &last) < 0 ||
        last.closed_at < since || strcmp(last.id, file->record.id) == 0)
        return false;
    const struct closure_code *code = process_closure_find(file->state.process, last.closure);
    return code && code->family == CLOSURE_RESOLVED;
}

static enum fact_criterion criterion_of(struct simulation *sim, struct casefile *file)
{
    const struct population_kind *kind = simulation_kind(sim, file->record.party);
    if (file->state.facts.values[FACT_PLAN] == PLAN_OVERDUE)
        return CRITERION_OVERDUE_REMEDIATION;
    if (file->state.stage->kind != STAGE_INTAKE)
        return CRITERION_NONE;
    if (draw_share((uint64_t)sim->options->seed, draw_of(file, DRAW_HARM, 0),
                   kind->harm[simulation_month(civil_day_of(file->record.opened_at))]))
        return CRITERION_HARM;
    return repeats(sim, file) ? CRITERION_REPEAT : CRITERION_NONE;
}

const struct edge *matter_rise(struct simulation *sim, struct casefile *file,
                               enum fact_criterion *ret_criterion)
{
    static const enum case_event_type formal[] = {CASE_BREACHED, CASE_SUSPENDED, CASE_TERMINATED};
    const struct case_state *state = &file->state;
    *ret_criterion = criterion_of(sim, file);
    const struct edge *edge =
        *ret_criterion == CRITERION_NONE ? NULL : open_edge(state, CASE_ESCALATED, *ret_criterion);
    for (size_t i = 0; !edge && state->facts.values[FACT_EXPIRED] && i < 3; i++) {
        *ret_criterion = CRITERION_NONE;
        edge = open_edge(state, formal[i], CRITERION_NONE);
    }
    return edge;
}

static enum move rising(const struct case_state *state, const struct edge *edge)
{
    const struct case_letter *letter = &state->proposal;
    bool written = strcmp(letter->id, edge->to->letter) == 0;
    return written && letter->adopted ? MOVE_APPROVE : MOVE_PREPARE;
}

/* --- the party --- */

/* Keeps what it promised, or says nothing more. */
static int64_t plan_answer(const struct simulation *sim, const struct casefile *file)
{
    const struct population_kind *kind = simulation_kind(sim, file->record.party);
    bool keeps = draw_share((uint64_t)sim->options->seed, draw_of(file, DRAW_KEEPS_PLAN, 0),
                            kind->keeps_plan);
    int64_t at = file->state.deadline.due.instant - 2 * CIVIL_DAY_US;
    return !keeps ? 0 : at > file->state.last_at ? at : file->state.last_at + 1;
}

/* When the party answers the letter of the stage: by itself, or once more after a judgement. */
static int64_t answer_of(const struct simulation *sim, const struct casefile *file)
{
    const struct case_state *state = &file->state;
    const struct population_kind *kind = simulation_kind(sim, file->record.party);
    uint64_t seed = (uint64_t)sim->options->seed;
    uint64_t nth = stage_number(state) * 100 + matter_count_events(file, CASE_ANSWERED);
    bool first = state->facts.values[FACT_ANSWER] == ANSWER_NONE;
    if (!state->deadline.due.rule || state->facts.values[FACT_PLAN] == PLAN_OVERDUE)
        return 0;
    if (state->facts.values[FACT_PLAN] == PLAN_AGREED)
        return plan_answer(sim, file);
    if (draw_share(seed, draw_of(file, DRAW_SILENT, nth),
                   kind->silent[matter_letter_index(state->stage)]))
        return 0;
    int64_t given = state->deadline.due.instant - state->deadline.due.service_at;
    /* Nobody works faster for being hurried. */
    if (given < 7 * CIVIL_DAY_US)
        given = 7 * CIVIL_DAY_US;
    int64_t share = draw_between(seed, draw_of(file, DRAW_TIME, nth), &kind->answer_time);
    int64_t from = first ? state->deadline.due.service_at : last_event(file, CASE_ANSWER_JUDGED);
    int64_t at = from + given / DRAW_MILLE * share / (first ? 1 : 2);
    return at > state->last_at ? at : state->last_at + 1;
}

static bool wants_time(const struct simulation *sim, const struct casefile *file)
{
    const struct population_kind *kind = simulation_kind(sim, file->record.party);
    return !file->state.facts.values[FACT_EXPIRED] &&
           file->state.facts.values[FACT_ANSWER] == ANSWER_NONE &&
           matter_count_events(file, CASE_EXTENDED) == 0 &&
           matter_edge(&file->state, CASE_EXTENDED) &&
           draw_share((uint64_t)sim->options->seed,
                      draw_of(file, DRAW_EXTENSION, stage_number(&file->state)), kind->extension);
}

static bool offers_plan(const struct simulation *sim, const struct casefile *file)
{
    const struct population_kind *kind = simulation_kind(sim, file->record.party);
    return file->state.facts.values[FACT_ANSWER] == ANSWER_PARTIAL &&
           file->state.facts.values[FACT_PLAN] == PLAN_NONE &&
           !file->state.facts.values[FACT_EXPIRED] &&
           matter_edge(&file->state, CASE_REMEDIATION_AGREED) &&
           draw_share((uint64_t)sim->options->seed, draw_of(file, DRAW_PLAN, 0), kind->plan);
}

/* --- one case --- */

static enum move served(struct simulation *sim, struct casefile *file, struct matter *matter)
{
    const struct case_state *state = &file->state;
    enum fact_criterion criterion;
    uint8_t answer = state->facts.values[FACT_ANSWER];
    if (answer == ANSWER_RECEIVED)
        return MOVE_JUDGE;
    /* Where the process knows no way back, such as from a notice of termination, it runs its time.
     */
    if (answer == ANSWER_ADEQUATE)
        return matter_edge(state, stage_is_formal(state->stage) ? CASE_CURED : CASE_CLOSED)
                   ? MOVE_JUDGE
                   : MOVE_NONE;
    matter->answer_at = answer_of(sim, file);
    if (wants_time(sim, file))
        return MOVE_EXTEND;
    if (offers_plan(sim, file))
        return MOVE_AGREE;
    const struct edge *edge = matter_rise(sim, file, &criterion);
    return edge ? rising(state, edge) : MOVE_NONE;
}

static enum move waits_for(struct simulation *sim, struct casefile *file, struct matter *matter)
{
    const struct case_state *state = &file->state;
    bool end = stage_is_end(state->stage);
    enum fact_criterion criterion;
    if (state->stage->kind == STAGE_INTAKE) {
        const struct edge *edge = matter_rise(sim, file, &criterion);
        return state->proposal.id[0] && edge ? rising(state, edge) : MOVE_LOOK;
    }
    switch ((enum fact_letter)state->facts.values[FACT_LETTER]) {
    case LETTER_NONE:
        /* What the machine is to write stands in the outbox. */
        return MOVE_NONE;
    case LETTER_DRAFTED:
        return state->letter.adopted ? MOVE_NONE : MOVE_ADOPT;
    case LETTER_BOUNCED:
        return MOVE_RESEND;
    case LETTER_SENT:
        return end ? MOVE_END : served(sim, file, matter);
    }
    return MOVE_NONE;
}

/* Whether the step that ended the case had a letter written. */
static bool letter_follows(const struct casefile *file)
{
    const struct case_state *state = &file->state;
    for (size_t i = 0; i < state->process->edge_count; i++) {
        const struct edge *edge = &state->process->edges[i];
        if (edge->to != state->stage || edge->from == edge->to)
            continue;
        for (size_t n = 0; n < edge->effect_count; n++) {
            if (edge->effects[n].effect == EFFECT_DRAFT_LETTER &&
                matter_count_events(file, CASE_NOTICE_SENT) > 0)
                return true;
        }
    }
    return false;
}

void matter_plan(struct simulation *sim, struct casefile *file, struct matter *matter)
{
    matter->answer_at = 0;
    matter->move = waits_for(sim, file, matter);
    if (matter->move == MOVE_NONE && stage_is_end(file->state.stage) &&
        file->state.facts.values[FACT_LETTER] == LETTER_NONE && !letter_follows(file))
        matter->move = MOVE_END;
    matter->ready = civil_day_of(file->state.last_at) + 1;
    matter->free = !file->record.handler[0] && matter_edge(&file->state, CASE_ASSIGNED);
}
