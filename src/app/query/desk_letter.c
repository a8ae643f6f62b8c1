/* One letter: its bytes, who stands behind them, and what the person who looks may do about it. */
#include "app/query/desk.h"

#include "app/command.h"
#include "app/known.h"
#include "app/law.h"
#include "app/query/list.h"
#include "base/civil.h"

#include <string.h>

/* --- how a letter stands --- */

static bool is_these_bytes(const struct case_letter *letter, const struct store_letter *record)
{
    return strcmp(letter->id, record->kind) == 0 && digest_equal(&letter->sha256, &record->sha256);
}

enum desk_place desk_place_of(const struct case_state *state, const struct store_letter *letter)
{
    if (letter->state != LETTER_STATE_DRAFT && letter->state != LETTER_STATE_APPROVED)
        return DESK_PAST;
    if (is_these_bytes(&state->letter, letter))
        return DESK_OWN;
    return is_these_bytes(&state->proposal, letter) ? DESK_PROPOSAL : DESK_PAST;
}

static bool is_among(const struct case_actors *actors, const char *name)
{
    for (size_t i = 0; i < actors->count; i++) {
        if (strcmp(actors->names[i], name) == 0)
            return true;
    }
    return false;
}

/* The step that the proposed letter opens. */
static const struct edge *opened_edge(const struct case_state *state)
{
    const struct process *process = state->process;
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->from == state->stage && edge->to != edge->from && edge->approvals.needed > 0 &&
            strcmp(edge->to->letter, state->proposal.id) == 0)
            return edge;
    }
    return NULL;
}

/* Drafters and recused persons do not count. */
static bool has_approvals(const struct case_state *state)
{
    const struct case_letter *letter = &state->proposal;
    const struct edge *edge = opened_edge(state);
    int valid = 0;
    for (size_t i = 0; i < letter->approvers.count; i++)
        valid += !is_among(&letter->drafters, letter->approvers.names[i]) &&
                 !is_among(&state->recused, letter->approvers.names[i]);
    return edge && valid >= edge->approvals.needed;
}

bool desk_letter_waits(const struct case_state *state, const struct store_letter *letter)
{
    switch (desk_place_of(state, letter)) {
    case DESK_OWN:
        return !state->letter.adopted;
    case DESK_PROPOSAL:
        return !state->proposal.adopted || !has_approvals(state);
    case DESK_PAST:
        break;
    }
    return false;
}

/* --- who wrote and who approved it --- */

static const char *add_name(const char *names, const char *name, struct arena *arena)
{
    const char *longer =
        names[0] ? arena_printf(arena, "%s, %s", names, name) : arena_copy_text(arena, name);
    return longer ? longer : names;
}

struct desk_people desk_people(const struct casefile *file, const struct store_letter *letter,
                               struct arena *arena)
{
    struct desk_people people = {.drafted_by = letter->drafted_by, .approved_by = ""};
    for (size_t i = 0; i < file->event_count; i++) {
        const struct case_event *event = &file->events[i];
        struct case_step step;
        bool drafted = event->type == CASE_NOTICE_DRAFTED;
        if ((!drafted && event->type != CASE_NOTICE_APPROVED) ||
            case_step_decode(event, &step, NULL) < 0 ||
            !digest_equal(&step.sha256, &letter->sha256))
            continue;
        if (!drafted)
            people.approved_by = add_name(people.approved_by, event->actor, arena);
        else if (strcmp(event->actor, letter->drafted_by) != 0)
            people.drafted_by = add_name(people.drafted_by, event->actor, arena);
    }
    return people;
}

/* --- what the person may do --- */

/* One person before one letter of a case. */
struct view {
    struct query_call *call;
    struct casefile file;
    struct store_letter letter;
    struct actor actor;
    enum desk_place place;
};

enum act { ACT_NONE, ACT_ADOPT, ACT_APPROVE, ACT_SEND };

static const char *command_of(enum act act)
{
    static const char *const names[] = {"", "case.adopt", "case.approve", "case.send"};
    return names[act];
}

static enum case_event_type event_of(const struct view *view, enum act act)
{
    const struct edge *edge = opened_edge(&view->file.state);
    return act == ACT_ADOPT     ? CASE_NOTICE_DRAFTED
           : act == ACT_APPROVE ? CASE_NOTICE_APPROVED
           : edge               ? edge->event
                                : CASE_BREACHED;
}

