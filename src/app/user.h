/* The shape of a token, for whoever makes one: random bytes as base64. */
#ifndef BAILIWICK_APP_USER_H
#define BAILIWICK_APP_USER_H

#include "base/digest.h"

enum { USER_TOKEN_BYTES = 24, USER_TOKEN_TEXT = BASE64_ROOM(USER_TOKEN_BYTES) };

#endif
