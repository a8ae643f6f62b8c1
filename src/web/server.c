#include "web/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/handover.h"
#include "web/handed.h"
#include "web/response.h"
#include "web/upload.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* Limits of one door, with the reason of each. */
enum {
    CONNECTIONS_MAX = 128,        /* a reverse proxy in front may hold far more open */
    CONNECTION_MEMORY = 32 << 10, /* request line and headers; browsers send about two kilobytes */
    CONNECTION_TIMEOUT_S = 15,    /* without a byte */
    BODY_MAX = 256 << 10,         /* a form with a long answer; documents come another way */
    END_PATIENCE_S = 5,           /* for answers on their way when the door stops */
};

static_assert((int)CONNECTIONS_MAX <= (int)WEB_WAITING_MAX, "each connection may wait for a turn");

struct web_server {
    struct MHD_Daemon *daemon;
    const struct web_door *door;
    bool tls;              /* connections are handed over by the process that ends it */
    struct handed *handed; /* NULL: they come to a listening socket */
    pthread_mutex_t lock;  /* of what follows */
    pthread_cond_t moved;
    size_t answering; /* whole requests whose answers are not sent yet */
    bool stopping;    /* nothing more is taken */
};

/* One request while its body comes in, and until its answer is sent. */
struct exchange {
    struct web_request request;
    struct buffer body;
    bool head, counted;                          /* in `answering` */
    alignas(max_align_t) unsigned char caller[]; /* of the door */
};

/* --- one request --- */

static void fail(const struct web_door *door, const struct web_request *request, int status,
                 const char *words, struct web_response *response)
{
    web_response_done(response);
    web_response_init(response);
    if (door->fail)
        door->fail(request, status, words, response);
    else
        web_problem(response, status, web_status_text(status), words);
}

static void handle(const struct web_door *door, struct web_request *request,
                   struct web_response *response)
{
    const struct web_route *route = web_route_find(door, request->method, request->path, request);
    if (!route) {
        fail(door, request, 404, NULL, response);
        return;
    }
    if (route->audience != AUDIENCE_PUBLIC) {
        if (!door->admit) {
            fail(door, request, 404, NULL, response);
            return;
        }
        if (door->admit(request, response) < 0)
            return;
    }
    int result = route->handler(request, response);
    if (result == ERR_NOT_FOUND) {
        fail(door, request, 404, NULL, response);
    } else if (result < 0) {
        log_debug("%s %s: %s", request->method, route->pattern, error_text(result));
        fail(door, request, 500, NULL, response);
    } else if (buffer_error(&response->body) < 0) {
        fail(door, request, 500, NULL, response);
    }
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* An address as text, an IPv4 one also where it came over an IPv6 socket; "" for others. */
static void put_peer(struct MHD_Connection *connection, char text[WEB_HOST_TEXT])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *peer = info ? info->client_addr : NULL;
    text[0] = '\0';
    if (peer && peer->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, text,
                  WEB_HOST_TEXT);
    if (peer && peer->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, text,
                  WEB_HOST_TEXT);
    if (strncmp(text, "::ffff:", 7) == 0 && strchr(text, '.'))
        memmove(text, text + 7, strlen(text + 7) + 1);
}

/* Each web server on the way adds at the end: the last entry is what the one in front saw, all
 * before it is what the browser wrote. */
static void put_forwarded(struct MHD_Connection *connection, struct web_request *request)
{
    const char *chain = header(connection, "X-Forwarded-For");
    const char *scheme = header(connection, "X-Forwarded-Proto");
    const char *last = chain ? strrchr(chain, ',') : NULL;
    struct in6_addr any;
    last = last ? last + 1 : chain;
    while (last && *last == ' ')
        last++;
    if (last && strlen(last) < WEB_HOST_TEXT &&
        (inet_pton(AF_INET, last, &any) == 1 || inet_pton(AF_INET6, last, &any) == 1))
        snprintf(request->address, sizeof request->address, "%s", last);
    request->tls |= scheme && strcmp(scheme, "https") == 0;
}

static void put_certificate(struct MHD_Connection *connection, const struct web_server *server,
                            struct web_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
        request->certificate = handed_certificate(server->handed, info->connect_fd);
}

static enum MHD_Result take_query(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct web_request *request = context;
    (void)kind;
    if (request->query_count == WEB_QUERY_MAX) {
        request->query_excess = true;
        return MHD_NO;
    }
    request->query[request->query_count++] = (struct web_query){name, value ? value : ""};
    return MHD_YES;
}

