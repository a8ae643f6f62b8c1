#include "cases/correction.h"

#include <stdio.h>
#include <string.h>

/* By what an event is taken back that a correction does not reach; NULL for a note. */
static const char *way_of(enum case_event_type type)
{
    static const struct {
        enum case_event_type type;
        const char *way;
    } ways[] = {
        {CASE_NOTICE_DRAFTED, "a new draft of the letter"},
        {CASE_NOTICE_APPROVED, "a new draft, whose other bytes void it"},
        {CASE_NOTICE_SENT, "'rescinded', or 'bounced' when it came back"},
        {CASE_BOUNCED, "sending the letter again"},
        {CASE_ANSWERED, "a judgement of the answer"},
        {CASE_ANSWER_JUDGED, "a judgement of the answer that comes next"},
        {CASE_EXTENDED, "nothing: a date that was given is not taken away"},
        {CASE_TOLLED, "'resumed'"},
        {CASE_RESUMED, "'tolled'"},
        {CASE_REMEDIATION_AGREED, "another plan"},
        {CASE_MILESTONE_AGREED, "another plan"},
        {CASE_MILESTONE_MET, "another plan"},
        {CASE_MILESTONE_MISSED, "'milestone-met'"},
        {CASE_DEADLINE_PASSED, "nothing: time does not run back"},
        {CASE_FINDING_MET, "another measurement"},
        {CASE_FINDING_NOT_MET, "another measurement"},
        {CASE_DISPUTED, "'dispute-ended' as withdrawn"},
        {CASE_DISPUTE_ENDED, "'disputed'"},
        {CASE_CALL_WAIVED, "a call"},
        {CASE_RULES_MIGRATED, "another migration"},
        {CASE_CORRECTED, "recording again what was taken back"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (ways[i].type == type)
            return ways[i].way;
    }
    return NULL;
}

static bool is_corrected(const struct case_explanation *rows, size_t count, uint32_t seq)
{
    char text[16];
    struct case_step step;
    snprintf(text, sizeof text, "%u", seq);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].event->type == CASE_CORRECTED &&
            case_step_decode(rows[i].event, &step, NULL) >= 0 && strcmp(step.object, text) == 0)
            return true;
    }
    return false;
}

/* Whether this event proves that the party was called, and still does. */
static bool proves_a_call(const struct case_explanation *rows, size_t count, size_t at)
{
    struct case_step step;
    const struct case_event *event = rows[at].event;
    if (event->type == CASE_CALL_WAIVED)
        return true;
    return event->type == CASE_CALL && case_step_decode(event, &step, NULL) >= 0 &&
           step.call != CALL_NOTED && !is_corrected(rows, count, event->seq);
}

/* Index of the first event in the present stage. */
static size_t stage_begin(const struct case_explanation *rows, size_t count)
{
    size_t at = count;
    while (at > 0 && rows[at - 1].from == rows[at - 1].to)
        at--;
    return at;
}

/* A call that was none leaves the party uncalled, unless another one in this stage stands. */
static void take_back_call(const struct case_explanation *rows, size_t count, size_t at,
                           struct case_step *step)
{
    size_t begin = stage_begin(rows, count);
    if (at < begin || !proves_a_call(rows, count, at))
        return;
    for (size_t i = begin; i < count; i++) {
        if (i != at && proves_a_call(rows, count, i))
            return;
    }
    step->takes_back = TAKES_BACK_CALL;
}

int correction_fill(const struct case_explanation *rows, size_t count, uint32_t seq,
                    struct case_step *step, struct error_detail *detail)
{
    if (seq == 0 || seq > count)
        return error_set(detail, ERR_NOT_FOUND, "the case has no event %u", seq);
    const struct case_explanation *row = &rows[seq - 1];
    const char *event = case_event_text(row->event->type), *way = way_of(row->event->type);
    if (is_corrected(rows, count, seq))
        return error_set(detail, ERR_REFUSED, "event %u is corrected already", seq);
    if (row->from != row->to)
        return error_set(detail, ERR_REFUSED,
                         "event %u, '%s', moved the case to '%s'; what was decided is taken back "
                         "by a decision, not by a correction",
                         seq, event, row->to->id);
    if (way)
        return error_set(detail, ERR_REFUSED,
                         "event %u, '%s', is not taken back by a correction but by %s", seq, event,
                         way);
    struct case_step mistaken;
    if (row->event->type == CASE_CALL)
        take_back_call(rows, count, seq - 1, step);
    if (row->event->type != CASE_RECUSED)
        return 0;
    int result = case_step_decode(row->event, &mistaken, detail);
    step->takes_back = TAKES_BACK_RECUSAL;
    return result < 0 ? result : CASE_TEXT(step->whom, mistaken.object);
}
