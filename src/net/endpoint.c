#include "net/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

struct endpoint endpoint_make(int family, const uint8_t *bytes, uint16_t port)
{
    struct endpoint endpoint;
    memset(&endpoint, 0, sizeof endpoint);
    endpoint.any.sa_family = (sa_family_t)family;
    if (family == AF_INET) {
        memcpy(&endpoint.v4.sin_addr, bytes, 4);
        endpoint.v4.sin_port = htons(port);
    } else {
        memcpy(&endpoint.v6.sin6_addr, bytes, 16);
        endpoint.v6.sin6_port = htons(port);
    }
    return endpoint;
}

socklen_t endpoint_size(const struct endpoint *endpoint)
{
    return endpoint->any.sa_family == AF_INET ? sizeof endpoint->v4 : sizeof endpoint->v6;
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
    return ntohs(endpoint->any.sa_family == AF_INET ? endpoint->v4.sin_port
                                                    : endpoint->v6.sin6_port);
}

bool endpoint_same_host(const struct endpoint *a, const struct endpoint *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
    return endpoint_same_host(a, b) && endpoint_port(a) == endpoint_port(b);
}

char *endpoint_format_host(const struct endpoint *endpoint, char text[ENDPOINT_HOST_TEXT])
{
    if (endpoint->any.sa_family == AF_INET)
        inet_ntop(AF_INET, &endpoint->v4.sin_addr, text, ENDPOINT_HOST_TEXT);
    else
        inet_ntop(AF_INET6, &endpoint->v6.sin6_addr, text, ENDPOINT_HOST_TEXT);
    return text;
}

const struct endpoint *net_map_apply(const struct net_map *map, const struct endpoint *endpoint)
{
    for (size_t i = 0; map && i < map->count; i++) {
        if (endpoint_equal(&map->entries[i].from, endpoint))
            return &map->entries[i].to;
    }
    return endpoint;
}
