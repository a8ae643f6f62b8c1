/* The case state machine: pure. Case, event and time in; new state, effects and deadline out.
 *
 * The rulebook says what may happen (`rulebook/process.h`); this room applies it and holds the part
 * of the frame that depends on people and time:
 *  - invariant 3: escalated and formal stages need a criterion, a failed step or a ground;
 *  - invariant 5: a deadline comes from its rule alone; an extension gives a reason and only ever
 *    moves a date later, and a clock is moved earlier by nothing;
 *  - invariant 6: a cure time is never shorter than the agreement's, on the real dates;
 *  - invariant 7: what is sent has the SHA-256 that was drafted (and approved, where needed);
 *  - invariant 8: an approver is a person, neither drafted nor edited, is not recused, and approves
 *    one SHA-256; any edit voids approvals; a machine's draft needs a person who adopts it;
 *  - an answer that was found adequate and another then is not leaves no clock lying: the time that
 *    was left comes back;
 *  - no deadline runs before effective service; a resend or reminder restarts no clock, a
 *    clarification only one whose rule says so, and a newer calendar moves a date later or not;
 *  - invariant 20 of casework: a case ends with every allegation decided. A closure says what
 *    became of the open ones; a cure corrects, a rescission withdraws, what else ends a case
 *    substantiates.
 *
 * The story of one step: read the events of a case, case_fold() them to its state, make a
 * `struct case_step`, case_apply() it; when that is not refused, append a `struct case_event` whose
 * data is case_data_encode(), and carry the effects out. Folding the longer list gives exactly the
 * state that case_apply() returned.
 *
 * A case pins its process. `rules-migrated` alone moves it to another, whose version the event
 * names: what came before is judged by the old one, what follows by the new one
 * (cases/migration.h).
 *
 * A state is a plain value without pointers into anything but the process. */
#ifndef BAILIWICK_CASES_CASE_H
#define BAILIWICK_CASES_CASE_H

#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"
#include "cases/deadline.h"
#include "model/allegation.h"
#include "model/call.h"
#include "model/case.h"
#include "model/demand.h"
#include "model/party.h"
#include "rulebook/process.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CASE_NAME_MAX = 64,        /* actor, role, reason code */
    CASE_OBJECT_MAX = 72,      /* id of an object, the longest a SHA-256 */
    CASE_ACTORS_MAX = 16,      /* drafters, approvers, recused: each list */
    CASE_EVENTS_MAX = 5000,    /* of one case; the busiest real ones have a few hundred */
    CASE_DATA_MAX = 64 * 1024, /* what one log entry holds; a trace of a year is 20 KB */
    CASE_REFUSAL_MAX = 300,
    CASE_MILESTONES_MAX = 16,  /* of one plan; real ones have three or four */
    CASE_ALLEGATIONS_MAX = 32, /* a notice that lists more cannot be answered */
};

struct case_actors {
    char names[CASE_ACTORS_MAX][CASE_NAME_MAX];
    char roles[CASE_ACTORS_MAX][CASE_NAME_MAX];
    size_t count;
};

/* A letter on its way: of the present stage, or the one that would open the next stage. */
struct case_letter {
    char id[PROCESS_ID_MAX]; /* "" for none */
    struct digest sha256;
    bool adopted;              /* a person stands behind these bytes */
    int64_t since;             /* when these bytes were last drafted or approved */
    struct digest translation; /* of the same letter in another language; zero for none */
    uint8_t demand_count;      /* items that it asks for */
    struct case_actors drafters, approvers;
};

/* What the party says to one item of the stage's letter, and how that was judged. */
struct case_item {
    uint8_t position;  /* enum demand_position */
    uint8_t judgement; /* enum fact_answer: none, or adequate and the like */
};

enum case_clock { CLOCK_NONE, CLOCK_RUNNING, CLOCK_STOPPED };

struct case_deadline {
    enum case_clock clock;
    struct deadline due;
    int64_t stopped_at; /* CLOCK_STOPPED, or CLOCK_NONE by an adequate answer: since when */
};

enum milestone_state { MILESTONE_OPEN, MILESTONE_MET, MILESTONE_MISSED };

/* A step of a remediation plan; a milestone that was missed and then met is met. */
struct case_milestone {
    char id[PROCESS_ID_MAX];
    enum milestone_state state;
    uint32_t seq; /* of the event by which it was agreed */
    int32_t date;
    int64_t instant;
};

