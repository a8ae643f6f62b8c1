/* Allegations: each has a number and an outcome of its own, and none is left behind (invariant 20).
 */
#include "cases/allegation.h"

#include "base/civil.h"
#include "cases/story.h"

#include <string.h>

static const char *const subjects[] = {"alpha", "beta"};

static struct case_allegation about(const char *obligation)
{
    return (struct case_allegation){.obligation = obligation,
                                    .version = 16436,
                                    .rulebook = "cafe",
                                    .subjects = subjects,
                                    .subject_count = 2,
                                    .from = 20000,
                                    .to = 20010};
}

static void open_alleging(struct story *story, const struct case_allegation *allegation)
{
    story_begin(story);
    struct case_step step = story_step(story, CASE_OPENED, "ann");
    step.violation = true;
    step.alleges = true;
    step.allegation = allegation;
    story_take(story, &step);
}

static void allege(struct story *story, const struct case_allegation *allegation)
{
    struct case_step step = story_step(story, CASE_ALLEGATION_ADDED, "ann");
    step.alleges = true;
    step.allegation = allegation;
    story_take(story, &step);
}

static void decide(struct story *story, uint8_t number, enum allegation_outcome outcome)
{
    struct case_step step = story_step(story, CASE_ALLEGATION_DECIDED, "ann");
    step.number = number;
    step.outcome = outcome;
    story_take(story, &step);
}

static const struct case_allegation *read_back(const struct story *story, struct arena *arena,
                                               size_t count)
{
    struct case_allegation *list;
    size_t found;
    assert_int_equal(
        allegation_list(&story->state, story->events, story->count, arena, &list, &found), 0);
    assert_int_equal(found, count);
    return list;
}

static void each_has_its_own_version_subjects_conduct_and_outcome(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    const struct case_allegation one = about("ra.one"), two = about("ra.two");
    arena_init(&arena, 1 << 20);
    open_alleging(&story, &one);
    allege(&story, &two);
    decide(&story, 2, ALLEGATION_NOT_SUBSTANTIATED);
    const struct case_allegation *list = read_back(&story, &arena, 2);
    assert_int_equal(list[0].number, 1);
    assert_string_equal(list[0].obligation, "ra.one");
    assert_string_equal(list[0].rulebook, "cafe");
    assert_int_equal(list[0].version, 16436);
    assert_int_equal(list[0].from, 20000);
    assert_int_equal(list[0].to, 20010);
    assert_int_equal(list[0].subject_count, 2);
    assert_string_equal(list[0].subjects[1], "beta");
    assert_int_equal(list[0].outcome, ALLEGATION_OPEN);
    assert_string_equal(list[0].reason, "");
    assert_int_equal(list[1].number, 2);
    assert_string_equal(list[1].obligation, "ra.two");
    assert_int_equal(list[1].outcome, ALLEGATION_NOT_SUBSTANTIATED);
    assert_string_equal(list[1].reason, "because");
    story_end(&story);
}

static void casework_invariant_20_no_case_closes_with_an_undecided_allegation(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    const struct case_allegation one = about("ra.one");
    arena_init(&arena, 1 << 20);
    open_alleging(&story, &one);
    allege(&story, &one);
    decide(&story, 1, ALLEGATION_SUBSTANTIATED);
    struct case_step step = story_step(&story, CASE_CLOSED, "ann");
    CASE_TEXT(step.closure, "country-code");
    story_refuse(&story, &step, "1 of 2 allegations are not decided");
    step.outcome = ALLEGATION_WITHDRAWN;
    step.reason[0] = '\0';
    story_refuse(&story, &step, "'closed' needs a reason");
    CASE_TEXT(step.reason, "ours");
    story_take(&story, &step);
    const struct case_allegation *list = read_back(&story, &arena, 2);
    /* What was decided one by one stays. */
    assert_int_equal(list[0].outcome, ALLEGATION_SUBSTANTIATED);
    assert_string_equal(list[0].reason, "because");
    assert_int_equal(list[1].outcome, ALLEGATION_WITHDRAWN);
    assert_string_equal(list[1].reason, "ours");
    story_end(&story);
}

/* A cure corrects, a rescission withdraws, and what takes effect stands. */
static void casework_invariant_20_each_end_decides_by_its_nature(void **state)
{
    (void)state;
    struct story story;
    struct case_outcome outcome;
    story_climb(&story, PARTY_REGISTRAR);
    const struct case_allegation one = about("ra.one");
    allege(&story, &one);
    outcome = story_decide(&story, CASE_RESCINDED, "rescission");
    assert_int_equal(outcome.state.allegations[0], ALLEGATION_WITHDRAWN);
    story_end(&story);
    story_climb(&story, PARTY_REGISTRAR);
    allege(&story, &one);
    story_serve(&story);
    story_plain(&story, CASE_FINDING_MET);
    struct case_step step = story_step(&story, CASE_CURED, "ann");
    outcome = story_take(&story, &step);
    assert_int_equal(outcome.state.allegations[0], ALLEGATION_CORRECTED);
    story_end(&story);
}

