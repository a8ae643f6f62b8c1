/* One store in a folder of its own, for each test of the conformance suite. */
#ifndef BAILIWICK_TESTS_STORE_SCENE_H
#define BAILIWICK_TESTS_STORE_SCENE_H

#include "store/case.h"
#include "store/log.h"
#include "store/store.h"
#include "testing.h"

/* An instant some seconds after 2026-09-21T14:13:20Z. */
#define SCENE_AT(seconds) ((INT64_C(1790000000) + (seconds)) * 1000000)

struct scene {
    char folder[64], path[96];
    struct store *store;
    struct arena arena;
};

int scene_setup(void **state);
int scene_teardown(void **state);

/* Closes the store and opens it again. */
void scene_reopen(struct scene *scene);

/* Asserts that a call succeeded, and says why it did not. */
#define assert_done(store, call)                                                                   \
    do {                                                                                           \
        int done_ = (call);                                                                        \
        if (done_ < 0)                                                                             \
            fail_msg("%s: %d %s", #call, done_, store_words(store));                               \
    } while (0)

/* --- rows that many tests need; inside a transaction --- */

void scene_party(struct scene *scene, const char *id);
void scene_case(struct scene *scene, const char *id, const char *subject);
/* Commits to an event with this text and puts the opening. */
struct digest scene_opening(struct scene *scene, const char *text);
int scene_event(struct scene *scene, const char *case_id, uint32_t seq);
/* A step that waits for a second person; `text` makes it another one. */
struct store_proposal scene_proposal(struct scene *scene, const char *case_id, const char *text);
void scene_measurement(struct scene *scene, const char *id, int64_t observed_at);

/* A tick: what waits goes into the log. */
void scene_tick(struct scene *scene);

#endif
