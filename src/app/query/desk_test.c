/* The desk on a real store and under the rulebook that ships: every page of the staff door can be
 * rendered from its question, strictly; foreign text comes out escaped; and the buttons offer what
 * the rules allow (invariant 8), to nobody else. */
#include "app/query/desk.h"

#include "app/alarm.h"
#include "app/casework/opening.h"
#include "app/casework/timer.h"
#include "app/letters/drafting.h"
#include "app/world.h"
#include "app_world.h"
#include "store/evidence.h"
#include "store/party.h"
#include "testing.h"
#include "view/metrics.h"
#include "view/staff_page.h"

#include <stdio.h>
#include <string.h>

#define HOSTILE "<script>alert(1)</script> \"quoted\" 'name' & {{csrf}}"

static const char duty[] = "ra.spec10.dns-service-availability";
static const char party_id[] = "registry-hostile";

/* --- a store with one case --- */

static void put_user(struct world *world, const char *id, const char *role, const char *party)
{
    app_world_put_user(&world->app, id, role, party, WORLD_START);
}

static void put_nouns(struct world *world)
{
    const struct party party = {.id = party_id,
                                .kind = PARTY_REGISTRY,
                                .name = HOSTILE,
                                .status = "contracted",
                                .rdap_url = ""};
    const struct tld tld = {
        .name = "alpha", .tld_class = TLD_GENERIC, .party = party_id, .rdap_url = ""};
    const struct contact contact = {.party = party_id,
                                    .role = "compliance",
                                    .name = "Compliance",
                                    .email = "compliance@hostile.example"};
    assert_int_equal(store_party_put(world->app.store, &party), 0);
    assert_int_equal(store_tld_put(world->app.store, &tld), 0);
    assert_int_equal(store_contact_put(world->app.store, &contact), 0);
    put_user(world, "anna", "analyst", "");
    put_user(world, "bert", "approver", "");
    put_user(world, "adam", "auditor", "");
    put_user(world, "pete", "analyst", party_id);
}

static void put_finding(struct world *world)
{
    struct error_detail detail = {0};
    const char *codes[] = {"dns.server-silent"}, *seen_by[] = {"ams"};
    uint32_t exchanges[] = {3, 4};
    struct finding_evidence evidence = {.measurement = "m-1", .exchanges = exchanges, .count = 2};
    const struct store_measurement measurement = {.id = "m-1",
                                                  .target = "alpha",
                                                  .vantage = "ams",
                                                  .observed_at = WORLD_START,
                                                  .stored_at = WORLD_START,
                                                  .bytes = {(const uint8_t *)"x", 1}};
    const struct store_finding finding = {.id = "f-1",
                                          .finding = {.obligation = duty,
                                                      .clause = "10.2",
                                                      .party = party_id,
                                                      .subject = "alpha",
                                                      .period_from = WORLD_START - 60000000,
                                                      .period_until = WORLD_START,
                                                      .verdict = VERDICT_NOT_MET,
                                                      .codes = codes,
                                                      .code_count = 1,
                                                      .seen_by = seen_by,
                                                      .seen_by_count = 1,
                                                      .evidence = &evidence,
                                                      .evidence_count = 1,
                                                      .rulebook = world->app.rulebook->digest_text,
                                                      .reason = "no server answers"},
                                          .decided_at = WORLD_START};
    assert_int_equal(store_measurement_put(world->app.store, &measurement), 0);
    assert_int_equal(store_finding_put(world->app.store, &finding), 0);
    if (opening_take_finding(&world->app, &finding, &detail) < 0)
        fail_msg("%s", detail.text);
}

