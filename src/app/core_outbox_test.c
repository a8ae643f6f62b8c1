/* What becomes of the work outside the store: done, tried again, given up, and tried again when a
 * person says so. */
#include "app/house.h"

#include "app/command.h"
#include "app/letters/dispatch.h"
#include "app/query.h"
#include "store/case.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/party.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make_house(void **state)
{
    *state = house_new();
    return 0;
}

static int end_house(void **state)
{
    house_free(*state);
    return 0;
}

static void put_task_of(struct house *house, const char *id, const char *key, const char *kind)
{
    const struct store_task task = {.key = key,
                                    .kind = kind,
                                    .payload = arena_printf(&house->world->arena,
                                                            "{\"case\":\"%s\",\"letter\":\"\","
                                                            "\"seq\":1}",
                                                            id),
                                    .due_at = clock_wall(&house->world->app.clock)};
    assert_int_equal(store_begin(house->world->app.store), 0);
    assert_int_equal(store_outbox_put(house->world->app.store, &task), 1);
    assert_int_equal(store_commit(house->world->app.store), 0);
}

static void put_task(struct house *house, const char *key, const char *kind)
{
    put_task_of(house, "c-gone", key, kind);
}

/* How many times a task was tried until the program gave it up. */
static int work_until_given_up(struct house *house)
{
    struct store_task *tasks;
    size_t count = 0;
    int rounds = 0;
    while (count == 0 && rounds < 1000) {
        core_work_outbox(house->core);
        int64_t later = clock_wall(&house->world->app.clock) + INT64_C(3600000000);
        assert_int_equal(clock_jump(&house->world->app.clock, later), 0);
        assert_int_equal(store_outbox_list(house->world->app.store, OUTBOX_DEAD, "", 0,
                                           &house->world->arena, &tasks, &count),
                         0);
        rounds++;
    }
    return rounds;
}

static json_t *ask(struct house *house, const char *query, json_t *arguments)
{
    json_t *given JSON_CLEANUP = arguments, *result = NULL;
    assert_int_equal(query_run(&house->world->app, query, given, &result, NULL), 0);
    return result;
}

static int decide(struct house *house, unsigned roles, const char *command, json_t *arguments)
{
    json_t *given JSON_CLEANUP = arguments, *result JSON_CLEANUP = NULL;
    const struct command_request request = {
        command, {.id = "anna", .roles = roles}, given, /* file= */ NULL};
    return command_run_alone(&house->world->app, &request, &result, NULL);
}

static int retry(struct house *house, unsigned roles, const char *key)
{
    return decide(house, roles, "outbox.retry", json_pack("{s:s}", "key", key));
}

static int settle(struct house *house, unsigned roles, const char *key, const char *reason)
{
    return decide(house, roles, "outbox.settle",
                  json_pack("{s:s, s:s*}", "key", key, "reason", reason));
}

static void what_cannot_be_done_is_given_up_and_told(void **state)
{
    struct house *house = *state;
    put_task(house, "c-gone/1/0", "draft-letter");
    int tries = work_until_given_up(house);
    assert_in_range(tries, 2, 100);
    JSON_CLEANUP json_t *list = ask(house, "outbox.list", json_object());
    JSON_CLEANUP json_t *work = ask(house, "desk.worklist", json_object());
    const json_t *row = json_array_get(json_object_get(list, "tasks"), 0);
    assert_string_equal(json_text(row, "key"), "c-gone/1/0");
    assert_string_equal(json_text(row, "kind"), "draft-letter");
    assert_string_equal(json_text(row, "case"), "c-gone");
    assert_non_null(strstr(json_text(row, "error"), "there is no case 'c-gone'"));
    assert_true(json_equal(json_object_get(list, "tasks"), json_object_get(work, "tasks")));
    JSON_CLEANUP json_t *metrics = ask(house, "desk.metrics", json_object());
    const json_t *samples =
        json_object_get(json_object_get(metrics, "bailiwick_outbox"), "samples");
    size_t index, dead = 0;
    json_t *sample;
    json_array_foreach(samples, index, sample)
    {
        if (strcmp(json_text(json_object_get(sample, "labels"), "state"), "dead") == 0)
            dead = (size_t)json_number(sample, "value", 0);
    }
    assert_int_equal(dead, 1);
}

