#include "base/arena.h"

#include "base/poison.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16384, SPARES_MAX = 32 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

/* --- blocks of the usual size, which a thread keeps for its next arena --- */

static _Thread_local struct arena_block *spares;
static _Thread_local unsigned spare_count;
static _Thread_local bool settled; /* what is kept goes with the thread */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;
/* AddressSanitizer is to see each block come and go. */
static bool keeps_blocks = !ADDRESSES_SANITIZED;

static void forget_spares(void *unused)
{
    (void)unused;
    while (spares) {
        struct arena_block *next = spares->next;
        free(spares);
        spares = next;
    }
    spare_count = 0;
    settled = false;
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, forget_spares) == 0;
}

static bool keep(struct arena_block *block)
{
    if (!keeps_blocks || block->size != BLOCK_SIZE || spare_count == SPARES_MAX)
        return false;
    if (!settled && pthread_once(&once, make_key) == 0 && has_key)
        settled = pthread_setspecific(key, &key) == 0;
    if (!settled)
        return false;
    block->next = spares;
    spares = block;
    spare_count++;
    return true;
}

void arena_keep_no_blocks(void)
{
    keeps_blocks = false;
    forget_spares(NULL);
}

static struct arena_block *take_block(size_t capacity)
{
    struct arena_block *block = spares;
    if (capacity == BLOCK_SIZE && block) {
        spares = block->next;
        spare_count--;
        return block;
    }
    block = malloc(sizeof *block + capacity);
    if (block)
        block->size = capacity;
    return block;
}

/* --- arenas --- */

void arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){.limit = limit};
}

void arena_done(struct arena *arena)
{
    if (!arena)
        return;
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        if (!keep(arena->blocks))
            free(arena->blocks);
        arena->blocks = next;
    }
    arena->used = 0;
}

void arena_clear(struct arena *arena)
{
    arena_done(arena);
}

/* Aligned for any type, with what stood there before. */
static void *take(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        return NULL;
    size_t need = (size + align - 1) / align * align;
    if (need > arena->limit - arena->used)
        return NULL;
    struct arena_block *block = arena->blocks;
    if (!block || need > block->size - block->used) {
        size_t usual = arena->block ? arena->block : BLOCK_SIZE;
        size_t capacity = need > usual ? need : usual;
        block = take_block(capacity);
        if (!block)
            return NULL;
        block->next = arena->blocks;
        block->used = 0;
        arena->blocks = block;
    }
    void *at = block->data + block->used;
    block->used += need;
    arena->used += need;
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *at = take(arena, size);
    return at ? memset(at, 0, size) : NULL;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(arena, count * size);
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *at = take(arena, size ? size : 1);
    if (at && size)
        memcpy(at, data, size);
    return at;
}

char *arena_copy_slice(struct arena *arena, const char *text, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *at = take(arena, size + 1);
    if (!at)
        return NULL;
    if (size)
        memcpy(at, text, size);
    at[size] = '\0';
    return at;
}

char *arena_copy_text(struct arena *arena, const char *text)
{
    return arena_copy_slice(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *at = size >= 0 ? arena_alloc(arena, (size_t)size + 1) : NULL;
    if (at)
        vsnprintf(at, (size_t)size + 1, format, again);
    va_end(again);
    return at;
}

void *arena_push(struct arena *arena, void *items, size_t *count, size_t size)
{
    void **array = items;
    size_t have = *count;
    /* Full exactly when the count is zero or a power of two. */
    if ((have & (have - 1)) == 0) {
        void *grown = arena_array(arena, have ? have * 2 : 1, size);
        if (!grown)
            return NULL;
        if (have)
            memcpy(grown, *array, have * size);
        *array = grown;
    }
    void *at = (unsigned char *)*array + have * size;
    memset(at, 0, size);
    *count = have + 1;
    return at;
}
