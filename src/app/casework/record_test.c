/* `case record`: each event that a person may take can be given all that it needs, by the words of
 * the command line, and a dispute holds what it should hold. Under the rulebook that ships. */
#include "app/casework/casefile.h"

#include "app/casework/timer.h"
#include "app/world.h"
#include "refusal.h"

#include <stdio.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

/* --- one event after the other --- */

/* A case at its first notice, whose clock runs and whose answer was judged. */
static const char *open_informal(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct store_case record = {.party = "registrar-1",
                                      .obligation = WORLD_DUTY,
                                      .subject = "informal",
                                      .process = world->app.rulebook->digest_text,
                                      .origin = ORIGIN_COMPLAINT};
    struct case_step judged = {.type = CASE_ANSWER_JUDGED, .judgement = ANSWER_PARTIAL};
    CASE_TEXT(judged.reason, "half");
    assert_int_equal(casefile_new(&world->app, &record, &file, NULL), 0);
    world_step(
        &file, &anna,
        (struct case_step){.type = CASE_OPENED, .party = PARTY_REGISTRAR, .violation = true});
    world_serve(&file, "notice1");
    world_step(&file, &anna, (struct case_step){.type = CASE_ANSWERED});
    world_step(&file, &anna, judged);
    return arena_copy_text(&world->arena, file.record.id);
}

/* A letter that ends the case stands ready: two people are behind it. */
static void approve_rescission(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step letter = {.type = CASE_NOTICE_DRAFTED, .sha256 = digest_of("sorry", 5)};
    CASE_TEXT(letter.letter, "rescission");
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_step(&file, &anna, letter);
    letter.type = CASE_NOTICE_APPROVED;
    world_step(&file, &bert, letter);
}

/* Suspended, and measured as put right since. */
static const char *open_suspension(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    const char *id = world_open_sanction(world, "suspended", CASE_SUSPENDED);
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    world_step(&file, &machine, (struct case_step){.type = CASE_FINDING_MET});
    return id;
}

enum { INFORMAL, TERMINATION, SUSPENSION, CASES };

/* In an order in which each one's guard allows it. */
static const struct recorded {
    enum case_event_type event;
    int where;
    const char *more; /* members of the arguments */
} recorded[] = {
    {CASE_RECEIVED, INFORMAL, ""},
    {CASE_ASSIGNED, INFORMAL, ",\"object\":\"anna\""},
    {CASE_RECUSED, INFORMAL, ",\"object\":\"eve\",\"reason\":\"interest\""},
    {CASE_CORRECTED, INFORMAL, ",\"object\":\"6\",\"reason\":\"typing\""},
    {CASE_GUIDANCE_GIVEN, INFORMAL, ""},
    {CASE_CALL, INFORMAL, ",\"call\":\"reached\",\"with\":\"legal\""},
    {CASE_MEETING, INFORMAL, ""},
    {CASE_DISPUTED, INFORMAL, ",\"dispute\":\"open\",\"reason\":\"court\""},
    {CASE_DISPUTE_ENDED, INFORMAL, ",\"dispute\":\"withdrawn\",\"reason\":\"peace\""},
    {CASE_DISPUTED, TERMINATION, ",\"dispute\":\"open\",\"reason\":\"court\""},
    {CASE_DISPUTE_ENDED, TERMINATION, ",\"dispute\":\"denied\",\"reason\":\"court\""},
    {CASE_DISPUTED, TERMINATION, ",\"dispute\":\"open\",\"reason\":\"appeal\""},
    {CASE_DISPUTE_ENDED, TERMINATION, ",\"dispute\":\"upheld\",\"reason\":\"court\""},
    {CASE_EXTENDED, INFORMAL, ",\"until\":\"2027-03-01\",\"reason\":\"storm\""},
    {CASE_TOLLED, INFORMAL, ",\"reason\":\"storm\""},
    {CASE_RESUMED, INFORMAL, ",\"reason\":\"sun\""},
    {CASE_CLARIFIED, INFORMAL, ",\"reason\":\"asked\""},
    {CASE_REMEDIATION_AGREED, INFORMAL, ",\"until\":\"2027-06-01\",\"reason\":\"plan\""},
    {CASE_MILESTONE_AGREED, INFORMAL, ",\"object\":\"step-1\",\"until\":\"2027-05-01\""},
    {CASE_MILESTONE_MET, INFORMAL, ",\"object\":\"step-1\""},
    {CASE_AGREEMENT_CHANGED, INFORMAL, ",\"object\":\"raa-2026\",\"reason\":\"renewal\""},
    {CASE_CLOSED, INFORMAL, ",\"closure\":\"sent-in-error\",\"reason\":\"ours\""},
    {CASE_REOPENED, INFORMAL, ",\"reason\":\"news\""},
    {CASE_PROGRESS, TERMINATION, ""},
    {CASE_CURED, SUSPENSION, ""},
    {CASE_RESCINDED, TERMINATION, ",\"reason\":\"error\""},
};

