/* A complaint in the store: what is sealed is put and read here alone, and what happens to one is
 * written as an event with its opening for the log.
 *
 * The log learns reference, type, state and salted digests; never a word, a name or an address. The
 * salts stand with the sealed words, so that after an erasure a digest tells nothing either. */
#ifndef BAILIWICK_APP_COMPLAINTS_RECORD_H
#define BAILIWICK_APP_COMPLAINTS_RECORD_H

#include "app/command.h"
#include "model/complaint.h"
#include "store/complaint.h"
#include "store/receipt.h"

#include <string.h>

struct complaint_record {
    struct store_complaint row;
    enum complaint_state state;
    int64_t stepped_at; /* moment of the event that record_step() wrote last; 0 before */
};

/* The complaint that somebody names, however they write it. ERR_SYNTAX for what is no reference,
 * ERR_NOT_FOUND. */
int record_find(struct app *app, const char *reference, struct arena *arena,
                struct complaint_record *ret_record, struct error_detail *detail);

/* The complaint to which a secret link leads; ERR_NOT_FOUND. */
int record_find_link(struct app *app, const char *token, struct arena *arena,
                     struct complaint_record *ret_record, struct error_detail *detail);

/* The complaint that an argument names, "complaint" as a rule, for the call's actor: ERR_REFUSED
 * for who is recused from its case. */
int record_find_for(struct call *call, const char *argument, struct arena *arena,
                    struct complaint_record *ret_record);

/* By what a complaint is read: the rulebook of the day on which it was filed, and its type there.
 * ERR_DAMAGED where that has no such type. */
struct record_law {
    const struct rulebook *rulebook;
    const struct process *process;
    const struct complaint_type *type;
};
int record_find_law(struct app *app, const struct complaint_record *record,
                    struct record_law *ret_law, struct error_detail *detail);

/* The argument "reason", one of three words: they stay in the history and in the log, where
 * nobody's name may stand. ERR_SYNTAX tells which. */
int record_read_reason(struct call *call, const char *const list[3], const char **ret_reason);

/* The argument "version", where one is given: the number of the last event that the actor knew of.
 * ERR_CONFLICT when something happened since, other than that a message was written or went out,
 * or something was looked up: that comes by itself within seconds of a decision. That it came back
 * is something. */
int record_check_version(struct call *call, const struct complaint_record *record);

/* The complaint that the call is about, to be changed: of the version that the actor knew, with its
 * words there (ERR_REFUSED after an erasure). */
int record_find_kept(struct call *call, struct arena *arena, struct complaint_record *ret_record);

/* Makes a key for a part of a new complaint. */
int record_new_key(struct app *app, const char *reference, const char *part, struct digest *ret_key,
                   struct error_detail *detail);

/* Seals JSON as an item. *ret_commitment is the SHA-256 of its RFC 8785 form, in which a salt
 * stands that is added here. */
int record_put_json(struct app *app, const char *reference, uint32_t number, json_t *json,
                    struct digest *ret_commitment, struct error_detail *detail);
int record_put_bytes(struct app *app, const char *reference, uint32_t number, const void *data,
                     size_t size, struct error_detail *detail);
/* The same for the vault. */
int record_put_reporter(struct app *app, const char *reference, json_t *json,
                        struct digest *ret_commitment, struct error_detail *detail);

/* ERR_NOT_FOUND when the item is not there, or was erased; ERR_DAMAGED. */
int record_get_bytes(struct app *app, const char *reference, uint32_t number, struct arena *arena,
                     struct bytes *ret_bytes, struct error_detail *detail);
int record_get_json(struct app *app, const char *reference, uint32_t number, struct arena *arena,
                    json_t **ret_json, struct error_detail *detail);
int record_get_reporter(struct app *app, const char *reference, struct arena *arena,
                        json_t **ret_json, struct error_detail *detail);

/* Words that somebody wrote, sealed as the next item: `data`, of an event, gets its number ("item")
 * and its salted digest ("words"). Takes `json`. ERR_REFUSED after an erasure. */
int record_keep_json(struct call *call, const char *reference, json_t *json, json_t *data);

/* Bytes about who complained that stand elsewhere in the store, sealed under the reporter's key.
 * ERR_REFUSED after an erasure. */
int record_seal_receipt(struct app *app, const struct store_receipt_about *receipt,
                        struct bytes plain, struct buffer *ret_sealed, struct error_detail *detail);
int record_open_receipt(struct app *app, const struct store_receipt_about *receipt,
                        struct bytes sealed, struct arena *arena, struct bytes *ret_bytes,
                        struct error_detail *detail);

/* A mail that belongs to the complaint: its bytes as the next item. *ret_number is 0, and nothing
 * is kept, when the complaint was erased: then what is written to it is erased too. */
int record_add_mail(struct app *app, const struct complaint_record *record, struct bytes mail,
                    uint32_t *ret_number, struct error_detail *detail);

/* Writes what happened: the event with `data` (an object, no personal data; in the log as it is)
 * and its opening. Whatever else follows from it has its moment. */
struct record_event {
    const char *reference;
    enum complaint_event_type type;
    json_t *data;
};
struct record_written {
    int64_t at;
    struct digest entry;
};
int record_event(struct call *call, const struct record_event *event,
                 struct record_written *ret_written);

/* Whether an event that the store gave is of this type. */
static inline bool record_event_is(const struct store_complaint_event *event,
                                   enum complaint_event_type type)
{
    return strcmp(event->type, complaint_event_text(type)) == 0;
}

/* What record_step() would make of it, without taking it. */
int record_check_step(struct call *call, const struct complaint_record *record,
                      enum complaint_event_type type, enum complaint_state *ret_next);

/* Takes the event, and lets state, closure and case of `record` follow. ERR_REFUSED where it cannot
 * happen. */
int record_step(struct call *call, struct complaint_record *record, enum complaint_event_type type,
                json_t *data);

#endif