static int make_world(void **state)
{
    struct world *world = world_new();
    struct error_detail detail = {0};
    assert_int_equal(store_begin(world->app.store), 0);
    world_put_rulebook(world);
    put_nouns(world);
    assert_int_equal(store_commit(world->app.store), 0);
    /* As the door does when a rulebook is adopted while it runs. */
    assert_null(world->app.rulebook);
    assert_int_equal(desk_refresh(&world->app, &detail), 0);
    assert_non_null(world->app.rulebook);
    assert_int_equal(store_begin(world->app.store), 0);
    put_finding(world);
    assert_int_equal(store_commit(world->app.store), 0);
    struct store_case *cases;
    size_t count;
    const struct store_case_query query = {.open_only = true};
    assert_int_equal(store_case_list(world->app.store, &query, &world->arena, &cases, &count), 0);
    assert_int_equal(count, 1);
    world->case_id = cases[0].id;
    *state = world;
    return 0;
}

/* --- asking and acting --- */

static json_t *ask(struct world *world, const char *query, const char *user, const char *name,
                   const char *id)
{
    struct error_detail detail = {0};
    JSON_CLEANUP json_t *arguments = json_object();
    json_t *result = NULL;
    if (user)
        desk_put(arguments, "user", user);
    if (name)
        desk_put(arguments, name, id);
    if (query_run(&world->app, query, arguments, &result, &detail) < 0)
        fail_msg("%s: %s", query, detail.text);
    return result;
}

/* Strict: a key that is missing fails the page. */
static void render(enum staff_page page, const json_t *context, const char *says)
{
    const struct staff_frame frame = {
        .authority_name = "Authority", .user = "anna", .role = "analyst", .csrf = "c"};
    struct buffer html BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    buffer_init(&html, 8 << 20);
    if (staff_page_render(page, context, &frame, &html, &detail) < 0)
        fail_msg("%s: %s", staff_page_text(page), detail.text);
    assert_null(strstr(buffer_text(&html), "<script>alert"));
    assert_null(strstr(buffer_text(&html), "\"quoted\""));
    if (says && !strstr(buffer_text(&html), says))
        fail_msg("%s does not say '%s'", staff_page_text(page), says);
}

static const char escaped[] = "&lt;script&gt;alert(1)&lt;/script&gt;";

static void draft(struct world *world, const char *letter)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    const struct actor machine = command_machine();
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, &detail), 0);
    if (drafting_write(&file, letter, &machine, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(store_commit(world->app.store), 0);
}

/* The letter written last. */
static struct store_letter newest(struct world *world)
{
    struct store_letter *letters;
    size_t count;
    const struct store_letter_query query = {.case_id = world->case_id};
    assert_int_equal(store_letter_list(world->app.store, &query, &world->arena, &letters, &count),
                     0);
    assert_true(count > 0);
    return letters[count - 1];
}

static int translate(struct world *world, const char *user, const char *verb, json_t **ret_order,
                     struct error_detail *detail)
{
    const struct store_letter letter = newest(world);
    char hex[DIGEST_HEX];
    JSON_CLEANUP json_t *arguments =
        json_pack("{s:s, s:s, s:s, s:s}", "user", user, "verb", verb, "letter", letter.id, "sha256",
                  digest_format(&letter.sha256, hex));
    return query_run(&world->app, "desk.command", arguments, ret_order, detail);
}

/* Presses a button and lets the core carry out what it means. */
static void press(struct world *world, const char *user, const char *verb, const char *command)
{
    struct error_detail detail = {0};
    JSON_CLEANUP json_t *order = NULL, *done = NULL;
    struct command_request request = {0};
    if (translate(world, user, verb, &order, &detail) < 0)
        fail_msg("%s %s: %s", user, verb, detail.text);
    request.name = json_text(order, "command");
    request.arguments = json_object_get(order, "arguments");
    assert_string_equal(request.name, command);
    assert_true(json_text(order, "words")[0] != '\0');
    assert_int_equal(command_actor(&world->app, user, &request.actor, &detail), 0);
    if (command_run_alone(&world->app, &request, &done, &detail) < 0)
        fail_msg("%s %s: %s", user, command, detail.text);
}

static void press_in_vain(struct world *world, const char *user, const char *verb, int failure)
{
    struct error_detail detail = {0};
    json_t *order = NULL;
    assert_int_equal(translate(world, user, verb, &order, &detail), failure);
    assert_null(order);
    assert_true(detail.text[0] != '\0');
}

/* A mail server took it. */
static void serve(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    const struct actor machine = command_machine();
    const struct store_letter letter = newest(world);
    struct casefile_step sent = {.step = {.type = CASE_NOTICE_SENT,
                                          .sha256 = letter.sha256,
                                          .service_at = clock_wall(&world->app.clock)},
                                 .actor = &machine};
    CASE_TEXT(sent.step.letter, letter.kind);
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, &detail), 0);
    if (casefile_step(&file, &sent, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(store_letter_set_state(world->app.store, letter.id, LETTER_STATE_SENT,
                                            clock_wall(&world->app.clock)),
                     0);
    assert_int_equal(store_commit(world->app.store), 0);
}

static void let_it_pass(struct world *world)
{
    struct error_detail detail = {0};
    struct store_case record;
    assert_int_equal(store_case_find(world->app.store, world->case_id, &world->arena, &record), 0);
    assert_int_equal(clock_jump(&world->app.clock, record.due_at), 0);
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(timer_pass_deadlines(&world->app, &detail), 0);
    assert_int_equal(store_commit(world->app.store), 0);
}

static void call_the_party(struct world *world)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s, s:s}", "case", world->case_id, "event",
                                               "call", "call", "not-reached");
    JSON_CLEANUP json_t *done = NULL;
    struct command_request request = {.name = "case.record", .arguments = arguments};
    assert_int_equal(command_actor(&world->app, "anna", &request.actor, NULL), 0);
    assert_true(command_run_alone(&world->app, &request, &done, NULL) >= 0);
}

