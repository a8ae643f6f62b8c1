/* A filing that is sent again, by who does not know whether it arrived, is answered as the first
 * time (draft-ietf-httpapi-idempotency-key-header-06): same user, same key, same request, within a
 * day.
 *
 * A receipt holds the secret link, of which the store has a digest alone. So the answer is kept
 * sealed under the key that the client drew, which is kept as a digest too: who reads the store
 * opens neither. What is erased is not answered again. */
#ifndef BAILIWICK_APP_COMPLAINTS_REPEAT_H
#define BAILIWICK_APP_COMPLAINTS_REPEAT_H

#include "app/command.h"

enum { REPEAT_KEY_MIN = 16, REPEAT_KEY_MAX = 255, REPEAT_HOURS = 24 };

/* 1 with the first answer in the result; 0 when there was none, or no argument "idempotency_key".
 * ERR_SYNTAX for a key that is none, ERR_REFUSED where it was used for another request. */
int repeat_find(struct call *call, const struct digest *request);

/* Keeps the result as the answer, where there is a key. */
int repeat_keep(struct call *call, const struct digest *request, const char *object);

/* What an object's request was answered. */
int repeat_forget(struct call *call, const char *object);

#endif
