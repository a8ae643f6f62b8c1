/* Which of our letters a mail is about, and what becomes of the mail. */
#include "app/intake/mail.h"

#include "app/complaints/addition.h"
#include "app/letters/recipient.h"
#include "base/text.h"
#include "store/party.h"
#include "store/receipt.h"

#include <string.h>

const char *mail_outcome_text(enum mail_outcome outcome)
{
    static const char *const texts[] = {
#define E(name, text) text,
        MAIL_OUTCOME_LIST(E)
#undef E
    };
    return texts[outcome];
}

/* --- which letter --- */

/* 1 when the id is that of a letter of ours. */
static int find_letter(struct app *app, const char *id, struct arena *arena,
                       struct mail_verdict *verdict, struct error_detail *detail)
{
    if (id[0] == '\0')
        return 0;
    int result = store_letter_find_message(app->store, id, arena, &verdict->letter);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "letter of a Message-ID");
    verdict->about_letter = true;
    return 1;
}

static int find_answered(struct app *app, const struct mail *mail, struct arena *arena,
                         struct mail_verdict *verdict, struct error_detail *detail)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < mail->reference_count; i++)
        result = find_letter(app, mail->references[i], arena, verdict, detail);
    return result;
}

/* 1 when the id is that of a receipt. */
static int find_receipt(struct app *app, const char *id, struct arena *arena,
                        struct mail_verdict *verdict, struct error_detail *detail)
{
    struct store_receipt receipt;
    int result = id[0] ? store_receipt_find(app->store, id, arena, &receipt) : ERR_NOT_FOUND;
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "receipt of a Message-ID");
    result = record_find(app, receipt.reference, arena, &verdict->complaint, detail);
    if (result < 0)
        return result;
    verdict->about_complaint = true;
    verdict->receipt = receipt.message_id;
    return 1;
}

static int find_answered_receipt(struct app *app, const struct mail *mail, struct arena *arena,
                                 struct mail_verdict *verdict, struct error_detail *detail)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < mail->reference_count; i++)
        result = find_receipt(app, mail->references[i], arena, verdict, detail);
    return result;
}

/* --- reports --- */

static bool was_sent_to(const struct store_letter *letter, const struct store_attempt *attempts,
                        size_t count, const char *address)
{
    for (size_t i = 0; i < count; i++) {
        if (recipient_same(recipient_of(letter, &attempts[i]), address))
            return true;
    }
    return false;
}

/* Servers that forward name the last address as final and ours as original. */
static const char *our_address(const struct store_letter *letter,
                               const struct store_attempt *attempts, size_t count,
                               const struct mail_recipient *recipient)
{
    if (was_sent_to(letter, attempts, count, recipient->final_address))
        return recipient->final_address;
    return was_sent_to(letter, attempts, count, recipient->original_address)
               ? recipient->original_address
               : NULL;
}

static enum mail_outcome outcome_of(enum mail_action action)
{
    switch (action) {
    case MAIL_DELAYED:
        return MAIL_OUTCOME_DELAYED;
    case MAIL_DELIVERED:
    case MAIL_RELAYED:
    case MAIL_EXPANDED:
        return MAIL_OUTCOME_DELIVERED;
    case MAIL_ACTION_UNKNOWN:
    case MAIL_FAILED:
    case MAIL_ACTION_COUNT:
        break;
    }
    return MAIL_OUTCOME_HELD;
}

/* A failure that nothing matches waits for a person: a letter may be behind it all the same. */
static void weigh_recipients(const struct mail *mail, const struct store_attempt *attempts,
                             size_t count, struct mail_verdict *verdict)
{
    bool failed = false;
    for (size_t i = 0; i < mail->recipient_count; i++) {
        const struct mail_recipient *recipient = &mail->recipients[i];
        const char *address = our_address(&verdict->letter, attempts, count, recipient);
        if (recipient->action == MAIL_FAILED && address) {
            verdict->outcome = MAIL_OUTCOME_BOUNCED;
            verdict->address = address;
            return;
        }
        failed = failed || recipient->action == MAIL_FAILED;
        verdict->outcome = failed ? MAIL_OUTCOME_HELD : outcome_of(recipient->action);
    }
}

