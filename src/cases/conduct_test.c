/* Conduct is read off the events: what the party answered, when, and how each letter ended. */
#include "cases/conduct.h"

#include "cases/story.h"

#include <string.h>

static struct conduct read_conduct(const struct story *story, struct arena *arena)
{
    struct conduct conduct;
    struct case_explanation rows[STORY_EVENTS];
    assert_int_equal(case_explain(process, story->events, story->count, rows, NULL), 0);
    assert_int_equal(conduct_of(rows, story->count, &story->state, arena, &conduct), 0);
    return conduct;
}

static void judge(struct story *story, enum fact_answer judgement)
{
    struct case_step step = story_step(story, CASE_ANSWER_JUDGED, "ann");
    step.judgement = judgement;
    story_take(story, &step);
}

/* Silence at the first two letters, an answer in time to the third. */
static void it_says_at_which_notice_the_party_answered(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    story_begin_served(&story);
    story_pass_deadline(&story);
    story_serve(&story);
    story_pass_deadline(&story);
    story_serve(&story);
    story_plain(&story, CASE_ANSWERED);
    struct conduct conduct = read_conduct(&story, &arena);
    assert_int_equal(conduct.count, 3);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(conduct.notices[i].end, CONDUCT_EXPIRED);
        assert_true(conduct.notices[i].overdue);
        assert_int_equal(conduct.notices[i].answered_at, 0);
    }
    assert_string_equal(conduct.notices[2].stage->id, "notice3");
    assert_int_equal(conduct.notices[2].end, CONDUCT_WAITS);
    assert_true(conduct.notices[2].answered_at > 0);
    assert_false(conduct.notices[2].late);
    assert_false(conduct.put_right);
    judge(&story, ANSWER_ADEQUATE);
    conduct = read_conduct(&story, &arena);
    assert_int_equal(conduct.notices[2].end, CONDUCT_ANSWERED);
    assert_true(conduct.put_right);
    assert_true(conduct.cured_late);
    story_end(&story);
}

static void a_letter_that_came_back_makes_the_party_unreachable(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    story_begin_served(&story);
    struct case_step step = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    story_take(&story, &step);
    struct conduct conduct = read_conduct(&story, &arena);
    assert_int_equal(conduct.unreachable, 1);
    assert_int_equal(conduct.notices[0].end, CONDUCT_UNDELIVERED);
    assert_false(conduct.notices[0].overdue);
    story_end(&story);
}

static void an_extension_moves_what_late_means(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    story_begin_served(&story);
    int64_t first_due = story.state.deadline.due.instant;
    struct case_step step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = story.state.deadline.due.date + 7;
    story_take(&story, &step);
    story.now = first_due + 1;
    story_plain(&story, CASE_ANSWERED);
    struct conduct conduct = read_conduct(&story, &arena);
    assert_true(conduct.notices[0].due_at > first_due);
    assert_false(conduct.notices[0].late);
    story_end(&story);
}

static void an_answer_after_the_due_moment_is_late(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    story_climb(&story, PARTY_REGISTRAR);
    story_serve(&story);
    story_pass_deadline(&story);
    story_plain(&story, CASE_ANSWERED);
    struct conduct conduct = read_conduct(&story, &arena);
    const struct conduct_notice *breach = &conduct.notices[conduct.count - 1];
    assert_string_equal(breach->stage->id, "breach");
    assert_true(breach->late);
    assert_true(breach->overdue);
    story_end(&story);
}

/* What was put right in time was not late. */
static void a_cure_in_time_is_not_late(void **state)
{
    (void)state;
    struct story story;
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    story_begin_served(&story);
    story_plain(&story, CASE_FINDING_MET);
    struct conduct conduct = read_conduct(&story, &arena);
    assert_true(conduct.put_right);
    assert_false(conduct.cured_late);
    story_end(&story);
}

/* Each way on which a served letter may end has its word, and none is left waiting. */
static void casework_invariant_25_every_served_notice_ends(void **state)
{
    (void)state;
    static const struct {
        enum case_event_type by;
        enum conduct_end end;
    } rows[] = {
        {CASE_ANSWER_JUDGED, CONDUCT_ANSWERED}, {CASE_DEADLINE_PASSED, CONDUCT_EXPIRED},
        {CASE_BOUNCED, CONDUCT_UNDELIVERED},    {CASE_RESCINDED, CONDUCT_RESCINDED},
        {CASE_ESCALATED, CONDUCT_SUPERSEDED},   {CASE_CLOSED, CONDUCT_CLOSED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct story story;
        struct arena arena ARENA_CLEANUP = {0};
        arena_init(&arena, 1 << 20);
        story_begin_served(&story);
        assert_int_equal(read_conduct(&story, &arena).notices[0].end, CONDUCT_WAITS);
        if (rows[i].by == CASE_ANSWER_JUDGED)
            story_plain(&story, CASE_ANSWERED);
        if (rows[i].by == CASE_RESCINDED || rows[i].by == CASE_ESCALATED) {
            const char *letter = rows[i].by == CASE_RESCINDED ? "rescission" : "escalated";
            story_propose(&story, letter);
            story_approve(&story, letter, "bob");
        }
        struct case_step step = story_letter(&story, rows[i].by, "ann", "notice1", 1);
        step.judgement = ANSWER_PARTIAL;
        step.criterion = rows[i].by == CASE_ESCALATED ? CRITERION_HARM : CRITERION_NONE;
        if (rows[i].by == CASE_CLOSED)
            CASE_TEXT(step.closure, "sent-in-error");
        if (rows[i].by == CASE_DEADLINE_PASSED)
            story_pass_deadline(&story);
        else
            story_take(&story, &step);
        assert_int_equal(read_conduct(&story, &arena).notices[0].end, rows[i].end);
        assert_true(conduct_end_text(rows[i].end)[0] != '\0');
        story_end(&story);
    }
}

/* For look-back only what was so counts, not what was withdrawn or never shown. */
static void only_what_was_so_counts(void **state)
{
    (void)state;
    static const bool counts[ALLEGATION_OUTCOME_COUNT] = {
        [ALLEGATION_SUBSTANTIATED] = true, [ALLEGATION_CORRECTED] = true};
    static const char *const subject = "alpha";
    const struct case_allegation allegation = {
        .obligation = "ra.x", .rulebook = "cafe", .subjects = &subject, .subject_count = 1};
    for (int outcome = 0; outcome < ALLEGATION_OUTCOME_COUNT; outcome++) {
        struct story story;
        struct arena arena ARENA_CLEANUP = {0};
        arena_init(&arena, 1 << 20);
        story_begin_served(&story);
        struct case_step step = story_step(&story, CASE_ALLEGATION_ADDED, "ann");
        step.alleges = true;
        step.allegation = &allegation;
        story_take(&story, &step);
        step = story_step(&story, CASE_ALLEGATION_DECIDED, "ann");
        step.number = 1;
        step.outcome = (enum allegation_outcome)outcome;
        story_take(&story, &step);
        assert_int_equal(read_conduct(&story, &arena).counts, counts[outcome]);
        story_end(&story);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_says_at_which_notice_the_party_answered),
    cmocka_unit_test(a_letter_that_came_back_makes_the_party_unreachable),
    cmocka_unit_test(an_extension_moves_what_late_means),
    cmocka_unit_test(an_answer_after_the_due_moment_is_late),
    cmocka_unit_test(a_cure_in_time_is_not_late),
    cmocka_unit_test(casework_invariant_25_every_served_notice_ends),
    cmocka_unit_test(only_what_was_so_counts),
};

int main(void)
{
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
