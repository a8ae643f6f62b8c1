/* RDAP over TLS as a survey asks it: help, a domain, and redirects step by step. The host of the
 * URL is an address, so that no name server is needed. */
#include "measure/survey.h"

#include "base/clock.h"

#include "testing.h"
#include "tls_server.h"

struct world {
    struct tls_server server;
    char map[128], pem[4096];
    const char *url;
    bool lookup;
    struct arena arena;
    struct measurement measurement;
};

static void world_init(struct world *world, int connections)
{
    tls_server_init(&world->server, "192.0.2.80");
    world->server.connections = connections;
    world->url = "https://192.0.2.80/rdap";
    world->lookup = false;
    world->server.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    snprintf(world->map, sizeof world->map, "192.0.2.80#443 127.0.0.1#%u\n", world->server.port);
    write_pem(world->server.authority.certificate, world->pem, sizeof world->pem);
    arena_init(&world->arena, 64 * 1024 * 1024);
}

/* RDAP exchanges stand at the end: without hints only two others come before. */
static void run(struct world *world)
{
    struct survey_plan plan = {.target = "test",
                               .vantage = "here",
                               .tool = "test",
                               .rdap_url = world->url,
                               .rdap_domain = "example.test",
                               .ca = {(const uint8_t *)world->pem, strlen(world->pem)},
                               .net_map = world->map,
                               .lookup = world->lookup};
    struct clock clock;
    clock_init(&clock);
    tls_server_start(&world->server);
    assert_int_equal(survey_run(&plan, &world->arena, &clock, &world->measurement, NULL), 0);
}

static void world_done(struct world *world)
{
    arena_done(&world->arena);
    tls_server_stop(&world->server);
}

static const struct exchange *of_url(const struct world *world, const char *url)
{
    for (size_t i = 0; i < world->measurement.exchange_count; i++) {
        const struct exchange *exchange = &world->measurement.exchanges[i];
        if (exchange->url && strcmp(exchange->url, url) == 0)
            return exchange;
    }
    return NULL;
}

static void help_and_domain_are_asked(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, /* connections= */ 2);
    run(&world);
    assert_int_equal(world.measurement.exchange_count, 4);
    const struct exchange *help = of_url(&world, "https://192.0.2.80/rdap/help");
    const struct exchange *domain = of_url(&world, "https://192.0.2.80/rdap/domain/example.test");
    assert_non_null(help);
    assert_non_null(domain);
    assert_int_equal(help->purpose, PURPOSE_RDAP_HELP);
    assert_int_equal(help->outcome, OUTCOME_ANSWERED);
    assert_int_equal(help->tls_verify, X509_V_OK);
    assert_int_equal(help->chain_count, 2);
    assert_memory_equal(help->received.data, "HTTP/1.1 404", 12);
    assert_int_equal(domain->purpose, PURPOSE_RDAP_DOMAIN);
    assert_int_equal(domain->outcome, OUTCOME_ANSWERED);
    world_done(&world);
}

static void redirects_are_exchanges_of_their_own(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, /* connections= */ 3);
    world.server.paths[0].path = "/rdap/help";
    world.server.paths[0].answer =
        "HTTP/1.1 301 Moved\r\nLocation: https://192.0.2.80/new\r\nContent-Length: 0\r\n\r\n";
    run(&world);
    assert_int_equal(world.measurement.exchange_count, 5);
    const struct exchange *moved = of_url(&world, "https://192.0.2.80/new");
    assert_non_null(moved);
    assert_int_equal(moved->purpose, PURPOSE_RDAP_HELP);
    assert_int_equal(moved->outcome, OUTCOME_ANSWERED);
    world_done(&world);
}

static void circles_of_redirects_end(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, /* connections= */ 5);
    world.server.paths[0].path = "/rdap/help";
    world.server.paths[0].answer =
        "HTTP/1.1 302 Found\r\nLocation: /rdap/help\r\nContent-Length: 0\r\n\r\n";
    run(&world);
    /* The first and three more, the domain, and two that had no hints. */
    assert_int_equal(world.measurement.exchange_count, 7);
    world_done(&world);
}

static void plain_http_is_not_followed(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, /* connections= */ 2);
    world.server.paths[0].path = "/rdap/help";
    world.server.paths[0].answer =
        "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.80/\r\nContent-Length: 0\r\n\r\n";
    run(&world);
    assert_int_equal(world.measurement.exchange_count, 4);
    world_done(&world);
}

/* Of a lookup nobody hears but the host of the URL: no reference, no zone, and none to whom it
 * sends us, be it itself. */
static void a_lookup_asks_its_host_alone(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, /* connections= */ 2);
    world.lookup = true;
    world.server.paths[0].path = "/rdap/domain/example.test";
    world.server.paths[0].answer =
        "HTTP/1.1 302 Found\r\nLocation: https://192.0.2.80/new\r\nContent-Length: 0\r\n\r\n";
    run(&world);
    assert_int_equal(world.measurement.exchange_count, 2);
    assert_int_equal(of_url(&world, "https://192.0.2.80/rdap/help")->outcome, OUTCOME_ANSWERED);
    const struct exchange *domain = of_url(&world, "https://192.0.2.80/rdap/domain/example.test");
    assert_int_equal(domain->outcome, OUTCOME_ANSWERED);
    assert_memory_equal(domain->received.data, "HTTP/1.1 302", 12);
    world_done(&world);
}

/* Invariant 3 of survey.h: no port of our own machine is asked because a URL says so. */
static void own_network_is_not_asked(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, /* connections= */ 1);
    world.map[0] = '\0';
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%u", world.server.port);
    world.url = url;
    run(&world);
    assert_int_equal(world.measurement.exchange_count, 4);
    for (size_t i = 2; i < 4; i++) {
        assert_int_equal(world.measurement.exchanges[i].outcome, OUTCOME_UNREACHABLE);
        assert_int_equal(world.measurement.exchanges[i].tries, 0);
    }
    world_done(&world);
}

TEST_MAIN(cmocka_unit_test(help_and_domain_are_asked),
          cmocka_unit_test(redirects_are_exchanges_of_their_own),
          cmocka_unit_test(circles_of_redirects_end), cmocka_unit_test(plain_http_is_not_followed),
          cmocka_unit_test(a_lookup_asks_its_host_alone),
          cmocka_unit_test(own_network_is_not_asked))
