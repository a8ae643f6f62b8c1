/* One TLS connection and the plain one that it is carried to. Nothing here waits: tls_relay_turn()
 * does what can be done now, and the other functions say what to wait for. */
#ifndef BAILIWICK_NET_TLS_RELAY_H
#define BAILIWICK_NET_TLS_RELAY_H

#include "net/handover.h"

#include <openssl/types.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

enum { TLS_RELAY_ROOM = 16384, TLS_RELAY_POLLS = 2 };

/* Bytes on their way to one side. */
struct tls_relay_bytes {
    uint8_t data[TLS_RELAY_ROOM];
    size_t at, size; /* [at, size) still has to go */
    bool ended;      /* nothing will follow */
    bool blocked;    /* the side does not take more now */
};

struct tls_relay {
    SSL *tls;
    int outside, inside; /* -1: free; not handed over yet */
    int handover;        /* borrowed */
    bool handed;
    bool wants_write;     /* the handshake, or reading, has to send before it goes on */
    int64_t begun_us;     /* monotonic */
    int64_t moved_us;     /* when it came, or bytes last went either way */
    struct handover peer; /* who came */
    struct tls_relay_bytes in, out;
};

/* Takes the connection, which does not block. ERR_NO_MEMORY: then it is the caller's still. */
int tls_relay_new(SSL_CTX *context, int outside, int handover, const struct handover *peer,
                  struct tls_relay **ret_relay);
void tls_relay_free(struct tls_relay *relay); /* closes both; takes NULL */

/* Does what can be done. False when it is over, and the relay is to be freed. */
bool tls_relay_turn(struct tls_relay *relay, int64_t now_us);

void tls_relay_poll(const struct tls_relay *relay, struct pollfd ret_polls[TLS_RELAY_POLLS]);

#endif
