#include "steps.h"

#include "base/civil.h"

#include <stdio.h>
#include <string.h>

/* --- what is asked millions of times --- */

static struct {
    uint32_t facts;
    int approvals[PROMELA_LETTERS_MAX + 1]; /* by number of the letter */
    bool asks_second[CASE_EVENT_COUNT];
    bool every_code;
} known;

void steps_know(const struct process *process, bool every_code)
{
    known.every_code = every_code;
    known.facts = promela_facts(process);
    for (size_t i = 0; i < process->letter_count && i < PROMELA_LETTERS_MAX; i++)
        known.approvals[i + 1] = promela_approvals(process, process->letters[i]);
    for (int event = 0; event < CASE_EVENT_COUNT; event++)
        known.asks_second[event] = promela_asks_second(process, (enum case_event_type)event);
}

/* --- the state in the model's words --- */

static bool actors_hold(const struct case_actors *actors, const char *name)
{
    for (size_t i = 0; i < actors->count; i++) {
        if (strcmp(actors->names[i], name) == 0)
            return true;
    }
    return false;
}

int model_valid_approvals(const struct case_state *state, const char **ret_last)
{
    const struct case_letter *proposal = &state->proposal;
    int valid = 0;
    for (size_t i = 0; i < proposal->approvers.count; i++) {
        const char *name = proposal->approvers.names[i];
        if (actors_hold(&proposal->drafters, name) || actors_hold(&state->recused, name))
            continue;
        valid++;
        if (ret_last)
            *ret_last = name;
    }
    return valid;
}

static int fact_in_model(const struct case_state *state, enum case_fact fact)
{
    return known.facts >> fact & 1 ? state->facts.values[fact] : 0;
}

/* One that was met holds nothing any more. */
static int milestone_of(const struct case_state *state)
{
    if (state->milestone_count == 0 || state->milestones[0].state == MILESTONE_MET)
        return 0;
    return 1 + (int)state->milestones[0].state;
}

struct model_state model_state_of(const struct case_state *state)
{
    const struct process *process = state->process;
    int proposal = promela_letter(process, state->proposal.id), most = known.approvals[proposal];
    int valid = model_valid_approvals(state, NULL);
    return (struct model_state){
        .stage = (int)(state->stage - process->stages),
        .party = fact_in_model(state, FACT_PARTY),
        .origin = fact_in_model(state, FACT_ORIGIN),
        .family = fact_in_model(state, FACT_FAMILY),
        .violation = fact_in_model(state, FACT_VIOLATION),
        .repeated = fact_in_model(state, FACT_REPEATED),
        .letter = fact_in_model(state, FACT_LETTER),
        .answer = fact_in_model(state, FACT_ANSWER),
        .expired = fact_in_model(state, FACT_EXPIRED),
        .finding = fact_in_model(state, FACT_FINDING),
        .plan = fact_in_model(state, FACT_PLAN),
        .tolled = fact_in_model(state, FACT_TOLLED),
        .dispute = state->facts.values[FACT_DISPUTE],
        .called = fact_in_model(state, FACT_CALLED),
        .milestone = milestone_of(state),
        .clock = (int)state->deadline.clock,
        .has_rule = state->deadline.due.rule != NULL,
        .adopted = state->letter.adopted,
        .proposal = proposal,
        .proposal_adopted = state->proposal.adopted,
        .approvals = valid < most ? valid : most,
        .published = state->published,
        .started = state->started,
    };
}

uint64_t model_key(const struct model_state *state)
{
    uint64_t key = 0;
    RECORD_FIELDS(RECORD_PACK)
    return key;
}

uint64_t model_step_code(const struct model_step *called)
{
    uint64_t step = 0;
#define F(name, bits) step = step << (bits) | (uint64_t)called->name;
    RECORD_STEP_FIELDS(F)
#undef F
    return step;
}

/* --- the steps --- */

#define SECOND_US INT64_C(1000000)

struct stepper {
    const struct case_state *state;
    steps_visit *visit;
    void *context;
    struct case_step step;
    struct model_step called;
};

static void begin(struct stepper *stepper, enum case_event_type type)
{
    const struct case_state *state = stepper->state;
    const struct deadline *due = &state->deadline.due;
    struct case_step step = {
        .type = type, .process = state->process, .at = state->last_at + SECOND_US};
    if (type == CASE_DEADLINE_PASSED && due->instant > step.at)
        step.at = due->instant;
    step.service_at = step.at;
    if (due->rule) {
        int32_t today = zone_day_of(due->rule->zone, step.at);
        step.until = (due->date > today ? due->date : today) + 10;
    }
    if (type == CASE_NOT_RENEWED)
        step.until = zone_day_of(zone_utc(), step.at);
    CASE_TEXT(step.actor, "walker");
    CASE_TEXT(step.role, "analyst");
    CASE_TEXT(step.reason, "walk");
    CASE_TEXT(step.object, "object");
    CASE_TEXT(step.letter, state->stage->letter);
    step.sha256 = state->letter.sha256;
    step.alleges = type == CASE_ALLEGATION_ADDED;
    step.number = 1;
    step.outcome = ALLEGATION_CORRECTED;
    stepper->step = step;
    stepper->called = (struct model_step){.event = (int)type + 1};
}

