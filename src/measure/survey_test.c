/* Whole surveys against one small name server on loopback that plays every part: the net map sends
 * all addresses of the test to it, or to a socket that stays silent, or to a closed port. */
#include "measure/survey.h"

#include "base/clock.h"
#include "base/frame.h"
#include "measure/prober.h"
#include "net/loop.h"
#include "proto/dns/message.h"
#include "proto/dns/name.h"
#include "proto/dns/rdata.h"

#include "testing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the name server --- */

struct answer {
    uint8_t data[1024];
    size_t size;
};

static void put_u16(struct answer *answer, unsigned value)
{
    answer->data[answer->size++] = (uint8_t)(value >> 8);
    answer->data[answer->size++] = (uint8_t)value;
}

/* Appends a record to the section counted at byte `count_at` of the header. */
static void put_record(struct answer *answer, size_t count_at, const char *name, uint16_t type,
                       const char *data)
{
    uint8_t wire[DNS_NAME_WIRE];
    size_t size;
    dns_name_encode(name, wire, &size);
    memcpy(answer->data + answer->size, wire, size);
    answer->size += size;
    put_u16(answer, type);
    put_u16(answer, DNS_CLASS_IN);
    put_u16(answer, 0);
    put_u16(answer, 60);
    if (type == DNS_SOA) { /* two names of the root and five numbers, the serial first */
        memset(wire, 0, size = 22);
        wire[5] = (uint8_t)data[0];
    } else if (type == DNS_A)
        inet_pton(AF_INET, data, wire), size = 4;
    else
        dns_name_encode(data, wire, &size);
    put_u16(answer, (unsigned)size);
    memcpy(answer->data + answer->size, wire, size);
    answer->size += size;
    answer->data[count_at + 1]++;
}

enum { ANSWERS = 6, AUTHORITIES = 8, ADDITIONALS = 10 };

static void set_authoritative(struct answer *answer)
{
    answer->data[2] |= 0x04;
}

static void answer_address(struct answer *answer, const char *name, int asked_before)
{
    if (strcmp(name, "ns.other") == 0) {
        put_record(answer, ANSWERS, name, DNS_A, "192.0.2.54");
        set_authoritative(answer);
    } else if (strcmp(name, "alias.other") == 0) {
        put_record(answer, ANSWERS, name, DNS_CNAME, "ns.other");
        set_authoritative(answer);
    } else if (strcmp(name, "loop.other") == 0) {
        put_record(answer, ANSWERS, name, DNS_CNAME, "pool.other");
        put_record(answer, ANSWERS, "pool.other", DNS_CNAME, "loop.other");
        set_authoritative(answer);
    } else if (strcmp(name, "lonely.far") == 0 && !asked_before) {
        put_record(answer, AUTHORITIES, "far", DNS_NS, "ns.other"); /* no glue */
    } else if (strcmp(name, "lonely.far") == 0) {
        put_record(answer, ANSWERS, name, DNS_A, "192.0.2.55");
        set_authoritative(answer);
    } else if (strcmp(name, "up.far") == 0) {
        put_record(answer, AUTHORITIES, ".", DNS_NS, "ns.other"); /* leads nowhere */
    } else {
        set_authoritative(answer);
    }
}

static void answer_delegation(struct answer *answer, const char *name, bool tcp)
{
    static int deep_asked;
    if (strcmp(name, "big") == 0 && !tcp) {
        answer->data[2] |= 0x02; /* truncated */
    } else if (strcmp(name, "deep.test") == 0 && !deep_asked++) {
        put_record(answer, AUTHORITIES, "test", DNS_NS, "ns1.test"); /* the root's referral */
        put_record(answer, ADDITIONALS, "ns1.test", DNS_A, "192.0.2.53");
    } else if (strcmp(name, "deep.test") == 0) {
        put_record(answer, AUTHORITIES, name, DNS_NS, "ns.deep.test");
        put_record(answer, ADDITIONALS, "ns.deep.test", DNS_A, "192.0.2.55");
    } else if (strcmp(name, "test") == 0) {
        put_record(answer, AUTHORITIES, name, DNS_NS, "ns1.test");
        put_record(answer, AUTHORITIES, name, DNS_NS, "ns.other");
        put_record(answer, ADDITIONALS, "ns1.test", DNS_A, "192.0.2.53");
        put_record(answer, ADDITIONALS, "stray.test", DNS_A, "192.0.2.66");
    } else {
        put_record(answer, AUTHORITIES, name, DNS_NS, "ns1.big");
        put_record(answer, ADDITIONALS, "ns1.big", DNS_A, "192.0.2.53");
    }
}

