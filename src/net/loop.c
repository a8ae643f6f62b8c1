#include "net/loop.h"

#include "base/error.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

int net_loop_init(struct net_loop *loop)
{
    return uv_loop_init(&loop->uv);
}

static void close_handle(uv_handle_t *handle, void *user)
{
    (void)user;
    if (!uv_is_closing(handle))
        uv_close(handle, /* close_cb= */ NULL);
}

void net_loop_done(struct net_loop *loop)
{
    uv_walk(&loop->uv, close_handle, /* arg= */ NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
}

int net_loop_run(struct net_loop *loop, const bool *stop)
{
    while (!*stop) {
        if (!uv_run(&loop->uv, UV_RUN_ONCE) && !*stop)
            return ERR_INTERNAL;
    }
    return 0;
}

struct net_timer {
    uv_timer_t uv;
    net_timer_fired *fired;
    void *user;
};

static void timer_fires(uv_timer_t *uv)
{
    struct net_timer *timer = uv->data;
    timer->fired(timer->user);
}

struct net_timer *net_timer_start(struct net_loop *loop, uint64_t milliseconds,
                                  net_timer_fired *fired, void *user)
{
    struct net_timer *timer = calloc(1, sizeof *timer);
    if (!timer)
        return NULL;
    timer->user = user;
    uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    uv_update_time(&loop->uv);
    net_timer_again(timer, milliseconds, fired);
    return timer;
}

void net_timer_again(struct net_timer *timer, uint64_t milliseconds, net_timer_fired *fired)
{
    timer->fired = fired;
    uv_timer_start(&timer->uv, timer_fires, milliseconds, /* repeat= */ 0);
}

static void free_timer(uv_handle_t *uv)
{
    free(uv->data);
}

void net_timer_stop(struct net_timer *timer)
{
    if (timer)
        uv_close((uv_handle_t *)&timer->uv, free_timer);
}

enum net_outcome net_outcome_of_start(int error)
{
    return error == ECONNREFUSED ? NET_REFUSED : NET_OWN_FAILURE;
}

enum net_outcome net_outcome_of_errno(int error)
{
    switch (error) {
    case ECONNREFUSED:
        return NET_REFUSED;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case ENONET:
    case EADDRNOTAVAIL: /* no address of this family to send from */
    case EAFNOSUPPORT:  /* a kernel without IPv6 */
    case EPROTO:        /* ICMP: other trouble on the way */
        return NET_UNREACHABLE;
    case ETIMEDOUT:
        return NET_TIMED_OUT;
    case ECONNRESET:
    case EPIPE:
        return NET_CLOSED;
    default:
        return NET_OWN_FAILURE;
    }
}
