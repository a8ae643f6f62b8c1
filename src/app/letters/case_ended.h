/* Telling each who complained how the case ended to which the complaint led, or that it was taken
 * up again: an event of each complaint that a person decided to be in scope of it, which its
 * complainant reads by the link, and a message by the way of complaint_mail.h where they left an
 * address. Nothing is told twice: what a complaint was told last is in its events.
 *
 * A flood may stand behind one case, so this is a task of its own that goes on page by page. */
#ifndef BAILIWICK_APP_LETTERS_CASE_ENDED_H
#define BAILIWICK_APP_LETTERS_CASE_ENDED_H

#include "app/casework/casefile.h"
#include "base/json_flat.h"
#include "store/outbox.h"

#define CASE_ENDED_TASK "tell-complaints"
enum { CASE_ENDED_PAGE = 50 };

/* Asks for it, as part of the task `tell-complainant` of the case. 1 where no person has to tell
 * anybody; 0 where one of the complaints that are linked to the case is not in the store, none is
 * linked, or the rulebook has no words for it. */
int case_ended_ask(struct casefile *file, const struct store_task *task,
                   struct error_detail *detail);

/* That task, inside the open transaction. ERR_DAMAGED where it names no case. */
int case_ended_tell(struct app *app, const struct store_task *task, const struct json_item *payload,
                    struct error_detail *detail);

#endif