/* The address is forgotten: who has the Message-ID got the receipt. */
static void weigh_receipt(const struct mail *mail, struct mail_verdict *verdict)
{
    for (size_t i = 0; i < mail->recipient_count; i++) {
        enum mail_action action = mail->recipients[i].action;
        verdict->outcome = action == MAIL_FAILED ? MAIL_OUTCOME_BOUNCED : outcome_of(action);
        if (action == MAIL_FAILED)
            return;
    }
}

static int decide_receipt_report(struct app *app, const struct mail *mail, struct arena *arena,
                                 struct mail_verdict *verdict, struct error_detail *detail)
{
    struct store_receipt_attempt *attempts;
    size_t count;
    int result = find_receipt(app, mail->returned_id, arena, verdict, detail);
    if (result <= 0)
        return result;
    result = store_receipt_attempt_list(app->store, verdict->receipt, arena, &attempts, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "attempts of a receipt");
    if (count && attempts[count - 1].phase == ATTEMPT_BEGUN)
        return error_set(detail, ERR_UNAVAILABLE,
                         "the receipt of complaint %s is being handed over",
                         verdict->complaint.row.reference);
    weigh_receipt(mail, verdict);
    return 1;
}

static int decide_report(struct app *app, const struct mail *mail, struct arena *arena,
                         struct mail_verdict *verdict, struct error_detail *detail)
{
    struct store_attempt *attempts = NULL;
    size_t count = 0;
    int result = find_letter(app, mail->returned_id, arena, verdict, detail);
    if (result > 0) {
        result = store_attempt_list(app->store, verdict->letter.id, arena, &attempts, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "attempts of a letter");
    }
    /* A server can be quicker to send a letter back than we are to record that it took it. */
    if (count && attempts[count - 1].phase == ATTEMPT_BEGUN)
        return error_set(detail, ERR_UNAVAILABLE, "letter %s is being handed over",
                         verdict->letter.id);
    verdict->outcome = MAIL_OUTCOME_HELD;
    verdict->reason = "a report of delivery that fits no letter";
    if (result == 0) {
        result = decide_receipt_report(app, mail, arena, verdict, detail);
        if (result != 0)
            return result;
    }
    if (result >= 0)
        weigh_recipients(mail, attempts, count, verdict);
    return result;
}

/* --- what people write --- */

static int hold(struct mail_verdict *verdict, const char *reason)
{
    verdict->outcome = MAIL_OUTCOME_HELD;
    verdict->reason = reason;
    return 0;
}

/* Sets *ret_full where a complaint has no room for more: a person reads what comes then. */
static int look_for_room(struct app *app, const struct complaint_record *complaint,
                         struct arena *arena, bool *ret_full, struct error_detail *detail)
{
    struct store_complaint_event *events;
    size_t count;
    int result =
        store_complaint_event_list(app->store, complaint->row.reference, arena, &events, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "events of a complaint");
    *ret_full = addition_count(events, count) >= ADDITIONS_MAX;
    return 0;
}

/* Whoever has the Message-ID got the message, or its mailbox is open to them: the address must be
 * that of who complained too. What was decided stays decided: a person looks at what came, as at
 * what comes by the link. */
static int decide_addition(struct app *app, const struct mail *mail, struct arena *arena,
                           struct mail_verdict *verdict, struct error_detail *detail)
{
    json_t *who JSON_CLEANUP = NULL;
    const struct complaint_record *complaint = &verdict->complaint;
    enum complaint_state next;
    bool full = false;
    if (complaint->row.erased_at)
        return hold(verdict, "it answers a message about a complaint that was erased");
    if (complaint_after(complaint->state, COMPLAINT_EVENT_ADDED, &next) < 0)
        return hold(verdict, "it answers a message about a complaint that was withdrawn");
    int result = record_get_reporter(app, complaint->row.reference, arena, &who, detail);
    if (result < 0)
        return result;
    const char *email = json_text(who, "email");
    if (!email || !email[0] || !text_equal_nocase(email, mail->sender))
        return hold(verdict,
                    "it answers a message about a complaint, from another address than its own");
    result = look_for_room(app, complaint, arena, &full, detail);
    if (result < 0)
        return result;
    if (full)
        return hold(verdict, "it answers a message about a complaint that was added to very often");
    verdict->outcome = MAIL_OUTCOME_ADDED;
    return 0;
}

