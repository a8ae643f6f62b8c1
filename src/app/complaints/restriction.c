#include "app/complaints/restriction.h"

#include "app/argument.h"
#include "app/casework/casefile.h"
#include "app/command_list.h"
#include "app/complaints/buckets.h"
#include "app/complaints/record.h"
#include "app/complaints/similar.h"
#include "app/law.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "store/restriction.h"

#include <inttypes.h>
#include <string.h>

enum { ARENA_MAX = 64 << 20, DAYS_MAX = 366 };

static const char *const restriction_reasons[] = {"repeated", "abusive", "untrue"};

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return app_store_failed(app, failure, detail, "restriction");
}

int restriction_covers(struct app *app, const struct complaint_document *document,
                       struct arena *arena, struct error_detail *detail)
{
    struct store_restriction found;
    uint64_t reporter = 0;
    if (!document->has_reporter || !document->email[0])
        return 0;
    int result = similar_reporter(app, document->email, arena, &reporter, detail);
    if (result < 0 || !reporter)
        return result;
    result =
        store_restriction_find_of(app->store, (int64_t)reporter, law_today(app), arena, &found);
    if (result == ERR_NOT_FOUND)
        return 0;
    return result < 0 ? failed(app, result, detail) : found.agreed_at > 0;
}

/* X4. */
static int tell(struct call *call, const char *kind, const struct store_restriction *restriction)
{
    char until[CIVIL_DATE_TEXT];
    civil_format_date(restriction->until, until);
    json_t *event =
        json_pack("{s:I, s:s, s:s, s:s, s:s, s:I}", "number", (json_int_t)restriction->number,
                  "complaint", restriction->reference, "reason", restriction->reason, "until",
                  until, "actor", call->actor.id, "at", (json_int_t)clock_wall(&call->app->clock));
    json_object_set_new(call->result, "number", json_integer((json_int_t)restriction->number));
    json_object_set_new(call->result, "complaint", json_string(restriction->reference));
    json_object_set_new(call->result, "reason", json_string(restriction->reason));
    json_object_set_new(call->result, "until", json_string(until));
    return ledger_tell(call->app, kind, event, call->detail);
}

/* --- proposing --- */

static int find_reporter(struct call *call, const struct complaint_record *record,
                         struct arena *arena, int64_t *ret_reporter)
{
    struct store_sketch row;
    struct sketch sketch;
    int result = store_sketch_find(call->app->store, record->row.reference, arena, &row);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(call->app, result, call->detail);
    bool there = result >= 0;
    if (there)
        result = complaint_sketch_decode(&row, arena, &sketch, call->detail);
    if (there && result < 0)
        return result;
    if (!there || !sketch.reporter)
        return error_set(call->detail, ERR_REFUSED,
                         "complaint %s has no address of who filed it, or was erased",
                         record->row.reference);
    *ret_reporter = (int64_t)sketch.reporter;
    return 0;
}

static int read_until(struct call *call, int32_t *ret_until)
{
    const int32_t today = law_today(call->app);
    const char *text;
    int result = call_need_text(call, "until", &text);
    if (result >= 0)
        result = argument_day(call->arguments, "until", 0, ret_until, call->detail);
    return result < 0 || (*ret_until > today && *ret_until <= today + DAYS_MAX)
               ? result
               : error_set(call->detail, ERR_SYNTAX,
                           "a restriction ends after today and within a year; --until is the first"
                           " day on which it is void");
}

static int check_single(struct call *call, const struct store_restriction *wanted,
                        struct arena *arena)
{
    struct store_restriction other;
    int result = store_restriction_find_of(call->app->store, wanted->reporter, law_today(call->app),
                                           arena, &other);
    if (result < 0)
        return result == ERR_NOT_FOUND ? 0 : failed(call->app, result, call->detail);
    return error_set(call->detail, ERR_CONFLICT,
                     "the restriction %" PRId64 " of who filed complaint %s is %s already",
                     other.number, wanted->reference, other.agreed_at ? "in force" : "proposed");
}

/* complaint.restrict {complaint, reason, until} */
int complaint_restrict(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    struct store_restriction wanted = {.proposed_by = call->actor.id};
    arena_init(&arena, ARENA_MAX);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result >= 0)
        result = record_read_reason(call, restriction_reasons, &wanted.reason);
    if (result >= 0)
        result = read_until(call, &wanted.until);
    if (result >= 0)
        result = find_reporter(call, &record, &arena, &wanted.reporter);
    if (result < 0)
        return result;
    wanted.reference = record.row.reference;
    wanted.proposed_at = clock_wall(&call->app->clock);
    result = store_restriction_forget(call->app->store, law_today(call->app));
    if (result < 0)
        return failed(call->app, result, call->detail);
    result = check_single(call, &wanted, &arena);
    if (result < 0)
        return result;
    result = store_restriction_put(call->app->store, &wanted, &wanted.number);
    return result < 0 ? failed(call->app, result, call->detail)
                      : tell(call, "restriction-proposed", &wanted);
}

/* --- agreeing and ending --- */

static int find_numbered(struct call *call, struct arena *arena,
                         struct store_restriction *ret_restriction)
{
    int64_t number = json_number(call->arguments, "number", 0);
    struct complaint_record record;
    int result = store_restriction_find(call->app->store, number, arena, ret_restriction);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "there is no restriction %" PRId64, number);
    if (result < 0)
        return failed(call->app, result, call->detail);
    /* Who is recused from its case says nothing of who filed it either. */
    result = record_find(call->app, ret_restriction->reference, arena, &record, call->detail);
    if (result >= 0)
        result = casefile_admit(call->app, &call->actor, record.row.case_id, call->detail);
    if (result >= 0 &&
        (ret_restriction->ended_at || ret_restriction->until <= law_today(call->app)))
        result =
            error_set(call->detail, ERR_CONFLICT, "the restriction %" PRId64 " has ended", number);
    return result;
}

/* complaint.restrict-agree {number}: by another person than who proposed it. */
int complaint_restrict_agree(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_restriction restriction;
    arena_init(&arena, ARENA_MAX);
    int result = find_numbered(call, &arena, &restriction);
    if (result < 0)
        return result;
    if (restriction.agreed_at)
        return error_set(call->detail, ERR_CONFLICT,
                         "the restriction %" PRId64 " is in force already", restriction.number);
    if (strcmp(restriction.proposed_by, call->actor.id) == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "%s proposed the restriction %" PRId64 ": another person agrees",
                         call->actor.id, restriction.number);
    result = store_restriction_agree(call->app->store, restriction.number, call->actor.id,
                                     clock_wall(&call->app->clock));
    return result < 0 ? failed(call->app, result, call->detail)
                      : tell(call, "restriction-agreed", &restriction);
}

/* complaint.unrestrict {number}: also of one that is only proposed. */
int complaint_unrestrict(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_restriction restriction;
    arena_init(&arena, ARENA_MAX);
    int result = find_numbered(call, &arena, &restriction);
    if (result < 0)
        return result;
    result = store_restriction_end(call->app->store, restriction.number, call->actor.id,
                                   clock_wall(&call->app->clock));
    return result < 0 ? failed(call->app, result, call->detail)
                      : tell(call, "restriction-ended", &restriction);
}
