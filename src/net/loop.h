/* The event loop of one process: libuv, its clock, and what became of one question.
 *
 * Everything of this room that waits hangs on one loop, and every call back comes from
 * net_loop_run(): never from inside the function that started the work. */
#ifndef BAILIWICK_NET_LOOP_H
#define BAILIWICK_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct net_loop {
    uv_loop_t uv;
};

/* -errno as libuv gives it. */
int net_loop_init(struct net_loop *loop);

/* Closes what is still open on the loop, runs the closing and frees it. Clients first. */
void net_loop_done(struct net_loop *loop);

/* Runs until *stop is true. Returns ERR_INTERNAL when nothing is left that could make it so. */
int net_loop_run(struct net_loop *loop, const bool *stop);

/* A single shot, owned by whoever started it until it is stopped. It never fires again by itself.
 */
struct net_timer;

typedef void net_timer_fired(void *user);

/* NULL when there is no memory. */
struct net_timer *net_timer_start(struct net_loop *loop, uint64_t milliseconds,
                                  net_timer_fired *fired, void *user);
/* Also after it has fired. */
void net_timer_again(struct net_timer *timer, uint64_t milliseconds, net_timer_fired *fired);
/* Frees it; NULL is nothing. */
void net_timer_stop(struct net_timer *timer);

/* What became of one question. */
enum net_outcome {
    NET_ANSWERED,
    NET_TIMED_OUT,
    NET_REFUSED,     /* ICMP port unreachable, TCP reset on connect */
    NET_UNREACHABLE, /* no route, network or host unreachable */
    NET_CLOSED,      /* connected, then closed before a whole answer */
    NET_TLS_FAILED,  /* handshake or certificate */
    NET_UNMATCHED,   /* something came, nothing that answers the question */
    NET_TOO_LARGE,
    NET_OWN_FAILURE, /* our side: no socket, no memory, a firewall of ours, no certificates */
};

/* For a failure before anything left us: no route, no socket, no address of the family. That is
 * our own network, whatever the kernel calls it; only a refusal comes from the other side. */
enum net_outcome net_outcome_of_start(int error);

/* The outcome that an errno of a socket means. */
enum net_outcome net_outcome_of_errno(int error);

#endif
