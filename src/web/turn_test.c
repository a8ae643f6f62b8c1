/* The turn among threads: one has it at a time, and whoever asks most waits for itself. */
#include "web/turn.h"

#include "testing.h"

#include <string.h>

enum { FLOOD = 12, ROUNDS = 200 };

struct house {
    struct web_turn turn;
    int inside, worst;     /* by whoever has the turn */
    char order[FLOOD + 4]; /* who had it, one letter each */
    size_t served;
};

struct visitor {
    pthread_t thread;
    struct house *house;
    const char *shown;
    int rounds;
};

static void *visit(void *context)
{
    struct visitor *visitor = context;
    struct house *house = visitor->house;
    uint64_t source = web_turn_source(&house->turn, visitor->shown);
    for (int i = 0; i < visitor->rounds; i++) {
        web_turn_take(&house->turn, source);
        if (++house->inside > house->worst)
            house->worst = house->inside;
        if (house->served < sizeof house->order - 1)
            house->order[house->served] = visitor->shown[0];
        house->served++;
        house->inside--;
        assert_true(web_turn_give(&house->turn) == source);
    }
    return NULL;
}

static void start(struct visitor *visitor, struct house *house, const char *shown, int rounds)
{
    *visitor = (struct visitor){.house = house, .shown = shown, .rounds = rounds};
    assert_int_equal(pthread_create(&visitor->thread, NULL, visit, visitor), 0);
}

/* Until so many wait. */
static void wait_for(struct web_turn *turn, size_t count)
{
    size_t waiting = 0;
    while (waiting < count) {
        waiting = 0;
        pthread_mutex_lock(&turn->lock);
        for (size_t i = 0; i < WEB_SOURCES_MAX; i++) {
            for (const struct web_waiting *at = turn->queue.sources[i].first; at; at = at->next)
                waiting++;
        }
        pthread_mutex_unlock(&turn->lock);
    }
}

/* While a flood waits, somebody else comes: only the one that has the turn is before them. */
static void who_asks_most_waits_for_itself(void **state)
{
    struct house house = {.served = 0};
    struct visitor flood[FLOOD], others[2];
    (void)state;
    web_turn_init(&house.turn);
    web_turn_take(&house.turn, web_turn_source(&house.turn, "flood"));
    for (size_t i = 0; i < FLOOD; i++)
        start(&flood[i], &house, "flood", 1);
    wait_for(&house.turn, FLOOD);
    start(&others[0], &house, "anna", 1);
    wait_for(&house.turn, FLOOD + 1);
    start(&others[1], &house, "bert", 1);
    wait_for(&house.turn, FLOOD + 2);
    web_turn_give(&house.turn);
    for (size_t i = 0; i < FLOOD; i++)
        pthread_join(flood[i].thread, NULL);
    for (size_t i = 0; i < 2; i++)
        pthread_join(others[i].thread, NULL);
    assert_string_equal(house.order, "abffffffffffff");
    web_turn_done(&house.turn);
}

static void one_has_it_at_a_time(void **state)
{
    static const char *const shown[] = {"anna", "bert", "flood", "flood", "flood", "flood"};
    enum { VISITORS = sizeof shown / sizeof *shown };
    struct house house = {.served = 0};
    struct visitor visitors[VISITORS];
    (void)state;
    web_turn_init(&house.turn);
    for (size_t i = 0; i < VISITORS; i++)
        start(&visitors[i], &house, shown[i], ROUNDS);
    for (size_t i = 0; i < VISITORS; i++)
        pthread_join(visitors[i].thread, NULL);
    assert_int_equal(house.worst, 1);
    assert_int_equal(house.served, VISITORS * ROUNDS);
    assert_false(house.turn.taken);
    web_turn_done(&house.turn);
}

TEST_MAIN(cmocka_unit_test(who_asks_most_waits_for_itself), cmocka_unit_test(one_has_it_at_a_time))
