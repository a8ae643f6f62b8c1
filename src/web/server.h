/* HTTP for our doors: libmicrohttpd behind this header, and a route table as data.
 *
 * One normal request: the path is taken as sent (no percent-decoding: our paths are plain), matched
 * against the route table, the caller's audience is asked for, the handler fills a response, and
 * every response leaves with the same security headers. GET routes answer HEAD too. A path that no
 * route has, an object that does not exist and one that the caller may not see are the same bytes.
 *
 * Limits stand in server.c. Handlers of a door run one at a time: in the door's only thread, or in
 * a thread for each connection while it has the turn (struct web_door, web/turn.h). */
#ifndef BAILIWICK_WEB_SERVER_H
#define BAILIWICK_WEB_SERVER_H

#include "access/access.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"
#include "web/turn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WEB_PARAMETERS_MAX = 4,
    WEB_QUERY_MAX = 8,
    WEB_PARAMETER_MAX = 128,
    WEB_ADDRESS_TEXT = 80,
    WEB_HOST_TEXT = 48
};

/* One name of the query string; both borrowed, as sent. */
struct web_query {
    const char *name, *value; /* "" for a name alone */
};

struct web_upload; /* web/upload.h */

struct web_request {
    const char *method;                                         /* "GET" also for HEAD */
    const char *path;                                           /* as sent, without the query */
    char parameters[WEB_PARAMETERS_MAX][WEB_PARAMETER_MAX + 1]; /* what the pattern captured */
    size_t parameter_count;
    const char *authorization, *cookie, *content_type, *if_none_match, *if_match, *idempotency_key,
        *accept, *origin, *host; /* or NULL */
    char address[WEB_HOST_TEXT]; /* of who asks, as far as it is known: see struct web_door */
    /* What the client showed and proved to have the key of, where we end TLS ourselves and nobody
     * stands in between; else NULL. */
    const struct digest *certificate;
    bool tls; /* it came so, or the web server in front says that it did */
    struct web_query query[WEB_QUERY_MAX];
    size_t query_count;
    bool query_excess; /* there were more */
    const uint8_t *body;
    size_t body_size;
    struct web_upload *upload; /* instead of a body: a form with files; else NULL */
    const struct web_route *route;
    void *context; /* of the door */
    void *caller;  /* what the door keeps about who asks: caller_size bytes, zero at first */
};

struct web_response {
    int status;
    const char *content_type; /* static text */
    struct buffer body;       /* ... or: */
    int file;                 /* a descriptor to send (taken), -1 for none */
    uint64_t file_size;
    char etag[40];         /* without quotes; "" for none */
    char location[256];    /* for 303; "" for none */
    char cookie[256];      /* Set-Cookie; "" for none */
    bool cacheable;        /* else Cache-Control: no-store */
    bool immutable;        /* never changes under this path */
    int64_t retry_after_s; /* 0 for none */
    bool closes;           /* nothing that follows on the connection is read */
};

typedef int web_handler(const struct web_request *request, struct web_response *response);

/* Pattern: literal segments, `:name` for one segment of [A-Za-z0-9._-] (not starting with a dot),
 * `*name` for the rest of the path (such segments, joined by slashes). A literal ending may follow
 * `:name` ("/notices/:id.json"). The first row that fits wins. */
struct web_route {
    const char *method; /* "GET" or "POST" */
    const char *pattern;
    enum audience audience;
    web_handler *handler;
    const char *summary;
    const void *data; /* of the handler's own */
};

struct web_door {
    const struct web_route *routes;
    size_t route_count;
    void *context;
    /* Is the caller one of the route's audience? NULL: only AUDIENCE_PUBLIC is let in. On a refusal
     * the callback fills the response (a login page, 401) and returns ERR_DENIED. */
    int (*admit)(struct web_request *request, struct web_response *response);
    /* Fills a response for a failure. NULL: RFC 9457 problem JSON. */
    void (*fail)(const struct web_request *request, int status, const char *words,
                 struct web_response *response);
    /* A form with files comes (multipart/form-data), of which nothing was read yet: does the route
     * take one, from who asks? *ret_upload is NULL for a route that takes none; on a refusal the
     * callback fills the response and returns ERR_DENIED. NULL: no route takes one. */
    int (*begin_upload)(struct web_request *request, struct web_response *response,
                        struct web_upload **ret_upload);
    /* Fills a response for an upload that failed. */
    void (*fail_upload)(const struct web_request *request, int failure,
                        const struct error_detail *detail, struct web_response *response);
    bool forms; /* form-action 'self' rather than 'none' */
    /* The web server in front, by its address: what it says of the browser (the last entry of
     * X-Forwarded-For, X-Forwarded-Proto) is believed, what anybody else says is not. NULL or ""
     * for none. */
    const char *proxy;
    size_t caller_size; /* of web_request.caller */
    /* NULL: one thread serves all connections. Else each has a thread of its own, and what runs of
     * this room or the door's has the turn; a handler that waits for another process gives it up
     * meanwhile and takes it again, so that nobody is held up by what another waits for. */
    struct web_turn *turn;
};

/* The route of a request; NULL when there is none. Captures and the route go to the request. */
const struct web_route *web_route_find(const struct web_door *door, const char *method,
                                       const char *path, struct web_request *ret_request);

/* Whether the body says to be of that media type, whatever its parameters (RFC 9110 8.3.1). */
bool web_is_type(const struct web_request *request, const char *type);

/* The reason phrase of the statuses that our doors use (RFC 9110 15). */
const char *web_status_text(int status);

/* Opens a listening socket on "ADDRESS:PORT" or "[ADDRESS]:PORT"; port 0 lets the kernel choose. */
int web_listen(const char *address, int *ret_fd, struct error_detail *detail);

/* A door's socket handed over by systemd (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS,
 * LISTEN_FDNAMES): the one named `public` or `staff`; when no socket has such a name, the first and
 * the second. ERR_NOT_FOUND when there is none. */
enum web_inherited { INHERITED_PUBLIC, INHERITED_STAFF };
int web_listen_inherited(enum web_inherited door, int *ret_fd);

/* "127.0.0.1:8080" of a listening socket. */
int web_listen_address(int fd, char text[WEB_ADDRESS_TEXT]);

struct web_server;

/* Serves until stopped. The descriptor is a listening socket, or the taking end of net/handover.h:
 * then connections come from the process in front that ends their TLS. The door and all it points
 * to must outlive the server; the descriptor is taken on success. */
int web_server_start(const struct web_door *door, int listen_fd, struct web_server **ret_server,
                     struct error_detail *detail);
/* Takes nothing more, and waits for the answers of what was taken, some seconds at most. Takes
 * NULL. */
void web_server_stop(struct web_server *server);

/* RFC 9457, application/problem+json. */
void web_problem(struct web_response *response, int status, const char *title, const char *words);

#endif
