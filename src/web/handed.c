#include "web/handed.h"

#include "base/error.h"
#include "base/log.h"
#include "net/handover.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4096 /* descriptors, far more than the door has connections */ };

struct handed {
    int end, stop;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    /* By descriptor: set before the connection is taken, and read by whoever serves it. */
    struct {
        bool shown;
        struct digest sha256;
    } certificates[CONNECTIONS_MAX];
};

/* Where it takes no more libmicrohttpd closes the connection itself. */
static void take(struct handed *handed, int connection, const struct handover *about)
{
    if (connection >= CONNECTIONS_MAX) {
        close(connection);
        return;
    }
    handed->certificates[connection].shown = about->has_certificate;
    handed->certificates[connection].sha256 = about->certificate;
    MHD_add_connection(handed->daemon, connection, (const struct sockaddr *)&about->peer,
                       about->peer_size);
}

const struct digest *handed_certificate(const struct handed *handed, int connection)
{
    bool known = handed && connection >= 0 && connection < CONNECTIONS_MAX;
    return known && handed->certificates[connection].shown
               ? &handed->certificates[connection].sha256
               : NULL;
}

static void *take_all(void *context)
{
    struct handed *handed = context;
    struct pollfd polls[] = {{.fd = handed->stop, .events = POLLIN},
                             {.fd = handed->end, .events = POLLIN}};
    for (;;) {
        struct handover about;
        int connection;
        if (poll(polls, sizeof polls / sizeof *polls, -1) < 0 && errno != EINTR)
            return NULL;
        if (polls[0].revents)
            return NULL;
        int result = handover_take(handed->end, &connection, &about);
        if (result >= 0)
            take(handed, connection, &about);
        else if (result != -EAGAIN)
            log_error("a connection that was handed over: %s", error_text(result));
        if (result < 0 && result != -EAGAIN && result != ERR_DAMAGED)
            return NULL; /* nothing will come any more, and poll() would say so again and again */
    }
}

int handed_start(int end, struct MHD_Daemon *daemon, struct handed **ret_handed)
{
    struct handed *handed = calloc(1, sizeof *handed);
    if (!handed)
        return ERR_NO_MEMORY;
    handed->end = end;
    handed->daemon = daemon;
    handed->stop = eventfd(0, EFD_CLOEXEC);
    *ret_handed = handed; /* before the first request could ask for it */
    int failure =
        handed->stop < 0 ? errno : pthread_create(&handed->thread, NULL, take_all, handed);
    if (failure) {
        *ret_handed = NULL;
        if (handed->stop >= 0)
            close(handed->stop);
        free(handed);
        return -failure;
    }
    return 0;
}

void handed_stop(struct handed *handed)
{
    if (!handed)
        return;
    eventfd_write(handed->stop, 1);
    pthread_join(handed->thread, NULL);
    close(handed->stop);
    close(handed->end);
    free(handed);
}
