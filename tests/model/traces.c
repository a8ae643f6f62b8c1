/* Random walks of the real engine: with several people who draft, adopt, approve and are recused in
 * any order, and with events before and after the due moment. Nothing here leaves people or dates
 * out, as the search does. */
#include "traces.h"

#include "base/civil.h"
#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES_MAX = 600, PEOPLE = 7, TRIES_MAX = 3000 };

struct candidate {
    struct case_step step;
    struct model_step called;
};

struct walk {
    uint64_t random;
    struct candidate candidates[CANDIDATES_MAX];
    size_t count;
    struct case_state state;
};

static uint32_t draw(struct walk *walk, uint32_t below)
{
    walk->random += UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(record_mix(walk->random) % below);
}

static void collect(void *context, const struct case_step *step, const struct model_step *called)
{
    struct walk *walk = context;
    if (walk->count == CANDIDATES_MAX)
        abort();
    walk->candidates[walk->count++] = (struct candidate){.step = *step, .called = *called};
}

/* A person of a small office, so that drafters and approvers meet again. */
static void draw_person(struct walk *walk, char name[CASE_NAME_MAX])
{
    snprintf(name, CASE_NAME_MAX, "person%u", draw(walk, PEOPLE));
}

static void vary(struct walk *walk, struct case_step *step)
{
    bool by_person = strcmp(step->role, "machine") != 0;
    if ((step->type == CASE_NOTICE_DRAFTED && by_person) || step->type == CASE_NOTICE_APPROVED)
        draw_person(walk, step->actor);
    if (step->type == CASE_RECUSED && draw(walk, 20) == 0)
        draw_person(walk, step->object);
    if (draw(walk, 3) == 0)
        step->at += (int64_t)draw(walk, 4) * CIVIL_DAY_US;
}

/* The step in the model's words, once its outcome is known. */
static void call_it(const struct walk *walk, const struct case_step *step,
                    const struct model_state *after, struct model_step *called)
{
    struct model_state before = model_state_of(&walk->state);
    bool of_proposal =
        step->type == CASE_RECUSED ||
        (step->type == CASE_NOTICE_DRAFTED && called->same && called->target == before.proposal);
    called->approver = of_proposal && after->approvals < before.approvals;
    if (!walk->state.started && (step->type == CASE_RECEIVED || step->type == CASE_OPENED))
        called->choice = (int)step->party | step->violation << 1 | step->repeated << 2 |
                         (int)step->origin << 3 | (int)step->family << 5;
}

static void write_row(FILE *file, const struct model_step *called, const struct model_state *after)
{
#define F(name, bits) fprintf(file, "%d ", called->name);
    RECORD_STEP_FIELDS(F)
#undef F
    fprintf(file, "%llx\n", (unsigned long long)model_key(after));
}

/* Half of the steps are taken only when they change something, or notes would be most of a walk. */
static bool take_one(struct walk *walk, FILE *file)
{
    static struct case_outcome outcome;
    bool must_change = draw(walk, 2) == 0;
    struct model_state before = model_state_of(&walk->state);
    for (int i = 0; i < TRIES_MAX; i++) {
        struct candidate candidate = walk->candidates[draw(walk, (uint32_t)walk->count)];
        vary(walk, &candidate.step);
        if (case_apply(&walk->state, &candidate.step, &outcome, NULL) < 0)
            continue;
        struct model_state after = model_state_of(&outcome.state);
        if (must_change && model_key(&before) == model_key(&after))
            continue;
        call_it(walk, &candidate.step, &after, &candidate.called);
        write_row(file, &candidate.called, &after);
        walk->state = outcome.state;
        return true;
    }
    return false;
}

int traces_write(const struct process *process, const char *path, uint64_t seed, int count,
                 int length)
{
    static struct walk walk;
    FILE *file = fopen(path, "we");
    size_t steps = 0;
    if (!file)
        return 2;
    walk.random = seed;
    for (int i = 0; i < count; i++) {
        fputs("new\n", file);
        case_state_init(&walk.state, process);
        walk.state.allegation_count = 1;
        for (int j = 0; j < length; j++) {
            walk.count = 0;
            steps_each(&walk.state, collect, &walk);
            if (!take_one(&walk, file))
                break;
            steps++;
        }
    }
    printf("%d walks, %zu steps\n", count, steps);
    return fclose(file) == 0 ? 0 : 2;
}
