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

struct handed {
    int end, stop;
    struct MHD_Daemon *daemon;
    pthread_t thread;
};

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
        if (result >= 0) /* where it takes no more it closes the connection itself */
            MHD_add_connection(handed->daemon, connection, (const struct sockaddr *)&about.peer,
                               about.peer_size);
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
    int failure =
        handed->stop < 0 ? errno : pthread_create(&handed->thread, NULL, take_all, handed);
    if (failure) {
        if (handed->stop >= 0)
            close(handed->stop);
        free(handed);
        return -failure;
    }
    *ret_handed = handed;
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
