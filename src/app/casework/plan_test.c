/* Milestones as deadlines of the store, calls by the words of the command line, and how often a
 * party was given notice. Under the rulebook that ships. */
#include "app/casework/casefile.h"

#include "app/casework/repetition.h"
#include "app/casework/term.h"
#include "app/casework/timer.h"
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "rulebook/process.h"
#include "store/letter.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};
static const struct actor carl = {.id = "carl", .roles = ROLE_APPROVER};

static struct case_step about(enum case_event_type type, const char *letter)
{
    struct case_step step = {.type = type, .sha256 = digest_of("bytes", 5)};
    CASE_TEXT(step.letter, letter);
    CASE_TEXT(step.reason, "because");
    return step;
}

static void serve(struct world *world, struct casefile *file)
{
    const struct actor machine = command_machine();
    struct case_step sent = about(CASE_NOTICE_SENT, file->state.stage->letter);
    sent.service_at = clock_wall(&world->app.clock);
    if (file->state.facts.values[FACT_LETTER] == LETTER_NONE)
        world_step(file, &anna, about(CASE_NOTICE_DRAFTED, file->state.stage->letter));
    world_step(file, &machine, sent);
}

static void open_case(struct world *world, const char *subject, struct casefile *file)
{
    const struct store_case record = {.party = "registrar-1",
                                      .obligation = "raa.3.18.2-dns-abuse-mitigation",
                                      .subject = subject,
                                      .process = world->app.rulebook->digest_text,
                                      .origin = ORIGIN_COMPLAINT};
    assert_int_equal(casefile_new(&world->app, &record, file, NULL), 0);
    world_step(
        file, &anna,
        (struct case_step){.type = CASE_OPENED, .party = PARTY_REGISTRAR, .violation = true});
    serve(world, file);
}

static int record(struct world *world, const char *id, const char *event, const char *more,
                  struct error_detail *detail)
{
    char text[300];
    json_t *arguments;
    snprintf(text, sizeof text, "{\"case\":\"%s\",\"event\":\"%s\"%s}", id, event, more);
    assert_int_equal(json_parse(text, strlen(text), &arguments, NULL), 0);
    return world_run(world, &anna, "case.record", arguments, NULL, detail);
}

static void must_record(struct world *world, const char *id, const char *event, const char *more)
{
    struct error_detail detail = {0};
    if (record(world, id, event, more, &detail) < 0)
        fail_msg("%s", detail.text);
}

/* A case whose plan ends on 1 March 2027 and has the milestones of 1 and 2 February. */
static const char *open_plan(struct world *world, const char *subject)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step judged = {.type = CASE_ANSWER_JUDGED, .judgement = ANSWER_PARTIAL};
    CASE_TEXT(judged.reason, "half");
    open_case(world, subject, &file);
    world_step(&file, &anna, (struct case_step){.type = CASE_ANSWERED});
    world_step(&file, &anna, judged);
    const char *id = arena_copy_text(&world->arena, file.record.id);
    must_record(world, id, "remediation-agreed", ",\"until\":\"2027-03-01\",\"reason\":\"plan\"");
    must_record(world, id, "milestone-agreed", ",\"object\":\"one\",\"until\":\"2027-02-01\"");
    must_record(world, id, "milestone-agreed", ",\"object\":\"two\",\"until\":\"2027-02-02\"");
    return id;
}

static enum deadline_state row_of(struct world *world, const char *id, const char *rule)
{
    struct store_deadline *rows;
    size_t count;
    assert_int_equal(store_deadline_list(world->app.store, id, &world->arena, &rows, &count), 0);
    for (size_t i = count; i-- > 0;) {
        if (strcmp(rows[i].rule, rule) == 0)
            return rows[i].state;
    }
    fail_msg("no deadline %s", rule);
    return DEADLINE_STATE_COUNT;
}

static int64_t due_of(struct world *world, const char *id)
{
    struct store_case found;
    assert_int_equal(store_case_find(world->app.store, id, &world->arena, &found), 0);
    return found.due_at;
}

static void let_it_pass(struct world *world, const char *id)
{
    assert_int_equal(clock_jump(&world->app.clock, due_of(world, id)), 0);
    assert_int_equal(timer_pass_deadlines(&world->app, NULL), 0);
}

