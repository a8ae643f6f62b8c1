/* Mail that is taken, on a real store, read by a judge process of this very program: invariant 2
 * (nothing received is lost, each has one outcome), also when the bytes kill the judge. */
#include "app/intake/mail.h"

#include "app/child.h"
#include "app/command.h"
#include "app/monitor/judge.h"
#include "app/world.h"
#include "base/digest.h"
#include "refusal.h"
#include "store/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int make_world(void **state)
{
    struct world *world = world_new();
    world->app.children = true;
    *state = world;
    return 0;
}

static int run(struct world *world, unsigned roles, const char *command, json_t *arguments,
               json_t **ret_result)
{
    struct error_detail detail = {0};
    json_t *owned JSON_CLEANUP = arguments;
    const struct command_request request = {
        .name = command, .actor = {.id = "mta", .roles = roles}, .arguments = owned};
    int result = command_run_alone(&world->app, &request, ret_result, &detail);
    assert_true(result >= 0 || detail.text[0]);
    return result;
}

static int take(struct world *world, unsigned roles, const char *text, json_t **ret_result)
{
    char coded[4096];
    base64_format(text, strlen(text), coded, sizeof coded);
    return run(world, roles, "mail.take", json_pack("{s:s}", "bytes", coded), ret_result);
}

/* The one mail that is there. */
static struct store_mail only_mail(struct world *world)
{
    const struct store_mail_query all = {0};
    struct store_mail *mails;
    size_t count;
    assert_int_equal(store_mail_list(world->app.store, &all, &world->arena, &mails, &count), 0);
    assert_int_equal(count, 1);
    return mails[0];
}

static void expect(struct world *world, const struct command_request *request, int code,
                   const char *words)
{
    struct error_detail detail = {0};
    json_t *result = NULL;
    assert_refused(command_run_alone(&world->app, request, &result, &detail), code, &detail, words);
    assert_null(result);
}

static void mail_is_taken_once(void **state)
{
    struct world *world = *state;
    static const char text[] = "From: a@example\nSubject: away\nAuto-Submitted: auto-replied\n\n";
    json_t *first JSON_CLEANUP = NULL, *second JSON_CLEANUP = NULL;
    assert_int_equal(take(world, ROLE_MAIL, text, &first), 0);
    assert_string_equal(json_text(first, "outcome"), "automatic");
    assert_true(json_is_false(json_object_get(first, "again")));
    assert_int_equal(take(world, ROLE_MAIL, text, &second), 0);
    assert_true(json_is_true(json_object_get(second, "again")));
    assert_string_equal(json_text(first, "sha256"), json_text(second, "sha256"));
    assert_string_equal(only_mail(world).sender, "a@example");
}

static void what_is_no_mail_is_refused_and_not_kept(void **state)
{
    struct world *world = *state;
    const struct store_mail_query all = {0};
    struct store_mail *mails;
    size_t count;
    json_t *none JSON_CLEANUP = NULL;
    assert_int_equal(take(world, ROLE_MAIL, "", &none), ERR_SYNTAX);
    assert_int_equal(take(world, ROLE_MAIL, "\n\nno header", &none), ERR_SYNTAX);
    assert_int_equal(run(world, ROLE_MAIL, "mail.take", json_pack("{s:s}", "bytes", "*"), &none),
                     ERR_SYNTAX);
    assert_int_equal(store_mail_list(world->app.store, &all, &world->arena, &mails, &count), 0);
    assert_int_equal(count, 0);
}

/* Whoever hands it over is told what the judge says. */
static void what_the_judge_refuses_is_told_in_its_words(void **state)
{
    enum { TEXT_MAX = 4096 };
    struct buffer many BUFFER_CLEANUP = {0};
    buffer_init(&many, TEXT_MAX);
    for (int i = 0; i <= MAIL_HEADERS_MAX; i++)
        buffer_append_text(&many, "A:\n");
    assert_int_equal(buffer_error(&many), 0);
    const struct {
        const char *text;
        int code;
        const char *words;
    } rows[] = {
        {"\n\nno header", ERR_SYNTAX, "these bytes are no message"},
        {buffer_text(&many), ERR_LIMIT, "more than 1000 headers"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char coded[BASE64_ROOM(TEXT_MAX)];
        base64_format(rows[i].text, strlen(rows[i].text), coded, sizeof coded);
        json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "bytes", coded);
        const struct command_request request = {
            "mail.take", {.roles = ROLE_MAIL}, arguments, /* file= */ NULL};
        expect(*state, &request, rows[i].code, rows[i].words);
    }
}

