/* Requests that came whole and wait to be answered: whose turn it is, so that nobody waits for
 * whoever asks most. Next is a request of the source that was served longest ago; of those of one
 * source, the one that came first.
 *
 * A source is what a request shows (a token, a cookie), else where it comes from. Nobody has looked
 * whether it is good for anything: who shows something new each time is refused, which is quick. */
#ifndef BAILIWICK_WEB_QUEUE_H
#define BAILIWICK_WEB_QUEUE_H

#include "base/keyed_hash.h"

#include <stddef.h>
#include <stdint.h>

enum { WEB_SOURCES_MAX = 256 }; /* remembered; more than there are connections */

/* Part of what waits. */
struct web_waiting {
    struct web_waiting *next;
    uint64_t source;
};

struct web_source {
    uint64_t source, served; /* 0: never */
};

struct web_queue {
    struct hash_key key;
    struct web_waiting *first; /* in the order in which they came */
    uint64_t served;
    struct web_source sources[WEB_SOURCES_MAX];
};

void web_queue_init(struct web_queue *queue);

/* `shown` is copied by its hash alone. */
void web_queue_add(struct web_queue *queue, struct web_waiting *waiting, const char *shown);

/* Takes out the next one; NULL when none waits. */
struct web_waiting *web_queue_take(struct web_queue *queue);

#endif
