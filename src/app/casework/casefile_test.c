/* Whose memory a case file rests on, under the rulebook that ships. */
#include "app/casework/casefile.h"

#include "app/world.h"
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

static void what_a_caller_lent_may_go(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    char party[] = "registry", subject[] = "alpha", finding[] = "f-1";
    const char *evidence[] = {finding};
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
                                         .evidence = evidence,
                                         .evidence_count = 1};
    assert_int_equal(casefile_new(&world->app, &record, &file, &detail), 0);
    memset(party, 'x', strlen(party));
    memset(subject, 'x', strlen(subject));
    if (casefile_step(&file, &opened, &detail) < 0)
        fail_msg("%s", detail.text);
    memset(finding, 'x', strlen(finding));
    evidence[0] = NULL;
    assert_string_equal(file.record.party, "registry");
    assert_string_equal(file.record.subject, "alpha");
    assert_string_equal(file.events[0].evidence[0], "f-1");
}

TEST_MAIN(cmocka_unit_test_setup_teardown(what_a_caller_lent_may_go, make_world, end_world))
