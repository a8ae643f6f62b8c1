/* Addresses of a host, by a resolver of ours (RFC 1035 7), blocking; for a process that must not
 * open files afterwards: the system's configuration is read once, and the hosts file never. */
#ifndef BAILIWICK_NET_RESOLVER_H
#define BAILIWICK_NET_RESOLVER_H

#include "net/endpoint.h"

enum {
    RESOLVER_ADDRESSES_MAX = 32, /* of one host; further ones are dropped */
};

struct resolver;

/* Asks that server; NULL: the servers that /etc/resolv.conf names. ERR_UNSUPPORTED for a server
 * with an IPv6 address, ERR_UNAVAILABLE, ERR_NO_MEMORY. */
int resolver_new(const struct endpoint *server, struct resolver **ret_resolver);
void resolver_free(struct resolver *resolver);

/* IPv4 and IPv6 addresses of a host, with that port. A host that is an address is itself, and
 * nobody is asked. ERR_NOT_FOUND when there is no such host or it has none; ERR_UNAVAILABLE when no
 * server said so, within some seconds. */
int resolver_find(struct resolver *resolver, const char *host, uint16_t port,
                  struct endpoint ret_list[RESOLVER_ADDRESSES_MAX], size_t *ret_count);

#endif
