#include "cases/conduct.h"

static const char *const ends[] = {
#define E(name, text) text,
    CONDUCT_END_LIST(E)
#undef E
};

const char *conduct_end_text(enum conduct_end end)
{
    return ends[end];
}

struct walk {
    struct arena *arena;
    struct conduct conduct;
    struct conduct_notice *notice; /* the one that is answered or due next; NULL for none */
    bool ever_due;
};

static int begin_notice(struct walk *walk, const struct case_explanation *row)
{
    struct conduct *conduct = &walk->conduct;
    if (!row->deadline_changed)
        return 0;
    walk->notice =
        arena_push(walk->arena, &conduct->notices, &conduct->count, sizeof *walk->notice);
    if (!walk->notice)
        return ERR_LIMIT;
    *walk->notice = (struct conduct_notice){
        .stage = row->to, .served_at = row->event->at, .due_at = row->deadline.instant};
    return 0;
}

/* How a letter ends when the case leaves its stage. */
static enum conduct_end end_of_leaving(const struct case_explanation *row)
{
    if (row->event->type == CASE_RESCINDED)
        return CONDUCT_RESCINDED;
    return row->to->kind == STAGE_END ? CONDUCT_CLOSED : CONDUCT_SUPERSEDED;
}

static bool is_adequate(const struct case_event *event)
{
    struct case_step step;
    return event->type == CASE_ANSWER_JUDGED && case_step_decode(event, &step, NULL) >= 0 &&
           step.judgement == ANSWER_ADEQUATE;
}

static void put_right(struct walk *walk)
{
    walk->conduct.put_right = true;
    walk->conduct.cured_late = walk->conduct.cured_late || walk->ever_due;
}

static void take_answer(struct conduct_notice *notice, int64_t at)
{
    if (notice->answered_at)
        return;
    notice->answered_at = at;
    notice->late = at >= notice->due_at;
}

static void take_due(struct walk *walk, struct conduct_notice *notice)
{
    walk->ever_due = true;
    notice->overdue = notice->answered_at == 0;
    if (notice->end == CONDUCT_WAITS && notice->overdue)
        notice->end = CONDUCT_EXPIRED;
}

static void take_event(struct walk *walk, const struct case_explanation *row)
{
    struct conduct_notice *notice = walk->notice;
    enum case_event_type type = row->event->type;
    if (type == CASE_BOUNCED)
        walk->conduct.unreachable++;
    if (type == CASE_FINDING_MET || type == CASE_CURED || is_adequate(row->event))
        put_right(walk);
    if (!notice)
        return;
    if (type == CASE_ANSWERED)
        take_answer(notice, row->event->at);
    if (type == CASE_DEADLINE_PASSED)
        take_due(walk, notice);
    if (type == CASE_ANSWER_JUDGED && notice->end != CONDUCT_EXPIRED)
        notice->end = CONDUCT_ANSWERED;
    if (type == CASE_BOUNCED && row->deadline_changed)
        notice->end = CONDUCT_UNDELIVERED;
    if (row->deadline_changed && row->clock == CLOCK_RUNNING && type != CASE_NOTICE_SENT)
        notice->due_at = row->deadline.instant;
    if (row->from == row->to)
        return;
    if (notice->end == CONDUCT_WAITS)
        notice->end = end_of_leaving(row);
    walk->notice = NULL;
}

static bool any_counts(const struct case_state *state)
{
    for (size_t i = 0; i < state->allegation_count; i++) {
        if (state->allegations[i] == ALLEGATION_SUBSTANTIATED ||
            state->allegations[i] == ALLEGATION_CORRECTED)
            return true;
    }
    return false;
}

int conduct_of(const struct case_explanation *rows, size_t count, const struct case_state *state,
               struct arena *arena, struct conduct *ret_conduct)
{
    struct walk walk = {.arena = arena};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        take_event(&walk, &rows[i]);
        if (rows[i].event->type == CASE_NOTICE_SENT)
            result = begin_notice(&walk, &rows[i]);
    }
    if (result < 0)
        return result;
    walk.conduct.counts = any_counts(state);
    *ret_conduct = walk.conduct;
    return 0;
}
