/* Memory of one survey, request or run: allocated piece by piece, freed at once.
 *
 * An arena has a ceiling like a buffer. Pointers stay valid until arena_done() or arena_clear().
 * Nothing allocated here is freed alone. */
#ifndef BAILIWICK_BASE_ARENA_H
#define BAILIWICK_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks;
    size_t used;  /* bytes handed out */
    size_t limit; /* most bytes to hand out */
    size_t block; /* bytes taken at once; 0 for the usual, which suits what lives shortly */
};

void arena_init(struct arena *arena, size_t limit);
void arena_done(struct arena *arena);
void arena_clear(struct arena *arena);
/* From now on every block is allocated: for tests that make each allocation fail. */
void arena_keep_no_blocks(void);

/* Zeroed memory aligned for any type, NULL when the ceiling or memory is reached. */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` elements of `size`, with the product checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);

char *arena_copy_text(struct arena *arena, const char *text);
void *arena_copy(struct arena *arena, const void *data, size_t size);
char *arena_copy_slice(struct arena *arena, const char *text, size_t size); /* adds the NUL */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Growing array in an arena: makes room for one more element and returns it zeroed, or NULL.
 * `items` is the address of the array pointer; it and `*count` describe the array; the capacity is
 * the next power of two of the count, so nothing else is stored. Old copies stay in the arena until
 * it ends. */
void *arena_push(struct arena *arena, void *items, size_t *count, size_t size);

#define ARENA_CLEANUP __attribute__((cleanup(arena_done)))

#endif
