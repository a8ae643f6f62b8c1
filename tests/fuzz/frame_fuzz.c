/* Any bytes as what another process of ours wrote: a frame lies inside, or more is wanted, or it is
 * refused. */
#include "base/frame.h"
#include "fuzz.h"

enum { LIMIT = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t kind;
    const uint8_t *body;
    size_t body_size;
    int64_t used = frame_parse(data, size, LIMIT, &kind, &body, &body_size);
    if (used > 0 && ((size_t)used > size || body_size > LIMIT || body != data + FRAME_HEAD ||
                     body_size + FRAME_HEAD != (size_t)used))
        __builtin_trap();
    return 0;
}
