#include "cases/step.h"

#include "cases/allegation.h"
#include "cases/demand.h"
#include "cases/letter.h"
#include "cases/milestone.h"

#include <string.h>

static uint8_t fact(const struct case_state *state, enum case_fact which)
{
    return state->facts.values[which];
}

/* --- what state and time say --- */

static int clock_runs(const struct case_state *state, struct error_detail *detail)
{
    if (state->deadline.clock == CLOCK_STOPPED)
        return error_set(detail, ERR_REFUSED, "the clock is stopped");
    if (state->deadline.clock == CLOCK_NONE)
        return error_set(detail, ERR_REFUSED, "no deadline is running");
    return 0;
}

/* Extension and tolling are asked for and granted before the due moment. */
static int clock_runs_still(const struct case_state *state, int64_t at, struct error_detail *detail)
{
    int result = clock_runs(state, detail);
    if (result == 0 && at >= state->deadline.due.instant)
        return error_set(detail, ERR_REFUSED, "the due moment has passed");
    return result;
}

static int due_moment_passed(const struct case_state *state, int64_t at,
                             struct error_detail *detail)
{
    int result = clock_runs(state, detail);
    if (result == 0 && at < state->deadline.due.instant)
        return error_set(detail, ERR_REFUSED, "the due moment has not come yet");
    return result;
}

static int letter_was_sent(const struct case_state *state, struct error_detail *detail)
{
    if (fact(state, FACT_LETTER) == LETTER_SENT)
        return 0;
    return error_set(detail, ERR_REFUSED, "the letter of stage '%s' is not served",
                     state->stage->id);
}

/* Refused at the door or come back later. A letter that nobody stands behind was never handed over,
 * and what comes back after the due moment undoes nothing. */
static int letter_may_bounce(const struct case_state *state, int64_t at,
                             struct error_detail *detail)
{
    uint8_t letter = fact(state, FACT_LETTER);
    if (letter == LETTER_BOUNCED)
        return error_set(detail, ERR_REFUSED, "the letter has come back already");
    if (letter == LETTER_NONE || (letter == LETTER_DRAFTED && !state->letter.adopted))
        return error_set(detail, ERR_REFUSED, "no letter of stage '%s' was handed over",
                         state->stage->id);
    if (state->deadline.clock == CLOCK_RUNNING && at >= state->deadline.due.instant)
        return error_set(detail, ERR_REFUSED, "the due moment has passed");
    return 0;
}

static int letter_may_be_sent(const struct case_state *state, struct error_detail *detail)
{
    if (fact(state, FACT_LETTER) == LETTER_SENT)
        return error_set(detail, ERR_REFUSED,
                         "the letter is served already; a resend restarts no clock");
    if (fact(state, FACT_LETTER) == LETTER_NONE)
        return error_set(detail, ERR_REFUSED, "the letter is not drafted");
    return 0;
}

static int answer_may_come(const struct case_state *state, struct error_detail *detail)
{
    if (fact(state, FACT_LETTER) >= LETTER_SENT)
        return 0;
    return error_set(detail, ERR_REFUSED, "there is no served letter to answer");
}

static int answer_may_be_judged(const struct case_state *state, struct error_detail *detail)
{
    if (fact(state, FACT_ANSWER) == ANSWER_RECEIVED)
        return 0;
    return error_set(detail, ERR_REFUSED, "there is no answer that waits to be judged");
}

static int clock_may_resume(const struct case_state *state, struct error_detail *detail)
{
    if (state->deadline.clock == CLOCK_STOPPED)
        return 0;
    return error_set(detail, ERR_REFUSED, "the clock is not stopped");
}

static int plan_may_be_agreed(const struct case_state *state, struct error_detail *detail)
{
    if (state->deadline.due.rule && fact(state, FACT_LETTER) == LETTER_SENT &&
        state->deadline.clock != CLOCK_STOPPED)
        return 0;
    return error_set(detail, ERR_REFUSED,
                     "a plan needs a served letter whose clock is not stopped");
}

static int dispute_may_end(const struct case_state *state, struct error_detail *detail)
{
    if (fact(state, FACT_DISPUTE) == DISPUTE_OPEN)
        return 0;
    return error_set(detail, ERR_REFUSED, "no dispute is open");
}