static json_t *ask(struct world *world, const char *name, const char *id)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "case", id), *result = NULL;
    struct error_detail detail = {0};
    if (query_run(&world->app, name, arguments, &result, &detail) < 0)
        fail_msg("%s", detail.text);
    return result;
}

static void expect_rebuild(struct world *world)
{
    json_t *result JSON_CLEANUP = ask(world, "rebuild.check", "");
    assert_int_equal(json_array_size(json_object_get(result, "differences")), 0);
}

static void invariant_4_a_milestone_that_passes_is_an_event(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *id = open_plan(world, "plan");
    expect_rebuild(world);
    assert_int_equal(row_of(world, id, "milestone/one"), DEADLINE_RUNNING);
    let_it_pass(world, id);
    assert_int_equal(row_of(world, id, "milestone/one"), DEADLINE_PASSED);
    assert_int_equal(row_of(world, id, "milestone/two"), DEADLINE_RUNNING);
    assert_int_equal(row_of(world, id, "first"), DEADLINE_RUNNING);
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    assert_int_equal(file.events[file.event_count - 1].type, CASE_MILESTONE_MISSED);
    assert_string_equal(file.events[file.event_count - 1].actor, "machine");
    assert_int_equal(file.state.facts.values[FACT_PLAN], PLAN_OVERDUE);
    must_record(world, id, "milestone-met", ",\"object\":\"two\"");
    assert_int_equal(row_of(world, id, "milestone/two"), DEADLINE_MET);
    expect_rebuild(world);
}

static void a_stopped_clock_stops_milestones_and_another_plan_ends_them(void **state)
{
    struct world *world = *state;
    const char *id = open_plan(world, "plan");
    must_record(world, id, "tolled", ",\"reason\":\"storm\"");
    assert_int_equal(row_of(world, id, "milestone/one"), DEADLINE_STOPPED);
    assert_int_equal(due_of(world, id), 0);
    must_record(world, id, "resumed", ",\"reason\":\"sun\"");
    assert_int_equal(row_of(world, id, "milestone/one"), DEADLINE_RUNNING);
    must_record(world, id, "remediation-agreed", ",\"until\":\"2027-05-01\",\"reason\":\"plan\"");
    assert_int_equal(row_of(world, id, "milestone/one"), DEADLINE_CANCELLED);
    assert_int_equal(row_of(world, id, "milestone/two"), DEADLINE_CANCELLED);
    expect_rebuild(world);
}

/* Also of a plan that another one replaced. */
static void a_spoilt_row_of_a_former_milestone_is_named(void **state)
{
    struct world *world = *state;
    struct store_deadline *rows;
    size_t count, spoilt = 0;
    const char *id = open_plan(world, "plan");
    must_record(world, id, "remediation-agreed", ",\"until\":\"2027-05-01\",\"reason\":\"plan\"");
    must_record(world, id, "milestone-agreed", ",\"object\":\"one\",\"until\":\"2027-04-01\"");
    assert_int_equal(store_deadline_list(world->app.store, id, &world->arena, &rows, &count), 0);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].rule, "milestone/one") != 0 || rows[i].state != DEADLINE_CANCELLED)
            continue;
        struct store_deadline wrong = rows[i];
        wrong.state = DEADLINE_MET;
        assert_int_equal(store_deadline_put(world->app.store, &wrong), 0);
        json_t *result JSON_CLEANUP = ask(world, "rebuild.check", "");
        const json_t *list = json_object_get(result, "differences");
        assert_int_equal(json_array_size(list), 1);
        assert_string_equal(json_text(json_array_get(list, 0), "table"), "deadline");
        assert_string_equal(json_text(json_array_get(list, 0), "key"), wrong.id);
        assert_int_equal(store_deadline_put(world->app.store, &rows[i]), 0);
        spoilt++;
    }
    assert_int_equal(spoilt, 1);
    expect_rebuild(world);
}

static void milestones_are_shown(void **state)
{
    struct world *world = *state;
    const char *id = open_plan(world, "plan");
    static const char *const questions[] = {"case.show", "case.next"};
    for (size_t i = 0; i < 2; i++) {
        json_t *result JSON_CLEANUP = ask(world, questions[i], id);
        const json_t *list = json_object_get(result, "milestones");
        assert_int_equal(json_array_size(list), 2);
        const json_t *first = json_array_get(list, 0);
        assert_string_equal(json_text(first, "name"), "one");
        assert_string_equal(json_text(first, "date"), "2027-02-01");
        assert_string_equal(json_text(first, "state"), "open");
    }
}

