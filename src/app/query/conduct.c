/* party.conduct {party}: how a party behaved, case by case, from the events alone; case.service
 * {case}: how each letter was delivered, and what comes next. */
#include "app/query/case_parts.h"
#include "app/query/list.h"

#include "app/known.h"
#include "app/letters/recipient.h"
#include "app/letters/service.h"
#include "cases/conduct.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/party.h"

#include <string.h>

/* --- conduct --- */

static json_t *notice_row(const struct conduct_notice *notice)
{
    json_t *row = json_pack("{s:s, s:s, s:b, s:b, s:s}", "stage", notice->stage->id, "step",
                            notice->stage->label, "late", notice->late, "overdue", notice->overdue,
                            "end", conduct_end_text(notice->end));
    json_object_set_new(row, "served", query_instant(notice->served_at));
    json_object_set_new(row, "expires", query_instant(notice->due_at));
    json_object_set_new(row, "answered", query_instant(notice->answered_at));
    return row;
}

static json_t *conduct_object(const struct conduct *conduct)
{
    json_t *notices = json_array();
    for (size_t i = 0; i < conduct->count; i++)
        json_array_append_new(notices, notice_row(&conduct->notices[i]));
    return json_pack("{s:o, s:i, s:b, s:b, s:b}", "notices", notices, "unreachable",
                     (int)conduct->unreachable, "put_right", conduct->put_right, "cured_late",
                     conduct->cured_late, "counts", conduct->counts);
}

static int read_conduct(const struct casefile *file, struct arena *arena,
                        struct conduct *ret_conduct, struct error_detail *detail)
{
    struct case_explanation *rows;
    int result = casefile_explain(file, arena, &rows, detail);
    return result < 0 ? result
                      : conduct_of(rows, file->event_count, &file->state, arena, ret_conduct);
}

int query_put_conduct(struct query_call *call, const struct casefile *file)
{
    struct conduct conduct;
    int result = read_conduct(file, call->arena, &conduct, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "conduct", conduct_object(&conduct));
    return 0;
}

struct totals {
    int answered_in_time, answered_late, unanswered, unreachable, cured_late, repeats;
};

static void count(struct totals *totals, const struct conduct *conduct, const struct store_case *c,
                  int64_t since)
{
    for (size_t i = 0; i < conduct->count; i++) {
        const struct conduct_notice *notice = &conduct->notices[i];
        totals->answered_in_time += notice->answered_at && !notice->late;
        totals->answered_late += notice->answered_at && notice->late;
        totals->unanswered += notice->overdue && !notice->answered_at;
    }
    totals->unreachable += (int)conduct->unreachable;
    totals->cured_late += conduct->cured_late;
    totals->repeats += conduct->counts && c->closed_at >= since;
}

static int add_case(struct query_call *call, const struct store_case *record, json_t *list,
                    struct totals *totals)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct conduct conduct;
    int64_t since = clock_wall(&call->app->clock) - CONDUCT_LOOK_BACK_DAYS * CIVIL_DAY_US;
    arena_init(&arena, 64 << 20);
    int result = casefile_open(call->app, record->id, &file, call->detail);
    if (result >= 0)
        result = read_conduct(&file, &arena, &conduct, call->detail);
    if (result < 0)
        return result;
    json_t *row = conduct_object(&conduct);
    json_object_set_new(row, "case", json_string(record->id));
    json_object_set_new(row, "obligation", json_string(record->obligation));
    json_object_set_new(row, "subject", json_string(record->subject));
    json_object_set_new(row, "stage", json_string(record->stage));
    json_object_set_new(row, "opened_at", query_instant(record->opened_at));
    json_object_set_new(row, "closed_at", query_instant(record->closed_at));
    json_array_append_new(list, row);
    count(totals, &conduct, record, since);
    return 0;
}

