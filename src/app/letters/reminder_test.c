/* Reminders under cctld-example, whose first warning has one two working days before its end: a
 * case of Monday 4 January 2027 (22:00 in Auckland), due on Monday 18, reminded on Thursday 14. */
#include "app/letters/reminder.h"

#include "app/intake/mail.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/letter.h"
#include "store/party.h"

#include <string.h>

#define HOUR_US INT64_C(3600000000)

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

static int64_t moment(const char *text)
{
    int64_t instant;
    assert_int_equal(civil_parse_instant(text, &instant), 0);
    return instant;
}

/* 09:00 of 14 January in Auckland. */
#define REMINDED_AT moment("2027-01-13T20:00:00Z")

/* What the steps themselves asked for is done elsewhere. */
static void forget_other_work(struct world *world)
{
    size_t count;
    struct store_task *tasks = world_claim(world, &count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(store_outbox_done(world->app.store, tasks[i].key), 0);
}

static int make_world(void **state)
{
    struct world *world = world_new();
    const struct contact contact = {"registrar-1", "compliance", "Compliance",
                                    "compliance@registrar.example"};
    world_begin(world, RULEBOOK_SOURCE_DIR "/../cctld-example");
    assert_int_equal(store_contact_put(world->app.store, &contact), 0);
    world->case_id =
        world_open_served(world, "terms.hosting.servers-answer", "a.example", "warning1");
    assert_int_equal(world_due_day(world, world->case_id), civil_days(2027, 1, 18));
    forget_other_work(world);
    *state = world;
    return 0;
}

/* Two rounds: the message is written in one and handed over in the next. */
static struct dispatch *work(struct world *world)
{
    struct dispatch *dispatch = world_work(world);
    return dispatch ? dispatch : world_work(world);
}

static void go_to(struct world *world, int64_t at)
{
    assert_int_equal(clock_jump(&world->app.clock, at), 0);
}

static struct store_letter *letters_of(struct world *world, size_t *ret_count)
{
    struct store_letter *letters;
    const struct store_letter_query query = {.case_id = world->case_id};
    assert_int_equal(
        store_letter_list(world->app.store, &query, &world->arena, &letters, ret_count), 0);
    return letters;
}

static struct store_letter only_letter(struct world *world)
{
    size_t count;
    struct store_letter letter, *letters = letters_of(world, &count);
    assert_int_equal(count, 1);
    assert_int_equal(store_letter_find(world->app.store, letters[0].id, &world->arena, &letter), 0);
    assert_string_equal(letter.kind, REMINDER_LETTER);
    return letter;
}

static bool says(const struct store_letter *letter, const char *words)
{
    return memmem(letter->bytes.data, letter->bytes.size, words, strlen(words)) != NULL;
}

/* How many events there are of a type and reason; the date must be where it was. */
static size_t events_of(struct world *world, enum case_event_type type, const char *reason)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    size_t found = 0;
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    assert_string_equal(file.state.stage->id, "warning1");
    for (size_t i = 0; i < file.event_count; i++)
        found += file.events[i].type == type && strcmp(file.events[i].reason, reason) == 0;
    return found;
}

static void expect_running(struct world *world, int32_t date)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    assert_int_equal(file.state.deadline.clock, CLOCK_RUNNING);
    assert_int_equal(file.state.deadline.due.date, date);
    assert_false(file.state.published);
}

static void step(struct world *world, struct case_step wanted)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_step(&file, &anna, wanted);
}

static void expect_nothing_waits(struct world *world)
{
    int64_t next;
    forget_other_work(world);
    assert_int_equal(store_outbox_next(world->app.store, &next), ERR_NOT_FOUND);
}

/* --- tests --- */

