#include "app/complaints/due.h"

#include "base/civil.h"
#include "rulebook/process.h"
#include "rulebook/rulebook.h"

#include <stdio.h>

enum { EVENTS_ARENA_MAX = 16 << 20, PAGE_ARENA_MAX = 16 << 20 };

const char *complaint_wait_text(enum complaint_wait wait)
{
    static const char *const texts[COMPLAINT_WAIT_COUNT] = {
        [COMPLAINT_WAITS_FOR_NOBODY] = "",
        [COMPLAINT_WAITS_FOR_FIRST_REVIEW] = "first-review",
        [COMPLAINT_WAITS_FOR_COMPLAINANT] = "complainant"};
    return texts[wait];
}

static int32_t day_of(int64_t at)
{
    return (int32_t)(at / CIVIL_DAY_US);
}

/* --- since when --- */

struct wait {
    enum complaint_wait of;
    int64_t since;
};

static struct wait find_wait(enum complaint_state state, const struct store_complaint_event *events,
                             size_t count)
{
    struct wait wait = {COMPLAINT_WAITS_FOR_NOBODY, 0};
    int64_t filed = 0, asked = 0;
    bool looked = false;
    for (size_t i = 0; i < count; i++) {
        const struct store_complaint_event *event = &events[i];
        if (record_event_is(event, COMPLAINT_EVENT_FILED) ||
            record_event_is(event, COMPLAINT_EVENT_FILED_ANYWAY) ||
            record_event_is(event, COMPLAINT_EVENT_COMPLETED))
            filed = event->at;
        if (record_event_is(event, COMPLAINT_EVENT_ASKED))
            asked = event->at;
        looked = looked || record_event_is(event, COMPLAINT_EVENT_ASKED) ||
                 record_event_is(event, COMPLAINT_EVENT_IN_SCOPE) ||
                 record_event_is(event, COMPLAINT_EVENT_OUT_OF_SCOPE);
        /* As if it had come then. */
        if (record_event_is(event, COMPLAINT_EVENT_REOPENED)) {
            filed = event->at;
            looked = false;
        }
    }
    if (state == COMPLAINT_FILED_STATE && filed && !looked)
        wait = (struct wait){COMPLAINT_WAITS_FOR_FIRST_REVIEW, filed};
    if (state == COMPLAINT_WAITING_STATE && asked)
        wait = (struct wait){COMPLAINT_WAITS_FOR_COMPLAINANT, asked};
    return wait;
}

/* --- until when --- */

static void find_day(struct app *app, const struct process *process, const struct wait *wait,
                     int64_t days, struct complaint_due *due)
{
    for (size_t i = 0; i < process->calendar_count; i++) {
        int32_t day;
        if (calendar_add_worked(process->calendars[i], day_of(wait->since), days, &day) < 0) {
            due->known = false;
            return;
        }
        due->day = !due->known || day > due->day ? day : due->day;
        due->known = true;
    }
    due->passed = due->known && clock_wall(&app->clock) >= ((int64_t)due->day + 1) * CIVIL_DAY_US;
}

/* How many working days a type gives; 0: it sets no time. */
typedef int64_t days_of(const struct complaint_type *type, enum complaint_wait wait);

static int64_t days_of_wait(const struct complaint_type *type, enum complaint_wait wait)
{
    return wait == COMPLAINT_WAITS_FOR_FIRST_REVIEW ? type->first_review_days
                                                    : type->information_days;
}

static int64_t days_of_reminder(const struct complaint_type *type, enum complaint_wait wait)
{
    return wait == COMPLAINT_WAITS_FOR_COMPLAINANT && type->reminder_days
               ? type->information_days - type->reminder_days
               : 0;
}

static int find_due(struct app *app, const struct complaint_record *record, days_of *days,
                    struct arena *arena, struct complaint_due *due, struct error_detail *detail)
{
    struct store_complaint_event *events;
    struct record_law law;
    size_t count;
    int result =
        store_complaint_event_list(app->store, record->row.reference, arena, &events, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "events of a complaint");
    const struct wait wait = find_wait(record->state, events, count);
    if (wait.of == COMPLAINT_WAITS_FOR_NOBODY)
        return 0;
    result = record_find_law(app, record, &law, detail);
    if (result < 0)
        return result;
    int64_t given = days(law.type, wait.of);
    if (given <= 0)
        return 0;
    due->wait = wait.of;
    find_day(app, law.process, &wait, given, due);
    return 0;
}

