#include "web/bulk_api.h"

#include "base/password.h"
#include "model/bulk.h"
#include "web/staff_api.h"
#include "web/staff_parts.h"

#include <stdio.h>
#include <string.h>

struct bulk {
    const struct web_request *request;
    struct staff_proof proof;
    json_t *decision;   /* what is said of all of them */
    json_t *complaints; /* [{reference, version, decision?}] */
    bool preview;
    const char *given; /* the digest of a preview, where one was given */
    char digest[DIGEST_HEX];
    json_t *items; /* what became of each */
    int64_t done, refused;
};

static void end(struct bulk *bulk)
{
    json_decref(bulk->decision);
    json_decref(bulk->complaints);
    json_decref(bulk->items);
    password_forget(&bulk->proof, sizeof bulk->proof);
}

/* --- what is asked --- */

static int read_item(struct bulk *bulk, const json_t *row, size_t index,
                     struct error_detail *detail)
{
    static const char *const corrected[] = {"id", "version", "decision", NULL}, *const plain[] = {
                                                                                    "id", "version",
                                                                                    NULL};
    const struct api_action *action = bulk->request->route->data;
    const char *id = json_text(row, "id");
    const json_t *decision = json_object_get(row, "decision");
    char where[40];
    snprintf(where, sizeof where, "/complaints/%zu", index);
    int result = api_check_members(row, where, action->corrects ? corrected : plain, detail);
    if (result < 0)
        return result;
    if (!id || json_number(row, "version", 0) < 1 || (decision && !json_is_integer(decision)))
        return error_set(detail, ERR_SYNTAX, "%s has no id, or no version, which its ETag is",
                         where);
    json_t *item = json_pack("{s:s, s:O, s:O*}", "reference", id, "version",
                             json_object_get(row, "version"), "decision", decision);
    return json_array_append_new(bulk->complaints, item) < 0 ? ERR_NO_MEMORY : 0;
}

static int read_complaints(struct bulk *bulk, const json_t *body, struct error_detail *detail)
{
    const json_t *list = json_object_get(body, "complaints"), *row;
    size_t i;
    int result = 0;
    bulk->complaints = json_array();
    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > API_BULK_MAX)
        return error_set(detail, ERR_SYNTAX, "/complaints is a list of 1 to %d", API_BULK_MAX);
    json_array_foreach(list, i, row)
    {
        if (result >= 0)
            result = read_item(bulk, row, i, detail);
    }
    return result;
}

static int read_way(struct bulk *bulk, const json_t *body, struct error_detail *detail)
{
    const json_t *preview = json_object_get(body, "preview");
    struct digest digest;
    bulk->preview = json_is_true(preview);
    bulk->given = json_text(body, "digest");
    if ((preview && !bulk->preview) || bulk->preview == (bulk->given != NULL) ||
        (bulk->given && digest_parse(bulk->given, &digest) < 0))
        return error_set(detail, ERR_SYNTAX,
                         "say \"preview\": true, or the \"digest\" of a preview");
    return 0;
}

static int read_decision(struct bulk *bulk, const json_t *body, struct error_detail *detail)
{
    const struct api_action *action = bulk->request->route->data;
    bulk->decision = json_object();
    if (!bulk->decision)
        return ERR_NO_MEMORY;
    return api_merge_members(action, json_object_get(body, "decision"), "/decision", bulk->decision,
                             detail);
}

static int read_body(struct bulk *bulk, json_t **ret_body, struct error_detail *detail)
{
    static const char *const known[] = {"complaints", "decision", "preview", "digest", NULL};
    const struct web_request *request = bulk->request;
    int result = json_parse((const char *)request->body, request->body_size, ret_body, detail);
    if (result >= 0)
        result = api_check_members(*ret_body, "", known, detail);
    if (result >= 0)
        result = read_complaints(bulk, *ret_body, detail);
    if (result >= 0)
        result = read_way(bulk, *ret_body, detail);
    return result < 0 ? result : read_decision(bulk, *ret_body, detail);
}

/* What was looked at has to be what is asked for. */
static int check_digest(struct bulk *bulk, struct error_detail *detail)
{
    const struct api_action *action = bulk->request->route->data;
    struct digest digest;
    int result = bulk_digest(action->name, bulk->decision, bulk->complaints, &digest);
    if (result < 0)
        return result;
    digest_format(&digest, bulk->digest);
    return !bulk->given || strcmp(bulk->given, bulk->digest) == 0
               ? 0
               : error_set(detail, ERR_CONFLICT,
                           "the digest is of other complaints, versions or decisions: look at"
                           " these with \"preview\": true");
}

/* --- each --- */

static int run_one(struct bulk *bulk, const json_t *row, bool preview, json_t **ret_answer,
                   struct error_detail *detail)
{
    const struct staff_source *source = staff_door_of(bulk->request)->config.source;
    const struct api_action *action = bulk->request->route->data;
    JSON_CLEANUP json_t *arguments = json_copy(bulk->decision);
    if (!arguments)
        return ERR_NO_MEMORY;
    json_object_set(arguments, action->object, json_object_get(row, "reference"));
    json_object_set(arguments, "version", json_object_get(row, "version"));
    if (json_object_get(row, "decision"))
        json_object_set(arguments, "decision", json_object_get(row, "decision"));
    if (preview)
        json_object_set_new(arguments, "preview", json_true());
    else
        json_object_set_new(arguments, "batch", json_string(bulk->digest));
    const struct staff_run run = {&bulk->proof, action->name, arguments, /* file= */ NULL};
    return source->run(source->context, &run, ret_answer, detail);
}

