#include "base/civil.h"
#include "cases/allegation.h"
#include "cases/case.h"
#include "cases/demand.h"
#include "cases/letter.h"
#include "cases/migration.h"
#include "cases/milestone.h"
#include "cases/step.h"

#include <string.h>

/* --- which edge --- */

/* At most one guard holds (frame F9). Without one, says why the listed edges do not apply. */
static int choose_edge(const struct case_state *state, const struct case_step *step,
                       const struct case_facts *facts, const struct edge **ret_edge,
                       struct error_detail *detail)
{
    const struct process *process = state->process;
    BUFFER_CLEANUP struct buffer why;
    buffer_init(&why, CASE_REFUSAL_MAX);
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->from != state->stage || edge->event != step->type)
            continue;
        if (guard_holds(&edge->guard, facts)) {
            *ret_edge = edge;
            return 0;
        }
        if (!detail) /* nobody asks why */
            continue;
        buffer_append_text(&why, why.size ? "; or " : "");
        guard_explain(&edge->guard, facts, &why);
    }
    if (buffer_error(&why) == ERR_NO_MEMORY)
        return ERR_NO_MEMORY;
    if (why.size == 0)
        return error_set(detail, ERR_REFUSED, "the process does not list it for stage '%s'",
                         state->stage->id);
    return error_set(detail, ERR_REFUSED, "%s", buffer_text(&why));
}

/* A deviation that the process lets no one decide alone (invariant 5). */
static int check_second_person(const struct case_state *state, const struct edge *edge,
                               const struct case_step *step, struct error_detail *detail)
{
    if (!edge->second_person)
        return 0;
    if (step->second[0] == '\0' || strcmp(step->second, step->actor) == 0)
        return error_set(detail, ERR_REFUSED, "a second person must agree");
    if (actors_have(&state->recused, step->second))
        return error_set(detail, ERR_REFUSED, "%s is recused from this case", step->second);
    return 0;
}

/* --- the clock --- */

static const struct deadline_rule *choose_rule(const struct case_state *state,
                                               const struct edge *edge)
{
    const struct ground *ground = process_ground_find(state->process, state->ground);
    if (ground && edge->ground_clock)
        return ground->clock;
    for (size_t i = 0; i < edge->clock_count; i++) {
        if (guard_holds(&edge->clocks[i]->when, &state->facts))
            return edge->clocks[i];
    }
    return NULL;
}

/* Invariant 6 on the real dates. */
static int check_cure(const struct case_state *state, const struct deadline *due,
                      struct error_detail *detail)
{
    const struct process *process = state->process;
    uint8_t party = state->facts.values[FACT_PARTY];
    if (state->stage->kind != STAGE_BREACH)
        return 0;
    for (size_t i = 0; i < process->minimum_count; i++) {
        const struct minimum_cure *least = &process->minimum_cures[i];
        if (least->for_party[party] && due->date < due->day_zero + least->days)
            return error_set(detail, ERR_REFUSED, "a cure time under %d days (%s)", least->days,
                             least->clause);
    }
    return 0;
}

/* What the event recorded; its calendar may have been replaced since. */
static struct deadline recorded(const struct case_state *state, const struct case_step *step,
                                const struct deadline_rule *rule, int64_t trigger)
{
    return (struct deadline){
        .rule = rule,
        .calendar = process_calendar_of(state->process, rule, &step->deadline_calendar),
        .service_at = trigger,
        .day_zero = zone_day_of(rule->zone, trigger),
        .date = step->deadline_date,
        .instant = step->deadline_instant};
}

static int start_clock(struct case_state *state, const struct edge *edge,
                       const struct case_step *step, struct error_detail *detail)
{
    struct deadline due = {0};
    const struct deadline_rule *rule = choose_rule(state, edge);
    int64_t trigger = step->type == CASE_NOTICE_SENT ? step->service_at : step->at;
    if (!rule)
        return error_set(detail, ERR_REFUSED, "no deadline rule of the edge fits the case");
    int result = 0;
    if (step->deadline_recorded)
        due = recorded(state, step, rule, trigger);
    else
        result = deadline_compute(rule, trigger, NULL, NULL, &due);
    if (result < 0)
        return deadline_refuse(rule, result, detail);
    /* An agreement ends on its last day, however early it is told that it will not be renewed. */
    if (state->term_end > due.date) {
        due.date = state->term_end;
        due.instant = deadline_instant(rule, due.date);
    }
    result = check_cure(state, &due, detail);
    if (result < 0)
        return result;
    state->deadline = (struct case_deadline){.clock = CLOCK_RUNNING, .due = due};
    return 0;
}

