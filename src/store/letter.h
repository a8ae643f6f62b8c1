/* Letters, their attempts and approvals; mail that came in.
 *
 * One letter has one Message-ID for ever and, from its approval on, one sequence of bytes. Bytes
 * change in the state "draft" alone, which a letter never enters again; one that was refused or
 * came back may be handed over again, to another address of its party. An attempt is committed
 * before DATA (ATTEMPT_BEGUN); one that is still so after a restart was cut before its reply was
 * recorded: it is in doubt, and the same bytes go out again. */
#ifndef BAILIWICK_STORE_LETTER_H
#define BAILIWICK_STORE_LETTER_H

#include "base/digest.h"
#include "model/measurement.h"
#include "store/store.h"

#define LETTER_STATE_LIST(E)                                                                       \
    E(DRAFT, "draft")                                                                              \
    E(APPROVED, "approved") /* bytes settled, nothing sent */                                      \
    E(QUEUED, "queued")     /* handed to the mail worker */                                        \
    E(SENT, "sent")         /* a mail server took it */                                            \
    E(BOUNCED, "bounced")                                                                          \
    E(FAILED, "failed") /* refused for good */                                                     \
    E(VOID, "void")     /* will never be sent */

enum letter_state {
#define E(name, text) LETTER_STATE_##name,
    LETTER_STATE_LIST(E)
#undef E
        LETTER_STATE_COUNT
};
const char *letter_state_text(enum letter_state state);
int letter_state_parse(const char *text, enum letter_state *ret_state); /* ERR_SYNTAX */

struct store_letter {
    const char *id;
    const char *case_id;
    const char *kind;       /* letter id of the rulebook */
    const char *message_id; /* without angle brackets */
    const char *recipient;
    const char *subject;
    const char *drafted_by;
    struct digest sha256; /* of bytes */
    struct bytes bytes;   /* headers and body exactly as sent; empty in lists */
    enum letter_state state;
    int64_t created_at, updated_at;
};

/* ERR_CONFLICT when id or Message-ID is taken. sha256 must be that of the bytes (ERR_DAMAGED). */
int store_letter_put(struct store *store, const struct store_letter *letter);
/* New bytes of a draft: replaces bytes, sha256, subject, recipient. ERR_REFUSED after the draft. */
int store_letter_edit(struct store *store, const struct store_letter *letter);
int store_letter_set_state(struct store *store, const char *id, enum letter_state state,
                           int64_t at);
/* With bytes, checked against sha256 (ERR_DAMAGED). */
int store_letter_find(struct store *store, const char *id, struct arena *arena,
                      struct store_letter *ret_letter);
int store_letter_find_message(struct store *store, const char *message_id, struct arena *arena,
                              struct store_letter *ret_letter);
/* The newest of a case that has these bytes; without them. ERR_NOT_FOUND. */
int store_letter_find_bytes(struct store *store, const char *case_id, const struct digest *sha256,
                            struct arena *arena, struct store_letter *ret_letter);
/* How many a case has. */
int store_letter_count(struct store *store, const char *case_id, int64_t *ret_count);

/* NULL or "" for any; by id, from after `after`; without bytes. */
struct store_letter_query {
    const char *case_id;
    const char *state; /* letter_state_text() */
    const char *after;
    size_t limit;
};
int store_letter_list(struct store *store, const struct store_letter_query *query,
                      struct arena *arena, struct store_letter **ret_letters, size_t *ret_count);

/* --- attempts --- */

#define ATTEMPT_LIST(E)                                                                            \
    E(BEGUN, "begun")       /* committed before DATA */                                            \
    E(ACCEPTED, "accepted") /* 250 after the final dot */                                          \
    E(DEFERRED, "deferred") /* nothing was taken; may be tried again */                            \
    E(REFUSED, "refused")   /* 5xx */                                                              \
    E(IN_DOUBT, "in-doubt") /* cut after DATA began, before a reply was recorded */

enum attempt_phase {
#define E(name, text) ATTEMPT_##name,
    ATTEMPT_LIST(E)
#undef E
        ATTEMPT_COUNT
};
const char *attempt_phase_text(enum attempt_phase phase);
int attempt_phase_parse(const char *text, enum attempt_phase *ret_phase); /* ERR_SYNTAX */

struct store_attempt {
    const char *letter;
    uint32_t number; /* from 1 */
    int64_t begun_at, ended_at;
    enum attempt_phase phase;
    const char *reply;     /* of the server, or why not */
    const char *recipient; /* the address that it went to; "" in old rows: the letter's own */
    const char *channel;   /* "e-mail", or how a person had it delivered */
    const char *proof;     /* reference of the proof of delivery, or the digest of its file */
};

