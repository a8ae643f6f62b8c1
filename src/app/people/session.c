#include "app/people/session.h"

#include "app/argument.h"
#include "app/command_list.h"
#include "app/people/credential.h"
#include "app/people/guess.h"
#include "app/people/proof.h"
#include "app/publish/ledger.h"
#include "base/password.h"
#include "store/session.h"
#include "store/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 1 << 20, SECOND_US = 1000000 };

/* --- who has to wait --- */

static struct guesses *guesses_of(struct app *app)
{
    if (!app->guesses) {
        app->guesses = calloc(1, sizeof *app->guesses);
        if (app->guesses)
            guess_init(app->guesses);
    }
    return app->guesses;
}

/* 1 when the answer is to wait. */
static int must_wait(struct call *call, const char *user, const char *address)
{
    struct guesses *guesses = guesses_of(call->app);
    if (!guesses)
        return ERR_NO_MEMORY;
    int64_t wait = guess_wait(guesses, user, address, clock_real(&call->app->clock));
    if (wait == 0)
        return 0;
    json_object_set_new(call->result, "wait", json_integer((wait + SECOND_US - 1) / SECOND_US));
    return 1;
}

/* session.salt {user, address}: what to stretch a password with. Of a user who has none it is one
 * that the program would have drawn, the same each time. */
int session_salt(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_credential credential;
    const char *user, *address;
    char hex[DIGEST_HEX];
    arena_init(&arena, ARENA_MAX);
    int result = call_need_text(call, "user", &user);
    if (result >= 0)
        result = call_need_text(call, "address", &address);
    if (result >= 0)
        result = must_wait(call, user, address);
    if (result != 0)
        return result < 0 ? result : 0;
    struct digest drawn = digest_hmac(call->app->guesses->key, user, strlen(user));
    result = store_credential_find(call->app->store, user, &arena, &credential);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(call->app, result, call->detail, "password");
    if (result >= 0 && credential.salt.size == PASSWORD_SALT_SIZE)
        memcpy(drawn.bytes, credential.salt.data, PASSWORD_SALT_SIZE);
    json_object_set_new(call->result, "salt",
                        json_string(hex_format(drawn.bytes, PASSWORD_SALT_SIZE, hex)));
    return 0;
}

/* --- signing in --- */

struct beginning {
    struct call *call;
    struct arena arena;
    const char *address;
    struct digest cookie;
    struct store_user user;
    uint32_t token; /* number; 0 for a password */
    int64_t step;
};

/* 1: it is somebody of the staff. */
static int by_token(struct beginning *beginning, const char *text)
{
    struct call *call = beginning->call;
    /* A cookie is bound to nothing, so no certificate counts here (T4 of token.h). */
    const struct proof_token shown = {.sha256 = digest_of(text, strlen(text))};
    struct proof proof;
    struct store_token token;
    int result = proof_of_token(call->app, &shown, &beginning->arena, &proof, call->detail);
    if (result == ERR_NOT_FOUND || (result >= 0 && !proof_is_staff(&proof.user)))
        return 0;
    if (result < 0)
        return result;
    result = store_token_find(call->app->store, &shown.sha256, &beginning->arena, &token);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "token");
    beginning->user = proof.user;
    beginning->token = token.number;
    return 1;
}

/* The same questions and the same computing for whoever is named (S4). */
static int by_password(struct beginning *beginning, const char *id)
{
    struct call *call = beginning->call;
    struct store_credential credential;
    const char *code, *text;
    struct digest key;
    int result = call_need_text(call, "code", &code);
    if (result >= 0)
        result = call_need_text(call, "key", &text);
    if (result >= 0)
        result = argument_sha256(text, &key, call->detail);
    if (result < 0)
        return result;
    int user = store_user_find(call->app->store, id, &beginning->arena, &beginning->user);
    int held = store_credential_find(call->app->store, id, &beginning->arena, &credential);
    int right = credential_check(held < 0 ? NULL : &credential, &key, code,
                                 clock_real(&call->app->clock), &beginning->step);
    if ((user < 0 && user != ERR_NOT_FOUND) || (held < 0 && held != ERR_NOT_FOUND))
        return app_store_failed(call->app, user < 0 && user != ERR_NOT_FOUND ? user : held,
                                call->detail, "password");
    if (right <= 0)
        return right;
    if (user < 0 || beginning->user.disabled_at || !proof_is_staff(&beginning->user))
        return 0;
    result = store_credential_use(call->app->store, id, beginning->step);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "password") : 1;
}

