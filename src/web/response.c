#include "web/response.h"

#include "base/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGE_MAX = 8 << 20,       /* of a page made here */
    EARLY_MAX = 64 << 10,     /* of one that is sent while the body still comes */
    EARLY_PATIENCE_S = 5,     /* for the rest of that body ... */
    EARLY_REST_MAX = 32 << 20 /* ... and so much of it */
};

void web_response_init(struct web_response *response)
{
    *response = (struct web_response){
        .status = 200, .content_type = "text/html; charset=utf-8", .file = -1};
    buffer_init(&response->body, PAGE_MAX);
}

void web_response_done(struct web_response *response)
{
    buffer_done(&response->body);
    if (response->file >= 0)
        close(response->file);
    response->file = -1;
}

/* The same for every response, so that a status tells no more than its number. */
static void add_security(struct MHD_Response *out, const struct web_door *door, bool tls)
{
    MHD_add_response_header(out, "Content-Security-Policy",
                            door->forms ? "default-src 'none'; style-src 'self'; base-uri 'none'; "
                                          "form-action 'self'; frame-ancestors 'none'"
                                        : "default-src 'none'; style-src 'self'; base-uri 'none'; "
                                          "form-action 'none'; frame-ancestors 'none'");
    MHD_add_response_header(out, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(out, "X-Frame-Options", "DENY");
    MHD_add_response_header(out, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(out, "Cross-Origin-Resource-Policy", "same-origin");
    if (tls) /* RFC 6797 7.1: over TLS only; a web server in front adds its own */
        MHD_add_response_header(out, "Strict-Transport-Security", "max-age=31536000");
}

static void add_headers(struct MHD_Response *out, const struct web_door *door, bool tls,
                        const struct web_response *response)
{
    add_security(out, door, tls);
    MHD_add_response_header(out, "Content-Type", response->content_type);
    MHD_add_response_header(out, "Cache-Control",
                            response->immutable   ? "public, max-age=31536000, immutable"
                            : response->cacheable ? "public, max-age=60"
                                                  : "no-store");
    if (*response->etag) {
        char etag[sizeof response->etag + 2];
        snprintf(etag, sizeof etag, "\"%s\"", response->etag);
        MHD_add_response_header(out, "ETag", etag);
    }
    if (*response->location)
        MHD_add_response_header(out, "Location", response->location);
    if (*response->cookie)
        MHD_add_response_header(out, "Set-Cookie", response->cookie);
    if (response->retry_after_s) {
        char seconds[24];
        snprintf(seconds, sizeof seconds, "%lld", (long long)response->retry_after_s);
        MHD_add_response_header(out, "Retry-After", seconds);
    }
    if (response->status == 405)
        MHD_add_response_header(out, "Allow", door->forms ? "GET, HEAD, POST" : "GET, HEAD");
    if (response->status == 401)
        MHD_add_response_header(out, "WWW-Authenticate", "Bearer");
    if (response->closes)
        MHD_add_response_header(out, "Connection", "close");
}

/* RFC 9110 13.1.2: any of the tags, or "*". */
static bool is_unchanged(const struct web_request *request, const struct web_response *response)
{
    char etag[sizeof response->etag + 2];
    if (response->status != 200 || !*response->etag || !request->if_none_match)
        return false;
    snprintf(etag, sizeof etag, "\"%s\"", response->etag);
    return strcmp(request->if_none_match, "*") == 0 || strstr(request->if_none_match, etag);
}

static struct MHD_Response *make_response(struct web_response *response)
{
    struct MHD_Response *out;
    if (response->file >= 0) {
        out = MHD_create_response_from_fd64(response->file_size, response->file);
        if (out)
            response->file = -1; /* taken */
        return out;
    }
    size_t size;
    uint8_t *data = buffer_take(&response->body, &size);
    out = MHD_create_response_from_buffer(size, data ? data : (uint8_t *)"",
                                          data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!out)
        free(data);
    return out;
}

enum MHD_Result web_response_send(struct MHD_Connection *connection, const struct web_door *door,
                                  bool tls, const struct web_request *request,
                                  struct web_response *response)
{
    if (is_unchanged(request, response)) {
        response->status = 304;
        buffer_clear(&response->body);
        if (response->file >= 0)
            close(response->file);
        response->file = -1;
    }
    struct MHD_Response *out = make_response(response);
    if (!out) {
        web_response_done(response);
        return MHD_NO;
    }
    add_headers(out, door, tls, response);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, out);
    MHD_destroy_response(out);
    web_response_done(response);
    return result;
}

/* --- before the request is whole --- */

static enum MHD_Result put_line(void *context, enum MHD_ValueKind kind, const char *name,
                                const char *value)
{
    (void)kind;
    buffer_printf(context, "%s: %s\r\n", name, value);
    return MHD_YES;
}

/* libmicrohttpd takes no response while a body comes in: the same headers, written here. */
static void format_early(const struct web_door *door, bool tls, struct web_response *response,
                         struct buffer *out)
{
    char date[40] = "";
    const time_t now = time(NULL);
    struct tm parts;
    struct MHD_Response *head =
        MHD_create_response_from_buffer(0, (uint8_t *)"", MHD_RESPMEM_PERSISTENT);
    response->closes = true;
    if (gmtime_r(&now, &parts))
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    buffer_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Length: %zu\r\n", response->status,
                  web_status_text(response->status), date, response->body.size);
    if (head) {
        add_headers(head, door, tls, response);
        MHD_get_response_headers(head, put_line, out);
        MHD_destroy_response(head);
    }
    buffer_append_text(out, "\r\n");
    buffer_append(out, response->body.data, response->body.size);
}

static void throw_away(int fd)
{
    const int64_t until = clock_mono() + (int64_t)EARLY_PATIENCE_S * 1000000;
    char bytes[16384];
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    for (size_t rest = 0; rest < EARLY_REST_MAX;) {
        int64_t left_ms = (until - clock_mono()) / 1000;
        if (left_ms <= 0 || poll(&polled, 1, (int)left_ms) <= 0)
            return;
        ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got <= 0)
            return;
        rest += (size_t)got;
    }
}

void web_response_send_early(struct MHD_Connection *connection, const struct web_door *door,
                             bool tls, struct web_response *response)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, EARLY_MAX);
    format_early(door, tls, response, &text);
    /* It fits what the kernel takes at once: nothing was sent on this connection before that was
     * not read. */
    if (info && buffer_error(&text) >= 0 &&
        send(info->connect_fd, text.data, text.size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
        shutdown(info->connect_fd, SHUT_WR);
        throw_away(info->connect_fd);
    }
    web_response_done(response);
}
