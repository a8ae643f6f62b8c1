#include "web/staff_api.h"

#include "base/password.h"
#include "base/text.h"
#include "web/staff_parts.h"
#include "web/upload.h"

#include <stdio.h>
#include <string.h>

/* --- what there is --- */

static const char *const list_query[] = {"after", "state", "overdue", "order", "limit", NULL};
static const char *const clusters_query[] = {"after", "singles", "limit", NULL};
static const char *const page_query[] = {"after", "limit", NULL};
static const char *const file_query[] = {"anyway", NULL};
static const char *const decide_members[] = {"in-scope",     "obligation", "party", "subject",
                                             "out-of-scope", "reason",     "need",  NULL};
static const char *const close_members[] = {"own", "obligation", "party", "subject", NULL};
static const char *const outcome_members[] = {"outcome", "names", NULL};
static const char *const look_members[] = {"verdict", "reason", NULL};
static const char *const reason_members[] = {"reason", NULL};
static const char *const retype_members[] = {"type", NULL};
static const char *const prioritise_members[] = {"level", "reason", NULL};
static const char *const label_members[] = {"tlp", "reason", NULL};
static const char *const batch_query[] = {"after", NULL};
static const char *const no_members[] = {NULL};

const struct api_action api_complaint_list = {.name = "complaint.list", .query = list_query};
const struct api_action api_complaint_clusters = {.name = "complaint.clusters",
                                                  .query = clusters_query};
const struct api_action api_complaint_cluster = {
    .name = "complaint.clusters", .object = "complaint", .query = page_query};
const struct api_action api_complaint_batch = {
    .name = "complaint.batch", .object = "batch", .query = batch_query};
const struct api_action api_complaint_retention = {.name = "complaint.retention",
                                                   .query = page_query};
const struct api_action api_complaint_holds = {.name = "complaint.holds", .query = page_query};
const struct api_action api_complaint_looks = {.name = "complaint.looks", .query = page_query};
const struct api_action api_complaint_draws = {.name = "complaint.draws", .query = page_query};
const struct api_action api_complaint_file = {
    .name = "complaint.file", .query = file_query, .form = "complaint"};
const struct api_action api_complaint_show = {.name = "complaint.show", .object = "complaint"};
const struct api_action api_complaint_party = {.name = "complaint.party", .object = "complaint"};
const struct api_action api_complaint_decide = {.name = "complaint.decide",
                                                .object = "complaint",
                                                .members = decide_members,
                                                .shown = "complaint.show"};

const struct api_action api_complaint_seen = {.name = "complaint.seen",
                                              .object = "complaint",
                                              .members = no_members,
                                              .shown = "complaint.show"};
const struct api_action api_complaint_close = {.name = "complaint.close",
                                               .object = "complaint",
                                               .members = close_members,
                                               .shown = "complaint.show"};
const struct api_action api_complaint_outcome = {.name = "complaint.outcome",
                                                 .object = "complaint",
                                                 .members = outcome_members,
                                                 .shown = "complaint.show"};
const struct api_action api_complaint_reopen = {.name = "complaint.reopen",
                                                .object = "complaint",
                                                .members = reason_members,
                                                .shown = "complaint.show",
                                                .corrects = true};
const struct api_action api_complaint_prioritise = {.name = "complaint.prioritise",
                                                    .object = "complaint",
                                                    .members = prioritise_members,
                                                    .shown = "complaint.show"};
const struct api_action api_complaint_retype = {.name = "complaint.retype",
                                                .object = "complaint",
                                                .members = retype_members,
                                                .shown = "complaint.show"};
const struct api_action api_complaint_label = {.name = "complaint.label",
                                               .object = "complaint",
                                               .members = label_members,
                                               .shown = "complaint.show"};
const struct api_action api_complaint_look = {.name = "complaint.second-look",
                                              .object = "complaint",
                                              .members = look_members,
                                              .shown = "complaint.show"};
const struct api_action api_complaint_add = {.name = "complaint.add", .form = "addition"};
const struct api_action api_complaint_insist = {.name = "complaint.insist", .members = no_members};
const struct api_action api_complaint_withdraw = {.name = "complaint.withdraw",
                                                  .members = reason_members};
const struct api_action api_complaint_review = {.name = "complaint.review",
                                                .members = reason_members};

static const char *const extension_members[] = {"until", "text", NULL};
static const char *const delegate_members[] = {"id", "case", "may", "from", "until", NULL};
static const char *const revoke_members[] = {"id", "number", NULL};
static const char *const after_query[] = {"after", NULL};
static const char *const duties_query[] = {"as_of", "subject", NULL};

const struct api_action api_own_parties = {.name = "own.parties"};
const struct api_action api_own_grants = {.name = "own.grants", .object = "party"};
const struct api_action api_own_duties = {
    .name = "own.duties", .object = "party", .query = duties_query};
