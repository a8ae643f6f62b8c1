/* What people do with a case: stand behind a draft, approve bytes, take the step, judge an answer,
 * propose what needs two and agree to it. */
#include "app/absence.h"
#include "app/argument.h"
#include "app/casework/arguments.h"
#include "app/casework/migration.h"
#include "app/casework/proposal.h"
#include "app/casework/repetition.h"
#include "app/casework/term.h"
#include "app/command_list.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "cases/correction.h"
#include "cases/demand.h"
#include "store/letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int need_digest(struct call *call, const char *name, const char **ret_text,
                       struct digest *ret_digest)
{
    int result = call_need_text(call, name, ret_text);
    return result < 0 ? result : argument_sha256(*ret_text, ret_digest, call->detail);
}

/* The argument "sha256" and the letter of the case that has these bytes. */
static int find_bytes(struct call *call, struct casefile *file, struct store_letter *ret_letter)
{
    const char *text;
    struct digest digest;
    int result = need_digest(call, "sha256", &text, &digest);
    if (result < 0)
        return result;
    result = store_letter_find_bytes(call->app->store, file->record.id, &digest, &file->arena,
                                     ret_letter);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "case %s has no letter with the bytes %s",
                         file->record.id, text);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "letters") : 0;
}

/* case.adopt {case, sha256}: a person stands behind the machine's draft. */
int case_adopt(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_letter letter;
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = find_bytes(call, &file, &letter);
    if (result < 0)
        return result;
    struct casefile_step request = {.step = {.type = CASE_NOTICE_DRAFTED, .sha256 = letter.sha256}};
    CASE_TEXT(request.step.letter, letter.kind);
    return arguments_finish(call, &file, &request);
}

/* What the store has of the letter in another language; zero for none. */
static int find_translation(struct call *call, struct casefile *file, const char *letter,
                            struct digest *ret_translation)
{
    struct store_letter_version *versions;
    size_t count;
    int result =
        store_letter_version_list(call->app->store, letter, &file->arena, &versions, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "letter in another language");
    if (count > 0)
        *ret_translation = versions[0].sha256;
    return 0;
}

/* case.approve {case, sha256}: another person approves one sequence of bytes (invariant 8). */
int case_approve(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_letter letter = {.created_at = 0};
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = find_bytes(call, &file, &letter);
    if (result >= 0)
        result = command_check_second(&call->actor, letter.created_at, "the letter", call->detail);
    if (result < 0)
        return result;
    struct casefile_step request = {
        .step = {.type = CASE_NOTICE_APPROVED, .sha256 = letter.sha256}};
    CASE_TEXT(request.step.letter, letter.kind);
    result = find_translation(call, &file, letter.id, &request.step.translation);
    if (result < 0)
        return result;
    result = arguments_finish(call, &file, &request);
    if (result < 0)
        return result;
    const struct store_approval approval = {.letter = letter.id,
                                            .sha256 = letter.sha256,
                                            .approver = call->actor.id,
                                            .at = clock_wall(&call->app->clock)};
    result = store_approval_put(call->app->store, &approval);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "approval") : 0;
}

/* The event that enters the stage which a letter announces. */
static int event_of_letter(const struct process *process, const char *letter,
                           enum case_event_type *ret_type)
{
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->from != edge->to && edge->approvals.needed > 0 &&
            strcmp(edge->to->letter, letter) == 0) {
            *ret_type = edge->event;
            return 0;
        }
    }
    return ERR_NOT_FOUND;
}

static int take_until(struct call *call, struct case_step *step)
{
    return argument_day(call->arguments, "until", step->until, &step->until, call->detail);
}

/* A ground of repetition comes with what the record shows of it. */
static int take_ground(struct call *call, struct casefile *file, struct case_step *step)
{
    int result = TAKE_TEXT(call, "ground", step->ground);
    if (result >= 0)
        result = TAKE_TEXT(call, "imported", step->imported);
    const struct ground *ground = process_ground_find(file->state.process, step->ground);
    return result < 0 || !ground || !ground->repeat_times
               ? result
               : repetition_count(file, ground, &step->notices, call->detail);
}

/* case.send {case, sha256, criterion, ground, imported, until}: takes the step that an approved
 * letter opens; the letter follows. */
int case_send(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_letter letter;
    struct casefile_step request = {0};
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = find_bytes(call, &file, &letter);
    if (result < 0)
        return result;
    if (event_of_letter(file.state.process, letter.kind, &request.step.type) < 0)
        return error_set(
            call->detail, ERR_REFUSED,
            "the letter '%s' opens no step of its own; it goes out when a person adopts it",
            letter.kind);
    request.step.sha256 = letter.sha256;
    CASE_TEXT(request.step.letter, letter.kind);
    const char *criterion = json_text(call->arguments, "criterion");
    result = take_ground(call, &file, &request.step);
    if (result >= 0)
        result = take_until(call, &request.step);
    if (result >= 0 && request.step.type == CASE_NOT_RENEWED && request.step.until)
        result = term_check(&file, request.step.until, call->detail);
    if (result < 0)
        return result;
    int word = criterion ? case_fact_word(FACT_CRITERION, criterion) : 0;
    if (word < 0)
        return error_set(call->detail, ERR_SYNTAX, "unknown criterion '%s'", criterion);
    request.step.criterion = (enum fact_criterion)word;
    return arguments_finish(call, &file, &request);
}

