/* The lanes by which the core tells hooks: what is due goes out, who is slow holds up half of them
 * at most, what cannot be told stands in no other's way, and what was not kept is sent again. On a
 * real store and with the threads of the core; in place of the herald processes stands a function.
 */
#include "app/core_parts.h"

#include "app/hooks/delivery.h"
#include "app/party/scene.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define QUICK "https://hooks.example/quick"
#define SLOW "https://hooks.example/slow"
#define DAMAGED "https://hooks.example/damaged"

enum { PATIENCE_MS = 20000, IDS_MAX = 8 };

/* --- in place of the heralds, and of a store that fails --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static bool held; /* whoever is slow waits */
static int waits; /* so many do */
static int heard; /* attempts that came to an end */
static char bodies[IDS_MAX][256];
static bool end_fails;

void __wrap_herald_send(struct child *herald, const struct config *config,
                        const struct herald_request *request, struct herald_reply *ret_reply);
void __wrap_herald_send(struct child *herald, const struct config *config,
                        const struct herald_request *request, struct herald_reply *ret_reply)
{
    (void)herald, (void)config;
    pthread_mutex_lock(&lock);
    waits++;
    pthread_cond_broadcast(&moved);
    while (held && strcmp(request->url, SLOW) == 0)
        pthread_cond_wait(&moved, &lock);
    waits--;
    if (heard < IDS_MAX)
        snprintf(bodies[heard], sizeof bodies[heard], "%.*s", (int)request->size,
                 (const char *)request->body);
    heard++;
    pthread_mutex_unlock(&lock);
    *ret_reply = (struct herald_reply){HERALD_ANSWERED, 204, SECOND};
}

int __real_delivery_begin(struct app *app, const struct store_hook *hook,
                          struct delivery **ret_delivery, struct error_detail *detail);
int __wrap_delivery_begin(struct app *app, const struct store_hook *hook,
                          struct delivery **ret_delivery, struct error_detail *detail);
int __wrap_delivery_begin(struct app *app, const struct store_hook *hook,
                          struct delivery **ret_delivery, struct error_detail *detail)
{
    if (strcmp(hook->url, DAMAGED) == 0)
        return error_set(detail, ERR_DAMAGED, "its case is damaged");
    return __real_delivery_begin(app, hook, ret_delivery, detail);
}

int __real_delivery_end(struct app *app, const struct delivery *delivery,
                        struct error_detail *detail);
int __wrap_delivery_end(struct app *app, const struct delivery *delivery,
                        struct error_detail *detail);
int __wrap_delivery_end(struct app *app, const struct delivery *delivery,
                        struct error_detail *detail)
{
    return end_fails ? error_set(detail, ERR_UNAVAILABLE, "the disk is full")
                     : __real_delivery_end(app, delivery, detail);
}

static void hold(bool whether)
{
    pthread_mutex_lock(&lock);
    held = whether;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&lock);
}

/* --- a core over a world of two registrars --- */

struct tower {
    struct world *world;
    struct core *core;
    const char *case_id;
};

static int make_tower(void **state)
{
    struct tower *tower = calloc(1, sizeof *tower);
    make_world(state);
    tower->world = *state;
    tower->core = calloc(1, sizeof *tower->core);
    tower->core->app = &tower->world->app;
    core_start_hooks(tower->core);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"anna", "bert", "carl"};
        app_world_put_user(&tower->world->app, names[i], "analyst", "", WORLD_START);
    }
    tower->case_id = open_case(tower->world, "registrar-1", "a.example");
    assert_int_equal(store_commit(tower->world->app.store), 0);
    held = end_fails = false;
    waits = heard = 0;
    *state = tower;
    return 0;
}

static int end_tower(void **state)
{
    struct tower *tower = *state;
    void *world = tower->world;
    hold(false);
    core_end_hooks(tower->core);
    free(tower->core);
    free(tower);
    return world_end(&world);
}

