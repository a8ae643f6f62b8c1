/* HTTPS against a TLS server on loopback whose certificates are made here. */
#include "net/https.h"

#include "base/clock.h"

#include "base/buffer.h"
#include "refusal.h"
#include "tls_server.h"

#include <string.h>

struct world {
    struct net_loop loop;
    struct https_client *client;
    struct trust *trust;
    struct tls_server server;
    struct https_reply last;
    char received[4096], sent[2048], redirect[256];
    uint8_t leaf[2048];
    size_t leaf_size;
    int done, wanted;
    bool stop;
};

static struct trust *trust_of(X509 *certificate)
{
    char pem[4096];
    struct trust *trust = NULL;
    write_pem(certificate, pem, sizeof pem);
    assert_int_equal(trust_new(pem, strlen(pem), &trust, NULL), 0);
    return trust;
}

static void world_init(struct world *world, const char *name)
{
    memset(world, 0, sizeof *world);
    tls_server_init(&world->server, name);
    world->trust = trust_of(world->server.authority.certificate);
    assert_int_equal(net_loop_init(&world->loop), 0);
    assert_int_equal(https_client_new(&world->loop, &world->client), 0);
}

static void world_done(struct world *world)
{
    https_client_free(world->client);
    net_loop_done(&world->loop);
    trust_free(world->trust);
    tls_server_stop(&world->server);
}

static void copy_text(char *to, size_t room, const void *data, size_t size)
{
    size = size < room - 1 ? size : room - 1;
    if (size)
        memcpy(to, data, size);
    to[size] = '\0';
}

static void take_reply(void *user, const struct https_reply *reply)
{
    struct world *world = user;
    world->last = *reply;
    copy_text(world->received, sizeof world->received, reply->received, reply->received_size);
    copy_text(world->sent, sizeof world->sent, reply->sent, reply->sent_size);
    if (reply->redirect)
        copy_text(world->redirect, sizeof world->redirect, reply->redirect,
                  strlen(reply->redirect));
    if (reply->chain_count) {
        world->leaf_size = reply->chain[0].size;
        memcpy(world->leaf, reply->chain[0].data, reply->chain[0].size);
    }
    world->stop = ++world->done == world->wanted;
}

static struct https_request make_request(const struct world *world, const char *url,
                                         const struct net_map *map)
{
    return (struct https_request){.url = url,
                                  .server = map->entries[0].from,
                                  .accept = "application/rdap+json",
                                  .agent = "test",
                                  .connect_ms = 1000,
                                  .total_ms = 3000,
                                  .bytes_max = 3000,
                                  .trust = world->trust,
                                  .map = map};
}

static void start_and_get(struct world *world, const char *url)
{
    tls_server_start(&world->server);
    /* The port of the URL is not that of the server: the map sends it there. */
    struct net_map_entry entry = {
        endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 1}, 443),
        endpoint_make(AF_INET, (uint8_t[]){127, 0, 0, 1}, world->server.port)};
    struct net_map map = {&entry, 1};
    struct https_request request = make_request(world, url, &map);
    if (world->server.silent)
        request.total_ms = 200;
    world->wanted = 1;
    assert_int_equal(https_client_ask(world->client, &request, take_reply, world), 0);
    assert_int_equal(net_loop_run(&world->loop, &world->stop), 0);
}

static const char hello[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Odd:  Spaces \r\n\r\nhello";

static void answer_is_recorded_as_received(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = hello;
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_ANSWERED);
    assert_string_equal(world.received, hello);
    assert_string_equal(world.sent,
                        "GET /help HTTP/1.1\r\nHost: rdap.example\r\nUser-Agent: test\r\n"
                        "Accept: application/rdap+json\r\nAccept-Encoding: identity\r\n\r\n");
    assert_int_equal(world.last.status, 200);
    assert_string_equal(world.last.tls_version, "TLSv1.3");
    assert_int_equal(world.last.tls_verify, X509_V_OK);
    assert_int_equal(world.last.chain_count, 2);
    unsigned char *der = NULL;
    int size = i2d_X509(world.server.leaf.certificate, &der);
    assert_int_equal(size, world.leaf_size);
    assert_memory_equal(der, world.leaf, world.leaf_size);
    OPENSSL_free(der);
    world_done(&world);
}