static void a_party_is_reminded_in_time(void **state)
{
    struct world *world = *state;
    int64_t next;
    assert_int_equal(store_outbox_next(world->app.store, &next), 0);
    assert_int_equal(next, REMINDED_AT);
    go_to(world, REMINDED_AT - 1);
    assert_null(work(world));
    go_to(world, REMINDED_AT);
    world_answer(world, work(world), SMTP_ACCEPTED);
    const struct store_letter letter = only_letter(world);
    assert_int_equal(letter.state, LETTER_STATE_SENT);
    assert_string_equal(letter.recipient, "compliance@registrar.example");
    assert_true(says(&letter, "Auto-Submitted: auto-generated"));
    assert_true(says(&letter, "Monday, 2027-01-18"));
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 1);
    expect_running(world, civil_days(2027, 1, 18));
    expect_nothing_waits(world);
}

/* The attempt was begun when the program was killed: the same bytes, the same Message-ID, one
 * event. */
static void what_a_crash_cuts_goes_out_again_as_it_was(void **state)
{
    struct world *world = *state;
    go_to(world, REMINDED_AT);
    struct dispatch *cut = work(world);
    assert_non_null(cut);
    dispatch_free(cut);
    assert_int_equal(dispatch_recover(&world->app, NULL), 0);
    world_answer(world, work(world), SMTP_DEFERRED);
    go_to(world, REMINDED_AT + HOUR_US);
    world_answer(world, work(world), SMTP_ACCEPTED);
    assert_int_equal(only_letter(world).state, LETTER_STATE_SENT);
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 1);
    expect_nothing_waits(world);
}

static void who_answered_is_not_reminded(void **state)
{
    struct world *world = *state;
    size_t count;
    step(world, (struct case_step){.type = CASE_ANSWERED});
    forget_other_work(world);
    go_to(world, REMINDED_AT);
    assert_null(work(world));
    letters_of(world, &count);
    assert_int_equal(count, 0);
    expect_nothing_waits(world);
}

/* The daemon was not there in the morning: not at night, but the next day. */
static void reminders_keep_to_working_hours(void **state)
{
    struct world *world = *state;
    int64_t next;
    go_to(world, REMINDED_AT + 8 * HOUR_US); /* 17:00 */
    assert_null(work(world));
    assert_int_equal(store_outbox_next(world->app.store, &next), 0);
    assert_int_equal(next, REMINDED_AT + 24 * HOUR_US);
    go_to(world, next + 7 * HOUR_US);
    world_answer(world, work(world), SMTP_ACCEPTED);
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 1);
}

static void set_zone(struct world *world, const char *zone)
{
    json_t *arguments = json_pack("{s:s, s:s}", "party", "registrar-1", "zone", zone);
    assert_int_equal(world_run(world, &anna, "party.zone", arguments, NULL, NULL), 0);
}

/* 09:00 of the same day in Berlin, twelve hours after Auckland; that the case was there before it
 * was known where the party works changes nothing. */
static void working_hours_are_those_of_the_party(void **state)
{
    struct world *world = *state;
    set_zone(world, "Europe/Berlin");
    go_to(world, REMINDED_AT);
    assert_null(work(world));
    go_to(world, moment("2027-01-14T07:59:59Z"));
    assert_null(work(world));
    go_to(world, moment("2027-01-14T08:00:00Z"));
    world_answer(world, work(world), SMTP_ACCEPTED);
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 1);
    expect_running(world, civil_days(2027, 1, 18)); /* the due moment stays Auckland's */
}

static void the_party_s_zone_plans_what_starts_later(void **state)
{
    struct world *world = *state;
    struct case_step extended = {.type = CASE_EXTENDED, .until = civil_days(2027, 1, 22)};
    int64_t next;
    set_zone(world, "America/New_York");
    CASE_TEXT(extended.reason, "asked");
    step(world, extended);
    forget_other_work(world);
    go_to(world, moment("2027-01-20T13:59:59Z"));
    assert_null(work(world)); /* settles the reminder of the date that was before */
    assert_int_equal(store_outbox_next(world->app.store, &next), 0);
    assert_int_equal(next, moment("2027-01-20T14:00:00Z"));
    go_to(world, next);
    world_answer(world, work(world), SMTP_ACCEPTED);
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 1);
}

