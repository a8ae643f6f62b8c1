/* Test support: a measurement made from a fixture world, exchanges of it changed one by one, and
 * what the checks then say. */
#ifndef BAILIWICK_CHECK_FIXTURE_SCENE_H
#define BAILIWICK_CHECK_FIXTURE_SCENE_H

#include "check/fixture.h"
#include "model/result.h"
#include "testing.h"

struct scene {
    struct arena arena;
    struct fixture_world world;
    struct measurement measurement;
    struct result_set set;
};

void scene_begin(struct scene *scene, const char *fixture);
void scene_end(struct scene *scene);

/* Which exchanges: 0 and NULL fit all. Purposes and kinds begin at 0, so that they are given as
 * IS(PURPOSE_APEX). */
#define IS(value) ((value) + 1)
struct choice {
    int purpose, kind, family;
    const char *server;
    int type; /* of the question */
};
bool scene_fits(const struct exchange *exchange, const struct choice *choice);

/* Changes every exchange that fits; there must be one. */
typedef void scene_change(struct scene *scene, struct exchange *exchange, int value);
void scene_change_each(struct scene *scene, const struct choice *choice, scene_change *apply,
                       int value);

/* Received bytes that may be written to. */
uint8_t *scene_own_bytes(struct scene *scene, struct exchange *exchange);
/* A scene_change: without an answer the bytes are gone too. */
void scene_set_outcome(struct scene *scene, struct exchange *exchange, int outcome);

/* Runs the checks: these codes are seen so often, those cannot be told; every other is not seen. */
void scene_expect(struct scene *scene, const char *seen, const char *unknown);
/* All of the above, with one change. */
void scene_expect_changed(const char *fixture, const struct choice *choice, scene_change *apply,
                          int value, const char *seen, const char *unknown);

/* Of the last run. */
size_t scene_count_of(const struct scene *scene, const char *code, enum sight sight);
const struct result *scene_result_of(const struct scene *scene, const char *code); /* the first */

#endif
