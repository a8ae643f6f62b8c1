#include "web/server.h"

#include "base/log.h"
#include "web/handed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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
    struct handed *handed; /* NULL without */
};

/* One request while its body comes in. */
struct exchange {
    struct web_request request;
    struct buffer body;
    bool head;
    alignas(max_align_t) unsigned char caller[]; /* of the door */
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
    if (door->handed) /* RFC 6797 7.1: over TLS only; a web server in front adds its own */
        MHD_add_response_header(out, "Strict-Transport-Security", "max-age=31536000");
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
    request->tls |= scheme && strcmp(scheme, "https") == 0;
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
        .tls = door->handed,
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

static enum MHD_Result answer(struct MHD_Connection *connection, const struct web_door *door,
                              struct exchange *exchange, int refused)
{
    struct web_response response;
    response_init(&response);
    if (buffer_error(&exchange->body) < 0)
        refused = 413;
    exchange->request.body = exchange->body.data;
    exchange->request.body_size = exchange->body.size;
    if (door->turn)
        pthread_mutex_lock(door->turn);
    if (refused)
        fail(door, &exchange->request, refused, NULL, &response);
    else
        handle(door, &exchange->request, &response);
    if (door->turn)
        pthread_mutex_unlock(door->turn);
    response.closes = refused == 400; /* where it ends is not sure */
    return send_response(connection, door, &exchange->request, &response);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    (void)version;
    const struct web_server *server = context;
    struct exchange *exchange = *state;
    if (!exchange) {
        *state = exchange = begin(connection, server->door, url, method);
        if (!exchange)
            return MHD_NO;
        int refused = refuse_early(connection, server->door, exchange);
        return refused ? answer(connection, server->door, exchange, refused) : MHD_YES;
    }
    if (*upload_size) {
        buffer_append(&exchange->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return answer(connection, server->door, exchange, 0);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct exchange *exchange = *state;
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

int web_server_start(const struct web_door *door, int listen_fd, struct web_server **ret_server,
                     struct error_detail *detail)
{
    struct web_server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_NO_MEMORY;
    server->door = door;
    const unsigned threads = door->turn ? MHD_USE_THREAD_PER_CONNECTION : 0;
    const unsigned no_listener = door->handed ? MHD_USE_NO_LISTEN_SOCKET : 0;
    const struct MHD_OptionItem no_socket[] = {{MHD_OPTION_END, 0, NULL}},
                                listening[] = {{MHD_OPTION_LISTEN_SOCKET, listen_fd, NULL},
                                               {MHD_OPTION_END, 0, NULL}};
    server->daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG | threads |
            no_listener,
        /* port= */ 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, keep_quiet, NULL,
        MHD_OPTION_ARRAY, door->handed ? no_socket : listening, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, NULL, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    int failure = server->daemon ? 0 : errno ? -errno : ERR_UNAVAILABLE;
    if (!failure && door->handed)
        failure = handed_start(listen_fd, server->daemon, &server->handed);
    if (failure < 0) {
        if (server->daemon)
            MHD_stop_daemon(server->daemon);
        free(server);
        return error_set(detail, failure, "the door could not be opened: %s", error_text(failure));
    }
    *ret_server = server;
    return 0;
}

void web_server_stop(struct web_server *server)
{
    if (!server)
        return;
    handed_stop(server->handed);
    MHD_stop_daemon(server->daemon);
    free(server);
}
