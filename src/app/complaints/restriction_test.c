/* Vexatious filing (X1 to X4 of restriction.h). */
#include "app/complaints/restriction.h"

#include "app/query.h"
#include "app/world.h"
#include "app_world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/restriction.h"

#include <stdio.h>
#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_APPROVER},
                          both = {.id = "carl", .roles = ROLE_ANALYST | ROLE_APPROVER},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static const char *file(struct world *world, const char *email)
{
    char document[300];
    snprintf(document, sizeof document,
             "{\"type\":\"dns-abuse-registrar\",\"answers\":{\"kind\":\"phishing\"},"
             "\"reporter\":{\"name\":\"Zoe\",\"email\":\"%s\"}}",
             email);
    json_t *receipt JSON_CLEANUP = world_file(world, document, true);
    assert_string_equal(json_text(receipt, "state"), "filed");
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static int restrict_it(struct world *world, const struct actor *actor, const char *reference,
                       const char *reason, const char *until, struct error_detail *detail)
{
    return world_run(
        world, actor, "complaint.restrict",
        json_pack("{s:s, s:s, s:s}", "complaint", reference, "reason", reason, "until", until),
        NULL, detail);
}

static int act(struct world *world, const struct actor *actor, const char *command, int number,
               struct error_detail *detail)
{
    return world_run(world, actor, command, json_pack("{s:i}", "number", number), NULL, detail);
}

static void assert_priority(struct world *world, const char *reference, const char *priority)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *shown = json_object_get(answer, "complaint");
    assert_string_equal(json_text(shown, "priority"), priority);
    const char *reason =
        json_string_value(json_array_get(json_object_get(shown, "priority_reasons"), 0));
    assert_int_equal(reason && strstr(reason, "is read last now") != NULL,
                     strcmp(priority, "low") == 0);
}

static void assert_state(struct world *world, int number, const char *state)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.restrictions", "none", "");
    const json_t *list = json_object_get(answer, "restrictions");
    const json_t *row = json_array_get(list, json_array_size(list) - (size_t)number);
    assert_int_equal(json_number(row, "number", 0), number);
    assert_string_equal(json_text(row, "state"), state);
}

static void two_people_say_so_and_it_is_read_last(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *first = file(world, "zoe@mail.example");
    assert_priority(world, first, "urgent");
    assert_int_equal(restrict_it(world, &anna, first, "repeated", "2027-03-01", &detail), 0);
    assert_state(world, 1, "proposed");
    assert_priority(world, file(world, "zoe@mail.example"), "urgent");
    assert_int_equal(act(world, &bert, "complaint.restrict-agree", 1, &detail), 0);
    assert_state(world, 1, "in-force");
    assert_priority(world, file(world, "Zoe@Mail.Example"), "low");
    assert_priority(world, file(world, "quill@mail.example"), "urgent");
    assert_priority(world, first, "urgent");
    assert_int_equal(act(world, &bert, "complaint.unrestrict", 1, &detail), 0);
    assert_state(world, 1, "ended");
    assert_priority(world, file(world, "zoe@mail.example"), "urgent");
    assert_int_equal(app_world_told(&world->app, "restriction-proposed", "anna"), 1);
    assert_int_equal(app_world_told(&world->app, "restriction-agreed", "bert"), 1);
    assert_int_equal(app_world_told(&world->app, "restriction-ended", "bert"), 1);
}

/* X2, X4. */
static void it_ends_by_itself_and_is_forgotten(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_restriction row;
    const char *first = file(world, "zoe@mail.example");
    assert_int_equal(restrict_it(world, &anna, first, "abusive", "2027-01-06", &detail), 0);
    assert_int_equal(act(world, &bert, "complaint.restrict-agree", 1, &detail), 0);
    world->app.clock.frozen_at += 2 * CIVIL_DAY_US;
    assert_state(world, 1, "over");
    assert_priority(world, file(world, "zoe@mail.example"), "urgent");
    assert_refused(act(world, &bert, "complaint.unrestrict", 1, &detail), ERR_CONFLICT, &detail,
                   "the restriction 1 has ended");
    assert_int_equal(restrict_it(world, &anna, first, "untrue", "2027-02-01", &detail), 0);
    assert_int_equal(store_restriction_find(world->app.store, 1, &world->arena, &row), 0);
    assert_int_equal(row.reporter, 0);
    assert_string_equal(row.agreed_by, "bert");
    assert_int_equal(store_restriction_find(world->app.store, 2, &world->arena, &row), 0);
    assert_true(row.reporter != 0);
}

