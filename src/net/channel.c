#include "net/channel.h"

#include "base/error.h"
#include "base/frame.h"

#include <stdlib.h>
#include <string.h>

enum { READ_SIZE = 65536 };

struct channel {
    uv_pipe_t in, out;
    uv_stream_t *sender; /* `in` when both directions are one descriptor */
    struct channel_callbacks callbacks;
    void *user;
    size_t limit;
    struct buffer got;
    bool want, ended, freed, handing;
    int ending; /* what to tell when the frames before it were taken */
    bool has_ending;
    unsigned open_handles;
    char piece[READ_SIZE];
};

static void handle_closed(uv_handle_t *handle)
{
    struct channel *channel = handle->data;
    if (--channel->open_handles)
        return;
    buffer_done(&channel->got);
    free(channel);
}

static void end(struct channel *channel, int result)
{
    if (channel->ended)
        return;
    channel->ended = true;
    uv_read_stop((uv_stream_t *)&channel->in);
    channel->callbacks.end(channel->user, result);
}

/* Hands out whole frames as long as they are wanted. */
static void hand_out(struct channel *channel)
{
    size_t taken = 0;
    if (channel->handing)
        return; /* called from inside a callback; the loop below goes on */
    channel->handing = true;
    while (channel->want && !channel->freed && !channel->ended && taken < channel->got.size) {
        uint32_t kind;
        const uint8_t *body;
        size_t size;
        int64_t whole = frame_parse(channel->got.data + taken, channel->got.size - taken,
                                    channel->limit, &kind, &body, &size);
        if (whole < 0)
            end(channel, (int)whole);
        if (whole <= 0)
            break;
        taken += (size_t)whole;
        channel->callbacks.frame(channel->user, kind, body, size);
    }
    if (taken) {
        memmove(channel->got.data, channel->got.data + taken, channel->got.size - taken);
        channel->got.size -= taken;
    }
    channel->handing = false;
    if (channel->has_ending && channel->want && !channel->freed)
        end(channel, channel->ending ? channel->ending : channel->got.size ? ERR_DAMAGED : 0);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_room)
{
    struct channel *channel = handle->data;
    (void)suggested;
    *ret_room = uv_buf_init(channel->piece, sizeof channel->piece);
}

static void take_piece(uv_stream_t *stream, ssize_t size, const uv_buf_t *piece)
{
    struct channel *channel = stream->data;
    if (size == 0)
        return;
    if (size < 0) {
        uv_read_stop(stream);
        channel->has_ending = true;
        channel->ending = size == UV_EOF || size == UV_ECONNRESET ? 0 : (int)size;
    } else if (buffer_append(&channel->got, piece->base, (size_t)size) < 0) {
        end(channel, ERR_LIMIT);
        return;
    }
    hand_out(channel);
}

static int open_pipes(struct channel *channel, struct net_loop *loop, int fd_in, int fd_out)
{
    uv_pipe_init(&loop->uv, &channel->in, /* ipc= */ 0);
    uv_pipe_init(&loop->uv, &channel->out, /* ipc= */ 0);
    channel->in.data = channel->out.data = channel;
    channel->open_handles = 2;
    channel->sender = (uv_stream_t *)(fd_in == fd_out ? &channel->in : &channel->out);
    int result = uv_pipe_open(&channel->in, fd_in);
    if (result >= 0 && fd_in != fd_out)
        result = uv_pipe_open(&channel->out, fd_out);
    return result;
}

int channel_new(struct net_loop *loop, int fd_in, int fd_out, size_t limit,
                const struct channel_callbacks *callbacks, void *user, struct channel **ret_channel)
{
    struct channel *channel = calloc(1, sizeof *channel);
    if (!channel)
        return ERR_NO_MEMORY;
    channel->callbacks = *callbacks;
    channel->user = user;
    channel->limit = limit;
    buffer_init(&channel->got, limit + FRAME_HEAD + READ_SIZE);
    int result = open_pipes(channel, loop, fd_in, fd_out);
    if (result < 0) {
        channel_free(channel); /* with the descriptors that were taken */
        return result;
    }
    channel_want(channel, true);
    *ret_channel = channel;
    return 0;
}

void channel_free(struct channel *channel)
{
    if (!channel)
        return;
    channel->freed = true;
    uv_close((uv_handle_t *)&channel->in, handle_closed);
    uv_close((uv_handle_t *)&channel->out, handle_closed);
}

void channel_want(struct channel *channel, bool want)
{
    if (channel->want == want || channel->ended)
        return;
    channel->want = want;
    if (!want) {
        uv_read_stop((uv_stream_t *)&channel->in);
    } else {
        if (!channel->has_ending)
            uv_read_start((uv_stream_t *)&channel->in, give_room, take_piece);
        hand_out(channel);
    }
}

struct sending {
    uv_write_t request;
    uint8_t bytes[];
};

static void frame_sent(uv_write_t *request, int status)
{
    struct channel *channel = request->handle->data;
    (void)status; /* reading tells when the other side is gone */
    free(request->data);
    if (!channel->freed)
        channel->callbacks.sent(channel->user);
}

int channel_send(struct channel *channel, uint32_t kind, const void *data, size_t size)
{
    struct sending *sending = malloc(sizeof *sending + FRAME_HEAD + size);
    if (!sending)
        return ERR_NO_MEMORY;
    frame_head(sending->bytes, kind, size);
    memcpy(sending->bytes + FRAME_HEAD, data, size);
    sending->request.data = sending;
    uv_buf_t whole = uv_buf_init((char *)sending->bytes, (unsigned)(FRAME_HEAD + size));
    int result = uv_write(&sending->request, channel->sender, &whole, 1, frame_sent);
    if (result < 0)
        free(sending);
    return result;
}

size_t channel_waiting(const struct channel *channel)
{
    return uv_stream_get_write_queue_size(channel->sender);
}
