/* calendar.propose, calendar.agree and calendar.withdraw: a calendar of its own comes into force by
 * two people. */
#include "app/command_list.h"

#include "app/argument.h"
#include "app/calendar_change.h"
#include "app/law.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "rulebook/calendar.h"
#include "store/calendar.h"

#include <string.h>

/* What it changes, before anybody agreed or as it happens. */
static int tell(struct call *call, const struct calendar *old, const struct calendar *new,
                bool take)
{
    char hex[DIGEST_HEX], date[CIVIL_DATE_TEXT];
    struct digest version = calendar_version(new);
    json_object_set_new(call->result, "name", json_string(calendar_name(new)));
    json_object_set_new(call->result, "version", json_string(digest_format(&version, hex)));
    version = calendar_version(old);
    json_object_set_new(call->result, "in_force", json_string(digest_format(&version, hex)));
    json_object_set_new(call->result, "last_day",
                        json_string(civil_format_date(calendar_last_day(new), date)));
    int result = calendar_change_days(old, new, law_today(call->app), call->result);
    return result < 0 ? result
                      : calendar_change_deadlines(call->app, new, take, call->result, call->detail);
}

/* Who did what with which bytes; the second person's word names the first as well. */
static int tell_log(struct call *call, const char *kind, const struct store_calendar *record)
{
    char hex[DIGEST_HEX];
    return ledger_tell(call->app, kind,
                       json_pack("{s:s, s:s, s:s, s:s}", "name", record->name, "version",
                                 digest_format(&record->sha256, hex), "proposed_by",
                                 record->proposed_by, "actor", call->actor.id),
                       call->detail);
}

static int propose(struct call *call, const struct calendar *new, const char *text)
{
    const struct calendar *old;
    const char *name = calendar_name(new);
    const struct store_calendar record = {.name = name,
                                          .sha256 = calendar_version(new),
                                          .proposed_at = clock_wall(&call->app->clock),
                                          .proposed_by = call->actor.id,
                                          .bytes = {(const uint8_t *)text, strlen(text)}};
    int result = calendar_change_in_force(call->app, name, &old, call->detail);
    if (result < 0)
        return result;
    struct digest in_force = calendar_version(old);
    if (digest_equal(&in_force, &record.sha256))
        return error_set(call->detail, ERR_CONFLICT, "the calendar '%s' is in force already", name);
    result = store_calendar_put(call->app->store, &record);
    if (result == ERR_CONFLICT)
        return error_set(call->detail, result,
                         "these bytes wait as '%s' already; see 'bailiwick calendar list'", name);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "calendar");
    result = tell_log(call, "calendar-proposed", &record);
    return result < 0 ? result : tell(call, old, new, /* take= */ false);
}

/* calendar.propose {name, ics}: remembers who wants which bytes; nothing is in force yet. */
int calendar_propose(struct call *call)
{
    const char *name, *text;
    struct calendar *calendar;
    int result = call_need_text(call, "name", &name);
    if (result >= 0)
        result = call_need_text(call, "ics", &text);
    if (result >= 0)
        result = calendar_parse(name, text, strlen(text), &calendar, call->detail);
    if (result < 0)
        return result;
    result = propose(call, calendar, text);
    calendar_free(calendar);
    return result;
}

/* One that waits. */
static int find_proposal(struct call *call, struct arena *arena, struct store_calendar *ret_record)
{
    const char *name, *text;
    struct digest sha256;
    int result = call_need_text(call, "name", &name);
    if (result >= 0)
        result = call_need_text(call, "sha256", &text);
    if (result >= 0)
        result = argument_sha256(text, &sha256, call->detail);
    if (result < 0)
        return result;
    result = store_calendar_find(call->app->store, name, &sha256, arena, ret_record);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "nobody proposed these bytes as calendar '%s'",
                         name);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "calendar");
    if (ret_record->number > 0)
        return error_set(call->detail, ERR_CONFLICT, "the calendar '%s' was adopted before", name);
    if (ret_record->withdrawn_at > 0)
        return error_set(call->detail, ERR_CONFLICT, "%s withdrew this calendar '%s'",
                         ret_record->withdrawn_by, name);
    return 0;
}

static int check_second(struct call *call, const struct store_calendar *record)
{
    if (strcmp(record->proposed_by, call->actor.id) == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "%s proposed this calendar; a second person has to agree", call->actor.id);
    return command_check_second(&call->actor, record->proposed_at, "the proposal", call->detail);
}

/* From here on app_version_of() gives processes that count by it. */
static int adopt(struct call *call, struct store_calendar *record)
{
    record->adopted_at = clock_wall(&call->app->clock);
    record->adopted_by = call->actor.id;
    int result = store_calendar_adopt(call->app->store, record);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "calendar");
    return tell_log(call, "calendar-adopted", record);
}

/* calendar.agree {name, sha256}: another person agrees; from now on the rules count by it, and what
 * it moves later is moved. */
int calendar_agree(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_calendar record;
    struct calendar *new = NULL;
    const struct calendar *old;
    arena_init(&arena, 8 * CALENDAR_BYTES_MAX);
    int result = find_proposal(call, &arena, &record);
    if (result >= 0)
        result = check_second(call, &record);
    if (result >= 0)
        result = calendar_change_in_force(call->app, record.name, &old, call->detail);
    if (result >= 0)
        result =
            calendar_parse(record.name, record.bytes.data, record.bytes.size, &new, call->detail);
    if (result >= 0)
        result = adopt(call, &record);
    if (result >= 0)
        result = tell(call, old, new, /* take= */ true);
    calendar_free(new);
    return result;
}

/* calendar.withdraw {name, sha256}: who proposed it, or anybody who could agree, ends a proposal.
 */
int calendar_withdraw(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_calendar record;
    char hex[DIGEST_HEX];
    arena_init(&arena, 8 * CALENDAR_BYTES_MAX);
    int result = find_proposal(call, &arena, &record);
    if (result < 0)
        return result;
    if (strcmp(record.proposed_by, call->actor.id) != 0 &&
        !(call->actor.roles & (ROLE_APPROVER | ROLE_ADMINISTRATOR)))
        return error_set(call->detail, ERR_DENIED,
                         "%s proposed this; besides, only who may agree may end it",
                         record.proposed_by);
    record.withdrawn_at = clock_wall(&call->app->clock);
    record.withdrawn_by = call->actor.id;
    result = store_calendar_withdraw(call->app->store, &record);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "calendar");
    json_object_set_new(call->result, "name", json_string(record.name));
    json_object_set_new(call->result, "version", json_string(digest_format(&record.sha256, hex)));
    return tell_log(call, "calendar-withdrawn", &record);
}