const struct api_action api_own_findings = {
    .name = "own.findings", .object = "party", .query = after_query};
const struct api_action api_own_finding = {.name = "own.finding", .object = "finding"};
const struct api_action api_own_cases = {
    .name = "own.cases", .object = "party", .query = after_query};
const struct api_action api_own_case = {.name = "own.case", .object = "case"};
const struct api_action api_own_complaints = {.name = "own.complaints", .object = "case"};
const struct api_action api_own_answer = {.name = "own.answer",
                                          .object = "case",
                                          .form = "answer",
                                          .shown = "own.case",
                                          .digest_version = true};
const struct api_action api_own_extension = {.name = "own.extension",
                                             .object = "case",
                                             .members = extension_members,
                                             .shown = "own.case",
                                             .digest_version = true};

/* What a party has is shown to whoever may read for it; what it may give, the core says. */
const struct api_action api_own_delegate = {.name = "own.delegate",
                                            .object = "party",
                                            .members = delegate_members,
                                            .shown = "own.party",
                                            .unversioned = true};
const struct api_action api_own_revoke = {.name = "own.revoke",
                                          .object = "party",
                                          .members = revoke_members,
                                          .shown = "own.party",
                                          .unversioned = true};

/* One's own, of the staff as of a party. */
static const char *const hook_members[] = {"url", "for", NULL};
const struct api_action api_hook_list = {.name = "own.hooks"};
const struct api_action api_hook_add = {.name = "own.hook.add", .members = hook_members};
const struct api_action api_hook_revoke = {.name = "own.hook.revoke",
                                           .object = "number",
                                           .members = no_members,
                                           .shown = "own.hook",
                                           .unversioned = true};
const struct api_action api_hook_resume = {.name = "own.hook.resume",
                                           .object = "number",
                                           .members = no_members,
                                           .shown = "own.hook",
                                           .unversioned = true};

static const struct api_action *action_of(const struct web_request *request)
{
    return request->route->data;
}

static bool is_among(const char *const *names, const char *name)
{
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0)
            return true;
    }
    return false;
}

/* --- what was asked --- */

/* The path's id, and what stands behind the question mark. New reference in *ret_arguments. */
static int read_arguments(const struct web_request *request, json_t **ret_arguments,
                          struct error_detail *detail)
{
    const struct api_action *action = action_of(request);
    JSON_CLEANUP json_t *arguments = json_object();
    if (!arguments)
        return ERR_NO_MEMORY;
    if (request->query_excess)
        return error_set(detail, ERR_SYNTAX, "the address asks for too much");
    for (size_t i = 0; i < request->query_count; i++) {
        const struct web_query *query = &request->query[i];
        if (!is_among(action->query, query->name) || json_object_get(arguments, query->name))
            return error_set(detail, ERR_SYNTAX, "'%.40s' is not known here, or stands twice",
                             query->name);
        if (json_object_set_new(arguments, query->name, json_string(query->value)) < 0)
            return error_set(detail, ERR_SYNTAX, "'%.40s' is no text", query->name);
    }
    if (action->object)
        json_object_set_new(arguments, action->object, json_string(request->parameters[0]));
    *ret_arguments = json_incref(arguments);
    return 0;
}

/* --- reading --- */

/* The number of the last event, of what has a history: nothing of it changes without one; or what
 * the answer says itself. */
static void put_version(const json_t *answer, struct web_response *response)
{
    const char *version = json_text(answer, "version");
    if (version)
        snprintf(response->etag, sizeof response->etag, "%s", version);
    const json_t *events = json_object_get(json_object_get(answer, "complaint"), "events");
    size_t count = json_array_size(events);
    if (count)
        snprintf(response->etag, sizeof response->etag, "%lld",
                 (long long)json_number(json_array_get(events, count - 1), "seq", 0));
}

int api_put_answer(const json_t *answer, struct web_response *response)
{
    response->content_type = "application/json";
    int result = json_canonical(answer, &response->body);
    buffer_append_byte(&response->body, '\n');
    return result;
}

int api_read(const struct web_request *request, struct web_response *response)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    const struct api_action *action = action_of(request);
    JSON_CLEANUP json_t *arguments = NULL, *answer = NULL;
    struct error_detail detail = {0};
    int result = read_arguments(request, &arguments, &detail);
    if (result >= 0) {
        result = source->ask(source->context, &staff_caller_of(request)->user, action->name,
                             arguments, &answer, &detail);
        /* What no such thing could be is not there either, without a word more. Where there is more
         * to get wrong than the path, that is looked at after what the path leads to. */
        if (action->object && ((result == ERR_SYNTAX && !action->query) || result == ERR_NOT_FOUND))
            return ERR_NOT_FOUND;
    }
    if (result < 0) {
        staff_fail(request, staff_status_of(result), error_words(&detail, result), response);
        return 0;
    }
    put_version(answer, response);
    return api_put_answer(answer, response);
}

