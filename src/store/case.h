/* Cases: append-only events, the projection that lists show, proposed steps, links and deadlines.
 *
 * Events are the truth; `struct store_case` and `struct store_deadline` are projections that can be
 * rebuilt from them. Events of a case are numbered from 1 without gaps: two commands that both
 * write event n meet ERR_CONFLICT. */
#ifndef BAILIWICK_STORE_CASE_H
#define BAILIWICK_STORE_CASE_H

#include "base/digest.h"
#include "model/case.h"
#include "store/store.h"

struct store_case {
    const char *id;
    const char *party, *obligation, *subject;
    const char *process; /* digest of the rulebook version it began under */
    enum case_origin origin;
    enum monitoring_source source;
    const char *stage; /* id of the process */
    enum stage_kind stage_kind;
    const char *handler;
    const char *summary;
    uint32_t seq; /* of its last event */
    int64_t opened_at, updated_at;
    int64_t due_at;    /* of the running deadline, 0 for none */
    int64_t closed_at; /* 0 while open */
    const char *closure;
    bool published;
    const char *rules; /* digest of the version whose process it runs under now */
    enum case_awaits awaits;
    const char *about;      /* a stage or a letter, "" for neither */
    const char *clock_rule; /* of the clock that runs; "" and 0 for none */
    int32_t clock_date;     /* civil day in the rule's zone */
    int64_t clock_at;
    int64_t told_at; /* when the first letter was served to its party; 0 before */
};

/* The projection of a new case. ERR_CONFLICT when another case of the same party, obligation and
 * subject is open (invariant 9), or the id is taken. */
int store_case_add(struct store *store, const struct store_case *record);
/* Makes or replaces it, as a rebuild does. ERR_CONFLICT as above, but for the id. */
int store_case_put(struct store *store, const struct store_case *record);
int store_case_find(struct store *store, const char *id, struct arena *arena,
                    struct store_case *ret_case);
struct store_case_key {
    const char *party, *obligation, *subject;
};
int store_case_find_open(struct store *store, const struct store_case_key *key, struct arena *arena,
                         struct store_case *ret_case);
/* The one closed last, for the look-back of repeats. */
int store_case_find_closed(struct store *store, const struct store_case_key *key,
                           struct arena *arena, struct store_case *ret_case);

/* Writes what an event changed of the projection that is there: stage, handler, moments, closure,
 * published, seq and whether it was told. ERR_CONFLICT as above, ERR_NOT_FOUND. */
int store_case_update(struct store *store, const struct store_case *before,
                      const struct store_case *after);

/* How many rows this process wrote with those above: whoever keeps rows compares. */
uint64_t store_case_writes(const struct store *store);

/* In all that an event may change but its number and moment: what lists go by, and what they show
 * of where a case stands. */
bool store_case_alike(const struct store_case *a, const struct store_case *b);

/* NULL or "" for any; by id, from after `after`. A handler has open cases only. Those that a party
 * was told of are of that party, whatever else is asked; of its others no row is read. */
struct store_case_query {
    const char *party, *subject, *stage, *handler;
    bool open_only, told_only;
    const char *after;
    size_t limit;
};
int store_case_list(struct store *store, const struct store_case_query *query, struct arena *arena,
                    struct store_case **ret_cases, size_t *ret_count);
/* Open ones, the one due first, those without a due moment after all others. Of their rows what a
 * worklist shows: no process, origin, source, summary, seq nor moments but the due ones. */
int store_case_list_due(struct store *store, size_t limit, struct arena *arena,
                        struct store_case **ret_cases, size_t *ret_count);
/* How many are open, by kind of stage. */
int store_case_count_open(struct store *store, int64_t ret_counts[STAGE_KIND_COUNT]);
/* For a rebuild: no count is kept, then one for a kind that has none. */
int store_case_forget_open(struct store *store);
int store_case_put_open(struct store *store, enum stage_kind kind, int64_t cases);
/* How many there are, open or not; reads all. */
int store_case_count(struct store *store, int64_t *ret_count);
/* The latest moment of an event of any case, 0 before the first. */
int store_case_last(struct store *store, int64_t *ret_at);

/* --- events --- */

struct store_event {
    struct case_event event;
    struct digest entry; /* its opening, put in the same transaction (log.h) */
};

/* ERR_CONFLICT when the number is taken or the opening is missing, ERR_REFUSED when it is not the
 * next one. */
int store_event_append(struct store *store, const struct case_event *event,
                       const struct digest *entry);
/* Oldest first, from after `after_seq`. */
int store_event_list(struct store *store, const char *case_id, uint32_t after_seq, size_t limit,
                     struct arena *arena, struct store_event **ret_events, size_t *ret_count);

/* --- steps that wait for a second person --- */

