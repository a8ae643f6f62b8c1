/* What a machine looks up for complaints (app/complaints/lookup.h): what waits, and what was seen.
 *
 * A name stands here as a keyed hash. One answer serves all complaints that are about its name; it
 * goes with the last of them that is erased. */
#ifndef BAILIWICK_STORE_LOOKUP_H
#define BAILIWICK_STORE_LOOKUP_H

#include "model/measurement.h"
#include "store/store.h"

#define LOOKUP_KIND_LIST(K)                                                                        \
    K(FIND, "find")                 /* what is to be looked up is still to be found */             \
    K(REGISTRATION, "registration") /* of a name, by the RDAP service of its registry */           \
    K(SERVICE, "service")           /* a survey of the TLD */

enum lookup_kind {
#define K(name, text) LOOKUP_##name,
    LOOKUP_KIND_LIST(K)
#undef K
        LOOKUP_KIND_COUNT
};

struct store_lookup {
    const char *reference;
    uint32_t number; /* of the complaint's, from 1; given by the store */
    enum lookup_kind what;
    const char *tld; /* "" for LOOKUP_FIND */
    int64_t name;    /* 0 but for LOOKUP_REGISTRATION */
    int64_t fresh_from;
    int64_t due_at;          /* 0: settled */
    uint32_t tries;          /* that told nothing */
    int64_t answer;          /* 0: none */
    const char *measurement; /* of the TLD; "" for none */
};

#define LOOKUP_YES "yes"
#define LOOKUP_NO "no"
#define LOOKUP_UNKNOWN "unknown"

struct store_lookup_answer {
    int64_t number; /* given by the store */
    int64_t name, asked_at;
    const char *registered;
    const char *seen; /* JSON object */
    const char *measurement;
    struct bytes bytes; /* encoded measurement; empty in what is found */
};

/* --- what waits --- */

int store_lookup_put(struct store *store, const struct store_lookup *lookup);
int store_lookup_find(struct store *store, const char *reference, uint32_t number,
                      struct arena *arena, struct store_lookup *ret_lookup);
/* All of a complaint, also those that are settled. */
int store_lookup_list(struct store *store, const char *reference, struct arena *arena,
                      struct store_lookup **ret_lookups, size_t *ret_count);
/* 1 when something of the complaint waits, else 0. */
int store_lookup_waits(struct store *store, const char *reference);
/* The first TLD from `from` on of which something waits, "" being one; ERR_NOT_FOUND. */
int store_lookup_next_tld(struct store *store, const char *from, struct arena *arena,
                          const char **ret_tld);
/* Of a TLD, that which is due longest at `now`; ERR_NOT_FOUND. */
int store_lookup_first(struct store *store, const char *tld, int64_t now, struct arena *arena,
                       struct store_lookup *ret_lookup);
/* Takes due_at, tries and fresh_from. */
int store_lookup_put_off(struct store *store, const struct store_lookup *lookup);
/* Takes answer and measurement. */
int store_lookup_settle(struct store *store, const struct store_lookup *lookup);
/* All of a complaint, and the answers that no other cites; before store_complaint_erase(). */
int store_lookup_erase(struct store *store, const char *reference, struct arena *arena);

/* --- what was seen --- */

int store_lookup_answer_put(struct store *store, const struct store_lookup_answer *answer,
                            int64_t *ret_number);
int store_lookup_answer_find(struct store *store, int64_t number, struct arena *arena,
                             struct store_lookup_answer *ret_answer);
/* The newest about a name that was asked for at `from` or later; ERR_NOT_FOUND. */
int store_lookup_answer_newest(struct store *store, int64_t name, int64_t from, struct arena *arena,
                               struct store_lookup_answer *ret_answer);
/* Of what a complaint cites, the newest about a name that is not unknown; ERR_NOT_FOUND. */
int store_lookup_answer_of(struct store *store, const char *reference, int64_t name,
                           struct arena *arena, struct store_lookup_answer *ret_answer);
/* The evidence, if the complaint cites it; ERR_NOT_FOUND. */
int store_lookup_answer_bytes(struct store *store, const char *reference, const char *measurement,
                              struct arena *arena, struct bytes *ret_bytes);
/* Those about a name that no complaint cites; the newest stays. */
int store_lookup_answer_tidy(struct store *store, int64_t name, struct arena *arena);

#endif