static void what_was_given_up_is_tried_again_as_often(void **state)
{
    struct house *house = *state;
    put_task(house, "c-gone/1/0", "draft-letter");
    int tries = work_until_given_up(house);
    assert_int_equal(retry(house, ROLE_APPROVER | ROLE_AUDITOR, "c-gone/1/0"), ERR_DENIED);
    assert_int_equal(retry(house, ROLE_ANALYST, "c-other/1/0"), ERR_NOT_FOUND);
    assert_int_equal(retry(house, ROLE_ANALYST, "c-gone/1/0"), 0);
    assert_int_equal(retry(house, ROLE_ADMINISTRATOR, "c-gone/1/0"), ERR_NOT_FOUND);
    JSON_CLEANUP json_t *list = ask(house, "outbox.list", json_pack("{s:s}", "state", "pending"));
    assert_int_equal(json_array_size(json_object_get(list, "tasks")), 1);
    assert_int_equal(work_until_given_up(house), tries);
    assert_int_equal(retry(house, ROLE_ADMINISTRATOR, "c-gone/1/0"), 0);
}

/* Who complained is told by a person, or the reason why not is recorded. */
static void invariant_2_nobody_pretends_that_a_complainant_was_told(void **state)
{
    struct house *house = *state;
    static const char key[] = "a/9/2"; /* listed before the work of the case */
    world_open_termination(house->world);
    assert_int_equal(store_commit(house->world->app.store), 0);
    put_task_of(house, house->world->case_id, key, "tell-complainant");
    assert_int_equal(work_until_given_up(house), 1);
    JSON_CLEANUP json_t *waits = ask(house, "outbox.list", json_object());
    const json_t *row = json_array_get(json_object_get(waits, "tasks"), 0);
    assert_non_null(strstr(json_text(row, "error"), "a person has to tell who complained"));
    assert_int_equal(settle(house, ROLE_APPROVER, key, "told by telephone"), ERR_DENIED);
    assert_int_equal(settle(house, ROLE_ANALYST, key, /* reason= */ NULL), ERR_SYNTAX);
    assert_int_equal(settle(house, ROLE_ANALYST, key, ""), ERR_LIMIT);
    assert_int_equal(settle(house, ROLE_ANALYST, key, "told by telephone"), 0);
    assert_int_equal(settle(house, ROLE_ANALYST, key, "told by telephone"), ERR_NOT_FOUND);
    JSON_CLEANUP json_t *done = ask(house, "outbox.list", json_pack("{s:s}", "state", "done"));
    row = json_array_get(json_object_get(done, "tasks"), 0);
    assert_string_equal(json_text(row, "error"), "told by telephone");
}

static void unknown_work_is_not_done(void **state)
{
    struct house *house = *state;
    put_task(house, "c-gone/1/0", "tell-the-king");
    assert_in_range(work_until_given_up(house), 2, 100);
}

static void an_unknown_state_is_refused(void **state)
{
    struct house *house = *state;
    JSON_CLEANUP json_t *arguments = json_pack("{s:s}", "state", "lost");
    json_t *result = NULL;
    assert_int_equal(query_run(&house->world->app, "outbox.list", arguments, &result, NULL),
                     ERR_SYNTAX);
}

/* --- what the store did not take at once --- */

static struct store_task claim(struct house *house)
{
    struct store *store = house->world->app.store;
    struct store_task *tasks;
    size_t count;
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(
        store_outbox_claim(store,
                           &(const struct store_outbox_query){
                               .now = clock_wall(&house->world->app.clock), .limit = 1},
                           &house->world->arena, &tasks, &count),
        0);
    assert_int_equal(store_commit(store), 0);
    assert_int_equal(count, 1);
    return tasks[0];
}

static enum outbox_state state_of(struct house *house, const char *key)
{
    struct store_task task;
    assert_int_equal(store_outbox_find(house->world->app.store, key, &house->world->arena, &task),
                     0);
    return task.state;
}

static int settle_task(struct house *house, const char *key)
{
    struct store *store = house->world->app.store;
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_outbox_done(store, key), 0);
    return store_commit(store);
}

/* As on a full disk: the next transaction cannot begin. */
static void break_store(struct house *house)
{
    assert_int_equal(store_begin(house->world->app.store), 0);
}

