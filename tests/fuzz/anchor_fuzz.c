/* Any text as trust anchors. */
#include "base/arena.h"
#include "fuzz.h"
#include "proto/dns/dnssec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct dnssec_anchor *anchors;
    struct error_detail detail = {0};
    size_t count;
    arena_init(&arena, 8 << 20);
    const char *text = arena_copy_slice(&arena, (const char *)data, size);
    if (text != NULL && dnssec_anchors_parse(text, &arena, &anchors, &count, &detail) < 0 &&
        detail.text[0] == '\0')
        __builtin_trap(); /* a refusal says why */
    arena_done(&arena);
    return 0;
}
