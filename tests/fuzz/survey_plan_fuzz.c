/* Any bytes as the plan that the core hands to the prober; what was read can be written and is read
 * the same again. */
#include "base/arena.h"
#include "base/buffer.h"
#include "fuzz.h"
#include "measure/survey.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP;
    struct buffer first BUFFER_CLEANUP, second BUFFER_CLEANUP;
    struct survey_plan plan, again;
    arena_init(&arena, 64 << 20);
    buffer_init(&first, 16 << 20);
    buffer_init(&second, 16 << 20);
    if (survey_plan_decode(data, size, &arena, &plan) < 0)
        return 0;
    if (survey_plan_encode(&plan, &first) < 0)
        return 0; /* a plan may be read that is above a limit of the writer */
    if (survey_plan_decode(first.data, first.size, &arena, &again) < 0 ||
        survey_plan_encode(&again, &second) < 0 || first.size != second.size ||
        memcmp(first.data, second.data, first.size) != 0)
        __builtin_trap();
    return 0;
}
