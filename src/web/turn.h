/* The turn of a door whose connections have threads of their own: one thread at a time has it, and
 * queue.h says who is next.
 *
 * A thread that waits for something else gives it up meanwhile:
 *
 *     uint64_t source = web_turn_give(turn);
 *     ... wait ...
 *     web_turn_take(turn, source);
 */
#ifndef BAILIWICK_WEB_TURN_H
#define BAILIWICK_WEB_TURN_H

#include "web/queue.h"

#include <pthread.h>
#include <stdbool.h>

struct web_turn {
    pthread_mutex_t lock; /* of the rest */
    struct web_queue queue;
    bool taken;
    uint64_t source; /* of whoever has it */
};

void web_turn_init(struct web_turn *turn);
void web_turn_done(struct web_turn *turn); /* when nobody has it or waits for it */

/* Of what somebody shows, for the next function. */
uint64_t web_turn_source(const struct web_turn *turn, const char *shown);

/* Waits until it is ours. At most WEB_WAITING_MAX threads may wait. */
void web_turn_take(struct web_turn *turn, uint64_t source);

/* Lets the next one have it. Returns the source that had it. */
uint64_t web_turn_give(struct web_turn *turn);

#endif
