/* Random bytes. Keys and names are small and many, and a call of the kernel for each costs more
 * than its bytes: each thread has a stock of them. What is handed out is wiped from the stock, and
 * a process that was forked throws its copy away. */
#include "base/digest.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

enum { STOCK_SIZE = 1024, SMALL_MAX = 64 };

struct stock {
    uint8_t bytes[STOCK_SIZE];
    size_t left;       /* at the end */
    unsigned of_forks; /* before it was filled */
};

static _Thread_local struct stock stock;
static atomic_uint forks;
static pthread_once_t watched = PTHREAD_ONCE_INIT;

static void count_fork(void)
{
    atomic_fetch_add(&forks, 1);
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}

void random_bytes(void *data, size_t size)
{
    if (size > SMALL_MAX) {
        randombytes_buf(data, size);
        return;
    }
    pthread_once(&watched, watch_forks);
    unsigned now = atomic_load(&forks);
    if (stock.left < size || stock.of_forks != now) {
        randombytes_buf(stock.bytes, sizeof stock.bytes);
        stock.left = sizeof stock.bytes;
        stock.of_forks = now;
    }
    uint8_t *from = stock.bytes + sizeof stock.bytes - stock.left;
    memcpy(data, from, size);
    sodium_memzero(from, size);
    stock.left -= size;
}
