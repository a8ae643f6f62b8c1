/* Guards: small expressions over the finite facts of a case (model/case.h).
 *
 *   guard   = or
 *   or      = and *( "or" and )
 *   and     = not *( "and" not )
 *   not     = "not" not / primary
 *   primary = "(" or ")" / compare
 *   compare = NAME [ ("==" / "!=" / "<" / "<=" / ">" / ">=") value ]
 *   value   = WORD / INTEGER
 *
 * NAME is a fact. A fact of the words no and yes may stand alone ("expired", "not tolled"). Order
 * comparisons go by the order of the words. One parsed tree is evaluated here and printed to
 * Promela, so that what is verified is what runs. */
#ifndef BAILIWICK_RULEBOOK_GUARD_H
#define BAILIWICK_RULEBOOK_GUARD_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "model/case.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GUARD_TEXT_MAX = 1000, /* a guard that needs more should be several edges */
    GUARD_DEPTH_MAX = 30,  /* brackets and nots */
};

struct guard_node;

struct guard {
    const char *text;              /* as written; "" holds always */
    const struct guard_node *root; /* NULL holds always */
    uint32_t facts;                /* bit per enum case_fact that it asks about */
};

struct guard_position {
    int line, column; /* from 1, inside the guard's own text */
};

/* Parses; memory from the arena. ERR_SYNTAX (unknown fact or word included, with what would have
 * been right), ERR_LIMIT, ERR_NO_MEMORY. *ret_position is where it went wrong. */
int guard_parse(const char *text, struct arena *arena, struct guard *ret_guard,
                struct guard_position *ret_position, struct error_detail *detail);

bool guard_holds(const struct guard *guard, const struct case_facts *facts);

/* Appends, for people, the smallest part that does not hold, e.g. `expired is no, must be yes`.
 * Nothing when the guard holds. */
void guard_explain(const struct guard *guard, const struct case_facts *facts, struct buffer *out);

/* Appends the same expression as Promela over variables named like the facts ('-' becomes '_') and
 * constants `fact_word`. */
void guard_print_promela(const struct guard *guard, struct buffer *out);

/* Walks every combination of the facts in `mask` (the others stay as in `start`). */
struct guard_walk {
    struct case_facts facts;
    uint32_t mask;
};
void guard_walk_begin(struct guard_walk *walk, const struct case_facts *start, uint32_t mask);
bool guard_walk_next(struct guard_walk *walk); /* false after the last combination */

#endif
