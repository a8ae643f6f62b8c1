/* user.absences {on}: what was said of absences, of each user in the order in which it was said;
 * with a day who was away on it, and on which word. */
#include "app/query/list.h"

#include "app/absence.h"
#include "app/argument.h"
#include "base/civil.h"
#include "store/user.h"

/* New reference. */
static json_t *absence_row(const struct store_absence *absence)
{
    char from[CIVIL_DATE_TEXT], until[CIVIL_DATE_TEXT];
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", absence->person, "from",
                            civil_format_date(absence->from, from), "until",
                            civil_format_date(absence->until, until), "deputy", absence->deputy,
                            "said_by", absence->said_by);
    json_object_set_new(row, "said_at", query_instant(absence->said_at));
    return row;
}

static int add_all(struct query_call *call, const char *user, json_t *list)
{
    struct store_absence *said;
    size_t count;
    int result = store_absence_list(call->app->store, user, call->arena, &said, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "absences");
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, absence_row(&said[i]));
    return 0;
}

static int add_of_day(struct query_call *call, const char *user, int32_t day, json_t *list)
{
    struct store_absence absence;
    int result = absence_on(call->app, user, day, call->arena, &absence, call->detail);
    if (result > 0)
        json_array_append_new(list, absence_row(&absence));
    return result;
}

int query_user_absences(struct query_call *call)
{
    struct store_user *page;
    size_t count;
    const char *after = NULL;
    int32_t day;
    json_t *list = json_array();
    json_object_set_new(call->result, "absences", list);
    int result = argument_day(call->arguments, "on", CIVIL_FAR_FUTURE, &day, call->detail);
    if (result < 0)
        return result;
    do {
        result =
            store_user_list(call->app->store, after, STORE_PAGE_MAX, call->arena, &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "users");
        for (size_t i = 0; result >= 0 && i < count; i++)
            result = day == CIVIL_FAR_FUTURE ? add_all(call, page[i].id, list)
                                             : add_of_day(call, page[i].id, day, list);
        after = count ? page[count - 1].id : NULL;
    } while (result >= 0 && count == STORE_PAGE_MAX);
    return result < 0 ? result : 0;
}
