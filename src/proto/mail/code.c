/* struct mail as CBOR: [kind, automatic, sender, subject, id, [reference ...], returned,
 * [[action, final, original, status, diagnostic] ...]] */
#include "base/cbor.h"
#include "proto/mail/message.h"

#include <string.h>

int mail_encode(const struct mail *mail, struct buffer *out)
{
    cbor_put_array(out, 8);
    cbor_put_uint(out, (uint64_t)mail->kind);
    cbor_put_bool(out, mail->automatic);
    cbor_put_text(out, mail->sender);
    cbor_put_text(out, mail->subject);
    cbor_put_text(out, mail->message_id);
    cbor_put_array(out, mail->reference_count);
    for (size_t i = 0; i < mail->reference_count; i++)
        cbor_put_text(out, mail->references[i]);
    cbor_put_text(out, mail->returned_id);
    cbor_put_array(out, mail->recipient_count);
    for (size_t i = 0; i < mail->recipient_count; i++) {
        const struct mail_recipient *recipient = &mail->recipients[i];
        cbor_put_array(out, 5);
        cbor_put_uint(out, (uint64_t)recipient->action);
        cbor_put_text(out, recipient->final_address);
        cbor_put_text(out, recipient->original_address);
        cbor_put_text(out, recipient->status);
        cbor_put_text(out, recipient->diagnostic);
    }
    return buffer_error(out);
}

struct decoder {
    struct cbor_in in;
    struct arena *arena;
    int failure;
};

static void fail(struct decoder *decoder, int failure)
{
    if (decoder->failure == 0)
        decoder->failure = failure;
}

static const char *get_text(struct decoder *decoder)
{
    const char *text = cbor_need_text(&decoder->in, decoder->arena);
    if (text && strlen(text) > MAIL_TEXT_MAX + 4)
        fail(decoder, ERR_SYNTAX);
    return text ? text : "";
}

static unsigned get_word(struct decoder *decoder, unsigned count)
{
    uint64_t value = cbor_get_uint(&decoder->in);
    if (value >= count)
        fail(decoder, ERR_SYNTAX);
    return value < count ? (unsigned)value : 0;
}

/* An array of at most `most` elements, zeroed, of `size` bytes each. */
static void *get_list(struct decoder *decoder, size_t most, size_t size, size_t *ret_count)
{
    size_t count = cbor_get_array(&decoder->in);
    void *list = NULL;
    if (count > most)
        fail(decoder, ERR_SYNTAX);
    else if (count > 0) {
        list = arena_array(decoder->arena, count, size);
        if (!list)
            fail(decoder, ERR_LIMIT);
    }
    *ret_count = list ? count : 0;
    return list;
}

static void get_recipient(struct decoder *decoder, struct mail_recipient *recipient)
{
    if (cbor_get_array(&decoder->in) != 5)
        fail(decoder, ERR_SYNTAX);
    recipient->action = (enum mail_action)get_word(decoder, MAIL_ACTION_COUNT);
    recipient->final_address = get_text(decoder);
    recipient->original_address = get_text(decoder);
    recipient->status = get_text(decoder);
    recipient->diagnostic = get_text(decoder);
}

int mail_decode(const void *bytes, size_t size, struct arena *arena, struct mail *ret_mail)
{
    struct decoder decoder = {.arena = arena};
    struct mail mail = {0};
    cbor_in_init(&decoder.in, bytes, size);
    if (cbor_get_array(&decoder.in) != 8)
        return ERR_SYNTAX;
    mail.kind = (enum mail_kind)get_word(&decoder, MAIL_KIND_COUNT);
    mail.automatic = cbor_get_bool(&decoder.in);
    mail.sender = get_text(&decoder);
    mail.subject = get_text(&decoder);
    mail.message_id = get_text(&decoder);
    mail.references =
        get_list(&decoder, MAIL_REFERENCES_MAX, sizeof *mail.references, &mail.reference_count);
    for (size_t i = 0; i < mail.reference_count; i++)
        mail.references[i] = get_text(&decoder);
    mail.returned_id = get_text(&decoder);
    mail.recipients =
        get_list(&decoder, MAIL_RECIPIENTS_MAX, sizeof *mail.recipients, &mail.recipient_count);
    for (size_t i = 0; i < mail.recipient_count; i++)
        get_recipient(&decoder, &mail.recipients[i]);
    if (cbor_finish(&decoder.in) < 0)
        fail(&decoder, ERR_SYNTAX);
    if (decoder.failure < 0)
        return decoder.failure;
    *ret_mail = mail;
    return 0;
}