/* "plain" does not know EDNS; "broken" says so always. */
static bool refuses(const struct dns_message *query)
{
    return strcmp(query->name, "broken") == 0 ||
           (query->edns && strstr(query->name, "plain") != NULL);
}

static void make_answer(const uint8_t *query, size_t size, bool tcp, struct answer *answer)
{
    static int lonely_asked;
    struct dns_message message;
    *answer = (struct answer){.size = 0};
    if (dns_message_parse(query, size, &message) < 0)
        return;
    /* Header and question; the OPT record of the query is left out. */
    answer->size = size - (message.edns ? 11 : 0);
    memcpy(answer->data, query, answer->size);
    answer->data[2] |= 0x80;
    answer->data[11] = 0;
    if (refuses(&message)) {
        answer->data[3] |= DNS_FORMERR;
    } else if (message.type == DNS_SOA && strcmp(message.name, "late") == 0) {
        put_record(answer, ANSWERS, message.name, DNS_SOA, tcp ? "2" : "1");
        set_authoritative(answer);
    } else if (message.type == DNS_A) {
        answer_address(answer, message.name, lonely_asked);
        lonely_asked += strcmp(message.name, "lonely.far") == 0;
    } else if (message.type == DNS_NS) {
        answer_delegation(answer, message.name, tcp);
    } else {
        set_authoritative(answer);
    }
}

struct server {
    int udp, tcp, silent, stop[2];
    uint16_t port, silent_port;
    pthread_t thread;
};

static void serve_udp(int fd)
{
    uint8_t query[512];
    struct answer answer;
    struct sockaddr_in from;
    socklen_t from_size = sizeof from;
    ssize_t size = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)&from, &from_size);
    if (size <= 0)
        return;
    make_answer(query, (size_t)size, /* tcp= */ false, &answer);
    sendto(fd, answer.data, answer.size, 0, (struct sockaddr *)&from, from_size);
}

static void serve_tcp(int listener)
{
    uint8_t query[514], framed[1026];
    struct answer answer;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : recv(fd, query, sizeof query, 0);
    if (size > 2) {
        make_answer(query + 2, (size_t)size - 2, /* tcp= */ true, &answer);
        framed[0] = (uint8_t)(answer.size >> 8);
        framed[1] = (uint8_t)answer.size;
        memcpy(framed + 2, answer.data, answer.size);
        send(fd, framed, answer.size + 2, MSG_NOSIGNAL);
    }
    if (fd >= 0)
        close(fd);
}

static void *run_server(void *user)
{
    struct server *server = user;
    struct pollfd fds[] = {{.fd = server->udp, .events = POLLIN},
                           {.fd = server->tcp, .events = POLLIN},
                           {.fd = server->stop[0], .events = POLLIN}};
    for (;;) {
        poll(fds, 3, -1);
        if (fds[0].revents)
            serve_udp(server->udp);
        if (fds[1].revents)
            serve_tcp(server->tcp);
        if (fds[2].revents)
            return NULL;
    }
}

static int bound_socket(int type, uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

static void server_start(struct server *server)
{
    /* The kernel chooses the port for TCP; UDP may be taken there by somebody else. */
    for (int i = 0; i < 50; i++) {
        server->port = 0;
        server->tcp = bound_socket(SOCK_STREAM, &server->port);
        server->udp = bound_socket(SOCK_DGRAM, &server->port);
        if (server->udp >= 0)
            break;
        close(server->tcp);
    }
    assert_true(server->tcp >= 0 && server->udp >= 0);
    assert_int_equal(listen(server->tcp, 100), 0);
    server->silent_port = 0;
    server->silent = bound_socket(SOCK_DGRAM, &server->silent_port);
    assert_int_equal(pipe2(server->stop, O_CLOEXEC), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, run_server, server), 0);
}

