#include "store/complaint.h"

#include "store/statement.h"

int store_complaint_put(struct store *store, const struct store_complaint *complaint)
{
    return store_change(store, STATEMENT_COMPLAINT_PUT,
                        VALUES(value_text(complaint->reference), value_int(complaint->received_at),
                               value_text(complaint->type), value_text(complaint->rulebook),
                               value_text(complaint->language), value_digest(&complaint->link),
                               value_text(complaint->state), value_text(complaint->closure),
                               value_text(complaint->case_id), value_int(complaint->priority)));
}

int store_complaint_settle(struct store *store, const struct store_complaint *complaint)
{
    return store_change(store, STATEMENT_COMPLAINT_SETTLE,
                        VALUES(value_text(complaint->reference), value_text(complaint->state),
                               value_text(complaint->closure), value_text(complaint->case_id),
                               value_text(complaint->type), value_int(complaint->priority)));
}

static void read_complaint(struct query *query, struct arena *arena, void *item)
{
    *(struct store_complaint *)item =
        (struct store_complaint){.reference = query_text(query, 0, arena),
                                 .received_at = query_int(query, 1),
                                 .type = query_text(query, 2, arena),
                                 .rulebook = query_text(query, 3, arena),
                                 .language = query_text(query, 4, arena),
                                 .link = query_digest(query, 5),
                                 .state = query_text(query, 6, arena),
                                 .closure = query_text(query, 7, arena),
                                 .case_id = query_text(query, 8, arena),
                                 .erased_at = query_int(query, 9),
                                 .priority = (int)query_int(query, 10)};
}

int store_complaint_find(struct store *store, const char *reference, struct arena *arena,
                         struct store_complaint *ret_complaint)
{
    const struct reading reading = {STATEMENT_COMPLAINT_FIND, read_complaint, sizeof *ret_complaint,
                                    VALUES(value_text(reference))};
    return store_read_one(store, &reading, arena, ret_complaint);
}

int store_complaint_find_link(struct store *store, const struct digest *link, struct arena *arena,
                              struct store_complaint *ret_complaint)
{
    const struct reading reading = {STATEMENT_COMPLAINT_FIND_LINK, read_complaint,
                                    sizeof *ret_complaint, VALUES(value_digest(link))};
    return store_read_one(store, &reading, arena, ret_complaint);
}

int store_complaint_list(struct store *store, const struct store_complaint_query *query,
                         struct arena *arena, struct store_complaint **ret_complaints,
                         size_t *ret_count)
{
    const struct value after = value_text(query->after), limit = value_limit(query->limit);
    if (!query->state) {
        const struct reading all = {STATEMENT_COMPLAINT_LIST, read_complaint,
                                    sizeof **ret_complaints, VALUES(after, limit)};
        return store_read_all(store, &all, arena, ret_complaints, ret_count);
    }
    const struct reading some = {STATEMENT_COMPLAINT_LIST_STATE, read_complaint,
                                 sizeof **ret_complaints,
                                 VALUES(after, limit, value_text(query->state))};
    return store_read_all(store, &some, arena, ret_complaints, ret_count);
}

int store_complaint_list_priority(struct store *store, const char *after, size_t limit,
                                  struct arena *arena, struct store_complaint **ret_complaints,
                                  size_t *ret_count)
{
    const struct reading reading = {STATEMENT_COMPLAINT_LIST_PRIORITY, read_complaint,
                                    sizeof **ret_complaints,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_complaints, ret_count);
}

int store_complaint_count(struct store *store, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_COMPLAINT_COUNT, NO_VALUES, ret_count);
}

int store_complaint_erase(struct store *store, const char *reference, int64_t at)
{
    static const enum statement_name steps[] = {
        STATEMENT_COMPLAINT_KEY_ERASE, STATEMENT_COMPLAINT_ITEM_ERASE,
        STATEMENT_COMPLAINT_REPORTER_ERASE, STATEMENT_RECEIPT_ERASE};
    int result = store_change(store, STATEMENT_COMPLAINT_ERASE,
                              VALUES(value_text(reference), value_int(at)));
    if (result >= 0)
        result = store_wipe_begin(store);
    for (size_t i = 0; result >= 0 && i < sizeof steps / sizeof *steps; i++)
        result = store_run(store, steps[i], VALUES(value_text(reference)));
    return result < 0 ? result : 0;
}

/* --- sealed --- */

