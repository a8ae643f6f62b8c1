/* Who may see which field of which object: one small table, default deny.
 *
 * The table answers for objects that the asker has something to do with at all: AUDIENCE_PARTY is
 * the party of the case (never another one), AUDIENCE_COMPLAINANT the one who filed the complaint.
 * tests/access/expected.csv says the same by hand, row by row, with the reasons.
 * Which objects those are is the caller's question; which of their fields they see is answered
 * here, and only here: every page, JSON document, feed and letter for an outsider is made from
 * access_project(), so no output can leak what another one hides.
 *
 * Invariant 1: nothing of an informal stage reaches the public or another party. Therefore no field
 * of a case, finding, letter, complaint or lead names AUDIENCE_PUBLIC; the public sees notices. */
#ifndef BAILIWICK_ACCESS_ACCESS_H
#define BAILIWICK_ACCESS_ACCESS_H

#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>

enum audience {
    AUDIENCE_PUBLIC,
    AUDIENCE_PARTY,
    AUDIENCE_PARTY_CONSENTED, /* the same, where the complainant lets be shared what they wrote */
    AUDIENCE_COMPLAINANT,
    AUDIENCE_STAFF,
    AUDIENCE_COUNT
};

enum access_object {
    OBJECT_NONE,          /* plain values: texts, numbers, lists of them */
    OBJECT_NOTICE,        /* the record of one formal notice */
    OBJECT_NOTICE_UPDATE, /* one entry of its progress */
    OBJECT_CORRECTION,    /* one correction of it */
    OBJECT_PARTY_STATEMENT,
    OBJECT_NOTICE_LETTER, /* a formal letter as the notice shows it */
    OBJECT_REDACTION,     /* that and why a passage of it is not shown */
    OBJECT_CURE,          /* due date and how it was computed */
    OBJECT_CASE,
    OBJECT_CASE_EVENT,
    OBJECT_CASE_ITEM,      /* one thing that a letter asks for, and what became of it */
    OBJECT_CASE_ANSWER,    /* what the party sent */
    OBJECT_CASE_POSITION,  /* what it says to one item */
    OBJECT_CASE_EXHIBIT,   /* what it brought along */
    OBJECT_CASE_EXTENSION, /* more time that it asked for */
    OBJECT_LETTER,
    OBJECT_FINDING,
    OBJECT_COMPLAINT,
    OBJECT_COMPLAINT_ANSWER,
    OBJECT_COMPLAINT_EXHIBIT,
    OBJECT_COMPLAINT_LACK,     /* what it was filed without */
    OBJECT_COMPLAINT_TOLD,     /* what was done before */
    OBJECT_COMPLAINT_OUTCOME,  /* what became of one of its names */
    OBJECT_COMPLAINT_REPORT,   /* ready to be sent to the party first */
    OBJECT_COMPLAINT_ADDITION, /* what was added by the secret link, in free words */
    OBJECT_COMPLAINT_NAME,     /* what was seen of one of its names when it was looked up */
    OBJECT_COMPLAINT_SERVICE,  /* whether a fault of a TLD showed then */
    OBJECT_COMPLAINT_EVENT,
    OBJECT_COMPLAINT_CLUSTER, /* complaints that are alike, as one row */
    OBJECT_COMPLAINT_LOOK,    /* a closure that another person looks at again */
    OBJECT_COMPLAINT_DRAW,    /* by which it was chosen, and what was found */
    OBJECT_PARTY_GRANT,       /* what a user of a party may see and do */
    OBJECT_HOOK,              /* where a program of a user is told */
    OBJECT_HEALTH,
    OBJECT_COUNT
};

struct access_row {
    enum access_object object;
    const char *field;
    unsigned audiences;        /* bits 1 << enum audience */
    enum access_object nested; /* what the value (or each element of it) is */
};

const struct access_row *access_rows(size_t *ret_count);

const char *audience_text(enum audience audience);
const char *access_object_text(enum access_object object);

/* A field that no row names may be seen by nobody. */
bool access_may(enum access_object object, const char *field, enum audience audience);

/* A copy of `full` with only what the audience may see; objects inside are projected by their own
 * rows, and dropped where the row says that there are none. The caller owns the result.
 * ERR_SYNTAX when `full` is not an object, ERR_NO_MEMORY. */
int access_project(enum access_object object, const json_t *full, enum audience audience,
                   json_t **ret_projection);

#endif
