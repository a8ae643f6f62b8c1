#include "store/sqlite/pieces.h"

#include "base/pieces.h"
#include "store/sqlite/slab.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { PAGE = 4096 };

/* A page of the cache and what SQLite keeps with it, which are taken in one. */
static bool is_page(size_t size)
{
    return size >= PAGE && size <= SLAB_PAGE_SIZE - sizeof(struct piece_head);
}

static int round_up(int size)
{
    return (int)pieces_round_up((size_t)size);
}

static void *take(int wanted)
{
    size_t size = pieces_round_up((size_t)wanted);
    if (!is_page(size))
        return pieces_take(size);
    struct piece_head *head = slab_take();
    if (!head)
        return NULL;
    head->size = size;
    return head + 1;
}

static void give_back(void *piece)
{
    if (is_page(pieces_size(piece)))
        slab_give_back((struct piece_head *)piece - 1);
    else
        pieces_give_back(piece);
}

static int size_of(void *piece)
{
    return (int)pieces_size(piece);
}

static void *resize(void *piece, int wanted)
{
    void *other = take(wanted);
    if (!other)
        return NULL;
    int have = size_of(piece);
    memcpy(other, piece, (size_t)(have < wanted ? have : wanted));
    give_back(piece);
    return other;
}

static int begin(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void end(void *unused)
{
    (void)unused; /* what a thread keeps goes with it */
}

const sqlite3_mem_methods pieces_methods = {.xMalloc = take,
                                            .xFree = give_back,
                                            .xRealloc = resize,
                                            .xSize = size_of,
                                            .xRoundup = round_up,
                                            .xInit = begin,
                                            .xShutdown = end};
