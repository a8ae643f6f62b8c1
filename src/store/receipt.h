/* Receipts: messages that tell who complained that their complaint came in, and what was decided.
 * Like a letter, one has one Message-ID and one sequence of bytes, and an attempt is committed
 * before DATA; unlike one, its bytes and address are sealed with the reporter of the complaint, and
 * forgotten once a mail server took them or the complaint is erased. */
#ifndef BAILIWICK_STORE_RECEIPT_H
#define BAILIWICK_STORE_RECEIPT_H

#include "store/letter.h"

struct store_receipt {
    const char *message_id;    /* without angle brackets */
    const char *reference;     /* of the complaint */
    uint32_t about;            /* number of the event of which it tells; 0: that it came in */
    const char *letter;        /* of the rulebook */
    struct digest destination; /* keyed digest of the address; zero once forgotten */
    struct digest sha256;      /* of the message as sent */
    enum letter_state state;   /* queued, sent, bounced, failed, void */
    int64_t created_at, updated_at;
    struct bytes sealed; /* empty once forgotten */
};

/* In the state `queued`. ERR_CONFLICT when the event was told by this letter already. */
int store_receipt_put(struct store *store, const struct store_receipt *receipt);
int store_receipt_find(struct store *store, const char *message_id, struct arena *arena,
                       struct store_receipt *ret_receipt);
struct store_receipt_about {
    const char *reference, *letter;
    uint32_t event;
};
int store_receipt_find_about(struct store *store, const struct store_receipt_about *about,
                             struct arena *arena, struct store_receipt *ret_receipt);
int store_receipt_set_state(struct store *store, const char *message_id, enum letter_state state,
                            int64_t at);
/* The bytes are gone; the rest stays. */
int store_receipt_forget(struct store *store, const char *message_id);

/* How many went, or are to go, to the destination since then. Destinations of older receipts are
 * forgotten first. */
int store_receipt_count(struct store *store, const struct digest *destination, int64_t since,
                        int64_t *ret_count);

/* --- attempts --- */

struct store_receipt_attempt {
    const char *message_id;
    uint32_t number; /* from 1 */
    int64_t begun_at, ended_at;
    enum attempt_phase phase;
    int code; /* of the mail server's reply; 0 when there was none */
};

int store_receipt_attempt_begin(struct store *store, const char *message_id, int64_t at,
                                uint32_t *ret_number);
/* Once for each: ERR_REFUSED, ERR_NOT_FOUND. */
int store_receipt_attempt_end(struct store *store, const struct store_receipt_attempt *attempt);
int store_receipt_attempt_list(struct store *store, const char *message_id, struct arena *arena,
                               struct store_receipt_attempt **ret_attempts, size_t *ret_count);
/* Of any receipt: in doubt after a restart. */
int store_receipt_attempt_list_begun(struct store *store, struct arena *arena,
                                     struct store_receipt_attempt **ret_attempts,
                                     size_t *ret_count);

#endif
