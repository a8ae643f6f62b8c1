/* What a case waits for, as a word that a list can keep: the sentence is made from it when somebody
 * looks. Pure, and the same however the state came about. */
#ifndef BAILIWICK_CASES_AWAITED_H
#define BAILIWICK_CASES_AWAITED_H

#include "cases/case.h"

struct awaited {
    enum case_awaits what;
    const char *about; /* id of a stage or a letter of the process or state; "" for neither */
};

/* `lacks_contact`: the letter that is wanted now found nobody to write to. No calendar is asked, so
 * one that is adopted later changes nothing of it. */
struct awaited case_awaited(const struct case_state *state, bool lacks_contact);

#endif