static void a_body_is_posted_with_its_fields(void **state)
{
    (void)state;
    static const char *const fields[] = {"Content-Type: application/json", "X-More: yes", NULL};
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = hello;
    tls_server_start(&world.server);
    struct net_map_entry entry = {
        endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 1}, 443),
        endpoint_make(AF_INET, (uint8_t[]){127, 0, 0, 1}, world.server.port)};
    struct net_map map = {&entry, 1};
    struct https_request request = make_request(&world, "https://rdap.example/in", &map);
    request.body = "{\"a\":1}";
    request.body_size = strlen(request.body);
    request.fields = fields;
    world.wanted = 1;
    assert_int_equal(https_client_ask(world.client, &request, take_reply, &world), 0);
    assert_int_equal(net_loop_run(&world.loop, &world.stop), 0);
    assert_int_equal(world.last.status, 200);
    assert_string_equal(world.sent,
                        "POST /in HTTP/1.1\r\nHost: rdap.example\r\nUser-Agent: test\r\n"
                        "Accept: application/rdap+json\r\nAccept-Encoding: identity\r\n"
                        "Content-Type: application/json\r\nX-More: yes\r\nContent-Length: 7\r\n"
                        "\r\n{\"a\":1}");
    assert_string_equal(world.server.request, world.sent);
    world_done(&world);
}

static void chunks_are_put_together(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    start_and_get(&world, "https://rdap.example/");
    assert_string_equal(world.received,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello");
    world_done(&world);
}

/* RFC 9110 6.5: what stands behind the body is no part of it. */
static void trailers_are_not_the_body(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n", "hello"},
        {"0\r\nX-Sum: 1\r\n\r\n", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world;
        char answer[512], expected[512];
        static const char head[] = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                                   "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n";
        snprintf(answer, sizeof answer, "%s%s", head, rows[i][0]);
        snprintf(expected, sizeof expected, "%s%s", head, rows[i][1]);
        world_init(&world, "rdap.example");
        world.server.answer = answer;
        start_and_get(&world, "https://rdap.example/");
        assert_int_equal(world.last.outcome, NET_ANSWERED);
        assert_string_equal(world.received, expected);
        world_done(&world);
    }
}

/* RFC 9110 8.4: a coding that nobody asked for is evidence as it came. */
static void coded_body_stays_as_it_came(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n"
                          "\x1f\x8b\x08zz";
    start_and_get(&world, "https://rdap.example/");
    assert_int_equal(world.last.outcome, NET_ANSWERED);
    assert_string_equal(world.received, world.server.answer);
    world_done(&world);
}

static void unknown_authority_fails_and_keeps_the_chain(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = hello;
    struct authority other;
    make_certificate("Another authority", NULL, &other);
    trust_free(world.trust);
    world.trust = trust_of(other.certificate);
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_TLS_FAILED);
    assert_int_equal(world.last.tls_verify, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
    assert_int_equal(world.last.chain_count, 2);
    assert_string_equal(world.last.tls_version, "TLSv1.3");
    assert_string_equal(world.received, "");
    free_authority(&other);
    world_done(&world);
}

static void certificate_for_another_name_fails(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "www.example");
    world.server.answer = hello;
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_TLS_FAILED);
    assert_int_equal(world.last.tls_verify, X509_V_ERR_HOSTNAME_MISMATCH);
    world_done(&world);
}

static void redirect_is_told_and_not_followed(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_ANSWERED);
    assert_int_equal(world.last.status, 302);
    assert_string_equal(world.redirect, "https://rdap.example/there");
    world_done(&world);
}

static void too_large_an_answer_is_cut(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = "HTTP/1.1 200 OK\r\n\r\n";
    world.server.filler = 1 << 20;
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_TOO_LARGE);
    assert_true(world.last.received_size <= 3000);
    world_done(&world);
}

static void closing_without_answer_is_told(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_CLOSED);
    world_done(&world);
}

static void silent_server_times_out(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.silent = true;
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_TIMED_OUT);
    assert_null(world.last.tls_version);
    world_done(&world);
}

/* What came of the questions of one owner. */
struct tally {
    int outcomes[NET_OWN_FAILURE + 1], done, wanted;
    struct https_client *client;
    bool stop;
};

static void count_reply(void *user, const struct https_reply *reply)
{
    struct tally *tally = user;
    tally->outcomes[reply->outcome]++;
    tally->stop = ++tally->done == tally->wanted;
}

static void give_up_all(void *user)
{
    struct tally *tally = user;
    https_client_give_up(tally->client, tally);
}

/* Politeness: four questions at once to one address; whom we let wait we do not blame. */
static void one_address_is_asked_little_at_once(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.silent = true;
    tls_server_start(&world.server);
    struct endpoint here = endpoint_make(AF_INET, (uint8_t[]){127, 0, 0, 1}, world.server.port);
    struct net_map_entry entries[] = {
        {endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 1}, 443), here},
        {endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 2}, 443), here}};
    struct net_map map = {entries, 2};
    struct tally tally = {.wanted = 7, .client = world.client};
    struct https_request request = make_request(&world, "https://rdap.example/", &map);
    request.owner = &tally;
    request.connect_ms = request.total_ms = 60000;
    for (int i = 0; i < tally.wanted; i++) {
        request.server = entries[i == 0].from; /* one for the other address */
        assert_int_equal(https_client_ask(world.client, &request, count_reply, &tally), 0);
    }
    struct net_timer *timer = net_timer_start(&world.loop, 300, give_up_all, &tally);
    assert_int_equal(net_loop_run(&world.loop, &tally.stop), 0);
    net_timer_stop(timer);
    assert_int_equal(tally.outcomes[NET_TIMED_OUT], 4 + 1);
    assert_int_equal(tally.outcomes[NET_OWN_FAILURE], 2);
    world_done(&world);
}

