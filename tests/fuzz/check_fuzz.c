/* The healthy world of the checks' fixtures with one exchange's bytes replaced: digests would stop
 * a fuzzer of whole files long before it reaches a check. The first byte chooses the exchange. */
#include "base/arena.h"
#include "check/check.h"
#include "check/fixture.h"
#include "fuzz.h"

/* Built once: signing a world takes longer than judging it. */
static const struct measurement *world(void)
{
    static struct arena arena;
    static struct measurement measurement;
    static const struct fixture_world healthy;
    if (measurement.target == NULL) {
        arena_init(&arena, 64 << 20);
        fixture_build(&healthy, &arena, &measurement);
    }
    return &measurement;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct measurement measurement = *world();
    struct result_set set;
    if (size == 0)
        return 0;
    arena_init(&arena, 64 << 20);
    measurement.exchanges = arena_copy(&arena, measurement.exchanges,
                                       measurement.exchange_count * sizeof(*measurement.exchanges));
    struct exchange *exchange = &measurement.exchanges[data[0] % measurement.exchange_count];
    exchange->received = (struct bytes){.data = data + 1, .size = size - 1};
    if (check_run_all(&measurement, &arena, &set) < 0)
        __builtin_trap(); /* C4: bytes of others never make a run fail */
    arena_done(&arena);
    return 0;
}
