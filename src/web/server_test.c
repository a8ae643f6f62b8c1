/* A door whose connections have threads of their own: handlers run one at a time, and one that
 * waits for another process holds nobody up. */
#include "web/server.h"

#include "testing.h"
#include "web/door_client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ASKERS = 6, PATIENCE_S = 60 };

struct house {
    struct web_door door;
    struct web_server *server;
    char address[WEB_ADDRESS_TEXT];
    pthread_mutex_t turn;
    pthread_cond_t came;
    int waiting;       /* handlers that gave up the turn */
    int inside, worst; /* handlers that have it */
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
    house->waiting++;
    house->inside--;
    pthread_cond_broadcast(&house->came);
    while (house->waiting < ASKERS &&
           pthread_cond_timedwait(&house->came, &house->turn, &until) == 0)
        continue;
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
    pthread_mutex_init(&house->turn, NULL);
    pthread_cond_init(&house->came, NULL);
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
    pthread_mutex_destroy(&house->turn);
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

TEST_MAIN(cmocka_unit_test_setup_teardown(who_waits_holds_nobody_up, open_house, close_house),
          cmocka_unit_test_setup_teardown(refusals_come_meanwhile, open_house, close_house))
