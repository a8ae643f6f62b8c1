#include "store/case.h"

#include "store/statement.h"

#include <string.h>

enum { EVIDENCE_MAX = 1000, EVIDENCE_TEXT_MAX = 128 * 1024 };

static void read_case(struct query *query, struct arena *arena, void *item)
{
    struct store_case *record = item;
    *record = (struct store_case){.id = query_text(query, 0, arena),
                                  .party = query_text(query, 1, arena),
                                  .obligation = query_text(query, 2, arena),
                                  .subject = query_text(query, 3, arena),
                                  .process = query_text(query, 4, arena),
                                  .stage = query_text(query, 7, arena),
                                  .handler = query_text(query, 9, arena),
                                  .summary = query_text(query, 10, arena),
                                  .seq = (uint32_t)query_int(query, 11),
                                  .opened_at = query_int(query, 12),
                                  .updated_at = query_int(query, 13),
                                  .due_at = query_int(query, 14),
                                  .closed_at = query_int(query, 15),
                                  .closure = query_text(query, 16, arena),
                                  .published = query_int(query, 17) != 0,
                                  .rules = query_text(query, 18, arena),
                                  .about = query_text(query, 20, arena),
                                  .clock_rule = query_text(query, 21, arena),
                                  .clock_date = (int32_t)query_int(query, 22),
                                  .clock_at = query_int(query, 23),
                                  .told_at = query_int(query, 24)};
    if (case_origin_parse(query_text(query, 5, arena), &record->origin) < 0 ||
        monitoring_source_parse(query_text(query, 6, arena), &record->source) < 0 ||
        stage_kind_parse(query_text(query, 8, arena), &record->stage_kind) < 0 ||
        case_awaits_parse(query_text(query, 19, arena), &record->awaits) < 0)
        query_fail(query, ERR_DAMAGED);
}

static void read_due(struct query *query, struct arena *arena, void *item)
{
    struct store_case *record = item;
    *record = (struct store_case){.id = query_text(query, 0, arena),
                                  .party = query_text(query, 1, arena),
                                  .obligation = query_text(query, 2, arena),
                                  .subject = query_text(query, 3, arena),
                                  .handler = query_text(query, 4, arena),
                                  .rules = query_text(query, 5, arena),
                                  .stage = query_text(query, 6, arena),
                                  .due_at = query_int(query, 8),
                                  .about = query_text(query, 10, arena),
                                  .clock_rule = query_text(query, 11, arena),
                                  .clock_date = (int32_t)query_int(query, 12),
                                  .clock_at = query_int(query, 13),
                                  .process = "",
                                  .summary = "",
                                  .closure = ""};
    if (stage_kind_parse(query_text(query, 7, arena), &record->stage_kind) < 0 ||
        case_awaits_parse(query_text(query, 9, arena), &record->awaits) < 0)
        query_fail(query, ERR_DAMAGED);
}

/* --- how many are open --- */

/* What is counted of a case. */
struct counted {
    enum stage_kind kind;
    bool open;
};

static void read_counted(struct query *query, struct arena *arena, void *item)
{
    struct counted *counted = item;
    counted->open = query_int(query, 1) == 0;
    if (stage_kind_parse(query_text(query, 0, arena), &counted->kind) < 0)
        query_fail(query, ERR_DAMAGED);
}

static struct counted counted_of(const struct store_case *record)
{
    return (struct counted){record->stage_kind, record->closed_at == 0};
}

static int count_on(struct store *store, struct counted before, struct counted after)
{
    int result = 0;
    if (before.open == after.open && (!after.open || before.kind == after.kind))
        return 0;
    if (before.open)
        result = store_run(store, STATEMENT_OPEN_LEAVE,
                           VALUES(value_text(stage_kind_text(before.kind))));
    if (result >= 0 && after.open)
        result =
            store_run(store, STATEMENT_OPEN_ENTER, VALUES(value_text(stage_kind_text(after.kind))));
    return result < 0 ? result : 0;
}

/* As the row that is there counts; a case that is not there counts like a closed one. */
static int find_counted(struct store *store, const char *id, struct counted *ret_counted)
{
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, /* limit= */ 16 * 1024);
    const struct reading reading = {STATEMENT_CASE_FIND_KIND, read_counted, sizeof *ret_counted,
                                    VALUES(value_text(id))};
    int result = store_read_one(store, &reading, &arena, ret_counted);
    return result == ERR_NOT_FOUND ? 0 : result;
}

