#include "store/token.h"

#include "store/statement.h"

int store_token_append(struct store *store, const struct store_token *token)
{
    return store_change(store, STATEMENT_TOKEN_APPEND,
                        VALUES(value_text(token->person), value_digest(&token->sha256),
                               value_text(token->scope), value_text(token->note),
                               value_int(token->made_at), value_text(token->made_by),
                               value_int(token->until), value_entry(&token->certificate)));
}

static void read_token(struct query *query, struct arena *arena, void *item)
{
    *(struct store_token *)item = (struct store_token){.person = query_text(query, 0, arena),
                                                       .number = (uint32_t)query_int(query, 1),
                                                       .sha256 = query_digest(query, 2),
                                                       .scope = query_text(query, 3, arena),
                                                       .note = query_text(query, 4, arena),
                                                       .made_at = query_int(query, 5),
                                                       .made_by = query_text(query, 6, arena),
                                                       .until = (int32_t)query_int(query, 7),
                                                       .revoked_at = query_int(query, 8),
                                                       .revoked_by = query_text(query, 9, arena),
                                                       .certificate = query_digest(query, 10)};
}

int store_token_find(struct store *store, const struct digest *sha256, struct arena *arena,
                     struct store_token *ret_token)
{
    const struct reading reading = {STATEMENT_TOKEN_FIND, read_token, sizeof *ret_token,
                                    VALUES(value_digest(sha256))};
    return store_read_one(store, &reading, arena, ret_token);
}

int store_token_list(struct store *store, const char *person, struct arena *arena,
                     struct store_token **ret_tokens, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_TOKEN_LIST, read_token, sizeof **ret_tokens,
                                    VALUES(value_text(person), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_tokens, ret_count);
}

int store_token_revoke(struct store *store, const char *person, uint32_t number, int64_t at,
                       const char *by)
{
    return store_change(
        store, STATEMENT_TOKEN_REVOKE,
        VALUES(value_text(person), value_int(number), value_int(at), value_text(by)));
}

int store_token_revoke_all(struct store *store, const char *person, int64_t at, const char *by)
{
    return store_run(store, STATEMENT_TOKEN_REVOKE_ALL,
                     VALUES(value_text(person), value_int(at), value_text(by)));
}
