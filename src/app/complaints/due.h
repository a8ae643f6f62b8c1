/* Until when a complaint may wait: by the rulebook of the day on which it was filed, for somebody
 * to read it (`first-review` of its type), or for what a person asked the complainant for
 * (`more-information`). Nothing happens when that has passed but that a person is shown it.
 *
 * Times are working days after the day (of UTC) on which the wait began; where the process has
 * several calendars, of the one by which it takes longest. */
#ifndef BAILIWICK_APP_COMPLAINTS_DUE_H
#define BAILIWICK_APP_COMPLAINTS_DUE_H

#include "app/complaints/record.h"

enum complaint_wait {
    COMPLAINT_WAITS_FOR_NOBODY,       /* or the rulebook sets no time */
    COMPLAINT_WAITS_FOR_FIRST_REVIEW, /* filed, and no person asked or decided anything yet */
    COMPLAINT_WAITS_FOR_COMPLAINANT,  /* since they were asked last */
    COMPLAINT_WAIT_COUNT
};
const char *complaint_wait_text(enum complaint_wait wait); /* "" for nobody */

struct complaint_due {
    enum complaint_wait wait;
    bool known;  /* false: no calendar reaches that far */
    int32_t day; /* the last day, since 1970 */
    bool passed;
};

int complaint_due_find(struct app *app, const struct complaint_record *record,
                       struct complaint_due *ret_due, struct error_detail *detail);

/* The day on which who was asked is reminded, counted as the last day is; `known` is false where
 * nobody is. */
int complaint_due_reminder(struct app *app, const struct complaint_record *record,
                           struct complaint_due *ret_due, struct error_detail *detail);

/* The day on which who left a draft is reminded of it, counted from its filing as if it had been
 * asked for more then; `known` is false where its type has no such time. */
int complaint_due_draft(struct app *app, const struct complaint_record *record,
                        struct complaint_due *ret_due, struct error_detail *detail);

/* Goes through the complaints of a state, oldest first, and tells `take` of those whose time has
 * passed; reads no further than where none can have. */
struct complaint_due_walk {
    enum complaint_state state;
    const char *after; /* NULL: from the first */
    size_t limit;      /* of those that are told; 0: all */
    int (*take)(void *context, const struct complaint_record *record,
                const struct complaint_due *due);
    void *context;
    char last[REFERENCE_TEXT]; /* filled: where the limit was reached, else "" */
};
int complaint_due_walk(struct app *app, struct complaint_due_walk *walk,
                       struct error_detail *detail);

/* How many of a state have waited too long. */
int complaint_due_count(struct app *app, enum complaint_state state, size_t *ret_count,
                        struct error_detail *detail);

#endif
