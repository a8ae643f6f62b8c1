#include "model/vocabulary.h"

#include <string.h>

bool vocabulary_has(const struct vocabulary_row *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return true;
    }
    return false;
}
