/* DNS messages over real sockets on loopback, against small servers on the same event loop. */
#include "net/dns_client.h"

#include "base/clock.h"

#include "testing.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* id 0x1234, one question: "a.example" A IN */
static const uint8_t question[] = {0x12, 0x34, 0,   0,   0,   1,   0,   0,   0, 0, 0, 0, 1, 'a',
                                   7,    'e',  'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1};

enum behaviour {
    ANSWERS,
    STAYS_SILENT,
    ANSWERS_SECOND_TRY,
    SENDS_WRONG_ID,
    WRONG_THEN_RIGHT,
    CLOSES, /* TCP: after reading */
    ANSWERS_IN_PIECES,
    CUTS_ANSWER,
};

struct server {
    uv_poll_t poll;
    uv_poll_t peer_poll;
    int fd, peer;
    struct endpoint address;
    enum behaviour behaviour;
    int seen;
    uint16_t ports[128]; /* source ports of the datagrams */
};

struct world {
    struct net_loop loop;
    struct politeness *politeness;
    struct dns_client *client;
    struct server server;
    int done, answered;
    bool stop;
    int wanted;
    struct dns_reply last;
    uint8_t data[512];
};

static void answer_to(const uint8_t *request, size_t size, uint8_t answer[512])
{
    memcpy(answer, request, size);
    answer[2] |= 0x80;
}

static void udp_server_ready(uv_poll_t *poll, int status, int events)
{
    struct server *server = poll->data;
    (void)status;
    (void)events;
    uint8_t request[512], answer[512];
    struct sockaddr_in from;
    socklen_t from_size = sizeof from;
    ssize_t got = recvfrom(server->fd, request, sizeof request, MSG_DONTWAIT,
                           (struct sockaddr *)&from, &from_size);
    if (got < 0)
        return;
    size_t size = (size_t)got;
    server->ports[server->seen++ % 128] = ntohs(from.sin_port);
    answer_to(request, size, answer);
    if (server->behaviour == STAYS_SILENT ||
        (server->behaviour == ANSWERS_SECOND_TRY && server->seen == 1))
        return;
    if (server->behaviour == SENDS_WRONG_ID || server->behaviour == WRONG_THEN_RIGHT) {
        answer[1] ^= 1;
        sendto(server->fd, answer, size, 0, (struct sockaddr *)&from, from_size);
        answer[1] ^= 1;
    }
    if (server->behaviour != SENDS_WRONG_ID)
        sendto(server->fd, answer, size, 0, (struct sockaddr *)&from, from_size);
}

static void tcp_peer_ready(uv_poll_t *poll, int status, int events)
{
    struct server *server = poll->data;
    (void)status;
    (void)events;
    uint8_t request[514], answer[512];
    ssize_t got = recv(server->peer, request, sizeof request, MSG_DONTWAIT);
    if (got <= 2)
        return;
    size_t size = (size_t)got - 2;
    uint8_t length[2] = {(uint8_t)(size >> 8), (uint8_t)size};
    answer_to(request + 2, size, answer);
    switch (server->behaviour) {
    case STAYS_SILENT:
        return;
    case CLOSES:
        break;
    case CUTS_ANSWER:
        send(server->peer, length, 2, 0);
        send(server->peer, answer, size - 1, 0);
        break;
    case ANSWERS_IN_PIECES:
        send(server->peer, length, 1, 0);
        send(server->peer, length + 1, 1, 0);
        send(server->peer, answer, 5, 0);
        send(server->peer, answer + 5, size - 5, 0);
        return;
    case SENDS_WRONG_ID:
        answer[0] ^= 1;
        send(server->peer, length, 2, 0);
        send(server->peer, answer, size, 0);
        return;
    case ANSWERS:
    case ANSWERS_SECOND_TRY:
    case WRONG_THEN_RIGHT:
        send(server->peer, length, 2, 0);
        send(server->peer, answer, size, 0);
        return;
    }
    uv_poll_stop(poll);
    shutdown(server->peer, SHUT_RDWR);
}

static void tcp_server_ready(uv_poll_t *poll, int status, int events)
{
    struct server *server = poll->data;
    (void)status;
    (void)events;
    server->peer = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
    assert_true(server->peer >= 0);
    server->seen++;
    uv_poll_init(poll->loop, &server->peer_poll, server->peer);
    server->peer_poll.data = server;
    uv_poll_start(&server->peer_poll, UV_READABLE, tcp_peer_ready);
}

static void server_start(struct world *world, enum behaviour behaviour, bool tcp)
{
    struct server *server = &world->server;
    server->address = endpoint_make(AF_INET, (uint8_t[]){127, 0, 0, 1}, 0);
    server->behaviour = behaviour;
    server->fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof server->address;
    assert_int_equal(bind(server->fd, &server->address.any, endpoint_size(&server->address)), 0);
    assert_int_equal(getsockname(server->fd, &server->address.any, &size), 0);
    uv_poll_init(&world->loop.uv, &server->poll, server->fd);
    server->poll.data = server;
    if (tcp)
        assert_int_equal(listen(server->fd, 5), 0);
    uv_poll_start(&server->poll, UV_READABLE, tcp ? tcp_server_ready : udp_server_ready);
}

static void world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
    struct politeness_limits limits = politeness_defaults();
    world->server.fd = world->server.peer = -1;
    assert_int_equal(net_loop_init(&world->loop), 0);
    assert_int_equal(politeness_new(&world->loop, &limits, &world->politeness), 0);
    assert_int_equal(dns_client_new(&world->loop, world->politeness, &world->client), 0);
}

