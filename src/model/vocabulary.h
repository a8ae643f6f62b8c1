/* Row types that upper rooms pass down to the rulebook, so that it can refuse a code, placeholder
 * or guard that does not exist without looking upwards. */
#ifndef BAILIWICK_MODEL_VOCABULARY_H
#define BAILIWICK_MODEL_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

struct vocabulary_row {
    const char *name;
    const char *summary;
};

struct vocabulary {
    const struct vocabulary_row *codes; /* result codes of the check table */
    size_t code_count;
    const struct vocabulary_row *placeholders; /* of letters */
    size_t placeholder_count;
    const struct vocabulary_row *facts; /* names that guards may use */
    size_t fact_count;
    const struct vocabulary_row *events;
    size_t event_count;
    const struct vocabulary_row *effects;
    size_t effect_count;
};

bool vocabulary_has(const struct vocabulary_row *rows, size_t count, const char *name);

#endif