static void it_is_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = file(world, "zoe@mail.example");
    json_t *nameless JSON_CLEANUP = world_file(world, "{\"type\":\"dns-abuse-registrar\"}", true);
    assert_refused(restrict_it(world, &anna, one, "annoying", "2027-03-01", &detail), ERR_SYNTAX,
                   &detail, "the reason is repeated, abusive or untrue");
    for (size_t i = 0; i < 3; i++) {
        static const char *const days[] = {"2027-01-04", "2028-06-01", "1970-01-01"};
        assert_refused(restrict_it(world, &anna, one, "repeated", days[i], &detail), ERR_SYNTAX,
                       &detail, "a restriction ends after today and within a year");
    }
    assert_refused(restrict_it(world, &anna, json_text(nameless, "reference"), "repeated",
                               "2027-03-01", &detail),
                   ERR_REFUSED, &detail, "has no address of who filed it, or was erased");
    assert_refused(restrict_it(world, &ada, one, "repeated", "2027-03-01", &detail), ERR_DENIED,
                   &detail, "is for the role analyst");
    assert_int_equal(restrict_it(world, &both, one, "repeated", "2027-03-01", &detail), 0);
    assert_refused(
        restrict_it(world, &anna, file(world, "zoe@mail.example"), "untrue", "2027-03-01", &detail),
        ERR_CONFLICT, &detail, "the restriction 1 of who filed complaint");
    assert_refused(act(world, &both, "complaint.restrict-agree", 1, &detail), ERR_REFUSED, &detail,
                   "carl proposed the restriction 1: another person agrees");
    assert_refused(act(world, &anna, "complaint.restrict-agree", 1, &detail), ERR_DENIED, &detail,
                   "is for the role approver");
    assert_refused(act(world, &bert, "complaint.restrict-agree", 7, &detail), ERR_NOT_FOUND,
                   &detail, "there is no restriction 7");
    assert_int_equal(act(world, &bert, "complaint.restrict-agree", 1, &detail), 0);
    assert_refused(act(world, &bert, "complaint.restrict-agree", 1, &detail), ERR_CONFLICT, &detail,
                   "the restriction 1 is in force already");
    json_t *none = NULL, *odd JSON_CLEANUP = json_pack("{s:s}", "before", "x"),
           *many JSON_CLEANUP = json_pack("{s:s}", "limit", "101");
    assert_refused(query_run(&world->app, "complaint.restrictions", odd, &none, &detail),
                   ERR_SYNTAX, &detail, "'x' is no number of a restriction");
    assert_refused(query_run(&world->app, "complaint.restrictions", many, &none, &detail),
                   ERR_SYNTAX, &detail, "a page has 1 to 100 of them, not '101'");
}

static void the_list_goes_on(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    for (int i = 0; i < 3; i++) {
        char email[40];
        snprintf(email, sizeof email, "zoe%d@mail.example", i);
        assert_int_equal(
            restrict_it(world, &anna, file(world, email), "repeated", "2027-03-01", &detail), 0);
    }
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "limit", "2"), *page JSON_CLEANUP = NULL,
                      *rest JSON_CLEANUP = NULL;
    assert_int_equal(query_run(&world->app, "complaint.restrictions", arguments, &page, &detail),
                     0);
    assert_int_equal(json_array_size(json_object_get(page, "restrictions")), 2);
    assert_int_equal(json_number(page, "next", 0), 2);
    json_object_set_new(arguments, "before", json_string("2"));
    assert_int_equal(query_run(&world->app, "complaint.restrictions", arguments, &rest, &detail),
                     0);
    assert_int_equal(json_array_size(json_object_get(rest, "restrictions")), 1);
    assert_true(json_is_null(json_object_get(rest, "next")));
}

static int start(void **state)
{
    assert_int_equal(world_start(state), 0);
    world_put_agreement(*state);
    return 0;
}

#define RESTRICTION_TEST(name) cmocka_unit_test_setup_teardown(name, start, world_end)

TEST_MAIN(RESTRICTION_TEST(two_people_say_so_and_it_is_read_last),
          RESTRICTION_TEST(it_ends_by_itself_and_is_forgotten),
          RESTRICTION_TEST(it_is_refused_with_words), RESTRICTION_TEST(the_list_goes_on))
