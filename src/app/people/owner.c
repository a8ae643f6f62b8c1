#include "app/people/owner.h"

#include "app/known.h"
#include "store/user.h"

#include <string.h>

int owner_find(struct call *call, const char *things, struct arena *arena,
               struct store_user *ret_user)
{
    const char *id;
    int result = call_need_text(call, "id", &id);
    if (result < 0)
        return result;
    if (strcmp(call->actor.id, id) != 0 && !(call->actor.roles & ROLE_ADMINISTRATOR))
        return error_set(call->detail, ERR_DENIED,
                         "%s of %s are for %s and for an administrator, not for %s", things, id, id,
                         call->actor.id);
    return app_find_active_user(call->app, id, arena, ret_user, call->detail);
}
