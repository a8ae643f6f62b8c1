/* How soon a complaint is read: by its type's word about the answers, or a person's. */
#include "app/complaints/rebuild.h"
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"

#include <stdio.h>
#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_APPROVER},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

/* Of that kind of abuse; NULL: not said. */
static const char *file(struct world *world, const char *kind)
{
    char document[400];
    snprintf(document, sizeof document,
             "{\"type\":\"dns-abuse-registrar\",\"names\":[\"bad.example\"],\"answers\":{%s%s%s}}",
             kind ? "\"kind\":\"" : "", kind ? kind : "", kind ? "\"" : "");
    json_t *receipt JSON_CLEANUP = world_file(world, document, true);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static int prioritise(struct world *world, const struct actor *actor, const char *reference,
                      const char *level, const char *reason, struct error_detail *detail)
{
    return world_run(
        world, actor, "complaint.prioritise",
        json_pack("{s:s, s:s, s:s}", "complaint", reference, "level", level, "reason", reason),
        NULL, detail);
}

/* The priority and its first reason. */
static void assert_priority(struct world *world, const char *reference, const char *priority,
                            const char *reason)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *shown = json_object_get(answer, "complaint"),
                 *reasons = json_object_get(shown, "priority_reasons");
    assert_string_equal(json_text(shown, "priority"), priority);
    if (reason)
        assert_string_equal(json_string_value(json_array_get(reasons, 0)), reason);
    else
        assert_int_equal(json_array_size(reasons), 0);
}

static void the_type_says_how_soon(void **state)
{
    struct world *world = *state;
    assert_priority(world, file(world, "phishing"), "urgent",
                    "People are harmed while it goes on.");
    assert_priority(world, file(world, "contact"), "high", "Nobody can report abuse meanwhile.");
    assert_priority(world, file(world, "spam"), "normal", NULL);
    assert_priority(world, file(world, NULL), "normal", NULL);
}

static void a_person_says_otherwise_and_it_holds(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = file(world, "phishing");
    assert_int_equal(prioritise(world, &anna, reference, "low", "can-wait", &detail), 0);
    assert_priority(world, reference, "low", "anna said so: can-wait");
    json_decref(world_must(
        world, &anna, "complaint.retype",
        json_pack("{s:s, s:s}", "complaint", reference, "type", "registration-data-service-down")));
    assert_priority(world, reference, "low", "anna said so: can-wait");
    /* Another type has its own word where no person spoke. */
    const char *other = file(world, "phishing");
    json_decref(world_must(
        world, &anna, "complaint.retype",
        json_pack("{s:s, s:s}", "complaint", other, "type", "registration-data-service-down")));
    assert_priority(world, other, "high", "Everybody who asks for registration data meets it.");
}

static void what_else_speaks_for_it_is_told(void **state)
{
    struct world *world = *state;
    const char *one = file(world, "spam"), *two = file(world, "spam");
    json_decref(world_must(world, &anna, "complaint.join",
                           json_pack("{s:s, s:s}", "complaint", two, "other", one)));
    assert_priority(world, one, "normal", "1 others are about the same");
    world->app.clock.frozen_at += INT64_C(30) * 86400 * 1000000;
    assert_priority(world, two, "normal", "it waits longer than it may");
}

static void the_most_urgent_are_listed_first(void **state)
{
    static const char *const kinds[] = {"spam", "phishing", "contact", "malware", NULL};
    static const int order[] = {1, 3, 2, 0, 4};
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *filed[5];
    char after[REFERENCE_TEXT] = "";
    for (size_t i = 0; i < 5; i++) {
        filed[i] = file(world, kinds[i]);
        world->app.clock.frozen_at++;
    }
    for (size_t i = 0; i < 5; i += 2) {
        json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s}", "order", "priority", "limit", "2"),
                          *page JSON_CLEANUP = NULL;
        if (after[0])
            json_object_set_new(arguments, "after", json_string(after));
        assert_int_equal(query_run(&world->app, "complaint.list", arguments, &page, &detail), 0);
        const json_t *list = json_object_get(page, "complaints");
        for (size_t k = 0; k < json_array_size(list); k++)
            assert_string_equal(json_text(json_array_get(list, k), "reference"),
                                filed[order[i + k]]);
        snprintf(after, sizeof after, "%s", json_text(page, "next") ? json_text(page, "next") : "");
    }
    assert_string_equal(after, "");
    /* What is decided waits no more. */
    json_decref(world_must(world, &anna, "complaint.decide",
                           json_pack("{s:s, s:s, s:s}", "complaint", filed[1], "out-of-scope",
                                     "too-broad", "reason", "Which act?")));
    json_t *left JSON_CLEANUP = world_ask(world, "complaint.list", "order", "priority");
    assert_int_equal(json_array_size(json_object_get(left, "complaints")), 4);
}

static void a_rebuild_knows_it(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct complaints_rebuilt rebuilt;
    struct store_complaint row;
    const char *reference = file(world, "phishing");
    assert_int_equal(prioritise(world, &anna, reference, "high", "harm", &detail), 0);
    assert_true(store_complaint_find(world->app.store, reference, &world->arena, &row) >= 0);
    assert_int_equal(row.priority, COMPLAINT_HIGH_PRIORITY);
    row.priority = COMPLAINT_LOW_PRIORITY;
    assert_true(store_complaint_settle(world->app.store, &row) >= 0);
    assert_int_equal(complaints_rebuild(&world->app, &rebuilt, &detail), 0);
    assert_int_equal(rebuilt.changed, 1);
    assert_priority(world, reference, "high", "anna said so: harm");
}

static void it_is_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = file(world, NULL);
    json_t *none = NULL, *size JSON_CLEANUP = json_pack("{s:s}", "order", "size"),
           *held JSON_CLEANUP = json_pack("{s:s, s:s}", "order", "priority", "state", "held");
    assert_refused(prioritise(world, &anna, reference, "soon", "harm", &detail), ERR_SYNTAX,
                   &detail, "a priority is urgent, high, normal or low, not 'soon'");
    assert_refused(prioritise(world, &anna, reference, "low", "because", &detail), ERR_SYNTAX,
                   &detail, "the reason is harm, many-affected or can-wait");
    assert_refused(prioritise(world, &bert, reference, "low", "harm", &detail), ERR_DENIED, &detail,
                   "is for the role analyst");
    json_decref(
        world_must(world, &ada, "complaint.erase",
                   json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked")));
    assert_refused(prioritise(world, &anna, reference, "low", "harm", &detail), ERR_REFUSED,
                   &detail, "was erased");
    assert_refused(query_run(&world->app, "complaint.list", size, &none, &detail), ERR_SYNTAX,
                   &detail, "complaints are ordered by priority or by time");
    assert_refused(query_run(&world->app, "complaint.list", held, &none, &detail), ERR_SYNTAX,
                   &detail, "only what is filed is ordered by priority, not 'held'");
}

static int start(void **state)
{
    assert_int_equal(world_start(state), 0);
    world_put_agreement(*state);
    return 0;
}

#define PRIORITY_TEST(name) cmocka_unit_test_setup_teardown(name, start, world_end)

TEST_MAIN(PRIORITY_TEST(the_type_says_how_soon),
          PRIORITY_TEST(a_person_says_otherwise_and_it_holds),
          PRIORITY_TEST(what_else_speaks_for_it_is_told),
          PRIORITY_TEST(the_most_urgent_are_listed_first), PRIORITY_TEST(a_rebuild_knows_it),
          PRIORITY_TEST(it_is_refused_with_words))