static int take_judgement(struct call *call, enum fact_answer *ret_judgement)
{
    const char *judgement;
    int result = call_need_text(call, "judgement", &judgement);
    if (result < 0)
        return result;
    int word = case_fact_word(FACT_ANSWER, judgement);
    if (word < ANSWER_ADEQUATE)
        return error_set(call->detail, ERR_SYNTAX,
                         "an answer is adequate, partial or inadequate, not '%s'", judgement);
    *ret_judgement = (enum fact_answer)word;
    return 0;
}

/* The last item that is judged judges the answer, by what all of them say. */
static int judge_item(struct call *call, struct casefile *file, enum fact_answer judgement)
{
    struct casefile_step item = {.step = {.type = CASE_ITEM_JUDGED, .judgement = judgement}};
    int result = arguments_take_number(call, "item", &item.step.number);
    if (result >= 0)
        result = arguments_finish(call, file, &item);
    if (result < 0 || !demand_all_judged(&file->state))
        return result;
    struct casefile_step whole = {.step = {.type = CASE_ANSWER_JUDGED,
                                           .judgement = demand_answer(&file->state, ANSWER_NONE)}};
    return arguments_propose(call, file, &whole);
}

/* case.judge {case, judgement, item, reason}: adequate, partial or inadequate; without an item, of
 * all items that are not judged yet, and so of the answer. */
int case_judge(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct casefile_step request = {.step = {.type = CASE_ANSWER_JUDGED}};
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = take_judgement(call, &request.step.judgement);
    if (result < 0)
        return result;
    return json_object_get(call->arguments, "item")
               ? judge_item(call, &file, request.step.judgement)
               : arguments_propose(call, &file, &request);
}

static bool may_be_recorded(enum case_event_type type)
{
    static const enum case_event_type by_hand[] = {
        CASE_RECEIVED,      CASE_ASSIGNED,
        CASE_RECUSED,       CASE_GUIDANCE_GIVEN,
        CASE_CALL,          CASE_MEETING,
        CASE_EXTENDED,      CASE_TOLLED,
        CASE_RESUMED,       CASE_REMEDIATION_AGREED,
        CASE_RESCINDED,     CASE_CLOSED,
        CASE_REOPENED,      CASE_DISPUTED,
        CASE_PROGRESS,      CASE_CORRECTED,
        CASE_CURED,         CASE_DISPUTE_ENDED,
        CASE_CALL_WAIVED,   CASE_MILESTONE_AGREED,
        CASE_MILESTONE_MET, CASE_AGREEMENT_CHANGED,
        CASE_CLARIFIED,
    };
    for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++) {
        if (by_hand[i] == type)
            return true;
    }
    return false;
}

/* A call that is recorded says how it came out, and with whom by a role: never a name. */
static int take_call(struct call *call, struct case_step *step)
{
    const char *outcome, *with = json_text(call->arguments, "with");
    int result = call_need_text(call, "call", &outcome);
    if (result >= 0 && call_outcome_parse(outcome, &step->call) < 0)
        return error_set(call->detail, ERR_SYNTAX,
                         "a call reached somebody or not: reached or "
                         "not-reached, not '%s'",
                         outcome);
    if (result >= 0 && with && call_role_parse(with, &step->with) < 0)
        return error_set(call->detail, ERR_SYNTAX,
                         "'%s' is no role: compliance, legal, abuse, technical, management, "
                         "front-desk or other",
                         with);
    return result;
}

/* What an event brings along: a date, how a dispute stands, a closure code and what became of the
 * open allegations, an object. Whether the
 * event needs it the state machine says. */
static int take_inputs(struct call *call, struct case_step *step)
{
    const char *dispute = json_text(call->arguments, "dispute");
    int dated = take_until(call, step);
    if (dated < 0)
        return dated;
    int word = dispute ? case_fact_word(FACT_DISPUTE, dispute) : DISPUTE_NONE;
    if (word < 0 || (dispute && word == DISPUTE_NONE))
        return error_set(call->detail, ERR_SYNTAX,
                         "a dispute is open, upheld, denied or withdrawn, not '%s'", dispute);
    step->dispute = (enum fact_dispute)word;
    if (step->type == CASE_CALL && (word = take_call(call, step)) < 0)
        return word;
    int result = TAKE_TEXT(call, "closure", step->closure);
    if (result >= 0)
        result = arguments_take_outcome(call, step);
    return result < 0 ? result : TAKE_TEXT(call, "object", step->object);
}