static void world_done(struct world *world)
{
    dns_client_free(world->client);
    politeness_free(world->politeness);
    net_loop_done(&world->loop);
    if (world->server.fd >= 0)
        close(world->server.fd);
    if (world->server.peer >= 0)
        close(world->server.peer);
}

static void take_reply(void *user, const struct dns_reply *reply)
{
    struct world *world = user;
    world->last = *reply;
    if (reply->size)
        memcpy(world->data, reply->data, reply->size);
    world->answered += reply->outcome == NET_ANSWERED;
    world->stop = ++world->done == world->wanted;
}

static struct dns_request request_to(const struct endpoint *server, bool tcp)
{
    return (struct dns_request){.server = *server,
                                .tcp = tcp,
                                .message = question,
                                .size = sizeof question,
                                .timeout_ms = 40,
                                .tries = 3};
}

static void ask(struct world *world, const struct dns_request *request)
{
    world->wanted++;
    world->stop = false;
    assert_int_equal(dns_client_ask(world->client, request, take_reply, world), 0);
}

static void ask_server(enum behaviour behaviour, bool tcp, struct world *world)
{
    world_init(world);
    server_start(world, behaviour, tcp);
    struct dns_request request = request_to(&world->server.address, tcp);
    ask(world, &request);
    assert_int_equal(net_loop_run(&world->loop, &world->stop), 0);
}

static void udp_answer_is_taken(void **state)
{
    (void)state;
    struct world world;
    ask_server(ANSWERS, /* tcp= */ false, &world);
    assert_int_equal(world.last.outcome, NET_ANSWERED);
    assert_int_equal(world.last.tries, 1);
    assert_int_equal(world.last.size, sizeof question);
    assert_int_equal(world.data[2] & 0x80, 0x80);
    assert_true(world.last.elapsed_us > 0);
    world_done(&world);
}

static void silent_server_times_out_after_all_tries(void **state)
{
    (void)state;
    struct world world;
    ask_server(STAYS_SILENT, /* tcp= */ false, &world);
    assert_int_equal(world.last.outcome, NET_TIMED_OUT);
    assert_int_equal(world.last.tries, 3);
    assert_int_equal(world.server.seen, 3);
    assert_true(world.last.elapsed_us >= (40 + 50 + 62) * 1000 - 3000);
    /* RFC 5452 9.2: each try comes from a port of its own. */
    assert_int_not_equal(world.server.ports[0], world.server.ports[1]);
    assert_int_not_equal(world.server.ports[1], world.server.ports[2]);
    world_done(&world);
}

static void lost_datagram_is_sent_again(void **state)
{
    (void)state;
    struct world world;
    ask_server(ANSWERS_SECOND_TRY, /* tcp= */ false, &world);
    assert_int_equal(world.last.outcome, NET_ANSWERED);
    assert_int_equal(world.last.tries, 2);
    assert_true(world.last.elapsed_us < 40000); /* of the answered try alone */
    world_done(&world);
}

static void wrong_id_is_not_an_answer(void **state)
{
    (void)state;
    struct world world;
    ask_server(SENDS_WRONG_ID, /* tcp= */ false, &world);
    assert_int_equal(world.last.outcome, NET_UNMATCHED);
    assert_int_equal(world.last.size, sizeof question);
    assert_int_equal(world.data[1], 0x35);
    world_done(&world);
}

static void right_answer_after_a_wrong_one_is_taken(void **state)
{
    (void)state;
    struct world world;
    ask_server(WRONG_THEN_RIGHT, /* tcp= */ false, &world);
    assert_int_equal(world.last.outcome, NET_ANSWERED);
    world_done(&world);
}

