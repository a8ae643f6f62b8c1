#include "store/sqlite/pieces.h"

#include "base/poison.h"
#include "store/sqlite/slab.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 32, SMALL_MAX = 1024, KINDS = SMALL_MAX / STEP + 1, PAGE = 4096 };

/* Stands before each piece; SQLite wants multiples of eight. */
struct head {
    uint64_t size; /* without the head, a multiple of STEP */
};

struct spare {
    struct spare *next; /* where the content was */
};

static _Thread_local struct spare *spares[KINDS];
static _Thread_local bool settled; /* what is kept goes with the thread */
static pthread_key_t key;

static struct head *head_of(void *piece)
{
    return (struct head *)piece - 1;
}

static void forget_all(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < KINDS; i++) {
        while (spares[i]) {
            struct spare *next = spares[i]->next;
            free(head_of(spares[i]));
            spares[i] = next;
        }
    }
    settled = false;
}

/* A page of the cache and what SQLite keeps with it, which are taken in one. */
static bool is_page(size_t size)
{
    return size >= PAGE && size <= SLAB_PAGE_SIZE - sizeof(struct head);
}

static int round_up(int size)
{
    return (size + STEP - 1) / STEP * STEP;
}

static void *take(int wanted)
{
    /* SQLite asks for at least one byte. */
    size_t size = (size_t)round_up(wanted), kind = size / STEP;
    if (size <= SMALL_MAX && spares[kind]) {
        struct spare *spare = spares[kind];
        spares[kind] = spare->next;
        UNPOISON(spare, size);
        return spare;
    }
    struct head *head = is_page(size) ? slab_take() : malloc(sizeof *head + size);
    if (!head)
        return NULL;
    head->size = size;
    return head + 1;
}

static void give_back(void *piece)
{
    size_t size = head_of(piece)->size;
    if (is_page(size)) {
        slab_give_back(head_of(piece));
        return;
    }
    if (size > SMALL_MAX) {
        free(head_of(piece));
        return;
    }
    if (!settled)
        settled = pthread_setspecific(key, &key) == 0;
    struct spare *spare = piece;
    spare->next = spares[size / STEP];
    spares[size / STEP] = spare;
    POISON(spare + 1, size - sizeof *spare);
}

static int size_of(void *piece)
{
    return piece ? (int)head_of(piece)->size : 0;
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
    return pthread_key_create(&key, forget_all) == 0 ? SQLITE_OK : SQLITE_NOMEM;
}

static void end(void *unused)
{
    forget_all(unused);
    pthread_key_delete(key);
}

const sqlite3_mem_methods pieces_methods = {.xMalloc = take,
                                            .xFree = give_back,
                                            .xRealloc = resize,
                                            .xSize = size_of,
                                            .xRoundup = round_up,
                                            .xInit = begin,
                                            .xShutdown = end};
