/* Files that the staff door hands over with requests. The descriptor comes with the first byte of
 * its request's frame, so that they come in the order of the requests that say to have one. Whoever
 * else sends one loses it. */
#include "app/core_parts.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the head wants it: the kernel gives no more, and no byte that
 * came after it with another. */
union control {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
};

/* What is too much closes the connection. */
static void keep(struct client *client, int fd)
{
    if (client->is_door && client->file_count < CORE_DOOR_AT_ONCE) {
        client->files[client->file_count++] = fd;
        return;
    }
    client->broken |= client->is_door;
    close(fd);
}

ssize_t core_files_receive(struct client *client, void *data, size_t size)
{
    struct iovec bytes = {.iov_base = data, .iov_len = size};
    union control control = {.room = {0}};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    ssize_t got = recvmsg(client->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = got < 0 ? NULL : CMSG_FIRSTHDR(&message);
    int fd;
    if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
        head->cmsg_len != CMSG_LEN(sizeof fd))
        return got;
    memcpy(&fd, CMSG_DATA(head), sizeof fd);
    keep(client, fd);
    return got;
}

int core_files_take(struct client *client)
{
    if (client->file_count == 0)
        return -1;
    int fd = client->files[0];
    client->file_count--;
    memmove(client->files, client->files + 1, client->file_count * sizeof *client->files);
    return fd;
}

void core_files_forget(struct client *client)
{
    while (client->file_count > 0)
        close(client->files[--client->file_count]);
}