/* --- calls --- */

static void a_call_says_how_it_came_out_and_names_nobody(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct casefile file CASEFILE_CLEANUP = {0};
    open_case(world, "call", &file);
    const char *id = file.record.id;
    assert_refused(record(world, id, "call", "", &detail), ERR_SYNTAX, &detail, "'call'");
    assert_refused(record(world, id, "call", ",\"call\":\"hm\"", &detail), ERR_SYNTAX, &detail,
                   "reached or not-reached, not 'hm'");
    assert_refused(
        record(world, id, "call", ",\"call\":\"reached\",\"with\":\"Mr Smith\"", &detail),
        ERR_SYNTAX, &detail, "'Mr Smith' is no role: compliance, legal");
    must_record(world, id, "call", ",\"call\":\"not-reached\"");
}

/* Up to the third notice, unanswered. */
static void climb(struct world *world, struct casefile *file)
{
    const struct actor machine = command_machine();
    for (int level = 1; level <= 3; level++) {
        if (level > 1)
            serve(world, file);
        if (level < 3) {
            assert_int_equal(clock_jump(&world->app.clock, file->state.deadline.due.instant), 0);
            world_step(file, &machine, (struct case_step){.type = CASE_DEADLINE_PASSED});
        }
    }
}

static void doing_without_a_call_takes_two(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0}, after CASEFILE_CLEANUP = {0};
    open_case(world, "call", &file);
    climb(world, &file);
    must_record(world, file.record.id, "call-waived", ",\"reason\":\"no-number\"");
    json_t *shown JSON_CLEANUP = ask(world, "case.next", file.record.id);
    const json_t *waiting = json_array_get(json_object_get(shown, "proposals"), 0);
    json_t *arguments =
        json_pack("{s:s, s:s}", "case", file.record.id, "proposal", json_text(waiting, "sha256"));
    assert_int_equal(world_run(world, &bert, "case.agree", arguments, NULL, NULL), 0);
    assert_int_equal(casefile_open(&world->app, file.record.id, &after, NULL), 0);
    assert_true(after.state.facts.values[FACT_CALLED]);
}

/* --- repetition --- */

static void breach(struct world *world, const char *subject, struct casefile *file)
{
    const struct actor machine = command_machine();
    open_case(world, subject, file);
    climb(world, file);
    assert_int_equal(clock_jump(&world->app.clock, file->state.deadline.due.instant), 0);
    world_step(file, &machine, (struct case_step){.type = CASE_DEADLINE_PASSED});
    world_step(file, &anna, (struct case_step){.type = CASE_CALL, .call = CALL_NOT_REACHED});
    world_step(file, &anna, about(CASE_NOTICE_DRAFTED, "breach"));
    world_step(file, &bert, about(CASE_NOTICE_APPROVED, "breach"));
    world_step(file, &anna, about(CASE_BREACHED, "breach"));
    serve(world, file);
}

/* Where nobody looks at it again. */
static void breach_one(struct world *world, const char *subject)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    breach(world, subject, &file);
}

static uint32_t notices(struct world *world, unsigned months)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    uint32_t count = 99;
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    const struct ground ground = {.repeat_times = 3, .repeat_months = months};
    assert_int_equal(repetition_count(&file, &ground, &count, NULL), 0);
    return count;
}

static void notices_of_breach_count_within_the_months(void **state)
{
    struct world *world = *state;
    assert_int_equal(notices(world, 12), 0); /* the termination was on a ground */
    breach_one(world, "one");
    breach_one(world, "two");
    assert_int_equal(notices(world, 12), 2);
    int64_t later = clock_wall(&world->app.clock) + 364 * CIVIL_DAY_US;
    assert_int_equal(clock_jump(&world->app.clock, later), 0);
    assert_int_equal(notices(world, 12), 1); /* the first one lies weeks before the second */
    assert_int_equal(notices(world, 24), 2);
}

