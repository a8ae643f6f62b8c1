/* Any bytes as JSON. What the reader of values takes is JSON by the grammar, too; but for a NUL
 * byte behind the value, which jansson takes for the end. */
#include "base/json.h"
#include "base/json_grammar.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error_detail detail = {0}, ignored = {0};
    json_t *json JSON_CLEANUP = NULL;
    int result = json_grammar_check(data, size, &detail);
    if (result < 0 && detail.text[0] == '\0')
        __builtin_trap(); /* a refusal says why */
    bool nul = size > 0 && memchr(data, 0, size) != NULL;
    if (!nul && json_parse((const char *)data, size, &json, &ignored) >= 0 && result < 0)
        __builtin_trap();
    return 0;
}
