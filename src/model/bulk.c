#include "model/bulk.h"

#include "base/error.h"

enum { BULK_JSON_MAX = 64 << 20 };

int bulk_digest(const char *command, const json_t *decision, const json_t *complaints,
                struct digest *ret_digest)
{
    struct buffer text BUFFER_CLEANUP = {0};
    json_t *all JSON_CLEANUP = json_pack("{s:s, s:O, s:O}", "command", command, "decision",
                                         (json_t *)decision, "complaints", (json_t *)complaints);
    buffer_init(&text, BULK_JSON_MAX);
    int result = all ? json_canonical(all, &text) : ERR_NO_MEMORY;
    if (result >= 0)
        *ret_digest = digest_of(text.data, text.size);
    return result;
}

bool bulk_is_refusal(int failure)
{
    return failure == ERR_SYNTAX || failure == ERR_LIMIT || failure == ERR_NOT_FOUND ||
           failure == ERR_CONFLICT || failure == ERR_REFUSED;
}
