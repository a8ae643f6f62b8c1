#include "measure/prober.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "measure/survey.h"
#include "net/channel.h"
#include "net/trust.h"

#include <stdlib.h>
#include <string.h>

/* Plan and measurement of one request; the encoded form has a limit of its own. */
enum { ARENA_MAX = 256 * 1024 * 1024 };

struct job {
    struct job *next;
    struct prober *prober;
    struct arena arena;
    struct survey_plan plan;
    bool finished;
    uint32_t kind; /* of the reply */
    struct buffer reply;
};

struct prober {
    struct surveyor *surveyor;
    struct channel *channel;
    struct job *first, **last; /* in the order of the requests */
    unsigned count;
    bool one_socket; /* its end means that nobody waits for replies either */
    bool ended;      /* no more requests */
    int result;
    bool stop;
};

static void free_job(struct job *job)
{
    arena_done(&job->arena);
    buffer_done(&job->reply);
    free(job);
}

static void stop_when_done(struct prober *prober)
{
    prober->stop = prober->ended && !prober->first && !channel_waiting(prober->channel);
}

/* Sends what is finished at the head of the queue. */
static void send_replies(struct prober *prober)
{
    while (prober->first && prober->first->finished) {
        struct job *job = prober->first;
        prober->first = job->next;
        if (!prober->first)
            prober->last = &prober->first;
        prober->count--;
        int result = channel_send(prober->channel, job->kind, job->reply.data, job->reply.size);
        free_job(job);
        if (result < 0) {
            prober->ended = true;
            prober->result = result;
        }
    }
    channel_want(prober->channel, !prober->ended && prober->count < PROBER_AT_ONCE);
    stop_when_done(prober);
}

static void finish(struct job *job, int result, const struct error_detail *detail)
{
    job->finished = true;
    job->kind = PROBER_FRAME_MEASUREMENT;
    if (result < 0) {
        job->kind = PROBER_FRAME_FAILURE;
        buffer_clear(&job->reply);
        buffer_printf(&job->reply, "%d %s", result, error_words(detail, result));
    }
    send_replies(job->prober);
}

static void take_measurement(void *user, int result, const struct measurement *measurement)
{
    struct job *job = user;
    if (result >= 0)
        result = measurement_encode(measurement, &job->reply);
    finish(job, result, /* detail= */ NULL);
}

static void start(struct job *job, const uint8_t *body, size_t size)
{
    struct clock clock;
    struct error_detail detail = {0};
    clock_init(&clock);
    int result = survey_plan_decode(body, size, &job->arena, &job->plan);
    if (result >= 0)
        result = surveyor_start(job->prober->surveyor, &job->plan, &job->arena, &clock,
                                take_measurement, job, &detail);
    if (result < 0)
        finish(job, result, &detail);
}

static void take_frame(void *user, uint32_t kind, const uint8_t *body, size_t size)
{
    struct prober *prober = user;
    struct job *job = calloc(1, sizeof *job);
    if (!job || kind != PROBER_FRAME_SURVEY) {
        free(job);
        prober->ended = true;
        prober->result = job ? ERR_DAMAGED : ERR_NO_MEMORY;
        channel_want(prober->channel, false);
        stop_when_done(prober);
        return;
    }
    job->prober = prober;
    arena_init(&job->arena, ARENA_MAX);
    buffer_init(&job->reply, MEASUREMENT_ENCODED_MAX);
    *prober->last = job;
    prober->last = &job->next;
    prober->count++;
    channel_want(prober->channel, prober->count < PROBER_AT_ONCE);
    start(job, body, size);
}

static void take_end(void *user, int result)
{
    struct prober *prober = user;
    prober->ended = true;
    prober->result = result;
    if (prober->one_socket)
        surveyor_give_up(prober->surveyor);
    stop_when_done(prober);
}

static void take_sent(void *user)
{
    stop_when_done(user);
}

static int serve(struct surveyor *surveyor, int fd_in, int fd_out)
{
    static const struct channel_callbacks callbacks = {take_frame, take_end, take_sent};
    struct prober prober = {.surveyor = surveyor, .one_socket = fd_in == fd_out};
    prober.last = &prober.first;
    int result = channel_new(surveyor_loop(surveyor), fd_in, fd_out, SURVEY_PLAN_MAX, &callbacks,
                             &prober, &prober.channel);
    if (result < 0)
        return result;
    result = net_loop_run(surveyor_loop(surveyor), &prober.stop);
    channel_free(prober.channel);
    return result < 0 ? result : prober.result;
}

/* Whatever libraries load from files must be in memory before files are gone. */
static int enter_sandbox(void)
{
    struct error_detail detail = {0};
    unsigned achieved = 0;
    trust_prepare();
    int result = sandbox_prober(&achieved, &detail);
    if (result < 0)
        log_debug("prober: %s", error_words(&detail, result));
    else
        log_debug("prober: sandbox %s system calls, %s paths",
                  achieved & SANDBOX_SYSTEM_CALLS ? "holds" : "cannot hold",
                  achieved & SANDBOX_PATHS ? "holds" : "cannot hold");
    return result;
}

int prober_main(int fd_in, int fd_out)
{
    struct surveyor *surveyor = NULL;
    int result = surveyor_new(&surveyor);
    if (result >= 0)
        result = enter_sandbox();
    if (result >= 0)
        result = serve(surveyor, fd_in, fd_out);
    surveyor_free(surveyor);
    return result;
}