int staff_find_link(const struct web_request *request, json_t *arguments, const char *name,
                    json_t **ret_answer, struct error_detail *detail)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    const struct staff_user nobody = {.name = ""};
    JSON_CLEANUP json_t *asked = json_object();
    struct staff_proof link;
    int result = staff_find_proof(request, &link);
    if (result < 0 || link.is_cookie)
        result = ERR_NOT_FOUND;
    /* What is no UTF-8 is no link. */
    if (result >= 0 && (json_object_set_new(asked, "token", json_string(link.secret)) < 0 ||
                        json_object_set_new(arguments, name, json_string(link.secret)) < 0))
        result = ERR_NOT_FOUND;
    password_forget(&link, sizeof link);
    return result < 0 ? result
                      : source->ask(source->context, &nobody, "complaint.follow", asked, ret_answer,
                                    detail);
}

int api_follow(const struct web_request *request, struct web_response *response)
{
    JSON_CLEANUP json_t *arguments = json_object(), *answer = NULL;
    struct error_detail detail = {0};
    int result = staff_find_link(request, arguments, "token", &answer, &detail);
    if (result == ERR_NOT_FOUND) {
        web_problem(response, 401, web_status_text(401), NULL);
        return 0;
    }
    return result < 0 ? result : api_put_answer(answer, response);
}

/* --- writing --- */

enum { RETRY_S = 3600 }; /* some of what is counted is over by then */

/* A form was let in before (staff_upload.c). */
static int check_json(const struct web_request *request)
{
    return request->upload || web_is_type(request, "application/json") ? 0 : ERR_UNSUPPORTED;
}

int api_check_request(const struct web_request *request, struct error_detail *detail)
{
    if (staff_caller_of(request)->by_cookie)
        return error_set(detail, ERR_DENIED, "changes need a bearer token");
    return check_json(request);
}

/* Text, true, or a list of texts. */
static bool is_argument(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i)))
            return false;
    }
    return json_is_string(value) || json_is_true(value) || json_is_array(value);
}

int api_check_members(const json_t *object, const char *where, const char *const *known,
                      struct error_detail *detail)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object))
        return error_set(detail, ERR_SYNTAX, "%s is no object", where[0] ? where : "the body");
    json_object_foreach((json_t *)object, name, value)
    {
        if (!is_among(known, name))
            return error_set(detail, ERR_SYNTAX, "%s/%.40s is not known here", where, name);
    }
    return 0;
}

int api_merge_members(const struct api_action *action, json_t *object, const char *where,
                      json_t *arguments, struct error_detail *detail)
{
    const char *name;
    json_t *value;
    int result = api_check_members(object, where, action->members, detail);
    if (result < 0)
        return result;
    json_object_foreach(object, name, value)
    {
        if (!is_argument(value))
            return error_set(detail, ERR_SYNTAX,
                             "%s/%.40s is neither text, true nor a list of texts", where, name);
    }
    return json_object_update(arguments, object) < 0 ? ERR_NO_MEMORY : 0;
}

static int read_body(const struct web_request *request, json_t *arguments,
                     struct error_detail *detail)
{
    const struct api_action *action = action_of(request);
    JSON_CLEANUP json_t *body = NULL;
    if (request->upload)
        return web_upload_end(request->upload, arguments, detail);
    int result = json_parse((const char *)request->body, request->body_size, &body, detail);
    if (result < 0)
        return result;
    if (action->members)
        return api_merge_members(action, body, "", arguments, detail);
    /* The core reads it itself, with the same rules as from the command line. */
    json_t *text = json_stringn((const char *)request->body, request->body_size);
    return text && json_object_set_new(arguments, "document", text) >= 0 ? 0 : ERR_SYNTAX;
}

/* RFC 9110 13.1.1, of one version; "*" would be a change that nobody looked at before. */
static int read_version(const struct web_request *request, json_t *arguments)
{
    const struct api_action *action = action_of(request);
    const char *tag = request->if_match;
    int64_t version;
    char number[40];
    size_t size = tag ? strlen(tag) : 0;
    if (!action->object || action->unversioned)
        return 0;
    if (!tag)
        return 428;
    if (size < 3 || size > sizeof number || tag[0] != '"' || tag[size - 1] != '"')
        return 412;
    snprintf(number, sizeof number, "%.*s", (int)(size - 2), tag + 1);
    if (action->digest_version)
        return json_object_set_new(arguments, "version", json_string(number)) < 0 ? 412 : 0;
    if (text_parse_int(number, 1, INT32_MAX, &version) < 0)
        return 412;
    return json_object_set_new(arguments, "version", json_integer(version)) < 0 ? 500 : 0;
}

