#include "store/sqlite/late_sync.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct late_sync {
    sqlite3_file *file;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int flags;    /* of what is under way */
    int code;     /* of what is done: the first that is not SQLITE_OK stays */
    bool running; /* asked for and not done */
    bool ending;
};

static void *serve(void *opaque)
{
    struct late_sync *late = opaque;
    pthread_mutex_lock(&late->lock);
    for (;;) {
        while (!late->running && !late->ending)
            pthread_cond_wait(&late->changed, &late->lock);
        if (!late->running)
            break;
        int flags = late->flags;
        pthread_mutex_unlock(&late->lock);
        int code = late->file->pMethods->xSync(late->file, flags);
        pthread_mutex_lock(&late->lock);
        late->code = late->code == SQLITE_OK ? code : late->code;
        late->running = false;
        pthread_cond_broadcast(&late->changed);
    }
    pthread_mutex_unlock(&late->lock);
    return NULL;
}

/* Signals are for the threads that were there before. */
static int start_thread(struct late_sync *late)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&late->thread, NULL, serve, late);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

struct late_sync *late_sync_start(sqlite3_file *file)
{
    struct late_sync *late = calloc(1, sizeof *late);
    if (!late)
        return NULL;
    late->file = file;
    pthread_mutex_init(&late->lock, NULL);
    pthread_cond_init(&late->changed, NULL);
    if (start_thread(late) == 0)
        return late;
    pthread_cond_destroy(&late->changed);
    pthread_mutex_destroy(&late->lock);
    free(late);
    return NULL;
}

/* With the lock held. */
static void wait_done(struct late_sync *late)
{
    while (late->running)
        pthread_cond_wait(&late->changed, &late->lock);
}

int late_sync_begin(struct late_sync *late, int flags)
{
    pthread_mutex_lock(&late->lock);
    wait_done(late);
    int code = late->code;
    if (code == SQLITE_OK) {
        late->flags = flags;
        late->running = true;
        pthread_cond_broadcast(&late->changed);
    }
    pthread_mutex_unlock(&late->lock);
    return code;
}

int late_sync_wait(struct late_sync *late)
{
    pthread_mutex_lock(&late->lock);
    wait_done(late);
    int code = late->code;
    pthread_mutex_unlock(&late->lock);
    return code;
}

void late_sync_end(struct late_sync *late)
{
    if (!late)
        return;
    pthread_mutex_lock(&late->lock);
    wait_done(late);
    late->ending = true;
    pthread_cond_broadcast(&late->changed);
    pthread_mutex_unlock(&late->lock);
    pthread_join(late->thread, NULL);
    pthread_cond_destroy(&late->changed);
    pthread_mutex_destroy(&late->lock);
    free(late);
}
