/* Any bytes as an adopted version: what is accepted is exactly what the encoder writes. */
#include "fuzz.h"

#include "rulebook/tree.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct buffer again BUFFER_CLEANUP;
    buffer_init(&again, size + 1);
    if (rulebook_tree_decode(data, size, &tree, NULL) < 0)
        return 0;
    if (rulebook_tree_encode(&tree, &again) < 0 || again.size != size ||
        memcmp(again.data, data, size) != 0)
        __builtin_trap();
    return 0;
}
