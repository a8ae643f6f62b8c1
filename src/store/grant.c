#include "store/grant.h"

#include "store/statement.h"

#include <string.h>

static const char *const right_texts[] = {
#define E(name, text) text,
    PARTY_RIGHT_LIST(E)
#undef E
};

const char *party_right_text(enum party_right right)
{
    return right_texts[right];
}

int party_right_parse(const char *text, enum party_right *ret_right)
{
    for (int i = 0; i < PARTY_RIGHT_COUNT; i++) {
        if (strcmp(right_texts[i], text) == 0) {
            *ret_right = (enum party_right)i;
            return 0;
        }
    }
    return ERR_SYNTAX;
}

int store_grant_append(struct store *store, const struct store_grant *grant)
{
    return store_change(store, STATEMENT_GRANT_APPEND,
                        VALUES(value_text(grant->person), value_text(grant->party),
                               value_text(party_right_text(grant->may)), value_int(grant->from),
                               value_int(grant->until), value_text(grant->of_person),
                               value_int(grant->of_number), value_int(grant->made_at),
                               value_text(grant->made_by), value_text(grant->case_id)));
}

static void read_grant(struct query *query, struct arena *arena, void *item)
{
    struct store_grant *grant = item;
    *grant = (struct store_grant){.person = query_text(query, 0, arena),
                                  .number = (uint32_t)query_int(query, 1),
                                  .party = query_text(query, 2, arena),
                                  .from = (int32_t)query_int(query, 4),
                                  .until = (int32_t)query_int(query, 5),
                                  .of_person = query_text(query, 6, arena),
                                  .of_number = (uint32_t)query_int(query, 7),
                                  .made_at = query_int(query, 8),
                                  .made_by = query_text(query, 9, arena),
                                  .revoked_at = query_int(query, 10),
                                  .revoked_by = query_text(query, 11, arena),
                                  .case_id = query_text(query, 12, arena)};
    const char *may = query_text(query, 3, arena);
    if (may && party_right_parse(may, &grant->may) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_grant_find(struct store *store, const char *person, uint32_t number, struct arena *arena,
                     struct store_grant *ret_grant)
{
    const struct reading reading = {STATEMENT_GRANT_FIND, read_grant, sizeof *ret_grant,
                                    VALUES(value_text(person), value_int(number))};
    return store_read_one(store, &reading, arena, ret_grant);
}

int store_grant_list(struct store *store, const char *person, struct arena *arena,
                     struct store_grant **ret_grants, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_GRANT_LIST, read_grant, sizeof **ret_grants,
                                    VALUES(value_text(person), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_grants, ret_count);
}

int store_grant_list_of_party(struct store *store, const char *party, struct arena *arena,
                              struct store_grant **ret_grants, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_GRANT_LIST_OF_PARTY, read_grant, sizeof **ret_grants,
                                    VALUES(value_text(party), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_grants, ret_count);
}

int store_grant_revoke(struct store *store, const char *person, uint32_t number, int64_t at,
                       const char *by)
{
    return store_change(
        store, STATEMENT_GRANT_REVOKE,
        VALUES(value_text(person), value_int(number), value_int(at), value_text(by)));
}
