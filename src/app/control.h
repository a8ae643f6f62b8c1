/* The daemon's Unix socket `control.sock` in the data directory: commands in, answers out.
 *
 *   request  CONTROL_FRAME_REQUEST  {"number":N,"command":NAME,"token":TEXT,"cookie":TEXT,
 *                                    "certificate":HEX,"file":true,"arguments":{...}}
 *   reply    CONTROL_FRAME_REPLY    {"number":N,"result":{...}} or
 *                                   {"number":N,"error":CODE,"words":TEXT}
 *
 * A number is for who has several requests under way: the reply repeats it, and comes when its turn
 * has come (core_queue.c), not in the order in which they were sent. With "file" a descriptor comes
 * along (unix(7), SCM_RIGHTS), with the first byte of the frame; the staff door's alone is taken.
 *
 * The socket has mode 0600 and proves nothing by itself: who acts is proved by the token, for each
 * request. The staff door has a socket of its own and is believed no more than others: it passes
 * the token or the session's cookie on that came with the request of its user, and the SHA-256 of
 * the certificate that was shown with it, which is asked of nobody else. */
#ifndef BAILIWICK_APP_CONTROL_H
#define BAILIWICK_APP_CONTROL_H

#include "base/error.h"
#include "base/json.h"

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
    const char *certificate; /* of the staff door: what came with the token, in hex; else NULL */
    const json_t *arguments; /* an object */
    const int *file;         /* a descriptor that goes along; NULL for none */
};

/* One request, one reply. The daemon's refusal comes back as its code and words. The caller owns
 * *ret_result. */
int control_ask(int fd, const struct control_request *request, json_t **ret_result,
                struct error_detail *detail);

/* The same step by step, for whoever has more than one request under way on a connection
 * (control_line.h): each has a number above 0 then, which its reply repeats. */
int control_send(int fd, const struct control_request *request, int64_t number,
                 struct error_detail *detail);
int control_receive(int fd, json_t **ret_reply, struct error_detail *detail); /* the caller's */
int control_read_reply(const json_t *reply, json_t **ret_result, struct error_detail *detail);

/* ERR_UNAVAILABLE: no reply will come any more. */
int control_tell_end(struct error_detail *detail);

/* The daemon's side of a reply. `result` may be NULL for a failure. */
struct control_reply {
    int64_t number; /* of the request; 0 for none */
    int failure;
    const struct error_detail *detail;
    const json_t *result;
};
int control_format_reply(const struct control_reply *reply, struct buffer *out);

#endif
