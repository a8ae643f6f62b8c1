#include "model/allegation.h"

#include "base/error.h"

#include <string.h>

static const char *const outcomes[] = {
#define E(name, text) text,
    ALLEGATION_OUTCOME_LIST(E)
#undef E
};

const char *allegation_outcome_text(enum allegation_outcome outcome)
{
    return outcomes[outcome];
}

int allegation_outcome_parse(const char *text, enum allegation_outcome *ret_outcome)
{
    for (int i = 0; i < ALLEGATION_OUTCOME_COUNT; i++) {
        if (strcmp(outcomes[i], text) == 0) {
            *ret_outcome = (enum allegation_outcome)i;
            return 0;
        }
    }
    return ERR_SYNTAX;
}