static void a_task_is_put_back_as_soon_as_the_store_takes_it(void **state)
{
    struct house *house = *state;
    put_task(house, "c-gone/1/0", "draft-letter");
    const struct store_task task = claim(house);
    break_store(house);
    core_put_back(house->core, &task, "no room");
    assert_non_null(house->core->owed);
    core_record_owed(house->core); /* not at once again */
    assert_int_equal(state_of(house, task.key), OUTBOX_CLAIMED);
    house->core->next_owed_us = 0;
    break_store(house);
    core_record_owed(house->core);
    assert_int_equal(state_of(house, task.key), OUTBOX_CLAIMED);
    core_forget_owed(house->core);
    assert_int_equal(state_of(house, task.key), OUTBOX_PENDING);
    assert_null(house->core->owed);
    assert_int_equal(settle_task(house, task.key), 0);
    core_put_back(house->core, &task, "no room"); /* done meanwhile: nothing is owed */
    assert_null(house->core->owed);
    assert_int_equal(state_of(house, task.key), OUTBOX_DONE);
}

static void begin_attempt(struct house *house, struct dispatch *dispatch)
{
    struct store *store = house->world->app.store;
    int64_t now = clock_wall(&house->world->app.clock);
    const struct party party = {.id = "p", .kind = PARTY_REGISTRAR, .name = "P"};
    const struct store_case record = {.id = "c-gone",
                                      .party = "p",
                                      .obligation = "o",
                                      .subject = "",
                                      .process = "d",
                                      .stage = "notice1",
                                      .opened_at = now,
                                      .updated_at = now};
    const struct store_letter letter = {.id = "l-1",
                                        .case_id = "c-gone",
                                        .kind = "notice1",
                                        .message_id = "l-1@x",
                                        .recipient = "a@x.example",
                                        .subject = "s",
                                        .drafted_by = "machine",
                                        .sha256 = digest_of("x", 1),
                                        .bytes = {(const uint8_t *)"x", 1},
                                        .created_at = now,
                                        .updated_at = now};
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_party_put(store, &party), 0);
    assert_int_equal(store_case_put(store, &record), 0);
    assert_int_equal(store_letter_put(store, &letter), 0);
    assert_int_equal(
        store_attempt_begin(store, letter.id, letter.recipient, now, &dispatch->attempt), 0);
    assert_int_equal(store_commit(store), 0);
    snprintf(dispatch->letter, sizeof dispatch->letter, "%s", letter.id);
    snprintf(dispatch->task, sizeof dispatch->task, "c-gone/1/0");
}

/* An answer of the mail server that is forgotten is a letter sent twice. */
static void what_a_mail_server_answered_is_recorded_when_the_store_takes_it(void **state)
{
    struct house *house = *state;
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    struct store_attempt *attempts;
    size_t count;
    put_task(house, "c-gone/1/0", "send-letter");
    claim(house);
    begin_attempt(house, dispatch);
    dispatch->reply = (struct smtp_reply){.outcome = SMTP_DEFERRED, .code = 450, .text = "later"};
    break_store(house);
    core_record_reply(house->core, dispatch);
    assert_int_equal(state_of(house, "c-gone/1/0"), OUTBOX_CLAIMED);
    house->core->next_owed_us = 0;
    core_record_owed(house->core);
    assert_null(house->core->owed);
    assert_int_equal(
        store_attempt_list(house->world->app.store, "l-1", &house->world->arena, &attempts, &count),
        0);
    assert_int_equal(count, 1);
    assert_int_equal(attempts[0].phase, ATTEMPT_DEFERRED);
    assert_int_equal(state_of(house, "c-gone/1/0"), OUTBOX_PENDING);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_WORLD(what_cannot_be_done_is_given_up_and_told),
          IN_WORLD(what_was_given_up_is_tried_again_as_often),
          IN_WORLD(invariant_2_nobody_pretends_that_a_complainant_was_told),
          IN_WORLD(a_task_is_put_back_as_soon_as_the_store_takes_it),
          IN_WORLD(what_a_mail_server_answered_is_recorded_when_the_store_takes_it),
          IN_WORLD(unknown_work_is_not_done), IN_WORLD(an_unknown_state_is_refused))
