#include "app/control.h"

#include "base/file.h"
#include "base/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 }; /* connections that come at once, as the start of a flood does */

static const char socket_name[] = "control.sock";

/* Socket addresses hold 108 bytes; a path through the directory's descriptor is always short. */
static int open_address(const char *data, struct sockaddr_un *ret_address)
{
    int folder = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -errno;
    *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(ret_address->sun_path, sizeof ret_address->sun_path, "/proc/self/fd/%d/%s", folder,
             socket_name);
    return folder;
}

int control_listen(const char *data, int *ret_fd, struct error_detail *detail)
{
    struct sockaddr_un address;
    int folder = open_address(data, &address);
    if (folder < 0)
        return error_set(detail, folder, "%s: %s", data, error_text(folder));
    int result = 0, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlinkat(folder, socket_name, 0);
    mode_t before = umask(0177);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, BACKLOG) < 0)
        result = error_set(detail, -errno, "cannot listen on %s/%s: %s", data, socket_name,
                           strerrordesc_np(errno));
    umask(before);
    close(folder);
    if (result < 0) {
        if (fd >= 0)
            close(fd);
        return result;
    }
    *ret_fd = fd;
    return 0;
}

int control_connect(const char *data, int *ret_fd)
{
    struct sockaddr_un address;
    int folder = open_address(data, &address);
    if (folder < 0)
        return ERR_UNAVAILABLE;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = fd < 0 ? -errno : 0;
    if (result == 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        result = ERR_UNAVAILABLE;
    close(folder);
    if (result < 0) {
        if (fd >= 0)
            close(fd);
        return result;
    }
    *ret_fd = fd;
    return 0;
}

static int format_request(const struct control_request *request, int64_t number, struct buffer *out)
{
    struct json_out json;
    json_out_init(&json, out, /* indent= */ false);
    json_out_object(&json);
    if (number > 0)
        json_out_member_int(&json, "number", number);
    json_out_member_text(&json, "command", request->command);
    json_out_member_text(&json, "token", request->token);
    json_out_member_text(&json, "cookie", request->cookie);
    if (request->certificate)
        json_out_member_text(&json, "certificate", request->certificate);
    if (request->file)
        json_out_member_bool(&json, "file", true);
    json_out_key(&json, "arguments");
    json_out_value(&json, request->arguments);
    json_out_end(&json);
    return buffer_error(out);
}

int control_tell_end(struct error_detail *detail)
{
    return error_set(detail, ERR_UNAVAILABLE,
                     "the daemon ended before it answered; whether it was done is not known");
}

static int tell_failure(int failure, struct error_detail *detail)
{
    return failure == ERR_CLOSED
               ? control_tell_end(detail)
               : error_set(detail, failure, "the daemon's socket: %s", error_text(failure));
}

/* The frame, its first byte with the descriptor. */
static int send_with_file(int fd, const struct buffer *body, int file)
{
    uint8_t head[FRAME_HEAD];
    struct iovec bytes = {.iov_base = head, .iov_len = 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof file)];
    } control = {.room = {0}};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    struct cmsghdr *passed = CMSG_FIRSTHDR(&message);
    passed->cmsg_level = SOL_SOCKET;
    passed->cmsg_type = SCM_RIGHTS;
    passed->cmsg_len = CMSG_LEN(sizeof file);
    memcpy(CMSG_DATA(passed), &file, sizeof file);
    frame_head(head, CONTROL_FRAME_REQUEST, body->size);
    ssize_t sent;
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    int result = sent < 0 ? -errno : file_write(fd, head + 1, sizeof head - 1);
    if (result >= 0)
        result = file_write(fd, body->data, body->size);
    return result == -EPIPE || result == -ECONNRESET ? ERR_CLOSED : result;
}

int control_send(int fd, const struct control_request *request, int64_t number,
                 struct error_detail *detail)
{
    struct buffer body BUFFER_CLEANUP = {0};
    buffer_init(&body, CONTROL_FRAME_MAX);
    int result = format_request(request, number, &body);
    if (result >= 0)
        result = request->file ? send_with_file(fd, &body, *request->file)
                               : frame_write(fd, CONTROL_FRAME_REQUEST, body.data, body.size);
    return result < 0 ? tell_failure(result, detail) : 0;
}

int control_receive(int fd, json_t **ret_reply, struct error_detail *detail)
{
    struct buffer body BUFFER_CLEANUP = {0};
    uint32_t kind = 0;
    buffer_init(&body, CONTROL_FRAME_MAX);
    int result = frame_read(fd, &kind, &body);
    if (result >= 0 && kind != CONTROL_FRAME_REPLY)
        result = ERR_DAMAGED;
    if (result < 0)
        return tell_failure(result, detail);
    result = json_parse(buffer_text(&body), body.size, ret_reply, detail);
    return result < 0 ? error_context(detail, result, "the daemon's reply") : 0;
}

int control_read_reply(const json_t *reply, json_t **ret_result, struct error_detail *detail)
{
    json_t *value = json_object_get(reply, "result");
    if (value) {
        *ret_result = json_incref(value);
        return 0;
    }
    int64_t code = json_number(reply, "error", ERR_INTERNAL);
    const char *words = json_text(reply, "words");
    return error_set(detail, code < 0 && code > INT32_MIN ? (int)code : ERR_INTERNAL, "%s",
                     words ? words : "the daemon gave no reason");
}

int control_ask(int fd, const struct control_request *request, json_t **ret_result,
                struct error_detail *detail)
{
    json_t *reply JSON_CLEANUP = NULL;
    int result = control_send(fd, request, /* number= */ 0, detail);
    if (result >= 0)
        result = control_receive(fd, &reply, detail);
    return result < 0 ? result : control_read_reply(reply, ret_result, detail);
}

int control_format_reply(const struct control_reply *reply, struct buffer *out)
{
    struct json_out json;
    json_out_init(&json, out, /* indent= */ false);
    json_out_object(&json);
    if (reply->number > 0)
        json_out_member_int(&json, "number", reply->number);
    if (reply->failure >= 0) {
        json_out_key(&json, "result");
        json_out_value(&json, reply->result);
    } else {
        json_out_member_int(&json, "error", reply->failure);
        json_out_member_text(&json, "words", error_words(reply->detail, reply->failure));
    }
    json_out_end(&json);
    return buffer_error(out);
}
