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

/* As many heaps as entries, but no more than two bytes tell apart. */
enum { HEAPS_MAX = 1 << 16 };

static size_t heap_of(const struct digest *entry, size_t heaps)
{
    return ((size_t)entry->bytes[0] << 8 | entry->bytes[1]) / (HEAPS_MAX / heaps);
}

/* Entries are spread evenly: laid into heaps by their first bits, hardly any two are left to
 * compare, which takes half the time. `size` is a power of two. */
static int sort(const struct digest *entries, size_t size, struct arena *arena,
                struct digest *ret_sorted)
{
    size_t heaps = size < HEAPS_MAX ? size : HEAPS_MAX;
    uint32_t *ends = arena_array(arena, heaps + 1, sizeof *ends); /* of the heap before */
    if (!ends)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < size; i++)
        ends[heap_of(&entries[i], heaps) + 1]++;
    for (size_t i = 1; i <= heaps; i++)
        ends[i] += ends[i - 1];
    for (size_t i = 0; i < size; i++)
        ret_sorted[ends[heap_of(&entries[i], heaps)]++] = entries[i];
    for (size_t i = 0, from = 0; i < heaps; from = ends[i++]) {
        if (ends[i] - from > 1)
            qsort(ret_sorted + from, ends[i] - from, sizeof *ret_sorted, compare_entries);
    }
    return 0;
}

int tlog_sequence(const struct digest *waiting, size_t count, struct arena *arena,
                  struct digest **ret_entries, size_t *ret_count)
{
    if (count > TLOG_BATCH_MAX)
        return ERR_LIMIT;
    size_t size = tlog_batch_size(count);
    struct digest *entries = arena_array(arena, size, sizeof *entries);
    struct digest *sorted = arena_array(arena, size, sizeof *sorted);
    if (!entries || !sorted)
        return ERR_NO_MEMORY;
    if (count)
        memcpy(entries, waiting, count * sizeof *entries);
    random_bytes(entries + count, (size - count) * sizeof *entries);
    int result = sort(entries, size, arena, sorted);
    if (result < 0)
        return result;
    for (size_t i = 1; i < size; i++) {
        if (digest_equal(&sorted[i - 1], &sorted[i]))
            return ERR_CONFLICT;
    }
    *ret_entries = sorted;
    *ret_count = size;
    return 0;
}