int query_party_conduct(struct query_call *call)
{
    struct party party;
    struct totals totals = {0};
    struct store_case_query query = {.after = ""};
    struct store_case *page;
    size_t size;
    json_t *list = json_array();
    json_object_set_new(call->result, "cases", list);
    int result = query_need_text(call, "party", &query.party);
    if (result < 0)
        return result;
    result = app_find_party(call->app, query.party, call->arena, &party, call->detail);
    if (result < 0)
        return result;
    do {
        result = store_case_list(call->app->store, &query, call->arena, &page, &size);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "cases of a party");
        for (size_t i = 0; result >= 0 && i < size; i++)
            result = add_case(call, &page[i], list, &totals);
        query.after = size ? page[size - 1].id : "";
    } while (result >= 0 && size == STORE_PAGE_MAX);
    json_object_set_new(call->result, "party", json_string(query.party));
    json_object_set_new(call->result, "look_back_days", json_integer(CONDUCT_LOOK_BACK_DAYS));
    json_object_set_new(call->result, "totals",
                        json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "answered_in_time",
                                  totals.answered_in_time, "answered_late", totals.answered_late,
                                  "unanswered", totals.unanswered, "unreachable",
                                  totals.unreachable, "cured_late", totals.cured_late,
                                  "within_look_back", totals.repeats));
    return result;
}

/* --- service --- */

static json_t *attempt_row(const struct store_letter *letter, const struct store_attempt *attempt)
{
    json_t *row = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "number", (int)attempt->number,
                            "channel", attempt->channel, "to", recipient_of(letter, attempt),
                            "outcome", attempt_phase_text(attempt->phase), "words", attempt->reply,
                            "proof", attempt->proof);
    json_object_set_new(row, "at", query_instant(attempt->begun_at));
    return row;
}

/* The next rung for the letter that the case waits with; "" where none is needed. */
static const char *next_rung(struct query_call *call, struct casefile *file,
                             const struct store_letter *letter)
{
    struct contact contact;
    bool failed = letter->state == LETTER_STATE_BOUNCED || letter->state == LETTER_STATE_FAILED;
    if (!failed || service_check_letter(file, letter, NULL) < 0)
        return "";
    int found = recipient_choose(file, &contact, NULL);
    if (found > 0 && !recipient_failed(file, contact.email))
        return arena_printf(call->arena, "e-mail to %s", contact.email);
    return "registered mail or a courier";
}

static int put_letter(struct query_call *call, struct casefile *file,
                      const struct store_letter *letter, json_t *list)
{
    struct store_attempt *attempts;
    size_t size;
    int result = store_attempt_list(call->app->store, letter->id, call->arena, &attempts, &size);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "attempts of a letter");
    json_t *rows = json_array();
    for (size_t i = 0; i < size; i++)
        json_array_append_new(rows, attempt_row(letter, &attempts[i]));
    const char *next = next_rung(call, file, letter);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:s}", "letter", letter->id, "kind",
                                          letter->kind, "state", letter_state_text(letter->state),
                                          "attempts", rows, "next", next ? next : ""));
    return 0;
}

int query_put_service(struct query_call *call, struct casefile *file)
{
    struct store_letter *letters;
    struct store_task task = {.key = "", .error = ""};
    size_t size;
    json_t *list = json_array();
    const struct store_letter_query query = {.case_id = file->record.id};
    json_object_set_new(call->result, "service", list);
    int result = store_letter_list(call->app->store, &query, call->arena, &letters, &size);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "letters of a case");
    for (size_t i = 0; result >= 0 && i < size; i++)
        result = put_letter(call, file, &letters[i], list);
    if (result < 0)
        return result;
    result = service_task(call->app, file->record.id, call->arena, &task, call->detail);
    json_object_set_new(call->result, "task", json_string(task.key));
    json_object_set_new(call->result, "decision",
                        json_string(task.state == OUTBOX_DONE ? task.error : ""));
    return result == ERR_NOT_FOUND ? 0 : result;
}

int query_case_service(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *id;
    int result = query_need_text(call, "case", &id);
    if (result >= 0)
        result = casefile_open(call->app, id, &file, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "case", json_string(id));
    return query_put_service(call, &file);
}