static int write_case(struct store *store, enum statement_name name,
                      const struct store_case *record)
{
    return store_change(
        store, name,
        VALUES(value_text(record->id), value_text(record->party), value_text(record->obligation),
               value_text(record->subject), value_text(record->process),
               value_text(case_origin_text(record->origin)),
               value_text(monitoring_source_text(record->source)), value_text(record->stage),
               value_text(stage_kind_text(record->stage_kind)), value_text(record->handler),
               value_text(record->summary), value_int(record->seq), value_int(record->opened_at),
               value_int(record->updated_at), value_int(record->due_at),
               value_int(record->closed_at), value_text(record->closure),
               value_int(record->published), value_text(record->rules),
               value_text(case_awaits_text(record->awaits)), value_text(record->about),
               value_text(record->clock_rule), value_int(record->clock_date),
               value_int(record->clock_at), value_int(record->told_at)));
}

int store_case_add(struct store *store, const struct store_case *record)
{
    const struct counted before = {0};
    store_note_case(store);
    int result = write_case(store, STATEMENT_CASE_ADD, record);
    return result < 0 ? result : count_on(store, before, counted_of(record));
}

int store_case_put(struct store *store, const struct store_case *record)
{
    struct counted before = {0};
    store_note_case(store);
    int result = find_counted(store, record->id, &before);
    if (result >= 0)
        result = write_case(store, STATEMENT_CASE_PUT, record);
    return result < 0 ? result : count_on(store, before, counted_of(record));
}

bool store_case_alike(const struct store_case *a, const struct store_case *b)
{
    return strcmp(a->stage, b->stage) == 0 && a->stage_kind == b->stage_kind &&
           strcmp(a->handler, b->handler) == 0 && a->due_at == b->due_at &&
           a->closed_at == b->closed_at && strcmp(a->closure, b->closure) == 0 &&
           a->published == b->published && strcmp(a->rules, b->rules) == 0 &&
           a->awaits == b->awaits && strcmp(a->about, b->about) == 0 &&
           strcmp(a->clock_rule, b->clock_rule) == 0 && a->clock_date == b->clock_date &&
           a->clock_at == b->clock_at && a->told_at == b->told_at;
}

static int move_case(struct store *store, const struct store_case *before,
                     const struct store_case *after)
{
    if (strcmp(before->handler, after->handler) == 0 && before->closed_at == after->closed_at &&
        strcmp(before->closure, after->closure) == 0 && before->told_at == after->told_at)
        return store_change(store, STATEMENT_CASE_TURN,
                            VALUES(value_text(after->id), value_text(after->stage),
                                   value_text(stage_kind_text(after->stage_kind)),
                                   value_int(after->seq), value_int(after->updated_at),
                                   value_int(after->due_at), value_int(after->published),
                                   value_text(after->rules),
                                   value_text(case_awaits_text(after->awaits)),
                                   value_text(after->about), value_text(after->clock_rule),
                                   value_int(after->clock_date), value_int(after->clock_at)));
    return store_change(
        store, STATEMENT_CASE_MOVE,
        VALUES(value_text(after->id), value_text(after->stage),
               value_text(stage_kind_text(after->stage_kind)), value_text(after->handler),
               value_int(after->seq), value_int(after->updated_at), value_int(after->due_at),
               value_int(after->closed_at), value_text(after->closure), value_int(after->published),
               value_text(after->rules), value_text(case_awaits_text(after->awaits)),
               value_text(after->about), value_text(after->clock_rule),
               value_int(after->clock_date), value_int(after->clock_at),
               value_int(after->told_at)));
}

int store_case_update(struct store *store, const struct store_case *before,
                      const struct store_case *after)
{
    store_note_case(store);
    if (store_case_alike(before, after))
        return store_change(
            store, STATEMENT_CASE_ADVANCE,
            VALUES(value_text(after->id), value_int(after->seq), value_int(after->updated_at)));
    int result = move_case(store, before, after);
    return result < 0 ? result : count_on(store, counted_of(before), counted_of(after));
}

int store_case_find(struct store *store, const char *id, struct arena *arena,
                    struct store_case *ret_case)
{
    const struct reading reading = {STATEMENT_CASE_FIND, read_case, sizeof *ret_case,
                                    VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_case);
}

