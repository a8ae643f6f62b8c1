#include "store/hook.h"

#include "base/text.h"
#include "store/statement.h"

#include <string.h>

static const char *const state_texts[] = {
#define E(name, text) text,
    HOOK_STATE_LIST(E)
#undef E
};

const char *hook_state_text(enum hook_state state)
{
    return state_texts[state];
}

static void read_hook(struct query *query, struct arena *arena, void *item)
{
    int state = text_index(state_texts, HOOK_STATE_COUNT, query_text(query, 8, arena));
    const struct bytes secret = query_bytes(query, 5, arena);
    if (state < 0)
        query_fail(query, ERR_DAMAGED);
    struct store_hook hook = {.person = query_text(query, 0, arena),
                              .number = (uint32_t)query_int(query, 1),
                              .audience = query_text(query, 2, arena),
                              .url = query_text(query, 3, arena),
                              .kinds = query_text(query, 4, arena),
                              .made_at = query_int(query, 6),
                              .made_by = query_text(query, 7, arena),
                              .state = state < 0 ? HOOK_REVOKED : (enum hook_state)state,
                              .state_at = query_int(query, 9),
                              .state_by = query_text(query, 10, arena),
                              .due_at = query_int(query, 11),
                              .quick = query_int(query, 12) != 0,
                              .failed = (uint32_t)query_int(query, 13),
                              .failing_since = query_int(query, 14),
                              .delivered = query_int(query, 15),
                              .last_at = query_int(query, 16),
                              .last_words = query_text(query, 17, arena)};
    if (secret.size == sizeof hook.secret.bytes)
        memcpy(hook.secret.bytes, secret.data, secret.size);
    *(struct store_hook *)item = hook;
}

int store_hook_append(struct store *store, const struct store_hook *hook)
{
    return store_change(store, STATEMENT_HOOK_APPEND,
                        VALUES(value_text(hook->person), value_text(hook->audience),
                               value_text(hook->url), value_text(hook->kinds),
                               value_digest(&hook->secret), value_int(hook->made_at),
                               value_text(hook->made_by)));
}

int store_hook_find(struct store *store, const char *person, uint32_t number, struct arena *arena,
                    struct store_hook *ret_hook)
{
    const struct reading reading = {STATEMENT_HOOK_FIND, read_hook, sizeof *ret_hook,
                                    VALUES(value_text(person), value_int(number))};
    return store_read_one(store, &reading, arena, ret_hook);
}

int store_hook_list(struct store *store, const char *person, struct arena *arena,
                    struct store_hook **ret_hooks, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_HOOK_LIST, read_hook, sizeof **ret_hooks,
                                    VALUES(value_text(person), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_hooks, ret_count);
}

int store_hook_list_active(struct store *store, const char *audience, const char *after,
                           struct arena *arena, struct store_hook **ret_hooks, size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_HOOK_LIST_ACTIVE, read_hook, sizeof **ret_hooks,
        VALUES(value_text(audience), value_text(after), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_hooks, ret_count);
}

int store_hook_any(struct store *store, const char *audience)
{
    int64_t one;
    int result = store_read_number(store, STATEMENT_HOOK_ANY, VALUES(value_text(audience)), &one);
    return result == ERR_NOT_FOUND ? 0 : result < 0 ? result : 1;
}

int store_hook_count(struct store *store, const char *person, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_HOOK_COUNT, VALUES(value_text(person)), ret_count);
}

int store_hook_count_state(struct store *store, enum hook_state state, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_HOOK_COUNT_STATE,
                             VALUES(value_text(hook_state_text(state))), ret_count);
}

int store_hook_count_failing(struct store *store, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_HOOK_COUNT_FAILING, NO_VALUES, ret_count);
}

int store_hook_list_due(struct store *store, bool quick, int64_t now, size_t limit,
                        struct arena *arena, struct store_hook **ret_hooks, size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_HOOK_DUE, read_hook, sizeof **ret_hooks,
        VALUES(value_int(quick), value_int(now), value_int((int64_t)limit))};
    return store_read_all(store, &reading, arena, ret_hooks, ret_count);
}

int store_hook_next(struct store *store, bool quick, int64_t *ret_due_at)
{
    return store_read_number(store, STATEMENT_HOOK_NEXT, VALUES(value_int(quick)), ret_due_at);
}