static void server_stop(struct server *server)
{
    assert_int_equal(write(server->stop[1], "", 1), 1);
    pthread_join(server->thread, NULL);
    close(server->udp);
    close(server->tcp);
    close(server->silent);
    close(server->stop[0]);
    close(server->stop[1]);
}

/* --- surveys --- */

struct world {
    struct server server;
    char map[1024];
    struct survey_plan plan;
    struct arena arena;
    struct measurement measurement;
};

static const char hints[] = "root.test. A 192.0.2.1\n";

static void world_init(struct world *world, const char *target)
{
    memset(world, 0, sizeof *world);
    server_start(&world->server);
    arena_init(&world->arena, 64 * 1024 * 1024);
    size_t size = 0;
    static const int last_bytes[] = {1, 53, 54, 55};
    for (size_t i = 0; i < 4; i++)
        size += (size_t)snprintf(world->map + size, sizeof world->map - size,
                                 "192.0.2.%d#53 127.0.0.1#%u\n", last_bytes[i], world->server.port);
    snprintf(world->map + size, sizeof world->map - size, "192.0.2.99#53 127.0.0.1#%u\n",
             world->server.silent_port);
    world->plan = (struct survey_plan){
        .target = target,
        .vantage = "here",
        .tool = "test",
        .hints = {(const uint8_t *)hints, sizeof hints - 1},
        .net_map = world->map,
        .limits = {.udp_timeout_ms = 100, .tcp_timeout_ms = 200, .survey_ms = 5000}};
}

static void world_done(struct world *world)
{
    arena_done(&world->arena);
    server_stop(&world->server);
}

static void run(struct world *world)
{
    struct clock clock;
    struct error_detail detail = {0};
    clock_init(&clock);
    assert_int_equal(survey_run(&world->plan, &world->arena, &clock, &world->measurement, &detail),
                     0);
}

static size_t count(const struct world *world, enum exchange_purpose purpose,
                    enum exchange_kind kind, enum exchange_outcome outcome)
{
    size_t found = 0;
    for (size_t i = 0; i < world->measurement.exchange_count; i++) {
        const struct exchange *exchange = &world->measurement.exchanges[i];
        found +=
            exchange->purpose == purpose && exchange->kind == kind && exchange->outcome == outcome;
    }
    return found;
}

static void healthy_zone_is_asked_everything(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "TEST.");
    run(&world);
    const struct measurement *measurement = &world.measurement;
    assert_string_equal(measurement->target, "test");
    /* Glue for one, an address found for the other; what is no name server is left alone. */
    assert_int_equal(measurement->server_count, 2);
    assert_string_equal(measurement->servers[0].name, "ns.other");
    assert_false(measurement->servers[0].from_glue);
    assert_string_equal(measurement->servers[1].name, "ns1.test");
    assert_true(measurement->servers[1].from_glue);
    assert_int_equal(count(&world, PURPOSE_PARENT, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 3);
    assert_int_equal(count(&world, PURPOSE_REFERENCE, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 2);
    assert_int_equal(count(&world, PURPOSE_REFERENCE, EXCHANGE_DNS_TCP, OUTCOME_ANSWERED), 2);
    assert_int_equal(count(&world, PURPOSE_RESOLVE, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 2);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 6);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_TCP, OUTCOME_ANSWERED), 6);
    assert_int_equal(count(&world, PURPOSE_NXNAME, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 2);
    assert_int_equal(count(&world, PURPOSE_NXNAME, EXCHANGE_DNS_TCP, OUTCOME_ANSWERED), 2);
    assert_int_equal(measurement->exchange_count, 25);
    world_done(&world);
}