static void finish(struct stepper *stepper)
{
    stepper->visit(stepper->context, &stepper->step, &stepper->called);
    if (!known.asks_second[stepper->step.type])
        return;
    CASE_TEXT(stepper->step.second, "other");
    stepper->called.second = 1;
    stepper->visit(stepper->context, &stepper->step, &stepper->called);
    stepper->step.second[0] = '\0';
    stepper->called.second = 0;
}

/* Values of what a first event brings along, as an odometer of mixed bases. */
static void first_event(struct stepper *stepper, enum case_event_type type)
{
    enum { COMBINATIONS = 2 * 2 * 2 * ORIGIN_COUNT * 4 };
    for (int i = 0; i < COMBINATIONS; i++) {
        begin(stepper, type);
        struct case_step *step = &stepper->step;
        step->party = (enum party_kind)(i & 1);
        step->violation = i >> 1 & 1;
        step->repeated = i >> 2 & 1;
        step->family = (enum fact_family)(i >> 3 & 3);
        step->origin = (enum case_origin)(i >> 5);
        stepper->called.choice = step->violation << 1;
        finish(stepper);
    }
}

static void opening(struct stepper *stepper, enum case_event_type type)
{
    if (!stepper->state->started) {
        first_event(stepper, type);
        return;
    }
    for (int violation = 0; violation <= (type == CASE_OPENED); violation++) {
        begin(stepper, type);
        stepper->step.violation = violation;
        stepper->called.choice = violation << 1;
        finish(stepper);
    }
}

/* --- letters --- */

static void draft(struct stepper *stepper, const char *id, const struct case_letter *letter,
                  bool machine, bool same, const char *actor)
{
    begin(stepper, CASE_NOTICE_DRAFTED);
    struct case_step *step = &stepper->step;
    CASE_TEXT(step->letter, id);
    CASE_TEXT(step->actor, machine ? "bailiwick" : actor);
    CASE_TEXT(step->role, machine ? "machine" : "analyst");
    step->sha256 = letter->sha256;
    if (!same)
        step->sha256.bytes[0]++;
    stepper->called.target = promela_letter(stepper->state->process, id);
    stepper->called.machine = machine;
    stepper->called.same = same;
    stepper->called.approver = strcmp(actor, "drafter") != 0;
    finish(stepper);
}

static void drafts(struct stepper *stepper)
{
    const struct case_state *state = stepper->state;
    static const struct case_letter none;
    for (size_t i = 0; i < state->process->letter_count; i++) {
        const char *id = state->process->letters[i], *approver = NULL;
        bool own = strcmp(id, state->stage->letter) == 0;
        const struct case_letter *letter = own ? &state->letter : &state->proposal;
        bool exists = strcmp(letter->id, id) == 0;
        for (int machine = 0; machine < 2; machine++) {
            draft(stepper, id, exists ? letter : &none, machine, false, "drafter");
            if (exists)
                draft(stepper, id, letter, machine, true, "drafter");
        }
        if (exists && !own && model_valid_approvals(state, &approver) > 0)
            draft(stepper, id, letter, false, true, approver);
    }
}

/* Somebody who has done nothing yet. */
static void fresh_person(const struct case_state *state, const struct case_letter *letter,
                         char name[CASE_NAME_MAX])
{
    for (int i = 0;; i++) {
        snprintf(name, CASE_NAME_MAX, "approver%d", i);
        if (!actors_hold(&letter->approvers, name) && !actors_hold(&letter->drafters, name) &&
            !actors_hold(&state->recused, name))
            return;
    }
}

static void approval(struct stepper *stepper, const struct case_letter *letter)
{
    begin(stepper, CASE_NOTICE_APPROVED);
    CASE_TEXT(stepper->step.letter, letter->id);
    fresh_person(stepper->state, letter, stepper->step.actor);
    stepper->step.sha256 = letter->sha256;
    stepper->called.target = promela_letter(stepper->state->process, letter->id);
    finish(stepper);
}

static void recusals(struct stepper *stepper)
{
    const char *approver = NULL;
    begin(stepper, CASE_RECUSED);
    finish(stepper);
    if (model_valid_approvals(stepper->state, &approver) == 0)
        return;
    CASE_TEXT(stepper->step.object, approver);
    stepper->called.approver = 1;
    finish(stepper);
}

/* --- decisions --- */

static void judgements(struct stepper *stepper)
{
    for (int answer = ANSWER_ADEQUATE; answer <= ANSWER_INADEQUATE; answer++) {
        begin(stepper, CASE_ANSWER_JUDGED);
        stepper->step.judgement = (enum fact_answer)answer;
        stepper->called.choice = answer;
        finish(stepper);
    }
}