/* An answer from another address than the asked one never reaches a connected socket. */
static void closed_port_is_refused(bool tcp)
{
    struct world world;
    world_init(&world);
    server_start(&world, ANSWERS, tcp);
    struct dns_request request = request_to(&world.server.address, tcp);
    uv_close((uv_handle_t *)&world.server.poll, NULL);
    close(world.server.fd);
    world.server.fd = -1;
    ask(&world, &request);
    assert_int_equal(net_loop_run(&world.loop, &world.stop), 0);
    assert_int_equal(world.last.outcome, NET_REFUSED);
    assert_int_equal(world.last.tries, 1);
    assert_true(world.last.elapsed_us < 40000);
    world_done(&world);
}

static void closed_udp_port_is_refused(void **state)
{
    (void)state;
    closed_port_is_refused(/* tcp= */ false);
}

static void closed_tcp_port_is_refused(void **state)
{
    (void)state;
    closed_port_is_refused(/* tcp= */ true);
}

static void no_route_is_our_own_failure(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    /* 240.0.0.0/4 is reserved (RFC 1112 4): Linux has no route unless somebody made one. The errno
     * mapping is tested besides, so that the test does not rest on this machine's routes. */
    assert_int_equal(net_outcome_of_errno(ENETUNREACH), NET_UNREACHABLE);
    assert_int_equal(net_outcome_of_errno(EHOSTUNREACH), NET_UNREACHABLE);
    assert_int_equal(net_outcome_of_errno(ECONNREFUSED), NET_REFUSED);
    assert_int_equal(net_outcome_of_start(ENETUNREACH), NET_OWN_FAILURE);
    assert_int_equal(net_outcome_of_start(ECONNREFUSED), NET_REFUSED);
    assert_int_equal(net_outcome_of_errno(EPERM), NET_OWN_FAILURE);
    assert_int_equal(net_outcome_of_errno(EMFILE), NET_OWN_FAILURE);
    struct endpoint nowhere = endpoint_make(AF_INET, (uint8_t[]){255, 255, 255, 255}, 53);
    struct dns_request request = request_to(&nowhere, /* tcp= */ true);
    ask(&world, &request);
    assert_int_equal(net_loop_run(&world.loop, &world.stop), 0);
    assert_int_equal(world.last.outcome, NET_OWN_FAILURE);
    assert_int_equal(world.last.tries, 0);
    world_done(&world);
}

static void tcp_answer_is_taken(void **state)
{
    (void)state;
    static const enum behaviour behaviours[] = {ANSWERS, ANSWERS_IN_PIECES};
    for (size_t i = 0; i < 2; i++) {
        struct world world;
        ask_server(behaviours[i], /* tcp= */ true, &world);
        assert_int_equal(world.last.outcome, NET_ANSWERED);
        assert_int_equal(world.last.size, sizeof question);
        world_done(&world);
    }
}

static void tcp_failures_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        enum behaviour behaviour;
        enum net_outcome outcome;
    } cases[] = {{CLOSES, NET_CLOSED},
                 {CUTS_ANSWER, NET_CLOSED},
                 {STAYS_SILENT, NET_TIMED_OUT},
                 {SENDS_WRONG_ID, NET_UNMATCHED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        ask_server(cases[i].behaviour, /* tcp= */ true, &world);
        assert_int_equal(world.last.outcome, cases[i].outcome);
        world_done(&world);
    }
}

static void map_changes_where_it_is_sent_only(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    server_start(&world, ANSWERS, /* tcp= */ false);
    struct net_map_entry entry = {endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 1}, 53),
                                  world.server.address};
    struct net_map map = {&entry, 1};
    struct dns_request request = request_to(&entry.from, /* tcp= */ false);
    request.map = &map;
    ask(&world, &request);
    assert_int_equal(net_loop_run(&world.loop, &world.stop), 0);
    assert_int_equal(world.last.outcome, NET_ANSWERED);
    struct endpoint other = endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 1}, 54);
    assert_ptr_equal(net_map_apply(&map, &other), &other);
    world_done(&world);
}

/* 64 at once (sixteen in flight), the other twelve at a hundred a second. */
static void eighty_questions_take_their_time(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    server_start(&world, ANSWERS, /* tcp= */ false);
    struct dns_request request = request_to(&world.server.address, /* tcp= */ false);
    request.timeout_ms = 60000; /* none is asked again, however busy the machine */
    int64_t start = clock_mono();
    for (int i = 0; i < 76; i++)
        ask(&world, &request);
    assert_int_equal(net_loop_run(&world.loop, &world.stop), 0);
    assert_int_equal(world.answered, 76);
    assert_int_equal(world.server.seen, 76);
    assert_true(clock_mono() - start >= 118000);
    world_done(&world);
}

