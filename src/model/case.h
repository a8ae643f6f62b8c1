/* The nouns of casework: stages, origins, events, effects, facts, closure.
 *
 * A case is the fold of its append-only events (room `cases`). What may happen is data of the
 * rulebook (`rulebook/process.h`); what the words mean is here, in X-macro lists, so that the
 * rulebook, the engine, the command line and the documents all know the same words.
 *
 * Facts: the few finite things that a guard of the process may ask about. Each has a list of words;
 * a yes-or-no fact has the words "no" and "yes". They are small on purpose, so that every
 * combination can be walked by the loader, by a test and by a model checker. */
#ifndef BAILIWICK_MODEL_CASE_H
#define BAILIWICK_MODEL_CASE_H

#include "model/vocabulary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a stage stands. Nothing of intake, informal and escalated stages is ever public. */
#define STAGE_KIND_LIST(E)                                                                         \
    E(INTAKE, "intake")       /* before any notice */                                              \
    E(INFORMAL, "informal")   /* has a level: 1, 2, 3 ... */                                       \
    E(ESCALATED, "escalated") /* still informal, but answered at once or else */                   \
    E(BREACH, "breach")       /* formal and public: a time to cure runs */                         \
    E(SANCTION, "sanction")   /* formal and public: suspension, termination, fine */               \
    E(PARALLEL, "parallel")   /* a region beside the others, such as a dispute */                  \
    E(END, "end")             /* nothing is asked of the party any more */

enum stage_kind {
#define E(name, text) STAGE_##name,
    STAGE_KIND_LIST(E)
#undef E
        STAGE_KIND_COUNT
};

/* What an open case waits for. `about` names a stage, a letter or nothing. */
#define CASE_AWAITS_LIST(E)                                                                        \
    E(UNKNOWN, "")                /* its row is of an older program and not written anew yet */    \
    E(CONTACT, "contact")         /* the party has nobody to write to */                           \
    E(WORK, "work")               /* of a stage without a letter */                                \
    E(DRAFT, "draft")             /* of the stage's letter */                                      \
    E(ADOPTION, "adoption")       /* a person to stand behind the stage's letter */                \
    E(DISPATCH, "dispatch")       /* the stage's letter is on its way */                           \
    E(OTHER_CONTACT, "redirect")  /* the stage's letter came back */                               \
    E(APPROVAL, "approval")       /* of the letter `about`, which opens another stage */           \
    E(JUDGEMENT, "judgement")     /* of an answer */                                               \
    E(MOVE, "move")               /* at the due moment it moves to the stage `about` */            \
    E(NEXT_LETTER, "next-letter") /* at the due moment the letter `about` is drafted */            \
    E(DUE_MOMENT, "due-moment")   /* at which a person must decide */                              \
    E(RESUMPTION, "resumption")   /* the clock is stopped */                                       \
    E(LATE_DECISION, "late")      /* the time has passed */                                        \
    E(DECISION, "decision")       /* how it goes on */                                             \
    E(NOTHING, "nothing")         /* it has ended */

enum case_awaits {
#define E(name, text) AWAITS_##name,
    CASE_AWAITS_LIST(E)
#undef E
        CASE_AWAITS_COUNT
};

/* Where a case came from (enum values are also the words of the fact `origin`). */
enum case_origin { ORIGIN_COMPLAINT, ORIGIN_MONITORING, ORIGIN_AUDIT, ORIGIN_COUNT };

/* For ORIGIN_MONITORING: what was noticed first. */
enum monitoring_source {
    SOURCE_NONE, /* another origin */
    SOURCE_ARTICLE,
    SOURCE_POST,
    SOURCE_EARLIER_COMPLAINT,
    SOURCE_TREND,
    SOURCE_MEASUREMENT,
    SOURCE_COUNT
};

/* name, text, may a machine do it alone, may it change the stage, summary.
 *
 * "May change the stage" is the frame of invariant 3: an event with `false` leaves a case where it
 * is, whatever a rulebook says. Two events change a stage but never raise a level: `reopened` and
 * the ones that end a case (closed, cured, rescinded); the loader of the process holds them to it.
 */