static struct exchange *begin(struct MHD_Connection *connection, const struct web_server *server,
                              const char *path, const char *method)
{
    const struct web_door *door = server->door;
    struct exchange *exchange = calloc(1, sizeof *exchange + door->caller_size);
    if (!exchange)
        return NULL;
    buffer_init(&exchange->body, BODY_MAX);
    exchange->head = strcmp(method, "HEAD") == 0;
    exchange->request = (struct web_request){
        .method = exchange->head ? "GET" : method,
        .path = path,
        .authorization = header(connection, "Authorization"),
        .cookie = header(connection, "Cookie"),
        .content_type = header(connection, "Content-Type"),
        .if_none_match = header(connection, "If-None-Match"),
        .if_match = header(connection, "If-Match"),
        .idempotency_key = header(connection, "Idempotency-Key"),
        .accept = header(connection, "Accept"),
        .origin = header(connection, "Origin"),
        .host = header(connection, "Host"),
        .context = door->context,
        .caller = exchange->caller,
        .tls = server->tls,
    };
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, &exchange->request);
    put_peer(connection, exchange->request.address);
    if (door->proxy && door->proxy[0] && strcmp(door->proxy, exchange->request.address) == 0)
        put_forwarded(connection, &exchange->request);
    else
        put_certificate(connection, server, &exchange->request);
    return exchange;
}

static bool has_body(struct MHD_Connection *connection)
{
    const char *length = header(connection, "Content-Length");
    return header(connection, "Transfer-Encoding") || (length && strcmp(length, "0") != 0);
}

static enum MHD_Result count_ends(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    int *count = context;
    (void)kind;
    (void)value;
    *count += strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0;
    return MHD_YES;
}

/* By two lengths, or a length and a coding, a web server in front may see another end of the
 * request than we do, and take the rest for somebody else's (RFC 9112 6.1, 6.3). */
static bool ends_twice(struct MHD_Connection *connection)
{
    int count = 0;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_ends, &count);
    return count > 1;
}

/* What can be told from the headers alone: answered before a body is read. 0 when all is well. */
static int refuse_early(struct MHD_Connection *connection, const struct web_door *door,
                        const struct exchange *exchange)
{
    bool get = strcmp(exchange->request.method, "GET") == 0;
    bool post = strcmp(exchange->request.method, "POST") == 0;
    if (!get && !(post && door->forms))
        return 405;
    if ((get && has_body(connection)) || ends_twice(connection))
        return 400;
    return 0;
}

/* What the request shows of who asks; else where it comes from. */
static const char *shown_by(const struct web_request *request)
{
    if (request->authorization)
        return request->authorization;
    return request->cookie ? request->cookie : request->address;
}

/* False when the door stops. */
static bool enter(struct web_server *server, struct exchange *exchange)
{
    pthread_mutex_lock(&server->lock);
    exchange->counted = !server->stopping;
    server->answering += exchange->counted;
    pthread_mutex_unlock(&server->lock);
    return exchange->counted;
}

static void leave(struct web_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->answering--;
    pthread_cond_signal(&server->moved);
    pthread_mutex_unlock(&server->lock);
}

static enum MHD_Result answer(struct MHD_Connection *connection, struct web_server *server,
                              struct exchange *exchange, int refused)
{
    const struct web_door *door = server->door;
    struct web_request *request = &exchange->request;
    struct web_response response;
    web_response_init(&response);
    if (buffer_error(&exchange->body) < 0)
        refused = 413;
    if (!enter(server, exchange))
        refused = 503;
    request->body = exchange->body.data;
    request->body_size = exchange->body.size;
    if (door->turn)
        web_turn_take(door->turn, web_turn_source(door->turn, shown_by(request)));
    if (refused)
        fail(door, request, refused, NULL, &response);
    else
        handle(door, request, &response);
    if (door->turn)
        web_turn_give(door->turn);
    /* Where the request ends is not sure, or nothing more is taken. */
    response.closes = refused == 400 || refused == 503;
    return web_response_send(connection, door, server->tls, request, &response);
}

/* What was said of a form that did not come in whole; its connection ends. Who reads it may send
 * again at once, so that its room is free by then. */
static enum MHD_Result refuse_upload(struct MHD_Connection *connection, struct web_server *server,
                                     struct exchange *exchange, int failure,
                                     const struct error_detail *detail)
{
    struct web_response response;
    web_upload_free(exchange->request.upload);
    exchange->request.upload = NULL;
    web_response_init(&response);
    server->door->fail_upload(&exchange->request, failure, detail, &response);
    web_response_send_early(connection, server->door, server->tls, &response);
    return MHD_NO;
}

static bool is_too_long(struct MHD_Connection *connection)
{
    const char *length = header(connection, "Content-Length");
    return length && strtoull(length, NULL, 10) > UPLOAD_BODY_MAX;
}

