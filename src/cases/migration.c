#include "cases/migration.h"

#include "cases/letter.h"

#include <string.h>

/* The stage of the same id, which must mean the same. */
static int take_stage(struct case_state *state, struct error_detail *detail)
{
    const struct stage *old = state->stage, *stage = process_stage_find(state->process, old->id);
    if (!stage)
        return error_set(detail, ERR_REFUSED, "the new process has no stage '%s'", old->id);
    if (stage->kind != old->kind || stage->level != old->level)
        return error_set(detail, ERR_REFUSED,
                         "stage '%s' is of another kind or level in the new process", old->id);
    if (state->letter.id[0] && strcmp(stage->letter, old->letter) != 0)
        return error_set(detail, ERR_REFUSED,
                         "stage '%s' has the letter '%s' in the new process, and '%s' is written",
                         old->id, stage->letter, old->letter);
    state->stage = stage;
    return 0;
}

/* What is on its way or was named must have a use still. */
static int check_words(const struct case_state *state, struct error_detail *detail)
{
    if (state->proposal.id[0] && !letter_is_proposable(state, state->proposal.id))
        return error_set(detail, ERR_REFUSED,
                         "the letter '%s' is written, and the new process has no use for it here",
                         state->proposal.id);
    if (state->ground[0] && !process_ground_find(state->process, state->ground))
        return error_set(detail, ERR_REFUSED, "the new process knows no ground '%s'",
                         state->ground);
    return 0;
}

static const struct deadline_rule *rule_of(const struct edge *edge, const struct case_facts *facts)
{
    for (size_t i = 0; i < edge->clock_count; i++) {
        if (guard_holds(&edge->clocks[i]->when, facts))
            return edge->clocks[i];
    }
    return NULL;
}

/* The shortest time to cure that a process gives such a case; NULL for none. */
static const struct deadline_rule *cure_of(const struct process *process,
                                           const struct case_facts *facts)
{
    const struct deadline_rule *least = NULL;
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct deadline_rule *rule = rule_of(&process->edges[i], facts);
        if (process->edges[i].to->kind == STAGE_BREACH && rule && (!least || rule->n < least->n))
            least = rule;
    }
    return least;
}

/* What the case has, or could count on, by the process that it leaves. */
static int check_cure(const struct process *old, const struct case_state *state,
                      struct error_detail *detail)
{
    const struct deadline_rule *before = cure_of(old, &state->facts),
                               *now = cure_of(state->process, &state->facts);
    if (!before)
        return 0;
    if (!now || now->unit != before->unit)
        return error_set(detail, ERR_REFUSED,
                         "the new process has no cure time to compare with '%s'", before->id);
    if (now->n < before->n)
        return error_set(detail, ERR_REFUSED,
                         "the cure time '%s' would be shorter: %d instead of %d", now->id, now->n,
                         before->n);
    return 0;
}

/* The date by the new rule from the same service where that is later, else the one that runs. What
 * the event recorded holds, whatever calendars came since. */
static int take_due(struct case_state *state, const struct case_step *step,
                    const struct deadline_rule *rule, struct error_detail *detail)
{
    struct deadline *due = &state->deadline.due, again = {0};
    int result = step->deadline_recorded
                     ? 0
                     : deadline_compute(rule, due->service_at, /* trace= */ NULL, NULL, &again);
    if (result < 0)
        return deadline_refuse(rule, result, detail);
    if (step->deadline_recorded) {
        again = *due;
        again.rule = rule;
        again.calendar = process_calendar_of(state->process, rule, &step->deadline_calendar);
        again.day_zero = zone_day_of(rule->zone, due->service_at);
        again.date = step->deadline_date;
        again.instant = step->deadline_instant;
    } else if (again.instant < due->instant) {
        again.date = due->date;
        again.instant = due->instant;
    }
    *due = again;
    return 0;
}

static int take_clock(struct case_state *state, const struct case_step *step,
                      struct error_detail *detail)
{
    const struct deadline_rule *old = state->deadline.due.rule, *rule;
    if (!old)
        return 0;
    rule = process_rule_find(state->process, old->id);
    if (!rule)
        return error_set(detail, ERR_REFUSED,
                         "the new process has no rule '%s', by which the deadline was set",
                         old->id);
    if (state->deadline.clock != CLOCK_NONE)
        return take_due(state, step, rule, detail);
    state->deadline.due.rule = rule;
    return 0;
}

int migration_apply(struct case_state *state, const struct case_step *step,
                    struct error_detail *detail)
{
    const struct process *old = state->process;
    state->process = step->process;
    int result = take_stage(state, detail);
    if (result >= 0)
        result = check_words(state, detail);
    if (result >= 0)
        result = check_cure(old, state, detail);
    return result < 0 ? result : take_clock(state, step, detail);
}
