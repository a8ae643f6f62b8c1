/* What the contracted party of a case sees of it: one view, from which every answer to the party is
 * made, and which a change of the party names the version of.
 *
 * W1. A case is there for its party from the first letter on that was served to it; before that it
 * is not there at all, and no row of it is read: how long an answer takes tells of none.
 * W2. Of its letters those that were served, with their text and what they ask; no draft, no other
 * letter. They are named by their digest, as their numbers count drafts too.
 * W3. Of its findings those that are linked to it now, by a name within the case: their own ids
 * count the findings of the house, which are the staff's to see. W4. Of its history nothing but
 * what the party sent itself (answers, requests) and what follows of it: where the case stands,
 * what is due and what is asked, as far as a letter told (told.h), and how it ended. W5. The
 * version is a digest of what is seen. So work of the house that the party does not see neither
 * shows in it nor refuses a change. */
#ifndef BAILIWICK_APP_PARTY_CASE_VIEW_H
#define BAILIWICK_APP_PARTY_CASE_VIEW_H

#include "app/casework/casefile.h"
#include "app/people/grant.h"
#include "app/query.h"

enum { CASE_VIEW_VERSION_TEXT = 33 };

/* Reason of the event `received` that an answer is while the next letter is not served yet. */
#define CASE_VIEW_ANSWERED_BETWEEN "answered-between-letters"

/* The whole view, and its head for a list. New reference. */
int case_view_make(struct query_call *call, struct casefile *file, json_t **ret_seen);
int case_view_head(struct query_call *call, struct casefile *file, json_t **ret_seen);

/* W3: the findings of a case, each as its party sees it, appended to `list`. */
int case_view_findings(struct query_call *call, const struct casefile *file, json_t *list);

int case_view_version(const json_t *seen, char text[CASE_VIEW_VERSION_TEXT]);

/* The case of that id where `user` (NULL: the house itself) may do as much for its party.
 * ERR_NOT_FOUND in the same words for a case that is not there, is another party's or is not shown
 * (G5 of people/grant.h, W1); ERR_DENIED for who may see it and no more. `ret_file` is to be closed
 * in every case. */
int case_view_open(struct app *app, const char *user, const char *id, enum party_right right,
                   struct casefile *ret_file, struct error_detail *detail);

#endif
