/* Small pieces of memory, for libraries that build what they work with out of many and take the
 * same sizes again and again: SQLite's statements, values of JSON. A thread keeps what it was given
 * back, by size, until it ends. A piece may be given back by another thread than took it. */
#ifndef BAILIWICK_BASE_PIECES_H
#define BAILIWICK_BASE_PIECES_H

#include <stddef.h>
#include <stdint.h>

enum {
    PIECES_STEP = 32,           /* sizes are multiples of it */
    PIECES_SMALL_MAX = 1024,    /* larger ones are not kept */
    PIECES_KEPT_MAX = 16 << 20, /* bytes, of one thread; more is given back to malloc() */
};

/* Stands before each piece. Who takes memory for one elsewhere writes it himself, and must not let
 * that piece be given back here. */
struct piece_head {
    uint64_t size; /* without the head */
};

/* At least `size` bytes, aligned to eight. NULL when memory is out. */
void *pieces_take(size_t size);

/* NULL is nothing. */
void pieces_give_back(void *piece);

/* The bytes that it has room for; 0 of NULL. */
size_t pieces_size(const void *piece);

/* What a piece of so many bytes has room for. */
size_t pieces_round_up(size_t size);

#endif
