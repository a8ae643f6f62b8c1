/* Pages of SQLite's cache, taken from slabs of 2 MiB that the kernel is asked to back with one page
 * of that size each. A cache of 256 MiB else costs 65,536 page faults while it fills, and the
 * processor's table of addresses holds too few of its pages afterwards.
 *
 * The first slab stays in pages of the usual size: most commands need no more than a part of it.
 * Safe to be called from any thread; a page may be given back by another thread than took it. */
#ifndef BAILIWICK_STORE_SQLITE_SLAB_H
#define BAILIWICK_STORE_SQLITE_SLAB_H

#include <stddef.h>

/* What one page takes at most: 4096 bytes, and what SQLite keeps beside them. */
enum { SLAB_PAGE_SIZE = 4480 };

/* SLAB_PAGE_SIZE bytes, in no defined state, aligned for any type. NULL when memory is out. */
void *slab_take(void);

/* A slab of which nothing is taken goes back to the kernel, unless it is the only one with room. */
void slab_give_back(void *page);

/* Slabs held. For tests. */
size_t slab_count(void);

#endif
