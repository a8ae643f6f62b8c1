/* complaint.join, complaint.part: a person says that two complaints are about the same matter, so
 * that the one who filed the later counts as another reporter of it; and takes that back. Nothing
 * is merged, closed or told to anybody; each keeps its history, its state and its own outcome.
 *
 * Joined complaints form stars: what is joined to one has none joined to itself. */
#include "app/casework/casefile.h"
#include "app/command_list.h"
#include "app/complaints/record.h"
#include "store/sketch.h"

#include <string.h>

static int joined_to(struct call *call, const char *reference, struct arena *arena,
                     struct store_join *ret_join)
{
    int result = store_join_find(call->app->store, reference, arena, ret_join);
    if (result == ERR_NOT_FOUND)
        return result;
    return result < 0 ? app_store_failed(call->app, result, call->detail, "joined complaints") : 0;
}

static int check_free(struct call *call, const char *reference, struct arena *arena)
{
    struct store_join join;
    int result = joined_to(call, reference, arena, &join);
    if (result == 0)
        return error_set(call->detail, ERR_CONFLICT, "complaint %s is joined to %s", reference,
                         join.other);
    return result == ERR_NOT_FOUND ? 0 : result;
}

static int check_joinable(struct call *call, const char *reference, const char *other,
                          struct arena *arena)
{
    struct store_join *joins;
    size_t count;
    if (strcmp(reference, other) == 0)
        return error_set(call->detail, ERR_SYNTAX, "a complaint is not joined to itself");
    int result = check_free(call, reference, arena);
    if (result >= 0)
        result = check_free(call, other, arena);
    if (result < 0)
        return result;
    result = store_join_list(call->app->store, reference, 1, arena, &joins, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "joined complaints");
    return count == 0 ? 0
                      : error_set(call->detail, ERR_CONFLICT,
                                  "others are joined to complaint %s: join that one to it, or part "
                                  "them first",
                                  reference);
}

static int write(struct call *call, struct complaint_record *record, enum complaint_event_type type,
                 const char *other)
{
    json_t *data JSON_CLEANUP = json_pack("{s:s}", "other", other);
    int result = data ? record_step(call, record, type, data) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record->row.reference));
    json_object_set_new(call->result, "other", json_string(other));
    return 0;
}

/* complaint.join {complaint, other} */
int complaint_join(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record, other;
    arena_init(&arena, 1 << 20);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result >= 0)
        result = record_find_for(call, "other", &arena, &other);
    if (result >= 0)
        result = check_joinable(call, record.row.reference, other.row.reference, &arena);
    if (result < 0)
        return result;
    result = write(call, &record, COMPLAINT_EVENT_JOINED, other.row.reference);
    if (result < 0)
        return result;
    const struct store_join join = {record.row.reference, other.row.reference, record.stepped_at};
    result = store_join_put(call->app->store, &join);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "joined complaints") : 0;
}

/* complaint.part {complaint} */
int complaint_part(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    struct store_join join;
    arena_init(&arena, 1 << 20);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result < 0)
        return result;
    result = joined_to(call, record.row.reference, &arena, &join);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "complaint %s is joined to none",
                         record.row.reference);
    if (result >= 0)
        result = store_join_erase(call->app->store, record.row.reference);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "joined complaints")
                      : write(call, &record, COMPLAINT_EVENT_PARTED, join.other);
}
