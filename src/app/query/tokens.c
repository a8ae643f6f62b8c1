/* user.tokens {id}: the tokens that a user was handed, never what they are. */
#include "app/query/list.h"

#include "app/known.h"
#include "app/people/token.h"
#include "base/civil.h"
#include "store/user.h"

/* New reference. */
static json_t *token_row(const struct app *app, const struct store_token *token,
                         const struct store_user *user)
{
    char day[CIVIL_DATE_TEXT], hex[DIGEST_HEX];
    json_t *row =
        json_pack("{s:I, s:s, s:s, s:s, s:s, s:b}", "number", (json_int_t)token->number, "scope",
                  token->scope, "note", token->note, "made_by", token->made_by, "revoked_by",
                  token->revoked_by, "in_use", !token_is_over(app, token) && !user->disabled_at);
    json_object_set_new(row, "made_at", query_instant(token->made_at));
    json_object_set_new(row, "revoked_at", query_instant(token->revoked_at));
    json_object_set_new(row, "certificate",
                        token_is_bound(token) ? json_string(digest_format(&token->certificate, hex))
                                              : json_null());
    json_object_set_new(row, "until",
                        token->until ? json_string(civil_format_date(token->until, day))
                                     : json_null());
    return row;
}

int query_user_tokens(struct query_call *call)
{
    struct store_user user;
    struct store_token *tokens;
    const char *id;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "tokens", list);
    int result = query_need_text(call, "id", &id);
    if (result >= 0)
        result = app_find_user(call->app, id, call->arena, &user, call->detail);
    if (result < 0)
        return result;
    result = store_token_list(call->app->store, user.id, call->arena, &tokens, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "tokens");
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, token_row(call->app, &tokens[i], &user));
    return 0;
}
