/* The case that a complaint is about: opened or joined, entered and left, by the commands on cases
 * and as the person who decides. */
#ifndef BAILIWICK_APP_COMPLAINTS_MATTER_H
#define BAILIWICK_APP_COMPLAINTS_MATTER_H

#include "app/complaints/record.h"
#include "model/case.h"
#include "rulebook/complaint.h"

struct matter {
    const char *party, *obligation;
    const char *subject; /* NULL for none */
    enum case_origin origin;
    const struct complaint_type *type;
};

/* Opens a case of the matter, or names the open one (invariant 9); the call's result says which
 * ("joined"). Which times apply follows from the type, where the obligation is one of its own. */
int matter_open(struct call *call, const struct matter *matter, struct arena *arena,
                const char **ret_case);

/* Links the complaint to the case that its row names. */
int matter_enter(struct call *call, const struct complaint_record *record);

/* Takes the link back, where there is one, and empties the row's case. */
int matter_leave(struct call *call, struct complaint_record *record, const char *reason);

#endif
