/* Used by case_model.c only. */
#ifndef BAILIWICK_TESTS_MODEL_TRACES_H
#define BAILIWICK_TESTS_MODEL_TRACES_H

#include "rulebook/process.h"

#include <stdint.h>

/* Writes `count` random walks of up to `length` steps each that case_apply() took, as spin.h reads
 * them; returns the exit code. The same seed gives the same file. */
int traces_write(const struct process *process, const char *path, uint64_t seed, int count,
                 int length);

#endif
