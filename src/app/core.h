/* The core process: owns store, clock and cases; everything else asks it or works for it.
 *
 * One loop (poll): commands from the control socket and the staff door, ends of jobs from two
 * workers (observations, letters), the processes of ours that die, and the clock. Each round:
 *   1. read what arrived, run all whole commands in one transaction, commit, then answer;
 *   2. take in finished jobs (each in a transaction of its own);
 *   3. pass deadlines that are due, carry out the outbox, write public files that changed;
 *   4. give out observations and letters that are due; tick the log by timetable.
 * Nothing is acknowledged before its commit. */
#ifndef BAILIWICK_APP_CORE_H
#define BAILIWICK_APP_CORE_H

#include "app/app.h"

struct core_options {
    int public_listener; /* taken; -1: no public door */
    int staff_listener;
    const char *config;
};

/* Serves until SIGTERM or SIGINT. Prints `ready` on standard output once everything listens. */
int core_run(struct app *app, const struct core_options *options, struct error_detail *detail);

#endif