/* What a command of the API may say besides, and a form does not. */
static void put_extras(const json_t *arguments, struct case_step *step)
{
    const char *ground = json_text(arguments, "ground"),
               *criterion = json_text(arguments, "criterion"),
               *reason = json_text(arguments, "reason");
    int word = criterion ? case_fact_word(FACT_CRITERION, criterion) : CRITERION_NONE;
    CASE_TEXT(step->ground, ground ? ground : "");
    CASE_TEXT(step->reason, reason ? reason : "");
    step->criterion = word < 0 ? CRITERION_NONE : (enum fact_criterion)word;
}

/* Takes the step on a copy: 0, or why it is not for this person, or not for anybody now. */
static int try_act(const struct view *view, enum act act, struct error_detail *detail)
{
    struct case_outcome *outcome = arena_alloc(view->call->arena, sizeof *outcome);
    const struct command *command = command_find(command_of(act));
    struct case_step step = {.type = event_of(view, act),
                             .at = clock_wall(&view->call->app->clock),
                             .sha256 = view->letter.sha256};
    if (!outcome || !command)
        return ERR_NO_MEMORY;
    if (!(command->roles & view->actor.roles))
        return error_set(detail, ERR_DENIED, "%s",
                         act == ACT_APPROVE ? "Approving is for the role approver."
                                            : "This is for the roles analyst and approver.");
    int result = act == ACT_APPROVE ? command_check_second(&view->actor, view->letter.created_at,
                                                           "the letter", detail)
                                    : 0;
    if (result < 0)
        return result;
    /* A store that another clock wrote last is not behind the times. */
    if (step.at < view->file.state.last_at)
        step.at = view->file.state.last_at;
    CASE_TEXT(step.actor, view->actor.id);
    CASE_TEXT(step.role,
              role_text(view->actor.roles & ROLE_APPROVER ? ROLE_APPROVER : ROLE_ANALYST));
    CASE_TEXT(step.letter, view->letter.kind);
    put_extras(view->call->arguments, &step);
    return case_apply(&view->file.state, &step, outcome, detail);
}

/* Approving and adopting a proposal may come in either order. Whoever approved it and then adopts
 * it becomes its author, and the approval no longer counts: that is never what the button means. */
static enum act proposal_act(const struct view *view)
{
    const struct case_letter *letter = &view->file.state.proposal;
    bool approver = view->actor.roles & ROLE_APPROVER;
    bool enough = has_approvals(&view->file.state);
    if (letter->adopted)
        return enough ? ACT_NONE : ACT_APPROVE;
    return approver && (!enough || is_among(&letter->approvers, view->actor.id)) ? ACT_APPROVE
                                                                                 : ACT_ADOPT;
}

/* What the button "approve" means here. */
static enum act approving_act(const struct view *view)
{
    switch (view->place) {
    case DESK_OWN:
        return view->file.state.letter.adopted ? ACT_NONE : ACT_ADOPT;
    case DESK_PROPOSAL:
        return proposal_act(view);
    case DESK_PAST:
        break;
    }
    return ACT_NONE;
}

/* What the button "send" means here. */
static enum act sending_act(const struct view *view)
{
    return view->place == DESK_PROPOSAL ? ACT_SEND : approving_act(view);
}

/* --- what it would do, in words --- */

static const char *say_deadline(const struct view *view, const struct stage *stage)
{
    char date[CIVIL_DATE_TEXT];
    struct deadline due;
    const struct case_state *state = &view->file.state;
    const struct deadline_rule *rule =
        stage ? law_service_clock(state->process, stage, &state->facts) : NULL;
    if (!rule || deadline_compute(rule, clock_wall(&view->call->app->clock), /* trace= */ NULL,
                                  /* context= */ NULL, &due) < 0)
        return "";
    const char *words =
        arena_printf(view->call->arena, " Served today, the time given ends with %s (%s).",
                     civil_format_date(due.date, date), zone_name(rule->zone));
    return words ? words : "";
}

