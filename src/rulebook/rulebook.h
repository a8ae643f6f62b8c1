/* The law as data: obligations, profiles, letters, complaint types and audits of one authority.
 *
 * A rulebook is a folder that a compliance team edits without touching C (its format stands in
 * rulebook/README.md). It is read once into an arena and immutable afterwards: no clock, no file,
 * no database, so that "what bound this party on that day" has one answer for ever. The process of
 * a case is read by process.h from the same folder.
 *
 * Story of a load: tree.h reads the folder into one canonical archive; every YAML file becomes a
 * tree with places (yaml.h); each kind of file has its reader, which adds what is wrong to the
 * faults and goes on; at the end the parts are held against each other (dangling ids, overlaps,
 * things that nothing reaches). A rulebook with a single fault is not used.
 *
 * Invariants
 *  R1. Intervals are half-open civil days [from, until). Two versions of one id never bind the same
 *      agreement version on the same day.
 *  R2. A proposed obligation never binds anybody.
 *  R3. Same folder, same digest; same digest, same answers in the same order.
 *  R4. What is not confirmed is shown as not confirmed: `confirmed` is carried through everywhere.
 */
#ifndef BAILIWICK_RULEBOOK_RULEBOOK_H
#define BAILIWICK_RULEBOOK_RULEBOOK_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "model/obligation.h"
#include "model/party.h"
#include "model/profile.h"
#include "model/vocabulary.h"
#include "rulebook/complaint.h"
#include "rulebook/tree.h"
#include "rulebook/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RULEBOOK_ID_MAX = 80,
    RULEBOOK_DOCUMENTS_MAX = 300,
    RULEBOOK_CLAUSES_MAX = 5000, /* versions of obligations; a large authority has some hundreds */
    RULEBOOK_VERSIONS_MAX = 32,  /* of one agreement family: a bit each */
    RULEBOOK_MEMORY_MAX = 64 * 1024 * 1024,
};

/* An agreement's version "current" stands for the version that holders have without having signed
 * anything new: on a day D the newest one in force on D that is not only for those who sign it. */
#define RULEBOOK_VERSION_CURRENT "current"

struct agreement_version {
    const char *id;    /* "2013", "2024" */
    int32_t from;      /* in force from; by amendment also for those who had an older one */
    bool on_signature; /* only for those who sign it */
};

struct agreement_family {
    const char *id; /* "ra" */
    const char *label;
    enum party_kind kind;
    const struct agreement_version *versions; /* ascending by `from` */
    size_t version_count;
};

struct rulebook_document {
    const char *id, *title;
    const struct agreement_family *family; /* NULL: binds every accreditation */
    const char *source;                    /* where the text can be read */
    const char *file;
};

/* One version of one obligation with what only the rulebook knows of it. */
struct rulebook_clause {
    struct obligation obligation;
    const struct rulebook_document *document;
    uint32_t versions;  /* bit per version of the document's family; all bits for policies */
    const char *source; /* where this was taken from; "" for none */
    const struct profile *profile; /* NULL when it is not tested by checks */
    const char *file;
    int line, column;
};

/* Of a letter that says that a complaint came in: it goes to who complains, about no case. */
#define LETTER_KIND_RECEIPT "receipt"
/* Of a letter that tells who complained what a person decided about the complaint. */
#define LETTER_KIND_COMPLAINT "complaint"

struct rulebook_letter {
    const char *id, *language;
    const char *kind;      /* "informal", "formal", "closing", LETTER_KIND_... */
    const char *text;      /* the whole template with its front matter */
    size_t size;           /* of text, without the NUL that follows */
    struct digest version; /* SHA-256 of the text: what a letter pins */
};

struct audit_question {
    const char *id, *ask, *obligation;
    const char *const *evidence;
    size_t evidence_count;
};

struct audit_questionnaire {
    const char *id, *title;
    enum party_kind kind;
    const struct audit_question *questions;
    size_t question_count;
};

