#include "net/handover.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the head wants it. */
union control {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
};

int handover_pair(int ret_ends[HANDOVER_ENDS])
{
    int ends[HANDOVER_ENDS];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    int flags = fcntl(ends[HANDOVER_GIVES], F_GETFL);
    if (flags < 0 || fcntl(ends[HANDOVER_GIVES], F_SETFL, flags | O_NONBLOCK) < 0) {
        int failure = -errno;
        close(ends[HANDOVER_GIVES]);
        close(ends[HANDOVER_TAKES]);
        return failure;
    }
    memcpy(ret_ends, ends, sizeof ends);
    return 0;
}

bool handover_is_end(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int handover_give(int end, int connection, const struct handover *about)
{
    struct handover copy = *about;
    struct iovec bytes = {.iov_base = &copy, .iov_len = sizeof copy};
    union control control = {.room = {0}};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof connection);
    memcpy(CMSG_DATA(head), &connection, sizeof connection);
    return sendmsg(end, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The descriptor that came with a message, -1 for none. There is room for one, so the kernel gives
 * no more. */
static int descriptor_of(struct msghdr *message)
{
    struct cmsghdr *head = CMSG_FIRSTHDR(message);
    int fd = -1;
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}

int handover_take(int end, int *ret_connection, struct handover *ret_about)
{
    struct handover about;
    struct iovec bytes = {.iov_base = &about, .iov_len = sizeof about};
    union control control = {.room = {0}};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    ssize_t got;
    do
        got = recvmsg(end, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    int fd = descriptor_of(&message);
    if (got == 0 && fd < 0)
        return ERR_CLOSED;
    if (fd < 0 || got != (ssize_t)sizeof about || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
        about.peer_size > sizeof about.peer) {
        if (fd >= 0)
            close(fd);
        return ERR_DAMAGED;
    }
    *ret_connection = fd;
    *ret_about = about;
    return 0;
}
