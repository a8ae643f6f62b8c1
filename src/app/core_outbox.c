/* Carrying out what transactions decided: drafts, letters, publications. */
#include "app/core_parts.h"

#include "app/effect.h"
#include "app/letters/complaint_mail.h"
#include "app/letters/dispatch.h"
#include "app/letters/mailer.h"
#include "app/letters/reminder.h"
#include "base/log.h"
#include "store/outbox.h"

#include <stdlib.h>
#include <string.h>

enum { TASKS_AT_ONCE = 100 };

struct mail_job {
    struct job job;
    struct core *core;
    struct dispatch *dispatch;
    struct smtp_request request;
    bool handed_over;
};

static void run_mail(struct job *job)
{
    struct mail_job *mail = (struct mail_job *)job;
    mail->handed_over = true;
    mailer_send(&mail->core->mailer, &mail->request, &mail->dispatch->reply);
}

/* Records what came of it, also at the end of the program: an answer of the mail server that is
 * forgotten is a letter sent twice. */
static void finish_mail(struct job *job)
{
    struct mail_job *mail = (struct mail_job *)job;
    if (!mail->handed_over)
        mail->dispatch->reply = (struct smtp_reply){
            .outcome = SMTP_DEFERRED, .text = "the program ended before this letter's turn"};
    core_record_reply(mail->core, mail->dispatch);
    free(mail);
}

static void give_mail(struct core *core, struct dispatch *dispatch)
{
    struct mail_job *mail = calloc(1, sizeof *mail);
    if (!mail) {
        dispatch_free(dispatch); /* the attempt stays begun: in doubt at the next start */
        return;
    }
    *mail = (struct mail_job){.job = {.run = run_mail, .finish = finish_mail},
                              .core = core,
                              .dispatch = dispatch,
                              .request = dispatch_request(core->app, dispatch)};
    worker_give(&core->mailing, &mail->job);
}

static void work(struct core *core, const struct store_task *task)
{
    struct error_detail detail = {0};
    struct effect_done done = {0};
    int result = store_begin(core->app->store);
    if (result >= 0)
        result = effect_carry_out(core->app, task, &done, &detail);
    if (result >= 0) {
        int committed = store_commit(core->app->store);
        result = committed < 0 ? app_store_failed(core->app, committed, &detail, "commit") : result;
    }
    if (result < 0) {
        store_rollback(core->app->store);
        dispatch_free(done.dispatch);
        log_error("%s %s: %s", task->kind, task->key, error_words(&detail, result));
        core_put_back(core, task, error_words(&detail, result));
        return;
    }
    if (done.public_changed)
        core->public_stale = core->bundles_stale = true;
    if (done.dispatch)
        give_mail(core, done.dispatch);
}

/* What time alone brings waits for a clock that is not in doubt. Other letters follow from what
 * somebody did. */
static int claim(struct core *core, struct arena *arena, struct store_task **ret_tasks,
                 size_t *ret_count)
{
    struct store_outbox_query query = {.now = clock_wall(&core->app->clock),
                                       .limit = TASKS_AT_ONCE};
    int64_t next;
    if (store_outbox_next(core->app->store, &next) < 0 || next > query.now)
        return ERR_NOT_FOUND;
    if (core_clock_holds(core)) {
        query.leave[0] = REMINDER_TASK;
        query.leave[1] = REMINDER_SEND_TASK;
        query.leave[2] = COMPLAINT_MAIL_REMIND_TASK;
    }
    int result = store_begin(core->app->store);
    if (result >= 0)
        result = store_outbox_claim(core->app->store, &query, arena, ret_tasks, ret_count);
    if (result >= 0)
        result = store_commit(core->app->store);
    if (result < 0)
        store_rollback(core->app->store);
    return result;
}

void core_work_outbox(struct core *core)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_task *tasks;
    size_t count;
    arena_init(&arena, 64 << 20);
    if (claim(core, &arena, &tasks, &count) < 0)
        return;
    for (size_t i = 0; i < count; i++)
        work(core, &tasks[i]);
}
