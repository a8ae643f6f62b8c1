/* struct mail as CBOR: [kind, automatic, unanswerable, sender, sender's name, subject, id,
 * [reference ...], words, language, [name ...], report or [], fault, returned,
 * [[action, final, original, status, diagnostic] ...]]; a report: [kind, version, id, organisation,
 * mail, source, url, description, [domain ...], moment] */
#include "base/cbor.h"
#include "proto/mail/message.h"

#include <string.h>

enum { MAIL_MEMBERS = 15, REPORT_MEMBERS = 10, REPORT_TEXTS = 8 };
#define MOMENT_MAX ((uint64_t)ABUSE_REPORT_MOMENT_MAX)

static void put_texts(struct buffer *out, const char *const *texts, size_t count)
{
    cbor_put_array(out, count);
    for (size_t i = 0; i < count; i++)
        cbor_put_text(out, texts[i]);
}

static void put_report(struct buffer *out, const struct abuse_report *report)
{
    if (!report) {
        cbor_put_array(out, 0);
        return;
    }
    const char *const texts[REPORT_TEXTS] = {
        report->kind, report->version, report->id,  report->organisation,
        report->mail, report->source,  report->url, report->description};
    cbor_put_array(out, REPORT_MEMBERS);
    for (size_t i = 0; i < REPORT_TEXTS; i++)
        cbor_put_text(out, texts[i]);
    put_texts(out, report->domains, report->domain_count);
    cbor_put_uint(out, (uint64_t)report->happened_at);
}

int mail_encode(const struct mail *mail, struct buffer *out)
{
    cbor_put_array(out, MAIL_MEMBERS);
    cbor_put_uint(out, (uint64_t)mail->kind);
    cbor_put_bool(out, mail->automatic);
    cbor_put_bool(out, mail->unanswerable);
    cbor_put_text(out, mail->sender);
    cbor_put_text(out, mail->sender_name);
    cbor_put_text(out, mail->subject);
    cbor_put_text(out, mail->message_id);
    put_texts(out, mail->references, mail->reference_count);
    cbor_put_text(out, mail->words);
    cbor_put_text(out, mail->language);
    put_texts(out, mail->names, mail->name_count);
    put_report(out, mail->report);
    cbor_put_text(out, mail->fault);
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

static const char *get_long(struct decoder *decoder, size_t most)
{
    const char *text = cbor_need_text(&decoder->in, decoder->arena);
    if (text && strlen(text) > most + 4)
        fail(decoder, ERR_SYNTAX);
    return text ? text : "";
}

static const char *get_text(struct decoder *decoder)
{
    return get_long(decoder, MAIL_TEXT_MAX);
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

static const char **get_texts(struct decoder *decoder, size_t most, size_t *ret_count)
{
    const char **texts = get_list(decoder, most, sizeof *texts, ret_count);
    for (size_t i = 0; i < *ret_count; i++)
        texts[i] = get_text(decoder);
    return texts;
}

static struct abuse_report *get_report(struct decoder *decoder)
{
    size_t members = cbor_get_array(&decoder->in);
    struct abuse_report *report =
        members == REPORT_MEMBERS ? arena_alloc(decoder->arena, sizeof *report) : NULL;
    if (!report) {
        if (members != 0)
            fail(decoder, members == REPORT_MEMBERS ? ERR_LIMIT : ERR_SYNTAX);
        return NULL;
    }
    *report = (struct abuse_report){0};
    report->kind = get_text(decoder);
    report->version = get_text(decoder);
    report->id = get_text(decoder);
    report->organisation = get_text(decoder);
    report->mail = get_text(decoder);
    report->source = get_text(decoder);
    report->url = get_long(decoder, MAIL_WORDS_MAX);
    report->description = get_long(decoder, MAIL_WORDS_MAX);
    report->domains = get_texts(decoder, ABUSE_REPORT_DOMAINS_MAX, &report->domain_count);
    uint64_t moment = cbor_get_uint(&decoder->in);
    if (moment > MOMENT_MAX)
        fail(decoder, ERR_SYNTAX);
    else
        report->happened_at = (int64_t)moment;
    return report;
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
    if (cbor_get_array(&decoder.in) != MAIL_MEMBERS)
        return ERR_SYNTAX;
    mail.kind = (enum mail_kind)get_word(&decoder, MAIL_KIND_COUNT);
    mail.automatic = cbor_get_bool(&decoder.in);
    mail.unanswerable = cbor_get_bool(&decoder.in);
    mail.sender = get_text(&decoder);
    mail.sender_name = get_text(&decoder);
    mail.subject = get_text(&decoder);
    mail.message_id = get_text(&decoder);
    mail.references = get_texts(&decoder, MAIL_REFERENCES_MAX, &mail.reference_count);
    mail.words = get_long(&decoder, MAIL_WORDS_MAX);
    mail.language = get_text(&decoder);
    mail.names = get_texts(&decoder, MAIL_NAMES_MAX, &mail.name_count);
    mail.report = get_report(&decoder);
    mail.fault = get_text(&decoder);
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