static void a_zone_is_one_that_this_machine_knows(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const char *const bad[] = {"Europe/Nowhere", "../../etc/passwd", "", "Mars"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *arguments = json_pack("{s:s, s:s}", "party", "registrar-1", "zone", bad[i]);
        assert_refused(world_run(world, &anna, "party.zone", arguments, NULL, &detail), ERR_REFUSED,
                       &detail, "the time-zone database of this machine has no");
    }
    json_t *nobody = json_pack("{s:s, s:s}", "party", "registrar-none", "zone", "Asia/Tokyo");
    assert_refused(world_run(world, &anna, "party.zone", nobody, NULL, &detail), ERR_NOT_FOUND,
                   &detail, "there is no party 'registrar-none'");
}

/* The name was good when it was stored, and the time-zone database dropped it since. */
static void a_zone_that_is_gone_leaves_the_rule_s(void **state)
{
    struct world *world = *state;
    assert_int_equal(store_party_zone_put(world->app.store, "registrar-1", "Etc/Moon"), 0);
    go_to(world, REMINDED_AT);
    world_answer(world, work(world), SMTP_ACCEPTED);
}

static void nobody_is_reminded_of_what_is_over(void **state)
{
    struct world *world = *state;
    size_t count;
    go_to(world, moment("2027-01-20T20:00:00Z"));
    assert_null(work(world));
    letters_of(world, &count);
    assert_int_equal(count, 0);
    expect_nothing_waits(world);
}

/* A date that was granted has a reminder of its own; the old one comes to nothing. */
static void a_later_date_is_reminded_of_later(void **state)
{
    struct world *world = *state;
    struct case_step extended = {.type = CASE_EXTENDED, .until = civil_days(2027, 1, 22)};
    CASE_TEXT(extended.reason, "asked");
    step(world, extended);
    forget_other_work(world);
    go_to(world, REMINDED_AT);
    assert_null(work(world));
    go_to(world, moment("2027-01-19T20:00:00Z"));
    world_answer(world, work(world), SMTP_ACCEPTED);
    const struct store_letter letter = only_letter(world);
    assert_true(says(&letter, "Friday, 2027-01-22"));
    expect_running(world, civil_days(2027, 1, 22));
}

static void a_date_that_a_calendar_moved_is_told(void **state)
{
    struct world *world = *state;
    static const char storm[] =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nX-BAILIWICK-UNTIL:20401231\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20270112\r\n"
        "SUMMARY:Storm\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    const struct digest digest = digest_of(storm, sizeof storm - 1);
    char hex[DIGEST_HEX];
    json_t *bytes = json_pack("{s:s, s:s}", "name", "cctld-example", "ics", storm);
    json_t *version =
        json_pack("{s:s, s:s}", "name", "cctld-example", "sha256", digest_format(&digest, hex));
    assert_int_equal(world_run(world, &anna, "calendar.propose", bytes, NULL, NULL), 0);
    assert_int_equal(world_run(world, &bert, "calendar.agree", version, NULL, NULL), 0);
    expect_running(world, civil_days(2027, 1, 19));
    assert_null(work(world)); /* it is 22:00 where the authority is */
    go_to(world, moment("2027-01-04T20:00:00Z"));
    world_answer(world, work(world), SMTP_ACCEPTED);
    const struct store_letter letter = only_letter(world);
    assert_true(says(&letter, "Tuesday, 2027-01-19"));
    assert_int_equal(events_of(world, CASE_REMINDED, "recalculated"), 1);
}

/* Neither a refusal nor a report that it came back stops the clock of the letter that was served.
 */
