#include "app/monitor/observer.h"

#include "app/monitor/judge.h"
#include "base/clock.h"
#include "base/frame.h"
#include "model/measurement.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum {
    RESULTS_BYTES_MAX = 64 << 20,
    LOOK_MS = 1000, /* how often it is seen that a prober hangs */
};

void observer_init(struct observer *observer)
{
    *observer = (struct observer){.prober = {.fd = -1, .role = "prober"},
                                  .judge = {.fd = -1, .role = "judge"}};
}

void observer_done(struct observer *observer)
{
    child_stop(&observer->prober);
    child_stop(&observer->judge);
}

/* Starts the child unless it runs. */
static int ensure(struct child *child, struct error_detail *detail)
{
    const struct child_request request = {.role = child->role, .listener = -1};
    if (child_runs(child))
        return 0;
    child_stop(child);
    return child_start(&request, child, detail);
}

int observer_start(struct observer *observer, struct error_detail *detail)
{
    int result = ensure(&observer->prober, detail);
    return result < 0 ? result : ensure(&observer->judge, detail);
}

/* --- surveys --- */

/* The prober is not to be believed any further: whatever it was working on is lost. */
static void lose_all(struct observer *observer, int result)
{
    child_stop(&observer->prober);
    observer->loss = result == ERR_TIMED_OUT ? result : ERR_UNAVAILABLE;
    observer->loss_detail = (struct error_detail){0};
    if (result == ERR_TIMED_OUT)
        error_set(&observer->loss_detail, observer->loss,
                  "the prober process did not answer within %d s", CHILD_PATIENCE_S);
    else
        error_set(&observer->loss_detail, observer->loss,
                  "the prober process died with %zu surveys under way", observer->under_way);
    for (size_t i = 0; i < OBSERVER_AT_ONCE; i++)
        observer->places[i].lost = observer->places[i].user != NULL;
}

void observer_give_up(struct observer *observer)
{
    lose_all(observer, ERR_CLOSED);
}

/* A prober may have died a moment ago, which is seen by writing to it: this plan is not among those
 * that it lost, and the next prober gets it. */
static int send_request(struct observer *observer, const struct buffer *request,
                        struct error_detail *detail)
{
    for (int i = 0; i < 2; i++) {
        int result = ensure(&observer->prober, detail);
        if (result < 0)
            return result;
        result =
            frame_write(observer->prober.fd, PROBER_FRAME_SURVEY, request->data, request->size);
        if (result >= 0)
            return 0;
        lose_all(observer, result == -EAGAIN ? ERR_TIMED_OUT : result);
    }
    return error_set(detail, observer->loss, "%s", observer->loss_detail.text);
}

static int send_plan(struct observer *observer, uint32_t number, const struct survey_plan *plan,
                     struct error_detail *detail)
{
    struct buffer request BUFFER_CLEANUP = {0};
    uint8_t head[PROBER_NUMBER_SIZE];
    buffer_init(&request, PROBER_NUMBER_SIZE + SURVEY_PLAN_MAX);
    prober_number_write(head, number);
    buffer_append(&request, head, sizeof head);
    int result = survey_plan_encode(plan, &request);
    if (result < 0)
        return error_set(detail, result, "plan for '%s': %s", plan->target, error_text(result));
    if (observer->under_way && !child_runs(&observer->prober))
        lose_all(observer, ERR_CLOSED);
    return send_request(observer, &request, detail);
}

int observer_begin(struct observer *observer, const struct survey_plan *plan, void *user,
                   struct error_detail *detail)
{
    struct survey_place *place = NULL;
    for (size_t i = 0; i < OBSERVER_AT_ONCE && !place; i++)
        place = observer->places[i].user ? NULL : &observer->places[i];
    if (!place)
        return error_set(detail, ERR_LIMIT, "%d surveys are under way", OBSERVER_AT_ONCE);
    uint32_t number = ++observer->last_number;
    int result = send_plan(observer, number, plan, detail);
    if (result < 0)
        return result;
    *place =
        (struct survey_place){.user = user,
                              .number = number,
                              .patience_us = clock_mono() + CHILD_PATIENCE_S * INT64_C(1000000)};
    observer->under_way++;
    return 0;
}

static void leave(struct observer *observer, struct survey_place *place, struct survey_end *ret_end)
{
    ret_end->user = place->user;
    *place = (struct survey_place){0};
    observer->under_way--;
}

