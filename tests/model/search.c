/* Every transition that case_apply() allows, breadth first from a new case, in one of the forms of
 * `enum search_form`.
 *
 * Of the people in a state only what the model keeps is carried on: each state is continued with
 * one drafter, as many approvers as count, and nobody recused. That this stands for every other set
 * of people is what the random traces try. */
#include "search.h"

#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE_MAX = 1 << 21, OUT_MAX = 400 };

/* What is needed to make a case state again; the whole one is ten kilobytes. */
struct waiting {
    const struct stage *stage;
    struct case_facts facts;
    struct case_deadline deadline;
    struct case_milestone milestone;
    int64_t last_at;
    struct model_state view;
    char ground[PROCESS_ID_MAX];
};

struct search {
    const struct process *process;
    enum search_form form;
    bool everything;
    struct waiting *queue;
    size_t head, tail, taken;
    uint64_t before, *late;
    size_t late_count;
    uint64_t out[OUT_MAX]; /* fingerprints of the transitions out of the present state */
    size_t out_count;
    const struct case_state *state;
};

static uint64_t *visited;
enum { VISITED_SLOTS = 1 << 23 };

/* Whether the key is new. */
static bool mark(uint64_t key)
{
    size_t slot = record_mix(key) % VISITED_SLOTS;
    while (visited[slot] && visited[slot] != key + 1)
        slot = (slot + 1) % VISITED_SLOTS;
    bool is_new = visited[slot] == 0;
    visited[slot] = key + 1;
    return is_new;
}

static struct case_letter letter_again(const char *id, bool adopted, int approvals)
{
    struct case_letter letter = {.adopted = adopted};
    if (id[0] == '\0')
        return letter;
    CASE_TEXT(letter.id, id);
    letter.sha256.bytes[0] = 1;
    CASE_TEXT(letter.drafters.names[0], "drafter");
    letter.drafters.count = 1;
    for (int i = 0; i < approvals; i++) {
        snprintf(letter.approvers.names[i], CASE_NAME_MAX, "approver%d", i);
        CASE_TEXT(letter.approvers.roles[i], "manager");
        letter.approvers.count++;
    }
    return letter;
}

static void state_again(const struct search *search, const struct waiting *waiting,
                        struct case_state *state)
{
    const struct model_state *view = &waiting->view;
    const char *proposal = view->proposal ? search->process->letters[view->proposal - 1] : "";
    bool has_letter = waiting->facts.values[FACT_LETTER] != LETTER_NONE;
    case_state_init(state, search->process);
    state->stage = waiting->stage;
    state->facts = waiting->facts;
    state->deadline = waiting->deadline;
    state->milestones[0] = waiting->milestone;
    state->milestone_count = waiting->view.milestone != 0;
    state->last_at = waiting->last_at;
    state->letter = letter_again(has_letter ? waiting->stage->letter : "", view->adopted, 0);
    state->proposal = letter_again(proposal, view->proposal_adopted, view->approvals);
    state->published = view->published;
    state->started = view->started;
    state->allegation_count = 1; /* decided or not, none of it is in the model */
    CASE_TEXT(state->ground, waiting->ground);
}

static uint64_t mix_text(const char *text)
{
    uint64_t sum = 0;
    for (const char *c = text; *c; c++)
        sum = record_mix(sum + (uint64_t)*c);
    return sum;
}

static uint64_t mix_rule(const struct deadline_rule *rule)
{
    uint64_t sum = record_mix((uint64_t)rule->n);
    sum = record_mix(sum + (uint64_t)rule->unit);
    sum = record_mix(sum + (uint64_t)rule->end_of_day);
    return record_mix(sum + rule->roll_forward);
}

/* What the model leaves out of a state: which ground it came in by. */
static uint64_t key_of(const struct search *search, const struct case_state *state,
                       const struct model_state *view)
{
    uint64_t key = model_key(view);
    return search->everything && state->ground[0] ? key ^ mix_text(state->ground) : key;
}

/* And of a transition. */
static uint64_t rest_of(const struct case_outcome *outcome)
{
    const struct case_state *state = &outcome->state;
    const struct closure_code *code = process_closure_find(state->process, state->closure);
    uint64_t sum = code ? record_mix(100 + (uint64_t)code->family) : 0;
    for (size_t i = 0; i < outcome->effect_count; i++) {
        enum case_effect effect = outcome->effects[i].effect;
        if (effect != EFFECT_SET_DEADLINE && effect != EFFECT_CANCEL_DEADLINE) /* the clock shows */
            sum += record_mix(mix_text(outcome->effects[i].argument) + effect + 1);
    }
    if (outcome->deadline_changed && state->deadline.due.rule)
        sum += mix_rule(state->deadline.due.rule);
    return sum;
}

/* Past its due moment a case may do less, nothing else: such a state is left to the one that is in
 * time. */
static bool is_late(const struct case_state *state)
{
    return state->deadline.clock == CLOCK_RUNNING &&
           state->deadline.due.instant <= state->last_at + 60000000;
}