static void giving_up_ends_every_question(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    server_start(&world, STAYS_SILENT, /* tcp= */ false);
    struct dns_request request = request_to(&world.server.address, /* tcp= */ false);
    request.timeout_ms = 60000;
    ask(&world, &request);
    while (world.server.seen == 0)
        uv_run(&world.loop.uv, UV_RUN_ONCE);
    ask(&world, &request); /* never goes */
    dns_client_give_up(world.client, /* owner= */ &world);
    assert_int_equal(world.done, 0);
    dns_client_give_up(world.client, /* owner= */ NULL);
    assert_int_equal(world.done, 2);
    assert_int_equal(world.last.outcome, NET_TIMED_OUT);
    world_done(&world);
}

static void wait_ms(struct world *world, int milliseconds)
{
    for (int64_t end = clock_mono() + milliseconds * INT64_C(1000); clock_mono() < end;)
        uv_run(&world->loop.uv, UV_RUN_NOWAIT);
}

/* Nobody is judged on what we failed to see: sixteen questions of a survey beside ours hold ours
 * back, and when it goes at last our time is over. */
static void a_question_that_went_too_late_is_our_own_failure(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    server_start(&world, STAYS_SILENT, /* tcp= */ false);
    int beside, ours;
    struct dns_request request = request_to(&world.server.address, /* tcp= */ false);
    request.timeout_ms = 60000;
    request.owner = &beside;
    for (int i = 0; i < 16; i++)
        ask(&world, &request);
    request.owner = &ours;
    ask(&world, &request);
    wait_ms(&world, 150);
    assert_int_equal(world.server.seen, 16);
    dns_client_give_up(world.client, &beside);
    assert_int_equal(world.last.outcome, NET_TIMED_OUT);
    while (world.server.seen == 16)
        uv_run(&world.loop.uv, UV_RUN_ONCE);
    dns_client_give_up(world.client, &ours);
    assert_int_equal(world.done, 17);
    assert_int_equal(world.last.tries, 1);
    assert_int_equal(world.last.outcome, NET_OWN_FAILURE);
    world_done(&world);
}

static void freeing_the_client_forgets_questions(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    server_start(&world, STAYS_SILENT, /* tcp= */ false);
    struct dns_request request = request_to(&world.server.address, /* tcp= */ false);
    ask(&world, &request);
    uv_run(&world.loop.uv, UV_RUN_NOWAIT);
    world_done(&world);
    assert_int_equal(world.done, 0);
}

static void matching_is_by_id_and_question(void **state)
{
    (void)state;
    uint8_t answer[512];
    answer_to(question, sizeof question, answer);
    assert_true(dns_answer_matches(question, sizeof question, answer, sizeof question));
    answer[13] = 'A'; /* RFC 4343 */
    assert_true(dns_answer_matches(question, sizeof question, answer, sizeof question));
    answer[13] = 'b';
    assert_false(dns_answer_matches(question, sizeof question, answer, sizeof question));
    answer[13] = 'a';
    for (size_t i = sizeof question - 4; i < sizeof question; i++) { /* type and class */
        answer[i] ^= 0x20;
        assert_false(dns_answer_matches(question, sizeof question, answer, sizeof question));
        answer[i] ^= 0x20;
    }
    answer[2] &= 0x7f; /* our own question, reflected */
    assert_false(dns_answer_matches(question, sizeof question, answer, sizeof question));
    answer[2] |= 0x80;
    for (size_t size = 0; size < sizeof question; size++)
        assert_false(dns_answer_matches(question, sizeof question, answer, size));
    answer[5] = 0; /* RFC 1035 4.1.1: FORMERR may come without the question, NOERROR not */
    assert_false(dns_answer_matches(question, sizeof question, answer, DNS_HEADER_SIZE));
    answer[3] |= 1;
    assert_true(dns_answer_matches(question, sizeof question, answer, DNS_HEADER_SIZE));
}

TEST_MAIN(cmocka_unit_test(udp_answer_is_taken),
          cmocka_unit_test(silent_server_times_out_after_all_tries),
          cmocka_unit_test(lost_datagram_is_sent_again),
          cmocka_unit_test(wrong_id_is_not_an_answer),
          cmocka_unit_test(right_answer_after_a_wrong_one_is_taken),
          cmocka_unit_test(closed_udp_port_is_refused),
          cmocka_unit_test(closed_tcp_port_is_refused),
          cmocka_unit_test(no_route_is_our_own_failure), cmocka_unit_test(tcp_answer_is_taken),
          cmocka_unit_test(tcp_failures_are_told_apart),
          cmocka_unit_test(map_changes_where_it_is_sent_only),
          cmocka_unit_test(eighty_questions_take_their_time),
          cmocka_unit_test(giving_up_ends_every_question),
          cmocka_unit_test(a_question_that_went_too_late_is_our_own_failure),
          cmocka_unit_test(freeing_the_client_forgets_questions),
          cmocka_unit_test(matching_is_by_id_and_question))
