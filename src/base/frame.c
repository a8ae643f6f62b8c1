#include "base/frame.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const uint8_t magic[4] = {'B', 'W', 'K', '1'};

static void put_u32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void frame_head(uint8_t head[FRAME_HEAD], uint32_t kind, size_t size)
{
    memcpy(head, magic, sizeof magic);
    put_u32(head + 4, kind);
    put_u32(head + 8, (uint32_t)size);
}

int frame_write(int fd, uint32_t kind, const void *data, size_t size)
{
    uint8_t head[FRAME_HEAD];
    if (size > UINT32_MAX)
        return ERR_LIMIT;
    frame_head(head, kind, size);
    int result = file_write(fd, head, sizeof head);
    if (result >= 0)
        result = file_write(fd, data, size);
    return result == -EPIPE || result == -ECONNRESET ? ERR_CLOSED : result;
}

/* Returns the bytes read, fewer than `size` only at the end of the stream. */
static ssize_t read_all(int fd, uint8_t *data, size_t size)
{
    size_t have = 0;
    while (have < size) {
        ssize_t got = read(fd, data + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == ECONNRESET ? ERR_CLOSED : -errno;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

int frame_read(int fd, uint32_t *ret_kind, struct buffer *body)
{
    uint8_t head[FRAME_HEAD];
    buffer_clear(body);
    ssize_t got = read_all(fd, head, sizeof head);
    if (got < 0)
        return (int)got;
    if (got == 0)
        return ERR_CLOSED;
    if (got < FRAME_HEAD || memcmp(head, magic, sizeof magic) != 0)
        return ERR_DAMAGED;
    size_t size = get_u32(head + 8);
    uint8_t *at = buffer_extend(body, size);
    if (!at)
        return buffer_error(body);
    got = read_all(fd, at, size);
    if (got < 0)
        return (int)got;
    if ((size_t)got < size)
        return ERR_DAMAGED;
    *ret_kind = get_u32(head + 4);
    return 0;
}

int frame_serve(int fd, size_t body_max, frame_answer *answer, void *user)
{
    struct buffer body BUFFER_CLEANUP;
    buffer_init(&body, body_max);
    for (;;) {
        uint32_t kind = 0;
        int result = frame_read(fd, &kind, &body);
        if (result >= 0)
            result = answer(user, fd, kind, &body);
        if (result < 0)
            return result == ERR_CLOSED ? 0 : result;
    }
}

int64_t frame_parse(const uint8_t *data, size_t size, size_t limit, uint32_t *ret_kind,
                    const uint8_t **ret_body, size_t *ret_size)
{
    if (size >= sizeof magic && memcmp(data, magic, sizeof magic) != 0)
        return ERR_DAMAGED;
    if (size < FRAME_HEAD)
        return 0;
    size_t body = get_u32(data + 8);
    if (body > limit)
        return ERR_LIMIT;
    if (size < FRAME_HEAD + body)
        return 0;
    *ret_kind = get_u32(data + 4);
    *ret_body = data + FRAME_HEAD;
    *ret_size = body;
    return (int64_t)(FRAME_HEAD + body);
}
