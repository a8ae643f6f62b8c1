/* The process: the complete list of what may happen to a case, from `process.yaml`.
 *
 * Stages, edges (from, event, guard, to, effects, clock, approvals), deadline rules, grounds that
 * need no informal step, closure codes. What is not listed as an edge is refused. Immutable after
 * loading; a case pins the version it runs under.
 *
 * The frame: no rulebook may weaken these, the loader refuses a file that tries (numbers are the
 * invariants of the house):
 *  F1 (1)  publish and update-publication stand only on edges that end in, or leave from, a formal
 *          stage; nothing of intake, informal and escalated stages becomes public.
 *  F2 (3)  an informal level rises by one at most, and only when its time has expired without an
 *          adequate answer (one that waits to be judged is no failure); only events that may move a
 *          case move it.
 *  F3 (3)  escalated is entered by `escalated` alone, with a criterion and an approval.
 *  F4 (3)  a formal stage is entered from the highest informal level or from escalated after it
 *          failed, from a breach or sanction whose time has expired, or on a named ground with two
 *          approvers.
 *  F5 (4)  where a clock can run, `deadline-passed` is listed and covers every combination of
 *          facts; every stage that is not an end has a way out.
 *  F6 (6)  every clock of a breach stage is at least as long as the agreement's cure time.
 *  F7 (8)  every edge into an escalated or formal stage needs an approval.
 *  F8      an ended case is reopened into intake only; closing needs a closure code.
 *  F9      of two edges with the same stage and event at most one guard holds, so that the order of
 *          the file never matters. Every stage can be reached.
 * What depends on people and time (approver is no drafter, the bytes, the real dates) is held by
 * `cases/case.h`. */
#ifndef BAILIWICK_RULEBOOK_PROCESS_H
#define BAILIWICK_RULEBOOK_PROCESS_H

#include "base/buffer.h"
#include "base/zone.h"
#include "model/case.h"
#include "rulebook/calendar.h"
#include "rulebook/guard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROCESS_FILE_MAX = 512 * 1024,
    PROCESS_STAGES_MAX = 64,
    PROCESS_EDGES_MAX = 2000, /* after "from: [a, b]" became one edge each */
    PROCESS_RULES_MAX = 200,
    PROCESS_CODES_MAX = 500,
    PROCESS_EFFECTS_MAX = 8, /* of one edge */
    PROCESS_CLOCKS_MAX = 8,  /* rules that one edge chooses from */
    PROCESS_ROLES_MAX = 8,
    PROCESS_REMINDERS_MAX = 4, /* of one rule */
    PROCESS_ID_MAX = 48,
    PROCESS_FACTS_MAX = 2000000,   /* combinations that the facts of one guard may have */
    PROCESS_MEMORY_MAX = 16 << 20, /* the larger of the two rulebooks needs some 200 KB */
    PROCESS_PLACES_MAX = 32,       /* calendars, and zones */
    PROCESS_VERSIONS_MAX = 500,    /* of its calendars: one a month for forty years */
    PROCESS_LOOKS_MAX = 1000,      /* second looks a week */
};

enum deadline_unit { UNIT_WORKING_DAYS, UNIT_CALENDAR_DAYS, UNIT_HOURS };

enum end_of_day {
    END_OF_DAY_ZONE,     /* the due date passes at 00:00 of the next day in the rule's zone */
    END_OF_DAY_ANYWHERE, /* ... at UTC-12, where a date lasts longest on Earth */
};

struct deadline_rule {
    const char *id, *label;
    const char *clause; /* of the agreement; "" for a rule of practice */
    int32_t n;
    enum deadline_unit unit;
    enum end_of_day end_of_day;
    bool roll_forward; /* calendar days: a due date that is not worked moves to the next that is */
    bool clarification_restarts; /* `clarified` starts the clock anew; else it leaves it alone */
    int32_t reminders[PROCESS_REMINDERS_MAX]; /* days of the unit before the due date */
    size_t reminder_count;
    const struct zone *zone;
    const struct calendar *calendar;
    struct guard when; /* which cases it is for */
    bool confirmed;
};

struct stage {
    const char *id, *label;
    enum stage_kind kind;
    int level;          /* informal: 1, 2 ...; else 0 */
    const char *letter; /* id of the letter that announces it; "" for none */
};

struct edge_effect {
    enum case_effect effect;
    const char *argument; /* letter id or "" */
};

struct approvals {
    int needed; /* distinct persons, none of whom drafted or edited */
    const char *roles[PROCESS_ROLES_MAX];
    size_t role_count; /* 0: any role but a machine's */
};

