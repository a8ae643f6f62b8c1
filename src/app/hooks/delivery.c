#include "app/hooks/delivery.h"

#include "app/hooks/news.h"
#include "app/query.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    UNDER_WAY_S = 120,   /* more than an attempt takes, whatever happens */
    RETRY_FIRST_S = 5,   /* a receiver that restarts */
    RETRY_MOST_S = 3600, /* one that is down for the night */
    QUICK_US = 2000000,
    GONE_STATUS = 410,
    BODY_MAX = 1024,
    DROPPED_AT_ONCE = 100, /* that nobody may hear any more; the rest in the next turn */
};

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return app_store_failed(app, failure, detail, "delivery of a hook");
}

/* --- what is told --- */

static const char *address_of(const struct delivery *delivery, struct arena *arena)
{
    const struct store_delivery *record = &delivery->record;
    bool party = strcmp(delivery->hook.audience, HOOK_AUDIENCE_PARTY) == 0;
    if (strcmp(record->object_kind, "case") == 0)
        return arena_printf(arena, "/api/v1/%scases/%s", party ? "own/" : "", record->object);
    if (strcmp(record->object_kind, "complaint") == 0)
        return arena_printf(arena, "/api/v1/complaints/%s", record->object);
    return party ? "/api/v1/own/parties" : "/api/v1/worklist"; /* where one begins to look */
}

static int write_body(struct delivery *delivery)
{
    struct buffer text BUFFER_CLEANUP = {0};
    json_t *body JSON_CLEANUP = json_object();
    buffer_init(&text, BODY_MAX);
    json_object_set_new(body, "id", json_string(delivery->record.id));
    json_object_set_new(body, "kind", json_string(delivery->record.kind));
    json_object_set_new(body, "at", query_instant(delivery->record.at));
    json_object_set_new(body, "object", json_string(address_of(delivery, &delivery->arena)));
    int result = json_object_size(body) == 4 ? json_canonical(body, &text) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    delivery->body = arena_copy_text(&delivery->arena, buffer_text(&text));
    return delivery->body ? 0 : ERR_LIMIT;
}

/* By the real clock: a receiver holds it against its own. */
static int sign(const struct app *app, struct delivery *delivery)
{
    const struct signature_request request = {.secret = &delivery->hook.secret,
                                              .url = delivery->hook.url,
                                              .body = delivery->body,
                                              .size = strlen(delivery->body),
                                              .nonce = delivery->record.id,
                                              .created_s = clock_real(&app->clock) / 1000000};
    return signature_make(&request, &delivery->fields);
}

/* --- taking it --- */

/* 1 with the first that its user may hear of, 0 when none is left. */
static int take_first(struct app *app, const struct store_hook *hook, struct arena *arena,
                      struct store_delivery *ret_record, struct error_detail *detail)
{
    for (int i = 0; i < DROPPED_AT_ONCE; i++) {
        struct store_delivery record;
        int result = store_delivery_first(app->store, hook->person, hook->number, arena, &record);
        if (result < 0)
            return result == ERR_NOT_FOUND ? 0 : failed(app, result, detail);
        result = hook_may_hear(app, hook, record.object_kind, record.object, detail);
        if (result > 0)
            *ret_record = record;
        if (result != 0)
            return result;
        result = store_delivery_forget(app->store, &record);
        if (result < 0)
            return failed(app, result, detail);
    }
    return 0;
}

/* When the hook is looked at again: 0 where nothing waits. */
static int put_off(struct app *app, const struct store_hook *hook, int64_t due_at,
                   struct error_detail *detail)
{
    int result = store_hook_put_off(app->store, hook->person, hook->number, due_at);
    return result < 0 ? failed(app, result, detail) : 0;
}

static int next_due(struct app *app, const struct store_hook *hook, int64_t *ret_due_at,
                    struct error_detail *detail)
{
    int64_t waiting = 0;
    int result = store_delivery_count(app->store, hook->person, hook->number, &waiting);
    if (result < 0)
        return failed(app, result, detail);
    *ret_due_at = waiting ? clock_wall(&app->clock) : 0;
    return 0;
}

