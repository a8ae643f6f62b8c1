/* What the files of this folder share. */
#ifndef BAILIWICK_APP_SIMULATE_PARTS_H
#define BAILIWICK_APP_SIMULATE_PARTS_H

#include "app/casework/casefile.h"
#include "app/child.h"
#include "app/simulate/population.h"
#include "app/simulate/simulate.h"

enum {
    SIMULATE_MONTHS_MAX = SIMULATE_YEARS_MAX * 12 + 1,
    MATTER_BUCKETS = 4096,
    STEP_ARENA_MAX = 64 << 20,
};

/* What the report counts, a column each. */
#define FIGURE_LIST(E)                                                                             \
    E(RECEIVED, "received")                                                                        \
    E(JOINED, "joined") /* of these: about a matter that was open */                               \
    E(MONITORED, "monitored")                                                                      \
    E(OUT_OF_SCOPE, "out_of_scope")                                                                \
    E(FIRST, "first")                                                                              \
    E(SECOND, "second")                                                                            \
    E(THIRD, "third")                                                                              \
    E(ESCALATED, "escalated")                                                                      \
    E(BREACH, "breach")                                                                            \
    E(SUSPENSION, "suspension")                                                                    \
    E(TERMINATION, "termination")                                                                  \
    E(CURED, "cured")                                                                              \
    E(CLOSED, "closed")                                                                            \
    E(BOUNCED, "bounced")                                                                          \
    E(EVENTS, "events")

enum figure {
#define E(name, text) FIGURE_##name,
    FIGURE_LIST(E)
#undef E
        FIGURE_COUNT
};

struct figures {
    int64_t counts[SIMULATE_MONTHS_MAX][2][FIGURE_COUNT]; /* month, enum party_kind */
};

/* What a person has to do next with a case. */
enum move {
    MOVE_NONE,
    MOVE_LOOK,    /* at something that came in */
    MOVE_ADOPT,   /* the machine's draft of the stage's letter */
    MOVE_RESEND,  /* a letter that came back, to another address */
    MOVE_JUDGE,   /* an answer */
    MOVE_EXTEND,  /* what the party asked for */
    MOVE_AGREE,   /* to a remediation plan */
    MOVE_PREPARE, /* the letter that opens the next stage */
    MOVE_APPROVE, /* that letter, and send it */
    MOVE_END,     /* nothing more is asked */
};

struct case_name {
    char text[CASE_NAME_MAX];
};

/* A case that is not over. Everything here follows from its events; see matter.c. */
struct matter {
    struct matter *next; /* of the bucket */
    char id[CASE_NAME_MAX];
    uint64_t key;  /* what draws about it are drawn for */
    uint32_t seen; /* events that the report has counted */
    int64_t opened_at;
    bool over; /* only its last letter is under way */
    bool free; /* nobody is its handler, and the process lets somebody be made it */
    enum move move;
    enum party_kind party;
    const struct process *process; /* the one that the case runs under */
    struct digest letter;          /* of the stage, for MOVE_ADOPT */
    int32_t ready;                 /* the first day on which somebody may do it */
    int64_t answer_at;             /* when the party answers; 0 for not by itself */
};

/* A matter that may be complained about, by one type of complaint. */
struct topic {
    const char *obligation;
    enum fact_family family;
    int64_t weight;
};

enum staff_part { STAFF_ANALYST, STAFF_APPROVER, STAFF_PARTS };

struct simulation {
    const struct simulate_options *options;
    struct app app;
    bool open; /* `app` is */
    struct arena arena;
    struct population population;
    const struct rulebook *rulebook;
    struct child signer;
    int32_t first_day, end_day, day;
    json_t *ending; /* ids of those that were over when the run was cut; see place.c */
    json_t *run;    /* what makes this run differ from others; see place.c */
    bool public_changed;
    struct figures *figures;
    int32_t week; /* the one that `away` tells of; 0 before the first */
    bool away[STAFF_PARTS][POPULATION_PEOPLE_MAX];
    struct matter *buckets[MATTER_BUCKETS];
    struct case_name *touched;
    size_t touched_count, touched_room;
    size_t live;
    int32_t topics_month[2]; /* when the topics were looked up last */
    struct topic *topics[2];
    size_t topic_count[2];
    struct arena topic_arena[2];
};

