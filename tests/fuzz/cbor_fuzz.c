/* Any bytes as CBOR, taken apart by a reader that the bytes themselves direct: whatever is asked
 * for, the reader stays inside and a failure stays a failure. */
#include "base/cbor.h"
#include "fuzz.h"

static void take_one(struct cbor_in *in, unsigned what)
{
    size_t size = 0;
    const uint8_t *bytes = NULL;
    switch (what) {
    case 0:
        (void)cbor_get_int(in);
        break;
    case 1:
        (void)cbor_get_uint(in);
        break;
    case 2:
        bytes = cbor_get_bytes(in, &size);
        break;
    case 3:
        bytes = (const uint8_t *)cbor_get_text(in, &size);
        break;
    case 4:
        if (cbor_get_array(in) > (size_t)(in->end - in->start))
            __builtin_trap();
        break;
    case 5:
        if (cbor_get_map(in) > (size_t)(in->end - in->start))
            __builtin_trap();
        break;
    case 6:
        (void)cbor_get_bool(in);
        break;
    default:
        (void)cbor_skip_null(in);
    }
    if (bytes && (bytes < in->start || bytes + size > in->end))
        __builtin_trap();
}

/* The first half says what is asked for, the second is read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cbor_in in;
    size_t asked = size / 2;
    cbor_in_init(&in, data + asked, size - asked);
    for (size_t i = 0; i < asked; i++) {
        int before = in.failure;
        take_one(&in, data[i] % 8);
        if (before < 0 && in.failure >= 0)
            __builtin_trap();
    }
    if (cbor_finish(&in) >= 0 && (in.failure < 0 || in.at != in.end))
        __builtin_trap();
    return 0;
}
