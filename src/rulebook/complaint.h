/* What may be complained about, as rulebook data: questions, evidence, and why a complaint would be
 * closed before a party hears of it. Read by complaint.c from complaints/ID.yaml.
 *
 * Texts are for complainants: each stands in the official language of the rulebook, and in the
 * languages of `complainant-languages` unless the type says that it is not translated. */
#ifndef BAILIWICK_RULEBOOK_COMPLAINT_H
#define BAILIWICK_RULEBOOK_COMPLAINT_H

#include "model/complaint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COMPLAINT_LANGUAGES_MAX = 8, /* beside the official one */
    COMPLAINT_ITEMS_MAX = 60,    /* questions, evidence, scope tests: nobody fills in more */
    COMPLAINT_TAKES_MAX = 200,   /* kinds of reports: the formats of today have some sixty */
    COMPLAINT_DAYS_MAX = 365,
};

struct complaint_text {
    const char *official;
    const char *const *others; /* by place in complainant-languages, NULL inside: not translated;
                                  NULL: in no other language */
};

#define COMPLAINT_ANSWER_LIST(A)                                                                   \
    A(TEXT, "text")                                                                                \
    A(DATE, "date")     /* YYYY-MM-DD */                                                           \
    A(DOMAIN, "domain") /* a name, in ASCII */                                                     \
    A(URL, "url")       /* http or https */                                                        \
    A(IP, "ip")         /* IPv4 or IPv6 */                                                         \
    A(CHOICE, "choice")                                                                            \
    A(FILE, "file") /* one of the pieces of evidence */                                            \
    A(YES_NO, "yes-no")

enum complaint_answer_kind {
#define A(name, text) COMPLAINT_##name,
    COMPLAINT_ANSWER_LIST(A)
#undef A
        COMPLAINT_ANSWER_COUNT
};
const char *complaint_answer_text(enum complaint_answer_kind kind);

/* Asked only when an earlier question was answered with one of the values. */
struct complaint_condition {
    const char *question; /* NULL: always asked */
    const char *const *values;
    size_t count;
};

struct complaint_choice {
    const char *id;
    struct complaint_text label;
};

struct complaint_question {
    const char *id;
    struct complaint_text ask;
    enum complaint_answer_kind kind;
    bool required; /* when it is asked */
    struct complaint_condition when;
    const struct complaint_choice *choices; /* COMPLAINT_CHOICE */
    size_t choice_count;
    const char *evidence; /* COMPLAINT_FILE: which; else NULL */
};

struct complaint_evidence {
    const char *id;
    struct complaint_text ask, why;
    const char *const *accept; /* media types; none: any */
    size_t accept_count;
    bool required;
    const char *obligation; /* which needs it, of those of the type */
    struct complaint_condition when;
};

/* What must be so for a complaint to be in scope. Each is one fact that is so, is not so, or is not
 * known; `told-first` and `complainant` also have a number of days and a list of roles. */
#define COMPLAINT_TEST_LIST(T)                                                                     \
    T(UNDER_CONTRACT, "under-contract")     /* the TLD or party has an agreement with us */        \
    T(NOT_COUNTRY_CODE, "not-country-code") /* the TLD is none of a country */                     \
    T(REGISTERED, "registered")             /* the name is registered */                           \
    T(CONTRACTED_REGISTRAR, "contracted-registrar") /* by a registrar that has an agreement */     \
    T(NOT_SUSPENDED, "not-suspended")               /* the name is in use */                       \
    T(UNCHANGED, "unchanged")                       /* what is complained of is still so */        \
    T(NO_PROCEEDING, "no-proceeding") /* no court or dispute provider has it before them */        \
    T(INSIDE_RULES, "inside-rules")   /* about a duty, not about taste or a private dispute */     \
    T(SPECIFIC, "specific")           /* says which name, party and act */                         \
    T(NEW_MATTER, "new-matter")       /* no open complaint is about the same */                    \
    T(TOLD_FIRST, "told-first")       /* the party was told, `days` working days before */         \
    T(COMPLAINANT, "complainant")     /* is one of `who` */                                        \
    T(ASKED, "asked")                 /* of rulebooks adopted before tests had words */

enum complaint_test {
#define T(name, text) COMPLAINT_TEST_##name,
    COMPLAINT_TEST_LIST(T)
#undef T
        COMPLAINT_TEST_COUNT
};
const char *complaint_test_text(enum complaint_test test);

