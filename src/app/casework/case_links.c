/* case.unlink: a complaint, lead, finding or mail that was linked to a case by mistake. */
#include "app/casework/casefile.h"
#include "app/command_list.h"
#include "store/case.h"

#include <string.h>

/* The link that holds now, of the object that the caller names. */
static int find_link(struct call *call, struct casefile *file, const char *object,
                     struct store_link *ret_link)
{
    struct store_link *links;
    size_t count;
    int result = store_link_list(call->app->store, file->record.id, &file->arena, &links, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "links");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(links[i].object, object) == 0 && links[i].unlinked_at == 0) {
            *ret_link = links[i];
            return 0;
        }
    }
    return error_set(call->detail, ERR_NOT_FOUND, "nothing '%s' is linked to case %s", object,
                     file->record.id);
}

/* case.unlink {case, object, reason}: the link is taken back, nothing is deleted; what the object
 * had brought about in the case stays as it happened. */
int case_unlink(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct casefile_step request = {.step = {.type = CASE_UNLINKED}, .actor = &call->actor};
    struct store_link link;
    const char *id, *object, *reason = json_text(call->arguments, "reason");
    int result = call_need_text(call, "case", &id);
    if (result >= 0)
        result = call_need_text(call, "object", &object);
    if (result >= 0)
        result = casefile_open_for(call->app, &call->actor, id, &file, call->detail);
    if (result >= 0)
        result = find_link(call, &file, object, &link);
    if (result < 0)
        return result;
    if (CASE_TEXT(request.step.object, object) < 0 || CASE_TEXT(request.step.reason, reason) < 0)
        return error_set(call->detail, ERR_LIMIT, "the object or the reason is too long");
    result = casefile_step(&file, &request, call->detail);
    if (result < 0)
        return result;
    link.unlinked_at = file.state.last_at;
    link.unlinked_by = call->actor.id;
    result = store_link_put(call->app->store, &link);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "link");
    json_object_set_new(call->result, "case", json_string(id));
    json_object_set_new(call->result, "seq", json_integer(file.state.seq));
    return 0;
}
