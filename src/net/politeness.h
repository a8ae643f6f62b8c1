/* How much one host is asked at once and over time, whoever asks.
 *
 * Each address (ports do not count) has a token bucket: `burst` questions at once, then
 * `per_second`, and never more than `in_flight` unanswered. All hosts together share `total`
 * places, because each holds a descriptor. Who may not go yet waits in one queue, in order per
 * host; the queue has an end.
 *
 * politeness_enter() never calls back itself: `go` comes from the loop. */
#ifndef BAILIWICK_NET_POLITENESS_H
#define BAILIWICK_NET_POLITENESS_H

#include "net/endpoint.h"
#include "net/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct politeness_limits {
    uint32_t burst;      /* 64 */
    uint32_t per_second; /* 100 */
    uint32_t in_flight;  /* 16 */
    uint32_t total;      /* 300: with three tries each still below the usual 1024 descriptors */
    uint32_t waiting;    /* 20000: as many as one measurement holds exchanges */
};

struct politeness_limits politeness_defaults(void);

enum pass_state { PASS_NONE, PASS_WAITING, PASS_GOING };

/* Part of the asker's own object; lives until it left. */
struct politeness_pass {
    struct politeness_pass *next, **link;
    struct politeness_host *host;
    enum pass_state state;
    void (*go)(struct politeness_pass *pass);
};

struct politeness;

int politeness_new(struct net_loop *loop, const struct politeness_limits *limits,
                   struct politeness **ret_politeness);
void politeness_free(struct politeness *politeness); /* nobody may be inside any more */

/* Calls pass->go from the loop when it is the host's turn. ERR_LIMIT when the queue or the table of
 * hosts is full, ERR_NO_MEMORY. */
int politeness_enter(struct politeness *politeness, const struct endpoint *host,
                     struct politeness_pass *pass);

/* The question has ended, or nobody wants to wait any more. Nothing happens when not inside. */
void politeness_leave(struct politeness *politeness, struct politeness_pass *pass);

/* --- the bucket alone, in the time that the caller gives --- */

struct token_bucket {
    int64_t milli_tokens; /* thousandths, so that slow rates add up */
    int64_t filled_at;    /* microseconds */
};

/* Takes one token and returns 0, or returns the microseconds until there will be one. */
int64_t token_bucket_take(struct token_bucket *bucket, const struct politeness_limits *limits,
                          int64_t now);

#endif
