#include "base/buffer.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void buffer_init(struct buffer *buffer, size_t limit)
{
    *buffer = (struct buffer){.limit = limit};
}

void buffer_done(struct buffer *buffer)
{
    if (!buffer)
        return;
    free(buffer->data);
    *buffer = (struct buffer){.limit = buffer->limit};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failure = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

static int fail(struct buffer *buffer, int code)
{
    if (!buffer->failure)
        buffer->failure = code;
    return buffer->failure;
}

/* Makes room for `more` bytes and the terminator. */
static int reserve(struct buffer *buffer, size_t more)
{
    if (buffer->failure)
        return buffer->failure;
    if (more > buffer->limit - buffer->size)
        return fail(buffer, ERR_LIMIT);
    size_t need = buffer->size + more + 1;
    if (need <= buffer->capacity)
        return 0;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < need)
        capacity *= 2;
    uint8_t *data = realloc(buffer->data, capacity);
    if (!data)
        return fail(buffer, ERR_NO_MEMORY);
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

uint8_t *buffer_extend(struct buffer *buffer, size_t size)
{
    if (reserve(buffer, size) < 0)
        return NULL;
    uint8_t *at = buffer->data + buffer->size;
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
    return at;
}

int buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    uint8_t *at = buffer_extend(buffer, size);
    if (!at)
        return buffer->failure;
    if (size)
        memcpy(at, data, size);
    return 0;
}

int buffer_append_text(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, text, strlen(text));
}

int buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
    /* What is escaped or quoted comes byte by byte. */
    bool full = buffer->size >= buffer->limit || buffer->size + 2 > buffer->capacity;
    if (full || buffer->failure)
        return buffer_append(buffer, &byte, 1);
    buffer->data[buffer->size++] = byte;
    buffer->data[buffer->size] = '\0';
    return 0;
}

/* Bytes that fit without more memory. */
static size_t spare(const struct buffer *buffer)
{
    size_t room = buffer->capacity ? buffer->capacity - buffer->size - 1 : 0;
    size_t left = buffer->limit - buffer->size;
    return room < left ? room : left;
}

int buffer_printf(struct buffer *buffer, const char *format, ...)
{
    if (buffer->failure || reserve(buffer, 0) < 0)
        return buffer->failure;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t room = spare(buffer);
    char *at = (char *)buffer->data + buffer->size;
    int size = vsnprintf(at, room + 1, format, args);
    va_end(args);
    *(size > 0 && (size_t)size <= room ? at + size : at) = '\0'; /* nothing of what is cut */
    if (size < 0)
        fail(buffer, ERR_INTERNAL);
    else if ((size_t)size <= room)
        buffer->size += (size_t)size;
    else if ((at = (char *)buffer_extend(buffer, (size_t)size)))
        vsnprintf(at, (size_t)size + 1, format, again);
    va_end(again);
    return buffer->failure;
}

int buffer_error(const struct buffer *buffer)
{
    return buffer->failure;
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data ? (const char *)buffer->data : "";
}

uint8_t *buffer_take(struct buffer *buffer, size_t *ret_size)
{
    *ret_size = 0;
    if (buffer->failure || reserve(buffer, 0) < 0)
        return NULL;
    uint8_t *data = buffer->data;
    *ret_size = buffer->size;
    data[buffer->size] = '\0';
    *buffer = (struct buffer){.limit = buffer->limit};
    return data;
}

int buffer_load_fd(struct buffer *buffer, int fd)
{
    for (;;) {
        size_t room = buffer->limit - buffer->size;
        size_t chunk = room < 65536 ? room : 65536;
        if (reserve(buffer, chunk) < 0)
            return buffer->failure;
        /* One byte more than the limit tells "exactly full" from "too large". */
        uint8_t probe;
        ssize_t got = chunk ? read(fd, buffer->data + buffer->size, chunk) : read(fd, &probe, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(buffer, -errno);
        if (got == 0)
            break;
        if (!chunk)
            return fail(buffer, ERR_LIMIT);
        buffer->size += (size_t)got;
    }
    if (reserve(buffer, 0) < 0)
        return buffer->failure;
    buffer->data[buffer->size] = '\0';
    return 0;
}

int buffer_load_file(struct buffer *buffer, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(buffer, -errno);
    int result = buffer_load_fd(buffer, fd);
    close(fd);
    return result;
}
