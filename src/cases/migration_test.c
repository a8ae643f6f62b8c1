/* A running case goes over to another process: the state holds nothing of the one that it leaves,
 * and no time is taken from the party. The process that ships, and copies with another line. */
#include "cases/story.h"
#include "rulebook/yaml.h"

#include <stdio.h>
#include <string.h>

/* The rule of the first notice, up to its days. */
#define FIRST "{id: first, label: 1st inquiry or notice, n: "

struct change {
    const char *text, *other;
};

/* The rulebook that ships, but for one place of its process. */
static int read_changed(const void *context, const char *path, struct buffer *out)
{
    const struct change *change = context;
    struct buffer whole BUFFER_CLEANUP = {0};
    char name[500];
    snprintf(name, sizeof name, PROJECT_ROOT "/rulebook/icann/%s", path);
    if (strcmp(path, "process.yaml") != 0)
        return buffer_load_file(out, name);
    buffer_init(&whole, 1 << 20);
    assert_int_equal(buffer_load_file(&whole, name), 0);
    const char *text = buffer_text(&whole), *hit = strstr(text, change->text);
    assert_non_null(hit);
    buffer_append(out, text, (size_t)(hit - text));
    buffer_append_text(out, change->other);
    buffer_append_text(out, hit + strlen(change->text));
    return buffer_error(out);
}

static struct process *load_changed(const char *text, const char *other)
{
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    const struct change change = {text, other};
    const struct process_source source = {"changed", read_changed, &change};
    struct process *made = NULL;
    yaml_faults_init(&faults);
    assert_int_equal(process_load_from(&source, /* zoneinfo= */ NULL, &faults, &made), 0);
    return made;
}

static struct case_step go_over(const struct story *story, const struct process *to)
{
    struct case_step step = story_step(story, CASE_RULES_MIGRATED, "ann");
    CASE_TEXT(step.second, "bob");
    step.process = to;
    return step;
}

static struct case_outcome take(struct story *story, const struct process *to)
{
    const struct case_step step = go_over(story, to);
    struct case_outcome outcome;
    struct error_detail detail = {""};
    if (case_apply(&story->state, &step, &outcome, &detail) < 0)
        fail_msg("%s", detail.text);
    const struct case_state *state = &outcome.state;
    assert_ptr_equal(state->process, to);
    assert_ptr_equal(state->stage, process_stage_find(to, story->state.stage->id));
    assert_ptr_equal(state->deadline.due.rule,
                     process_rule_find(to, story->state.deadline.due.rule->id));
    return outcome;
}

static void a_longer_time_is_given(void **state)
{
    (void)state;
    struct story story;
    struct process *newer = load_changed(FIRST "5", FIRST "9");
    story_begin_served(&story);
    const struct case_outcome outcome = take(&story, newer);
    assert_true(outcome.deadline_changed);
    assert_true(outcome.state.deadline.due.date > story.state.deadline.due.date);
    assert_true(outcome.state.deadline.due.instant > story.state.deadline.due.instant);
    story_end(&story);
    process_free(newer);
}

static void a_shorter_time_is_not_taken_away(void **state)
{
    (void)state;
    struct story story;
    struct process *newer = load_changed(FIRST "5", FIRST "2");
    story_begin_served(&story);
    const struct case_outcome outcome = take(&story, newer);
    assert_int_equal(outcome.state.deadline.due.date, story.state.deadline.due.date);
    assert_int_equal(outcome.state.deadline.due.instant, story.state.deadline.due.instant);
    story_end(&story);
    process_free(newer);
}

/* Under a process that gives a registrar thirty days, back to the one that ships. */
static void a_shorter_cure_is_refused(void **state)
{
    (void)state;
    struct story story;
    struct process *shipped = process;
    process = load_changed("clause: RAA 5.5.4, n: 21", "clause: RAA 5.5.4, n: 30");
    story_begin_served(&story);
    const struct case_step step = go_over(&story, shipped);
    story_refuse(&story, &step, "would be shorter: 21 instead of 30");
    story_end(&story);
    process_free(process);
    process = shipped;
}

#define ON_PROCESS(test) cmocka_unit_test_setup_teardown(test, story_setup, story_teardown)

TEST_MAIN(ON_PROCESS(a_longer_time_is_given), ON_PROCESS(a_shorter_time_is_not_taken_away),
          ON_PROCESS(a_shorter_cure_is_refused))
