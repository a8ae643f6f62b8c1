/* case.link and case.unlink: a case, a finding, a complaint or a lead beside a case, many to many.
 * Nothing is merged, and a link that is taken back stays in the history. */
#include "app/casework/allegation.h"
#include "app/casework/arguments.h"
#include "app/command_list.h"

#include <string.h>

static const char *const kinds[] = {"finding", "complaint", "lead", "case"};

struct link_request {
    const char *kind, *object;
    struct store_finding finding; /* for "finding" */
};

static int check_finding(struct call *call, struct casefile *file, struct link_request *request)
{
    int result =
        store_finding_find(call->app->store, request->object, &file->arena, &request->finding);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "there is no finding '%s'", request->object);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "finding");
    if (strcmp(request->finding.finding.party, file->record.party) != 0)
        return error_set(call->detail, ERR_REFUSED, "finding %s is about another party",
                         request->object);
    return 0;
}

static int check_case(struct call *call, struct casefile *file, const char *object)
{
    struct store_case other;
    int result = store_case_find(call->app->store, object, &file->arena, &other);
    if (result == ERR_NOT_FOUND || strcmp(object, file->record.id) == 0)
        return error_set(call->detail, ERR_NOT_FOUND, "there is no other case '%s'", object);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "case") : 0;
}

static int read_request(struct call *call, struct casefile *file, struct link_request *ret_request)
{
    bool known = false;
    int result = call_need_text(call, "kind", &ret_request->kind);
    if (result >= 0)
        result = call_need_text(call, "object", &ret_request->object);
    if (result < 0)
        return result;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        known = known || strcmp(kinds[i], ret_request->kind) == 0;
    if (!known || !ret_request->object[0])
        return error_set(call->detail, ERR_SYNTAX,
                         "a case is linked to a finding, complaint, lead or case, by its id");
    if (strcmp(ret_request->kind, "finding") == 0)
        return check_finding(call, file, ret_request);
    return strcmp(ret_request->kind, "case") == 0 ? check_case(call, file, ret_request->object) : 0;
}

/* Whether it is linked now, and since when. */
static int find_link(struct call *call, struct casefile *file, const struct link_request *request,
                     struct store_link *ret_link)
{
    struct store_link *links;
    size_t count;
    int result = store_link_list(call->app->store, file->record.id, &file->arena, &links, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "links of a case");
    for (size_t i = 0; i < count; i++) {
        if (!links[i].unlinked_at && strcmp(links[i].kind, request->kind) == 0 &&
            strcmp(links[i].object, request->object) == 0) {
            *ret_link = links[i];
            return 1;
        }
    }
    return 0;
}

static int write_link(struct call *call, struct casefile *file, enum case_event_type type,
                      struct store_link *link)
{
    struct casefile_step step = {
        .step = {.type = type}, .evidence = &link->object, .evidence_count = 1};
    int result = case_text_set(step.step.object, sizeof step.step.object, link->object);
    if (result < 0)
        return error_set(call->detail, result, "an id has at most %d bytes", CASE_OBJECT_MAX - 1);
    result = arguments_finish(call, file, &step);
    if (result < 0)
        return result;
    if (type == CASE_LINKED)
        link->linked_at = file->state.last_at;
    else
        link->unlinked_at = file->state.last_at;
    result = store_link_put(call->app->store, link);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "link of a case") : 0;
}

/* case.link {case, kind, object, reason}: a finding that says more than is alleged adds an
 * allegation. */
int case_link(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct link_request request = {0};
    struct store_link link;
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = read_request(call, &file, &request);
    if (result >= 0)
        result = find_link(call, &file, &request, &link);
    if (result > 0)
        return error_set(call->detail, ERR_CONFLICT, "%s %s is linked to case %s already",
                         request.kind, request.object, file.record.id);
    if (result < 0)
        return result;
    link = (struct store_link){.case_id = file.record.id,
                               .kind = request.kind,
                               .object = request.object,
                               .linked_by = call->actor.id,
                               .unlinked_by = ""};
    result = write_link(call, &file, CASE_LINKED, &link);
    bool fails = request.finding.id && request.finding.finding.verdict == VERDICT_NOT_MET;
    if (result >= 0 && fails)
        result = allegation_join(&file, &request.finding, &call->actor, call->detail);
    if (result >= 0)
        json_object_set_new(call->result, "alleged", json_boolean(result > 0));
    return result < 0 ? result : 0;
}

/* case.unlink {case, kind, object, reason}: what was alleged meanwhile stays until it is decided.
 */
int case_unlink(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct link_request request = {0};
    struct store_link link;
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = read_request(call, &file, &request);
    if (result >= 0)
        result = find_link(call, &file, &request, &link);
    if (result == 0)
        return error_set(call->detail, ERR_NOT_FOUND, "%s %s is not linked to case %s",
                         request.kind, request.object, file.record.id);
    if (result < 0)
        return result;
    link.unlinked_by = call->actor.id;
    return write_link(call, &file, CASE_UNLINKED, &link);
}
