/* Hooks of users of the API, and what waits to be told at them (app/hooks/hook.h).
 *
 * A hook has one queue. `due_at` of the hook is when its first delivery is tried next, so that one
 * look finds what is due of all hooks, and no queue waits for another. */
#ifndef BAILIWICK_STORE_HOOK_H
#define BAILIWICK_STORE_HOOK_H

#include "base/digest.h"
#include "store/store.h"

#define HOOK_STATE_LIST(E)                                                                         \
    E(ACTIVE, "active")                                                                            \
    E(SET_ASIDE, "set-aside") /* until somebody looks */                                           \
    E(GONE, "gone")           /* its receiver said so */                                           \
    E(REVOKED, "revoked")

enum hook_state {
#define E(name, text) HOOK_##name,
    HOOK_STATE_LIST(E)
#undef E
        HOOK_STATE_COUNT
};
const char *hook_state_text(enum hook_state state);

#define HOOK_AUDIENCE_STAFF "staff"
#define HOOK_AUDIENCE_PARTY "party"

struct store_hook {
    const char *person;
    uint32_t number;      /* of this person's hooks, from 1 */
    const char *audience; /* as the user is */
    const char *url, *kinds;
    struct digest secret; /* zero once it is over */
    int64_t made_at;
    const char *made_by;
    enum hook_state state;
    int64_t state_at;
    const char *state_by;
    int64_t due_at; /* 0: nothing waits */
    bool quick;
    uint32_t failed;       /* attempts in a row */
    int64_t failing_since; /* 0: it does not */
    int64_t delivered, last_at;
    const char *last_words;
};

struct store_delivery {
    const char *person;
    uint32_t number;
    int64_t seq;
    const char *id;
    const char *kind;
    const char *object_kind, *object; /* "case" and its id, "complaint" and its reference, "hook" */
    int64_t at;
};

/* Gives it the person's next number; it is active and nothing waits. ERR_CONFLICT when the person
 * is not there. */
int store_hook_append(struct store *store, const struct store_hook *hook);
int store_hook_find(struct store *store, const char *person, uint32_t number, struct arena *arena,
                    struct store_hook *ret_hook);
/* Of a person, in the order in which they were made. */
int store_hook_list(struct store *store, const char *person, struct arena *arena,
                    struct store_hook **ret_hooks, size_t *ret_count);
/* The active ones of an audience, of persons after `after`. */
int store_hook_list_active(struct store *store, const char *audience, const char *after,
                           struct arena *arena, struct store_hook **ret_hooks, size_t *ret_count);
/* 1 when an active one of the audience is there, else 0. */
int store_hook_any(struct store *store, const char *audience);
/* Of a person, active or set aside. */
int store_hook_count(struct store *store, const char *person, int64_t *ret_count);

/* Of everybody, in that state; of those that are active, those that fail. */
int store_hook_count_state(struct store *store, enum hook_state state, int64_t *ret_count);
int store_hook_count_failing(struct store *store, int64_t *ret_count);

/* Those that are due, longest first: of the quick ones, or of the others. */
int store_hook_list_due(struct store *store, bool quick, int64_t now, size_t limit,
                        struct arena *arena, struct store_hook **ret_hooks, size_t *ret_count);
/* When the next of them is due; ERR_NOT_FOUND. */
int store_hook_next(struct store *store, bool quick, int64_t *ret_due_at);
/* ERR_NOT_FOUND unless it is active. */
int store_hook_put_off(struct store *store, const char *person, uint32_t number, int64_t due_at);
/* At start: all that wait are due now. */
int store_hook_recover(struct store *store, int64_t now);
/* What came of an attempt: due_at, quick, failed, failing_since, last_at and last_words; `taken`
 * counts as delivered. ERR_NOT_FOUND unless it is active. */
int store_hook_note(struct store *store, const struct store_hook *hook, bool taken);
/* Of one that is not over, to another state; what is over loses its secret. ERR_NOT_FOUND. */
int store_hook_set_state(struct store *store, const struct store_hook *hook, enum hook_state state,
                         int64_t at, const char *by);

/* At the end of its hook's queue, which is due at `due_at` unless it is already. */
int store_delivery_put(struct store *store, const struct store_delivery *delivery, int64_t due_at);
/* The first of a queue; ERR_NOT_FOUND. */
int store_delivery_first(struct store *store, const char *person, uint32_t number,
                         struct arena *arena, struct store_delivery *ret_delivery);
int store_delivery_count(struct store *store, const char *person, uint32_t number,
                         int64_t *ret_count);
/* Nothing happens when it is not there any more. */
int store_delivery_forget(struct store *store, const struct store_delivery *delivery);
int store_delivery_forget_all(struct store *store, const char *person, uint32_t number);

/* What the party of a case saw of it when its hooks were told last. */
struct store_seen {
    const char *case_id;
    const char *version; /* of party/case_view.h */
    int64_t letters;
};
int store_seen_put(struct store *store, const struct store_seen *seen);
int store_seen_find(struct store *store, const char *case_id, struct arena *arena,
                    struct store_seen *ret_seen); /* ERR_NOT_FOUND */
int store_seen_forget_all(struct store *store);

#endif