static int fill(struct app *app, struct delivery *delivery, const struct store_hook *hook,
                struct error_detail *detail)
{
    int64_t due_at = 0;
    arena_init(&delivery->arena, 1 << 20);
    int result =
        store_hook_find(app->store, hook->person, hook->number, &delivery->arena, &delivery->hook);
    if (result < 0)
        return failed(app, result, detail);
    int taken = take_first(app, hook, &delivery->arena, &delivery->record, detail);
    if (taken < 0)
        return taken;
    if (taken == 0) {
        result = next_due(app, hook, &due_at, detail);
        return result < 0 ? result : put_off(app, hook, due_at, detail);
    }
    result = write_body(delivery);
    if (result >= 0)
        result = sign(app, delivery);
    if (result >= 0)
        result =
            put_off(app, hook, clock_wall(&app->clock) + UNDER_WAY_S * INT64_C(1000000), detail);
    return result < 0 ? result : 1;
}

int delivery_begin(struct app *app, const struct store_hook *hook, struct delivery **ret_delivery,
                   struct error_detail *detail)
{
    struct delivery *delivery = calloc(1, sizeof *delivery);
    if (!delivery)
        return ERR_NO_MEMORY;
    int result = fill(app, delivery, hook, detail);
    if (result > 0)
        *ret_delivery = delivery;
    else
        delivery_free(delivery);
    return result;
}

struct herald_request delivery_request(const struct delivery *delivery)
{
    return (struct herald_request){.turn = delivery->hook.failed,
                                   .url = delivery->hook.url,
                                   .body = delivery->body,
                                   .size = strlen(delivery->body),
                                   .fields = {"Content-Type: " SIGNATURE_MEDIA_TYPE,
                                              delivery->fields.digest, delivery->fields.input,
                                              delivery->fields.signature}};
}

void delivery_free(struct delivery *delivery)
{
    if (!delivery)
        return;
    arena_done(&delivery->arena);
    free(delivery);
}

/* --- what came of it --- */

static int64_t retry_at(const struct app *app, uint32_t failures)
{
    int64_t wait = RETRY_FIRST_S;
    for (uint32_t i = 1; i < failures && wait < RETRY_MOST_S; i++)
        wait *= 2;
    return clock_wall(&app->clock) + (wait < RETRY_MOST_S ? wait : RETRY_MOST_S) * 1000000;
}

static int note(struct app *app, const struct store_hook *hook, bool taken,
                struct error_detail *detail)
{
    int result = store_hook_note(app->store, hook, taken);
    return result < 0 ? failed(app, result, detail) : 0;
}

static int end_taken(struct app *app, const struct delivery *delivery, struct store_hook *hook,
                     struct error_detail *detail)
{
    int result = store_delivery_forget(app->store, &delivery->record);
    if (result < 0)
        return failed(app, result, detail);
    hook->quick = delivery->reply.elapsed_us < QUICK_US;
    hook->failed = 0;
    hook->failing_since = 0;
    result = next_due(app, hook, &hook->due_at, detail);
    return result < 0 ? result : note(app, hook, /* taken= */ true, detail);
}

/* Nobody is said to fail because our own network was down. */
static int end_failed(struct app *app, const struct delivery *delivery, struct store_hook *hook,
                      struct error_detail *detail)
{
    bool ours = delivery->reply.outcome == HERALD_OURS;
    hook->quick = false;
    hook->failed++;
    if (!hook->failing_since && !ours)
        hook->failing_since = hook->last_at;
    hook->due_at = retry_at(app, hook->failed);
    int result = note(app, hook, /* taken= */ false, detail);
    if (result < 0)
        return result;
    if (delivery->reply.status == GONE_STATUS)
        return hook_set_state(app, hook, HOOK_GONE, "machine", detail);
    if (!ours && hook->last_at - hook->failing_since >= HOOK_PATIENCE_US)
        return hook_set_state(app, hook, HOOK_SET_ASIDE, "machine", detail);
    return 0;
}

int delivery_end(struct app *app, const struct delivery *delivery, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_hook hook;
    char words[100];
    const struct herald_reply *reply = &delivery->reply;
    arena_init(&arena, 1 << 20);
    int result =
        store_hook_find(app->store, delivery->hook.person, delivery->hook.number, &arena, &hook);
    if (result < 0)
        return failed(app, result, detail);
    if (hook.state != HOOK_ACTIVE)
        return 0; /* meanwhile */
    hook.last_at = clock_wall(&app->clock);
    snprintf(words, sizeof words, "%s", herald_outcome_text(reply->outcome));
    if (reply->outcome == HERALD_ANSWERED)
        snprintf(words, sizeof words, "status %d", reply->status);
    hook.last_words = words;
    return reply->status >= 200 && reply->status < 300 ? end_taken(app, delivery, &hook, detail)
                                                       : end_failed(app, delivery, &hook, detail);
}
