/* For tests of the contracted party's side: two registrars, petra of the first, who may read, quinn
 * of the second, who may delegate, and cases of theirs. */
#ifndef BAILIWICK_APP_PARTY_SCENE_H
#define BAILIWICK_APP_PARTY_SCENE_H

#include "app/world.h"
#include "app_world.h"
#include "base/civil.h"
#include "store/party.h"

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR},
                          anna = {.id = "anna", .roles = ROLE_ANALYST};

static inline void grant(struct world *world, const char *user, const char *party, const char *may)
{
    json_decref(world_must(world, &ada, "user.grant.add",
                           json_pack("{s:s, s:s, s:s}", "id", user, "party", party, "may", may)));
}

/* A cmocka setup. */
static inline int make_world(void **state)
{
    static const struct party other = {
        .id = "registrar-2", .kind = PARTY_REGISTRAR, .name = "Other Names"};
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    assert_int_equal(store_party_put(world->app.store, &other), 0);
    for (int i = 0; i < 2; i++) {
        const struct agreement agreement = {.party = i ? "registrar-2" : "registrar-1",
                                            .family = "raa",
                                            .version = "current",
                                            .subject = "",
                                            .from = CIVIL_FAR_PAST,
                                            .until = CIVIL_FAR_FUTURE};
        assert_int_equal(store_agreement_put(world->app.store, &agreement), 0);
    }
    app_world_put_user(&world->app, "ada", "administrator", "", WORLD_START);
    app_world_put_user(&world->app, "petra", "party", "registrar-1", WORLD_START);
    app_world_put_user(&world->app, "quinn", "party", "registrar-2", WORLD_START);
    grant(world, "petra", "registrar-1", "read");
    grant(world, "quinn", "registrar-2", "delegate");
    *state = world;
    return 0;
}

/* A case of a party that nobody wrote a letter in; its id. */
static inline const char *open_case(struct world *world, const char *party, const char *subject)
{
    json_t *opened JSON_CLEANUP =
        world_must(world, &anna, "case.open",
                   json_pack("{s:s, s:s, s:s, s:b}", "party", party, "obligation", WORLD_DUTY,
                             "subject", subject, "violation", 1));
    return arena_copy_text(&world->arena, json_text(opened, "case"));
}

static inline void serve(struct world *world, const char *id, const char *letter)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    world_serve(&file, letter);
}

static inline const char *open_served(struct world *world, const char *party, const char *subject)
{
    const char *id = open_case(world, party, subject);
    serve(world, id, "notice1");
    return id;
}

#endif
