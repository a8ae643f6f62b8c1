#include "measure/prober.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "measure/survey.h"
#include "net/channel.h"
#include "net/trust.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARENA_MAX = 256 * 1024 * 1024, /* plan and measurement of one request */
    REQUEST_MAX = PROBER_NUMBER_SIZE + SURVEY_PLAN_MAX,
    REPLY_MAX = PROBER_NUMBER_SIZE + MEASUREMENT_ENCODED_MAX,
};

struct job {
    struct prober *prober;
    struct arena arena;
    struct survey_plan plan;
    uint32_t number;
    struct buffer reply;
};

struct prober {
    struct surveyor *surveyor;
    struct channel *channel;
    unsigned under_way;
    bool one_socket; /* its end means that nobody waits for replies either */
    bool ended;      /* no more requests */
    int result;
    bool stop;
};

void prober_number_write(uint8_t at[PROBER_NUMBER_SIZE], uint32_t number)
{
    for (int i = 0; i < PROBER_NUMBER_SIZE; i++)
        at[i] = (uint8_t)(number >> (8 * (PROBER_NUMBER_SIZE - 1 - i)));
}

int prober_number_read(const uint8_t *body, size_t size, uint32_t *ret_number)
{
    uint32_t number = 0;
    if (size < PROBER_NUMBER_SIZE)
        return ERR_DAMAGED;
    for (int i = 0; i < PROBER_NUMBER_SIZE; i++)
        number = number << 8 | body[i];
    *ret_number = number;
    return 0;
}

static void free_job(struct job *job)
{
    arena_done(&job->arena);
    buffer_done(&job->reply);
    free(job);
}

static void stop_when_done(struct prober *prober)
{
    prober->stop = prober->ended && !prober->under_way && !channel_waiting(prober->channel);
}

static void begin_reply(struct job *job)
{
    uint8_t head[PROBER_NUMBER_SIZE];
    prober_number_write(head, job->number);
    buffer_clear(&job->reply);
    buffer_append(&job->reply, head, sizeof head);
}

/* The reply is whole in its buffer; without memory for it nobody is to wait for one. */
static void send_reply(struct job *job, uint32_t kind)
{
    struct prober *prober = job->prober;
    int result = buffer_error(&job->reply);
    if (result >= 0)
        result = channel_send(prober->channel, kind, job->reply.data, job->reply.size);
    free_job(job);
    prober->under_way--;
    if (result < 0) {
        prober->ended = true;
        prober->result = result;
    }
    channel_want(prober->channel, !prober->ended && prober->under_way < PROBER_AT_ONCE);
    stop_when_done(prober);
}

static void fail(struct job *job, int result, const struct error_detail *detail)
{
    begin_reply(job);
    buffer_printf(&job->reply, "%d %s", result, error_words(detail, result));
    send_reply(job, PROBER_FRAME_FAILURE);
}

static void take_measurement(void *user, int result, const struct measurement *measurement)
{
    struct job *job = user;
    begin_reply(job);
    if (result >= 0)
        result = measurement_encode(measurement, &job->reply);
    if (result < 0)
        fail(job, result, /* detail= */ NULL);
    else
        send_reply(job, PROBER_FRAME_MEASUREMENT);
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
        fail(job, result, &detail);
}

/* Another program than ours is at the other end, or there is no memory to listen to it. */
static void refuse_frame(struct prober *prober, int result)
{
    prober->ended = true;
    prober->result = result;
    channel_want(prober->channel, false);
    stop_when_done(prober);
}

static void take_frame(void *user, uint32_t kind, const uint8_t *body, size_t size)
{
    struct prober *prober = user;
    uint32_t number = 0;
    int result =
        kind == PROBER_FRAME_SURVEY ? prober_number_read(body, size, &number) : ERR_DAMAGED;
    struct job *job = result < 0 ? NULL : calloc(1, sizeof *job);
    if (!job) {
        refuse_frame(prober, result < 0 ? result : ERR_NO_MEMORY);
        return;
    }
    job->prober = prober;
    job->number = number;
    arena_init(&job->arena, ARENA_MAX);
    buffer_init(&job->reply, REPLY_MAX);
    prober->under_way++;
    channel_want(prober->channel, prober->under_way < PROBER_AT_ONCE);
    start(job, body + PROBER_NUMBER_SIZE, size - PROBER_NUMBER_SIZE);
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
    int result = channel_new(surveyor_loop(surveyor), fd_in, fd_out, REQUEST_MAX, &callbacks,
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