int step_allowed(const struct case_state *state, enum case_event_type type, int64_t at,
                 struct error_detail *detail)
{
    if (at < state->last_at)
        return error_set(detail, ERR_REFUSED, "the event lies before the last one of the case");
    if (type == CASE_NOTICE_SENT)
        return letter_may_be_sent(state, detail);
    if (type == CASE_RESENT)
        return letter_was_sent(state, detail);
    if (type == CASE_BOUNCED)
        return letter_may_bounce(state, at, detail);
    if (type == CASE_ANSWERED)
        return answer_may_come(state, detail);
    if (type == CASE_ANSWER_JUDGED || type == CASE_ITEM_JUDGED)
        return answer_may_be_judged(state, detail);
    if (type == CASE_EXTENDED || type == CASE_TOLLED || type == CASE_CLARIFIED ||
        type == CASE_RECALCULATED || type == CASE_REMINDED)
        return clock_runs_still(state, at, detail);
    if (type == CASE_RESUMED)
        return clock_may_resume(state, detail);
    if (type == CASE_REMEDIATION_AGREED)
        return plan_may_be_agreed(state, detail);
    if (type == CASE_DISPUTE_ENDED)
        return dispute_may_end(state, detail);
    if (type == CASE_CALL_WAIVED)
        return letter_was_sent(state, detail);
    if (milestone_event(type))
        return milestone_allowed(state, type, at, detail);
    if (type == CASE_DEADLINE_PASSED)
        return due_moment_passed(state, at, detail);
    return 0;
}

/* --- what the step must carry --- */

static bool needs_reason(enum case_event_type type)
{
    static const enum case_event_type with_reason[] = {
        CASE_UNLINKED,
        CASE_RECUSED,
        CASE_ANSWER_JUDGED,
        CASE_EXTENDED,
        CASE_TOLLED,
        CASE_RESUMED,
        CASE_DISPUTED,
        CASE_REMEDIATION_AGREED,
        CASE_ESCALATED,
        CASE_RESCINDED,
        CASE_REOPENED,
        CASE_CORRECTED,
        CASE_DISPUTE_ENDED,
        CASE_RULES_MIGRATED,
        CASE_CALL_WAIVED,
        CASE_AGREEMENT_CHANGED,
        CASE_ALLEGATION_DECIDED,
        CASE_CLARIFIED,
        CASE_ITEM_JUDGED,
        CASE_CLOSED,
    };
    for (size_t i = 0; i < sizeof with_reason / sizeof *with_reason; i++) {
        if (with_reason[i] == type)
            return true;
    }
    return false;
}

static int actor_may_act(const struct case_state *state, const struct case_step *step,
                         struct error_detail *detail)
{
    const char *event = case_event_text(step->type);
    if (step->actor[0] == '\0' || step->role[0] == '\0')
        return error_set(detail, ERR_REFUSED, "'%s' has no actor or role", event);
    if (role_is_machine(step->role) && !case_event_by_machine(step->type))
        return error_set(detail, ERR_REFUSED, "'%s' is for a person, not for a machine", event);
    if (actors_have(&state->recused, step->actor))
        return error_set(detail, ERR_REFUSED, "%s is recused from this case", step->actor);
    if (needs_reason(step->type) && step->reason[0] == '\0')
        return error_set(detail, ERR_REFUSED, "'%s' needs a reason", event);
    return 0;
}

/* Whether somebody's approval opens the stage, so that the bytes of its letter were approved. */
static bool opens_by_approval(const struct case_state *state)
{
    const struct process *process = state->process;
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->to == state->stage && edge->from != edge->to && edge->approvals.needed > 0)
            return true;
    }
    return false;
}

static int draft_is_possible(const struct case_state *state, const struct case_step *step,
                             struct error_detail *detail)
{
    bool own = strcmp(step->letter, state->stage->letter) == 0;
    if (step->letter[0] == '\0' || (!own && !letter_is_proposable(state, step->letter)))
        return error_set(detail, ERR_REFUSED, "stage '%s' has no use for a letter '%s'",
                         state->stage->id, step->letter);
    if (own && fact(state, FACT_LETTER) == LETTER_SENT)
        return error_set(detail, ERR_REFUSED, "the letter '%s' is served and cannot be edited",
                         step->letter);
    if (own && fact(state, FACT_LETTER) != LETTER_NONE && opens_by_approval(state))
        return error_set(detail, ERR_REFUSED, "the letter '%s' was approved and cannot be edited",
                         step->letter);
    return 0;
}

