#include "model/complaint.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

/* --- reference --- */

enum { SIGNS = 12, GROUP = 4 };

static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";

/* Times the root of x^5 + x^2 + 1, whose powers are all 31 elements of GF(32) but zero: signs that
 * are multiplied by different powers can be told apart. */
static unsigned step(unsigned element)
{
    return element & 16U ? (element << 1U ^ 37U) : element << 1U;
}

static void spell(const uint8_t values[SIGNS], char ret_text[REFERENCE_TEXT])
{
    char *at = ret_text;
    for (size_t i = 0; i < SIGNS; i++) {
        if (i > 0 && i % GROUP == 0)
            *at++ = '-';
        *at++ = alphabet[values[i]];
    }
    *at = '\0';
}

void reference_make(const uint8_t random[REFERENCE_RANDOM], char ret_text[REFERENCE_TEXT])
{
    uint8_t values[SIGNS];
    unsigned sum = 0;
    for (size_t i = 0; i < REFERENCE_RANDOM; i++) {
        values[i] = random[i] & 31U;
        sum = step(sum ^ values[i]);
    }
    values[REFERENCE_RANDOM] = (uint8_t)sum;
    spell(values, ret_text);
}

static int value_of(char sign)
{
    if (sign >= 'A' && sign <= 'Z')
        sign = (char)(sign - 'A' + 'a');
    const char *at = sign ? strchr(alphabet, sign) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

int reference_parse(const char *text, char ret_text[REFERENCE_TEXT])
{
    uint8_t values[SIGNS];
    char made[REFERENCE_TEXT], given[REFERENCE_TEXT];
    size_t count = 0;
    for (; *text; text++) {
        int value = value_of(*text);
        if (*text == '-' || *text == ' ')
            continue;
        if (value < 0 || count == SIGNS)
            return ERR_SYNTAX;
        values[count++] = (uint8_t)value;
    }
    if (count != SIGNS)
        return ERR_SYNTAX;
    reference_make(values, made);
    spell(values, given);
    if (strcmp(made, given) != 0)
        return ERR_SYNTAX;
    memcpy(ret_text, given, REFERENCE_TEXT);
    return 0;
}

/* --- states --- */

static const char *const states[] = {
#define E(name, text) text,
    COMPLAINT_STATE_LIST(E)
#undef E
};

static const char *const priorities[] = {
#define E(name, text) text,
    COMPLAINT_PRIORITY_LIST(E)
#undef E
};

static const char *const events[] = {
#define E(name, text) text,
    COMPLAINT_EVENT_LIST(E)
#undef E
};

const char *complaint_state_text(enum complaint_state state)
{
    return states[state];
}

int complaint_state_parse(const char *text, enum complaint_state *ret_state)
{
    int found = text_index(states, COMPLAINT_STATE_COUNT, text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_state = (enum complaint_state)found;
    return 0;
}

const char *complaint_event_text(enum complaint_event_type type)
{
    return events[type];
}

int complaint_event_parse(const char *text, enum complaint_event_type *ret_type)
{
    int found = text_index(events, COMPLAINT_EVENT_COUNT, text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_type = (enum complaint_event_type)found;
    return 0;
}

const char *complaint_priority_text(enum complaint_priority priority)
{
    return priorities[priority];
}

int complaint_priority_parse(const char *text, enum complaint_priority *ret_priority)
{
    int found = text_index(priorities, COMPLAINT_PRIORITY_COUNT, text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_priority = (enum complaint_priority)found;
    return 0;
}

bool complaint_is_open(enum complaint_state state)
{
    return state == COMPLAINT_HELD_STATE || state == COMPLAINT_FILED_STATE ||
           state == COMPLAINT_WAITING_STATE;
}

static bool is_withdrawn(enum complaint_state state)
{
    return state == COMPLAINT_WITHDRAWING_STATE || state == COMPLAINT_WITHDRAWN_STATE;
}

static bool is_in_scope(enum complaint_state state)
{
    return state == COMPLAINT_IN_SCOPE_STATE || state == COMPLAINT_IN_SCOPE_MORE_STATE;
}

static bool is_out_of_scope(enum complaint_state state)
{
    return state == COMPLAINT_OUT_OF_SCOPE_STATE || state == COMPLAINT_OUT_OF_SCOPE_MORE_STATE;
}

/* The state that `added` leads to; COMPLAINT_STATE_COUNT for none. What is decided stays decided: a
 * person looks at what came. */
static enum complaint_state after_addition(enum complaint_state state)
{
    if (is_withdrawn(state))
        return COMPLAINT_STATE_COUNT;
    if (is_in_scope(state))
        return COMPLAINT_IN_SCOPE_MORE_STATE;
    if (is_out_of_scope(state))
        return COMPLAINT_OUT_OF_SCOPE_MORE_STATE;
    return state == COMPLAINT_WAITING_STATE ? COMPLAINT_FILED_STATE : state;
}

static enum complaint_state after_look(enum complaint_state state)
{
    if (state == COMPLAINT_IN_SCOPE_MORE_STATE)
        return COMPLAINT_IN_SCOPE_STATE;
    return state == COMPLAINT_OUT_OF_SCOPE_MORE_STATE ? COMPLAINT_OUT_OF_SCOPE_STATE
                                                      : COMPLAINT_STATE_COUNT;
}

/* COMPLAINT_STATE_COUNT: it cannot happen. */
static enum complaint_state after(enum complaint_state state, enum complaint_event_type type)
{
    const enum complaint_state no = COMPLAINT_STATE_COUNT;
    switch (type) {
    case COMPLAINT_EVENT_FILED_ANYWAY:
    case COMPLAINT_EVENT_COMPLETED:
        return state == COMPLAINT_HELD_STATE ? COMPLAINT_FILED_STATE : no;
    case COMPLAINT_EVENT_ASKED:
        return complaint_is_open(state) ? COMPLAINT_WAITING_STATE : no;
    case COMPLAINT_EVENT_RETYPED:
        return complaint_is_open(state) ? state : no;
    case COMPLAINT_EVENT_ADDED:
        return after_addition(state);
    case COMPLAINT_EVENT_IN_SCOPE:
        return is_withdrawn(state) ? no : COMPLAINT_IN_SCOPE_STATE;
    case COMPLAINT_EVENT_OUT_OF_SCOPE:
        return is_withdrawn(state) ? no : COMPLAINT_OUT_OF_SCOPE_STATE;
    case COMPLAINT_EVENT_REVIEW_ASKED:
        return is_out_of_scope(state) ? COMPLAINT_REVIEW_STATE : no;
    case COMPLAINT_EVENT_WITHDRAWN:
        return complaint_is_open(state) || is_in_scope(state) ? COMPLAINT_WITHDRAWING_STATE : no;
    case COMPLAINT_EVENT_REOPENED:
        return is_in_scope(state) || is_out_of_scope(state) ? COMPLAINT_FILED_STATE : no;
    case COMPLAINT_EVENT_SEEN:
        return after_look(state);
    case COMPLAINT_EVENT_CLOSED:
        return state == COMPLAINT_WITHDRAWING_STATE ? COMPLAINT_WITHDRAWN_STATE : no;
    case COMPLAINT_EVENT_OUTCOME:
        return is_withdrawn(state) ? no : state;
    case COMPLAINT_EVENT_CASE_ENDED:
    case COMPLAINT_EVENT_CASE_RESUMED:
        return is_in_scope(state) || state == COMPLAINT_WITHDRAWING_STATE ? state : no;
    case COMPLAINT_EVENT_JOINED:
    case COMPLAINT_EVENT_PARTED:
    case COMPLAINT_EVENT_REDACTED:
    case COMPLAINT_EVENT_REPORTER_READ:
    case COMPLAINT_EVENT_ERASED:
    case COMPLAINT_EVENT_RECEIPT:
    case COMPLAINT_EVENT_LEGAL_HOLD:
    case COMPLAINT_EVENT_HOLD_LIFTED:
    case COMPLAINT_EVENT_DRAWN:
    case COMPLAINT_EVENT_SECOND_LOOK:
    case COMPLAINT_EVENT_EXPORTED:
    case COMPLAINT_EVENT_LABELLED:
    case COMPLAINT_EVENT_PRIORITISED:
    case COMPLAINT_EVENT_LOOKED_UP:
        return state;
    case COMPLAINT_EVENT_FILED:
    case COMPLAINT_EVENT_COUNT:
        break;
    }
    return no;
}

int complaint_after(enum complaint_state state, enum complaint_event_type type,
                    enum complaint_state *ret_state)
{
    enum complaint_state next = after(state, type);
    if (next == COMPLAINT_STATE_COUNT)
        return ERR_REFUSED;
    *ret_state = next;
    return 0;
}