static struct store_hook hook_of(struct tower *tower, const char *user)
{
    struct world *world = tower->world;
    struct store_hook hook;
    assert_int_equal(store_hook_find(world->app.store, user, 1, &world->arena, &hook), 0);
    return hook;
}

static void tell(struct tower *tower, const char *user)
{
    struct app *app = &tower->world->app;
    const struct store_hook hook = hook_of(tower, user);
    assert_int_equal(store_begin(app->store), 0);
    assert_int_equal(hook_tell(app, &hook, HOOK_CASE_CHANGED, "case", tower->case_id,
                               clock_wall(&app->clock), NULL),
                     0);
    assert_int_equal(store_commit(app->store), 0);
}

/* A hook of that user, and something that waits there. */
static void put(struct tower *tower, const char *user, const char *url)
{
    struct store *store = tower->world->app.store;
    assert_int_equal(store_begin(store), 0);
    json_decref(
        world_must(tower->world, &ada, "user.hook.add",
                   json_pack("{s:s, s:s, s:[s]}", "id", user, "url", url, "for", "case.changed")));
    assert_int_equal(store_commit(store), 0);
    tell(tower, user);
}

static int64_t waiting(struct tower *tower, const char *user)
{
    int64_t count = -1;
    assert_int_equal(store_delivery_count(tower->world->app.store, user, 1, &count), 0);
    return count;
}

static size_t count_busy(const struct tower *tower)
{
    size_t count = 0;
    for (size_t i = 0; i < CORE_HOOK_LANES; i++)
        count += tower->core->lanes[i].busy;
    return count;
}

static struct lane_poll {
    struct pollfd fds[CORE_HOOK_LANES];
    size_t count;
} watch(const struct tower *tower)
{
    struct lane_poll polls = {.count = 0};
    for (size_t i = 0; i < CORE_HOOK_LANES; i++) {
        const struct hook_lane *lane = &tower->core->lanes[i];
        if (lane->worker.started)
            polls.fds[polls.count++] =
                (struct pollfd){.fd = lane->worker.event_fd, .events = POLLIN};
    }
    return polls;
}

/* As the turns of the core do, until so many lanes are busy still. */
static void collect(struct tower *tower, size_t busy)
{
    while (count_busy(tower) > busy) {
        struct lane_poll polls = watch(tower);
        if (poll(polls.fds, (nfds_t)polls.count, PATIENCE_MS) <= 0)
            fail_msg("%zu lanes stay busy", count_busy(tower));
        core_collect_hooks(tower->core);
    }
}

/* --- tests --- */

/* H4. */
static void what_is_due_goes_out_by_a_lane(void **state)
{
    struct tower *tower = *state;
    assert_int_equal(core_next_hook(tower->core), INT64_MAX);
    core_give_hooks(tower->core);
    assert_int_equal(count_busy(tower), 0);
    put(tower, "anna", QUICK);
    assert_int_equal(core_next_hook(tower->core), WORLD_START);
    core_give_hooks(tower->core);
    assert_int_equal(count_busy(tower), 1);
    core_give_hooks(tower->core);
    assert_int_equal(count_busy(tower), 1); /* what is under way is given to nobody else */
    collect(tower, 0);
    const struct store_hook hook = hook_of(tower, "anna");
    assert_int_equal(hook.delivered, 1);
    assert_true(hook.quick);
    assert_string_equal(hook.last_words, "status 204");
    assert_int_equal(waiting(tower, "anna"), 0);
    assert_int_equal(core_next_hook(tower->core), INT64_MAX);
    assert_non_null(strstr(bodies[0], tower->case_id));
}

