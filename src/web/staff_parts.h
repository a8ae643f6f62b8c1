/* The inside of the staff door, shared by its files staff*.c and by nobody else. */
#ifndef BAILIWICK_WEB_STAFF_PARTS_H
#define BAILIWICK_WEB_STAFF_PARTS_H

#include "view/staff_page.h"
#include "web/staff.h"

/* Who asks, found out by staff_admit(); nobody in a request that it did not let in. */
struct caller {
    struct staff_user user;
    bool by_cookie;
    char csrf[DIGEST_HEX]; /* for forms of this session; "" for a token */
};

struct staff_door {
    struct staff_config config;
    struct web_door door;
    struct web_server *server;
};

static inline struct staff_door *staff_door_of(const struct web_request *request)
{
    return request->context;
}

static inline struct caller *staff_caller_of(const struct web_request *request)
{
    return request->caller;
}

/* staff.c */
/* Answered by JSON, or another thing for programs, and refused by a problem rather than a page. */
bool staff_is_api(const struct web_request *request);
int staff_put_page(const struct web_request *request, enum staff_page page, const json_t *context,
                   struct web_response *response);
void staff_fail(const struct web_request *request, int status, const char *words,
                struct web_response *response);

/* The status for a failure of a question or a command. */
int staff_status_of(int failure);

/* staff_session.c: who asks, and signing in and out. */

/* What the request brings to prove it; ERR_DENIED. It is taken from the request each time and never
 * kept; whoever asks for it forgets it with password_forget(). */
int staff_find_proof(const struct web_request *request, struct staff_proof *ret_proof);

/* A form of the request, with the token of the caller's session where there is one, from no other
 * site. The caller owns *ret_form. ERR_UNSUPPORTED, ERR_SYNTAX, ERR_LIMIT, ERR_DENIED. */
int staff_read_form(const struct web_request *request, json_t **ret_form);

/* Is there somebody who may? Else the response is filled, and ERR_DENIED. */
int staff_admit(struct web_request *request, struct web_response *response);

/* staff_api.c. The bearer token as a secret link, where it leads somewhere: what its complainant
 * sees, in *ret_answer. ERR_NOT_FOUND for anything else. The link goes to `arguments` as `name`. */
int staff_find_link(const struct web_request *request, json_t *arguments, const char *name,
                    json_t **ret_answer, struct error_detail *detail);

/* staff_upload.c: as in struct web_door. */
int staff_begin_upload(struct web_request *request, struct web_response *response,
                       struct web_upload **ret_upload);
void staff_fail_upload(const struct web_request *request, int failure,
                       const struct error_detail *detail, struct web_response *response);

web_handler staff_serve_login, staff_login, staff_logout;

#endif
