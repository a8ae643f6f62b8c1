/* Test support: measurements made in memory, one healthy world and named ways to break it.
 *
 * The world: the TLD `example`, signed with Ed25519, three name servers inside it with an IPv4 and
 * an IPv6 address each; two addresses of one root server that is also the reference; an RDAP server
 * and a reference web server with both families. `check --list` names the fixtures of this file as
 * fixture_bad and fixture_good. */
#ifndef BAILIWICK_CHECK_FIXTURE_H
#define BAILIWICK_CHECK_FIXTURE_H

#include "base/arena.h"
#include "model/measurement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIXTURE_TARGET "example"

enum { FIXTURE_SERVERS = 3, FIXTURE_FAMILIES = 2, FIXTURE_KINDS = 3 };

/* 2026-06-01T00:00:00Z */
#define FIXTURE_NOW INT64_C(1780272000000000)

enum server_mode {
    SERVER_NORMAL,
    SERVER_LAME,
    SERVER_DOWN, /* port closed */
    SERVER_NO_TCP,
    SERVER_SLOW,
    SERVER_NO_EDNS,
    SERVER_MALFORMED,
    SERVER_OLD_SERIAL,
    SERVER_OTHER_NS,
    SERVER_NO_SIGNATURES,
};

enum root_fault {
    ROOT_RIGHT,
    ROOT_DAMAGED,  /* the signature does not verify */
    ROOT_STALE,    /* the signature has expired, and the DS set is another */
    ROOT_UNSIGNED, /* no signature */
    ROOT_EMPTY,    /* no records */
};

enum path_state {
    PATH_WORKS,
    PATH_DROPS,       /* every question times out */
    PATH_UNREACHABLE, /* no route */
    PATH_OWN_FAILURE, /* no socket, no CA file, no resolver */
};

enum certificate_mode {
    CERTIFICATE_NORMAL,
    CERTIFICATE_OLD,
    CERTIFICATE_NEW,
    CERTIFICATE_OF_ANOTHER,
    CERTIFICATE_SELF_SIGNED,
};

/* All zero is healthy. */
struct fixture_world {
    enum server_mode servers[FIXTURE_SERVERS];
    enum path_state paths[FIXTURE_FAMILIES][FIXTURE_KINDS]; /* ours: IPv4 and IPv6; kind */
    bool without_references;                                /* nothing was asked of others */
    int64_t clock_error_us; /* ours minus the true time, in everything that tells the time */
    /* the zone and its delegation */
    bool wildcard, not_signed, signature_expired, signature_early, signature_broken;
    bool no_ds, wrong_ds;
    enum root_fault root_faults[FIXTURE_FAMILIES]; /* in its answer about DS, at that address */
    bool not_delegated, one_name, other_delegation, no_glue, no_ipv4, no_ipv6;
    /* RDAP */
    bool rdap_down;
    enum certificate_mode certificate;
    int help_status, domain_status; /* 0: 200 */
    const char *media_type;         /* NULL: the right one */
    const char *help_body, *domain_body;
    bool lookup; /* one name alone is looked up: no zone is asked for anything */
};

struct fixture {
    const char *name;
    void (*apply)(struct fixture_world *world);
};

const struct fixture *fixture_table(size_t *ret_count);
const struct fixture *fixture_find(const char *name); /* NULL */

/* All memory from the arena, which must be large enough. */
void fixture_build(const struct fixture_world *world, struct arena *arena,
                   struct measurement *ret_measurement);

#endif