static int find_by_key(struct store *store, enum statement_name name,
                       const struct store_case_key *key, struct arena *arena,
                       struct store_case *ret_case)
{
    const struct reading reading = {
        name, read_case, sizeof *ret_case,
        VALUES(value_text(key->party), value_text(key->obligation), value_text(key->subject))};
    return store_read_one(store, &reading, arena, ret_case);
}

int store_case_find_open(struct store *store, const struct store_case_key *key, struct arena *arena,
                         struct store_case *ret_case)
{
    return find_by_key(store, STATEMENT_CASE_FIND_OPEN, key, arena, ret_case);
}

int store_case_find_closed(struct store *store, const struct store_case_key *key,
                           struct arena *arena, struct store_case *ret_case)
{
    return find_by_key(store, STATEMENT_CASE_FIND_CLOSED, key, arena, ret_case);
}

static bool given(const char *text)
{
    return text && *text;
}

/* The list that begins with the filter which leaves the fewest. */
static enum statement_name list_of(const struct store_case_query *query)
{
    bool open = query->open_only || given(query->handler);
    if (query->told_only)
        return STATEMENT_CASE_LIST_TOLD;
    return given(query->party)
               ? open ? STATEMENT_CASE_LIST_OPEN_OF_PARTY : STATEMENT_CASE_LIST_OF_PARTY
           : given(query->subject) ? STATEMENT_CASE_LIST_OF_SUBJECT
           : given(query->handler) ? STATEMENT_CASE_LIST_OF_HANDLER
           : given(query->stage)   ? STATEMENT_CASE_LIST_OF_STAGE
           : query->open_only      ? STATEMENT_CASE_LIST_OPEN
                                   : STATEMENT_CASE_LIST;
}

int store_case_list(struct store *store, const struct store_case_query *query, struct arena *arena,
                    struct store_case **ret_cases, size_t *ret_count)
{
    const struct reading reading = {
        list_of(query), read_case, sizeof **ret_cases,
        VALUES(value_optional(query->party), value_optional(query->subject),
               value_optional(query->stage), value_int(query->open_only || given(query->handler)),
               value_text(query->after), value_limit(query->limit),
               value_optional(query->handler))};
    query_expect(store, reading.name, reading.values, reading.value_count);
    return store_read_all(store, &reading, arena, ret_cases, ret_count);
}

int store_case_list_due(struct store *store, size_t limit, struct arena *arena,
                        struct store_case **ret_cases, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_CASE_LIST_DUE, read_due, sizeof **ret_cases,
                                    VALUES(value_limit(limit))};
    query_expect(store, reading.name, reading.values, reading.value_count);
    return store_read_all(store, &reading, arena, ret_cases, ret_count);
}

struct open_row {
    enum stage_kind kind;
    int64_t cases;
};

static void read_open(struct query *query, struct arena *arena, void *item)
{
    struct open_row *row = item;
    row->cases = query_int(query, 1);
    if (stage_kind_parse(query_text(query, 0, arena), &row->kind) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_case_count_open(struct store *store, int64_t ret_counts[STAGE_KIND_COUNT])
{
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, /* limit= */ 16 * 1024);
    struct open_row *rows;
    size_t count;
    const struct reading reading = {
        .name = STATEMENT_CASE_COUNT_OPEN, .row = read_open, .size = sizeof *rows};
    int result = store_read_all(store, &reading, &arena, &rows, &count);
    if (result < 0)
        return result;
    memset(ret_counts, 0, STAGE_KIND_COUNT * sizeof *ret_counts);
    for (size_t i = 0; i < count; i++)
        ret_counts[rows[i].kind] = rows[i].cases;
    return 0;
}

int store_case_forget_open(struct store *store)
{
    return store_run(store, STATEMENT_OPEN_FORGET_ALL, NO_VALUES);
}

int store_case_put_open(struct store *store, enum stage_kind kind, int64_t cases)
{
    return store_change(store, STATEMENT_OPEN_PUT,
                        VALUES(value_text(stage_kind_text(kind)), value_int(cases)));
}

int store_case_count(struct store *store, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_CASE_COUNT, NO_VALUES, ret_count);
}

int store_case_last(struct store *store, int64_t *ret_at)
{
    return store_read_number(store, STATEMENT_CASE_LAST, NO_VALUES, ret_at);
}

