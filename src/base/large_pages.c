#include "base/large_pages.h"

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LARGE = 2 << 20, USUAL_PAD = 128 * 1024 };

void large_pages_for_heap(size_t size)
{
    if (size > INT_MAX)
        return;
    uintptr_t begin = (uintptr_t)sbrk(0);
    mallopt(M_MMAP_THRESHOLD, 2 * LARGE); /* smaller ones lie in the heap */
    mallopt(M_TRIM_THRESHOLD, -1);        /* never */
    mallopt(M_TOP_PAD, (int)size);
    /* More than is free at the heap's end, which therefore grows. A compiler that sees through it
     * leaves it out. */
    void *volatile more = malloc(LARGE);
    free(more);
    mallopt(M_TOP_PAD, USUAL_PAD);
    uintptr_t end = (uintptr_t)sbrk(0);
    begin = (begin + LARGE - 1) / LARGE * LARGE;
    if (end > begin && end - begin <= 2 * size)
        madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}
