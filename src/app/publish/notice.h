/* Formal notices on their way to the public door: record, updates, finished files.
 *
 * The record of a notice is a projection of its case and of the letter that was sent; each
 * publication or update is bound into the log by the digest of the record. Only the files of
 * public/ ever leave; they are written from the store by publish_files(), which may run again at
 * any time and gives the same bytes. Nothing of a case that has no publication is read here
 * (invariant 1). */
#ifndef BAILIWICK_APP_PUBLISH_NOTICE_H
#define BAILIWICK_APP_PUBLISH_NOTICE_H

#include "app/app.h"

/* Publishes the notice of a case that has just been served, or adds an update to the one that is
 * there; `seq` is the event that the update is about. Inside the open transaction. */
int notice_publish(struct app *app, const char *case_id, struct error_detail *detail);
int notice_update(struct app *app, const char *case_id, uint32_t seq, struct error_detail *detail);

/* Writes every page, feed and record of public/ that publications need. Outside transactions. A
 * notice whose case, letter or HTML is lost is logged and left out; its old page stays. */
int notice_write_files(struct app *app, struct error_detail *detail);

/* Writes the bundles of notices whose openings are all in the signed log. */
int notice_write_bundles(struct app *app, struct error_detail *detail);

#endif
