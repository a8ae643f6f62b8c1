#include "app/worker.h"

#include <errno.h>
#include <poll.h>
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

static void signal_fd(int fd)
{
    uint64_t one = 1;
    /* The counter never overflows: its reader resets it each time. */
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
}

static void reset_fd(int fd)
{
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
}

bool worker_goes_on(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    bool goes_on = !worker->stopping;
    pthread_mutex_unlock(&worker->lock);
    return goes_on;
}

struct job *worker_next(struct worker *worker)
{
    reset_fd(worker->wake_fd);
    pthread_mutex_lock(&worker->lock);
    struct job *job = worker->stopping ? NULL : list_take(&worker->waiting);
    pthread_mutex_unlock(&worker->lock);
    return job;
}

void worker_end(struct worker *worker, struct job *job)
{
    pthread_mutex_lock(&worker->lock);
    list_put(&worker->done, job);
    pthread_mutex_unlock(&worker->lock);
    signal_fd(worker->event_fd);
}

static void serve_one_by_one(struct worker *worker, void *context)
{
    (void)context;
    for (;;) {
        struct job *job = worker_next(worker);
        if (!job && !worker_goes_on(worker))
            return;
        if (!job) {
            poll(&(struct pollfd){.fd = worker->wake_fd, .events = POLLIN}, 1, -1);
            continue;
        }
        job->run(job);
        worker_end(worker, job);
    }
}

static void *run_thread(void *user)
{
    struct worker *worker = user;
    worker->serve(worker, worker->context);
    return NULL;
}

static void close_fds(struct worker *worker)
{
    if (worker->event_fd >= 0)
        close(worker->event_fd);
    if (worker->wake_fd >= 0)
        close(worker->wake_fd);
}

int worker_start(struct worker *worker, worker_serve *serve, void *context,
                 struct error_detail *detail)
{
    *worker = (struct worker){.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                              .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                              .serve = serve ? serve : serve_one_by_one,
                              .context = context};
    if (worker->event_fd < 0 || worker->wake_fd < 0) {
        int failure = -errno;
        close_fds(worker);
        return error_set(detail, failure, "no event descriptor for a worker");
    }
    list_init(&worker->waiting);
    list_init(&worker->done);
    pthread_mutex_init(&worker->lock, NULL);
    /* Signals are the core's business. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&worker->thread, NULL, run_thread, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0) {
        close_fds(worker);
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
    pthread_mutex_unlock(&worker->lock);
    signal_fd(worker->wake_fd);
}

void worker_collect(struct worker *worker)
{
    reset_fd(worker->event_fd);
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
    pthread_mutex_unlock(&worker->lock);
    signal_fd(worker->wake_fd);
    pthread_join(worker->thread, NULL);
    for (struct job *job; (job = list_take(&worker->waiting));)
        list_put(&worker->done, job);
    worker_collect(worker);
    pthread_mutex_destroy(&worker->lock);
    close_fds(worker);
    worker->started = false;
}
