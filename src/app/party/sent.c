#include "app/party/sent.h"

#include "base/civil.h"

#include <inttypes.h>
#include <stdio.h>

/* "DAY BYTES" of the last day on which the party sent something; 0 bytes for another day. */
static int read_count(struct app *app, const char *key, int64_t today, struct arena *arena,
                      int64_t *ret_bytes)
{
    const char *text;
    int64_t day, bytes;
    int result = store_meta_get(app->store, key, arena, &text);
    *ret_bytes = 0;
    if (result < 0)
        return result == ERR_NOT_FOUND ? 0 : result;
    if (sscanf(text, "%" SCNd64 " %" SCNd64, &day, &bytes) != 2 || bytes < 0)
        return ERR_DAMAGED;
    *ret_bytes = day == today ? bytes : 0;
    return 0;
}

int sent_count(struct app *app, const char *party, uint64_t bytes, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    const int64_t today = clock_wall(&app->clock) / CIVIL_DAY_US;
    int64_t before;
    char text[64];
    arena_init(&arena, 4096);
    const char *key = arena_printf(&arena, "sent.%s", party);
    int result = key ? read_count(app, key, today, &arena, &before) : ERR_LIMIT;
    if (result < 0)
        return app_store_failed(app, result, detail, "how much a party sent");
    if (before > SENT_DAY_BYTES_MAX || bytes > (uint64_t)(SENT_DAY_BYTES_MAX - before))
        return error_set(detail, ERR_TIMED_OUT,
                         "what was sent for %s today has more than %" PRId64
                         " bytes; more can come tomorrow",
                         party, SENT_DAY_BYTES_MAX);
    snprintf(text, sizeof text, "%" PRId64 " %" PRId64, today, before + (int64_t)bytes);
    result = store_meta_set(app->store, key, text);
    return result < 0 ? app_store_failed(app, result, detail, "how much a party sent") : 0;
}
