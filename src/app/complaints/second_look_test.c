/* Closures are drawn by a seed that was committed to, another person looks at them, and what was
 * wrong waits again. */
#include "app/complaints/look_draw.h"
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/complaint.h"
#include "store/second_look.h"

#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_APPROVER},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static const char *file(struct world *world)
{
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"generic-registrar\",\"names\":[\"bad.example\"]}", true);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static json_t *closing(const char *reference)
{
    return json_pack("{s:s, s:s, s:s}", "complaint", reference, "out-of-scope", "too-broad",
                     "reason", "Which name is it about?");
}

static const char *close_one(struct world *world)
{
    const char *reference = file(world);
    json_decref(world_must(world, &anna, "complaint.decide", closing(reference)));
    return reference;
}

static json_t *looking(const char *reference, const char *verdict)
{
    return json_pack("{s:s, s:s, s:s}", "complaint", reference, "verdict", verdict, "reason",
                     "It names one, in its exhibit.");
}

static int look(struct world *world, const struct actor *actor, const char *reference,
                const char *verdict, struct error_detail *detail)
{
    return world_run(world, actor, "complaint.second-look", looking(reference, verdict), NULL,
                     detail);
}

/* Whether it drew. */
static bool draw(struct world *world)
{
    struct error_detail detail = {0};
    struct app *app = &world->app;
    int due = look_draw_is_due(app, &detail);
    assert_true(due >= 0);
    if (due > 0)
        assert_int_equal(look_draw_take(app, &detail), 0);
    return due > 0;
}

static void pass(struct world *world, int64_t time_us)
{
    struct clock *clock = &world->app.clock;
    assert_int_equal(clock_jump(clock, clock_wall(clock) + time_us), 0);
}

static void pass_weeks(struct world *world, int weeks)
{
    pass(world, weeks * 7 * CIVIL_DAY_US);
}

static const char *state_of(struct world *world, const char *reference)
{
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    return arena_copy_text(&world->arena, json_text(json_object_get(shown, "complaint"), "state"));
}

static size_t waiting(struct world *world)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.looks", "none", "");
    return json_array_size(json_object_get(answer, "looks"));
}

static json_t *draws(struct world *world)
{
    return world_ask(world, "complaint.draws", "none", "");
}

static void assert_rebuilds(struct world *world)
{
    json_t *check JSON_CLEANUP = world_ask(world, "rebuild.check", "none", "");
    assert_int_equal(json_array_size(json_object_get(check, "differences")), 0);
}

static void a_draw_is_once_a_week(void **state)
{
    struct world *world = *state;
    assert_false(draw(world)); /* there is no complaint */
    const char *before = close_one(world);
    pass(world, 1);
    assert_true(draw(world)); /* the first begins: its seed is committed to */
    assert_false(draw(world));
    const char *closed = close_one(world), *open = file(world);
    pass_weeks(world, 1);
    assert_true(draw(world));
    assert_false(draw(world));
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.looks", "none", "");
    const json_t *looks = json_object_get(answer, "looks");
    assert_int_equal(json_array_size(looks), 1);
    assert_string_equal(json_text(json_array_get(looks, 0), "reference"), closed);
    assert_int_equal(json_number(json_array_get(looks, 0), "decision", 0), 2);
    assert_string_not_equal(before, closed);
    assert_string_equal(state_of(world, open), "filed");
    /* What was drawn is not drawn again, and weeks in which nothing ran are made up for. */
    pass_weeks(world, 3);
    assert_true(draw(world));
    assert_int_equal(waiting(world), 1);
    assert_rebuilds(world);
}

/* The seed of what is to come is told to nobody; that of a draw is the one that was committed to.
 */