/* The order tells nothing of who answered first. */
static void exchanges_are_sorted_and_numbered(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "test");
    run(&world);
    for (size_t i = 0; i < world.measurement.exchange_count; i++) {
        const struct exchange *exchange = &world.measurement.exchanges[i];
        assert_int_equal(exchange->id, i + 1);
        assert_true(i == 0 || exchange[-1].purpose <= exchange->purpose);
        assert_true(exchange->started_us >= 0);
        assert_true(exchange->elapsed_us > 0);
        assert_true(exchange->tries >= 1);
    }
    struct buffer encoded BUFFER_CLEANUP;
    struct measurement got;
    buffer_init(&encoded, MEASUREMENT_ENCODED_MAX);
    assert_int_equal(measurement_encode(&world.measurement, &encoded), 0);
    assert_int_equal(measurement_decode(encoded.data, encoded.size, &world.arena, &got, NULL), 0);
    assert_int_equal(got.exchange_count, world.measurement.exchange_count);
    world_done(&world);
}

static void truncated_referral_is_asked_again_over_tcp(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "big");
    run(&world);
    assert_int_equal(world.measurement.server_count, 1);
    assert_int_equal(count(&world, PURPOSE_PARENT, EXCHANGE_DNS_TCP, OUTCOME_ANSWERED), 1);
    world_done(&world);
}

static void zone_below_a_tld_is_found_level_by_level(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "deep.test");
    run(&world);
    assert_int_equal(world.measurement.server_count, 1);
    assert_string_equal(world.measurement.servers[0].name, "ns.deep.test");
    /* NS and keys of the root; NS, keys and DS at the parent. */
    assert_int_equal(count(&world, PURPOSE_PARENT, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 5);
    world_done(&world);
}

/* Invariant 4 of survey.h. */
static void missing_hints_are_our_own_failure(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "test");
    world.plan.hints = (struct bytes){0};
    world.plan.rdap_url = "https://rdap.other/";
    run(&world);
    assert_int_equal(count(&world, PURPOSE_PARENT, EXCHANGE_DNS_UDP, OUTCOME_OWN_FAILURE), 1);
    assert_int_equal(count(&world, PURPOSE_REFERENCE, EXCHANGE_DNS_UDP, OUTCOME_OWN_FAILURE), 1);
    assert_int_equal(count(&world, PURPOSE_RDAP_HELP, EXCHANGE_HTTPS, OUTCOME_OWN_FAILURE), 1);
    assert_int_equal(world.measurement.exchange_count, 3);
    world_done(&world);
}

static void missing_certificates_are_our_own_failure(void **state)
{
    (void)state;
    static const char *const authorities[] = {"", "not a certificate"};
    for (size_t i = 0; i < 2; i++) {
        struct world world;
        world_init(&world, "test");
        world.plan.rdap_url = "https://rdap.other";
        world.plan.rdap_domain = "example.test";
        world.plan.ca = (struct bytes){(const uint8_t *)authorities[i], strlen(authorities[i])};
        run(&world);
        assert_int_equal(count(&world, PURPOSE_RDAP_HELP, EXCHANGE_HTTPS, OUTCOME_OWN_FAILURE), 1);
        assert_int_equal(count(&world, PURPOSE_RDAP_DOMAIN, EXCHANGE_HTTPS, OUTCOME_OWN_FAILURE),
                         1);
        const struct exchange *last =
            &world.measurement.exchanges[world.measurement.exchange_count - 1];
        assert_string_equal(last->url, "https://rdap.other/domain/example.test");
        world_done(&world);
    }
}

static void given_servers_stand_in_for_the_parent(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "test");
    struct survey_server given[] = {
        {"ns1.test", "192.0.2.53"}, {"alias.other", NULL}, {"lonely.far", NULL},
        {"loop.other", NULL},       {"up.far", NULL},
    };
    world.plan.given = given;
    world.plan.given_count = 5;
    world.plan.trust_anchor = ". DS 1";
    world.plan.given_ds = "test. DS 2";
    run(&world);
    assert_string_equal(world.measurement.trust_anchor, ". DS 1\ntest. DS 2");
    assert_int_equal(count(&world, PURPOSE_PARENT, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 0);
    /* An alias is followed, a server without glue is found; loops and upward referrals are not. */
    assert_int_equal(world.measurement.server_count, 3);
    assert_string_equal(world.measurement.servers[0].name, "alias.other");
    assert_string_equal(world.measurement.servers[1].name, "lonely.far");
    assert_int_equal(world.measurement.servers[1].address.bytes[3], 55);
    assert_string_equal(world.measurement.servers[2].name, "ns1.test");
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_NO_ADDRESS), 2);
    world_done(&world);
}

