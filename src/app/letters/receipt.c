#include "app/letters/receipt.h"

#include "app/letters/drafting.h"
#include "base/text.h"
#include "store/receipt.h"
#include "view/letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 4 << 20 };

/* The key of the digests by which destinations are counted. */
#define KEY_META "receipt-key"

/* --- whether there is one --- */

static int find_key(struct app *app, struct arena *arena, struct digest *ret_key,
                    struct error_detail *detail)
{
    const char *text;
    char hex[DIGEST_HEX];
    int result = store_meta_get(app->store, KEY_META, arena, &text);
    if (result >= 0)
        return digest_parse(text, ret_key);
    if (result == ERR_NOT_FOUND) {
        random_bytes(ret_key->bytes, sizeof ret_key->bytes);
        result = store_meta_set(app->store, KEY_META, digest_format(ret_key, hex));
    }
    return result < 0 ? app_store_failed(app, result, detail, "key of receipts") : 0;
}

static int find_destination(struct filing *filing, const char *address, struct digest *ret_digest)
{
    struct digest key;
    char *lower = arena_copy_text(&filing->arena, address);
    int result =
        lower ? find_key(filing->call->app, &filing->arena, &key, filing->call->detail) : ERR_LIMIT;
    if (result < 0)
        return result;
    text_lower(lower);
    *ret_digest = digest_hmac(key.bytes, lower, strlen(lower));
    return 0;
}

static int check_limit(struct filing *filing, const struct digest *destination, bool *ret_full)
{
    struct app *app = filing->call->app;
    int64_t count;
    int result = store_receipt_count(app->store, destination,
                                     clock_wall(&app->clock) - RECEIPT_WINDOW_US, &count);
    *ret_full = result >= 0 && count >= RECEIPT_LIMIT;
    return result < 0 ? app_store_failed(app, result, filing->call->detail, "receipts") : 0;
}

/* NULL when it may be answered. */
static const char *why_not(const struct filing *filing, const struct mail *mail,
                           const struct rulebook_letter *template)
{
    if (mail->automatic)
        return "automatic";
    if (mail->unanswerable)
        return "unanswerable";
    if (!letter_address_valid(mail->sender))
        return "no-address";
    if (text_equal_nocase(mail->sender, filing->call->app->config.mail_from))
        return "own-address";
    return template ? NULL : "no-template";
}

/* --- its text --- */

static json_t *missing_json(const struct filing *filing)
{
    json_t *lacks JSON_CLEANUP = filing_lacks(filing, /* with_words= */ true);
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(lacks); i++)
        json_array_append_new(
            list, json_pack("{s:O}", "what", json_object_get(json_array_get(lacks, i), "words")));
    return list;
}

/* What a receipt does not say is nothing in it. New reference. */
static json_t *context_of(const struct filing *filing)
{
    struct app *app = filing->call->app;
    json_t *context = json_object();
    for (size_t i = 0; i < letter_placeholder_count; i++)
        json_object_set_new(context, letter_placeholders[i].name, json_null());
    drafting_put_house(context, app, app->rulebook);
    json_object_set_new(context, "complaint_reference", json_string(filing->reference));
    json_object_set_new(context, "complaint_link", json_string(filing->token));
    json_object_set_new(context, "complaint_missing", missing_json(filing));
    return context;
}

static int render(struct filing *filing, const struct rulebook_letter *template,
                  const char *message_id, const char *to, struct letter *ret_letter)
{
    const struct app *app = filing->call->app;
    json_t *context JSON_CLEANUP = context_of(filing);
    const struct letter_request request = {.template_text = template->text,
                                           .template_size = template->size,
                                           .language = template->language,
                                           .context = context,
                                           .from = app->config.mail_from,
                                           .from_name = app->rulebook->authority_short,
                                           .to = to,
                                           .message_id = message_id,
                                           .date = clock_wall(&app->clock),
                                           .automatic = true,
                                           .replies = true};
    int result = letter_render(&request, ret_letter, filing->call->detail);
    /* The recipient was looked at before: it is the house that cannot write, which is no reason to
     * send the mail back to its writer. */
    return result < 0 ? error_context(filing->call->detail, ERR_INTERNAL, "receipt of complaint %s",
                                      filing->reference)
                      : 0;
}

/* --- keeping it --- */

