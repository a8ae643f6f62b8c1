/* Used by case_model.c only. */
#ifndef BAILIWICK_TESTS_MODEL_SEARCH_H
#define BAILIWICK_TESTS_MODEL_SEARCH_H

#include "rulebook/process.h"

#include <stdbool.h>

/* The whole product of facts and people takes minutes; the two parts of it a few seconds. */
enum search_form {
    SEARCH_WHOLE,
    SEARCH_FACTS,  /* a proposal is approved as soon as it is drafted; notes only begin a case */
    SEARCH_PEOPLE, /* without disputes and measurements */
};

/* Writes the rows of record.h to the file; returns the exit code. `everything`: with what the model
 * leaves out, so that two processes of the same rows do the same to every case: effects, times, and
 * (by steps_know()) every ground and closure code. */
int search_engine(const struct process *process, enum search_form form, bool everything,
                  const char *path);

#endif
