/* Which of the requests that wait are run in a turn, so that nobody waits for whoever asks most.
 *
 * Who asks is told by what they show, before anybody looks whether it is good for anything: who
 * shows something new each time is refused for it, which takes no time. */
#include "app/core_parts.h"

#include "app/control.h"
#include "base/frame.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What they show; nothing is a source too. */
static struct digest source_of(const json_t *request)
{
    const char *token = json_text(request, "token"), *cookie = json_text(request, "cookie");
    const char *shown = token ? token : cookie ? cookie : "";
    return digest_of(shown, strlen(shown));
}

static bool has_place(const struct core *core, const struct client *client)
{
    if (client->fd == core->staff.fd) /* which is believed no more than others: no hoard of bytes */
        return client->asked < CORE_DOOR_AT_ONCE && client->asked_bytes < CONTROL_FRAME_MAX;
    return client->asked == 0;
}

static int add(struct core *core, struct client *client, const uint8_t *body, size_t size)
{
    struct asked *asked = core->asked_count < CORE_ASKED_MAX ? calloc(1, sizeof *asked) : NULL;
    if (!asked)
        return ERR_NO_MEMORY;
    asked->client = client;
    asked->size = size;
    asked->failure = json_parse((const char *)body, size, &asked->request, &asked->detail);
    asked->source = source_of(asked->request);
    asked->file =
        json_is_true(json_object_get(asked->request, "file")) ? core_files_take(client) : -1;
    core->asked[core->asked_count++] = asked;
    client->asked++;
    client->asked_bytes += size;
    return 0;
}

/* Takes in the whole requests of one client, as many as it has places for. */
static void fill_from(struct core *core, struct client *client)
{
    size_t used = 0;
    while (!client->broken && has_place(core, client)) {
        uint32_t kind;
        const uint8_t *body;
        size_t size;
        int64_t frame = frame_parse(client->in.data + used, client->in.size - used,
                                    CONTROL_FRAME_MAX, &kind, &body, &size);
        if (frame == 0)
            break;
        if (frame < 0 || kind != CONTROL_FRAME_REQUEST || add(core, client, body, size) < 0)
            client->broken = true;
        else
            used += (size_t)frame;
    }
    if (used > 0) {
        client->in.size -= used;
        memmove(client->in.data, client->in.data + used, client->in.size);
    }
}

bool core_queue_fill(struct core *core)
{
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        struct client *client = &core->clients[i];
        if (client->fd >= 0 && client->in.size >= FRAME_HEAD)
            fill_from(core, client);
    }
    return core->asked_count > 0;
}

static size_t count_of(struct asked *const *list, size_t count, const struct digest *source)
{
    size_t same = 0;
    for (size_t i = 0; i < count; i++)
        same += digest_equal(&list[i]->source, source);
    return same;
}

/* Those that are taken beside the ones that are: while a source has less than `most`. */
static size_t take_until(const struct core *core, size_t most, struct asked *taken[CORE_ASKED_MAX],
                         size_t count)
{
    for (size_t i = 0; i < core->asked_count; i++) {
        struct asked *asked = core->asked[i];
        if (asked->taken || asked->client->broken || count_of(taken, count, &asked->source) >= most)
            continue;
        asked->taken = true;
        taken[count++] = asked;
    }
    return count;
}

struct core_queue_taken core_queue_take(struct core *core, struct asked *ret_taken[CORE_ASKED_MAX])
{
    struct core_queue_taken taken = {0};
    core_queue_fill(core);
    for (size_t i = 0; i < core->asked_count; i++)
        core->asked[i]->taken = false;
    taken.first = take_until(core, 1, ret_taken, 0);
    taken.all = take_until(core, CORE_OF_ONE_USER, ret_taken, taken.first);
    return taken;
}

static void drop(struct asked *asked)
{
    asked->client->asked--;
    asked->client->asked_bytes -= asked->size;
    if (asked->file >= 0)
        close(asked->file);
    json_decref(asked->request);
    json_decref(asked->result);
    free(asked);
}

void core_queue_pass(struct core *core, struct asked *asked)
{
    size_t left = 0;
    for (size_t i = 0; i < core->asked_count; i++) {
        if (core->asked[i] != asked)
            core->asked[left++] = core->asked[i];
    }
    core->asked_count = left;
    drop(asked);
}

void core_queue_forget(struct core *core, const struct client *client)
{
    size_t left = 0;
    for (size_t i = 0; i < core->asked_count; i++) {
        struct asked *asked = core->asked[i];
        if (asked->client == client)
            drop(asked);
        else
            core->asked[left++] = asked;
    }
    core->asked_count = left;
}

static struct client *find_idlest(struct core *core)
{
    struct client *idlest = NULL;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        struct client *client = &core->clients[i];
        if (client->fd < 0 || client->fd == core->staff.fd || client->asked > 0)
            continue;
        if (!idlest || client->moved_us < idlest->moved_us)
            idlest = client;
    }
    return idlest;
}

/* Of the connections that wait, since each of them has one request here. */
struct client *core_queue_last(struct core *core)
{
    struct client *last = find_idlest(core);
    struct asked *waiting[CORE_ASKED_MAX];
    size_t most = 0, count = 0;
    for (size_t i = 0; !last && i < core->asked_count; i++) {
        if (core->asked[i]->client->fd != core->staff.fd)
            waiting[count++] = core->asked[i];
    }
    for (size_t i = 0; i < count; i++) {
        size_t places = count_of(waiting, count, &waiting[i]->source);
        if (places < most)
            continue;
        most = places;
        last = waiting[i]->client;
    }
    return last;
}