struct rulebook {
    struct arena arena;
    struct digest digest;            /* of the archive */
    const char *digest_text;         /* hexadecimal: the name of the version */
    const char *id, *name, *version; /* as its authors call it */
    const char *authority_name, *authority_short;
    const char *zone;             /* IANA name; civil dates of the rulebook are days of it */
    const char *const *languages; /* the first is the official one */
    size_t language_count;
    const char *const *complainant_languages; /* of texts for complainants, beside the first */
    size_t complainant_language_count;
    const char *mail_from_name; /* of letters */
    int64_t notice_update_days; /* a published notice is brought up to date at least so often */
    const char *const *uncontracted; /* TLDs that hold no agreement, whatever lists say */
    size_t uncontracted_count;
    const char *policy_label;                /* what people call a community policy here */
    const struct agreement_family *families; /* sorted by id */
    size_t family_count;
    const struct rulebook_document *documents; /* sorted by id */
    size_t document_count;
    const struct rulebook_clause *clauses; /* sorted by id, from, then order of the versions */
    size_t clause_count;
    const struct profile *profiles; /* sorted by obligation */
    size_t profile_count;
    const struct rulebook_letter *letters; /* sorted by id, language */
    size_t letter_count;
    const struct complaint_type *complaints; /* sorted by id */
    size_t complaint_count;
    const struct complaint_outcome *outcomes; /* none: the labels of process.yaml are told */
    size_t outcome_count;
    struct complaint_report prior_report;
    const struct complaint_retention
        *retentions; /* in the order of the file: the first that fits */
    size_t retention_count;
    const struct audit_questionnaire *audits; /* sorted by id */
    size_t audit_count;
};

/* --- loading --- */

/* Reads a folder. Every fault is added to `faults` as FILE:LINE:COL with the path below `directory`
 * put behind it. `vocabulary` NULL: it was adopted already, maybe with an older program, so names
 * of codes and placeholders, and what only newer programs refuse, are not checked. The caller
 * frees. ERR_SYNTAX when there are faults, -errno, ERR_NO_MEMORY. */
int rulebook_load(const char *directory, const struct vocabulary *vocabulary,
                  struct rulebook **ret_rulebook, struct yaml_faults *faults);

/* The same from a tree, such as an adopted version; nothing of the tree is needed afterwards.
 * `shown` stands before each path in faults ("" for none). */
int rulebook_load_tree(const struct rulebook_tree *tree, const char *shown,
                       const struct vocabulary *vocabulary, struct rulebook **ret_rulebook,
                       struct yaml_faults *faults);

void rulebook_free(struct rulebook *rulebook); /* takes NULL */

/* --- looking up --- */

/* The clauses of an obligation stand together, ascending by `from`: *ret_count of them from
 * *ret_clauses on; none when the id is unknown. */
void rulebook_clauses_of(const struct rulebook *rulebook, const char *obligation,
                         const struct rulebook_clause **ret_clauses, size_t *ret_count);
/* The version of an obligation in force on a day; else the newest that had begun by then; else the
 * first to come. NULL when the id is unknown. */
const struct obligation *rulebook_obligation_find(const struct rulebook *rulebook, const char *id,
                                                  int32_t day);
/* The clause around an obligation of this rulebook. */
const struct rulebook_clause *rulebook_clause_of(const struct obligation *obligation);

/* Its state on a day: proposed stays proposed; before `from` adopted; from `until` superseded; in
 * between transition or in force. `from: on-signature` is in force from the first day on which
 * somebody can have signed. */
enum obligation_state rulebook_state_on(const struct obligation *obligation, int32_t day);

const struct rulebook_document *rulebook_document_find(const struct rulebook *rulebook,
                                                       const char *id);
const struct agreement_family *rulebook_family_find(const struct rulebook *rulebook,
                                                    const char *id);
const struct profile *rulebook_profile_find(const struct rulebook *rulebook,
                                            const char *obligation);
/* In the language, else in the rulebook's first one. NULL when the id is unknown. */
const struct rulebook_letter *rulebook_letter_find(const struct rulebook *rulebook, const char *id,
                                                   const char *language);
const struct complaint_type *rulebook_complaint_find(const struct rulebook *rulebook,
                                                     const char *id);
/* The type that takes a report of that kind (complaint.h), else the one that takes
 * COMPLAINT_TAKE_OTHER; NULL when none does. *ret_take is the row that takes it. */
const struct complaint_type *rulebook_complaint_taking(const struct rulebook *rulebook,
                                                       const char *report,
                                                       const struct complaint_take **ret_take);