static void a_seed_is_shown_when_it_was_drawn_with(void **state)
{
    struct world *world = *state;
    char hex[DIGEST_HEX];
    file(world);
    draw(world);
    json_t *first JSON_CLEANUP = draws(world);
    const json_t *waits = json_array_get(json_object_get(first, "draws"), 0);
    assert_true(json_is_null(json_object_get(waits, "seed")));
    assert_true(json_is_null(json_object_get(waits, "until")));
    pass_weeks(world, 1);
    draw(world);
    json_t *second JSON_CLEANUP = draws(world);
    const json_t *drawn = json_array_get(json_object_get(second, "draws"), 1);
    struct digest seed;
    assert_int_equal(digest_parse(json_text(drawn, "seed"), &seed), 0);
    const struct digest commitment = digest_of(seed.bytes, sizeof seed.bytes);
    assert_string_equal(digest_format(&commitment, hex), json_text(waits, "seed_sha256"));
}

/* As many as the process says, those whose rank is smallest. */
static void the_seed_chooses(void **state)
{
    enum { CLOSED = 25, LOOKS = 10 };
    struct world *world = *state;
    const char *references[CLOSED];
    struct store_draw last;
    struct digest ranks[CLOSED];
    file(world);
    draw(world);
    assert_int_equal(store_draw_last(world->app.store, &last), 0);
    for (size_t i = 0; i < CLOSED; i++) {
        char line[64];
        references[i] = close_one(world);
        int size = snprintf(line, sizeof line, "%s/2", references[i]);
        ranks[i] = digest_hmac(last.seed.bytes, line, (size_t)size);
    }
    pass_weeks(world, 1);
    draw(world);
    for (size_t i = 0; i < CLOSED; i++) {
        size_t smaller = 0;
        struct store_look found;
        for (size_t k = 0; k < CLOSED; k++)
            smaller += digest_compare(&ranks[k], &ranks[i]) < 0;
        assert_int_equal(store_look_find(world->app.store, references[i], &world->arena, &found),
                         smaller < LOOKS ? 0 : ERR_NOT_FOUND);
    }
    json_t *told JSON_CLEANUP = draws(world);
    const json_t *row = json_array_get(json_object_get(told, "draws"), 1);
    assert_int_equal(json_number(row, "population", 0), CLOSED);
    assert_int_equal(json_number(row, "chosen", 0), LOOKS);
    assert_int_equal(waiting(world), LOOKS);
}

/* One closure that was drawn. */
static const char *drawn(struct world *world)
{
    file(world);
    draw(world);
    const char *reference = close_one(world);
    pass_weeks(world, 1);
    draw(world);
    return reference;
}

static void what_agrees_stays_closed(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = drawn(world);
    const struct actor both = {.id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER};
    assert_refused(look(world, &both, reference, "agrees", &detail), ERR_REFUSED, &detail,
                   "anna closed complaint");
    assert_refused(look(world, &bert, reference, "maybe", &detail), ERR_SYNTAX, &detail,
                   "a second look 'agrees' or 'differs', not 'maybe'");
    assert_int_equal(look(world, &bert, reference, "agrees", &detail), 0);
    assert_string_equal(state_of(world, reference), "out-of-scope");
    assert_int_equal(waiting(world), 0);
    assert_refused(look(world, &bert, reference, "differs", &detail), ERR_CONFLICT, &detail,
                   "was looked at again before: 'agrees'");
    assert_refused(look(world, &bert, file(world), "agrees", &detail), ERR_REFUSED, &detail,
                   "was not drawn for a second look");
    assert_rebuilds(world);
}

static void what_differs_waits_again(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = drawn(world);
    assert_refused(world_run(world, &bert, "complaint.second-look",
                             json_pack("{s:s, s:s}", "complaint", reference, "verdict", "differs"),
                             NULL, &detail),
                   ERR_SYNTAX, &detail, "reason");
    assert_int_equal(look(world, &bert, reference, "differs", &detail), 0);
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *complaint = json_object_get(shown, "complaint");
    assert_string_equal(json_text(complaint, "state"), "filed");
    assert_string_equal(json_text(complaint, "text"), "It names one, in its exhibit.");
    assert_string_equal(json_text(complaint, "waits_for"), "first-review");
    json_t *told JSON_CLEANUP = draws(world);
    const json_t *total = json_object_get(told, "total");
    assert_int_equal(json_number(total, "differs", 0), 1);
    assert_int_equal(json_number(total, "error_per_mille", 0), 1000);
    assert_int_equal(json_number(total, "error_low", 0), 207);
    assert_rebuilds(world);
}

