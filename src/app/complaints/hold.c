#include "app/complaints/hold.h"

#include "app/casework/casefile.h"
#include "app/command_list.h"
#include "app/complaints/erasures.h"
#include "app/complaints/projection.h"
#include "store/case.h"

enum { HOLD_ARENA_MAX = 64 << 20 };

static const char *const hold_reasons[] = {"court-order", "legal-claim", "investigation"};
static const char *const lift_reasons[] = {"order-ended", "matter-closed", "by-mistake"};

struct holding {
    struct call *call;
    bool lifts;
    const char *reason;
    json_t *complaints; /* references of those that were put on hold, or taken off */
};

/* Why a complaint is on hold; NULL while it is not. */
static int find_hold(struct app *app, const char *reference, struct arena *arena,
                     const char **ret_reason, struct error_detail *detail)
{
    struct complaint_projection projection;
    int result = complaint_projection_make(app, reference, arena, &projection, detail);
    if (result >= 0)
        *ret_reason = projection.hold;
    return result;
}

int hold_check(struct app *app, const struct complaint_record *record, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *reason;
    arena_init(&arena, HOLD_ARENA_MAX);
    int result = find_hold(app, record->row.reference, &arena, &reason, detail);
    if (result < 0 || !reason)
        return result;
    return error_set(detail, ERR_REFUSED,
                     "complaint %s is on legal hold (%s), and is not erased before that is lifted",
                     record->row.reference, reason);
}

static int step(const struct holding *at, struct complaint_record *record)
{
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "reason", at->reason);
    int result =
        data ? record_step(at->call, record,
                           at->lifts ? COMPLAINT_EVENT_HOLD_LIFTED : COMPLAINT_EVENT_LEGAL_HOLD,
                           data)
             : ERR_NO_MEMORY;
    if (result >= 0 &&
        json_array_append_new(at->complaints, json_string(record->row.reference)) < 0)
        result = ERR_NO_MEMORY;
    return result;
}

/* --- one complaint --- */

static int take_one(const struct holding *at, struct arena *arena)
{
    struct call *call = at->call;
    struct complaint_record record;
    const char *held;
    int result = record_find_for(call, "complaint", arena, &record);
    if (result >= 0)
        result = find_hold(call->app, record.row.reference, arena, &held, call->detail);
    if (result < 0)
        return result;
    if (at->lifts && !held)
        return error_set(call->detail, ERR_CONFLICT, "complaint %s is on no legal hold",
                         record.row.reference);
    if (!at->lifts && held)
        return error_set(call->detail, ERR_CONFLICT, "complaint %s is on legal hold already (%s)",
                         record.row.reference, held);
    if (record.row.erased_at)
        return error_set(call->detail, ERR_REFUSED,
                         "complaint %s was erased: nothing is left of it", record.row.reference);
    return step(at, &record);
}

/* --- those of a case --- */

/* What is erased, or is as it should be already, is passed over, and so is what a person linked
 * that was never filed here. */
static int take_linked(const struct holding *at, const char *reference)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    struct error_detail reason = {0};
    const char *held;
    arena_init(&arena, HOLD_ARENA_MAX);
    int result = record_find(at->call->app, reference, &arena, &record, &reason);
    if (result == ERR_SYNTAX || result == ERR_NOT_FOUND)
        return 0;
    if (result >= 0)
        result = find_hold(at->call->app, record.row.reference, &arena, &held, &reason);
    if (result < 0)
        return error_pass(at->call->detail, result, &reason);
    if (record.row.erased_at || (held != NULL) != at->lifts)
        return 0;
    return step(at, &record);
}

static int take_case(const struct holding *at, const char *case_id, struct arena *arena)
{
    struct call *call = at->call;
    struct store_link *links;
    size_t count;
    int result = casefile_admit(call->app, &call->actor, case_id, call->detail);
    if (result < 0)
        return result;
    result = store_link_list(call->app->store, case_id, arena, &links, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "links of a case");
    for (size_t i = 0; i < count && result >= 0; i++) {
        if (links[i].unlinked_at == 0 && strcmp(links[i].kind, "complaint") == 0)
            result = take_linked(at, links[i].object);
    }
    if (result >= 0 && json_array_size(at->complaints) == 0)
        return error_set(call->detail, ERR_CONFLICT, "case %s has no complaint that is %s", case_id,
                         at->lifts ? "on legal hold" : "to be put on legal hold");
    return result;
}

/* --- the commands --- */

static int run(struct call *call, bool lifts)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct holding at = {.call = call, .lifts = lifts, .complaints = json_array()};
    const char *case_id = json_text(call->arguments, "case");
    arena_init(&arena, HOLD_ARENA_MAX);
    json_object_set_new(call->result, "complaints", at.complaints);
    int result = record_read_reason(call, lifts ? lift_reasons : hold_reasons, &at.reason);
    /* An erasure that a failing disk left in the list is carried out by the next start. */
    if (result >= 0)
        result = erasures_check(call->app, call->detail);
    if (result >= 0)
        result = case_id ? take_case(&at, case_id, &arena) : take_one(&at, &arena);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reason", json_string(at.reason));
    return 0;
}

/* complaint.hold {complaint | case, reason}: of a case those that are linked to it now. */
int complaint_hold(struct call *call)
{
    return run(call, /* lifts= */ false);
}

/* complaint.lift {complaint | case, reason} */
int complaint_lift(struct call *call)
{
    return run(call, /* lifts= */ true);
}
