/* Decisions that are taken together: tried before, each by itself, and taken back. */
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/batch.h"

#include <stdlib.h>
#include <string.h>

#define BATCH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
static const struct actor bert = {.id = "bert", .roles = ROLE_ANALYST};

static char *file(struct world *world)
{
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"generic-registrar\",\"names\":[\"bad.example\"]}", true);
    return strdup(json_text(receipt, "reference"));
}

static json_t *closing(const char *reference)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "complaint", reference, "out-of-scope", "too-broad",
                     "reason", "Which name is it about?", "batch", BATCH);
}

static json_t *accepting(const char *reference)
{
    return json_pack("{s:s, s:b, s:s, s:s, s:s}", "complaint", reference, "in-scope", true,
                     "obligation", WORLD_DUTY, "party", "registrar-1", "subject", "bad.example");
}

static json_t *reopening(const char *reference)
{
    return json_pack("{s:s, s:s}", "complaint", reference, "reason", "It was closed by mistake.");
}

static json_t *with(json_t *arguments, const char *name, json_t *value)
{
    json_object_set_new(arguments, name, value);
    return arguments;
}

/* "state version" of a complaint. */
static void assert_is(struct world *world, const char *reference, const char *state, size_t events)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *complaint = json_object_get(answer, "complaint");
    assert_string_equal(json_text(complaint, "state"), state);
    assert_int_equal(json_array_size(json_object_get(complaint, "events")), events);
}

static const json_t *last_event(const json_t *answer)
{
    const json_t *events = json_object_get(json_object_get(answer, "complaint"), "events");
    return json_array_get(events, json_array_size(events) - 1);
}

static void a_preview_answers_and_leaves_nothing(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char *reference = file(world);
    world_put_agreement(world);
    json_t *closed JSON_CLEANUP = world_must(world, &anna, "complaint.decide",
                                             with(closing(reference), "preview", json_true()));
    assert_string_equal(json_text(closed, "state"), "out-of-scope");
    json_t *opened JSON_CLEANUP = world_must(world, &anna, "complaint.decide",
                                             with(accepting(reference), "preview", json_true()));
    assert_string_equal(json_text(opened, "state"), "in-scope");
    assert_is(world, reference, "filed", 1);
    json_t *cases JSON_CLEANUP = world_ask(world, "case.list", "none", "");
    assert_int_equal(json_array_size(json_object_get(cases, "cases")), 0);
    /* What the same would be refused for, it is refused for. */
    assert_refused(world_run(world, &anna, "complaint.decide",
                             with(with(closing(reference), "out-of-scope", json_string("nothing")),
                                  "preview", json_true()),
                             NULL, &detail),
                   ERR_NOT_FOUND, &detail, "'nothing' is no closure code of the process");
    /* And what was tried can be done. */
    json_decref(world_must(world, &anna, "complaint.decide", accepting(reference)));
    assert_is(world, reference, "in-scope", 2);
    free(reference);
}

static void most_commands_have_no_preview(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_refused(world_run(world, &anna, "complaint.seen",
                             json_pack("{s:s, s:b}", "complaint", "x", "preview", true), NULL,
                             &detail),
                   ERR_SYNTAX, &detail, "'complaint.seen' is done or not; it has no preview");
}

static void a_batch_is_found_again(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char *one = file(world), *two = file(world);
    json_decref(world_must(world, &anna, "complaint.decide", closing(one)));
    json_decref(world_must(world, &anna, "complaint.decide", closing(two)));
    json_t *batch JSON_CLEANUP = world_ask(world, "complaint.batch", "batch", BATCH);
    const json_t *row = json_array_get(json_object_get(batch, "decisions"), 0);
    assert_int_equal(json_array_size(json_object_get(batch, "decisions")), 2);
    assert_string_equal(json_text(row, "reference"), strcmp(one, two) < 0 ? one : two);
    assert_int_equal(json_number(row, "decision", 0), 2);
    assert_int_equal(json_number(row, "version", 0), 2);
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", one);
    assert_string_equal(json_text(last_event(shown), "batch"), BATCH);
    assert_refused(world_run(world, &anna, "complaint.decide", closing(one), NULL, &detail),
                   ERR_CONFLICT, &detail, "was decided in this batch before");
    assert_refused(world_run(world, &anna, "complaint.decide",
                             with(closing(one), "batch", json_string("b1")), NULL, &detail),
                   ERR_SYNTAX, &detail, "'b1' is no digest of a preview");
    free(one);
    free(two);
}

static void a_list_has_an_end(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL, *references = json_array(),
           *asked JSON_CLEANUP = json_pack("{s:o}", "complaints", references);
    for (int i = 0; i < 1001; i++)
        json_array_append_new(references, json_string("aaaa-aaaa-aaaa"));
    assert_refused(query_run(&world->app, "complaint.versions", asked, &none, &detail), ERR_SYNTAX,
                   &detail, "'complaints' is a list of at most 1000");
    json_array_remove(references, 0);
    assert_int_equal(query_run(&world->app, "complaint.versions", asked, &none, &detail), 0);
    assert_int_equal(json_array_size(json_object_get(none, "complaints")), 1000);
    json_decref(none);
}

static void a_batch_that_is_none_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL, *odd JSON_CLEANUP = json_pack("{s:s}", "batch", "b1"),
           *unknown JSON_CLEANUP = json_pack("{s:s}", "batch", BATCH);
    assert_refused(query_run(&world->app, "complaint.batch", odd, &none, &detail), ERR_SYNTAX,
                   &detail, "'b1' is no digest of a preview");
    assert_refused(query_run(&world->app, "complaint.batch", unknown, &none, &detail),
                   ERR_NOT_FOUND, &detail, "there is no batch of decisions 0123");
}

