/* Receipts: who complained by mail is told that it came in, with the reference and the secret link,
 * and nothing of what they wrote.
 *
 * Invariants
 *  Q1. No automatic mail is answered, and a receipt says that a machine wrote it (RFC 3834).
 *  Q2. An address gets RECEIPT_LIMIT receipts in RECEIPT_WINDOW_US at most, since anybody may write
 *      any address into From.
 *  Q3. Whether there is a receipt, and why not, is an event of the complaint.
 *  Q4. As for letters: one Message-ID and one sequence of bytes, and an attempt is committed before
 *      DATA. Once a mail server took them, bytes, link and address are forgotten. */
#ifndef BAILIWICK_APP_LETTERS_RECEIPT_H
#define BAILIWICK_APP_LETTERS_RECEIPT_H

#include "app/complaints/filing.h"
#include "app/letters/dispatch.h"
#include "proto/mail/message.h"

#define RECEIPT_TASK "send-receipt"
#define RECEIPT_LETTER "complaint-receipt" /* of the rulebook */
#define RECEIPT_WINDOW_US INT64_C(86400000000)
enum { RECEIPT_LIMIT = 5 };

/* For a complaint that was just kept from this mail: writes the receipt and asks for its sending,
 * or records why there is none. */
int receipt_write(struct filing *filing, const struct mail *mail);

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

#endif
