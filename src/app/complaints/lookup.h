/* What a machine can see about a complaint is looked up when it is filed, and kept as evidence:
 * whether and by which registrar each of its names under a contracted TLD is registered (RDAP),
 * and, where its type is about a fault of a TLD that checks can see, whether that shows now.
 *
 * The story of one: lookup_want() leaves a row with the complaint, in the transaction of whoever
 * files it. The core's loop (core_lookups.c) takes what is due: lookup_look() finds in the words
 * what there is to look up, and for each of it whether an answer is there already, must be asked
 * for, or has to wait. What was asked comes back by lookup_take(). When nothing of a complaint
 * waits any more, the event `looked-up` tells what was seen.
 *
 * Invariants
 *  L1. Nothing is decided by it: a fact that was seen is one that scope tests may use (facts.h),
 * and what could not be seen stays unknown. L2. About a name nobody is asked but the RDAP service
 * that the store names for its TLD under contract, and nothing of a complaint goes out but the
 * name: not who complained, not that somebody did. A survey of a TLD is the same whoever wanted it.
 *  L3. A name is asked for once, however many complaints are about it, while its answer is young.
 *  L4. Of an answer nothing enters an event but whether it is registered, the registrar's IANA id,
 *      states of the IANA's list, whether there is an abuse contact, and the digest of the
 * evidence. L5. It ends: names, TLDs and tries have limits. */
#ifndef BAILIWICK_APP_COMPLAINTS_LOOKUP_H
#define BAILIWICK_APP_COMPLAINTS_LOOKUP_H

#include "app/complaints/record.h"
#include "model/result.h"
#include "rulebook/complaint.h"
#include "store/lookup.h"

enum {
    LOOKUP_NAMES_MAX = 10, /* of one complaint: more are for a person to choose from */
    LOOKUP_TLDS_MAX = 4,   /* the same for TLDs that are surveyed */
    LOOKUP_TRIES = 3,
};

/* How old an answer may be that is as good as a new one: of a name, of a TLD, and of either where a
 * person asks again; and after which time a survey that does not come is one that told nothing. */
#define LOOKUP_FRESH_US INT64_C(3600000000)
#define LOOKUP_SURVEY_FRESH_US INT64_C(120000000)
#define LOOKUP_AGAIN_FRESH_US INT64_C(10000000)
#define LOOKUP_SURVEY_PATIENCE_US INT64_C(300000000)

/* The complaint is looked up as soon as there is time for it, with answers not older than
 * `fresh_us`; nothing where the configuration says so, and for a demonstration, whose parties are
 * none. */
int lookup_want(struct app *app, const char *reference, int64_t fresh_us,
                struct error_detail *detail);

/* What waits, and the answers that no other complaint cites, before its erasure. */
int lookup_forget(struct app *app, const char *reference, struct arena *arena,
                  struct error_detail *detail);

/* --- names --- */

/* A name that a complaint is about, and the registered name that it lies in, as far as that can be
 * told: its last two labels. */
struct lookup_name {
    const char *domain;
    const char *tld;
    bool deep;    /* it has more labels: that `domain` is not registered says nothing of it */
    int64_t hash; /* by which the store knows it */
};
/* False for what is no name of two labels or more, of letters, digits and hyphens. */
bool lookup_name_read(const char *said, struct arena *arena, struct lookup_name *ret_name);
/* Fills `hash`. ERR_NOT_FOUND in a store without complaints. */
int lookup_name_hash(struct app *app, struct lookup_name *name);

/* What is to be looked up of a complaint. */
struct lookup_plan {
    struct lookup_name names[LOOKUP_NAMES_MAX];
    size_t name_count;
    const char *tlds[LOOKUP_TLDS_MAX]; /* to be surveyed */
    size_t tld_count;
};
int lookup_plan_make(struct app *app, const struct complaint_record *record, struct arena *arena,
                     struct lookup_plan *ret_plan, struct error_detail *detail);
/* The names alone, which is quick. */
int lookup_plan_names(struct app *app, const struct complaint_record *record, struct arena *arena,
                      struct lookup_plan *ret_plan, struct error_detail *detail);

/* --- steps; each in a transaction of the caller --- */

enum lookup_next {
    LOOKUP_DONE,    /* settled, or put off to its time */
    LOOKUP_ASK,     /* by RDAP */
    LOOKUP_MEASURE, /* the TLD is to be surveyed; put off for a moment */
};

/* What is to be asked; texts live in the arena. */
struct lookup_ask {
    const char *reference;
    uint32_t number;
    const char *domain, *rdap_url;
    int64_t name; /* its hash */
};

/* Goes on with what is due. An enum lookup_next or a failure. */
int lookup_look(struct app *app, const struct store_lookup *row, struct arena *arena,
                struct lookup_ask *ret_ask, struct error_detail *detail);

/* What came back: `results` NULL for nothing that could be judged. What was settled or erased
 * meanwhile is dropped. */
struct lookup_reply {
    const struct lookup_ask *ask;
    int64_t asked_at;
    struct bytes measurement;
    const struct result_set *results;
};
int lookup_take(struct app *app, const struct lookup_reply *reply, struct arena *arena,
                struct error_detail *detail);

/* --- telling --- */

/* The event of what was looked up since it was wanted last, now that nothing waits. */
int lookup_tell(struct app *app, const char *reference, struct arena *arena,
                struct error_detail *detail);

/* What was seen of a name of a complaint last. */
struct lookup_fact {
    bool known;
    bool registered;
    int64_t registrar; /* IANA id; 0: none was named */
    bool in_use;       /* on no hold, and not about to be deleted */
};
int lookup_fact_find(struct app *app, const char *reference, const char *said, struct arena *arena,
                     struct lookup_fact *ret_fact, struct error_detail *detail);

/* Puts what a row of the event `looked-up` leaves out: the names, from `words` (NULL: erased), and
 * instants. */
void lookup_show(json_t *row, const json_t *words);

#endif
