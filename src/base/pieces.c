#include "base/pieces.h"

#include "base/poison.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

enum { KINDS = PIECES_SMALL_MAX / PIECES_STEP + 1 };

struct spare {
    struct spare *next; /* where the content was */
};

static _Thread_local struct spare *spares[KINDS];
static _Thread_local size_t kept;  /* bytes of them */
static _Thread_local bool settled; /* what is kept goes with the thread */
static pthread_key_t key;
static bool have_key;

static struct piece_head *head_of(const void *piece)
{
    return (struct piece_head *)piece - 1;
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
    kept = 0;
    settled = false;
}

static void make_key(void)
{
    have_key = pthread_key_create(&key, forget_all) == 0;
}

/* A thread whose end would not be told keeps nothing. */
static bool settle(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    return have_key && pthread_setspecific(key, &key) == 0;
}

size_t pieces_round_up(size_t size)
{
    return size == 0 ? PIECES_STEP : (size + PIECES_STEP - 1) / PIECES_STEP * PIECES_STEP;
}

void *pieces_take(size_t wanted)
{
    if (wanted > SIZE_MAX / 2)
        return NULL;
    size_t size = pieces_round_up(wanted), kind = size / PIECES_STEP;
    if (size <= PIECES_SMALL_MAX && spares[kind]) {
        struct spare *spare = spares[kind];
        spares[kind] = spare->next;
        kept -= size;
        UNPOISON(spare, size);
        return spare;
    }
    struct piece_head *head = malloc(sizeof *head + size);
    if (!head)
        return NULL;
    head->size = size;
    return head + 1;
}

void pieces_give_back(void *piece)
{
    if (!piece)
        return;
    size_t size = head_of(piece)->size;
    bool keep = size <= PIECES_SMALL_MAX && kept + size <= PIECES_KEPT_MAX;
    if (keep && !settled)
        settled = settle();
    if (!keep || !settled) {
        free(head_of(piece));
        return;
    }
    struct spare *spare = piece;
    spare->next = spares[size / PIECES_STEP];
    spares[size / PIECES_STEP] = spare;
    kept += size;
    POISON(spare + 1, size - sizeof *spare);
}

size_t pieces_size(const void *piece)
{
    return piece ? head_of(piece)->size : 0;
}