static void silent_and_closed_servers_are_told_apart(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "test");
    char closed[32];
    uint16_t port = 0;
    close(bound_socket(SOCK_STREAM, &port));
    snprintf(closed, sizeof closed, "127.0.0.1#%u", port);
    struct survey_server given[] = {{"ns1.test", "192.0.2.99"}, {"ns2.test", closed}};
    world.plan.given = given;
    world.plan.given_count = 2;
    run(&world);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_TIMED_OUT), 3);
    /* Nobody listens for TCP on the silent port. */
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_TCP, OUTCOME_REFUSED), 6);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_REFUSED), 3);
    for (size_t i = 0; i < world.measurement.exchange_count; i++) {
        const struct exchange *exchange = &world.measurement.exchanges[i];
        if (exchange->outcome == OUTCOME_TIMED_OUT)
            assert_int_equal(exchange->tries, 3);
    }
    world_done(&world);
}

/* RFC 6891 7: once more without EDNS, and then no more. */
static void a_server_without_edns_is_asked_again(void **state)
{
    (void)state;
    static const char *const targets[] = {"plain", "broken"};
    for (size_t i = 0; i < 2; i++) {
        struct world world;
        struct survey_server given = {"ns1.test", "192.0.2.53"};
        world_init(&world, targets[i]);
        world.plan.given = &given;
        world.plan.given_count = 1;
        run(&world);
        size_t with_edns = 0;
        for (size_t k = 0; k < world.measurement.exchange_count; k++) {
            struct dns_message question;
            const struct exchange *exchange = &world.measurement.exchanges[k];
            assert_int_equal(dns_message_parse(exchange->sent.data, exchange->sent.size, &question),
                             0);
            with_edns += exchange->purpose == PURPOSE_APEX && question.edns;
        }
        assert_int_equal(with_edns, 6);
        assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 6);
        assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_TCP, OUTCOME_ANSWERED), 6);
        world_done(&world);
    }
}

/* A zone whose serial number is older over UDP, at two addresses. */
static void world_init_late(struct world *world, struct survey_server given[2])
{
    world_init(world, "late");
    given[0] = (struct survey_server){"ns1.test", "192.0.2.53"};
    given[1] = (struct survey_server){"ns2.test", "192.0.2.54"};
    world->plan.given = given;
    world->plan.given_count = 2;
}

/* One more question each, three tenths of the survey's time after the difference was seen. */
static void a_server_that_is_behind_is_asked_again_later(void **state)
{
    (void)state;
    struct world world;
    struct survey_server given[2];
    world_init_late(&world, given);
    world.plan.limits.survey_ms = 1000;
    run(&world);
    size_t later = 0;
    for (size_t i = 0; i < world.measurement.exchange_count; i++)
        later += world.measurement.exchanges[i].started_us >= 300000;
    assert_int_equal(later, 2);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 8);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_TCP, OUTCOME_ANSWERED), 6);
    world_done(&world);
}

static void stop_surveys(void *user)
{
    surveyor_give_up(user);
}

struct ending {
    bool done;
    int result;
};

static void note_end(void *user, int result, const struct measurement *measurement)
{
    struct ending *ending = user;
    (void)measurement;
    *ending = (struct ending){.done = true, .result = result};
}

