/* Frames (base/frame.h) over a pipe or stream socket on the event loop, for a process of ours that
 * does several things at once. Sending never blocks: what the other side does not take yet waits
 * here. */
#ifndef BAILIWICK_NET_CHANNEL_H
#define BAILIWICK_NET_CHANNEL_H

#include "base/buffer.h"
#include "net/loop.h"

#include <stddef.h>
#include <stdint.h>

struct channel;

struct channel_callbacks {
    void (*frame)(void *user, uint32_t kind, const uint8_t *body, size_t size); /* borrowed */
    /* 0: the other side closed cleanly; else ERR_DAMAGED, ERR_LIMIT or -errno. Nothing more comes.
     */
    void (*end)(void *user, int result);
    void (*sent)(void *user); /* one more frame left us, or never will */
};

/* Takes both descriptors, which may be the same; frames larger than `limit` end the channel. */
int channel_new(struct net_loop *loop, int fd_in, int fd_out, size_t limit,
                const struct channel_callbacks *callbacks, void *user,
                struct channel **ret_channel);
/* Closes; the loop must run once more to free it. What was not sent yet is lost. */
void channel_free(struct channel *channel);

/* Whether frames are wanted now. Starts wanting. */
void channel_want(struct channel *channel, bool want);

/* Sends a frame; the bytes are copied. ERR_NO_MEMORY, -errno. */
int channel_send(struct channel *channel, uint32_t kind, const void *data, size_t size);

/* Bytes that still wait to be sent. */
size_t channel_waiting(const struct channel *channel);

#endif
