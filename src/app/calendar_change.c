#include "app/calendar_change.h"

#include "app/casework/casefile.h"
#include "base/civil.h"
#include "store/case.h"

#include <string.h>

/* --- days --- */

struct days {
    json_t *list;
    int more;
};

static void put_day(struct days *days, int32_t day, const char *name)
{
    char date[CIVIL_DATE_TEXT];
    if (json_array_size(days->list) == CALENDAR_CHANGE_DAYS)
        days->more++;
    else
        json_array_append_new(days->list, json_pack("{s:s, s:s}", "date",
                                                    civil_format_date(day, date), "name", name));
}

static void end_days(struct days *days)
{
    if (days->more > 0)
        json_array_append_new(days->list, json_pack("{s:i}", "more", days->more));
}

int calendar_change_days(const struct calendar *old, const struct calendar *new, int32_t today,
                         json_t *result)
{
    struct days added = {json_array(), 0}, removed = {json_array(), 0};
    int32_t last = calendar_last_day(old), other = calendar_last_day(new);
    last = other < last ? other : last;
    for (int32_t day = today; day <= last; day++) {
        const char *before = calendar_day_off(old, day), *after = calendar_day_off(new, day);
        if (!before && after)
            put_day(&added, day, after);
        if (before && !after)
            put_day(&removed, day, before);
    }
    end_days(&added);
    end_days(&removed);
    int put = json_object_set_new(result, "added", added.list);
    put |= json_object_set_new(result, "removed", removed.list);
    return put ? ERR_NO_MEMORY : 0;
}

int calendar_change_in_force(struct app *app, const char *name, const struct calendar **ret_calendar,
                             struct error_detail *detail)
{
    const struct rulebook *rulebook;
    const struct process *process;
    int result = app_need_rulebook(app, detail);
    if (result >= 0)
        result = app_version_of(app, app->rulebook->digest_text, &rulebook, &process, detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < process->calendar_count; i++) {
        if (strcmp(calendar_name(process->calendars[i]), name) == 0) {
            *ret_calendar = process->calendars[i];
            return 0;
        }
    }
    return error_set(detail, ERR_NOT_FOUND, "no rule of the adopted rulebook uses a calendar '%s'",
                     name);
}

/* --- deadlines --- */

/* Why the date of a clock stays, "" when the other calendar moves it, NULL when it says the same. */
static const char *judge(const struct deadline *due, const struct calendar *calendar,
                         struct deadline *ret_other)
{
    struct deadline_rule rule = *due->rule;
    struct deadline before;
    rule.calendar = calendar;
    if (deadline_again(due, /* trace= */ NULL, NULL, &before) < 0)
        return NULL;
    if (deadline_compute(&rule, due->service_at, /* trace= */ NULL, NULL, ret_other) < 0)
        return "the calendar ends before the due date";
    if (ret_other->date == before.date)
        return NULL;
    if (before.date != due->date)
        return "the date was granted, it is no calendar's";
    return ret_other->date < due->date ? "a calendar takes no time from a party" : "";
}

static void put_deadline(json_t *list, const char *id, const struct deadline *due,
                         const struct deadline *other, const char *why)
{
    char from[CIVIL_DATE_TEXT], to[CIVIL_DATE_TEXT];
    json_t *row = json_pack("{s:s, s:s, s:s, s:b, s:s}", "case", id, "rule", due->rule->id, "from",
                            civil_format_date(due->date, from), "moves", why[0] == '\0', "why",
                            why);
    json_object_set_new(row, "to",
                        other->rule ? json_string(civil_format_date(other->date, to)) : json_null());
    json_array_append_new(list, row);
}

/* What the process refuses leaves this case as it was and stops no other. */
static int take_step(struct casefile *file, struct error_detail *why, struct error_detail *detail)
{
    const struct actor machine = command_machine();
    struct casefile_step request = {.step = {.type = CASE_RECALCULATED}, .actor = &machine};
    CASE_TEXT(request.step.reason, "calendar");
    struct case_step step;
    struct case_outcome outcome;
    int result = casefile_weigh(file, &request, &step, &outcome, why);
    return result < 0 ? 0 : casefile_step(file, &request, detail);
}

struct look {
    struct app *app;
    const struct calendar *calendar;
    bool take;
    json_t *list;
};

static int look_at(const struct look *look, const char *id, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct deadline other = {0};
    struct error_detail words = {0};
    int result = casefile_open(look->app, id, &file, detail);
    if (result < 0)
        return result;
    const struct deadline due = file.state.deadline.due;
    const char *name = calendar_name(look->calendar);
    if (file.state.deadline.clock != CLOCK_RUNNING ||
        strcmp(calendar_name(due.calendar), name) != 0 ||
        due.instant <= clock_wall(&look->app->clock))
        return 0;
    const char *why = judge(&due, look->calendar, &other);
    if (why && !why[0] && look->take) {
        result = take_step(&file, &words, detail);
        why = words.text;
    }
    if (why)
        put_deadline(look->list, id, &due, &other, why);
    return result;
}

int calendar_change_deadlines(struct app *app, const struct calendar *calendar, bool take,
                              json_t *result, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case_query query = {.open_only = true, .after = ""};
    const struct look look = {app, calendar, take, json_array()};
    struct store_case *page;
    size_t count;
    arena_init(&arena, 64 << 20);
    json_object_set_new(result, "deadlines", look.list);
    do {
        int failure = store_case_list(app->store, &query, &arena, &page, &count);
        if (failure < 0)
            return app_store_failed(app, failure, detail, "cases");
        for (size_t i = 0; i < count; i++) {
            failure = page[i].due_at ? look_at(&look, page[i].id, detail) : 0;
            if (failure < 0)
                return failure;
        }
        query.after = count ? page[count - 1].id : "";
    } while (count == STORE_PAGE_MAX);
    return 0;
}
