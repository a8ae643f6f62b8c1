/* What must and must not happen to a case, told by hand for each rulebook in
 * tests/cases/scenarios-*.txt (the head of the first file says how a line is written): histories
 * with real dates, and at each point of them what may come next, where it leads, what it sets off
 * and until when the party then has time.
 *
 * The reader is one of its own; nothing of process.yaml is used for what is expected. All lines of
 * a file are tried, whatever is wrong with one of them. */
#include "base/civil.h"
#include "base/text.h"
#include "cases/letter.h"
#include "cases/story.h"
#include "rulebook/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MAX = 100, LAWS_MAX = 100, EXPECTED_MAX = PROCESS_EFFECTS_MAX, TEXT_MAX = 500 };

#define HOUR_US INT64_C(3600000000)

struct told {
    char name[64];
    struct case_step steps[STORY_EVENTS];
    size_t count;
};

/* A line that holds in many cases. */
struct law {
    int number;
    bool outside;
    char stages[160], party[12], text[TEXT_MAX];
};

/* One line, read. */
struct line {
    char kind;       /* '+' taken, '?' tried, '!' refused */
    char *words;     /* of the step */
    char signs[40];  /* a letter proposed before the step, */
    int approvers;   /* by how many approved, */
    bool by_machine; /* and drafted by no person */
    bool early;      /* deadline-passed: a second before it is due */
    char stage[40];  /* where it leads */
    char effects[EXPECTED_MAX][60];
    size_t effect_count;
    char due[12], ends[32]; /* "" for nothing said of the clock */
    bool no_clock, stopped;
    const char *family; /* NULL, or what the closure counts as */
    const char *says;   /* NULL, or words of the refusal */
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

__attribute__((format(printf, 1, 2))) static void wrong(const char *format, ...)
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

/* --- reading --- */

static const char *value_of(const char *word, const char *key)
{
    size_t length = strlen(key);
    return strncmp(word, key, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static int64_t instant_of(const char *text)
{
    int64_t instant = 0;
    if (civil_parse_instant(text, &instant) < 0)
        wrong("'%s' is no instant", text);
    return instant;
}

static int32_t date_of(const char *text)
{
    int32_t date = 0;
    if (civil_parse_date(text, &date) < 0)
        wrong("'%s' is no date", text);
    return date;
}

static uint8_t fact_of(enum case_fact fact, const char *word)
{
    int index = case_fact_word(fact, word);
    if (index < 0)
        wrong("'%s' is no %s", word, case_fact_text(fact));
    return (uint8_t)index;
}

static bool read_text(struct case_step *step, const char *word)
{
    const struct {
        const char *key;
        char *field;
        size_t size;
    } texts[] = {
        {"by", step->actor, sizeof step->actor},
        {"role", step->role, sizeof step->role},
        {"second", step->second, sizeof step->second},
        {"ground", step->ground, sizeof step->ground},
        {"closure", step->closure, sizeof step->closure},
        {"letter", step->letter, sizeof step->letter},
        {"object", step->object, sizeof step->object},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *value = value_of(word, texts[i].key);
        if (value)
            return case_text_set(texts[i].field, texts[i].size, value) == 0;
    }
    return false;
}

static bool read_fact(struct case_step *step, const char *word)
{
    const char *value;
    if (strcmp(word, "violation") == 0)
        step->violation = true;
    else if ((value = value_of(word, "party")))
        step->party = (enum party_kind)fact_of(FACT_PARTY, value);
    else if ((value = value_of(word, "origin")))
        step->origin = (enum case_origin)fact_of(FACT_ORIGIN, value);
    else if ((value = value_of(word, "family")))
        step->family = (enum fact_family)fact_of(FACT_FAMILY, value);
    else if ((value = value_of(word, "answer")))
        step->judgement = (enum fact_answer)fact_of(FACT_ANSWER, value);
    else if ((value = value_of(word, "criterion")))
        step->criterion = (enum fact_criterion)fact_of(FACT_CRITERION, value);
    else if ((value = value_of(word, "dispute")))
        step->dispute = (enum fact_dispute)fact_of(FACT_DISPUTE, value);
    else
        return false;
    return true;
}

/* At noon in UTC, or later on that day where the story has come that far. */
static void read_day(struct case_step *step, int32_t date)
{
    int64_t noon = (int64_t)date * CIVIL_DAY_US + 12 * HOUR_US;
    if (civil_day_of(step->at) != date || step->at < noon)
        step->at = noon;
}

/* The due date that a history gives, whatever the rule says. */
static void record_date(struct case_step *step, int32_t date)
{
    step->deadline_recorded = true;
    step->deadline_date = date;
    step->deadline_instant = ((int64_t)date + 1) * CIVIL_DAY_US;
}

/* signed=LETTER/N, or drafted=LETTER/N for one that no person adopted. */
static void read_signature(struct line *line, const char *value)
{
    const char *slash = strchr(value, '/');
    snprintf(line->signs, sizeof line->signs, "%.*s", slash ? (int)(slash - value) : 0, value);
    line->approvers = slash ? atoi(slash + 1) : 0;
}

static void read_step(struct line *line, struct case_step *step)
{
    char words[TEXT_MAX], *rest = words, *word;
    const char *value;
    snprintf(words, sizeof words, "%s", line->words ? line->words : "");
    while ((word = strsep(&rest, " "))) {
        line->by_machine = line->by_machine || value_of(word, "drafted");
        if ((value = value_of(word, "on")))
            read_day(step, date_of(value));
        else if ((value = value_of(word, "at")))
            step->at = instant_of(value);
        else if ((value = value_of(word, "until")))
            step->until = date_of(value);
        else if ((value = value_of(word, "recorded")))
            record_date(step, date_of(value));
        else if ((value = value_of(word, "signed")) || (value = value_of(word, "drafted")))
            read_signature(line, value);
        else if (strcmp(word, "early") == 0)
            line->early = true;
        else if (word[0] && !read_text(step, word) && !read_fact(step, word))
            wrong("'%s' says nothing of a step", word);
    }
}

static void read_result(struct line *line, char *rest)
{
    char *word;
    const char *value;
    snprintf(line->stage, sizeof line->stage, "%s", strsep(&rest, " "));
    while ((word = strsep(&rest, " "))) {
        if ((value = value_of(word, "due")))
            snprintf(line->due, sizeof line->due, "%s", value);
        else if ((value = value_of(word, "ends")))
            snprintf(line->ends, sizeof line->ends, "%s", value);
        else if ((value = value_of(word, "as")))
            line->family = value;
        else if (strcmp(word, "no-clock") == 0)
            line->no_clock = true;
        else if (strcmp(word, "stopped") == 0)
            line->stopped = true;
        else if (line->effect_count < EXPECTED_MAX)
            snprintf(line->effects[line->effect_count++], sizeof line->effects[0], "%s", word);
    }
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

static void sign(struct attempt *attempt, const struct line *line, int64_t at)
{
    static const char *const approvers[] = {"amy", "ben"};
    struct case_step step = plain(&attempt->state, CASE_NOTICE_DRAFTED, at);
    step.sha256 = (struct digest){.bytes = {2}};
    CASE_TEXT(step.letter, line->signs);
    CASE_TEXT(step.actor, line->by_machine ? "bailiwick" : "dora");
    CASE_TEXT(step.role, line->by_machine ? "machine" : "analyst");
    attempt_step(attempt, &step);
    step.type = CASE_NOTICE_APPROVED;
    CASE_TEXT(step.role, "manager");
    for (int i = 0; i < line->approvers; i++) {
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

static void check_effects(const struct line *line, const struct case_outcome *outcome)
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
            wrong("sets off '%s'", text);
    }
    if (outside != line->effect_count)
        wrong("sets off %zu things instead of %zu", outside, line->effect_count);
}

static void check_due(const struct line *line, const struct case_deadline *deadline)
{
    char date[CIVIL_DATE_TEXT], instant[CIVIL_INSTANT_TEXT];
    civil_format_date(deadline->due.date, date);
    civil_format_instant(deadline->due.instant, instant);
    if (deadline->clock != CLOCK_RUNNING)
        wrong("no clock runs");
    else if (strcmp(date, line->due) != 0 || (line->ends[0] && strcmp(instant, line->ends) != 0))
        wrong("due on %s, until %s", date, instant);
}

/* Of what a line does not tell of the clock it stays as it is, and a new stage has none. */
static void check_clock(const struct line *line, const struct case_state *before,
                        const struct case_outcome *outcome)
{
    const struct case_deadline *is = &outcome->state.deadline, *was = &before->deadline;
    bool same = is->clock == was->clock && is->due.rule == was->due.rule &&
                is->due.instant == was->due.instant;
    if (line->due[0])
        check_due(line, is);
    else if (line->stopped)
        same = is->clock == CLOCK_STOPPED ? same : (wrong("the clock is not stopped"), same);
    else if (line->no_clock || outcome->state.stage != before->stage) {
        if (is->clock != CLOCK_NONE)
            wrong("a clock runs");
    } else if (!same)
        wrong("the clock is turned");
    if (outcome->deadline_changed == same)
        wrong("whether the clock is another than before is told wrongly");
}

static bool is_told(const struct line *line, const char *effect)
{
    for (size_t i = 0; i < line->effect_count; i++) {
        if (text_starts_with(line->effects[i], effect))
            return true;
    }
    return false;
}

static void check_outcome(const struct line *line, const struct case_state *before,
                          const struct case_outcome *outcome)
{
    const char *stage = strcmp(line->stage, "=") == 0 ? before->stage->id : line->stage;
    const struct closure_code *code = process_closure_find(process, outcome->state.closure);
    if (strcmp(outcome->state.stage->id, stage) != 0)
        wrong("leads to '%s'", outcome->state.stage->id);
    if (line->family && (!code || strcmp(closure_family_text(code->family), line->family) != 0))
        wrong("does not count as %s", line->family);
    check_effects(line, outcome);
    check_clock(line, before, outcome);
    if (outcome->state.published != (before->published || is_told(line, "publish:")))
        wrong("published: %s", outcome->state.published ? "yes" : "no");
}

/* --- one line --- */

static void judge(const struct line *line, const struct attempt *attempt)
{
    if (line->kind == '!') {
        if (attempt->result == 0)
            wrong("is not refused, it leads to '%s'", attempt->outcome.state.stage->id);
        else if (line->says && !strstr(attempt->detail.text, line->says))
            wrong("'%s'", attempt->detail.text);
    } else if (attempt->result < 0)
        wrong("%s", attempt->detail.text);
    else
        check_outcome(line, &attempt->state, &attempt->outcome);
}

static void take(const struct attempt *attempt)
{
    for (size_t i = 0; i < attempt->count; i++)
        story_take(&reading.story, &attempt->steps[i]);
    reading.story.now = attempt->steps[attempt->count - 1].at + HOUR_US;
}

static void try_event(struct line *line, const char *event)
{
    static struct attempt attempt;
    bool serves = strcmp(event, "serve") == 0;
    enum case_event_type type = CASE_NOTICE_SENT;
    reading.event = event;
    reading.tried++;
    if (!serves && case_event_parse(event, &type) < 0) {
        wrong("no such event");
        return;
    }
    attempt = (struct attempt){.state = reading.story.state};
    struct case_step step = plain(&attempt.state, type, reading.story.now);
    read_step(line, &step);
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
    struct line line = {.kind = text[0]};
    char *reason = strstr(text, " | "), *arrow, *events, *event;
    if (!reason || strlen(reason) < 6 || !strchr("+?!", text[0]) || text[1] != ' ') {
        wrong("begins with none of + ? !, or gives no reason");
        return;
    }
    *reason = '\0';
    arrow = strstr(text, line.kind == '!' ? " : " : " -> ");
    if (line.kind != '!' && !arrow) {
        wrong("leads nowhere");
        return;
    }
    if (arrow)
        *arrow = '\0';
    if (arrow && line.kind == '!')
        line.says = arrow + 3;
    else if (arrow)
        read_result(&line, arrow + 4);
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
        char text[TEXT_MAX];
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
        reading.story.now = told->steps[i].at + HOUR_US;
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
    char text[TEXT_MAX];
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