static void mail_that_is_too_large_is_refused(void **state)
{
    enum { TEXT = MAIL_IN_MAX / 3 * 4 + 8 };
    char *text = malloc(TEXT);
    assert_non_null(text);
    memset(text, 'A', TEXT);
    JSON_CLEANUP json_t *arguments = json_pack("{s:s#}", "bytes", text, TEXT);
    const struct command_request request = {
        "mail.take", {.roles = ROLE_MAIL}, arguments, /* file= */ NULL};
    free(text);
    expect(*state, &request, ERR_LIMIT, "a mail of more than 26214400 bytes");
}

static void mail_that_never_came_is_not_dismissed(void **state)
{
    static const char nobodys[] =
        "0000000000000000000000000000000000000000000000000000000000000000";
    JSON_CLEANUP json_t *arguments = json_pack("{s:s}", "mail", nobodys);
    const struct command_request request = {
        "mail.dismiss", {.roles = ROLE_ANALYST}, arguments, /* file= */ NULL};
    expect(*state, &request, ERR_NOT_FOUND, "there is no mail 0000");
}

/* A judge that dies over a mail: the mail waits for a person, and the next one finds a new judge.
 */
static void mail_that_cannot_be_read_is_held(void **state)
{
    struct world *world = *state;
    json_t *taken JSON_CLEANUP = NULL, *next JSON_CLEANUP = NULL;
    setenv("JUDGE_DIES", "1", /* overwrite= */ 1);
    int result = take(world, ROLE_MAIL, "From: a@example\n\n", &taken);
    unsetenv("JUDGE_DIES");
    assert_int_equal(result, 0);
    assert_string_equal(json_text(taken, "outcome"), "held");
    assert_string_equal(only_mail(world).sender, "");
    assert_int_equal(take(world, ROLE_MAIL, "From: b@example\nList-Id: x\n\n", &next), 0);
    assert_string_equal(json_text(next, "outcome"), "automatic");
}

static void a_person_dismisses_what_waits(void **state)
{
    struct world *world = *state;
    json_t *taken JSON_CLEANUP = NULL, *done JSON_CLEANUP = NULL, *again JSON_CLEANUP = NULL;
    assert_int_equal(take(world, ROLE_MAIL, "From: a@example\n\nhello\n", &taken), 0);
    assert_string_equal(json_text(taken, "outcome"), "held");
    const char *mail = json_text(taken, "sha256");
    assert_int_equal(run(world, ROLE_MAIL, "mail.dismiss", json_pack("{s:s}", "mail", mail), &done),
                     ERR_DENIED);
    assert_int_equal(
        run(world, ROLE_ANALYST, "mail.dismiss", json_pack("{s:s}", "mail", mail), &done), 0);
    assert_string_equal(only_mail(world).outcome, "dismissed");
    assert_int_equal(
        run(world, ROLE_ANALYST, "mail.dismiss", json_pack("{s:s}", "mail", mail), &again),
        ERR_REFUSED);
    assert_int_equal(
        run(world, ROLE_ANALYST, "mail.dismiss", json_pack("{s:s}", "mail", "x"), &again),
        ERR_SYNTAX);
}

