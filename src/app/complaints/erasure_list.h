/* DATA/erasures: which complaints were erased, told to no one who does not know the complaint.
 *
 * The store alone cannot know it: put back to a backup of before, it holds the words again. So each
 * erasure leaves a line here, outside of the store, synced before the erasure is committed: a mark,
 * which is HMAC-SHA-256 under the digest of the complaint's secret link. That is 256 random bits,
 * which stay in the store, in each backup and after the erasure; so whoever has a store finds the
 * complaint by its mark, and who has the list alone learns how many were erased and nothing else.
 *
 *   bailiwick erasures 1
 *   <64 hexadecimal digits>
 *   ...
 *
 * A line that is not whole is of a moment in which the power failed, and of an erasure that never
 * was: it does not count, and the next line takes its place. Lists may be copied at any time. Only
 * who holds the store's lock writes. */
#ifndef BAILIWICK_APP_COMPLAINTS_ERASURE_LIST_H
#define BAILIWICK_APP_COMPLAINTS_ERASURE_LIST_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"

#include <stdint.h>

enum { ERASURE_LIST_MAX = 1000000 /* lines: 65 MB */ };

/* The mark of a complaint, by the SHA-256 of the token of its secret link. */
struct digest erasure_mark(const struct digest *link);

/* How many whole lines a list has, and the last of them (all zero without one). None without a
 * file. -errno. */
struct erasure_list_end {
    int64_t count;
    struct digest last;
};
int erasure_list_end(const char *path, struct erasure_list_end *ret_end,
                     struct error_detail *detail);

/* All marks in the order of their bytes. -errno; ERR_DAMAGED names the line. */
int erasure_list_read(const char *path, struct arena *arena, struct digest **ret_marks,
                      size_t *ret_count, struct error_detail *detail);

/* Writes them behind the last whole line and syncs; makes the file. All or none. */
int erasure_list_append(const char *path, const struct digest *marks, size_t count,
                        struct error_detail *detail);

/* Takes the last `count` lines off again: what they told of did not come about. Nothing is synced,
 * so that a sync that fails is tried again without taking more. */
int erasure_list_take_back(const char *path, int64_t count, struct error_detail *detail);
int erasure_list_sync(const char *path, struct error_detail *detail);

#endif
