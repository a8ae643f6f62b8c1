/* mail.take: what a mail server hands over. mail.dismiss: what a person does with mail that waits.
 */
#include "app/argument.h"
#include "app/casework/casefile.h"
#include "app/command_list.h"
#include "app/intake/mail.h"
#include "app/publish/ledger.h"

#include <string.h>

enum { ARENA_MAX = 96 << 20 }; /* the largest mail, what is read in it, and a letter of ours */

/* The argument "bytes" is base64, since a mail need not be UTF-8. */
static int read_bytes(struct call *call, struct arena *arena, struct store_mail *record)
{
    int result = argument_bytes(call->arguments, "bytes", "a mail", MAIL_IN_MAX, arena,
                                &record->bytes, call->detail);
    if (result >= 0)
        record->sha256 = digest_of(record->bytes.data, record->bytes.size);
    return result;
}

static void answer(struct call *call, const struct store_mail *mail, bool again)
{
    char hex[DIGEST_HEX];
    json_object_set_new(call->result, "sha256", json_string(digest_format(&mail->sha256, hex)));
    json_object_set_new(call->result, "outcome", json_string(mail->outcome));
    json_object_set_new(call->result, "case", json_string(mail->case_id));
    json_object_set_new(call->result, "complaint", json_string(mail->complaint));
    json_object_set_new(call->result, "reason", json_string(mail->reason));
    json_object_set_new(call->result, "again", json_boolean(again));
}

/* A mail and what became of it are in the log as a digest, never as text. */
static int commit_outcome(struct call *call, const struct store_mail *mail)
{
    char hex[DIGEST_HEX];
    json_t *entry =
        json_pack("{s:s, s:I, s:s, s:s, s:s, s:s}", "sha256", digest_format(&mail->sha256, hex),
                  "at", (json_int_t)clock_wall(&call->app->clock), "actor", call->actor.id,
                  "outcome", mail->outcome, "case", mail->case_id, "complaint", mail->complaint);
    return ledger_tell(call->app, "mail", entry, call->detail);
}

static int link_to_case(struct call *call, const struct store_mail *mail)
{
    char hex[DIGEST_HEX];
    if (!mail->case_id[0])
        return 0;
    const struct store_link link = {.case_id = mail->case_id,
                                    .kind = "mail",
                                    .object = digest_format(&mail->sha256, hex),
                                    .linked_at = clock_wall(&call->app->clock),
                                    .linked_by = call->actor.id,
                                    .unlinked_by = ""};
    int result = store_link_put(call->app->store, &link);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "link of a mail") : 0;
}

/* What it says about a complaint stands sealed with that, and nowhere else. */
static int keep_with_complaint(struct call *call, const struct mail *mail,
                               struct mail_verdict *verdict, struct arena *arena,
                               struct store_mail *record)
{
    if (verdict->outcome == MAIL_OUTCOME_COMPLAINT) {
        record->sealed = true;
        return mail_complaint_file(call, mail, record->bytes, arena, &record->complaint);
    }
    if (!verdict->about_complaint)
        return 0;
    record->complaint = verdict->complaint.row.reference;
    record->sealed = verdict->outcome != MAIL_OUTCOME_HELD;
    return record->sealed ? mail_complaint_add(call, verdict, record->bytes) : 0;
}

static int keep(struct call *call, const struct store_mail *mail,
                const struct mail_verdict *verdict)
{
    char hex[DIGEST_HEX];
    int result = store_mail_put(call->app->store, mail);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "mail");
    result = link_to_case(call, mail);
    if (result >= 0)
        result = commit_outcome(call, mail);
    if (result >= 0 && verdict->outcome == MAIL_OUTCOME_BOUNCED && verdict->about_letter)
        result =
            mail_tell_case(call->app, verdict, digest_format(&mail->sha256, hex), call->detail);
    return result;
}