/* Invariant 1 of survey.h: the pause holds nobody up. */
static void the_deadline_ends_the_pause(void **state)
{
    (void)state;
    struct world world;
    struct survey_server given[2];
    struct surveyor *surveyor;
    struct clock clock;
    struct ending ending = {.done = false};
    world_init_late(&world, given);
    world.plan.limits.survey_ms = 60000;
    clock_init(&clock);
    assert_int_equal(surveyor_new(&surveyor), 0);
    assert_int_equal(surveyor_start(surveyor, &world.plan, &world.arena, &clock, note_end, &ending,
                                    /* detail= */ NULL),
                     0);
    struct net_timer *timer = net_timer_start(surveyor_loop(surveyor), 400, stop_surveys, surveyor);
    int64_t start = clock_mono();
    assert_int_equal(net_loop_run(surveyor_loop(surveyor), &ending.done), 0);
    assert_int_equal(ending.result, 0);
    assert_in_range(clock_mono() - start, 350000, 5000000);
    net_timer_stop(timer);
    surveyor_free(surveyor);
    world_done(&world);
}

/* Invariant 1 of survey.h. */
static void deadline_ends_a_survey(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "test");
    struct survey_server given = {"ns1.test", "192.0.2.99"};
    world.plan.given = &given;
    world.plan.given_count = 1;
    world.plan.limits = (struct survey_limits){.udp_timeout_ms = 60000, .survey_ms = 150};
    int64_t start = clock_mono();
    run(&world);
    assert_in_range(clock_mono() - start, 149000, 5000000);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_TIMED_OUT), 3);
    world_done(&world);
}

/* --- the prober process --- */

static void ask_prober(int fd, uint32_t number, const struct survey_plan *plan)
{
    struct buffer body BUFFER_CLEANUP;
    uint8_t head[PROBER_NUMBER_SIZE];
    buffer_init(&body, PROBER_NUMBER_SIZE + SURVEY_PLAN_MAX);
    prober_number_write(head, number);
    assert_int_equal(buffer_append(&body, head, sizeof head), 0);
    assert_int_equal(survey_plan_encode(plan, &body), 0);
    assert_int_equal(frame_write(fd, PROBER_FRAME_SURVEY, body.data, body.size), 0);
}

struct prober {
    int fd;
    pid_t child;
};

static void prober_start(struct prober *prober)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    fflush(NULL);
    prober->child = fork();
    if (prober->child == 0) {
        close(ends[0]);
        _exit(prober_main(ends[1], ends[1]) == 0 ? 0 : 1);
    }
    close(ends[1]);
    prober->fd = ends[0];
}

static void prober_stop(struct prober *prober)
{
    int status;
    close(prober->fd);
    assert_int_equal(waitpid(prober->child, &status, 0), prober->child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* The number that came back with it. */
static uint32_t read_reply(const struct prober *prober, uint32_t kind_wanted, struct buffer *reply)
{
    uint32_t kind, number;
    buffer_init(reply, PROBER_NUMBER_SIZE + MEASUREMENT_ENCODED_MAX);
    assert_int_equal(frame_read(prober->fd, &kind, reply), 0);
    assert_int_equal(kind, kind_wanted);
    assert_int_equal(prober_number_read(reply->data, reply->size, &number), 0);
    return number;
}

static uint32_t read_measurement(const struct prober *prober, struct world *world)
{
    struct buffer reply BUFFER_CLEANUP;
    uint32_t number = read_reply(prober, PROBER_FRAME_MEASUREMENT, &reply);
    assert_int_equal(measurement_decode(reply.data + PROBER_NUMBER_SIZE,
                                        reply.size - PROBER_NUMBER_SIZE, &world->arena,
                                        &world->measurement, NULL),
                     0);
    return number;
}

static void prober_measures_in_its_sandbox(void **state)
{
    (void)state;
    struct world world;
    struct prober prober;
    world_init(&world, "test");
    prober_start(&prober);
    ask_prober(prober.fd, 0xfeedbeef, &world.plan);
    assert_int_equal(read_measurement(&prober, &world), 0xfeedbeef);
    assert_int_equal(world.measurement.exchange_count, 25);
    assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_ANSWERED), 6);
    prober_stop(&prober);
    world_done(&world);
}

