/* Whose turn it is at a door. */
#include "web/queue.h"

#include "testing.h"

#include <stdio.h>

enum { MANY = 60 };

static struct web_queue queue;

static int begin(void **state)
{
    (void)state;
    web_queue_init(&queue);
    return 0;
}

static void none_waits(void **state)
{
    (void)state;
    assert_null(web_queue_take(&queue));
}

static void one_source_is_served_in_its_order(void **state)
{
    struct web_waiting list[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        web_queue_add(&queue, &list[i], "flood");
    for (size_t i = 0; i < MANY; i++)
        assert_ptr_equal(web_queue_take(&queue), &list[i]);
    assert_null(web_queue_take(&queue));
}

/* However many requests one source has there, another one waits for one of them at most. */
static void who_asks_much_waits_for_itself(void **state)
{
    struct web_waiting list[MANY], other[3];
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        web_queue_add(&queue, &list[i], "flood");
    assert_ptr_equal(web_queue_take(&queue), &list[0]);
    for (size_t i = 0; i < 3; i++)
        web_queue_add(&queue, &other[i], i < 2 ? "reporter" : "reader");
    assert_ptr_equal(web_queue_take(&queue), &other[0]);
    assert_ptr_equal(web_queue_take(&queue), &other[2]);
    assert_ptr_equal(web_queue_take(&queue), &list[1]);
    assert_ptr_equal(web_queue_take(&queue), &other[1]);
    assert_ptr_equal(web_queue_take(&queue), &list[2]);
}

/* More sources than are remembered: each request is still answered, once. */
static void sources_are_forgotten(void **state)
{
    enum { SOURCES = WEB_SOURCES_MAX + 44 };
    struct web_waiting list[SOURCES];
    char name[16];
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < SOURCES; i++) {
            snprintf(name, sizeof name, "s%zu", i);
            web_queue_add(&queue, &list[i], name);
        }
        for (size_t i = 0; i < SOURCES; i++)
            assert_non_null(web_queue_take(&queue));
        assert_null(web_queue_take(&queue));
    }
}

#define FRESH(test) cmocka_unit_test_setup(test, begin)

TEST_MAIN(FRESH(none_waits), FRESH(one_source_is_served_in_its_order),
          FRESH(who_asks_much_waits_for_itself), FRESH(sources_are_forgotten))
