/* The thread that observes: several surveys under way in the one prober, each measurement read by
 * the judge when it comes back. It touches nothing of the core but the observer and the
 * observations that it was given. */
#include "app/core_parts.h"

#include "model/measurement.h"

#include <poll.h>

enum { LOOK_MS = 1000 }; /* how often it is seen that a prober hangs */

static void begin_those_given(struct worker *worker, struct observer *observer)
{
    for (struct job *job; (job = worker_next(worker));) {
        struct observation *o = (struct observation *)job;
        o->failure = observer_begin(observer, &o->plan, o, &o->detail);
        if (o->failure < 0)
            worker_end(worker, job);
    }
}

static void judge(struct observer *observer, struct observation *o)
{
    o->failure = observer_judge(observer, o->measurement.data, o->measurement.size, &o->arena,
                                &o->results, &o->detail);
}

static void take_those_ended(struct worker *worker, struct observer *observer)
{
    for (struct survey_end end; observer_end(observer, /* timeout_ms= */ 0, &end) > 0;) {
        struct observation *o = end.user;
        o->failure = end.result;
        o->lost = end.lost;
        o->detail = end.detail;
        o->measurement = end.measurement;
        if (o->failure >= 0)
            judge(observer, o);
        worker_end(worker, &o->job);
    }
}

/* The program ends: what is under way is not waited for. */
static void drop_all(struct worker *worker, struct observer *observer)
{
    observer_give_up(observer);
    take_those_ended(worker, observer);
}

void core_observe(struct worker *worker, void *context)
{
    struct observer *observer = context;
    for (;;) {
        begin_those_given(worker, observer);
        take_those_ended(worker, observer);
        if (!worker_goes_on(worker))
            break;
        struct pollfd fds[] = {{.fd = worker->wake_fd, .events = POLLIN},
                               {.fd = observer->prober.fd, .events = POLLIN}};
        poll(fds, observer->under_way ? 2 : 1, observer->under_way ? LOOK_MS : -1);
    }
    drop_all(worker, observer);
}
