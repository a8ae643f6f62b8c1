#include "cases/milestone.h"

#include <string.h>

bool milestone_event(enum case_event_type type)
{
    return type == CASE_MILESTONE_AGREED || type == CASE_MILESTONE_MET ||
           type == CASE_MILESTONE_MISSED;
}

static const struct case_milestone *find(const struct case_state *state, const char *id)
{
    for (size_t i = 0; i < state->milestone_count; i++) {
        if (strcmp(state->milestones[i].id, id) == 0)
            return &state->milestones[i];
    }
    return NULL;
}

/* How many there are of a kind, besides the one that is named. */
static size_t count_of(const struct case_state *state, enum milestone_state kind, const char *but)
{
    size_t count = 0;
    for (size_t i = 0; i < state->milestone_count; i++)
        count += state->milestones[i].state == kind && strcmp(state->milestones[i].id, but) != 0;
    return count;
}

int64_t case_due(const struct case_state *state)
{
    bool runs = state->deadline.clock == CLOCK_RUNNING;
    int64_t due = runs ? state->deadline.due.instant : 0;
    for (size_t i = 0; i < state->milestone_count; i++) {
        const struct case_milestone *milestone = &state->milestones[i];
        bool open = milestone->state == MILESTONE_OPEN && state->deadline.clock != CLOCK_STOPPED;
        if (open && (due == 0 || milestone->instant < due))
            due = milestone->instant;
    }
    return due;
}

static bool some_is_due(const struct case_state *state, int64_t at)
{
    for (size_t i = 0; i < state->milestone_count; i++) {
        if (state->milestones[i].state == MILESTONE_OPEN && state->milestones[i].instant <= at)
            return true;
    }
    return false;
}

int milestone_allowed(const struct case_state *state, enum case_event_type type, int64_t at,
                      struct error_detail *detail)
{
    bool agreed = state->facts.values[FACT_PLAN] == PLAN_AGREED;
    if (type == CASE_MILESTONE_AGREED && (!agreed || state->deadline.clock != CLOCK_RUNNING))
        return error_set(detail, ERR_REFUSED, "no plan is agreed whose time runs");
    if (type == CASE_MILESTONE_MET && count_of(state, MILESTONE_OPEN, "") == 0 &&
        count_of(state, MILESTONE_MISSED, "") == 0)
        return error_set(detail, ERR_REFUSED, "no milestone is open or missed");
    if (type == CASE_MILESTONE_MISSED && state->deadline.clock == CLOCK_STOPPED)
        return error_set(detail, ERR_REFUSED, "the clock is stopped");
    if (type == CASE_MILESTONE_MISSED && !some_is_due(state, at))
        return error_set(detail, ERR_REFUSED, "no open milestone has come to its date");
    return 0;
}

static int may_be_added(const struct case_state *state, const struct case_step *step,
                        struct error_detail *detail)
{
    const struct deadline *due = &state->deadline.due;
    if (step->object[0] == '\0' || strlen(step->object) >= PROCESS_ID_MAX)
        return error_set(detail, ERR_REFUSED, "a milestone has a name of at most %d bytes",
                         PROCESS_ID_MAX - 1);
    if (find(state, step->object))
        return error_set(detail, ERR_REFUSED, "the plan has a milestone '%s' already",
                         step->object);
    if (state->milestone_count == CASE_MILESTONES_MAX)
        return error_set(detail, ERR_REFUSED, "a plan has at most %d milestones",
                         CASE_MILESTONES_MAX);
    if (step->until < zone_day_of(due->rule->zone, step->at) || step->until > due->date)
        return error_set(detail, ERR_REFUSED,
                         "a milestone lies between today and the end of the plan");
    return 0;
}

int milestone_complete(const struct case_state *state, const struct case_step *step,
                       struct error_detail *detail)
{
    if (step->type == CASE_MILESTONE_AGREED)
        return may_be_added(state, step, detail);
    const struct case_milestone *milestone = find(state, step->object);
    if (!milestone)
        return error_set(detail, ERR_REFUSED, "the plan has no milestone '%s'", step->object);
    if (milestone->state == MILESTONE_MET)
        return error_set(detail, ERR_REFUSED, "the milestone '%s' is met already", step->object);
    if (step->type == CASE_MILESTONE_MISSED &&
        (milestone->state != MILESTONE_OPEN || milestone->instant > step->at))
        return error_set(detail, ERR_REFUSED,
                         "the milestone '%s' is missed already, or its date has not passed",
                         step->object);
    return 0;
}

/* One that is met late puts the plan right again when no other is missing and its end lies ahead.
 */
enum fact_plan milestone_plan(const struct case_state *state, const struct case_step *step)
{
    bool missing = step->type == CASE_MILESTONE_MISSED ||
                   count_of(state, MILESTONE_MISSED, step->object) > 0 ||
                   state->facts.values[FACT_EXPIRED];
    return missing ? PLAN_OVERDUE : PLAN_AGREED;
}

static void add(struct case_state *state, const struct case_step *step)
{
    struct case_milestone *milestone = &state->milestones[state->milestone_count++];
    *milestone = (struct case_milestone){.seq = state->seq, .date = step->until};
    CASE_TEXT(milestone->id, step->object);
    milestone->instant = deadline_instant(state->deadline.due.rule, step->until);
}

static void mark(struct case_state *state, const struct case_step *step)
{
    struct case_milestone *milestone = (struct case_milestone *)find(state, step->object);
    milestone->state = step->type == CASE_MILESTONE_MET ? MILESTONE_MET : MILESTONE_MISSED;
}

static void move(struct case_state *state, int32_t days)
{
    for (size_t i = 0; i < state->milestone_count; i++) {
        struct case_milestone *milestone = &state->milestones[i];
        if (milestone->state != MILESTONE_OPEN)
            continue;
        milestone->date += days;
        milestone->instant = deadline_instant(state->deadline.due.rule, milestone->date);
    }
}

void milestone_turn(struct case_state *state, const struct case_step *step, int32_t days)
{
    bool gone =
        step->type == CASE_REMEDIATION_AGREED || state->facts.values[FACT_PLAN] == PLAN_NONE;
    if (gone && state->milestone_count > 0) {
        memset(state->milestones, 0, sizeof state->milestones);
        state->milestone_count = 0;
    }
    if (step->type == CASE_RESUMED)
        move(state, days);
    if (step->type == CASE_MILESTONE_AGREED)
        add(state, step);
    else if (milestone_event(step->type))
        mark(state, step);
}