static void move_due_date(struct case_state *state, int32_t date)
{
    struct deadline *due = &state->deadline.due;
    due->date = date;
    due->instant = deadline_instant(due->rule, date);
    state->deadline.clock = CLOCK_RUNNING;
}

/* The stopped time is given back in whole days, so that the end-of-day rule still holds. */
static void resume_clock(struct case_state *state, int64_t at)
{
    struct deadline *due = &state->deadline.due;
    const struct deadline_rule *rule = due->rule;
    int64_t stopped_at = state->deadline.stopped_at;
    if (rule->unit == UNIT_HOURS) {
        due->instant += at - stopped_at;
        due->date = zone_day_of(rule->zone, due->instant);
        state->deadline.clock = CLOCK_RUNNING;
        return;
    }
    int32_t date = due->date + zone_day_of(rule->zone, at) - zone_day_of(rule->zone, stopped_at);
    bool worked_only = rule->unit == UNIT_WORKING_DAYS || rule->roll_forward;
    for (int i = 0; i < DEADLINE_DAYS_MAX && worked_only; i++) {
        if (!calendar_day_off(rule->calendar, date))
            break;
        date++;
    }
    move_due_date(state, date);
}

/* The clock of a served letter lies still since its answer was found adequate. */
static void wake_clock(struct case_state *state, int64_t at)
{
    if (state->deadline.clock == CLOCK_NONE && state->facts.values[FACT_LETTER] == LETTER_SENT)
        resume_clock(state, at);
}

/* By the calendar in force, from the same service: later, or not at all. A date that was
 * granted or given back is no calendar's. */
static int recalculate(struct case_state *state, const struct case_step *step,
                       struct error_detail *detail)
{
    struct deadline *due = &state->deadline.due, before = {0}, now = {0};
    if (step->deadline_recorded) {
        *due = recorded(state, step, due->rule, due->service_at);
        return 0;
    }
    int result = deadline_again(due, /* trace= */ NULL, NULL, &before);
    if (result == 0)
        result = deadline_compute(due->rule, due->service_at, /* trace= */ NULL, NULL, &now);
    if (result < 0)
        return deadline_refuse(due->rule, result, detail);
    if (before.date != due->date)
        return error_set(detail, ERR_REFUSED, "the due date is not the one that a calendar gave");
    if (now.instant <= due->instant)
        return error_set(detail, ERR_REFUSED, "the calendar in force moves the due date no later");
    *due = now;
    return 0;
}

/* From the moment at which the party was told, where the rule says so; never earlier. */
static int clarify(struct case_state *state, const struct case_step *step,
                   struct error_detail *detail)
{
    struct deadline *due = &state->deadline.due, again = {0};
    if (!due->rule->clarification_restarts)
        return 0;
    if (step->deadline_recorded) {
        *due = recorded(state, step, due->rule, step->at);
        return 0;
    }
    int result = deadline_compute(due->rule, step->at, /* trace= */ NULL, NULL, &again);
    if (result < 0)
        return deadline_refuse(due->rule, result, detail);
    if (again.instant < due->instant) {
        again.date = due->date;
        again.instant = due->instant;
    }
    *due = again;
    return 0;
}

static int set_deadline(struct case_state *state, const struct edge *edge,
                        const struct case_step *step, struct error_detail *detail)
{
    if (step->type == CASE_RECALCULATED)
        return recalculate(state, step, detail);
    if (step->type == CASE_CLARIFIED)
        return clarify(state, step, detail);
    if (step->type == CASE_EXTENDED || step->type == CASE_REMEDIATION_AGREED)
        move_due_date(state, step->until);
    else if (step->type == CASE_RESUMED)
        resume_clock(state, step->at);
    else if (step->type == CASE_ANSWER_JUDGED)
        wake_clock(state, step->at);
    else
        return start_clock(state, edge, step, detail);
    if (step->deadline_recorded) {
        state->deadline.due.date = step->deadline_date;
        state->deadline.due.instant = step->deadline_instant;
    }
    return 0;
}

