/* One measurement, read once, in the form that checks want.
 *
 * Each DNS message is parsed once; each address of each name server knows how it was heard over UDP
 * and TCP; the references say which of our own paths and whether our own clock worked. Nothing here
 * is a result. All memory comes from the arena of the run; everything is constant after
 * view_build(). */
#ifndef BAILIWICK_CHECK_VIEW_H
#define BAILIWICK_CHECK_VIEW_H

#include "base/arena.h"
#include "model/measurement.h"
#include "model/verdict.h"
#include "proto/dns/dnssec.h"
#include "proto/dns/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VIEW_NAMES_MAX = 200, /* name servers of one zone that are compared; the root has 13 */
};

/* One DNS exchange. */
struct heard {
    const struct exchange *exchange;
    const char *name;                  /* of the question; "" when our own bytes are not a query */
    uint16_t type;                     /* of the question */
    bool asked_edns, asked_dnssec;     /* the question had an OPT record, with DO set */
    const struct dns_message *message; /* NULL: no answer, or one that cannot be read */
};

/* How one address was heard over one transport; the last two are answers that can be read. */
enum hearing {
    HEARING_NONE,       /* not asked */
    HEARING_UNKNOWN,    /* we could not look (C1), or were only told that EDNS is not known */
    HEARING_SILENT,     /* no answer, while references answered on the same path */
    HEARING_UNREADABLE, /* answers, none of which can be read */
    HEARING_LAME,       /* answers, but not with authority for the zone */
    HEARING_GOOD,
};

/* One address of one name server of the target. */
struct host {
    const char *name;
    const struct net_address *address;
    const char *subject; /* "ns1.example/192.0.2.1" */
    enum hearing udp, tcp;
    const struct heard **heard; /* its apex and no-such-name exchanges, in their order */
    size_t heard_count;
};

enum clock_trust {
    CLOCK_UNCONFIRMED, /* no reference told the time */
    CLOCK_DOUBTED,     /* a reference disagrees with our clock */
    CLOCK_CONFIRMED,
};

struct view {
    const struct measurement *measurement;
    struct arena *arena;
    struct heard *heard; /* every DNS exchange */
    size_t heard_count;
    struct host *hosts; /* every address that the measurement lists */
    size_t host_count;
    const struct exchange *reference[2][3]; /* the first that answered, over IPv4 and IPv6; index
                                               enum exchange_kind; NULL: none did */
    bool reference_tls; /* a reference was reached over HTTPS with a certificate we trust */
    enum clock_trust clock;
    const char *clock_reason; /* one sentence when not confirmed */
    const struct dnssec_anchor *anchors;
    size_t anchor_count;
    struct dnssec_budget budget; /* for the whole run */
};

/* The clock may be this far off before time-dependent results are withheld. */
#define VIEW_CLOCK_TOLERANCE_US INT64_C(60000000)

/* The year 9000: dates around it still have four digits. */
#define VIEW_OBSERVED_MAX_US INT64_C(221845392000000000)

/* ERR_SYNTAX: observed_at, or the times of an exchange (more than a day), make no sense.
 * ERR_NO_MEMORY. */
int view_build(const struct measurement *measurement, struct arena *arena, struct view **ret_view);

/* What silence of that address over that kind of exchange means: SEEN or UNKNOWN (C1). */
enum sight view_silence(const struct view *view, enum address_family family,
                        enum exchange_kind kind);

/* Did this exchange fail on our side, so that it says nothing about the other? */
bool view_own_failure(const struct exchange *exchange);

/* An answer that can be read, from a server that does not know EDNS (RFC 6891 7): FORMERR without
 * an OPT record. */
bool heard_refuses_edns(const struct heard *heard);

/* Good over at least one transport and lame over none: its answers are the zone's. */
bool host_speaks(const struct host *host);
/* We could not look at it over any transport. */
bool host_unknown(const struct host *host);

/* The whole, authoritative answer of a host to a question of that purpose and type, over UDP when
 * it is there, else over TCP. NULL when there is none, and for hosts that do not speak. */
const struct heard *host_answer(const struct host *host, enum exchange_purpose purpose,
                                uint16_t type);

/* Was every name server heard, or its silence seen, on at least one address? Only then may a check
 * of the whole zone say NOT_SEEN. False without servers. */
bool view_complete(const struct view *view);

/* What a check of the whole zone says: SEEN as soon as it was seen; NOT_SEEN when every name server
 * was heard or known silent; else UNKNOWN. False (C2): nobody speaks for the zone, and we know. */
bool view_zone_sight(const struct view *view, size_t answers, bool seen, enum sight *ret_sight);

/* Has any server of the zone shown DNSKEY records? *ret_answers counts the answers about them. */
bool view_has_keys(const struct view *view, size_t *ret_answers);

/* Sorted set of names. */
struct name_set {
    const char **names;
    size_t count;
};
/* Adds when not there yet. ERR_NO_MEMORY, ERR_LIMIT. */
int name_set_add(struct name_set *set, const char *name, struct arena *arena);
bool name_set_equal(const struct name_set *a, const struct name_set *b);
bool name_set_has(const struct name_set *set, const char *name);

#endif
