/* Takes TLS connections in, ends their TLS, and hands each over to a door as a plain one.
 *
 * One normal connection: it is accepted, the handshake is done within its time, a pair of sockets
 * is made; the door gets one end with what is known of who came (handover.h), and from then on
 * bytes are carried between the other end and the connection, both ways, until one side ends.
 *
 * The key and all that parses what strangers send before they are anybody stays in this process,
 * which opens no file and knows nothing of the domain. One thread, one poll(), limits in
 * tls_front.c. */
#ifndef BAILIWICK_NET_TLS_FRONT_H
#define BAILIWICK_NET_TLS_FRONT_H

struct ssl_ctx_st;

struct tls_front {
    struct ssl_ctx_st *context; /* of tls_identity_load(); borrowed, as all of this */
    int listener;               /* does not block */
    int handover;               /* the giving end */
    int stop;                   /* readable, or at its end, when it is time to stop */
};

/* Serves until then; once at a time in a process. */
void tls_front_run(const struct tls_front *front);

#endif
