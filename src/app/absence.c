#include "app/absence.h"

#include "app/argument.h"
#include "app/command_list.h"
#include "app/known.h"
#include "app/law.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "store/user.h"

#include <string.h>

enum { ARENA_MAX = 16 << 20 };

int absence_find(struct app *app, const char *user, struct arena *arena,
                 struct store_absence *ret_absence, struct error_detail *detail)
{
    struct store_absence absence;
    int result = store_absence_last(app->store, user, arena, &absence);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "absence");
    if (absence.until <= law_today(app))
        return 0;
    *ret_absence = absence;
    return 1;
}

/* What was said last by the end of that day decides it; what was said only afterwards can add to it
 * and takes nothing away. */
int absence_on(struct app *app, const char *user, int32_t day, struct arena *arena,
               struct store_absence *ret_absence, struct error_detail *detail)
{
    struct store_absence *said;
    const struct store_absence *held = NULL;
    size_t count;
    int result = store_absence_list(app->store, user, arena, &said, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "absences");
    for (size_t i = 0; i < count; i++) {
        bool covers = said[i].from <= day && day < said[i].until;
        bool in_time = law_day(app->rulebook, said[i].said_at) <= day;
        if (covers || in_time)
            held = covers ? &said[i] : NULL;
    }
    if (held)
        *ret_absence = *held;
    return held != NULL;
}

static int say(struct call *call, const struct store_absence *absence)
{
    int result = store_absence_append(call->app->store, absence);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "absence") : 0;
}

/* --- who stands in --- */

bool absence_is_now(const struct app *app, const struct store_absence *absence)
{
    int32_t today = law_today(app);
    return absence->from <= today && today < absence->until;
}

/* 1 when the user can stand in today. */
static int is_there(struct app *app, const char *user, struct arena *arena,
                    struct error_detail *detail)
{
    struct store_user found;
    struct store_absence absence;
    int result = store_user_find(app->store, user, arena, &found);
    if (result == ERR_NOT_FOUND || (result >= 0 && found.disabled_at))
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "user");
    result = absence_find(app, user, arena, &absence, detail);
    return result < 0 ? result : result == 0 || !absence_is_now(app, &absence);
}

int absence_deputy(struct app *app, const char *user, struct arena *arena, const char **ret_deputy,
                   struct error_detail *detail)
{
    struct store_absence absence;
    int result = absence_find(app, user, arena, &absence, detail);
    bool away = result > 0 && absence_is_now(app, &absence);
    if (away)
        result = is_there(app, absence.deputy, arena, detail);
    if (result >= 0)
        *ret_deputy = away && result > 0 ? absence.deputy : "";
    return result < 0 ? result : 0;
}

/* A case's file is large: only where somebody could stand in is it opened. */
static int is_recused(struct app *app, const char *id, const char *user, bool *ret_recused,
                      struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(app, id, &file, detail);
    *ret_recused = result >= 0 && case_is_recused(&file.state, user);
    return result;
}

int absence_deputy_in(struct app *app, const struct store_case *record, struct arena *arena,
                      const char **ret_deputy, struct error_detail *detail)
{
    const char *deputy = "";
    bool recused = false;
    int result = record->handler[0] && !record->closed_at
                     ? absence_deputy(app, record->handler, arena, &deputy, detail)
                     : 0;
    if (result >= 0 && deputy[0])
        result = is_recused(app, record->id, deputy, &recused, detail);
    if (result < 0)
        return result;
    *ret_deputy = recused ? "" : deputy;
    return 0;
}

int absence_covered(struct app *app, const char *deputy, struct arena *arena,
                    const char ***ret_users, size_t *ret_count, struct error_detail *detail)
{
    struct store_user *page;
    const char *after = NULL, **users = NULL, *stands_in;
    size_t count, found = 0;
    do {
        int result = store_user_list(app->store, after, STORE_PAGE_MAX, arena, &page, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "users");
        const char **grown = arena_array(arena, found + count + 1, sizeof *grown);
        if (!grown)
            return ERR_LIMIT;
        for (size_t i = 0; i < found; i++)
            grown[i] = users[i];
        users = grown;
        for (size_t i = 0; i < count; i++) {
            result = absence_deputy(app, page[i].id, arena, &stands_in, detail);
            if (result < 0)
                return result;
            if (strcmp(stands_in, deputy) == 0)
                users[found++] = page[i].id;
        }
        after = count ? page[count - 1].id : NULL;
    } while (count == STORE_PAGE_MAX);
    *ret_users = users;
    *ret_count = found;
    return 0;
}

/* --- commands --- */

static int tell_log(struct call *call, const char *kind, const char *user, const char *deputy)
{
    json_t *event = json_pack("{s:s, s:s, s:s, s:I}", "user", user, "deputy", deputy, "actor",
                              call->actor.id, "at", (json_int_t)clock_wall(&call->app->clock));
    return ledger_tell(call->app, kind, event, call->detail);
}

