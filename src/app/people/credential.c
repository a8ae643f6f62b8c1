#include "app/people/credential.h"

#include "app/command_list.h"
#include "app/publish/ledger.h"
#include "base/password.h"
#include "base/seal.h"
#include "proto/otp/otp.h"
#include "store/session.h"
#include "store/user.h"

#include <string.h>

enum { FACTOR_SIZE = OTP_SECRET_SIZE + SEAL_OVERHEAD };

#define ISSUER "Bailiwick"
#define FACTOR_ABOUT "second factor"

/* Two digests of one key, neither of which tells the other. */
static struct digest verifier_of(const struct digest *key)
{
    return digest_hmac(key->bytes, "verifier", 8);
}

static struct digest factor_key_of(const struct digest *key)
{
    return digest_hmac(key->bytes, "factor", 6);
}

/* --- making --- */

static int check_password(const char *user, const char *password, struct error_detail *detail)
{
    size_t size = strlen(password);
    if (size < PASSWORD_LEAST || size > PASSWORD_MOST)
        return error_set(detail, ERR_SYNTAX, "a password has %d to %d bytes", PASSWORD_LEAST,
                         PASSWORD_MOST);
    if (strstr(password, user))
        return error_set(detail, ERR_SYNTAX, "a password does not hold the id of its user");
    return 0;
}

int credential_make(const char *user, const char *password, json_t **ret_arguments,
                    struct buffer *address, struct error_detail *detail)
{
    const struct password_cost cost = {PASSWORD_PASSES, PASSWORD_MEMORY_KIB};
    uint8_t salt[PASSWORD_SALT_SIZE], secret[OTP_SECRET_SIZE], factor[FACTOR_SIZE];
    char salt_hex[2 * PASSWORD_SALT_SIZE + 1], factor_hex[2 * FACTOR_SIZE + 1];
    char verifier_hex[DIGEST_HEX];
    struct digest key;
    int result = check_password(user, password, detail);
    if (result < 0)
        return result;
    random_bytes(salt, sizeof salt);
    random_bytes(secret, sizeof secret);
    result = password_stretch(password, salt, &cost, &key);
    if (result < 0)
        return error_set(detail, result, "the password could not be stretched: %s",
                         error_text(result));
    struct digest verifier = verifier_of(&key), factor_key = factor_key_of(&key);
    seal_close(&factor_key, FACTOR_ABOUT, secret, sizeof secret, factor);
    otp_address(secret, ISSUER, user, address);
    password_forget(&key, sizeof key);
    password_forget(&factor_key, sizeof factor_key);
    password_forget(secret, sizeof secret);
    *ret_arguments = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "id", user, "salt",
                               hex_format(salt, sizeof salt, salt_hex), "verifier",
                               digest_format(&verifier, verifier_hex), "factor",
                               hex_format(factor, sizeof factor, factor_hex), "passes",
                               PASSWORD_PASSES, "memory_kib", PASSWORD_MEMORY_KIB);
    return *ret_arguments ? 0 : ERR_NO_MEMORY;
}

/* --- checking --- */

/* No branch before all is computed: who is not there costs the same as who is. */
int credential_check(const struct store_credential *credential, const struct digest *key,
                     const char *code, int64_t at, int64_t *ret_step)
{
    static const struct store_credential nobody = {.used_step = -1};
    static const uint8_t nothing[FACTOR_SIZE];
    uint8_t secret[OTP_SECRET_SIZE] = {0};
    const struct store_credential *held = credential ? credential : &nobody;
    bool whole = held->factor.size == FACTOR_SIZE;
    struct digest verifier = verifier_of(key), factor_key = factor_key_of(key);
    int64_t step = -1;
    bool same = digest_equal(&verifier, &held->verifier);
    bool opened = seal_open(&factor_key, FACTOR_ABOUT, whole ? held->factor.data : nothing,
                            FACTOR_SIZE, secret) >= 0;
    int fits = otp_check(secret, code, at, held->used_step, &step);
    password_forget(secret, sizeof secret);
    password_forget(&factor_key, sizeof factor_key);
    if (fits < 0)
        return fits;
    if (!((credential != NULL) & whole & same & opened & (fits > 0)))
        return 0;
    *ret_step = step;
    return 1;
}

