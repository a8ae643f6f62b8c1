/* A legal hold keeps what is not to be erased, for one complaint and for those of a case, and
 * lifting it lets it go; a store of before the lifting holds nothing back. */
#include "app/complaints/hold.h"

#include "app/complaints/erase.h"
#include "app/complaints/erasures.h"
#include "app/complaints/projection.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"

#include <errno.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_APPROVER},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static const char *file(struct world *world)
{
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\"}", true);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static int act(struct world *world, const struct actor *actor, const char *command,
               const char *complaint, const char *reason, struct error_detail *detail)
{
    return world_run(world, actor, command,
                     json_pack("{s:s, s:s}", "complaint", complaint, "reason", reason), NULL,
                     detail);
}

static int act_on_case(struct world *world, const char *command, const char *case_id,
                       const char *reason, json_t **ret_told, struct error_detail *detail)
{
    return world_run(world, &bert, command,
                     json_pack("{s:s, s:s}", "case", case_id, "reason", reason), ret_told, detail);
}

/* NULL: it is on none. */
static const char *hold_of(struct world *world, const char *reference)
{
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const char *hold = json_text(json_object_get(shown, "complaint"), "legal_hold");
    return hold ? arena_copy_text(&world->arena, hold) : NULL;
}

static void what_is_on_hold_is_not_erased(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = file(world), *other = file(world);
    assert_null(hold_of(world, one));
    assert_int_equal(act(world, &bert, "complaint.hold", one, "court-order", &detail), 0);
    assert_string_equal(hold_of(world, one), "court-order");
    assert_null(hold_of(world, other));
    assert_refused(act(world, &ada, "complaint.erase", one, "person-asked", &detail), ERR_REFUSED,
                   &detail,
                   "is on legal hold (court-order), and is not erased before that is lifted");
    assert_int_equal(act(world, &ada, "complaint.erase", other, "person-asked", &detail), 0);
    assert_refused(act(world, &bert, "complaint.hold", one, "legal-claim", &detail), ERR_CONFLICT,
                   &detail, "is on legal hold already (court-order)");
    assert_int_equal(act(world, &bert, "complaint.lift", one, "order-ended", &detail), 0);
    assert_null(hold_of(world, one));
    assert_refused(act(world, &bert, "complaint.lift", one, "order-ended", &detail), ERR_CONFLICT,
                   &detail, "is on no legal hold");
    assert_int_equal(act(world, &ada, "complaint.erase", one, "person-asked", &detail), 0);
    assert_refused(act(world, &bert, "complaint.hold", one, "court-order", &detail), ERR_REFUSED,
                   &detail, "was erased: nothing is left of it");
}

static json_t *list_holds(struct world *world, const char *after, const char *limit, int expected,
                          struct error_detail *detail)
{
    json_t *arguments JSON_CLEANUP = json_object(), *answer = NULL;
    if (after)
        json_object_set_new(arguments, "after", json_string(after));
    if (limit)
        json_object_set_new(arguments, "limit", json_string(limit));
    assert_int_equal(query_run(&world->app, "complaint.holds", arguments, &answer, detail),
                     expected);
    return answer;
}

static void holds_are_listed_until_they_are_lifted(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = file(world), *other = file(world), *first;
    file(world);
    json_t *none JSON_CLEANUP = list_holds(world, NULL, NULL, 0, &detail);
    assert_int_equal(json_array_size(json_object_get(none, "holds")), 0);
    assert_int_equal(act(world, &bert, "complaint.hold", one, "by-whom", &detail), ERR_SYNTAX);
    assert_int_equal(act(world, &bert, "complaint.hold", one, "court-order", &detail), 0);
    assert_int_equal(act(world, &bert, "complaint.lift", one, "by-mistake", &detail), 0);
    assert_int_equal(act(world, &bert, "complaint.hold", one, "legal-claim", &detail), 0);
    assert_int_equal(act(world, &bert, "complaint.hold", other, "investigation", &detail), 0);
    json_t *page JSON_CLEANUP = list_holds(world, NULL, "1", 0, &detail);
    first = json_text(page, "next");
    assert_non_null(first);
    json_t *rest JSON_CLEANUP = list_holds(world, first, NULL, 0, &detail);
    const json_t *left = json_object_get(rest, "holds"), *row = json_array_get(left, 0);
    assert_int_equal(json_array_size(left), 1);
    bool was_one = strcmp(json_text(row, "reference"), one) == 0;
    assert_string_equal(json_text(row, "reference"), was_one ? one : other);
    assert_string_equal(first, was_one ? other : one);
    assert_string_equal(json_text(row, "legal_hold"), was_one ? "legal-claim" : "investigation");
    row = json_array_get(json_object_get(row, "events"), 0);
    assert_string_equal(json_text(row, "actor"), "bert");
    assert_int_equal(json_number(row, "seq", 0), was_one ? 4 : 2);
    assert_int_equal(act(world, &bert, "complaint.lift", one, "by-mistake", &detail), 0);
    json_t *one_left JSON_CLEANUP = list_holds(world, NULL, NULL, 0, &detail);
    left = json_object_get(one_left, "holds");
    assert_int_equal(json_array_size(left), 1);
    assert_string_equal(json_text(json_array_get(left, 0), "reference"), other);
}

static void a_page_of_holds_that_is_none_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_decref(list_holds(world, "k-1", NULL, ERR_SYNTAX, &detail));
    assert_string_equal(detail.text, "'k-1' is no reference of a complaint");
    detail.text[0] = '\0';
    json_decref(list_holds(world, NULL, "101", ERR_SYNTAX, &detail));
    assert_string_equal(detail.text, "a page has 1 to 100 of them, not '101'");
}

