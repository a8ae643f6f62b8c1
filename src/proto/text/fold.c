#include "proto/text/fold.h"

#include "base/error.h"

#include <glib.h>
#include <string.h>

/* The lines that quote nothing. NULL: no room. */
static char *own_lines(const char *text, size_t size, struct arena *arena)
{
    char *own = arena_alloc(arena, size + 1);
    size_t used = 0;
    for (size_t i = 0; own && i < size;) {
        const char *end = memchr(text + i, '\n', size - i);
        size_t length = end ? (size_t)(end - (text + i)) + 1 : size - i;
        if (text[i] != '>') {
            memcpy(own + used, text + i, length);
            used += length;
        }
        i += length;
    }
    return own;
}

int text_fold(const char *text, size_t size, struct arena *arena, const char **ret_text)
{
    const char *end;
    size_t looked_at = strnlen(text, size < FOLD_BYTES_MAX ? size : FOLD_BYTES_MAX);
    g_utf8_validate(text, (gssize)looked_at, &end);
    char *own = own_lines(text, (size_t)(end - text), arena);
    if (!own)
        return ERR_LIMIT;
    char *folded = g_utf8_casefold(own, -1);
    /* Last, since folding may take a letter apart again. */
    char *normal = g_utf8_normalize(folded, -1, G_NORMALIZE_ALL_COMPOSE);
    *ret_text = arena_copy_text(arena, normal);
    g_free(folded);
    g_free(normal);
    return *ret_text ? 0 : ERR_LIMIT;
}
