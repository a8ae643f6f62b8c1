/* What a case waits for, at each turn that it can take. */
#include "cases/awaited.h"

#include "cases/story.h"

static void waits_for(const struct story *story, enum case_awaits what, const char *about)
{
    const struct awaited awaited = case_awaited(&story->state, /* lacks_contact= */ false);
    assert_string_equal(case_awaits_text(awaited.what), case_awaits_text(what));
    assert_string_equal(awaited.about, about);
}

static void a_letter_is_drafted_adopted_and_sent(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    waits_for(&story, AWAITS_WORK, "");
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    waits_for(&story, AWAITS_DRAFT, "");
    assert_int_equal(case_awaited(&story.state, /* lacks_contact= */ true).what, AWAITS_CONTACT);
    struct case_step draft = story_letter(&story, CASE_NOTICE_DRAFTED, "bailiwick", "notice1", 1);
    CASE_TEXT(draft.role, "machine");
    story_take(&story, &draft);
    waits_for(&story, AWAITS_ADOPTION, "");
    draft = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "notice1", 1);
    story_take(&story, &draft);
    waits_for(&story, AWAITS_DISPATCH, "");
    struct case_step bounced = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    story_take(&story, &bounced);
    waits_for(&story, AWAITS_OTHER_CONTACT, "");
    story_end(&story);
}

static void a_clock_runs_stops_and_passes(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    waits_for(&story, AWAITS_MOVE, "notice2");
    story_plain(&story, CASE_TOLLED);
    waits_for(&story, AWAITS_RESUMPTION, "");
    story_plain(&story, CASE_RESUMED);
    waits_for(&story, AWAITS_MOVE, "notice2");
    story_plain(&story, CASE_ANSWERED);
    waits_for(&story, AWAITS_JUDGEMENT, "");
    story_end(&story);
}

static void after_the_last_notice_the_next_letter_waits_for_approval(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    story_pass_deadline(&story);
    story_serve(&story);
    story_pass_deadline(&story);
    story_serve(&story);
    waits_for(&story, AWAITS_NEXT_LETTER, "breach");
    story_pass_deadline(&story);
    waits_for(&story, AWAITS_LATE_DECISION, "");
    story_propose(&story, "breach");
    waits_for(&story, AWAITS_APPROVAL, "breach");
    story_end(&story);
}

/* The process has nothing for the moment: a person must decide then. */
static void a_moment_without_an_edge_is_a_persons(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    for (size_t i = 0; i < process->edge_count; i++) {
        struct edge *edge = (struct edge *)&process->edges[i];
        if (edge->from == story.state.stage && edge->event == CASE_DEADLINE_PASSED)
            edge->second_person = true;
    }
    waits_for(&story, AWAITS_DUE_MOMENT, "");
    for (size_t i = 0; i < process->edge_count; i++) {
        struct edge *edge = (struct edge *)&process->edges[i];
        if (edge->from == story.state.stage && edge->event == CASE_DEADLINE_PASSED)
            edge->second_person = false;
    }
    story_end(&story);
}

static void an_adequate_answer_leaves_a_decision_and_an_end_nothing(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    story_plain(&story, CASE_ANSWERED);
    struct case_step judged = story_step(&story, CASE_ANSWER_JUDGED, "ann");
    judged.judgement = ANSWER_ADEQUATE;
    story_take(&story, &judged);
    waits_for(&story, AWAITS_DECISION, "");
    story.state.stage = process_stage_find(process, "closed");
    waits_for(&story, AWAITS_NOTHING, "");
    story_end(&story);
}

static void each_word_is_read_back(void **state)
{
    (void)state;
    enum case_awaits found;
    for (int i = 0; i < CASE_AWAITS_COUNT; i++) {
        assert_int_equal(case_awaits_parse(case_awaits_text((enum case_awaits)i), &found), 0);
        assert_int_equal(found, i);
    }
    assert_int_equal(case_awaits_parse("a better day", &found), ERR_SYNTAX);
}

#define STORY_TEST(name) cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)

TEST_MAIN(STORY_TEST(a_letter_is_drafted_adopted_and_sent),
          STORY_TEST(a_clock_runs_stops_and_passes),
          STORY_TEST(after_the_last_notice_the_next_letter_waits_for_approval),
          STORY_TEST(a_moment_without_an_edge_is_a_persons),
          STORY_TEST(an_adequate_answer_leaves_a_decision_and_an_end_nothing),
          cmocka_unit_test(each_word_is_read_back))
