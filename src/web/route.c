/* Matching a path against the route table, and problems (RFC 9457). */
#include "base/json.h"
#include "web/server.h"

#include <string.h>
#include <strings.h>

enum { PATH_MAX_SEGMENTS = 16 }; /* a tile of a log of 2^64 entries has eight */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* Length of one segment that is safe in a path and in a file name: it cannot be ".", ".." or
 * hidden. 0 when there is none. */
static size_t segment_length(const char *at)
{
    size_t length = 0;
    if (*at == '.')
        return 0;
    while (is_plain(at[length]))
        length++;
    return length;
}

static bool capture(struct web_request *request, const char *from, size_t size)
{
    if (request->parameter_count == WEB_PARAMETERS_MAX || size > WEB_PARAMETER_MAX || !size)
        return false;
    char *to = request->parameters[request->parameter_count++];
    memcpy(to, from, size);
    to[size] = '\0';
    return true;
}

/* The rest of the path: plain segments joined by single slashes. */
static bool capture_rest(struct web_request *request, const char *path)
{
    const char *at = path;
    for (int i = 0; i < PATH_MAX_SEGMENTS; i++) {
        size_t length = segment_length(at);
        if (!length)
            return false;
        at += length;
        if (!*at)
            return capture(request, path, (size_t)(at - path));
        if (*at++ != '/')
            return false;
    }
    return false;
}

static bool matches(const char *pattern, const char *path, struct web_request *request)
{
    request->parameter_count = 0;
    while (*pattern) {
        if (*pattern == '*')
            return capture_rest(request, path);
        if (*pattern == ':') {
            while (*pattern == ':' || (*pattern >= 'a' && *pattern <= 'z'))
                pattern++;
            size_t length = segment_length(path), ending = strcspn(pattern, "/");
            if (length <= ending || strncmp(path + length - ending, pattern, ending) != 0)
                return false;
            if (!capture(request, path, length - ending))
                return false;
            path += length;
            pattern += ending;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

const struct web_route *web_route_find(const struct web_door *door, const char *method,
                                       const char *path, struct web_request *ret_request)
{
    for (size_t i = 0; i < door->route_count; i++) {
        const struct web_route *route = &door->routes[i];
        if (strcmp(route->method, method) == 0 && matches(route->pattern, path, ret_request)) {
            ret_request->route = route;
            return route;
        }
    }
    ret_request->parameter_count = 0;
    ret_request->route = NULL;
    return NULL;
}

bool web_is_type(const struct web_request *request, const char *type)
{
    const char *said = request->content_type;
    size_t size = strlen(type);
    return said && strncasecmp(said, type, size) == 0 &&
           (said[size] == '\0' || strchr("; \t", said[size]));
}

const char *web_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {{200, "OK"},
                {201, "Created"},
                {303, "See Other"},
                {304, "Not Modified"},
                {400, "Bad Request"},
                {401, "Unauthorized"},
                {403, "Forbidden"},
                {404, "Not Found"},
                {405, "Method Not Allowed"},
                {408, "Request Timeout"},
                {409, "Conflict"},
                {412, "Precondition Failed"},
                {413, "Content Too Large"},
                {415, "Unsupported Media Type"},
                {422, "Unprocessable Content"},
                {428, "Precondition Required"},
                {429, "Too Many Requests"},
                {500, "Internal Server Error"},
                {503, "Service Unavailable"},
                {507, "Insufficient Storage"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].status == status)
            return rows[i].text;
    }
    return "Error";
}

void web_problem(struct web_response *response, int status, const char *title, const char *words)
{
    struct json_out json;
    buffer_clear(&response->body);
    response->status = status;
    response->content_type = "application/problem+json";
    response->cacheable = false;
    json_out_init(&json, &response->body, /* indent= */ false);
    json_out_object(&json);
    json_out_member_text(&json, "type", "about:blank");
    json_out_member_text(&json, "title", title);
    json_out_member_int(&json, "status", status);
    if (words && *words)
        json_out_member_text(&json, "detail", words);
    json_out_end(&json);
    buffer_append_byte(&response->body, '\n');
}
