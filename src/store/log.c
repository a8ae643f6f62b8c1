#include "store/log.h"

#include "store/statement.h"

#include <inttypes.h>
#include <string.h>

/* --- openings --- */

static int number_of(struct store *store, const struct digest *entry, int64_t *ret_number)
{
    *ret_number = store_noted_opening(store, entry);
    if (*ret_number)
        return 0;
    int result =
        store_read_number(store, STATEMENT_OPENING_NUMBER, VALUES(value_digest(entry)), ret_number);
    return result != ERR_NOT_FOUND ? result
                                   : store_read_number(store, STATEMENT_OPENING_NUMBER_WAITING,
                                                       VALUES(value_digest(entry)), ret_number);
}

int store_opening_value(struct store *store, const struct digest *entry, struct value *ret_value)
{
    static const struct digest zero;
    int64_t number = 0;
    int result = digest_equal(entry, &zero) ? 0 : number_of(store, entry, &number);
    if (result < 0 && result != ERR_NOT_FOUND)
        return result;
    *ret_value = number ? value_int(number) : value_null();
    return 0;
}

int store_opening_put(struct store *store, const struct tlog_opening *opening, int64_t created_at)
{
    const struct value json = {
        .kind = VALUE_TEXT, .data = opening->json, .size = opening->json_size};
    int64_t number;
    int result = store_insert(store, STATEMENT_OPENING_PUT,
                              VALUES(value_digest(&opening->entry), value_digest(&opening->key),
                                     json, value_int(created_at)),
                              &number);
    if (result >= 0)
        result = store_run(store, STATEMENT_LOG_WAITING_PUT, VALUES(value_int(number)));
    if (result < 0)
        return result;
    store_note_opening(store, &opening->entry, number);
    return 0;
}

static void read_opening(struct query *query, struct arena *arena, void *item)
{
    struct store_opening *record = item;
    *record = (struct store_opening){
        .number = query_int(query, 0),
        .opening = {.entry = query_digest(query, 1), .key = query_digest(query, 2)},
        .created_at = query_int(query, 4),
        .erased_at = query_int(query, 5)};
    if (query_is_null(query, 3))
        return;
    record->opening.json = query_text(query, 3, arena);
    record->opening.json_size = strlen(record->opening.json);
}

int store_opening_find(struct store *store, const struct digest *entry, struct arena *arena,
                       struct store_opening *ret_opening)
{
    int64_t number;
    int result = number_of(store, entry, &number);
    if (result < 0)
        return result;
    const struct reading reading = {STATEMENT_OPENING_FIND, read_opening, sizeof *ret_opening,
                                    VALUES(value_int(number))};
    return store_read_one(store, &reading, arena, ret_opening);
}

int store_opening_list(struct store *store, int64_t after, size_t limit, struct arena *arena,
                       struct store_opening **ret_openings, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_OPENING_LIST, read_opening, sizeof **ret_openings,
                                    VALUES(value_int(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_openings, ret_count);
}

int store_opening_erase(struct store *store, const struct digest *entry, int64_t at)
{
    int64_t number;
    int result = number_of(store, entry, &number);
    return result < 0 ? result
                      : store_change(store, STATEMENT_OPENING_ERASE,
                                     VALUES(value_int(number), value_int(at)));
}

static void read_digest(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(struct digest *)item = query_digest(query, 0);
}

int store_opening_list_lost(struct store *store, size_t limit, struct arena *arena,
                            struct digest **ret_entries, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_OPENING_LIST_LOST, read_digest, sizeof **ret_entries,
                                    VALUES(value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_entries, ret_count);
}

static void read_waiting(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(struct store_waiting *)item =
        (struct store_waiting){.entry = query_digest(query, 0), .opening = query_int(query, 1)};
}

int store_log_waiting(struct store *store, int64_t after, int64_t last, size_t limit,
                      struct arena *arena, struct store_waiting **ret_waiting, size_t *ret_count)
{
    int64_t most = limit == 0 || limit > STORE_LIST_MAX ? STORE_LIST_MAX : (int64_t)limit;
    const struct reading reading = {STATEMENT_LOG_WAITING_LIST, read_waiting, sizeof **ret_waiting,
                                    VALUES(value_int(after), value_int(last), value_int(most))};
    return store_read_all(store, &reading, arena, ret_waiting, ret_count);
}

/* --- reading --- */

struct tree_row {
    int64_t size, ticked_at;
    struct bytes frontier;
};

static void read_tree(struct query *query, struct arena *arena, void *item)
{
    *(struct tree_row *)item = (struct tree_row){.size = query_int(query, 0),
                                                 .frontier = query_bytes(query, 1, arena),
                                                 .ticked_at = query_int(query, 2)};
}

int store_log_tree(struct store *store, struct tlog_frontier *ret_frontier, int64_t *ret_ticked_at)
{
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, /* limit= */ 16 * 1024);
    struct tree_row row = {0};
    const struct reading reading = {
        .name = STATEMENT_LOG_TREE_GET, .row = read_tree, .size = sizeof row};
    int result = store_read_one(store, &reading, &arena, &row);
    if (result < 0 && result != ERR_NOT_FOUND) /* not there: nothing was ever appended */
        return result;
    struct tlog_frontier frontier;
    if (tlog_frontier_decode((uint64_t)row.size, row.frontier.data, row.frontier.size, &frontier) <
        0)
        return store_fail(store, ERR_DAMAGED, "the frontier of the log does not fit its size");
    *ret_frontier = frontier;
    *ret_ticked_at = row.ticked_at;
    return 0;
}