/* A text for complainants in the language, else in the rulebook's first one. */
const char *rulebook_complaint_text(const struct rulebook *rulebook,
                                    const struct complaint_text *text, const char *language);
/* What who complained is told of that outcome; "" where the rulebook says nothing of it. */
const char *rulebook_outcome_text(const struct rulebook *rulebook, const char *id,
                                  const char *language);
/* The class of a complaint of that type that rests in that state; NULL: it is kept for ever. */
const struct complaint_retention *rulebook_retention_find(const struct rulebook *rulebook,
                                                          const char *state, const char *type);
const struct audit_questionnaire *rulebook_audit_find(const struct rulebook *rulebook,
                                                      const char *id);

/* --- who is bound by what, when --- */

/* A promise that does not hold for somebody for a time. `subject` "": all subjects. */
struct rulebook_waiver {
    const char *obligation, *subject;
    int32_t from, until;
};

/* Other numbers for somebody, such as those of an older agreement. */
struct rulebook_override {
    const char *obligation, *subject;
    int32_t from, until;
    const char *parameters; /* JSON object in place of the obligation's */
};

/* One party, one subject, one day. The agreements are all of that one party. */
struct rulebook_question {
    enum party_kind kind;
    const struct agreement *agreements;
    size_t agreement_count;
    const char *subject; /* TLD for registries; "" or a name for registrars */
    int32_t day;
    const char *obligation; /* asked for alone; NULL: all */
    const struct rulebook_waiver *waivers;
    size_t waiver_count;
    const struct rulebook_override *overrides;
    size_t override_count;
};

struct rulebook_binding {
    const struct obligation *obligation;
    const struct profile *profile;     /* NULL: not tested by checks */
    const struct agreement *agreement; /* of the question: by which one is bound */
    const char *parameters;            /* after overrides */
    bool comply_later;                 /* binds, but `comply_by` is still to come */
};

/* Which obligation versions bind: the day lies in the version's [from, until) and in the [from,
 * until) of an agreement of that party for that subject (an agreement of subject "" is for all),
 * which is of the document's family and one of the listed versions; policies take any agreement.
 * `from: on-signature` begins with that agreement. A registry is bound by nothing for a TLD of
 * `not-under-contract`. Proposed ones and waived ones never bind.
 * Sorted by id. The list comes from the arena. ERR_NO_MEMORY. */
int rulebook_in_force(const struct rulebook *rulebook, const struct rulebook_question *question,
                      struct arena *arena, const struct rulebook_binding **ret_bindings,
                      size_t *ret_count);

/* --- comparing and counting --- */

/* What is different on day `after` from day `before`, for whoever it binds. */
struct rulebook_change {
    const struct obligation *before; /* NULL: begins */
    const struct obligation *after;  /* NULL: ends */
};

/* Sorted by id. ERR_NO_MEMORY. */
int rulebook_diff(const struct rulebook *rulebook, int32_t before, int32_t after,
                  struct arena *arena, const struct rulebook_change **ret_changes,
                  size_t *ret_count);

/* What rulebook_in_force() answered to a question. */
struct rulebook_answer {
    const struct rulebook_binding *bindings;
    size_t count;
};

/* What is different for a party between two answers of one rulebook. Sorted by id; where several
 * agreements bind it by versions of one id at once, these are compared in their order.
 * ERR_NO_MEMORY. */
int rulebook_answer_diff(const struct rulebook_answer *before, const struct rulebook_answer *after,
                         struct arena *arena, const struct rulebook_change **ret_changes,
                         size_t *ret_count);

/* How the obligations (each id once, by its version as rulebook_obligation_find() gives it for the
 * day) are tested, and of what kind, theme and state they are. */
struct rulebook_coverage {
    size_t obligations;
    size_t unconfirmed;
    size_t by_test[TEST_NONE_YET + 1];
    size_t by_kind[OBLIGATION_COMMUNITY_POLICY + 1];
    size_t by_theme[THEME_OTHER + 1];
    size_t by_state[OBLIGATION_SUPERSEDED + 1];
};
void rulebook_coverage_count(const struct rulebook *rulebook, int32_t day,
                             struct rulebook_coverage *ret_coverage);

#endif
