#include "app/known.h"

#include "store/letter.h"
#include "store/party.h"
#include "store/user.h"

int app_find_party(struct app *app, const char *id, struct arena *arena, struct party *ret_party,
                   struct error_detail *detail)
{
    int result = store_party_find(app->store, id, arena, ret_party);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "there is no party '%s'", id);
    return result < 0 ? app_store_failed(app, result, detail, "party") : 0;
}

int app_find_letter(struct app *app, const char *id, struct arena *arena,
                    struct store_letter *ret_letter, struct error_detail *detail)
{
    int result = store_letter_find(app->store, id, arena, ret_letter);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "there is no letter '%s'", id);
    return result < 0 ? app_store_failed(app, result, detail, "letter") : 0;
}

int app_find_user(struct app *app, const char *id, struct arena *arena, struct store_user *ret_user,
                  struct error_detail *detail)
{
    int result = store_user_find(app->store, id, arena, ret_user);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "there is no user '%s'", id);
    return result < 0 ? app_store_failed(app, result, detail, "user") : 0;
}

int app_find_active_user(struct app *app, const char *id, struct arena *arena,
                         struct store_user *ret_user, struct error_detail *detail)
{
    int result = app_find_user(app, id, arena, ret_user, detail);
    return result >= 0 && ret_user->disabled_at
               ? error_set(detail, ERR_REFUSED, "the user '%s' is disabled", id)
               : result;
}
