/* Formal notices on their way to the public door: record, updates, finished files.
 *
 * The record of a notice is a projection of its case, of the letters that were served and of what
 * two people wrote for the public; each publication or update is bound into the log by the digest
 * of the record. Only the files of public/ ever leave; they are written from those records by
 * notice_write_files(), which may run again at any time and gives the same bytes; what has them
 * already is left as it is. Nothing of a case that has no publication is read here (invariant 1).
 *
 * An open notice says when its next update is due: by the rulebook, from the last update that told
 * how the matter stands, so that no other work shows in the date. When none comes, that is told as
 * an update of its own. */
#ifndef BAILIWICK_APP_PUBLISH_NOTICE_H
#define BAILIWICK_APP_PUBLISH_NOTICE_H

#include "app/app.h"

/* Publishes the notice of a case that has just been served, or adds an update to the one that is
 * there. Inside the open transaction. */
int notice_publish(struct app *app, const char *case_id, struct error_detail *detail);

/* Why a notice is brought up to date: an event of its case, or an item that people agreed to. */
struct notice_cause {
    const char *case_id;
    uint32_t seq;     /* of the event; 0 for none */
    const char *item; /* "" for none */
};

/* Adds an update; a case without a notice has nothing to bring up to date. Inside the open
 * transaction. */
int notice_update(struct app *app, const struct notice_cause *cause, struct error_detail *detail);

/* Tells of each update that was due and has not come. Returns how many; a notice that cannot be
 * brought up to date is logged and tried again. Inside the open transaction. */
int notice_pass_due(struct app *app, struct error_detail *detail);

/* Sets or ends the alarm about updates that are late. Outside transactions. */
void notice_watch(struct app *app);

/* Writes every page, feed and record of public/ that publications need. Outside transactions. A
 * record that is damaged is logged and left out; its old page stays. */
int notice_write_files(struct app *app, struct error_detail *detail);

/* Writes the bundles of notices whose openings are all in the signed log. */
int notice_write_bundles(struct app *app, struct error_detail *detail);

#endif
