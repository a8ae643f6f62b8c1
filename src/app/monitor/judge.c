#include "app/monitor/judge.h"

#include "base/frame.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "check/check.h"
#include "model/measurement.h"
#include "model/result.h"

enum {
    ARENA_MAX = 512 << 20, /* decoded evidence and results of one measurement */
    REPLY_MAX = 64 << 20,
};

static int judge_one(const struct buffer *body, struct buffer *reply, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct measurement measurement;
    struct result_set results;
    arena_init(&arena, ARENA_MAX);
    int result = measurement_decode(body->data, body->size, &arena, &measurement, detail);
    if (result < 0)
        return result;
    result = check_run_all(&measurement, &arena, &results);
    if (result < 0)
        return error_set(detail, result, "running the checks: %s", error_text(result));
    struct digest id;
    char hex[DIGEST_HEX];
    result = measurement_id(body->data, body->size, &id);
    if (result < 0)
        return result;
    results.evidence = digest_format(&id, hex);
    results.target = measurement.target;
    return result_set_encode(&results, reply);
}

int judge_main(int fd)
{
    struct buffer body BUFFER_CLEANUP = {0}, reply BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    unsigned achieved;
    log_set_name("bailiwick judge");
    buffer_init(&body, MEASUREMENT_ENCODED_MAX);
    buffer_init(&reply, REPLY_MAX);
    check_prepare();
    if (sandbox_judge(&achieved, &detail) < 0) {
        log_error("sandbox: %s", detail.text);
        return 4;
    }
    for (;;) {
        uint32_t kind;
        int result = frame_read(fd, &kind, &body);
        if (result == ERR_CLOSED)
            return 0;
        if (result < 0 || kind != JUDGE_FRAME_MEASUREMENT)
            return 4;
        detail.text[0] = '\0';
        buffer_clear(&reply);
        result = judge_one(&body, &reply, &detail);
        if (result < 0) {
            buffer_clear(&reply);
            buffer_printf(&reply, "%d %s", result, error_words(&detail, result));
        }
        result = frame_write(fd, result < 0 ? JUDGE_FRAME_FAILURE : JUDGE_FRAME_RESULTS, reply.data,
                             reply.size);
        if (result < 0)
            return 4;
    }
}
