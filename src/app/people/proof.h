/* What somebody shows, and who they are by it: a token (token.h), or at the staff door the cookie
 * of a session (session.h). Either stands in the store as its SHA-256. */
#ifndef BAILIWICK_APP_PEOPLE_PROOF_H
#define BAILIWICK_APP_PEOPLE_PROOF_H

#include "app/app.h"
#include "base/digest.h"
#include "store/user.h"

struct proof {
    struct store_user user;
    const char *scope;   /* access/scope.h */
    int64_t since;       /* wall time from which on it, or what the session began with, is theirs */
    const char *session; /* "" for a token */
    int64_t seen_at;     /* of a session; real time */
};

struct proof_token {
    struct digest sha256;
    const struct digest *certificate; /* that came with it, proved by TLS; NULL for none */
};

/* ERR_NOT_FOUND for one that is unknown, revoked or over, whose user is disabled, or that is bound
 * to another certificate than came with it. */
int proof_of_token(struct app *app, const struct proof_token *shown, struct arena *arena,
                   struct proof *ret_proof, struct error_detail *detail);

/* The same for one that has ended, by idleness, age or what it began with. */
int proof_of_cookie(struct app *app, const struct digest *sha256, struct arena *arena,
                    struct proof *ret_proof, struct error_detail *detail);

/* A mail server and the users of a contracted party are no staff. */
bool proof_is_staff(const struct store_user *user);
/* One who was made with the role `party`: it is their only one. */
bool proof_is_of_party(const struct store_user *user);

#endif
