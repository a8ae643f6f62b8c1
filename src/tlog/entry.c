#include "tlog/entry.h"

int tlog_commit(const json_t *event, struct buffer *canonical, struct tlog_opening *ret_opening,
                struct error_detail *detail)
{
    buffer_clear(canonical);
    int result = json_canonical(event, canonical);
    if (result < 0)
        return error_set(detail, result, "event has no canonical form: %s", error_text(result));
    return tlog_commit_text(canonical, ret_opening, detail);
}

int tlog_commit_text(const struct buffer *canonical, struct tlog_opening *ret_opening,
                     struct error_detail *detail)
{
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