/* What happens to the clock by the event itself, whatever the effects say. */
static void turn_clock(struct case_state *state, const struct case_step *step)
{
    if (step->type == CASE_DEADLINE_PASSED)
        state->deadline.clock = CLOCK_NONE;
    if (step->type == CASE_TOLLED) {
        state->deadline.clock = CLOCK_STOPPED;
        state->deadline.stopped_at = step->at;
    }
}

/* --- the new state --- */

/* A new stage has its own letter, answer and clock; party, origin and findings stay. */
static void enter_stage(struct case_state *state, const struct edge *edge,
                        const struct case_step *step)
{
    static const enum case_fact of_the_stage[] = {FACT_LETTER, FACT_ANSWER, FACT_EXPIRED,
                                                  FACT_PLAN,   FACT_TOLLED, FACT_CALLED};
    for (size_t i = 0; i < sizeof of_the_stage / sizeof *of_the_stage; i++)
        state->facts.values[of_the_stage[i]] = 0;
    state->letter = (struct case_letter){0};
    memset(state->items, 0, sizeof state->items);
    if (edge->approvals.needed > 0) {
        state->letter = state->proposal;
        state->facts.values[FACT_LETTER] = LETTER_DRAFTED;
    }
    state->proposal = (struct case_letter){0};
    state->deadline = (struct case_deadline){0};
    state->stage = edge->to;
    state->term_end = step->type == CASE_NOT_RENEWED ? step->until : 0;
    CASE_TEXT(state->ground, step->ground);
    CASE_TEXT(state->closure, step->closure);
}

static int record_people(struct case_state *state, const struct case_step *step,
                         struct error_detail *detail)
{
    struct case_letter *letter = letter_of(state, step->letter);
    int result = 0;
    if (step->type == CASE_RECUSED)
        result = actors_add(&state->recused, step->object, "");
    if (step->type == CASE_CORRECTED && step->takes_back == TAKES_BACK_RECUSAL)
        actors_remove(&state->recused, step->whom);
    if (step->type == CASE_NOTICE_DRAFTED)
        result = letter_draft(letter ? letter : &state->proposal, step);
    if (step->type == CASE_NOTICE_APPROVED)
        result = letter_approve(letter, step, detail);
    return result == ERR_LIMIT
               ? error_set(detail, ERR_LIMIT, "more than %d persons", CASE_ACTORS_MAX)
               : result;
}

/* A draft or approval of the letter of another stage does not send or publish this one's. */
static bool effect_applies(const struct case_state *state, const struct case_step *step,
                           const struct edge_effect *effect)
{
    bool about_a_letter = step->type == CASE_NOTICE_DRAFTED || step->type == CASE_NOTICE_APPROVED;
    if (about_a_letter && effect->argument[0])
        return strcmp(effect->argument, step->letter) == 0;
    return effect->effect != EFFECT_UPDATE_PUBLICATION || state->published;
}

static void cancel_clock(struct case_state *state, const struct case_step *step)
{
    if (step->type == CASE_ANSWER_JUDGED && state->deadline.clock == CLOCK_RUNNING)
        state->deadline.stopped_at = step->at;
    state->deadline.clock = CLOCK_NONE;
}

static int carry_effects(struct case_outcome *outcome, const struct case_step *step,
                         struct error_detail *detail)
{
    const struct edge *edge = outcome->edge;
    struct case_state *state = &outcome->state;
    int result = 0;
    for (size_t i = 0; i < edge->effect_count && result == 0; i++) {
        if (!effect_applies(state, step, &edge->effects[i]))
            continue;
        outcome->effects[outcome->effect_count++] = edge->effects[i];
        if (edge->effects[i].effect == EFFECT_SET_DEADLINE)
            result = set_deadline(state, edge, step, detail);
        if (edge->effects[i].effect == EFFECT_CANCEL_DEADLINE)
            cancel_clock(state, step);
        if (edge->effects[i].effect == EFFECT_PUBLISH)
            state->published = true;
    }
    return result;
}

static void clear_inputs(struct case_facts *facts)
{
    facts->values[FACT_CRITERION] = CRITERION_NONE;
    facts->values[FACT_GROUND] = GROUND_NONE;
    facts->values[FACT_CLOSURE] = CLOSURE_NONE;
}

static bool same_deadline(const struct case_deadline *a, const struct case_deadline *b)
{
    return a->clock == b->clock && a->due.rule == b->due.rule && a->due.date == b->due.date &&
           a->due.instant == b->due.instant && a->due.service_at == b->due.service_at;
}

