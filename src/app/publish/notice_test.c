/* What the public record tells of a case that goes on after its notice was published. */
#include "app/publish/notice.h"

#include "app/casework/timer.h"
#include "app/world.h"
#include "app_world.h"
#include "refusal.h"
#include "store/letter.h"
#include "store/publication.h"

#include <stdio.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};

static int make_world(void **state)
{
    struct world *world = world_new();
    *state = world;
    world_open_termination(world);
    world->case_id = world_open_sanction(world, "suspended", CASE_SUSPENDED);
    return 0;
}

/* A letter as the mailer leaves it behind. */
static void keep_letter(struct world *world, const char *kind)
{
    static const char bytes[] = APP_WORLD_LETTER("S", "Words");
    int64_t now = clock_wall(&world->app.clock);
    const char *id = arena_printf(&world->arena, "l-%s", kind);
    const struct store_letter letter = {.id = id,
                                        .case_id = world->case_id,
                                        .kind = kind,
                                        .message_id = arena_printf(&world->arena, "%s@x", id),
                                        .recipient = "x@y.example",
                                        .subject = "S",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of(bytes, strlen(bytes)),
                                        .bytes = {(const uint8_t *)bytes, strlen(bytes)},
                                        .state = LETTER_STATE_SENT,
                                        .created_at = now,
                                        .updated_at = now};
    assert_int_equal(store_letter_put(world->app.store, &letter), 0);
}

static void publish(struct world *world)
{
    struct error_detail detail = {0};
    if (notice_publish(&world->app, world->case_id, &detail) < 0)
        fail_msg("%s", detail.text);
}

/* Takes a step and brings the record up to date, as the outbox does. */
static void update_after(struct world *world, const struct actor *actor, struct case_step step)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, &detail), 0);
    world_step(&file, actor, step);
    const struct notice_cause cause = {world->case_id, file.state.seq, ""};
    if (notice_update(&world->app, &cause, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void extend(struct world *world, const char *until)
{
    struct case_step step = {.type = CASE_EXTENDED};
    CASE_TEXT(step.reason, "storm");
    CASE_TEXT(step.second, "bert");
    assert_int_equal(civil_parse_date(until, &step.until), 0);
    update_after(world, &anna, step);
}

static const char *last_update(struct world *world)
{
    struct store_publication there;
    struct store_publication_update *updates;
    size_t count;
    assert_int_equal(
        store_publication_find_case(world->app.store, world->case_id, &world->arena, &there), 0);
    assert_int_equal(store_publication_update_list(world->app.store, there.notice, &world->arena,
                                                   &updates, &count),
                     0);
    return updates[count - 1].kind;
}

/* The date of the record, or its extension; NULL for none. */
static const char *date_of(struct world *world, const char *which)
{
    struct store_publication there;
    JSON_CLEANUP json_t *record = NULL;
    assert_int_equal(
        store_publication_find_case(world->app.store, world->case_id, &world->arena, &there), 0);
    assert_int_equal(json_parse(there.record, strlen(there.record), &record, NULL), 0);
    const json_t *cure = json_object_get(json_object_get(record, "notice"), "cure");
    const char *date = json_text(cure, which);
    return date ? arena_copy_text(&world->arena, date) : NULL;
}

static void what_happened_is_named(void **state)
{
    struct world *world = *state;
    const struct actor machine = command_machine();
    keep_letter(world, "suspension");
    publish(world);
    assert_string_equal(last_update(world), "sent");
    update_after(world, &anna, (struct case_step){.type = CASE_PROGRESS});
    assert_string_equal(last_update(world), "progress");
    extend(world, "2027-02-01");
    assert_string_equal(last_update(world), "extended");
    assert_string_equal(date_of(world, "date"), "2027-01-19");
    assert_string_equal(date_of(world, "extended_date"), "2027-02-01");
    struct case_step passed = {.type = CASE_DEADLINE_PASSED};
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 30 * CIVIL_DAY_US), 0);
    update_after(world, &machine, passed);
    assert_string_equal(last_update(world), "due-passed");
}

/* The extension was of the letter before: beside the date of the new one it would be untrue. */
static void a_new_letter_has_a_date_of_its_own(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    keep_letter(world, "suspension");
    publish(world);
    extend(world, "2027-02-01");
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_take_sanction(world, &file, CASE_TERMINATED);
    keep_letter(world, "termination");
    publish(world);
    assert_string_equal(last_update(world), "terminated");
    assert_string_equal(date_of(world, "date"), "2027-01-07");
    assert_null(date_of(world, "extended_date"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_happened_is_named, make_world, world_end),
        cmocka_unit_test_setup_teardown(a_new_letter_has_a_date_of_its_own, make_world, world_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