int64_t simulation_parties(const struct simulation *sim, enum party_kind kind);
const struct population_kind *simulation_kind(const struct simulation *sim, const char *party);
/* Index of a day's month in the population's lists. */
int simulation_month(int32_t day);

/* founding.c: an empty store becomes an authority with staff, law and parties. */
int founding_make(struct simulation *sim, struct error_detail *detail);
void founding_party_id(enum party_kind kind, int64_t index, char *text, size_t size);
void founding_tld(int64_t index, char *text, size_t size);

/* statute.c: the law, and what the day brings of it. */
int statute_adopt(struct simulation *sim, struct error_detail *detail);
int statute_tell(struct simulation *sim, struct error_detail *detail);
int statute_digest(const struct simulation *sim, char ret_text[DIGEST_HEX],
                   struct error_detail *detail);

/* place.c: what a run needs to go on, committed with each day. */
int place_keep(struct simulation *sim, struct error_detail *detail);
/* ERR_CONFLICT when the data directory holds no run, or another than the options ask for. */
int place_load(struct simulation *sim, struct error_detail *detail);

/* arrivals.c: what comes in on a day. */
int arrivals_take(struct simulation *sim, struct error_detail *detail);

/* matter.c */
/* Something happened in the case: it is read and planned anew by the next matter_settle(), once
 * however much happened. */
int matter_touch(struct simulation *sim, const char *case_id);
int matter_settle(struct simulation *sim, struct error_detail *detail);
int matter_load_all(struct simulation *sim, struct error_detail *detail);
/* The ids of those that are over but for a letter; new reference. */
json_t *matter_ending(const struct simulation *sim);
void matter_free_all(struct simulation *sim);
/* Sorted: who waits longest comes first. Lives in the arena. */
int matter_list(struct simulation *sim, struct arena *arena, struct matter ***ret_list,
                size_t *ret_count);
uint64_t matter_key(const struct store_case *record);

/* matter_plan.c: what happens next to a case, from its events alone. */
void matter_plan(struct simulation *sim, struct casefile *file, struct matter *matter);
/* The edge by which the case should rise now, and on what criterion; NULL for none. */
const struct edge *matter_rise(struct simulation *sim, struct casefile *file,
                               enum fact_criterion *ret_criterion);
const struct edge *matter_edge(const struct case_state *state, enum case_event_type type);
int matter_letter_index(const struct stage *stage);
size_t matter_count_events(const struct casefile *file, enum case_event_type type);

/* office.c: what people do. */
int office_work(struct simulation *sim, struct error_detail *detail);
int office_take_answers(struct simulation *sim, int64_t until, struct error_detail *detail);

/* staff.c: who does it. */
/* On the first day of a week those who are away say so (`user absent`), and all are asked of the
 * store who is there; the same for the first day of a run that goes on. */
int staff_tell_absences(struct simulation *sim, struct error_detail *detail);
void staff_name(enum staff_part part, int64_t index, char *text, size_t size);
/* Somebody who is there today and stands on none of the lists; false when nobody is. */
bool staff_pick(const struct simulation *sim, enum staff_part part, uint64_t key,
                const struct case_actors *not_these, struct actor *ret_actor);
/* The first who is there: somebody always is. */
void staff_on_duty(const struct simulation *sim, enum staff_part part, struct actor *ret_actor);
size_t staff_present(const struct simulation *sim, enum staff_part part);
/* Runs a command; `arguments` is taken. *ret_result may be NULL. */
int staff_command(struct simulation *sim, const struct actor *actor, const char *name,
                  json_t *arguments, json_t **ret_result, struct error_detail *detail);

/* post.c: passes deadlines and works the outbox from due moment to due moment up to `until`. */
int post_settle(struct simulation *sim, int64_t until, struct error_detail *detail);

/* figures.c */
void figures_count(struct simulation *sim, const struct casefile *file, uint32_t after);
json_t *figures_report(const struct simulation *sim);
int figures_month(const struct simulation *sim, int32_t day); /* index of its month */
json_t *figures_save(const struct simulation *sim, int month);
int figures_load(struct simulation *sim, int month, const json_t *saved);

#endif
