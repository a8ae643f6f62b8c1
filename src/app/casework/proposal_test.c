/* Invariant 5: what the process lets nobody decide alone takes two people, each for themselves. A
 * case in a formal stage under the rulebook that ships, where an extension needs a second person.
 */
#include "app/casework/proposal.h"

#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/log.h"

#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};
static const struct actor carl = {.id = "carl", .roles = ROLE_ANALYST | ROLE_APPROVER};

static int run(struct world *world, const struct actor *actor, const char *name, json_t *arguments,
               json_t **ret_result)
{
    json_object_set_new(arguments, "case", json_string(world->case_id));
    return world_run(world, actor, name, arguments, ret_result, NULL);
}

static json_t *extension(const char *until)
{
    return json_pack("{s:s, s:s, s:s}", "event", "extended", "until", until, "reason", "storm");
}

/* anna proposes; the name of the proposal. */
static const char *propose(struct world *world, const char *until)
{
    json_t *result JSON_CLEANUP = NULL;
    assert_int_equal(run(world, &anna, "case.record", extension(until), &result), 0);
    assert_string_equal(json_text(result, "waits_for"), "second-person");
    return arena_copy_text(&world->arena, json_text(result, "proposal"));
}

static int settle(struct world *world, const struct actor *actor, const char *command,
                  const char *proposal)
{
    return run(world, actor, command, json_pack("{s:s}", "proposal", proposal), NULL);
}

static struct case_state state_of(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    return file.state;
}

static const struct case_event *last_event(struct world *world)
{
    struct store_event *events;
    size_t count;
    assert_int_equal(
        store_event_list(world->app.store, world->case_id, 0, 0, &world->arena, &events, &count),
        0);
    return &events[count - 1].event;
}

/* --- tests --- */

static void invariant_5_a_proposal_changes_nothing_by_itself(void **state)
{
    struct world *world = *state;
    const struct case_state before = state_of(world);
    propose(world, "2027-02-01");
    const struct case_state after = state_of(world);
    assert_int_equal(after.seq, before.seq);
    assert_int_equal(after.deadline.due.date, before.deadline.due.date);
}

