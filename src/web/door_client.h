/* A plain HTTP client over loopback, for the tests of this room. */
#ifndef BAILIWICK_WEB_DOOR_CLIENT_H
#define BAILIWICK_WEB_DOOR_CLIENT_H

#include "base/buffer.h"

/* Opens a listening socket on a port that the kernel chooses; the address goes to `ret_address`. */
int door_listen(char ret_address[80]);

/* Sends the bytes as they are and reads until the other side closes. The reply is head and body;
 * the Date header, which differs from run to run, is taken out. */
void door_send(const char *address, const char *request, struct buffer *ret_reply);

/* One request of `method` for `path` with extra header lines (each ending in \r\n) and a body. */
void door_ask(const char *address, const char *method, const char *path, const char *headers,
              const char *body, struct buffer *ret_reply);

/* Status of a reply, and its body. */
int door_status(const struct buffer *reply);
const char *door_body(const struct buffer *reply);

#endif
