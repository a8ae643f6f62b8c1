/* What lists show of complaints follows from their events: rows that say something else are named,
 * and written as they were; a history that cannot be is named too. */
#include "app/complaints/projection.h"

#include "app/casework/rebuild.h"
#include "app/world.h"
#include "refusal.h"

#include <stdlib.h>

#define FILED                                                                                      \
    "{\"state\":\"filed\",\"type\":\"dns-abuse-registrar\",\"rulebook\":\"5eed\",\"words\":\"\"}"
#define REFERENCE "aaaa-aaaa-aaaa"

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

/* --- folding --- */

struct telling {
    const char *type, *data;
};

static int fold(const struct telling *told, size_t count, struct arena *arena,
                struct complaint_projection *ret_projection, struct error_detail *detail)
{
    struct store_complaint_event *events = arena_array(arena, count, sizeof *events);
    for (size_t i = 0; i < count; i++)
        events[i] = (struct store_complaint_event){.reference = REFERENCE,
                                                   .seq = (uint32_t)i + 1,
                                                   .at = (int64_t)i + 100,
                                                   .type = told[i].type,
                                                   .actor = "anna",
                                                   .data = told[i].data};
    return complaint_projection_fold(events, count, arena, ret_projection, detail);
}

static void each_decision_takes_the_place_of_the_one_before(void **state)
{
    static const struct telling told[] = {
        {"filed", FILED},
        {"in-scope", "{\"case\":\"c-one\"}"},
        {"joined", "{\"other\":\"bbbb-bbbb-bbbb\"}"},
        {"reporter-read", "{}"},
        {"out-of-scope", "{\"closure\":\"cc-tld\"}"},
        {"review-asked", "{}"},
        {"in-scope", "{\"case\":\"c-two\"}"},
        {"parted", "{\"other\":\"bbbb-bbbb-bbbb\"}"},
        {"withdrawn", "{}"},
        {"closed", "{\"case\":\"c-three\"}"},
        {"erased", "{\"reason\":\"person-asked\"}"},
    };
    static const struct {
        const char *state, *closure, *case_id, *other;
    } expected[] = {{"filed", "", "", NULL},
                    {"in-scope", "", "c-one", NULL},
                    {"in-scope", "", "c-one", "bbbb-bbbb-bbbb"},
                    {"in-scope", "", "c-one", "bbbb-bbbb-bbbb"},
                    {"out-of-scope", "cc-tld", "", "bbbb-bbbb-bbbb"},
                    {"review", "cc-tld", "", "bbbb-bbbb-bbbb"},
                    {"in-scope", "", "c-two", "bbbb-bbbb-bbbb"},
                    {"in-scope", "", "c-two", NULL},
                    {"withdrawing", "", "c-two", NULL},
                    {"withdrawn", "", "", NULL},
                    {"withdrawn", "", "", NULL}};
    struct arena arena ARENA_CLEANUP = {0};
    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct complaint_projection folded;
        assert_int_equal(fold(told, i + 1, &arena, &folded, NULL), 0);
        assert_string_equal(folded.type, "dns-abuse-registrar");
        assert_string_equal(folded.rulebook, "5eed");
        assert_string_equal(complaint_state_text(folded.state), expected[i].state);
        assert_string_equal(folded.closure, expected[i].closure);
        assert_string_equal(folded.case_id, expected[i].case_id);
        assert_int_equal(folded.erased_at, i == 10 ? 110 : 0);
        assert_int_equal(folded.join.other != NULL, expected[i].other != NULL);
        if (expected[i].other) {
            assert_string_equal(folded.join.reference, REFERENCE);
            assert_string_equal(folded.join.other, expected[i].other);
            assert_int_equal(folded.join.joined_at, 102);
        }
    }
}

