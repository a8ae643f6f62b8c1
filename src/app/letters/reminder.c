#include "app/letters/reminder.h"

#include "app/casework/news.h"
#include "app/letters/drafting.h"
#include "app/letters/reader.h"
#include "app/letters/recipient.h"
#include "base/civil.h"
#include "rulebook/rulebook.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum { HOURS_FROM = 9, HOURS_UNTIL = 17 };

/* --- when --- */

static int64_t hour_of(const struct zone *zone, int32_t day, int hour)
{
    struct civil civil = {.hour = hour};
    civil_from_days(day, &civil.year, &civil.month, &civil.day);
    return zone_instant(zone, &civil);
}

/* `days` of the rule's unit before the due date, and worked. */
static int32_t day_before(const struct deadline *due, int32_t days)
{
    bool worked = due->rule->unit == UNIT_WORKING_DAYS;
    int32_t day = worked ? due->date : due->date - days;
    for (int i = 0; i < DEADLINE_DAYS_MAX && (worked ? days > 0 : true); i++) {
        if (!worked && !calendar_day_off(due->calendar, day))
            break;
        day--;
        if (worked && !calendar_day_off(due->calendar, day))
            days--;
    }
    return day;
}

/* The first moment from `now` on in which people are at work. */
static int64_t next_working_hour(const struct deadline *due, const struct zone *zone, int64_t now)
{
    int32_t day = zone_day_of(zone, now);
    for (int i = 0; i < DEADLINE_DAYS_MAX; i++, day++) {
        if (calendar_day_off(due->calendar, day) || now >= hour_of(zone, day, HOURS_UNTIL))
            continue;
        int64_t from = hour_of(zone, day, HOURS_FROM);
        return now < from ? from : now;
    }
    return now;
}

/* The zone by whose clocks the party's people work: its own where one is known, else that of the
 * rule. */
struct hours {
    struct zone *own;
    const struct zone *zone;
};

static int find_hours(struct casefile *file, struct hours *ret_hours, struct error_detail *detail)
{
    ret_hours->own = NULL;
    int result = reader_zone(file->app, file->record.party, &ret_hours->own, detail);
    ret_hours->zone = result > 0 ? ret_hours->own : file->state.deadline.due.rule->zone;
    return result < 0 ? result : 0;
}

/* --- the plan --- */

static int put_task(struct app *app, const char *key, const char *kind, int64_t due_at,
                    json_t *payload, struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, 1024);
    int result = payload ? json_canonical(payload, &text) : ERR_NO_MEMORY;
    const struct store_task task = {
        .key = key, .kind = kind, .payload = buffer_text(&text), .due_at = due_at};
    if (result >= 0)
        result = store_outbox_put(app->store, &task);
    return result < 0 ? app_store_failed(app, result, detail, "reminder") : 0;
}

/* `what` tells the case afterwards what it was about. */
static int plan_one(struct casefile *file, const char *what, int64_t at,
                    struct error_detail *detail)
{
    const struct case_state *state = &file->state;
    const char *key = arena_printf(&file->arena, "%s/%u/%s", file->record.id, state->seq, what);
    const char *deadline = arena_printf(&file->arena, "%s-d%u", file->record.id, state->seq);
    if (!key || !deadline)
        return ERR_LIMIT;
    json_t *payload JSON_CLEANUP =
        json_pack("{s:s, s:s, s:s}", "case", file->record.id, "deadline", deadline, "what", what);
    return put_task(file->app, key, REMINDER_TASK, at, payload, detail);
}

static int plan_all(struct casefile *file, enum case_event_type event, const struct zone *zone,
                    struct error_detail *detail)
{
    const struct deadline *due = &file->state.deadline.due;
    int64_t now = clock_wall(&file->app->clock);
    int result = 0;
    if (event == CASE_RECALCULATED)
        result = plan_one(file, case_event_text(event), next_working_hour(due, zone, now), detail);
    for (size_t i = 0; result >= 0 && i < due->rule->reminder_count; i++) {
        int32_t days = due->rule->reminders[i];
        int64_t at = hour_of(zone, day_before(due, days), HOURS_FROM);
        char what[CASE_NAME_MAX];
        snprintf(what, sizeof what, "%d-days-left", days);
        /* A clock that was set shorter than that has nothing to remind of. */
        if (at > now)
            result = plan_one(file, what, at, detail);
    }
    return result;
}

