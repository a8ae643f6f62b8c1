/* The one message format between our processes: a frame of kind and bytes on a pipe or socket.
 *
 *   u32 magic "BWK1" | u32 kind | u32 size | size bytes        (big endian)
 *
 * A frame larger than the reader's limit, a wrong magic or an end in the middle is an error: the
 * other process is then not to be believed any further. Reading and writing block. */
#ifndef BAILIWICK_BASE_FRAME_H
#define BAILIWICK_BASE_FRAME_H

#include "base/buffer.h"

#include <stdint.h>

enum { FRAME_HEAD = 12 };

/* Writes one frame. -errno; ERR_CLOSED when nobody reads (SIGPIPE must be ignored). */
int frame_write(int fd, uint32_t kind, const void *data, size_t size);

/* Reads one frame into `body` (cleared first; its limit is the limit of the frame). ERR_CLOSED at a
 * clean end, ERR_DAMAGED for a wrong magic or a torn frame, ERR_LIMIT for a too large one. */
int frame_read(int fd, uint32_t *ret_kind, struct buffer *body);

/* Carries out one request and writes its reply to `fd`. A failure ends the serving: for a request
 * that is only refused, write a reply that says so. */
typedef int frame_answer(void *user, int fd, uint32_t kind, const struct buffer *body);

/* Reads requests of up to `body_max` bytes and has each answered, until the other side closes: then
 * 0. Else the failure of reading or of `answer`. */
int frame_serve(int fd, size_t body_max, frame_answer *answer, void *user);

/* For event loops: looks at the start of `data`. Returns the size of the first whole frame, 0 when
 * more bytes are needed, or a failure. */
int64_t frame_parse(const uint8_t *data, size_t size, size_t limit, uint32_t *ret_kind,
                    const uint8_t **ret_body, size_t *ret_size);

void frame_head(uint8_t head[FRAME_HEAD], uint32_t kind, size_t size);

#endif