struct case_state {
    const struct process *process;
    const struct stage *stage;
    uint32_t seq;                /* of the last event, 0 before the first */
    int64_t last_at;             /* wall time of the last event */
    struct case_facts facts;     /* input facts are always none here */
    struct case_letter letter;   /* of this stage */
    struct case_letter proposal; /* would open the next stage */
    struct case_deadline deadline;
    struct case_milestone milestones[CASE_MILESTONES_MAX];
    size_t milestone_count;
    int32_t term_end; /* not-renewed: the last day of the agreement; 0 elsewhere */
    struct case_actors recused;
    enum monitoring_source source;
    char ground[PROCESS_ID_MAX];         /* named when the present formal stage was entered */
    char closure[PROCESS_ID_MAX];        /* code of an ended case */
    bool published;                      /* has a public record */
    bool started;                        /* has been opened, or received something */
    struct case_item items[DEMANDS_MAX]; /* of the stage's letter; number 1 comes first */
    uint8_t allegation_count;
    uint8_t allegations[CASE_ALLEGATIONS_MAX]; /* enum allegation_outcome; number 1 comes first */
};

/* What a correction sets right (cases/correction.h); the words are those of the event's data. */
enum case_takes_back { TAKES_BACK_NOTHING, TAKES_BACK_CALL, TAKES_BACK_RECUSAL };

struct case_allegation;

/* What somebody wants to happen. Zero everything, then fill what the event needs. Plain value. */
struct case_step {
    enum case_event_type type;
    int64_t at; /* wall time */
    char actor[CASE_NAME_MAX];
    char role[CASE_NAME_MAX];   /* "machine" for the program itself */
    char reason[CASE_NAME_MAX]; /* reason code */
    char second[CASE_NAME_MAX]; /* the second person, where the process wants one to agree */
    /* received, opened */
    enum party_kind party;
    enum case_origin origin;
    enum monitoring_source source;
    enum fact_family family;
    bool violation;
    bool repeated;
    /* notice-drafted, notice-approved, notice-sent, resent, bounced */
    char letter[PROCESS_ID_MAX];
    struct digest sha256;
    /* notice-drafted, notice-approved: the bytes in the other language; zero for none. `sha256` is
     * of the message, which holds both. */
    struct digest translation;
    int64_t service_at;          /* notice-sent: the moment of effective service */
    char channel[CASE_NAME_MAX]; /* notice-sent, resent: by what; "" for e-mail */
    /* received or opened as the first event, allegation-added: one more failure is alleged. What it
     * says is for the event alone: NULL after reading, which leaves `alleges`. */
    bool alleges;
    const struct case_allegation *allegation;
    /* rules-migrated: the process of the version in `object`; NULL after reading */
    const struct process *process;
    /* allegation-decided: which, and what became of it; closed: of those that are open still */
    uint8_t number; /* item-judged: which item */
    enum allegation_outcome outcome;
    /* notice-drafted: what the letter asks for; NULL after reading. None: as before */
    uint8_t demand_count;
    const struct demand *demands;
    /* answered: what the party says to each item; all none: to all of them at once */
    uint8_t positions[DEMANDS_MAX];
    /* item-judged; answer-judged: of the items that are not judged yet */
    enum fact_answer judgement;
    /* escalated */
    enum fact_criterion criterion;
    /* breached, suspended, terminated: ground id, or "" */
    char ground[PROCESS_ID_MAX];
    /* for a ground of repetition: how many earlier notices the record has, and others by name */
    uint32_t notices;
    char imported[CASE_OBJECT_MAX];
    /* call */
    enum call_outcome call;
    enum call_role with;
    /* closed */
    char closure[PROCESS_ID_MAX];
    /* disputed */
    enum fact_dispute dispute;
    /* extended, remediation-agreed: the new due date, a civil day in the rule's zone;
     * milestone-agreed: its own; not-renewed: the last day of the agreement */
    int32_t until;
    /* recused, assigned: who; linked, unlinked, corrected: which object; agreement-changed,
     * rules-migrated: which version; milestone-...: its name */
    char object[CASE_OBJECT_MAX];
    /* corrected: what it takes back, and of whom */
    enum case_takes_back takes_back;
    char whom[CASE_NAME_MAX];
    /* Folding: the deadline that the event recorded, taken instead of computing it again. */
    bool deadline_recorded;
    int32_t deadline_date;
    int64_t deadline_instant;
    struct digest deadline_calendar; /* version that counted; zero where the event names none */
};

