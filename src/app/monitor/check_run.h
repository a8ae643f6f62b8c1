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
    const char *hints, *trust_anchor, *ca_file, *net_map, *vantage, *reference_url, *rdap_url,
        *rdap_domain, *ds;
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

/* Appends the report of one target. */
int check_target(struct check_session *session, const char *target, struct buffer *out,
                 enum verdict *ret_verdict, struct error_detail *detail);

/* Appends the report of a saved measurement. ERR_DAMAGED names the exchange. */
int check_replay(struct check_session *session, const char *path, struct buffer *out,
                 enum verdict *ret_verdict, struct error_detail *detail);

/* The contracted TLDs of the store, for `check --all`. */
int check_all_targets(struct check_session *session, const char *const **ret_names,
                      size_t *ret_count, struct error_detail *detail);

/* The whole check table as JSON. */
int check_table_write(struct buffer *out);

#endif