static int letter_is_the_drafted(const struct case_state *state, const struct case_step *step,
                                 struct error_detail *detail)
{
    struct case_state copy = *state;
    const struct case_letter *letter = letter_of(&copy, step->letter);
    if (!letter || letter->id[0] == '\0')
        return error_set(detail, ERR_REFUSED, "no letter '%s' has been drafted", step->letter);
    if (!digest_equal(&letter->sha256, &step->sha256))
        return error_set(detail, ERR_REFUSED, "the letter '%s' has other bytes (SHA-256 differs)",
                         step->letter);
    return 0;
}

/* Only the stage's own letter goes out, and only its present bytes: what becomes of an older letter
 * of the case changes nothing. */
static int letter_is_the_stages(const struct case_state *state, const struct case_step *step,
                                struct error_detail *detail)
{
    if (strcmp(step->letter, state->stage->letter) != 0)
        return error_set(detail, ERR_REFUSED, "the letter of stage '%s' is '%s', not '%s'",
                         state->stage->id, state->stage->letter, step->letter);
    return letter_is_the_drafted(state, step, detail);
}

static int service_is_possible(const struct case_state *state, const struct case_step *step,
                               struct error_detail *detail)
{
    int result = letter_is_the_stages(state, step, detail);
    if (result < 0)
        return result;
    if (step->service_at > step->at || step->service_at < state->letter.since)
        return error_set(detail, ERR_REFUSED,
                         "effective service lies before the letter was ready, or in the future");
    return 0;
}

static int date_is_later(const struct case_state *state, const struct case_step *step,
                         struct error_detail *detail)
{
    const struct deadline *due = &state->deadline.due;
    int32_t today = zone_day_of(due->rule->zone, step->at);
    if (step->until < today || (state->deadline.clock != CLOCK_NONE && step->until <= due->date))
        return error_set(detail, ERR_REFUSED, "the new due date must be later than the old one");
    if (step->until > today + DEADLINE_DAYS_MAX)
        return error_set(detail, ERR_REFUSED, "the new due date is more than %d days away",
                         DEADLINE_DAYS_MAX);
    return 0;
}

/* What the agreement calls repeated is shown by the record, or by notices that came from elsewhere
 * and are named with a reason. */
static int repetition_is_shown(const struct ground *ground, const struct case_step *step,
                               struct error_detail *detail)
{
    if (step->notices >= ground->repeat_times)
        return 0;
    if (step->imported[0] != '\0' && step->reason[0] != '\0')
        return 0;
    return error_set(detail, ERR_REFUSED,
                     "ground '%s' (%s) needs %u notices%s within %u months and the record has %u; "
                     "others are named as imported, with a reason",
                     ground->id, ground->clause, ground->repeat_times,
                     ground->repeat_of == REPEAT_OF_FAMILY ? " to its family" : "",
                     ground->repeat_months, step->notices);
}

static int ground_is_valid(const struct case_state *state, const struct case_step *step,
                           struct error_detail *detail)
{
    if (step->ground[0] == '\0')
        return 0;
    const struct ground *ground = process_ground_find(state->process, step->ground);
    if (!ground)
        return error_set(detail, ERR_REFUSED, "the process knows no ground '%s'", step->ground);
    if (!ground->for_party[fact(state, FACT_PARTY)])
        return error_set(detail, ERR_REFUSED, "ground '%s' (%s) is not for a %s", ground->id,
                         ground->clause, party_kind_text(fact(state, FACT_PARTY)));
    return repetition_is_shown(ground, step, detail);
}

/* The notice names the last day of the agreement that is not renewed. */
static int term_is_named(const struct case_step *step, struct error_detail *detail)
{
    if (step->until >= zone_day_of(zone_utc(), step->at))
        return 0;
    return error_set(detail, ERR_REFUSED, "'not-renewed' needs the last day of the agreement");
}

static int call_is_told(const struct case_step *step, struct error_detail *detail)
{
    if (step->call != CALL_REACHED || step->with != CALL_ROLE_NONE)
        return 0;
    return error_set(detail, ERR_REFUSED, "a call that reached somebody says in which role");
}

