#include "app/complaints/words.h"

#include <string.h>

enum { WORDS_BYTES = 4096 };

int words_keep(struct call *call, const char *reference, const char *text, json_t *data)
{
    if (!text[strspn(text, " \t\r\n")])
        return error_set(call->detail, ERR_SYNTAX, "the words for the complainant are empty");
    if (strlen(text) > WORDS_BYTES)
        return error_set(call->detail, ERR_LIMIT, "the words have more than %d bytes", WORDS_BYTES);
    return record_keep_json(call, reference, json_pack("{s:s}", "text", text), data);
}
