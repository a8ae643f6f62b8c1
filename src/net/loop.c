#include "net/loop.h"

#include "base/error.h"

#include <errno.h>
#include <stddef.h>

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
