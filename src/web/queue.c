#include "web/queue.h"

#include "base/digest.h"

#include <string.h>

void web_queue_init(struct web_queue *queue)
{
    *queue = (struct web_queue){.first = NULL};
    random_bytes(queue->key.bytes, sizeof queue->key.bytes);
}

void web_queue_add(struct web_queue *queue, struct web_waiting *waiting, const char *shown)
{
    struct web_waiting **end = &queue->first;
    while (*end)
        end = &(*end)->next;
    waiting->source = keyed_hash(&queue->key, shown, strlen(shown));
    waiting->next = NULL;
    *end = waiting;
}

static uint64_t served_of(const struct web_queue *queue, uint64_t source)
{
    for (size_t i = 0; i < WEB_SOURCES_MAX; i++) {
        if (queue->sources[i].served && queue->sources[i].source == source)
            return queue->sources[i].served;
    }
    return 0;
}

/* In its own place, else in that of the one served longest ago. */
static void note_served(struct web_queue *queue, uint64_t source)
{
    struct web_source *place = &queue->sources[0];
    for (size_t i = 0; i < WEB_SOURCES_MAX; i++) {
        struct web_source *at = &queue->sources[i];
        if (at->served && at->source == source) {
            place = at;
            break;
        }
        if (at->served < place->served)
            place = at;
    }
    *place = (struct web_source){source, ++queue->served};
}

struct web_waiting *web_queue_take(struct web_queue *queue)
{
    struct web_waiting **best = NULL;
    uint64_t least = UINT64_MAX;
    for (struct web_waiting **at = &queue->first; *at; at = &(*at)->next) {
        uint64_t served = served_of(queue, (*at)->source);
        if (served >= least)
            continue;
        least = served;
        best = at;
    }
    if (!best)
        return NULL;
    struct web_waiting *taken = *best;
    *best = taken->next;
    taken->next = NULL;
    note_served(queue, taken->source);
    return taken;
}
