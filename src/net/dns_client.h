/* Carries DNS messages to servers and back (RFC 1035 4.2, RFC 5452, RFC 7766), and knows nothing of
 * what they say beyond the header and the question.
 *
 * UDP: each try has a socket of its own, connected to the server, with a source port that the
 * kernel draws at random; earlier sockets stay open until the end, so that a late answer is taken
 * and the time belongs to the right try. A datagram is an answer when it comes from the server's
 * address (connected socket), is a response, has our id and our question; a header alone, without
 * question, is taken with an error code, because that is all a server says that could not read the
 * question (RFC 1035 4.1.1). ICMP errors end the question at once (IP_RECVERR).
 *
 * TCP: one connection, one question, one answer, framed by two bytes of length.
 *
 * Politeness (politeness.h) is kept per logical address; the clock of a question starts when it may
 * go. */
#ifndef BAILIWICK_NET_DNS_CLIENT_H
#define BAILIWICK_NET_DNS_CLIENT_H

#include "net/endpoint.h"
#include "net/loop.h"
#include "net/politeness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DNS_HEADER_SIZE = 12,
    DNS_CLIENT_MESSAGE_MAX = 65535,
    DNS_TRIES_MAX = 5, /* each holds a descriptor until the end of the question */
};

struct dns_request {
    struct endpoint server;
    bool tcp;
    const uint8_t *message; /* header and question, id set by the caller; copied */
    size_t size;
    uint32_t timeout_ms; /* UDP: first try, each further one a quarter longer; TCP: everything */
    uint32_t tries;      /* UDP: 1 .. DNS_TRIES_MAX */
    const struct net_map *map; /* may be NULL; must outlive the question */
    const void *owner;         /* for dns_client_give_up() */
};

struct dns_reply {
    enum net_outcome outcome;
    int64_t started_us;  /* clock_mono() of the first sending */
    int64_t elapsed_us;  /* answered: round trip of the answered try; else until we gave up */
    uint32_t tries;      /* sendings; 0 when it never went */
    const uint8_t *data; /* message, or the last unmatched one; borrowed for the call */
    size_t size;
};

typedef void dns_done(void *user, const struct dns_reply *reply);

struct dns_client;

int dns_client_new(struct net_loop *loop, struct politeness *politeness,
                   struct dns_client **ret_client);

/* Ends what is under way without calling back. The loop must run once more to free it. */
void dns_client_free(struct dns_client *client);

/* `done` is called exactly once, from the loop. ERR_USAGE for a message without a question,
 * ERR_LIMIT, ERR_NO_MEMORY: then it is not called. */
int dns_client_ask(struct dns_client *client, const struct dns_request *request, dns_done *done,
                   void *user);

/* Ends every question of this owner now: `done` is called for each with NET_TIMED_OUT, or
 * NET_OWN_FAILURE for those that were waiting for their turn until now or until too late, and must
 * not ask again. */
void dns_client_give_up(struct dns_client *client, const void *owner);

/* Whether `answer` answers `question` as told above. */
bool dns_answer_matches(const uint8_t *question, size_t question_size, const uint8_t *answer,
                        size_t answer_size);

#endif