static void disputes(struct stepper *stepper, enum case_event_type type)
{
    int first = type == CASE_DISPUTED ? DISPUTE_OPEN : DISPUTE_UPHELD;
    for (int dispute = first; dispute <= DISPUTE_WITHDRAWN; dispute++) {
        begin(stepper, type);
        stepper->step.dispute = (enum fact_dispute)dispute;
        stepper->called.choice = dispute;
        finish(stepper);
    }
}

static void calls(struct stepper *stepper)
{
    for (int outcome = CALL_NOTED; outcome <= CALL_NOT_REACHED; outcome++) {
        begin(stepper, CASE_CALL);
        stepper->step.call = (enum call_outcome)outcome;
        stepper->called.choice = outcome << 1; /* as of a first event */
        finish(stepper);
    }
}

/* A plan has one milestone at once here, due on the day on which it is agreed. */
static void milestones(struct stepper *stepper, enum case_event_type type)
{
    const struct case_state *state = stepper->state;
    const struct deadline *due = &state->deadline.due;
    begin(stepper, type);
    struct case_step *step = &stepper->step;
    if (type == CASE_MILESTONE_AGREED && state->milestone_count == 0 && due->rule)
        step->until = zone_day_of(due->rule->zone, step->at);
    if (type == CASE_MILESTONE_MISSED && state->milestone_count > 0 &&
        state->milestones[0].instant > step->at)
        step->at = state->milestones[0].instant;
    finish(stepper);
}

static void escalations(struct stepper *stepper)
{
    for (int criterion = CRITERION_HARM; criterion <= CRITERION_REPEAT; criterion++) {
        begin(stepper, CASE_ESCALATED);
        stepper->step.criterion = (enum fact_criterion)criterion;
        stepper->called.criterion = criterion;
        finish(stepper);
    }
}

/* One closure code of each family, one ground of each kind: the model knows no more of them. Where
 * every one is wanted, it is called by its number. */
static void closures(struct stepper *stepper)
{
    const struct process *process = stepper->state->process;
    unsigned seen = 0;
    for (size_t i = 0; i < process->closure_count; i++) {
        unsigned family = 1U << process->closure_codes[i].family;
        if (seen & family && !known.every_code)
            continue;
        seen |= family;
        begin(stepper, CASE_CLOSED);
        CASE_TEXT(stepper->step.closure, process->closure_codes[i].id);
        stepper->called.closure =
            known.every_code ? (int)i + 1 : (int)process->closure_codes[i].family;
        finish(stepper);
    }
}

static void formal_steps(struct stepper *stepper, enum case_event_type type)
{
    const struct process *process = stepper->state->process;
    uint8_t party = stepper->state->facts.values[FACT_PARTY];
    unsigned seen = 0;
    begin(stepper, type);
    finish(stepper);
    for (size_t i = 0; i < process->ground_count; i++) {
        unsigned kind = 1U << process->grounds[i].kind;
        if (!process->grounds[i].for_party[party] || (seen & kind && !known.every_code))
            continue;
        seen |= kind;
        CASE_TEXT(stepper->step.ground, process->grounds[i].id);
        CASE_TEXT(stepper->step.imported, "by hand");
        stepper->called.ground = known.every_code ? (int)i + 1 : (int)process->grounds[i].kind;
        finish(stepper);
    }
}

static void steps_of(struct stepper *stepper, enum case_event_type type)
{
    switch ((int)type) {
    case CASE_RECEIVED:
    case CASE_OPENED:
        opening(stepper, type);
        return;
    case CASE_RECUSED:
        recusals(stepper);
        return;
    case CASE_RECALCULATED: /* no calendar here is newer: that is of dates, which the model leaves
                             */
        return;
    case CASE_NOTICE_DRAFTED:
        drafts(stepper);
        return;
    case CASE_NOTICE_APPROVED:
        approval(stepper, &stepper->state->letter);
        approval(stepper, &stepper->state->proposal);
        return;
    case CASE_ANSWER_JUDGED:
        judgements(stepper);
        return;
    case CASE_DISPUTED:
    case CASE_DISPUTE_ENDED:
        disputes(stepper, type);
        return;
    case CASE_CALL:
        calls(stepper);
        return;
    case CASE_MILESTONE_AGREED:
    case CASE_MILESTONE_MET:
    case CASE_MILESTONE_MISSED:
        milestones(stepper, type);
        return;
    case CASE_ESCALATED:
        escalations(stepper);
        return;
    case CASE_CLOSED:
        closures(stepper);
        return;
    case CASE_BREACHED:
    case CASE_SUSPENDED:
    case CASE_TERMINATED:
        formal_steps(stepper, type);
        return;
    default:
        begin(stepper, type);
        finish(stepper);
    }
}

void steps_each(const struct case_state *state, steps_visit *visit, void *context)
{
    struct stepper stepper = {.state = state, .visit = visit, .context = context};
    for (int type = 0; type < CASE_EVENT_COUNT; type++)
        steps_of(&stepper, (enum case_event_type)type);
}
