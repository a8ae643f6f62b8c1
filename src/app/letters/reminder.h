/* Reminders: a short mail to the party before its deadline ends, as the rule of the rulebook says
 * (`reminders`), and one that tells of a date that a newer calendar moved. From the letter
 * REMINDER_LETTER of the rulebook; one without that letter reminds nobody.
 *
 * When a clock starts or moves, reminder_plan() writes a task for each reminder, due at 09:00 of a
 * worked day where the party works (reader_zone(); the zone of the rule when none is known). The
 * task "remind" looks whether that clock still runs and the party has not answered, writes the
 * message and the task "send-reminder" that hands it over; so one message belongs to one task, and
 * what a crash cuts goes out again as the same bytes. A server that takes it makes the event
 * `reminded`. Nothing of this moves a case or its clock, and nothing of it is ever public: no
 * notice shows a letter that opens no formal stage. */
#ifndef BAILIWICK_APP_LETTERS_REMINDER_H
#define BAILIWICK_APP_LETTERS_REMINDER_H

#include "app/casework/casefile.h"
#include "app/letters/dispatch.h"

/* The kind of letter that such a message is. */
#define REMINDER_LETTER "reminder"

#define REMINDER_TASK "remind"
#define REMINDER_SEND_TASK "send-reminder"

/* After a step that set the clock: what has to be sent when. In the open transaction. */
int reminder_plan(struct casefile *file, enum case_event_type event, struct error_detail *detail);

/* Takes up a claimed task REMINDER_TASK inside the open transaction: writes the message, puts it
 * off to working hours, or settles the task when nobody is to be reminded any more. */
int reminder_write(struct app *app, const struct store_task *task, struct error_detail *detail);

/* Takes up a claimed task REMINDER_SEND_TASK. Returns 1 with a dispatch to carry out after the
 * commit, 0 when it came to nothing meanwhile. */
int reminder_send(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                  struct error_detail *detail);

bool reminder_is_message(const struct store_letter *letter);

/* The mail server took the message or refused it: letter, task, and the event or a note. */
int reminder_sent(struct app *app, const struct dispatch *dispatch, struct error_detail *detail);

#endif