static int answer(struct call *call, const char *user, const struct store_absence *absence)
{
    char from[CIVIL_DATE_TEXT], until[CIVIL_DATE_TEXT];
    json_t *fields JSON_CLEANUP = json_pack(
        "{s:s, s:s, s:s, s:s}", "id", user, "from", civil_format_date(absence->from, from), "until",
        civil_format_date(absence->until, until), "deputy", absence->deputy);
    return fields && json_object_update(call->result, fields) >= 0 ? 0 : ERR_NO_MEMORY;
}

/* The argument `name`: a user who is active. */
static int need_user(struct call *call, const char *name, struct arena *arena,
                     struct store_user *ret_user)
{
    const char *id;
    int result = call_need_text(call, name, &id);
    return result < 0 ? result : app_find_active_user(call->app, id, arena, ret_user, call->detail);
}

/* Of oneself anybody says it, of somebody else an administrator. */
static int check_speaker(struct call *call, const char *user)
{
    if (strcmp(call->actor.id, user) == 0 || (call->actor.roles & ROLE_ADMINISTRATOR))
        return 0;
    return error_set(call->detail, ERR_DENIED,
                     "%s says of themselves when they are away, or an administrator does, not %s",
                     user, call->actor.id);
}

static int take_days(struct call *call, struct store_absence *absence)
{
    int32_t today = law_today(call->app);
    const char *text;
    int result = argument_day(call->arguments, "from", today, &absence->from, call->detail);
    if (result >= 0)
        result = call_need_text(call, "until", &text);
    if (result >= 0)
        result = argument_day(call->arguments, "until", today, &absence->until, call->detail);
    if (result < 0)
        return result;
    if (absence->until <= absence->from || absence->until <= today)
        return error_set(call->detail, ERR_SYNTAX,
                         "an absence ends after its first day and after today; --until is the "
                         "first day back");
    return 0;
}

/* Who takes cases in hand, is somebody else, and is there on those days. */
static int check_deputy(struct call *call, const char *user, const struct store_user *deputy,
                        const struct store_absence *absence, struct arena *arena)
{
    struct store_absence own;
    const struct actor actor = command_actor_of(deputy);
    if (strcmp(user, deputy->id) == 0)
        return error_set(call->detail, ERR_REFUSED, "nobody stands in for themselves");
    if (!(actor.roles & (ROLE_ANALYST | ROLE_APPROVER)))
        return error_set(call->detail, ERR_REFUSED,
                         "%s works on no cases: a deputy is an analyst or an approver", deputy->id);
    int result = absence_find(call->app, deputy->id, arena, &own, call->detail);
    if (result <= 0 || own.until <= absence->from || absence->until <= own.from)
        return result < 0 ? result : 0;
    return error_set(call->detail, ERR_REFUSED, "%s is away on some of these days too", deputy->id);
}

/* user.absent {id, from, until, deputy}: away from `from` (else today) on, back on `until`. */
int user_absent(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user, deputy;
    struct store_absence absence = {0};
    arena_init(&arena, ARENA_MAX);
    int result = need_user(call, "id", &arena, &user);
    if (result >= 0)
        result = check_speaker(call, user.id);
    if (result >= 0)
        result = need_user(call, "deputy", &arena, &deputy);
    if (result >= 0)
        result = take_days(call, &absence);
    if (result >= 0)
        result = check_deputy(call, user.id, &deputy, &absence, &arena);
    if (result < 0)
        return result;
    absence.person = user.id;
    absence.deputy = deputy.id;
    absence.said_at = clock_wall(&call->app->clock);
    absence.said_by = call->actor.id;
    result = say(call, &absence);
    if (result >= 0)
        result = tell_log(call, "user-absent", user.id, deputy.id);
    return result < 0 ? result : answer(call, user.id, &absence);
}

/* user.back {id}: back today, or not going at all. */
int user_back(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    struct store_absence absence;
    arena_init(&arena, ARENA_MAX);
    int result = need_user(call, "id", &arena, &user);
    if (result >= 0)
        result = check_speaker(call, user.id);
    if (result >= 0)
        result = absence_find(call->app, user.id, &arena, &absence, call->detail);
    if (result < 0)
        return result;
    if (result == 0)
        return error_set(call->detail, ERR_REFUSED, "no absence of %s is noted", user.id);
    absence.until = law_today(call->app);
    if (absence.from > absence.until)
        absence.from = absence.until;
    absence.said_at = clock_wall(&call->app->clock);
    absence.said_by = call->actor.id;
    result = say(call, &absence);
    if (result >= 0)
        result = tell_log(call, "user-back", user.id, absence.deputy);
    return result < 0 ? result : answer(call, user.id, &absence);
}