/* The address, one LF, the message: sealed together. */
static int keep(struct filing *filing, const char *message_id, const char *to,
                const struct digest *destination, const struct letter *letter)
{
    struct app *app = filing->call->app;
    struct buffer plain BUFFER_CLEANUP = {0}, sealed BUFFER_CLEANUP = {0};
    buffer_init(&plain, LETTER_MAX + LETTER_ADDRESS_MAX + 1);
    buffer_printf(&plain, "%s\n", to);
    buffer_append(&plain, letter->message.data, letter->message.size);
    int result = buffer_error(&plain);
    if (result >= 0)
        result = record_seal_receipt(app, filing->reference, plain.data, plain.size, &sealed,
                                     filing->call->detail);
    if (result < 0)
        return result;
    const struct store_receipt receipt = {.message_id = message_id,
                                          .reference = filing->reference,
                                          .destination = *destination,
                                          .sha256 = letter->digest,
                                          .created_at = clock_wall(&app->clock),
                                          .sealed = {sealed.data, sealed.size}};
    result = store_receipt_put(app->store, &receipt);
    return result < 0 ? app_store_failed(app, result, filing->call->detail, "receipt") : 0;
}

static int ask_for_sending(struct filing *filing)
{
    struct app *app = filing->call->app;
    char key[64], payload[64];
    snprintf(key, sizeof key, "receipt/%s", filing->reference);
    snprintf(payload, sizeof payload, "{\"complaint\":\"%s\"}", filing->reference);
    const struct store_task task = {
        .key = key, .kind = RECEIPT_TASK, .payload = payload, .due_at = clock_wall(&app->clock)};
    int result = store_outbox_put(app->store, &task);
    return result < 0 ? app_store_failed(app, result, filing->call->detail, "outbox") : 0;
}

static int record_outcome(struct call *call, struct complaint_record *record, const char *outcome,
                          uint32_t mail)
{
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "receipt", outcome);
    if (data && mail)
        json_object_set_new(data, "mail", json_integer((json_int_t)mail));
    return data ? record_step(call, record, COMPLAINT_EVENT_RECEIPT, data) : ERR_NO_MEMORY;
}

static int write_one(struct filing *filing, const struct rulebook_letter *template,
                     const char *address, const struct digest *destination)
{
    struct letter letter LETTER_CLEANUP = {0};
    const char *message_id = drafting_message_id(filing->call->app, &filing->arena, "r");
    int result = message_id ? render(filing, template, message_id, address, &letter) : ERR_LIMIT;
    if (result >= 0)
        result = keep(filing, message_id, address, destination, &letter);
    return result < 0 ? result : ask_for_sending(filing);
}

int receipt_write(struct filing *filing, const struct mail *mail)
{
    const struct rulebook_letter *template = rulebook_letter_find(
        filing->call->app->rulebook, RECEIPT_LETTER, filing->document.language);
    const char *reason = why_not(filing, mail, template);
    struct complaint_record record = {.row = filing->row};
    struct digest destination;
    bool full = false;
    int result = complaint_state_parse(filing->row.state, &record.state);
    if (result >= 0 && !reason)
        result = find_destination(filing, mail->sender, &destination);
    if (result >= 0 && !reason)
        result = check_limit(filing, &destination, &full);
    if (result >= 0 && !reason && !full)
        result = write_one(filing, template, mail->sender, &destination);
    if (result < 0)
        return result;
    return record_outcome(filing->call, &record,
                          reason ? reason
                          : full ? "limit"
                                 : "queued",
                          /* mail= */ 0);
}

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
    int result = record_open_receipt(app, receipt->reference, receipt->sealed, &dispatch->arena,
                                     &plain, detail);
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

static int begin(struct app *app, struct dispatch *dispatch, const char *reference,
                 struct error_detail *detail)
{
    struct store_receipt receipt;
    arena_init(&dispatch->arena, ARENA_MAX);
    dispatch->receipt = true;
    snprintf(dispatch->letter, sizeof dispatch->letter, "%s", reference);
    int result = store_receipt_find_reference(app->store, reference, &dispatch->arena, &receipt);
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
    const char *reference = result < 0 ? NULL : json_text(payload, "complaint");
    if (!reference)
        return result < 0 ? result
                          : error_set(detail, ERR_DAMAGED, "task %s names no complaint", task->key);
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (!dispatch)
        return ERR_NO_MEMORY;
    snprintf(dispatch->task, sizeof dispatch->task, "%s", task->key);
    result = begin(app, dispatch, reference, detail);
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
    return result < 0
               ? result
               : record_outcome(&call, &record, accepted ? "sent" : "refused", /* mail= */ 0);
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
    int result = store_receipt_set_state(call->app->store, message_id, LETTER_STATE_BOUNCED,
                                         clock_wall(&call->app->clock));
    return result < 0 ? app_store_failed(call->app, result, call->detail, "receipt")
                      : record_outcome(call, record, "bounced", mail);
}