static bool take_lost(struct observer *observer, struct survey_end *ret_end)
{
    for (size_t i = 0; i < OBSERVER_AT_ONCE; i++) {
        if (!observer->places[i].lost)
            continue;
        *ret_end = (struct survey_end){
            .result = observer->loss, .lost = true, .detail = observer->loss_detail};
        leave(observer, &observer->places[i], ret_end);
        return true;
    }
    return false;
}

static struct survey_place *find_place(struct observer *observer, uint32_t number)
{
    for (size_t i = 0; i < OBSERVER_AT_ONCE; i++) {
        if (observer->places[i].user && observer->places[i].number == number)
            return &observer->places[i];
    }
    return NULL;
}

static bool is_overdue(const struct observer *observer)
{
    int64_t now = clock_mono();
    for (size_t i = 0; i < OBSERVER_AT_ONCE; i++) {
        if (observer->places[i].user && observer->places[i].patience_us < now)
            return true;
    }
    return false;
}

/* One reply of the prober; 1. Whatever is no reply to something that was asked is a failure. */
static int read_reply(struct observer *observer, struct survey_end *ret_end)
{
    struct survey_end end = {0};
    uint32_t kind, number;
    buffer_init(&end.measurement, PROBER_NUMBER_SIZE + MEASUREMENT_ENCODED_MAX);
    struct buffer *body = &end.measurement;
    int result = frame_read(observer->prober.fd, &kind, body);
    if (result >= 0)
        result = prober_number_read(body->data, body->size, &number);
    struct survey_place *place = result < 0 ? NULL : find_place(observer, number);
    if (!place || (kind != PROBER_FRAME_MEASUREMENT && kind != PROBER_FRAME_FAILURE)) {
        buffer_done(body);
        return result == -EAGAIN ? ERR_TIMED_OUT : result < 0 ? result : ERR_DAMAGED;
    }
    if (kind == PROBER_FRAME_FAILURE)
        end.result =
            child_refusal(&observer->prober, buffer_text(body) + PROBER_NUMBER_SIZE, &end.detail);
    body->size -= PROBER_NUMBER_SIZE;
    memmove(body->data, body->data + PROBER_NUMBER_SIZE, body->size);
    leave(observer, place, &end);
    *ret_end = end;
    return 1;
}

/* Reads a reply when one comes in time; 0 for none, 1 with an end, or why the prober is lost. */
static int wait_for_reply(struct observer *observer, int timeout_ms, struct survey_end *ret_end)
{
    struct pollfd reply = {.fd = observer->prober.fd, .events = POLLIN};
    if (poll(&reply, 1, timeout_ms) > 0)
        return read_reply(observer, ret_end);
    return is_overdue(observer) ? ERR_TIMED_OUT : 0;
}

int observer_end(struct observer *observer, int timeout_ms, struct survey_end *ret_end)
{
    int step_ms = timeout_ms == OBSERVER_WAIT ? LOOK_MS : timeout_ms, result = 0;
    while (result == 0) {
        if (take_lost(observer, ret_end))
            return 1;
        if (observer->under_way == 0)
            return 0;
        result = wait_for_reply(observer, step_ms, ret_end);
        if (timeout_ms != OBSERVER_WAIT)
            break;
    }
    if (result >= 0)
        return result;
    lose_all(observer, result);
    return take_lost(observer, ret_end);
}

/* --- results --- */

/* Asks, and forgets the judge when it failed, so that the next question gets a fresh one. */
static int ask(struct child *child, const struct child_question *question, struct buffer *ret_reply,
               struct error_detail *detail)
{
    int result = ensure(child, detail);
    if (result < 0)
        return result;
    result = child_ask(child, question, ret_reply, detail);
    if (result < 0)
        child_stop(child);
    return result;
}

int observer_judge(struct observer *observer, const void *measurement, size_t size,
                   struct arena *arena, struct result_set *ret_results, struct error_detail *detail)
{
    struct buffer reply BUFFER_CLEANUP = {0};
    buffer_init(&reply, RESULTS_BYTES_MAX);
    const struct child_question question = {JUDGE_FRAME_MEASUREMENT, JUDGE_FRAME_RESULTS,
                                            measurement, size};
    int result = ask(&observer->judge, &question, &reply, detail);
    if (result < 0)
        return result;
    result = result_set_decode(reply.data, reply.size, arena, ret_results);
    return result < 0 ? error_set(detail, result, "the judge's reply: %s", error_text(result)) : 0;
}
