/* The process explored exhaustively equals tests/cases/edges.txt, which was written by hand.
 *
 * From a new case, every step that the engine allows is taken (breadth first, each distinct pair of
 * stage and facts once); at each, every event with every input is tried through case_apply() and
 * the outcome compared with the lines of the file. The file is read here by a reader of its own:
 * nothing of the loader or its guards is used for the expectation. */
#include "base/civil.h"
#include "cases/case.h"
#include "rulebook/yaml.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 1000, WORDS_MAX = 10, VISITED_SLOTS = 1 << 20, QUEUE_MAX = 1 << 18 };

struct condition {
    enum case_fact fact;
    uint8_t word;
    bool equal;
};

struct line {
    int number;
    char from[32], to[32];
    enum case_event_type event;
    struct condition conditions[WORDS_MAX];
    size_t count;
    int approvals;
    bool second;
    bool used;
};

static struct line lines[LINES_MAX];
static size_t line_count;
static struct process *process;

/* --- the hand-written file --- */

static bool in_group(const char *group, const char *stage)
{
    static const char *const groups[][2] = {
        {"INFORMAL", " inquiry notice1 notice2 notice3 "},
        {"QUIET", " inquiry notice1 notice2 notice3 escalated "},
        {"FORMAL", " breach suspension termination non-renewal "},
        {"WORKING",
         " inquiry notice1 notice2 notice3 escalated breach suspension termination non-renewal "},
        {"UNFINISHED", " intake inquiry notice1 notice2 notice3 escalated breach suspension "
                       "termination non-renewal "},
        {"LETTERED", " cured closed rescinded "},
        {"ENDED", " cured closed rescinded terminated not-renewed "},
    };
    char word[40];
    snprintf(word, sizeof word, " %s ", stage);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (strcmp(groups[i][0], group) == 0)
            return strstr(groups[i][1], word) != NULL;
    }
    return strcmp(group, "ANY") == 0 || strcmp(group, stage) == 0;
}

static void read_condition(struct line *line, char *word, bool negated)
{
    struct condition *condition = &line->conditions[line->count];
    if (strcmp(word, "second") == 0) {
        line->second = true;
        return;
    }
    if (strncmp(word, "approvals=", 10) == 0) {
        line->approvals = atoi(word + 10);
        return;
    }
    char *equals = strchr(word, '=');
    const char *value = equals ? equals + 1 : (negated ? "no" : "yes");
    condition->equal = !equals || equals[-1] != '!';
    if (equals)
        equals[condition->equal ? 0 : -1] = '\0';
    int index = -1;
    if (case_fact_parse(word, &condition->fact) == 0)
        index = case_fact_word(condition->fact, value);
    if (index < 0 || line->count == WORDS_MAX)
        fail_msg("edges.txt:%d: '%s'", line->number, word);
    condition->word = (uint8_t)index;
    line->count++;
}

static void read_line(char *text, int number)
{
    struct line *line = &lines[line_count++];
    char *reason = strstr(text, " | "), *arrow = strstr(text, " -> "), *rest = text, *word;
    bool negated = false;
    line->number = number;
    if (!reason || !arrow || line_count == LINES_MAX || strlen(reason) < 6)
        fail_msg("edges.txt:%d: no arrow or no reason", number);
    *reason = *arrow = '\0';
    snprintf(line->to, sizeof line->to, "%s", arrow + 4);
    snprintf(line->from, sizeof line->from, "%s", strsep(&rest, " "));
    word = strsep(&rest, " ");
    if (case_event_parse(word, &line->event) < 0)
        fail_msg("edges.txt:%d: event '%s'", number, word);
    while ((word = strsep(&rest, " "))) {
        if (strcmp(word, "not") == 0) {
            negated = true;
            continue;
        }
        read_condition(line, word, negated);
        negated = false;
    }
}

static void read_file(void)
{
    char text[500];
    int number = 0;
    FILE *file = fopen(PROJECT_ROOT "/tests/cases/edges.txt", "re");
    assert_non_null(file);
    while (fgets(text, sizeof text, file)) {
        number++;
        text[strcspn(text, "\n")] = '\0';
        if (text[0] && text[0] != '#')
            read_line(text, number);
    }
    fclose(file);
}

