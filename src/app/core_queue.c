/* Which of the requests that wait are run in a turn, so that nobody waits for whoever asks most.
 *
 * Who asks is told by what they show, before anybody looks whether it is good for anything: who
 * shows something new each time is refused for it, which takes no time. */
#include "app/core_parts.h"

#include "app/control.h"
#include "base/frame.h"

#include <stdlib.h>
#include <string.h>

/* What they show; nothing is a source too. */
static struct digest source_of(const json_t *request)
{
    const char *token = json_text(request, "token"), *cookie = json_text(request, "cookie");
    const char *shown = token ? token : cookie ? cookie : "";
    return digest_of(shown, strlen(shown));
}

/* Looks whether the client has a whole request. */
static void look_at(struct core *core, struct client *client)
{
    uint32_t kind;
    const uint8_t *body;
    size_t size;
    if (client->fd < 0 || client->broken || client->arrived || client->in.size < FRAME_HEAD)
        return;
    int64_t used =
        frame_parse(client->in.data, client->in.size, CONTROL_FRAME_MAX, &kind, &body, &size);
    if (used < 0 || (used > 0 && kind != CONTROL_FRAME_REQUEST)) {
        client->broken = true;
        return;
    }
    if (used == 0)
        return;
    client->frame = (size_t)used;
    client->arrived = ++core->arrivals;
    client->request = NULL;
    json_parse((const char *)body, size, &client->request, /* detail= */ NULL);
    client->source = source_of(client->request);
}

static int compare_arrival(const void *a, const void *b)
{
    const struct client *x = *(struct client *const *)a, *y = *(struct client *const *)b;
    return (x->arrived > y->arrived) - (x->arrived < y->arrived);
}

static size_t count_of(struct client *const *list, size_t count, const struct digest *source)
{
    size_t same = 0;
    for (size_t i = 0; i < count; i++)
        same += digest_equal(&list[i]->source, source);
    return same;
}

/* All that wait, first come first. */
static size_t list_waiting(struct core *core, struct client *list[CORE_CLIENTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        struct client *client = &core->clients[i];
        if (client->fd >= 0 && !client->broken && client->arrived)
            list[count++] = client;
    }
    qsort(list, count, sizeof *list, compare_arrival);
    return count;
}

/* Those of `waiting` that are taken beside the ones that are: while a source has less than `most`.
 */
static size_t take_until(struct client *const *waiting, size_t count, size_t most,
                         struct client *taken[CORE_CLIENTS_MAX], size_t taken_count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_taken = false;
        for (size_t k = 0; k < taken_count; k++)
            is_taken = is_taken || taken[k] == waiting[i];
        if (!is_taken && count_of(taken, taken_count, &waiting[i]->source) < most)
            taken[taken_count++] = waiting[i];
    }
    return taken_count;
}

struct core_queue_taken core_queue_take(struct core *core,
                                        struct client *ret_taken[CORE_CLIENTS_MAX])
{
    struct client *waiting[CORE_CLIENTS_MAX];
    struct core_queue_taken taken = {0};
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        look_at(core, &core->clients[i]);
    size_t count = list_waiting(core, waiting);
    taken.first = take_until(waiting, count, 1, ret_taken, 0);
    taken.all = take_until(waiting, count, CORE_OF_ONE_USER, ret_taken, taken.first);
    core->more_wait = taken.all < count;
    return taken;
}

void core_queue_forget(struct client *client)
{
    json_decref(client->request);
    client->request = NULL;
    client->arrived = 0;
}

void core_queue_pass(struct client *client)
{
    client->in.size -= client->frame;
    memmove(client->in.data, client->in.data + client->frame, client->in.size);
    core_queue_forget(client);
}

static struct client *find_idlest(struct core *core)
{
    struct client *idlest = NULL;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        struct client *client = &core->clients[i];
        if (client->fd < 0 || client->fd == core->staff.fd || client->arrived)
            continue;
        if (!idlest || client->moved_us < idlest->moved_us)
            idlest = client;
    }
    return idlest;
}

struct client *core_queue_last(struct core *core)
{
    struct client *waiting[CORE_CLIENTS_MAX], *last = find_idlest(core);
    size_t most = 0, count = last ? 0 : list_waiting(core, waiting);
    for (size_t i = 0; i < count; i++) {
        size_t places = count_of(waiting, count, &waiting[i]->source);
        if (waiting[i]->fd == core->staff.fd || places < most)
            continue;
        most = places;
        last = waiting[i];
    }
    return last;
}
