#include "app/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void list_init(struct job_list *list)
{
    list->first = NULL;
    list->last = &list->first;
}

static void list_put(struct job_list *list, struct job *job)
{
    job->next = NULL;
    *list->last = job;
    list->last = &job->next;
}

static struct job *list_take(struct job_list *list)
{
    struct job *job = list->first;
    if (job) {
        list->first = job->next;
        if (!list->first)
            list->last = &list->first;
    }
    return job;
}

static void announce(const struct worker *worker)
{
    uint64_t one = 1;
    /* The counter never overflows: the core resets it at each collection. */
    ssize_t ignored = write(worker->event_fd, &one, sizeof one);
    (void)ignored;
}

static void *serve(void *context)
{
    struct worker *worker = context;
    pthread_mutex_lock(&worker->lock);
    for (;;) {
        struct job *job = worker->stopping ? NULL : list_take(&worker->waiting);
        if (!job && worker->stopping)
            break;
        if (!job) {
            pthread_cond_wait(&worker->more, &worker->lock);
            continue;
        }
        pthread_mutex_unlock(&worker->lock);
        job->run(job);
        pthread_mutex_lock(&worker->lock);
        list_put(&worker->done, job);
        announce(worker);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

int worker_start(struct worker *worker, struct error_detail *detail)
{
    *worker = (struct worker){.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (worker->event_fd < 0)
        return error_set(detail, -errno, "no event descriptor for a worker");
    list_init(&worker->waiting);
    list_init(&worker->done);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->more, NULL);
    /* Signals are the core's business. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&worker->thread, NULL, serve, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0) {
        close(worker->event_fd);
        return error_set(detail, -result, "no thread for a worker");
    }
    worker->started = true;
    return 0;
}

void worker_give(struct worker *worker, struct job *job)
{
    pthread_mutex_lock(&worker->lock);
    list_put(&worker->waiting, job);
    worker->under_way++;
    pthread_cond_signal(&worker->more);
    pthread_mutex_unlock(&worker->lock);
}

void worker_collect(struct worker *worker)
{
    uint64_t count;
    ssize_t ignored = read(worker->event_fd, &count, sizeof count);
    (void)ignored;
    for (;;) {
        pthread_mutex_lock(&worker->lock);
        struct job *job = list_take(&worker->done);
        worker->under_way -= job != NULL;
        pthread_mutex_unlock(&worker->lock);
        if (!job)
            break;
        job->finish(job);
    }
}

void worker_stop(struct worker *worker)
{
    if (!worker->started)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_signal(&worker->more);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    for (struct job *job; (job = list_take(&worker->waiting));)
        list_put(&worker->done, job);
    worker_collect(worker);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->more);
    close(worker->event_fd);
    worker->started = false;
}
