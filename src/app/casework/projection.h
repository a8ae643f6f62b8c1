/* What lists show of a case, worked out from its events: casefile_step() writes it step by step,
 * `rebuild` works it out again from all events and compares. */
#ifndef BAILIWICK_APP_CASEWORK_PROJECTION_H
#define BAILIWICK_APP_CASEWORK_PROJECTION_H

#include "app/casework/casefile.h"

struct projection {
    struct store_case record; /* party, obligation, subject, process, summary and opened_at are
                                 facts of the record itself, not of its events */
    struct store_deadline *deadlines; /* by their events */
    size_t deadline_count;
    struct store_deadline *milestones; /* of the present plan and of former ones */
    size_t milestone_count;
};

/* Of all events of the file; lives in the arena, as long as the file. */
int projection_make(const struct casefile *file, struct arena *arena,
                    struct projection *ret_projection, struct error_detail *detail);

/* The file's record after one more event, which has led to its state. */
int projection_advance(struct casefile *file, const struct case_step *step);

/* The row of the clock that an event of this number set; its trace and id are in the arena. */
int projection_deadline(const char *case_id, uint32_t seq, enum case_clock clock,
                        const struct deadline *due, struct arena *arena,
                        struct store_deadline *ret_row, struct error_detail *detail);

/* What became of a deadline that an event ended: it passed, the party did what was asked, or it was
 * moved, stopped or taken back. A party's record must not say "met" for the last. */
enum deadline_state projection_ended_by(enum case_event_type event);

/* Takes each row of a case there is, in the order of their ids, until one is refused. The row lives
 * until `take` returns. Tells the app's progress. */
int projection_each_case(struct app *app, int (*take)(void *context, const struct store_case *row),
                         void *context, struct error_detail *detail);

#endif