int store_complaint_key_put(struct store *store, const char *reference, const char *part,
                            const struct digest *key)
{
    return store_change(store, STATEMENT_COMPLAINT_KEY_PUT,
                        VALUES(value_text(reference), value_text(part), value_digest(key)));
}

static void read_key(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(struct digest *)item = query_digest(query, 0);
}

int store_complaint_key_find(struct store *store, const char *reference, const char *part,
                             struct digest *ret_key)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct reading reading = {STATEMENT_COMPLAINT_KEY_FIND, read_key, sizeof *ret_key,
                                    VALUES(value_text(reference), value_text(part))};
    arena_init(&arena, /* limit= */ 4096);
    return store_read_one(store, &reading, &arena, ret_key);
}

int store_complaint_item_put(struct store *store, const char *reference, uint32_t number,
                             struct bytes sealed)
{
    return store_change(
        store, STATEMENT_COMPLAINT_ITEM_PUT,
        VALUES(value_text(reference), value_int(number), value_bytes(sealed.data, sealed.size)));
}

static void read_sealed(struct query *query, struct arena *arena, void *item)
{
    *(struct bytes *)item = query_bytes(query, 0, arena);
}

int store_complaint_item_find(struct store *store, const char *reference, uint32_t number,
                              struct arena *arena, struct bytes *ret_sealed)
{
    const struct reading reading = {STATEMENT_COMPLAINT_ITEM_FIND, read_sealed, sizeof *ret_sealed,
                                    VALUES(value_text(reference), value_int(number))};
    return store_read_one(store, &reading, arena, ret_sealed);
}

static int read_next(struct store *store, enum statement_name name, const char *reference,
                     uint32_t *ret_number)
{
    int64_t number;
    int result = store_read_number(store, name, VALUES(value_text(reference)), &number);
    if (result >= 0)
        *ret_number = (uint32_t)number;
    return result;
}

int store_complaint_item_next(struct store *store, const char *reference, uint32_t *ret_number)
{
    return read_next(store, STATEMENT_COMPLAINT_ITEM_NEXT, reference, ret_number);
}

int store_complaint_reporter_put(struct store *store, const char *reference, struct bytes sealed)
{
    return store_change(store, STATEMENT_COMPLAINT_REPORTER_PUT,
                        VALUES(value_text(reference), value_bytes(sealed.data, sealed.size)));
}

int store_complaint_reporter_find(struct store *store, const char *reference, struct arena *arena,
                                  struct bytes *ret_sealed)
{
    const struct reading reading = {STATEMENT_COMPLAINT_REPORTER_FIND, read_sealed,
                                    sizeof *ret_sealed, VALUES(value_text(reference))};
    return store_read_one(store, &reading, arena, ret_sealed);
}

/* --- what happened --- */

int store_complaint_event_put(struct store *store, const struct store_complaint_event *event)
{
    struct value opening;
    int result = store_opening_value(store, &event->entry, &opening);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_COMPLAINT_EVENT_PUT,
                        VALUES(value_text(event->reference), value_int(event->at),
                               value_text(event->type), value_text(event->actor),
                               value_text(event->data), value_digest(&event->entry), opening));
}

int store_complaint_event_next(struct store *store, const char *reference, uint32_t *ret_seq)
{
    return read_next(store, STATEMENT_COMPLAINT_EVENT_NEXT, reference, ret_seq);
}

static void read_event(struct query *query, struct arena *arena, void *item)
{
    *(struct store_complaint_event *)item =
        (struct store_complaint_event){.reference = query_text(query, 0, arena),
                                       .seq = (uint32_t)query_int(query, 1),
                                       .at = query_int(query, 2),
                                       .type = query_text(query, 3, arena),
                                       .actor = query_text(query, 4, arena),
                                       .data = query_text(query, 5, arena),
                                       .entry = query_digest(query, 6)};
}

int store_complaint_event_list(struct store *store, const char *reference, struct arena *arena,
                               struct store_complaint_event **ret_events, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_COMPLAINT_EVENT_LIST, read_event, sizeof **ret_events,
                                    VALUES(value_text(reference), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_events, ret_count);
}

int store_complaint_hold_list(struct store *store, const char *after, size_t limit,
                              struct arena *arena, struct store_complaint_event **ret_holds,
                              size_t *ret_count)
{
    const struct reading reading = {STATEMENT_COMPLAINT_HOLD_LIST, read_event, sizeof **ret_holds,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_holds, ret_count);
}
