#include "memory/sweep.h"

#include "base/arena.h"
#include "base/error.h"
#include "testing.h"

#include <stdbool.h>
#include <stdlib.h>

enum { SWEEP_MAX = 20000 };

static long left = -1; /* allocations that succeed before one fails; negative: none does */
static bool alone;     /* only that one */
static bool refused;   /* one has failed */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
    if (left < 0 || left-- > 0)
        return false;
    left = alone ? -1 : 0;
    refused = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

static int run_with(sweep_run *run, const void *from, long count, bool only_one)
{
    refused = false;
    alone = only_one;
    left = count;
    int result = run(from);
    left = -1;
    return result;
}

static bool is_good(int result, long n, bool loosely)
{
    if (refused)
        return loosely || result == ERR_NO_MEMORY;
    return result >= 0 && n > 0;
}

static void sweep_all(const char *name, sweep_run *run, const void *from, bool loosely)
{
    bool lacked = true;
    arena_keep_no_blocks(); /* a block that was kept is no allocation */
    for (long n = 0; lacked; n++) {
        lacked = false;
        for (int only_one = 1; only_one >= 0; only_one--) {
            int result = run_with(run, from, n, only_one);
            if (!is_good(result, n, loosely))
                fail_msg("%s: %d, allocation %ld %s", name, result, n,
                         !refused   ? "is not made"
                         : only_one ? "fails alone"
                                    : "and all later ones fail");
            lacked |= refused;
        }
        if (n == SWEEP_MAX)
            fail_msg("%s: the sweep does not end", name);
    }
}

void sweep(const char *name, sweep_run *run, const void *from)
{
    sweep_all(name, run, from, /* loosely= */ false);
}

void sweep_loosely(const char *name, sweep_run *run, const void *from)
{
    sweep_all(name, run, from, /* loosely= */ true);
}
