/* A door whose connections have threads of their own: handlers run one at a time, and one that
 * waits for another process holds nobody up. */
#include "web/server.h"

#include "testing.h"
#include "web/door_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ASKERS = 6, PATIENCE_S = 60 };

struct house {
    struct web_door door;
    struct web_server *server;
    char address[WEB_ADDRESS_TEXT];
    struct web_turn turn;
    int inside, worst; /* handlers that have it */
    pthread_mutex_t lock;
    pthread_cond_t came;
    int waiting, wanted; /* handlers that gave the turn up, until there are so many */
};

struct asker {
    pthread_t thread;
    struct house *house;
    char path[32];
    int status;
    char body[32];
};

/* As one that asks the core: it goes on when all the others ask as well. */
static void wait_for_the_others(struct house *house)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    house->inside--;
    uint64_t source = web_turn_give(&house->turn);
    pthread_mutex_lock(&house->lock);
    house->waiting++;
    pthread_cond_broadcast(&house->came);
    while (house->waiting < house->wanted &&
           pthread_cond_timedwait(&house->came, &house->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&house->lock);
    web_turn_take(&house->turn, source);
    house->inside++;
}

/* Says who asked, by what was noted before it waited. */
static int serve(const struct web_request *request, struct web_response *response)
{
    struct house *house = request->context;
    if (++house->inside > house->worst)
        house->worst = house->inside;
    char *caller = request->caller;
    assert_string_equal(caller, ""); /* nothing of another request */
    snprintf(caller, house->door.caller_size, "%s", request->parameters[0]);
    if (strcmp(caller, "alone") != 0)
        wait_for_the_others(house);
    house->inside--;
    buffer_append_text(&response->body, caller);
    return 0;
}

static const struct web_route routes[] = {
    {"GET", "/:name", AUDIENCE_PUBLIC, serve, "who asks", NULL}};

static int open_house(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    struct error_detail detail = {0};
    web_turn_init(&house->turn);
    pthread_mutex_init(&house->lock, NULL);
    pthread_cond_init(&house->came, NULL);
    house->wanted = ASKERS;
    house->door = (struct web_door){.routes = routes,
                                    .route_count = 1,
                                    .context = house,
                                    .caller_size = 32,
                                    .turn = &house->turn};
    int fd = door_listen(house->address);
    assert_int_equal(web_server_start(&house->door, fd, &house->server, &detail), 0);
    *state = house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    web_server_stop(house->server);
    pthread_cond_destroy(&house->came);
    pthread_mutex_destroy(&house->lock);
    web_turn_done(&house->turn);
    free(house);
    return 0;
}

static void *ask(void *context)
{
    struct asker *asker = context;
    struct buffer reply BUFFER_CLEANUP = {0};
    door_ask(asker->house->address, "GET", asker->path, "", "", &reply);
    asker->status = door_status(&reply);
    snprintf(asker->body, sizeof asker->body, "%s", door_body(&reply));
    return NULL;
}

static void start(struct asker *asker, struct house *house, int number)
{
    *asker = (struct asker){.house = house};
    snprintf(asker->path, sizeof asker->path, "/asker-%d", number);
    assert_int_equal(pthread_create(&asker->thread, NULL, ask, asker), 0);
}

static void who_waits_holds_nobody_up(void **state)
{
    struct house *house = *state;
    struct asker askers[ASKERS], alone = {.house = house, .path = "/alone"};
    for (int i = 0; i < ASKERS - 1; i++)
        start(&askers[i], house, i);
    ask(&alone); /* comes and goes while the others wait */
    assert_int_equal(alone.status, 200);
    start(&askers[ASKERS - 1], house, ASKERS - 1);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].status, 200);
        assert_string_equal(askers[i].body, askers[i].path + 1);
    }
    assert_int_equal(house->waiting, ASKERS);
    assert_int_equal(house->worst, 1);
}

/* A refusal that no handler sees is made with the turn as well. */
static void refusals_come_meanwhile(void **state)
{
    struct house *house = *state;
    struct buffer reply BUFFER_CLEANUP = {0};
    door_ask(house->address, "GET", "/a/b", "", "", &reply);
    assert_int_equal(door_status(&reply), 404);
    buffer_done(&reply);
    door_ask(house->address, "PUT", "/a", "", "", &reply);
    assert_int_equal(door_status(&reply), 405);
}

/* --- the end --- */

static int connect_door(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port =
                                 htons((uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

/* The status that a request gets on a connection that is kept. */
static int ask_on(int fd)
{
    static const char request[] = "GET /alone HTTP/1.1\r\nHost: here\r\n\r\n";
    char reply[2048];
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    ssize_t got = recv(fd, reply, sizeof reply - 1, 0);
    assert_true(got > 0);
    reply[got] = '\0';
    return (int)strtol(reply + strlen("HTTP/1.1 "), NULL, 10);
}

static void *stop(void *context)
{
    struct house *house = context;
    web_server_stop(house->server);
    house->server = NULL;
    return NULL;
}

static void wait_until_waiting(struct house *house, int count)
{
    pthread_mutex_lock(&house->lock);
    while (house->waiting < count)
        pthread_cond_wait(&house->came, &house->lock);
    pthread_mutex_unlock(&house->lock);
}

/* What was asked is answered, nothing more is taken: neither of those who are there nor of others.
 */
static void a_door_that_stops_finishes_what_it_began(void **state)
{
    struct house *house = *state;
    struct asker asker;
    pthread_t stopper;
    int kept = connect_door(house->address);
    assert_int_equal(ask_on(kept), 200);
    start(&asker, house, 0);
    wait_until_waiting(house, 1);
    assert_int_equal(pthread_create(&stopper, NULL, stop, house), 0);
    for (int fd = 0; fd >= 0;) {
        fd = connect_door(house->address);
        if (fd >= 0)
            close(fd);
    }
    assert_int_equal(ask_on(kept), 503);
    close(kept);
    pthread_mutex_lock(&house->lock);
    house->waiting = house->wanted;
    pthread_cond_broadcast(&house->came);
    pthread_mutex_unlock(&house->lock);
    pthread_join(asker.thread, NULL);
    pthread_join(stopper, NULL);
    assert_int_equal(asker.status, 200);
    assert_string_equal(asker.body, "asker-0");
}

#define OPEN(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)

TEST_MAIN(OPEN(who_waits_holds_nobody_up), OPEN(refusals_come_meanwhile),
          OPEN(a_door_that_stops_finishes_what_it_began))
