/* Letters from template and case to bytes, as the draft of the machine or of a person. A machine's
 * draft needs a person who stands behind it. */
#ifndef BAILIWICK_APP_LETTERS_DRAFTING_H
#define BAILIWICK_APP_LETTERS_DRAFTING_H

#include "app/casework/demand.h"
#include "model/party.h"
#include "view/letter.h"

/* The reason of the event that says that the party has no usable contact. */
#define DRAFTING_NO_CONTACT "no-contact"

/* Writes the letter `letter` of a case as a draft of `author` and takes the step notice-drafted;
 * template, obligation and authority are those of the rulebook version that the case pins. Returns
 * 1; 0 when the party has no usable contact: then no letter is made, and the case says so by the
 * event `received` with the reason DRAFTING_NO_CONTACT, so that a person must look. ERR_LIMIT after
 * 999 letters of one case. */
int drafting_write(struct casefile *file, const char *letter, const struct actor *author,
                   struct error_detail *detail);

/* Writes a message of the case that no person stands behind, from the template `kind` in the
 * language or the rulebook's first: it is no letter of a stage, asks for nothing and takes no step.
 * It is queued; whoever asks for it hands it over. *ret_id is in the file's arena. */
int drafting_write_message(struct casefile *file, const char *kind, const struct contact *to,
                           const char *language, const char **ret_id, struct error_detail *detail);

/* The context of every placeholder, for a letter of a stage that asks for `demands`; what was
 * written before ("previous") is empty unless it is told. The caller owns it. */
int drafting_context(struct casefile *file, const struct stage *stage,
                     const struct demand_texts *demands, bool tells_previous, json_t **ret_context,
                     struct error_detail *detail);

/* How the case ended, in the words of its process: why it was closed, else the stage in which it
 * ended; "" while it goes on. */
const char *drafting_outcome(const struct case_state *state);

/* Leaves in a context what who complained may see of a case (access/access.h): what it is about,
 * and how it ended. */
void drafting_hide_matter(json_t *context);

/* What every message of the authority may say of itself, whatever it is about: who writes, under
 * which rulebook, today. */
void drafting_put_house(json_t *context, struct app *app, const struct rulebook *rulebook);

/* NAME.SECRET@DOMAIN: bounces are matched by it, and notices name the case, so it has eighty random
 * bits that only those know who saw the message. NULL when the arena is full. */
const char *drafting_message_id(const struct app *app, struct arena *arena, const char *name);

/* The stage that a letter announces, NULL for none. */
const struct stage *drafting_stage(const struct process *process, const char *letter);

#endif
