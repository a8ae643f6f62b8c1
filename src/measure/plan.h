/* Reading a plan: what is malformed in it is the caller's fault and said at once. */
#ifndef BAILIWICK_MEASURE_PLAN_H
#define BAILIWICK_MEASURE_PLAN_H

#include "measure/round.h"

enum { NET_MAP_LINES_MAX = 10000 }; /* one per address and port of a laboratory */

/* Limits with the defaults put in. */
struct survey_limits plan_limits(const struct survey_limits *given);

/* Fills target, absent, hints, map and limits of the round from its plan. ERR_SYNTAX, ERR_LIMIT,
 * ERR_NO_MEMORY. */
int plan_apply(struct round *round, struct error_detail *detail);

/* The table of a laboratory, lines "ADDR#PORT ADDR#PORT"; NULL is an empty one. Lives in the arena.
 * Errors as above, with the line. */
int plan_read_map(const char *text, struct arena *arena, struct net_map *ret_map,
                  struct error_detail *detail);

#endif
