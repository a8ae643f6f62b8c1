#include "net/tls_front.h"

#include "base/clock.h"
#include "net/tls_relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RELAYS_MAX = 120,  /* less than the door takes (web/server.c), which may still count some that
                          have just ended */
    OF_ONE_MAX = 96,   /* places of one source: it cannot shut others out by itself */
    IDLE_US = 1000000, /* since bytes last went: such a place is free for who has none */
    LOOK_MS = 1000,    /* for times that are over */
    ACCEPTS_MAX = 16,  /* then those that are there have their turn */
    OWN_POLLS = 2,
};

struct front {
    const struct tls_front *means;
    struct tls_relay *relays[RELAYS_MAX]; /* NULL: free */
    struct pollfd polls[OWN_POLLS + RELAYS_MAX * TLS_RELAY_POLLS];
};

static struct tls_relay **find_free(struct front *front)
{
    for (size_t i = 0; i < RELAYS_MAX; i++) {
        if (!front->relays[i])
            return &front->relays[i];
    }
    return NULL;
}

/* Who came, as far as it counts places: of IPv6 the /64, of which whoever has one address has all,
 * of IPv4 the address, also where it came over an IPv6 socket. */
static uint64_t source_of(const struct handover *who)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)&who->peer;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)&who->peer;
    uint32_t address;
    uint64_t prefix;
    if (who->peer.ss_family == AF_INET)
        return v4->sin_addr.s_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        memcpy(&address, v6->sin6_addr.s6_addr + 12, sizeof address);
        return address;
    }
    memcpy(&prefix, v6->sin6_addr.s6_addr, sizeof prefix);
    return prefix;
}

static size_t count_of(const struct front *front, uint64_t source)
{
    size_t count = 0;
    for (size_t i = 0; i < RELAYS_MAX; i++)
        count += front->relays[i] && source_of(&front->relays[i]->peer) == source;
    return count;
}

/* Of those that were idle for a second, of whoever has the most places, the one that was so
 * longest. `source` is whose alone, NULL for anybody's. NULL when there is none. */
static struct tls_relay **find_idle(struct front *front, const uint64_t *source)
{
    const int64_t since = clock_mono() - IDLE_US;
    struct tls_relay **found = NULL;
    size_t most = 0;
    for (size_t i = 0; i < RELAYS_MAX; i++) {
        struct tls_relay *at = front->relays[i];
        if (!at || at->moved_us > since || (source && source_of(&at->peer) != *source))
            continue;
        size_t places = count_of(front, source_of(&at->peer));
        if (found && (places < most || (places == most && at->moved_us >= (*found)->moved_us)))
            continue;
        most = places;
        found = &front->relays[i];
    }
    return found;
}

static void end_relay(struct tls_relay **place)
{
    tls_relay_free(*place);
    *place = NULL;
}

static bool has_room(struct front *front)
{
    return find_free(front) || find_idle(front, /* source= */ NULL);
}

/* A place for who has just come, of somebody's who does not use it where it must be. NULL: none. */
static struct tls_relay **find_place(struct front *front, const struct handover *peer)
{
    const uint64_t source = source_of(peer);
    const bool has_many = count_of(front, source) >= OF_ONE_MAX;
    if (has_many || !find_free(front)) {
        struct tls_relay **idle = find_idle(front, has_many ? &source : NULL);
        if (!idle)
            return NULL;
        end_relay(idle);
    }
    return find_free(front);
}

/* False when nobody waits, or nobody more can be taken. */
static bool take_one(struct front *front)
{
    struct handover peer = {.peer_size = sizeof peer.peer};
    if (!has_room(front))
        return false;
    int fd = accept4(front->means->listener, (struct sockaddr *)&peer.peer, &peer.peer_size,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return false;
    struct tls_relay **place = find_place(front, &peer);
    if (!place ||
        tls_relay_new(front->means->context, fd, front->means->handover, &peer, place) < 0)
        close(fd);
    return true;
}

/* Of a house that is full and busy, whoever comes waits in the kernel's queue. */
static void prepare(struct front *front)
{
    front->polls[0] = (struct pollfd){.fd = front->means->stop, .events = POLLIN};
    front->polls[1] =
        (struct pollfd){.fd = has_room(front) ? front->means->listener : -1, .events = POLLIN};
    for (size_t i = 0; i < RELAYS_MAX; i++) {
        struct pollfd *polls = &front->polls[OWN_POLLS + i * TLS_RELAY_POLLS];
        polls[0] = polls[1] = (struct pollfd){.fd = -1};
        if (front->relays[i])
            tls_relay_poll(front->relays[i], polls);
    }
}

/* Those that something happened to, and all of them once a second. */
static void turn_all(struct front *front, bool everyone)
{
    int64_t now = clock_mono();
    for (size_t i = 0; i < RELAYS_MAX; i++) {
        const struct pollfd *polls = &front->polls[OWN_POLLS + i * TLS_RELAY_POLLS];
        if (!front->relays[i] || (!everyone && !polls[0].revents && !polls[1].revents))
            continue;
        if (!tls_relay_turn(front->relays[i], now))
            end_relay(&front->relays[i]);
    }
}

static void serve(struct front *front)
{
    int64_t looked_us = clock_mono();
    for (;;) {
        prepare(front);
        int ready = poll(front->polls, sizeof front->polls / sizeof *front->polls, LOOK_MS);
        if (ready < 0 && errno != EINTR)
            return;
        if (ready > 0 && front->polls[0].revents)
            return;
        bool everyone = clock_mono() - looked_us >= LOOK_MS * 1000;
        if (everyone)
            looked_us = clock_mono();
        if (ready > 0 || everyone)
            turn_all(front, everyone);
        for (int i = 0; ready > 0 && front->polls[1].revents && i < ACCEPTS_MAX; i++) {
            if (!take_one(front))
                break;
        }
    }
}

void tls_front_run(const struct tls_front *means)
{
    static struct front front;
    front.means = means;
    serve(&front);
    for (size_t i = 0; i < RELAYS_MAX; i++)
        end_relay(&front.relays[i]);
}
