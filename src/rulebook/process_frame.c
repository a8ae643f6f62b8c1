/* The frame: what no rulebook may weaken. Facts are finite, so "this guard implies that" is
 * answered by walking every combination of the facts that matter. */
#include "model/party.h"
#include "rulebook/process_build.h"

#include <stdarg.h>
#include <stdio.h>

struct frame {
    const struct process *process;
    const char *file;
    struct yaml_faults *faults;
    int top_level; /* of the informal stages */
};

__attribute__((format(printf, 3, 4))) static void
refuse(const struct frame *frame, const struct edge *edge, const char *format, ...)
{
    char words[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    yaml_fault_at(frame->faults, frame->file, edge->line, 1, "'%s' from %s to %s: %s",
                  case_event_text(edge->event), edge->from->id, edge->to->id, words);
}

/* --- walking facts --- */

typedef bool fact_test(const struct edge *edge, const struct case_facts *facts);

static bool small_enough(uint32_t mask)
{
    size_t combinations = 1, count;
    for (int fact = 0; fact < CASE_FACT_COUNT; fact++) {
        if (mask >> fact & 1) {
            case_fact_words((enum case_fact)fact, &count);
            combinations *= count;
        }
    }
    return combinations <= PROCESS_FACTS_MAX;
}

/* Whether `test` holds for every combination in which the edge can be taken. */
static bool implies(const struct edge *edge, uint32_t mask, fact_test *test)
{
    static const struct case_facts none;
    struct guard_walk walk;
    guard_walk_begin(&walk, &none, mask | edge->guard.facts | case_event_facts(edge->event));
    do {
        if (case_facts_possible(edge->event, &walk.facts) &&
            guard_holds(&edge->guard, &walk.facts) && !test(edge, &walk.facts))
            return false;
    } while (guard_walk_next(&walk));
    return true;
}

#define BIT(name) (1U << FACT_##name)

/* The letter's time is over without an adequate answer, or a person found the answer inadequate. */
static const uint32_t failed_facts = BIT(EXPIRED) | BIT(ANSWER) | BIT(PLAN);

static bool has_failed(const struct case_facts *facts)
{
    uint8_t answer = facts->values[FACT_ANSWER];
    if (answer == ANSWER_INADEQUATE)
        return true;
    bool settled = answer == ANSWER_RECEIVED || answer == ANSWER_ADEQUATE;
    return facts->values[FACT_EXPIRED] && (!settled || facts->values[FACT_PLAN] == PLAN_OVERDUE);
}

static bool level_has_failed(const struct edge *edge, const struct case_facts *facts)
{
    (void)edge;
    return has_failed(facts) && facts->values[FACT_EXPIRED];
}

static bool ground_or_failed(const struct edge *edge, const struct case_facts *facts)
{
    if (facts->values[FACT_GROUND] != GROUND_NONE)
        return edge->approvals.needed >= 2;
    return has_failed(facts);
}

static bool ground_or_expired(const struct edge *edge, const struct case_facts *facts)
{
    if (facts->values[FACT_GROUND] != GROUND_NONE)
        return edge->approvals.needed >= 2;
    return facts->values[FACT_EXPIRED];
}

static bool ground_alone(const struct edge *edge, const struct case_facts *facts)
{
    return facts->values[FACT_GROUND] != GROUND_NONE && edge->approvals.needed >= 2;
}

static bool put_right(const struct edge *edge, const struct case_facts *facts)
{
    (void)edge;
    return facts->values[FACT_FINDING] == FINDING_MET ||
           facts->values[FACT_ANSWER] == ANSWER_ADEQUATE;
}

/* A sanction whose notice has run is held by a dispute alone. */
static bool held_no_longer(const struct edge *edge, const struct case_facts *facts)
{
    (void)edge;
    uint8_t dispute = facts->values[FACT_DISPUTE];
    return facts->values[FACT_EXPIRED] &&
           (dispute == DISPUTE_UPHELD || dispute == DISPUTE_WITHDRAWN);
}

/* --- F2 to F4, F7, F8: moves --- */

static void check_into_informal(const struct frame *frame, const struct edge *edge)
{
    int rise = edge->to->level - edge->from->level;
    if (edge->from->kind == STAGE_INTAKE) {
        if (edge->to->level != 1 || edge->event != CASE_OPENED)
            refuse(frame, edge, "from intake 'opened' leads to level 1 (F2)");
        return;
    }
    if (edge->from->kind != STAGE_INFORMAL)
        refuse(frame, edge, "an informal stage follows intake or an informal one (F2)");
    else if (rise > 1)
        refuse(frame, edge, "a level rises by one, not by %d (F2)", rise);
    else if (rise == 1 && edge->event != CASE_DEADLINE_PASSED && edge->event != CASE_ANSWER_JUDGED)
        refuse(frame, edge, "only an expired time or a judged answer raises a level (F2)");
    else if (rise == 1 && !implies(edge, failed_facts, level_has_failed))
        refuse(frame, edge, "the level rises although it has not failed (F2)");
}

static void check_into_escalated(const struct frame *frame, const struct edge *edge)
{
    if (edge->event != CASE_ESCALATED)
        refuse(frame, edge, "only 'escalated' escalates (F3)");
    if (edge->from->kind != STAGE_INTAKE && edge->from->kind != STAGE_INFORMAL)
        refuse(frame, edge, "only intake and informal stages are escalated (F3)");
    if (edge->approvals.needed < 1)
        refuse(frame, edge, "an escalated notice needs an approval (F7)");
}

static void check_into_formal(const struct frame *frame, const struct edge *edge)
{
    bool fits = edge->to->kind == STAGE_BREACH
                    ? edge->event == CASE_BREACHED
                    : edge->event == CASE_SUSPENDED || edge->event == CASE_TERMINATED ||
                          edge->event == CASE_NOT_RENEWED;
    fact_test *test = ground_alone;
    if (edge->from->kind == STAGE_ESCALATED ||
        (edge->from->kind == STAGE_INFORMAL && edge->from->level == frame->top_level))
        test = ground_or_failed;
    if (stage_is_formal(edge->from))
        test = ground_or_expired;
    if (!fits)
        refuse(frame, edge,
               "'breached' leads to a breach, 'suspended', 'terminated' and "
               "'not-renewed' to a sanction, nothing else does (F4)");
    if (edge->approvals.needed < 1)
        refuse(frame, edge, "a formal stage needs an approval (F7)");
    if (!implies(edge, failed_facts | BIT(GROUND), test))
        refuse(frame, edge,
               "a formal stage follows the failed highest level, a failed escalated "
               "notice, an expired breach or sanction, or a ground with two "
               "approvers (F4)");
}

static void check_into_end(const struct frame *frame, const struct edge *edge)
{
    bool formal = stage_is_formal(edge->from);
    bool by_time = edge->event == CASE_DEADLINE_PASSED || edge->event == CASE_DISPUTE_ENDED;
    bool fits = edge->event == CASE_RESCINDED;
    if (formal)
        fits = fits || edge->event == CASE_CURED || (by_time && edge->from->kind == STAGE_SANCTION);
    else
        fits = fits || edge->event == CASE_CLOSED;
    if (!fits || edge->from->kind == STAGE_END)
        refuse(frame, edge, "this event does not end a case here (F8)");
    if (edge->event == CASE_RESCINDED && edge->approvals.needed < 1)
        refuse(frame, edge, "a notice is rescinded with an approval (F7)");
    if (edge->event == CASE_CURED && !implies(edge, BIT(FINDING) | BIT(ANSWER), put_right))
        refuse(frame, edge, "cured although nothing shows that it was put right (F8)");
    if (edge->event == CASE_DISPUTE_ENDED &&
        !implies(edge, BIT(EXPIRED) | BIT(DISPUTE), held_no_longer))
        refuse(frame, edge,
               "a dispute ends a case only when the notice has run and the "
               "determination stands (F8)");
}

static void check_move(const struct frame *frame, const struct edge *edge)
{
    if (edge->event == CASE_RULES_MIGRATED && !edge->second_person)
        refuse(frame, edge, "another law for a running case needs a second person (F7)");
    if (edge->to == edge->from)
        return;
    if (!case_event_moves(edge->event)) {
        refuse(frame, edge, "this event never moves a case (F2)");
        return;
    }
    switch (edge->to->kind) {
    case STAGE_INTAKE:
        if (edge->from->kind != STAGE_END || edge->event != CASE_REOPENED)
            refuse(frame, edge, "only 'reopened' leads back to intake, from an end (F8)");
        return;
    case STAGE_INFORMAL:
        check_into_informal(frame, edge);
        return;
    case STAGE_ESCALATED:
        check_into_escalated(frame, edge);
        return;
    case STAGE_BREACH:
    case STAGE_SANCTION:
        check_into_formal(frame, edge);
        return;
    case STAGE_END:
        check_into_end(frame, edge);
        return;
    case STAGE_PARALLEL:
    case STAGE_KIND_COUNT:
        break;
    }
    refuse(frame, edge, "a case does not move into a parallel region");
}

/* --- F1: effects --- */

static void check_effects(const struct frame *frame, const struct edge *edge)
{
    bool from_formal = stage_is_formal(edge->from);
    for (size_t i = 0; i < edge->effect_count; i++) {
        enum case_effect effect = edge->effects[i].effect;
        if (effect == EFFECT_PUBLISH && !(stage_is_formal(edge->to) && edge->to == edge->from &&
                                          edge->event == CASE_NOTICE_SENT))
            refuse(frame, edge, "only the service of a formal notice publishes (F1)");
        if (effect == EFFECT_UPDATE_PUBLICATION && !from_formal && !stage_is_end(edge->from))
            refuse(frame, edge, "nothing informal is told to the public (F1)");
    }
}

/* --- F5, F6: clocks --- */

static bool sets_deadline(const struct edge *edge)
{
    for (size_t i = 0; i < edge->effect_count; i++) {
        if (edge->effects[i].effect == EFFECT_SET_DEADLINE)
            return true;
    }
    return false;
}

static const struct deadline_rule *clock_of(const struct edge *edge, const struct case_facts *facts)
{
    for (size_t i = 0; i < edge->clock_count; i++) {
        if (guard_holds(&edge->clocks[i]->when, facts))
            return edge->clocks[i];
    }
    return NULL;
}

static bool has_clock(const struct edge *edge, const struct case_facts *facts)
{
    return clock_of(edge, facts) != NULL;
}

static uint32_t clock_facts(const struct edge *edge)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < edge->clock_count; i++)
        mask |= edge->clocks[i]->when.facts;
    return mask;
}

