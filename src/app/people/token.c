#include "app/people/token.h"

#include "app/argument.h"
#include "app/command_list.h"
#include "app/law.h"
#include "app/people/owner.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "base/client_key.h"
#include "proto/x509/certificate.h"
#include "store/user.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_MAX = 1 << 20, NOTE_BYTES = 200 };

bool token_is_over(const struct app *app, const struct store_token *token)
{
    return token->revoked_at || (token->until && token->until <= law_today(app));
}

bool token_is_bound(const struct store_token *token)
{
    static const struct digest none;
    return !digest_equal(&token->certificate, &none);
}

int token_read_certificate(const struct buffer *pem, int64_t now, struct digest *ret_sha256,
                           struct error_detail *detail)
{
    struct client_certificate certificate;
    char at[CIVIL_INSTANT_TEXT];
    int result = certificate_read_client(buffer_text(pem), pem->size, &certificate);
    if (result < 0)
        return error_set(detail, result, "no certificate in PEM is in it");
    if (certificate.not_after <= now)
        return error_set(detail, ERR_REFUSED, "the certificate ended at %s",
                         civil_format_instant(certificate.not_after, at));
    if (certificate.not_before > now)
        return error_set(detail, ERR_REFUSED, "the certificate begins at %s",
                         civil_format_instant(certificate.not_before, at));
    if (!certificate.key_taken)
        return error_set(detail, ERR_REFUSED,
                         "the certificate's key is not RSA of %d to %d bits, P-256, P-384, P-521, "
                         "Ed25519 or Ed448",
                         CLIENT_KEY_RSA_LEAST, CLIENT_KEY_RSA_MOST);
    *ret_sha256 = certificate.sha256;
    return 0;
}

/* --- handing out --- */

char *token_make(char text[TOKEN_TEXT])
{
    uint8_t bytes[TOKEN_BYTES];
    random_bytes(bytes, sizeof bytes);
    return base64_format(bytes, sizeof bytes, text, TOKEN_TEXT);
}

/* The caller's, who keeps it and says its digest; else it is made here. */
static int take_secret(struct call *call, struct digest *ret_sha256)
{
    const char *text = json_text(call->arguments, "token_sha256");
    char token[TOKEN_TEXT];
    if (text)
        return argument_sha256(text, ret_sha256, call->detail);
    token_make(token);
    *ret_sha256 = digest_of(token, strlen(token));
    return json_object_set_new(call->result, "token", json_string(token)) < 0 ? ERR_NO_MEMORY : 0;
}

int token_hand_out(struct call *call, const struct store_token *wanted)
{
    struct store_token token = *wanted;
    if (call->actor.scope[0] && !scope_covers(call->actor.scope, token.scope))
        return error_set(call->detail, ERR_DENIED,
                         "a token for '%s' hands out none for '%s', which is more",
                         call->actor.scope, token.scope);
    token.made_at = clock_wall(&call->app->clock);
    token.made_by = call->actor.id;
    int result = take_secret(call, &token.sha256);
    if (result < 0)
        return result;
    result = store_token_append(call->app->store, &token);
    if (result == ERR_CONFLICT)
        return error_set(call->detail, result, "this token was handed out before");
    return result < 0 ? app_store_failed(call->app, result, call->detail, "token") : 0;
}

int token_revoke_all(struct call *call, const char *person)
{
    int result = store_token_revoke_all(call->app->store, person, clock_wall(&call->app->clock),
                                        call->actor.id);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "tokens") : 0;
}

/* --- commands --- */

/* A command that there is not would be a typing error that nobody sees until it is missed. */
static int check_command(struct call *call, const char *word)
{
    if (word[0] == '/' || strchr(word, '*') || !strchr(word, '.') || command_find(word))
        return 0;
    return error_set(call->detail, ERR_NOT_FOUND, "'%s' is no command that a token could be for",
                     word);
}

static int check_word(struct call *call, const json_t *value)
{
    const char *word = json_is_string(value) ? json_string_value(value) : "";
    if (strchr(word, ' '))
        return error_set(call->detail, ERR_SYNTAX, "'%.64s' is not one word", word);
    int result = scope_check(word, call->detail);
    return result < 0 ? result : check_command(call, word);
}