#define COMPLAINT_ROLE_LIST(R)                                                                     \
    R(REGISTRANT, "registrant")                                                                    \
    R(REPRESENTATIVE, "representative") /* acts for the registrant */                              \
    R(RIGHTS_HOLDER, "rights-holder")                                                              \
    R(PROVIDER, "provider")   /* of disputes, escrow or another service that the rules name */     \
    R(PARTY, "party")         /* another registry or registrar */                                  \
    R(DATA_USER, "data-user") /* asks for zone files or registration data */                       \
    R(AUTHORITY, "authority") /* of a state */                                                     \
    R(OTHER, "other")

enum complaint_role {
#define R(name, text) COMPLAINT_ROLE_##name,
    COMPLAINT_ROLE_LIST(R)
#undef R
        COMPLAINT_ROLE_COUNT
};
const char *complaint_role_text(enum complaint_role role);

struct complaint_scope {
    const char *id;
    enum complaint_test test;
    int64_t days;                /* TOLD_FIRST */
    unsigned who;                /* COMPLAINANT: bit per role */
    const char *obligation;      /* whose reach it draws, of those of the type */
    const char *closure;         /* closure code of the process when it fails */
    struct complaint_text words; /* for the complainant, when it fails */
};

/* How soon one is read: the first that fits; none: as any other. */
struct complaint_urgency {
    enum complaint_priority priority;
    struct complaint_condition when;
    const char *why; /* for the staff */
};

/* What comes in otherwise than by the questions and becomes a complaint of this type: a mail that a
 * person wrote ("mail"), or a report of abuse by its format and kind ("arf/fraud",
 * "xarf/content/phishing"). The question that it answers by being that, if any, and with which
 * choice. */
struct complaint_take {
    const char *report;
    const char *question, *choice; /* "" for none */
};

/* Where such a report goes: ids of questions and of the evidence that the bytes are; "" for none.
 * What does not fit a question stands in the bytes alone. */
struct complaint_intake {
    const char *exhibit;
    const char *text, *domain, *url, *ip;
    const struct complaint_take *takes;
    size_t take_count;
};

/* Who takes what no type takes by name. */
#define COMPLAINT_TAKE_MAIL "mail"     /* a mail that a person wrote */
#define COMPLAINT_TAKE_OTHER "reports" /* any other report of abuse */

struct complaint_type {
    const char *id;
    struct complaint_text title;
    unsigned binds;     /* BINDS_REGISTRY, BINDS_REGISTRAR */
    const char *family; /* word of the fact `family` */
    const char *const *obligations;
    size_t obligation_count;
    const struct complaint_question *questions;
    size_t question_count;
    const struct complaint_evidence *evidence;
    size_t evidence_count;
    const struct complaint_scope *scopes;
    size_t scope_count;
    const struct complaint_urgency *urgencies;
    size_t urgency_count;
    struct complaint_intake intake;
    int64_t first_review_days; /* working days until somebody has read it; 0: not said */
    int64_t information_days;  /* working days that a complainant has to add what is missing */
    int64_t reminder_days;     /* working days before their end when a reminder goes; 0: none */
    bool confirmed;            /* false: its times or reach are not confirmed from a source */
    const char *const *untranslated; /* languages in which texts are missing */
    size_t untranslated_count;
};

/* What who complained is told of an outcome (outcomes.yaml). */
struct complaint_outcome {
    const char *id; /* a closure code, or a stage that ends a case */
    struct complaint_text words;
};

/* The report that is sent to a party first (prior-report.yaml), with {party}, {names}, {answers}
 * and {day} in it. */
struct complaint_report {
    bool there;
    struct complaint_text subject, text;
};

enum { RETENTION_DAYS_MAX = 36500 };

/* How long a complaint to which nothing happens any more is kept with its words and who filed it
 * (retention.yaml). */
struct complaint_retention {
    const char *id;
    const char *const *ended; /* states of model/complaint.h in which it may rest */
    size_t ended_count;
    const char *const *types; /* ids of types of complaint */
    size_t type_count;        /* 0: any type */
    int64_t keep_days;        /* after the day of the last thing that happened */
};

/* NULL: the type asks no such question. */
const struct complaint_question *complaint_question_find(const struct complaint_type *type,
                                                         const char *id);

#endif
