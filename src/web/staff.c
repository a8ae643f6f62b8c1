#include "web/staff_parts.h"

#include "base/password.h"
#include "base/text.h"
#include "view/calendar_feed.h"
#include "view/metrics.h"
#include "web/bulk_api.h"
#include "web/staff_api.h"
#include "web/style.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a route of the table does. */
struct staff_action {
    enum staff_page page;
    const char *verb; /* of a form; NULL for a page */
};

bool staff_is_api(const struct web_request *request)
{
    return text_starts_with(request->path, "/api/") || strcmp(request->path, "/metrics") == 0 ||
           text_ends_with(request->path, ".ics");
}

/* --- pages --- */

int staff_put_page(const struct web_request *request, enum staff_page page, const json_t *context,
                   struct web_response *response)
{
    const struct staff_config *config = &staff_door_of(request)->config;
    const struct caller *caller = staff_caller_of(request);
    const struct staff_frame frame = {.authority_name = config->authority_name,
                                      .user = caller->user.name,
                                      .role = caller->user.role,
                                      .csrf = caller->csrf,
                                      .demo = config->demo};
    return staff_page_render(page, context, &frame, &response->body, NULL);
}

void staff_fail(const struct web_request *request, int status, const char *words,
                struct web_response *response)
{
    if (staff_is_api(request)) {
        web_problem(response, status, web_status_text(status), words);
        return;
    }
    JSON_CLEANUP json_t *context =
        json_pack("{s:i, s:s}", "status", status, "words", words ? words : web_status_text(status));
    response->status = status;
    if (!context || staff_put_page(request, STAFF_PAGE_ERROR, context, response) < 0)
        web_problem(response, status, web_status_text(status), words);
}

static int fetch(const struct web_request *request, enum staff_page page, json_t **ret_context)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    const struct staff_user *user = &staff_caller_of(request)->user;
    const char *id = request->parameters[0];
    switch (page) {
    case STAFF_PAGE_WORKLIST:
        return source->worklist(source->context, user, ret_context);
    case STAFF_PAGE_MATRIX:
        return source->matrix(source->context, user, ret_context);
    case STAFF_PAGE_PARTY:
        return source->party(source->context, user, id, ret_context);
    case STAFF_PAGE_FINDING:
        return source->finding(source->context, user, id, ret_context);
    case STAFF_PAGE_CASE:
        return source->case_page(source->context, user, id, ret_context);
    case STAFF_PAGE_LETTER:
        return source->letter(source->context, user, id, ret_context);
    case STAFF_PAGE_SESSION:
        return source->sessions(source->context, user, ret_context);
    case STAFF_PAGE_DONE:
    case STAFF_PAGE_LOGIN:
    case STAFF_PAGE_ERROR:
    case STAFF_PAGE_COUNT:
        break;
    }
    return ERR_NOT_FOUND;
}

static int serve_page(const struct web_request *request, struct web_response *response)
{
    const struct staff_action *action = request->route->data;
    JSON_CLEANUP json_t *context = NULL;
    int result = fetch(request, action->page, &context);
    return result < 0 ? result : staff_put_page(request, action->page, context, response);
}

static int put_json(const json_t *value, struct web_response *response)
{
    response->content_type = "application/json";
    int result = json_canonical(value, &response->body);
    buffer_append_byte(&response->body, '\n');
    return result;
}

static int serve_json(const struct web_request *request, struct web_response *response)
{
    const struct staff_action *action = request->route->data;
    JSON_CLEANUP json_t *context = NULL;
    int result = fetch(request, action->page, &context);
    return result < 0 ? result : put_json(context, response);
}

static int serve_metrics(const struct web_request *request, struct web_response *response)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    JSON_CLEANUP json_t *metrics = NULL;
    int result = source->metrics(source->context, &metrics);
    if (result < 0)
        return result;
    response->content_type = METRICS_CONTENT_TYPE;
    return metrics_write(metrics, &response->body, NULL);
}

