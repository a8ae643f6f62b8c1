/* What a correction takes back, and what it is refused for with the way that is open instead. */
#include "cases/correction.h"
#include "cases/story.h"

#include <stdio.h>
#include <string.h>

static int fill(const struct story *story, uint32_t seq, struct case_step *step,
                struct error_detail *detail)
{
    static struct case_explanation rows[STORY_EVENTS];
    assert_int_equal(case_explain(process, story->events, story->count, rows, NULL), 0);
    *step = story_step(story, CASE_CORRECTED, "ann");
    snprintf(step->object, sizeof step->object, "%u", seq);
    return correction_fill(rows, story->count, seq, step, detail);
}

static void correct(struct story *story, uint32_t seq)
{
    struct case_step step;
    struct error_detail detail = {""};
    if (fill(story, seq, &step, &detail) < 0)
        fail_msg("%s", detail.text);
    story_take(story, &step);
}

static void refuse(const struct story *story, uint32_t seq, int code, const char *says)
{
    struct case_step step;
    struct error_detail detail = {""};
    assert_int_equal(fill(story, seq, &step, &detail), code);
    if (!strstr(detail.text, says))
        fail_msg("'%s' does not say '%s'", detail.text, says);
}

static void begin(struct story *story)
{
    story_begin_served(story);
}

static void a_note_is_corrected_and_changes_nothing(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    story_plain(&story, CASE_MEETING);
    const struct case_facts before = story.state.facts;
    correct(&story, (uint32_t)story.count);
    assert_memory_equal(&story.state.facts, &before, sizeof before);
    refuse(&story, (uint32_t)story.count - 1, ERR_REFUSED, "is corrected already");
    refuse(&story, 99, ERR_NOT_FOUND, "the case has no event 99");
    refuse(&story, 0, ERR_NOT_FOUND, "the case has no event 0");
    story_end(&story);
}

static void a_recusal_of_the_wrong_person_is_taken_back(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    struct case_step step = story_step(&story, CASE_RECUSED, "ann");
    CASE_TEXT(step.object, "eve");
    story_take(&story, &step);
    uint32_t seq = (uint32_t)story.count;
    CASE_TEXT(step.object, "joe");
    story_take(&story, &step);
    assert_true(case_is_recused(&story.state, "eve"));
    correct(&story, seq);
    assert_false(case_is_recused(&story.state, "eve"));
    assert_true(case_is_recused(&story.state, "joe"));
    step = story_step(&story, CASE_CORRECTED, "ann");
    CASE_TEXT(step.object, "1");
    CASE_TEXT(step.whom, "eve");
    step.takes_back = TAKES_BACK_RECUSAL;
    story_refuse(&story, &step, "eve is not recused from this case");
    story_end(&story);
}

/* What is recused is not corrected by the one whom it keeps out. */
static void nobody_corrects_his_own_recusal(void **state)
{
    (void)state;
    struct story story;
    struct case_step step;
    begin(&story);
    step = story_step(&story, CASE_RECUSED, "ann");
    CASE_TEXT(step.object, "eve");
    story_take(&story, &step);
    assert_int_equal(fill(&story, (uint32_t)story.count, &step, NULL), 0);
    CASE_TEXT(step.actor, "eve");
    story_refuse(&story, &step, "eve is recused from this case");
    story_end(&story);
}

static void a_call_that_was_none_leaves_the_party_uncalled(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    story_call(&story);
    uint32_t first = (uint32_t)story.count;
    story_call(&story);
    correct(&story, first);
    assert_true(story.state.facts.values[FACT_CALLED]); /* by the other one */
    correct(&story, first + 1);
    assert_false(story.state.facts.values[FACT_CALLED]);
    story_call(&story);
    story_pass_deadline(&story);
    story_serve(&story);
    story_call(&story);
    correct(&story, first + 4); /* of the stage before: this one's call stands */
    assert_true(story.state.facts.values[FACT_CALLED]);
    story_end(&story);
}

static void what_was_decided_is_not_corrected(void **state)
{
    (void)state;
    struct story story;
    begin(&story);
    refuse(&story, 1, ERR_REFUSED,
           "event 1, 'opened', moved the case to 'notice1'; what was decided is taken back by a "
           "decision");
    refuse(&story, 2, ERR_REFUSED, "not taken back by a correction but by a new draft");
    refuse(&story, 3, ERR_REFUSED, "'rescinded', or 'bounced' when it came back");
    story_plain(&story, CASE_ANSWERED);
    refuse(&story, 4, ERR_REFUSED, "a judgement of the answer");
    struct case_step step = story_step(&story, CASE_DISPUTED, "ann");
    step.dispute = DISPUTE_OPEN;
    story_take(&story, &step);
    refuse(&story, 5, ERR_REFUSED, "'dispute-ended' as withdrawn");
    story_plain(&story, CASE_TOLLED);
    refuse(&story, 6, ERR_REFUSED, "'resumed'");
    story_end(&story);
}

static void bad_words_of_a_correction_are_refused(void **state)
{
    (void)state;
    static const char *const data[] = {"{\"takes_back\":\"all\"}", "{\"whom\":7}"};
    for (size_t i = 0; i < 2; i++) {
        struct case_event event = {.seq = 1,
                                   .type = CASE_CORRECTED,
                                   .version = CASE_EVENT_VERSION,
                                   .actor = "a",
                                   .actor_role = "r",
                                   .reason = "",
                                   .data = data[i]};
        struct case_step step;
        assert_int_equal(case_step_decode(&event, &step, NULL), ERR_SYNTAX);
    }
}

#define STORY_TEST(name) cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)

TEST_MAIN(STORY_TEST(a_note_is_corrected_and_changes_nothing),
          STORY_TEST(a_recusal_of_the_wrong_person_is_taken_back),
          STORY_TEST(nobody_corrects_his_own_recusal),
          STORY_TEST(a_call_that_was_none_leaves_the_party_uncalled),
          STORY_TEST(what_was_decided_is_not_corrected),
          STORY_TEST(bad_words_of_a_correction_are_refused))
