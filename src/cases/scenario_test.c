/* What must and must not happen to a case, told by hand for each rulebook in
 * tests/cases/scenarios-*.txt (the head of the first file says how a line is written): histories
 * with real dates, and at each point of them what may come next, where it leads, what it sets off
 * and until when the party then has time.
 *
 * The reader is one of its own; nothing of process.yaml is used for what is expected. All lines of
 * a file are tried, whatever is wrong with one of them. */
#include "base/civil.h"
#include "base/text.h"
#include "cases/scenario.h"
#include "cases/story.h"
#include "rulebook/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MAX = 100, LAWS_MAX = 100 };

struct told {
    char name[64];
    struct case_step steps[STORY_EVENTS];
    size_t count;
};

/* A line that holds in many cases. */
struct law {
    int number;
    bool outside;
    char stages[160], party[12], text[SCENARIO_TEXT_MAX];
};

static struct {
    const char *file;
    int number, wrong, tried;
    struct story story;
    bool is_open;
    struct told *cases;
    struct law *laws;
    size_t case_count, law_count;
    const char *event; /* that is tried */
} reading;

void scenario_wrong(const char *format, ...)
{
    char words[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    print_error("%s:%d: %s: %s '%s': %s\n", reading.file, reading.number,
                reading.case_count ? reading.cases[reading.case_count - 1].name : "",
                reading.story.count ? reading.story.state.stage->id : "", reading.event, words);
    reading.wrong++;
}

/* --- the steps of a line: the one that it is about, and what comes before that --- */

enum { STEPS_OF_A_LINE = 6 };

struct attempt {
    struct case_state state; /* before the last step */
    struct case_step steps[STEPS_OF_A_LINE];
    size_t count;
    int result; /* of the last one tried */
    struct error_detail detail;
    struct case_outcome outcome;
};

static struct case_step plain(const struct case_state *state, enum case_event_type type, int64_t at)
{
    struct case_step step = story_step(&reading.story, type, "ann");
    step.at = at;
    if (type == CASE_DEADLINE_PASSED) {
        int64_t due = state->deadline.due.instant;
        step.at = due > step.at ? due : step.at;
        CASE_TEXT(step.actor, "bailiwick");
        CASE_TEXT(step.role, "machine");
    }
    CASE_TEXT(step.object, "o1");
    CASE_TEXT(step.letter, state->stage->letter);
    step.sha256 = state->letter.sha256;
    return step;
}

static void attempt_step(struct attempt *attempt, const struct case_step *step)
{
    if (attempt->count > 0 && attempt->result == 0)
        attempt->state = attempt->outcome.state;
    if (attempt->result < 0)
        return;
    attempt->steps[attempt->count++] = *step;
    attempt->result = case_apply(&attempt->state, step, &attempt->outcome, &attempt->detail);
}

static void sign(struct attempt *attempt, const struct scenario_line *line, int64_t at)
{
    static const char *const approvers[SCENARIO_APPROVERS_MAX] = {"amy", "ben"};
    struct case_step step = plain(&attempt->state, CASE_NOTICE_DRAFTED, at);
    step.sha256 = (struct digest){.bytes = {2}};
    CASE_TEXT(step.letter, line->signs);
    CASE_TEXT(step.actor, line->by_machine ? "bailiwick" : "dora");
    CASE_TEXT(step.role, line->by_machine ? "machine" : "analyst");
    attempt_step(attempt, &step);
    step.type = CASE_NOTICE_APPROVED;
    CASE_TEXT(step.role, "manager");
    for (int i = 0; i < line->approvers && i < SCENARIO_APPROVERS_MAX; i++) {
        CASE_TEXT(step.actor, approvers[i]);
        attempt_step(attempt, &step);
    }
}

/* The stage's letter is drafted where that is still to do, and served. */
static void draft(struct attempt *attempt, struct case_step *step)
{
    struct case_step drafted = plain(&attempt->state, CASE_NOTICE_DRAFTED, step->at);
    if (attempt->state.facts.values[FACT_LETTER] == LETTER_NONE) {
        drafted.sha256 = (struct digest){.bytes = {1}};
        attempt_step(attempt, &drafted);
        step->sha256 = drafted.sha256;
    }
    step->service_at = step->at;
    CASE_TEXT(step->actor, "bailiwick");
    CASE_TEXT(step->role, "machine");
}

/* --- what comes of it --- */

static void check_effects(const struct scenario_line *line, const struct case_outcome *outcome)
{
    size_t outside = 0;
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const struct edge_effect *effect = &outcome->effects[i];
        char text[100];
        bool expected = false;
        if (effect->effect == EFFECT_SET_DEADLINE || effect->effect == EFFECT_CANCEL_DEADLINE)
            continue;
        outside++;
        snprintf(text, sizeof text, "%s%s%s", case_effect_text(effect->effect),
                 effect->argument[0] ? ":" : "", effect->argument);
        for (size_t j = 0; j < line->effect_count; j++)
            expected = expected || strcmp(line->effects[j], text) == 0;
        if (!expected)
            scenario_wrong("sets off '%s'", text);
    }
    if (outside != line->effect_count)
        scenario_wrong("sets off %zu things instead of %zu", outside, line->effect_count);
}