/* A case begins with what was received, too; what comes in later alleges by an event of its own. */
static void the_first_event_alleges(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    const struct case_allegation one = about("ra.one");
    arena_init(&arena, 1 << 20);
    story_begin(&story);
    struct case_step step = story_step(&story, CASE_RECEIVED, "ann");
    step.alleges = true;
    step.allegation = &one;
    story_take(&story, &step);
    assert_string_equal(read_back(&story, &arena, 1)[0].obligation, "ra.one");
    story_refuse(&story, &step, "'received' adds no allegation");
    story_end(&story);
}

/* Whoever ended the case gave the reason for all that nobody had decided. */
static void the_reason_of_an_end_is_that_of_what_was_open(void **state)
{
    (void)state;
    static const enum case_event_type ends[] = {CASE_RESCINDED, CASE_CURED};
    for (size_t i = 0; i < 2; i++) {
        struct story story;
        struct arena arena ARENA_CLEANUP = {0};
        const struct case_allegation one = about("ra.one");
        arena_init(&arena, 1 << 20);
        story_climb(&story, PARTY_REGISTRAR);
        allege(&story, &one);
        allege(&story, &one);
        decide(&story, 1, ALLEGATION_SUBSTANTIATED);
        story_serve(&story);
        story_plain(&story, CASE_FINDING_MET);
        if (ends[i] == CASE_RESCINDED) {
            story_propose(&story, "rescission");
            story_approve(&story, "rescission", "bob");
        }
        struct case_step step = story_step(&story, ends[i], "bob");
        CASE_TEXT(step.reason, "it ended");
        story_take(&story, &step);
        const struct case_allegation *list = read_back(&story, &arena, 2);
        assert_string_equal(list[0].reason, "because");
        assert_string_equal(list[1].reason, "it ended");
        story_end(&story);
    }
}

static void what_the_rules_of_allegations_refuse(void **state)
{
    (void)state;
    struct story story;
    const struct case_allegation one = about("ra.one");
    open_alleging(&story, &one);
    struct case_step step = story_step(&story, CASE_CALL, "ann");
    step.alleges = true;
    story_refuse(&story, &step, "'call' adds no allegation");
    step = story_step(&story, CASE_ALLEGATION_ADDED, "ann");
    story_refuse(&story, &step, "says nothing that is alleged");
    step = story_step(&story, CASE_ALLEGATION_DECIDED, "ann");
    story_refuse(&story, &step, "no allegation 0");
    step.number = 2;
    story_refuse(&story, &step, "no allegation 2");
    step = story_step(&story, CASE_ALLEGATION_DECIDED, "bailiwick");
    step.number = 1;
    story_refuse(&story, &step, "for a person");
    step = story_step(&story, CASE_ALLEGATION_ADDED, "ann");
    step.alleges = true;
    story.state.allegation_count = CASE_ALLEGATIONS_MAX;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), ERR_LIMIT);
    assert_non_null(strstr(detail.text, "at most 32 allegations"));
    story_end(&story);
}

static int list_of(const struct story *story, const char *data)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct case_event event = story->events[0];
    struct case_allegation *list;
    size_t count;
    arena_init(&arena, 1 << 20);
    event.data = data;
    return allegation_list(&story->state, &event, 1, &arena, &list, &count);
}

static void damaged_allegations_are_found(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "{}",
        "{\"allegation\":{}}",
        "{\"allegation\":{\"obligation\":\"a\",\"rulebook\":\"b\",\"version\":\"x\"}}",
        ("{\"allegation\":{\"obligation\":\"a\",\"rulebook\":\"b\",\"version\":\"2026-01-01\","
         "\"from\":\"2026-01-01\",\"to\":\"2026-01-01\",\"subjects\":[1]}}"),
    };
    struct story story;
    const struct case_allegation one = about("ra.one");
    open_alleging(&story, &one);
    assert_int_equal(list_of(&story, story.events[0].data), 0);
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
        assert_int_equal(list_of(&story, damaged[i]), ERR_DAMAGED);
    story_end(&story);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_has_its_own_version_subjects_conduct_and_outcome),
    cmocka_unit_test(casework_invariant_20_no_case_closes_with_an_undecided_allegation),
    cmocka_unit_test(casework_invariant_20_each_end_decides_by_its_nature),
    cmocka_unit_test(the_first_event_alleges),
    cmocka_unit_test(the_reason_of_an_end_is_that_of_what_was_open),
    cmocka_unit_test(what_the_rules_of_allegations_refuse),
    cmocka_unit_test(damaged_allegations_are_found),
};

int main(void)
{
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
