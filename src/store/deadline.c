#include "base/text.h"
#include "store/case.h"
#include "store/statement.h"

static const char *const state_texts[] = {
#define E(name, text) text,
    DEADLINE_STATE_LIST(E)
#undef E
};

const char *deadline_state_text(enum deadline_state state)
{
    return state_texts[state];
}

static void read_deadline(struct query *query, struct arena *arena, void *item)
{
    int state = text_index(state_texts, DEADLINE_STATE_COUNT, query_text(query, 4, arena));
    if (state < 0)
        query_fail(query, ERR_DAMAGED);
    *(struct store_deadline *)item = (struct store_deadline){
        .id = query_text(query, 0, arena),
        .case_id = query_text(query, 1, arena),
        .rule = query_text(query, 2, arena),
        .due_at = query_int(query, 3),
        .state = state < 0 ? DEADLINE_CANCELLED : (enum deadline_state)state,
        .trace = query_text(query, 5, arena)};
}

int store_deadline_put(struct store *store, const struct store_deadline *deadline)
{
    return store_change(store, STATEMENT_DEADLINE_PUT,
                        VALUES(value_text(deadline->id), value_text(deadline->case_id),
                               value_text(deadline->rule), value_int(deadline->due_at),
                               value_text(deadline_state_text(deadline->state)),
                               value_text(deadline->trace)));
}

int store_deadline_settle(struct store *store, const char *id, enum deadline_state state)
{
    return store_change(store, STATEMENT_DEADLINE_SETTLE,
                        VALUES(value_text(id), value_text(deadline_state_text(state))));
}

int store_deadline_end(struct store *store, const char *case_id, enum deadline_state state,
                       const char *other)
{
    return store_run(
        store, STATEMENT_DEADLINE_END,
        VALUES(value_text(case_id), value_text(deadline_state_text(state)), value_text(other)));
}

int store_deadline_forget_all(struct store *store)
{
    return store_run(store, STATEMENT_DEADLINE_FORGET_ALL, NO_VALUES);
}

int store_deadline_find(struct store *store, const char *id, struct arena *arena,
                        struct store_deadline *ret_deadline)
{
    const struct reading reading = {STATEMENT_DEADLINE_FIND, read_deadline, sizeof *ret_deadline,
                                    VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_deadline);
}

int store_deadline_list(struct store *store, const char *case_id, struct arena *arena,
                        struct store_deadline **ret_deadlines, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_DEADLINE_LIST, read_deadline, sizeof **ret_deadlines,
                                    VALUES(value_text(case_id), value_limit(0))};
    return store_read_all(store, &reading, arena, ret_deadlines, ret_count);
}

int store_deadline_due(struct store *store, int64_t now, size_t limit, struct arena *arena,
                       struct store_deadline **ret_deadlines, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_DEADLINE_DUE, read_deadline, sizeof **ret_deadlines,
                                    VALUES(value_int(now), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_deadlines, ret_count);
}

int store_deadline_next(struct store *store, int64_t *ret_due_at)
{
    return store_read_number(store, STATEMENT_DEADLINE_NEXT, NO_VALUES, ret_due_at);
}
