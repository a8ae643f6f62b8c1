/* Limits per address: burst, rate, in flight (politeness.h). */
#include "net/politeness.h"

#include "testing.h"

#include <string.h>

static const struct politeness_limits limits = {
    .burst = 64, .per_second = 100, .in_flight = 16, .total = 40, .waiting = 100};

static void bucket_gives_a_burst_and_then_the_rate(void **state)
{
    (void)state;
    struct token_bucket bucket = {0};
    int64_t now = 1000000;
    for (int i = 0; i < 64; i++)
        assert_int_equal(token_bucket_take(&bucket, &limits, now), 0);
    int64_t wait = token_bucket_take(&bucket, &limits, now);
    assert_in_range(wait, 9000, 10001); /* a hundredth of a second */
    assert_true(token_bucket_take(&bucket, &limits, now + 5000) > 0);
    assert_int_equal(token_bucket_take(&bucket, &limits, now + 10001), 0);
    assert_true(token_bucket_take(&bucket, &limits, now + 10001) > 0);
    /* Never more than the burst, however long nobody asked. */
    now += 3600 * INT64_C(1000000);
    int taken = 0;
    while (token_bucket_take(&bucket, &limits, now) == 0)
        taken++;
    assert_int_equal(taken, 64);
}

static void bucket_keeps_the_rate_when_asked_often(void **state)
{
    (void)state;
    struct token_bucket bucket = {0};
    int taken = 0;
    /* Every 100 microseconds for ten seconds. */
    for (int64_t now = 1; now < 10000000; now += 100)
        taken += token_bucket_take(&bucket, &limits, now) == 0;
    assert_in_range(taken, 64 + 990, 64 + 1001);
}

struct visitor {
    struct politeness_pass pass;
    int *went;
};

static void count_going(struct politeness_pass *pass)
{
    (*((struct visitor *)pass)->went)++;
}

struct world {
    struct net_loop loop;
    struct politeness *politeness;
    struct visitor visitors[100];
    int went;
};

static void world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
    assert_int_equal(net_loop_init(&world->loop), 0);
    assert_int_equal(politeness_new(&world->loop, &limits, &world->politeness), 0);
    for (size_t i = 0; i < 100; i++)
        world->visitors[i] = (struct visitor){.pass = {.go = count_going}, .went = &world->went};
}

static void world_done(struct world *world)
{
    politeness_free(world->politeness);
    net_loop_done(&world->loop);
}

static void visit(struct world *world, size_t visitor, uint8_t host, uint16_t port)
{
    struct endpoint endpoint = endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, host}, port);
    assert_int_equal(politeness_enter(world->politeness, &endpoint, &world->visitors[visitor].pass),
                     0);
}

static void run_what_is_ready(struct world *world)
{
    for (int i = 0; i < 4; i++)
        uv_run(&world->loop.uv, UV_RUN_NOWAIT);
}

static void only_sixteen_are_in_flight_per_address(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    for (size_t i = 0; i < 20; i++)
        visit(&world, i, 1, (uint16_t)(1000 + i)); /* other ports are the same host */
    visit(&world, 20, 2, 53);
    assert_int_equal(world.went, 0); /* never from inside enter */
    run_what_is_ready(&world);
    assert_int_equal(world.went, 17);
    politeness_leave(world.politeness, &world.visitors[0].pass);
    run_what_is_ready(&world);
    assert_int_equal(world.went, 18);
    politeness_leave(world.politeness, &world.visitors[19].pass); /* still waiting */
    politeness_leave(world.politeness, &world.visitors[19].pass); /* twice is nothing */
    for (size_t i = 0; i < 19; i++)
        politeness_leave(world.politeness, &world.visitors[i].pass);
    run_what_is_ready(&world);
    for (size_t i = 0; i < 21; i++)
        politeness_leave(world.politeness, &world.visitors[i].pass);
    world_done(&world);
}

static void all_hosts_share_the_total(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    for (size_t i = 0; i < 60; i++)
        visit(&world, i, (uint8_t)(i / 10), 53);
    run_what_is_ready(&world);
    assert_int_equal(world.went, 40);
    for (size_t i = 0; i < 60; i++)
        politeness_leave(world.politeness, &world.visitors[i].pass);
    world_done(&world);
}

static void queue_has_an_end(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    for (size_t i = 0; i < 100; i++)
        visit(&world, i, 1, 53);
    struct visitor late = {.pass = {.go = count_going}, .went = &world.went};
    struct endpoint host = endpoint_make(AF_INET, (uint8_t[]){192, 0, 2, 9}, 53);
    assert_true(politeness_enter(world.politeness, &host, &late.pass) < 0);
    for (size_t i = 0; i < 100; i++)
        politeness_leave(world.politeness, &world.visitors[i].pass);
    world_done(&world);
}

TEST_MAIN(cmocka_unit_test(bucket_gives_a_burst_and_then_the_rate),
          cmocka_unit_test(bucket_keeps_the_rate_when_asked_often),
          cmocka_unit_test(only_sixteen_are_in_flight_per_address),
          cmocka_unit_test(all_hosts_share_the_total), cmocka_unit_test(queue_has_an_end))
