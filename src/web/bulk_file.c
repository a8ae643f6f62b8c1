/* POST /api/v1/complaints/filings: several complaints in one request, from a notifier who has many.
 * Each is filed by itself, in their order, and has its own receipt or problem. With a key
 * (Idempotency-Key) the same request again gets the same receipts, however far the first one
 * came. */
#include "base/password.h"
#include "model/bulk.h"
#include "web/bulk_api.h"
#include "web/staff_api.h"
#include "web/staff_parts.h"

#include <string.h>

struct filings {
    const struct web_request *request;
    struct staff_proof proof;
    const json_t *documents;
    bool anyway;
    json_t *items; /* what became of each */
    int64_t done, refused;
};

/* --- what is asked --- */

static int read_body(struct filings *filings, json_t **ret_body, struct error_detail *detail)
{
    static const char *const known[] = {"complaints", "anyway", NULL};
    const struct web_request *request = filings->request;
    int result = json_parse((const char *)request->body, request->body_size, ret_body, detail);
    if (result >= 0)
        result = api_check_members(*ret_body, "", known, detail);
    if (result < 0)
        return result;
    const json_t *anyway = json_object_get(*ret_body, "anyway");
    filings->documents = json_object_get(*ret_body, "complaints");
    filings->anyway = json_is_true(anyway);
    size_t count = json_array_size(filings->documents);
    if (!json_is_array(filings->documents) || count == 0 || count > API_BULK_MAX)
        return error_set(detail, ERR_SYNTAX, "/complaints is a list of 1 to %d", API_BULK_MAX);
    return !anyway || json_is_boolean(anyway)
               ? 0
               : error_set(detail, ERR_SYNTAX, "/anyway is not true or false");
}

/* The request's key, and which of its complaints it is. */
static int put_key(const struct filings *filings, size_t index, json_t *arguments)
{
    const char *key = filings->request->idempotency_key;
    if (!key)
        return 0;
    return json_object_set_new(arguments, "idempotency_key", json_string(key)) < 0 ||
                   json_object_set_new(arguments, "idempotency_item",
                                       json_integer((json_int_t)index + 1)) < 0
               ? ERR_SYNTAX
               : 0;
}

/* --- each --- */

static int file_one(struct filings *filings, size_t index, json_t **ret_receipt,
                    struct error_detail *detail)
{
    const struct staff_source *source = staff_door_of(filings->request)->config.source;
    const struct api_action *action = filings->request->route->data;
    BUFFER_CLEANUP struct buffer text = {0};
    JSON_CLEANUP json_t *arguments = json_object();
    buffer_init(&text, 2 * filings->request->body_size + 64); /* signs may be written longer */
    int result = arguments ? json_canonical(json_array_get(filings->documents, index), &text)
                           : ERR_NO_MEMORY;
    if (result >= 0 &&
        (json_object_set_new(arguments, "document", json_string(buffer_text(&text))) < 0 ||
         json_object_set_new(arguments, "anyway", json_boolean(filings->anyway)) < 0))
        result = ERR_SYNTAX;
    if (result >= 0)
        result = put_key(filings, index, arguments);
    const struct staff_run run = {&filings->proof, action->name, arguments, /* file= */ NULL};
    if (result >= 0)
        result = source->run(source->context, &run, ret_receipt, detail);
    return result == ERR_NOT_FOUND ? ERR_REFUSED : result; /* what the document names */
}

static int add_item(struct filings *filings, size_t index, struct error_detail *detail)
{
    JSON_CLEANUP json_t *receipt = NULL;
    int result = file_one(filings, index, &receipt, detail);
    filings->done += result >= 0;
    filings->refused += result < 0;
    json_t *item = json_pack("{s:O?, s:o}", "receipt", receipt, "problem",
                             result < 0 ? bulk_problem(result, detail) : json_null());
    if (json_array_append_new(filings->items, item) < 0)
        return ERR_NO_MEMORY;
    return result >= 0 || bulk_is_refusal(result) ? 0 : result;
}

static int file_all(struct filings *filings, struct error_detail *detail)
{
    int failure = 0;
    filings->items = json_array();
    for (size_t i = 0; i < json_array_size(filings->documents); i++) {
        struct error_detail of_one = {0};
        if (failure >= 0)
            failure = add_item(filings, i, &of_one);
        else if (json_array_append_new(filings->items, json_pack("{s:n, s:o}", "receipt", "problem",
                                                                 bulk_untried())) < 0)
            return ERR_NO_MEMORY;
        /* Nothing was done: the request as a whole is what failed. */
        if (failure < 0 && filings->done == 0) {
            *detail = of_one;
            return failure;
        }
    }
    return 0;
}

/* --- the answer --- */

static int put_answer(const struct filings *filings, struct web_response *response)
{
    JSON_CLEANUP json_t *answer =
        json_pack("{s:I, s:I, s:O}", "done", (json_int_t)filings->done, "refused",
                  (json_int_t)filings->refused, "items", filings->items);
    return answer ? api_put_answer(answer, response) : ERR_NO_MEMORY;
}

int api_bulk_file(const struct web_request *request, struct web_response *response)
{
    struct filings filings = {.request = request};
    JSON_CLEANUP json_t *body = NULL;
    struct error_detail detail = {0};
    int failure = api_check_request(request, &detail);
    if (failure >= 0 && request->query_count > 0)
        failure = error_set(&detail, ERR_SYNTAX, "nothing stands behind the address here");
    if (failure >= 0)
        failure = read_body(&filings, &body, &detail);
    if (failure >= 0)
        failure = staff_find_proof(request, &filings.proof);
    if (failure >= 0)
        failure = file_all(&filings, &detail);
    if (failure < 0)
        staff_fail(request, staff_status_of(failure), error_words(&detail, failure), response);
    int put = failure < 0 ? 0 : put_answer(&filings, response);
    json_decref(filings.items);
    password_forget(&filings.proof, sizeof filings.proof);
    return put;
}
