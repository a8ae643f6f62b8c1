/* Listening sockets: opened here, or handed over by systemd. */
#include "base/text.h"
#include "web/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 128, LISTEN_FIRST = 3, LISTEN_INHERITED_MAX = 16 };

static int split_address(const char *address, char *host, size_t room, const char **ret_port)
{
    const char *colon = strrchr(address, ':');
    if (!colon)
        return ERR_SYNTAX;
    const char *from = address, *to = colon;
    if (*from == '[') {
        if (to == from || to[-1] != ']')
            return ERR_SYNTAX;
        from++;
        to--;
    }
    if (to < from || (size_t)(to - from) >= room)
        return ERR_SYNTAX;
    memcpy(host, from, (size_t)(to - from));
    host[to - from] = '\0';
    *ret_port = colon + 1;
    return 0;
}

static int open_socket(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
        int failure = -errno;
        close(fd);
        return failure;
    }
    return fd;
}

int web_listen(const char *address, int *ret_fd, struct error_detail *detail)
{
    char host[INET6_ADDRSTRLEN + 1];
    const char *port;
    struct addrinfo *info = NULL;
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    if (split_address(address, host, sizeof host, &port) < 0 ||
        getaddrinfo(host, port, &hints, &info) != 0)
        return error_set(detail, ERR_SYNTAX, "listen '%s': wants ADDRESS:PORT or [ADDRESS]:PORT",
                         address);
    int fd = open_socket(info);
    freeaddrinfo(info);
    if (fd < 0)
        return error_set(detail, fd, "listen '%s': %s", address, error_text(fd));
    *ret_fd = fd;
    return 0;
}

static const char *const inherited_names[] = {"public", "staff"};

/* Place of a name in a list such as "public:staff"; -1 when it is not there. */
static int place_of(const char *names, const char *name)
{
    size_t size = strlen(name);
    for (int place = 0;; place++) {
        size_t length = strcspn(names, ":");
        if (length == size && strncmp(names, name, size) == 0)
            return place;
        if (!names[length])
            return -1;
        names += length + 1;
    }
}

/* Which of the sockets is the door's; -1 for none. Sockets of two units come in no certain order,
 * so names decide as soon as one of them is a door's. */
static int inherited_place(enum web_inherited door)
{
    const char *names = getenv("LISTEN_FDNAMES");
    bool named = false;
    for (size_t i = 0; names && i < sizeof inherited_names / sizeof *inherited_names; i++)
        named |= place_of(names, inherited_names[i]) >= 0;
    return named ? place_of(names, inherited_names[door]) : (int)door;
}

int web_listen_inherited(enum web_inherited door, int *ret_fd)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    int64_t whose, many;
    int place = inherited_place(door);
    if (place < 0 || !pid || !count || text_parse_int(pid, 1, INT32_MAX, &whose) < 0 ||
        whose != getpid() || text_parse_int(count, 1, LISTEN_INHERITED_MAX, &many) < 0 ||
        place >= many)
        return ERR_NOT_FOUND;
    int fd = LISTEN_FIRST + place;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
        fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    *ret_fd = fd;
    return 0;
}

int web_listen_address(int fd, char text[WEB_ADDRESS_TEXT])
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    char host[INET6_ADDRSTRLEN], port[8];
    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return -errno;
    if (getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return ERR_UNSUPPORTED;
    bool six = address.ss_family == AF_INET6;
    snprintf(text, WEB_ADDRESS_TEXT, six ? "[%s]:%s" : "%s:%s", host, port);
    return 0;
}
