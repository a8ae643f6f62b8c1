#include "app/monitor/observer.h"

#include "app/monitor/judge.h"
#include "measure/prober.h"
#include "model/measurement.h"

#include <sys/wait.h>

enum { RESULTS_BYTES_MAX = 64 << 20, WORDS_MAX = 4096 };

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
    if (child->pid > 0 && waitpid(child->pid, NULL, WNOHANG) == 0)
        return 0;
    const struct child_request request = {.role = child->role, .listener = -1};
    return child_start(&request, child, detail);
}

int observer_start(struct observer *observer, struct error_detail *detail)
{
    int result = ensure(&observer->prober, detail);
    return result < 0 ? result : ensure(&observer->judge, detail);
}

/* Asks, and forgets the child when it failed, so that the next question gets a fresh one. */
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

int observer_measure(struct observer *observer, const struct survey_plan *plan,
                     struct buffer *ret_measurement, struct error_detail *detail)
{
    struct buffer request BUFFER_CLEANUP = {0};
    buffer_init(&request, SURVEY_PLAN_MAX);
    int result = survey_plan_encode(plan, &request);
    if (result < 0)
        return error_set(detail, result, "plan for '%s': %s", plan->target, error_text(result));
    const struct child_question question = {PROBER_FRAME_SURVEY, PROBER_FRAME_MEASUREMENT,
                                            request.data, request.size};
    return ask(&observer->prober, &question, ret_measurement, detail);
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
