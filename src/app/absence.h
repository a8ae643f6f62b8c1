/* Who of the staff is away, and who stands in.
 *
 * A deputy looks after the cases of who is away: they are in the deputy's lists and calendar,
 * marked with whose they are. The deputy gains no right by it: every command asks what it asked
 * before, of the person who gives it, recusal and second person first of all.
 *
 * Invariants: of what was said of a person's absence the last is in force; what was said before
 * stays, so that it can be told who was away when. Its days are civil days of the rulebook's zone,
 * half-open. A deputy is asked for once: where the deputy is away too, or no user any more, nobody
 * stands in. The log learns who is away from whose word and who stands in; the days stay in the
 * store. */
#ifndef BAILIWICK_APP_ABSENCE_H
#define BAILIWICK_APP_ABSENCE_H

#include "app/casework/casefile.h"
#include "store/absence.h"

/* The absence that is noted and not over: 1, or 0 for none. What is returned lives in the arena. */
int absence_find(struct app *app, const char *user, struct arena *arena,
                 struct store_absence *ret_absence, struct error_detail *detail);

/* Whether the user was, is or will be away on that day, as told today: 1 with what was said of it,
 * or 0. */
int absence_on(struct app *app, const char *user, int32_t day, struct arena *arena,
               struct store_absence *ret_absence, struct error_detail *detail);

bool absence_is_now(const struct app *app, const struct store_absence *absence);

/* Who stands in for the user today; "" where nobody does or nobody has to. */
int absence_deputy(struct app *app, const char *user, struct arena *arena, const char **ret_deputy,
                   struct error_detail *detail);

/* The same in a case: "" also where the deputy is recused from it, and for one that is closed. */
int absence_deputy_in(struct app *app, const struct store_case *record, struct arena *arena,
                      const char **ret_deputy, struct error_detail *detail);

/* Those for whom the user stands in today. */
int absence_covered(struct app *app, const char *deputy, struct arena *arena,
                    const char ***ret_users, size_t *ret_count, struct error_detail *detail);

#endif