static void what_cannot_have_happened_is_named(void **state)
{
    static const struct {
        struct telling first, second;
        const char *words;
    } rows[] = {
        {{"seen", "{}"}, {"filed", FILED}, ": its first event is 'seen', not 'filed'"},
        {{"lost", "{}"}, {"filed", FILED}, ": event 1 is of the unknown type 'lost'"},
        {{"filed", "{}"}, {"seen", "{}"}, ": event 1 does not say 'state'"},
        {{"filed", "{\"state\":\"new\"}"}, {"seen", "{}"}, "filed in the unknown state 'new'"},
        {{"filed", "{\"state\":\"held\"}"}, {"seen", "{}"}, ": event 1 does not say 'type'"},
        {{"filed", FILED},
         {"filed", FILED},
         ": event 2, 'filed', cannot follow where it is 'filed'"},
        {{"filed", FILED}, {"seen", "{}"}, ": event 2, 'seen', cannot follow where it is 'filed'"},
        {{"filed", FILED}, {"in-scope", "{}"}, ": event 2 does not say 'case'"},
        {{"filed", FILED}, {"out-of-scope", "{}"}, ": event 2 does not say 'closure'"},
        {{"filed", FILED}, {"joined", "{}"}, ": event 2 does not say 'other'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct telling told[] = {rows[i].first, rows[i].second};
        struct arena arena ARENA_CLEANUP = {0};
        struct complaint_projection folded;
        struct error_detail detail = {0};
        arena_init(&arena, 1 << 20);
        assert_refused(fold(told, 2, &arena, &folded, &detail), ERR_DAMAGED, &detail,
                       rows[i].words);
    }
}

static void an_event_that_is_missing_is_named(void **state)
{
    static const struct store_complaint_event second = {.reference = REFERENCE, .seq = 2};
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_projection folded;
    struct error_detail detail = {0};
    (void)state;
    arena_init(&arena, 1 << 20);
    assert_refused(complaint_projection_fold(&second, 1, &arena, &folded, &detail), ERR_DAMAGED,
                   &detail, "complaint " REFERENCE ": event 1 is missing");
}

/* --- in the store --- */

static int make_world(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    world_put_agreement(world);
    *state = world;
    return 0;
}

static const char *file(struct world *world)
{
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\"}", true);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static void must(struct world *world, const struct actor *actor, const char *command,
                 json_t *arguments)
{
    json_t *told JSON_CLEANUP = world_must(world, actor, command, arguments);
    assert_non_null(told);
}

/* In scope and joined to the second; the second out of scope, and erased. */
static void decide(struct world *world, const char *first, const char *second)
{
    must(world, &anna, "complaint.decide",
         json_pack("{s:s, s:b, s:s, s:s}", "complaint", first, "in-scope", true, "obligation",
                   WORLD_DUTY, "party", "registrar-1"));
    must(world, &anna, "complaint.decide",
         json_pack("{s:s, s:s, s:s}", "complaint", second, "out-of-scope", "no-prior-report",
                   "reason", "ask your registrar"));
    must(world, &anna, "complaint.join",
         json_pack("{s:s, s:s}", "complaint", first, "other", second));
    must(world, &ada, "complaint.erase",
         json_pack("{s:s, s:s}", "complaint", second, "reason", "person-asked"));
}

static void expect_difference(const json_t *row, const char *table, const char *key,
                              const char *field)
{
    assert_string_equal(json_text(row, "table"), table);
    assert_string_equal(json_text(row, "key"), key);
    assert_string_equal(json_text(row, "field"), field);
    assert_string_equal(json_text(row, "case"), "");
}

static json_t *check(struct world *world)
{
    json_t *told JSON_CLEANUP = world_ask(world, "rebuild.check", "none", "");
    return json_incref(json_object_get(told, "differences"));
}

static void expect_none(struct world *world)
{
    json_t *differences JSON_CLEANUP = check(world);
    assert_int_equal(json_array_size(differences), 0);
}

static void rows_that_say_something_else_are_named_and_written(void **state)
{
    struct world *world = *state;
    struct store *store = world->app.store;
    const char *first = file(world), *second = file(world);
    struct store_complaint before, after;
    struct store_join joined;
    struct error_detail detail = {0};
    decide(world, first, second);
    assert_int_equal(store_commit(store), 0);
    expect_none(world);
    assert_int_equal(store_complaint_find(store, first, &world->arena, &before), 0);
    assert_int_equal(store_join_find(store, first, &world->arena, &joined), 0);

    struct store_complaint spoilt = before;
    spoilt.state = "review";
    spoilt.closure = "no-prior-report";
    spoilt.case_id = "c-other";
    const struct store_join extra = {second, first, 5};
    assert_int_equal(store_begin(store), 0);
    assert_true(store_complaint_settle(store, &spoilt) >= 0);
    assert_true(store_join_erase(store, first) >= 0);
    assert_true(store_join_put(store, &extra) >= 0);
    assert_int_equal(store_commit(store), 0);
    json_t *differences JSON_CLEANUP = check(world);
    assert_int_equal(json_array_size(differences), 5);
    static const char *const fields[] = {"state", "closure", "case_id"};
    /* Both came at the same moment: the smaller reference comes first. */
    size_t at = strcmp(first, second) < 0 ? 0 : 1;
    for (size_t i = 0; i < 3; i++)
        expect_difference(json_array_get(differences, at + i), "complaint", first, fields[i]);
    expect_difference(json_array_get(differences, at + 3), "complaint_join", first, "other");
    expect_difference(json_array_get(differences, at ? 0 : 4), "complaint_join", second, "other");

    json_t *told JSON_CLEANUP = json_object();
    assert_int_equal(rebuild_projections(&world->app, told, &detail), 0);
    assert_int_equal(json_number(told, "complaints", 0), 2);
    assert_int_equal(json_number(told, "changed", 0), 1);
    assert_int_equal(json_number(told, "joined", 0), 1);
    expect_none(world);
    assert_int_equal(store_complaint_find(store, first, &world->arena, &after), 0);
    assert_string_equal(after.state, before.state);
    assert_string_equal(after.case_id, before.case_id);
    struct store_join again;
    assert_int_equal(store_join_find(store, first, &world->arena, &again), 0);
    assert_string_equal(again.other, second);
    assert_int_equal(again.joined_at, joined.joined_at);
}

static void a_join_that_was_changed_is_named(void **state)
{
    struct world *world = *state;
    struct store *store = world->app.store;
    const char *first = file(world), *second = file(world), *third = file(world);
    decide(world, first, second);
    const struct store_join spoilt = {first, third, 5};
    assert_true(store_join_erase(store, first) >= 0);
    assert_true(store_join_put(store, &spoilt) >= 0);
    assert_int_equal(store_commit(store), 0);
    json_t *differences JSON_CLEANUP = check(world);
    assert_int_equal(json_array_size(differences), 2);
    expect_difference(json_array_get(differences, 0), "complaint_join", first, "other");
    expect_difference(json_array_get(differences, 1), "complaint_join", first, "joined_at");
}

static void a_complaint_without_events_ends_a_rebuild_and_no_comparison(void **state)
{
    struct world *world = *state;
    struct store *store = world->app.store;
    struct error_detail detail = {0};
    json_t *told JSON_CLEANUP = json_object();
    const struct store_complaint lonely = {.reference = REFERENCE,
                                           .received_at = WORLD_START,
                                           .type = "dns-abuse-registrar",
                                           .rulebook = world->app.rulebook->digest_text,
                                           .language = "en",
                                           .state = "filed",
                                           .closure = "",
                                           .case_id = ""};
    assert_true(store_complaint_put(store, &lonely) >= 0);
    assert_int_equal(store_commit(store), 0);
    assert_refused(rebuild_projections(&world->app, told, &detail), ERR_DAMAGED, &detail,
                   "nothing was changed: complaint " REFERENCE " has no events");
    json_t *differences JSON_CLEANUP = check(world);
    assert_int_equal(json_array_size(differences), 1);
    expect_difference(json_array_get(differences, 0), "complaint", REFERENCE, "events");
    assert_string_equal(json_text(json_array_get(differences, 0), "folded"),
                        "complaint " REFERENCE " has no events");
}

/* --- progress --- */

struct watched {
    size_t told;
    char what[2][16];
    int64_t done[2], total[2];
};

static void watch(void *context, const char *what, int64_t done, int64_t total)
{
    struct watched *watched = context;
    assert_true(watched->told < 2);
    snprintf(watched->what[watched->told], sizeof watched->what[0], "%s", what);
    watched->done[watched->told] = done;
    watched->total[watched->told++] = total;
}

static void who_waits_is_told_how_far_it_is(void **state)
{
    struct world *world = *state;
    const char *first = file(world), *second = file(world);
    struct watched watched = {.told = 0};
    const struct app_progress progress = {watch, &watched};
    decide(world, first, second);
    assert_int_equal(store_commit(world->app.store), 0);
    world->app.progress = &progress;
    expect_none(world);
    world->app.progress = NULL;
    assert_int_equal(watched.told, 2);
    assert_string_equal(watched.what[0], "cases");
    assert_int_equal(watched.done[0], 1);
    assert_int_equal(watched.total[0], 1);
    assert_string_equal(watched.what[1], "complaints");
    assert_int_equal(watched.done[1], 2);
    assert_int_equal(watched.total[1], 2);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

TEST_MAIN(cmocka_unit_test(each_decision_takes_the_place_of_the_one_before),
          cmocka_unit_test(what_cannot_have_happened_is_named),
          cmocka_unit_test(an_event_that_is_missing_is_named),
          WORLD_TEST(rows_that_say_something_else_are_named_and_written),
          WORLD_TEST(a_join_that_was_changed_is_named),
          WORLD_TEST(a_complaint_without_events_ends_a_rebuild_and_no_comparison),
          WORLD_TEST(who_waits_is_told_how_far_it_is))
