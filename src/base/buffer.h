/* Growable bytes with a ceiling.
 *
 * A buffer cannot be made without a maximum, so no loop over foreign data can grow without limit.
 * The first failure (ceiling or memory) sticks: later appends do nothing, and the writer asks
 * buffer_error() once at the end instead of after every call. The data is kept terminated by a NUL
 * byte that is not counted. */
#ifndef BAILIWICK_BASE_BUFFER_H
#define BAILIWICK_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t limit;
    int failure; /* 0, ERR_LIMIT or ERR_NO_MEMORY */
};

void buffer_init(struct buffer *buffer, size_t limit);
void buffer_done(struct buffer *buffer); /* takes NULL and zeroed buffers */

/* Forgets content and failure, keeps the memory. */
void buffer_clear(struct buffer *buffer);

int buffer_append(struct buffer *buffer, const void *data, size_t size);
int buffer_append_text(struct buffer *buffer, const char *text);
int buffer_append_byte(struct buffer *buffer, uint8_t byte);
int buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reserves `size` bytes at the end and returns where to write them, NULL on failure. */
uint8_t *buffer_extend(struct buffer *buffer, size_t size);

/* 0 or the first failure. */
int buffer_error(const struct buffer *buffer);

/* Content as text; "" when empty. Valid until the next append. */
const char *buffer_text(const struct buffer *buffer);

/* Moves the bytes out (the caller frees them with free()); NULL with *ret_size 0 after a failure.
 */
uint8_t *buffer_take(struct buffer *buffer, size_t *ret_size);

/* Reads a whole file of at most the buffer's remaining limit. -errno or ERR_LIMIT. */
int buffer_load_file(struct buffer *buffer, const char *path);

/* Reads a descriptor to its end. */
int buffer_load_fd(struct buffer *buffer, int fd);

#define BUFFER_CLEANUP __attribute__((cleanup(buffer_done)))

#endif
