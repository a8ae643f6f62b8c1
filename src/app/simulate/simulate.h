/* Years of casework with a drawn population through the real engine, log and store.
 *
 * Only arrivals and parties' behaviour are drawn (population.h); stages come from the rulebook's
 * process. Staff are scripts that go by the commands of everybody. One simulated day is one
 * transaction, committed and synced; a run that was cut goes on from the last day that was. The
 * clock is virtual: the store is a demonstration for ever.
 *
 * Story of a day: the clock jumps from due moment to due moment, deadlines pass and the outbox is
 * worked (post.c); complaints come in (arrivals.c); parties answer; on weekdays people work
 * (office.c); after each step of a case its matter is planned anew from its events alone
 * (matter.c). The log ticks and the public files are written at the end of each month,
 * when the invariants are checked that need them. */
#ifndef BAILIWICK_APP_SIMULATE_SIMULATE_H
#define BAILIWICK_APP_SIMULATE_SIMULATE_H

#include "app/app.h"
#include "base/json.h"

enum { SIMULATE_YEARS_MAX = 50, SIMULATE_PARTIES_MAX = 100000 };

struct simulate_options {
    const char *data, *config; /* as for app_open() */
    const char *population;    /* file; NULL: the one that ships */
    const char *rulebook;      /* folder; NULL: the one that ships */
    const char *process;       /* file in place of the rulebook's process.yaml, or NULL */
    int64_t years, registrars, registries, seed;
    const char *until; /* civil date: stop before this day; NULL: at the end of the years */
    bool resume;
};

/* The caller owns *ret_report: {seed, from, until, months: [{month, party, received ...}]}; the
 * same seed and options give the same. ERR_CONFLICT when the data directory holds a store and
 * `resume` is not set, or another run than these options ask for. */
int simulate_run(const struct simulate_options *options, json_t **ret_report,
                 struct error_detail *detail);

/* Adds `beside` to a report: [{party, figure, one, other}], sums of the earlier report (a file that
 * simulate_run() made, as JSON) and of this one. ERR_CONFLICT when it has another seed, other
 * parties or days. */
int simulate_set_beside(json_t *report, const char *earlier, struct error_detail *detail);
/* Writes the rows as SVG; `names` are those of the earlier and of this run. */
int simulate_draw_beside(const json_t *report, const char *const names[2], const char *path,
                         struct error_detail *detail);

#endif
