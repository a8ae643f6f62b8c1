#include "app/monitor/judge.h"

#include "base/frame.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "check/check.h"
#include "model/measurement.h"
#include "model/result.h"
#include "proto/mail/message.h"
#include "proto/mail/sent.h"

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

static int read_mail(const struct buffer *body, struct buffer *reply, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct mail mail;
    arena_init(&arena, MAIL_FACTS_MAX * 4);
    int result = mail_parse(body->data, body->size, &arena, &mail, detail);
    return result < 0 ? result : mail_encode(&mail, reply);
}

static int read_xarf(const struct buffer *body, struct buffer *reply, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct mail mail;
    (void)detail; /* any file can be read; room may be lacking */
    arena_init(&arena, MAIL_FACTS_MAX * 4);
    int result = mail_parse_xarf(body->data, body->size, &arena, &mail);
    return result < 0 ? result : mail_encode(&mail, reply);
}

static int read_sent(const struct buffer *body, struct buffer *reply, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct sent_question question;
    struct sent sent;
    arena_init(&arena, SENT_FACTS_MAX * 4);
    int result = sent_question_decode(body->data, body->size, &arena, &question);
    if (result < 0)
        return error_set(detail, result, "this is no question about an exhibit");
    result = sent_read(&question, &arena, &sent);
    return result < 0 ? result : sent_encode(&sent, reply);
}

struct task {
    uint32_t ask, answer;
    int (*run)(const struct buffer *body, struct buffer *reply, struct error_detail *detail);
};

static const struct task tasks[] = {
    {JUDGE_FRAME_MEASUREMENT, JUDGE_FRAME_RESULTS, judge_one},
    {JUDGE_FRAME_MAIL, JUDGE_FRAME_MAIL_FACTS, read_mail},
    {JUDGE_FRAME_XARF, JUDGE_FRAME_MAIL_FACTS, read_xarf},
    {JUDGE_FRAME_SENT, JUDGE_FRAME_SENT_FACTS, read_sent},
};

static const struct task *find_task(uint32_t kind)
{
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        if (tasks[i].ask == kind)
            return &tasks[i];
    }
    return NULL;
}

static int answer(void *user, int fd, uint32_t kind, const struct buffer *body)
{
    struct buffer reply BUFFER_CLEANUP;
    struct error_detail detail = {0};
    const struct task *task = find_task(kind);
    (void)user;
    if (!task)
        return ERR_UNSUPPORTED;
    buffer_init(&reply, REPLY_MAX);
    int result = task->run(body, &reply, &detail);
    if (result >= 0)
        return frame_write(fd, task->answer, reply.data, reply.size);
    buffer_clear(&reply);
    buffer_printf(&reply, "%d %s", result, error_words(&detail, result));
    return frame_write(fd, JUDGE_FRAME_FAILURE, reply.data, reply.size);
}

int judge_main(int fd)
{
    struct error_detail detail = {0};
    unsigned achieved;
    log_set_name("bailiwick judge");
    check_prepare();
    mail_prepare();
    if (sandbox_judge(&achieved, &detail) < 0) {
        log_error("sandbox: %s", detail.text);
        return 4;
    }
    return frame_serve(fd, MEASUREMENT_ENCODED_MAX, answer, /* user= */ NULL) < 0 ? 4 : 0;
}
