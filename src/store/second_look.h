/* Closures that are looked at again by another person: draws, and what they chose. How one chooses
 * is not known here. */
#ifndef BAILIWICK_STORE_SECOND_LOOK_H
#define BAILIWICK_STORE_SECOND_LOOK_H

#include "base/digest.h"
#include "store/store.h"

/* --- draws --- */

struct store_draw {
    int64_t number; /* from 1 */
    struct digest seed;
    int64_t from_at, until_at;  /* of decisions; `until_at` is 0 before it is drawn */
    int64_t population, chosen; /* 0 before */
};

/* One that is not drawn yet. ERR_CONFLICT when the number is taken. */
int store_draw_put(struct store *store, const struct store_draw *draw);
/* It is drawn: `until_at` and what follows. */
int store_draw_end(struct store *store, const struct store_draw *draw);
/* The one with the highest number; ERR_NOT_FOUND before the first. */
int store_draw_last(struct store *store, struct store_draw *ret_draw);
/* Latest first, those before `before` (0: from the last). */
int store_draw_list(struct store *store, int64_t before, size_t limit, struct arena *arena,
                    struct store_draw **ret_list, size_t *ret_count);

/* A closure that stands, of a complaint that was neither erased nor chosen before. */
struct store_closure {
    const char *reference;
    uint32_t seq; /* of the event */
    int64_t at;
    const char *data; /* of the event */
};
/* Those decided before `until_at`, in the order of their moments, from behind `after` on: its data
 * do not count, and its first one is {"", 0, from_at}. */
int store_draw_population(struct store *store, const struct store_closure *after, int64_t until_at,
                          size_t limit, struct arena *arena, struct store_closure **ret_list,
                          size_t *ret_count);

/* --- what was chosen --- */

#define STORE_LOOK_WAITS ""
#define STORE_LOOK_AGREES "agrees"
#define STORE_LOOK_DIFFERS "differs"

struct store_look {
    const char *reference;
    uint32_t decision; /* the number of the event that is looked at */
    int64_t draw;
    const char *verdict; /* one of the three above */
};

/* ERR_CONFLICT for a complaint that was chosen before. */
int store_look_put(struct store *store, const struct store_look *look);
/* The verdict. */
int store_look_settle(struct store *store, const struct store_look *look);
/* ERR_NOT_FOUND for a complaint that was never chosen. */
int store_look_find(struct store *store, const char *reference, struct arena *arena,
                    struct store_look *ret_look);
/* Those that nobody looked at yet, and that were not erased: by draw and reference, from behind
 * `after` on (NULL: from the first). */
int store_look_list_waiting(struct store *store, const struct store_look *after, size_t limit,
                            struct arena *arena, struct store_look **ret_list, size_t *ret_count);
struct store_look_counts {
    int64_t waiting, agrees,
        differs; /* what else a draw chose was erased before it was looked at */
};
int store_look_count(struct store *store, int64_t draw, struct store_look_counts *ret_counts);
/* All, to be written again. */
int store_look_forget_all(struct store *store);

#endif
