/* What is due to be erased is listed by the classes of the rulebook: nothing that is on hold, that
 * belongs to an open case, that was erased, or to which something happened since. */
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "model/complaint.h"
#include "refusal.h"
#include "store/case.h"
#include "store/retention.h"

#include <stdio.h>

#define DAY CIVIL_DAY_US

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_APPROVER},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR},
                          own = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};

static json_t *file(struct world *world, bool anyway)
{
    return world_file(world, "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\"}", anyway);
}

static const char *reference_of(struct world *world, const json_t *receipt)
{
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static void act(struct world *world, const struct actor *actor, const char *command,
                const char *reference, const char *reason)
{
    json_decref(world_must(world, actor, command,
                           json_pack("{s:s, s:s}", "complaint", reference, "reason", reason)));
}

static const char *file_closed(struct world *world)
{
    json_t *receipt JSON_CLEANUP = file(world, true);
    const char *reference = reference_of(world, receipt);
    json_decref(world_must(world, &anna, "complaint.decide",
                           json_pack("{s:s, s:s, s:s}", "complaint", reference, "out-of-scope",
                                     "too-broad", "reason", "Which act?")));
    return reference;
}

static json_t *list(struct world *world, const char *after, const char *limit, int expected,
                    struct error_detail *detail)
{
    json_t *arguments JSON_CLEANUP = json_object(), *answer = NULL;
    if (after)
        json_object_set_new(arguments, "after", json_string(after));
    if (limit)
        json_object_set_new(arguments, "limit", json_string(limit));
    assert_int_equal(query_run(&world->app, "complaint.retention", arguments, &answer, detail),
                     expected);
    return answer;
}

/* "reference class" of what is due; NULL: nothing is. */
static void assert_due(struct world *world, const char *reference, const char *class)
{
    struct error_detail detail = {0};
    json_t *page JSON_CLEANUP = list(world, NULL, NULL, 0, &detail);
    const json_t *due = json_object_get(page, "due"), *row = json_array_get(due, 0);
    assert_int_equal(json_array_size(due), reference ? 1 : 0);
    assert_true(json_is_null(json_object_get(page, "next")));
    if (reference) {
        assert_string_equal(json_text(row, "reference"), reference);
        assert_string_equal(json_text(row, "retention"), class);
    }
}

static void closures_are_due_after_two_years(void **state)
{
    struct world *world = *state;
    const char *reference = file_closed(world);
    world->app.clock.frozen_at = WORLD_START / DAY * DAY + 731 * DAY - 1;
    assert_due(world, NULL, NULL);
    world->app.clock.frozen_at++;
    assert_due(world, reference, "closed");
    /* To read who filed it, or to label it, lets nothing be kept longer. */
    json_decref(world_must(world, &anna, "complaint.label",
                           json_pack("{s:s, s:s, s:s}", "complaint", reference, "tlp", "red",
                                     "reason", "source-asked")));
    assert_due(world, reference, "closed");
    act(world, &bert, "complaint.hold", reference, "court-order");
    assert_due(world, NULL, NULL);
    act(world, &bert, "complaint.lift", reference, "order-ended");
    assert_due(world, reference, "closed");
    act(world, &ada, "complaint.erase", reference, "retention-over");
    assert_due(world, NULL, NULL);
}

static void a_draft_is_due_after_a_year_in_which_nothing_came(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = file(world, false);
    const char *reference = reference_of(world, receipt);
    world->app.clock.frozen_at = WORLD_START + 300 * DAY;
    json_decref(world_must(world, &own, "complaint.add",
                           json_pack("{s:s, s:s}", "link", json_text(receipt, "link"), "document",
                                     "{\"text\":\"more\"}")));
    world->app.clock.frozen_at = WORLD_START + 600 * DAY;
    assert_due(world, NULL, NULL);
    world->app.clock.frozen_at = WORLD_START + 666 * DAY;
    assert_due(world, reference, "draft");
}

static void what_led_to_a_case_is_due_years_after_its_end(void **state)
{
    struct world *world = *state;
    struct store_case row, closed;
    json_t *receipt JSON_CLEANUP = file(world, true);
    const char *reference = reference_of(world, receipt);
    json_t *told JSON_CLEANUP =
        world_must(world, &anna, "complaint.decide",
                   json_pack("{s:s, s:b, s:s, s:s}", "complaint", reference, "in-scope", true,
                             "obligation", WORLD_DUTY, "party", "registrar-1"));
    world->app.clock.frozen_at = WORLD_START + 5000 * DAY;
    assert_due(world, NULL, NULL); /* the case is open */
    assert_true(store_case_find(world->app.store, json_text(told, "case"), &world->arena, &row) >=
                0);
    closed = row;
    closed.closed_at = WORLD_START + 4000 * DAY;
    assert_true(store_case_update(world->app.store, &row, &closed) >= 0);
    assert_due(world, NULL, NULL);
    world->app.clock.frozen_at = WORLD_START + 5827 * DAY;
    assert_due(world, reference, "case");
}

static void pages_go_on_though_what_was_listed_is_erased(void **state)
{
    enum { CLOSED = 5, DRAFTS = 2 };
    struct world *world = *state;
    struct error_detail detail = {0};
    char after[REFERENCE_TEXT] = "";
    int found = 0, pages = 0;
    for (int i = 0; i < DRAFTS; i++)
        json_decref(file(world, false));
    for (int i = 0; i < CLOSED; i++)
        file_closed(world);
    world->app.clock.frozen_at = WORLD_START + 800 * DAY;
    for (bool more = true; more; pages++) {
        json_t *page JSON_CLEANUP = list(world, after[0] ? after : NULL, "2", 0, &detail);
        size_t i;
        const json_t *row;
        json_array_foreach(json_object_get(page, "due"), i, row)
        {
            assert_string_equal(json_text(row, "retention"), found < DRAFTS ? "draft" : "closed");
            act(world, &ada, "complaint.erase", json_text(row, "reference"), "retention-over");
            found++;
        }
        more = json_text(page, "next") != NULL;
        snprintf(after, sizeof after, "%s", more ? json_text(page, "next") : "");
    }
    assert_int_equal(found, CLOSED + DRAFTS);
    assert_int_equal(pages, 4);
    assert_due(world, NULL, NULL);
}

static void assert_no_page(struct world *world, const char *after, const char *limit, int code,
                           const char *words)
{
    struct error_detail detail = {0};
    json_decref(list(world, after, limit, code, &detail));
    assert_refused(code, code, &detail, words);
}

static void a_page_that_is_none_is_refused(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = file(world, true);
    assert_no_page(world, "k-1", NULL, ERR_SYNTAX, "'k-1' is no reference of a complaint");
    assert_no_page(world, NULL, "101", ERR_SYNTAX, "a page has 1 to 100 of them, not '101'");
    assert_no_page(world, "aaaa-aaaa-aaaa", NULL, ERR_NOT_FOUND,
                   "there is no complaint aaaa-aaaa-aaaa");
    assert_no_page(world, json_text(receipt, "reference"), NULL, ERR_CONFLICT,
                   "is taken up again: begin with the first page");
}

static int start(void **state)
{
    assert_int_equal(world_start(state), 0);
    world_put_agreement(*state);
    return 0;
}

#define RETENTION_TEST(name) cmocka_unit_test_setup_teardown(name, start, world_end)

TEST_MAIN(RETENTION_TEST(closures_are_due_after_two_years),
          RETENTION_TEST(a_draft_is_due_after_a_year_in_which_nothing_came),
          RETENTION_TEST(what_led_to_a_case_is_due_years_after_its_end),
          RETENTION_TEST(pages_go_on_though_what_was_listed_is_erased),
          RETENTION_TEST(a_page_that_is_none_is_refused))