static int required(bool present, const char *what, enum case_event_type type,
                    struct error_detail *detail)
{
    if (present)
        return 0;
    return error_set(detail, ERR_REFUSED, "'%s' needs %s", case_event_text(type), what);
}

static int inputs_complete(const struct case_state *state, const struct case_step *step,
                           struct error_detail *detail)
{
    enum case_event_type type = step->type;
    if (type == CASE_NOTICE_DRAFTED)
        return draft_is_possible(state, step, detail);
    if (type == CASE_NOTICE_APPROVED || type == CASE_RESENT)
        return letter_is_the_drafted(state, step, detail);
    if (type == CASE_NOTICE_SENT)
        return service_is_possible(state, step, detail);
    if (type == CASE_BOUNCED)
        return letter_is_the_stages(state, step, detail);
    if (type == CASE_ANSWER_JUDGED)
        return required(step->judgement > ANSWER_RECEIVED, "a judgement", type, detail);
    if (type == CASE_EXTENDED || type == CASE_REMEDIATION_AGREED)
        return date_is_later(state, step, detail);
    if (type == CASE_ESCALATED)
        return required(step->criterion != CRITERION_NONE, "a criterion", type, detail);
    if (type == CASE_BREACHED || type == CASE_SUSPENDED || type == CASE_TERMINATED)
        return ground_is_valid(state, step, detail);
    if (type == CASE_NOT_RENEWED)
        return term_is_named(step, detail);
    if (type == CASE_CALL)
        return call_is_told(step, detail);
    if (milestone_event(type))
        return milestone_complete(state, step, detail);
    if (type == CASE_CLOSED)
        return required(process_closure_find(state->process, step->closure) != NULL,
                        "a closure code of the process", type, detail);
    if (type == CASE_DISPUTED)
        return required(step->dispute != DISPUTE_NONE, "how the dispute stands", type, detail);
    if (type == CASE_DISPUTE_ENDED)
        return required(step->dispute > DISPUTE_OPEN, "how the dispute ended", type, detail);
    if (type == CASE_RULES_MIGRATED)
        return required(step->process != NULL, "the version to go over to", type, detail);
    if (type == CASE_CORRECTED && step->takes_back == TAKES_BACK_RECUSAL &&
        !actors_have(&state->recused, step->whom))
        return error_set(detail, ERR_REFUSED, "%s is not recused from this case", step->whom);
    if (type == CASE_RECUSED && strlen(step->object) >= CASE_NAME_MAX)
        return error_set(detail, ERR_REFUSED, "'%s' is no name of a person", step->object);
    if (type == CASE_LINKED || type == CASE_UNLINKED || type == CASE_CORRECTED ||
        type == CASE_ASSIGNED || type == CASE_RECUSED || type == CASE_AGREEMENT_CHANGED)
        return required(step->object[0] != '\0', "the object or person", type, detail);
    return 0;
}

int step_complete(const struct case_state *state, const struct case_step *step,
                  struct error_detail *detail)
{
    int result = actor_may_act(state, step, detail);
    if (result >= 0)
        result = inputs_complete(state, step, detail);
    if (result >= 0)
        result = demand_check(state, step, detail);
    return result < 0 ? result : allegation_check(state, step, detail);
}

/* --- facts --- */

static void overlay_origin(const struct case_step *step, uint8_t *values)
{
    values[FACT_PARTY] = (uint8_t)step->party;
    values[FACT_ORIGIN] = (uint8_t)step->origin;
    values[FACT_FAMILY] = (uint8_t)step->family;
    values[FACT_VIOLATION] = step->violation;
    values[FACT_REPEATED] = step->repeated;
    if (step->origin == ORIGIN_MONITORING && step->violation)
        values[FACT_FINDING] = FINDING_NOT_MET;
}

static void overlay_ground(const struct case_state *state, const struct case_step *step,
                           uint8_t *values)
{
    const struct ground *ground = process_ground_find(state->process, step->ground);
    values[FACT_GROUND] = ground ? (uint8_t)ground->kind : GROUND_NONE;
}

static void overlay_closure(const struct case_state *state, const struct case_step *step,
                            uint8_t *values)
{
    const struct closure_code *code = process_closure_find(state->process, step->closure);
    values[FACT_CLOSURE] = code ? (uint8_t)code->family : CLOSURE_NONE;
}

