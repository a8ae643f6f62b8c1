/* Service of letters: the ladder of channels, and that no undelivered letter is left lying.
 *
 *   e-mail to the notice contact -> e-mail to another contact -> registered mail or a courier,
 * which a person sees through and records with proof of delivery
 *
 * A letter that came back is a task for a person until it was served, drafted anew, or until
 * somebody says why it is not (invariant 27 of casework): the task `serve-again`, which the program
 * leaves to a person from the start. */
#ifndef BAILIWICK_APP_LETTERS_SERVICE_H
#define BAILIWICK_APP_LETTERS_SERVICE_H

#include "app/casework/casefile.h"

#define SERVICE_TASK "serve-again"

/* What follows of a step for the letter's service: a bounce asks a person, a service or a new draft
 * of the stage's letter ends that, and so does the end of the case. In the step's transaction. */
int service_follow(struct casefile *file, const struct case_step *step,
                   struct error_detail *detail);

/* Only what the case stands behind now goes out: bytes that a person adopted or approved. */
struct store_letter;
int service_check_letter(const struct casefile *file, const struct store_letter *letter,
                         struct error_detail *detail);

/* The decisions and the open tasks of the case: the newest `serve-again` task; ERR_NOT_FOUND. */
struct store_task;
int service_task(struct app *app, const char *case_id, struct arena *arena,
                 struct store_task *ret_task, struct error_detail *detail);

#endif