int reminder_plan(struct casefile *file, enum case_event_type event, struct error_detail *detail)
{
    struct hours hours;
    const struct deadline_rule *rule = file->state.deadline.due.rule;
    if (file->state.deadline.clock != CLOCK_RUNNING ||
        (rule->reminder_count == 0 && event != CASE_RECALCULATED) ||
        !rulebook_letter_find(file->rulebook, REMINDER_LETTER, file->rulebook->languages[0]))
        return 0;
    int result = find_hours(file, &hours, detail);
    if (result >= 0)
        result = plan_all(file, event, hours.zone, detail);
    zone_free(hours.own);
    return result;
}

/* --- the message --- */

struct reminder {
    struct casefile file;
    json_t *payload;
    const char *what;
};

static void close_reminder(struct reminder *reminder)
{
    json_decref(reminder->payload);
    casefile_close(&reminder->file);
}

static int open_reminder(struct app *app, const char *payload, struct reminder *ret_reminder,
                         struct error_detail *detail)
{
    int result = json_parse(payload, strlen(payload), &ret_reminder->payload, detail);
    if (result < 0)
        return result;
    const char *id = json_text(ret_reminder->payload, "case");
    ret_reminder->what = json_text(ret_reminder->payload, "what");
    if (!id || !ret_reminder->what)
        return error_set(detail, ERR_DAMAGED, "a task that names no reminder");
    return casefile_open(app, id, &ret_reminder->file, detail);
}

/* Whether the clock that it is about runs still. Who has answered needs no reminder; that a date
 * moved is told in any case. */
static bool is_wanted(struct reminder *reminder)
{
    struct casefile *file = &reminder->file;
    const char *id = json_text(reminder->payload, "deadline");
    struct store_deadline row;
    int answer = file->state.facts.values[FACT_ANSWER];
    bool answered = answer == ANSWER_RECEIVED || answer == ANSWER_ADEQUATE;
    if (answered && strcmp(reminder->what, case_event_text(CASE_RECALCULATED)) != 0)
        return false;
    return id && store_deadline_find(file->app->store, id, &file->arena, &row) >= 0 &&
           row.state == DEADLINE_RUNNING && row.due_at > clock_wall(&file->app->clock);
}

static int settle(struct app *app, const struct store_task *task, struct error_detail *detail)
{
    int result = store_outbox_done(app->store, task->key);
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}

static int put_off(struct app *app, const struct store_task *task, int64_t until,
                   struct error_detail *detail)
{
    int result = store_outbox_fail(app->store, task->key, until, "outside of working hours");
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}

static int write_to(struct reminder *reminder, const struct store_task *task,
                    const struct contact *to, struct error_detail *detail)
{
    struct casefile *file = &reminder->file;
    struct app *app = file->app;
    const char *language = "", *id;
    int result = store_party_language_find(app->store, file->record.party, &file->arena, &language);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(app, result, detail, "language of a party");
    result = drafting_write_message(file, REMINDER_LETTER, to, language, &id, detail);
    if (result < 0)
        return result;
    const char *key = arena_printf(&file->arena, "%s/send", task->key);
    if (!key || json_object_set_new(reminder->payload, "letter", json_string(id)) < 0)
        return ERR_LIMIT;
    result =
        put_task(app, key, REMINDER_SEND_TASK, clock_wall(&app->clock), reminder->payload, detail);
    return result < 0 ? result : settle(app, task, detail);
}

static int next_moment(struct casefile *file, int64_t now, int64_t *ret_at,
                       struct error_detail *detail)
{
    struct hours hours;
    int result = find_hours(file, &hours, detail);
    if (result >= 0)
        *ret_at = next_working_hour(&file->state.deadline.due, hours.zone, now);
    zone_free(hours.own);
    return result;
}