/* The token lies where the mail server's user can read it. */
static void a_mail_server_hands_mail_over_and_does_nothing_else(void **state)
{
    struct world *world = *state;
    const struct actor mta = {.id = "mta", .roles = ROLE_MAIL};
    json_t *none JSON_CLEANUP = NULL;
    assert_int_equal(take(world, ROLE_ANALYST | ROLE_ADMINISTRATOR, "From: a@example\n\n", &none),
                     ERR_DENIED);
    assert_int_equal(command_check_roles("status", ROLE_ANYBODY, &mta, NULL), ERR_DENIED);
    static const char *const others[] = {"user.add",  "party.import", "case.open",
                                         "case.send", "case.answer",  "letter.resend"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(run(world, ROLE_MAIL, others[i], json_object(), &none), ERR_DENIED);
}

/* --- which letter a report is about --- */

#define LETTER_BYTES "From: us\n\nDear registry\n"

static void put_letter(struct world *world)
{
    const struct store_case record = {.id = "c-a",
                                      .party = "registry-a",
                                      .obligation = "o",
                                      .subject = "example",
                                      .process = "p",
                                      .stage = "notice1",
                                      .stage_kind = STAGE_INFORMAL,
                                      .handler = "",
                                      .summary = "",
                                      .seq = 1,
                                      .closure = ""};
    const struct store_letter letter = {
        .id = "c-a-l001",
        .case_id = "c-a",
        .kind = "notice1",
        .message_id = "c-a-l001.secret@us.example",
        .recipient = "first@party.example",
        .subject = "1st notice",
        .drafted_by = "machine",
        .sha256 = digest_of(LETTER_BYTES, strlen(LETTER_BYTES)),
        .bytes = {(const uint8_t *)LETTER_BYTES, strlen(LETTER_BYTES)},
        .state = LETTER_STATE_SENT};
    struct store_attempt ended = {
        .letter = letter.id, .ended_at = 2, .phase = ATTEMPT_REFUSED, .reply = "550"};
    struct store *store = world->app.store;
    assert_int_equal(store_begin(store), 0);
    assert_true(store_case_put(store, &record) >= 0);
    assert_true(store_letter_put(store, &letter) >= 0);
    static const char *const addresses[] = {"first@party.example", "second@party.example"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(store_attempt_begin(store, letter.id, addresses[i], 1, &ended.number), 0);
        assert_true(store_attempt_end(store, &ended) >= 0);
        ended.phase = ATTEMPT_ACCEPTED;
    }
    assert_int_equal(store_commit(store), 0);
}

static struct mail_verdict decide(struct world *world, const char *returned,
                                  struct mail_recipient *recipients, size_t count)
{
    const struct mail mail = {.kind = MAIL_DELIVERY_STATUS,
                              .automatic = true,
                              .returned_id = returned,
                              .recipients = recipients,
                              .recipient_count = count};
    struct mail_verdict verdict;
    struct error_detail detail = {0};
    assert_int_equal(mail_decide(&world->app, &mail, &world->arena, &verdict, &detail), 0);
    return verdict;
}

static void a_report_is_matched_by_letter_and_address(void **state)
{
    struct world *world = *state;
    static const char ours[] = "c-a-l001.secret@us.example";
    struct mail_recipient two[] = {
        {.action = MAIL_FAILED, .final_address = "x@party.example", .original_address = ""},
        {.action = MAIL_FAILED,
         .final_address = "forwarded@else.example",
         .original_address = "Second@Party.example"}};
    put_letter(world);
    struct mail_verdict verdict = decide(world, ours, two, 2);
    assert_int_equal(verdict.outcome, MAIL_OUTCOME_BOUNCED);
    assert_string_equal(verdict.letter.id, "c-a-l001");
    verdict = decide(world, ours, two, 1);
    assert_int_equal(verdict.outcome, MAIL_OUTCOME_HELD);
    assert_true(verdict.about_letter);
    verdict = decide(world, "c-a-l001.guess@us.example", two, 2);
    assert_int_equal(verdict.outcome, MAIL_OUTCOME_HELD);
    assert_false(verdict.about_letter);
    two[1].action = MAIL_DELAYED;
    assert_int_equal(decide(world, ours, two + 1, 1).outcome, MAIL_OUTCOME_DELAYED);
    assert_int_equal(decide(world, ours, two, 2).outcome, MAIL_OUTCOME_HELD);
    two[1].action = MAIL_RELAYED;
    assert_int_equal(decide(world, ours, two + 1, 1).outcome, MAIL_OUTCOME_DELIVERED);
    assert_int_equal(decide(world, ours, NULL, 0).outcome, MAIL_OUTCOME_HELD);
}

/* The report of a letter that is still being handed over comes again. */
static void a_report_waits_for_the_end_of_the_attempt(void **state)
{
    struct world *world = *state;
    const struct mail mail = {.kind = MAIL_DELIVERY_STATUS,
                              .returned_id = "c-a-l001.secret@us.example"};
    struct mail_verdict verdict;
    uint32_t number;
    put_letter(world);
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(
        store_attempt_begin(world->app.store, "c-a-l001", "second@party.example", 3, &number), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(mail_decide(&world->app, &mail, &world->arena, &verdict, NULL),
                     ERR_UNAVAILABLE);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--child") == 0)
        return getenv("JUDGE_DIES") ? 4 : judge_main(CHILD_SOCKET);
    const struct CMUnitTest tests[] = {
        IN_WORLD(mail_is_taken_once),
        IN_WORLD(what_is_no_mail_is_refused_and_not_kept),
        IN_WORLD(what_the_judge_refuses_is_told_in_its_words),
        IN_WORLD(mail_that_is_too_large_is_refused),
        IN_WORLD(mail_that_never_came_is_not_dismissed),
        IN_WORLD(mail_that_cannot_be_read_is_held),
        IN_WORLD(a_person_dismisses_what_waits),
        IN_WORLD(a_mail_server_hands_mail_over_and_does_nothing_else),
        IN_WORLD(a_report_is_matched_by_letter_and_address),
        IN_WORLD(a_report_waits_for_the_end_of_the_attempt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