int store_log_index(struct store *store, const struct digest *entry, uint64_t *ret_index)
{
    int64_t opening, number;
    int result = number_of(store, entry, &opening);
    if (result >= 0)
        result = store_read_number(store, STATEMENT_LOG_ENTRY_NUMBER,
                                   VALUES(value_int(opening), value_digest(entry)), &number);
    if (result >= 0)
        *ret_index = (uint64_t)number;
    return result;
}

/* Exactly `count` digests, else the log has a hole. */
static int read_range(struct store *store, const struct reading *reading, size_t count,
                      struct digest *ret_digests)
{
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, /* limit= */ 128 * 1024);
    struct digest *digests = NULL;
    size_t found = 0;
    int result = store_read_all(store, reading, &arena, &digests, &found);
    if (result < 0)
        return result;
    if (found != count)
        return store_fail(store, ERR_DAMAGED, "the log has %zu of %zu hashes of a tile", found,
                          count);
    memcpy(ret_digests, digests, count * sizeof *digests);
    return 0;
}

static int source_entries(void *context, uint64_t first, size_t count, struct digest *ret_entries)
{
    const struct reading reading = {
        STATEMENT_LOG_ENTRY_RANGE, read_digest, sizeof *ret_entries,
        VALUES(value_int((int64_t)first), value_int((int64_t)(first + count)))};
    return read_range(context, &reading, count, ret_entries);
}

static int source_nodes(void *context, unsigned level, uint64_t first, size_t count,
                        struct digest *ret_hashes)
{
    const struct reading reading = {
        STATEMENT_LOG_NODE_RANGE, read_digest, sizeof *ret_hashes,
        VALUES(value_int(level), value_int((int64_t)first), value_int((int64_t)(first + count)))};
    return read_range(context, &reading, count, ret_hashes);
}

struct tlog_source store_log_source(struct store *store)
{
    return (struct tlog_source){.context = store, .entries = source_entries, .nodes = source_nodes};
}

/* --- checkpoints --- */

struct checkpoint_row {
    int64_t size;
    const char *note;
};

static void read_checkpoint(struct query *query, struct arena *arena, void *item)
{
    *(struct checkpoint_row *)item =
        (struct checkpoint_row){.size = query_int(query, 0), .note = query_text(query, 1, arena)};
}

int store_log_checkpoint_put(struct store *store, uint64_t size, const char *note, int64_t at)
{
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, /* limit= */ 256 * 1024);
    struct checkpoint_row row;
    const struct reading reading = {STATEMENT_LOG_CHECKPOINT_FIND, read_checkpoint, sizeof row,
                                    VALUES(value_int((int64_t)size))};
    int result = store_read_one(store, &reading, &arena, &row);
    if (result >= 0 && strcmp(row.note, note) == 0)
        return 0; /* the signer said the same again */
    if (result >= 0)
        return store_fail(store, ERR_CONFLICT, "another checkpoint of size %" PRIu64, size);
    if (result != ERR_NOT_FOUND)
        return result;
    return store_change(store, STATEMENT_LOG_CHECKPOINT_PUT,
                        VALUES(value_int((int64_t)size), value_text(note), value_int(at)));
}

int store_log_checkpoint(struct store *store, struct arena *arena, uint64_t *ret_size,
                         const char **ret_note)
{
    struct checkpoint_row row;
    const struct reading reading = {
        .name = STATEMENT_LOG_CHECKPOINT_LATEST, .row = read_checkpoint, .size = sizeof row};
    int result = store_read_one(store, &reading, arena, &row);
    if (result < 0)
        return result;
    *ret_size = (uint64_t)row.size;
    *ret_note = row.note;
    return 0;
}