static int write_message(struct reminder *reminder, const struct store_task *task,
                         struct error_detail *detail)
{
    struct casefile *file = &reminder->file;
    struct contact to;
    int64_t now = clock_wall(&file->app->clock);
    if (!is_wanted(reminder))
        return settle(file->app, task, detail);
    int64_t at;
    int result = next_moment(file, now, &at, detail);
    if (result < 0)
        return result;
    if (at > now)
        return put_off(file->app, task, at, detail);
    result = recipient_choose(file, &to, detail);
    if (result > 0)
        return write_to(reminder, task, &to, detail);
    if (result == 0)
        result = casefile_note(file, DRAFTING_NO_CONTACT, /* evidence= */ NULL, detail);
    return result < 0 ? result : settle(file->app, task, detail);
}

int reminder_write(struct app *app, const struct store_task *task, struct error_detail *detail)
{
    struct reminder reminder = {.payload = NULL};
    int result = open_reminder(app, task->payload, &reminder, detail);
    if (result >= 0)
        result = write_message(&reminder, task, detail);
    close_reminder(&reminder);
    return result;
}

/* --- on its way --- */

static int drop(struct app *app, const struct store_task *task, const char *letter,
                struct error_detail *detail)
{
    int result =
        store_letter_set_state(app->store, letter, LETTER_STATE_VOID, clock_wall(&app->clock));
    return result < 0 ? app_store_failed(app, result, detail, "reminder")
                      : settle(app, task, detail);
}

int reminder_send(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                  struct error_detail *detail)
{
    struct reminder reminder = {.payload = NULL};
    int result = open_reminder(app, task->payload, &reminder, detail);
    if (result >= 0) {
        const char *letter = json_text(reminder.payload, "letter");
        if (!letter)
            result = error_set(detail, ERR_DAMAGED, "a task that names no message");
        else if (!is_wanted(&reminder))
            result = drop(app, task, letter, detail);
        else
            result = dispatch_begin_message(app, task, letter, ret_dispatch, detail);
    }
    close_reminder(&reminder);
    return result;
}

bool reminder_is_message(const struct store_letter *letter)
{
    return strcmp(letter->kind, REMINDER_LETTER) == 0;
}

/* The clock may have been stopped while the mail was under way: then it is only noted. */
static int tell_case(struct reminder *reminder, const struct dispatch *dispatch,
                     struct error_detail *detail)
{
    struct casefile *file = &reminder->file;
    const struct actor machine = command_machine();
    const char *evidence = dispatch->letter;
    struct casefile_step request = {.step = {.type = CASE_REMINDED},
                                    .actor = &machine,
                                    .evidence = &evidence,
                                    .evidence_count = 1};
    struct case_step step;
    struct case_outcome outcome;
    if (dispatch->reply.outcome != SMTP_ACCEPTED)
        return casefile_note(file, "reminder-refused", evidence, detail);
    CASE_TEXT(request.step.reason, reminder->what);
    int result = news_catch_up(file, detail);
    if (result < 0)
        return result;
    if (casefile_weigh(file, &request, &step, &outcome, /* detail= */ NULL) < 0)
        return casefile_note(file, "reminder-too-late", evidence, detail);
    return casefile_step(file, &request, detail);
}

static int record(struct app *app, const struct dispatch *dispatch, struct arena *arena,
                  struct store_task *ret_task, struct error_detail *detail)
{
    bool accepted = dispatch->reply.outcome == SMTP_ACCEPTED;
    int result = store_letter_set_state(app->store, dispatch->letter,
                                        accepted ? LETTER_STATE_SENT : LETTER_STATE_FAILED,
                                        clock_wall(&app->clock));
    if (result >= 0)
        result = store_outbox_done(app->store, dispatch->task);
    if (result >= 0)
        result = store_outbox_find(app->store, dispatch->task, arena, ret_task);
    return result < 0 ? app_store_failed(app, result, detail, "reminder") : 0;
}

int reminder_sent(struct app *app, const struct dispatch *dispatch, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct reminder reminder = {.payload = NULL};
    struct store_task task;
    arena_init(&arena, 1 << 20);
    int result = record(app, dispatch, &arena, &task, detail);
    if (result >= 0)
        result = open_reminder(app, task.payload, &reminder, detail);
    if (result >= 0)
        result = tell_case(&reminder, dispatch, detail);
    close_reminder(&reminder);
    return result;
}
