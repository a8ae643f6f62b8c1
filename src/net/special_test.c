/* Addresses that a foreign zone must not make us ask (IANA special-purpose registries). */
#include "net/endpoint.h"

#include "testing.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_special(const char *text)
{
    uint8_t bytes[16];
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    assert_int_equal(inet_pton(family, text, bytes), 1);
    struct endpoint endpoint = endpoint_make(family, bytes, 53);
    return endpoint_is_special(&endpoint);
}

static void edges_of_special_blocks_are_known(void **state)
{
    (void)state;
    static const char *const special[] = {
        "0.0.0.0",     "10.255.255.255",   "100.64.0.0",      "100.127.255.255",
        "127.0.0.1",   "169.254.169.254",  "172.16.0.0",      "172.31.255.255",
        "192.0.2.1",   "192.168.0.1",      "198.18.0.0",      "198.19.255.255",
        "203.0.113.7", "224.0.0.1",        "255.255.255.255", "::",
        "::1",         "::ffff:127.0.0.1", "fe80::1",         "fc00::1",
        "ff02::1",     "2001:db8::1",      "2001::1",         "2002:7f00:1::1",
        "3fff:fff::1", "64:ff9b::7f00:1"};
    static const char *const global[] = {
        "1.0.0.0",        "9.255.255.255", "11.0.0.0",       "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0",    "198.17.255.255", "198.20.0.0",     "223.255.255.255",
        "198.41.0.4",     "2001:500:2::c", "2001:7fd::1",    "2a00::1",        "3ffe::1"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        assert_true(is_special(special[i]));
    for (size_t i = 0; i < sizeof global / sizeof *global; i++)
        assert_false(is_special(global[i]));
}

TEST_MAIN(cmocka_unit_test(edges_of_special_blocks_are_known))
