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

/* The daemon's side of a reply. `result` may be NULL for a failure. */
int control_format_reply(int failure, const struct error_detail *detail, const json_t *result,
                         struct buffer *out);

#endif
