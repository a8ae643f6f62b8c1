#include "app/publish/notice.h"

#include "app/alarm.h"
#include "app/publish/ledger.h"
#include "app/publish/notice_record.h"
#include "base/civil.h"
#include "base/log.h"
#include "tlog/bundle.h"
#include "view/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    RECORD_ARENA_MAX = 64 << 20,
    RECORD_MAX = 16 << 20,
    DUE_AT_ONCE = 100,
};

/* What a new update tells. */
struct telling {
    const char *kind, *text;
    const char *item;                      /* "" for none */
    const struct store_publication *there; /* NULL: the notice is published with it */
};

static int failed(struct app *app, int result, const char *what, struct error_detail *detail)
{
    return result < 0 ? app_store_failed(app, result, detail, what) : 0;
}

/* --- one update --- */

/* Words of the party, and what people say about other entries, do not tell how the matter stands.
 */
static bool tells_how_it_stands(const char *kind)
{
    static const char *const others[] = {"statement", "correction", "redaction", "withdrawal",
                                         "overdue"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i], kind) == 0)
            return false;
    }
    return true;
}

static void put_due(const struct casefile *file, const struct telling *telling, int64_t now,
                    struct notice_record *record)
{
    const struct store_publication *there = telling->there;
    if (record->ended)
        return;
    if (!there || tells_how_it_stands(telling->kind)) {
        record->next_update_due = now + file->rulebook->notice_update_days * CIVIL_DAY_US;
        return;
    }
    record->next_update_due = there->next_update_due;
    record->overdue_since =
        strcmp(telling->kind, "overdue") == 0 ? there->next_update_due : there->overdue_since;
}

/* The update is part of the record that it binds. */
static int bind(struct casefile *file, const struct telling *telling,
                const struct notice_record *record, struct store_publication_update *update,
                struct buffer *json, struct error_detail *detail)
{
    struct app *app = file->app;
    struct arena arena ARENA_CLEANUP = {0};
    struct site site;
    char hex[DIGEST_HEX];
    arena_init(&arena, 1 << 20);
    notice_site(app, &arena, &site);
    int result = notice_json(record, &site, json);
    if (result >= 0)
        result = tlog_record_digest(buffer_text(json), json->size, &update->record_sha256, detail);
    if (result < 0)
        return error_context(detail, result, "record of notice %s", record->id);
    json_t *event JSON_CLEANUP =
        json_pack("{s:s, s:i, s:s, s:s, s:s}", "notice", record->id, "update", (int)update->seq,
                  "what", telling->kind, "state", record->state, "record_sha256",
                  digest_format(&update->record_sha256, hex));
    return event ? ledger_commit(app, "publication", event, &update->entry, detail) : ERR_NO_MEMORY;
}

static int put_update(struct casefile *file, const struct telling *telling,
                      struct error_detail *detail)
{
    struct app *app = file->app;
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer json BUFFER_CLEANUP = {0};
    struct notice_record record;
    arena_init(&arena, RECORD_ARENA_MAX);
    buffer_init(&json, RECORD_MAX);
    struct store_publication_update update = {.at = clock_wall(&app->clock),
                                              .kind = telling->kind,
                                              .text = telling->text,
                                              .item = telling->item};
    int result = notice_record_make(file, &update, &arena, &record, detail);
    if (result < 0)
        return result;
    put_due(file, telling, update.at, &record);
    result = bind(file, telling, &record, &update, &json, detail);
    if (result < 0)
        return result;
    const struct store_publication publication = {.notice = record.id,
                                                  .case_id = file->record.id,
                                                  .state = record.state,
                                                  .record = buffer_text(&json),
                                                  .published_at = record.published_at,
                                                  .updated_at = update.at,
                                                  .next_update_due = record.next_update_due,
                                                  .overdue_since = record.overdue_since};
    result = failed(app, store_publication_put(app->store, &publication), "publication", detail);
    return result < 0 ? result
                      : failed(app, store_publication_update_append(app->store, &update),
                               "update of a publication", detail);
}

/* --- what is told --- */

static const char *words_of(const char *kind)
{
    return catalogue_word(catalogue_find("en"), "progress", kind);
}

/* Only what was agreed to for this case is told; else the update says no more than that it is one.
 */
static int tell_item(struct casefile *file, const char *id, struct telling *telling,
                     struct error_detail *detail)
{
    struct store_notice_item item;
    int result = store_notice_item_find(file->app->store, id, &file->arena, &item);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(file->app, result, detail, "item of a notice");
    if (result < 0 || item.state != NOTICE_ITEM_AGREED ||
        strcmp(item.case_id, file->record.id) != 0)
        return 0;
    telling->kind = notice_item_kind_text(item.kind);
    telling->text = item.text[0] ? item.text : words_of(telling->kind);
    telling->item = item.id;
    return 0;
}

