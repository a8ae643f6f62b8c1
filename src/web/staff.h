/* The staff door: pages, JSON and metrics for people with a token.
 *
 * It knows no store: everything comes from, and every command goes to, the function table that room
 * `app` fills. The callbacks run in the door's thread, one at a time.
 *
 * Who asks: `Authorization: Bearer TOKEN`, or a session begun on the login page (cookie HttpOnly,
 * SameSite=Strict; forms carry a token bound to the session). A name alone proves nothing, not even
 * one that this door gives: with each command goes the token of who asked for it. Sessions live in
 * memory: at most STAFF_SESSIONS_MAX, each STAFF_SESSION_MS long. */
#ifndef BAILIWICK_WEB_STAFF_H
#define BAILIWICK_WEB_STAFF_H

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "web/server.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STAFF_SESSIONS_MAX = 64,
    STAFF_SESSION_MS = 8 * 60 * 60 * 1000,
    STAFF_NAME_MAX = 64,
    STAFF_TOKEN_MAX = 64, /* with its end; those that we hand out have 32 characters */
};

struct staff_user {
    char name[STAFF_NAME_MAX];
    char role[STAFF_NAME_MAX];
};

/* What somebody wants done: `token` proves to the core that it is `user` who asks. */
struct staff_order {
    const struct staff_user *user;
    const char *token;
    const json_t *command;
};

/* Each page callback returns a new object in *ret_context (view/staff_page.h says what is in it) or
 * ERR_NOT_FOUND. */
struct staff_source {
    void *context;
    /* The user of a token, given by the token's SHA-256; compare with digest_equal(), which takes
     * the same time for all. ERR_NOT_FOUND. */
    int (*user)(void *context, const struct digest *token, struct staff_user *ret_user);
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
    /* {"verb":"approve","letter":ID,"sha256":HEX} · {"verb":"send","letter":ID} ·
     * {"verb":"answer","case":ID,"text":TEXT} · {"verb":"agree","case":ID,"proposal":HEX}. The
     * result is an object with at least "words". ERR_DENIED, ERR_REFUSED, ERR_CONFLICT,
     * ERR_NOT_FOUND, ERR_SYNTAX with a detail. */
    int (*command)(void *context, const struct staff_order *order, json_t **ret_result,
                   struct error_detail *detail);
};

struct staff_config {
    const struct staff_source *source; /* must outlive the door */
    const char *authority_name;
    bool demo;
    bool secure_cookie; /* behind TLS: the cookie carries Secure */
};

struct staff_door;

/* `listen_fd` is taken on success. */
int staff_start(const struct staff_config *config, int listen_fd, struct staff_door **ret_door,
                struct error_detail *detail);
void staff_stop(struct staff_door *door);

/* For tests that walk every route. */
const struct web_route *staff_routes(size_t *ret_count);

#endif
