/* A connection that one process of ours took in and another serves: its descriptor, with what only
 * the first can know of who is at the other end.
 *
 * Both hold one end of a pair of SOCK_SEQPACKET sockets, which the core makes and keeps: when one
 * of the two is started anew, nothing is lost that the other sent meanwhile. */
#ifndef BAILIWICK_NET_HANDOVER_H
#define BAILIWICK_NET_HANDOVER_H

#include "base/digest.h"

#include <stdbool.h>
#include <sys/socket.h>

enum { HANDOVER_GIVES, HANDOVER_TAKES, HANDOVER_ENDS };

struct handover {
    struct sockaddr_storage peer;
    socklen_t peer_size;
    bool has_certificate;      /* who is there showed one, and has its key */
    struct digest certificate; /* SHA-256 of its DER */
};

/* Both close-on-exec; the giving end does not block. -errno. */
int handover_pair(int ret_ends[HANDOVER_ENDS]);

/* Whether a descriptor is one of those ends, rather than a socket that listens. */
bool handover_is_end(int fd);

/* The descriptor stays the caller's. -EAGAIN when nobody takes any more. */
int handover_give(int end, int connection, const struct handover *about);

/* Does not wait: -EAGAIN when there is none. The caller owns *ret_connection. ERR_CLOSED at the
 * end, ERR_DAMAGED for what is no handover. */
int handover_take(int end, int *ret_connection, struct handover *ret_about);

#endif
