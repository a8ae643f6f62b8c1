/* Letters on their way (cases/letter.h): invariants 7 and 8 where they are decided, one call at a
 * time. */
#include "cases/letter.h"

#include "cases/story.h"

#include <stdio.h>
#include <string.h>

static struct case_step draft_by(const char *actor, const char *role, const char *letter,
                                 uint8_t bytes, int64_t at)
{
    struct case_step step = {.type = CASE_NOTICE_DRAFTED, .at = at};
    CASE_TEXT(step.actor, actor);
    CASE_TEXT(step.role, role);
    CASE_TEXT(step.letter, letter);
    step.sha256.bytes[0] = bytes;
    return step;
}

static void a_person_is_listed_once_and_no_more_than_there_is_room_for(void **state)
{
    (void)state;
    struct case_actors actors = {.count = 0};
    char name[CASE_NAME_MAX];
    assert_false(actors_have(&actors, ""));
    for (int i = 0; i < CASE_ACTORS_MAX; i++) {
        snprintf(name, sizeof name, "person %d", i);
        assert_false(actors_have(&actors, name));
        assert_int_equal(actors_add(&actors, name, "analyst"), 0);
        assert_int_equal(actors_add(&actors, name, "manager"), 0);
        assert_true(actors_have(&actors, name));
        assert_int_equal(actors.count, i + 1);
        assert_string_equal(actors.roles[i], "analyst");
    }
    assert_int_equal(actors_add(&actors, "one more", "analyst"), ERR_LIMIT);
    assert_int_equal(actors.count, CASE_ACTORS_MAX);
    assert_int_equal(actors_add(&actors, "person 0", "analyst"), 0);
    assert_true(role_is_machine("machine"));
    assert_false(role_is_machine("machinist"));
}

/* Invariant 8: any edit voids approvals; whoever drafted stays a drafter; a machine's draft needs a
 * person who adopts it. */
static void invariant_8_other_bytes_void_approvals_and_adoption(void **state)
{
    (void)state;
    struct case_letter letter = {.id = ""};
    struct case_step step = draft_by("bailiwick", "machine", "breach", 1, 10);
    assert_int_equal(letter_draft(&letter, &step), 0);
    assert_string_equal(letter.id, "breach");
    assert_false(letter.adopted);
    assert_int_equal(letter.since, 10);
    step = draft_by("ann", "analyst", "breach", 1, 20);
    assert_int_equal(letter_draft(&letter, &step), 0);
    assert_true(letter.adopted);
    assert_int_equal(letter.since, 20);
    assert_int_equal(letter.drafters.count, 2);
    step = draft_by("bob", "manager", "breach", 1, 30);
    assert_int_equal(letter_approve(&letter, &step, NULL), 0);
    assert_int_equal(letter.since, 30);
    step = draft_by("bailiwick", "machine", "breach", 1, 40); /* the same bytes again */
    assert_int_equal(letter_draft(&letter, &step), 0);
    assert_true(letter.adopted);
    assert_int_equal(letter.approvers.count, 1);
    step = draft_by("bailiwick", "machine", "breach", 2, 50); /* other ones */
    assert_int_equal(letter_draft(&letter, &step), 0);
    assert_false(letter.adopted);
    assert_int_equal(letter.approvers.count, 0);
    assert_int_equal(letter.drafters.count, 2);
    assert_int_equal(letter.sha256.bytes[0], 2);
    step = draft_by("cleo", "analyst", "closed", 2, 60); /* another letter of the same bytes */
    assert_int_equal(letter_draft(&letter, &step), 0);
    assert_string_equal(letter.id, "closed");
    assert_int_equal(letter.drafters.count, 1);
    assert_string_equal(letter.drafters.names[0], "cleo");
}

/* The others keep their order and their roles, and what is unused stays zero. */
static void a_person_is_taken_off_a_list(void **state)
{
    (void)state;
    struct case_actors actors = {.count = 0}, expected = {.count = 0};
    static const char *const people[][2] = {{"ann", "a"}, {"bob", "b"}, {"cleo", "c"}};
    for (size_t i = 0; i < 3; i++)
        actors_add(&actors, people[i][0], people[i][1]);
    actors_remove(&actors, "dan");
    assert_int_equal(actors.count, 3);
    actors_remove(&actors, "ann");
    actors_add(&expected, "bob", "b");
    actors_add(&expected, "cleo", "c");
    assert_memory_equal(&actors, &expected, sizeof actors);
    actors_remove(&actors, "cleo");
    actors_remove(&actors, "bob");
    expected = (struct case_actors){.count = 0};
    assert_memory_equal(&actors, &expected, sizeof actors);
}

