/* The reference of a complaint, and what can become of one. */
#ifndef BAILIWICK_MODEL_COMPLAINT_H
#define BAILIWICK_MODEL_COMPLAINT_H

#include <stdbool.h>
#include <stdint.h>

/* --- reference --- */

/* Three groups of four signs, such as "k7mq-2xpt-9rcd": 55 random bits, which say nothing about how
 * many complaints there are, and one sign more that makes it a code word over GF(32): whoever
 * mistakes one sign, or swaps two, is told so. No l, o, 0 or 1. */
enum { REFERENCE_TEXT = 15, REFERENCE_RANDOM = 11 };

/* Uses five bits of each byte. */
void reference_make(const uint8_t random[REFERENCE_RANDOM], char ret_text[REFERENCE_TEXT]);

/* As people write it: either case, with hyphens, blanks or nothing between the signs. ERR_SYNTAX
 * when it is none, also when the last sign does not fit. */
int reference_parse(const char *text, char ret_text[REFERENCE_TEXT]);

/* --- states --- */

#define COMPLAINT_STATE_LIST(E)                                                                    \
    E(HELD, "held")         /* a draft: something is missing, and nobody said to file it anyway */ \
    E(FILED, "filed")       /* waits for a person who decides whether it is in scope */            \
    E(WAITING, "waiting")   /* a person asked the complainant for more */                          \
    E(IN_SCOPE, "in-scope") /* linked to its case */                                               \
    E(OUT_OF_SCOPE, "out-of-scope")           /* closed by a person, with a code */                \
    E(IN_SCOPE_MORE, "in-scope-more")         /* who complained wrote more since */                \
    E(OUT_OF_SCOPE_MORE, "out-of-scope-more") /* the same */                                       \
    E(REVIEW, "review")           /* closed; another person than who decided looks again */        \
    E(WITHDRAWING, "withdrawing") /* who complained takes it back: waits for a person */           \
    E(WITHDRAWN, "withdrawn")     /* a person saw that, and closed it */

enum complaint_state {
#define E(name, text) COMPLAINT_##name##_STATE,
    COMPLAINT_STATE_LIST(E)
#undef E
        COMPLAINT_STATE_COUNT
};
const char *complaint_state_text(enum complaint_state state);
int complaint_state_parse(const char *text, enum complaint_state *ret_state); /* ERR_SYNTAX */

/* How soon somebody reads it, of those that wait; each is read all the same. */
#define COMPLAINT_PRIORITY_LIST(E)                                                                 \
    E(URGENT, "urgent")                                                                            \
    E(HIGH, "high")                                                                                \
    E(NORMAL, "normal")                                                                            \
    E(LOW, "low")

enum complaint_priority {
#define E(name, text) COMPLAINT_##name##_PRIORITY,
    COMPLAINT_PRIORITY_LIST(E)
#undef E
        COMPLAINT_PRIORITY_COUNT
};
const char *complaint_priority_text(enum complaint_priority priority);
int complaint_priority_parse(const char *text, enum complaint_priority *ret_priority);

/* What happens to a complaint. A decision may be taken again: the later one counts, and the earlier
 * one stays in the history. */
#define COMPLAINT_EVENT_LIST(E)                                                                    \
    E(FILED, "filed")                                                                              \
    E(FILED_ANYWAY, "filed-anyway") /* a draft is filed as it is */                                \
    E(ASKED, "asked")               /* the complainant is asked for more */                        \
    E(IN_SCOPE, "in-scope")                                                                        \
    E(OUT_OF_SCOPE, "out-of-scope")                                                                \
    E(JOINED, "joined")     /* another complaint is about the same matter, a person says */        \
    E(PARTED, "parted")     /* and takes it back */                                                \
    E(REDACTED, "redacted") /* words of it are left out of what a party sees */                    \
    E(REPORTER_READ, "reporter-read") /* somebody read who complained */                           \
    E(ERASED, "erased")               /* its words and its reporter are gone */                    \
    E(RECEIPT, "receipt")             /* what became of the message that told who complained */    \
    E(ADDED, "added")                 /* who complained wrote more */                              \
    E(COMPLETED, "completed")         /* what a draft lacked is there: it is filed */              \
    E(REVIEW_ASKED, "review-asked")   /* who complained wants a decision to be looked at again */  \
    E(WITHDRAWN, "withdrawn")         /* who complained takes it back */                           \
    E(SEEN, "seen")                   /* a person read what was added, and the decision stands */  \
    E(CLOSED, "closed")               /* a person closed what was withdrawn */                     \
    E(OUTCOME, "outcome")             /* what became of some of its names */                       \
    E(LEGAL_HOLD, "legal-hold")       /* it is not to be erased */                                 \
    E(HOLD_LIFTED, "hold-lifted")     /* it may be erased again */                                 \
    E(REOPENED, "reopened")           /* a decision is taken back: it waits for another */         \
    E(DRAWN, "drawn")                 /* chosen by lot: another person looks at its closure */     \
    E(SECOND_LOOK, "second-look")     /* and found that it agrees, or differs */                   \
    E(EXPORTED, "exported")           /* what is kept of it was given to who filed it */           \
    E(CASE_ENDED, "case-ended")       /* the case that it led to */                                \
    E(CASE_RESUMED, "case-resumed")   /* and is taken up again */                                  \
    E(RETYPED, "retyped")             /* a person says that it is of another type */               \
    E(LABELLED, "labelled")           /* how far what it says may go (model/tlp.h) */              \
    E(PRIORITISED, "prioritised")     /* a person says how soon it is read */                      \
    E(LOOKED_UP, "looked-up")         /* what a machine saw about it */

enum complaint_event_type {
#define E(name, text) COMPLAINT_EVENT_##name,
    COMPLAINT_EVENT_LIST(E)
#undef E
        COMPLAINT_EVENT_COUNT
};
const char *complaint_event_text(enum complaint_event_type type);
int complaint_event_parse(const char *text, enum complaint_event_type *ret_type); /* ERR_SYNTAX */

/* Whether it waits for what the complainant may still bring, or for a first decision. */
bool complaint_is_open(enum complaint_state state);

/* Where a complaint is after an event: 0, or ERR_REFUSED when it cannot happen there. The first,
 * `filed`, has no state before it and is not asked about. */
int complaint_after(enum complaint_state state, enum complaint_event_type type,
                    enum complaint_state *ret_state);

#endif
