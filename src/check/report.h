/* Where a check writes its results.
 *
 *   report_cite(report, exchange);                                what the result rests on
 *   json_out_member_int(report_values(report), "serial", 7);      what was expected and observed
 *   report_add(report, "dns.serial-differs", subject, SIGHT_SEEN);
 *
 * Citations and values belong to the next report_add() and are empty again afterwards. A failure
 * sticks: later calls do nothing and report_end() returns it. */
#ifndef BAILIWICK_CHECK_REPORT_H
#define BAILIWICK_CHECK_REPORT_H

#include "base/arena.h"
#include "base/json.h"
#include "check/view.h"
#include "model/result.h"

enum { REPORT_VALUES_MAX = 64 * 1024 }; /* of one result */

struct check;

struct report {
    const struct check *check;
    struct view *view;
    struct arena *arena;
    struct result *results;
    size_t count;
    uint32_t *cited;
    size_t cited_count;
    struct buffer text;
    struct json_out values;
    bool has_values;
    int failure;
};

void report_init(struct report *report, struct view *view);
void report_done(struct report *report); /* results stay in the arena */

void report_cite(struct report *report, const struct exchange *exchange);

/* An object that is open for members. */
struct json_out *report_values(struct report *report);

/* Adds one result of the running check. `subject` is borrowed. Codes that depend on time become
 * UNKNOWN unless the clock is confirmed (C3), and say so in their values. */
void report_add(struct report *report, const char *code, const char *subject, enum sight sight);

/* Drops citations and values that were not used. */
void report_drop(struct report *report);

void report_fail(struct report *report, int failure);
int report_end(const struct report *report);

#endif
