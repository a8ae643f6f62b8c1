/* Who asks at the staff door; signing in, and out. */
#include "web/staff_parts.h"

#include "base/password.h"
#include "web/form.h"

#include <stdio.h>
#include <string.h>

#define COOKIE_NAME "bailiwick_session"

/* --- who asks --- */

/* Longer than one can be is nobody's. */
static int set_secret(const char *text, struct staff_proof *ret_proof)
{
    if (strlen(text) >= STAFF_SECRET_MAX)
        return ERR_DENIED;
    snprintf(ret_proof->secret, sizeof ret_proof->secret, "%s", text);
    return 0;
}

int staff_find_proof(const struct web_request *request, struct staff_proof *ret_proof)
{
    const char scheme[] = "Bearer ";
    *ret_proof = (struct staff_proof){.is_cookie = !request->authorization,
                                      .certificate = request->certificate};
    if (!request->authorization)
        return request->cookie && cookie_find(request->cookie, COOKIE_NAME, ret_proof->secret,
                                              sizeof ret_proof->secret) >= 0
                   ? 0
                   : ERR_DENIED;
    if (strncmp(request->authorization, scheme, sizeof scheme - 1) != 0)
        return ERR_DENIED;
    return set_secret(request->authorization + sizeof scheme - 1, ret_proof);
}

static int find_user(const struct staff_door *door, const struct staff_proof *proof,
                     struct staff_user *ret_user)
{
    const struct staff_shown shown = {.is_cookie = proof->is_cookie,
                                      .sha256 = digest_of(proof->secret, strlen(proof->secret)),
                                      .certificate = proof->certificate};
    const struct staff_source *source = door->config.source;
    return source->user(source->context, &shown, ret_user);
}

/* The token for forms of a session: another digest of its cookie than the one in the store. */
static void make_csrf(const struct staff_proof *proof, char text[DIGEST_HEX])
{
    static const uint8_t key[DIGEST_SIZE] = "form";
    const struct digest digest = digest_hmac(key, proof->secret, strlen(proof->secret));
    digest_format(&digest, text);
}

/* What the store says is asked each time: to take it away there ends it here. */
static int admit_proof(const struct web_request *request)
{
    const struct staff_door *door = staff_door_of(request);
    const struct staff_source *source = door->config.source;
    struct caller caller = {.by_cookie = false};
    struct staff_proof proof;
    int result = staff_find_proof(request, &proof);
    if (result >= 0)
        result = find_user(door, &proof, &caller.user);
    /* To the other one's routes each is nobody. */
    if (result >= 0 && caller.user.of_party != (request->route->audience == AUDIENCE_PARTY))
        result = ERR_DENIED;
    if (result >= 0 && proof.is_cookie) {
        caller.by_cookie = true;
        make_csrf(&proof, caller.csrf);
        /* Without it the session only ends sooner. */
        if (caller.user.stale)
            source->session(source->context, &proof, "session.seen", NULL);
    }
    password_forget(&proof, sizeof proof);
    if (result >= 0)
        *staff_caller_of(request) = caller;
    return result;
}

/* What a token reads is looked at here, what it does by the core, with the command. */
static int admit_scope(const struct web_request *request, struct web_response *response)
{
    if (strcmp(request->method, "GET") != 0 ||
        scope_may_read(staff_caller_of(request)->user.scope, request->path))
        return 0;
    web_problem(response, 403, web_status_text(403), "this token is not for that");
    return ERR_DENIED;
}

int staff_admit(struct web_request *request, struct web_response *response)
{
    if (request->route->audience == AUDIENCE_COMPLAINANT)
        return 0; /* the handler asks for the link itself, and for nothing else */
    if (admit_proof(request) >= 0)
        return admit_scope(request, response);
    if (staff_is_api(request)) {
        web_problem(response, 401, web_status_text(401), NULL);
    } else {
        response->status = 303;
        snprintf(response->location, sizeof response->location, "/login");
    }
    return ERR_DENIED;
}

/* --- forms --- */

/* Compared by digest: the same time for every wrong token. */
static bool same_text(const char *a, const char *b)
{
    const struct digest x = digest_of(a, strlen(a)), y = digest_of(b, strlen(b));
    return digest_equal(&x, &y);
}

/* The browser names no other origin than ours. */
static bool is_own_origin(const struct web_request *request)
{
    const char *host = request->origin ? strstr(request->origin, "://") : NULL;
    return !request->origin || (host && request->host && strcmp(host + 3, request->host) == 0);
}

static int parse_form(const struct web_request *request, json_t **ret_form)
{
    if (!web_is_type(request, "application/x-www-form-urlencoded"))
        return ERR_UNSUPPORTED;
    return form_parse(request->body, request->body_size, ret_form);
}