static void invariant_5_two_people_move_a_public_deadline(void **state)
{
    struct world *world = *state;
    struct store_proposal *proposals;
    char date[CIVIL_DATE_TEXT];
    size_t count;
    const char *proposal = propose(world, "2027-02-01");
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + CIVIL_DAY_US), 0);
    assert_int_equal(settle(world, &bert, "case.agree", proposal), 0);
    const struct case_state now = state_of(world);
    assert_string_equal(civil_format_date(now.deadline.due.date, date), "2027-02-01");
    const struct case_event *event = last_event(world);
    assert_int_equal(event->type, CASE_EXTENDED);
    assert_int_equal(event->at, WORLD_START + CIVIL_DAY_US);
    assert_string_equal(event->actor, "anna");
    assert_string_equal(event->actor_role, "analyst");
    assert_string_equal(event->reason, "storm");
    assert_string_equal(casefile_second(event, &world->arena), "bert");
    assert_int_equal(event->evidence_count, 1);
    assert_string_equal(event->evidence[0], proposal);
    const struct store_proposal_query query = {.case_id = world->case_id};
    assert_int_equal(
        store_proposal_list(world->app.store, &query, &world->arena, &proposals, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(proposals[0].state, PROPOSAL_AGREED);
    assert_string_equal(proposals[0].settled_by, "bert");
    /* Agreed twice is agreed once. */
    assert_int_equal(settle(world, &carl, "case.agree", proposal), ERR_REFUSED);
    assert_int_equal(state_of(world).seq, now.seq);
}

static void invariant_5_nobody_is_two_people(void **state)
{
    struct world *world = *state;
    json_t *result JSON_CLEANUP = NULL;
    uint32_t seq = state_of(world).seq;
    assert_int_equal(run(world, &carl, "case.record", extension("2027-02-01"), &result), 0);
    const char *proposal = json_text(result, "proposal");
    assert_int_equal(settle(world, &carl, "case.agree", proposal), ERR_REFUSED);
    assert_int_equal(settle(world, &anna, "case.agree", proposal), ERR_DENIED); /* no approver */
    /* Who is recused agrees to nothing, and ends nothing either. */
    assert_int_equal(run(world, &anna, "case.record",
                         json_pack("{s:s, s:s, s:s}", "event", "recused", "object", "bert",
                                   "reason", "interest"),
                         NULL),
                     0);
    assert_int_equal(settle(world, &bert, "case.agree", proposal), ERR_REFUSED);
    assert_int_equal(settle(world, &bert, "case.withdraw", proposal), ERR_REFUSED);
    assert_int_equal(state_of(world).seq, seq + 1);
}

/* An administrator may hand out a token whenever it suits her. */
static void invariant_5_nobody_is_called_up_as_second_person(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct actor called = {.id = "ada2", .roles = ROLE_APPROVER, .since = WORLD_START + 1};
    const char *proposal = propose(world, "2027-02-01");
    json_t *arguments = json_pack("{s:s, s:s}", "proposal", proposal, "case", world->case_id);
    assert_refused(world_run(world, &called, "case.agree", arguments, NULL, &detail), ERR_REFUSED,
                   &detail, "ada2 got a token after the proposal was made");
    called.since = WORLD_START;
    assert_int_equal(settle(world, &called, "case.agree", proposal), 0);
}

static void what_was_not_proposed_is_not_found(void **state)
{
    struct world *world = *state;
    char hex[DIGEST_HEX];
    const struct digest other = digest_of("other", 5);
    propose(world, "2027-02-01");
    assert_int_equal(settle(world, &bert, "case.agree", digest_format(&other, hex)), ERR_NOT_FOUND);
    assert_int_equal(settle(world, &bert, "case.agree", "abc"), ERR_SYNTAX);
}

/* The rules are asked again: what has become impossible is refused, and can be taken off the list.
 */
static void a_case_that_moved_on_is_asked_anew(void **state)
{
    struct world *world = *state;
    const char *proposal = propose(world, "2027-02-01");
    assert_int_equal(clock_jump(&world->app.clock, state_of(world).deadline.due.instant), 0);
    assert_int_equal(settle(world, &bert, "case.agree", proposal), ERR_REFUSED);
    assert_int_equal(settle(world, &anna, "case.withdraw", proposal), 0);
    assert_int_equal(settle(world, &bert, "case.agree", proposal), ERR_REFUSED);
}

/* Events that do not touch the step do not void it. */
static void a_note_between_does_no_harm(void **state)
{
    struct world *world = *state;
    const char *proposal = propose(world, "2027-02-01");
    assert_int_equal(run(world, &anna, "case.record", json_pack("{s:s}", "event", "meeting"), NULL),
                     0);
    assert_int_equal(settle(world, &bert, "case.agree", proposal), 0);
}

static void one_step_of_a_kind_waits_at_a_time(void **state)
{
    struct world *world = *state;
    const char *first = propose(world, "2027-02-01");
    assert_int_equal(run(world, &anna, "case.record", extension("2027-03-01"), NULL), ERR_CONFLICT);
    const struct actor dora = {.id = "dora", .roles = ROLE_ANALYST};
    assert_int_equal(settle(world, &dora, "case.withdraw", first), ERR_DENIED);
    assert_int_equal(settle(world, &bert, "case.withdraw", first), 0);
    const char *second = propose(world, "2027-03-01");
    assert_string_not_equal(first, second);
    assert_int_equal(settle(world, &bert, "case.agree", second), 0);
}

/* What is wrong with it is said to the first person, not to the second. */
static void an_impossible_step_is_not_proposed(void **state)
{
    struct world *world = *state;
    assert_int_equal(run(world, &anna, "case.record", extension("2027-01-05"), NULL), ERR_REFUSED);
    json_t *bare = extension("2027-02-01");
    json_object_del(bare, "reason");
    assert_int_equal(run(world, &anna, "case.record", bare, NULL), ERR_REFUSED);
    struct store_proposal *proposals;
    size_t count;
    assert_int_equal(store_proposal_list(world->app.store, &(struct store_proposal_query){0},
                                         &world->arena, &proposals, &count),
                     0);
    assert_int_equal(count, 0);
}

/* The name of a proposal is the digest of what the log was told, so two people and the log mean the
 * same thing. */
static void the_log_knows_what_was_proposed(void **state)
{
    struct world *world = *state;
    struct store_proposal *proposals;
    struct store_opening opening;
    char hex[DIGEST_HEX];
    size_t count;
    const char *proposal = propose(world, "2027-02-01");
    assert_int_equal(store_proposal_list(world->app.store, &(struct store_proposal_query){0},
                                         &world->arena, &proposals, &count),
                     0);
    assert_int_equal(
        store_opening_find(world->app.store, &proposals[0].entry, &world->arena, &opening), 0);
    const char *json = opening.opening.json;
    const struct digest told = digest_of(json, strlen(json));
    assert_string_equal(digest_format(&told, hex), proposal);
    assert_non_null(strstr(json, "\"until\":\"2027-02-01\""));
    /* Content that is not what was made is nobody's to agree to. */
    struct case_step step;
    proposals[0].event.reason = "gift";
    assert_int_equal(proposal_step(&proposals[0], "bert", &step, NULL), ERR_DAMAGED);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_start_termination, world_end)

TEST_MAIN(IN_WORLD(invariant_5_a_proposal_changes_nothing_by_itself),
          IN_WORLD(invariant_5_two_people_move_a_public_deadline),
          IN_WORLD(invariant_5_nobody_is_two_people),
          IN_WORLD(invariant_5_nobody_is_called_up_as_second_person),
          IN_WORLD(what_was_not_proposed_is_not_found),
          IN_WORLD(a_case_that_moved_on_is_asked_anew), IN_WORLD(a_note_between_does_no_harm),
          IN_WORLD(one_step_of_a_kind_waits_at_a_time),
          IN_WORLD(an_impossible_step_is_not_proposed), IN_WORLD(the_log_knows_what_was_proposed))