static void imported_notices_of_breach_count_too(void **state)
{
    struct world *world = *state;
    int32_t today = civil_day_of(clock_wall(&world->app.clock));
    world_import_notice(world, "registrar-1", "p-1", "breach", today - 30);
    world_import_notice(world, "registrar-1", "p-2", "breach", civil_add_months(today, -12) - 1);
    world_import_notice(world, "registrar-1", "p-3", "suspension", today - 30);
    assert_int_equal(notices(world, 12), 1);
    assert_int_equal(notices(world, 13), 2);
}

/* What was taken back was no notice. */
static void a_notice_that_was_taken_back_does_not_count(void **state)
{
    struct world *world = *state;
    struct store_case *cases;
    size_t count;
    struct casefile file CASEFILE_CLEANUP = {0};
    breach_one(world, "one");
    breach_one(world, "two");
    assert_int_equal(notices(world, 12), 2);
    const struct store_case_query query = {.subject = "one", .after = ""};
    assert_int_equal(store_case_list(world->app.store, &query, &world->arena, &cases, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(casefile_open(&world->app, cases[0].id, &file, NULL), 0);
    world_step(&file, &anna, about(CASE_NOTICE_DRAFTED, "rescission"));
    world_step(&file, &bert, about(CASE_NOTICE_APPROVED, "rescission"));
    world_step(&file, &anna, about(CASE_RESCINDED, "rescission"));
    assert_int_equal(notices(world, 12), 1);
}

static void put_agreement(struct world *world, const char *subject, int32_t from, int32_t until)
{
    const struct agreement agreement = {"registrar-1", "raa", "2013", subject, from, until};
    assert_int_equal(store_agreement_put(world->app.store, &agreement), 0);
}

/* The fact `repeated` of a case that begins: by the same count as the ground. */
static void a_case_begins_with_what_the_record_shows(void **state)
{
    struct world *world = *state;
    int32_t today = civil_day_of(clock_wall(&world->app.clock));
    put_agreement(world, "", civil_days(2020, 1, 1), CIVIL_FAR_FUTURE);
    for (int i = 0; i < 4; i++) {
        struct casefile file CASEFILE_CLEANUP = {0};
        json_t *result JSON_CLEANUP = NULL;
        char id[16], subject[16];
        snprintf(subject, sizeof subject, "new-%d", i);
        assert_int_equal(
            world_run(world, &anna, "case.open",
                      json_pack("{s:s, s:s, s:s}", "party", "registrar-1", "obligation",
                                "raa.3.18.1-abuse-contact", "subject", subject),
                      &result, NULL),
            0);
        assert_int_equal(casefile_open(&world->app, json_text(result, "case"), &file, NULL), 0);
        assert_int_equal(file.state.facts.values[FACT_REPEATED], i == 3);
        snprintf(id, sizeof id, "p-%d", i);
        world_import_notice(world, "registrar-1", id, "breach", today - 30 * i);
    }
}

static json_t *send_arguments(const struct casefile *file, const struct store_letter *letter,
                              const char *imported)
{
    char hex[DIGEST_HEX];
    json_t *arguments = json_pack("{s:s, s:s, s:s, s:s}", "case", file->record.id, "sha256",
                                  digest_format(&letter->sha256, hex), "ground", "raa-repeat",
                                  "reason", "three-times");
    if (imported)
        json_object_set_new(arguments, "imported", json_string(imported));
    return arguments;
}

static void a_ground_of_repetition_is_held_against_the_record(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct casefile file CASEFILE_CLEANUP = {0};
    open_case(world, "repeat", &file);
    const struct store_letter letter = {.id = "l-repeat",
                                        .case_id = file.record.id,
                                        .kind = "termination",
                                        .message_id = "l-repeat@us.example",
                                        .recipient = "c@party.example",
                                        .subject = "Termination",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of("bytes", 5),
                                        .bytes = {(const uint8_t *)"bytes", 5}};
    assert_true(store_letter_put(world->app.store, &letter) >= 0);
    world_step(&file, &anna, about(CASE_NOTICE_DRAFTED, "termination"));
    world_step(&file, &bert, about(CASE_NOTICE_APPROVED, "termination"));
    world_step(&file, &carl, about(CASE_NOTICE_APPROVED, "termination"));
    assert_refused(
        world_run(world, &anna, "case.send", send_arguments(&file, &letter, NULL), NULL, &detail),
        ERR_REFUSED, &detail, "needs 3 notices within 12 months and the record has 0");
    assert_int_equal(world_run(world, &anna, "case.send",
                               send_arguments(&file, &letter, "letters of 2026"), NULL, NULL),
                     0);
}

/* --- the end of an agreement --- */

static int not_renewed(struct world *world, const struct casefile *file,
                       const struct store_letter *letter, const char *until,
                       struct error_detail *detail)
{
    char hex[DIGEST_HEX];
    return world_run(world, &anna, "case.send",
                     json_pack("{s:s, s:s, s:s*, s:s}", "case", file->record.id, "sha256",
                               digest_format(&letter->sha256, hex), "until", until, "reason",
                               "not-cured"),
                     NULL, detail);
}

/* A notice of non-renewal names the last day of the agreement that is in force, where the store
 * knows it; of one that is over, has not begun or is about another subject it is not held. */
static void a_non_renewal_names_the_last_day_of_the_agreement(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    int32_t today = civil_day_of(clock_wall(&world->app.clock));
    breach(world, "one", &file);
    assert_int_equal(clock_jump(&world->app.clock, file.state.deadline.due.instant), 0);
    world_step(&file, &machine, (struct case_step){.type = CASE_DEADLINE_PASSED});
    const struct store_letter letter = {.id = "l-end",
                                        .case_id = file.record.id,
                                        .kind = "non-renewal",
                                        .message_id = "l-end@us.example",
                                        .recipient = "c@party.example",
                                        .subject = "Non-renewal",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of("bytes", 5),
                                        .bytes = {(const uint8_t *)"bytes", 5}};
    assert_true(store_letter_put(world->app.store, &letter) >= 0);
    world_step(&file, &anna, about(CASE_NOTICE_DRAFTED, "non-renewal"));
    world_step(&file, &bert, about(CASE_NOTICE_APPROVED, "non-renewal"));
    put_agreement(world, "", today - 400, today - 100);
    put_agreement(world, "elsewhere", today - 400, civil_days(2028, 1, 1));
    put_agreement(world, "", today - 100, civil_days(2027, 7, 1));
    put_agreement(world, "", civil_days(2027, 7, 1), CIVIL_FAR_FUTURE);
    assert_refused(not_renewed(world, &file, &letter, "2027-07-01", &detail), ERR_REFUSED, &detail,
                   "the agreement 'raa' of registrar-1 has its last day on 2027-06-30, not on "
                   "2027-07-01");
    assert_refused(not_renewed(world, &file, &letter, NULL, &detail), ERR_REFUSED, &detail,
                   "'not-renewed' needs the last day of the agreement");
    assert_int_equal(not_renewed(world, &file, &letter, "2027-06-30", &detail), 0);
}

static void of_an_agreement_without_a_known_end_nothing_is_held(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    open_case(world, "one", &file);
    assert_int_equal(term_check(&file, civil_days(2027, 6, 30), NULL), 0);
    put_agreement(world, "", 100, CIVIL_FAR_FUTURE);
    assert_int_equal(term_check(&file, civil_days(2027, 6, 30), NULL), 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_start_termination, world_end)

TEST_MAIN(IN_WORLD(invariant_4_a_milestone_that_passes_is_an_event),
          IN_WORLD(a_stopped_clock_stops_milestones_and_another_plan_ends_them),
          IN_WORLD(a_spoilt_row_of_a_former_milestone_is_named), IN_WORLD(milestones_are_shown),
          IN_WORLD(a_call_says_how_it_came_out_and_names_nobody),
          IN_WORLD(doing_without_a_call_takes_two),
          IN_WORLD(notices_of_breach_count_within_the_months),
          IN_WORLD(imported_notices_of_breach_count_too),
          IN_WORLD(a_notice_that_was_taken_back_does_not_count),
          IN_WORLD(a_case_begins_with_what_the_record_shows),
          IN_WORLD(a_ground_of_repetition_is_held_against_the_record),
          IN_WORLD(a_non_renewal_names_the_last_day_of_the_agreement),
          IN_WORLD(of_an_agreement_without_a_known_end_nothing_is_held))
