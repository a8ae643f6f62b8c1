/* Receipts on their way out, and when they come back. */
#include "app/letters/receipt.h"
#include "store/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 4 << 20 };

/* --- sending it --- */

/* A call of the machine's own, for events. */
static struct call own_call(struct app *app, struct error_detail *detail)
{
    return (struct call){.app = app, .actor = command_machine(), .detail = detail};
}

static int open_message(struct app *app, struct dispatch *dispatch,
                        const struct store_receipt *receipt, struct error_detail *detail)
{
    struct bytes plain;
    const struct store_receipt_about about = {receipt->reference, receipt->letter, receipt->about};
    int result =
        record_open_receipt(app, &about, receipt->sealed, &dispatch->arena, &plain, detail);
    if (result < 0)
        return result;
    const uint8_t *end = memchr(plain.data, '\n', plain.size);
    if (!end)
        return error_set(detail, ERR_DAMAGED, "receipt of complaint %s: no address",
                         receipt->reference);
    dispatch->to =
        arena_copy_slice(&dispatch->arena, (const char *)plain.data, (size_t)(end - plain.data));
    dispatch->record.message_id = receipt->message_id;
    dispatch->record.bytes = (struct bytes){end + 1, plain.size - (size_t)(end + 1 - plain.data)};
    dispatch->by = "";
    return dispatch->to ? 0 : ERR_LIMIT;
}

static int begin(struct app *app, struct dispatch *dispatch,
                 const struct store_receipt_about *about, struct error_detail *detail)
{
    struct store_receipt receipt;
    arena_init(&dispatch->arena, ARENA_MAX);
    dispatch->receipt = true;
    dispatch->about = about->event;
    snprintf(dispatch->letter, sizeof dispatch->letter, "%s", about->reference);
    int result = store_receipt_find_about(app->store, about, &dispatch->arena, &receipt);
    if (result < 0)
        return app_store_failed(app, result, detail, "receipt");
    /* It went already, or the complaint was erased before it could. */
    if (receipt.sealed.size == 0) {
        result = store_outbox_done(app->store, dispatch->task);
        return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
    }
    result = open_message(app, dispatch, &receipt, detail);
    if (result < 0)
        return result;
    result = store_receipt_attempt_begin(app->store, receipt.message_id, clock_wall(&app->clock),
                                         &dispatch->attempt);
    return result < 0 ? app_store_failed(app, result, detail, "attempt") : 1;
}

int receipt_begin(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                  struct error_detail *detail)
{
    json_t *payload JSON_CLEANUP = NULL;
    int result = json_parse(task->payload, strlen(task->payload), &payload, detail);
    if (result < 0)
        return result;
    /* A task of an older program names the complaint alone. */
    const char *letter = json_text(payload, "letter");
    const struct store_receipt_about about = {json_text(payload, "complaint"),
                                              letter ? letter : RECEIPT_LETTER,
                                              (uint32_t)json_number(payload, "about", 0)};
    if (!about.reference)
        return error_set(detail, ERR_DAMAGED, "task %s names no complaint", task->key);
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (!dispatch)
        return ERR_NO_MEMORY;
    snprintf(dispatch->task, sizeof dispatch->task, "%s", task->key);
    result = begin(app, dispatch, &about, detail);
    if (result > 0)
        *ret_dispatch = dispatch;
    else
        dispatch_free(dispatch);
    return result;
}

static int end_attempt(struct app *app, const struct dispatch *dispatch,
                       struct error_detail *detail)
{
    const struct store_receipt_attempt attempt = {.message_id = dispatch->record.message_id,
                                                  .number = dispatch->attempt,
                                                  .ended_at = clock_wall(&app->clock),
                                                  .phase = dispatch_phase(dispatch->reply.outcome),
                                                  .code = dispatch->reply.code};
    int result = store_receipt_attempt_end(app->store, &attempt);
    return result < 0 ? app_store_failed(app, result, detail, "end of an attempt") : 0;
}

/* A server took it or never will: nothing goes out again, so nothing needs to be known of it. */
static int settle(struct app *app, const struct dispatch *dispatch, bool accepted,
                  struct error_detail *detail)
{
    const char *id = dispatch->record.message_id;
    struct complaint_record record;
    struct arena arena ARENA_CLEANUP = {0};
    struct call call = own_call(app, detail);
    arena_init(&arena, ARENA_MAX);
    int result =
        store_receipt_set_state(app->store, id, accepted ? LETTER_STATE_SENT : LETTER_STATE_FAILED,
                                clock_wall(&app->clock));
    if (result >= 0)
        result = store_receipt_forget(app->store, id);
    if (result >= 0)
        result = store_outbox_done(app->store, dispatch->task);
    if (result < 0)
        return app_store_failed(app, result, detail, "receipt");
    result = record_find(app, dispatch->letter, &arena, &record, detail);
    const struct receipt_outcome outcome = {.words = accepted ? "sent" : "refused",
                                            .about = dispatch->about};
    return result < 0 ? result : receipt_record(&call, &record, &outcome);
}

int receipt_end(struct app *app, struct dispatch *dispatch, struct error_detail *detail)
{
    enum smtp_outcome outcome = dispatch->reply.outcome;
    int result = end_attempt(app, dispatch, detail);
    if (result < 0)
        return result;
    if (outcome == SMTP_ACCEPTED || outcome == SMTP_REFUSED)
        return settle(app, dispatch, outcome == SMTP_ACCEPTED, detail);
    /* Without the server's words: they may repeat the address. */
    char words[64];
    snprintf(words, sizeof words, "not taken yet (%d)", dispatch->reply.code);
    result = store_outbox_fail(app->store, dispatch->task,
                               dispatch_retry_at(app, dispatch->attempt), words);
    return result < 0 ? app_store_failed(app, result, detail, "deferred receipt") : 0;
}

int receipt_recover(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_receipt_attempt *attempts;
    size_t count;
    arena_init(&arena, ARENA_MAX);
    int result = store_receipt_attempt_list_begun(app->store, &arena, &attempts, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        attempts[i].ended_at = clock_wall(&app->clock);
        attempts[i].phase = ATTEMPT_IN_DOUBT;
        result = store_receipt_attempt_end(app->store, &attempts[i]);
    }
    return result < 0 ? app_store_failed(app, result, detail, "attempts") : 0;
}

/* --- when it comes back --- */

int receipt_bounced(struct call *call, struct complaint_record *record, const char *message_id,
                    uint32_t mail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_receipt receipt;
    struct store *store = call->app->store;
    arena_init(&arena, ARENA_MAX);
    int result = store_receipt_find(store, message_id, &arena, &receipt);
    if (result >= 0)
        result = store_receipt_set_state(store, message_id, LETTER_STATE_BOUNCED,
                                         clock_wall(&call->app->clock));
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "receipt");
    const struct receipt_outcome outcome = {"bounced", receipt.about, mail};
    return receipt_record(call, record, &outcome);
}