int staff_read_form(const struct web_request *request, json_t **ret_form)
{
    const struct caller *caller = staff_caller_of(request);
    JSON_CLEANUP json_t *form = NULL;
    int result = parse_form(request, &form);
    if (result < 0)
        return result;
    const char *csrf = json_text(form, "csrf");
    if (caller->by_cookie && (!csrf || !same_text(csrf, caller->csrf) || !is_own_origin(request)))
        return ERR_DENIED;
    *ret_form = json_incref(form);
    return 0;
}

/* --- signing in and out --- */

static int put_login(const struct web_request *request, bool failed, int64_t wait_s,
                     struct web_response *response)
{
    JSON_CLEANUP json_t *context = json_pack("{s:b, s:b}", "failed", failed, "wait", wait_s > 0);
    response->retry_after_s = wait_s;
    return staff_put_page(request, STAFF_PAGE_LOGIN, context, response);
}

int staff_serve_login(const struct web_request *request, struct web_response *response)
{
    return put_login(request, /* failed= */ false, /* wait_s= */ 0, response);
}

static void put_cookie(const struct web_request *request, const char *cookie,
                       struct web_response *response)
{
    snprintf(response->cookie, sizeof response->cookie,
             COOKIE_NAME "=%s; Path=/; HttpOnly; SameSite=Strict%s%s", cookie,
             cookie[0] ? "" : "; Max-Age=0", request->tls ? "; Secure" : "");
}

/* A token, or name, password and one-time password. */
static int read_who(const json_t *form, struct sign_in *ret_who)
{
    const char *token = json_text(form, "token");
    struct sign_in who = {.token = token && token[0] ? token : NULL,
                          .user = json_text(form, "user"),
                          .password = json_text(form, "password"),
                          .code = json_text(form, "code")};
    if (who.token ? strlen(who.token) >= STAFF_SECRET_MAX
                  : !who.user || !who.user[0] || strlen(who.user) >= STAFF_NAME_MAX ||
                        !who.password || !who.code)
        return ERR_DENIED;
    *ret_who = who;
    return 0;
}

/* Whatever cookie the browser brings is not looked at, but for the session behind it: that ends,
 * since its place is taken. */
static void end_former(const struct web_request *request)
{
    const struct staff_door *door = staff_door_of(request);
    const struct staff_source *source = door->config.source;
    struct staff_proof proof;
    struct staff_user user;
    if (staff_find_proof(request, &proof) >= 0 && proof.is_cookie &&
        find_user(door, &proof, &user) >= 0)
        source->session(source->context, &proof, "session.end", user.session);
    password_forget(&proof, sizeof proof);
}

int staff_login(const struct web_request *request, struct web_response *response)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    JSON_CLEANUP json_t *form = NULL;
    struct error_detail detail = {0};
    struct sign_in who;
    char cookie[SIGN_IN_COOKIE_TEXT];
    int64_t wait_s = 0;
    int result = is_own_origin(request) ? parse_form(request, &form) : ERR_DENIED;
    if (result >= 0)
        result = read_who(form, &who);
    if (result >= 0) {
        who.address = request->address;
        result = source->sign_in(source->context, &who, cookie, &wait_s, &detail);
    }
    if (result == ERR_TIMED_OUT) {
        response->status = 429;
        return put_login(request, /* failed= */ false, wait_s > 0 ? wait_s : 1, response);
    }
    if (result < 0 && result != ERR_DENIED && result != ERR_UNSUPPORTED && result != ERR_SYNTAX &&
        result != ERR_LIMIT) {
        staff_fail(request, 503, NULL, response);
        return 0;
    }
    if (result < 0) {
        response->status = 403;
        return put_login(request, /* failed= */ true, /* wait_s= */ 0, response);
    }
    end_former(request);
    put_cookie(request, cookie, response);
    password_forget(cookie, sizeof cookie);
    snprintf(response->location, sizeof response->location, "/");
    response->status = 303;
    return 0;
}

int staff_logout(const struct web_request *request, struct web_response *response)
{
    const struct staff_source *source = staff_door_of(request)->config.source;
    const struct caller *caller = staff_caller_of(request);
    struct staff_proof proof;
    JSON_CLEANUP json_t *form = NULL;
    int result = staff_read_form(request, &form);
    if (result < 0) {
        staff_fail(request, 403, NULL, response);
        return 0;
    }
    if (caller->by_cookie && staff_find_proof(request, &proof) >= 0) {
        result = source->session(source->context, &proof, "session.end", caller->user.session);
        password_forget(&proof, sizeof proof);
    }
    if (result < 0)
        return result;
    response->status = 303;
    snprintf(response->location, sizeof response->location, "/login");
    put_cookie(request, "", response);
    return 0;
}