/* The object of a correction is the number of an event. */
static int fill_correction(struct call *call, struct casefile *file, struct case_step *step)
{
    struct case_explanation *rows;
    char *end;
    unsigned long seq = strtoul(step->object, &end, 10);
    if (!step->object[0] || *end || seq > CASE_EVENTS_MAX)
        return error_set(call->detail, ERR_SYNTAX, "'%s' is no number of an event", step->object);
    int result = casefile_explain(file, &file->arena, &rows, call->detail);
    return result < 0 ? result
                      : correction_fill(rows, file->event_count, (uint32_t)seq, step, call->detail);
}

/* A case is put into no hands that are away. */
static int check_handler(struct call *call, const char *handler)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_absence absence;
    char until[CIVIL_DATE_TEXT];
    arena_init(&arena, 1 << 20);
    int result = absence_find(call->app, handler, &arena, &absence, call->detail);
    if (result <= 0 || !absence_is_now(call->app, &absence))
        return result < 0 ? result : 0;
    return error_set(call->detail, ERR_REFUSED, "%s is away until %s; %s is the deputy", handler,
                     civil_format_date(absence.until, until), absence.deputy);
}

/* case.record {case, event, ...}: any other event that a person may take, such as call, extended,
 * disputed, closed. What the process does not list is refused by it. */
int case_record(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *event;
    struct casefile_step request = {0};
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = call_need_text(call, "event", &event);
    if (result < 0)
        return result;
    if (case_event_parse(event, &request.step.type) < 0)
        return error_set(call->detail, ERR_SYNTAX, "unknown event '%s'", event);
    if (!may_be_recorded(request.step.type))
        return error_set(call->detail, ERR_REFUSED,
                         "'%s' is not recorded by hand: it has a command of its own or comes from "
                         "what was measured or sent",
                         event);
    result = take_inputs(call, &request.step);
    if (result >= 0 && request.step.type == CASE_ASSIGNED)
        result = check_handler(call, request.step.object);
    if (result >= 0 && request.step.type == CASE_CORRECTED)
        result = fill_correction(call, &file, &request.step);
    return result < 0 ? result : arguments_propose(call, &file, &request);
}

/* --- what needs two --- */

static int find_proposal(struct call *call, struct casefile *file,
                         struct store_proposal *ret_proposal)
{
    const char *text;
    struct digest sha256;
    int result = need_digest(call, "proposal", &text, &sha256);
    if (result < 0)
        return result;
    result =
        store_proposal_find(call->app->store, file->record.id, &sha256, &file->arena, ret_proposal);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "case %s has no proposal %s", file->record.id, text);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "proposal");
    if (ret_proposal->state == PROPOSAL_WAITING)
        return 0;
    return error_set(call->detail, ERR_REFUSED, "the proposal does not wait any more: %s by %s",
                     proposal_state_text(ret_proposal->state), ret_proposal->settled_by);
}

/* case.agree {case, proposal}: a second person agrees to a step, which is then taken. The first one
 * stays its actor; the rules are asked as they stand now. */
int case_agree(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_proposal proposal;
    char hex[DIGEST_HEX];
    const char *evidence[] = {hex};
    struct actor first = {.roles = 0};
    struct casefile_step request = {.actor = &first, .evidence = evidence, .evidence_count = 1};
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = find_proposal(call, &file, &proposal);
    if (result >= 0)
        result =
            command_check_second(&call->actor, proposal.event.at, "the proposal", call->detail);
    if (result >= 0)
        result = proposal_step(&proposal, call->actor.id, &request.step, call->detail);
    if (result >= 0 && request.step.type == CASE_RULES_MIGRATED)
        result = migration_check_version(call->app, &request.step, call->detail);
    if (result < 0)
        return result;
    digest_format(&proposal.sha256, hex);
    snprintf(first.id, sizeof first.id, "%s", proposal.event.actor);
    result = arguments_step(call, &file, &request);
    return result < 0
               ? result
               : proposal_settle(call->app, &proposal, PROPOSAL_AGREED, &call->actor, call->detail);
}

/* case.withdraw {case, proposal}: the one who proposed it, or anybody who could agree, ends it. */
int case_withdraw(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_proposal proposal;
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = find_proposal(call, &file, &proposal);
    if (result < 0)
        return result;
    if (strcmp(proposal.event.actor, call->actor.id) != 0 && !(call->actor.roles & ROLE_APPROVER))
        return error_set(call->detail, ERR_DENIED,
                         "%s proposed this; besides, only the role approver may end it",
                         proposal.event.actor);
    result = proposal_settle(call->app, &proposal, PROPOSAL_WITHDRAWN, &call->actor, call->detail);
    if (result < 0)
        return result;
    char hex[DIGEST_HEX];
    json_t *event = json_pack("{s:s, s:s, s:s}", "case", file.record.id, "proposal",
                              digest_format(&proposal.sha256, hex), "actor", call->actor.id);
    json_object_set_new(call->result, "case", json_string(file.record.id));
    json_object_set_new(call->result, "proposal", json_string(hex));
    return ledger_tell(call->app, "case-proposal-withdrawn", event, call->detail);
}
