#include "store/outbox.h"

#include "base/text.h"
#include "store/statement.h"

static const char *const state_texts[] = {
#define E(name, text) text,
    OUTBOX_STATE_LIST(E)
#undef E
};

int outbox_state_parse(const char *text, enum outbox_state *ret_state)
{
    int state = text_index(state_texts, OUTBOX_STATE_COUNT, text);
    if (state < 0)
        return ERR_SYNTAX;
    *ret_state = (enum outbox_state)state;
    return 0;
}

const char *outbox_state_text(enum outbox_state state)
{
    return state_texts[state];
}

static void read_task(struct query *query, struct arena *arena, void *item)
{
    struct store_task *task = item;
    enum outbox_state state = OUTBOX_PENDING;
    if (outbox_state_parse(query_text(query, 3, arena), &state) < 0)
        query_fail(query, ERR_DAMAGED);
    *task = (struct store_task){.key = query_text(query, 0, arena),
                                .kind = query_text(query, 1, arena),
                                .payload = query_text(query, 2, arena),
                                .state = state,
                                .due_at = query_int(query, 4),
                                .attempts = (uint32_t)query_int(query, 5),
                                .error = query_text(query, 6, arena)};
}

int store_outbox_put(struct store *store, const struct store_task *task)
{
    return store_run(store, STATEMENT_OUTBOX_PUT,
                     VALUES(value_text(task->key), value_text(task->kind),
                            value_text(task->payload), value_text(outbox_state_text(task->state)),
                            value_int(task->due_at), value_int(task->attempts),
                            value_text(task->error)));
}

int store_outbox_list_due(struct store *store, const struct store_outbox_query *query,
                          struct arena *arena, struct store_task **ret_tasks, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_OUTBOX_PENDING, read_task, sizeof **ret_tasks,
                                    VALUES(value_optional(query->kind), value_int(query->now),
                                           value_limit(query->limit), value_text(query->leave[0]),
                                           value_text(query->leave[1]),
                                           value_text(query->leave[2]))};
    return store_read_all(store, &reading, arena, ret_tasks, ret_count);
}

int store_outbox_claim(struct store *store, const struct store_outbox_query *query,
                       struct arena *arena, struct store_task **ret_tasks, size_t *ret_count)
{
    struct store_task *tasks;
    size_t count;
    int result = store_outbox_list_due(store, query, arena, &tasks, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        result = store_change(store, STATEMENT_OUTBOX_CLAIM, VALUES(value_text(tasks[i].key)));
        tasks[i].state = OUTBOX_CLAIMED;
        tasks[i].attempts++;
    }
    if (result < 0)
        return result;
    *ret_tasks = tasks;
    *ret_count = count;
    return 0;
}

/* Ends an attempt; a due_at of 0 keeps the old one. */
static int settle(struct store *store, const char *key, enum outbox_state state, int64_t due_at,
                  const char *error)
{
    return store_change(store, STATEMENT_OUTBOX_SETTLE,
                        VALUES(value_text(key), value_text(outbox_state_text(state)),
                               value_int(due_at), value_text(error)));
}

int store_outbox_done(struct store *store, const char *key)
{
    return settle(store, key, OUTBOX_DONE, /* due_at= */ 0, /* error= */ "");
}

int store_outbox_fail(struct store *store, const char *key, int64_t due_at, const char *error)
{
    return settle(store, key, OUTBOX_PENDING, due_at, error);
}

int store_outbox_kill(struct store *store, const char *key, const char *error)
{
    return settle(store, key, OUTBOX_DEAD, /* due_at= */ 0, error);
}

int store_outbox_retry(struct store *store, const char *key, int64_t due_at)
{
    return store_change(store, STATEMENT_OUTBOX_RETRY, VALUES(value_text(key), value_int(due_at)));
}

int store_outbox_settle(struct store *store, const char *key, const char *words)
{
    return store_change(store, STATEMENT_OUTBOX_SETTLE_BY_HAND,
                        VALUES(value_text(key), value_text(words)));
}

int store_outbox_recover(struct store *store)
{
    return store_run(store, STATEMENT_OUTBOX_RECOVER, NO_VALUES);
}

int store_outbox_list(struct store *store, enum outbox_state state, const char *after, size_t limit,
                      struct arena *arena, struct store_task **ret_tasks, size_t *ret_count)
{
    const struct reading reading = {
        state == OUTBOX_DONE ? STATEMENT_OUTBOX_LIST_DONE : STATEMENT_OUTBOX_LIST, read_task,
        sizeof **ret_tasks,
        VALUES(value_text(outbox_state_text(state)), value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_tasks, ret_count);
}

int store_outbox_list_of_case(struct store *store, enum outbox_state state, const char *case_id,
                              struct arena *arena, struct store_task **ret_tasks, size_t *ret_count)
{
    /* '0' follows the slash: what lies between begins with both. */
    const char *after = arena_printf(arena, "%s/", case_id);
    const char *before = arena_printf(arena, "%s0", case_id);
    if (!after || !before)
        return ERR_NO_MEMORY;
    const struct reading reading = {STATEMENT_OUTBOX_LIST_BETWEEN, read_task, sizeof **ret_tasks,
                                    VALUES(value_text(outbox_state_text(state)), value_text(after),
                                           value_int(STORE_LIST_MAX), value_text(before))};
    return store_read_all(store, &reading, arena, ret_tasks, ret_count);
}

int store_outbox_find(struct store *store, const char *key, struct arena *arena,
                      struct store_task *ret_task)
{
    const struct reading reading = {STATEMENT_OUTBOX_FIND, read_task, sizeof *ret_task,
                                    VALUES(value_text(key))};
    return store_read_one(store, &reading, arena, ret_task);
}

int store_outbox_next(struct store *store, int64_t *ret_due_at)
{
    return store_read_number(store, STATEMENT_OUTBOX_NEXT, NO_VALUES, ret_due_at);
}
