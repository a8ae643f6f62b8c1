/* Messages to who complained: that their complaint came in (the receipt), and what was decided.
 *
 * Invariants
 *  Q1. No automatic mail is answered, and each says that a machine wrote it (RFC 3834 5): in answer
 *      to a mail, or of its own accord.
 *  Q2. An address gets so many of them within RECEIPT_WINDOW_US, since anybody may write any
 *      address into From, or name any when they complain: RECEIPT_LIMIT where a stranger brings it
 *      about, RECEIPT_DECIDED_LIMIT where one of the house does.
 *  Q3. Whether there is one, and why not, is an event of the complaint.
 *  Q4. As for letters: one Message-ID and one sequence of bytes, and an attempt is committed before
 *      DATA. Once a mail server took them, bytes, link and address are forgotten.
 *  Q5. None says more than its address has the key to: words that a person wrote go only where the
 *      secret link went. */
#ifndef BAILIWICK_APP_LETTERS_RECEIPT_H
#define BAILIWICK_APP_LETTERS_RECEIPT_H

#include "app/complaints/record.h"
#include "app/letters/dispatch.h"
#include "proto/mail/message.h"

#define RECEIPT_TASK "send-receipt"
#define RECEIPT_LETTER "complaint-receipt" /* of the rulebook */
#define RECEIPT_WINDOW_US INT64_C(86400000000)
enum { RECEIPT_LIMIT = 5, RECEIPT_DECIDED_LIMIT = 20 };

/* --- writing one --- */

struct receipt {
    const char *letter; /* of the rulebook */
    const char *to;     /* "" for no address */
    uint32_t about;     /* number of the event that it tells of; 0: that the complaint came in */
    int64_t limit;      /* Q2 */
    json_t *words;      /* placeholders besides those of the house; borrowed */
};

/* Writes it and asks for its sending, or records why there is none: `why_not`, where one is given,
 * else "no-address", "own-address", "no-template", "limit". */
int receipt_put(struct call *call, struct complaint_record *record, const struct receipt *receipt,
                const char *why_not);

/* --- sending it --- */

/* Takes up a claimed task, as dispatch_begin(). */
int receipt_begin(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                  struct error_detail *detail);
/* What the mail server said; of dispatch_end(). */
int receipt_end(struct app *app, struct dispatch *dispatch, struct error_detail *detail);
/* At start: attempts that were cut are in doubt. */
int receipt_recover(struct app *app, struct error_detail *detail);

/* A report says that it was not delivered. `mail` is the number of the item that keeps the report,
 * 0 for none. */
int receipt_bounced(struct call *call, struct complaint_record *record, const char *message_id,
                    uint32_t mail);

/* What became of the message about an event, as an event of its own. */
struct receipt_outcome {
    const char *words;
    uint32_t about, mail; /* 0: left out */
};
int receipt_record(struct call *call, struct complaint_record *record,
                   const struct receipt_outcome *outcome);

#endif
