/* Complaints: what was filed, sealed; who filed it, sealed apart (the vault); what became of it.
 *
 * Items and reporters are bytes of base/seal.h; their keys are here too, and go with them: erasing
 * a complaint deletes keys, items and reporter, and nothing else of it ever changes but type,
 * state, closure, case and priority. The bytes leave the file itself by store_wipe(). */
#ifndef BAILIWICK_STORE_COMPLAINT_H
#define BAILIWICK_STORE_COMPLAINT_H

#include "base/digest.h"
#include "model/measurement.h"
#include "store/store.h"

struct store_complaint {
    const char *reference;
    int64_t received_at;
    const char *type, *rulebook; /* type of complaint, in that version of the rulebook */
    const char *language;
    struct digest link; /* SHA-256 of the token of the secret link */
    const char *state;
    const char *closure; /* code; "" while it is not closed */
    const char *case_id; /* "" for none */
    int64_t erased_at;   /* 0: its words are there */
    int priority;        /* enum complaint_priority */
};

/* ERR_CONFLICT when reference or link is taken. */
int store_complaint_put(struct store *store, const struct store_complaint *complaint);
int store_complaint_settle(struct store *store, const struct store_complaint *complaint);
int store_complaint_find(struct store *store, const char *reference, struct arena *arena,
                         struct store_complaint *ret_complaint);
int store_complaint_find_link(struct store *store, const struct digest *link, struct arena *arena,
                              struct store_complaint *ret_complaint);

/* By received_at, then reference, from after the complaint `after` (NULL: from the first). */
struct store_complaint_query {
    const char *state; /* NULL: any */
    const char *after;
    size_t limit;
};
int store_complaint_list(struct store *store, const struct store_complaint_query *query,
                         struct arena *arena, struct store_complaint **ret_complaints,
                         size_t *ret_count);

/* Those of the state `filed`, the most urgent first, of each priority by received_at, then
 * reference; from after `after` ("": from the first). */
int store_complaint_list_priority(struct store *store, const char *after, size_t limit,
                                  struct arena *arena, struct store_complaint **ret_complaints,
                                  size_t *ret_count);

/* How many there are; reads all. */
int store_complaint_count(struct store *store, int64_t *ret_count);

/* Keys, items and reporter are gone from then on (ERR_REFUSED the second time); pages that hold
 * them are overwritten, as far as SQLite does that, and store_wipe() becomes due. */
int store_complaint_erase(struct store *store, const char *reference, int64_t at);

/* --- sealed --- */

#define COMPLAINT_PART_WORDS "words"
#define COMPLAINT_PART_REPORTER "reporter"

int store_complaint_key_put(struct store *store, const char *reference, const char *part,
                            const struct digest *key);
/* ERR_NOT_FOUND also after the erasure. */
int store_complaint_key_find(struct store *store, const char *reference, const char *part,
                             struct digest *ret_key);

int store_complaint_item_put(struct store *store, const char *reference, uint32_t number,
                             struct bytes sealed);
int store_complaint_item_find(struct store *store, const char *reference, uint32_t number,
                              struct arena *arena, struct bytes *ret_sealed);
/* The number of the next item; 0 when there is none. */
int store_complaint_item_next(struct store *store, const char *reference, uint32_t *ret_number);

int store_complaint_reporter_put(struct store *store, const char *reference, struct bytes sealed);
int store_complaint_reporter_find(struct store *store, const char *reference, struct arena *arena,
                                  struct bytes *ret_sealed);

/* --- what happened --- */

struct store_complaint_event {
    const char *reference;
    uint32_t seq; /* from 1; given by the store */
    int64_t at;
    const char *type, *actor;
    const char *data; /* JSON object, without personal data */
    struct digest entry;
};

int store_complaint_event_put(struct store *store, const struct store_complaint_event *event);
/* The number that the next event gets. */
int store_complaint_event_next(struct store *store, const char *reference, uint32_t *ret_seq);
int store_complaint_event_list(struct store *store, const char *reference, struct arena *arena,
                               struct store_complaint_event **ret_events, size_t *ret_count);
/* The legal holds that were not lifted, by the references of their complaints, from after `after`
 * ("": from the start). */
int store_complaint_hold_list(struct store *store, const char *after, size_t limit,
                              struct arena *arena, struct store_complaint_event **ret_holds,
                              size_t *ret_count);

#endif
