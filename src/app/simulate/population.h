/* Who complains, how parties behave, who works: `simulate/population.yaml`.
 *
 * What comes in is given for each month of the calendar, because that is no behaviour of anybody in
 * the model; every year has the same. Shares are in ten-thousandths, times of answers in
 * thousandths of the time that was given. What is drawn from it are arrivals and behaviour, never
 * stages: those come from the process alone. */
#ifndef BAILIWICK_APP_SIMULATE_POPULATION_H
#define BAILIWICK_APP_SIMULATE_POPULATION_H

#include "app/simulate/draw.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "model/party.h"

#include <stddef.h>
#include <stdint.h>

enum {
    POPULATION_LETTERS = 4, /* 1st, 2nd, 3rd letter, and every later one */
    POPULATION_MONTHS = 12, /* January to December */
};

/* One kind of contracted party. */
struct population_kind {
    int64_t parties; /* the numbers are those of so many; fewer get their part of them */
    int64_t received[POPULATION_MONTHS];  /* complaints */
    int64_t monitored[POPULATION_MONTHS]; /* matters that we open */
    int64_t crowd[POPULATION_MONTHS]; /* share of complaints about a matter that waits already */
    int64_t harm[POPULATION_MONTHS];  /* share of what is in scope */
    int64_t out_of_scope, violation, again; /* shares of what is received */
    int64_t silent[POPULATION_LETTERS];     /* never answers this letter */
    int64_t adequate[POPULATION_LETTERS], partial[POPULATION_LETTERS]; /* of what is answered */
    int64_t plan, keeps_plan, extension;
    struct draw_triangle answer_time;
};

struct population_weight {
    const char *type; /* of complaint, as the rulebook names it */
    int64_t weight;
};

/* A day that nobody works, and when the authority is told. */
struct population_holiday {
    int32_t told, day;
};

enum { POPULATION_PEOPLE_MAX = 99 }; /* of a part of the staff */

struct population {
    int32_t start;
    struct digest digest; /* of the file */
    int64_t analysts, approvers, work_a_day, absent;
    int64_t dead_mailbox, deferred, in_doubt;
    struct population_kind kinds[2]; /* index enum party_kind */
    struct population_holiday *holidays;
    size_t holiday_count;
    struct population_weight *weights;
    size_t weight_count;
};

/* ERR_SYNTAX with FILE:LINE:COL in the detail. Texts live in the arena. */
int population_load(const char *path, struct arena *arena, struct population *ret_population,
                    struct error_detail *detail);

/* The weight of a type of complaint; 1 when the file does not name it. */
int64_t population_weight_of(const struct population *population, const char *type);

#endif
