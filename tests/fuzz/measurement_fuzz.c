/* Any bytes as an encoded measurement, judged when it decodes: what `replay` does with a file. */
#include "base/arena.h"
#include "check/check.h"
#include "fuzz.h"
#include "model/measurement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct measurement measurement;
    struct result_set set;
    arena_init(&arena, 64 << 20);
    if (measurement_decode(data, size, &arena, &measurement, /* detail= */ NULL) >= 0)
        (void)check_run_all(&measurement, &arena, &set);
    arena_done(&arena);
    return 0;
}