static const char *say_effect(const struct view *view, enum act act)
{
    const struct case_state *state = &view->file.state;
    const struct stage *stage = desk_stage_of_letter(state->process, view->letter.kind);
    struct arena *arena = view->call->arena;
    const char *label = stage ? stage->label : view->letter.kind;
    const char *published = stage && stage_is_formal(stage) ? " Once served, it is published." : "";
    const char *words = "";
    if (act == ACT_ADOPT && view->place == DESK_OWN)
        words = arena_printf(arena, "You stand behind these bytes, and they go to %s.%s",
                             view->letter.recipient, say_deadline(view, stage));
    else if (act == ACT_ADOPT)
        words = "You stand behind this draft as its author; another person has to approve it.";
    else if (act == ACT_APPROVE)
        words = arena_printf(arena, "The step '%s' may be taken; the letter then goes to %s.%s",
                             label, view->letter.recipient, published);
    else if (act == ACT_SEND)
        words = arena_printf(arena, "The step '%s' is taken, and the letter goes to %s.%s%s", label,
                             view->letter.recipient, published, say_deadline(view, stage));
    return words ? words : "";
}

static const char *say_done(const struct view *view, enum act act)
{
    if (act == ACT_ADOPT)
        return view->place == DESK_OWN
                   ? "You stand behind the letter; it is handed to the mail."
                   : "You stand behind the letter; another person has to approve it.";
    return act == ACT_APPROVE ? "These bytes are approved."
                              : "The step is taken; the letter is handed to the mail.";
}

/* --- the page --- */

static int open_letter(struct query_call *call, struct view *view)
{
    const char *id;
    int result = query_need_text(call, "letter", &id);
    if (result >= 0)
        result = desk_actor(call, &view->actor);
    if (result < 0)
        return result;
    view->call = call;
    result = app_find_letter(call->app, id, call->arena, &view->letter, call->detail);
    if (result < 0)
        return result;
    result = casefile_open(call->app, view->letter.case_id, &view->file, call->detail);
    if (result >= 0)
        view->place = desk_place_of(&view->file.state, &view->letter);
    return result;
}

static int put_attempts(struct view *view)
{
    struct query_call *call = view->call;
    struct store_attempt *attempts;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "attempts", list);
    int result =
        store_attempt_list(call->app->store, view->letter.id, call->arena, &attempts, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "attempts");
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        json_object_set_new(row, "at", query_instant(attempts[i].begun_at));
        desk_put(row, "outcome", attempt_phase_text(attempts[i].phase));
        desk_put(row, "text", attempts[i].reply);
        json_array_append_new(list, row);
    }
    return 0;
}

static int put_bytes(struct view *view)
{
    const struct store_letter *letter = &view->letter;
    json_t *result = view->call->result;
    char hex[DIGEST_HEX];
    const struct desk_people people = desk_people(&view->file, letter, view->call->arena);
    json_t *message = json_stringn((const char *)letter->bytes.data, letter->bytes.size);
    if (!message)
        return error_set(view->call->detail, ERR_DAMAGED, "the bytes of letter %s are not text",
                         letter->id);
    json_object_set_new(result, "message", message);
    desk_put(result, "id", letter->id);
    desk_put(result, "case", letter->case_id);
    desk_put(result, "step", desk_step_label(view->file.state.process, letter->kind));
    desk_put(result, "state", letter_state_text(letter->state));
    desk_put(result, "to", letter->recipient);
    desk_put(result, "subject", letter->subject);
    desk_put(result, "sha256", digest_format(&letter->sha256, hex));
    desk_put(result, "drafted_by", people.drafted_by);
    desk_put(result, "approved_by", people.approved_by);
    json_object_set_new(result, "sent",
                        query_instant(letter->state == LETTER_STATE_SENT ? letter->updated_at : 0));
    return 0;
}

static int make_letter(struct view *view)
{
    struct error_detail approve_why = {0}, send_why = {0};
    json_t *result = view->call->result;
    enum act act = approving_act(view);
    bool can_approve = act != ACT_NONE && try_act(view, act, &approve_why) >= 0;
    /* The stage's own letter goes when it is adopted, by the button that names its bytes. */
    bool can_send = view->place == DESK_PROPOSAL && try_act(view, ACT_SEND, &send_why) >= 0;
    const char *why = can_approve || can_send ? ""
                      : act != ACT_NONE       ? approve_why.text
                                              : send_why.text;
    json_object_set_new(result, "can_approve", json_boolean(can_approve));
    json_object_set_new(result, "can_send", json_boolean(can_send));
    desk_put(result, "why_not", why);
    desk_put(result, "effect", say_effect(view, can_send ? ACT_SEND : act));
    int failure = put_bytes(view);
    return failure < 0 ? failure : put_attempts(view);
}

