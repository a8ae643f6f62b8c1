/* Obligations: what a contracted party has promised, as data of the rulebook. */
#ifndef BAILIWICK_MODEL_OBLIGATION_H
#define BAILIWICK_MODEL_OBLIGATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The four kinds of the mission. */
enum obligation_kind {
    OBLIGATION_CONTRACT,
    OBLIGATION_BASELINE_AGREEMENT,
    OBLIGATION_TEMPORARY_SPECIFICATION,
    OBLIGATION_COMMUNITY_POLICY, /* shown as "consensus policy" */
};

enum obligation_theme {
    THEME_SECURITY,
    THEME_STABILITY,
    THEME_RESILIENCY,
    THEME_ABUSE,
    THEME_OTHER
};

enum obligation_state {
    OBLIGATION_PROPOSED,
    OBLIGATION_ADOPTED,
    OBLIGATION_TRANSITION, /* either the old or the new rule */
    OBLIGATION_IN_FORCE,
    OBLIGATION_SUPERSEDED,
};

/* How an obligation is tested. */
enum obligation_test { TEST_CHECK, TEST_DOCUMENT_REQUEST, TEST_AUDIT, TEST_NONE_YET };

/* Bits: whom it binds. */
enum { BINDS_REGISTRY = 1, BINDS_REGISTRAR = 2 };

/* One version of one obligation; a changed clause is its own version with the same id. */
struct obligation {
    const char *id;  /* "ra.spec10.dns-service-availability" */
    const char *row; /* ids in the published catalogue: "RA-S10-DNS-AVAIL", "TP-NEW, TPR" */
    enum obligation_kind kind;
    enum obligation_theme theme;
    enum obligation_state state;
    unsigned binds;
    const char *document; /* id of the document */
    const char *clause;
    int32_t from, until; /* [from, until), civil days in the rulebook's zone */
    int32_t comply_by;   /* CIVIL_FAR_PAST when the same as from */
    bool from_signature; /* binds a party from the day its agreement is signed, never before from */
    const char *statement; /* what must be true, one plain sentence */
    const char *guidance, *cure;
    enum obligation_test test;
    const char *test_note;  /* for TEST_NONE_YET: the reason */
    const char *parameters; /* JSON object, "{}" at least */
    const char *severity;   /* "critical", "major", "minor" */
    const char *consequence;
    bool confirmed;
};

const char *obligation_kind_text(enum obligation_kind kind); /* as in the rulebook files */
const char *obligation_theme_text(enum obligation_theme theme);
const char *obligation_state_text(enum obligation_state state);
const char *obligation_test_text(enum obligation_test test);
int obligation_kind_parse(const char *text, enum obligation_kind *ret_kind);
int obligation_theme_parse(const char *text, enum obligation_theme *ret_theme);
int obligation_test_parse(const char *text, enum obligation_test *ret_test);

#endif