/* Of everybody, of one party or of one handler, as the route says. */
static int serve_calendar(const struct web_request *request, struct web_response *response)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    const char *whose = request->route->data, *id = request->parameters[0];
    JSON_CLEANUP json_t *list = NULL;
    int result = source->deadlines(source->context, &staff_caller_of(request)->user,
                                   strcmp(whose, "party") == 0 ? id : NULL,
                                   strcmp(whose, "handler") == 0 ? id : NULL, &list);
    if (result < 0)
        return result;
    response->content_type = CALENDAR_FEED_TYPE;
    return calendar_feed_write(list, &response->body, NULL);
}

/* --- commands --- */

int staff_status_of(int failure)
{
    switch (failure) {
    case ERR_SYNTAX:
    case ERR_USAGE:
        return 400;
    case ERR_DENIED:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_CONFLICT:
        return 409;
    case ERR_LIMIT:
        return 413;
    case ERR_UNSUPPORTED:
        return 415;
    case ERR_REFUSED:
        return 422;
    case ERR_UNAVAILABLE:
        return 503;
    case -ENOSPC:
    case -EDQUOT:
        return 507; /* RFC 4918 11.5 */
    default:
        return 500;
    }
}

/* From a form of a page about one object to a command: the object's id comes from the path. */
static int make_command(const struct web_request *request, json_t *form)
{
    const struct staff_action *action = request->route->data;
    json_object_del(form, "csrf");
    if (json_object_set_new(form, "verb", json_string(action->verb)) != 0 ||
        json_object_set_new(form, staff_page_text(action->page),
                            json_string(request->parameters[0])) != 0)
        return ERR_NO_MEMORY;
    return 0;
}

static int run_command(const struct web_request *request, const json_t *command,
                       json_t **ret_result, struct error_detail *detail)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    struct staff_proof proof;
    int result = staff_find_proof(request, &proof);
    if (result < 0)
        return result;
    const struct staff_order order = {
        .user = &staff_caller_of(request)->user, .proof = &proof, .command = command};
    result = source->command(source->context, &order, ret_result, detail);
    password_forget(&proof, sizeof proof);
    return result;
}

static int serve_form(const struct web_request *request, struct web_response *response)
{
    const struct staff_action *action = request->route->data;
    JSON_CLEANUP json_t *form = NULL, *result = NULL;
    struct error_detail detail = {0};
    int failure = staff_read_form(request, &form);
    if (failure >= 0)
        failure = make_command(request, form);
    if (failure >= 0)
        failure = run_command(request, form, &result, &detail);
    if (failure < 0) {
        staff_fail(request, staff_status_of(failure), error_words(&detail, failure), response);
        return 0;
    }
    const char *words = json_text(result, "words");
    char back[WEB_PARAMETER_MAX + 16];
    bool one = action->page != STAFF_PAGE_SESSION; /* which is a page of all of them */
    snprintf(back, sizeof back, "/%ss%s%s", staff_page_text(action->page), one ? "/" : "",
             one ? request->parameters[0] : "");
    JSON_CLEANUP json_t *context =
        json_pack("{s:s, s:s}", "words", words ? words : "", "back", back);
    return staff_put_page(request, STAFF_PAGE_DONE, context, response);
}

/* The API takes bearer tokens only, so no page of another site can make a browser act here. */
static int serve_command(const struct web_request *request, struct web_response *response)
{
    JSON_CLEANUP json_t *command = NULL, *result = NULL;
    struct error_detail detail = {0};
    int failure = 0;
    if (staff_caller_of(request)->by_cookie)
        failure = error_set(&detail, ERR_DENIED, "commands need a bearer token");
    else if (!web_is_type(request, "application/json"))
        failure = ERR_UNSUPPORTED;
    if (failure >= 0)
        failure = json_parse((const char *)request->body, request->body_size, &command, &detail);
    if (failure >= 0 && !json_is_object(command))
        failure = ERR_SYNTAX;
    if (failure >= 0)
        failure = run_command(request, command, &result, &detail);
    if (failure < 0) {
        staff_fail(request, staff_status_of(failure), error_words(&detail, failure), response);
        return 0;
    }
    return put_json(result, response);
}

/* --- routes --- */

