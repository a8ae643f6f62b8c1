/* The daemon's Unix socket `control.sock` in the data directory: commands in, answers out.
 *
 *   request  CONTROL_FRAME_REQUEST  {"command":NAME,"token":TEXT,"cookie":TEXT,"arguments":{...}}
 *   reply    CONTROL_FRAME_REPLY    {"result":{...}} or {"error":CODE,"words":TEXT}
 *
 * The socket has mode 0600 and proves nothing by itself: who acts is proved by the token, for each
 * request. The staff door has a socket of its own and is believed no more than others: it passes
 * the token or the session's cookie on that came with the request of its user. */
#ifndef BAILIWICK_APP_CONTROL_H
#define BAILIWICK_APP_CONTROL_H

#include "base/error.h"
#include "base/json.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    CONTROL_FRAME_REQUEST = 0x43000001,
    CONTROL_FRAME_REPLY = 0x43000002,
    CONTROL_FRAME_MAX = 64 << 20, /* an imported root zone with its database fits many times */
};

/* A listening socket; a stale file of a daemon that died is replaced (the store's lock says that no
 * daemon runs). */
int control_listen(const char *data, int *ret_fd, struct error_detail *detail);

/* Connects to the daemon. ERR_UNAVAILABLE when none listens. */
int control_connect(const char *data, int *ret_fd);

struct control_request {
    const char *command;
    const char *token;       /* NULL: nobody */
    const char *cookie;      /* of the staff door: what a browser showed instead; else NULL */
    const json_t *arguments; /* an object */
};

/* One request, one reply. The daemon's refusal comes back as its code and words. The caller owns
 * *ret_result. */
int control_ask(int fd, const struct control_request *request, json_t **ret_result,
                struct error_detail *detail);

/* One connection on which several threads ask at once: each waits for its own reply alone. Replies
 * come in the order of the requests. After a failure the connection is shut down, since nobody
 * could tell any more which reply is whose. */
struct control_line {
    int fd; /* borrowed */
    pthread_mutex_t sending, reading;
    pthread_cond_t moved;
    uint64_t asked, answered; /* requests that were sent, replies that were read */
    bool broken;
};
void control_line_init(struct control_line *line, int fd);
void control_line_done(struct control_line *line); /* when nobody asks any more */

/* As control_ask(). */
int control_line_ask(struct control_line *line, const struct control_request *request,
                     json_t **ret_result, struct error_detail *detail);

/* The daemon's side of a reply. `result` may be NULL for a failure. */
int control_format_reply(int failure, const struct error_detail *detail, const json_t *result,
                         struct buffer *out);

#endif
