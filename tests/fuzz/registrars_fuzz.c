/* Any bytes as the list of registrars, and so as CSV. */
#include "base/arena.h"
#include "fuzz.h"
#include "proto/iana/registrars.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP;
    struct registrar_list read;
    struct error_detail detail = {0};
    arena_init(&arena, 64 << 20);
    if (registrars_parse((const char *)data, size, &arena, &read, &detail) < 0 &&
        detail.text[0] == '\0')
        __builtin_trap(); /* a refusal says why */
    return 0;
}
