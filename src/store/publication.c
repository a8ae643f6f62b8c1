#include "store/publication.h"

#include "base/text.h"
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
                                   .next_update_due = query_int(query, 6),
                                   .overdue_since = query_int(query, 7)};
}

int store_publication_put(struct store *store, const struct store_publication *publication)
{
    return store_change(
        store, STATEMENT_PUBLICATION_PUT,
        VALUES(value_text(publication->notice), value_text(publication->case_id),
               value_text(publication->state), value_text(publication->record),
               value_int(publication->published_at), value_int(publication->updated_at),
               value_int(publication->next_update_due), value_int(publication->overdue_since)));
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

int store_publication_list_party(struct store *store, const char *party, struct arena *arena,
                                 struct store_publication **ret_publications, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PUBLICATION_LIST_PARTY, read_publication,
                                    sizeof **ret_publications,
                                    VALUES(value_text(party), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_publications, ret_count);
}

int store_publication_list_due(struct store *store, int64_t now, size_t limit, struct arena *arena,
                               struct store_publication **ret_publications, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PUBLICATION_LIST_DUE, read_publication,
                                    sizeof **ret_publications,
                                    VALUES(value_int(now), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_publications, ret_count);
}

int store_publication_next_due(struct store *store, int64_t *ret_due)
{
    return store_read_number(store, STATEMENT_PUBLICATION_NEXT_DUE, NO_VALUES, ret_due);
}

int store_publication_overdue(struct store *store, int64_t *ret_count, int64_t *ret_since)
{
    int64_t count = 0;
    int result = store_read_number(store, STATEMENT_PUBLICATION_COUNT_OVERDUE, NO_VALUES, &count);
    if (result >= 0)
        result =
            store_read_number(store, STATEMENT_PUBLICATION_FIRST_OVERDUE, NO_VALUES, ret_since);
    if (result >= 0)
        *ret_count = count;
    return result;
}

/* --- updates --- */

int store_publication_update_append(struct store *store,
                                    const struct store_publication_update *update)
{
    struct value opening;
    int result = store_opening_value(store, &update->entry, &opening);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_PUBLICATION_UPDATE_APPEND,
                        VALUES(value_text(update->notice), value_int(update->seq),
                               value_int(update->at), value_text(update->kind),
                               value_text(update->text), value_digest(&update->record_sha256),
                               value_digest(&update->entry), value_text(update->item), opening));
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
                                          .entry = query_digest(query, 6),
                                          .item = query_text(query, 7, arena)};
}

int store_publication_update_list(struct store *store, const char *notice, struct arena *arena,
                                  struct store_publication_update **ret_updates, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PUBLICATION_UPDATE_LIST, read_update,
                                    sizeof **ret_updates,
                                    VALUES(value_text(notice), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_updates, ret_count);
}

/* --- what people write for the public --- */

static const char *const kind_texts[] = {
#define E(name, text) text,
    NOTICE_ITEM_KIND_LIST(E)
#undef E
};

static const char *const state_texts[] = {
#define E(name, text) text,
    NOTICE_ITEM_STATE_LIST(E)
#undef E
};

const char *notice_item_kind_text(enum notice_item_kind kind)
{
    return kind_texts[kind];
}

const char *notice_item_state_text(enum notice_item_state state)
{
    return state_texts[state];
}

int store_notice_item_put(struct store *store, const struct store_notice_item *item)
{
    struct value opening;
    int result = store_opening_value(store, &item->entry, &opening);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_NOTICE_ITEM_PUT,
                        VALUES(value_text(item->id), value_text(item->case_id),
                               value_text(notice_item_kind_text(item->kind)),
                               value_text(item->about), value_text(item->text),
                               value_text(item->ranges), value_text(item->reason),
                               value_int(item->at), value_text(item->actor),
                               value_digest(&item->sha256), value_digest(&item->entry), opening));
}

int store_notice_item_settle(struct store *store, const struct store_notice_item *item)
{
    return store_change(store, STATEMENT_NOTICE_ITEM_SETTLE,
                        VALUES(value_text(item->id),
                               value_text(notice_item_state_text(item->state)),
                               value_int(item->settled_at), value_text(item->settled_by)));
}

static void read_item(struct query *query, struct arena *arena, void *place)
{
    int kind = text_index(kind_texts, NOTICE_ITEM_KIND_COUNT, query_text(query, 2, arena));
    int state = text_index(state_texts, NOTICE_ITEM_STATE_COUNT, query_text(query, 11, arena));
    struct store_notice_item *item = place;
    *item = (struct store_notice_item){.id = query_text(query, 0, arena),
                                       .case_id = query_text(query, 1, arena),
                                       .about = query_text(query, 3, arena),
                                       .text = query_text(query, 4, arena),
                                       .ranges = query_text(query, 5, arena),
                                       .reason = query_text(query, 6, arena),
                                       .at = query_int(query, 7),
                                       .actor = query_text(query, 8, arena),
                                       .sha256 = query_digest(query, 9),
                                       .entry = query_digest(query, 10),
                                       .settled_at = query_int(query, 12),
                                       .settled_by = query_text(query, 13, arena)};
    if (kind < 0 || state < 0) {
        query_fail(query, ERR_DAMAGED);
        return;
    }
    item->kind = (enum notice_item_kind)kind;
    item->state = (enum notice_item_state)state;
}

int store_notice_item_find(struct store *store, const char *id, struct arena *arena,
                           struct store_notice_item *ret_item)
{
    const struct reading reading = {STATEMENT_NOTICE_ITEM_FIND, read_item, sizeof *ret_item,
                                    VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_item);
}

int store_notice_item_list(struct store *store, const char *case_id, bool waiting_only,
                           struct arena *arena, struct store_notice_item **ret_items,
                           size_t *ret_count)
{
    const struct reading all = {waiting_only ? STATEMENT_NOTICE_ITEM_LIST_WAITING
                                             : STATEMENT_NOTICE_ITEM_LIST,
                                read_item, sizeof **ret_items, VALUES(value_int(STORE_LIST_MAX))};
    const struct reading of_case = {
        STATEMENT_NOTICE_ITEM_LIST_CASE, read_item, sizeof **ret_items,
        VALUES(value_text(case_id), value_int(waiting_only), value_int(STORE_LIST_MAX))};
    return store_read_all(store, case_id ? &of_case : &all, arena, ret_items, ret_count);
}
