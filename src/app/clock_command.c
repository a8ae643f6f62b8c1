/* clock.confirm: a person has looked at the clock, and answers for it. */
#include "app/command_list.h"

#include "app/alarm.h"
#include "app/publish/ledger.h"
#include "base/civil.h"

#include <stdio.h>

/* clock.confirm {}: what is held for the clock's sake goes on; the daemon sees it once committed.
 */
int clock_confirm(struct call *call)
{
    char value[ACTOR_NAME_MAX + CIVIL_INSTANT_TEXT + 1], at[CIVIL_INSTANT_TEXT];
    struct app *app = call->app;
    if (!alarm_stands(app, APP_ALARM_HELD))
        return error_set(call->detail, ERR_REFUSED, "nothing is held; the clock is not in doubt");
    civil_format_instant(clock_real(&app->clock), at);
    json_t *event = json_pack("{s:s, s:s}", "confirmed_by", call->actor.id, "clock", at);
    int result = ledger_tell(app, "clock-confirmed", event, call->detail);
    if (result < 0)
        return result;
    snprintf(value, sizeof value, "%s %s", call->actor.id, at);
    json_object_set_new(call->result, "clock", json_string(at));
    result = store_meta_set(app->store, APP_CLOCK_CONFIRMED, value);
    return result < 0 ? app_store_failed(app, result, call->detail, "clock") : 0;
}
