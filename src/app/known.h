/* Parties, letters and users that somebody named: ERR_NOT_FOUND says which one there is not; any
 * other failure is the store's, in its own words. */
#ifndef BAILIWICK_APP_KNOWN_H
#define BAILIWICK_APP_KNOWN_H

#include "app/app.h"

struct party;
struct store_letter;
struct store_user;

int app_find_party(struct app *app, const char *id, struct arena *arena, struct party *ret_party,
                   struct error_detail *detail);
int app_find_letter(struct app *app, const char *id, struct arena *arena,
                    struct store_letter *ret_letter, struct error_detail *detail);
int app_find_user(struct app *app, const char *id, struct arena *arena, struct store_user *ret_user,
                  struct error_detail *detail);
/* ERR_REFUSED for one who is disabled. */
int app_find_active_user(struct app *app, const char *id, struct arena *arena,
                         struct store_user *ret_user, struct error_detail *detail);

#endif
