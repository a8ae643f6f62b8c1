/* One observation: ask the world through the prober process, let the judge process read the
 * answers.
 *
 * Nothing foreign is parsed here: a measurement comes from the prober as bytes, goes to the judge
 * as bytes, and results come back. The two processes are started when they are first needed and
 * started again when they died; a judge that dies over a measurement leaves it unjudged, never a
 * verdict. */
#ifndef BAILIWICK_APP_MONITOR_OBSERVER_H
#define BAILIWICK_APP_MONITOR_OBSERVER_H

#include "app/child.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "measure/survey.h"
#include "model/result.h"

struct observer {
    struct child prober, judge;
};

void observer_init(struct observer *observer);
void observer_done(struct observer *observer);

/* Starts both processes ahead of the first question. */
int observer_start(struct observer *observer, struct error_detail *detail);

/* Sends the plan and waits for the encoded measurement. */
int observer_measure(struct observer *observer, const struct survey_plan *plan,
                     struct buffer *ret_measurement, struct error_detail *detail);

/* Runs all checks over an encoded measurement; results live in the arena. ERR_DAMAGED names the
 * exchange that does not match its digest. */
int observer_judge(struct observer *observer, const void *measurement, size_t size,
                   struct arena *arena, struct result_set *ret_results,
                   struct error_detail *detail);

#endif
