/* Inside of this room: one survey under way.
 *
 * A round ends when nothing is pending. Whoever starts something holds it (round_hold) and lets go
 * when its last answer was worked off (round_release); a question does both by itself, so that a
 * chain of questions keeps the round alive as long as the next is asked before the callback
 * returns. */
#ifndef BAILIWICK_MEASURE_ROUND_H
#define BAILIWICK_MEASURE_ROUND_H

#include "measure/hints.h"
#include "measure/survey.h"
#include "net/dns_client.h"
#include "net/https.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARENTS_PER_FAMILY = 4,    /* root server addresses asked for the delegation: enough to see that
                                  they disagree, few enough to be welcome */
    REFERENCES_PER_FAMILY = 3, /* one that is down by itself must not look like our outage */
    NS_NAMES_MAX = 32,         /* of one zone: the root has 13 */
    ADDRESSES_MAX = 8,         /* of one host name */
    RESOLUTIONS_MAX = 200, /* questions of resolve.c in one round: 32 names, 3 levels, 2 types */
    REDIRECTS_MAX = 3,     /* of one HTTPS question; RDAP bootstrap needs one */
    EDNS_SIZE = 1232,      /* avoids fragments on IPv6 (DNS flag day 2020) */
};

struct surveyor {
    struct net_loop loop;
    struct politeness *politeness;
    struct dns_client *dns;
    struct https_client *https;
    struct trust
        *trust; /* of the last bytes with this digest; NULL: none yet, or they are no good */
    struct digest trust_digest;
    struct round *rounds; /* under way */
};

struct round {
    struct round *next, **link;
    struct surveyor *surveyor;
    const struct survey_plan *plan;
    struct measurement measurement;
    survey_done *finished;
    void *user;
    struct trust *trust;         /* NULL: HTTPS cannot be asked */
    struct survey_limits limits; /* without zeros */
    struct arena *arena;
    struct net_map map;
    const char *target; /* normalised */
    const char *absent; /* a name under the target that cannot exist */
    struct hints hints;
    struct exchange **exchanges;
    size_t exchange_count;
    struct measured_server *servers;
    size_t server_count;
    const char *names[NS_NAMES_MAX]; /* name servers whose addresses were or are looked for */
    size_t name_count;
    struct shown *shown; /* serial.c: answers about the target's SOA record */
    size_t shown_count;
    struct net_timer *serial_timer; /* serial.c: NULL: no pause under way */
    unsigned resolutions;           /* questions asked by resolve.c */
    unsigned pending;
    int64_t started_us;      /* clock_mono() */
    struct net_timer *timer; /* the deadline, and then the end */
    bool laboratory;         /* special addresses may be asked */
    bool over;               /* deadline passed: nothing new may be asked */
    bool no_memory;
};

/* Called once from the loop when nothing is pending any more. */
void round_ended(void *round);

void round_hold(struct round *round);
void round_release(struct round *round);

/* A new exchange with these fields, which gets its id at the end. NULL when there are too many or
 * no memory is left (then round->no_memory). */
struct exchange *round_exchange(struct round *round, const struct exchange *fields);

/* An exchange that never went anywhere. */
void round_failed(struct round *round, enum exchange_purpose purpose, enum exchange_kind kind,
                  enum exchange_outcome outcome, const char *server);

/* Sorts and numbers the exchanges and moves everything to the measurement. */
int round_finish(struct round *round, struct measurement *measurement);

enum exchange_outcome round_outcome(enum net_outcome outcome);
struct endpoint round_endpoint(const struct net_address *address);

/* False for an address that no honest zone has: loopback, private and the like. Whoever runs a zone
 * must not point us at our own network. */
bool round_may_ask(const struct round *round, const struct net_address *address);

/* --- question.c --- */

struct question {
    enum exchange_purpose purpose;
    const char *server;
    struct net_address address;
    const char *name;
    uint16_t type;
    bool tcp;
    bool dnssec_ok;
    bool plain;     /* without EDNS; set when a server refused it (RFC 6891 7), and asked again */
    bool fall_back; /* ask again over TCP when the answer is truncated */
    bool hasty;     /* shorter time-outs: another server will be asked */
};

/* Called once with the exchange that counts (the one over TCP after a truncated answer). */
typedef void question_done(struct round *round, void *user, const struct exchange *exchange);

/* Asks; `done` may be NULL. False when it could not be asked at all: `done` is not called. */
bool question_ask(struct round *round, const struct question *question, question_done *done,
                  void *user);

/* --- one file each --- */

void reference_start(struct round *round);
void delegation_start(struct round *round);
void rdap_start(struct round *round);

/* --- serial.c --- */

/* A question_done for the target's SOA record; asks again where a server is behind. The pause is a
 * part of the survey's time: 6 s of 20 s. */
void serial_heard(struct round *round, void *user, const struct exchange *exchange);
/* The deadline passed: no pause any more. */
void serial_give_up(struct round *round);

/* A server of the target is known: asks it everything, once. */
void apex_server(struct round *round, const char *name, const struct net_address *address,
                 bool from_glue);
/* A name server is known by name only: finds its addresses, then apex_server(). */
void apex_name(struct round *round, const char *name);

/* --- resolve.c --- */

typedef void resolve_done(struct round *round, void *user, const struct net_address *addresses,
                          size_t count);

/* IPv4 and IPv6 addresses of a host, asked from the root servers down. `done` is called once, also
 * without any address, perhaps before this returns. */
void resolve_host(struct round *round, const char *name, resolve_done *done, void *user);

/* --- fetch.c --- */

struct fetch_item {
    enum exchange_purpose purpose;
    const char *url;
};

/* Gets URLs of one host (that of the first) over IPv4 and over IPv6. Items are copied. */
void fetch_start(struct round *round, const struct fetch_item *items, size_t count,
                 const char *accept);

#endif