static void a_reminder_that_does_not_arrive_moves_nothing(void **state)
{
    struct world *world = *state;
    go_to(world, REMINDED_AT);
    world_answer(world, work(world), SMTP_REFUSED);
    const struct store_letter letter = only_letter(world);
    assert_int_equal(letter.state, LETTER_STATE_FAILED);
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 0);
    assert_int_equal(events_of(world, CASE_RECEIVED, "reminder-refused"), 1);
    const struct mail_verdict verdict = {.letter = letter, .address = letter.recipient};
    struct error_detail detail = {0};
    if (mail_tell_case(&world->app, &verdict, "mail-1", &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(events_of(world, CASE_RECEIVED, "bounce-noted"), 1);
    expect_running(world, civil_days(2027, 1, 18));
}

/* The letter came back: its clock ends. */
static void come_back(struct world *world)
{
    struct case_step bounced = {.type = CASE_BOUNCED, .sha256 = digest_of("bytes", 5)};
    CASE_TEXT(bounced.letter, "warning1");
    step(world, bounced);
}

static void a_clock_that_ended_is_not_reminded_of(void **state)
{
    struct world *world = *state;
    go_to(world, REMINDED_AT);
    world_answer(world, work(world), SMTP_DEFERRED);
    come_back(world);
    forget_other_work(world);
    go_to(world, REMINDED_AT + HOUR_US);
    assert_null(work(world));
    assert_int_equal(only_letter(world).state, LETTER_STATE_VOID);
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 0);
}

static void one_that_was_under_way_then_is_noted(void **state)
{
    struct world *world = *state;
    go_to(world, REMINDED_AT);
    struct dispatch *dispatch = work(world);
    come_back(world);
    world_answer(world, dispatch, SMTP_ACCEPTED);
    assert_int_equal(only_letter(world).state, LETTER_STATE_SENT);
    assert_int_equal(events_of(world, CASE_REMINDED, "2-days-left"), 0);
    assert_int_equal(events_of(world, CASE_RECEIVED, "reminder-too-late"), 1);
}

static void without_a_contact_a_person_must_look(void **state)
{
    struct world *world = *state;
    const struct contact contact = {"registrar-1", "compliance", "Compliance",
                                    "compliance@registrar.example"};
    assert_int_equal(store_contact_remove(world->app.store, &contact), 0);
    go_to(world, REMINDED_AT);
    assert_null(work(world));
    assert_int_equal(events_of(world, CASE_RECEIVED, "no-contact"), 1);
    expect_nothing_waits(world);
}

static void a_damaged_task_is_said(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct dispatch *dispatch = NULL;
    const struct store_task empty = {.key = "k", .kind = REMINDER_TASK, .payload = "{}"};
    assert_refused(reminder_write(&world->app, &empty, &detail), ERR_DAMAGED, &detail,
                   "a task that names no reminder");
    const struct store_task no_letter = {
        .key = "k",
        .kind = REMINDER_SEND_TASK,
        .payload = arena_printf(&world->arena, "{\"case\":\"%s\",\"what\":\"x\"}", world->case_id)};
    assert_refused(reminder_send(&world->app, &no_letter, &dispatch, &detail), ERR_DAMAGED, &detail,
                   "a task that names no message");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

TEST_MAIN(WORLD_TEST(a_party_is_reminded_in_time),
          WORLD_TEST(what_a_crash_cuts_goes_out_again_as_it_was),
          WORLD_TEST(who_answered_is_not_reminded), WORLD_TEST(reminders_keep_to_working_hours),
          WORLD_TEST(working_hours_are_those_of_the_party),
          WORLD_TEST(the_party_s_zone_plans_what_starts_later),
          WORLD_TEST(a_zone_is_one_that_this_machine_knows),
          WORLD_TEST(a_zone_that_is_gone_leaves_the_rule_s),
          WORLD_TEST(nobody_is_reminded_of_what_is_over),
          WORLD_TEST(a_later_date_is_reminded_of_later),
          WORLD_TEST(a_date_that_a_calendar_moved_is_told),
          WORLD_TEST(a_reminder_that_does_not_arrive_moves_nothing),
          WORLD_TEST(a_clock_that_ended_is_not_reminded_of),
          WORLD_TEST(one_that_was_under_way_then_is_noted),
          WORLD_TEST(without_a_contact_a_person_must_look), WORLD_TEST(a_damaged_task_is_said))