static void an_approver_says_why(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = file(world);
    assert_refused(act(world, &ada, "complaint.hold", one, "court-order", &detail), ERR_DENIED,
                   &detail, "is for the role approver");
    assert_refused(act(world, &ada, "complaint.lift", one, "order-ended", &detail), ERR_DENIED,
                   &detail, "is for the role approver");
    assert_refused(act(world, &bert, "complaint.hold", one, "because", &detail), ERR_SYNTAX,
                   &detail, "the reason is court-order, legal-claim or investigation");
    assert_refused(act(world, &bert, "complaint.lift", one, "court-order", &detail), ERR_SYNTAX,
                   &detail, "the reason is order-ended, matter-closed or by-mistake");
    json_t *shown JSON_CLEANUP = NULL;
    assert_int_equal(act(world, &bert, "complaint.hold", one, "investigation", &detail), 0);
    shown = world_ask(world, "complaint.show", "complaint", one);
    const json_t *event =
        json_array_get(json_object_get(json_object_get(shown, "complaint"), "events"), 1);
    assert_string_equal(json_text(event, "event"), "legal-hold");
    assert_string_equal(json_text(event, "actor"), "bert");
    assert_string_equal(json_text(event, "reason"), "investigation");
}

static const char *decide(struct world *world, const char *reference)
{
    json_t *told JSON_CLEANUP =
        world_must(world, &anna, "complaint.decide",
                   json_pack("{s:s, s:b, s:s, s:s}", "complaint", reference, "in-scope", true,
                             "obligation", WORLD_DUTY, "party", "registrar-1"));
    return arena_copy_text(&world->arena, json_text(told, "case"));
}

static void those_of_a_case_are_held_together(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = file(world), *two = file(world), *gone = file(world), *alone = file(world);
    const char *case_id = decide(world, one);
    json_t *told JSON_CLEANUP = NULL, *lifted JSON_CLEANUP = NULL;
    assert_string_equal(decide(world, two), case_id);
    assert_string_equal(decide(world, gone), case_id);
    json_decref(world_must(
        world, &anna, "case.link",
        json_pack("{s:s, s:s, s:s}", "case", case_id, "kind", "complaint", "object", "k-1")));
    assert_int_equal(act(world, &ada, "complaint.erase", gone, "person-asked", &detail), 0);
    assert_int_equal(act(world, &bert, "complaint.hold", one, "investigation", &detail), 0);
    assert_int_equal(act_on_case(world, "complaint.hold", case_id, "legal-claim", &told, &detail),
                     0);
    const json_t *held = json_object_get(told, "complaints");
    assert_int_equal(json_array_size(held), 1);
    assert_string_equal(json_string_value(json_array_get(held, 0)), two);
    assert_string_equal(hold_of(world, one), "investigation");
    assert_string_equal(hold_of(world, two), "legal-claim");
    assert_null(hold_of(world, gone));
    assert_null(hold_of(world, alone));
    assert_refused(act_on_case(world, "complaint.hold", case_id, "legal-claim", NULL, &detail),
                   ERR_CONFLICT, &detail, "has no complaint that is to be put on legal hold");
    assert_int_equal(
        act_on_case(world, "complaint.lift", case_id, "matter-closed", &lifted, &detail), 0);
    assert_int_equal(json_array_size(json_object_get(lifted, "complaints")), 2);
    assert_refused(act_on_case(world, "complaint.lift", case_id, "matter-closed", NULL, &detail),
                   ERR_CONFLICT, &detail, "has no complaint that is on legal hold");
    assert_refused(act_on_case(world, "complaint.hold", "c-none", "legal-claim", NULL, &detail),
                   ERR_CONFLICT, &detail, "there is no case 'c-none'");
}

/* The list of erasures names what was lifted first: an older store that still shows the hold. */
static void what_was_lifted_and_erased_is_erased_again(void **state)
{
    struct world *world = *state;
    struct complaint_record record;
    const char *one = file(world);
    struct error_detail detail = {0};
    assert_int_equal(act(world, &bert, "complaint.hold", one, "court-order", &detail), 0);
    assert_int_equal(complaint_erase_again(&world->app, one, &detail), 0);
    assert_int_equal(record_find(&world->app, one, &world->arena, &record, &detail), 0);
    assert_true(record.row.erased_at > 0);
}

static void while_an_erasure_is_not_settled_nothing_is_put_on_hold(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = file(world);
    world->app.erasures_untrue = 1;
    assert_refused(act(world, &bert, "complaint.hold", one, "court-order", &detail), -ENOENT,
                   &detail, "an erasure that failed cannot be taken off its list: ");
    world->app.erasures_untrue = 0;
    assert_null(hold_of(world, one));
}

static int start(void **state)
{
    assert_int_equal(world_start(state), 0);
    world_put_agreement(*state);
    return 0;
}

#define HOLD_TEST(name) cmocka_unit_test_setup_teardown(name, start, world_end)

TEST_MAIN(HOLD_TEST(what_is_on_hold_is_not_erased), HOLD_TEST(an_approver_says_why),
          HOLD_TEST(holds_are_listed_until_they_are_lifted),
          HOLD_TEST(a_page_of_holds_that_is_none_is_refused),
          HOLD_TEST(those_of_a_case_are_held_together),
          HOLD_TEST(what_was_lifted_and_erased_is_erased_again),
          HOLD_TEST(while_an_erasure_is_not_settled_nothing_is_put_on_hold))