enum { RECORDED = sizeof recorded / sizeof *recorded };

static int record(struct world *world, const char *case_id, enum case_event_type event,
                  const char *more, struct error_detail *detail)
{
    char text[256];
    json_t *arguments;
    snprintf(text, sizeof text, "{\"case\":\"%s\",\"event\":\"%s\"%s}", case_id,
             case_event_text(event), more);
    assert_int_equal(json_parse(text, strlen(text), &arguments, NULL), 0);
    return world_run(world, &anna, "case.record", arguments, NULL, detail);
}

static bool is_in_the_table(enum case_event_type event)
{
    for (size_t i = 0; i < RECORDED; i++) {
        if (recorded[i].event == event)
            return true;
    }
    return event == CASE_CALL_WAIVED; /* has a test of its own */
}

static void each_event_by_hand_can_be_recorded(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *const cases[CASES] = {open_informal(world), world->case_id, open_suspension(world)};
    approve_rescission(world);
    for (size_t i = 0; i < RECORDED; i++) {
        const struct recorded *row = &recorded[i];
        if (record(world, cases[row->where], row->event, row->more, &detail) < 0)
            fail_msg("%s: %s", case_event_text(row->event), detail.text);
    }
}

/* What the table above leaves out is refused as no affair of `case record`. */
static void all_other_events_are_not_recorded_by_hand(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    for (enum case_event_type event = 0; event < CASE_EVENT_COUNT; event++) {
        int result = record(world, world->case_id, event, "", &detail);
        bool by_hand = !strstr(detail.text, "is not recorded by hand");
        if (by_hand != is_in_the_table(event))
            fail_msg("%s: %s", case_event_text(event), detail.text);
        assert_true(by_hand || result == ERR_REFUSED);
        detail = (struct error_detail){0};
    }
}

static void a_dispute_is_named_by_its_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const char *const wrong[] = {"none", "loud", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char more[64];
        snprintf(more, sizeof more, ",\"dispute\":\"%s\",\"reason\":\"court\"", wrong[i]);
        assert_refused(record(world, world->case_id, CASE_DISPUTED, more, &detail), ERR_SYNTAX,
                       &detail, "a dispute is open, upheld, denied or withdrawn, not '");
    }
    assert_refused(record(world, world->case_id, CASE_DISPUTED, ",\"reason\":\"court\"", &detail),
                   ERR_REFUSED, &detail, "how the dispute stands");
}

static void a_correction_names_an_event(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const char *const wrong[] = {"call", "", "99999999", "7 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char more[64];
        snprintf(more, sizeof more, ",\"object\":\"%s\",\"reason\":\"typing\"", wrong[i]);
        assert_refused(record(world, world->case_id, CASE_CORRECTED, more, &detail), ERR_SYNTAX,
                       &detail, "is no number of an event");
    }
    assert_refused(record(world, world->case_id, CASE_CORRECTED,
                          ",\"object\":\"5000\",\"reason\":\"typing\"", &detail),
                   ERR_NOT_FOUND, &detail, "the case has no event 5000");
}

static void an_assigned_person_is_the_handler(void **state)
{
    struct world *world = *state;
    struct store_case found;
    assert_int_equal(record(world, world->case_id, CASE_ASSIGNED, ",\"object\":\"carl\"", NULL), 0);
    assert_int_equal(store_case_find(world->app.store, world->case_id, &world->arena, &found), 0);
    assert_string_equal(found.handler, "carl");
}

