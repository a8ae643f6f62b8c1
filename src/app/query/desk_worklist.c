/* What people have to do next: letters, steps and mail that wait for them, cases by their due
 * moment, and what the program leaves to a person. */
#include "app/query/desk.h"

#include "app/absence.h"
#include "app/alarm.h"
#include "app/complaints/due.h"
#include "app/query/hands.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "store/calendar.h"
#include "store/outbox.h"
#include "store/publication.h"

#include <stdlib.h>
#include <string.h>

enum { UPDATE_SOON_DAYS = 7 };

/* --- cases --- */

struct item {
    const struct store_case *record;
    json_t *row; /* of the list */
};

static int by_party(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->record->party, ((const struct item *)b)->record->party);
}

/* In the order of the parties: from a disk their pages then come one after the other. */
static void name_parties(struct query_call *call, struct item *items, size_t count)
{
    const char *name = "";
    qsort(items, count, sizeof *items, by_party);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || by_party(&items[i - 1], &items[i]) != 0)
            name = desk_party_name(call, items[i].record->party);
        desk_put(items[i].row, "party_name", name);
    }
}

static int by_handler(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->record->handler,
                  ((const struct item *)b)->record->handler);
}

/* Whether the handler is away, which is asked once for each, and who stands in. */
static int put_hands(struct query_call *call, struct item *items, size_t count)
{
    struct store_absence absence;
    bool away = false;
    int result = 0;
    qsort(items, count, sizeof *items, by_handler);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (i == 0 || by_handler(&items[i - 1], &items[i]) != 0) {
            result = absence_find(call->app, items[i].record->handler, call->arena, &absence,
                                  call->detail);
            away = result > 0 && absence_is_now(call->app, &absence);
        }
        json_object_set_new(items[i].row, "away", json_boolean(away));
        if (away)
            result = hands_put_deputy(call, items[i].record, items[i].row);
        else
            desk_put(items[i].row, "deputy", "");
    }
    return result < 0 ? result : 0;
}

static int fill_item(struct query_call *call, const struct store_case *record, json_t *row)
{
    desk_put(row, "case", record->id);
    desk_put(row, "party_id", record->party);
    desk_put(row, "subject", record->subject);
    desk_put(row, "obligation", record->obligation);
    desk_put(row, "handler", record->handler);
    return desk_put_standing(call, record, "action", row);
}

static int count_open(struct query_call *call)
{
    int64_t counts[STAGE_KIND_COUNT], sum = 0;
    int result = store_case_count_open(call->app->store, counts);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "number of open cases");
    for (size_t kind = 0; kind < STAGE_KIND_COUNT; kind++)
        sum += counts[kind];
    json_object_set_new(call->result, "open_cases", json_integer(sum));
    return 0;
}

/* The one due first; those without a date after all others. */
static int put_items(struct query_call *call)
{
    struct store_case *cases;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "items", list);
    int result = store_case_list_due(call->app->store, DESK_ITEMS_MAX, call->arena, &cases, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "open cases");
    struct item *items = arena_array(call->arena, count + 1, sizeof *items);
    if (!items)
        return ERR_LIMIT;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        items[i] = (struct item){&cases[i], json_object()};
        json_array_append_new(list, items[i].row);
        result = fill_item(call, &cases[i], items[i].row);
    }
    if (result < 0)
        return result;
    name_parties(call, items, count);
    result = put_hands(call, items, count);
    return result < 0 ? result : count_open(call);
}

/* --- letters --- */

static int add_approval(struct query_call *call, const struct store_letter *letter, json_t *list)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    char hex[DIGEST_HEX];
    int result = casefile_open(call->app, letter->case_id, &file, call->detail);
    if (result < 0 || !desk_letter_waits(&file.state, letter))
        return result;
    json_t *row = json_object();
    desk_put(row, "letter", letter->id);
    desk_put(row, "case", letter->case_id);
    desk_put(row, "step", desk_step_label(file.state.process, letter->kind));
    desk_put(row, "party_name", desk_party_name(call, file.record.party));
    desk_put(row, "drafted_by", desk_people(&file, letter, call->arena).drafted_by);
    desk_put(row, "sha256", digest_format(&letter->sha256, hex));
    json_array_append_new(list, row);
    return 0;
}

static int put_approvals(struct query_call *call)
{
    struct store_letter_query query = {.state = letter_state_text(LETTER_STATE_DRAFT)};
    struct store_letter *page;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "approvals", list);
    for (int i = 0; i < DESK_PAGES_MAX; i++) {
        int result = store_letter_list(call->app->store, &query, call->arena, &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "letters");
        for (size_t n = 0; n < count && json_array_size(list) < DESK_ITEMS_MAX; n++) {
            result = add_approval(call, &page[n], list);
            if (result < 0)
                return result;
        }
        if (count < STORE_PAGE_MAX || json_array_size(list) >= DESK_ITEMS_MAX)
            break;
        query.after = page[count - 1].id;
    }
    return 0;
}

/* --- mail --- */

