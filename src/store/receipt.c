#include "store/receipt.h"

#include "base/text.h"
#include "store/statement.h"

int store_receipt_put(struct store *store, const struct store_receipt *receipt)
{
    return store_change(store, STATEMENT_RECEIPT_PUT,
                        VALUES(value_text(receipt->message_id), value_text(receipt->reference),
                               value_int(receipt->about), value_text(receipt->letter),
                               value_digest(&receipt->destination), value_digest(&receipt->sha256),
                               value_text(letter_state_text(LETTER_STATE_QUEUED)),
                               value_int(receipt->created_at),
                               value_bytes(receipt->sealed.data, receipt->sealed.size)));
}

static void read_receipt(struct query *query, struct arena *arena, void *item)
{
    struct store_receipt *receipt = item;
    struct bytes destination = query_bytes(query, 4, arena);
    *receipt = (struct store_receipt){.message_id = query_text(query, 0, arena),
                                      .reference = query_text(query, 1, arena),
                                      .about = (uint32_t)query_int(query, 2),
                                      .letter = query_text(query, 3, arena),
                                      .sha256 = query_digest(query, 5),
                                      .created_at = query_int(query, 7),
                                      .updated_at = query_int(query, 8),
                                      .sealed = query_bytes(query, 9, arena)};
    if (destination.size == DIGEST_SIZE)
        receipt->destination = query_digest(query, 4);
    if (letter_state_parse(query_text(query, 6, arena), &receipt->state) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_receipt_find(struct store *store, const char *message_id, struct arena *arena,
                       struct store_receipt *ret_receipt)
{
    const struct reading reading = {STATEMENT_RECEIPT_FIND, read_receipt, sizeof *ret_receipt,
                                    VALUES(value_text(message_id))};
    return store_read_one(store, &reading, arena, ret_receipt);
}

int store_receipt_find_about(struct store *store, const struct store_receipt_about *about,
                             struct arena *arena, struct store_receipt *ret_receipt)
{
    const struct reading reading = {
        STATEMENT_RECEIPT_FIND_ABOUT, read_receipt, sizeof *ret_receipt,
        VALUES(value_text(about->reference), value_int(about->event), value_text(about->letter))};
    return store_read_one(store, &reading, arena, ret_receipt);
}

int store_receipt_set_state(struct store *store, const char *message_id, enum letter_state state,
                            int64_t at)
{
    return store_change(
        store, STATEMENT_RECEIPT_SET_STATE,
        VALUES(value_text(message_id), value_text(letter_state_text(state)), value_int(at)));
}

int store_receipt_forget(struct store *store, const char *message_id)
{
    return store_change(store, STATEMENT_RECEIPT_FORGET, VALUES(value_text(message_id)));
}

int store_receipt_count(struct store *store, const struct digest *destination, int64_t since,
                        int64_t *ret_count)
{
    int result = store_run(store, STATEMENT_RECEIPT_FORGET_OLD, VALUES(value_int(since)));
    return result < 0
               ? result
               : store_read_number(store, STATEMENT_RECEIPT_COUNT,
                                   VALUES(value_digest(destination), value_int(since)), ret_count);
}

/* --- attempts --- */

int store_receipt_attempt_begin(struct store *store, const char *message_id, int64_t at,
                                uint32_t *ret_number)
{
    int64_t number;
    if (!store_in_transaction(store))
        return store_fail(store, ERR_USAGE, "attempt: no transaction is open");
    int result = store_read_number(store, STATEMENT_RECEIPT_ATTEMPT_BEGIN,
                                   VALUES(value_text(message_id), value_int(at)), &number);
    if (result >= 0)
        *ret_number = (uint32_t)number;
    return result;
}

int store_receipt_attempt_end(struct store *store, const struct store_receipt_attempt *attempt)
{
    return store_change(store, STATEMENT_RECEIPT_ATTEMPT_END,
                        VALUES(value_text(attempt->message_id), value_int(attempt->number),
                               value_int(attempt->ended_at),
                               value_text(attempt_phase_text(attempt->phase)),
                               value_int(attempt->code)));
}

static void read_attempt(struct query *query, struct arena *arena, void *item)
{
    struct store_receipt_attempt *attempt = item;
    *attempt = (struct store_receipt_attempt){.message_id = query_text(query, 0, arena),
                                              .number = (uint32_t)query_int(query, 1),
                                              .begun_at = query_int(query, 2),
                                              .ended_at = query_int(query, 3),
                                              .code = (int)query_int(query, 5)};
    if (attempt_phase_parse(query_text(query, 4, arena), &attempt->phase) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_receipt_attempt_list(struct store *store, const char *message_id, struct arena *arena,
                               struct store_receipt_attempt **ret_attempts, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_RECEIPT_ATTEMPT_LIST, read_attempt,
                                    sizeof **ret_attempts,
                                    VALUES(value_text(message_id), value_limit(0))};
    return store_read_all(store, &reading, arena, ret_attempts, ret_count);
}

int store_receipt_attempt_list_begun(struct store *store, struct arena *arena,
                                     struct store_receipt_attempt **ret_attempts, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_RECEIPT_ATTEMPT_LIST_BEGUN, read_attempt,
                                    sizeof **ret_attempts, VALUES(value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_attempts, ret_count);
}