#define CASE_EVENT_LIST(E)                                                                         \
    E(RECEIVED, "received", true, false, "something came in that may concern this case")           \
    E(OPENED, "opened", true, true, "work on the matter begins")                                   \
    E(LINKED, "linked", true, false, "a complaint, lead or finding was linked")                    \
    E(UNLINKED, "unlinked", false, false, "a link was taken back")                                 \
    E(ALLEGATION_ADDED, "allegation-added", true, false, "one more failure is alleged")            \
    E(ALLEGATION_DECIDED, "allegation-decided", false, false, "what became of an allegation")      \
    E(ASSIGNED, "assigned", true, false, "a person became the handler")                            \
    E(RECUSED, "recused", false, false, "a person may not act in this case")                       \
    E(GUIDANCE_GIVEN, "guidance-given", false, false, "the party was told how to comply")          \
    E(CALL, "call", false, false, "a telephone call with the party")                               \
    E(CALL_WAIVED, "call-waived", false, false, "two persons decided to do without a call")        \
    E(MEETING, "meeting", false, false, "a meeting with the party")                                \
    E(NOTICE_DRAFTED, "notice-drafted", true, false, "a letter was written, edited or adopted")    \
    E(NOTICE_APPROVED, "notice-approved", false, false, "a person approved the letter's bytes")    \
    E(NOTICE_SENT, "notice-sent", true, false, "the letter was effectively served")                \
    E(RESENT, "resent", true, false, "the same letter went out again; no clock restarts")          \
    E(BOUNCED, "bounced", true, false, "the letter came back undelivered")                         \
    E(ANSWERED, "answered", true, false, "the party answered")                                     \
    E(ITEM_JUDGED, "item-judged", false, false, "a person judged the answer to one demand")        \
    E(ANSWER_JUDGED, "answer-judged", false, true, "a person judged the answer")                   \
    E(EXTENDED, "extended", false, false, "the due date was moved later")                          \
    E(TOLLED, "tolled", false, false, "the clock was stopped")                                     \
    E(RESUMED, "resumed", false, false, "the clock runs again")                                    \
    E(CLARIFIED, "clarified", false, false, "what is asked was made clear to the party")           \
    E(RECALCULATED, "recalculated", true, false, "a newer calendar moved the due date later")      \
    E(REMINDED, "reminded", true, false, "the party was reminded; the clock is as it was")         \
    E(REMEDIATION_AGREED, "remediation-agreed", false, false, "a dated plan was accepted")         \
    E(MILESTONE_AGREED, "milestone-agreed", false, false, "the plan got a step with a date")       \
    E(MILESTONE_MET, "milestone-met", false, false, "a step of the plan was done")                 \
    E(MILESTONE_MISSED, "milestone-missed", true, false, "a step of the plan is overdue")          \
    E(DEADLINE_PASSED, "deadline-passed", true, true, "the due moment passed")                     \
    E(FINDING_MET, "finding-met", true, false, "measured again: the obligation is met")            \
    E(FINDING_NOT_MET, "finding-not-met", true, false, "measured again: still not met")            \
    E(ESCALATED, "escalated", true, true, "an escalated notice was decided")                       \
    E(BREACHED, "breached", true, true, "a breach was decided")                                    \
    E(CURED, "cured", true, true, "the breach was put right")                                      \
    E(SUSPENDED, "suspended", true, true, "a suspension was decided")                              \
    E(TERMINATED, "terminated", true, true, "a termination was decided")                           \
    E(NOT_RENEWED, "not-renewed", true, true, "it was decided not to renew the agreement")         \
    E(RESCINDED, "rescinded", false, true, "the notice was taken back")                            \
    E(CLOSED, "closed", true, true, "the case ended with a closure code")                          \
    E(REOPENED, "reopened", false, true, "an ended case was taken up again")                       \
    E(DISPUTED, "disputed", false, false, "the party disputes before an arbitrator or court")      \
    E(DISPUTE_ENDED, "dispute-ended", false, true, "a dispute was decided or withdrawn")           \
    E(PROGRESS, "progress", false, false, "progress was told to the public")                       \
    E(AGREEMENT_CHANGED, "agreement-changed", false, false,                                        \
      "the party's agreement was renewed or changed; the case goes on under it")                   \
    E(RULES_MIGRATED, "rules-migrated", false, false, "the case moved to a newer process")         \
    E(CORRECTED, "corrected", false, false, "an earlier event was a mistake; says which and why")