/* Every clock that the edge may choose for this kind of party. A working-day count of n lasts at
 * least n calendar days; hours are not days. */
static void check_cure(const struct frame *frame, const struct edge *edge,
                       const struct minimum_cure *least, uint8_t party)
{
    struct case_facts facts = {{0}};
    struct guard_walk walk;
    facts.values[FACT_PARTY] = party;
    guard_walk_begin(&walk, &facts, clock_facts(edge) & ~BIT(PARTY));
    do {
        const struct deadline_rule *rule = clock_of(edge, &walk.facts);
        if (rule && (rule->unit == UNIT_HOURS || rule->n < least->days)) {
            refuse(frame, edge, "clock '%s' is shorter than the %d days of %s (F6)", rule->id,
                   least->days, least->clause);
            return;
        }
    } while (guard_walk_next(&walk));
}

static void check_cures(const struct frame *frame, const struct edge *edge)
{
    const struct process *process = frame->process;
    for (uint8_t party = 0; party < 2; party++) {
        bool known = false;
        for (size_t i = 0; i < process->minimum_count; i++) {
            if (!process->minimum_cures[i].for_party[party])
                continue;
            known = true;
            check_cure(frame, edge, &process->minimum_cures[i], party);
        }
        if (!known)
            refuse(frame, edge, "'minimum-cures' names no cure time for a %s (F6)",
                   party_kind_text((enum party_kind)party));
    }
}

