/* What a token may be used for: words with one blank between them.
 *
 *   read        every page and every answer of the staff door that its user may see
 *   /PATH       that path of the door, and what lies below it, to read
 *   write       every command that its user's roles may
 *   NAME        that command, such as `case.answer`
 *   ROOM.*      every command of the room, such as `complaint.*`
 *
 * A scope takes away and never gives: what the roles of a user may not, no word of it lets them.
 * What no word names is refused. */
#ifndef BAILIWICK_ACCESS_SCOPE_H
#define BAILIWICK_ACCESS_SCOPE_H

#include "base/error.h"

#include <stdbool.h>

enum { SCOPE_TEXT_MAX = 256, SCOPE_WORD_MAX = 64 }; /* with their ends */

#define SCOPE_WHOLE "read write"

/* ERR_SYNTAX names the word that is none, ERR_LIMIT. */
int scope_check(const char *scope, struct error_detail *detail);

bool scope_may_read(const char *scope, const char *path);
bool scope_may_run(const char *scope, const char *command);

/* Whether each word of `wanted` lets no more than `scope` does: a token hands out no other that may
 * what it may not. */
bool scope_covers(const char *scope, const char *wanted);

#endif
