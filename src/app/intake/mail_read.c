/* The bytes of strangers are read by the judge process, which can open nothing. */
#include "app/intake/mail.h"

#include "app/monitor/judge.h"
#include "app/stranger.h"
#include "base/log.h"

int mail_read(struct app *app, const void *bytes, size_t size, struct arena *arena,
              struct mail *ret_mail, struct error_detail *detail)
{
    struct buffer reply BUFFER_CLEANUP = {0};
    buffer_init(&reply, MAIL_FACTS_MAX);
    struct error_detail reason = {0};
    int result = stranger_judge(app, detail);
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
