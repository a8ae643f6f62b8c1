/* The staff door: pages, JSON and metrics for people with a token.
 *
 * It knows no store: everything comes from, and every command goes to, the function table that room
 * `app` fills. The callbacks run one at a time; one that waits may give up the turn (struct
 * staff_config).
 *
 * Who asks: `Authorization: Bearer TOKEN`, or a session begun on the login page (cookie HttpOnly,
 * SameSite=Strict, Secure behind TLS; forms carry a token bound to the session). A name alone
 * proves nothing, not even one that this door gives: with each command goes the token or the cookie
 * of who asked for it. The door keeps neither: sessions stand in the store, as digests
 * (app/people/session.h). */
#ifndef BAILIWICK_WEB_STAFF_H
#define BAILIWICK_WEB_STAFF_H

#include "access/scope.h"
#include "app/people/session.h"
#include "app/people/sign_in.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "web/server.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STAFF_NAME_MAX = 64,
    /* With its end; tokens that we hand out have 32 characters, cookies 64. */
    STAFF_SECRET_MAX = SIGN_IN_COOKIE_TEXT,
};

struct staff_user {
    char name[STAFF_NAME_MAX];
    char role[STAFF_NAME_MAX];
    char scope[SCOPE_TEXT_MAX];    /* what the token that was shown may be used for */
    int64_t since;                 /* when it was handed out */
    char session[SESSION_ID_TEXT]; /* "" for a token */
    bool of_party; /* a user of a contracted party: let in to AUDIENCE_PARTY alone */
    bool stale;    /* the core wants to be told that the session is not idle */
};

/* What came with a request to prove who asks. */
struct staff_proof {
    bool is_cookie; /* else a token */
    char secret[STAFF_SECRET_MAX];
    const struct digest *certificate; /* of the request that shows the token; NULL for none */
};

/* The same as it is looked up. */
struct staff_shown {
    bool is_cookie;
    struct digest sha256;
    const struct digest *certificate;
};

/* What somebody wants done: `proof` proves to the core that it is `user` who asks. */
struct staff_order {
    const struct staff_user *user;
    const struct staff_proof *proof;
    const json_t *command;
};

/* A command of app/command_list.h. */
struct staff_run {
    const struct staff_proof *proof; /* NULL: the command is nobody's of ours */
    const char *command;
    const json_t *arguments;
    const int *file; /* that goes along (app/form.h); NULL for none */
};

/* Each page callback returns a new object in *ret_context (view/staff_page.h says what is in it) or
 * ERR_NOT_FOUND. */
struct staff_source {
    void *context;
    /* Whose token, or session, has this SHA-256, and the certificate. ERR_NOT_FOUND. */
    int (*user)(void *context, const struct staff_shown *shown, struct staff_user *ret_user);
    /* As sign_in(). */
    int (*sign_in)(void *context, const struct sign_in *who, char ret_cookie[SIGN_IN_COOKIE_TEXT],
                   int64_t *ret_wait_s, struct error_detail *detail);
    /* Runs a command that is about the session itself: "session.seen", or "session.end" for the
     * session with that id. */
    int (*session)(void *context, const struct staff_proof *proof, const char *command,
                   const char *id);
    int (*sessions)(void *context, const struct staff_user *user, json_t **ret_context);
    int (*worklist)(void *context, const struct staff_user *user, json_t **ret_context);
    int (*matrix)(void *context, const struct staff_user *user, json_t **ret_context);
    int (*party)(void *context, const struct staff_user *user, const char *id,
                 json_t **ret_context);
    int (*finding)(void *context, const struct staff_user *user, const char *id,
                   json_t **ret_context);
    int (*case_page)(void *context, const struct staff_user *user, const char *id,
                     json_t **ret_context);
    int (*letter)(void *context, const struct staff_user *user, const char *id,
                  json_t **ret_context);
    /* {"deadlines":[...]} of view/calendar_feed.h: of one party, of one handler, or (both NULL) of
     * all. */
    int (*deadlines)(void *context, const struct staff_user *user, const char *party,
                     const char *handler, json_t **ret_list);
    /* {"name":{"type","help","value" or "samples":[{"labels":{},"value"}]}, ...}; values are whole
     * numbers. Written as OpenMetrics. */
    int (*metrics)(void *context, json_t **ret_metrics);
    /* A question of app/query/list.h by its name, for the API; "user" is added to the arguments. */
    int (*ask)(void *context, const struct staff_user *user, const char *query,
               const json_t *arguments, json_t **ret_answer, struct error_detail *detail);
    int (*run)(void *context, const struct staff_run *run, json_t **ret_result,
               struct error_detail *detail);
    /* {"verb":"approve","letter":ID,"sha256":HEX} · {"verb":"send","letter":ID} ·
     * {"verb":"answer","case":ID,"text":TEXT} · {"verb":"agree","case":ID,"proposal":HEX} ·
     * {"verb":"end","session":ID}. The result is an object with at least "words". ERR_DENIED,
     * ERR_REFUSED, ERR_CONFLICT, ERR_NOT_FOUND, ERR_SYNTAX with a detail. */
    int (*command)(void *context, const struct staff_order *order, json_t **ret_result,
                   struct error_detail *detail);
};

struct staff_config {
    const struct staff_source *source; /* must outlive the door */
    const char *authority_name;
    bool demo;
    const char *proxy;     /* address of the web server in front; "" for none */
    const char *incoming;  /* folder of forms on their way in; "" takes none */
    struct web_turn *turn; /* as in struct web_door */
};

struct staff_door;

/* `listen_fd` is taken on success. */
int staff_start(const struct staff_config *config, int listen_fd, struct staff_door **ret_door,
                struct error_detail *detail);
void staff_stop(struct staff_door *door);

/* For tests that walk every route. */
const struct web_route *staff_routes(size_t *ret_count);

#endif
