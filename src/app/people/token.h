/* Tokens of users: what proves who acts. A user has one for each use; each may be used for what its
 * scope says (access/scope.h), until its day, and until it is revoked.
 *
 * T1. A token is random and leaves the program once, or never: the store has its SHA-256.
 * T2. Nobody hands out a token that may more than their own.
 * T3. Of oneself anybody hands out and revokes, of somebody else an administrator. */
#ifndef BAILIWICK_APP_TOKEN_H
#define BAILIWICK_APP_TOKEN_H

#include "app/command.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "store/token.h"

enum { TOKEN_BYTES = 24, TOKEN_TEXT = BASE64_ROOM(TOKEN_BYTES) };

/* A new token as text. */
char *token_make(char text[TOKEN_TEXT]);

/* T4. One that is bound to a certificate (RFC 8705 3) is worth something together with that alone,
 * and only at the staff door, which knows by TLS who has the certificate's key: it begins no
 * session, and over the control socket it is nobody's. */
bool token_is_bound(const struct store_token *token);

/* The certificate of a PEM file, for such a token: ERR_REFUSED for one that the door would not take
 * now (`now` is real time). */
int token_read_certificate(const struct buffer *pem, int64_t now, struct digest *ret_sha256,
                           struct error_detail *detail);

/* Revoked, or its day has come. */
bool token_is_over(const struct app *app, const struct store_token *token);

/* Hands out a token of `person` with that scope. The argument `token_sha256` is the digest of one
 * that the caller made and keeps; without it the token is made here and said once, in the result.
 * ERR_DENIED by T2. */
int token_hand_out(struct call *call, const struct store_token *wanted);

/* Takes all tokens of a person away. */
int token_revoke_all(struct call *call, const char *person);

#endif