enum case_event_type {
#define E(name, text, machine, moves, summary) CASE_##name,
    CASE_EVENT_LIST(E)
#undef E
        CASE_EVENT_COUNT
};

/* What the engine asks the rest of the program to do. name, text, argument, summary. */
enum effect_argument { ARGUMENT_NONE, ARGUMENT_LETTER };

#define CASE_EFFECT_LIST(E)                                                                        \
    E(DRAFT_LETTER, "draft-letter", LETTER, "write the letter of this id")                         \
    E(SEND_LETTER, "send-letter", LETTER, "hand the approved bytes to the mail")                   \
    E(SET_DEADLINE, "set-deadline", NONE, "the clock of the edge starts or moves")                 \
    E(CANCEL_DEADLINE, "cancel-deadline", NONE, "the running deadline is met or void")             \
    E(PUBLISH, "publish", LETTER, "the formal notice appears on the public door")                  \
    E(UPDATE_PUBLICATION, "update-publication", NONE, "the public record gets an entry")           \
    E(NOTIFY, "notify", NONE, "the named person must look or decide")                              \
    E(TELL_COMPLAINANT, "tell-complainant", NONE, "who reported is told what happened")            \
    E(CLOSE, "close", NONE, "take the case out of the open ones")

enum case_effect {
#define E(name, text, argument, summary) EFFECT_##name,
    CASE_EFFECT_LIST(E)
#undef E
        CASE_EFFECT_COUNT
};

/* --- facts --- */

#define CASE_FACT_LIST(E)                                                                          \
    E(PARTY, "party", "what the party is under its agreement")                                     \
    E(ORIGIN, "origin", "where the case came from")                                                \
    E(FAMILY, "family", "which times apply: the family of the complaint or request")               \
    E(VIOLATION, "violation", "what is known indicates a violation")                               \
    E(LETTER, "letter", "how far the letter of this stage has come")                               \
    E(ANSWER, "answer", "the answer to the letter of this stage")                                  \
    E(EXPIRED, "expired", "the due moment of this stage has passed")                               \
    E(FINDING, "finding", "the latest measurement or inspection of the obligation")                \
    E(PLAN, "plan", "a remediation plan with a date")                                              \
    E(TOLLED, "tolled", "the clock is stopped")                                                    \
    E(DISPUTE, "dispute", "arbitration or court")                                                  \
    E(CALLED, "called",                                                                            \
      "the party was telephoned about the letter of this stage, or two waived it")                 \
    E(REPEATED, "repeated", "found in breach often enough for the agreement's repeat clause")      \
    E(CRITERION, "criterion", "only in the event: why the matter is escalated")                    \
    E(GROUND, "ground", "only in the event: a contract ground that needs no informal step")        \
    E(CLOSURE, "closure", "only in the event: the family of the closure code")

enum case_fact {
#define E(name, text, summary) FACT_##name,
    CASE_FACT_LIST(E)
#undef E
        CASE_FACT_COUNT
};

