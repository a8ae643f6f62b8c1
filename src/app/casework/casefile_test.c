/* Whose memory a case file rests on, under the rulebook that ships. */
#include "app/casework/casefile.h"

#include "app/world.h"
#include "base/civil.h"
#include "store/party.h"
#include "testing.h"

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

static int end_world(void **state)
{
    world_free(*state);
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

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

TEST_MAIN(IN_WORLD(what_a_caller_lent_may_go),
          IN_WORLD(a_clock_that_was_put_right_does_not_keep_a_case_still))
