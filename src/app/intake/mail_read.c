/* The bytes of strangers are read by the judge process, which can open nothing. */
#include "app/intake/mail.h"

#include "app/monitor/judge.h"
#include "app/stranger.h"
#include "base/log.h"

/* 0 when the judge died or stalled over it, which `reason` says, or answered what nobody can read.
 */
static int ask(struct app *app, const struct child_question *question, struct arena *arena,
               struct mail *ret_mail, struct error_detail *reason, struct error_detail *detail)
{
    struct buffer reply BUFFER_CLEANUP = {0};
    buffer_init(&reply, MAIL_FACTS_MAX);
    int result = stranger_judge(app, detail);
    if (result < 0)
        return result;
    result = child_ask(&app->judge, question, &reply, reason);
    if (result == ERR_SYNTAX || result == ERR_LIMIT)
        return error_pass(detail, result, reason);
    if (result >= 0)
        result = mail_decode(reply.data, reply.size, arena, ret_mail);
    if (result >= 0)
        return 1;
    child_stop(&app->judge);
    return 0;
}

int mail_read(struct app *app, const void *bytes, size_t size, struct arena *arena,
              struct mail *ret_mail, struct error_detail *detail)
{
    const struct child_question question = {JUDGE_FRAME_MAIL, JUDGE_FRAME_MAIL_FACTS, bytes, size};
    struct error_detail reason = {0};
    int result = ask(app, &question, arena, ret_mail, &reason, detail);
    if (result == 0)
        log_warning("a mail of %zu bytes is held unread: %s", size,
                    error_words(&reason, ERR_DAMAGED));
    return result;
}

int mail_read_xarf(struct app *app, struct bytes file, struct arena *arena, struct mail *ret_mail,
                   struct error_detail *detail)
{
    const struct child_question question = {JUDGE_FRAME_XARF, JUDGE_FRAME_MAIL_FACTS, file.data,
                                            file.size};
    struct error_detail reason = {0};
    int result = ask(app, &question, arena, ret_mail, &reason, detail);
    return result == 0 ? error_set(detail, ERR_SYNTAX, "the report could not be read: %s",
                                   error_words(&reason, ERR_DAMAGED))
                       : result;
}