/* How many there are, what became of each, and whether their clocks stand still: none takes the
 * place of another in one step, and only a clock that goes on moves their dates. */
static bool plan_changed(const struct case_state *before, const struct case_state *after)
{
    bool stopped =
        (before->deadline.clock == CLOCK_STOPPED) != (after->deadline.clock == CLOCK_STOPPED);
    if (before->milestone_count == 0 && after->milestone_count == 0)
        return false;
    bool changed = stopped || before->milestone_count != after->milestone_count;
    for (size_t i = 0; !changed && i < after->milestone_count; i++)
        changed = before->milestones[i].state != after->milestones[i].state;
    return changed;
}

static int build_outcome(const struct case_state *state, const struct case_step *step,
                         const struct case_facts *facts, struct case_outcome *outcome,
                         struct error_detail *detail)
{
    struct case_state *next = &outcome->state;
    next->facts = *facts;
    next->seq = state->seq + 1;
    next->last_at = step->at;
    if (!state->started)
        next->source = step->source;
    next->started = true;
    int result = record_people(next, step, detail);
    if (result < 0)
        return result;
    turn_clock(next, step);
    if (outcome->edge->to != outcome->edge->from)
        enter_stage(next, outcome->edge, step);
    allegation_apply(next, step);
    demand_apply(next, step);
    if (step->type == CASE_RULES_MIGRATED)
        result = migration_apply(next, step, detail);
    if (result >= 0)
        result = carry_effects(outcome, step, detail);
    clear_inputs(&next->facts);
    milestone_turn(next, step, next->deadline.due.date - state->deadline.due.date);
    outcome->plan_changed = plan_changed(state, next);
    outcome->deadline_changed = !same_deadline(&state->deadline, &next->deadline);
    return result;
}

/* The edge and the facts that it is taken with. */
static int choose(const struct case_state *state, const struct case_step *step,
                  struct case_facts *facts, const struct edge **ret_edge,
                  struct error_detail *detail)
{
    *facts = state->facts;
    /* One event too many could be written, but never read again. */
    if (state->seq >= CASE_EVENTS_MAX)
        return error_set(detail, ERR_LIMIT, "the case has %d events", CASE_EVENTS_MAX);
    int result = step_allowed(state, step->type, step->at, detail);
    if (result == 0)
        result = step_complete(state, step, detail);
    if (result < 0)
        return result;
    step_overlay(state, step, facts);
    result = choose_edge(state, step, facts, ret_edge, detail);
    return result < 0 ? result : letter_check_edge(state, *ret_edge, detail);
}

/* Everything but the second person: a proposal is refused at once for what else is wrong with it.
 */
static int decide(const struct case_state *state, const struct case_step *step,
                  struct case_outcome *outcome, struct error_detail *detail)
{
    struct case_facts facts;
    const struct edge *edge = NULL;
    int result = choose(state, step, &facts, &edge, detail);
    if (result < 0)
        return result;
    /* A state is large: what is refused copies none, and what is not copies one. */
    outcome->state = *state;
    outcome->edge = edge;
    outcome->effect_count = 0;
    return build_outcome(state, step, &facts, outcome, detail);
}

static int refusal(const struct case_state *state, const struct case_step *step, int result,
                   struct error_detail *detail)
{
    return error_context(detail, result, "'%s' in stage '%s' is refused",
                         case_event_text(step->type), state->stage->id);
}

const struct edge *case_foresee(const struct case_state *state, const struct case_step *step)
{
    struct case_facts facts;
    const struct edge *edge = NULL;
    if (choose(state, step, &facts, &edge, NULL) < 0 ||
        check_second_person(state, edge, step, NULL) < 0)
        return NULL;
    return edge;
}

int case_apply(const struct case_state *state, const struct case_step *step,
               struct case_outcome *ret_outcome, struct error_detail *detail)
{
    struct case_outcome outcome;
    int result = decide(state, step, &outcome, detail);
    if (result == 0)
        result = check_second_person(state, outcome.edge, step, detail);
    if (result < 0)
        return refusal(state, step, result, detail);
    *ret_outcome = outcome;
    return 0;
}

int case_weigh(const struct case_state *state, const struct case_step *step,
               struct case_outcome *ret_outcome, struct error_detail *detail)
{
    struct case_outcome outcome;
    int result = decide(state, step, &outcome, detail);
    if (result < 0)
        return refusal(state, step, result, detail);
    *ret_outcome = outcome;
    return outcome.edge->second_person;
}