/* Three notices without an answer, and a call; the breach is drafted and waits. */
static void walk_to_breach_draft(struct world *world)
{
    static const char *const notices[] = {"notice1", "notice2", "notice3"};
    for (size_t i = 0; i < 3; i++) {
        draft(world, notices[i]);
        press(world, "anna", "approve", "case.adopt");
        serve(world);
        let_it_pass(world);
    }
    call_the_party(world);
    draft(world, "breach");
}

static bool offers(struct world *world, const char *user, const char *button)
{
    JSON_CLEANUP json_t *page = ask(world, "desk.letter", user, "letter", newest(world).id);
    render(STAFF_PAGE_LETTER, page, NULL);
    return json_is_true(json_object_get(page, button));
}

/* --- pages --- */

static void every_page_renders_from_its_question(void **state)
{
    struct world *world = *state;
    draft(world, "notice1");
    JSON_CLEANUP json_t *worklist = ask(world, "desk.worklist", "anna", NULL, NULL);
    JSON_CLEANUP json_t *matrix = ask(world, "desk.matrix", "anna", NULL, NULL);
    JSON_CLEANUP json_t *party = ask(world, "desk.party", "anna", "party", party_id);
    JSON_CLEANUP json_t *finding = ask(world, "desk.finding", "anna", "finding", "f-1");
    JSON_CLEANUP json_t *page = ask(world, "desk.case", "anna", "case", world->case_id);
    JSON_CLEANUP json_t *letter = ask(world, "desk.letter", "anna", "letter", newest(world).id);
    render(STAFF_PAGE_WORKLIST, worklist, escaped);
    render(STAFF_PAGE_MATRIX, matrix, escaped);
    render(STAFF_PAGE_PARTY, party, escaped);
    render(STAFF_PAGE_FINDING, finding, escaped);
    render(STAFF_PAGE_CASE, page, escaped);
    render(STAFF_PAGE_LETTER, letter, NULL);
}

