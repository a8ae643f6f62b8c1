#include "app/complaints/repeat.h"

#include "base/seal.h"
#include "store/idempotency.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 1 << 20, ARENA_MAX = 4 << 20 };

#define ABOUT "answer"

/* The key that was given; NULL for none. */
static int read_key(struct call *call, const char **ret_key)
{
    const char *key = json_text(call->arguments, "idempotency_key");
    *ret_key = key;
    if (!key)
        return 0;
    size_t size = strlen(key);
    for (size_t i = 0; i < size; i++) {
        if (key[i] <= ' ' || key[i] > '~')
            size = 0;
    }
    return size >= REPEAT_KEY_MIN && size <= REPEAT_KEY_MAX
               ? 0
               : error_set(call->detail, ERR_SYNTAX,
                           "an Idempotency-Key has %d to %d printable signs, drawn at random",
                           REPEAT_KEY_MIN, REPEAT_KEY_MAX);
}

/* Two digests of the key that do not tell each other; a user has keys of their own. Of a request
 * that has several complaints each is named by its number besides. */
static struct digest digest_for(const struct call *call, const char *key, const char *use)
{
    char text[40];
    int64_t item = json_number(call->arguments, "idempotency_item", 0);
    const struct digest own = digest_of(key, strlen(key));
    const struct digest users = digest_hmac(own.bytes, call->actor.id, strlen(call->actor.id));
    if (item > 0)
        snprintf(text, sizeof text, "%s/%" PRId64, use, item);
    return digest_hmac(users.bytes, item > 0 ? text : use, item > 0 ? strlen(text) : strlen(use));
}

/* Opens a kept answer into the result. */
static int answer_again(struct call *call, const char *key, const struct store_idempotency *row)
{
    const struct digest secret = digest_for(call, key, "seal");
    json_t *answer JSON_CLEANUP = NULL;
    if (row->sealed.size < SEAL_OVERHEAD)
        return error_set(call->detail, ERR_DAMAGED, "a kept answer is too short");
    size_t size = row->sealed.size - SEAL_OVERHEAD;
    char *text = malloc(size + 1);
    if (!text)
        return ERR_NO_MEMORY;
    int result = seal_open(&secret, ABOUT, row->sealed.data, row->sealed.size, (uint8_t *)text);
    if (result >= 0)
        result = json_parse(text, size, &answer, call->detail);
    free(text);
    if (result < 0)
        return error_set(call->detail, ERR_DAMAGED, "a kept answer is damaged");
    return json_object_update(call->result, answer) < 0 ? ERR_NO_MEMORY : 1;
}

int repeat_find(struct call *call, const struct digest *request)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_idempotency row;
    const char *key;
    arena_init(&arena, ARENA_MAX);
    int result = read_key(call, &key);
    if (result < 0 || !key)
        return result;
    const struct digest name = digest_for(call, key, "name");
    result = store_idempotency_find(call->app->store, &name, &arena, &row);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "kept answer");
    if (row.at <= clock_real(&call->app->clock) - (int64_t)REPEAT_HOURS * 3600 * 1000000)
        return 0;
    if (!digest_equal(&row.request_sha256, request))
        return error_set(call->detail, ERR_REFUSED,
                         "this Idempotency-Key was used for another request");
    return answer_again(call, key, &row);
}

int repeat_keep(struct call *call, const struct digest *request, const char *object)
{
    struct buffer text BUFFER_CLEANUP = {0}, sealed BUFFER_CLEANUP = {0};
    const char *key;
    int result = read_key(call, &key);
    if (result < 0 || !key)
        return result;
    const int64_t now = clock_real(&call->app->clock);
    const struct digest secret = digest_for(call, key, "seal");
    buffer_init(&text, ANSWER_MAX);
    buffer_init(&sealed, ANSWER_MAX + SEAL_OVERHEAD);
    result = json_canonical(call->result, &text);
    uint8_t *room = result < 0 ? NULL : buffer_extend(&sealed, text.size + SEAL_OVERHEAD);
    if (!room)
        return result < 0 ? result : ERR_LIMIT;
    seal_close(&secret, ABOUT, text.data, text.size, room);
    const struct store_idempotency row = {.key_sha256 = digest_for(call, key, "name"),
                                          .request_sha256 = *request,
                                          .object = object,
                                          .sealed = {sealed.data, sealed.size},
                                          .at = now};
    result = store_idempotency_delete_until(call->app->store,
                                            now - (int64_t)REPEAT_HOURS * 3600 * 1000000);
    if (result >= 0)
        result = store_idempotency_put(call->app->store, &row);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "kept answer") : 0;
}

int repeat_forget(struct call *call, const char *object)
{
    int result = store_idempotency_delete_object(call->app->store, object);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "kept answer") : 0;
}
