#include "tlog/sequence.h"

#include <stdlib.h>
#include <string.h>

size_t tlog_batch_size(size_t waiting)
{
    size_t size = TLOG_BATCH_MIN;
    while (size < waiting)
        size *= 2;
    return size;
}

static int compare_entries(const void *a, const void *b)
{
    return digest_compare(a, b);
}

int tlog_sequence(const struct digest *waiting, size_t count, struct arena *arena,
                  struct digest **ret_entries, size_t *ret_count)
{
    if (count > TLOG_BATCH_MAX)
        return ERR_LIMIT;
    size_t size = tlog_batch_size(count);
    struct digest *entries = arena_array(arena, size, sizeof *entries);
    if (!entries)
        return ERR_NO_MEMORY;
    if (count)
        memcpy(entries, waiting, count * sizeof *entries);
    random_bytes(entries + count, (size - count) * sizeof *entries);
    qsort(entries, size, sizeof *entries, compare_entries);
    for (size_t i = 1; i < size; i++) {
        if (digest_equal(&entries[i - 1], &entries[i]))
            return ERR_CONFLICT;
    }
    *ret_entries = entries;
    *ret_count = size;
    return 0;
}