static void a_case_without_a_letter_renders(void **state)
{
    struct world *world = *state;
    JSON_CLEANUP json_t *party = ask(world, "desk.party", NULL, "party", party_id);
    JSON_CLEANUP json_t *page = ask(world, "desk.case", NULL, "case", world->case_id);
    render(STAFF_PAGE_PARTY, party, NULL);
    render(STAFF_PAGE_CASE, page, "is drafted yet");
    assert_true(json_is_null(json_object_get(page, "due")));
    assert_true(json_is_false(json_object_get(page, "can_answer")));
}

static void what_is_not_there_is_not_found(void **state)
{
    struct world *world = *state;
    static const char *const pages[][2] = {{"desk.party", "party"},
                                           {"desk.finding", "finding"},
                                           {"desk.case", "case"},
                                           {"desk.letter", "letter"}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        JSON_CLEANUP json_t *arguments = json_pack("{s:s}", pages[i][1], "nothing");
        json_t *result = NULL;
        assert_int_equal(query_run(&world->app, pages[i][0], arguments, &result, NULL),
                         ERR_NOT_FOUND);
        assert_null(result);
    }
}

static void a_running_deadline_is_told_in_working_days(void **state)
{
    struct world *world = *state;
    draft(world, "notice1");
    press(world, "anna", "approve", "case.adopt");
    serve(world);
    JSON_CLEANUP json_t *page = ask(world, "desk.case", "anna", "case", world->case_id);
    const json_t *due = json_object_get(page, "due");
    /* Served on Monday 4 January: five working days later. */
    assert_string_equal(json_text(due, "date"), "2027-01-11");
    assert_string_equal(json_text(due, "weekday"), "Monday");
    assert_string_equal(json_text(due, "zone"), "UTC");
    assert_string_equal(json_text(due, "in_words"), "in 5 working days");
    assert_true(json_is_false(json_object_get(due, "overdue")));
    assert_true(json_array_size(json_object_get(page, "due_trace")) > 5);
    assert_non_null(strstr(json_text(page, "next"), "2nd notice"));
    assert_true(json_is_true(json_object_get(page, "can_answer")));
    render(STAFF_PAGE_CASE, page, "in 5 working days");
    /* Saturday: one working day is left. */
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 5 * CIVIL_DAY_US), 0);
    JSON_CLEANUP json_t *later = ask(world, "desk.case", "bert", "case", world->case_id);
    assert_string_equal(json_text(json_object_get(later, "due"), "in_words"), "in 1 working day");
    assert_true(json_is_false(json_object_get(later, "can_answer"))); /* approvers do not */
    /* Wednesday: nothing has moved it yet. */
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 9 * CIVIL_DAY_US), 0);
    JSON_CLEANUP json_t *overdue = ask(world, "desk.case", "anna", "case", world->case_id);
    due = json_object_get(overdue, "due");
    assert_string_equal(json_text(due, "in_words"), "2 working days ago");
    assert_true(json_is_true(json_object_get(due, "overdue")));
    render(STAFF_PAGE_CASE, overdue, NULL);
}

static void events_carry_their_tone(void **state)
{
    struct world *world = *state;
    draft(world, "notice1");
    press(world, "anna", "send", "case.adopt");
    serve(world);
    let_it_pass(world);
    JSON_CLEANUP json_t *page = ask(world, "desk.case", "anna", "case", world->case_id);
    size_t index;
    json_t *event;
    json_array_foreach(json_object_get(page, "events"), index, event)
    {
        const char *type = json_text(event, "type");
        const char *tone = strcmp(type, "finding-not-met") == 0   ? "bad"
                           : strcmp(type, "deadline-passed") == 0 ? "due"
                                                                  : "plain";
        assert_string_equal(json_text(event, "tone"), tone);
        assert_non_null(strstr(json_text(event, "rule"), "process.yaml line"));
    }
    assert_int_equal(index, 6);
}