static struct line *find_line(const char *stage, enum case_event_type event,
                              const struct case_facts *facts)
{
    for (size_t i = 0; i < line_count; i++) {
        bool fits = lines[i].event == event && in_group(lines[i].from, stage);
        for (size_t c = 0; fits && c < lines[i].count; c++) {
            const struct condition *condition = &lines[i].conditions[c];
            fits = (facts->values[condition->fact] == condition->word) == condition->equal;
        }
        if (fits)
            return &lines[i];
    }
    return NULL;
}

/* --- steps --- */

/* Everything that a step may need; what an event does not look at does no harm. */
static struct case_step full_step(const struct case_state *state, enum case_event_type type)
{
    struct case_step step = {
        .type = type, .process = state->process, .violation = state->facts.values[FACT_VIOLATION]};
    step.at = state->last_at + CIVIL_DAY_US;
    if (type == CASE_DEADLINE_PASSED && state->deadline.due.instant > step.at)
        step.at = state->deadline.due.instant;
    step.service_at = step.at;
    step.until = state->deadline.due.date + 400;
    if (type == CASE_NOT_RENEWED)
        step.until = zone_day_of(zone_utc(), step.at);
    if (type == CASE_MILESTONE_AGREED)
        step.until = zone_day_of(zone_utc(), step.at);
    if (type == CASE_MILESTONE_MISSED && state->milestone_count > 0 &&
        state->milestones[0].instant > step.at)
        step.at = state->milestones[0].instant;
    step.call = CALL_NOT_REACHED;
    CASE_TEXT(step.imported, "by hand");
    CASE_TEXT(step.actor, type == CASE_NOTICE_APPROVED ? "signer" : "walker");
    CASE_TEXT(step.role, "analyst");
    CASE_TEXT(step.reason, "walk");
    CASE_TEXT(step.second, "other");
    CASE_TEXT(step.object, "object");
    CASE_TEXT(step.letter, state->stage->letter);
    step.sha256 = state->letter.sha256;
    if (type == CASE_NOTICE_DRAFTED)
        step.sha256.bytes[0] = 7;
    step.alleges = type == CASE_ALLEGATION_ADDED || state->seq == 0;
    step.number = 1;
    step.outcome = ALLEGATION_CORRECTED;
    return step;
}

/* What the facts of a step must be, by the words of the events alone. */
static struct case_facts facts_after(const struct case_state *state, const struct case_step *step,
                                     uint8_t ground, uint8_t closure)
{
    struct case_facts facts = state->facts;
    uint8_t *values = facts.values;
    values[FACT_GROUND] = ground;
    values[FACT_CLOSURE] = closure;
    values[FACT_CRITERION] = (uint8_t)step->criterion;
    if (step->type == CASE_OPENED)
        values[FACT_VIOLATION] = step->violation;
    if (step->type == CASE_ANSWER_JUDGED)
        values[FACT_ANSWER] = (uint8_t)step->judgement;
    if (step->type == CASE_DISPUTED || step->type == CASE_DISPUTE_ENDED)
        values[FACT_DISPUTE] = (uint8_t)step->dispute;
    if (step->type == CASE_MILESTONE_MISSED)
        values[FACT_PLAN] = PLAN_OVERDUE;
    if (step->type == CASE_DEADLINE_PASSED) {
        values[FACT_EXPIRED] = true;
        if (values[FACT_PLAN] == PLAN_AGREED)
            values[FACT_PLAN] = PLAN_OVERDUE;
    }
    return facts;
}

/* A proposal for the stage that the step would open, with `count` approvals. */
static void put_proposal(struct case_state *state, const char *to, int count)
{
    const struct stage *stage = process_stage_find(process, to);
    state->proposal = (struct case_letter){.adopted = true};
    CASE_TEXT(state->proposal.id, stage->letter);
    state->proposal.sha256.bytes[0] = 9;
    CASE_TEXT(state->proposal.drafters.names[0], "drafter");
    state->proposal.drafters.count = 1;
    for (int i = 0; i < count; i++) {
        snprintf(state->proposal.approvers.names[i], CASE_NAME_MAX, "approver%d", i);
        CASE_TEXT(state->proposal.approvers.roles[i], "manager");
        state->proposal.approvers.count++;
    }
}