#define PROPOSAL_STATE_LIST(E)                                                                     \
    E(WAITING, "waiting")                                                                          \
    E(AGREED, "agreed") /* the step was taken; its event names the proposal as evidence */         \
    E(WITHDRAWN, "withdrawn")

enum proposal_state {
#define E(name, text) PROPOSAL_##name,
    PROPOSAL_STATE_LIST(E)
#undef E
        PROPOSAL_STATE_COUNT
};
const char *proposal_state_text(enum proposal_state state);

struct store_proposal {
    struct digest sha256;    /* of what is proposed, as the log has it */
    struct case_event event; /* as it was proposed; `seq` is of the event before it */
    struct digest entry;     /* its opening */
    enum proposal_state state;
    int64_t settled_at; /* 0 and "" while it waits */
    const char *settled_by;
};

/* Makes one that waits. ERR_CONFLICT when a step of this kind waits already in the case. */
int store_proposal_put(struct store *store, const struct store_proposal *proposal);
/* Writes state, settled_at and settled_by. ERR_NOT_FOUND unless it waits. */
int store_proposal_settle(struct store *store, const struct store_proposal *proposal);
int store_proposal_find(struct store *store, const char *case_id, const struct digest *sha256,
                        struct arena *arena, struct store_proposal *ret_proposal);
/* Oldest first. */
struct store_proposal_query {
    const char *case_id; /* NULL for all cases */
    bool waiting_only;
};
int store_proposal_list(struct store *store, const struct store_proposal_query *query,
                        struct arena *arena, struct store_proposal **ret_proposals,
                        size_t *ret_count);

/* --- links: complaints, leads, findings, measurements --- */

struct store_link {
    const char *case_id;
    const char *kind; /* "finding", "complaint", "lead", "mail" */
    const char *object;
    int64_t linked_at;
    const char *linked_by;
    int64_t unlinked_at; /* 0 while it holds */
    const char *unlinked_by;
};

/* Linking again what was unlinked makes the link hold again; the events keep the history. */
int store_link_put(struct store *store, const struct store_link *link);
int store_link_list(struct store *store, const char *case_id, struct arena *arena,
                    struct store_link **ret_links, size_t *ret_count);
/* Those of one kind that hold, by object, from after one. */
struct store_link_page {
    const char *case_id, *kind, *after; /* "": from the first */
    size_t limit;
};
int store_link_list_page(struct store *store, const struct store_link_page *page,
                         struct arena *arena, struct store_link **ret_links, size_t *ret_count);
/* How many complaints are linked to the case, hold, and are not in the store. */
int store_link_count_unknown(struct store *store, const char *case_id, int64_t *ret_count);
/* The cases of one object. */
int store_link_list_of_object(struct store *store, const char *kind, const char *object,
                              struct arena *arena, struct store_link **ret_links,
                              size_t *ret_count);

/* --- deadlines --- */

#define DEADLINE_STATE_LIST(E)                                                                     \
    E(RUNNING, "running")                                                                          \
    E(STOPPED, "stopped")                                                                          \
    E(MET, "met")                                                                                  \
    E(PASSED, "passed")                                                                            \
    E(CANCELLED, "cancelled")

enum deadline_state {
#define E(name, text) DEADLINE_##name,
    DEADLINE_STATE_LIST(E)
#undef E
        DEADLINE_STATE_COUNT
};
const char *deadline_state_text(enum deadline_state state);

struct store_deadline {
    const char *id;
    const char *case_id;
    const char *rule;
    int64_t due_at;
    enum deadline_state state;
    const char *trace; /* JSON, as `deadline compute` prints it */
};

int store_deadline_put(struct store *store, const struct store_deadline *deadline);
/* Writes the state of one that is there. ERR_NOT_FOUND. */
int store_deadline_settle(struct store *store, const char *id, enum deadline_state state);
/* Those of a case that run or are stopped take a state, but for rules that begin as `other`.
 * Returns how many. */
int store_deadline_end(struct store *store, const char *case_id, enum deadline_state state,
                       const char *other);
int store_deadline_forget_all(struct store *store); /* for a rebuild */
int store_deadline_find(struct store *store, const char *id, struct arena *arena,
                        struct store_deadline *ret_deadline);
int store_deadline_list(struct store *store, const char *case_id, struct arena *arena,
                        struct store_deadline **ret_deadlines, size_t *ret_count);
/* Running ones with due_at <= now, the longest overdue first; without their traces. */
int store_deadline_due(struct store *store, int64_t now, size_t limit, struct arena *arena,
                       struct store_deadline **ret_deadlines, size_t *ret_count);
/* Due moment of the next running one, ERR_NOT_FOUND when none runs. */
int store_deadline_next(struct store *store, int64_t *ret_due_at);

#endif