static void what_stands_still_is_shown_until_it_goes_on(void **state)
{
    struct world *world = *state;
    store_commit(world->app.store);
    alarm_set(&world->app, APP_ALARM_LOG, "an old backup was restored");
    JSON_CLEANUP json_t *stands = ask(world, "desk.worklist", NULL, NULL, NULL);
    JSON_CLEANUP json_t *metrics = ask(world, "desk.metrics", NULL, NULL, NULL);
    const json_t *alarm = json_array_get(json_object_get(stands, "alarms"), 0);
    assert_string_equal(json_text(alarm, "kind"), "log");
    assert_string_equal(json_text(alarm, "words"), "an old backup was restored");
    const json_t *samples = json_object_get(json_object_get(metrics, "bailiwick_alarm"), "samples");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(samples, 0), "value")), 1);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(samples, 1), "value")), 0);
    alarm_set(&world->app, APP_ALARM_LOG, "");
    JSON_CLEANUP json_t *after = ask(world, "desk.worklist", NULL, NULL, NULL);
    assert_int_equal(json_array_size(json_object_get(after, "alarms")), 0);
}

/* The sentence of a row is made by the rules that it names. */
static void a_row_under_rules_that_nobody_adopted_is_named(void **state)
{
    struct world *world = *state;
    struct store_case record;
    struct error_detail detail = {0};
    json_t *result = NULL;
    JSON_CLEANUP json_t *arguments = json_object();
    assert_true(store_case_find(world->app.store, world->case_id, &world->arena, &record) >= 0);
    record.rules = "0000000000000000000000000000000000000000000000000000000000000000";
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(store_case_put(world->app.store, &record), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_true(query_run(&world->app, "desk.worklist", arguments, &result, &detail) < 0);
    assert_non_null(strstr(detail.text, world->case_id));
    json_decref(result);
}

static void figures_are_well_formed(void **state)
{
    struct world *world = *state;
    struct buffer text BUFFER_CLEANUP = {0};
    JSON_CLEANUP json_t *metrics = ask(world, "desk.metrics", NULL, NULL, NULL);
    buffer_init(&text, 1 << 20);
    assert_int_equal(metrics_write(metrics, &text, NULL), 0);
    static const char *const lines[] = {
        "bailiwick_targets 1\n", "bailiwick_findings{verdict=\"not met\"} 1\n",
        "bailiwick_cases{stage=\"informal\"} 1\n", "bailiwick_outbox{state=\"pending\"}",
        "bailiwick_hooks{state=\"set-aside\"} 0\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (!strstr(buffer_text(&text), lines[i]))
            fail_msg("no line '%s'", lines[i]);
    }
}

/* --- who may do what --- */

static void the_users_of_a_party_are_no_staff(void **state)
{
    struct world *world = *state;
    static const char *const names[] = {"pete", "nobody"};
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < 2; i++) {
        const struct digest token = digest_of(names[i], strlen(names[i]));
        JSON_CLEANUP json_t *arguments =
            json_pack("{s:s}", "token_sha256", digest_format(&token, hex));
        json_t *result = NULL;
        assert_int_equal(query_run(&world->app, "desk.user", arguments, &result, NULL),
                         ERR_NOT_FOUND);
    }
    const struct digest token = digest_of("anna", 4);
    JSON_CLEANUP json_t *user =
        ask(world, "desk.user", NULL, "token_sha256", digest_format(&token, hex));
    assert_string_equal(json_text(user, "id"), "anna");
    assert_string_equal(json_text(user, "role"), "analyst");
}

