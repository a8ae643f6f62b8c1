#include "store/second_look.h"

#include "store/statement.h"

/* --- draws --- */

static void read_draw(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(struct store_draw *)item = (struct store_draw){
        .number = query_int(query, 0),
        .seed = query_digest(query, 1),
        .from_at = query_int(query, 2),
        .until_at = query_int(query, 3),
        .population = query_int(query, 4),
        .chosen = query_int(query, 5),
    };
}

int store_draw_put(struct store *store, const struct store_draw *draw)
{
    return store_change(
        store, STATEMENT_DRAW_PUT,
        VALUES(value_int(draw->number), value_digest(&draw->seed), value_int(draw->from_at)));
}

int store_draw_end(struct store *store, const struct store_draw *draw)
{
    return store_change(store, STATEMENT_DRAW_END,
                        VALUES(value_int(draw->number), value_int(draw->until_at),
                               value_int(draw->population), value_int(draw->chosen)));
}

int store_draw_last(struct store *store, struct store_draw *ret_draw)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct reading reading = {STATEMENT_DRAW_LAST, read_draw, sizeof *ret_draw, NO_VALUES};
    arena_init(&arena, /* limit= */ 4096);
    return store_read_one(store, &reading, &arena, ret_draw);
}

int store_draw_list(struct store *store, int64_t before, size_t limit, struct arena *arena,
                    struct store_draw **ret_list, size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_DRAW_LIST, read_draw, sizeof **ret_list,
        VALUES(value_int(before ? before : INT64_MAX), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}

static void read_closure(struct query *query, struct arena *arena, void *item)
{
    *(struct store_closure *)item = (struct store_closure){
        .reference = query_text(query, 0, arena),
        .seq = (uint32_t)query_int(query, 1),
        .at = query_int(query, 2),
        .data = query_text(query, 3, arena),
    };
}

int store_draw_population(struct store *store, const struct store_closure *after, int64_t until_at,
                          size_t limit, struct arena *arena, struct store_closure **ret_list,
                          size_t *ret_count)
{
    const struct reading reading = {STATEMENT_DRAW_POPULATION, read_closure, sizeof **ret_list,
                                    VALUES(value_int(after->at), value_text(after->reference),
                                           value_int(after->seq), value_int(until_at),
                                           value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}

/* --- what was chosen --- */

static void read_look(struct query *query, struct arena *arena, void *item)
{
    *(struct store_look *)item = (struct store_look){
        .reference = query_text(query, 0, arena),
        .decision = (uint32_t)query_int(query, 1),
        .draw = query_int(query, 2),
        .verdict = query_text(query, 3, arena),
    };
}

int store_look_put(struct store *store, const struct store_look *look)
{
    return store_change(store, STATEMENT_LOOK_PUT,
                        VALUES(value_text(look->reference), value_int(look->decision),
                               value_int(look->draw), value_text(look->verdict)));
}

int store_look_settle(struct store *store, const struct store_look *look)
{
    return store_change(store, STATEMENT_LOOK_SETTLE,
                        VALUES(value_text(look->reference), value_text(look->verdict)));
}

int store_look_find(struct store *store, const char *reference, struct arena *arena,
                    struct store_look *ret_look)
{
    const struct reading reading = {STATEMENT_LOOK_FIND, read_look, sizeof *ret_look,
                                    VALUES(value_text(reference))};
    return store_read_one(store, &reading, arena, ret_look);
}

int store_look_list_waiting(struct store *store, const struct store_look *after, size_t limit,
                            struct arena *arena, struct store_look **ret_list, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_LOOK_LIST_WAITING, read_look, sizeof **ret_list,
                                    VALUES(value_int(after ? after->draw : 0),
                                           value_text(after ? after->reference : ""),
                                           value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}

int store_look_count(struct store *store, int64_t draw, struct store_look_counts *ret_counts)
{
    struct store_look_counts counts = {0};
    int result = store_read_number(store, STATEMENT_LOOK_COUNT_WAITING, VALUES(value_int(draw)),
                                   &counts.waiting);
    if (result >= 0)
        result = store_read_number(store, STATEMENT_LOOK_COUNT,
                                   VALUES(value_int(draw), value_text(STORE_LOOK_AGREES)),
                                   &counts.agrees);
    if (result >= 0)
        result = store_read_number(store, STATEMENT_LOOK_COUNT,
                                   VALUES(value_int(draw), value_text(STORE_LOOK_DIFFERS)),
                                   &counts.differs);
    if (result >= 0)
        *ret_counts = counts;
    return result;
}

int store_look_forget_all(struct store *store)
{
    int result = store_run(store, STATEMENT_LOOK_FORGET_ALL, NO_VALUES);
    return result < 0 ? result : 0;
}
