/* Mail that becomes a complaint, or belongs to one. */
#include "app/intake/mail.h"

#include "app/complaints/filing.h"
#include "app/letters/complaint_mail.h"
#include "app/letters/receipt.h"
#include "model/tlp.h"
#include "rulebook/rulebook.h"
#include "store/party.h"
#include "view/letter.h"

#include <arpa/inet.h>
#include <string.h>

static const char *kind_of(const struct mail *mail)
{
    return mail->report ? mail->report->kind : COMPLAINT_TAKE_MAIL;
}

int mail_complaint_taken(struct app *app, const struct mail *mail)
{
    const struct complaint_take *take;
    return app->rulebook && rulebook_complaint_taking(app->rulebook, kind_of(mail), &take) != NULL;
}

/* --- the document --- */

static int add_answer(struct filing *filing, const char *question, const char *value)
{
    struct complaint_document *document = &filing->document;
    if (!question[0] || !value || !value[0])
        return 0;
    struct complaint_answer *answer =
        arena_push(&filing->arena, &document->answers, &document->answer_count, sizeof *answer);
    if (!answer)
        return ERR_LIMIT;
    *answer = (struct complaint_answer){question, value};
    return 0;
}

static const char *address_in(const char *source)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    bool address =
        inet_pton(AF_INET, source, bytes) == 1 || inet_pton(AF_INET6, source, bytes) == 1;
    return address ? source : NULL;
}

static int answer_from_report(struct filing *filing, const struct abuse_report *report)
{
    struct complaint_document *document = &filing->document;
    const struct complaint_intake *intake = &document->type->intake;
    document->names = report->domains;
    document->name_count = report->domain_count;
    document->report_id = report->id;
    document->report_source = report->source;
    document->happened_at = report->happened_at;
    int result = add_answer(filing, intake->text, report->description);
    if (result >= 0)
        result =
            add_answer(filing, intake->domain, report->domain_count ? report->domains[0] : NULL);
    if (result >= 0)
        result = add_answer(filing, intake->url, report->url);
    return result < 0 ? result : add_answer(filing, intake->ip, address_in(report->source));
}

/* A word with a dot is a name where its last label is a TLD that the store knows; whether the
 * complaint is about it a person decides. */
static int suggest_names(struct filing *filing, const struct mail *mail)
{
    struct complaint_document *document = &filing->document;
    struct app *app = filing->call->app;
    for (size_t i = 0; i < mail->name_count; i++) {
        struct tld tld;
        int result =
            store_tld_find(app->store, strrchr(mail->names[i], '.') + 1, &filing->arena, &tld);
        if (result == ERR_NOT_FOUND)
            continue;
        if (result < 0)
            return app_store_failed(app, result, filing->call->detail, "TLD");
        const char **slot = arena_push(&filing->arena, &document->suggested,
                                       &document->suggested_count, sizeof *slot);
        if (!slot)
            return ERR_LIMIT;
        *slot = mail->names[i];
    }
    return 0;
}

static int answer_from_mail(struct filing *filing, const struct mail *mail)
{
    const char *words = mail->words[strspn(mail->words, " \n")] ? mail->words : mail->subject;
    int result = add_answer(filing, filing->document.type->intake.text, words);
    return result < 0 ? result : suggest_names(filing, mail);
}

static int add_exhibit(struct filing *filing, struct bytes bytes, const char *media_type)
{
    struct complaint_document *document = &filing->document;
    struct document_exhibit *exhibit =
        arena_push(&filing->arena, &document->exhibits, &document->exhibit_count, sizeof *exhibit);
    if (!exhibit)
        return ERR_LIMIT;
    *exhibit = (struct document_exhibit){.evidence = document->type->intake.exhibit,
                                         .media_type = media_type,
                                         .name = "",
                                         .bytes = bytes.data,
                                         .size = bytes.size,
                                         .sha256 = digest_of(bytes.data, bytes.size)};
    return 0;
}

static void name_reporter(struct complaint_document *document, const struct mail *mail)
{
    const struct abuse_report *report = mail->report;
    document->has_reporter = true;
    document->reporter_name =
        report && report->organisation[0] ? report->organisation : mail->sender_name;
    document->email = report && report->mail[0] ? report->mail : mail->sender;
}

/* TLP 2.0, section 2b: in mail the label stands in the subject. */
static void take_label(struct complaint_document *document, const struct mail *mail)
{
    enum tlp label = tlp_find(mail->subject);
    if (label < TLP_COUNT)
        document->tlp = tlp_text(label);
}

int mail_complaint_write(struct filing *filing, const struct mail *mail, struct bytes bytes,
                         const char *media_type)
{
    const struct rulebook *rulebook = filing->call->app->rulebook;
    struct complaint_document *document = &filing->document;
    const struct complaint_take *take;
    *document = document_none();
    document->came_as = kind_of(mail);
    document->type = rulebook_complaint_taking(rulebook, document->came_as, &take);
    document->language =
        document_speaks(rulebook, mail->language) ? mail->language : rulebook->languages[0];
    name_reporter(document, mail);
    take_label(document, mail);
    int result = add_answer(filing, take->question, take->choice);
    if (result >= 0)
        result = mail->report ? answer_from_report(filing, mail->report)
                              : answer_from_mail(filing, mail);
    return result < 0 ? result : add_exhibit(filing, bytes, media_type);
}

int mail_complaint_file(struct call *call, const struct mail *mail, struct bytes bytes,
                        struct arena *arena, const char **ret_reference)
{
    struct filing filing = {.call = call};
    arena_init(&filing.arena, FILING_ARENA_MAX);
    int result = mail_complaint_write(&filing, mail, bytes, "message/rfc822");
    if (result >= 0)
        result = filing_keep(&filing, /* anyway= */ false);
    if (result >= 0)
        result = complaint_mail_receipt(&filing, mail);
    if (result >= 0)
        result = complaint_mail_draft(&filing, mail);
    const char *reference = result < 0 ? NULL : arena_copy_text(arena, filing.reference);
    arena_done(&filing.arena);
    if (result >= 0 && !reference)
        return ERR_LIMIT;
    if (result >= 0)
        *ret_reference = reference;
    return result;
}

/* --- what belongs to one --- */

int mail_complaint_add(struct call *call, struct mail_verdict *verdict, struct bytes bytes)
{
    uint32_t number = 0;
    int result = record_add_mail(call->app, &verdict->complaint, bytes, &number, call->detail);
    if (result < 0)
        return result;
    if (verdict->outcome == MAIL_OUTCOME_BOUNCED)
        return receipt_bounced(call, &verdict->complaint, verdict->receipt, number);
    if (verdict->outcome != MAIL_OUTCOME_ADDED)
        return 0; /* a delay or an automatic answer says nothing to a person */
    json_t *data JSON_CLEANUP = json_pack("{s:I}", "mail", (json_int_t)number);
    return data ? record_step(call, &verdict->complaint, COMPLAINT_EVENT_ADDED, data)
                : ERR_NO_MEMORY;
}