static const struct case_event *find_event(const struct casefile *file, uint32_t seq)
{
    for (size_t i = 0; i < file->event_count; i++) {
        if (file->events[i].seq == seq)
            return &file->events[i];
    }
    return NULL;
}

/* What an event that leaves the state of a notice as it is means to its readers. */
static const char *progress_of(const struct case_event *event)
{
    if (event && event->type == CASE_DEADLINE_PASSED)
        return "due-passed";
    if (event &&
        (event->type == CASE_EXTENDED || event->type == CASE_TOLLED || event->type == CASE_RESUMED))
        return case_event_text(event->type);
    return case_event_text(CASE_PROGRESS);
}

/* What was written for an event names its item. */
static int tell_event(struct casefile *file, uint32_t seq, struct telling *telling,
                      struct error_detail *detail)
{
    const struct case_event *event = find_event(file, seq);
    struct case_step step;
    telling->kind = progress_of(event);
    telling->text = words_of(telling->kind);
    if (!event || event->type != CASE_PROGRESS)
        return 0;
    int result = case_step_decode(event, &step, detail);
    return result < 0 || !step.object[0] ? result : tell_item(file, step.object, telling, detail);
}

/* Opens a case. 1 when it was published: then also as what, and where it stands now. Else 0. */
static int open_case(struct app *app, const char *case_id, struct casefile *file,
                     struct store_publication *ret_there, const char **ret_state,
                     struct error_detail *detail)
{
    int result = casefile_open(app, case_id, file, detail);
    if (result < 0)
        return result;
    result = store_publication_find_case(app->store, case_id, &file->arena, ret_there);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return failed(app, result, "publication", detail);
    result = notice_state(file, &file->arena, ret_state, detail);
    return result < 0 ? result : 1;
}

int notice_publish(struct app *app, const char *case_id, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_publication there;
    const char *state = NULL;
    int again = open_case(app, case_id, &file, &there, &state, detail);
    if (again < 0)
        return again;
    /* A later formal step of the same case is an update of its notice. */
    const char *kind = again ? state : "sent";
    const struct telling telling = {
        .kind = kind, .text = words_of(kind), .item = "", .there = again ? &there : NULL};
    return put_update(&file, &telling, detail);
}

int notice_update(struct app *app, const struct notice_cause *cause, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_publication there;
    const char *kind = case_event_text(CASE_PROGRESS), *state = NULL;
    struct telling telling = {.kind = kind, .text = words_of(kind), .item = "", .there = &there};
    int published = open_case(app, cause->case_id, &file, &there, &state, detail);
    if (published <= 0)
        return published;
    int result = 0;
    if (cause->item[0]) {
        result = tell_item(&file, cause->item, &telling, detail);
    } else if (strcmp(state, there.state) != 0) {
        telling.kind = state;
        telling.text = words_of(state);
    } else {
        result = tell_event(&file, cause->seq, &telling, detail);
    }
    return result < 0 ? result : put_update(&file, &telling, detail);
}

/* --- what did not come --- */

static int tell_overdue(struct app *app, const struct store_publication *there,
                        struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct telling telling = {
        .kind = "overdue", .text = words_of("overdue"), .item = "", .there = there};
    int result = casefile_open(app, there->case_id, &file, detail);
    return result < 0 ? result : put_update(&file, &telling, detail);
}

int notice_pass_due(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_publication *due;
    size_t count;
    int told = 0;
    arena_init(&arena, RECORD_ARENA_MAX);
    int result = store_publication_list_due(app->store, clock_wall(&app->clock), DUE_AT_ONCE,
                                            &arena, &due, &count);
    if (result < 0)
        return failed(app, result, "updates that are due", detail);
    for (size_t i = 0; i < count; i++) {
        struct error_detail reason = {0};
        result = store_mark(app->store);
        if (result < 0)
            return failed(app, result, "update of a publication", detail);
        int tried = tell_overdue(app, &due[i], &reason);
        told += tried >= 0;
        if (tried < 0)
            log_error("notice %s: %s", due[i].notice, error_words(&reason, tried));
        result = tried < 0 ? store_undo(app->store) : store_keep(app->store);
        if (result < 0)
            return failed(app, result, "update of a publication", detail);
    }
    return told;
}

void notice_watch(struct app *app)
{
    char words[ERROR_DETAIL_MAX] = "", date[CIVIL_INSTANT_TEXT];
    int64_t count, since;
    if (store_publication_overdue(app->store, &count, &since) < 0) {
        log_error("notices: %s", store_words(app->store));
        return;
    }
    if (count)
        snprintf(words, sizeof words, "%" PRId64 " public notice%s late with an update, since %s",
                 count, count == 1 ? " is" : "s are", civil_format_instant(since, date));
    alarm_set(app, APP_ALARM_NOTICES, words);
}