/* --- events --- */

int store_event_append(struct store *store, const struct case_event *event,
                       const struct digest *entry)
{
    struct buffer evidence BUFFER_CLEANUP;
    buffer_init(&evidence, EVIDENCE_TEXT_MAX);
    int result = texts_encode(event->evidence, event->evidence_count, &evidence);
    if (result < 0 || event->evidence_count > EVIDENCE_MAX)
        return store_fail(store, ERR_LIMIT, "event %u of %s: too much evidence", event->seq,
                          event->case_id);
    struct value opening;
    result = store_opening_value(store, entry, &opening);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_EVENT_APPEND,
                        VALUES(value_text(event->case_id), value_int(event->seq),
                               value_text(case_event_text(event->type)), value_int(event->version),
                               value_int(event->at), value_text(event->actor),
                               value_text(event->actor_role), value_text(event->reason),
                               value_text(buffer_text(&evidence)), value_text(event->data),
                               value_digest(entry), opening));
}

static void read_event(struct query *query, struct arena *arena, void *item)
{
    struct store_event *record = item;
    const char **evidence = NULL;
    size_t evidence_count = 0;
    int result =
        texts_decode(query_text(query, 8, arena), EVIDENCE_MAX, arena, &evidence, &evidence_count);
    if (result < 0)
        query_fail(query, result);
    *record = (struct store_event){.event = {.case_id = query_text(query, 0, arena),
                                             .seq = (uint32_t)query_int(query, 1),
                                             .version = (int)query_int(query, 3),
                                             .at = query_int(query, 4),
                                             .actor = query_text(query, 5, arena),
                                             .actor_role = query_text(query, 6, arena),
                                             .reason = query_text(query, 7, arena),
                                             .evidence = evidence,
                                             .evidence_count = evidence_count,
                                             .data = query_text(query, 9, arena)},
                                   .entry = query_digest(query, 10)};
    if (case_event_parse(query_text(query, 2, arena), &record->event.type) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_event_list(struct store *store, const char *case_id, uint32_t after_seq, size_t limit,
                     struct arena *arena, struct store_event **ret_events, size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_EVENT_LIST, read_event, sizeof **ret_events,
        VALUES(value_text(case_id), value_int(after_seq), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_events, ret_count);
}

/* --- links --- */

static void read_link(struct query *query, struct arena *arena, void *item)
{
    *(struct store_link *)item = (struct store_link){.case_id = query_text(query, 0, arena),
                                                     .kind = query_text(query, 1, arena),
                                                     .object = query_text(query, 2, arena),
                                                     .linked_at = query_int(query, 3),
                                                     .linked_by = query_text(query, 4, arena),
                                                     .unlinked_at = query_int(query, 5),
                                                     .unlinked_by = query_text(query, 6, arena)};
}

int store_link_put(struct store *store, const struct store_link *link)
{
    return store_change(store, STATEMENT_LINK_PUT,
                        VALUES(value_text(link->case_id), value_text(link->kind),
                               value_text(link->object), value_int(link->linked_at),
                               value_text(link->linked_by), value_int(link->unlinked_at),
                               value_text(link->unlinked_by)));
}

int store_link_list(struct store *store, const char *case_id, struct arena *arena,
                    struct store_link **ret_links, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_LINK_LIST, read_link, sizeof **ret_links,
                                    VALUES(value_text(case_id), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_links, ret_count);
}

int store_link_list_page(struct store *store, const struct store_link_page *page,
                         struct arena *arena, struct store_link **ret_links, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_LINK_LIST_PAGE, read_link, sizeof **ret_links,
                                    VALUES(value_text(page->case_id), value_text(page->kind),
                                           value_text(page->after), value_limit(page->limit))};
    return store_read_all(store, &reading, arena, ret_links, ret_count);
}

int store_link_count_unknown(struct store *store, const char *case_id, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_LINK_COUNT_UNKNOWN, VALUES(value_text(case_id)),
                             ret_count);
}

int store_link_list_of_object(struct store *store, const char *kind, const char *object,
                              struct arena *arena, struct store_link **ret_links, size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_LINK_LIST_OF_OBJECT, read_link, sizeof **ret_links,
        VALUES(value_text(kind), value_text(object), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_links, ret_count);
}