/* Our own mail that came round: a forwarded mailbox, or a list that we write to. */
static int is_own(struct app *app, const struct mail *mail, struct arena *arena,
                  struct error_detail *detail)
{
    struct mail_verdict own = {.outcome = MAIL_OUTCOME_HELD};
    if (text_equal_nocase(mail->sender, app->config.mail_from))
        return 1;
    int result = find_letter(app, mail->message_id, arena, &own, detail);
    return result != 0 ? result : find_receipt(app, mail->message_id, arena, &own, detail);
}

static int decide_new(struct app *app, const struct mail *mail, struct arena *arena,
                      struct mail_verdict *verdict, struct error_detail *detail)
{
    struct contact contact;
    if (!mail->sender[0])
        return hold(verdict, "it names no sender");
    int result = store_contact_find_email(app->store, mail->sender, arena, &contact);
    if (result >= 0)
        return hold(verdict, "its sender is a contact of a party");
    if (result != ERR_NOT_FOUND)
        return app_store_failed(app, result, detail, "contact");
    if (!mail_complaint_taken(app, mail))
        return hold(verdict, "no type of complaint of the rulebook takes it");
    verdict->outcome = MAIL_OUTCOME_COMPLAINT;
    return 0;
}

static int decide_ordinary(struct app *app, const struct mail *mail, struct arena *arena,
                           struct mail_verdict *verdict, struct error_detail *detail)
{
    int result = find_answered(app, mail, arena, verdict, detail);
    if (result == 0)
        result = find_answered_receipt(app, mail, arena, verdict, detail);
    if (result < 0)
        return result;
    if (mail->automatic) {
        verdict->outcome = MAIL_OUTCOME_AUTOMATIC;
        return 0;
    }
    if (verdict->about_letter)
        return hold(verdict, "it answers a letter: a person reads it");
    if (verdict->about_complaint)
        return decide_addition(app, mail, arena, verdict, detail);
    result = is_own(app, mail, arena, detail);
    if (result > 0)
        verdict->outcome = MAIL_OUTCOME_AUTOMATIC;
    return result == 0 ? decide_new(app, mail, arena, verdict, detail) : result;
}

/* Machines send these: that it is automatic says nothing against it, and it is never answered. */
static int decide_abuse(struct app *app, const struct mail *mail, struct mail_verdict *verdict)
{
    if (!mail->report)
        return hold(verdict, mail->fault);
    if (!mail_complaint_taken(app, mail))
        return hold(verdict, "no type of complaint of the rulebook takes it");
    verdict->outcome = MAIL_OUTCOME_COMPLAINT;
    return 0;
}

int mail_decide(struct app *app, const struct mail *mail, struct arena *arena,
                struct mail_verdict *ret_verdict, struct error_detail *detail)
{
    struct mail_verdict verdict = {.outcome = MAIL_OUTCOME_HELD, .receipt = "", .reason = ""};
    int result = 0;
    switch (mail->kind) {
    case MAIL_DELIVERY_STATUS:
        result = decide_report(app, mail, arena, &verdict, detail);
        break;
    case MAIL_ABUSE_REPORT:
        result = decide_abuse(app, mail, &verdict);
        break;
    case MAIL_ORDINARY:
        result = decide_ordinary(app, mail, arena, &verdict, detail);
        break;
    case MAIL_DISPOSITION:
    case MAIL_KIND_COUNT:
        result = find_answered(app, mail, arena, &verdict, detail);
        verdict.outcome = MAIL_OUTCOME_AUTOMATIC;
        break;
    }
    if (result < 0)
        return result;
    if (verdict.outcome != MAIL_OUTCOME_HELD)
        verdict.reason = "";
    *ret_verdict = verdict;
    return 0;
}
