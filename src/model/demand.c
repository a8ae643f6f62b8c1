#include "model/demand.h"

#include "base/error.h"
#include "base/text.h"

#define E(name, text) text,
static const char *const kinds[] = {DEMAND_KIND_LIST(E)};
static const char *const positions[] = {DEMAND_POSITION_LIST(E)};
#undef E

const char *demand_kind_text(enum demand_kind kind)
{
    return kinds[kind];
}

int demand_kind_parse(const char *text, enum demand_kind *ret_kind)
{
    int found = text_index(kinds, DEMAND_KIND_COUNT, text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_kind = (enum demand_kind)found;
    return 0;
}

const char *demand_position_text(enum demand_position position)
{
    return positions[position];
}

int demand_position_parse(const char *text, enum demand_position *ret_position)
{
    int found = text_index(positions, POSITION_COUNT, text);
    if (found <= POSITION_NONE)
        return ERR_SYNTAX;
    *ret_position = (enum demand_position)found;
    return 0;
}
