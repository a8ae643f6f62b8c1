/* Carrying out what transactions decided: drafts, letters, publications. */
#include "app/core_parts.h"

#include "app/casework/casefile.h"
#include "app/casework/dispatch.h"
#include "app/casework/drafting.h"
#include "app/casework/mailer.h"
#include "app/casework/opening.h"
#include "app/publish/notice.h"
#include "base/log.h"
#include "store/outbox.h"

#include <stdlib.h>
#include <string.h>

enum { TASKS_AT_ONCE = 100, RETRY_US = 10000000, TRIES_MAX = 20 };

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
    struct app *app = mail->core->app;
    struct error_detail detail = {0};
    if (!mail->handed_over)
        mail->dispatch->reply = (struct smtp_reply){
            .outcome = SMTP_DEFERRED, .text = "the program ended before this letter's turn"};
    int result = store_begin(app->store);
    if (result >= 0)
        result = dispatch_end(app, mail->dispatch, &detail);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0) {
        store_rollback(app->store);
        log_error("letter %s: %s", mail->dispatch->letter, error_words(&detail, result));
    }
    dispatch_free(mail->dispatch);
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

static int draft(struct core *core, const json_t *payload, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(core->app, json_text(payload, "case"), &file, detail);
    const struct actor machine = command_machine();
    return result < 0 ? result
                      : drafting_write(&file, json_text(payload, "letter"), &machine, detail);
}

/* Work that is done within the transaction of its task. */
static int carry_out(struct core *core, const struct store_task *task, const json_t *payload,
                     struct error_detail *detail)
{
    const char *id = json_text(payload, "case");
    if (strcmp(task->kind, "draft-letter") == 0)
        return draft(core, payload, detail);
    if (strcmp(task->kind, "tell-finding") == 0)
        return opening_tell_held(core->app, id, detail);
    if (strcmp(task->kind, "publish") == 0 || strcmp(task->kind, "update-publication") == 0) {
        core->public_stale = core->bundles_stale = true;
        return task->kind[0] == 'p' ? notice_publish(core->app, id, detail)
                                    : notice_update(core->app, id, detail);
    }
    /* The worklist shows it from the events; nothing else is to do. */
    if (strcmp(task->kind, "notify") == 0)
        return 0;
    return error_set(detail, ERR_UNSUPPORTED, "this program knows no work '%s'", task->kind);
}

/* The case came from a complaint whose sender the program does not know (invariant 2). */
static int leave_to_person(struct core *core, const struct store_task *task,
                           struct error_detail *detail)
{
    int result =
        store_outbox_kill(core->app->store, task->key,
                          "a person has to tell who complained, or say why that is not done");
    return result < 0 ? app_store_failed(core->app, result, detail, "outbox") : 0;
}

/* One task in a transaction of its own. A letter is sent after the commit. */
static int work_one(struct core *core, const struct store_task *task,
                    struct dispatch **ret_dispatch, struct error_detail *detail)
{
    json_t *payload JSON_CLEANUP = NULL;
    int result = json_parse(task->payload, strlen(task->payload), &payload, detail);
    if (result < 0)
        return result;
    if (strcmp(task->kind, "send-letter") == 0)
        return dispatch_begin(core->app, task, ret_dispatch, detail);
    if (strcmp(task->kind, "tell-complainant") == 0)
        return leave_to_person(core, task, detail);
    result = carry_out(core, task, payload, detail);
    if (result < 0)
        return result;
    result = store_outbox_done(core->app->store, task->key);
    return result < 0 ? app_store_failed(core->app, result, detail, "outbox") : 0;
}

/* A task that failed waits and is tried again; one that keeps failing waits for a person. */
static void put_back(struct core *core, const struct store_task *task, const char *words)
{
    struct store *store = core->app->store;
    if (store_begin(store) < 0)
        return;
    int result =
        task->attempts >= TRIES_MAX
            ? store_outbox_kill(store, task->key, words)
            : store_outbox_fail(store, task->key, clock_wall(&core->app->clock) + RETRY_US, words);
    if (result < 0 || store_commit(store) < 0)
        store_rollback(store);
}

static void work(struct core *core, const struct store_task *task)
{
    struct error_detail detail = {0};
    struct dispatch *dispatch = NULL;
    int result = store_begin(core->app->store);
    if (result >= 0)
        result = work_one(core, task, &dispatch, &detail);
    if (result >= 0) {
        int committed = store_commit(core->app->store);
        result = committed < 0 ? app_store_failed(core->app, committed, &detail, "commit") : result;
    }
    if (result < 0) {
        store_rollback(core->app->store);
        dispatch_free(dispatch);
        log_error("%s %s: %s", task->kind, task->key, error_words(&detail, result));
        put_back(core, task, error_words(&detail, result));
        return;
    }
    if (dispatch)
        give_mail(core, dispatch);
}

static int claim(struct core *core, struct arena *arena, struct store_task **ret_tasks,
                 size_t *ret_count)
{
    int64_t now = clock_wall(&core->app->clock), next;
    if (store_outbox_next(core->app->store, &next) < 0 || next > now)
        return ERR_NOT_FOUND;
    int result = store_begin(core->app->store);
    if (result >= 0)
        result = store_outbox_claim(core->app->store, /* kind= */ NULL, now, TASKS_AT_ONCE, arena,
                                    ret_tasks, ret_count);
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
