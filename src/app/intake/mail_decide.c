/* Which of our letters a mail is about, and what becomes of the mail. */
#include "app/intake/mail.h"

#include "app/letters/recipient.h"

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
    if (result >= 0)
        weigh_recipients(mail, attempts, count, verdict);
    return result;
}

int mail_decide(struct app *app, const struct mail *mail, struct arena *arena,
                struct mail_verdict *ret_verdict, struct error_detail *detail)
{
    struct mail_verdict verdict = {.outcome = MAIL_OUTCOME_HELD};
    int result;
    if (mail->kind == MAIL_DELIVERY_STATUS)
        result = decide_report(app, mail, arena, &verdict, detail);
    else
        result = find_answered(app, mail, arena, &verdict, detail);
    if (result < 0)
        return result;
    if (mail->kind == MAIL_DISPOSITION || (mail->kind == MAIL_ORDINARY && mail->automatic))
        verdict.outcome = MAIL_OUTCOME_AUTOMATIC;
    *ret_verdict = verdict;
    return 0;
}
