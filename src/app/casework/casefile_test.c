/* Whose memory a case file rests on, under the rulebook that ships. */
#include "app/casework/casefile.h"

#include "app/world.h"
#include "base/civil.h"
#include "store/log.h"
#include "store/party.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static int make_world(void **state)
{
    const struct party party = {.id = "registry",
                                .kind = PARTY_REGISTRY,
                                .name = "R",
                                .status = "contracted",
                                .rdap_url = ""};
    struct world *world = world_new();
    struct error_detail detail = {0};
    assert_int_equal(store_begin(world->app.store), 0);
    world_put_rulebook(world);
    assert_int_equal(store_party_put(world->app.store, &party), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(app_load_rulebook(&world->app, &detail), 0);
    assert_int_equal(store_begin(world->app.store), 0);
    *state = world;
    return 0;
}

static void open_case(struct world *world, const char *party, const char *subject,
                      const char **finding, struct casefile *ret_file)
{
    struct error_detail detail = {0};
    const struct actor machine = command_machine();
    const struct store_case record = {.party = party,
                                      .obligation = "ra.spec10.dns-service-availability",
                                      .subject = subject,
                                      .process = world->app.rulebook->digest_text,
                                      .origin = ORIGIN_MONITORING,
                                      .source = SOURCE_MEASUREMENT};
    const struct casefile_step opened = {.step = {.type = CASE_OPENED,
                                                  .party = PARTY_REGISTRY,
                                                  .origin = ORIGIN_MONITORING,
                                                  .source = SOURCE_MEASUREMENT,
                                                  .violation = true},
                                         .actor = &machine,
                                         .evidence = finding,
                                         .evidence_count = 1};
    assert_int_equal(casefile_new(&world->app, &record, ret_file, &detail), 0);
    if (casefile_step(ret_file, &opened, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void what_a_caller_lent_may_go(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    char party[] = "registry", subject[] = "alpha", finding[] = "f-1";
    const char *evidence[] = {finding};
    open_case(world, party, subject, evidence, &file);
    memset(party, 'x', strlen(party));
    memset(subject, 'x', strlen(subject));
    memset(finding, 'x', strlen(finding));
    evidence[0] = NULL;
    assert_string_equal(file.record.party, "registry");
    assert_string_equal(file.record.subject, "alpha");
    assert_string_equal(file.events[0].evidence[0], "f-1");
}

/* The clock was a day ahead when the case was opened, and was put right. */
static void a_clock_that_was_put_right_does_not_keep_a_case_still(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
    const char *finding = "f-1";
    const int64_t right = clock_wall(&world->app.clock), ahead = right + CIVIL_DAY_US;
    int64_t last;
    clock_init_frozen(&world->app.clock, ahead);
    open_case(world, "registry", "alpha", &finding, &file);
    clock_init_frozen(&world->app.clock, right);
    const struct casefile_step call = {.step = {.type = CASE_CALL, .reason = "rang"},
                                       .actor = &anna};
    if (casefile_step(&file, &call, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(file.state.last_at, ahead);
    assert_int_equal(store_case_last(world->app.store, &last), 0);
    assert_int_equal(last, ahead);
    clock_init_frozen(&world->app.clock, ahead + 1);
    assert_int_equal(casefile_step(&file, &call, NULL), 0);
    assert_int_equal(file.state.last_at, ahead + 1);
}

static void ring_in(struct casefile *file, const char *reason)
{
    struct error_detail detail = {0};
    const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
    struct casefile_step call = {.step = {.type = CASE_CALL}, .actor = &anna};
    CASE_TEXT(call.step.reason, reason);
    if (casefile_step(file, &call, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void ring(struct world *world, const char *id, const char *reason)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    ring_in(&file, reason);
}

static void assert_last(struct world *world, const char *id, size_t count, const char *reason)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    assert_int_equal(file.event_count, count);
    assert_int_equal(file.state.seq, count);
    assert_string_equal(file.events[count - 1].reason, reason);
}

/* A case of one event, committed; the next transaction is open. */
static const char *committed_case(struct world *world, char id[CASE_NAME_MAX])
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *finding = "f-1";
    open_case(world, "registry", "alpha", &finding, &file);
    snprintf(id, CASE_NAME_MAX, "%s", file.record.id);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(store_begin(world->app.store), 0);
    return id;
}

/* What was folded inside a transaction is not remembered once it is taken back, also not when the
 * next that is read of the case is another event of the same number. */
static void what_was_taken_back_is_not_remembered(void **state)
{
    struct world *world = *state;
    struct store *store = world->app.store;
    struct casefile before CASEFILE_CLEANUP = {0}, again CASEFILE_CLEANUP = {0};
    char id[CASE_NAME_MAX];
    committed_case(world, id);
    assert_int_equal(casefile_open(&world->app, id, &before, NULL), 0);
    ring(world, id, "first");
    assert_last(world, id, 2, "first");
    assert_int_equal(store_rollback(store), 0);
    assert_int_equal(store_begin(store), 0);
    ring_in(&before, "second");
    assert_last(world, id, 2, "second");
    assert_int_equal(casefile_open(&world->app, id, &again, NULL), 0);
    assert_int_equal(store_mark(store), 0);
    ring(world, id, "third");
    assert_last(world, id, 3, "third");
    assert_int_equal(store_undo(store), 0);
    ring_in(&again, "fourth");
    assert_last(world, id, 3, "fourth");
    assert_int_equal(store_commit(store), 0);
    assert_int_equal(store_begin(store), 0);
    assert_last(world, id, 3, "fourth");
}

/* An open file stays what it was while the case goes on and while everything is forgotten. */
static void an_open_file_keeps_its_history(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    char id[CASE_NAME_MAX];
    committed_case(world, id);
    ring(world, id, "first");
    ring(world, id, "second");
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    ring(world, id, "third");
    assert_last(world, id, 4, "third");
    histories_forget(&world->app);
    assert_last(world, id, 4, "third");
    assert_int_equal(file.event_count, 3);
    assert_int_equal(file.state.seq, 3);
    assert_string_equal(file.events[2].reason, "second");
    assert_true(file.events[0].data[0] == '{');
}

/* What the history explained is what the whole fold explains, before and after a step. */
static void a_remembered_explanation_is_the_folded_one(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
    const struct casefile_step call = {.step = {.type = CASE_CALL, .reason = "again"},
                                       .actor = &anna};
    char id[CASE_NAME_MAX];
    committed_case(world, id);
    ring(world, id, "first");
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    for (size_t round = 0; round < 2; round++) {
        struct case_explanation folded[4] = {0}, *rows;
        assert_int_equal(casefile_explain(&file, &file.arena, &rows, NULL), 0);
        assert_int_equal(
            case_explain(file.state.process, file.events, file.event_count, folded, NULL), 0);
        for (size_t i = 0; i < file.event_count; i++) {
            assert_ptr_equal(rows[i].event, &file.events[i]);
            assert_ptr_equal(rows[i].edge, folded[i].edge);
            assert_ptr_equal(rows[i].from, folded[i].from);
            assert_ptr_equal(rows[i].to, folded[i].to);
            assert_int_equal(rows[i].clock, folded[i].clock);
            assert_int_equal(rows[i].deadline.instant, folded[i].deadline.instant);
        }
        assert_int_equal(casefile_step(&file, &call, NULL), 0);
    }
}

/* The log is told an event in the form that the tree of its JSON gives, and all of it. */
static void what_the_log_is_told_is_canonical(void **state)
{
    struct world *world = *state;
    struct store_event *events;
    size_t count;
    char id[CASE_NAME_MAX];
    committed_case(world, id);
    ring(world, id, "\"first\"\n, \xc3\xa9");
    assert_int_equal(store_event_list(world->app.store, id, 0, 0, &world->arena, &events, &count),
                     0);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        json_t *told JSON_CLEANUP = NULL, *data JSON_CLEANUP = NULL;
        struct store_opening kept;
        struct buffer text BUFFER_CLEANUP;
        buffer_init(&text, 1 << 16);
        assert_int_equal(
            store_opening_find(world->app.store, &events[i].entry, &world->arena, &kept), 0);
        assert_int_equal(json_parse(kept.opening.json, kept.opening.json_size, &told, NULL), 0);
        assert_int_equal(json_canonical(told, &text), 0);
        assert_string_equal(buffer_text(&text), kept.opening.json);
        assert_string_equal(json_text(told, "kind"), "case-event");
        assert_string_equal(json_text(told, "case"), id);
        assert_string_equal(json_text(told, "reason"), events[i].event.reason);
        assert_string_equal(json_text(told, "actor"), events[i].event.actor);
        assert_int_equal(json_number(told, "seq", 0), i + 1);
        assert_int_equal(json_number(told, "at", 0), events[i].event.at);
        assert_int_equal(json_array_size(json_object_get(told, "evidence")),
                         events[i].event.evidence_count);
        assert_int_equal(
            json_parse(events[i].event.data, strlen(events[i].event.data), &data, NULL), 0);
        assert_true(json_equal(data, json_object_get(told, "data")));
    }
}

/* A row that somebody else wrote is read again, in the same transaction and after it. */
static void a_row_is_the_one_of_the_store(void **state)
{
    struct world *world = *state;
    char id[CASE_NAME_MAX];
    committed_case(world, id);
    struct casefile file CASEFILE_CLEANUP = {0}, again CASEFILE_CLEANUP = {0},
                         third CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    struct store_case row = file.record;
    row.handler = "otto";
    assert_int_equal(store_case_update(world->app.store, &file.record, &row), 0);
    assert_int_equal(casefile_open(&world->app, id, &again, NULL), 0);
    assert_string_equal(again.record.handler, "otto");
    ring(world, id, "first");
    assert_int_equal(casefile_open(&world->app, id, &third, NULL), 0);
    assert_string_equal(third.record.handler, "otto");
    assert_int_equal(third.record.seq, third.state.seq);
    assert_int_equal(store_commit(world->app.store), 0);
    struct casefile outside CASEFILE_CLEANUP = {0}, last CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &outside, NULL), 0);
    assert_string_equal(outside.record.handler, "otto");
    assert_int_equal(store_begin(world->app.store), 0);
    row = outside.record;
    row.handler = "anna";
    assert_int_equal(store_case_update(world->app.store, &outside.record, &row), 0);
    assert_int_equal(casefile_open(&world->app, id, &last, NULL), 0);
    assert_string_equal(last.record.handler, "anna");
}

static const char *new_id(struct world *world, const char *like)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_case record;
    assert_int_equal(store_case_find(world->app.store, like, &world->arena, &record), 0);
    assert_int_equal(casefile_new(&world->app, &record, &file, NULL), 0);
    return arena_copy_text(&world->arena, file.record.id);
}

/* Drawn, so that they say nothing of the days, and drawn anew for other days. */
static void cases_of_some_days_share_two_letters(void **state)
{
    static const char key[] = "case-prefix";
    struct world *world = *state;
    struct store *store = world->app.store;
    const char *kept, *letters;
    char id[CASE_NAME_MAX], other[40];
    committed_case(world, id);
    assert_int_equal(strlen(id), 13);
    assert_int_equal(store_meta_get(store, key, &world->arena, &kept), 0);
    letters = strchr(kept, ' ') + 1;
    assert_int_equal(strlen(letters), 2);
    assert_int_equal(strncmp(id + 2, letters, 2), 0);
    snprintf(other, sizeof other, "%.*sqz", (int)(letters - kept), kept);
    assert_true(store_meta_set(store, key, other) >= 0);
    assert_int_equal(strncmp(new_id(world, id), "c-qz", 4), 0);
    assert_int_equal(strncmp(new_id(world, id), "c-qz", 4), 0);
    assert_true(store_meta_set(store, key, "7 qz") >= 0);
    const char *last = new_id(world, id);
    assert_int_equal(store_meta_get(store, key, &world->arena, &kept), 0);
    assert_string_not_equal(kept, "7 qz");
    assert_int_equal(strncmp(last + 2, strchr(kept, ' ') + 1, 2), 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(what_a_caller_lent_may_go),
          IN_WORLD(a_clock_that_was_put_right_does_not_keep_a_case_still),
          IN_WORLD(what_was_taken_back_is_not_remembered), IN_WORLD(an_open_file_keeps_its_history),
          IN_WORLD(a_remembered_explanation_is_the_folded_one),
          IN_WORLD(what_the_log_is_told_is_canonical), IN_WORLD(a_row_is_the_one_of_the_store),
          IN_WORLD(cases_of_some_days_share_two_letters))
