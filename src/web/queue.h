/* Who waits for a turn, and whose it is, so that nobody waits for whoever asks most. Next is one of
 * the source that was served longest ago; of those of one source, the one that came first.
 *
 * A source is what a request shows (a token, a cookie), else where it comes from. Nobody has looked
 * whether it is good for anything: who shows something new each time is refused, which is quick. */
#ifndef BAILIWICK_WEB_QUEUE_H
#define BAILIWICK_WEB_QUEUE_H

#include "base/keyed_hash.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WEB_WAITING_MAX = 255, /* more than there are connections */
    WEB_SOURCES_MAX = 256, /* remembered; more than can wait, so that there always is a place */
};

/* Part of who waits. */
struct web_waiting {
    struct web_waiting *next;
    uint64_t arrived;
};

struct web_source {
    uint64_t source, served;          /* 0: never */
    struct web_waiting *first, *last; /* in the order in which they came; NULL: none waits */
};

struct web_queue {
    struct hash_key key;
    uint64_t arrived, served; /* counted */
    struct web_source sources[WEB_SOURCES_MAX];
};

void web_queue_init(struct web_queue *queue);

/* `shown` is kept by its hash alone. */
uint64_t web_queue_source(const struct web_queue *queue, const char *shown);

/* At most WEB_WAITING_MAX. */
void web_queue_add(struct web_queue *queue, struct web_waiting *waiting, uint64_t source);

/* Takes out the next one, and its source; NULL when none waits. */
struct web_waiting *web_queue_take(struct web_queue *queue, uint64_t *ret_source);

#endif
