/* Any bytes as a form that a browser sent, and as a Cookie header. */
#include "base/buffer.h"
#include "fuzz.h"
#include "web/form.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer header BUFFER_CLEANUP;
    json_t *form JSON_CLEANUP = NULL;
    char value[32];
    if (form_parse(data, size, &form) >= 0 && json_object_size(form) > FORM_FIELDS_MAX)
        __builtin_trap();
    buffer_init(&header, 1 << 20);
    buffer_append(&header, data, size);
    if (buffer_error(&header) >= 0 &&
        cookie_find(buffer_text(&header), "session", value, sizeof value) >= 0 &&
        !strstr(buffer_text(&header), value))
        __builtin_trap();
    return 0;
}
