/* What the pages of the staff door show, as contexts of view/staff_page.h: the questions
 * "desk.worklist", "desk.matrix", "desk.party" {party}, "desk.finding" {finding}, "desk.case"
 * {case}, "desk.letter" {letter}, "desk.metrics", each with the optional arguments "user" and
 * "since": the id of who looks and since when they have what proves it, which decides what the page
 * offers. Besides:
 *
 *   desk.user    {token_sha256 | cookie_sha256} ->
 * {"id","role","scope","since","session","stale","of_party"}: who may come in. A user of a
 * contracted party is "of_party": the door shows them nothing but what is for parties. A session is
 * "stale" when the core wants to be told that somebody is there. desk.command {verb, letter | case,
 * sha256, text | proposal, user} ->
 * {"command","arguments","words"}: the command of the core that a button means, and what to say
 * when it was done.
 *
 * Whether a button is offered is asked of the state machine itself (case_apply() on a copy), so a
 * page never offers what the core would refuse; the core decides again. What is asked of a letter:
 *
 *   the stage's own letter, drafted by the machine   approve or send: a person adopts it, it goes
 *   a letter that would open the next stage          approve: an approver approves its bytes; who
 *                                                    is none adopts them; send: the step is taken
 *
 * This header: what the files of the desk share, and desk_refresh() for the door. */
#ifndef BAILIWICK_APP_QUERY_DESK_H
#define BAILIWICK_APP_QUERY_DESK_H

#include "app/app.h"
#include "app/casework/casefile.h"
#include "app/query.h"
#include "store/letter.h"

enum {
    DESK_ITEMS_MAX = 200,   /* rows of the worklist: more than a day's work */
    DESK_PARTIES_MAX = 500, /* rows of the matrix: a page stays under a few megabytes */
    DESK_ROWS_MAX = 1000,   /* findings or letters of one page */
    DESK_PAGES_MAX = 1000,  /* of STORE_PAGE_MAX rows, when a whole list is counted */
};

/* For a process that reads a store while another writes it: takes over a rulebook adopted since,
 * and follows the clock of a demonstration. Cheap when nothing changed. */
int desk_refresh(struct app *app, struct error_detail *detail);

/* Runs a question on one picture of the store, however much is committed meanwhile. */
int desk_at_one_moment(struct query_call *call, int (*run)(struct query_call *call));

/* The arguments "user" and "since"; without them an actor who may do nothing. Decides what a page
 * offers and nothing else: the core takes no command on a name. */
int desk_actor(struct query_call *call, struct actor *ret_actor);

/* Sets a text member; NULL and what is not UTF-8 become "". */
void desk_put(json_t *object, const char *key, const char *text);

/* The obligation as it reads today; NULL when no rulebook knows it. */
const struct obligation *desk_obligation(const struct app *app, const char *id);

/* Sets "statement" and "clause" of a row; both "" when `obligation` is NULL. */
void desk_put_obligation(json_t *row, const struct obligation *obligation);

/* Name of a party, its id when nobody knows it, "" for nobody. */
const char *desk_party_name(struct query_call *call, const char *id);

/* How a case stands, from its row alone: sets "stage" (its label), "due" (DUE of
 * view/staff_page.h: null unless the clock runs) and, unless `next_key` is NULL, that member: one
 * sentence, what the case waits for and what happens then. Errors of app_version_of(). */
int desk_put_standing(struct query_call *call, const struct store_case *record,
                      const char *next_key, json_t *row);

/* The label of the stage that a letter announces; the letter's id when there is none. */
const char *desk_step_label(const struct process *process, const char *letter);

/* The stage that a letter announces, NULL for none. */
const struct stage *desk_stage_of_letter(const struct process *process, const char *letter);

/* Who wrote and who approved the bytes of a letter, from the events of its case. */
struct desk_people {
    const char *drafted_by, *approved_by; /* ids with commas between */
};
struct desk_people desk_people(const struct casefile *file, const struct store_letter *letter,
                               struct arena *arena);

/* The steps that wait for a second person: in one case, or in all (NULL). Each row says whether
 * `actor` may agree, and why not. Sets "proposals". */
int desk_put_proposals(struct query_call *call, const char *case_id, const struct actor *actor);

/* How a letter stands in its case. */
enum desk_place {
    DESK_PAST,     /* served, void, or overtaken by other bytes */
    DESK_OWN,      /* of the present stage */
    DESK_PROPOSAL, /* would open another stage */
};
enum desk_place desk_place_of(const struct case_state *state, const struct store_letter *letter);

/* Whether a person still has to adopt or approve these bytes. */
bool desk_letter_waits(const struct case_state *state, const struct store_letter *letter);

#endif
