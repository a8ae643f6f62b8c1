#include "measure/prober.h"

#include "base/clock.h"
#include "base/frame.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "measure/survey.h"
#include "net/trust.h"

#include <string.h>

/* Plan and measurement of one request; the encoded form has a limit of its own. */
enum { ARENA_MAX = 256 * 1024 * 1024 };

static int survey(struct surveyor *surveyor, const struct buffer *request, struct buffer *reply,
                  struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP;
    struct survey_plan plan;
    struct measurement measurement;
    struct clock clock;
    arena_init(&arena, ARENA_MAX);
    clock_init(&clock);
    int result = survey_plan_decode(request->data, request->size, &arena, &plan);
    if (result >= 0)
        result = surveyor_run(surveyor, &plan, &arena, &clock, &measurement, detail);
    if (result >= 0)
        result = measurement_encode(&measurement, reply);
    return result;
}

static int answer(struct surveyor *surveyor, const struct buffer *request, int fd_out)
{
    struct buffer reply BUFFER_CLEANUP;
    struct error_detail detail = {0};
    buffer_init(&reply, MEASUREMENT_ENCODED_MAX);
    int result = survey(surveyor, request, &reply, &detail);
    if (result >= 0)
        return frame_write(fd_out, PROBER_FRAME_MEASUREMENT, reply.data, reply.size);
    const char *words = error_words(&detail, result);
    return frame_write(fd_out, PROBER_FRAME_FAILURE, words, strlen(words));
}

static int serve(struct surveyor *surveyor, int fd_in, int fd_out)
{
    struct buffer request BUFFER_CLEANUP;
    buffer_init(&request, SURVEY_PLAN_MAX);
    for (;;) {
        uint32_t kind;
        int result = frame_read(fd_in, &kind, &request);
        if (result == ERR_CLOSED)
            return 0;
        if (result >= 0 && kind != PROBER_FRAME_SURVEY)
            result = ERR_DAMAGED;
        if (result >= 0)
            result = answer(surveyor, &request, fd_out);
        if (result < 0)
            return result;
    }
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
