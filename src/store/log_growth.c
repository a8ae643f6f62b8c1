/* How the log grows: a batch at once, or many entries in small steps. */
#include "store/log.h"
#include "store/statement.h"

#include <stdlib.h>
#include <string.h>

/* --- the plan of a tick --- */

struct plan_row {
    int64_t first, last_opening;
    struct bytes entries;
};

static void read_plan(struct query *query, struct arena *arena, void *item)
{
    *(struct plan_row *)item = (struct plan_row){.first = query_int(query, 0),
                                                 .last_opening = query_int(query, 1),
                                                 .entries = query_bytes(query, 2, arena)};
}

int store_log_plan_put(struct store *store, const struct store_log_plan *plan)
{
    int result = store_run(store, STATEMENT_LOG_PLAN_PUT,
                           VALUES(value_int((int64_t)plan->first), value_int(plan->last_opening),
                                  value_bytes(plan->entries, plan->count * DIGEST_SIZE)));
    if (result == ERR_CONFLICT)
        return store_fail(store, result, "a tick of the log is under way");
    return result < 0 ? result : 0;
}

int store_log_plan_find(struct store *store, struct arena *arena, struct store_log_plan *ret_plan)
{
    struct plan_row row = {0};
    const struct reading reading = {
        .name = STATEMENT_LOG_PLAN_GET, .row = read_plan, .size = sizeof row};
    int result = store_read_one(store, &reading, arena, &row);
    if (result < 0)
        return result;
    size_t count = row.entries.size / DIGEST_SIZE;
    if (row.first < 0 || count == 0 || row.entries.size % DIGEST_SIZE)
        return store_fail(store, ERR_DAMAGED, "the tick under way holds no whole entries");
    struct digest *entries = arena_array(arena, count, sizeof *entries);
    if (!entries)
        return ERR_NO_MEMORY;
    memcpy(entries, row.entries.data, row.entries.size);
    *ret_plan = (struct store_log_plan){(uint64_t)row.first, entries, count, row.last_opening};
    return 0;
}

int store_log_plan_end(struct store *store)
{
    int result = store_run(store, STATEMENT_LOG_PLAN_END, NO_VALUES);
    return result < 0 ? result : 0;
}

/* --- its steps --- */

