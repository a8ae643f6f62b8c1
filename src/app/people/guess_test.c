#include "app/people/guess.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S(seconds) (INT64_C(1000000) * (seconds))

enum { NOW_S = 1790000000 };

static int make(void **state)
{
    struct guesses *guesses = malloc(sizeof *guesses);
    assert_non_null(guesses);
    guess_init(guesses);
    memset(guesses->key, 7, sizeof guesses->key); /* so that places are the same in every run */
    *state = guesses;
    return 0;
}

static int end(void **state)
{
    free(*state);
    return 0;
}

/* Each wrong guess comes as soon as it is let; the seconds that all of them took. */
static int64_t guess_on(struct guesses *guesses, const char *account, const char *address,
                        int times)
{
    int64_t now = S(NOW_S);
    for (int i = 0; i < times; i++) {
        now += guess_wait(guesses, account, address, now);
        assert_int_equal(guess_wait(guesses, account, address, now), 0);
        guess_was_wrong(guesses, account, address, now);
    }
    return (now - S(NOW_S)) / S(1);
}

static void guessing_at_an_account_becomes_slow_and_stays_possible(void **state)
{
    struct guesses *guesses = *state;
    assert_int_equal(guess_on(guesses, "anna", "192.0.2.1", GUESS_FREE_ACCOUNT), 0);
    assert_int_equal(guess_wait(guesses, "anna", "198.51.100.1", S(NOW_S)), S(1));
    assert_int_equal(guess_wait(guesses, "anna", "198.51.100.1", S(NOW_S) + 1), S(1) - 1);
    guess_was_right(guesses, "anna");
    assert_int_equal(guess_wait(guesses, "anna", "198.51.100.1", S(NOW_S)), 0);
}

/* From as many addresses as somebody likes: a thousand guesses take 16 hours, and none waits more
 * than a minute. */
static void many_addresses_are_no_faster_at_one_account(void **state)
{
    struct guesses *guesses = *state;
    int64_t now = S(NOW_S), longest = 0;
    for (int i = 0; i < 1000; i++) {
        char address[32];
        snprintf(address, sizeof address, "10.0.%d.%d", i / 250, i % 250);
        int64_t wait = guess_wait(guesses, "anna", address, now);
        longest = wait > longest ? wait : longest;
        now += wait;
        guess_was_wrong(guesses, "anna", address, now);
    }
    assert_int_equal(longest, S(GUESS_LONGEST_ACCOUNT_S));
    assert_true(now - S(NOW_S) > S(16 * 3600));
}

/* One guess at each of many accounts is slowed by the address. */
static void many_accounts_are_no_faster_from_one_address(void **state)
{
    struct guesses *guesses = *state;
    int64_t now = S(NOW_S);
    for (int i = 0; i < 100; i++) {
        char account[32];
        snprintf(account, sizeof account, "user-%d", i);
        now += guess_wait(guesses, account, "192.0.2.1", now);
        guess_was_wrong(guesses, account, "192.0.2.1", now);
    }
    assert_true(now - S(NOW_S) > S(17 * 3600));
    /* Coming in with an account of one's own in between does not help. */
    guess_was_right(guesses, "mallory");
    assert_int_equal(guess_wait(guesses, NULL, "192.0.2.1", now), S(GUESS_LONGEST_ADDRESS_S));
    /* Others are let. */
    assert_int_equal(guess_wait(guesses, "anna", "192.0.2.77", now), 0);
}

static void a_subscriber_of_ipv6_is_one_address(void **state)
{
    struct guesses *guesses = *state;
    for (int i = 0; i < GUESS_FREE_ADDRESS; i++) {
        char address[64];
        snprintf(address, sizeof address, "2001:db8:1:2::%x", i);
        guess_was_wrong(guesses, NULL, address, S(NOW_S));
    }
    assert_int_equal(guess_wait(guesses, NULL, "2001:db8:1:2:ffff::1", S(NOW_S)), S(1));
    assert_int_equal(guess_wait(guesses, NULL, "2001:db8:1:3::1", S(NOW_S)), 0);
}

static void an_hour_without_a_guess_forgets(void **state)
{
    struct guesses *guesses = *state;
    guess_on(guesses, "anna", "192.0.2.1", 12);
    int64_t later = S(NOW_S) + S(200) + S(GUESS_FORGET_S);
    assert_int_equal(guess_wait(guesses, "anna", "192.0.2.1", later), 0);
    guess_was_wrong(guesses, "anna", "192.0.2.1", later);
    assert_int_equal(guess_wait(guesses, "anna", "192.0.2.1", later), 0);
}

static void a_clock_that_goes_back_locks_nobody_out(void **state)
{
    struct guesses *guesses = *state;
    for (int i = 0; i < 40; i++)
        guess_was_wrong(guesses, "anna", "192.0.2.1", S(NOW_S));
    assert_int_equal(guess_wait(guesses, "anna", "198.51.100.1", S(NOW_S - 100000)),
                     S(GUESS_LONGEST_ACCOUNT_S));
}

/* G1: nothing is looked up, so there is nothing to tell them apart by. */
static void an_account_that_there_is_not_waits_too(void **state)
{
    struct guesses *guesses = *state;
    assert_int_equal(guess_on(guesses, "anna", "192.0.2.1", 10),
                     guess_on(guesses, "nobody-at-all", "192.0.2.2", 10));
}

#define MADE(test) cmocka_unit_test_setup_teardown(test, make, end)

TEST_MAIN(MADE(guessing_at_an_account_becomes_slow_and_stays_possible),
          MADE(many_addresses_are_no_faster_at_one_account),
          MADE(many_accounts_are_no_faster_from_one_address),
          MADE(a_subscriber_of_ipv6_is_one_address), MADE(an_hour_without_a_guess_forgets),
          MADE(a_clock_that_goes_back_locks_nobody_out),
          MADE(an_account_that_there_is_not_waits_too))
