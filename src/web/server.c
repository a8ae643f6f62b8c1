#include "web/server.h"

#include "base/log.h"
#include "web/queue.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Limits of one door, with the reason of each. */
enum {
    CONNECTIONS_MAX = 128,        /* a reverse proxy in front may hold far more open */
    CONNECTION_MEMORY = 32 << 10, /* request line and headers; browsers send about two kilobytes */
    CONNECTION_TIMEOUT_S = 15,    /* without a byte */
    BODY_MAX = 256 << 10,         /* a form with a long answer; documents come another way */
    PAGE_MAX = 8 << 20,           /* of a page made here */
};

struct web_server {
    struct MHD_Daemon *daemon;
    const struct web_door *door;
    pthread_t thread;
    int epoll, stop; /* `stop`: an event */
    bool stopping;   /* of the thread's own: what comes now is not taken any more */
    struct web_queue queue;
};

/* One request while its body comes in, and until its answer is sent. */
struct exchange {
    struct web_waiting waiting; /* the first member */
    struct web_request request;
    struct buffer body;
    struct MHD_Connection *connection;
    struct web_response response; /* when `answered` */
    bool head, answered;
};

/* --- answering --- */

static void response_init(struct web_response *response)
{
    *response = (struct web_response){
        .status = 200, .content_type = "text/html; charset=utf-8", .file = -1};
    buffer_init(&response->body, PAGE_MAX);
}

static void response_done(struct web_response *response)
{
    buffer_done(&response->body);
    if (response->file >= 0)
        close(response->file);
    response->file = -1;
}

static void fail(const struct web_door *door, const struct web_request *request, int status,
                 const char *words, struct web_response *response)
{
    response_done(response);
    response_init(response);
    if (door->fail)
        door->fail(request, status, words, response);
    else
        web_problem(response, status, web_status_text(status), words);
}

/* The same for every response, so that a status tells no more than its number. */
static void add_security(struct MHD_Response *out, const struct web_door *door)
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
}

static void add_headers(struct MHD_Response *out, const struct web_door *door,
                        const struct web_response *response)
{
    add_security(out, door);
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

static enum MHD_Result send_response(struct MHD_Connection *connection, const struct web_door *door,
                                     const struct web_request *request,
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
        response_done(response);
        return MHD_NO;
    }
    add_headers(out, door, response);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, out);
    MHD_destroy_response(out);
    response_done(response);
    return result;
}

/* --- one request --- */

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
    request->tls = scheme && strcmp(scheme, "https") == 0;
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

static struct exchange *begin(struct MHD_Connection *connection, const struct web_door *door,
                              const char *path, const char *method)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange)
        return NULL;
    buffer_init(&exchange->body, BODY_MAX);
    exchange->connection = connection;
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
    };
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, &exchange->request);
    put_peer(connection, exchange->request.address);
    if (door->proxy && door->proxy[0] && strcmp(door->proxy, exchange->request.address) == 0)
        put_forwarded(connection, &exchange->request);
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

static void answer(const struct web_door *door, struct exchange *exchange, int refused)
{
    struct web_response *response = &exchange->response;
    response_init(response);
    exchange->answered = true;
    if (buffer_error(&exchange->body) < 0)
        refused = 413;
    exchange->request.body = exchange->body.data;
    exchange->request.body_size = exchange->body.size;
    if (refused)
        fail(door, &exchange->request, refused, NULL, response);
    else
        handle(door, &exchange->request, response);
    response->closes = refused == 400; /* where it ends is not sure */
}

static enum MHD_Result send_answer(const struct web_door *door, struct exchange *exchange)
{
    exchange->answered = false;
    return send_response(exchange->connection, door, &exchange->request, &exchange->response);
}

/* What the request shows of who asks; else where it comes from. */
static const char *shown_by(const struct web_request *request)
{
    if (request->authorization)
        return request->authorization;
    return request->cookie ? request->cookie : request->address;
}

