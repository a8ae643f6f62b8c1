#include "tlog/entry.h"

#include "base/json.h"

int tlog_commit(const char *json, size_t size, struct buffer *canonical,
                struct tlog_opening *ret_opening, struct error_detail *detail)
{
    json_t *event JSON_CLEANUP = NULL;
    int result = json_parse(json, size, &event, detail);
    if (result < 0)
        return error_context(detail, result, "event");
    buffer_clear(canonical);
    result = json_canonical(event, canonical);
    if (result < 0)
        return error_set(detail, result, "event has no canonical form: %s", error_text(result));
    if (canonical->size > TLOG_EVENT_MAX)
        return error_set(detail, ERR_LIMIT, "event of %zu bytes, at most %d may be logged",
                         canonical->size, TLOG_EVENT_MAX);
    struct tlog_opening opening = {.json = buffer_text(canonical), .json_size = canonical->size};
    random_bytes(opening.key.bytes, sizeof opening.key.bytes);
    opening.entry = digest_hmac(opening.key.bytes, opening.json, opening.json_size);
    *ret_opening = opening;
    return 0;
}

int tlog_opening_check(const struct tlog_opening *opening, struct error_detail *detail)
{
    if (opening->json_size > TLOG_EVENT_MAX)
        return error_set(detail, ERR_DAMAGED, "opening holds more than %d bytes", TLOG_EVENT_MAX);
    struct digest entry = digest_hmac(opening->key.bytes, opening->json, opening->json_size);
    if (!digest_equal(&entry, &opening->entry)) {
        char text[DIGEST_HEX];
        return error_set(detail, ERR_DAMAGED, "opening does not fit entry %s",
                         digest_format(&opening->entry, text));
    }
    return 0;
}