/* --- commands --- */

int credential_forget(struct app *app, const char *user, struct error_detail *detail)
{
    int result = store_credential_delete(app->store, user);
    if (result >= 0)
        result = store_session_delete_person(app->store, user);
    return result < 0 ? app_store_failed(app, result, detail, "password") : 0;
}

static int tell(struct call *call, const char *kind, const char *user)
{
    json_object_set_new(call->result, "id", json_string(user));
    json_t *event = json_pack("{s:s, s:s, s:I}", "user", user, "actor", call->actor.id, "at",
                              (json_int_t)clock_wall(&call->app->clock));
    return ledger_tell(call->app, kind, event, call->detail);
}

static int need_bytes(struct call *call, const char *name, uint8_t *ret_bytes, size_t size)
{
    const char *text;
    int result = call_need_text(call, name, &text);
    if (result >= 0 && hex_parse(text, ret_bytes, size) < 0)
        result =
            error_set(call->detail, ERR_SYNTAX, "%s is not %zu bytes in hexadecimal", name, size);
    return result;
}

/* D1. */
static int check_setter(struct call *call, const char *user)
{
    const struct actor *actor = &call->actor;
    if (strcmp(actor->id, user) != 0)
        return error_set(call->detail, ERR_DENIED, "%s sets their own password, not that of %s",
                         actor->id, user);
    if (actor->session[0] || (actor->scope[0] && !scope_covers(actor->scope, SCOPE_WHOLE)))
        return error_set(call->detail, ERR_DENIED,
                         "a password is set with a token that may read and write everything");
    return 0;
}

/* user.password {id, salt, passes, memory_kib, verifier, factor}: as credential_make() made it. */
int user_password(struct call *call)
{
    uint8_t salt[PASSWORD_SALT_SIZE], factor[FACTOR_SIZE];
    struct store_credential credential = {.salt = {salt, sizeof salt},
                                          .factor = {factor, sizeof factor},
                                          .passes = PASSWORD_PASSES,
                                          .memory_kib = PASSWORD_MEMORY_KIB,
                                          .used_step = -1,
                                          .set_at = clock_wall(&call->app->clock)};
    int result = call_need_text(call, "id", &credential.person);
    if (result >= 0)
        result = check_setter(call, credential.person);
    if (result >= 0)
        result = need_bytes(call, "salt", salt, sizeof salt);
    if (result >= 0)
        result = need_bytes(call, "verifier", credential.verifier.bytes, DIGEST_SIZE);
    if (result >= 0)
        result = need_bytes(call, "factor", factor, sizeof factor);
    if (result < 0)
        return result;
    /* One cost for all, so that the time of a guess tells nothing of whose password it is. */
    if (json_number(call->arguments, "passes", 0) != PASSWORD_PASSES ||
        json_number(call->arguments, "memory_kib", 0) != PASSWORD_MEMORY_KIB)
        return error_set(call->detail, ERR_REFUSED, "a password costs %d passes over %d KiB",
                         PASSWORD_PASSES, PASSWORD_MEMORY_KIB);
    result = credential_forget(call->app, credential.person, call->detail);
    if (result < 0)
        return result;
    result = store_credential_put(call->app->store, &credential);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "password");
    return tell(call, "password-set", credential.person);
}

/* user.password.remove {id}: of oneself, or of anybody by an administrator. */
int user_password_remove(struct call *call)
{
    const char *user;
    int result = call_need_text(call, "id", &user);
    if (result < 0)
        return result;
    if (strcmp(call->actor.id, user) != 0 && !(call->actor.roles & ROLE_ADMINISTRATOR))
        return error_set(call->detail, ERR_DENIED,
                         "%s or an administrator removes that password, not %s", user,
                         call->actor.id);
    result = store_credential_delete(call->app->store, user);
    if (result == 0)
        return error_set(call->detail, ERR_NOT_FOUND, "'%s' has no password", user);
    if (result >= 0)
        result = store_session_delete_person(call->app->store, user);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "password");
    return tell(call, "password-removed", user);
}
