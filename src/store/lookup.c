#include "store/lookup.h"

#include "base/text.h"
#include "store/statement.h"

static const char *const kind_texts[] = {
#define K(name, text) text,
    LOOKUP_KIND_LIST(K)
#undef K
};

/* --- what waits --- */

static void read_lookup(struct query *query, struct arena *arena, void *item)
{
    int what = text_index(kind_texts, LOOKUP_KIND_COUNT, query_text(query, 2, arena));
    if (what < 0)
        query_fail(query, ERR_DAMAGED);
    *(struct store_lookup *)item = (struct store_lookup){
        .reference = query_text(query, 0, arena),
        .number = (uint32_t)query_int(query, 1),
        .what = what < 0 ? LOOKUP_FIND : (enum lookup_kind)what,
        .tld = query_text(query, 3, arena),
        .name = query_int(query, 4),
        .fresh_from = query_int(query, 5),
        .due_at = query_int(query, 6),
        .tries = (uint32_t)query_int(query, 7),
        .answer = query_int(query, 8),
        .measurement = query_text(query, 9, arena),
    };
}

int store_lookup_put(struct store *store, const struct store_lookup *lookup)
{
    return store_change(store, STATEMENT_LOOKUP_PUT,
                        VALUES(value_text(lookup->reference), value_text(kind_texts[lookup->what]),
                               value_text(lookup->tld), value_int(lookup->name),
                               value_int(lookup->fresh_from), value_int(lookup->due_at)));
}

int store_lookup_find(struct store *store, const char *reference, uint32_t number,
                      struct arena *arena, struct store_lookup *ret_lookup)
{
    const struct reading reading = {STATEMENT_LOOKUP_FIND, read_lookup, sizeof *ret_lookup,
                                    VALUES(value_text(reference), value_int(number))};
    return store_read_one(store, &reading, arena, ret_lookup);
}

int store_lookup_list(struct store *store, const char *reference, struct arena *arena,
                      struct store_lookup **ret_lookups, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_LOOKUP_LIST, read_lookup, sizeof **ret_lookups,
                                    VALUES(value_text(reference), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_lookups, ret_count);
}

int store_lookup_waits(struct store *store, const char *reference)
{
    int64_t one;
    int result =
        store_read_number(store, STATEMENT_LOOKUP_WAITS, VALUES(value_text(reference)), &one);
    return result == ERR_NOT_FOUND ? 0 : result < 0 ? result : 1;
}

static void read_text(struct query *query, struct arena *arena, void *item)
{
    *(const char **)item = query_text(query, 0, arena);
}

int store_lookup_next_tld(struct store *store, const char *from, struct arena *arena,
                          const char **ret_tld)
{
    const struct reading reading = {STATEMENT_LOOKUP_NEXT_TLD, read_text, sizeof *ret_tld,
                                    VALUES(value_text(from))};
    return store_read_one(store, &reading, arena, ret_tld);
}

int store_lookup_first(struct store *store, const char *tld, int64_t now, struct arena *arena,
                       struct store_lookup *ret_lookup)
{
    const struct reading reading = {STATEMENT_LOOKUP_FIRST, read_lookup, sizeof *ret_lookup,
                                    VALUES(value_text(tld), value_int(now))};
    return store_read_one(store, &reading, arena, ret_lookup);
}

int store_lookup_put_off(struct store *store, const struct store_lookup *lookup)
{
    return store_change(store, STATEMENT_LOOKUP_PUT_OFF,
                        VALUES(value_text(lookup->reference), value_int(lookup->number),
                               value_int(lookup->due_at), value_int(lookup->tries),
                               value_int(lookup->fresh_from)));
}

int store_lookup_settle(struct store *store, const struct store_lookup *lookup)
{
    return store_change(store, STATEMENT_LOOKUP_SETTLE,
                        VALUES(value_text(lookup->reference), value_int(lookup->number),
                               lookup->answer ? value_int(lookup->answer) : value_null(),
                               value_text(lookup->measurement)));
}

static void read_answer(struct query *query, struct arena *arena, void *item);