/* A closure is taken back: the complaint waits again, with a first review of its own, and who filed
 * it reads why. */
static void a_closure_is_taken_back(void **state)
{
    struct world *world = *state;
    char *reference = file(world);
    json_decref(world_must(world, &anna, "complaint.decide", closing(reference)));
    json_decref(world_must(world, &bert, "complaint.reopen", reopening(reference)));
    assert_is(world, reference, "filed", 3);
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *complaint = json_object_get(answer, "complaint");
    assert_string_equal(json_text(complaint, "closure"), "");
    assert_string_equal(json_text(complaint, "text"), "It was closed by mistake.");
    assert_string_equal(json_text(complaint, "waits_for"), "first-review");
    assert_int_equal(json_number(last_event(answer), "corrects", 0), 2);
    json_t *check JSON_CLEANUP = world_ask(world, "rebuild.check", "none", "");
    assert_int_equal(json_array_size(json_object_get(check, "differences")), 0);
    free(reference);
}

/* The case goes on without it. */
static void what_was_in_scope_leaves_its_case(void **state)
{
    struct world *world = *state;
    char *reference = file(world);
    world_put_agreement(world);
    json_decref(world_must(world, &anna, "complaint.decide", accepting(reference)));
    json_decref(world_must(world, &anna, "complaint.reopen",
                           with(reopening(reference), "decision", json_integer(2))));
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    assert_string_equal(json_text(json_object_get(answer, "complaint"), "case"), "");
    json_t *check JSON_CLEANUP = world_ask(world, "rebuild.check", "none", "");
    assert_int_equal(json_array_size(json_object_get(check, "differences")), 0);
    free(reference);
}

static void what_cannot_be_taken_back_says_why(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char *reference = file(world);
    assert_refused(world_run(world, &anna, "complaint.reopen", reopening(reference), NULL, &detail),
                   ERR_REFUSED, &detail, "is 'filed': 'reopened' cannot happen now");
    json_decref(world_must(world, &anna, "complaint.decide", closing(reference)));
    assert_refused(world_run(world, &anna, "complaint.reopen",
                             with(reopening(reference), "decision", json_integer(1)), NULL,
                             &detail),
                   ERR_CONFLICT, &detail, "was decided again since, by event 2");
    assert_refused(world_run(world, &anna, "complaint.reopen",
                             with(reopening(reference), "version", json_integer(1)), NULL, &detail),
                   ERR_CONFLICT, &detail, "moved on: its last event is 2");
    assert_refused(world_run(world, &anna, "complaint.reopen",
                             with(reopening(reference), "reason", json_string(" ")), NULL, &detail),
                   ERR_SYNTAX, &detail, "the words for the complainant are empty");
    free(reference);
}

/* The case of world_start_informal(): its first notice is served. */
static void a_letter_that_was_served_is_not_taken_back(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char *reference = file(world);
    world_put_agreement(world);
    json_t *shown JSON_CLEANUP = world_ask(world, "case.show", "case", world->case_id);
    const json_t *its = json_object_get(shown, "case");
    json_t *arguments = json_pack("{s:s, s:b, s:s, s:s, s:s}", "complaint", reference, "in-scope",
                                  true, "obligation", json_text(its, "obligation"), "party",
                                  json_text(its, "party"), "subject", json_text(its, "subject"));
    json_t *decided JSON_CLEANUP = world_must(world, &anna, "complaint.decide", arguments);
    assert_string_equal(json_text(decided, "case"), world->case_id);
    assert_refused(world_run(world, &anna, "complaint.reopen", reopening(reference), NULL, &detail),
                   ERR_REFUSED, &detail, "was served, to which complaint");
    free(reference);
}

/* A second person's decision stands until it is decided anew. */
static void a_review_is_not_taken_back(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const struct actor complainant = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"generic-registrar\",\"names\":[\"bad.example\"]}", true);
    const char *reference = json_text(receipt, "reference");
    json_decref(world_must(world, &anna, "complaint.decide", closing(reference)));
    json_decref(world_must(
        world, &complainant, "complaint.review",
        json_pack("{s:s, s:s}", "link", json_text(receipt, "link"), "reason", "Look again")));
    json_t *again = closing(reference);
    json_object_del(again, "batch");
    json_decref(world_must(world, &bert, "complaint.decide", again));
    assert_refused(world_run(world, &anna, "complaint.reopen", reopening(reference), NULL, &detail),
                   ERR_REFUSED, &detail, "was decided on a review: decide it anew");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)
#define INFORMAL_TEST(name) cmocka_unit_test_setup_teardown(name, world_start_informal, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_preview_answers_and_leaves_nothing),
        WORLD_TEST(most_commands_have_no_preview),
        WORLD_TEST(a_batch_is_found_again),
        WORLD_TEST(a_list_has_an_end),
        WORLD_TEST(a_batch_that_is_none_is_refused),
        WORLD_TEST(a_closure_is_taken_back),
        WORLD_TEST(what_was_in_scope_leaves_its_case),
        WORLD_TEST(what_cannot_be_taken_back_says_why),
        INFORMAL_TEST(a_letter_that_was_served_is_not_taken_back),
        WORLD_TEST(a_review_is_not_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