static void visit(struct search *search, const struct case_state *state)
{
    struct model_state view = model_state_of(state);
    uint64_t key = key_of(search, state, &view);
    if (is_late(state)) {
        if (search->late_count == QUEUE_MAX)
            abort();
        search->late[search->late_count++] = key;
        return;
    }
    if (!mark(key))
        return;
    if (search->tail == QUEUE_MAX)
        abort();
    struct waiting *waiting = &search->queue[search->tail++];
    *waiting = (struct waiting){.stage = state->stage,
                                .facts = state->facts,
                                .deadline = state->deadline,
                                .milestone = state->milestones[0],
                                .last_at = state->last_at,
                                .view = view};
    CASE_TEXT(waiting->ground, state->ground);
}

static bool is_new(struct search *search, uint64_t fingerprint)
{
    for (size_t i = 0; i < search->out_count; i++) {
        if (search->out[i] == fingerprint)
            return false;
    }
    if (search->out_count == OUT_MAX)
        abort();
    search->out[search->out_count++] = fingerprint;
    return true;
}

/* What is written down whatever the facts are. */
static bool is_note(int event)
{
    switch (event) {
    case CASE_RECEIVED:
    case CASE_LINKED:
    case CASE_UNLINKED:
    case CASE_ALLEGATION_ADDED:
    case CASE_ALLEGATION_DECIDED:
    case CASE_ASSIGNED:
    case CASE_RECUSED:
    case CASE_GUIDANCE_GIVEN:
    case CASE_AGREEMENT_CHANGED:
    case CASE_MEETING:
    case CASE_PROGRESS:
    case CASE_RULES_MIGRATED:
    case CASE_CORRECTED:
    case CASE_REMINDED:
        return true;
    default:
        return false;
    }
}

/* FACTS: who signs and what notes do is left to the other forms, so a proposal is signed as soon as
 * it is drafted. */
static bool is_left_out(const struct search *search, const struct model_step *called)
{
    int event = called->event - 1;
    bool own = called->target == promela_letter(search->process, search->state->stage->letter);
    if (search->form == SEARCH_PEOPLE)
        return event == CASE_DISPUTED || event == CASE_DISPUTE_ENDED || event == CASE_FINDING_MET ||
               event == CASE_FINDING_NOT_MET;
    if (search->form == SEARCH_FACTS && search->state->started && is_note(event))
        return true;
    if (search->form == SEARCH_FACTS && event == CASE_NOTICE_DRAFTED && !own)
        return called->machine || called->same;
    return false;
}

static void sign(const struct search *search, const struct model_step *called,
                 struct case_state *state)
{
    struct case_letter *proposal = &state->proposal;
    bool drafted = called->event - 1 == CASE_NOTICE_DRAFTED &&
                   called->target == promela_letter(search->process, proposal->id);
    if (search->form == SEARCH_FACTS && drafted)
        *proposal =
            letter_again(proposal->id, true, promela_approvals(search->process, proposal->id));
}

static void try_step(void *context, const struct case_step *step, const struct model_step *called)
{
    struct search *search = context;
    static struct case_outcome outcome;
    struct error_detail detail = {""};
    if (is_left_out(search, called))
        return;
    int result = case_apply(search->state, step, &outcome, &detail);
    if (result == ERR_REFUSED)
        return;
    if (result < 0) {
        fprintf(stderr, "%s\n", detail.text);
        abort();
    }
    sign(search, called, &outcome.state);
    struct model_state view = model_state_of(&outcome.state);
    uint64_t after = model_key(&view), code = model_step_code(called);
    after += search->everything ? rest_of(&outcome) : 0;
    search->taken++;
    if (is_new(search, record_mix(code) ^ after))
        record_add(search->before, called->event, code, after);
    visit(search, &outcome.state);
}

static size_t late_alone(const struct search *search)
{
    size_t alone = 0;
    for (size_t i = 0; i < search->late_count; i++)
        alone += mark(search->late[i]);
    return alone;
}

int search_engine(const struct process *process, enum search_form form, bool everything,
                  const char *path)
{
    struct search search = {.process = process, .form = form, .everything = everything};
    static struct case_state state;
    search.queue = calloc(QUEUE_MAX, sizeof *search.queue);
    search.late = calloc(QUEUE_MAX, sizeof *search.late);
    visited = calloc(VISITED_SLOTS, sizeof *visited);
    if (!search.queue || !search.late || !visited)
        abort();
    case_state_init(&state, process);
    visit(&search, &state);
    while (search.head < search.tail) {
        state_again(&search, &search.queue[search.head], &state);
        search.state = &state;
        search.before = key_of(&search, &state, &search.queue[search.head].view);
        search.out_count = 0;
        steps_each(&state, try_step, &search);
        search.head++;
    }
    size_t alone = late_alone(&search);
    printf("%zu states, %zu steps taken, %zu late states alone\n", search.tail, search.taken,
           alone);
    record_write(path);
    free(search.queue);
    free(search.late);
    free(visited);
    return alone ? 1 : 0;
}