/* What the judge cannot read waits for a person, whatever it is. */
static int read_and_decide(struct call *call, const struct store_mail *record, struct arena *arena,
                           struct mail *mail, struct mail_verdict *verdict)
{
    int result =
        mail_read(call->app, record->bytes.data, record->bytes.size, arena, mail, call->detail);
    const char *sender = json_text(call->arguments, "sender");
    /* RFC 5321 4.5.5: what has no sender wants no answer. */
    if (sender && (sender[0] == '\0' || strcmp(sender, "<>") == 0))
        mail->automatic = true;
    if (result > 0)
        return mail_decide(call->app, mail, arena, verdict, call->detail);
    *verdict = (struct mail_verdict){
        .outcome = MAIL_OUTCOME_HELD, .receipt = "", .reason = "its bytes could not be read"};
    return result;
}

static int take(struct call *call, struct arena *arena, struct store_mail *record)
{
    struct mail mail = mail_none();
    struct mail_verdict verdict;
    int result = read_and_decide(call, record, arena, &mail, &verdict);
    if (result < 0)
        return result;
    record->sender = mail.sender;
    record->subject = mail.subject;
    record->outcome = mail_outcome_text(verdict.outcome);
    record->case_id = verdict.about_letter ? verdict.letter.case_id : "";
    record->complaint = "";
    record->reason = verdict.reason;
    result = keep_with_complaint(call, &mail, &verdict, arena, record);
    return result < 0 ? result : keep(call, record, &verdict);
}

/* mail.take {bytes, sender}: the sender of the envelope, where the mail server tells it. The same
 * bytes again are taken and do nothing. */
int mail_take(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_mail record = {.received_at = clock_wall(&call->app->clock)}, known;
    arena_init(&arena, ARENA_MAX);
    int result = read_bytes(call, &arena, &record);
    if (result < 0)
        return result;
    result = store_mail_find(call->app->store, &record.sha256, &arena, &known);
    if (result >= 0) {
        answer(call, &known, /* again= */ true);
        return 0;
    }
    if (result != ERR_NOT_FOUND)
        return app_store_failed(call->app, result, call->detail, "mail");
    result = take(call, &arena, &record);
    if (result >= 0)
        answer(call, &record, /* again= */ false);
    return result;
}

int mail_settle(struct call *call, const char *sha256, enum mail_outcome outcome,
                const char *case_id, char ret_sha256[DIGEST_HEX])
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_mail mail;
    struct digest digest;
    arena_init(&arena, ARENA_MAX);
    int result = argument_sha256(sha256, &digest, call->detail);
    if (result < 0)
        return result;
    result = store_mail_find(call->app->store, &digest, &arena, &mail);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "there is no mail %s", sha256);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "mail");
    /* It may belong to another case than the one that it is filed in. */
    result = casefile_admit(call->app, &call->actor, mail.case_id, call->detail);
    if (result < 0)
        return result;
    /* Machines also write what a person may take for an answer: tickets, for one. */
    bool open = strcmp(mail.outcome, mail_outcome_text(MAIL_OUTCOME_HELD)) == 0 ||
                (outcome == MAIL_OUTCOME_ANSWER &&
                 strcmp(mail.outcome, mail_outcome_text(MAIL_OUTCOME_AUTOMATIC)) == 0);
    if (!open)
        return error_set(call->detail, ERR_REFUSED, "the mail does not wait: it is '%s'",
                         mail.outcome);
    mail.outcome = mail_outcome_text(outcome);
    mail.case_id = case_id ? case_id : mail.case_id;
    result = store_mail_settle(call->app->store, &mail.sha256, mail.outcome, mail.case_id);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "mail");
    digest_format(&mail.sha256, ret_sha256);
    return commit_outcome(call, &mail);
}

/* mail.dismiss {mail}: a person saw it, and nothing is to be done. */
int mail_dismiss(struct call *call)
{
    const char *sha256;
    char hex[DIGEST_HEX];
    int result = call_need_text(call, "mail", &sha256);
    if (result >= 0)
        result = mail_settle(call, sha256, MAIL_OUTCOME_DISMISSED, /* case_id= */ NULL, hex);
    if (result >= 0)
        json_object_set_new(call->result, "mail", json_string(hex));
    return result;
}
