/* Any text as a template, in each of its forms: pages and letters have the same engine. A template
 * names no other. */
#include "base/buffer.h"
#include "base/json.h"
#include "fuzz.h"
#include "view/template.h"

#include <string.h>

static const char sample[] = "{\"a\":\"<b> & \\\"c\\\"\",\"list\":[{\"a\":1},{\"a\":null}],"
                             "\"yes\":true,\"no\":false,\"deep\":{\"a\":{\"b\":\"x\"}}}";

static const char *no_partial(const void *from, const char *name, size_t *ret_size)
{
    (void)from;
    (void)name;
    (void)ret_size;
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *context JSON_CLEANUP = NULL;
    if (json_parse(sample, strlen(sample), &context, /* detail= */ NULL) < 0)
        return 0;
    for (int form = 0; form <= TEMPLATE_BARE; form++) {
        struct buffer out BUFFER_CLEANUP;
        struct error_detail detail = {0};
        buffer_init(&out, 1 << 20);
        const struct template_request request = {
            .form = (enum template_form)form, .context = context, .find_partial = no_partial};
        int result = template_render("f", (const char *)data, size, &request, &out, &detail);
        if (result < 0 && result != ERR_LIMIT && detail.text[0] == '\0')
            __builtin_trap(); /* a refusal says why */
    }
    return 0;
}
