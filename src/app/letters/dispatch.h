/* Letters on their way out.
 *
 * The order of things makes crashes harmless: the attempt is committed (`begun`) before the mailer
 * gets the bytes; its end is committed with the event that follows from it. An attempt found
 * `begun` at start was cut: it is in doubt, and the same bytes go out again under the same
 * Message-ID. The repetition becomes an event (`resent`, "in-doubt") once a server has taken it;
 * until then the attempts alone tell of the doubt. A letter has one attempt at a time.
 *
 * A refusal before service is the event `bounced`: the level stays, no clock ever started. A person
 * may then draft anew or hand the same bytes to another address of the party (letter.resend); the
 * first server that takes them makes service. Once served, one more copy is only `resent`. */
#ifndef BAILIWICK_APP_LETTERS_DISPATCH_H
#define BAILIWICK_APP_LETTERS_DISPATCH_H

#include "app/app.h"
#include "net/smtp.h"
#include "store/letter.h"
#include "store/outbox.h"

/* A letter that was handed to the mailer. Everything in it is its own. */
struct dispatch {
    char letter[64], task[160];
    uint32_t attempt;
    unsigned doubts;            /* attempts in doubt that this one repeats */
    struct store_letter record; /* with bytes, as it stood before */
    const char *to;             /* the address of this attempt */
    const char *by;             /* the person who asked for it again; "" when it goes by itself */
    bool receipt; /* no letter of a case: `letter` names a complaint, the record has bytes and id */
    uint32_t about; /* of a receipt: number of the event of which it tells */
    struct arena arena;
    struct smtp_reply reply; /* filled by whoever sends */
};

/* Takes up a claimed `send-letter` task inside the open transaction. Returns 1 with a dispatch to
 * carry out after the commit, 0 when there is nothing to send (the task is settled). */
int dispatch_begin(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                   struct error_detail *detail);

/* The same for one letter that needs no step of its case to go out. */
int dispatch_begin_message(struct app *app, const struct store_task *task, const char *letter,
                           struct dispatch **ret_dispatch, struct error_detail *detail);

/* For receipts (receipt.h), which go the same way: what a reply means for an attempt, and when the
 * attempt after that one comes. */
enum attempt_phase dispatch_phase(enum smtp_outcome outcome);
int64_t dispatch_retry_at(const struct app *app, uint32_t attempt);

/* The request for the mailer; borrows from the dispatch and the configuration. */
struct smtp_request dispatch_request(const struct app *app, const struct dispatch *dispatch);

/* Records what came of it inside the open transaction: the attempt, the letter's state, the event.
 */
int dispatch_end(struct app *app, struct dispatch *dispatch, struct error_detail *detail);

void dispatch_free(struct dispatch *dispatch);

/* At start: settles attempts that were cut. Inside the open transaction. */
int dispatch_recover(struct app *app, struct error_detail *detail);

#endif
