#include "web/queue.h"

#include "base/digest.h"

#include <stdbool.h>
#include <string.h>

void web_queue_init(struct web_queue *queue)
{
    *queue = (struct web_queue){.served = 0};
    random_bytes(queue->key.bytes, sizeof queue->key.bytes);
}

uint64_t web_queue_source(const struct web_queue *queue, const char *shown)
{
    return keyed_hash(&queue->key, shown, strlen(shown));
}

/* Its own place, else that of the one served longest ago of those of whom nobody waits. */
static struct web_source *place_of(struct web_queue *queue, uint64_t source)
{
    struct web_source *free = NULL;
    for (size_t i = 0; i < WEB_SOURCES_MAX; i++) {
        struct web_source *at = &queue->sources[i];
        if (at->source == source && (at->served || at->first))
            return at;
        if (!at->first && (!free || at->served < free->served))
            free = at;
    }
    *free = (struct web_source){.source = source};
    return free;
}

void web_queue_add(struct web_queue *queue, struct web_waiting *waiting, uint64_t source)
{
    struct web_source *place = place_of(queue, source);
    *waiting = (struct web_waiting){.arrived = ++queue->arrived};
    if (place->first)
        place->last->next = waiting;
    else
        place->first = waiting;
    place->last = waiting;
}

static bool comes_before(const struct web_source *a, const struct web_source *b)
{
    return a->served != b->served ? a->served < b->served : a->first->arrived < b->first->arrived;
}

struct web_waiting *web_queue_take(struct web_queue *queue, uint64_t *ret_source)
{
    struct web_source *next = NULL;
    for (size_t i = 0; i < WEB_SOURCES_MAX; i++) {
        struct web_source *at = &queue->sources[i];
        if (at->first && (!next || comes_before(at, next)))
            next = at;
    }
    if (!next)
        return NULL;
    struct web_waiting *taken = next->first;
    next->first = taken->next;
    next->served = ++queue->served;
    *ret_source = next->source;
    return taken;
}
