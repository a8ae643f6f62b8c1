#include "store/exhibit.h"

#include "store/statement.h"

static int check_bytes(struct store *store, const struct store_exhibit *exhibit)
{
    struct digest digest = digest_of(exhibit->bytes.data, exhibit->bytes.size);
    if (digest_equal(&digest, &exhibit->sha256))
        return 0;
    return store_fail(store, ERR_DAMAGED,
                      "exhibit %u of event %u of case %s: its SHA-256 is another", exhibit->number,
                      exhibit->seq, exhibit->case_id);
}

int store_exhibit_put(struct store *store, const struct store_exhibit *exhibit)
{
    int result = check_bytes(store, exhibit);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_EXHIBIT_PUT,
                        VALUES(value_text(exhibit->case_id), value_int(exhibit->seq),
                               value_int(exhibit->number), value_digest(&exhibit->sha256),
                               value_text(exhibit->media_type), value_text(exhibit->name),
                               value_int(exhibit->collected),
                               value_bytes(exhibit->bytes.data, exhibit->bytes.size)));
}

static void read_exhibit(struct query *query, struct arena *arena, void *item)
{
    *(struct store_exhibit *)item =
        (struct store_exhibit){.case_id = query_text(query, 0, arena),
                               .seq = (uint32_t)query_int(query, 1),
                               .number = (uint32_t)query_int(query, 2),
                               .sha256 = query_digest(query, 3),
                               .media_type = query_text(query, 4, arena),
                               .name = query_text(query, 5, arena),
                               .collected = (int32_t)query_int(query, 6),
                               .size = (uint64_t)query_int(query, 7),
                               .bytes = query_bytes(query, 8, arena)};
}

int store_exhibit_list(struct store *store, const char *case_id, struct arena *arena,
                       struct store_exhibit **ret_exhibits, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_EXHIBIT_LIST, read_exhibit, sizeof **ret_exhibits,
                                    VALUES(value_text(case_id), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_exhibits, ret_count);
}

int store_exhibit_find(struct store *store, const char *case_id, uint32_t seq, uint32_t number,
                       struct arena *arena, struct store_exhibit *ret_exhibit)
{
    struct store_exhibit exhibit;
    const struct reading reading = {STATEMENT_EXHIBIT_FIND, read_exhibit, sizeof exhibit,
                                    VALUES(value_text(case_id), value_int(seq), value_int(number))};
    int result = store_read_one(store, &reading, arena, &exhibit);
    if (result >= 0)
        result = check_bytes(store, &exhibit);
    if (result >= 0)
        *ret_exhibit = exhibit;
    return result;
}