/* Of what is not there for who asks: who may do nothing of the kind is told that, as of what is.
 * The first one tells it for all. */
static int check_role(struct bulk *bulk, const json_t *row, struct error_detail *detail)
{
    JSON_CLEANUP json_t *none = NULL;
    struct error_detail quiet = {0};
    if (json_array_size(bulk->items) > 0)
        return ERR_NOT_FOUND;
    if (run_one(bulk, row, /* preview= */ true, &none, &quiet) != ERR_DENIED)
        return ERR_NOT_FOUND;
    *detail = quiet;
    return ERR_DENIED;
}

json_t *bulk_problem(int failure, const struct error_detail *detail)
{
    int status = failure == ERR_CONFLICT ? 412 : staff_status_of(failure);
    return failure == ERR_NOT_FOUND
               ? json_pack("{s:i, s:s}", "status", status, "title", web_status_text(status))
               : json_pack("{s:i, s:s, s:s}", "status", status, "title", web_status_text(status),
                           "detail", error_words(detail, failure));
}

json_t *bulk_untried(void)
{
    const struct error_detail detail = {.text = "not tried, since one before it failed"};
    return bulk_problem(ERR_UNAVAILABLE, &detail);
}

static int act_on(struct bulk *bulk, const json_t *row, struct error_detail *detail)
{
    JSON_CLEANUP json_t *answer = NULL;
    json_t *item, *reference = json_object_get(row, "reference");
    int result = api_find_object(bulk->request, json_string_value(reference));
    if (result == ERR_NOT_FOUND)
        result = check_role(bulk, row, detail);
    else if (result >= 0)
        result = run_one(bulk, row, bulk->preview, &answer, detail);
    if (result >= 0) {
        item = json_pack("{s:O, s:O?, s:O?, s:O?, s:n}", "reference", reference, "state",
                         json_object_get(answer, "state"), "closure",
                         json_object_get(answer, "closure"), "case",
                         json_object_get(answer, "case"), "problem");
        bulk->done++;
    } else {
        item = json_pack("{s:O, s:n, s:n, s:n, s:o}", "reference", reference, "state", "closure",
                         "case", "problem", bulk_problem(result, detail));
        bulk->refused++;
    }
    if (json_array_append_new(bulk->items, item) < 0)
        return ERR_NO_MEMORY;
    return result >= 0 || bulk_is_refusal(result) ? 0 : result;
}

/* Where something fails that lies in no complaint, those behind it are told as not tried. */
static int act_on_all(struct bulk *bulk, struct error_detail *detail)
{
    size_t i;
    const json_t *row;
    int failure = 0;
    bulk->items = json_array();
    json_array_foreach(bulk->complaints, i, row)
    {
        struct error_detail of_one = {0};
        if (failure >= 0)
            failure = act_on(bulk, row, &of_one);
        else if (json_array_append_new(bulk->items,
                                       json_pack("{s:O, s:n, s:n, s:n, s:o}", "reference",
                                                 json_object_get(row, "reference"), "state",
                                                 "closure", "case", "problem", bulk_untried())) < 0)
            return ERR_NO_MEMORY;
        /* Nothing was done: the request as a whole is what failed. */
        if (failure < 0 && bulk->done == 0) {
            *detail = of_one;
            return failure;
        }
    }
    return 0;
}

/* --- the answer --- */

static int put_answer(const struct bulk *bulk, struct web_response *response)
{
    JSON_CLEANUP json_t *answer = json_pack(
        "{s:b, s:s, s:I, s:I, s:O}", "preview", bulk->preview, "digest", bulk->digest, "done",
        (json_int_t)bulk->done, "refused", (json_int_t)bulk->refused, "items", bulk->items);
    return answer ? api_put_answer(answer, response) : ERR_NO_MEMORY;
}

int api_bulk(const struct web_request *request, struct web_response *response)
{
    struct bulk bulk = {.request = request};
    JSON_CLEANUP json_t *body = NULL;
    struct error_detail detail = {0};
    int failure = api_check_request(request, &detail);
    if (failure >= 0 && request->query_count > 0)
        failure = error_set(&detail, ERR_SYNTAX, "nothing stands behind the address here");
    if (failure >= 0)
        failure = read_body(&bulk, &body, &detail);
    if (failure >= 0)
        failure = check_digest(&bulk, &detail);
    if (failure >= 0)
        failure = staff_find_proof(request, &bulk.proof);
    if (failure >= 0)
        failure = act_on_all(&bulk, &detail);
    if (failure < 0)
        staff_fail(request, staff_status_of(failure), error_words(&detail, failure), response);
    int put = failure < 0 ? 0 : put_answer(&bulk, response);
    end(&bulk);
    return put;
}
