/* Any bytes as a form with files: the first line is its Content-Type. Whole or byte by byte, the
 * same is read. */
#include "base/buffer.h"
#include "fuzz.h"
#include "web/multipart.h"

#include <string.h>

enum { TOLD_MAX = 16 << 20, FIRST_LINE_MAX = 200 };

/* What was told, in order; the bytes of a part without where they were cut. */
static int begin(void *context, const struct multipart_part *part, struct error_detail *detail)
{
    (void)detail;
    if (part->number > MULTIPART_PARTS_MAX || !part->name[0] || strchr(part->file_name, '/'))
        __builtin_trap();
    return buffer_printf(context, "\n[%zu %s %s %s]\n", part->number, part->name, part->file_name,
                         part->media_type);
}

static int take(void *context, const void *data, size_t size, struct error_detail *detail)
{
    (void)detail;
    if (size == 0)
        __builtin_trap();
    return buffer_append(context, data, size);
}

static int end(void *context, struct error_detail *detail)
{
    (void)detail;
    return buffer_append_text(context, "\n[end]\n");
}

static int read_form(const char *type, const uint8_t *data, size_t size, size_t step,
                     struct buffer *told)
{
    const struct multipart_sink sink = {told, begin, take, end};
    struct multipart form;
    struct error_detail detail = {0};
    int result = multipart_begin(&form, type, &sink, &detail);
    for (size_t at = 0; result >= 0 && at < size; at += step)
        result = multipart_feed(&form, data + at, size - at < step ? size - at : step, &detail);
    if (result >= 0)
        result = multipart_end(&form, &detail);
    if (result < 0 && !detail.text[0])
        __builtin_trap();
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer whole BUFFER_CLEANUP = {0}, slow BUFFER_CLEANUP = {0};
    char type[FIRST_LINE_MAX + 1] = "";
    const uint8_t *line = memchr(data, '\n', size < FIRST_LINE_MAX ? size : FIRST_LINE_MAX);
    size_t used = line ? (size_t)(line - data) + 1 : 0;
    if (!line)
        return 0;
    memcpy(type, data, used - 1);
    buffer_init(&whole, TOLD_MAX);
    buffer_init(&slow, TOLD_MAX);
    int result = read_form(type, data + used, size - used, size, &whole);
    if (read_form(type, data + used, size - used, 1, &slow) != result || whole.size != slow.size ||
        (whole.size && memcmp(whole.data, slow.data, whole.size) != 0))
        __builtin_trap();
    return 0;
}
