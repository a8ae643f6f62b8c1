/* complaint.reporter: who complained, to a person who says why. complaint.erase: words and reporter
 * of a complaint are destroyed, and the opening that commits to them. */
#include "app/complaints/erase.h"

#include "app/command_list.h"
#include "app/complaints/erasures.h"
#include "app/complaints/hold.h"
#include "app/complaints/lookup.h"
#include "app/complaints/record.h"
#include "app/complaints/repeat.h"
#include "app/complaints/similar.h"
#include "store/log.h"

#include <string.h>

static const char *const read_reasons[] = {"to-answer", "to-verify", "legal-request"};
/* One more, "again", is the program's. */
static const char *const erase_reasons[] = {"person-asked", "retention-over", "by-mistake"};

/* complaint.reporter {complaint, reason}: a command, since each reading is an event. */
int complaint_reporter(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    const char *reason;
    json_t *who JSON_CLEANUP = NULL;
    arena_init(&arena, 1 << 20);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result >= 0)
        result = record_read_reason(call, read_reasons, &reason);
    if (result >= 0)
        result = record_get_reporter(call->app, record.row.reference, &arena, &who, call->detail);
    if (result < 0)
        return result;
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "reason", reason);
    result = data ? record_step(call, &record, COMPLAINT_EVENT_REPORTER_READ, data) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set(call->result, "name", json_object_get(who, "name"));
    json_object_set(call->result, "email", json_object_get(who, "email"));
    json_object_set(call->result, "share", json_object_get(who, "share"));
    return 0;
}

/* The keys are remembered until the files were searched for them. */
static int note_keys(struct call *call, const char *reference)
{
    static const char *const parts[] = {COMPLAINT_PART_WORDS, COMPLAINT_PART_REPORTER};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct digest key;
        int result = store_complaint_key_find(call->app->store, reference, parts[i], &key);
        if (result < 0 && result != ERR_NOT_FOUND)
            return app_store_failed(call->app, result, call->detail, "key of a complaint");
        if (result >= 0)
            app_note_erased(call->app, &key);
    }
    return 0;
}

/* Proofs of the entry go on to hold: as of something that was erased. */
static int erase_opening(struct call *call, const char *reference, struct arena *arena)
{
    struct store_complaint_event *events;
    size_t count;
    int result = store_complaint_event_list(call->app->store, reference, arena, &events, &count);
    if (result >= 0 && count > 0)
        result =
            store_opening_erase(call->app->store, &events[0].entry, clock_wall(&call->app->clock));
    return result < 0 ? app_store_failed(call->app, result, call->detail, "opening") : 0;
}

/* What was decided, when and by whom stays, and a case that it led to. */
static int erase(struct call *call, struct complaint_record *record, const char *reason,
                 struct arena *arena)
{
    const char *reference = record->row.reference;
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "reason", reason);
    int result = data ? record_step(call, record, COMPLAINT_EVENT_ERASED, data) : ERR_NO_MEMORY;
    if (result >= 0)
        result = erase_opening(call, reference, arena);
    if (result >= 0)
        result = note_keys(call, reference);
    if (result >= 0)
        result = repeat_forget(call, reference);
    if (result >= 0)
        result = similar_forget(call->app, reference, call->detail);
    if (result >= 0)
        result = lookup_forget(call->app, reference, arena, call->detail);
    if (result < 0)
        return result;
    result = store_complaint_erase(call->app->store, reference, record->stepped_at);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "complaint") : 0;
}

/* complaint.erase {complaint, reason}: the list of erasures is the last to learn of it, so that
 * what fails before is not in it. */
int complaint_erase(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    const char *reason;
    arena_init(&arena, 1 << 20);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result >= 0)
        result = record_read_reason(call, erase_reasons, &reason);
    if (result < 0)
        return result;
    if (record.row.erased_at)
        return error_set(call->detail, ERR_CONFLICT, "complaint %s was erased already",
                         record.row.reference);
    result = hold_check(call->app, &record, call->detail);
    if (result >= 0)
        result = erase(call, &record, reason, &arena);
    if (result >= 0)
        result = erasures_note(call->app, &record.row.link, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "erased", json_true());
    return 0;
}

int complaint_erase_again(struct app *app, const char *reference, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    struct call call = {.app = app, .actor = command_machine(), .detail = detail};
    arena_init(&arena, 1 << 20);
    int result = record_find(app, reference, &arena, &record, detail);
    return result < 0 ? result : erase(&call, &record, "again", &arena);
}
