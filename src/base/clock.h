/* Time is an object: nothing in the program asks the system for it in any other way.
 *
 * Three kinds of time, all in microseconds:
 *  - real: what the system's clock says. Observations are stamped with it (`observed_at`), because
 *    signatures and certificates are judged at it.
 *  - wall: process time. Equal to real, except in a demonstration or simulation, which *jumps* it
 *    forward from due moment to due moment; deadlines and letters live in it.
 *  - mono: never jumps; for time-outs and round-trip times.
 *
 * Invariant: wall time only moves forward, and only the core owns a clock that jumps. */
#ifndef BAILIWICK_BASE_CLOCK_H
#define BAILIWICK_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
    int64_t displacement_us; /* wall - real */
    int64_t frozen_at;       /* tests: both real and wall stand here when not 0 */
};

/* A clock that follows the system. */
void clock_init(struct clock *clock);

/* A clock that stands still until it is jumped; for tests, replay and simulation. */
void clock_init_frozen(struct clock *clock, int64_t at);

int64_t clock_real(const struct clock *clock);
int64_t clock_wall(const struct clock *clock);
int64_t clock_mono(void);

/* Moves wall time forward to `to`. ERR_REFUSED when that lies in the past. */
int clock_jump(struct clock *clock, int64_t to);

bool clock_is_displaced(const struct clock *clock);

#endif