static const char *describe(const struct case_state *state, const struct case_facts *facts)
{
    static char text[600];
    size_t used = (size_t)snprintf(text, sizeof text, "%s:", state->stage->id);
    for (int fact = 0; fact < CASE_FACT_COUNT && used < sizeof text; fact++) {
        size_t count;
        used += (size_t)snprintf(
            text + used, sizeof text - used, " %s=%s", case_fact_text((enum case_fact)fact),
            case_fact_words((enum case_fact)fact, &count)[facts->values[fact]]);
    }
    return text;
}

/* Events that state and time rule out before any edge is asked: the test's own words for it. */
static bool ruled_out(const struct case_state *state, const struct case_step *step)
{
    uint8_t letter = state->facts.values[FACT_LETTER];
    enum case_clock clock = state->deadline.clock;
    bool approved_stage = state->stage->kind == STAGE_ESCALATED || stage_is_formal(state->stage) ||
                          strcmp(state->stage->id, "rescinded") == 0;
    switch ((int)step->type) {
    case CASE_NOTICE_DRAFTED:
        return letter == LETTER_SENT || approved_stage || state->stage->letter[0] == '\0';
    case CASE_NOTICE_APPROVED:
        return state->letter.id[0] == '\0';
    case CASE_NOTICE_SENT:
        return letter == LETTER_SENT || letter == LETTER_NONE;
    case CASE_RESENT:
        return letter != LETTER_SENT;
    case CASE_BOUNCED:
        return letter == LETTER_NONE || letter == LETTER_BOUNCED ||
               (letter == LETTER_DRAFTED && !state->letter.adopted) ||
               (clock == CLOCK_RUNNING && step->at >= state->deadline.due.instant);
    case CASE_ANSWERED:
        return letter < LETTER_SENT;
    case CASE_ANSWER_JUDGED:
    case CASE_ITEM_JUDGED:
        return state->facts.values[FACT_ANSWER] != ANSWER_RECEIVED;
    case CASE_EXTENDED:
    case CASE_TOLLED:
    case CASE_CLARIFIED:
    case CASE_RECALCULATED:
    case CASE_REMINDED:
        return clock != CLOCK_RUNNING || step->at >= state->deadline.due.instant;
    case CASE_RESUMED:
        return clock != CLOCK_STOPPED;
    case CASE_REMEDIATION_AGREED:
        return clock == CLOCK_STOPPED || letter != LETTER_SENT || !state->deadline.due.rule;
    case CASE_CALL_WAIVED:
        return letter != LETTER_SENT;
    case CASE_MILESTONE_AGREED: /* one at once is enough to walk */
        return clock != CLOCK_RUNNING || state->facts.values[FACT_PLAN] != PLAN_AGREED ||
               state->milestone_count > 0 || step->until > state->deadline.due.date;
    case CASE_MILESTONE_MET:
        return state->milestone_count == 0 || state->milestones[0].state == MILESTONE_MET;
    case CASE_MILESTONE_MISSED:
        return state->milestone_count == 0 || state->milestones[0].state != MILESTONE_OPEN ||
               clock == CLOCK_STOPPED;
    case CASE_DISPUTE_ENDED:
        return state->facts.values[FACT_DISPUTE] != DISPUTE_OPEN;
    case CASE_DEADLINE_PASSED:
        return clock != CLOCK_RUNNING;
    default:
        return false;
    }
}

/* --- breadth first --- */

static struct calendar *older;
static struct case_state *queue;
static size_t queue_head, queue_tail;
static uint64_t *visited;
static size_t taken, refused;

