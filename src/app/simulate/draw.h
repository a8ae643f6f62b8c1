/* Chance for the simulator: a function of seed, purpose and matter, without a state of its own.
 *
 * So a draw depends neither on the order in which things happen to be worked nor on what was drawn
 * before; a run that was cut and goes on draws the same. Whole numbers only: the same on every
 * machine. */
#ifndef BAILIWICK_APP_SIMULATE_DRAW_H
#define BAILIWICK_APP_SIMULATE_DRAW_H

#include <stdbool.h>
#include <stdint.h>

enum draw_purpose {
    DRAW_ARRIVAL,
    DRAW_PARTY,
    DRAW_TYPE,
    DRAW_AGAIN,
    DRAW_CROWD,
    DRAW_SCOPE,
    DRAW_VIOLATION,
    DRAW_HARM,
    DRAW_CLOSURE,
    DRAW_SILENT,
    DRAW_TIME,
    DRAW_QUALITY,
    DRAW_PLAN,
    DRAW_KEEPS_PLAN,
    DRAW_EXTENSION,
    DRAW_DEAD_MAILBOX,
    DRAW_MAIL,
    DRAW_ABSENT,
};

enum { DRAW_WHOLE = 10000, DRAW_MILLE = 1000 };

/* What is drawn for: `matter` and `nth` tell one draw of a purpose from another. */
struct draw {
    enum draw_purpose purpose;
    uint64_t matter, nth;
};

uint64_t draw_bits(uint64_t seed, struct draw draw);

/* 0 .. below-1. */
uint32_t draw_below(uint64_t seed, struct draw draw, uint32_t below);

/* True in `share` of DRAW_WHOLE cases. */
bool draw_share(uint64_t seed, struct draw draw, int64_t share);

/* Between `least` and `most` with the peak at `usual` (a triangle). */
struct draw_triangle {
    int64_t least, usual, most;
};
int64_t draw_between(uint64_t seed, struct draw draw, const struct draw_triangle *triangle);

/* A number for a text, to draw for what has a name. */
uint64_t draw_key(const char *text);

#endif