static int find(struct app *app, const struct complaint_record *record, days_of *days,
                struct complaint_due *ret_due, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_due due = {COMPLAINT_WAITS_FOR_NOBODY, false, 0, false};
    /* Most are decided: nothing of theirs is read. */
    if (record->state == COMPLAINT_FILED_STATE || record->state == COMPLAINT_WAITING_STATE) {
        arena_init(&arena, EVENTS_ARENA_MAX);
        int result = find_due(app, record, days, &arena, &due, detail);
        if (result < 0)
            return result;
    }
    *ret_due = due;
    return 0;
}

int complaint_due_find(struct app *app, const struct complaint_record *record,
                       struct complaint_due *ret_due, struct error_detail *detail)
{
    return find(app, record, days_of_wait, ret_due, detail);
}

int complaint_due_reminder(struct app *app, const struct complaint_record *record,
                           struct complaint_due *ret_due, struct error_detail *detail)
{
    return find(app, record, days_of_reminder, ret_due, detail);
}

int complaint_due_draft(struct app *app, const struct complaint_record *record,
                        struct complaint_due *ret_due, struct error_detail *detail)
{
    struct complaint_due due = {COMPLAINT_WAITS_FOR_COMPLAINANT, false, 0, false};
    const struct wait wait = {due.wait, record->row.received_at};
    struct record_law law;
    int result = record_find_law(app, record, &law, detail);
    if (result < 0)
        return result;
    int64_t days = days_of_reminder(law.type, wait.of);
    if (days > 0)
        find_day(app, law.process, &wait, days, &due);
    *ret_due = due;
    return 0;
}

/* --- all of them --- */

/* A working day passes no sooner than a day. */
static bool is_new(const struct app *app, const struct store_complaint *row)
{
    return row->received_at > clock_wall(&app->clock) - CIVIL_DAY_US;
}

/* 1 when there is no more to see. */
static int walk_page(struct app *app, struct complaint_due_walk *walk, size_t *told,
                     char after[REFERENCE_TEXT], struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct store_complaint_query query = {.state = complaint_state_text(walk->state),
                                                .after = after[0] ? after : NULL};
    struct store_complaint *rows;
    size_t count;
    arena_init(&arena, PAGE_ARENA_MAX);
    int result = store_complaint_list(app->store, &query, &arena, &rows, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "complaints");
    for (size_t i = 0; i < count; i++) {
        const struct complaint_record record = {.row = rows[i], .state = walk->state};
        struct complaint_due due;
        if (is_new(app, &rows[i]))
            return 1;
        result = complaint_due_find(app, &record, &due, detail);
        if (result >= 0 && due.passed)
            result = walk->take(walk->context, &record, &due);
        if (result < 0)
            return result;
        *told += due.passed;
        if (walk->limit && *told == walk->limit) {
            snprintf(walk->last, sizeof walk->last, "%s", rows[i].reference);
            return 1;
        }
    }
    if (count < STORE_PAGE_MAX)
        return 1;
    snprintf(after, REFERENCE_TEXT, "%s", rows[count - 1].reference);
    return 0;
}

int complaint_due_walk(struct app *app, struct complaint_due_walk *walk,
                       struct error_detail *detail)
{
    char after[REFERENCE_TEXT];
    size_t told = 0;
    int result = 0;
    snprintf(after, sizeof after, "%s", walk->after ? walk->after : "");
    walk->last[0] = '\0';
    while (result == 0)
        result = walk_page(app, walk, &told, after, detail);
    return result < 0 ? result : 0;
}

static int count_one(void *context, const struct complaint_record *record,
                     const struct complaint_due *due)
{
    (void)record, (void)due;
    ++*(size_t *)context;
    return 0;
}

int complaint_due_count(struct app *app, enum complaint_state state, size_t *ret_count,
                        struct error_detail *detail)
{
    size_t count = 0;
    struct complaint_due_walk walk = {.state = state, .take = count_one, .context = &count};
    int result = complaint_due_walk(app, &walk, detail);
    if (result >= 0)
        *ret_count = count;
    return result;
}