static uint64_t key_of(const struct case_state *state)
{
    uint64_t key = (uint64_t)(state->stage - process->stages) + 1;
    for (int fact = 0; fact < CASE_FACT_COUNT; fact++)
        key = key * 5 + state->facts.values[fact];
    key = key * 3 + (uint64_t)state->deadline.clock;
    /* One that was met holds nothing any more. */
    bool holds = state->milestone_count && state->milestones[0].state != MILESTONE_MET;
    key = key * 4 + (holds ? 1 + (uint64_t)state->milestones[0].state : 0);
    return key * 2 + (state->deadline.due.rule != NULL);
}

static void visit(const struct case_state *state)
{
    uint64_t key = key_of(state);
    size_t slot = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 44) % VISITED_SLOTS;
    while (visited[slot]) {
        if (visited[slot] == key)
            return;
        slot = (slot + 1) % VISITED_SLOTS;
    }
    visited[slot] = key;
    assert_true(queue_tail < QUEUE_MAX);
    queue[queue_tail] = *state;
    /* Instants do not matter to which edge is taken; they must not grow without end. */
    queue[queue_tail].proposal = (struct case_letter){0};
    queue[queue_tail].allegation_count = 1;
    queue[queue_tail].letter.demand_count = 1;
    memset(queue[queue_tail].items, 0, sizeof queue[queue_tail].items);
    queue_tail++;
}

static void expect_refused(const struct case_state *state, const struct case_step *step,
                           const char *why)
{
    struct case_outcome outcome;
    struct error_detail detail = {""};
    if (case_apply(state, step, &outcome, &detail) != ERR_REFUSED)
        fail_msg("%s: '%s' was allowed although %s", describe(state, &state->facts),
                 case_event_text(step->type), why);
    assert_non_null(strstr(detail.text, "is refused: "));
    refused++;
}

static void expect_taken(struct case_state *state, struct case_step *step, struct line *line,
                         const struct case_facts *facts)
{
    struct case_outcome outcome;
    struct error_detail detail = {""};
    const char *to = strcmp(line->to, "=") == 0 ? state->stage->id : line->to;
    line->used = true;
    if (line->approvals) {
        put_proposal(state, to, line->approvals - 1);
        expect_refused(state, step, "an approver was missing (invariant 8)");
        put_proposal(state, to, line->approvals);
    }
    if (line->second) {
        CASE_TEXT(step->second, step->actor);
        expect_refused(state, step, "there was no second person (invariant 5)");
        CASE_TEXT(step->second, "other");
    }
    int result = case_apply(state, step, &outcome, &detail);
    if (result < 0)
        fail_msg("line %d: %s: %s", line->number, describe(state, facts), detail.text);
    if (strcmp(outcome.state.stage->id, to) != 0)
        fail_msg("line %d: %s: went to %s", line->number, describe(state, facts),
                 outcome.state.stage->id);
    assert_int_equal(outcome.edge->approvals.needed, line->approvals);
    taken++;
    visit(&outcome.state);
}

