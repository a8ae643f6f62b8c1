/* C4 of check.h: a lack of memory is a clean failure, wherever it comes. Each piece of an arena is
 * refused in turn (--wrap), with all after it or alone, until a run succeeds because nothing was
 * refused. */
#include "check/assess.h"
#include "check/check.h"

#include "base/error.h"
#include "check/fixture.h"
#include "testing.h"

#include <stdarg.h>
#include <stdio.h>

enum { ARENA = 64 << 20, PRINTED_MAX = 1000 };

/* Pieces still to be given; negative: all are. */
static long left = -1;
static bool refused_once, was_refused;

static bool refused(void)
{
    if (left < 0 || (was_refused && refused_once))
        return false;
    if (left > 0) {
        left--;
        return false;
    }
    was_refused = true;
    return true;
}

/* The next `count` pieces are given, and then no more, or all but one. */
static void give(long count, bool once)
{
    left = count;
    refused_once = once;
    was_refused = false;
}

static void give_all(void)
{
    left = -1;
}

#define WRAPPED(type, function, parameters, arguments)                                             \
    type __real_##function parameters;                                                             \
    type __wrap_##function parameters;                                                             \
    type __wrap_##function parameters                                                              \
    {                                                                                              \
        return refused() ? NULL : __real_##function arguments;                                     \
    }

WRAPPED(void *, arena_alloc, (struct arena * arena, size_t size), (arena, size))
WRAPPED(void *, arena_array, (struct arena * arena, size_t count, size_t size),
        (arena, count, size))
WRAPPED(char *, arena_copy_text, (struct arena * arena, const char *text), (arena, text))
WRAPPED(void *, arena_copy, (struct arena * arena, const void *data, size_t size),
        (arena, data, size))
WRAPPED(char *, arena_copy_slice, (struct arena * arena, const char *text, size_t size),
        (arena, text, size))
WRAPPED(void *, arena_push, (struct arena * arena, void *items, size_t *count, size_t size),
        (arena, items, count, size))

char *__wrap_arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

char *__wrap_arena_printf(struct arena *arena, const char *format, ...)
{
    char text[PRINTED_MAX];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && size < PRINTED_MAX);
    return refused() ? NULL : __real_arena_copy_text(arena, text);
}

static void run_with_every_refusal(const struct fixture_world *world, bool once)
{
    struct arena world_arena ARENA_CLEANUP;
    struct measurement measurement;
    arena_init(&world_arena, ARENA);
    fixture_build(world, &world_arena, &measurement);
    int result = ERR_NO_MEMORY;
    long n = 0;
    for (; result < 0; n++) {
        struct arena arena ARENA_CLEANUP;
        struct result_set set = {.count = 77};
        arena_init(&arena, ARENA);
        give(n, once);
        result = check_run_all(&measurement, &arena, &set);
        give_all();
        if (was_refused ? result != ERR_NO_MEMORY || set.count != 77 : result < 0)
            fail_msg("after %ld pieces: %d", n, result);
    }
    assert_true(n > 100);
}

static void every_piece_may_be_refused_to_the_checks(void **state)
{
    (void)state;
    const struct fixture_world sound = {.one_name = true};
    const struct fixture_world broken = {.one_name = true,
                                         .not_signed = true,
                                         .no_ds = true,
                                         .no_glue = true,
                                         .servers = {SERVER_DOWN},
                                         .certificate = CERTIFICATE_SELF_SIGNED};
    for (int once = 0; once < 2; once++) {
        run_with_every_refusal(&sound, once);
        run_with_every_refusal(&broken, once);
    }
}

static void every_piece_may_be_refused_to_the_assessment(void **state)
{
    (void)state;
    static const char *const codes[] = {"dns.wildcard", "dns.lame", "dns.no-edns"};
    uint32_t exchanges[] = {1, 2};
    const struct obligation obligation = {.id = "ra.test", .clause = "1"};
    const struct profile profile = {.codes = codes, .code_count = 3, .quorum = 1, .repeats = 1};
    const struct duty duty = {&obligation, &profile, "registry-x"};
    for (int sight = SIGHT_UNKNOWN; sight <= SIGHT_SEEN; sight++) {
        struct result results[] = {
            {.code = "dns.lame",
             .sight = (enum sight)sight,
             .exchanges = exchanges,
             .exchange_count = 2},
            {.code = "dns.wildcard", .sight = (enum sight)sight},
        };
        const struct result_set sets[] = {{"e1", "a", 1, results, 2, "example"},
                                          {"e2", "b", 2, results, 2, "example"}};
        const struct assess_input input = {"example", "", &duty, 1, sets, 2};
        int result = ERR_NO_MEMORY;
        long n = 0;
        for (; result < 0; n++) {
            struct arena arena ARENA_CLEANUP;
            struct finding *findings = NULL;
            size_t count = 77;
            arena_init(&arena, ARENA);
            give(n, /* once= */ false);
            result = assess(&input, &arena, &findings, &count);
            give_all();
            assert_int_equal(result, was_refused ? ERR_NO_MEMORY : 0);
            assert_true(result >= 0 || (findings == NULL && count == 77));
        }
        assert_true(n >= 4);
    }
}

TEST_MAIN(cmocka_unit_test(every_piece_may_be_refused_to_the_checks),
          cmocka_unit_test(every_piece_may_be_refused_to_the_assessment))