static void expect_refused(int result, const struct error_detail *detail, const char *says)
{
    assert_int_equal(result, ERR_REFUSED);
    if (!strstr(detail->text, says))
        fail_msg("'%s' does not say '%s'", detail->text, says);
}

/* "Refuses: other bytes, a drafter, a second approval by the same person." */
static void invariant_8_an_approval_is_for_these_bytes_by_another_once(void **state)
{
    (void)state;
    struct case_letter letter = {.id = ""};
    struct error_detail detail = {""};
    struct case_step step = draft_by("ann", "analyst", "breach", 1, 10);
    assert_int_equal(letter_draft(&letter, &step), 0);
    step = draft_by("bob", "manager", "breach", 2, 20);
    expect_refused(letter_approve(&letter, &step, &detail), &detail, "for other bytes");
    step = draft_by("ann", "manager", "breach", 1, 20);
    detail.text[0] = '\0';
    expect_refused(letter_approve(&letter, &step, &detail), &detail, "ann drafted or edited");
    assert_int_equal(letter.since, 10);
    step = draft_by("bob", "manager", "breach", 1, 20);
    assert_int_equal(letter_approve(&letter, &step, NULL), 0);
    detail.text[0] = '\0';
    expect_refused(letter_approve(&letter, &step, &detail), &detail, "bob has approved");
    assert_int_equal(letter.approvers.count, 1);
}

/* The bytes in the other language are approved with the message, and go when it is another one. */
static void an_approval_is_for_both_languages(void **state)
{
    (void)state;
    struct case_letter letter = {.id = ""};
    struct error_detail detail = {""};
    struct case_step step = draft_by("ann", "analyst", "breach", 1, 10);
    assert_false(digest_given(&step.translation));
    step.translation.bytes[DIGEST_SIZE - 1] = 7;
    assert_true(digest_given(&step.translation));
    step.demand_count = 2;
    assert_int_equal(letter_draft(&letter, &step), 0);
    struct case_step again = draft_by("ann", "analyst", "breach", 1, 15); /* says neither anew */
    assert_int_equal(letter_draft(&letter, &again), 0);
    assert_int_equal(letter.translation.bytes[DIGEST_SIZE - 1], 7);
    assert_int_equal(letter.demand_count, 2);
    again = draft_by("bob", "manager", "breach", 1, 20);
    expect_refused(letter_approve(&letter, &again, &detail), &detail,
                   "other bytes in the other language");
    again.translation = step.translation;
    assert_int_equal(letter_approve(&letter, &again, NULL), 0);
    again = draft_by("ann", "analyst", "breach", 2, 30);
    assert_int_equal(letter_draft(&letter, &again), 0);
    assert_false(digest_given(&letter.translation));
    assert_int_equal(letter.demand_count, 0);
}

/* A state in `stage` with an edge to breach that wants `needed` approvals of managers. */
static struct edge edge_to(const char *from, const char *to, int needed)
{
    return (struct edge){
        .from = process_stage_find(process, from),
        .to = process_stage_find(process, to),
        .approvals = {.needed = needed, .roles = {"director", "manager"}, .role_count = 2}};
}