static int show_letter(struct query_call *call)
{
    struct view view = {.call = call};
    int result = open_letter(call, &view);
    if (result >= 0)
        result = make_letter(&view);
    casefile_close(&view.file);
    return result;
}

int query_desk_letter(struct query_call *call)
{
    return desk_at_one_moment(call, show_letter);
}

/* --- from a button to a command --- */

/* A command on a case with one argument, which the form names as the command does. */
struct plain_button {
    const char *verb, *command, *object;
    const char *argument; /* NULL for none */
    const char *words;
};

static const struct plain_button *find_plain_button(const char *verb)
{
    static const struct plain_button buttons[] = {
        {"answer", "case.answer", "case", "text", "The answer is recorded."},
        {"agree", "case.agree", "case", "proposal", "You agreed, and the step is taken."},
        {"end", "session.end", "session", NULL, "The session has ended."},
    };
    for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++) {
        if (strcmp(buttons[i].verb, verb) == 0)
            return &buttons[i];
    }
    return NULL;
}

static int plain_command(struct query_call *call, const struct plain_button *button)
{
    const char *id, *text = NULL;
    int result = query_need_text(call, button->object, &id);
    if (result >= 0 && button->argument)
        result = query_need_text(call, button->argument, &text);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "arguments",
                        json_pack("{s:s, s:s*}", button->object, id,
                                  button->argument ? button->argument : "", text));
    desk_put(call->result, "command", button->command);
    desk_put(call->result, "words", button->words);
    return 0;
}

/* The bytes that the person saw are the bytes that are meant. */
static int check_bytes(const struct view *view, bool needed)
{
    const char *text = json_text(view->call->arguments, "sha256");
    struct digest seen;
    if (!text && !needed)
        return 0;
    if (!text || digest_parse(text, &seen) < 0)
        return error_set(view->call->detail, ERR_SYNTAX,
                         "'sha256' has to name the bytes that are approved");
    if (!digest_equal(&seen, &view->letter.sha256))
        return error_set(view->call->detail, ERR_CONFLICT,
                         "letter %s has other bytes now; read it again", view->letter.id);
    return 0;
}

static int put_command(struct view *view, enum act act)
{
    static const char *const extras[] = {"ground", "criterion", "reason"};
    struct query_call *call = view->call;
    char hex[DIGEST_HEX];
    json_t *arguments = json_object();
    json_object_set_new(call->result, "arguments", arguments);
    desk_put(arguments, "case", view->letter.case_id);
    desk_put(arguments, "sha256", digest_format(&view->letter.sha256, hex));
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        const char *text = json_text(call->arguments, extras[i]);
        if (text)
            desk_put(arguments, extras[i], text);
    }
    desk_put(call->result, "command", command_of(act));
    desk_put(call->result, "words", say_done(view, act));
    return 0;
}

static int letter_command(struct view *view, bool send)
{
    enum act act = send ? sending_act(view) : approving_act(view);
    int result = check_bytes(view, /* needed= */ !send);
    if (result < 0)
        return result;
    if (act == ACT_NONE)
        return error_set(view->call->detail, ERR_REFUSED,
                         "nothing is asked of letter %s any more; its state is %s", view->letter.id,
                         letter_state_text(view->letter.state));
    result = try_act(view, act, view->call->detail);
    return result < 0 ? result : put_command(view, act);
}

static int make_command(struct query_call *call)
{
    struct view view = {.call = call};
    const char *verb;
    int result = query_need_text(call, "verb", &verb);
    if (result < 0)
        return result;
    const struct plain_button *button = find_plain_button(verb);
    if (button)
        return plain_command(call, button);
    bool send = strcmp(verb, "send") == 0;
    if (!send && strcmp(verb, "approve") != 0)
        return error_set(call->detail, ERR_SYNTAX,
                         "the verbs are approve, send, answer, agree and end, not '%s'", verb);
    result = open_letter(call, &view);
    if (result >= 0)
        result = letter_command(&view, send);
    casefile_close(&view.file);
    return result;
}

int query_desk_command(struct query_call *call)
{
    return desk_at_one_moment(call, make_command);
}
