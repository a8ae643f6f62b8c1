/* The bytes of strangers are read by the judge process, which can open nothing. */
#include "app/intake/mail.h"

#include "app/monitor/judge.h"
#include "base/log.h"

#include <sys/socket.h>
#include <sys/time.h>

/* A message takes milliseconds; the core waits for it, so one that takes longer is held unread. */
enum { PATIENCE_S = 5 };

static int ensure(struct app *app, struct error_detail *detail)
{
    struct child *judge = &app->judge;
    if (child_runs(judge))
        return 0;
    const struct child_request request = {.role = "judge", .listener = -1};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    child_stop(judge);
    int result = child_start(&request, judge, detail);
    if (result >= 0)
        setsockopt(judge->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return result;
}

int mail_read(struct app *app, const void *bytes, size_t size, struct arena *arena,
              struct mail *ret_mail, struct error_detail *detail)
{
    struct buffer reply BUFFER_CLEANUP = {0};
    buffer_init(&reply, MAIL_FACTS_MAX);
    struct error_detail reason = {0};
    int result = ensure(app, detail);
    if (result < 0)
        return result;
    const struct child_question question = {JUDGE_FRAME_MAIL, JUDGE_FRAME_MAIL_FACTS, bytes, size};
    result = child_ask(&app->judge, &question, &reply, &reason);
    if (result == ERR_SYNTAX || result == ERR_LIMIT)
        return error_set(detail, result, "%s", error_words(&reason, result));
    if (result >= 0)
        result = mail_decode(reply.data, reply.size, arena, ret_mail);
    if (result >= 0)
        return 1;
    log_warning("a mail of %zu bytes is held unread: %s", size, error_words(&reason, result));
    child_stop(&app->judge);
    return 0;
}