struct edge {
    const struct stage *from, *to;
    enum case_event_type event;
    struct guard guard;
    struct edge_effect effects[PROCESS_EFFECTS_MAX];
    size_t effect_count;
    const struct deadline_rule *clocks[PROCESS_CLOCKS_MAX]; /* the first whose `when` holds */
    size_t clock_count;
    struct approvals approvals;
    bool ground_clock;  /* the named ground's clock comes before `clocks` */
    bool second_person; /* a second person must agree, such as to an extension in public */
    int line;           /* of the file, for explanations */
};

/* Whose notices a ground of repetition counts. */
#define REPEAT_OF_LIST(E)                                                                          \
    E(PARTY, "party")                                                                              \
    E(FAMILY, "family") /* and those of parties under common control with it */

enum repeat_of {
#define E(name, text) REPEAT_OF_##name,
    REPEAT_OF_LIST(E)
#undef E
        REPEAT_OF_COUNT
};

/* A ground on which the agreement lets a formal stage begin without informal steps. */
struct ground {
    const char *id, *label, *clause;
    bool for_party[2];                 /* index enum party_kind */
    enum fact_ground kind;             /* noticed or immediate */
    const struct deadline_rule *clock; /* its notice period */
    /* Of a ground of repetition: that many breach notices within so many months; else 0. */
    unsigned repeat_times, repeat_months;
    enum repeat_of repeat_of;
    bool confirmed;
};

struct closure_code {
    const char *id, *label;
    enum closure_family family;
};

/* The least cure time that the agreement gives. */
struct minimum_cure {
    bool for_party[2];
    int32_t days; /* calendar days */
    const char *clause;
};

struct process {
    const char *id, *label, *language;
    struct digest digest; /* of process.yaml and the versions of its zones and calendars */
    const struct stage *stages;
    size_t stage_count;
    const struct stage *initial;
    const struct edge *edges;
    size_t edge_count;
    const struct deadline_rule *rules;
    size_t rule_count;
    const struct ground *grounds;
    size_t ground_count;
    const struct closure_code *closure_codes;
    size_t closure_count;
    const char *closure_labels[CLOSURE_FAMILY_COUNT]; /* of the families, for people */
    const char *const *letters;
    size_t letter_count;
    const struct minimum_cure *minimum_cures;
    size_t minimum_count;
    const struct calendar *const *calendars; /* in force */
    size_t calendar_count;
    int32_t second_looks; /* a week: closures as out of scope that another person looks at again */
    struct process_memory *memory; /* what process_free() frees */
};

struct yaml_faults;

/* Where the files of a rulebook come from: a folder, or the archive of an adopted version. `read`
 * appends the file of a relative path ("calendars/icann.ics"); ERR_NOT_FOUND or -ENOENT when there
 * is none. */
struct process_source {
    const char *name; /* what faults call the folder or version */
    int (*read)(const void *context, const char *path, struct buffer *out);
    const void *context;
};

/* Reads `process.yaml`, `calendars/NAME.ics` and the zones it names: `zones/NAME` when the rulebook
 * pins a copy, else from the folder `zoneinfo` (NULL: the system's). Adds every fault with
 * FILE:LINE:COL to `faults`. ERR_SYNTAX when there were faults, else what reading gave; the caller
 * frees. */
int process_load_from(const struct process_source *source, const char *zoneinfo,
                      struct yaml_faults *faults, struct process **ret_process);

/* The same from a folder. */
int process_load(const char *directory, const char *zoneinfo, struct yaml_faults *faults,
                 struct process **ret_process);

/* A calendar that came on its own takes the place of the one of the same name in every rule; the
 * one before is kept for the histories that counted by it. Takes the calendar when it returns 1; 0
 * when the process has none of this name, ERR_LIMIT. Only before the process is used. */
int process_take_calendar(struct process *process, struct calendar *calendar);
void process_free(struct process *process); /* takes NULL */

const struct stage *process_stage_find(const struct process *process, const char *id);
const struct deadline_rule *process_rule_find(const struct process *process, const char *id);
/* The version of the rule's calendar with this digest, among those that the process knows; the
 * rule's own when there is none. */
const struct calendar *process_calendar_of(const struct process *process,
                                           const struct deadline_rule *rule,
                                           const struct digest *version);
const struct ground *process_ground_find(const struct process *process, const char *id);
const struct closure_code *process_closure_find(const struct process *process, const char *id);
bool process_has_letter(const struct process *process, const char *id);

/* Whether a case may end here / whether its existence is public. */
bool stage_is_end(const struct stage *stage);
bool stage_is_formal(const struct stage *stage);

const char *deadline_unit_text(enum deadline_unit unit); /* "working-days" ... */

#endif
