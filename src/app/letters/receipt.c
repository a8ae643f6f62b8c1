#include "app/letters/receipt.h"

#include "app/letters/drafting.h"
#include "base/text.h"
#include "store/receipt.h"
#include "view/letter.h"

#include <string.h>

enum { ARENA_MAX = 4 << 20, PAYLOAD_MAX = 1 << 10 };

/* The key of the digests by which destinations are counted. */
#define KEY_META "receipt-key"

struct writing {
    struct call *call;
    const struct receipt *receipt;
    struct complaint_record *record;
    const struct rulebook_letter *template;
    struct digest destination;
    struct arena arena;
};

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

static int find_destination(struct writing *writing)
{
    struct digest key;
    char *lower = arena_copy_text(&writing->arena, writing->receipt->to);
    int result = lower ? find_key(writing->call->app, &writing->arena, &key, writing->call->detail)
                       : ERR_LIMIT;
    if (result < 0)
        return result;
    text_lower(lower);
    writing->destination = digest_hmac(key.bytes, lower, strlen(lower));
    return 0;
}

static int check_limit(struct writing *writing, bool *ret_full)
{
    struct app *app = writing->call->app;
    int64_t count;
    int result = find_destination(writing);
    if (result < 0)
        return result;
    result = store_receipt_count(app->store, &writing->destination,
                                 clock_wall(&app->clock) - RECEIPT_WINDOW_US, &count);
    *ret_full = result >= 0 && count >= writing->receipt->limit;
    return result < 0 ? app_store_failed(app, result, writing->call->detail, "receipts") : 0;
}

/* NULL when one may be written. */
static const char *why_not(const struct writing *writing)
{
    const char *to = writing->receipt->to;
    if (!letter_address_valid(to))
        return "no-address";
    if (text_equal_nocase(to, writing->call->app->config.mail_from))
        return "own-address";
    return writing->template ? NULL : "no-template";
}

/* --- its text --- */

/* What it does not say is nothing in it. New reference. */
static json_t *context_of(const struct writing *writing)
{
    struct app *app = writing->call->app;
    json_t *context = json_object();
    for (size_t i = 0; i < letter_placeholder_count; i++)
        json_object_set_new(context, letter_placeholders[i].name, json_null());
    drafting_put_house(context, app, app->rulebook);
    json_object_set_new(context, "complaint_reference",
                        json_string(writing->record->row.reference));
    json_object_update(context, writing->receipt->words);
    return context;
}

static int render(struct writing *writing, const char *message_id, struct letter *ret_letter)
{
    const struct app *app = writing->call->app;
    json_t *context JSON_CLEANUP = context_of(writing);
    const struct letter_request request = {.template_text = writing->template->text,
                                           .template_size = writing->template->size,
                                           .language = writing->template->language,
                                           .context = context,
                                           .from = app->config.mail_from,
                                           .from_name = app->rulebook->authority_short,
                                           .to = writing->receipt->to,
                                           .message_id = message_id,
                                           .date = clock_wall(&app->clock),
                                           .automatic = true,
                                           .replies = writing->receipt->about == 0};
    int result = letter_render(&request, ret_letter, writing->call->detail);
    /* The recipient was looked at before: it is the house that cannot write, which is no reason to
     * send a mail back to its writer. */
    return result < 0 ? error_context(writing->call->detail, ERR_INTERNAL, "%s of complaint %s",
                                      writing->receipt->letter, writing->record->row.reference)
                      : 0;
}

/* --- keeping it --- */

/* The address, one LF, the message: sealed together. */
static int keep(struct writing *writing, const char *message_id, const struct letter *letter)
{
    struct app *app = writing->call->app;
    const struct store_receipt_about about = {writing->record->row.reference,
                                              writing->receipt->letter, writing->receipt->about};
    struct buffer plain BUFFER_CLEANUP = {0}, sealed BUFFER_CLEANUP = {0};
    buffer_init(&plain, LETTER_MAX + LETTER_ADDRESS_MAX + 1);
    buffer_printf(&plain, "%s\n", writing->receipt->to);
    buffer_append(&plain, letter->message.data, letter->message.size);
    int result = buffer_error(&plain);
    if (result >= 0)
        result = record_seal_receipt(app, &about, (struct bytes){plain.data, plain.size}, &sealed,
                                     writing->call->detail);
    if (result < 0)
        return result;
    const struct store_receipt row = {.message_id = message_id,
                                      .reference = about.reference,
                                      .about = about.event,
                                      .letter = about.letter,
                                      .destination = writing->destination,
                                      .sha256 = letter->digest,
                                      .created_at = clock_wall(&app->clock),
                                      .sealed = {sealed.data, sealed.size}};
    result = store_receipt_put(app->store, &row);
    return result < 0 ? app_store_failed(app, result, writing->call->detail, "receipt") : 0;
}

static int ask_for_sending(struct writing *writing)
{
    const struct receipt *receipt = writing->receipt;
    const char *reference = writing->record->row.reference;
    struct app *app = writing->call->app;
    json_t *payload JSON_CLEANUP = json_pack("{s:s, s:s, s:I}", "complaint", reference, "letter",
                                             receipt->letter, "about", (json_int_t)receipt->about);
    const char *key = receipt->about ? arena_printf(&writing->arena, "receipt/%s/%u/%s", reference,
                                                    (unsigned)receipt->about, receipt->letter)
                                     : arena_printf(&writing->arena, "receipt/%s", reference);
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, PAYLOAD_MAX);
    int result = key && payload ? json_canonical(payload, &text) : ERR_NO_MEMORY;
    const struct store_task task = {.key = key,
                                    .kind = RECEIPT_TASK,
                                    .payload = buffer_text(&text),
                                    .due_at = clock_wall(&app->clock)};
    if (result >= 0)
        result = store_outbox_put(app->store, &task);
    return result < 0 ? app_store_failed(app, result, writing->call->detail, "outbox") : 0;
}

int receipt_record(struct call *call, struct complaint_record *record,
                   const struct receipt_outcome *outcome)
{
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "receipt", outcome->words);
    if (data && outcome->about)
        json_object_set_new(data, "about", json_integer((json_int_t)outcome->about));
    if (data && outcome->mail)
        json_object_set_new(data, "mail", json_integer((json_int_t)outcome->mail));
    return data ? record_step(call, record, COMPLAINT_EVENT_RECEIPT, data) : ERR_NO_MEMORY;
}

static int write_one(struct writing *writing)
{
    struct letter letter LETTER_CLEANUP = {0};
    const char *message_id = drafting_message_id(writing->call->app, &writing->arena, "r");
    int result = message_id ? render(writing, message_id, &letter) : ERR_LIMIT;
    if (result >= 0)
        result = keep(writing, message_id, &letter);
    return result < 0 ? result : ask_for_sending(writing);
}

int receipt_put(struct call *call, struct complaint_record *record, const struct receipt *receipt,
                const char *reason)
{
    struct writing writing = {.call = call, .receipt = receipt, .record = record};
    bool full = false;
    int result = 0;
    arena_init(&writing.arena, ARENA_MAX);
    writing.template =
        rulebook_letter_find(call->app->rulebook, receipt->letter, record->row.language);
    if (!reason)
        reason = why_not(&writing);
    if (!reason)
        result = check_limit(&writing, &full);
    if (result >= 0 && !reason && !full)
        result = write_one(&writing);
    arena_done(&writing.arena);
    const struct receipt_outcome outcome = {.words = reason ? reason
                                                     : full ? "limit"
                                                            : "queued",
                                            .about = receipt->about};
    return result < 0 ? result : receipt_record(call, record, &outcome);
}
