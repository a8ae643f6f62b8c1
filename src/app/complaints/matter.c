#include "app/complaints/matter.h"

#include "app/command_list.h"

#include <string.h>

/* Runs a command on cases as the same person; takes `arguments`. */
static int run_on_case(struct call *call, int (*command)(struct call *), json_t *arguments,
                       json_t *result)
{
    json_t *given JSON_CLEANUP = arguments;
    struct call inner = {call->app, call->actor, given, result, call->detail, /* file= */ NULL};
    return given && result ? command(&inner) : ERR_NO_MEMORY;
}

static const char *family_of(const struct complaint_type *type, const char *obligation)
{
    for (size_t i = 0; i < type->obligation_count; i++) {
        if (strcmp(type->obligations[i], obligation) == 0)
            return type->family;
    }
    return NULL;
}

int matter_open(struct call *call, const struct matter *matter, struct arena *arena,
                const char **ret_case)
{
    json_t *opened JSON_CLEANUP = json_object();
    int result =
        run_on_case(call, case_open,
                    json_pack("{s:s, s:s, s:s, s:s, s:s*}", "party", matter->party, "obligation",
                              matter->obligation, "subject", matter->subject ? matter->subject : "",
                              "origin", case_origin_text(matter->origin), "family",
                              family_of(matter->type, matter->obligation)),
                    opened);
    if (result < 0)
        return result;
    const char *id = arena_copy_text(arena, json_text(opened, "case"));
    if (!id)
        return ERR_LIMIT;
    json_object_set(call->result, "joined", json_object_get(opened, "joined"));
    *ret_case = id;
    return 0;
}

int matter_enter(struct call *call, const struct complaint_record *record)
{
    json_t *linked JSON_CLEANUP = json_object();
    return run_on_case(call, case_link,
                       json_pack("{s:s, s:s, s:s}", "case", record->row.case_id, "kind",
                                 "complaint", "object", record->row.reference),
                       linked);
}

int matter_leave(struct call *call, struct complaint_record *record, const char *reason)
{
    json_t *left JSON_CLEANUP = json_object();
    if (!record->row.case_id[0])
        return 0;
    int result =
        run_on_case(call, case_unlink,
                    json_pack("{s:s, s:s, s:s, s:s}", "case", record->row.case_id, "kind",
                              "complaint", "object", record->row.reference, "reason", reason),
                    left);
    record->row.case_id = "";
    return result;
}