/* Who may not send a form with files is told before it comes. */
static enum MHD_Result begin_upload(struct MHD_Connection *connection, struct web_server *server,
                                    struct exchange *exchange)
{
    const struct web_door *door = server->door;
    struct web_request *request = &exchange->request;
    struct web_response response;
    struct error_detail detail = {0};
    if (!door->begin_upload || strcmp(request->method, "POST") != 0 ||
        !web_is_type(request, "multipart/form-data"))
        return MHD_YES;
    web_response_init(&response);
    if (door->turn)
        web_turn_take(door->turn, web_turn_source(door->turn, shown_by(request)));
    int result = door->begin_upload(request, &response, &request->upload);
    if (door->turn)
        web_turn_give(door->turn);
    if (result < 0) {
        web_response_send_early(connection, door, server->tls, &response);
        return MHD_NO;
    }
    web_response_done(&response);
    if (!request->upload || !is_too_long(connection))
        return MHD_YES;
    error_set(&detail, ERR_LIMIT, "the form has more than 25 MiB");
    return refuse_upload(connection, server, exchange, ERR_LIMIT, &detail);
}

static enum MHD_Result take_body(struct MHD_Connection *connection, struct web_server *server,
                                 struct exchange *exchange, const char *data, size_t size)
{
    struct error_detail detail = {0};
    if (!exchange->request.upload) {
        buffer_append(&exchange->body, data, size);
        return MHD_YES;
    }
    int result = web_upload_feed(exchange->request.upload, data, size, &detail);
    return result < 0 ? refuse_upload(connection, server, exchange, result, &detail) : MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    (void)version;
    struct web_server *server = context;
    struct exchange *exchange = *state;
    if (!exchange) {
        *state = exchange = begin(connection, server, url, method);
        if (!exchange)
            return MHD_NO;
        int refused = refuse_early(connection, server->door, exchange);
        return refused ? answer(connection, server, exchange, refused)
                       : begin_upload(connection, server, exchange);
    }
    if (*upload_size) {
        size_t size = *upload_size;
        *upload_size = 0;
        return take_body(connection, server, exchange, upload, size);
    }
    return answer(connection, server, exchange, 0);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct web_server *server = context;
    struct exchange *exchange = *state;
    (void)connection;
    (void)code;
    if (!exchange)
        return;
    if (exchange->counted)
        leave(server);
    web_upload_free(exchange->request.upload);
    buffer_done(&exchange->body);
    free(exchange);
    *state = NULL;
}

/* Our paths are plain: a percent sign stays one, and no route has it. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static void keep_quiet(void *context, const char *format, va_list args)
{
    (void)context;
    (void)format;
    (void)args;
}

/* --- the server --- */

static int start_daemon(struct web_server *server, int listen_fd)
{
    const struct MHD_OptionItem no_socket[] = {{MHD_OPTION_END, 0, NULL}},
                                listening[] = {{MHD_OPTION_LISTEN_SOCKET, listen_fd, NULL},
                                               {MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC;
    if (server->door->turn)
        flags |= MHD_USE_THREAD_PER_CONNECTION;
    if (server->tls)
        flags |= MHD_USE_NO_LISTEN_SOCKET;
    server->daemon = MHD_start_daemon(
        flags | MHD_USE_ERROR_LOG, /* port= */ 0, NULL, NULL, on_request, server,
        MHD_OPTION_EXTERNAL_LOGGER, keep_quiet, NULL, MHD_OPTION_ARRAY,
        server->tls ? no_socket : listening, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, server, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!server->daemon)
        return errno ? -errno : ERR_UNAVAILABLE;
    if (!server->tls)
        return 0;
    int result = handed_start(listen_fd, server->daemon, &server->handed);
    if (result < 0)
        MHD_stop_daemon(server->daemon);
    return result;
}

static void free_server(struct web_server *server)
{
    pthread_cond_destroy(&server->moved);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

int web_server_start(const struct web_door *door, int listen_fd, struct web_server **ret_server,
                     struct error_detail *detail)
{
    struct web_server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_NO_MEMORY;
    server->door = door;
    server->tls = handover_is_end(listen_fd);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->moved, NULL);
    int result = start_daemon(server, listen_fd);
    if (result < 0) {
        free_server(server);
        return error_set(detail, result, "the door could not be opened: %s", error_text(result));
    }
    *ret_server = server;
    return 0;
}

/* Nobody new comes in; what was asked is answered, unless its reader takes too long. */
static void end_answers(struct web_server *server)
{
    const int64_t until_us = clock_mono() + END_PATIENCE_S * 1000000;
    const struct timespec until = {.tv_sec = until_us / 1000000,
                                   .tv_nsec = until_us % 1000000 * 1000};
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_mutex_unlock(&server->lock);
    int listener = MHD_quiesce_daemon(server->daemon);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
    pthread_mutex_lock(&server->lock);
    while (server->answering > 0 &&
           pthread_cond_clockwait(&server->moved, &server->lock, CLOCK_MONOTONIC, &until) == 0)
        continue;
    pthread_mutex_unlock(&server->lock);
}

void web_server_stop(struct web_server *server)
{
    if (!server)
        return;
    handed_stop(server->handed);
    end_answers(server);
    MHD_stop_daemon(server->daemon);
    free_server(server);
}
