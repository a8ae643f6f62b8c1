/* Any bytes as a file of root hints. */
#include "base/arena.h"
#include "fuzz.h"
#include "measure/hints.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP;
    struct hints hints;
    const struct bytes text = {data, size};
    arena_init(&arena, 64 << 20);
    if (hints_parse(&text, &arena, &hints) >= 0) {
        for (size_t i = 0; i < hints.count; i++) {
            if (!hints.items[i].name)
                __builtin_trap();
        }
    }
    return 0;
}
