#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16384 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

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
        free(arena->blocks);
        arena->blocks = next;
    }
    arena->used = 0;
}

void arena_clear(struct arena *arena)
{
    arena_done(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        return NULL;
    size_t need = (size + align - 1) / align * align;
    if (need > arena->limit - arena->used)
        return NULL;
    struct arena_block *block = arena->blocks;
    if (!block || need > block->size - block->used) {
        size_t capacity = need > BLOCK_SIZE ? need : BLOCK_SIZE;
        block = malloc(sizeof *block + capacity);
        if (!block)
            return NULL;
        block->next = arena->blocks;
        block->used = 0;
        block->size = capacity;
        arena->blocks = block;
    }
    void *at = block->data + block->used;
    block->used += need;
    arena->used += need;
    return memset(at, 0, need);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(arena, count * size);
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *at = arena_alloc(arena, size ? size : 1);
    if (at && size)
        memcpy(at, data, size);
    return at;
}

char *arena_copy_slice(struct arena *arena, const char *text, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *at = arena_alloc(arena, size + 1);
    if (at && size)
        memcpy(at, text, size);
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