static void check_due(const struct scenario_line *line, const struct case_deadline *deadline)
{
    char date[CIVIL_DATE_TEXT], instant[CIVIL_INSTANT_TEXT];
    civil_format_date(deadline->due.date, date);
    civil_format_instant(deadline->due.instant, instant);
    if (deadline->clock != CLOCK_RUNNING)
        scenario_wrong("no clock runs");
    else if (strcmp(date, line->due) != 0 || (line->ends[0] && strcmp(instant, line->ends) != 0))
        scenario_wrong("due on %s, until %s", date, instant);
}

/* Of what a line does not tell of the clock it stays as it is, and a new stage has none. */
static void check_clock(const struct scenario_line *line, const struct case_state *before,
                        const struct case_outcome *outcome)
{
    const struct case_deadline *is = &outcome->state.deadline, *was = &before->deadline;
    bool same = is->clock == was->clock && is->due.rule == was->due.rule &&
                is->due.instant == was->due.instant;
    if (line->due[0])
        check_due(line, is);
    else if (line->stopped)
        same =
            is->clock == CLOCK_STOPPED ? same : (scenario_wrong("the clock is not stopped"), same);
    else if (line->no_clock || outcome->state.stage != before->stage) {
        if (is->clock != CLOCK_NONE)
            scenario_wrong("a clock runs");
    } else if (!same)
        scenario_wrong("the clock is turned");
    if (outcome->deadline_changed == same)
        scenario_wrong("whether the clock is another than before is told wrongly");
}

static bool is_told(const struct scenario_line *line, const char *effect)
{
    for (size_t i = 0; i < line->effect_count; i++) {
        if (text_starts_with(line->effects[i], effect))
            return true;
    }
    return false;
}

static void check_outcome(const struct scenario_line *line, const struct case_state *before,
                          const struct case_outcome *outcome)
{
    const char *stage = strcmp(line->stage, "=") == 0 ? before->stage->id : line->stage;
    const struct closure_code *code = process_closure_find(process, outcome->state.closure);
    if (strcmp(outcome->state.stage->id, stage) != 0)
        scenario_wrong("leads to '%s'", outcome->state.stage->id);
    if (line->family && (!code || strcmp(closure_family_text(code->family), line->family) != 0))
        scenario_wrong("does not count as %s", line->family);
    for (int fact = FACT_CRITERION; fact <= FACT_CLOSURE; fact++) {
        if (outcome->state.facts.values[fact] != 0)
            scenario_wrong("keeps the %s of the event", case_fact_text((enum case_fact)fact));
    }
    check_effects(line, outcome);
    check_clock(line, before, outcome);
    if (outcome->state.published != (before->published || is_told(line, "publish:")))
        scenario_wrong("published: %s", outcome->state.published ? "yes" : "no");
}

/* --- one line --- */

static void judge(const struct scenario_line *line, const struct attempt *attempt)
{
    if (line->kind == '!') {
        if (attempt->result == 0)
            scenario_wrong("is not refused, it leads to '%s'", attempt->outcome.state.stage->id);
        else if (line->says && !strstr(attempt->detail.text, line->says))
            scenario_wrong("'%s'", attempt->detail.text);
    } else if (attempt->result < 0)
        scenario_wrong("%s", attempt->detail.text);
    else
        check_outcome(line, &attempt->state, &attempt->outcome);
}

static void take(const struct attempt *attempt)
{
    for (size_t i = 0; i < attempt->count; i++)
        story_take(&reading.story, &attempt->steps[i]);
    reading.story.now = attempt->steps[attempt->count - 1].at + SCENARIO_HOUR_US;
}

static void try_event(struct scenario_line *line, const char *event)
{
    static struct attempt attempt;
    bool serves = strcmp(event, "serve") == 0;
    enum case_event_type type = CASE_NOTICE_SENT;
    reading.event = event;
    reading.tried++;
    if (!serves && case_event_parse(event, &type) < 0) {
        scenario_wrong("no such event");
        return;
    }
    attempt = (struct attempt){.state = reading.story.state};
    struct case_step step = plain(&attempt.state, type, reading.story.now);
    scenario_read_step(line, &step);
    step.at -= line->early ? 1000000 : 0;
    step.service_at = step.at;
    if (line->signs[0])
        sign(&attempt, line, step.at);
    if (serves)
        draft(&attempt, &step);
    attempt_step(&attempt, &step);
    judge(line, &attempt);
    if (line->kind == '+' && attempt.result == 0)
        take(&attempt);
}

static void read_line(char *text)
{
    struct scenario_line line = {.kind = text[0]};
    char *reason = strstr(text, " | "), *arrow, *events, *event;
    if (!reason || strlen(reason) < 6 || !strchr("+?!", text[0]) || text[1] != ' ') {
        scenario_wrong("begins with none of + ? !, or gives no reason");
        return;
    }
    *reason = '\0';
    arrow = strstr(text, line.kind == '!' ? " : " : " -> ");
    if (line.kind != '!' && !arrow) {
        scenario_wrong("leads nowhere");
        return;
    }
    if (arrow)
        *arrow = '\0';
    if (arrow && line.kind == '!')
        line.says = arrow + 3;
    else if (arrow)
        scenario_read_result(&line, arrow + 4);
    line.words = text + 2;
    events = strsep(&line.words, " ");
    while ((event = strsep(&events, ",")))
        try_event(&line, event);
}