enum fact_family {
    FAMILY_DEFAULT,
    FAMILY_REGISTRATION_DATA,
    FAMILY_AUDIT_REQUEST,
    FAMILY_AUDIT_REMEDIATION
};
enum fact_letter { LETTER_NONE, LETTER_DRAFTED, LETTER_SENT, LETTER_BOUNCED };
enum fact_answer {
    ANSWER_NONE,
    ANSWER_RECEIVED, /* not judged yet */
    ANSWER_ADEQUATE,
    ANSWER_PARTIAL,
    ANSWER_INADEQUATE
};
enum fact_finding { FINDING_UNKNOWN, FINDING_MET, FINDING_NOT_MET };
enum fact_plan { PLAN_NONE, PLAN_AGREED, PLAN_OVERDUE };
enum fact_dispute {
    DISPUTE_NONE,
    DISPUTE_OPEN,
    DISPUTE_UPHELD,   /* the authority's determination stands */
    DISPUTE_DENIED,   /* it does not */
    DISPUTE_WITHDRAWN /* by the party */
};
enum fact_criterion {
    CRITERION_NONE,
    CRITERION_HARM, /* to security, stability or resiliency */
    CRITERION_OVERDUE_REMEDIATION,
    CRITERION_REPEAT
};
enum fact_ground { GROUND_NONE, GROUND_NOTICED, GROUND_IMMEDIATE };
enum closure_family {
    CLOSURE_NONE,
    CLOSURE_RESOLVED,
    CLOSURE_OUT_OF_SCOPE,
    CLOSURE_AUTHORITY_ISSUE, /* should not have gone to the party; the rulebook gives its label */
    CLOSURE_FAMILY_COUNT
};

struct case_facts {
    uint8_t values[CASE_FACT_COUNT]; /* index enum case_fact, value an index of its words */
};

enum { CASE_FACT_WORDS_MAX = 5 };

/* The words of a fact, in the order of its enum. */
const char *const *case_fact_words(enum case_fact fact, size_t *ret_count);
const char *case_fact_text(enum case_fact fact);
const char *case_fact_summary(enum case_fact fact);
int case_fact_parse(const char *text, enum case_fact *ret_fact); /* ERR_NOT_FOUND */
/* Index of a word of that fact, ERR_NOT_FOUND. */
int case_fact_word(enum case_fact fact, const char *word);

/* Facts that can hold while an event is being decided. An input fact (criterion, ground, closure)
 * belongs to its own event only; deadline-passed implies expired; an answer is received before it
 * is judged. The loader and the tests walk only these. */
bool case_facts_possible(enum case_event_type event, const struct case_facts *facts);

/* Facts that case_facts_possible() looks at for this event: bit per enum case_fact. */
uint32_t case_event_facts(enum case_event_type event);

const char *stage_kind_text(enum stage_kind kind);
int stage_kind_parse(const char *text, enum stage_kind *ret_kind); /* ERR_SYNTAX */
bool stage_kind_formal(enum stage_kind kind);                      /* breach or sanction */

const char *case_awaits_text(enum case_awaits awaits);
int case_awaits_parse(const char *text, enum case_awaits *ret_awaits);

const char *case_origin_text(enum case_origin origin);
int case_origin_parse(const char *text, enum case_origin *ret_origin);
const char *monitoring_source_text(enum monitoring_source source); /* "" for none */
int monitoring_source_parse(const char *text, enum monitoring_source *ret_source);

const char *case_event_text(enum case_event_type type);
const char *case_event_summary(enum case_event_type type);
int case_event_parse(const char *text, enum case_event_type *ret_type); /* ERR_SYNTAX */
bool case_event_by_machine(enum case_event_type type);
bool case_event_moves(enum case_event_type type);

const char *case_effect_text(enum case_effect effect);
int case_effect_parse(const char *text, enum case_effect *ret_effect); /* ERR_SYNTAX */
enum effect_argument case_effect_argument(enum case_effect effect);

const char *closure_family_text(enum closure_family family);

/* Fills facts, events and effects of a vocabulary (the rows are constant and never freed). */
void case_vocabulary(struct vocabulary *vocabulary);

/* --- one event of the append-only list --- */

enum { CASE_EVENT_VERSION = 1 }; /* of the form of `data`; older forms are read by upcasters */

struct case_event {
    const char *case_id;
    uint32_t seq; /* from 1, without gaps */
    enum case_event_type type;
    int version;
    int64_t at; /* wall time, microseconds UTC */
    const char *actor;
    const char *actor_role; /* "machine", "analyst", "manager", ... as the rulebook names them */
    const char *reason;     /* reason code; "" where none is needed */
    const char *const *evidence;
    size_t evidence_count;
    const char *data; /* one JSON object, made by case_data_encode() of the room `cases` */
};

#endif