static void check_clock(const struct frame *frame, const struct edge *edge)
{
    bool by_date = edge->event == CASE_EXTENDED || edge->event == CASE_REMEDIATION_AGREED ||
                   edge->event == CASE_RESUMED || edge->event == CASE_CLARIFIED ||
                   edge->event == CASE_RECALCULATED;
    bool sets = sets_deadline(edge);
    /* An answer that is found wanting after all gives the time back that was left. */
    by_date = by_date || (edge->event == CASE_ANSWER_JUDGED && sets);
    if (by_date && edge->clock_count > 0)
        refuse(frame, edge, "its date comes with the event, not from a clock");
    if (by_date && !sets)
        refuse(frame, edge, "it lacks the effect set-deadline (F5)");
    if (by_date)
        return;
    if (sets != (edge->clock_count > 0))
        refuse(frame, edge, "'clock' and the effect set-deadline go together (F5)");
    else if (sets && edge->event != CASE_NOTICE_SENT)
        refuse(frame, edge, "a clock starts with effective service alone (F5)");
    else if (sets && !implies(edge, clock_facts(edge), has_clock))
        refuse(frame, edge, "for some cases none of its clocks holds (F5)");
    else if (sets && edge->to->kind == STAGE_BREACH)
        check_cures(frame, edge);
}

static bool some_edge_holds(const struct process *process, const struct stage *stage,
                            enum case_event_type event, const struct case_facts *facts)
{
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->from == stage && edge->event == event && guard_holds(&edge->guard, facts))
            return true;
    }
    return false;
}