static int put_session(struct beginning *beginning)
{
    struct call *call = beginning->call;
    const struct config *config = &call->app->config;
    const int64_t now = clock_real(&call->app->clock);
    char id[SESSION_ID_TEXT];
    uint8_t bytes[5];
    random_bytes(bytes, sizeof bytes);
    snprintf(id, sizeof id, "s-%02x%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3],
             bytes[4]);
    const struct store_session session = {.id = id,
                                          .sha256 = beginning->cookie,
                                          .person = beginning->user.id,
                                          .token = beginning->token,
                                          .begun_at = now,
                                          .seen_at = now,
                                          .address = beginning->address};
    int result =
        store_session_delete_over(call->app->store, now - config->session_most_s * SECOND_US,
                                  now - config->session_idle_s * SECOND_US);
    if (result >= 0)
        result = store_session_append(call->app->store, &session);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "session");
    json_object_set_new(call->result, "session", json_string(id));
    json_t *event = json_pack("{s:s, s:s, s:I, s:s, s:I}", "user", beginning->user.id, "session",
                              id, "token", (json_int_t)beginning->token, "actor",
                              beginning->user.id, "at", (json_int_t)clock_wall(&call->app->clock));
    return ledger_tell(call->app, "session-begun", event, call->detail);
}

static int begin(struct beginning *beginning)
{
    struct call *call = beginning->call;
    const char *token = json_text(call->arguments, "token"), *cookie, *user = NULL;
    int result = call_need_text(call, "address", &beginning->address);
    if (result >= 0)
        result = call_need_text(call, "cookie_sha256", &cookie);
    if (result >= 0)
        result = argument_sha256(cookie, &beginning->cookie, call->detail);
    if (result >= 0 && !token)
        result = call_need_text(call, "user", &user);
    if (result >= 0)
        result = must_wait(call, user, beginning->address);
    if (result != 0)
        return result < 0 ? result : 0;
    result = token ? by_token(beginning, token) : by_password(beginning, user);
    if (result > 0 && user)
        guess_was_right(call->app->guesses, user);
    if (result > 0)
        return put_session(beginning);
    if (result == 0) {
        guess_was_wrong(call->app->guesses, user, beginning->address,
                        clock_real(&call->app->clock));
        json_object_set_new(call->result, "refused", json_true());
    }
    return result;
}

/* session.begin {cookie_sha256, address, token | user, key, code}: `key` is the stretched password.
 * {session}, or {refused}, or {wait: seconds}. That somebody is refused is no failure of the
 * command: what was counted stays. */
int session_begin(struct call *call)
{
    struct beginning beginning = {.call = call};
    arena_init(&beginning.arena, ARENA_MAX);
    int result = begin(&beginning);
    arena_done(&beginning.arena);
    return result;
}

/* --- going on, and ending --- */

/* session.seen {}: by the session itself, which is not idle. */
int session_seen(struct call *call)
{
    if (!call->actor.session[0])
        return error_set(call->detail, ERR_REFUSED, "a session is seen by its cookie alone");
    int result =
        store_session_seen(call->app->store, call->actor.session, clock_real(&call->app->clock));
    return result < 0 ? app_store_failed(call->app, result, call->detail, "session") : 0;
}

/* session.end {session}: of oneself, or of anybody by an administrator. Another's is not there. */
int session_end(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_session session;
    const char *id;
    arena_init(&arena, ARENA_MAX);
    int result = call_need_text(call, "session", &id);
    if (result < 0)
        return result;
    result = store_session_get(call->app->store, id, &arena, &session);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(call->app, result, call->detail, "session");
    bool may = result >= 0 && (strcmp(session.person, call->actor.id) == 0 ||
                               (call->actor.roles & ROLE_ADMINISTRATOR));
    if (!may)
        return error_set(call->detail, ERR_NOT_FOUND, "%s has no session '%.32s'", call->actor.id,
                         id);
    result = store_session_delete(call->app->store, id);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "session");
    json_object_set_new(call->result, "session", json_string(id));
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:I}", "user", session.person, "session", id, "actor",
                  call->actor.id, "at", (json_int_t)clock_wall(&call->app->clock));
    return ledger_tell(call->app, "session-ended", event, call->detail);
}