static int put_mails(struct query_call *call)
{
    const struct store_mail_query query = {.held_only = true, .limit = DESK_ITEMS_MAX};
    struct store_mail *mails;
    size_t count;
    char hex[DIGEST_HEX];
    json_t *list = json_array();
    json_object_set_new(call->result, "mails", list);
    int result = store_mail_list(call->app->store, &query, call->arena, &mails, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "mail that waits");
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        desk_put(row, "sha256", digest_format(&mails[i].sha256, hex));
        desk_put(row, "sender", mails[i].sender);
        desk_put(row, "subject", mails[i].subject);
        desk_put(row, "case", mails[i].case_id);
        json_object_set_new(row, "at", query_instant(mails[i].received_at));
        json_array_append_new(list, row);
    }
    return 0;
}

/* --- notices --- */

/* A week before, somebody can still write an update in time. */
static bool is_due_soon(const struct store_publication *publication, int64_t now)
{
    return publication->next_update_due &&
           publication->next_update_due <= now + UPDATE_SOON_DAYS * CIVIL_DAY_US;
}

static void add_update(const struct store_publication *publication, json_t *list)
{
    json_t *row = json_pack("{s:s, s:s, s:b}", "notice", publication->notice, "case",
                            publication->case_id, "overdue", publication->overdue_since != 0);
    json_object_set_new(row, "until", query_instant(publication->next_update_due));
    json_array_append_new(list, row);
}

/* How many are public, and those that want an update soon or are late with one. */
static int put_notices(struct query_call *call)
{
    int64_t now = clock_wall(&call->app->clock);
    const char *after = "";
    json_int_t total = 0;
    json_t *list = json_array();
    json_object_set_new(call->result, "updates", list);
    for (int i = 0; i < DESK_PAGES_MAX; i++) {
        struct store_publication *page;
        size_t count;
        int result = store_publication_list(call->app->store, after, /* limit= */ 0, call->arena,
                                            &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "publications");
        total += (json_int_t)count;
        for (size_t n = 0; n < count; n++) {
            if (is_due_soon(&page[n], now))
                add_update(&page[n], list);
        }
        if (count < STORE_PAGE_MAX)
            break;
        after = page[count - 1].notice;
    }
    json_object_set_new(call->result, "notices", json_integer(total));
    return 0;
}

/* What was written for the public and waits for a second person. */
static int put_written(struct query_call *call)
{
    struct store_notice_item *items;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "written", list);
    int result = store_notice_item_list(call->app->store, /* case_id= */ NULL,
                                        /* waiting_only= */ true, call->arena, &items, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "items of notices");
    for (size_t i = 0; i < count && i < DESK_ITEMS_MAX; i++)
        json_array_append_new(list, query_notice_item(&items[i]));
    return 0;
}

/* --- calendars --- */

/* Those that wait for a second person, or for somebody to take them back. */
static int put_calendars(struct query_call *call)
{
    struct store_calendar *calendars;
    size_t count;
    char hex[DIGEST_HEX];
    json_t *list = json_array();
    json_object_set_new(call->result, "calendars", list);
    int result = store_calendar_list(call->app->store, /* adopted_only= */ false, call->arena,
                                     &calendars, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "calendars");
    for (size_t i = 0; i < count && json_array_size(list) < DESK_ITEMS_MAX; i++) {
        if (calendars[i].number > 0 || calendars[i].withdrawn_at > 0)
            continue;
        json_t *row = json_object();
        desk_put(row, "name", calendars[i].name);
        desk_put(row, "sha256", digest_format(&calendars[i].sha256, hex));
        desk_put(row, "proposed_by", calendars[i].proposed_by);
        json_object_set_new(row, "at", query_instant(calendars[i].proposed_at));
        json_array_append_new(list, row);
    }
    return 0;
}

/* --- what the program gave up or leaves to a person --- */

static int put_tasks(struct query_call *call)
{
    struct store_task *tasks;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "tasks", list);
    int result = store_outbox_list(call->app->store, OUTBOX_DEAD, /* after= */ "", DESK_ITEMS_MAX,
                                   call->arena, &tasks, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "outbox");
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, query_task(&tasks[i]));
    return 0;
}

/* --- complaints --- */

/* How many wait too long for a first review, and for an answer of who complained. */
static int put_complaints(struct query_call *call)
{
    size_t reviews, answers;
    int result = complaint_due_count(call->app, COMPLAINT_FILED_STATE, &reviews, call->detail);
    if (result >= 0)
        result = complaint_due_count(call->app, COMPLAINT_WAITING_STATE, &answers, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "late_reviews", json_integer((json_int_t)reviews));
    json_object_set_new(call->result, "late_answers", json_integer((json_int_t)answers));
    return 0;
}

static int show_worklist(struct query_call *call)
{
    struct actor actor;
    int result = desk_actor(call, &actor);
    if (result >= 0)
        json_object_set_new(call->result, "alarms", alarm_list(call->app));
    if (result >= 0)
        result = put_items(call);
    if (result >= 0)
        result = put_approvals(call);
    if (result >= 0)
        result = put_mails(call);
    if (result >= 0)
        result = desk_put_proposals(call, /* case_id= */ NULL, &actor);
    if (result >= 0)
        result = put_tasks(call);
    if (result >= 0)
        result = put_written(call);
    if (result >= 0)
        result = put_calendars(call);
    if (result >= 0)
        result = put_complaints(call);
    return result < 0 ? result : put_notices(call);
}

int query_desk_worklist(struct query_call *call)
{
    return desk_at_one_moment(call, show_worklist);
}
