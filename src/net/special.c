/* IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890): blocks that are not globally
 * reachable, and multicast (RFC 5771). */
#include "net/endpoint.h"

#include <string.h>

struct block {
    uint8_t bytes[4]; /* the start of the address */
    uint8_t bits;     /* up to 32 */
};

static const struct block ipv4_blocks[] = {
    {{0}, 8},             /* this network */
    {{10}, 8},            /* private use */
    {{100, 64}, 10},      /* shared address space */
    {{127}, 8},           /* loopback */
    {{169, 254}, 16},     /* link local, also where clouds keep their secrets */
    {{172, 16}, 12},      /* private use */
    {{192, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 88, 99}, 24},  /* 6to4 relays, deprecated */
    {{192, 168}, 16},     /* private use */
    {{198, 18}, 15},      /* benchmarking */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 4},           /* multicast */
    {{240}, 4},           /* reserved, broadcast */
};

/* Inside 2000::/3; everything outside it is special. */
static const struct block ipv6_blocks[] = {
    {{0x20, 0x01, 0x00}, 23},       /* protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4: any IPv4 address in disguise */
    {{0x3f, 0xff, 0x00}, 20},       /* documentation */
};

static bool is_inside(const uint8_t *address, const struct block *block)
{
    for (unsigned bit = 0; bit < block->bits; bit++) {
        unsigned mask = 0x80u >> (bit % 8);
        if ((address[bit / 8] & mask) != (block->bytes[bit / 8] & mask))
            return false;
    }
    return true;
}

static bool is_inside_any(const uint8_t *address, const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_inside(address, &blocks[i]))
            return true;
    }
    return false;
}

bool endpoint_is_special(const struct endpoint *endpoint)
{
    const struct block global = {{0x20}, 3};
    if (endpoint->any.sa_family == AF_INET)
        return is_inside_any((const uint8_t *)&endpoint->v4.sin_addr, ipv4_blocks,
                             sizeof ipv4_blocks / sizeof *ipv4_blocks);
    const uint8_t *address = (const uint8_t *)&endpoint->v6.sin6_addr;
    return !is_inside(address, &global) ||
           is_inside_any(address, ipv6_blocks, sizeof ipv6_blocks / sizeof *ipv6_blocks);
}
