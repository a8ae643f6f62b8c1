#include "cases/letter.h"

#include <string.h>

bool actors_have(const struct case_actors *actors, const char *name)
{
    for (size_t i = 0; i < actors->count; i++) {
        if (strcmp(actors->names[i], name) == 0)
            return true;
    }
    return false;
}

int actors_add(struct case_actors *actors, const char *name, const char *role)
{
    if (actors_have(actors, name))
        return 0;
    if (actors->count == CASE_ACTORS_MAX)
        return ERR_LIMIT;
    CASE_TEXT(actors->names[actors->count], name);
    CASE_TEXT(actors->roles[actors->count], role);
    actors->count++;
    return 0;
}

bool role_is_machine(const char *role)
{
    return strcmp(role, "machine") == 0;
}

struct case_letter *letter_of(struct case_state *state, const char *id)
{
    if (id[0] == '\0')
        return NULL;
    if (strcmp(id, state->stage->letter) == 0)
        return &state->letter;
    return strcmp(id, state->proposal.id) == 0 ? &state->proposal : NULL;
}

bool letter_is_proposable(const struct case_state *state, const char *id)
{
    const struct process *process = state->process;
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->from == state->stage && edge->to != edge->from && edge->approvals.needed > 0 &&
            strcmp(edge->to->letter, id) == 0)
            return true;
    }
    return false;
}

int letter_draft(struct case_letter *letter, const struct case_step *step)
{
    bool same_letter = strcmp(letter->id, step->letter) == 0;
    bool same_bytes = same_letter && digest_equal(&letter->sha256, &step->sha256);
    if (!same_letter) {
        *letter = (struct case_letter){0};
        CASE_TEXT(letter->id, step->letter);
    }
    if (!same_bytes) {
        letter->approvers = (struct case_actors){0};
        letter->adopted = false;
        letter->demand_count = 0;
    }
    if (step->demand_count)
        letter->demand_count = step->demand_count;
    letter->sha256 = step->sha256;
    letter->adopted = letter->adopted || !role_is_machine(step->role);
    letter->since = step->at;
    return actors_add(&letter->drafters, step->actor, step->role);
}

int letter_approve(struct case_letter *letter, const struct case_step *step,
                   struct error_detail *detail)
{
    if (!digest_equal(&letter->sha256, &step->sha256))
        return error_set(detail, ERR_REFUSED,
                         "the approval is for other bytes than the letter '%s' has now",
                         step->letter);
    if (actors_have(&letter->drafters, step->actor))
        return error_set(detail, ERR_REFUSED,
                         "%s drafted or edited the letter '%s' and may not approve it", step->actor,
                         step->letter);
    if (actors_have(&letter->approvers, step->actor))
        return error_set(detail, ERR_REFUSED, "%s has approved the letter '%s' already",
                         step->actor, step->letter);
    letter->since = step->at;
    return actors_add(&letter->approvers, step->actor, step->role);
}

static bool role_may_approve(const struct approvals *approvals, const char *role)
{
    for (size_t i = 0; i < approvals->role_count; i++) {
        if (strcmp(approvals->roles[i], role) == 0)
            return true;
    }
    return approvals->role_count == 0;
}

/* A drafter who adopted after approving, or a person recused since, no longer counts. */
static int check_approvals(const struct case_letter *letter, const struct approvals *approvals,
                           const struct case_actors *recused, struct error_detail *detail)
{
    int valid = 0;
    const struct case_actors *approvers = &letter->approvers;
    if (letter->id[0] == '\0')
        return error_set(detail, ERR_REFUSED, "no letter has been drafted for it");
    if (!letter->adopted)
        return error_set(detail, ERR_REFUSED,
                         "the letter '%s' was drafted by a machine and no person adopted it",
                         letter->id);
    for (size_t i = 0; i < approvers->count; i++)
        valid += role_may_approve(approvals, approvers->roles[i]) &&
                 !actors_have(&letter->drafters, approvers->names[i]) &&
                 !actors_have(recused, approvers->names[i]);
    if (valid < approvals->needed)
        return error_set(detail, ERR_REFUSED, "the letter '%s' has %d of %d approvals", letter->id,
                         valid, approvals->needed);
    return 0;
}

int letter_check_edge(const struct case_state *state, const struct edge *edge,
                      struct error_detail *detail)
{
    bool moves = edge->to != edge->from;
    const struct case_letter *letter = moves ? &state->proposal : &state->letter;
    if (edge->approvals.needed == 0)
        return 0;
    if (moves && strcmp(letter->id, edge->to->letter) != 0)
        return error_set(detail, ERR_REFUSED, "the letter '%s' has not been drafted and approved",
                         edge->to->letter);
    return check_approvals(letter, &edge->approvals, &state->recused, detail);
}
