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
    void (*run)(struct job *job);    /* in the thread */
    void (*finish)(struct job *job); /* in the core; frees the job */
    struct job *next;                /* the worker's own */
};

struct job_list {
    struct job *first, **last;
};

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job_list waiting, done;
    size_t under_way; /* given and not yet collected */
    int event_fd;
    bool stopping, started;
};

int worker_start(struct worker *worker, struct error_detail *detail);
/* Waits for the job that runs; drops those that wait (their finish() is called all the same). */
void worker_stop(struct worker *worker);

void worker_give(struct worker *worker, struct job *job);
void worker_collect(struct worker *worker);

#endif
