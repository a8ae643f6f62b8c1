/* Where packets go: an Internet address with its port, as the system wants it, and the table that
 * sends them elsewhere (`--net-map`), so that a laboratory can stand in for the Internet. */
#ifndef BAILIWICK_NET_ENDPOINT_H
#define BAILIWICK_NET_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
};

enum { ENDPOINT_HOST_TEXT = INET6_ADDRSTRLEN };

/* `bytes` is in network order: four for AF_INET, sixteen for AF_INET6. */
struct endpoint endpoint_make(int family, const uint8_t *bytes, uint16_t port);
socklen_t endpoint_size(const struct endpoint *endpoint);
uint16_t endpoint_port(const struct endpoint *endpoint);
bool endpoint_same_host(const struct endpoint *a, const struct endpoint *b); /* port ignored */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
/* The address alone: "192.0.2.1", "2001:db8::1". */
char *endpoint_format_host(const struct endpoint *endpoint, char text[ENDPOINT_HOST_TEXT]);

/* Whether the address is of a block that is not globally reachable (loopback, private, link-local,
 * documentation, multicast ...): what a foreign zone or redirect names there is not to be asked. */
bool endpoint_is_special(const struct endpoint *endpoint);

struct net_map_entry {
    struct endpoint from, to;
};

struct net_map {
    const struct net_map_entry *entries;
    size_t count;
};

/* Where to send what is meant for `endpoint`; itself when the table (may be NULL) says nothing.
 * Applied at the moment of sending only: everything that is recorded names the real address. */
const struct endpoint *net_map_apply(const struct net_map *map, const struct endpoint *endpoint);

#endif