/* Who counts: an approver of a role that may, who did not draft in the end, and is not recused. */
static void an_edge_has_the_approvals_that_it_needs(void **state)
{
    (void)state;
    struct case_state now;
    struct error_detail detail = {""};
    struct edge edge = edge_to("notice3", "breach", 2);
    case_state_init(&now, process);
    now.stage = edge.from;
    expect_refused(letter_check_edge(&now, &edge, &detail), &detail,
                   "the letter 'breach' has not been drafted and approved");
    struct case_step step = draft_by("bailiwick", "machine", "breach", 1, 10);
    letter_draft(&now.proposal, &step);
    static const char *const people[][2] = {
        {"bob", "manager"}, {"cleo", "analyst"}, {"dan", "director"}, {"eve", "manager"}};
    for (size_t i = 0; i < 4; i++) {
        step = draft_by(people[i][0], people[i][1], "breach", 1, 20);
        assert_int_equal(letter_approve(&now.proposal, &step, NULL), 0);
    }
    detail.text[0] = '\0';
    expect_refused(letter_check_edge(&now, &edge, &detail), &detail, "no person adopted it");
    step = draft_by("bob", "manager", "breach", 1, 30); /* adopts, and counts no more */
    letter_draft(&now.proposal, &step);
    assert_int_equal(letter_check_edge(&now, &edge, NULL), 0); /* dan and eve */
    actors_add(&now.recused, "eve", "");
    detail.text[0] = '\0';
    expect_refused(letter_check_edge(&now, &edge, &detail), &detail, "1 of 2 approvals");
    edge.approvals.needed = 1;
    assert_int_equal(letter_check_edge(&now, &edge, NULL), 0);
    edge.approvals = (struct approvals){.needed = 3};
    detail.text[0] = '\0';
    expect_refused(letter_check_edge(&now, &edge, &detail), &detail, "2 of 3 approvals");
    edge.approvals.needed = 2; /* no roles: any but a machine's */
    assert_int_equal(letter_check_edge(&now, &edge, NULL), 0);
    edge.approvals.needed = 0;
    now.proposal = (struct case_letter){.id = ""};
    assert_int_equal(letter_check_edge(&now, &edge, NULL), 0);
}

/* An edge that stays is approved by the stage's own letter, one that moves by the proposal. */
static void the_letter_of_the_edge_is_the_one_that_counts(void **state)
{
    (void)state;
    struct case_state now;
    struct error_detail detail = {""};
    const struct edge stays = edge_to("breach", "breach", 1);
    case_state_init(&now, process);
    now.stage = stays.from;
    expect_refused(letter_check_edge(&now, &stays, &detail), &detail, "no letter has been drafted");
    struct case_step step = draft_by("ann", "analyst", "breach", 1, 10);
    letter_draft(&now.letter, &step);
    step = draft_by("bob", "manager", "breach", 1, 20);
    letter_approve(&now.letter, &step, NULL);
    assert_int_equal(letter_check_edge(&now, &stays, NULL), 0);
    CASE_TEXT(now.proposal.id, "rescission");
    assert_null(letter_of(&now, ""));
    assert_null(letter_of(&now, "termination"));
    assert_ptr_equal(letter_of(&now, "breach"), &now.letter);
    assert_ptr_equal(letter_of(&now, "rescission"), &now.proposal);
    now.proposal.id[0] = '\0';
    assert_null(letter_of(&now, ""));
    assert_true(letter_is_proposable(&now, "rescission"));
    assert_false(letter_is_proposable(&now, "notice1"));
    assert_false(letter_is_proposable(&now, "breach"));
    assert_false(letter_is_proposable(&now, ""));
}

static const struct edge *edge_into(const char *to)
{
    for (size_t i = 0; i < process->edge_count; i++) {
        if (strcmp(process->edges[i].to->id, to) == 0 && process->edges[i].approvals.needed > 0)
            return &process->edges[i];
    }
    fail_msg("nothing leads to '%s'", to);
    return NULL;
}

/* Every edge of a process is looked at, the first and only one too. */
static void one_edge_is_enough(void **state)
{
    (void)state;
    const struct edge *edge = edge_into("breach");
    struct process one = *process;
    struct case_state now;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    one.edges = edge;
    one.edge_count = 1;
    case_state_init(&now, &one);
    now.stage = edge->from;
    assert_true(letter_is_proposable(&now, "breach"));
    now.stage = edge->to;
    now.facts.values[FACT_LETTER] = LETTER_BOUNCED;
    struct case_step step = draft_by("ann", "analyst", "breach", 1, 1);
    assert_int_equal(case_apply(&now, &step, &outcome, &detail), ERR_REFUSED);
    assert_non_null(strstr(detail.text, "was approved and cannot be edited"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_listed_once_and_no_more_than_there_is_room_for),
        cmocka_unit_test(invariant_8_other_bytes_void_approvals_and_adoption),
        cmocka_unit_test(invariant_8_an_approval_is_for_these_bytes_by_another_once),
        cmocka_unit_test(a_person_is_taken_off_a_list),
        cmocka_unit_test(an_approval_is_for_both_languages),
        cmocka_unit_test(an_edge_has_the_approvals_that_it_needs),
        cmocka_unit_test(the_letter_of_the_edge_is_the_one_that_counts),
        cmocka_unit_test(one_edge_is_enough),
    };
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
