/* `check` and `replay`: one target, asked or read again, judged and reported. */
#ifndef BAILIWICK_APP_MONITOR_CHECK_RUN_H
#define BAILIWICK_APP_MONITOR_CHECK_RUN_H

#include "base/buffer.h"
#include "base/error.h"
#include "model/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All may be NULL where nothing was said. */
struct check_options {
    const char *config; /* file; what follows wins over it */
    const char
        *rulebook;    /* folder; NULL: the adopted one of `data`, else the one that was installed */
    const char *data; /* store whose parties and agreements are to be used */
    const char *hints, *trust_anchor, *ca_file, *net_map, *network, *vantage, *reference_url,
        *rdap_url, *rdap_domain, *ds;
    const char *const *ns; /* "NAME/ADDRESS" */
    size_t ns_count;
    const char *save;  /* file to keep the measurement in */
    const char *as_of; /* date; NULL: the day of observation */
    bool saved_only; /* nothing will be measured: needs neither prober nor the files about where to
                      * ask */
};

/* Several targets share one prober and one judge. */
struct check_session;

int check_session_open(const struct check_options *options, struct check_session **ret_session,
                       struct error_detail *detail);
void check_session_close(struct check_session *session);

/* What became of one target. Zero it before it is given away; `text` is the taker's to free. */
struct check_report {
    int result; /* of looking, not of what was seen */
    bool lost;  /* as survey_end of app/monitor/observer.h */
    enum verdict verdict;
    struct error_detail detail;
    struct buffer text;
};

/* Begins to measure a target, beside others; `report` must live until check_end() gives it back. */
int check_begin(struct check_session *session, const char *target, struct check_report *report,
                struct error_detail *detail);
/* Waits for one of those that were begun, judges it and fills its report. NULL when there is none.
 */
struct check_report *check_end(struct check_session *session);

/* How many may be begun before one must end. */
size_t check_at_once(const struct check_session *session);

/* Appends the report of a saved measurement. ERR_DAMAGED names the exchange. */
int check_replay(struct check_session *session, const char *path, struct buffer *out,
                 enum verdict *ret_verdict, struct error_detail *detail);

/* The contracted TLDs of the store, for `check --all`. */
int check_all_targets(struct check_session *session, const char *const **ret_names,
                      size_t *ret_count, struct error_detail *detail);

/* The whole check table as JSON. */
int check_table_write(struct buffer *out);

#endif
