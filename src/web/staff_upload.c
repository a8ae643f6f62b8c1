/* Forms with files: who may send one, and where. */
#include "web/staff_api.h"
#include "web/staff_parts.h"
#include "web/upload.h"

/* Who asks is looked at before anything is read: what nobody may send takes no room. */
static int admit(struct web_request *request, struct web_response *response)
{
    JSON_CLEANUP json_t *arguments = json_object(), *seen = NULL;
    int result = staff_admit(request, response);
    if (result < 0)
        return result;
    if (staff_caller_of(request)->by_cookie) {
        staff_fail(request, 403, "changes need a bearer token", response);
        return ERR_DENIED;
    }
    if (request->route->audience != AUDIENCE_COMPLAINANT)
        return 0;
    result = staff_find_link(request, arguments, "link", &seen, /* detail= */ NULL);
    if (result == ERR_NOT_FOUND)
        web_problem(response, 401, web_status_text(401), NULL);
    else if (result < 0)
        staff_fail(request, staff_status_of(result), NULL, response);
    return result < 0 ? ERR_DENIED : 0;
}

/* The route's document as a part of a form; NULL where none is taken. */
static const char *form_of(const struct web_request *request)
{
    const struct web_route *route = request->route;
    const struct api_action *action =
        route && (route->handler == api_write || route->handler == api_own) ? route->data : NULL;
    return action ? action->form : NULL;
}

int staff_begin_upload(struct web_request *request, struct web_response *response,
                       struct web_upload **ret_upload)
{
    const struct staff_door *door = staff_door_of(request);
    struct error_detail detail = {0};
    web_route_find(&door->door, request->method, request->path, request);
    const char *document = form_of(request);
    if (!document || !door->config.incoming || !door->config.incoming[0])
        return 0;
    int result = admit(request, response);
    if (result < 0)
        return result;
    result =
        web_upload_new(door->config.incoming, document, request->content_type, ret_upload, &detail);
    if (result >= 0)
        return 0;
    staff_fail_upload(request, result, &detail, response);
    return ERR_DENIED;
}

void staff_fail_upload(const struct web_request *request, int failure,
                       const struct error_detail *detail, struct web_response *response)
{
    int status = failure == ERR_TIMED_OUT ? 408 : staff_status_of(failure);
    staff_fail(request, status, status == 500 ? NULL : error_words(detail, failure), response);
}