/* --- lines that hold in many cases --- */

/* `in STAGES [of PARTY] LINE`, `outside STAGES [of PARTY] LINE`; STAGES with commas. */
static void read_law(char *text)
{
    struct law *law = &reading.laws[reading.law_count++];
    assert_true(reading.law_count < LAWS_MAX);
    law->number = reading.number;
    law->outside = strcmp(strsep(&text, " "), "outside") == 0;
    snprintf(law->stages, sizeof law->stages, ",%s,", strsep(&text, " "));
    if (text_starts_with(text, "of ")) {
        strsep(&text, " ");
        snprintf(law->party, sizeof law->party, "%s", strsep(&text, " "));
    }
    snprintf(law->text, sizeof law->text, "%s", text);
}

static bool is_for(const struct law *law, const struct case_state *state)
{
    char stage[PROCESS_ID_MAX + 2];
    snprintf(stage, sizeof stage, ",%s,", state->stage->id);
    return (strstr(law->stages, stage) == NULL) == law->outside &&
           (!law->party[0] ||
            strcmp(law->party, party_kind_text(state->facts.values[FACT_PARTY])) == 0);
}

static void try_laws(void)
{
    int number = reading.number;
    for (size_t i = 0; i < reading.law_count; i++) {
        char text[SCENARIO_TEXT_MAX];
        snprintf(text, sizeof text, "%s", reading.laws[i].text);
        reading.number = reading.laws[i].number;
        if (is_for(&reading.laws[i], &reading.story.state))
            read_line(text);
    }
    reading.number = number;
}

/* --- cases --- */

static void keep_case(void)
{
    struct told *told = &reading.cases[reading.case_count - 1];
    if (!reading.is_open)
        return;
    memcpy(told->steps, reading.story.steps, sizeof told->steps);
    told->count = reading.story.count;
    story_end(&reading.story);
    reading.is_open = false;
}

static void begin_as(const struct told *told)
{
    story_begin(&reading.story);
    for (size_t i = 0; told && i < told->count; i++) {
        story_take(&reading.story, &told->steps[i]);
        reading.story.now = told->steps[i].at + SCENARIO_HOUR_US;
    }
}

/* `case NAME` begins one, `case NAME after OTHER` where the other ended. */
static void open_case(char *text)
{
    char *name = strsep(&text, " "), *after = strsep(&text, " ");
    const struct told *from = NULL;
    keep_case();
    for (size_t i = 0; i < reading.case_count && text; i++) {
        if (strcmp(reading.cases[i].name, text) == 0)
            from = &reading.cases[i];
    }
    if (reading.case_count == CASES_MAX || (after && (strcmp(after, "after") != 0 || !from)))
        fail_msg("%s:%d: no case begins so", reading.file, reading.number);
    snprintf(reading.cases[reading.case_count++].name, sizeof reading.cases->name, "%s", name);
    begin_as(from);
    reading.is_open = true;
}

static void tell(const char *path, const char *rulebook)
{
    char text[SCENARIO_TEXT_MAX];
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    yaml_faults_init(&faults);
    memset(&reading, 0, sizeof reading);
    reading.file = path;
    reading.event = "";
    reading.cases = calloc(CASES_MAX, sizeof *reading.cases);
    reading.laws = calloc(LAWS_MAX, sizeof *reading.laws);
    assert_true(reading.cases && reading.laws);
    assert_int_equal(process_load(rulebook, NULL, &faults, &process), 0);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(text, sizeof text, file)) {
        reading.number++;
        text[strcspn(text, "\n")] = '\0';
        if (text_starts_with(text, "case "))
            open_case(text + 5);
        else if (text_starts_with(text, "in ") || text_starts_with(text, "outside "))
            read_law(text);
        else if (text[0] && text[0] != '#') {
            bool is_taken = text[0] == '+';
            read_line(text);
            if (is_taken)
                try_laws();
        }
    }
    keep_case();
    fclose(file);
    free(reading.cases);
    free(reading.laws);
    process_free(process);
    assert_int_equal(reading.wrong, 0);
    assert_true(reading.tried > 40);
}

static void cases_of_icann_go_as_told(void **state)
{
    (void)state;
    tell(PROJECT_ROOT "/tests/cases/scenarios-icann.txt", PROJECT_ROOT "/rulebook/icann");
}

static void cases_of_another_authority_go_as_told(void **state)
{
    (void)state;
    tell(PROJECT_ROOT "/tests/cases/scenarios-cctld-example.txt",
         PROJECT_ROOT "/rulebook/cctld-example");
}

TEST_MAIN(cmocka_unit_test(cases_of_icann_go_as_told),
          cmocka_unit_test(cases_of_another_authority_go_as_told))
