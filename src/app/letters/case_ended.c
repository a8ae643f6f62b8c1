#include "app/letters/case_ended.h"

#include "app/letters/complaint_mail.h"
#include "app/letters/drafting.h"
#include "rulebook/rulebook.h"

#include <string.h>

enum { EVENTS_ARENA_MAX = 16 << 20, PAYLOAD_MAX = 4 << 10 };

#define KIND "complaint" /* of a link */

struct telling {
    struct casefile file;
    struct call call;
    const char *outcome; /* NULL: the case goes on */
};

/* --- whom to tell --- */

static int list_page(struct casefile *file, const char *after, size_t limit,
                     struct store_link **ret_links, size_t *ret_count, struct error_detail *detail)
{
    const struct store_link_page page = {
        .case_id = file->record.id, .kind = KIND, .after = after, .limit = limit};
    int result = store_link_list_page(file->app->store, &page, &file->arena, ret_links, ret_count);
    return result < 0 ? app_store_failed(file->app, result, detail, "complaints of a case") : 0;
}

/* `of` is the key of the task `tell-complainant`: keys of what is to be done for a case begin with
 * its id (store/outbox.h). */
static int put_task(struct casefile *file, const char *of, const char *after,
                    struct error_detail *detail)
{
    json_t *payload JSON_CLEANUP =
        json_pack("{s:s, s:s, s:s}", "case", file->record.id, "of", of, "after", after);
    const char *key = arena_printf(&file->arena, "%s/complaints/%s", of, after);
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, PAYLOAD_MAX);
    int result = key && payload ? json_canonical(payload, &text) : ERR_NO_MEMORY;
    const struct store_task task = {.key = key,
                                    .kind = CASE_ENDED_TASK,
                                    .payload = buffer_text(&text),
                                    .due_at = clock_wall(&file->app->clock)};
    if (result >= 0)
        result = store_outbox_put(file->app->store, &task);
    return result < 0 ? app_store_failed(file->app, result, detail, "outbox") : 0;
}

/* 1 where each complaint of the case is in the store, and there are words to tell it. */
static int can_tell_all(const struct casefile *file, struct error_detail *detail)
{
    const struct rulebook *rulebook = file->app->rulebook;
    int64_t unknown;
    int result = store_link_count_unknown(file->app->store, file->record.id, &unknown);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "complaints of a case");
    return unknown == 0 && rulebook &&
           rulebook_letter_find(rulebook, COMPLAINT_MAIL_ENDED, rulebook->languages[0]) != NULL;
}

int case_ended_ask(struct casefile *file, const struct store_task *task,
                   struct error_detail *detail)
{
    struct store_link *links;
    size_t count;
    int result = list_page(file, "", 1, &links, &count, detail);
    if (result >= 0 && count)
        result = put_task(file, task->key, "", detail);
    return result < 0 || count == 0 ? result : can_tell_all(file, detail);
}

/* --- telling one --- */

/* Whether the complaint was told last what is told now. A complaint that was found in scope of a
 * case knows that the case goes on. */
static int was_told(struct telling *telling, const struct complaint_record *record,
                    enum complaint_event_type now, bool *ret_told)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_complaint_event *events;
    enum complaint_event_type last = COMPLAINT_EVENT_CASE_RESUMED;
    size_t count;
    arena_init(&arena, EVENTS_ARENA_MAX);
    int result = store_complaint_event_list(telling->call.app->store, record->row.reference, &arena,
                                            &events, &count);
    if (result < 0)
        return app_store_failed(telling->call.app, result, telling->call.detail,
                                "events of a complaint");
    for (size_t i = 0; i < count; i++) {
        if (record_event_is(&events[i], COMPLAINT_EVENT_CASE_ENDED))
            last = COMPLAINT_EVENT_CASE_ENDED;
        if (record_event_is(&events[i], COMPLAINT_EVENT_CASE_RESUMED) ||
            record_event_is(&events[i], COMPLAINT_EVENT_IN_SCOPE))
            last = COMPLAINT_EVENT_CASE_RESUMED;
    }
    *ret_told = last == now;
    return 0;
}

/* In the language of the complaint, where the rulebook has it. */
static const char *outcome_for(const struct telling *telling, const struct complaint_record *record)
{
    const struct case_state *state = &telling->file.state;
    const struct rulebook *rulebook = telling->file.app->rulebook;
    const char *id = state->closure[0] ? state->closure : state->stage->id;
    const char *words = rulebook_outcome_text(rulebook, id, record->row.language);
    return *words ? words : telling->outcome;
}

static int tell(struct telling *telling, struct complaint_record *record)
{
    enum complaint_event_type now =
        telling->outcome ? COMPLAINT_EVENT_CASE_ENDED : COMPLAINT_EVENT_CASE_RESUMED;
    bool told = false;
    int result = was_told(telling, record, now, &told);
    if (result < 0 || told)
        return result;
    const char *outcome = telling->outcome ? outcome_for(telling, record) : NULL;
    json_t *data JSON_CLEANUP =
        json_pack("{s:s, s:s*}", "case", record->row.case_id, "told", outcome);
    result = data ? record_step(&telling->call, record, now, data) : ERR_NO_MEMORY;
    return result < 0 ? result
                      : complaint_mail_decided(&telling->call, record, now, /* words= */ NULL);
}

/* A person may link anything under any name: what is no complaint, or is not of this case, has
 * nobody to tell. */
static int tell_linked(struct telling *telling, const char *object)
{
    struct complaint_record record;
    struct casefile *file = &telling->file;
    char reference[REFERENCE_TEXT];
    if (reference_parse(object, reference) < 0)
        return 0;
    int result = record_find(file->app, reference, &file->arena, &record, telling->call.detail);
    if (result == ERR_NOT_FOUND) {
        if (telling->call.detail)
            telling->call.detail->text[0] = '\0';
        return 0;
    }
    return result < 0 || strcmp(record.row.case_id, file->record.id) != 0 ? result
                                                                          : tell(telling, &record);
}

/* --- telling all --- */

static int tell_page(struct telling *telling, const char *of, const char *after)
{
    struct store_link *links;
    size_t count;
    struct casefile *file = &telling->file;
    struct error_detail *detail = telling->call.detail;
    int result = list_page(file, after, CASE_ENDED_PAGE, &links, &count, detail);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = tell_linked(telling, links[i].object);
    return result < 0 || count < CASE_ENDED_PAGE
               ? result
               : put_task(file, of, links[count - 1].object, detail);
}

int case_ended_tell(struct app *app, const struct store_task *task, const struct json_item *payload,
                    struct error_detail *detail)
{
    struct telling telling = {.call = {.app = app, .actor = command_machine(), .detail = detail}};
    const char *id = json_flat_text(payload, "case"), *of = json_flat_text(payload, "of"),
               *after = json_flat_text(payload, "after");
    if (!id || !of || !after)
        return error_set(detail, ERR_DAMAGED, "task %s names no case", task->key);
    int result = casefile_open(app, id, &telling.file, detail);
    if (result >= 0) {
        if (stage_is_end(telling.file.state.stage))
            telling.outcome = drafting_outcome(&telling.file.state);
        result = tell_page(&telling, of, after);
    }
    casefile_close(&telling.file);
    return result;
}
