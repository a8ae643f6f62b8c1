/* Observations: ask the world through the prober process, let the judge process read the answers.
 *
 * Nothing foreign is parsed here: a measurement comes from the prober as bytes, goes to the judge
 * as bytes, and results come back. The two processes are started when they are first needed and
 * started again when they died; a judge that dies over a measurement leaves it unjudged, never a
 * verdict.
 *
 * Several surveys may be under way in the one prober, which so stays polite to each address. They
 * end in any order. When the prober dies or hangs, all that were under way end with
 * ERR_UNAVAILABLE or ERR_TIMED_OUT and are `lost`: nobody knows which of them it was, so whoever
 * asks again asks each of them alone. */
#ifndef BAILIWICK_APP_MONITOR_OBSERVER_H
#define BAILIWICK_APP_MONITOR_OBSERVER_H

#include "app/child.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "measure/prober.h"
#include "measure/survey.h"
#include "model/result.h"

enum { OBSERVER_AT_ONCE = PROBER_AT_ONCE, OBSERVER_WAIT = -1 };

struct survey_place {
    void *user; /* NULL: free */
    uint32_t number;
    int64_t patience_us; /* monotonic: until when the prober may work on it */
    bool lost;
};

struct observer {
    struct child prober, judge;
    struct survey_place places[OBSERVER_AT_ONCE];
    size_t under_way;
    uint32_t last_number;
    int loss; /* why places are lost */
    struct error_detail loss_detail;
};

/* What became of one survey. */
struct survey_end {
    void *user;
    int result;
    bool lost;
    struct error_detail detail;
    struct buffer measurement; /* encoded; the taker's to free */
};

void observer_init(struct observer *observer);
void observer_done(struct observer *observer);

/* Starts both processes ahead of the first question. */
int observer_start(struct observer *observer, struct error_detail *detail);

/* Sends a plan; `user` (not NULL) comes back with the end. ERR_LIMIT when OBSERVER_AT_ONCE are
 * under way. */
int observer_begin(struct observer *observer, const struct survey_plan *plan, void *user,
                   struct error_detail *detail);

/* Waits up to `timeout_ms` for a survey to end; with OBSERVER_WAIT until one does. Returns 1 with
 * what became of it, else 0: none ended, or none is under way. */
int observer_end(struct observer *observer, int timeout_ms, struct survey_end *ret_end);

/* Ends the prober: all that is under way is lost, and observer_end() tells it at once. */
void observer_give_up(struct observer *observer);

/* Runs all checks over an encoded measurement; results live in the arena. ERR_DAMAGED names the
 * exchange that does not match its digest. */
int observer_judge(struct observer *observer, const void *measurement, size_t size,
                   struct arena *arena, struct result_set *ret_results,
                   struct error_detail *detail);

#endif
