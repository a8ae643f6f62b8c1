/* What the reference targets say about ourselves: which paths work, and is our clock right? */
#ifndef BAILIWICK_CHECK_REFERENCE_H
#define BAILIWICK_CHECK_REFERENCE_H

struct view;

/* Fills `reference`, `reference_tls`, `clock` and `clock_reason` of a view whose messages are read.
 * An answer proves its path, whatever it says. The clock is doubted when one HTTP date differs by
 * more than VIEW_CLOCK_TOLERANCE_US or one signature of a root server's SOA record does not cover
 * observed_at; it is confirmed when at least one of them was there and none disagreed. */
void reference_read(struct view *view);

#endif
