/* Which messages who complained gets, and what each says: the receipt of a mail; what a person
 * decided, or took back; a reminder of what was asked for; how the case ended. */
#ifndef BAILIWICK_APP_LETTERS_COMPLAINT_MAIL_H
#define BAILIWICK_APP_LETTERS_COMPLAINT_MAIL_H

#include "app/complaints/filing.h"
#include "base/json_flat.h"
#include "proto/mail/message.h"

/* The letters of the rulebook for them; where one is not there, the event says "no-template". */
#define COMPLAINT_MAIL_ASKED "complaint-asked"
#define COMPLAINT_MAIL_IN_SCOPE "complaint-in-scope"
#define COMPLAINT_MAIL_OUT_OF_SCOPE "complaint-out-of-scope"
#define COMPLAINT_MAIL_REMINDER "complaint-reminder"
#define COMPLAINT_MAIL_DRAFT "complaint-draft"
#define COMPLAINT_MAIL_REOPENED "complaint-reopened"
#define COMPLAINT_MAIL_ENDED "complaint-ended"

/* Brought by time alone: it waits for a clock that is not in doubt. */
#define COMPLAINT_MAIL_REMIND_TASK "remind-complainant"

/* For a complaint that was just kept from this mail. */
int complaint_mail_receipt(struct filing *filing, const struct mail *mail);

/* Who just left a draft and an address is reminded once, when it is still one by then. `mail` is
 * what it came as, NULL for a form. */
int complaint_mail_draft(struct filing *filing, const struct mail *mail);

/* For the step that was just taken: asked, in scope, out of scope, or reopened, which takes one of
 * the latter two back; the end of its case, or that this was taken up again. `words` are what a
 * person wrote to who complained, NULL for none. Who left no address follows the complaint by the
 * link alone: nothing happens. ERR_UNSUPPORTED for a step of which nobody is told. */
int complaint_mail_decided(struct call *call, struct complaint_record *record,
                           enum complaint_event_type type, const char *words);

/* The task that complaint_mail_decided() put for what is asked for, or complaint_mail_draft():
 * reminds of it, if it is still waited for. */
int complaint_mail_remind(struct app *app, const struct json_item *payload,
                          struct error_detail *detail);

#endif
