/* How long whoever guessed wrong has to wait: by account and by address, slower with each guess,
 * and never for good.
 *
 * G1. An account that there is not is counted as one that there is.
 * G2. Memory is bounded: both tables have fixed places, which names reach by a keyed digest. Two
 *     names in one place wait for each other, and nobody outside can know which.
 * G3. After an hour without a wrong guess a place is as new.
 *
 * Pure: time comes in. A clock that goes back lets nobody wait longer than the longest. */
#ifndef BAILIWICK_APP_PEOPLE_GUESS_H
#define BAILIWICK_APP_PEOPLE_GUESS_H

#include "base/digest.h"

enum {
    GUESS_ACCOUNTS = 1024,
    GUESS_ADDRESSES = 4096,
    /* Wrong guesses that cost no time. Behind one address sits a whole office. */
    GUESS_FREE_ACCOUNT = 5,
    GUESS_FREE_ADDRESS = 20,
    /* The longest wait. What anybody can do to an account must stay short: whoever guesses at it
     * keeps its owner out meanwhile. */
    GUESS_LONGEST_ACCOUNT_S = 60,
    GUESS_LONGEST_ADDRESS_S = 900,
    GUESS_FORGET_S = 3600,
};

struct guess_place {
    uint32_t wrong;
    int64_t last_us;
};

struct guesses {
    uint8_t key[DIGEST_SIZE];
    struct guess_place accounts[GUESS_ACCOUNTS], addresses[GUESS_ADDRESSES];
};

/* Draws the key. */
void guess_init(struct guesses *guesses);

/* Microseconds until the next guess is looked at; 0 for now. `account` may be NULL. An IPv6 address
 * counts by its first 64 bits, which one subscriber has (RFC 6177 2). */
int64_t guess_wait(const struct guesses *guesses, const char *account, const char *address,
                   int64_t now_us);

void guess_was_wrong(struct guesses *guesses, const char *account, const char *address,
                     int64_t now_us);

/* The account's owner came in: its place is as new. The address is not: it may have an account of
 * its own to come in with between guesses. */
void guess_was_right(struct guesses *guesses, const char *account);

#endif