/* What the clock of a stage, or a milestone of its plan, can meet when its moment comes: something
 * must be listed. */
static void check_due_moment(const struct frame *frame, const struct edge *setter,
                             enum case_event_type event)
{
    static const struct case_facts none;
    const struct process *process = frame->process;
    struct guard_walk walk;
    uint32_t mask = case_event_facts(event);
    for (size_t i = 0; i < process->edge_count; i++) {
        if (process->edges[i].from == setter->to && process->edges[i].event == event)
            mask |= process->edges[i].guard.facts;
    }
    guard_walk_begin(&walk, &none, mask);
    do {
        if (case_facts_possible(event, &walk.facts) &&
            !some_edge_holds(process, setter->to, event, &walk.facts)) {
            refuse(frame, setter,
                   "no '%s' of %s covers every case: a deadline would pass silently (F5)",
                   case_event_text(event), setter->to->id);
            return;
        }
    } while (guard_walk_next(&walk));
}

/* --- F9: order does not matter, everything can be reached --- */

static void check_overlap(const struct frame *frame, const struct edge *one,
                          const struct edge *other)
{
    static const struct case_facts none;
    struct guard_walk walk;
    uint32_t mask = one->guard.facts | other->guard.facts | case_event_facts(one->event);
    if (one->from != other->from || one->event != other->event)
        return;
    if (!small_enough(mask)) {
        refuse(frame, other, "its guard asks about too many facts at once");
        return;
    }
    guard_walk_begin(&walk, &none, mask);
    do {
        if (case_facts_possible(one->event, &walk.facts) && guard_holds(&one->guard, &walk.facts) &&
            guard_holds(&other->guard, &walk.facts)) {
            refuse(frame, other, "its guard and that of line %d hold together (F9)", one->line);
            return;
        }
    } while (guard_walk_next(&walk));
}

static bool possible(const struct edge *edge, const struct case_facts *facts)
{
    (void)edge, (void)facts;
    return false;
}

static void check_stages(const struct frame *frame)
{
    const struct process *process = frame->process;
    bool reached[PROCESS_STAGES_MAX] = {false}, left[PROCESS_STAGES_MAX] = {false};
    bool changed = true;
    reached[process->initial - process->stages] = true;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < process->edge_count; i++) {
            const struct edge *edge = &process->edges[i];
            ptrdiff_t from = edge->from - process->stages, to = edge->to - process->stages;
            left[from] = left[from] || to != from;
            if (reached[from] && !reached[to])
                reached[to] = changed = true;
        }
    }
    for (size_t i = 0; i < process->stage_count; i++) {
        const struct stage *stage = &process->stages[i];
        if (!reached[i])
            yaml_fault_at(frame->faults, frame->file, 0, 0, "stage '%s' cannot be reached (F9)",
                          stage->id);
        if (!left[i] && !stage_is_end(stage))
            yaml_fault_at(frame->faults, frame->file, 0, 0, "no edge leads out of stage '%s' (F5)",
                          stage->id);
    }
}

static void check_edge(const struct frame *frame, const struct edge *edge)
{
    if (!small_enough(edge->guard.facts | failed_facts | clock_facts(edge) | BIT(GROUND) |
                      BIT(FINDING) | case_event_facts(edge->event))) {
        refuse(frame, edge, "its guard asks about too many facts at once");
        return;
    }
    if (implies(edge, 0, possible))
        refuse(frame, edge, "its guard never holds (F9)");
    check_move(frame, edge);
    check_effects(frame, edge);
    check_clock(frame, edge);
    if (sets_deadline(edge))
        check_due_moment(frame, edge, CASE_DEADLINE_PASSED);
    if (edge->event == CASE_MILESTONE_AGREED)
        check_due_moment(frame, edge, CASE_MILESTONE_MISSED);
}

void process_check_frame(const struct process *process, const char *file,
                         struct yaml_faults *faults)
{
    struct frame frame = {.process = process, .file = file, .faults = faults};
    if (process->initial->kind != STAGE_INTAKE)
        yaml_fault_at(faults, file, 0, 0, "the initial stage must be of kind intake (F8)");
    for (size_t i = 0; i < process->stage_count; i++) {
        if (process->stages[i].level > frame.top_level)
            frame.top_level = process->stages[i].level;
    }
    for (size_t i = 0; i < process->edge_count; i++) {
        check_edge(&frame, &process->edges[i]);
        for (size_t j = 0; j < i; j++)
            check_overlap(&frame, &process->edges[j], &process->edges[i]);
    }
    check_stages(&frame);
}