/* From the list of words to their text; without a list everything. */
static int read_scope(struct call *call, struct buffer *ret_scope)
{
    const json_t *list = json_object_get(call->arguments, "scope");
    size_t index;
    json_t *value;
    if (!list)
        buffer_append_text(ret_scope, SCOPE_WHOLE);
    else if (json_array_size(list) == 0)
        return error_set(call->detail, ERR_SYNTAX, "a token is for something: scope is a list");
    json_array_foreach(list, index, value)
    {
        int result = check_word(call, value);
        if (result < 0)
            return result;
        buffer_printf(ret_scope, "%s%s", index ? " " : "", json_string_value(value));
    }
    if (buffer_error(ret_scope) < 0)
        return error_set(call->detail, ERR_LIMIT, "a token is for at most %d bytes of words",
                         SCOPE_TEXT_MAX - 1);
    return 0;
}

static int read_note(struct call *call, const char **ret_note)
{
    const char *note = json_text(call->arguments, "note");
    *ret_note = note ? note : "";
    if (strlen(*ret_note) > NOTE_BYTES)
        return error_set(call->detail, ERR_LIMIT, "a note has at most %d bytes", NOTE_BYTES);
    return 0;
}

static int read_until(struct call *call, int32_t *ret_until)
{
    int result = argument_day(call->arguments, "until", 0, ret_until, call->detail);
    /* The day 0 of civil time is a day like others, and no token without an end. */
    if (result < 0 || !json_text(call->arguments, "until") || *ret_until > law_today(call->app))
        return result;
    return error_set(call->detail, ERR_SYNTAX,
                     "a token ends after today; --until is the first day on which it is void");
}

static int read_binding(struct call *call, struct digest *ret_certificate)
{
    const char *text = json_text(call->arguments, "certificate_sha256");
    return text ? argument_sha256(text, ret_certificate, call->detail) : 0;
}

static int tell(struct call *call, const char *kind, const struct store_token *token)
{
    json_t *event = json_pack("{s:s, s:I, s:s, s:s, s:I}", "user", token->person, "number",
                              (json_int_t)token->number, "scope", token->scope, "actor",
                              call->actor.id, "at", (json_int_t)clock_wall(&call->app->clock));
    return ledger_tell(call->app, kind, event, call->detail);
}

/* The last of a person, which is the one that was just handed out. */
static int find_last(struct call *call, const char *person, struct arena *arena,
                     struct store_token *ret_token)
{
    struct store_token *tokens;
    size_t count;
    int result = store_token_list(call->app->store, person, arena, &tokens, &count);
    if (result < 0 || count == 0)
        return app_store_failed(call->app, result < 0 ? result : ERR_DAMAGED, call->detail,
                                "tokens");
    *ret_token = tokens[count - 1];
    return 0;
}

/* user.token.add {id, scope: [WORD], until, note, token_sha256, certificate_sha256} */
int user_token_add(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    struct store_token token = {0};
    char hex[DIGEST_HEX];
    struct buffer scope BUFFER_CLEANUP = {0};
    buffer_init(&scope, SCOPE_TEXT_MAX - 1);
    arena_init(&arena, ARENA_MAX);
    int result = owner_find(call, "tokens", &arena, &user);
    if (result >= 0)
        result = read_scope(call, &scope);
    if (result >= 0)
        result = read_until(call, &token.until);
    if (result >= 0)
        result = read_note(call, &token.note);
    if (result >= 0)
        result = read_binding(call, &token.certificate);
    if (result < 0)
        return result;
    token.person = user.id;
    token.scope = buffer_text(&scope);
    result = token_hand_out(call, &token);
    if (result >= 0)
        result = find_last(call, user.id, &arena, &token);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "id", json_string(user.id));
    json_object_set_new(call->result, "number", json_integer((json_int_t)token.number));
    json_object_set_new(call->result, "scope", json_string(token.scope));
    if (token_is_bound(&token))
        json_object_set_new(call->result, "certificate",
                            json_string(digest_format(&token.certificate, hex)));
    return tell(call, "token-added", &token);
}

/* user.token.revoke {id, number}: it is nobody's from now on. */
int user_token_revoke(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    int64_t number = json_number(call->arguments, "number", 0);
    arena_init(&arena, ARENA_MAX);
    int result = owner_find(call, "tokens", &arena, &user);
    if (result < 0)
        return result;
    result = number < 1 || number > UINT32_MAX
                 ? ERR_NOT_FOUND
                 : store_token_revoke(call->app->store, user.id, (uint32_t)number,
                                      clock_wall(&call->app->clock), call->actor.id);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "%s has no token %lld that is in use", user.id,
                         (long long)number);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "token");
    const struct store_token token = {.person = user.id, .number = (uint32_t)number, .scope = ""};
    json_object_set_new(call->result, "id", json_string(user.id));
    json_object_set_new(call->result, "number", json_integer(number));
    return tell(call, "token-revoked", &token);
}
