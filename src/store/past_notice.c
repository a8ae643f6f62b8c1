#include "store/past_notice.h"

#include "store/statement.h"

enum { CLAUSES_BYTES_MAX = 64 << 10 };

int store_past_notice_put(struct store *store, const struct store_past_notice *notice)
{
    struct buffer clauses BUFFER_CLEANUP = {0};
    buffer_init(&clauses, CLAUSES_BYTES_MAX);
    int result = texts_encode((const char *const *)notice->clauses, notice->clause_count, &clauses);
    if (result < 0)
        return store_fail(store, result, "clauses of a past notice");
    struct value opening;
    result = store_opening_value(store, &notice->entry, &opening);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_PAST_NOTICE_PUT,
                        VALUES(value_text(notice->id), value_int(notice->version),
                               value_text(notice->party), value_text(notice->kind),
                               value_int(notice->day), value_int(notice->cure_due),
                               value_int(notice->cured), value_int(notice->suspended),
                               value_int(notice->terminated), value_text(buffer_text(&clauses)),
                               value_text(notice->source), value_int(notice->imported_at),
                               value_text(notice->imported_by), value_text(notice->agreed_by),
                               value_digest(&notice->entry), opening));
}

static void read_past(struct query *query, struct arena *arena, void *item)
{
    struct store_past_notice *notice = item;
    *notice = (struct store_past_notice){.id = query_text(query, 0, arena),
                                         .version = (uint32_t)query_int(query, 1),
                                         .party = query_text(query, 2, arena),
                                         .kind = query_text(query, 3, arena),
                                         .day = (int32_t)query_int(query, 4),
                                         .cure_due = (int32_t)query_int(query, 5),
                                         .cured = (int32_t)query_int(query, 6),
                                         .suspended = (int32_t)query_int(query, 7),
                                         .terminated = (int32_t)query_int(query, 8),
                                         .source = query_text(query, 10, arena),
                                         .imported_at = query_int(query, 11),
                                         .imported_by = query_text(query, 12, arena),
                                         .agreed_by = query_text(query, 13, arena),
                                         .entry = query_digest(query, 14)};
    int result = texts_decode(query_text(query, 9, arena), PAST_CLAUSES_MAX, arena,
                              &notice->clauses, &notice->clause_count);
    if (result < 0)
        query_fail(query, result);
}

int store_past_notice_find(struct store *store, const char *id, struct arena *arena,
                           struct store_past_notice *ret_notice)
{
    const struct reading reading = {STATEMENT_PAST_NOTICE_FIND, read_past, sizeof *ret_notice,
                                    VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_notice);
}

int store_past_notice_list(struct store *store, const struct store_past_query *query,
                           struct arena *arena, struct store_past_notice **ret_notices,
                           size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PAST_NOTICE_LIST, read_past, sizeof **ret_notices,
                                    VALUES(value_text(query->party), value_int(query->from),
                                           value_int(query->until), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_notices, ret_count);
}