/* Copies text into one of the fixed fields above: CASE_TEXT(step.actor, name). ERR_LIMIT when it
 * does not fit; the field is then empty, so that the step is refused rather than cut. */
#define CASE_TEXT(field, text) case_text_set((field), sizeof(field), (text))
int case_text_set(char *field, size_t size, const char *text);

struct case_outcome {
    struct case_state state; /* after the step */
    const struct edge *edge; /* the rule that allowed it */
    struct edge_effect effects[PROCESS_EFFECTS_MAX];
    size_t effect_count;
    bool deadline_changed; /* state.deadline is another than before */
    bool plan_changed;     /* the same of state.milestones and when they are due */
};

/* A case of this process before its first event. */
void case_state_init(struct case_state *state, const struct process *process);

/* ERR_REFUSED with a sentence that names the guard, rule or person's conflict that refused;
 * ERR_LIMIT. *ret_outcome is untouched then. */
int case_apply(const struct case_state *state, const struct case_step *step,
               struct case_outcome *ret_outcome, struct error_detail *detail);

/* The same as if a second person had agreed: returns 1 when the process wants one to, else 0. */
int case_weigh(const struct case_state *state, const struct case_step *step,
               struct case_outcome *ret_outcome, struct error_detail *detail);

/* The edge that case_apply() would take, NULL where it would take none. Looks at no calendar, so a
 * clock that the edge starts may still be refused. */
const struct edge *case_foresee(const struct case_state *state, const struct case_step *step);

/* The JSON object of an event's data: all that case_step_decode() needs, the rule that allowed the
 * step, and the deadline that it set (rule, date, instant, zone, calendar and their versions), so
 * that history does not depend on calendars that came later. */
int case_data_encode(const struct case_step *step, const struct case_outcome *outcome,
                     struct buffer *out);

/* ERR_SYNTAX, ERR_UNSUPPORTED (a newer version of the form). */
int case_step_decode(const struct case_event *event, struct case_step *ret_step,
                     struct error_detail *detail);

/* Finds the process of a version that a case went over to; lives as long as the states folded. */
struct case_versions {
    int (*find)(void *context, const char *version, const struct process **ret_process,
                struct error_detail *detail);
    void *context;
};

/* Folds a case's whole history, of a case that never went over to another process. ERR_DAMAGED when
 * the history breaks the rules of its process or its sequence has gaps, naming the event;
 * ERR_LIMIT. The detail says which. */
int case_fold(const struct process *process, const struct case_event *events, size_t count,
              struct case_state *ret_state, struct error_detail *detail);

/* --- questions --- */

/* One edge that leaves the present stage (or stays), and whether it could be taken now. */
struct case_option {
    const struct edge *edge;
    bool open;                  /* nothing but the event itself is missing */
    char why[CASE_REFUSAL_MAX]; /* what blocks it; what it still needs, when open */
};

/* Writes up to `room` options in the order of the process; returns how many there are. */
size_t case_next(const struct case_state *state, int64_t now, struct case_option *options,
                 size_t room);

/* One row for each event (invariant 10). `sentence` is English and needs no catalogue: it is the
 * reason a machine gives. Strings borrow from the events and the process. */
struct case_explanation {
    const struct case_event *event;
    const struct stage *from, *to;
    const struct edge *edge; /* the rule that allowed it */
    bool deadline_changed;
    enum case_clock clock;    /* after the event */
    struct deadline deadline; /* the one that runs or ran last; rule NULL for none */
};

/* `rows` has room for `count` rows. Errors as case_fold(). */
int case_explain(const struct process *process, const struct case_event *events, size_t count,
                 struct case_explanation *rows, struct error_detail *detail);

/* The next moment at which something is due: of the clock or of a milestone. 0 for none. */
int64_t case_due(const struct case_state *state);

/* Folds the events that follow a state, and explains them unless `rows` is NULL: the same as doing
 * so from the first event on. Errors as case_fold() and of `versions`, which may be NULL where no
 * event is a migration; the state is untouched then. */
int case_fold_on(struct case_state *state, const struct case_event *events, size_t count,
                 const struct case_versions *versions, struct case_explanation *rows,
                 struct error_detail *detail);

/* Whether anything of this case may be public now (invariant 1). */
bool case_is_public(const struct case_state *state);

/* Whether this person may not act in the case. */
bool case_is_recused(const struct case_state *state, const char *person);

#endif
