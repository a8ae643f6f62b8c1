/* The door's side of signing in: stretches the password, so that the core never has it and spends
 * nothing on guesses, and draws the cookie. */
#ifndef BAILIWICK_APP_PEOPLE_SIGN_IN_H
#define BAILIWICK_APP_PEOPLE_SIGN_IN_H

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/password.h"

enum { SIGN_IN_COOKIE_TEXT = DIGEST_HEX };

/* Either a token, or the other three. */
struct sign_in {
    const char *token;
    const char *user, *password, *code;
    const char *address; /* of the browser */
};

/* How the core is asked, and how a password becomes a key; a test counts both. */
struct sign_in_means {
    void *context;
    int (*ask)(void *context, const char *command, const json_t *arguments, json_t **ret_result,
               struct error_detail *detail);
    int (*stretch)(void *context, const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
                   struct digest *ret_key);
};

/* 0 with the cookie of a new session. ERR_DENIED when what was shown is nobody's; ERR_TIMED_OUT
 * with the seconds to wait before the next guess, of which nothing was looked at. */
int sign_in(const struct sign_in *who, const struct sign_in_means *means,
            char ret_cookie[SIGN_IN_COOKIE_TEXT], int64_t *ret_wait_s, struct error_detail *detail);

#endif
