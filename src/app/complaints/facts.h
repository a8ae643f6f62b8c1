/* What the store and the complaint itself tell for the scope tests of its type. What neither tells
 * stays unknown; a guess would put a complaint out of scope (K1 of cases/complaint.h). */
#ifndef BAILIWICK_APP_COMPLAINTS_FACTS_H
#define BAILIWICK_APP_COMPLAINTS_FACTS_H

#include "app/complaints/record.h"
#include "cases/complaint.h"
#include "rulebook/process.h"

struct complaint_known {
    struct complaint_facts facts;
    const char *from[COMPLAINT_TEST_COUNT]; /* "store", "complainant", "lookup"; NULL: unknown */
};

struct facts_question {
    const struct complaint_record *record; /* `reference` NULL: it is being filed */
    const struct process *process;
    const json_t *words;               /* item 0 of the complaint, with what was added */
    const struct complaint_type *type; /* NULL: all names that it is about are in `words` */
};

/* Several names tell something only where all tell the same: TLDs by the store's parties, a
 * registrar by its accreditation, the day on which the party was told (in working days of the
 * rulebook's calendars where all count the same; days are those of UTC) and the role by the
 * complainant; whether names are registered, by whom and in use by what was looked up (lookup.h),
 * which never takes the place of what the store knows. */
int facts_find(struct app *app, const struct facts_question *question, struct arena *arena,
               struct complaint_known *ret_known, struct error_detail *detail);

#endif
