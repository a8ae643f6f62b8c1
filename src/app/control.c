#include "app/control.h"

#include "base/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0)
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

static int format_request(const struct control_request *request, struct buffer *out)
{
    struct json_out json;
    buffer_init(out, CONTROL_FRAME_MAX);
    json_out_init(&json, out, /* indent= */ false);
    json_out_object(&json);
    json_out_member_text(&json, "command", request->command);
    json_out_member_text(&json, "token", request->token);
    json_out_member_text(&json, "cookie", request->cookie);
    json_out_key(&json, "arguments");
    json_out_value(&json, request->arguments);
    json_out_end(&json);
    return buffer_error(out);
}

static int read_reply(const struct buffer *body, json_t **ret_result, struct error_detail *detail)
{
    json_t *reply JSON_CLEANUP = NULL;
    int result = json_parse(buffer_text(body), body->size, &reply, detail);
    if (result < 0)
        return error_context(detail, result, "the daemon's reply");
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

static int receive_reply(int fd, struct buffer *body)
{
    uint32_t kind = 0;
    int result = frame_read(fd, &kind, body);
    return result >= 0 && kind != CONTROL_FRAME_REPLY ? ERR_DAMAGED : result;
}

static int tell_failure(int failure, struct error_detail *detail)
{
    if (failure == ERR_CLOSED)
        return error_set(detail, ERR_UNAVAILABLE,
                         "the daemon ended before it answered; whether it was done is not known");
    return error_set(detail, failure, "the daemon's socket: %s", error_text(failure));
}

int control_ask(int fd, const struct control_request *request, json_t **ret_result,
                struct error_detail *detail)
{
    struct buffer body BUFFER_CLEANUP = {0};
    int result = format_request(request, &body);
    if (result >= 0)
        result = frame_write(fd, CONTROL_FRAME_REQUEST, body.data, body.size);
    if (result >= 0)
        result = receive_reply(fd, &body);
    return result < 0 ? tell_failure(result, detail) : read_reply(&body, ret_result, detail);
}

/* --- many at once --- */

void control_line_init(struct control_line *line, int fd)
{
    *line = (struct control_line){.fd = fd};
    pthread_mutex_init(&line->sending, NULL);
    pthread_mutex_init(&line->reading, NULL);
    pthread_cond_init(&line->moved, NULL);
}

void control_line_done(struct control_line *line)
{
    pthread_cond_destroy(&line->moved);
    pthread_mutex_destroy(&line->reading);
    pthread_mutex_destroy(&line->sending);
}

/* The place in the order of replies. Nothing can follow a frame that did not go out whole. */
static int send_in_order(struct control_line *line, const struct buffer *body, uint64_t *ret_place)
{
    pthread_mutex_lock(&line->sending);
    int result = frame_write(line->fd, CONTROL_FRAME_REQUEST, body->data, body->size);
    if (result < 0)
        shutdown(line->fd, SHUT_RDWR);
    else
        *ret_place = line->asked++;
    pthread_mutex_unlock(&line->sending);
    return result;
}

static int receive_in_order(struct control_line *line, uint64_t place, struct buffer *body)
{
    pthread_mutex_lock(&line->reading);
    while (line->answered != place)
        pthread_cond_wait(&line->moved, &line->reading);
    int result = line->broken ? ERR_CLOSED : receive_reply(line->fd, body);
    if (result < 0 && !line->broken) {
        line->broken = true;
        shutdown(line->fd, SHUT_RDWR);
    }
    line->answered++;
    pthread_cond_broadcast(&line->moved);
    pthread_mutex_unlock(&line->reading);
    return result;
}

int control_line_ask(struct control_line *line, const struct control_request *request,
                     json_t **ret_result, struct error_detail *detail)
{
    struct buffer body BUFFER_CLEANUP = {0};
    uint64_t place;
    int result = format_request(request, &body);
    if (result >= 0)
        result = send_in_order(line, &body, &place);
    if (result >= 0)
        result = receive_in_order(line, place, &body);
    return result < 0 ? tell_failure(result, detail) : read_reply(&body, ret_result, detail);
}

int control_format_reply(int failure, const struct error_detail *detail, const json_t *result,
                         struct buffer *out)
{
    struct json_out json;
    json_out_init(&json, out, /* indent= */ false);
    json_out_object(&json);
    if (failure >= 0) {
        json_out_key(&json, "result");
        json_out_value(&json, result);
    } else {
        json_out_member_int(&json, "error", failure);
        json_out_member_text(&json, "words", error_words(detail, failure));
    }
    json_out_end(&json);
    return buffer_error(out);
}
