#include "net/tls_front.h"

#include "base/clock.h"
#include "net/tls_relay.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RELAYS_MAX = 128, /* as many as the door takes (web/server.c) */
    LOOK_MS = 1000,   /* for times that are over */
    ACCEPTS_MAX = 16, /* then those that are there have their turn */
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

/* False when nobody waits, or nobody more can be taken. */
static bool take_one(struct front *front)
{
    struct handover peer = {.peer_size = sizeof peer.peer};
    struct tls_relay **place = find_free(front);
    if (!place)
        return false;
    int fd = accept4(front->means->listener, (struct sockaddr *)&peer.peer, &peer.peer_size,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return false;
    if (tls_relay_new(front->means->context, fd, front->means->handover, &peer, place) < 0) {
        close(fd);
        return false;
    }
    return true;
}

/* Of a house that is full, whoever comes waits in the kernel's queue. */
static void prepare(struct front *front)
{
    front->polls[0] = (struct pollfd){.fd = front->means->stop, .events = POLLIN};
    front->polls[1] =
        (struct pollfd){.fd = find_free(front) ? front->means->listener : -1, .events = POLLIN};
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
        if (!tls_relay_turn(front->relays[i], now)) {
            tls_relay_free(front->relays[i]);
            front->relays[i] = NULL;
        }
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
    for (size_t i = 0; i < RELAYS_MAX; i++) {
        tls_relay_free(front.relays[i]);
        front.relays[i] = NULL;
    }
}
