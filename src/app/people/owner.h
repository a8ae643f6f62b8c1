/* What belongs to one user, such as tokens and hooks: of oneself anybody changes it, of somebody
 * else an administrator. */
#ifndef BAILIWICK_APP_PEOPLE_OWNER_H
#define BAILIWICK_APP_PEOPLE_OWNER_H

#include "app/command.h"

struct store_user;

/* The argument "id": a user who is active, and whose `things` ("tokens") the actor may change.
 * ERR_DENIED. */
int owner_find(struct call *call, const char *things, struct arena *arena,
               struct store_user *ret_user);

#endif