/* Flags of the query string are true or nothing. What makes something may be sent again with a key;
 * other changes name their version, which is as good. */
static int read_flags(const struct web_request *request, json_t *arguments)
{
    const char *key = action_of(request)->object ? NULL : request->idempotency_key;
    if (key && json_object_set_new(arguments, "idempotency_key", json_string(key)) < 0)
        return ERR_SYNTAX;
    const char *anyway = json_text(arguments, "anyway");
    if (anyway)
        json_object_set_new(arguments, "anyway", json_boolean(strcmp(anyway, "true") == 0));
    return 0;
}

static const int *file_of(const struct web_request *request)
{
    return request->upload ? web_upload_file(request->upload) : NULL;
}

static int run(const struct web_request *request, const json_t *arguments, json_t **ret_result,
               struct error_detail *detail)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    struct staff_proof proof;
    int result = staff_find_proof(request, &proof);
    if (result >= 0)
        result = source->run(source->context,
                             &(const struct staff_run){&proof, action_of(request)->name, arguments,
                                                       file_of(request)},
                             ret_result, detail);
    password_forget(&proof, sizeof proof);
    return result;
}

int api_find_object(const struct web_request *request, const char *id)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    const struct api_action *action = action_of(request);
    JSON_CLEANUP json_t *asked = NULL, *shown = NULL;
    struct error_detail detail = {0};
    if (!action->object)
        return 0;
    asked = json_pack("{s:s}", action->object, id);
    int result = source->ask(source->context, &staff_caller_of(request)->user, action->shown, asked,
                             &shown, &detail);
    return result == ERR_SYNTAX ? ERR_NOT_FOUND : result;
}

/* What was made has an address of its own. */
static void put_made(const struct web_request *request, const json_t *result,
                     struct web_response *response)
{
    const char *reference = json_text(result, "reference");
    if (action_of(request)->object || !reference)
        return;
    response->status = 201;
    snprintf(response->location, sizeof response->location, "%s/%s", request->path, reference);
}

int api_write(const struct web_request *request, struct web_response *response)
{
    JSON_CLEANUP json_t *arguments = NULL, *result = NULL;
    struct error_detail detail = {0};
    int status = 0, failure = api_check_request(request, &detail);
    if (failure >= 0)
        failure = api_find_object(request, request->parameters[0]);
    if (failure == ERR_NOT_FOUND)
        return failure;
    if (failure >= 0)
        failure = read_arguments(request, &arguments, &detail);
    if (failure >= 0)
        failure = read_body(request, arguments, &detail);
    if (failure >= 0)
        status = read_version(request, arguments);
    if (failure >= 0 && !status) {
        failure = read_flags(request, arguments);
        if (failure >= 0)
            failure = run(request, arguments, &result, &detail);
        /* The path leads somewhere: what is not there was named by the body. */
        if (failure == ERR_NOT_FOUND)
            failure = ERR_REFUSED;
        if (failure == ERR_CONFLICT && action_of(request)->object &&
            !action_of(request)->unversioned)
            status = 412;
        if (failure == ERR_TIMED_OUT)
            status = 429;
    }
    if (failure < 0 || status) {
        staff_fail(request, status ? status : staff_status_of(failure),
                   failure < 0 ? error_words(&detail, failure) : NULL, response);
        if (status == 429)
            response->retry_after_s = RETRY_S;
        return 0;
    }
    put_made(request, result, response);
    return api_put_answer(result, response);
}

/* --- what a complainant does --- */

int api_own(const struct web_request *request, struct web_response *response)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    JSON_CLEANUP json_t *arguments = NULL, *link = json_object(), *seen = NULL, *result = NULL;
    struct error_detail detail = {0};
    int failure = staff_find_link(request, link, "link", &seen, &detail);
    if (failure == ERR_NOT_FOUND) {
        web_problem(response, 401, web_status_text(401), NULL);
        return 0;
    }
    if (failure >= 0)
        failure = check_json(request);
    if (failure >= 0)
        failure = read_arguments(request, &arguments, &detail);
    if (failure >= 0)
        failure = read_body(request, arguments, &detail);
    if (failure >= 0 && json_object_update(arguments, link) < 0)
        failure = ERR_NO_MEMORY;
    if (failure >= 0)
        failure = source->run(source->context,
                              &(const struct staff_run){/* proof= */ NULL, action_of(request)->name,
                                                        arguments, file_of(request)},
                              &result, &detail);
    if (failure >= 0)
        return api_put_answer(result, response);
    bool too_much = failure == ERR_TIMED_OUT;
    staff_fail(request, too_much ? 429 : staff_status_of(failure), error_words(&detail, failure),
               response);
    if (too_much)
        response->retry_after_s = RETRY_S;
    return 0;
}
