#include "app/people/guess.h"

#include <arpa/inet.h>
#include <string.h>

enum { SECOND_US = 1000000, NETWORK_BYTES = 8 };

struct limits {
    uint32_t free;
    int64_t longest_s;
};

static const struct limits of_account = {GUESS_FREE_ACCOUNT, GUESS_LONGEST_ACCOUNT_S};
static const struct limits of_address = {GUESS_FREE_ADDRESS, GUESS_LONGEST_ADDRESS_S};

void guess_init(struct guesses *guesses)
{
    memset(guesses, 0, sizeof *guesses);
    random_bytes(guesses->key, sizeof guesses->key);
}

static size_t place_of(const struct guesses *guesses, const void *name, size_t size, size_t places)
{
    const struct digest digest = digest_hmac(guesses->key, name, size);
    uint32_t number;
    memcpy(&number, digest.bytes, sizeof number);
    return number % places;
}

static size_t account_place(const struct guesses *guesses, const char *account)
{
    return place_of(guesses, account, strlen(account), GUESS_ACCOUNTS);
}

static size_t address_place(const struct guesses *guesses, const char *address)
{
    struct in6_addr six;
    return inet_pton(AF_INET6, address, &six) == 1
               ? place_of(guesses, &six, NETWORK_BYTES, GUESS_ADDRESSES)
               : place_of(guesses, address, strlen(address), GUESS_ADDRESSES);
}

static bool is_forgotten(const struct guess_place *place, int64_t now_us)
{
    return now_us - place->last_us >= (int64_t)GUESS_FORGET_S * SECOND_US;
}

/* One second after the free ones, then twice as long each time. */
static int64_t wait_at(const struct guess_place *place, const struct limits *limits, int64_t now_us)
{
    if (place->wrong < limits->free || is_forgotten(place, now_us))
        return 0;
    uint32_t over = place->wrong - limits->free;
    int64_t wait_s = over < 20 ? INT64_C(1) << over : limits->longest_s;
    if (wait_s > limits->longest_s)
        wait_s = limits->longest_s;
    int64_t since = now_us > place->last_us ? now_us - place->last_us : 0;
    int64_t left = wait_s * SECOND_US - since;
    return left > 0 ? left : 0;
}

int64_t guess_wait(const struct guesses *guesses, const char *account, const char *address,
                   int64_t now_us)
{
    int64_t longest =
        wait_at(&guesses->addresses[address_place(guesses, address)], &of_address, now_us);
    int64_t other =
        account ? wait_at(&guesses->accounts[account_place(guesses, account)], &of_account, now_us)
                : 0;
    return other > longest ? other : longest;
}

static void count(struct guess_place *place, int64_t now_us)
{
    if (is_forgotten(place, now_us))
        place->wrong = 0;
    if (place->wrong < UINT32_MAX)
        place->wrong++;
    place->last_us = now_us;
}

void guess_was_wrong(struct guesses *guesses, const char *account, const char *address,
                     int64_t now_us)
{
    count(&guesses->addresses[address_place(guesses, address)], now_us);
    if (account)
        count(&guesses->accounts[account_place(guesses, account)], now_us);
}

void guess_was_right(struct guesses *guesses, const char *account)
{
    guesses->accounts[account_place(guesses, account)] = (struct guess_place){.wrong = 0};
}
