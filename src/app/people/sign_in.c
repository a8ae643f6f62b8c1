#include "app/people/sign_in.h"

/* A command whose answer may be to wait. */
static int ask(const struct sign_in_means *means, const char *command, json_t *arguments,
               json_t **ret_result, int64_t *ret_wait_s, struct error_detail *detail)
{
    json_t *given JSON_CLEANUP = arguments, *result JSON_CLEANUP = NULL;
    if (!given)
        return ERR_NO_MEMORY;
    int failure = means->ask(means->context, command, given, &result, detail);
    if (failure < 0)
        return failure;
    int64_t wait_s = json_number(result, "wait", 0);
    if (wait_s > 0) {
        *ret_wait_s = wait_s;
        return ERR_TIMED_OUT;
    }
    *ret_result = json_incref(result);
    return 0;
}

/* The password as a key, with the salt that the core has for the user. */
static int make_key(const struct sign_in *who, const struct sign_in_means *means,
                    struct digest *ret_key, int64_t *ret_wait_s, struct error_detail *detail)
{
    json_t *told JSON_CLEANUP = NULL;
    uint8_t salt[PASSWORD_SALT_SIZE];
    int result = ask(means, "session.salt",
                     json_pack("{s:s, s:s}", "user", who->user, "address", who->address), &told,
                     ret_wait_s, detail);
    if (result < 0)
        return result;
    const char *text = json_text(told, "salt");
    if (!text || hex_parse(text, salt, sizeof salt) < 0)
        return error_set(detail, ERR_INTERNAL, "the core gave no salt");
    return means->stretch(means->context, who->password, salt, ret_key);
}

/* What is shown to the core. New reference, or NULL. */
static json_t *arguments_of(const struct sign_in *who, const struct digest *cookie,
                            const struct digest *key)
{
    char cookie_hex[DIGEST_HEX], key_hex[DIGEST_HEX];
    digest_format(cookie, cookie_hex);
    json_t *arguments = who->token
                            ? json_pack("{s:s, s:s, s:s}", "cookie_sha256", cookie_hex, "address",
                                        who->address, "token", who->token)
                            : json_pack("{s:s, s:s, s:s, s:s, s:s}", "cookie_sha256", cookie_hex,
                                        "address", who->address, "user", who->user, "code",
                                        who->code, "key", digest_format(key, key_hex));
    password_forget(key_hex, sizeof key_hex);
    return arguments;
}

int sign_in(const struct sign_in *who, const struct sign_in_means *means,
            char ret_cookie[SIGN_IN_COOKIE_TEXT], int64_t *ret_wait_s, struct error_detail *detail)
{
    json_t *told JSON_CLEANUP = NULL;
    struct digest key = {.bytes = {0}}, random;
    char cookie[SIGN_IN_COOKIE_TEXT];
    int result = who->token ? 0 : make_key(who, means, &key, ret_wait_s, detail);
    if (result < 0)
        return result == ERR_LIMIT ? ERR_DENIED : result; /* no password is that long */
    random_bytes(random.bytes, sizeof random.bytes);
    digest_format(&random, cookie);
    const struct digest sha256 = digest_of(cookie, sizeof cookie - 1);
    result =
        ask(means, "session.begin", arguments_of(who, &sha256, &key), &told, ret_wait_s, detail);
    password_forget(&key, sizeof key);
    if (result < 0)
        return result;
    if (!json_text(told, "session"))
        return ERR_DENIED;
    for (size_t i = 0; i < sizeof cookie; i++)
        ret_cookie[i] = cookie[i];
    return 0;
}
