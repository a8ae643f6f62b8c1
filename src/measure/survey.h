/* The room that asks. It turns a plan (one target, one vantage point) into a measurement and never
 * judges: whatever comes back, or does not, is an exchange with an outcome.
 *
 * The story of one survey: everything that does not depend on an answer starts at once on one event
 * loop: the reference questions (reference.c), the delegation at the root servers of the hints
 * (delegation.c) and the addresses of the RDAP host (resolve.c). The first referral names the
 * target's servers; each of their addresses is asked the questions of apex.c as soon as it is
 * known, again without EDNS where a server refuses that, and again after a pause where a serial
 * number is older than others (serial.c). RDAP (rdap.c) goes out when its host has addresses. When
 * nothing is under way any more, the exchanges are sorted and numbered, so that the order does not
 * depend on who answered first.
 *
 * A plan may be a lookup: one name is looked up by RDAP. Then only the addresses of the RDAP host
 * are found and asked; no server of a zone is asked about the target, no reference, and no redirect
 * is followed, so that nobody else learns the name.
 *
 * Invariants
 *  1. A survey always ends: every question has a time-out, every list a limit, and the whole a
 *     deadline; what was still under way then is an exchange that timed out.
 *  2. Nothing of the system's resolver, hosts file, proxy settings or trust store is used. Files
 * are not opened: hints, anchors and certificates stand in the plan as bytes.
 *  3. Addresses that are not globally reachable (loopback, private ...) are not asked, so that
 * nobody who runs a zone or a web server can point us at our own network: such an exchange is
 *     OUTCOME_UNREACHABLE without a try. Except in a laboratory: a plan that has a net map, or
 * whose own hints or given servers are such addresses.
 *  4. What could not be asked for a reason on our side (no hints, no CA certificates) stands in the
 *     measurement as an exchange with OUTCOME_OWN_FAILURE. */
#ifndef BAILIWICK_MEASURE_SURVEY_H
#define BAILIWICK_MEASURE_SURVEY_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/measurement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A server given by the caller instead of the parent (tests before delegation). */
struct survey_server {
    const char *name;
    const char *address; /* as net_address_parse() reads it; NULL: to be resolved */
};

/* Time-outs in milliseconds and ceilings; zero takes the default. */
struct survey_limits {
    uint32_t udp_timeout_ms;   /* first try, 1000; each further try waits a quarter longer */
    uint32_t udp_tries;        /* 3 */
    uint32_t tcp_timeout_ms;   /* connect to whole answer, 3500 */
    uint32_t https_connect_ms; /* 5000 */
    uint32_t https_total_ms;   /* 10000 */
    uint32_t survey_ms;        /* deadline of the whole survey, 20000 */
    uint32_t burst, per_second, in_flight; /* politeness per address: 64, 100, 16 */
};

/* Texts may be NULL where "optional" is said; all are borrowed for the run. */
struct survey_plan {
    const char *target;       /* A-labels; case and a final dot do not matter; "." for the root */
    const char *vantage;      /* name of this vantage point */
    const char *tool;         /* program and version, "bailiwick 0.1.0" */
    struct bytes hints;       /* content of the hints file (master file, RFC 1035 5); empty: none */
    const char *trust_anchor; /* optional: DS or DNSKEY records of the root, one a line */
    const char *given_ds;     /* optional: DS records of the target for an undelegated test; put
                                 behind the trust anchor in the measurement */
    struct survey_server *given; /* servers for an undelegated test: the parent is not asked */
    size_t given_count;
    const char *rdap_url;    /* optional: base URL, https only */
    const char *rdap_domain; /* optional: domain to look up there */
    struct bytes ca;         /* PEM certificates that HTTPS trusts; empty: HTTPS cannot be asked */
    const char *reference_url; /* optional: an https URL that answers if our network is well */
    bool lookup; /* RDAP alone is asked, and nobody to whom it sends us: the target is one name */
    const char *net_map; /* optional: lines "ADDR#PORT ADDR#PORT": where to send instead */
    struct survey_limits limits;
};

enum {
    SURVEY_PLAN_MAX = 4 * 1024 * 1024, /* a bundle of all public CA certificates is 250 KB */
    SURVEY_GIVEN_MAX = 64,
};

/* Long-lived part: event loop, politeness per address, parsed CA certificates. One per process, so
 * that many surveys together are as polite as one. */
struct surveyor;
struct net_loop;

int surveyor_new(struct surveyor **ret_surveyor);
void surveyor_free(struct surveyor *surveyor); /* no survey may be under way */
struct net_loop *surveyor_loop(struct surveyor *surveyor);

/* `result` 0 with the measurement (in the arena of the survey), or ERR_NO_MEMORY. */
typedef void survey_done(void *user, int result, const struct measurement *measurement);

/* Starts one survey beside others; `done` is called once from the loop. Plan and arena must live
 * until then. Malformed plans fail here, and `done` is not called: failures as below. */
int surveyor_start(struct surveyor *surveyor, const struct survey_plan *plan, struct arena *arena,
                   const struct clock *clock, survey_done *done, void *user,
                   struct error_detail *detail);

/* Ends every survey as if its deadline had passed. */
void surveyor_give_up(struct surveyor *surveyor);

/* Runs one survey, alone, to its end. All memory of the measurement comes from the arena. `clock`
 * stamps observed_at with real time. ERR_SYNTAX when the plan itself is malformed (target, net_map,
 * given address, URL), ERR_LIMIT, ERR_NO_MEMORY; the world never makes it fail. */
int surveyor_run(struct surveyor *surveyor, const struct survey_plan *plan, struct arena *arena,
                 const struct clock *clock, struct measurement *ret_measurement,
                 struct error_detail *detail);

/* The same with a surveyor of its own. */
int survey_run(const struct survey_plan *plan, struct arena *arena, const struct clock *clock,
               struct measurement *ret_measurement, struct error_detail *detail);

/* The plan as deterministic CBOR, for the prober's pipe. Decoding copies into the arena.
 * ERR_SYNTAX, ERR_LIMIT, ERR_NO_MEMORY. */
int survey_plan_encode(const struct survey_plan *plan, struct buffer *out);
int survey_plan_decode(const void *data, size_t size, struct arena *arena,
                       struct survey_plan *ret_plan);

#endif
