/* What was seen and what it means: rulebook versions, measurements, results, findings.
 *
 * A measurement's bytes are its encoded form (model/measurement.h); its id is the digest of the
 * manifest. Thinning replaces the bytes by the manifest alone, once, and never for a measurement
 * that a finding cites. Findings are append-only; beside them the store keeps which one is the
 * latest for each obligation, party and subject. */
#ifndef BAILIWICK_STORE_EVIDENCE_H
#define BAILIWICK_STORE_EVIDENCE_H

#include "base/digest.h"
#include "model/finding.h"
#include "model/measurement.h"
#include "store/store.h"

/* --- rulebooks --- */

struct store_rulebook {
    const char *digest; /* hexadecimal, names the version */
    const char *name;
    const char *version; /* as its authors call it */
    int64_t adopted_at;
    const char *proposed_by, *adopted_by; /* two people */
    struct bytes tree;                    /* the folder as one sequence of bytes */
};

int store_rulebook_put(struct store *store, const struct store_rulebook *rulebook);
int store_rulebook_find(struct store *store, const char *digest, struct arena *arena,
                        struct store_rulebook *ret_rulebook);
/* Adopted last. */
int store_rulebook_current(struct store *store, struct arena *arena,
                           struct store_rulebook *ret_rulebook);
/* Oldest first, without trees. */
int store_rulebook_list(struct store *store, struct arena *arena,
                        struct store_rulebook **ret_rulebooks, size_t *ret_count);

/* --- measurements and results --- */

struct store_measurement {
    const char *id; /* hexadecimal */
    const char *target, *vantage;
    int64_t observed_at; /* real time */
    int64_t stored_at;   /* wall time */
    bool thinned;
    struct bytes bytes;   /* encoded form, or the manifest when thinned; empty in lists */
    struct bytes results; /* result_set_encode(), empty when not judged yet */
};

/* ERR_CONFLICT when it is there already. */
int store_measurement_put(struct store *store, const struct store_measurement *measurement);
int store_measurement_find(struct store *store, const char *id, struct arena *arena,
                           struct store_measurement *ret_measurement);

/* A target's measurements with observed_at in [from, until), oldest first, with results but
 * without bytes. Of more than `limit` the newest are given. */
struct store_window {
    const char *target;
    int64_t from, until;
    size_t limit;
};
int store_measurement_window(struct store *store, const struct store_window *window,
                             struct arena *arena, struct store_measurement **ret_measurements,
                             size_t *ret_count);
/* All ids, with bytes, for `log verify`: from after `after`. */
int store_measurement_list(struct store *store, const char *after, size_t limit,
                           struct arena *arena, struct store_measurement **ret_measurements,
                           size_t *ret_count);

/* Sets or replaces what the judge made of it. */
int store_measurement_judged(struct store *store, const char *id, const void *results, size_t size);
/* Measurements without results, oldest first, with bytes. */
int store_measurement_unjudged(struct store *store, size_t limit, struct arena *arena,
                               struct store_measurement **ret_measurements, size_t *ret_count);

/* ERR_REFUSED when it is thinned already or a finding cites it. */
int store_measurement_thin(struct store *store, const char *id, const void *manifest, size_t size);

/* --- findings --- */

struct store_finding {
    const char *id;
    struct finding finding;
    int64_t decided_at;  /* wall time */
    struct digest entry; /* its opening; zero when not logged by itself */
};

enum { STORE_FINDING_LIST_MAX = 1000 }; /* codes, vantage points or evidence of one finding */

/* Every measurement cited must be there (ERR_CONFLICT). Becomes the latest of its obligation, party
 * and subject. */
int store_finding_put(struct store *store, const struct store_finding *finding);
int store_finding_find(struct store *store, const char *id, struct arena *arena,
                       struct store_finding *ret_finding);

/* NULL or "" for any. By decided_at and id, newest first; `before` and `before_id` continue. */
struct store_finding_query {
    const char *obligation, *party, *subject;
    bool latest; /* only the latest of each obligation, party and subject */
    int64_t before;
    const char *before_id;
    size_t limit;
};
int store_finding_list(struct store *store, const struct store_finding_query *query,
                       struct arena *arena, struct store_finding **ret_findings, size_t *ret_count);

/* What a row of the latest findings is about. */
struct store_finding_key {
    const char *obligation, *party, *subject;
};
/* For a rebuild: deletes what is known of latest findings and works it out from all findings. */
int store_finding_latest_again(struct store *store);
/* Where the row is missing or shows another finding than the latest, STORE_PAGE_MAX at most; it
 * reads all findings. */
int store_finding_latest_wrong(struct store *store, struct arena *arena,
                               struct store_finding_key **ret_keys, size_t *ret_count);

#endif
