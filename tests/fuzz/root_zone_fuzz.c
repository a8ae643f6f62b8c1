/* Any bytes as the published root zone. */
#include "base/arena.h"
#include "fuzz.h"
#include "proto/iana/root_zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP;
    struct root_zone read;
    struct error_detail detail = {0};
    arena_init(&arena, 64 << 20);
    if (root_zone_parse((const char *)data, size, &arena, &read, &detail) < 0 &&
        detail.text[0] == '\0')
        __builtin_trap(); /* a refusal says why */
    return 0;
}
