/* Deadlines: rule, effective service, zone and calendar in; date, instant and trace out.
 *
 * Invariant 5: nothing else goes in, neither office nor handler, language or channel, so that any
 * person can compute the same date again. Invariant 6 is held by the loader and by case_apply().
 *
 *  - Day zero is the civil day of effective service in the rule's zone. It never counts.
 *  - Working days: each later day that is neither a weekend day nor a holiday counts one.
 *  - Calendar days: each later day counts one. With `roll_forward` a due date that is not worked
 *    moves to the next worked day.
 *  - The due date belongs to the party to its end: it passes at 00:00 of the next day, in the zone
 *    or (END_OF_DAY_ANYWHERE) at UTC-12.
 *  - Hours are counted from the instant of service; zero hours means at once.
 *  - A calendar says nothing of the days after its last: a deadline that would need one of them is
 *    refused, never counted as if they were worked.
 *
 * The instant is always derived from date, zone and end-of-day rule, never the reverse. */
#ifndef BAILIWICK_CASES_DEADLINE_H
#define BAILIWICK_CASES_DEADLINE_H

#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"
#include "rulebook/process.h"

#include <stddef.h>
#include <stdint.h>

enum {
    DEADLINE_DAYS_MAX = 4000, /* about eleven years; a longer time is a mistake in a rule */
    DEADLINE_HOURS_MAX = 24 * 366,
};

struct deadline {
    const struct deadline_rule *rule;
    const struct calendar *calendar; /* the version that counted; the rule's may be newer since */
    int64_t service_at;              /* effective service, the trigger */
    int32_t day_zero;
    int32_t date;    /* due on this civil day in the rule's zone */
    int64_t instant; /* the first moment that is too late */
};

enum deadline_mark {
    MARK_DAY_ZERO,
    MARK_COUNTED,
    MARK_WEEKEND,
    MARK_HOLIDAY,
    MARK_ROLLED /* the date moved on to this day; the name says why the day before is not worked */
};

struct deadline_step {
    int32_t day;
    enum deadline_mark mark;
    int32_t count;    /* after this day */
    const char *name; /* weekend day or holiday; "" else; borrowed from the calendar */
};

/* Called once for each day walked; may be NULL. */
typedef void deadline_trace(void *context, const struct deadline_step *step);

/* By the calendar of the rule. ERR_LIMIT when no day is found within DEADLINE_DAYS_MAX,
 * ERR_UNAVAILABLE when the calendar does not reach so far. */
int deadline_compute(const struct deadline_rule *rule, int64_t service_at, deadline_trace *trace,
                     void *context, struct deadline *ret_deadline);

/* Says why it was not computed, in words that name rule and calendar; returns `failure`. */
int deadline_refuse(const struct deadline_rule *rule, int failure, struct error_detail *detail);

/* Computes it again from its service by the calendar that counted, however far that reaches: its
 * trace. A date that was moved by an event is another than the one computed. */
int deadline_again(const struct deadline *deadline, deadline_trace *trace, void *context,
                   struct deadline *ret_again);

/* The instant at which a civil date passes under the rule. */
int64_t deadline_instant(const struct deadline_rule *rule, int32_t date);

const char *deadline_mark_text(enum deadline_mark mark); /* "day-zero", "counted" ... */

/* Appends `{"rule","service_at","date","instant","zone","zone_version","tzdata","calendar",
 * "calendar_version","trace":[{"date","mark","count","name"}]}`, what `deadline compute` prints.
 * `tzdata` is there where the zone's bytes came with a release. */
int deadline_print_json(const struct deadline *deadline, struct buffer *out);

#endif
