/* A user's password and second factor (RFC 6238), by which they sign in at the staff door.
 *
 * The password becomes a key where it is typed (base/password.h): neither it nor the secret of the
 * second factor reaches the core when they are set. The core keeps a digest of the key, and the
 * secret sealed under another digest of it. So whoever reads the store can only guess passwords,
 * one stretching each, and learns no secret of a second factor before they guessed right.
 *
 * D1. Password and second factor are set together, by the user, with a token that may do
 * everything: a session sets none, so that a stolen one cannot stay. D2. To set or remove them ends
 * the user's sessions. */
#ifndef BAILIWICK_APP_PEOPLE_CREDENTIAL_H
#define BAILIWICK_APP_PEOPLE_CREDENTIAL_H

#include "app/app.h"
#include "base/digest.h"
#include "base/json.h"
#include "store/credential.h"

/* For who types a password: the arguments of `user.password` for a user, with a new secret; the
 * address of that secret for an authenticator (proto/otp/otp.h) goes to `address`. ERR_SYNTAX for a
 * password that is too short or too long. The caller owns *ret_arguments. */
int credential_make(const char *user, const char *password, json_t **ret_arguments,
                    struct buffer *address, struct error_detail *detail);

/* Whether key and one-time password are those of a user at an instant of real time: 1 with the
 * step of the one-time password, 0, or a failure. `credential` is NULL where there is none; then as
 * much is computed as otherwise. */
int credential_check(const struct store_credential *credential, const struct digest *key,
                     const char *code, int64_t at, int64_t *ret_step);

/* Forgets password and second factor of a user, where there are any, and ends their sessions. */
int credential_forget(struct app *app, const char *user, struct error_detail *detail);

#endif