/* --- what a dispute does --- */

static const char *stage_after_due_moment(struct world *world)
{
    struct store_case found;
    assert_int_equal(store_case_find(world->app.store, world->case_id, &world->arena, &found), 0);
    assert_int_equal(clock_jump(&world->app.clock, found.due_at), 0);
    assert_int_equal(timer_pass_deadlines(&world->app, NULL), 0);
    assert_int_equal(store_case_find(world->app.store, world->case_id, &world->arena, &found), 0);
    assert_int_equal(found.due_at, 0);
    return found.stage;
}

static void an_open_dispute_holds_a_termination(void **state)
{
    struct world *world = *state;
    assert_int_equal(record(world, world->case_id, CASE_DISPUTED,
                            ",\"dispute\":\"open\",\"reason\":\"arbitration\"", NULL),
                     0);
    assert_string_equal(stage_after_due_moment(world), "termination");
}

#define OPEN_DISPUTE ",\"dispute\":\"open\",\"reason\":\"arbitration\""
#define ENDED_AS(word) ",\"dispute\":\"" word "\",\"reason\":\"award\""

static const char *stage_now(struct world *world)
{
    struct store_case found;
    assert_int_equal(store_case_find(world->app.store, world->case_id, &world->arena, &found), 0);
    return found.stage;
}

/* While the notice runs the outcome is noted; the due moment then does what it has to. */
static void a_dispute_that_the_party_gave_up_holds_nothing(void **state)
{
    struct world *world = *state;
    assert_int_equal(record(world, world->case_id, CASE_DISPUTED, OPEN_DISPUTE, NULL), 0);
    assert_int_equal(record(world, world->case_id, CASE_DISPUTE_ENDED, ENDED_AS("withdrawn"), NULL),
                     0);
    assert_string_equal(stage_now(world), "termination");
    assert_string_equal(stage_after_due_moment(world), "terminated");
}

static void a_determination_that_fell_never_terminates(void **state)
{
    struct world *world = *state;
    assert_int_equal(record(world, world->case_id, CASE_DISPUTED, OPEN_DISPUTE, NULL), 0);
    assert_int_equal(record(world, world->case_id, CASE_DISPUTE_ENDED, ENDED_AS("denied"), NULL),
                     0);
    assert_string_equal(stage_after_due_moment(world), "termination");
}

/* A termination whose due moment passed under a dispute takes effect when the dispute ends for it.
 */
static void a_held_termination_goes_on_when_its_dispute_ends(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_refused(record(world, world->case_id, CASE_DISPUTE_ENDED, ENDED_AS("upheld"), &detail),
                   ERR_REFUSED, &detail, "no dispute is open");
    assert_int_equal(record(world, world->case_id, CASE_DISPUTED, OPEN_DISPUTE, NULL), 0);
    assert_string_equal(stage_after_due_moment(world), "termination");
    assert_refused(record(world, world->case_id, CASE_DISPUTE_ENDED, OPEN_DISPUTE, &detail),
                   ERR_REFUSED, &detail, "'dispute-ended' needs how the dispute ended");
    assert_int_equal(record(world, world->case_id, CASE_DISPUTE_ENDED, ENDED_AS("upheld"), NULL),
                     0);
    assert_string_equal(stage_now(world), "terminated");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_start_termination, world_end)

TEST_MAIN(IN_WORLD(each_event_by_hand_can_be_recorded),
          IN_WORLD(all_other_events_are_not_recorded_by_hand),
          IN_WORLD(a_dispute_is_named_by_its_words), IN_WORLD(a_correction_names_an_event),
          IN_WORLD(an_assigned_person_is_the_handler),
          IN_WORLD(an_open_dispute_holds_a_termination),
          IN_WORLD(a_dispute_that_the_party_gave_up_holds_nothing),
          IN_WORLD(a_determination_that_fell_never_terminates),
          IN_WORLD(a_held_termination_goes_on_when_its_dispute_ends))