/* What was decided anew meanwhile is not taken back; that it was wrong counts all the same. */
static void what_was_decided_anew_stays(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = drawn(world);
    json_decref(world_must(world, &anna, "complaint.decide", closing(reference)));
    assert_int_equal(look(world, &bert, reference, "differs", &detail), 0);
    assert_string_equal(state_of(world, reference), "out-of-scope");
    json_t *told JSON_CLEANUP = draws(world);
    assert_int_equal(json_number(json_object_get(told, "total"), "differs", 0), 1);
    assert_rebuilds(world);
}

static void what_was_erased_is_not_looked_at(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = drawn(world);
    json_decref(
        world_must(world, &ada, "complaint.erase",
                   json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked")));
    assert_int_equal(waiting(world), 0);
    assert_refused(look(world, &bert, reference, "agrees", &detail), ERR_REFUSED, &detail,
                   "was erased: nothing is left to look at");
    json_t *told JSON_CLEANUP = draws(world);
    const json_t *total = json_object_get(told, "total");
    assert_int_equal(json_number(total, "waiting", -1), 0);
    assert_true(json_is_null(json_object_get(total, "error_per_mille")));
    assert_rebuilds(world);
}

/* A decision on a review had its second person. */
static void a_review_is_not_drawn_from(void **state)
{
    struct world *world = *state;
    file(world);
    draw(world);
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"generic-registrar\",\"names\":[\"bad.example\"]}", true);
    const char *reference = json_text(receipt, "reference");
    const struct actor complainant = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT},
                       ben = {.id = "ben", .roles = ROLE_ANALYST};
    json_decref(world_must(world, &anna, "complaint.decide", closing(reference)));
    json_decref(world_must(world, &complainant, "complaint.review",
                           json_pack("{s:s, s:s}", "link", json_text(receipt, "link"), "reason",
                                     "It is about bad.example.")));
    json_decref(world_must(world, &ben, "complaint.decide", closing(reference)));
    pass_weeks(world, 1);
    draw(world);
    assert_int_equal(waiting(world), 0);
}

static void bad_pages_are_refused(void **state)
{
    static const struct {
        const char *query, *name, *value, *words;
    } rows[] = {
        {"complaint.looks", "limit", "101", "a page has 1 to 100 of them, not '101'"},
        {"complaint.looks", "after", "nonsense", "'nonsense' was never drawn"},
        {"complaint.looks", "after", "aaaa-aaaa-aaaa", "'aaaa-aaaa-aaaa' was never drawn"},
        {"complaint.draws", "limit", "0", "a page has 1 to 53 of them, not '0'"},
        {"complaint.draws", "after", "x", "'x' is no number of a draw"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        json_t *none = NULL,
               *arguments JSON_CLEANUP = json_pack("{s:s}", rows[i].name, rows[i].value);
        assert_refused(query_run(&world->app, rows[i].query, arguments, &none, &detail), ERR_SYNTAX,
                       &detail, rows[i].words);
    }
}

#define LOOK_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)

TEST_MAIN(LOOK_TEST(a_draw_is_once_a_week), LOOK_TEST(a_seed_is_shown_when_it_was_drawn_with),
          LOOK_TEST(the_seed_chooses), LOOK_TEST(what_agrees_stays_closed),
          LOOK_TEST(what_differs_waits_again), LOOK_TEST(what_was_decided_anew_stays),
          LOOK_TEST(what_was_erased_is_not_looked_at), LOOK_TEST(a_review_is_not_drawn_from),
          LOOK_TEST(bad_pages_are_refused))