#define PAGE(pattern, page, summary)                                                               \
    {                                                                                              \
        "GET", pattern, AUDIENCE_STAFF, serve_page, summary, &(const struct staff_action)          \
        {                                                                                          \
            page, NULL                                                                             \
        }                                                                                          \
    }
#define API(pattern, page, summary)                                                                \
    {                                                                                              \
        "GET", pattern, AUDIENCE_STAFF, serve_json, summary, &(const struct staff_action)          \
        {                                                                                          \
            page, NULL                                                                             \
        }                                                                                          \
    }
#define FORM(pattern, page, verb, summary)                                                         \
    {                                                                                              \
        "POST", pattern, AUDIENCE_STAFF, serve_form, summary, &(const struct staff_action)         \
        {                                                                                          \
            page, verb                                                                             \
        }                                                                                          \
    }

static const struct web_route routes[] = {
    STYLE_ROUTE,
    {"GET", "/login", AUDIENCE_PUBLIC, staff_serve_login, "the page to sign in", NULL},
    {"POST", "/login", AUDIENCE_PUBLIC, staff_login, "sign in with a password or a token", NULL},
    {"POST", "/logout", AUDIENCE_STAFF, staff_logout, "sign out", NULL},
    PAGE("/", STAFF_PAGE_WORKLIST, "next deadlines and letters to approve"),
    PAGE("/matrix", STAFF_PAGE_MATRIX, "parties by obligation"),
    PAGE("/parties/:id", STAFF_PAGE_PARTY, "one party"),
    PAGE("/findings/:id", STAFF_PAGE_FINDING, "one finding"),
    PAGE("/cases/:id", STAFF_PAGE_CASE, "one case with its timeline"),
    PAGE("/letters/:id", STAFF_PAGE_LETTER, "one letter, its bytes and its approval"),
    PAGE("/sessions", STAFF_PAGE_SESSION, "where one is signed in"),
    FORM("/sessions/:id/end", STAFF_PAGE_SESSION, "end", "end one of one's sessions"),
    FORM("/cases/:id/answer", STAFF_PAGE_CASE, "answer", "record the party's answer"),
    FORM("/cases/:id/agree", STAFF_PAGE_CASE, "agree", "agree to a step that waits for two"),
    FORM("/letters/:id/approve", STAFF_PAGE_LETTER, "approve", "approve the bytes of a letter"),
    FORM("/letters/:id/send", STAFF_PAGE_LETTER, "send", "hand an approved letter to the mail"),
    API("/api/v1/worklist", STAFF_PAGE_WORKLIST, "the same as JSON"),
    API("/api/v1/matrix", STAFF_PAGE_MATRIX, "the same as JSON"),
    API("/api/v1/parties/:id", STAFF_PAGE_PARTY, "the same as JSON"),
    API("/api/v1/findings/:id", STAFF_PAGE_FINDING, "the same as JSON"),
    API("/api/v1/cases/:id", STAFF_PAGE_CASE, "the same as JSON"),
    API("/api/v1/letters/:id", STAFF_PAGE_LETTER, "the same as JSON"),
    {"POST", "/api/v1/commands", AUDIENCE_STAFF, serve_command, "approve, send, answer, agree",
     NULL},
    {"GET", "/api/v1/complaints", AUDIENCE_STAFF, api_read, "complaints, oldest first",
     &api_complaint_list},
    {"POST", "/api/v1/complaints", AUDIENCE_STAFF, api_write, "file a complaint",
     &api_complaint_file},
    {"GET", "/api/v1/clusters", AUDIENCE_STAFF, api_read, "complaints that are alike, most first",
     &api_complaint_clusters},
    {"GET", "/api/v1/clusters/:id", AUDIENCE_STAFF, api_read,
     "those that are like a complaint, and wait", &api_complaint_cluster},
    {"GET", "/api/v1/holds", AUDIENCE_STAFF, api_read, "complaints on legal hold",
     &api_complaint_holds},
    {"GET", "/api/v1/retention", AUDIENCE_STAFF, api_read, "complaints that are due to be erased",
     &api_complaint_retention},
    {"GET", "/api/v1/batches/:id", AUDIENCE_STAFF, api_read, "what was decided together",
     &api_complaint_batch},
    {"GET", "/api/v1/second-looks", AUDIENCE_STAFF, api_read,
     "closures that another person looks at again", &api_complaint_looks},
    {"GET", "/api/v1/draws", AUDIENCE_STAFF, api_read, "how often closures were wrong",
     &api_complaint_draws},
    {"GET", "/api/v1/followed", AUDIENCE_COMPLAINANT, api_follow, "a complaint, by its secret link",
     NULL},
    {"POST", "/api/v1/followed/additions", AUDIENCE_COMPLAINANT, api_own,
     "add words, answers and exhibits", &api_complaint_add},
    {"POST", "/api/v1/followed/filing", AUDIENCE_COMPLAINANT, api_own, "file a draft as it is",
     &api_complaint_insist},
    {"POST", "/api/v1/followed/withdrawal", AUDIENCE_COMPLAINANT, api_own, "take it back",
     &api_complaint_withdraw},
    {"POST", "/api/v1/followed/review", AUDIENCE_COMPLAINANT, api_own,
     "ask that another person looks at the decision", &api_complaint_review},
    {"POST", "/api/v1/complaints/filings", AUDIENCE_STAFF, api_bulk_file, "file several complaints",
     &api_complaint_file},
    {"POST", "/api/v1/complaints/decisions", AUDIENCE_STAFF, api_bulk,
     "look at the same decision about many, or take it", &api_complaint_decide},
    {"POST", "/api/v1/complaints/reopenings", AUDIENCE_STAFF, api_bulk,
     "the same of taking decisions back", &api_complaint_reopen},
    {"GET", "/api/v1/complaints/:id", AUDIENCE_STAFF, api_read, "one complaint with its history",
     &api_complaint_show},
    {"GET", "/api/v1/complaints/:id/party", AUDIENCE_STAFF, api_read,
     "as the party of its case sees it", &api_complaint_party},
    {"POST", "/api/v1/complaints/:id/decision", AUDIENCE_STAFF, api_write,
     "say whether it is in scope, or ask for more", &api_complaint_decide},
    {"POST", "/api/v1/complaints/:id/reopening", AUDIENCE_STAFF, api_write, "take a decision back",
     &api_complaint_reopen},
    {"POST", "/api/v1/complaints/:id/type", AUDIENCE_STAFF, api_write, "say of which type it is",
     &api_complaint_retype},
    {"POST", "/api/v1/complaints/:id/priority", AUDIENCE_STAFF, api_write,
     "say how soon it is read", &api_complaint_prioritise},
    {"POST", "/api/v1/complaints/:id/label", AUDIENCE_STAFF, api_write, "say how far it may go",
     &api_complaint_label},
    {"POST", "/api/v1/complaints/:id/outcomes", AUDIENCE_STAFF, api_write,
     "say what became of names of it", &api_complaint_outcome},
    {"POST", "/api/v1/complaints/:id/second-look", AUDIENCE_STAFF, api_write,
     "say whether a closure that was drawn was right", &api_complaint_look},
    {"POST", "/api/v1/complaints/:id/seen", AUDIENCE_STAFF, api_write,
     "an addition was read, and the decision stands", &api_complaint_seen},
    {"POST", "/api/v1/complaints/:id/closing", AUDIENCE_STAFF, api_write,
     "end what was taken back, or go on with it", &api_complaint_close},
    {"GET", "/api/v1/hooks", AUDIENCE_STAFF, api_read, "one's hooks, and how they do",
     &api_hook_list},
    {"POST", "/api/v1/hooks", AUDIENCE_STAFF, api_write, "have a program told what changed",
     &api_hook_add},
    {"POST", "/api/v1/hooks/:id/revocation", AUDIENCE_STAFF, api_write, "tell it nothing any more",
     &api_hook_revoke},
    {"POST", "/api/v1/hooks/:id/resumption", AUDIENCE_STAFF, api_write,
     "try one again that was set aside", &api_hook_resume},
    {"GET", "/api/v1/own/hooks", AUDIENCE_PARTY, api_read, "one's hooks, and how they do",
     &api_hook_list},
    {"POST", "/api/v1/own/hooks", AUDIENCE_PARTY, api_write, "have a program told what changed",
     &api_hook_add},
    {"POST", "/api/v1/own/hooks/:id/revocation", AUDIENCE_PARTY, api_write,
     "tell it nothing any more", &api_hook_revoke},
    {"POST", "/api/v1/own/hooks/:id/resumption", AUDIENCE_PARTY, api_write,
     "try one again that was set aside", &api_hook_resume},
    {"GET", "/api/v1/own/parties", AUDIENCE_PARTY, api_read, "for whom one may see or do something",
     &api_own_parties},
    {"GET", "/api/v1/own/parties/:id/grants", AUDIENCE_PARTY, api_read, "who may act for a party",
     &api_own_grants},
    {"GET", "/api/v1/own/parties/:id/duties", AUDIENCE_PARTY, api_read,
     "what binds a party on a day", &api_own_duties},
    {"GET", "/api/v1/own/parties/:id/findings", AUDIENCE_PARTY, api_read,
     "findings of a party's cases", &api_own_findings},
    {"GET", "/api/v1/own/parties/:id/cases", AUDIENCE_PARTY, api_read, "cases of a party",
     &api_own_cases},
    {"GET", "/api/v1/own/findings/:id", AUDIENCE_PARTY, api_read, "one finding of a case",
     &api_own_finding},
    {"GET", "/api/v1/own/cases/:id", AUDIENCE_PARTY, api_read, "one case, as its party sees it",
     &api_own_case},
    {"GET", "/api/v1/own/cases/:id/complaints", AUDIENCE_PARTY, api_read,
     "the complaints that led to it, as its party sees them", &api_own_complaints},
    {"POST", "/api/v1/own/cases/:id/answers", AUDIENCE_PARTY, api_write,
     "answer what a letter asks", &api_own_answer},
    {"POST", "/api/v1/own/cases/:id/extensions", AUDIENCE_PARTY, api_write, "ask for more time",
     &api_own_extension},
    {"POST", "/api/v1/own/parties/:id/grants", AUDIENCE_PARTY, api_write,
     "let a colleague see and answer", &api_own_delegate},
    {"POST", "/api/v1/own/parties/:id/revocations", AUDIENCE_PARTY, api_write,
     "take back what was delegated", &api_own_revoke},
    {"GET", "/deadlines.ics", AUDIENCE_STAFF, serve_calendar, "deadlines that run, as a calendar",
     ""},
    {"GET", "/parties/:id/deadlines.ics", AUDIENCE_STAFF, serve_calendar, "those of one party",
     "party"},
    {"GET", "/handlers/:id/deadlines.ics", AUDIENCE_STAFF, serve_calendar, "those in one's hands",
     "handler"},
    {"GET", "/metrics", AUDIENCE_STAFF, serve_metrics, "OpenMetrics", NULL},
};

const struct web_route *staff_routes(size_t *ret_count)
{
    *ret_count = sizeof routes / sizeof *routes;
    return routes;
}

/* --- the door --- */

int staff_start(const struct staff_config *config, int listen_fd, struct staff_door **ret_door,
                struct error_detail *detail)
{
    struct staff_door *door = calloc(1, sizeof *door);
    if (!door)
        return ERR_NO_MEMORY;
    door->config = *config;
    door->door = (struct web_door){.routes = routes,
                                   .route_count = sizeof routes / sizeof *routes,
                                   .context = door,
                                   .admit = staff_admit,
                                   .fail = staff_fail,
                                   .begin_upload = staff_begin_upload,
                                   .fail_upload = staff_fail_upload,
                                   .forms = true,
                                   .proxy = config->proxy,
                                   .caller_size = sizeof(struct caller),
                                   .turn = config->turn};
    int result = web_server_start(&door->door, listen_fd, &door->server, detail);
    if (result < 0) {
        free(door);
        return result;
    }
    *ret_door = door;
    return 0;
}

void staff_stop(struct staff_door *door)
{
    if (!door)
        return;
    web_server_stop(door->server);
    free(door);
}
