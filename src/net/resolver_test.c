/* The addresses of a host, asked of a name server on loopback that runs in a thread. */
#include "net/resolver.h"

#include "base/error.h"
#include "testing.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD = 12, TYPE_A = 1, TYPE_AAAA = 28, RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3 };

struct server {
    struct endpoint endpoint;
    int fd;
    int rcode;              /* of each answer */
    bool torn;              /* says that more records follow than do */
    const char *v4[2], *v6; /* what a name has */
    atomic_int asked;
    pthread_t thread;
};

static size_t put_address(uint8_t *out, int type, const char *text)
{
    const uint8_t head[] = {0xc0, HEAD, 0, (uint8_t)type,          0, 1, 0, 0,
                            0,    9,    0, type == TYPE_A ? 4 : 16};
    memcpy(out, head, sizeof head);
    assert_int_equal(inet_pton(type == TYPE_A ? AF_INET : AF_INET6, text, out + sizeof head), 1);
    return sizeof head + head[sizeof head - 1];
}

static size_t answer(const struct server *server, uint8_t *message, size_t size)
{
    int type = message[size - 3], count = 0;
    message[2] = 0x81;
    message[3] = (uint8_t)(0x80 | server->rcode);
    for (int i = 0; type == TYPE_A && i < 2 && server->v4[i]; i++, count++)
        size += put_address(message + size, type, server->v4[i]);
    if (type == TYPE_AAAA && server->v6) {
        size += put_address(message + size, type, server->v6);
        count++;
    }
    message[7] = (uint8_t)(server->torn ? count + 1 : count);
    message[11] = 0;
    return size;
}

/* Until an empty packet comes. */
static void *serve(void *user)
{
    struct server *server = user;
    uint8_t message[512];
    struct sockaddr_in from;
    for (;;) {
        socklen_t room = sizeof from;
        ssize_t size = recvfrom(server->fd, message, 256, 0, (struct sockaddr *)&from, &room);
        if (size <= HEAD)
            return NULL;
        atomic_fetch_add(&server->asked, 1);
        size_t full = answer(server, message, (size_t)size);
        sendto(server->fd, message, full, 0, (struct sockaddr *)&from, room);
    }
}

static void start(struct server *server)
{
    socklen_t size = sizeof server->endpoint.v4;
    server->endpoint = endpoint_make(AF_INET, (uint8_t[]){127, 0, 0, 1}, 0);
    server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->fd, &server->endpoint.any, size), 0);
    assert_int_equal(getsockname(server->fd, &server->endpoint.any, &size), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
    sendto(server->fd, "", 0, 0, &server->endpoint.any, sizeof server->endpoint.v4);
    pthread_join(server->thread, NULL);
    close(server->fd);
}

/* What the host has, as text; or the failure. */
static int find(struct server *server, const char *host, char text[200])
{
    struct endpoint list[RESOLVER_ADDRESSES_MAX];
    struct resolver *resolver = NULL;
    char one[ENDPOINT_HOST_TEXT];
    size_t count = 0, size = 0;
    start(server);
    assert_int_equal(resolver_new(&server->endpoint, &resolver), 0);
    int result = resolver_find(resolver, host, 8443, list, &count);
    resolver_free(resolver);
    stop(server);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(endpoint_port(&list[i]), 8443);
        size += (size_t)snprintf(text + size, 200 - size, "%s%s", i ? " " : "",
                                 endpoint_format_host(&list[i], one));
    }
    return result;
}

static void a_host_has_addresses_of_both_families(void **state)
{
    (void)state;
    char text[200];
    struct server server = {.v4 = {"192.0.2.1", "10.0.0.1"}, .v6 = "2001:db8::1"};
    assert_int_equal(find(&server, "hooks.example", text), 0);
    assert_string_equal(text, "192.0.2.1 10.0.0.1 2001:db8::1");
    struct server old = {.v4 = {"192.0.2.1"}};
    assert_int_equal(find(&old, "hooks.example", text), 0);
    assert_string_equal(text, "192.0.2.1");
}

static void an_address_is_itself(void **state)
{
    (void)state;
    char text[200];
    struct server server = {.v4 = {"192.0.2.1"}};
    assert_int_equal(find(&server, "198.51.100.7", text), 0);
    assert_string_equal(text, "198.51.100.7");
    assert_int_equal(find(&server, "2001:db8::7", text), 0);
    assert_string_equal(text, "2001:db8::7");
    assert_int_equal(server.asked, 0);
}

static void no_host_is_told_from_no_answer(void **state)
{
    (void)state;
    char text[200];
    struct server none = {.rcode = RCODE_NXDOMAIN}, empty = {.rcode = 0},
                  failing = {.rcode = RCODE_SERVFAIL}, torn = {.torn = true};
    assert_int_equal(find(&none, "hooks.example", text), ERR_NOT_FOUND);
    assert_int_equal(find(&empty, "hooks.example", text), ERR_NOT_FOUND);
    assert_int_equal(find(&failing, "hooks.example", text), ERR_UNAVAILABLE);
    assert_int_equal(find(&torn, "hooks.example", text), ERR_UNAVAILABLE);
}

static void a_server_has_an_ipv4_address(void **state)
{
    (void)state;
    struct resolver *resolver = NULL;
    const struct endpoint v6 = endpoint_make(AF_INET6, (uint8_t[16]){0}, 53);
    assert_int_equal(resolver_new(&v6, &resolver), ERR_UNSUPPORTED);
    assert_null(resolver);
    resolver_free(NULL);
}

TEST_MAIN(cmocka_unit_test(a_host_has_addresses_of_both_families),
          cmocka_unit_test(an_address_is_itself), cmocka_unit_test(no_host_is_told_from_no_answer),
          cmocka_unit_test(a_server_has_an_ipv4_address))
