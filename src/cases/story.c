#include "cases/story.h"

#include "base/civil.h"
#include "rulebook/yaml.h"

#include <string.h>

struct process *process;

static int64_t instant(const char *text)
{
    int64_t value = 0;
    assert_int_equal(civil_parse_instant(text, &value), 0);
    return value;
}

void story_begin(struct story *story)
{
    *story = (struct story){.count = 0};
    case_state_init(&story->state, process);
    story->now = instant("2026-03-02T09:00:00Z"); /* a Monday */
}

void story_end(struct story *story)
{
    for (size_t i = 0; i < story->count; i++)
        buffer_done(&story->data[i]);
}

struct case_step story_step(const struct story *story, enum case_event_type type, const char *actor)
{
    struct case_step step = {.type = type, .at = story->now, .process = process};
    CASE_TEXT(step.actor, actor);
    CASE_TEXT(step.role, strcmp(actor, "bailiwick") == 0 ? "machine" : "analyst");
    CASE_TEXT(step.reason, "because");
    return step;
}

static void append(struct story *story, const struct case_step *step,
                   const struct case_outcome *outcome)
{
    size_t i = story->count++;
    assert_true(i < STORY_EVENTS);
    story->steps[i] = *step;
    buffer_init(&story->data[i], CASE_DATA_MAX);
    assert_int_equal(case_data_encode(step, outcome, &story->data[i]), 0);
    story->events[i] = (struct case_event){
        .case_id = "c1",
        .seq = (uint32_t)story->count,
        .type = step->type,
        .version = CASE_EVENT_VERSION,
        .at = step->at,
        .actor = story->steps[i].actor,
        .actor_role = story->steps[i].role,
        .reason = story->steps[i].reason,
        .data = buffer_text(&story->data[i]),
    };
}

/* A story knows one process: that is what it goes over to. */
static int find_process(void *context, const char *version, const struct process **ret_process,
                        struct error_detail *detail)
{
    (void)context, (void)version, (void)detail;
    *ret_process = process;
    return 0;
}

/* Takes a step that must be allowed, and checks that folding the history gives the same state. */
struct case_outcome story_take(struct story *story, const struct case_step *step)
{
    struct case_outcome outcome;
    struct case_state folded;
    struct error_detail detail = {""};
    const struct case_versions versions = {find_process, NULL};
    if (case_apply(&story->state, step, &outcome, &detail) < 0)
        fail_msg("%s", detail.text);
    append(story, step, &outcome);
    case_state_init(&folded, process);
    if (case_fold_on(&folded, story->events, story->count, &versions, NULL, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_memory_equal(&folded, &outcome.state, sizeof folded);
    story->state = outcome.state;
    return outcome;
}

void story_refuse(const struct story *story, const struct case_step *step, const char *says)
{
    struct case_outcome outcome, untouched;
    struct error_detail detail = {""};
    memset(&outcome, 0x5a, sizeof outcome);
    memset(&untouched, 0x5a, sizeof untouched);
    assert_int_equal(case_apply(&story->state, step, &outcome, &detail), ERR_REFUSED);
    assert_memory_equal(&outcome, &untouched, sizeof outcome);
    if (!strstr(detail.text, says))
        fail_msg("'%s' does not say '%s'", detail.text, says);
}

bool outcome_has(const struct case_outcome *outcome, enum case_effect effect, const char *argument)
{
    for (size_t i = 0; i < outcome->effect_count; i++) {
        if (outcome->effects[i].effect == effect &&
            strcmp(outcome->effects[i].argument, argument) == 0)
            return true;
    }
    return false;
}

void story_plain(struct story *story, enum case_event_type type)
{
    struct case_step step = story_step(story, type, "ann");
    story_take(story, &step);
}

void story_open(struct story *story, enum party_kind party, bool violation)
{
    struct case_step step = story_step(story, CASE_OPENED, "bailiwick");
    step.party = party;
    step.origin = ORIGIN_MONITORING;
    step.source = SOURCE_MEASUREMENT;
    step.violation = violation;
    story_take(story, &step);
}

struct case_step story_letter(const struct story *story, enum case_event_type type,
                              const char *actor, const char *letter, uint8_t bytes)
{
    struct case_step step = story_step(story, type, actor);
    CASE_TEXT(step.letter, letter);
    step.sha256.bytes[0] = bytes;
    step.service_at = story->now;
    return step;
}

/* Drafts where that is still to do, and serves the letter of the present stage. */
struct case_outcome story_serve(struct story *story)
{
    const char *letter = story->state.stage->letter;
    struct case_step step = story_letter(story, CASE_NOTICE_DRAFTED, "ann", letter, 1);
    if (story->state.facts.values[FACT_LETTER] == LETTER_NONE)
        story_take(story, &step);
    step = story_letter(story, CASE_NOTICE_SENT, "bailiwick", letter, 1);
    step.sha256 = story->state.letter.sha256;
    return story_take(story, &step);
}

void story_begin_served(struct story *story)
{
    story_begin(story);
    story_open(story, PARTY_REGISTRAR, /* violation= */ true);
    story_serve(story);
}

struct case_outcome story_pass_deadline(struct story *story)
{
    story->now = story->state.deadline.due.instant;
    struct case_step step = story_step(story, CASE_DEADLINE_PASSED, "bailiwick");
    return story_take(story, &step);
}

void story_propose(struct story *story, const char *letter)
{
    struct case_step step = story_letter(story, CASE_NOTICE_DRAFTED, "ann", letter, 2);
    story_take(story, &step);
}

void story_approve(struct story *story, const char *letter, const char *approver)
{
    struct case_step step = story_letter(story, CASE_NOTICE_APPROVED, approver, letter, 2);
    story_take(story, &step);
}

struct case_outcome story_decide(struct story *story, enum case_event_type type, const char *letter)
{
    struct case_step step = story_step(story, type, "bob");
    story_propose(story, letter);
    story_approve(story, letter, "bob");
    return story_take(story, &step);
}

void story_call(struct story *story)
{
    struct case_step step = story_step(story, CASE_CALL, "ann");
    step.call = CALL_NOT_REACHED;
    story_take(story, &step);
}

void story_climb(struct story *story, enum party_kind party)
{
    story_begin(story);
    story_open(story, party, /* violation= */ true);
    for (int level = 1; level <= 3; level++) {
        story_serve(story);
        story_pass_deadline(story);
    }
    story_call(story);
    story_decide(story, CASE_BREACHED, "breach");
}

int story_setup(void **state)
{
    (void)state;
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    yaml_faults_init(&faults);
    return process_load(PROJECT_ROOT "/rulebook/icann", NULL, &faults, &process);
}

int story_teardown(void **state)
{
    (void)state;
    process_free(process);
    return 0;
}