/* As if its clock had been set by an older calendar, in which every day is worked. */
static void age_calendar(struct case_state *state)
{
    static const char text[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
                               "X-BAILIWICK-WEEKEND:NONE\r\nEND:VCALENDAR\r\n";
    struct deadline *due = &state->deadline.due;
    if (!older)
        assert_int_equal(calendar_parse("icann", text, sizeof text - 1, &older, NULL), 0);
    if (state->deadline.clock == CLOCK_NONE)
        return;
    due->calendar = older;
    if (civil_weekday(due->day_zero) == SUNDAY) /* the five days after it have no weekend */
        due->service_at += CIVIL_DAY_US;
    assert_int_equal(deadline_again(due, NULL, NULL, due), 0);
}

/* A state is large and there are millions of steps: the one state is put back, not copied for each.
 */
static void try_step(struct case_state *state, struct case_step *step, uint8_t ground,
                     uint8_t closure)
{
    struct case_deadline deadline = state->deadline;
    if (step->type == CASE_RECALCULATED)
        age_calendar(state);
    struct case_facts facts = facts_after(state, step, ground, closure);
    struct line *line = find_line(state->stage->id, step->type, &facts);
    if (!line)
        expect_refused(state, step, "no line of edges.txt allows it");
    else if (ruled_out(state, step))
        expect_refused(state, step, "state and time rule it out");
    else
        expect_taken(state, step, line, &facts);
    state->deadline = deadline;
    state->proposal = (struct case_letter){0};
}

static void try_grounds(struct case_state *state, struct case_step *step)
{
    try_step(state, step, GROUND_NONE, 0);
    for (size_t i = 0; i < process->ground_count; i++) {
        const struct ground *ground = &process->grounds[i];
        if (!ground->for_party[state->facts.values[FACT_PARTY]])
            continue;
        CASE_TEXT(step->ground, ground->id);
        try_step(state, step, (uint8_t)ground->kind, 0);
    }
}

static void try_event(struct case_state *state, enum case_event_type type)
{
    static const char *const codes[] = {"", "noncompliance-corrected", "country-code",
                                        "sent-in-error"};
    struct case_step step = full_step(state, type);
    int from = 0, to = 1;
    if (type == CASE_ANSWER_JUDGED) {
        from = ANSWER_ADEQUATE;
        to = ANSWER_INADEQUATE + 1;
    }
    if (type == CASE_ESCALATED || type == CASE_CLOSED) {
        from = 1;
        to = 4;
    }
    if (type == CASE_DISPUTED || type == CASE_DISPUTE_ENDED) {
        from = type == CASE_DISPUTED ? DISPUTE_OPEN : DISPUTE_UPHELD;
        to = DISPUTE_WITHDRAWN + 1;
    }
    if (type == CASE_OPENED)
        to = 2;
    for (int input = from; input < to; input++) {
        step.judgement = type == CASE_ITEM_JUDGED     ? ANSWER_PARTIAL
                         : type == CASE_ANSWER_JUDGED ? (enum fact_answer)input
                                                      : ANSWER_NONE;
        step.criterion = type == CASE_ESCALATED ? (enum fact_criterion)input : CRITERION_NONE;
        bool about_a_dispute = type == CASE_DISPUTED || type == CASE_DISPUTE_ENDED;
        step.dispute = about_a_dispute ? (enum fact_dispute)input : DISPUTE_NONE;
        if (type == CASE_OPENED)
            step.violation = input == 1;
        CASE_TEXT(step.closure, type == CASE_CLOSED ? codes[input] : "");
        if (type == CASE_BREACHED || type == CASE_SUSPENDED || type == CASE_TERMINATED)
            try_grounds(state, &step);
        else
            try_step(state, &step, 0, type == CASE_CLOSED ? (uint8_t)input : 0);
    }
}

static void explore(enum party_kind party)
{
    struct case_state start;
    struct case_outcome outcome;
    case_state_init(&start, process);
    struct case_step step = full_step(&start, CASE_RECEIVED);
    step.party = party;
    step.origin = ORIGIN_COMPLAINT;
    assert_int_equal(case_apply(&start, &step, &outcome, NULL), 0);
    visit(&outcome.state);
    while (queue_head < queue_tail) {
        struct case_state state = queue[queue_head++];
        for (int type = 0; type < CASE_EVENT_COUNT; type++)
            try_event(&state, (enum case_event_type)type);
    }
}

static void process_equals_the_hand_written_edges(void **state)
{
    (void)state;
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    yaml_faults_init(&faults);
    assert_int_equal(process_load(PROJECT_ROOT "/rulebook/icann", NULL, &faults, &process), 0);
    queue = calloc(QUEUE_MAX, sizeof *queue);
    visited = calloc(VISITED_SLOTS, sizeof *visited);
    assert_non_null(queue);
    assert_non_null(visited);
    read_file();
    explore(PARTY_REGISTRAR);
    explore(PARTY_REGISTRY);
    print_message("%zu states, %zu steps taken, %zu refused\n", queue_tail, taken, refused);
    for (size_t i = 0; i < line_count; i++) {
        if (!lines[i].used)
            fail_msg("edges.txt:%d: nothing in the process does this", lines[i].number);
    }
    free(queue);
    free(visited);
    calendar_free(older);
    process_free(process);
}

TEST_MAIN(cmocka_unit_test(process_equals_the_hand_written_edges))
