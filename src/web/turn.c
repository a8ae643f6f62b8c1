#include "web/turn.h"

#include <stddef.h>

struct waiter {
    struct web_waiting waiting; /* the first member */
    pthread_cond_t called;
    bool is_next;
};

void web_turn_init(struct web_turn *turn)
{
    *turn = (struct web_turn){.taken = false};
    web_queue_init(&turn->queue);
    pthread_mutex_init(&turn->lock, NULL);
}

void web_turn_done(struct web_turn *turn)
{
    pthread_mutex_destroy(&turn->lock);
}

uint64_t web_turn_source(const struct web_turn *turn, const char *shown)
{
    return web_queue_source(&turn->queue, shown); /* of its key alone, which never changes */
}

/* With the lock. */
static void call_next(struct web_turn *turn)
{
    struct waiter *next = (struct waiter *)(void *)web_queue_take(&turn->queue, &turn->source);
    turn->taken = next != NULL;
    if (!next)
        return;
    next->is_next = true;
    pthread_cond_signal(&next->called);
}

void web_turn_take(struct web_turn *turn, uint64_t source)
{
    struct waiter self = {.is_next = false};
    pthread_cond_init(&self.called, NULL);
    pthread_mutex_lock(&turn->lock);
    web_queue_add(&turn->queue, &self.waiting, source);
    if (!turn->taken)
        call_next(turn);
    while (!self.is_next)
        pthread_cond_wait(&self.called, &turn->lock);
    pthread_mutex_unlock(&turn->lock);
    pthread_cond_destroy(&self.called);
}

uint64_t web_turn_give(struct web_turn *turn)
{
    pthread_mutex_lock(&turn->lock);
    const uint64_t source = turn->source;
    call_next(turn);
    pthread_mutex_unlock(&turn->lock);
    return source;
}
