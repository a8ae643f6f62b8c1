/* Allocations that fail on demand, for tests of what a lack of memory does. A program that links
 * this (sweep_dep in meson.build) has malloc(), calloc() and realloc() of its own; what libraries
 * allocate for themselves is not counted, unless they are told to use these.
 *
 * That nothing leaks is for the sanitizer to see. */
#ifndef BAILIWICK_TESTS_MEMORY_SWEEP_H
#define BAILIWICK_TESTS_MEMORY_SWEEP_H

/* What is swept: returns what the function under test returned, and checks itself that outputs
 * stay untouched after a failure. */
typedef int sweep_run(const void *from);

/* Calls `run` with allocation 0, 1, 2 ... failing, each first alone and then with all that follow,
 * until a call needs no more than it gets. Each call that lacked memory must return ERR_NO_MEMORY,
 * the others 0 or more. `name` is for a failure of the test. */
void sweep(const char *name, sweep_run *run, const void *from);

/* The same for what rests on a library that may get along without memory, or not say why it failed:
 * a call that lacked memory may succeed, or fail in any way. */
void sweep_loosely(const char *name, sweep_run *run, const void *from);

#endif
