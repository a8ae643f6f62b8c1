#include "net/handover.h"

#include "base/error.h"
#include "testing.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

enum { QUEUE_MAX = 100000 };

static int make_pair(void **state)
{
    static int ends[HANDOVER_ENDS];
    assert_int_equal(handover_pair(ends), 0);
    *state = ends;
    return 0;
}

static int close_pair(void **state)
{
    const int *ends = *state;
    close(ends[HANDOVER_GIVES]);
    close(ends[HANDOVER_TAKES]);
    return 0;
}

static void a_connection_comes_with_what_is_known(void **state)
{
    const int *ends = *state;
    const struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = 7};
    struct handover about = {.peer_size = sizeof from,
                             .has_certificate = true,
                             .certificate = digest_of("der", 3)},
                    got;
    int pipe_ends[2], taken = -1;
    char byte = 0;
    memcpy(&about.peer, &from, sizeof from);
    assert_int_equal(handover_take(ends[HANDOVER_TAKES], &taken, &got), -EAGAIN);
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(handover_give(ends[HANDOVER_GIVES], pipe_ends[1], &about), 0);
    close(pipe_ends[1]);
    assert_int_equal(handover_take(ends[HANDOVER_TAKES], &taken, &got), 0);
    assert_int_equal(got.peer_size, sizeof from);
    assert_memory_equal(&got.peer, &from, sizeof from);
    assert_true(got.has_certificate && digest_equal(&got.certificate, &about.certificate));
    assert_int_equal(write(taken, "x", 1), 1);
    assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    close(taken);
    close(pipe_ends[0]);
}

/* Nobody who takes must not hold up who gives. */
static void a_full_queue_is_told(void **state)
{
    const int *ends = *state;
    const struct handover about = {.peer_size = 0};
    int result = 0;
    for (int i = 0; i < QUEUE_MAX && result == 0; i++)
        result = handover_give(ends[HANDOVER_GIVES], STDERR_FILENO, &about);
    assert_true(result == -EAGAIN || result == -ETOOMANYREFS);
}

static void what_is_no_handover_is_damaged(void **state)
{
    const int *ends = *state;
    struct handover about = {.peer_size = sizeof about.peer + 1}, got;
    int taken = 77;
    assert_int_equal(send(ends[HANDOVER_GIVES], "short", 5, 0), 5);
    assert_int_equal(handover_take(ends[HANDOVER_TAKES], &taken, &got), ERR_DAMAGED);
    assert_int_equal(send(ends[HANDOVER_GIVES], &about, sizeof about, 0), (ssize_t)sizeof about);
    assert_int_equal(handover_take(ends[HANDOVER_TAKES], &taken, &got), ERR_DAMAGED);
    assert_int_equal(handover_give(ends[HANDOVER_GIVES], STDERR_FILENO, &about), 0);
    assert_int_equal(handover_take(ends[HANDOVER_TAKES], &taken, &got), ERR_DAMAGED);
    assert_int_equal(taken, 77);
}

static void the_end_is_told(void **state)
{
    int *ends = *state;
    struct handover got;
    int taken;
    close(ends[HANDOVER_GIVES]);
    ends[HANDOVER_GIVES] = dup(STDERR_FILENO); /* for the teardown */
    assert_int_equal(handover_take(ends[HANDOVER_TAKES], &taken, &got), ERR_CLOSED);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, make_pair, close_pair)

TEST_MAIN(WITH_PAIR(a_connection_comes_with_what_is_known), WITH_PAIR(a_full_queue_is_told),
          WITH_PAIR(what_is_no_handover_is_damaged), WITH_PAIR(the_end_is_told))
