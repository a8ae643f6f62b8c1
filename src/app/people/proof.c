#include "app/people/proof.h"

#include "app/command.h"
#include "app/people/token.h"
#include "store/credential.h"
#include "store/session.h"

#include <string.h>

bool proof_is_staff(const struct store_user *user)
{
    for (size_t i = 0; i < user->role_count; i++) {
        if (strcmp(user->roles[i], role_text(ROLE_MAIL)) != 0)
            return user->party[0] == '\0';
    }
    return false;
}

bool proof_is_of_party(const struct store_user *user)
{
    return user->party[0] && user->role_count == 1 &&
           strcmp(user->roles[0], role_text(ROLE_PARTY)) == 0;
}

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return failure == ERR_NOT_FOUND ? failure : app_store_failed(app, failure, detail, "proof");
}

static int find_user(struct app *app, const char *id, struct arena *arena,
                     struct store_user *ret_user)
{
    struct store_user user;
    int result = store_user_find(app->store, id, arena, &user);
    if (result >= 0 && user.disabled_at)
        result = ERR_NOT_FOUND;
    if (result >= 0)
        *ret_user = user;
    return result;
}

/* RFC 8705 3. Compared in the same time whatever differs. */
static bool fits(const struct store_token *token, const struct digest *certificate)
{
    return !token_is_bound(token) ||
           (certificate && digest_equal(&token->certificate, certificate));
}

int proof_of_token(struct app *app, const struct proof_token *shown, struct arena *arena,
                   struct proof *ret_proof, struct error_detail *detail)
{
    struct store_token token;
    struct proof proof = {.session = ""};
    int result = store_token_find(app->store, &shown->sha256, arena, &token);
    if (result >= 0)
        result = find_user(app, token.person, arena, &proof.user);
    if (result >= 0 && (token_is_over(app, &token) || !fits(&token, shown->certificate)))
        result = ERR_NOT_FOUND;
    if (result < 0)
        return failed(app, result, detail);
    proof.scope = token.scope;
    proof.since = token.made_at;
    *ret_proof = proof;
    return 0;
}

static bool has_ended(const struct app *app, const struct store_session *session)
{
    const int64_t now = clock_real(&app->clock), second = 1000000;
    return now >= session->begun_at + app->config.session_most_s * second ||
           now >= session->seen_at + app->config.session_idle_s * second;
}

/* A session is worth what it began with, as that stands now. */
static int find_beginning(struct app *app, const struct store_session *session, struct arena *arena,
                          struct proof *proof)
{
    struct store_credential credential;
    struct store_token *tokens;
    size_t count;
    if (session->token == 0) {
        int result = store_credential_find(app->store, session->person, arena, &credential);
        if (result < 0)
            return result;
        proof->scope = SCOPE_WHOLE;
        proof->since = credential.set_at;
        return 0;
    }
    int result = store_token_list(app->store, session->person, arena, &tokens, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (tokens[i].number != session->token || token_is_over(app, &tokens[i]))
            continue;
        proof->scope = tokens[i].scope;
        proof->since = tokens[i].made_at;
        return 0;
    }
    return result < 0 ? result : ERR_NOT_FOUND;
}

int proof_of_cookie(struct app *app, const struct digest *sha256, struct arena *arena,
                    struct proof *ret_proof, struct error_detail *detail)
{
    struct store_session session;
    struct proof proof = {.session = ""};
    int result = store_session_find(app->store, sha256, arena, &session);
    if (result >= 0)
        result = find_user(app, session.person, arena, &proof.user);
    if (result >= 0 && has_ended(app, &session))
        result = ERR_NOT_FOUND;
    if (result >= 0)
        result = find_beginning(app, &session, arena, &proof);
    if (result < 0)
        return failed(app, result, detail);
    proof.session = session.id;
    proof.seen_at = session.seen_at;
    *ret_proof = proof;
    return 0;
}