int store_attempt_begin(struct store *store, const char *letter, const char *recipient, int64_t at,
                        uint32_t *ret_number);
/* Once for each attempt: ERR_REFUSED when it ended already, ERR_NOT_FOUND. */
int store_attempt_end(struct store *store, const struct store_attempt *attempt);
int store_attempt_list(struct store *store, const char *letter, struct arena *arena,
                       struct store_attempt **ret_attempts, size_t *ret_count);
/* Those of a case's letters that a server refused, or took of a letter that came back; `recipient`
 * is never "". In no order. */
int store_attempt_list_failed(struct store *store, const char *case_id, struct arena *arena,
                              struct store_attempt **ret_attempts, size_t *ret_count);
/* One that a person saw through and that has ended: begun_at, ended_at, phase, reply, recipient,
 * channel and proof; the number is the next. */
int store_attempt_record(struct store *store, const struct store_attempt *attempt,
                         uint32_t *ret_number);
/* Attempts still in ATTEMPT_BEGUN; after a restart all of them are in doubt. */
int store_attempt_list_begun(struct store *store, struct arena *arena,
                             struct store_attempt **ret_attempts, size_t *ret_count);

/* --- the same letter in another language; the letter itself is the record --- */

struct store_letter_version {
    const char *letter, *language;
    struct digest sha256; /* of bytes */
    struct bytes bytes;   /* UTF-8 text as it stands in the letter's message */
};

/* ERR_DAMAGED when the bytes have another digest, ERR_CONFLICT when it is there already. */
int store_letter_version_put(struct store *store, const struct store_letter_version *version);
/* Checked against their digests (ERR_DAMAGED). */
int store_letter_version_list(struct store *store, const char *letter, struct arena *arena,
                              struct store_letter_version **ret_versions, size_t *ret_count);

/* --- who reads --- */

/* BCP 47; a later one takes its place. ERR_NOT_FOUND for a party without one. */
int store_party_language_put(struct store *store, const char *party, const char *language);
int store_party_language_find(struct store *store, const char *party, struct arena *arena,
                              const char **ret_language);

/* Where the party works: a name of the IANA time-zone database; a later one takes its place.
 * ERR_NOT_FOUND for a party without one. */
int store_party_zone_put(struct store *store, const char *party, const char *zone);
int store_party_zone_find(struct store *store, const char *party, struct arena *arena,
                          const char **ret_zone);

/* Who reported, where that is known: for the one message at the end. Never in the log. */
struct store_complainant {
    const char *case_id;
    const char *email, *language;
    int64_t added_at;
    const char *added_by;
};

int store_complainant_put(struct store *store, const struct store_complainant *complainant);
int store_complainant_find(struct store *store, const char *case_id, struct arena *arena,
                           struct store_complainant *ret_complainant);

/* --- approvals (invariant 8): of bytes, by their digest --- */

struct store_approval {
    const char *letter;
    struct digest sha256;
    const char *approver;
    int64_t at;
};

/* ERR_REFUSED when the letter's bytes have another digest; ERR_CONFLICT when given already. */
int store_approval_put(struct store *store, const struct store_approval *approval);
/* All ever given; those of other bytes than the present ones are void. */
int store_approval_list(struct store *store, const char *letter, struct arena *arena,
                        struct store_approval **ret_approvals, size_t *ret_count);

/* --- mail that came in (invariant 2: each has one outcome) --- */

struct store_mail {
    struct digest sha256; /* of bytes: the same mail twice is one */
    int64_t received_at;
    const char *sender, *subject;
    const char *outcome;   /* what became of it; "held" waits for a person */
    const char *case_id;   /* "" for none */
    const char *complaint; /* the complaint that it is or belongs to, by its reference; "" */
    const char *reason;    /* why it waits for a person, in words; "" */
    struct bytes bytes;    /* empty in lists */
    bool sealed; /* on the way in: bytes, sender and subject are kept with the complaint alone */
};

/* Returns 1 when new, 0 when the same bytes were there already. */
int store_mail_put(struct store *store, const struct store_mail *mail);
int store_mail_settle(struct store *store, const struct digest *sha256, const char *outcome,
                      const char *case_id);
int store_mail_find(struct store *store, const struct digest *sha256, struct arena *arena,
                    struct store_mail *ret_mail);
/* By received_at, oldest first, from after the mail `after` (zero: from the first). */
struct store_mail_query {
    bool held_only;
    struct digest after;
    size_t limit;
};
int store_mail_list(struct store *store, const struct store_mail_query *query, struct arena *arena,
                    struct store_mail **ret_mails, size_t *ret_count);

#endif