/* Who waited goes when another has ended. */
static void who_waits_goes_in_turn(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.answer = hello;
    world.server.connections = 10;
    tls_server_start(&world.server);
    struct net_map_entry entry = {
        endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 1}, 443),
        endpoint_make(AF_INET, (uint8_t[]){127, 0, 0, 1}, world.server.port)};
    struct net_map map = {&entry, 1};
    struct tally tally = {.wanted = 10, .client = world.client};
    struct https_request request = make_request(&world, "https://rdap.example/", &map);
    request.owner = &tally;
    request.connect_ms = request.total_ms = 60000;
    for (int i = 0; i < tally.wanted; i++)
        assert_int_equal(https_client_ask(world.client, &request, count_reply, &tally), 0);
    assert_int_equal(net_loop_run(&world.loop, &tally.stop), 0);
    assert_int_equal(tally.outcomes[NET_ANSWERED], 10);
    world_done(&world);
}

static void closed_port_is_refused(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "rdap.example");
    world.server.connections = 0;
    close(world.server.listener);
    start_and_get(&world, "https://rdap.example/help");
    assert_int_equal(world.last.outcome, NET_REFUSED);
    world.server.listener = dup(0);
    world_done(&world);
}

static void urls_are_taken_apart(void **state)
{
    (void)state;
    struct https_target target;
    assert_int_equal(https_parse_url("https://RDAP.Example./x?y", &target), 0);
    assert_string_equal(target.host, "rdap.example");
    assert_int_equal(target.port, 443);
    assert_int_equal(https_parse_url("https://[2001:db8::1]:8443/", &target), 0);
    assert_string_equal(target.host, "2001:db8::1");
    assert_int_equal(target.port, 8443);
    static const char *const wrong[] = {"http://example/",       "rdap.example",       "https://",
                                        "https://user@example/", "file:///etc/passwd", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(https_parse_url(wrong[i], &target) < 0);
}

static void damaged_authorities_are_refused(void **state)
{
    (void)state;
    struct trust *trust = NULL;
    struct error_detail detail = {0};
    static const char *const wrong[] = {
        "", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(trust_new(wrong[i], strlen(wrong[i]), &trust, &detail), ERR_SYNTAX);
    assert_string_equal(detail.text, "CA certificates: number 1 cannot be read");
    assert_null(trust);
}

static void authorities_have_a_ceiling(void **state)
{
    (void)state;
    char one[4096];
    struct trust *trust = NULL;
    struct error_detail detail = {0};
    struct authority authority = {0};
    BUFFER_CLEANUP struct buffer pem;
    buffer_init(&pem, sizeof one * (TRUST_CERTIFICATES_MAX + 1));
    make_certificate("Test authority", NULL, &authority);
    write_pem(authority.certificate, one, sizeof one);
    for (int i = 0; i < TRUST_CERTIFICATES_MAX; i++)
        buffer_append_text(&pem, one);
    assert_int_equal(trust_new(pem.data, pem.size, &trust, &detail), 0);
    trust_free(trust);
    buffer_append_text(&pem, one);
    assert_refused(trust_new(pem.data, pem.size, &trust, &detail), ERR_LIMIT, &detail,
                   "CA certificates: more than 1000");
    free_authority(&authority);
}

TEST_MAIN(cmocka_unit_test(answer_is_recorded_as_received),
          cmocka_unit_test(a_body_is_posted_with_its_fields),
          cmocka_unit_test(chunks_are_put_together), cmocka_unit_test(trailers_are_not_the_body),
          cmocka_unit_test(coded_body_stays_as_it_came),
          cmocka_unit_test(unknown_authority_fails_and_keeps_the_chain),
          cmocka_unit_test(certificate_for_another_name_fails),
          cmocka_unit_test(redirect_is_told_and_not_followed),
          cmocka_unit_test(too_large_an_answer_is_cut),
          cmocka_unit_test(closing_without_answer_is_told),
          cmocka_unit_test(silent_server_times_out),
          cmocka_unit_test(one_address_is_asked_little_at_once),
          cmocka_unit_test(who_waits_goes_in_turn), cmocka_unit_test(closed_port_is_refused),
          cmocka_unit_test(urls_are_taken_apart), cmocka_unit_test(damaged_authorities_are_refused),
          cmocka_unit_test(authorities_have_a_ceiling))
