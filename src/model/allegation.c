#include "model/allegation.h"

#include "base/error.h"
#include "base/text.h"

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
    int found = text_index(outcomes, ALLEGATION_OUTCOME_COUNT, text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_outcome = (enum allegation_outcome)found;
    return 0;
}
