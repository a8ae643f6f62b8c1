#include "web/door_client.h"

#include "web/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void need(bool truth, const char *what)
{
    if (!truth) {
        perror(what);
        abort();
    }
}

int door_listen(char ret_address[80])
{
    int fd = -1;
    need(web_listen("127.0.0.1:0", &fd, NULL) == 0, "listen");
    need(web_listen_address(fd, ret_address) == 0, "address");
    return fd;
}

static int connect_to(const char *address)
{
    const char *colon = strrchr(address, ':');
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(fd >= 0, "socket");
    need(connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    return fd;
}

static void take_date_out(struct buffer *reply)
{
    char *date = strstr((char *)reply->data, "\r\nDate: ");
    if (!date)
        return;
    char *end = strstr(date + 2, "\r\n");
    memmove(date, end, reply->size - (size_t)(end - (char *)reply->data) + 1);
    reply->size -= (size_t)(end - date);
}

void door_send(const char *address, const char *request, struct buffer *ret_reply)
{
    int fd = connect_to(address);
    size_t size = strlen(request);
    buffer_init(ret_reply, 16 << 20);
    /* A door that refuses early may close before all is sent. */
    ssize_t sent = send(fd, request, size, MSG_NOSIGNAL);
    need(sent > 0 || size == 0, "send");
    int result = buffer_load_fd(ret_reply, fd);
    need(result >= 0 || ret_reply->size > 0, "read");
    close(fd);
    if (ret_reply->size)
        take_date_out(ret_reply);
}

void door_ask(const char *address, const char *method, const char *path, const char *headers,
              const char *body, struct buffer *ret_reply)
{
    struct buffer request;
    buffer_init(&request, 1 << 20);
    buffer_printf(&request, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s", method, path,
                  address, headers);
    if (*body)
        buffer_printf(&request, "Content-Length: %zu\r\n", strlen(body));
    buffer_printf(&request, "\r\n%s", body);
    door_send(address, buffer_text(&request), ret_reply);
    buffer_done(&request);
}

int door_status(const struct buffer *reply)
{
    const char *text = buffer_text(reply);
    return strncmp(text, "HTTP/1.1 ", 9) == 0 ? (int)strtol(text + 9, NULL, 10) : 0;
}

const char *door_body(const struct buffer *reply)
{
    const char *end = strstr(buffer_text(reply), "\r\n\r\n");
    return end ? end + 4 : "";
}
