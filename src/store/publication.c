#include "store/publication.h"

#include "store/statement.h"

static void read_publication(struct query *query, struct arena *arena, void *item)
{
    *(struct store_publication *)item =
        (struct store_publication){.notice = query_text(query, 0, arena),
                                   .case_id = query_text(query, 1, arena),
                                   .state = query_text(query, 2, arena),
                                   .record = query_text(query, 3, arena),
                                   .published_at = query_int(query, 4),
                                   .updated_at = query_int(query, 5),
                                   .next_update_due = query_int(query, 6)};
}

int store_publication_put(struct store *store, const struct store_publication *publication)
{
    return store_change(store, STATEMENT_PUBLICATION_PUT,
                        VALUES(value_text(publication->notice), value_text(publication->case_id),
                               value_text(publication->state), value_text(publication->record),
                               value_int(publication->published_at),
                               value_int(publication->updated_at),
                               value_int(publication->next_update_due)));
}

int store_publication_find(struct store *store, const char *notice, struct arena *arena,
                           struct store_publication *ret_publication)
{
    const struct reading reading = {STATEMENT_PUBLICATION_FIND, read_publication,
                                    sizeof *ret_publication, VALUES(value_text(notice))};
    return store_read_one(store, &reading, arena, ret_publication);
}

int store_publication_find_case(struct store *store, const char *case_id, struct arena *arena,
                                struct store_publication *ret_publication)
{
    const struct reading reading = {STATEMENT_PUBLICATION_FIND_CASE, read_publication,
                                    sizeof *ret_publication, VALUES(value_text(case_id))};
    return store_read_one(store, &reading, arena, ret_publication);
}

int store_publication_list(struct store *store, const char *after, size_t limit,
                           struct arena *arena, struct store_publication **ret_publications,
                           size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PUBLICATION_LIST, read_publication,
                                    sizeof **ret_publications,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_publications, ret_count);
}

/* --- updates --- */

int store_publication_update_append(struct store *store,
                                    const struct store_publication_update *update)
{
    return store_change(store, STATEMENT_PUBLICATION_UPDATE_APPEND,
                        VALUES(value_text(update->notice), value_int(update->seq),
                               value_int(update->at), value_text(update->kind),
                               value_text(update->text), value_digest(&update->record_sha256),
                               value_digest(&update->entry)));
}

static void read_update(struct query *query, struct arena *arena, void *item)
{
    *(struct store_publication_update *)item =
        (struct store_publication_update){.notice = query_text(query, 0, arena),
                                          .seq = (uint32_t)query_int(query, 1),
                                          .at = query_int(query, 2),
                                          .kind = query_text(query, 3, arena),
                                          .text = query_text(query, 4, arena),
                                          .record_sha256 = query_digest(query, 5),
                                          .entry = query_digest(query, 6)};
}

int store_publication_update_list(struct store *store, const char *notice, struct arena *arena,
                                  struct store_publication_update **ret_updates, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PUBLICATION_UPDATE_LIST, read_update,
                                    sizeof **ret_updates,
                                    VALUES(value_text(notice), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_updates, ret_count);
}