/* The answers about a name that nobody cites, but the newest `leave` of all. */
static int forget(struct store *store, int64_t name, size_t leave, struct arena *arena)
{
    const struct reading reading = {STATEMENT_LOOKUP_ANSWER_LIST_NAME, read_answer,
                                    sizeof(struct store_lookup_answer),
                                    VALUES(value_int(name), value_int(STORE_LIST_MAX))};
    struct store_lookup_answer *answers;
    size_t count;
    int result = store_read_all(store, &reading, arena, &answers, &count);
    for (size_t i = 0; result >= 0 && i + leave < count; i++)
        result =
            store_run(store, STATEMENT_LOOKUP_ANSWER_FORGET, VALUES(value_int(answers[i].number)));
    return result < 0 ? result : 0;
}

int store_lookup_erase(struct store *store, const char *reference, struct arena *arena)
{
    struct store_lookup *lookups;
    size_t count;
    int result = store_lookup_list(store, reference, arena, &lookups, &count);
    if (result >= 0)
        result = store_wipe_begin(store);
    if (result >= 0)
        result = store_run(store, STATEMENT_LOOKUP_ERASE, VALUES(value_text(reference)));
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (lookups[i].what == LOOKUP_REGISTRATION)
            result = forget(store, lookups[i].name, /* leave= */ 0, arena);
    }
    return result < 0 ? result : 0;
}

/* --- what was seen --- */

static void read_answer(struct query *query, struct arena *arena, void *item)
{
    *(struct store_lookup_answer *)item = (struct store_lookup_answer){
        .number = query_int(query, 0),
        .name = query_int(query, 1),
        .asked_at = query_int(query, 2),
        .registered = query_text(query, 3, arena),
        .seen = query_text(query, 4, arena),
        .measurement = query_text(query, 5, arena),
    };
}

int store_lookup_answer_put(struct store *store, const struct store_lookup_answer *answer,
                            int64_t *ret_number)
{
    return store_insert(store, STATEMENT_LOOKUP_ANSWER_PUT,
                        VALUES(value_int(answer->name), value_int(answer->asked_at),
                               value_text(answer->registered), value_text(answer->seen),
                               value_text(answer->measurement),
                               value_bytes(answer->bytes.data, answer->bytes.size)),
                        ret_number);
}

int store_lookup_answer_find(struct store *store, int64_t number, struct arena *arena,
                             struct store_lookup_answer *ret_answer)
{
    const struct reading reading = {STATEMENT_LOOKUP_ANSWER_FIND, read_answer, sizeof *ret_answer,
                                    VALUES(value_int(number))};
    return store_read_one(store, &reading, arena, ret_answer);
}

int store_lookup_answer_newest(struct store *store, int64_t name, int64_t from, struct arena *arena,
                               struct store_lookup_answer *ret_answer)
{
    const struct reading reading = {STATEMENT_LOOKUP_ANSWER_NEWEST, read_answer, sizeof *ret_answer,
                                    VALUES(value_int(name), value_int(from))};
    return store_read_one(store, &reading, arena, ret_answer);
}

int store_lookup_answer_of(struct store *store, const char *reference, int64_t name,
                           struct arena *arena, struct store_lookup_answer *ret_answer)
{
    const struct reading reading = {STATEMENT_LOOKUP_ANSWER_OF, read_answer, sizeof *ret_answer,
                                    VALUES(value_text(reference), value_int(name))};
    return store_read_one(store, &reading, arena, ret_answer);
}

static void read_bytes(struct query *query, struct arena *arena, void *item)
{
    *(struct bytes *)item = query_bytes(query, 0, arena);
}

int store_lookup_answer_bytes(struct store *store, const char *reference, const char *measurement,
                              struct arena *arena, struct bytes *ret_bytes)
{
    const struct reading reading = {STATEMENT_LOOKUP_ANSWER_BYTES, read_bytes, sizeof *ret_bytes,
                                    VALUES(value_text(reference), value_text(measurement))};
    return store_read_one(store, &reading, arena, ret_bytes);
}

int store_lookup_answer_tidy(struct store *store, int64_t name, struct arena *arena)
{
    return forget(store, name, /* leave= */ 1, arena);
}