static int compare_digests(const void *left, const void *right)
{
    return digest_compare(left, right);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

int store_log_match(struct store *store, const struct store_log_growth *growth, size_t limit,
                    size_t *at)
{
    const struct store_log_plan *plan = &growth->plan;
    size_t end = *at + least(limit, growth->waiting_count - *at);
    for (; *at < end; ++*at) {
        const struct store_waiting *waiting = &growth->waiting[*at];
        const struct digest *found = bsearch(&waiting->entry, plan->entries, plan->count,
                                             sizeof *plan->entries, compare_digests);
        if (!found)
            return store_fail(store, ERR_CONFLICT, "an entry that waits is not in the batch");
        size_t place = (size_t)(found - plan->entries);
        growth->openings[place] = waiting->opening;
        growth->places[*at] = plan->first + place;
    }
    return end < growth->waiting_count;
}

static int append_entry(struct store *store, struct tlog_frontier *frontier,
                        const struct digest *entry)
{
    struct tlog_node nodes[TLOG_LEVELS];
    struct digest leaf = tlog_leaf_hash(entry->bytes, DIGEST_SIZE);
    int result = store_run(store, STATEMENT_LOG_ENTRY_PUT,
                           VALUES(value_int((int64_t)frontier->size), value_digest(entry)));
    int count = result < 0 ? result : tlog_frontier_append(frontier, &leaf, nodes);
    for (int i = 0; i < count; i++) {
        result = store_run(store, STATEMENT_LOG_NODE_PUT,
                           VALUES(value_int(nodes[i].level), value_int((int64_t)nodes[i].index),
                                  value_digest(&nodes[i].hash)));
        if (result < 0)
            return result;
    }
    return count < 0 ? count : 0;
}

/* An opening has one head and one place. */
static int put_once(struct store *store, enum statement_name name, const struct value *values,
                    size_t count)
{
    int result = store_run(store, name, values, count);
    return result == ERR_CONFLICT ? store_fail(store, result, "an entry stands in the log already")
                                  : result;
}

static int put_tree(struct store *store, const struct tlog_frontier *frontier, int64_t now)
{
    uint8_t peaks[sizeof frontier->peaks];
    size_t size = tlog_frontier_encode(frontier, peaks);
    return store_change(
        store, STATEMENT_LOG_TREE_PUT,
        VALUES(value_int((int64_t)frontier->size), value_bytes(peaks, size), value_int(now)));
}

/* By entry, as heads are. Padding has no opening and no head. */
int store_log_grow(struct store *store, const struct store_log_growth *growth, size_t limit,
                   int64_t now, size_t *at)
{
    const struct store_log_plan *plan = &growth->plan;
    struct tlog_frontier frontier = {0};
    int64_t ticked_at;
    int result = store_log_tree(store, &frontier, &ticked_at);
    if (result >= 0 && (frontier.size < plan->first || frontier.size - plan->first > plan->count))
        result = store_fail(store, ERR_DAMAGED, "the tick under way does not continue the log");
    if (result < 0)
        return result;
    size_t next = (size_t)(frontier.size - plan->first), end = least(plan->count, next + limit);
    for (; result >= 0 && next < end; next++) {
        const struct digest *entry = &plan->entries[next];
        result = append_entry(store, &frontier, entry);
        if (result >= 0 && growth->openings[next])
            result = put_once(store, STATEMENT_OPENING_HEAD_PUT,
                              VALUES(value_digest(entry), value_int(growth->openings[next])));
    }
    if (result >= 0)
        result = put_tree(store, &frontier, now);
    if (result < 0)
        return result;
    *at = next;
    return next < plan->count;
}

/* By opening: they came in that order, and a place is found by it. */
int store_log_settle(struct store *store, const struct store_log_growth *growth, size_t limit,
                     size_t *at)
{
    size_t end = *at + least(limit, growth->waiting_count - *at);
    for (size_t i = *at; i < end; i++) {
        struct value opening = value_int(growth->waiting[i].opening);
        int result = put_once(store, STATEMENT_LOG_PLACE_PUT,
                              VALUES(opening, value_int((int64_t)growth->places[i])));
        if (result >= 0)
            result = store_run(store, STATEMENT_LOG_WAITING_LEAVE, VALUES(opening));
        if (result < 0)
            return result;
    }
    *at = end;
    return end < growth->waiting_count;
}

/* --- heads --- */

/* Heads in the first level when they go into the other, which grows without end and is written all
 * over each time. */
enum { HEADS_RECENT = 16384 };

bool store_log_heads_full(const struct store_log_growth *growth)
{
    size_t count = growth->waiting_count;
    return count && (growth->waiting[0].opening - 1) / HEADS_RECENT !=
                        growth->waiting[count - 1].opening / HEADS_RECENT;
}

static void read_head(struct query *query, struct arena *arena, void *item)
{
    *(struct bytes *)item = query_bytes(query, 0, arena);
}

/* In the order of their bytes, so that each part of the other level is written once. */
int store_log_raise(struct store *store, size_t limit)
{
    static const uint8_t after_all[] = {255, 255, 255, 255, 255, 255, 255, 255, 255};
    struct arena arena ARENA_CLEANUP;
    struct bytes end = {after_all, sizeof after_all};
    arena_init(&arena, /* limit= */ 16 * 1024);
    const struct reading reading = {STATEMENT_OPENING_HEAD_AT, read_head, sizeof end,
                                    VALUES(value_int((int64_t)limit))};
    int found = store_read_one(store, &reading, &arena, &end);
    if (found < 0 && found != ERR_NOT_FOUND)
        return found;
    struct value head = value_bytes(end.data, end.size);
    int result = store_run(store, STATEMENT_OPENING_HEAD_RISE, VALUES(head));
    if (result >= 0)
        result = store_run(store, STATEMENT_OPENING_HEAD_LEAVE, VALUES(head));
    return result < 0 ? result : found >= 0;
}

/* --- all at once --- */

static int append(struct store *store, const struct store_log_growth *growth, int64_t now)
{
    size_t matched = 0, grown = 0, settled = 0;
    int result = store_log_match(store, growth, SIZE_MAX, &matched);
    if (result >= 0)
        result = store_log_grow(store, growth, SIZE_MAX / 2, now, &grown);
    if (result >= 0)
        result = store_log_settle(store, growth, SIZE_MAX, &settled);
    if (result >= 0 && store_log_heads_full(growth))
        result = store_log_raise(store, STORE_LIST_MAX);
    return result < 0 ? result : 0;
}

int store_log_append(struct store *store, const struct store_log_batch *batch)
{
    struct tlog_frontier frontier = {0};
    struct arena arena ARENA_CLEANUP;
    int64_t ticked_at;
    arena_init(&arena, /* limit= */ 16 << 20);
    struct store_log_growth growth = {
        .plan = {.entries = batch->entries, .count = batch->count},
        .waiting = batch->waiting,
        .waiting_count = batch->waiting_count,
        .openings = arena_array(&arena, batch->count + 1, sizeof *growth.openings),
        .places = arena_array(&arena, batch->waiting_count + 1, sizeof *growth.places)};
    if (!growth.openings || !growth.places)
        return ERR_NO_MEMORY;
    int result = store_log_tree(store, &frontier, &ticked_at);
    growth.plan.first = frontier.size;
    return result < 0 ? result : append(store, &growth, batch->at);
}