/* A door that knows who asks answers them in turn; the others' answers are files. */
static enum MHD_Result take_whole(struct web_server *server, struct exchange *exchange)
{
    if (!server->door->admit || server->stopping) {
        answer(server->door, exchange, server->stopping ? 503 : 0);
        return send_answer(server->door, exchange);
    }
    MHD_suspend_connection(exchange->connection);
    web_queue_add(&server->queue, &exchange->waiting, shown_by(&exchange->request));
    return MHD_YES;
}

/* Answers the request whose turn it is. Returns whether there was one. */
static bool answer_next(struct web_server *server)
{
    struct exchange *exchange = (struct exchange *)(void *)web_queue_take(&server->queue);
    if (!exchange)
        return false;
    answer(server->door, exchange, 0);
    MHD_resume_connection(exchange->connection);
    return true;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    (void)version;
    struct web_server *server = context;
    struct exchange *exchange = *state;
    if (!exchange) {
        *state = exchange = begin(connection, server->door, url, method);
        if (!exchange)
            return MHD_NO;
        int refused = refuse_early(connection, server->door, exchange);
        if (!refused)
            return MHD_YES;
        answer(server->door, exchange, refused);
    }
    if (exchange->answered)
        return send_answer(server->door, exchange);
    if (*upload_size) {
        buffer_append(&exchange->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return take_whole(server, exchange);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct exchange *exchange = *state;
    if (exchange && exchange->answered)
        response_done(&exchange->response);
    if (exchange)
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

/* Until something comes, or is due. */
static void await(struct web_server *server)
{
    MHD_UNSIGNED_LONG_LONG due;
    struct pollfd fds[] = {{.fd = server->epoll, .events = POLLIN},
                           {.fd = server->stop, .events = POLLIN}};
    int patience_ms = -1;
    if (MHD_get_timeout(server->daemon, &due) == MHD_YES)
        patience_ms = due > CONNECTION_TIMEOUT_S * 1000 ? CONNECTION_TIMEOUT_S * 1000 : (int)due;
    poll(fds, sizeof fds / sizeof *fds, patience_ms);
}

static bool is_stopping(const struct web_server *server)
{
    struct pollfd stop = {.fd = server->stop, .events = POLLIN};
    return poll(&stop, 1, 0) > 0;
}

/* Between two answers whoever sent something is heard, so that it is in the queue in time. */
static void *serve(void *context)
{
    struct web_server *server = context;
    while (!is_stopping(server)) {
        MHD_run(server->daemon);
        if (!answer_next(server))
            await(server);
    }
    server->stopping = true;
    while (answer_next(server))
        MHD_run(server->daemon);
    return NULL;
}

static int start_daemon(struct web_server *server, int listen_fd)
{
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, /* port= */ 0, NULL, NULL,
        on_request, server, MHD_OPTION_EXTERNAL_LOGGER, keep_quiet, NULL, MHD_OPTION_LISTEN_SOCKET,
        listen_fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, NULL, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!server->daemon)
        return errno ? -errno : ERR_UNAVAILABLE;
    server->epoll = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return 0;
}

static int start_thread(struct web_server *server)
{
    server->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->stop < 0)
        return -errno;
    int failure = -pthread_create(&server->thread, NULL, serve, server);
    if (failure < 0)
        close(server->stop);
    return failure;
}

int web_server_start(const struct web_door *door, int listen_fd, struct web_server **ret_server,
                     struct error_detail *detail)
{
    struct web_server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_NO_MEMORY;
    server->door = door;
    web_queue_init(&server->queue);
    int result = start_daemon(server, listen_fd);
    if (result >= 0) {
        result = start_thread(server);
        if (result < 0) {
            MHD_quiesce_daemon(server->daemon); /* the descriptor stays the caller's */
            MHD_stop_daemon(server->daemon);
        }
    }
    if (result < 0) {
        free(server);
        return error_set(detail, result, "the door could not be opened: %s", error_text(result));
    }
    *ret_server = server;
    return 0;
}

void web_server_stop(struct web_server *server)
{
    if (!server)
        return;
    eventfd_write(server->stop, 1);
    pthread_join(server->thread, NULL);
    MHD_stop_daemon(server->daemon);
    close(server->stop);
    free(server);
}
