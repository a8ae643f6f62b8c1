#include "base/password.h"

#include "base/error.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t salt[PASSWORD_SALT_SIZE] = {'0', '1', '2', '3', '4', '5', '6', '7',
                                                 '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
static const char words[] = "correct horse battery staple";

/* What the reference implementation says: `argon2 0123456789abcdef -id -p 1 -l 32 -t 3 -m 13`, and
 * the same with -m 16 (Debian's argon2 0~20171227). */
static void keys_are_those_of_the_reference(void **state)
{
    (void)state;
    static const struct {
        struct password_cost cost;
        const char *key;
    } rows[] = {
        {{3, 8 << 10}, "5e2496dc31a5f58c8739f1373dd238d4a01ef6ba96e9abac5c3117e37531bd46"},
        {{PASSWORD_PASSES, PASSWORD_MEMORY_KIB},
         "94c86f541abdb3d9aabfea59aa03963549483e9c0b1a79336e76b54cee6c917e"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct digest key;
        char hex[DIGEST_HEX];
        assert_int_equal(password_stretch(words, salt, &rows[i].cost, &key), 0);
        assert_string_equal(digest_format(&key, hex), rows[i].key);
    }
}

static void a_cost_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct password_cost costs[] = {
        {0, 8 << 10}, {17, 8 << 10}, {1, (8 << 10) - 1}, {1, (1 << 20) + 1}};
    struct digest key = {.bytes = {7}};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
        assert_int_equal(password_stretch(words, salt, &costs[i], &key), ERR_LIMIT);
    char *longest = calloc(1, PASSWORD_MOST + 2);
    memset(longest, 'x', PASSWORD_MOST + 1);
    assert_int_equal(
        password_stretch(longest, salt, &(const struct password_cost){1, 8 << 10}, &key),
        ERR_LIMIT);
    longest[PASSWORD_MOST] = '\0';
    assert_int_equal(key.bytes[0], 7);
    assert_int_equal(
        password_stretch(longest, salt, &(const struct password_cost){1, 8 << 10}, &key), 0);
    free(longest);
}

static void a_secret_is_overwritten(void **state)
{
    (void)state;
    char secret[] = "secret";
    password_forget(secret, sizeof secret);
    for (size_t i = 0; i < sizeof secret; i++)
        assert_int_equal(secret[i], 0);
}

TEST_MAIN(cmocka_unit_test(keys_are_those_of_the_reference),
          cmocka_unit_test(a_cost_that_is_none_is_refused),
          cmocka_unit_test(a_secret_is_overwritten))