static void overlay_letter(const struct case_state *state, const struct case_step *step,
                           uint8_t *values)
{
    if (step->type == CASE_NOTICE_DRAFTED && strcmp(step->letter, state->stage->letter) == 0)
        values[FACT_LETTER] = LETTER_DRAFTED;
    if (step->type == CASE_NOTICE_SENT)
        values[FACT_LETTER] = LETTER_SENT;
    /* After the due moment a bounce is noted and looked at; it does not undo what has passed. */
    if (step->type == CASE_BOUNCED && !values[FACT_EXPIRED]) {
        values[FACT_LETTER] = LETTER_BOUNCED;
        values[FACT_PLAN] = PLAN_NONE;
    }
}

static void overlay_clock(const struct case_step *step, uint8_t *values)
{
    if (step->type == CASE_TOLLED || step->type == CASE_RESUMED)
        values[FACT_TOLLED] = step->type == CASE_TOLLED;
    if (step->type == CASE_REMEDIATION_AGREED) {
        values[FACT_PLAN] = PLAN_AGREED;
        values[FACT_EXPIRED] = false;
    }
    if (step->type == CASE_DEADLINE_PASSED) {
        values[FACT_EXPIRED] = true;
        if (values[FACT_PLAN] == PLAN_AGREED)
            values[FACT_PLAN] = PLAN_OVERDUE;
    }
}

void step_overlay(const struct case_state *state, const struct case_step *step,
                  struct case_facts *facts)
{
    uint8_t *values = facts->values;
    enum case_event_type type = step->type;
    if ((type == CASE_RECEIVED || type == CASE_OPENED) && !state->started)
        overlay_origin(step, values);
    if (type == CASE_OPENED) {
        values[FACT_VIOLATION] = step->violation;
        values[FACT_FAMILY] = (uint8_t)step->family;
    }
    if (type == CASE_ANSWERED)
        values[FACT_ANSWER] = ANSWER_RECEIVED;
    if (type == CASE_ANSWER_JUDGED)
        values[FACT_ANSWER] = (uint8_t)demand_answer(state, step->judgement);
    if (type == CASE_FINDING_MET || type == CASE_FINDING_NOT_MET)
        values[FACT_FINDING] = type == CASE_FINDING_MET ? FINDING_MET : FINDING_NOT_MET;
    if (type == CASE_ESCALATED)
        values[FACT_CRITERION] = (uint8_t)step->criterion;
    if (type == CASE_BREACHED || type == CASE_SUSPENDED || type == CASE_TERMINATED)
        overlay_ground(state, step, values);
    if (type == CASE_CLOSED)
        overlay_closure(state, step, values);
    if (type == CASE_DISPUTED || type == CASE_DISPUTE_ENDED)
        values[FACT_DISPUTE] = (uint8_t)step->dispute;
    /* A call proves something only about a letter that was served. */
    bool called = (type == CASE_CALL && step->call != CALL_NOTED) || type == CASE_CALL_WAIVED;
    if (called && values[FACT_LETTER] == LETTER_SENT)
        values[FACT_CALLED] = true;
    if (type == CASE_CORRECTED && step->takes_back == TAKES_BACK_CALL)
        values[FACT_CALLED] = false;
    if (type == CASE_MILESTONE_MET || type == CASE_MILESTONE_MISSED)
        values[FACT_PLAN] = (uint8_t)milestone_plan(state, step);
    overlay_letter(state, step, values);
    overlay_clock(step, values);
}

uint32_t step_inputs(enum case_event_type type)
{
    if (type == CASE_OPENED)
        return 1U << FACT_VIOLATION;
    if (type == CASE_ANSWER_JUDGED)
        return 1U << FACT_ANSWER;
    if (type == CASE_ESCALATED)
        return 1U << FACT_CRITERION;
    if (type == CASE_BREACHED || type == CASE_SUSPENDED || type == CASE_TERMINATED)
        return 1U << FACT_GROUND;
    if (type == CASE_CLOSED)
        return 1U << FACT_CLOSURE;
    bool about_a_dispute = type == CASE_DISPUTED || type == CASE_DISPUTE_ENDED;
    return about_a_dispute ? 1U << FACT_DISPUTE : 0;
}