static void prober_says_why_a_plan_is_refused(void **state)
{
    (void)state;
    struct world world;
    struct prober prober;
    struct buffer reply BUFFER_CLEANUP;
    world_init(&world, "..");
    prober_start(&prober);
    ask_prober(prober.fd, 7, &world.plan);
    assert_int_equal(read_reply(&prober, PROBER_FRAME_FAILURE, &reply), 7);
    char expected[64];
    snprintf(expected, sizeof expected, "%d target '..': not a domain name", ERR_SYNTAX);
    assert_string_equal(buffer_text(&reply) + PROBER_NUMBER_SIZE, expected);
    prober_stop(&prober);
    world_done(&world);
}

/* More than PROBER_AT_ONCE requests, each third with a dead server: side by side, and none waits
 * for a slower one that was asked before it. */
static void prober_works_side_by_side_and_answers_as_they_end(void **state)
{
    (void)state;
    enum { REQUESTS = 40 };
    struct world world;
    struct prober prober;
    struct survey_server silent = {"ns1.test", "192.0.2.99"};
    char target[16] = "";
    bool seen[REQUESTS] = {false};
    world_init(&world, target);
    world.plan.limits.burst = world.plan.limits.per_second = 100000;
    world.plan.limits.in_flight = 1000;
    prober_start(&prober);
    int64_t start = clock_mono();
    for (unsigned i = 0; i < REQUESTS; i++) {
        snprintf(target, sizeof target, "t%u", i);
        world.plan.given = &silent;
        world.plan.given_count = i % 3 == 0;
        ask_prober(prober.fd, i, &world.plan);
    }
    for (unsigned i = 0; i < REQUESTS; i++) {
        uint32_t number = read_measurement(&prober, &world);
        assert_true(number < REQUESTS && !seen[number]);
        seen[number] = true;
        if (i == 0) /* 0 is the first that was asked, and dead */
            assert_int_not_equal(number % 3, 0);
        snprintf(target, sizeof target, "t%u", number);
        assert_string_equal(world.measurement.target, target);
        assert_int_equal(count(&world, PURPOSE_APEX, EXCHANGE_DNS_UDP, OUTCOME_TIMED_OUT),
                         number % 3 == 0 ? 3 : 0);
    }
    /* One dead server takes 381 ms; fourteen after each other would take more than five seconds. */
    assert_true(clock_mono() - start < 4000000);
    prober_stop(&prober);
    world_done(&world);
}

static void prober_ends_with_its_socket(void **state)
{
    (void)state;
    struct world world;
    struct prober prober;
    struct survey_server silent = {"ns1.test", "192.0.2.99"};
    world_init(&world, "test");
    world.plan.given = &silent;
    world.plan.given_count = 1;
    world.plan.limits = (struct survey_limits){.udp_timeout_ms = 60000, .survey_ms = 60000};
    prober_start(&prober);
    ask_prober(prober.fd, 1, &world.plan);
    int64_t start = clock_mono();
    prober_stop(&prober);
    assert_true(clock_mono() - start < 10000000);
    world_done(&world);
}

TEST_MAIN(cmocka_unit_test(healthy_zone_is_asked_everything),
          cmocka_unit_test(exchanges_are_sorted_and_numbered),
          cmocka_unit_test(truncated_referral_is_asked_again_over_tcp),
          cmocka_unit_test(zone_below_a_tld_is_found_level_by_level),
          cmocka_unit_test(missing_hints_are_our_own_failure),
          cmocka_unit_test(missing_certificates_are_our_own_failure),
          cmocka_unit_test(given_servers_stand_in_for_the_parent),
          cmocka_unit_test(silent_and_closed_servers_are_told_apart),
          cmocka_unit_test(a_server_without_edns_is_asked_again),
          cmocka_unit_test(a_server_that_is_behind_is_asked_again_later),
          cmocka_unit_test(the_deadline_ends_the_pause), cmocka_unit_test(deadline_ends_a_survey),
          cmocka_unit_test(prober_measures_in_its_sandbox),
          cmocka_unit_test(prober_says_why_a_plan_is_refused),
          cmocka_unit_test(prober_works_side_by_side_and_answers_as_they_end),
          cmocka_unit_test(prober_ends_with_its_socket))
