/* What was erased stays erased, whichever backup the store is put back to: the list of erasures
 * (erasure_list.h) and the store are held against each other.
 *
 * An erasure first leaves its line in the list, then is committed, then acknowledged. Whoever opens
 * the store to write, and a restore before it puts a copy in the place of the store, compares: a
 * complaint that the list names and the store still has is erased again; one that the store erased
 * and the list lacks is listed. So an erasure that was cut between the line and the commit is
 * carried out by the next opening, and a list that was lost is made anew from what the store knows.
 *
 * What a list does not name is not erased again: that of the folder is lost with the folder. A copy
 * of it kept elsewhere is given to `restore --erasures`. */
#ifndef BAILIWICK_APP_COMPLAINTS_ERASURES_H
#define BAILIWICK_APP_COMPLAINTS_ERASURES_H

#include "app/app.h"

/* Lists a complaint, by the digest of its link: the last thing of an erasure, in its transaction.
 * What fails leaves the list as it was. */
int erasures_note(struct app *app, const struct digest *link, struct error_detail *detail);

/* After the commit, or after what undid it: lines of what did not come about are taken off. When
 * that fails it is tried again after the next one. */
int erasures_follow(struct app *app, bool committed, struct error_detail *detail);

/* Whether the list says what came about. It does unless a disk failed; whoever is about to decide
 * that something is not to be erased asks. */
int erasures_check(struct app *app, struct error_detail *detail);

/* Holds list and store against each other, outside of a transaction; app_note_erased() tells what
 * is to be wiped then. Looks at two numbers when they agree, else at all complaints. What cannot be
 * listed now is told in the log and tried again by the next; what cannot be erased again is a
 * failure, and so is a list that is damaged. */
struct erasures_settled {
    int64_t listed; /* lines before */
    int64_t again;  /* complaints that were erased again */
};
int erasures_settle(struct app *app, struct erasures_settled *ret_settled,
                    struct error_detail *detail);

/* Adds to the list what another one names. */
int erasures_take(struct app *app, const char *path, struct error_detail *detail);

#endif