/* H3. */
static void who_is_slow_holds_up_half_of_the_lanes(void **state)
{
    struct tower *tower = *state;
    put(tower, "anna", QUICK);
    core_give_hooks(tower->core);
    collect(tower, 0);
    hold(true);
    put(tower, "bert", SLOW);
    put(tower, "carl", SLOW);
    put(tower, "ada", SLOW);
    core_give_hooks(tower->core);
    assert_int_equal(count_busy(tower), CORE_HOOK_LANES / 2);
    assert_int_equal(core_next_hook(tower->core), INT64_MAX); /* no lane for the third */
    tell(tower, "anna");
    assert_int_equal(core_next_hook(tower->core), WORLD_START);
    core_give_hooks(tower->core);
    assert_int_equal(count_busy(tower), CORE_HOOK_LANES / 2 + 1);
    collect(tower, CORE_HOOK_LANES / 2);
    assert_int_equal(hook_of(tower, "anna").delivered, 2);
    hold(false);
    collect(tower, 0);
    core_give_hooks(tower->core);
    collect(tower, 0);
    assert_int_equal(hook_of(tower, "bert").delivered, 1);
    assert_int_equal(hook_of(tower, "carl").delivered, 1);
    assert_int_equal(hook_of(tower, "ada").delivered, 1);
}

static void one_that_cannot_be_told_stands_in_no_others_way(void **state)
{
    struct tower *tower = *state;
    put(tower, "anna", DAMAGED);
    put(tower, "bert", QUICK);
    core_give_hooks(tower->core);
    assert_int_equal(count_busy(tower), 0);
    assert_int_equal(hook_of(tower, "anna").due_at, WORLD_START + 60 * SECOND);
    core_give_hooks(tower->core); /* not at once again: what failed may fail each time */
    assert_int_equal(count_busy(tower), 0);
    tower->core->next_hooks_us = 0;
    core_give_hooks(tower->core);
    collect(tower, 0);
    assert_int_equal(hook_of(tower, "bert").delivered, 1);
    assert_int_equal(waiting(tower, "anna"), 1);
    assert_int_equal(hook_of(tower, "anna").failed, 0); /* its receiver did nothing wrong */
}

/* H4: with the same id, by which a receiver knows it. */
static void what_the_store_did_not_take_is_sent_again(void **state)
{
    struct tower *tower = *state;
    put(tower, "anna", QUICK);
    end_fails = true;
    core_give_hooks(tower->core);
    collect(tower, 0);
    end_fails = false;
    assert_int_equal(heard, 1);
    assert_int_equal(waiting(tower, "anna"), 1);
    core_give_hooks(tower->core);
    assert_int_equal(count_busy(tower), 0); /* not before its time */
    int64_t due = core_next_hook(tower->core);
    assert_int_equal(due, WORLD_START + 120 * SECOND);
    assert_int_equal(clock_jump(&tower->world->app.clock, due), 0);
    core_give_hooks(tower->core);
    collect(tower, 0);
    assert_int_equal(heard, 2);
    assert_string_equal(bodies[0], bodies[1]);
    assert_int_equal(waiting(tower, "anna"), 0);
}

/* The core ends while a receiver takes its time: it waits for it, and keeps what came of it. */
static void an_end_waits_for_what_is_under_way(void **state)
{
    struct tower *tower = *state;
    hold(true);
    put(tower, "anna", SLOW);
    core_give_hooks(tower->core);
    pthread_mutex_lock(&lock);
    while (waits == 0)
        pthread_cond_wait(&moved, &lock);
    pthread_mutex_unlock(&lock);
    hold(false);
    core_end_hooks(tower->core);
    core_start_hooks(tower->core);
    assert_int_equal(hook_of(tower, "anna").delivered, 1);
}

#define IN_TOWER(test) cmocka_unit_test_setup_teardown(test, make_tower, end_tower)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TOWER(what_is_due_goes_out_by_a_lane),
        IN_TOWER(who_is_slow_holds_up_half_of_the_lanes),
        IN_TOWER(one_that_cannot_be_told_stands_in_no_others_way),
        IN_TOWER(what_the_store_did_not_take_is_sent_again),
        IN_TOWER(an_end_waits_for_what_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