int store_hook_put_off(struct store *store, const char *person, uint32_t number, int64_t due_at)
{
    return store_change(store, STATEMENT_HOOK_PUT_OFF,
                        VALUES(value_text(person), value_int(number), value_int(due_at)));
}

int store_hook_recover(struct store *store, int64_t now)
{
    return store_run(store, STATEMENT_HOOK_RECOVER, VALUES(value_int(now)));
}

int store_hook_note(struct store *store, const struct store_hook *hook, bool taken)
{
    return store_change(
        store, STATEMENT_HOOK_NOTE,
        VALUES(value_text(hook->person), value_int(hook->number), value_int(hook->due_at),
               value_int(hook->quick), value_int(hook->failed), value_int(hook->failing_since),
               value_int(taken), value_int(hook->last_at), value_text(hook->last_words)));
}

int store_hook_set_state(struct store *store, const struct store_hook *hook, enum hook_state state,
                         int64_t at, const char *by)
{
    return store_change(store, STATEMENT_HOOK_SET_STATE,
                        VALUES(value_text(hook->person), value_int(hook->number),
                               value_text(hook_state_text(state)), value_int(at), value_text(by)));
}

/* --- deliveries --- */

static void read_delivery(struct query *query, struct arena *arena, void *item)
{
    *(struct store_delivery *)item =
        (struct store_delivery){.person = query_text(query, 0, arena),
                                .number = (uint32_t)query_int(query, 1),
                                .seq = query_int(query, 2),
                                .id = query_text(query, 3, arena),
                                .kind = query_text(query, 4, arena),
                                .object_kind = query_text(query, 5, arena),
                                .object = query_text(query, 6, arena),
                                .at = query_int(query, 7)};
}

int store_delivery_put(struct store *store, const struct store_delivery *delivery, int64_t due_at)
{
    int result = store_change(store, STATEMENT_DELIVERY_PUT,
                              VALUES(value_text(delivery->person), value_int(delivery->number),
                                     value_text(delivery->id), value_text(delivery->kind),
                                     value_text(delivery->object_kind),
                                     value_text(delivery->object), value_int(delivery->at)));
    return result < 0 ? result
                      : store_run(store, STATEMENT_HOOK_WAKE,
                                  VALUES(value_text(delivery->person), value_int(delivery->number),
                                         value_int(due_at)));
}

int store_delivery_first(struct store *store, const char *person, uint32_t number,
                         struct arena *arena, struct store_delivery *ret_delivery)
{
    const struct reading reading = {STATEMENT_DELIVERY_FIRST, read_delivery, sizeof *ret_delivery,
                                    VALUES(value_text(person), value_int(number))};
    return store_read_one(store, &reading, arena, ret_delivery);
}

int store_delivery_count(struct store *store, const char *person, uint32_t number,
                         int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_DELIVERY_COUNT,
                             VALUES(value_text(person), value_int(number)), ret_count);
}

int store_delivery_forget(struct store *store, const struct store_delivery *delivery)
{
    return store_run(store, STATEMENT_DELIVERY_FORGET,
                     VALUES(value_text(delivery->person), value_int(delivery->number),
                            value_int(delivery->seq)));
}

int store_delivery_forget_all(struct store *store, const char *person, uint32_t number)
{
    return store_run(store, STATEMENT_DELIVERY_FORGET_ALL,
                     VALUES(value_text(person), value_int(number)));
}

/* --- what a party saw --- */

static void read_seen(struct query *query, struct arena *arena, void *item)
{
    *(struct store_seen *)item = (struct store_seen){.case_id = query_text(query, 0, arena),
                                                     .version = query_text(query, 1, arena),
                                                     .letters = query_int(query, 2)};
}

int store_seen_put(struct store *store, const struct store_seen *seen)
{
    return store_run(
        store, STATEMENT_SEEN_PUT,
        VALUES(value_text(seen->case_id), value_text(seen->version), value_int(seen->letters)));
}

int store_seen_find(struct store *store, const char *case_id, struct arena *arena,
                    struct store_seen *ret_seen)
{
    const struct reading reading = {STATEMENT_SEEN_FIND, read_seen, sizeof *ret_seen,
                                    VALUES(value_text(case_id))};
    return store_read_one(store, &reading, arena, ret_seen);
}

int store_seen_forget_all(struct store *store)
{
    return store_run(store, STATEMENT_SEEN_FORGET_ALL, NO_VALUES);
}
