#include "store/sqlite/slab.h"

#include "base/poison.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

enum { SLAB_SIZE = 2 << 20 };

struct spare {
    struct spare *next; /* in the first bytes of a page that nobody has */
};

/* Stands at the beginning of the memory that it describes, which is aligned to its size. */
struct slab {
    struct slab *next, *previous; /* among those with room */
    struct spare *spares;
    size_t fresh; /* pages never taken, at the end */
    size_t taken;
    alignas(64) unsigned char pages[];
};

enum { PAGES = (SLAB_SIZE - sizeof(struct slab)) / SLAB_PAGE_SIZE };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slab *with_room;
static size_t slabs;

static struct slab *slab_of(void *page)
{
    return (struct slab *)((uintptr_t)page & ~(uintptr_t)(SLAB_SIZE - 1));
}

static bool has_room(const struct slab *slab)
{
    return slab->taken < PAGES;
}

/* --- the list of those with room --- */

static void list(struct slab *slab)
{
    slab->previous = NULL;
    slab->next = with_room;
    if (with_room)
        with_room->previous = slab;
    with_room = slab;
}

static void unlist(struct slab *slab)
{
    if (slab->previous)
        slab->previous->next = slab->next;
    else
        with_room = slab->next;
    if (slab->next)
        slab->next->previous = slab->previous;
}

/* --- slabs --- */

/* Twice the size holds an aligned one; the rest is given back. */
static struct slab *map_aligned(void)
{
    unsigned char *at = mmap(NULL, 2 * (size_t)SLAB_SIZE, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    size_t before = (SLAB_SIZE - (uintptr_t)at % SLAB_SIZE) % SLAB_SIZE;
    if (before)
        munmap(at, before);
    munmap(at + before + SLAB_SIZE, SLAB_SIZE - before);
    return (struct slab *)(at + before);
}

static struct slab *open_slab(void)
{
    struct slab *slab = map_aligned();
    if (!slab)
        return NULL;
    if (slabs > 0)
        madvise(slab, SLAB_SIZE,
                MADV_HUGEPAGE); /* a wish: without it all is as right, and slower */
    *slab = (struct slab){.fresh = PAGES};
    POISON(slab->pages, PAGES * SLAB_PAGE_SIZE);
    list(slab);
    slabs++;
    return slab;
}

static void close_slab(struct slab *slab)
{
    unlist(slab);
    UNPOISON(slab, SLAB_SIZE);
    munmap(slab, SLAB_SIZE);
    slabs--;
}

/* --- pages --- */

static void *take_from(struct slab *slab)
{
    void *page = slab->spares;
    if (page)
        slab->spares = slab->spares->next;
    else
        page = slab->pages + (PAGES - slab->fresh--) * SLAB_PAGE_SIZE;
    UNPOISON(page, SLAB_PAGE_SIZE);
    slab->taken++;
    if (!has_room(slab))
        unlist(slab);
    return page;
}

void *slab_take(void)
{
    pthread_mutex_lock(&lock);
    struct slab *slab = with_room ? with_room : open_slab();
    void *page = slab ? take_from(slab) : NULL;
    pthread_mutex_unlock(&lock);
    return page;
}

void slab_give_back(void *page)
{
    pthread_mutex_lock(&lock);
    struct slab *slab = slab_of(page);
    if (!has_room(slab))
        list(slab);
    struct spare *spare = page;
    spare->next = slab->spares;
    slab->spares = spare;
    slab->taken--;
    POISON(spare + 1, SLAB_PAGE_SIZE - sizeof *spare);
    if (slab->taken == 0 && (slab->next || slab->previous))
        close_slab(slab);
    pthread_mutex_unlock(&lock);
}

size_t slab_count(void)
{
    pthread_mutex_lock(&lock);
    size_t count = slabs;
    pthread_mutex_unlock(&lock);
    return count;
}
