#include "web/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE_MAX = 8 << 20 }; /* of a page made here */

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