static void an_informal_letter_goes_when_a_person_adopts_it(void **state)
{
    struct world *world = *state;
    draft(world, "notice1");
    JSON_CLEANUP json_t *before = ask(world, "desk.worklist", "anna", NULL, NULL);
    assert_int_equal(json_array_size(json_object_get(before, "approvals")), 1);
    assert_true(offers(world, "anna", "can_approve"));
    assert_false(offers(world, "anna", "can_send"));
    assert_false(offers(world, "adam", "can_approve")); /* an auditor only reads */
    press_in_vain(world, "adam", "approve", ERR_DENIED);
    press(world, "anna", "approve", "case.adopt");
    assert_false(offers(world, "anna", "can_approve"));
    press_in_vain(world, "anna", "approve", ERR_REFUSED);
    JSON_CLEANUP json_t *after = ask(world, "desk.worklist", "anna", NULL, NULL);
    assert_int_equal(json_array_size(json_object_get(after, "approvals")), 0);
    JSON_CLEANUP json_t *page = ask(world, "desk.letter", "anna", "letter", newest(world).id);
    assert_string_equal(json_text(page, "drafted_by"), "machine, anna");
}

static void invariant_8_a_breach_needs_an_author_and_another_approver(void **state)
{
    struct world *world = *state;
    walk_to_breach_draft(world);
    assert_true(offers(world, "bert", "can_approve"));
    press_in_vain(world, "anna", "send", ERR_REFUSED);
    press(world, "anna", "approve", "case.adopt");
    assert_false(offers(world, "anna", "can_approve")); /* its author, and no approver */
    assert_int_equal(store_begin(world->app.store), 0);
    app_world_put_user(&world->app, "ada2", "approver", "", clock_wall(&world->app.clock) + 1);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_false(offers(world, "ada2", "can_approve")); /* made for what waits */
    assert_true(offers(world, "bert", "can_approve"));
    assert_false(offers(world, "bert", "can_send"));
    press(world, "bert", "approve", "case.approve");
    assert_false(offers(world, "bert", "can_approve"));
    assert_true(offers(world, "anna", "can_send"));
    JSON_CLEANUP json_t *page = ask(world, "desk.letter", "anna", "letter", newest(world).id);
    assert_string_equal(json_text(page, "approved_by"), "bert");
    assert_non_null(strstr(json_text(page, "effect"), "published"));
    press(world, "anna", "send", "case.send");
    JSON_CLEANUP json_t *now = ask(world, "desk.case", "anna", "case", world->case_id);
    assert_string_equal(json_text(now, "stage_kind"), "breach");
    render(STAFF_PAGE_CASE, now, "on its way");
}

/* Approval and adoption in the other order; whoever approved never becomes the author. */
static void invariant_8_an_approver_does_not_adopt_what_he_approved(void **state)
{
    struct world *world = *state;
    walk_to_breach_draft(world);
    press(world, "bert", "approve", "case.approve");
    assert_false(offers(world, "bert", "can_approve"));
    press_in_vain(world, "bert", "approve", ERR_REFUSED);
    press(world, "anna", "approve", "case.adopt");
    assert_true(offers(world, "bert", "can_send"));
}

