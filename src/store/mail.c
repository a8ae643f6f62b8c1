/* Attempts to hand letters over, and mail that came in. */
#include "base/text.h"
#include "store/letter.h"
#include "store/statement.h"

static const char *const phase_texts[] = {
#define E(name, text) text,
    ATTEMPT_LIST(E)
#undef E
};

const char *attempt_phase_text(enum attempt_phase phase)
{
    return phase_texts[phase];
}

int attempt_phase_parse(const char *text, enum attempt_phase *ret_phase)
{
    int phase = text_index(phase_texts, ATTEMPT_COUNT, text);
    if (phase < 0)
        return ERR_SYNTAX;
    *ret_phase = (enum attempt_phase)phase;
    return 0;
}

int store_attempt_record(struct store *store, const struct store_attempt *attempt,
                         uint32_t *ret_number)
{
    int64_t number;
    if (!store_in_transaction(store))
        return store_fail(store, ERR_USAGE, "attempt: no transaction is open");
    int result = store_read_number(store, STATEMENT_ATTEMPT_NEXT,
                                   VALUES(value_text(attempt->letter)), &number);
    if (result >= 0)
        result = store_run(store, STATEMENT_ATTEMPT_PUT,
                           VALUES(value_text(attempt->letter), value_int(number),
                                  value_int(attempt->begun_at), value_int(attempt->ended_at),
                                  value_text(attempt_phase_text(attempt->phase)),
                                  value_text(attempt->reply), value_text(attempt->recipient),
                                  value_text(attempt->channel), value_text(attempt->proof)));
    if (result < 0)
        return result;
    *ret_number = (uint32_t)number;
    return 0;
}

int store_attempt_begin(struct store *store, const char *letter, const char *recipient, int64_t at,
                        uint32_t *ret_number)
{
    const struct store_attempt attempt = {.letter = letter,
                                          .begun_at = at,
                                          .phase = ATTEMPT_BEGUN,
                                          .reply = "",
                                          .recipient = recipient,
                                          .channel = "e-mail",
                                          .proof = ""};
    return store_attempt_record(store, &attempt, ret_number);
}

int store_attempt_end(struct store *store, const struct store_attempt *attempt)
{
    return store_change(store, STATEMENT_ATTEMPT_END,
                        VALUES(value_text(attempt->letter), value_int(attempt->number),
                               value_int(attempt->ended_at),
                               value_text(attempt_phase_text(attempt->phase)),
                               value_text(attempt->reply)));
}

static void read_attempt(struct query *query, struct arena *arena, void *item)
{
    struct store_attempt *attempt = item;
    *attempt = (struct store_attempt){.letter = query_text(query, 0, arena),
                                      .number = (uint32_t)query_int(query, 1),
                                      .begun_at = query_int(query, 2),
                                      .ended_at = query_int(query, 3),
                                      .reply = query_text(query, 5, arena),
                                      .recipient = query_text(query, 6, arena),
                                      .channel = query_text(query, 7, arena),
                                      .proof = query_text(query, 8, arena)};
    if (attempt_phase_parse(query_text(query, 4, arena), &attempt->phase) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_attempt_list(struct store *store, const char *letter, struct arena *arena,
                       struct store_attempt **ret_attempts, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_ATTEMPT_LIST, read_attempt, sizeof **ret_attempts,
                                    VALUES(value_text(letter), value_limit(0))};
    return store_read_all(store, &reading, arena, ret_attempts, ret_count);
}

int store_attempt_list_failed(struct store *store, const char *case_id, struct arena *arena,
                              struct store_attempt **ret_attempts, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_ATTEMPT_LIST_FAILED, read_attempt,
                                    sizeof **ret_attempts,
                                    VALUES(value_text(case_id), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_attempts, ret_count);
}

int store_attempt_list_begun(struct store *store, struct arena *arena,
                             struct store_attempt **ret_attempts, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_ATTEMPT_LIST_BEGUN, read_attempt,
                                    sizeof **ret_attempts, VALUES(value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_attempts, ret_count);
}

/* --- incoming --- */

int store_mail_put(struct store *store, const struct store_mail *mail)
{
    struct digest digest = digest_of(mail->bytes.data, mail->bytes.size);
    if (!digest_equal(&digest, &mail->sha256))
        return store_fail(store, ERR_DAMAGED, "mail: bytes do not have their SHA-256");
    return store_run(store, STATEMENT_MAIL_PUT,
                     VALUES(value_digest(&mail->sha256), value_int(mail->received_at),
                            value_text(mail->sealed ? "" : mail->sender),
                            value_text(mail->sealed ? "" : mail->subject),
                            value_text(mail->outcome), value_text(mail->case_id),
                            value_text(mail->complaint), value_text(mail->reason),
                            value_bytes(mail->bytes.data, mail->sealed ? 0 : mail->bytes.size)));
}

int store_mail_settle(struct store *store, const struct digest *sha256, const char *outcome,
                      const char *case_id)
{
    return store_change(store, STATEMENT_MAIL_SETTLE,
                        VALUES(value_digest(sha256), value_text(outcome), value_text(case_id)));
}

static void read_mail(struct query *query, struct arena *arena, void *item)
{
    *(struct store_mail *)item = (struct store_mail){.sha256 = query_digest(query, 0),
                                                     .received_at = query_int(query, 1),
                                                     .sender = query_text(query, 2, arena),
                                                     .subject = query_text(query, 3, arena),
                                                     .outcome = query_text(query, 4, arena),
                                                     .case_id = query_text(query, 5, arena),
                                                     .complaint = query_text(query, 6, arena),
                                                     .reason = query_text(query, 7, arena),
                                                     .bytes = query_bytes(query, 8, arena)};
}

int store_mail_find(struct store *store, const struct digest *sha256, struct arena *arena,
                    struct store_mail *ret_mail)
{
    const struct reading reading = {STATEMENT_MAIL_FIND, read_mail, sizeof *ret_mail,
                                    VALUES(value_digest(sha256))};
    return store_read_one(store, &reading, arena, ret_mail);
}

int store_mail_list(struct store *store, const struct store_mail_query *query, struct arena *arena,
                    struct store_mail **ret_mails, size_t *ret_count)
{
    const struct reading reading = {
        query->held_only ? STATEMENT_MAIL_LIST_HELD : STATEMENT_MAIL_LIST, read_mail,
        sizeof **ret_mails, VALUES(value_digest(&query->after), value_limit(query->limit))};
    return store_read_all(store, &reading, arena, ret_mails, ret_count);
}
