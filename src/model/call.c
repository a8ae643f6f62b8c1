#include "model/call.h"

#include "base/error.h"
#include "base/text.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const outcome_texts[] = {"", "not-reached", "reached"};

static const char *const role_texts[] = {
#define E(name, text) [CALL_ROLE_##name] = text,
    CALL_ROLE_LIST(E)
#undef E
};

const char *call_outcome_text(enum call_outcome outcome)
{
    return outcome_texts[outcome];
}

int call_outcome_parse(const char *text, enum call_outcome *ret_outcome)
{
    int found = text_index(outcome_texts, COUNT(outcome_texts), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_outcome = (enum call_outcome)found;
    return 0;
}

const char *call_role_text(enum call_role role)
{
    return role_texts[role];
}

int call_role_parse(const char *text, enum call_role *ret_role)
{
    int found = text_index(role_texts, COUNT(role_texts), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_role = (enum call_role)found;
    return 0;
}
