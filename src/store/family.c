#include "store/family.h"

#include "store/statement.h"

int store_family_put(struct store *store, const struct store_family_member *member)
{
    return store_change(store, STATEMENT_FAMILY_PUT,
                        VALUES(value_text(member->family), value_text(member->party),
                               value_int(member->from), value_int(member->until)));
}

static void read_member(struct query *query, struct arena *arena, void *item)
{
    *(struct store_family_member *)item =
        (struct store_family_member){.family = query_text(query, 0, arena),
                                     .party = query_text(query, 1, arena),
                                     .from = (int32_t)query_int(query, 2),
                                     .until = (int32_t)query_int(query, 3)};
}

static int list(struct store *store, enum statement_name statement, const char *key,
                struct arena *arena, struct store_family_member **ret_members, size_t *ret_count)
{
    const struct reading reading = {statement, read_member, sizeof **ret_members,
                                    VALUES(value_text(key), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_members, ret_count);
}

int store_family_list_of_party(struct store *store, const char *party, struct arena *arena,
                               struct store_family_member **ret_members, size_t *ret_count)
{
    return list(store, STATEMENT_FAMILY_LIST_OF_PARTY, party, arena, ret_members, ret_count);
}

int store_family_list(struct store *store, const char *family, struct arena *arena,
                      struct store_family_member **ret_members, size_t *ret_count)
{
    return list(store, STATEMENT_FAMILY_LIST, family, arena, ret_members, ret_count);
}
