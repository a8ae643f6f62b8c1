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

static void add(struct web_waiting *waiting, const char *shown)
{
    web_queue_add(&queue, waiting, web_queue_source(&queue, shown));
}

/* The next one, of whom `shown` must tell. */
static struct web_waiting *take(const char *shown)
{
    uint64_t source = 0;
    struct web_waiting *taken = web_queue_take(&queue, &source);
    if (taken)
        assert_int_equal(source, web_queue_source(&queue, shown));
    return taken;
}

static void none_waits(void **state)
{
    (void)state;
    assert_null(take(""));
}

static void one_source_is_served_in_its_order(void **state)
{
    struct web_waiting list[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        add(&list[i], "flood");
    for (size_t i = 0; i < MANY; i++)
        assert_ptr_equal(take("flood"), &list[i]);
    assert_null(take(""));
}

/* However many requests one source has there, another one waits for one of them at most. */
static void who_asks_much_waits_for_itself(void **state)
{
    struct web_waiting list[MANY], other[3];
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        add(&list[i], "flood");
    assert_ptr_equal(take("flood"), &list[0]);
    for (size_t i = 0; i < 3; i++)
        add(&other[i], i < 2 ? "reporter" : "reader");
    assert_ptr_equal(take("reporter"), &other[0]);
    assert_ptr_equal(take("reader"), &other[2]);
    assert_ptr_equal(take("flood"), &list[1]);
    assert_ptr_equal(take("reporter"), &other[1]);
    assert_ptr_equal(take("flood"), &list[2]);
}

/* Who was never served comes in the order of coming, whatever place of the table is free. */
static void strangers_come_in_their_order(void **state)
{
    struct web_waiting first, list[MANY];
    char name[16];
    (void)state;
    add(&first, "first");
    assert_ptr_equal(take("first"), &first);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < MANY; i++) {
            snprintf(name, sizeof name, "s%zu-%zu", round, i);
            add(&list[i], name);
        }
        for (size_t i = 0; i < MANY; i++) {
            snprintf(name, sizeof name, "s%zu-%zu", round, i);
            assert_ptr_equal(take(name), &list[i]);
        }
    }
}

/* As many as can wait, and more sources than are remembered: each is still served, once; who waits
 * is never forgotten. */
static void sources_are_forgotten(void **state)
{
    struct web_waiting list[WEB_WAITING_MAX], late;
    char name[16];
    uint64_t source;
    (void)state;
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < WEB_WAITING_MAX; i++) {
            snprintf(name, sizeof name, "s%zu-%zu", round, i);
            add(&list[i], name);
        }
        assert_ptr_equal(web_queue_take(&queue, &source), &list[0]);
        add(&late, "late");
        for (size_t i = 0; i < WEB_WAITING_MAX; i++)
            assert_non_null(web_queue_take(&queue, &source));
        assert_null(web_queue_take(&queue, &source));
    }
}

#define FRESH(test) cmocka_unit_test_setup(test, begin)

TEST_MAIN(FRESH(none_waits), FRESH(one_source_is_served_in_its_order),
          FRESH(who_asks_much_waits_for_itself), FRESH(strangers_come_in_their_order),
          FRESH(sources_are_forgotten))
