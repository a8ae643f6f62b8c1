/* The part of /api/v1 that is a thin layer over questions and commands: an answer is what the
 * command line prints with --json for the same question, a change is the same command of the core.
 * docs/openapi.json describes all of it.
 *
 * Reading: 404 is the same bytes for what is not there, what no such thing could be, and what the
 * asker may not see. One complaint carries an ETag, its version.
 * Writing: a bearer token only, `application/json`, or a form with files where exhibits can come
 * along, and nothing else; members that are not known are refused
 * (400), and a change of something that is there names the version it was made for: without
 * If-Match 428 (RFC 6585 3), with another version 412. */
#ifndef BAILIWICK_WEB_STAFF_API_H
#define BAILIWICK_WEB_STAFF_API_H

#include "base/error.h"
#include "base/json.h"
#include "web/server.h"

/* What a route is: the question or command, and what its path, query string and body may say. */
struct api_action {
    const char *name;
    const char *object;         /* argument that the path's id is; NULL for none */
    const char *const *query;   /* NULL-terminated */
    const char *const *members; /* of the body; NULL: the body is the text of `document` */
    const char *form;           /* part that is the document in a form with files; NULL: no form */
    const char *shown;          /* question that tells whether the object of a command is there */
    bool unversioned;           /* what the object gets is added to it: no If-Match */
    bool digest_version;        /* the version is the text that the answer calls so, no number */
    bool corrects;              /* it may be told which decision it takes back */
};

/* Shared with bulk_api.c. */
/* 0, or ERR_NOT_FOUND for what the asker could not read either; 0 for an action without an object.
 */
int api_find_object(const struct web_request *request, const char *id);
int api_put_answer(const json_t *answer, struct web_response *response);
/* An object, at the JSON Pointer `where`, of these members and no other; `known` ends with NULL.
 * ERR_SYNTAX. */
int api_check_members(const json_t *object, const char *where, const char *const *known,
                      struct error_detail *detail);
/* A bearer token and JSON; ERR_DENIED, ERR_UNSUPPORTED. */
int api_check_request(const struct web_request *request, struct error_detail *detail);
/* An object whose members are arguments of the action, added to `arguments`. `where` is its JSON
 * Pointer. ERR_SYNTAX. */
int api_merge_members(const struct api_action *action, json_t *object, const char *where,
                      json_t *arguments, struct error_detail *detail);

web_handler api_read, api_write;

/* What users of a contracted party see and do is the same, of AUDIENCE_PARTY: the questions and
 * commands `own.*`, which look at the grants of who asks. */

/* What a complainant sees, and does, by the secret link, which is the bearer token of these routes
 * alone; 401 for one that leads nowhere, whatever else the request says. 429 (RFC 6585 4) for more
 * than a person writes in an hour. */
web_handler api_follow, api_own;

extern const struct api_action api_complaint_list, api_complaint_clusters, api_complaint_cluster,
    api_complaint_batch, api_complaint_holds, api_complaint_insist, api_complaint_label,
    api_complaint_prioritise, api_complaint_reopen, api_complaint_retention, api_complaint_retype,
    api_complaint_looks, api_complaint_draws, api_complaint_look, api_complaint_file,
    api_complaint_show, api_complaint_party, api_complaint_decide, api_complaint_seen,
    api_complaint_close, api_complaint_outcome, api_complaint_add, api_complaint_withdraw,
    api_complaint_review, api_own_parties, api_own_grants, api_own_duties, api_own_findings,
    api_own_finding, api_own_cases, api_own_case, api_own_complaints, api_own_answer,
    api_own_extension, api_own_delegate, api_own_revoke, api_hook_list, api_hook_add,
    api_hook_revoke, api_hook_resume;

#endif
