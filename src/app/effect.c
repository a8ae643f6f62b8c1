#include "app/effect.h"

#include "app/casework/casefile.h"
#include "app/casework/opening.h"
#include "app/hooks/news.h"
#include "app/letters/case_ended.h"
#include "app/letters/complainant.h"
#include "app/letters/complaint_mail.h"
#include "app/letters/drafting.h"
#include "app/letters/receipt.h"
#include "app/letters/reminder.h"
#include "app/publish/notice.h"
#include "base/json_flat.h"

#include <string.h>

static int draft(struct app *app, const struct json_item *payload, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(app, json_flat_text(payload, "case"), &file, detail);
    const struct actor machine = command_machine();
    return result < 0 ? result
                      : drafting_write(&file, json_flat_text(payload, "letter"), &machine, detail);
}

/* Work that is done within the transaction of its task. */
static int do_work(struct app *app, const struct store_task *task, const struct json_item *payload,
                   bool *ret_public_changed, struct error_detail *detail)
{
    const char *id = json_flat_text(payload, "case");
    if (strcmp(task->kind, "draft-letter") == 0)
        return draft(app, payload, detail);
    if (strcmp(task->kind, "tell-finding") == 0)
        return opening_tell_held(app, id, detail);
    if (strcmp(task->kind, "publish") == 0 || strcmp(task->kind, "update-publication") == 0) {
        const char *item = json_flat_text(payload, "item");
        const struct notice_cause cause = {id, (uint32_t)json_flat_number(payload, "seq", 0),
                                           item ? item : ""};
        *ret_public_changed = true;
        return task->kind[0] == 'p' ? notice_publish(app, id, detail)
                                    : notice_update(app, &cause, detail);
    }
    if (strcmp(task->kind, CASE_ENDED_TASK) == 0)
        return case_ended_tell(app, task, payload, detail);
    if (strcmp(task->kind, HOOK_NEWS_TASK) == 0)
        return hook_news_tell(app, payload, detail);
    if (strcmp(task->kind, COMPLAINT_MAIL_REMIND_TASK) == 0)
        return complaint_mail_remind(app, payload, detail);
    /* Of an older program: the worklist shows it from the events. */
    if (strcmp(task->kind, "notify") == 0)
        return 0;
    return error_set(detail, ERR_UNSUPPORTED, "this program knows no work '%s'", task->kind);
}

int effect_carry_out(struct app *app, const struct store_task *task, struct effect_done *ret_done,
                     struct error_detail *detail)
{
    struct json_flat payload JSON_FLAT_CLEANUP = {0};
    bool public_changed = false;
    int result = json_flat_read(&payload, task->payload, strlen(task->payload), detail);
    if (result < 0)
        return result;
    if (strcmp(task->kind, "send-letter") == 0)
        return dispatch_begin(app, task, &ret_done->dispatch, detail);
    if (strcmp(task->kind, "tell-complainant") == 0)
        return complainant_tell(app, task, &ret_done->dispatch, detail);
    if (strcmp(task->kind, RECEIPT_TASK) == 0)
        return receipt_begin(app, task, &ret_done->dispatch, detail);
    if (strcmp(task->kind, REMINDER_TASK) == 0)
        return reminder_write(app, task, detail);
    if (strcmp(task->kind, REMINDER_SEND_TASK) == 0)
        return reminder_send(app, task, &ret_done->dispatch, detail);
    result = do_work(app, task, payload.root, &public_changed, detail);
    if (result < 0)
        return result;
    result = store_outbox_done(app->store, task->key);
    if (result < 0)
        return app_store_failed(app, result, detail, "outbox");
    ret_done->public_changed = public_changed;
    return 0;
}