/* Invariant 5: the one who proposed and who is no approver see it; another approver may agree. */
static void invariant_5_a_step_for_two_waits_on_the_worklist(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct command_request request = {.name = "case.record"};
    walk_to_breach_draft(world);
    press(world, "anna", "approve", "case.adopt");
    press(world, "bert", "approve", "case.approve");
    press(world, "anna", "send", "case.send");
    serve(world);
    JSON_CLEANUP json_t *done = NULL, *order = NULL;
    JSON_CLEANUP json_t *arguments =
        json_pack("{s:s, s:s, s:s, s:s}", "case", world->case_id, "event", "extended", "until",
                  "2027-06-01", "reason", "<b>storm</b>");
    request.arguments = arguments;
    assert_int_equal(command_actor(&world->app, "anna", &request.actor, &detail), 0);
    if (command_run_alone(&world->app, &request, &done, &detail) < 0)
        fail_msg("%s", detail.text);
    const char *sha256 = json_text(done, "proposal");
    static const char *const names[] = {"anna", "adam", "bert"};
    for (size_t i = 0; i < 3; i++) {
        JSON_CLEANUP json_t *list = ask(world, "desk.worklist", names[i], NULL, NULL);
        JSON_CLEANUP json_t *page = ask(world, "desk.case", names[i], "case", world->case_id);
        const json_t *row = json_array_get(json_object_get(list, "proposals"), 0);
        assert_string_equal(json_text(row, "sha256"), sha256);
        assert_string_equal(json_text(row, "step"), "extended until 2027-06-01");
        assert_int_equal(json_is_true(json_object_get(row, "can_agree")), i == 2);
        assert_int_equal(json_text(row, "why_not")[0] == '\0', i == 2);
        assert_true(
            json_equal(json_object_get(list, "proposals"), json_object_get(page, "proposals")));
        render(STAFF_PAGE_WORKLIST, list, "extended until 2027-06-01");
        render(STAFF_PAGE_CASE, page, "&lt;b&gt;storm");
        render(STAFF_PAGE_CASE, page, i == 2 ? "/agree\"" : "for the role approver");
    }
    JSON_CLEANUP json_t *pressed = json_pack("{s:s, s:s, s:s, s:s}", "user", "bert", "verb",
                                             "agree", "case", world->case_id, "proposal", sha256);
    assert_int_equal(query_run(&world->app, "desk.command", pressed, &order, NULL), 0);
    request.name = json_text(order, "command");
    request.arguments = json_object_get(order, "arguments");
    assert_int_equal(command_actor(&world->app, "bert", &request.actor, &detail), 0);
    json_decref(done);
    done = NULL;
    if (command_run_alone(&world->app, &request, &done, &detail) < 0)
        fail_msg("%s", detail.text);
    JSON_CLEANUP json_t *page = ask(world, "desk.case", "bert", "case", world->case_id);
    assert_int_equal(json_array_size(json_object_get(page, "proposals")), 0);
    assert_string_equal(json_text(json_object_get(page, "due"), "date"), "2027-06-01");
    render(STAFF_PAGE_CASE, page, "anna, bert");
}

static void an_approval_names_the_bytes_that_were_seen(void **state)
{
    struct world *world = *state;
    char hex[DIGEST_HEX];
    const struct digest other = digest_of("other", 5);
    draft(world, "notice1");
    JSON_CLEANUP json_t *stale =
        json_pack("{s:s, s:s, s:s, s:s}", "user", "anna", "verb", "approve", "letter",
                  newest(world).id, "sha256", digest_format(&other, hex));
    json_t *order = NULL;
    assert_int_equal(query_run(&world->app, "desk.command", stale, &order, NULL), ERR_CONFLICT);
    json_object_del(stale, "sha256");
    assert_int_equal(query_run(&world->app, "desk.command", stale, &order, NULL), ERR_SYNTAX);
    json_object_set_new(stale, "verb", json_string("burn"));
    assert_int_equal(query_run(&world->app, "desk.command", stale, &order, NULL), ERR_SYNTAX);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(every_page_renders_from_its_question), IN_WORLD(a_case_without_a_letter_renders),
          IN_WORLD(what_is_not_there_is_not_found),
          IN_WORLD(a_running_deadline_is_told_in_working_days), IN_WORLD(events_carry_their_tone),
          IN_WORLD(a_row_under_rules_that_nobody_adopted_is_named),
          IN_WORLD(figures_are_well_formed), IN_WORLD(what_stands_still_is_shown_until_it_goes_on),
          IN_WORLD(the_users_of_a_party_are_no_staff),
          IN_WORLD(an_informal_letter_goes_when_a_person_adopts_it),
          IN_WORLD(invariant_8_a_breach_needs_an_author_and_another_approver),
          IN_WORLD(invariant_8_an_approver_does_not_adopt_what_he_approved),
          IN_WORLD(invariant_5_a_step_for_two_waits_on_the_worklist),
          IN_WORLD(an_approval_names_the_bytes_that_were_seen))
