/* For tests of this room: an application on a real store, in a folder of its own under /tmp, whose
 * clock stands still. A failure to make it fails the test. */
#ifndef BAILIWICK_APP_WORLD_H
#define BAILIWICK_APP_WORLD_H

#include "app/app.h"
#include "app/casework/casefile.h"
#include "app/command.h"
#include "app/letters/dispatch.h"
#include "base/arena.h"

#define WORLD_START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z, a Monday */
#define WORLD_DUTY "raa.3.18.2-dns-abuse-mitigation"

struct world {
    char folder[64];
    struct app app; /* without a rulebook */
    struct arena arena;
    const char *case_id; /* for a test that follows one case; set by the test */
};

struct world *world_new(void);

/* Rolls back what is open and removes the folder. */
void world_free(struct world *world);

/* Setups of cmocka, after which *state is a world: begun with the rulebook that ships; with the
 * case of world_open_termination(); with a case of that party in an informal stage, whose
 * `notice1` is served and due on 2027-01-11. */
int world_start(void **state);
int world_start_termination(void **state);
int world_start_informal(void **state);

/* The teardown of each test whose state is a world. */
int world_end(void **state);

/* Stores the rulebook that ships as adopted at WORLD_START; it is not loaded. In a transaction of
 * the caller. */
void world_put_rulebook(struct world *world);

/* Begins a transaction for the whole test, adopts and loads the rulebook of a folder
 * (RULEBOOK_SOURCE_DIR is the one that ships), and puts the registrar `registrar-1`. */
void world_begin(struct world *world, const char *rulebook);

/* `registrar-1` has the current RAA, from 2011 to 2052. */
void world_put_agreement(struct world *world);

/* Begins with the rulebook that ships, and opens a case of `registrar-1` in the stage `termination`
 * whose clock runs: on a ground of the agreement, so that no informal step is needed before. anna
 * drafted and sent, bert and carl approved. Its id is `case_id`. */
void world_open_termination(struct world *world);

/* One more case of that party, suspended or terminated by the event. Returns its id. */
const char *world_open_sanction(struct world *world, const char *subject,
                                enum case_event_type event);

/* Suspends or terminates an open case on a ground of the agreement, up to the service of its
 * letter: anna drafts and sends, bert and carl approve. */
void world_take_sanction(struct world *world, struct casefile *file, enum case_event_type event);

/* One more case of that party, opened by anna, whose letter is served now. Returns its id. */
const char *world_open_served(struct world *world, const char *obligation, const char *subject,
                              const char *letter);

/* Drafts a letter that no second person approves, up to its service. */
void world_serve(struct casefile *file, const char *letter);

/* The day on which a case's deadline is due. */
int32_t world_due_day(struct world *world, const char *id);

/* A step that must be allowed. */
void world_step(struct casefile *file, const struct actor *actor, struct case_step wanted);

/* Runs a command inside the open transaction; takes the arguments. `ret_result` and `detail` may be
 * NULL. */
int world_run(struct world *world, const struct actor *actor, const char *name, json_t *arguments,
              json_t **ret_result, struct error_detail *detail);

/* The same of one that must be done; its result, new reference. */
json_t *world_must(struct world *world, const struct actor *actor, const char *name,
                   json_t *arguments);

/* Files a complaint that must be taken, as anna. The receipt; new reference. */
json_t *world_file(struct world *world, const char *document, bool anyway);

/* Asks a question with one argument that must be answered. New reference. */
json_t *world_ask(struct world *world, const char *query, const char *name, const char *value);

/* A notice that was published elsewhere before, as anna imported it and bert agreed. */
void world_import_notice(struct world *world, const char *party, const char *id, const char *kind,
                         int32_t day);

/* What the outbox holds now, as begun. */
struct store_task *world_claim(struct world *world, size_t *ret_count);

/* Works what the outbox holds now. Returns the letter that is to be handed over, NULL when there is
 * none. */
struct dispatch *world_work(struct world *world);

/* What the mail server said of it; frees the dispatch. */
void world_answer(struct world *world, struct dispatch *dispatch, enum smtp_outcome outcome);

#endif
