/* Any bytes as the results that the judge hands to the core; what was read can be written and is
 * read the same again. */
#include "base/arena.h"
#include "base/buffer.h"
#include "fuzz.h"
#include "model/result.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP;
    struct buffer first BUFFER_CLEANUP, second BUFFER_CLEANUP;
    struct result_set set, again;
    arena_init(&arena, 64 << 20);
    buffer_init(&first, 16 << 20);
    buffer_init(&second, 16 << 20);
    if (result_set_decode(data, size, &arena, &set) < 0)
        return 0;
    if (result_set_encode(&set, &first) < 0)
        return 0; /* a set may be read that is above a limit of the writer */
    if (result_set_decode(first.data, first.size, &arena, &again) < 0 ||
        result_set_encode(&again, &second) < 0 || first.size != second.size ||
        memcmp(first.data, second.data, first.size) != 0)
        __builtin_trap();
    return 0;
}
