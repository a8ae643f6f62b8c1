/* A thread beside the core that does what takes long: asking the world, handing over a letter.
 *
 * A job runs in the thread and touches only what it was given; its end is told in the core's own
 * thread by worker_collect(), which the core calls when `event_fd` becomes readable. So the store,
 * the rulebook and the clock have one owner and need no lock. */
#ifndef BAILIWICK_APP_WORKER_H
#define BAILIWICK_APP_WORKER_H

#include "base/error.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct job {
    void (*run)(struct job *job);    /* in the thread; NULL where serve() knows what to do */
    void (*finish)(struct job *job); /* in the core; frees the job */
    struct job *next;                /* the worker's own */
};

struct job_list {
    struct job *first, **last;
};

struct worker;

/* What the thread does until worker_goes_on() is false. NULL: one job after the other, by run(). */
typedef void worker_serve(struct worker *worker, void *context);

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    worker_serve *serve;
    void *context;
    struct job_list waiting, done;
    size_t under_way; /* given and not yet collected */
    int event_fd;     /* readable in the core: something is done */
    int wake_fd;      /* readable in the thread: something was given, or it is to stop */
    bool stopping, started;
};

int worker_start(struct worker *worker, worker_serve *serve, void *context,
                 struct error_detail *detail);
/* Waits until the thread lets go of what it does; drops the jobs that wait (their finish() is
 * called all the same). */
void worker_stop(struct worker *worker);

void worker_give(struct worker *worker, struct job *job);
void worker_collect(struct worker *worker);

/* For serve(), in the thread: ask worker_goes_on() when there was no next job and before waiting
 * for `wake_fd`, which worker_next() resets. */
bool worker_goes_on(struct worker *worker);
struct job *worker_next(struct worker *worker); /* NULL: none waits now */
void worker_end(struct worker *worker, struct job *job);

#endif
