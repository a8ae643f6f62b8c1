#include "web/staff.h"

#include "testing.h"
#include "view/sample.h"
#include "web/door_client.h"
#include "web/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { USERS = 2, SESSIONS = 4 };

/* The other side of the function table: what was asked, and by whom. */
enum { ASKED_MAX = 1024 };

struct world {
    struct staff_source source;
    struct staff_door *door;
    char address[80];
    bool removed[USERS];     /* a token taken away */
    char command[ASKED_MAX]; /* the latest, canonical */
    char asked[ASKED_MAX];   /* the latest question */
    char actor[STAFF_NAME_MAX];
    char token[STAFF_SECRET_MAX];
    int outcome;                                 /* of the next command */
    int spared;                                  /* so many commands before it are done */
    char cookies[SESSIONS][SIGN_IN_COOKIE_TEXT]; /* of sessions, "" once they have ended */
    int owners[SESSIONS], begun;
    bool stale;
    int seen;                 /* how often the core was told */
    char from[WEB_HOST_TEXT]; /* of who signed in */
    bool of_party;            /* whoever shows a token is a user of a contracted party */
    const char *scope, *proxy;
    int64_t wait_s;
    char file[256]; /* that went along with the latest command */
};

static const char *const tokens[USERS] = {"token-of-ann", "token-of-bob"};
static const char *const names[USERS] = {"ann", "bob"};

static int owner_of(const struct world *world, bool is_cookie, const struct digest *sha256,
                    int *ret_session)
{
    *ret_session = -1;
    for (int i = 0; i < (is_cookie ? world->begun : USERS); i++) {
        const char *secret = is_cookie ? world->cookies[i] : tokens[i];
        const struct digest digest = digest_of(secret, strlen(secret));
        int owner = is_cookie ? world->owners[i] : i;
        *ret_session = i;
        if (secret[0] && digest_equal(&digest, sha256) && !world->removed[owner])
            return owner;
    }
    return -1;
}

static int find_user(void *context, const struct staff_shown *shown, struct staff_user *ret_user)
{
    const struct world *world = context;
    const bool is_cookie = shown->is_cookie;
    int session, owner = owner_of(world, is_cookie, &shown->sha256, &session);
    assert_null(shown->certificate); /* over plain HTTP nobody proves to have one */
    if (owner < 0)
        return ERR_NOT_FOUND;
    *ret_user =
        (struct staff_user){.stale = is_cookie && world->stale, .of_party = world->of_party};
    snprintf(ret_user->name, sizeof ret_user->name, "%s", names[owner]);
    snprintf(ret_user->role, sizeof ret_user->role, "analyst");
    snprintf(ret_user->scope, sizeof ret_user->scope, "%s", world->scope);
    if (is_cookie)
        snprintf(ret_user->session, sizeof ret_user->session, "s-%d", session);
    return 0;
}

/* ann signs in with password or token, bob with his token alone. */
static int let_in(void *context, const struct sign_in *who, char ret_cookie[SIGN_IN_COOKIE_TEXT],
                  int64_t *ret_wait_s, struct error_detail *detail)
{
    struct world *world = context;
    (void)detail;
    snprintf(world->from, sizeof world->from, "%s", who->address);
    *ret_wait_s = world->wait_s;
    if (world->wait_s)
        return ERR_TIMED_OUT;
    if (world->outcome < 0)
        return world->outcome;
    int owner = -1;
    for (int i = 0; who->token && i < USERS; i++) {
        if (strcmp(who->token, tokens[i]) == 0)
            owner = i;
    }
    if (!who->token && strcmp(who->user, "ann") == 0 && strcmp(who->password, "p&ss word") == 0 &&
        strcmp(who->code, "123456") == 0)
        owner = 0;
    if (owner < 0)
        return ERR_DENIED;
    assert_true(world->begun < SESSIONS);
    snprintf(world->cookies[world->begun], SIGN_IN_COOKIE_TEXT, "%064d", world->begun + 1);
    snprintf(ret_cookie, SIGN_IN_COOKIE_TEXT, "%s", world->cookies[world->begun]);
    world->owners[world->begun++] = owner;
    return 0;
}

static int on_session(void *context, const struct staff_proof *proof, const char *called,
                      const char *id)
{
    struct world *world = context;
    int session;
    const struct digest sha256 = digest_of(proof->secret, strlen(proof->secret));
    assert_true(proof->is_cookie);
    assert_true(owner_of(world, true, &sha256, &session) >= 0);
    if (strcmp(called, "session.seen") == 0) {
        world->seen++;
        return 0;
    }
    assert_string_equal(called, "session.end");
    assert_int_equal(id[2] - '0', session);
    world->cookies[session][0] = '\0';
    return 0;
}

static int sessions(void *context, const struct staff_user *user, json_t **ret)
{
    (void)context;
    (void)user;
    *ret = sample_context(STAFF_PAGE_SESSION, NULL);
    return 0;
}

static int give(enum staff_page page, json_t **ret_context)
{
    *ret_context = sample_context(page, NULL);
    return 0;
}

static int give_one(enum staff_page page, const char *id, const char *known, json_t **ret_context)
{
    return strcmp(id, known) == 0 ? give(page, ret_context) : ERR_NOT_FOUND;
}

static int worklist(void *context, const struct staff_user *user, json_t **ret)
{
    (void)context;
    (void)user;
    return give(STAFF_PAGE_WORKLIST, ret);
}

static int matrix(void *context, const struct staff_user *user, json_t **ret)
{
    (void)context;
    (void)user;
    return give(STAFF_PAGE_MATRIX, ret);
}

static int party(void *context, const struct staff_user *user, const char *id, json_t **ret)
{
    (void)context;
    (void)user;
    return give_one(STAFF_PAGE_PARTY, id, "registry-example", ret);
}

static int finding(void *context, const struct staff_user *user, const char *id, json_t **ret)
{
    (void)context;
    (void)user;
    return give_one(STAFF_PAGE_FINDING, id, "f-1", ret);
}

static int case_page(void *context, const struct staff_user *user, const char *id, json_t **ret)
{
    (void)context;
    (void)user;
    return give_one(STAFF_PAGE_CASE, id, "c-7", ret);
}

static int letter(void *context, const struct staff_user *user, const char *id, json_t **ret)
{
    (void)context;
    (void)user;
    return give_one(STAFF_PAGE_LETTER, id, "l-31", ret);
}

static int deadlines(void *context, const struct staff_user *user, const char *whose_party,
                     const char *handler, json_t **ret)
{
    (void)context;
    assert_string_equal(user->name, "ann");
    *ret = json_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:s}]}", "deadlines", "case",
                     handler       ? "c-handler"
                     : whose_party ? "c-party"
                                   : "c-all",
                     "rule",
                     handler       ? handler
                     : whose_party ? whose_party
                                   : "all",
                     "party", "p", "stage", "s", "due_at", "2027-01-12T08:00:00Z", "updated_at",
                     "2027-01-04T09:00:00Z");
    return 0;
}

static int metrics(void *context, json_t **ret)
{
    (void)context;
    *ret =
        json_pack("{s:{s:s,s:s,s:i}}", "bailiwick_cases", "type", "gauge", "help", "x", "value", 4);
    return 0;
}

/* "NAME JSON"; without the name where there is none. */
static void note_asked(char room[ASKED_MAX], const char *name, const json_t *json)
{
    BUFFER_CLEANUP struct buffer text;
    buffer_init(&text, ASKED_MAX - 1);
    assert_int_equal(json_canonical(json, &text), 0);
    snprintf(room, ASKED_MAX, "%s%s%s", name, name[0] ? " " : "", buffer_text(&text));
}

static int command(void *context, const struct staff_order *order, json_t **ret_result,
                   struct error_detail *detail)
{
    struct world *world = context;
    note_asked(world->command, "", order->command);
    snprintf(world->actor, sizeof world->actor, "%s", order->user->name);
    snprintf(world->token, sizeof world->token, "%s", order->proof->secret);
    if (world->outcome < 0)
        return error_set(detail, world->outcome, "the approver <drafted> this letter");
    *ret_result = json_pack("{s:s}", "words", "Done & well.");
    return 0;
}

/* Of complaints there is k-1, whose last event is 3; ann may read it. */
static int ask_it(void *context, const struct staff_user *user, const char *query,
                  const json_t *arguments, json_t **ret_answer, struct error_detail *detail)
{
    struct world *world = context;
    note_asked(world->asked, query, arguments);
    if (strcmp(query, "complaint.list") == 0) {
        if (json_text(arguments, "state"))
            return error_set(detail, ERR_SYNTAX, "'x' is no state");
        *ret_answer = json_pack("{s:[], s:n}", "complaints", "next");
        return 0;
    }
    if (strcmp(query, "complaint.follow") == 0) {
        assert_string_equal(user->name, "");
        if (strcmp(json_text(arguments, "token"), "the-link") != 0)
            return ERR_NOT_FOUND;
        *ret_answer = json_pack("{s:{}}", "complaint");
        return 0;
    }
    if (strncmp(query, "own.", 4) == 0) {
        /* Hooks are of either side. */
        assert_true(user->of_party || strncmp(query, "own.hook", 8) == 0);
        *ret_answer = json_pack("{s:s}", "version", "5e1f");
        return 0;
    }
    const char *id = json_text(arguments, "complaint");
    if (strcmp(query, "complaint.looks") == 0 || strcmp(query, "complaint.holds") == 0 ||
        strcmp(query, "complaint.draws") == 0 || strcmp(query, "complaint.retention") == 0 ||
        strcmp(query, "complaint.batch") == 0) {
        *ret_answer = json_pack("{s:n}", "next");
        return 0;
    }
    if (strcmp(query, "complaint.clusters") == 0 && !id) {
        *ret_answer = json_pack("{s:[], s:n}", "clusters", "next");
        return 0;
    }
    if (strcmp(id, "broken") == 0)
        return ERR_STORE;
    if (strcmp(id, "not-so") == 0)
        return error_set(detail, ERR_SYNTAX, "a sign is wrong or missing");
    if (strcmp(id, "k-1") != 0 || strcmp(user->name, "ann") != 0)
        return error_set(detail, ERR_NOT_FOUND, "there is no complaint %s", id);
    *ret_answer = json_pack("{s:{s:[{s:i},{s:i}]}}", "complaint", "events", "seq", 1, "seq", 3);
    return 0;
}

/* What the descriptor leads to. */
static void note_file(struct world *world, int fd)
{
    ssize_t size = pread(fd, world->file, sizeof world->file - 1, 0);
    assert_true(size >= 0);
    world->file[size] = '\0';
}

static int run_it(void *context, const struct staff_run *run, json_t **ret_result,
                  struct error_detail *detail)
{
    struct world *world = context;
    note_asked(world->command, run->command, run->arguments);
    snprintf(world->token, sizeof world->token, "%s", run->proof ? run->proof->secret : "nothing");
    if (run->file)
        note_file(world, *run->file);
    if (world->outcome < 0 && world->spared-- <= 0)
        return error_set(detail, world->outcome, "refused by the <core>");
    *ret_result = json_pack("{s:s}", "reference", "k-2");
    return 0;
}

static int setup_behind(void **state, const char *proxy)
{
    struct world *world = calloc(1, sizeof *world);
    world->proxy = proxy;
    world->source = (struct staff_source){.context = world,
                                          .user = find_user,
                                          .sign_in = let_in,
                                          .session = on_session,
                                          .sessions = sessions,
                                          .worklist = worklist,
                                          .matrix = matrix,
                                          .party = party,
                                          .finding = finding,
                                          .case_page = case_page,
                                          .letter = letter,
                                          .deadlines = deadlines,
                                          .metrics = metrics,
                                          .ask = ask_it,
                                          .run = run_it,
                                          .command = command};
    world->scope = SCOPE_WHOLE;
    const struct staff_config config = {.source = &world->source,
                                        .authority_name = "The Authority",
                                        .proxy = world->proxy,
                                        .incoming = "/tmp"};
    int fd = door_listen(world->address);
    assert_int_equal(staff_start(&config, fd, &world->door, NULL), 0);
    *state = world;
    return 0;
}

static int setup(void **state)
{
    return setup_behind(state, "");
}

static int setup_proxied(void **state)
{
    return setup_behind(state, "127.0.0.1");
}

static int teardown(void **state)
{
    struct world *world = *state;
    staff_stop(world->door);
    free(world);
    return 0;
}

#define BEARER "Authorization: Bearer token-of-ann\r\n"
#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON_TYPE "Content-Type: application/json\r\n"

/* An address for each pattern of the route table. */
static void fill_pattern(const char *pattern, char *path, size_t room)
{
    static const char *const ids[][2] = {{"/parties/", "registry-example"},
                                         {"/findings/", "f-1"},
                                         {"/cases/", "c-7"},
                                         {"/handlers/", "ann"},
                                         {"/letters/", "l-31"},
                                         {"/sessions/", "s-0"},
                                         {"/complaints/", "k-1"},
                                         {"/clusters/", "k-1"}};
    const char *colon = strchr(pattern, ':');
    if (!colon) {
        snprintf(path, room, "%s", pattern);
        return;
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strstr(pattern, ids[i][0]))
            snprintf(path, room, "%.*s%s%s", (int)(colon - pattern), pattern, ids[i][1], colon + 3);
    }
}

/* Everyone is authenticated from the first day: only the login page and the style sheet are free.
 */
static void every_route_asks_who_it_is(void **state)
{
    struct world *world = *state;
    size_t count;
    const struct web_route *routes = staff_routes(&count);
    for (size_t i = 0; i < count; i++) {
        char path[160];
        fill_pattern(routes[i].pattern, path, sizeof path);
        bool is_free = strcmp(path, "/login") == 0 || strcmp(path, "/static/style.css") == 0;
        bool by_link = strncmp(path, "/api/v1/followed", strlen("/api/v1/followed")) == 0;
        bool is_own = strncmp(path, "/api/v1/own/", strlen("/api/v1/own/")) == 0;
        assert_int_equal(routes[i].audience, is_free   ? AUDIENCE_PUBLIC
                                             : by_link ? AUDIENCE_COMPLAINANT
                                             : is_own  ? AUDIENCE_PARTY
                                                       : AUDIENCE_STAFF);
        static const char *const strangers[] = {
            "", "Authorization: Bearer wrong\r\n", "Authorization: Basic token-of-ann\r\n",
            "Cookie: bailiwick_session=token-of-ann\r\n", "Authorization: Bearer \r\n"};
        for (size_t k = 0; k < sizeof strangers / sizeof *strangers && !is_free; k++) {
            BUFFER_CLEANUP struct buffer reply;
            door_ask(world->address, routes[i].method, path, strangers[k], "", &reply);
            int status = door_status(&reply);
            if (status != 303 && status != 401)
                fail_msg("%s %s with '%s': %d", routes[i].method, path, strangers[k], status);
            assert_null(strstr(buffer_text(&reply), "c-7\">"));
        }
        /* To each other's routes staff and users of a party are strangers. */
        world->of_party = !is_own;
        if (!is_free && !by_link) {
            BUFFER_CLEANUP struct buffer reply;
            door_ask(world->address, routes[i].method, path, BEARER, "", &reply);
            int status = door_status(&reply);
            if (status != 303 && status != 401)
                fail_msg("%s %s for the other side: %d", routes[i].method, path, status);
        }
        world->of_party = is_own;
        if (strcmp(routes[i].method, "GET") == 0) {
            BUFFER_CLEANUP struct buffer reply;
            door_ask(world->address, "GET", path,
                     by_link ? "Authorization: Bearer the-link\r\n" : BEARER, "", &reply);
            if (door_status(&reply) != 200)
                fail_msg("%s: %d", path, door_status(&reply));
            assert_non_null(strstr(buffer_text(&reply), "default-src 'none'"));
        }
    }
}

static void what_is_not_there_is_a_small_page_or_a_problem(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer page, api, stranger, options;
    door_ask(world->address, "GET", "/cases/c-9", BEARER, "", &page);
    assert_int_equal(door_status(&page), 404);
    assert_non_null(strstr(door_body(&page), "<h1>"));
    assert_non_null(strstr(door_body(&page), "ann"));
    door_ask(world->address, "GET", "/api/v1/cases/c-9", BEARER, "", &api);
    assert_int_equal(door_status(&api), 404);
    assert_non_null(strstr(buffer_text(&api), "application/problem+json"));
    /* nothing of the caller before is left */
    door_ask(world->address, "GET", "/nothing", "", "", &stranger);
    assert_int_equal(door_status(&stranger), 404);
    assert_null(strstr(door_body(&stranger), "ann"));
    door_ask(world->address, "PUT", "/", "", "", &options);
    assert_int_equal(door_status(&options), 405);
}

static void enter(const struct world *world, const char *token, char cookie[200], char csrf[80])
{
    char form[100];
    snprintf(form, sizeof form, "token=%s", token);
    BUFFER_CLEANUP struct buffer reply, page;
    door_ask(world->address, "POST", "/login", FORM_TYPE, form, &reply);
    assert_int_equal(door_status(&reply), 303);
    assert_non_null(strstr(buffer_text(&reply), "\r\nLocation: /\r\n"));
    const char *at = strstr(buffer_text(&reply), "Set-Cookie: bailiwick_session=");
    assert_non_null(at);
    assert_non_null(strstr(at, "; HttpOnly; SameSite=Strict"));
    snprintf(cookie, 200, "Cookie: bailiwick_session=%.64s\r\n",
             at + strlen("Set-Cookie: bailiwick_session="));
    door_ask(world->address, "GET", "/letters/l-31", cookie, "", &page);
    assert_int_equal(door_status(&page), 200);
    at = strstr(buffer_text(&page), "name=\"csrf\" value=\"");
    assert_non_null(at);
    snprintf(csrf, 80, "%.64s", at + strlen("name=\"csrf\" value=\""));
}

/* Invariant 8: what reaches the command is the digest that the page showed, and the user of the
 * session with the token that proves it to the core. */
static void approval_carries_the_user_and_the_digest(void **state)
{
    struct world *world = *state;
    char cookie[200], csrf[80], headers[400], form[300];
    enter(world, "token-of-bob", cookie, csrf);
    snprintf(headers, sizeof headers, "%sOrigin: http://%s\r\n" FORM_TYPE, cookie, world->address);
    snprintf(form, sizeof form, "csrf=%s&sha256=abc%%31+x&verb=send&letter=l-99", csrf);
    BUFFER_CLEANUP struct buffer reply;
    door_ask(world->address, "POST", "/letters/l-31/approve", headers, form, &reply);
    assert_int_equal(door_status(&reply), 200);
    assert_string_equal(world->actor, "bob");
    assert_string_equal(world->token, world->cookies[0]);
    /* verb and letter come from the path, whatever the form says */
    assert_string_equal(world->command,
                        "{\"letter\":\"l-31\",\"sha256\":\"abc1 x\",\"verb\":\"approve\"}");
    assert_non_null(strstr(door_body(&reply), "Done &amp; well."));
    assert_non_null(strstr(door_body(&reply), "href=\"/letters/l-31\""));
}

static void forms_of_other_sites_do_nothing(void **state)
{
    struct world *world = *state;
    char cookie[200], csrf[80], headers[400], form[300];
    enter(world, "token-of-ann", cookie, csrf);
    world->command[0] = '\0';
    snprintf(headers, sizeof headers, "%s" FORM_TYPE, cookie);
    static const char *const forms[] = {"sha256=x", "csrf=&sha256=x", "csrf=0000&sha256=x", ""};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        BUFFER_CLEANUP struct buffer reply;
        door_ask(world->address, "POST", "/letters/l-31/send", headers, forms[i], &reply);
        assert_int_equal(door_status(&reply), 403);
    }
    static const char *const origins[] = {"https://evil.example", "null", "http://127.0.0.1:1"};
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        BUFFER_CLEANUP struct buffer reply;
        snprintf(headers, sizeof headers, "%sOrigin: %s\r\n" FORM_TYPE, cookie, origins[i]);
        snprintf(form, sizeof form, "csrf=%s", csrf);
        door_ask(world->address, "POST", "/letters/l-31/send", headers, form, &reply);
        assert_int_equal(door_status(&reply), 403);
    }
    snprintf(headers, sizeof headers, "%s" JSON_TYPE, cookie);
    BUFFER_CLEANUP struct buffer reply;
    door_ask(world->address, "POST", "/api/v1/commands", headers, "{\"verb\":\"send\"}", &reply);
    assert_int_equal(door_status(&reply), 403);
    assert_string_equal(world->command, "");
}

static void sessions_end(void **state)
{
    struct world *world = *state;
    char cookie[200], csrf[80], headers[400], form[100];
    enter(world, "token-of-ann", cookie, csrf);
    snprintf(headers, sizeof headers, "%s" FORM_TYPE, cookie);
    snprintf(form, sizeof form, "csrf=%s", csrf);
    BUFFER_CLEANUP struct buffer out, after, taken;
    door_ask(world->address, "POST", "/logout", headers, form, &out);
    assert_int_equal(door_status(&out), 303);
    door_ask(world->address, "GET", "/", cookie, "", &after);
    assert_int_equal(door_status(&after), 303);
    enter(world, "token-of-bob", cookie, csrf);
    world->removed[1] = true;
    door_ask(world->address, "GET", "/", cookie, "", &taken);
    world->removed[1] = false;
    assert_int_equal(door_status(&taken), 303);
}

/* --- many in one request --- */

/* `spared` commands are done before one fails. */
static void ask_many(struct world *world, int outcome, int spared, struct buffer *reply)
{
    world->outcome = outcome;
    world->spared = spared;
    door_ask(world->address, "POST", "/api/v1/complaints/decisions", BEARER JSON_TYPE,
             "{\"complaints\":[{\"id\":\"k-1\",\"version\":3},{\"id\":\"k-1\",\"version\":3},"
             "{\"id\":\"k-1\",\"version\":3}],\"decision\":{\"need\":\"more\"},"
             "\"preview\":true}",
             reply);
    world->outcome = world->spared = 0;
}

/* One that is refused stops nothing; a failure that lies in no complaint stops those behind it. */
static void what_fails_among_many_is_told(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer refused, failed, all;
    ask_many(world, ERR_REFUSED, 1, &refused);
    assert_int_equal(door_status(&refused), 200);
    assert_non_null(strstr(door_body(&refused), "\"done\":1"));
    assert_non_null(strstr(door_body(&refused), "\"refused\":2"));
    assert_non_null(strstr(door_body(&refused), "\"status\":422"));
    assert_null(strstr(door_body(&refused), "not tried"));
    assert_non_null(strstr(world->command, "\"preview\":true"));
    assert_non_null(strstr(world->command, "\"version\":3"));
    ask_many(world, ERR_STORE, 1, &failed);
    assert_int_equal(door_status(&failed), 200);
    assert_non_null(strstr(door_body(&failed), "\"done\":1"));
    assert_non_null(strstr(door_body(&failed), "\"status\":500"));
    assert_non_null(strstr(door_body(&failed), "not tried, since one before it failed"));
    ask_many(world, ERR_STORE, 0, &all);
    assert_int_equal(door_status(&all), 500);
}

/* --- signing in --- */

static void a_password_and_a_code_sign_in(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer reply, page;
    char cookie[200];
    door_ask(world->address, "POST", "/login", FORM_TYPE,
             "user=ann&password=p%26ss+word&code=123456", &reply);
    assert_int_equal(door_status(&reply), 303);
    assert_null(strstr(buffer_text(&reply), "; Secure"));
    snprintf(cookie, sizeof cookie, "Cookie: bailiwick_session=%s\r\n", world->cookies[0]);
    assert_non_null(strstr(buffer_text(&reply), world->cookies[0]));
    door_ask(world->address, "GET", "/", cookie, "", &page);
    assert_int_equal(door_status(&page), 200);
    assert_string_equal(world->from, "127.0.0.1");
}

/* Fixation: a cookie that the browser brings, known or not, is never the one it leaves with, and a
 * session behind it ends. */
static void a_cookie_is_new_at_each_signing_in(void **state)
{
    struct world *world = *state;
    char cookie[200], csrf[80], headers[400];
    BUFFER_CLEANUP struct buffer planted, again, after;
    door_ask(world->address, "POST", "/login",
             FORM_TYPE "Cookie: bailiwick_session=planted-by-somebody\r\n", "token=token-of-ann",
             &planted);
    assert_int_equal(door_status(&planted), 303);
    assert_null(strstr(buffer_text(&planted), "planted"));
    enter(world, "token-of-ann", cookie, csrf);
    snprintf(headers, sizeof headers, "%s" FORM_TYPE, cookie);
    door_ask(world->address, "POST", "/login", headers, "token=token-of-bob", &again);
    assert_int_equal(door_status(&again), 303);
    assert_null(strstr(buffer_text(&again), strchr(cookie, '=') + 1));
    assert_string_equal(world->cookies[1], "");
    door_ask(world->address, "GET", "/", cookie, "", &after);
    assert_int_equal(door_status(&after), 303);
}

/* Nobody is signed in to another's account by a page of another site. */
static void other_sites_sign_nobody_in(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer reply;
    door_ask(world->address, "POST", "/login", FORM_TYPE "Origin: https://evil.example\r\n",
             "token=token-of-ann", &reply);
    assert_int_equal(door_status(&reply), 403);
    assert_int_equal(world->begun, 0);
}

static void who_guesses_is_told_to_wait(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer reply, broken;
    world->wait_s = 42;
    door_ask(world->address, "POST", "/login", FORM_TYPE, "token=token-of-ann", &reply);
    assert_int_equal(door_status(&reply), 429);
    assert_non_null(strstr(buffer_text(&reply), "\r\nRetry-After: 42\r\n"));
    assert_non_null(strstr(door_body(&reply), "Too many wrong tries"));
    assert_null(strstr(buffer_text(&reply), "Set-Cookie"));
    world->wait_s = 0;
    world->outcome = ERR_UNAVAILABLE;
    door_ask(world->address, "POST", "/login", FORM_TYPE, "token=token-of-ann", &broken);
    assert_int_equal(door_status(&broken), 503);
}

/* From the web server that is named, the last entry counts: what stands before it, the browser
 * wrote. */
static void the_named_web_server_says_who_asks(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *headers, *from;
        bool secure;
    } rows[] = {
        {"X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\nX-Forwarded-Proto: https\r\n", "192.0.2.1",
         true},
        {"X-Forwarded-For: 2001:db8::7\r\n", "2001:db8::7", false},
        {"X-Forwarded-For: 192.0.2.1, unknown\r\n", "127.0.0.1", false},
        {"X-Forwarded-Proto: http\r\n", "127.0.0.1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char headers[300];
        BUFFER_CLEANUP struct buffer reply;
        world->begun = 0;
        snprintf(headers, sizeof headers, "%s" FORM_TYPE, rows[i].headers);
        door_ask(world->address, "POST", "/login", headers, "token=token-of-ann", &reply);
        assert_int_equal(door_status(&reply), 303);
        assert_string_equal(world->from, rows[i].from);
        assert_int_equal(strstr(buffer_text(&reply), "; Secure\r\n") != NULL, rows[i].secure);
    }
}

static void anybody_else_says_nothing(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer reply;
    door_ask(world->address, "POST", "/login",
             FORM_TYPE "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n",
             "token=token-of-ann", &reply);
    assert_string_equal(world->from, "127.0.0.1");
    assert_null(strstr(buffer_text(&reply), "; Secure"));
}

static void who_is_there_is_told_to_the_core(void **state)
{
    struct world *world = *state;
    char cookie[200], csrf[80];
    BUFFER_CLEANUP struct buffer fresh, stale;
    enter(world, "token-of-ann", cookie, csrf);
    door_ask(world->address, "GET", "/", cookie, "", &fresh);
    assert_int_equal(world->seen, 0);
    world->stale = true;
    door_ask(world->address, "GET", "/", cookie, "", &stale);
    assert_int_equal(world->seen, 1);
}

/* A button of the page of sessions names one by its path. */
static void a_page_ends_a_session(void **state)
{
    struct world *world = *state;
    char cookie[200], csrf[80], headers[400], form[100];
    BUFFER_CLEANUP struct buffer page, reply;
    enter(world, "token-of-ann", cookie, csrf);
    door_ask(world->address, "GET", "/sessions", cookie, "", &page);
    assert_int_equal(door_status(&page), 200);
    assert_non_null(strstr(door_body(&page), "action=\"/sessions/s-0123456789/end\""));
    snprintf(headers, sizeof headers, "%s" FORM_TYPE, cookie);
    snprintf(form, sizeof form, "csrf=%s", csrf);
    door_ask(world->address, "POST", "/sessions/s-5/end", headers, form, &reply);
    assert_int_equal(door_status(&reply), 200);
    assert_string_equal(world->command, "{\"session\":\"s-5\",\"verb\":\"end\"}");
    assert_non_null(strstr(door_body(&reply), "href=\"/sessions\""));
}

static void a_token_reads_what_it_is_for(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *scope, *path;
        int status;
    } rows[] = {{"/deadlines.ics", "/deadlines.ics", 200}, {"/deadlines.ics", "/", 403},
                {"/deadlines.ics", "/metrics", 403},       {"write", "/api/v1/matrix", 403},
                {"/api", "/api/v1/matrix", 200},           {"read", "/metrics", 200}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer reply;
        world->scope = rows[i].scope;
        door_ask(world->address, "GET", rows[i].path, BEARER, "", &reply);
        assert_int_equal(door_status(&reply), rows[i].status);
        if (rows[i].status == 403)
            assert_non_null(strstr(door_body(&reply), "this token is not for that"));
    }
}

static void wrong_tokens_are_told_so(void **state)
{
    struct world *world = *state;
    /* longer than any token of ours */
    static const char longer[] =
        "token=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaa";
    static const char *const forms[] = {"token=wrong", "token=", "", "token=token-of-ann&token=x",
                                        "token=%zz",   longer};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        BUFFER_CLEANUP struct buffer reply;
        door_ask(world->address, "POST", "/login", FORM_TYPE, forms[i], &reply);
        assert_int_equal(door_status(&reply), 403);
        assert_null(strstr(buffer_text(&reply), "Set-Cookie"));
        assert_non_null(strstr(door_body(&reply), "role=\"alert\""));
    }
}

/* RFC 9112 6.1, 6.3: what follows is no request of its own. */
static void a_request_ends_once(void **state)
{
    struct world *world = *state;
    static const char *const ends[] = {
        "Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char request[500];
        BUFFER_CLEANUP struct buffer reply;
        snprintf(request, sizeof request,
                 "POST /api/v1/commands HTTP/1.1\r\nHost: x\r\n" BEARER JSON_TYPE
                 "%sGET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                 ends[i]);
        door_send(world->address, request, &reply);
        assert_int_equal(door_status(&reply), 400);
        assert_non_null(strstr(buffer_text(&reply), "\r\nConnection: close\r\n"));
        assert_null(strstr(door_body(&reply), "HTTP/1.1"));
    }
}

/* RFC 9110 8.3.1: in either case, with parameters; another one that begins so is another one. */
static void a_media_type_is_the_whole_word(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *type;
        int status;
    } rows[] = {{"application/json", 200},
                {"Application/JSON; charset=utf-8", 200},
                {"application/json ;charset=utf-8", 200},
                {"application/json-patch+json", 415},
                {"application/jsonl", 415},
                {"application", 415}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char headers[200];
        BUFFER_CLEANUP struct buffer reply;
        snprintf(headers, sizeof headers, BEARER "Content-Type: %s\r\n", rows[i].type);
        door_ask(world->address, "POST", "/api/v1/commands", headers, "{\"verb\":\"send\"}",
                 &reply);
        assert_int_equal(door_status(&reply), rows[i].status);
    }
}

static void refusals_have_their_status_and_words(void **state)
{
    struct world *world = *state;
    static const struct {
        int outcome, status;
    } rows[] = {{ERR_SYNTAX, 400},   {ERR_DENIED, 403},  {ERR_NOT_FOUND, 404},
                {ERR_CONFLICT, 409}, {ERR_REFUSED, 422}, {ERR_UNAVAILABLE, 503},
                {ERR_STORE, 500}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer api, page;
        world->outcome = rows[i].outcome;
        door_ask(world->address, "POST", "/api/v1/commands", BEARER JSON_TYPE,
                 "{\"verb\":\"send\",\"letter\":\"l-31\"}", &api);
        assert_int_equal(door_status(&api), rows[i].status);
        assert_non_null(strstr(door_body(&api), "the approver <drafted> this letter"));
        assert_non_null(strstr(buffer_text(&api), "application/problem+json"));
        door_ask(world->address, "POST", "/letters/l-31/send", BEARER FORM_TYPE, "", &page);
        assert_int_equal(door_status(&page), rows[i].status);
        assert_non_null(strstr(door_body(&page), "&lt;drafted&gt;"));
    }
    world->outcome = 0;
    BUFFER_CLEANUP struct buffer good, broken, type;
    door_ask(world->address, "POST", "/api/v1/commands", BEARER JSON_TYPE, "{\"verb\":\"send\"}",
             &good);
    assert_int_equal(door_status(&good), 200);
    assert_string_equal(door_body(&good), "{\"words\":\"Done & well.\"}\n");
    door_ask(world->address, "POST", "/api/v1/commands", BEARER JSON_TYPE, "{\"verb\":", &broken);
    assert_int_equal(door_status(&broken), 400);
    door_ask(world->address, "POST", "/api/v1/commands", BEARER, "{}", &type);
    assert_int_equal(door_status(&type), 415);
}

/* --- the API of complaints --- */

#define BOB "Authorization: Bearer token-of-bob\r\n"

static void the_api_asks_what_the_command_line_asks(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer list, one, same, party;
    door_ask(world->address, "GET", "/api/v1/complaints?after=k-0&limit=5", BEARER, "", &list);
    assert_int_equal(door_status(&list), 200);
    assert_string_equal(world->asked, "complaint.list {\"after\":\"k-0\",\"limit\":\"5\"}");
    assert_string_equal(door_body(&list), "{\"complaints\":[],\"next\":null}\n");
    door_ask(world->address, "GET", "/api/v1/complaints/k-1", BEARER, "", &one);
    assert_string_equal(world->asked, "complaint.show {\"complaint\":\"k-1\"}");
    assert_non_null(strstr(buffer_text(&one), "\r\nETag: \"3\"\r\n"));
    door_ask(world->address, "GET", "/api/v1/complaints/k-1", BEARER "If-None-Match: \"3\"\r\n", "",
             &same);
    assert_int_equal(door_status(&same), 304);
    door_ask(world->address, "GET", "/api/v1/complaints/k-1/party", BEARER, "", &party);
    assert_string_equal(world->asked, "complaint.party {\"complaint\":\"k-1\"}");
}

/* What is not there, what no such thing could be and what one may not see are the same bytes. */
static void what_is_hidden_is_what_is_not_there(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *who, *path;
    } rows[] = {{BEARER, "/api/v1/complaints/k-9"},
                {BEARER, "/api/v1/complaints/not-so"},
                {BOB, "/api/v1/complaints/k-1"},
                {BOB, "/api/v1/complaints/k-1/party"}};
    static const char body[] = "{\"need\":\"more\"}";
    BUFFER_CLEANUP struct buffer first, posted;
    door_ask(world->address, "GET", "/api/v1/complaints/k-0", BEARER, "", &first);
    assert_int_equal(door_status(&first), 404);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer reply;
        door_ask(world->address, "GET", rows[i].path, rows[i].who, "", &reply);
        assert_string_equal(buffer_text(&reply), buffer_text(&first));
    }
    world->command[0] = '\0';
    door_ask(world->address, "POST", "/api/v1/complaints/k-1/decision",
             BOB JSON_TYPE "If-Match: \"3\"\r\n", body, &posted);
    assert_string_equal(buffer_text(&posted), buffer_text(&first));
    assert_string_equal(world->command, "");
}

/* A link is no token of the staff, a token no link, and a cookie neither. */
static void a_link_leads_to_its_complaint_alone(void **state)
{
    struct world *world = *state;
    static const char *const others[] = {BEARER, "", "Authorization: Bearer \xff\r\n",
                                         "Cookie: bailiwick_session=the-link\r\n"};
    BUFFER_CLEANUP struct buffer good, elsewhere, first;
    door_ask(world->address, "GET", "/api/v1/followed", "Authorization: Bearer the-link\r\n", "",
             &good);
    assert_string_equal(door_body(&good), "{\"complaint\":{}}\n");
    door_ask(world->address, "GET", "/api/v1/complaints", "Authorization: Bearer the-link\r\n", "",
             &elsewhere);
    assert_int_equal(door_status(&elsewhere), 401);
    door_ask(world->address, "GET", "/api/v1/followed", "Authorization: Bearer x\r\n", "", &first);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        BUFFER_CLEANUP struct buffer reply;
        door_ask(world->address, "GET", "/api/v1/followed", others[i], "", &reply);
        assert_string_equal(buffer_text(&reply), buffer_text(&first));
    }
}

#define LINK "Authorization: Bearer the-link\r\n"

/* The link goes to the core, which finds out by itself where it leads; no token goes with it. */
static void what_is_done_by_a_link_is_a_command(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *path, *body, *command;
    } rows[] = {
        {"/api/v1/followed/additions", "{ \"text\": \"t\" }",
         "complaint.add {\"document\":\"{ \\\"text\\\": \\\"t\\\" }\",\"link\":\"the-link\"}"},
        {"/api/v1/followed/withdrawal", "{}", "complaint.withdraw {\"link\":\"the-link\"}"},
        {"/api/v1/followed/review", "{\"reason\":\"r\"}",
         "complaint.review {\"link\":\"the-link\",\"reason\":\"r\"}"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer done, other, wordless, nowhere, first;
        world->outcome = 0;
        door_ask(world->address, "POST", rows[i].path, LINK JSON_TYPE, rows[i].body, &done);
        assert_int_equal(door_status(&done), 200);
        assert_string_equal(world->command, rows[i].command);
        assert_string_equal(world->token, "nothing");
        world->command[0] = '\0';
        door_ask(world->address, "POST", rows[i].path, LINK, rows[i].body, &other);
        assert_int_equal(door_status(&other), 415);
        door_ask(world->address, "POST", rows[i].path, LINK JSON_TYPE, "{", &wordless);
        assert_int_equal(door_status(&wordless), 400);
        /* A body cannot bring another link, and a token of the staff is none. */
        door_ask(world->address, "POST", rows[i].path, BEARER JSON_TYPE, "{\"link\":\"the-link\"}",
                 &nowhere);
        door_ask(world->address, "POST", rows[i].path, "", "", &first);
        assert_int_equal(door_status(&nowhere), 401);
        assert_string_equal(buffer_text(&nowhere), buffer_text(&first));
        assert_string_equal(world->command, "");
        BUFFER_CLEANUP struct buffer slower, refused;
        world->outcome = ERR_TIMED_OUT;
        door_ask(world->address, "POST", rows[i].path, LINK JSON_TYPE, rows[i].body, &slower);
        assert_int_equal(door_status(&slower), 429);
        assert_non_null(strstr(buffer_text(&slower), "Retry-After: 3600\r\n"));
        world->outcome = ERR_REFUSED;
        door_ask(world->address, "POST", rows[i].path, LINK JSON_TYPE, rows[i].body, &refused);
        assert_int_equal(door_status(&refused), 422);
    }
    world->outcome = 0;
}

static void addresses_are_read_strictly(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *path, *words;
    } rows[] = {
        {"/api/v1/complaints?colour=red", "'colour' is not known here"},
        {"/api/v1/complaints?after=a&after=b", "'after' is not known here, or stands twice"},
        {"/api/v1/complaints/k-1?after=a", "'after' is not known here"},
        {"/api/v1/complaints?after=\xff", "'after' is no text"},
        {"/api/v1/complaints?state=x", "'x' is no state"},
        {"/api/v1/complaints?a&b&c&d&e&f&g&h&i", "the address asks for too much"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer reply;
        door_ask(world->address, "GET", rows[i].path, BEARER, "", &reply);
        assert_int_equal(door_status(&reply), 400);
        if (!strstr(door_body(&reply), rows[i].words))
            fail_msg("%s: %s", rows[i].path, door_body(&reply));
        assert_non_null(strstr(buffer_text(&reply), "application/problem+json"));
    }
    BUFFER_CLEANUP struct buffer broken;
    door_ask(world->address, "GET", "/api/v1/complaints/broken", BEARER, "", &broken);
    assert_int_equal(door_status(&broken), 500);
}

static void a_complaint_is_filed_as_it_is(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer made, anyway;
    door_ask(world->address, "POST", "/api/v1/complaints", BEARER JSON_TYPE, "{ \"type\": \"t\" }",
             &made);
    assert_int_equal(door_status(&made), 201);
    assert_non_null(strstr(buffer_text(&made), "\r\nLocation: /api/v1/complaints/k-2\r\n"));
    assert_string_equal(world->command,
                        "complaint.file {\"document\":\"{ \\\"type\\\": \\\"t\\\" }\"}");
    assert_string_equal(world->token, "token-of-ann");
    door_ask(world->address, "POST", "/api/v1/complaints?anyway=true", BEARER JSON_TYPE, "{}",
             &anyway);
    assert_string_equal(world->command, "complaint.file {\"anyway\":true,\"document\":\"{}\"}");
    BUFFER_CLEANUP struct buffer keyed, odd;
    door_ask(world->address, "POST", "/api/v1/complaints",
             BEARER JSON_TYPE "Idempotency-Key: 0123456789abcdef\r\n", "{}", &keyed);
    assert_string_equal(
        world->command,
        "complaint.file {\"document\":\"{}\",\"idempotency_key\":\"0123456789abcdef\"}");
    door_ask(world->address, "POST", "/api/v1/complaints",
             BEARER JSON_TYPE "Idempotency-Key: \xff\r\n", "{}", &odd);
    assert_int_equal(door_status(&odd), 400);
}

#define MULTIPART "Content-Type: multipart/form-data; boundary=b\r\n"
#define PART(name, more, bytes)                                                                    \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"" more "\r\n\r\n" bytes "\r\n"
#define DOCUMENT(name) PART(name, "\r\nContent-Type: application/json", "{}")

/* Files go along as one open file, in which the command says where each lies. */
static void a_form_brings_files_along(void **state)
{
    struct world *world = *state;
    static const char body[] =
        PART("shot", "; filename=\"/x/a.png\"\r\nContent-Type: image/png", "one")
            DOCUMENT("complaint") PART("log", "", "second") "--b--\r\n";
    BUFFER_CLEANUP struct buffer made, added;
    door_ask(world->address, "POST", "/api/v1/complaints",
             BEARER MULTIPART "Idempotency-Key: 0123456789abcdef\r\n", body, &made);
    assert_int_equal(door_status(&made), 201);
    assert_string_equal(
        world->command,
        "complaint.file {\"document\":\"{}\",\"files\":["
        "{\"file_name\":\"a.png\",\"media_type\":\"image/png\",\"name\":\"shot\","
        "\"offset\":0,\"size\":3},"
        "{\"file_name\":\"\",\"media_type\":\"\",\"name\":\"log\",\"offset\":3,\"size\":6}],"
        "\"idempotency_key\":\"0123456789abcdef\"}");
    assert_string_equal(world->file, "onesecond");
    door_ask(world->address, "POST", "/api/v1/followed/additions",
             "Authorization: Bearer the-link\r\n" MULTIPART,
             DOCUMENT("addition") PART("log", "", "third") "--b--\r\n", &added);
    assert_int_equal(door_status(&added), 200);
    assert_string_equal(
        world->command,
        "complaint.add {\"document\":\"{}\",\"files\":["
        "{\"file_name\":\"\",\"media_type\":\"\",\"name\":\"log\",\"offset\":0,\"size\":5}],"
        "\"link\":\"the-link\"}");
    assert_string_equal(world->file, "third");
}

/* What is wrong is told with its part, and the core is not asked. */
static void a_form_that_is_none_is_refused(void **state)
{
    struct world *world = *state;
    static const char filing[] = "/api/v1/complaints";
    static const struct {
        const char *path, *headers, *body;
        int status;
        const char *words;
    } rows[] = {
        {filing, MULTIPART, DOCUMENT("complaint") "--b--", 401, "Unauthorized"},
        {filing, "Authorization: Bearer x\r\n" MULTIPART, "x", 401, "Unauthorized"},
        {"/api/v1/followed/additions", BEARER MULTIPART, DOCUMENT("addition") "--b--", 401,
         "Unauthorized"},
        {"/api/v1/hooks", BEARER MULTIPART, DOCUMENT("complaint") "--b--", 415, "Unsupported"},
        {filing, BEARER "Content-Type: multipart/form-data\r\n", "--b--", 400,
         "the Content-Type says no boundary"},
        {filing, BEARER MULTIPART, DOCUMENT("complaint"), 400,
         "part 1 of the form: the form was cut off here"},
        {filing, BEARER MULTIPART, PART("log", "", "x") "--b--", 400,
         "the form has no part 'complaint'"},
        {filing, BEARER MULTIPART, DOCUMENT("complaint") DOCUMENT("complaint") "--b--", 400,
         "part 2 of the form, 'complaint': a form has one part of this name"},
        {filing, BEARER MULTIPART, PART("complaint", "", "{}") "--b--", 415,
         "part 1 of the form, 'complaint': its Content-Type is not application/json"},
        {filing, BEARER MULTIPART,
         PART("complaint", "\r\nContent-Type: application/json", "\xff") "--b--", 400,
         "the part 'complaint' of the form is no UTF-8"},
        {filing, BEARER "Content-Length: 30000000\r\n" MULTIPART, "", 413,
         "the form has more than 25 MiB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer reply;
        world->command[0] = '\0';
        door_ask(world->address, "POST", rows[i].path, rows[i].headers, rows[i].body, &reply);
        if (door_status(&reply) != rows[i].status || !strstr(door_body(&reply), rows[i].words))
            fail_msg("%zu: %s", i, buffer_text(&reply));
        assert_string_equal(world->command, "");
        assert_non_null(strstr(buffer_text(&reply), "\r\nX-Content-Type-Options: nosniff\r\n"));
    }
}

/* A change names the version that it was made for, and nothing that is not known. */
static void a_decision_names_its_version(void **state)
{
    struct world *world = *state;
    static const char path[] = "/api/v1/complaints/k-1/decision";
    static const char good[] = "{\"in-scope\":true,\"obligation\":\"o\"}";
    BUFFER_CLEANUP struct buffer done;
    door_ask(world->address, "POST", path, BEARER JSON_TYPE "If-Match: \"3\"\r\n", good, &done);
    assert_int_equal(door_status(&done), 200);
    assert_string_equal(world->command, "complaint.decide {\"complaint\":\"k-1\",\"in-scope\":true,"
                                        "\"obligation\":\"o\",\"version\":3}");
    static const struct {
        const char *headers, *body;
        int status;
    } rows[] = {{JSON_TYPE, good, 428},
                {JSON_TYPE "If-Match: *\r\n", good, 412},
                {JSON_TYPE "If-Match: \"x\"\r\n", good, 412},
                {JSON_TYPE "If-Match: \"0\"\r\n", good, 412},
                {JSON_TYPE "If-Match: \"3\", \"4\"\r\n", good, 412},
                {JSON_TYPE "If-Match: \"33333333333333333333333333\"\r\n", good, 412},
                {"If-Match: \"3\"\r\n", good, 415},
                {JSON_TYPE "If-Match: \"3\"\r\n", "{", 400},
                {JSON_TYPE "If-Match: \"3\"\r\n", "[]", 400},
                {JSON_TYPE "If-Match: \"3\"\r\n", "{\"complaint\":\"k-9\"}", 400},
                {JSON_TYPE "If-Match: \"3\"\r\n", "{\"need\":[7]}", 400},
                {JSON_TYPE "If-Match: \"3\"\r\n", "{\"need\":7}", 400}};
    world->command[0] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char headers[300];
        BUFFER_CLEANUP struct buffer reply;
        snprintf(headers, sizeof headers, BEARER "%s", rows[i].headers);
        door_ask(world->address, "POST", path, headers, rows[i].body, &reply);
        if (door_status(&reply) != rows[i].status)
            fail_msg("%zu: %d", i, door_status(&reply));
    }
    assert_string_equal(world->command, "");
    static const struct {
        int outcome, status;
    } refusals[] = {
        {ERR_CONFLICT, 412}, {ERR_NOT_FOUND, 422}, {ERR_REFUSED, 422}, {ERR_DENIED, 403}};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        BUFFER_CLEANUP struct buffer reply;
        world->outcome = refusals[i].outcome;
        door_ask(world->address, "POST", path, BEARER JSON_TYPE "If-Match: \"3\"\r\n", good,
                 &reply);
        assert_int_equal(door_status(&reply), refusals[i].status);
        assert_non_null(strstr(door_body(&reply), "refused by the <core>"));
    }
}

static void a_browser_changes_nothing_through_the_api(void **state)
{
    struct world *world = *state;
    char cookie[200], csrf[80], headers[400];
    BUFFER_CLEANUP struct buffer read, written;
    enter(world, "token-of-ann", cookie, csrf);
    world->command[0] = '\0';
    door_ask(world->address, "GET", "/api/v1/complaints", cookie, "", &read);
    assert_int_equal(door_status(&read), 200);
    snprintf(headers, sizeof headers, "%s" JSON_TYPE, cookie);
    door_ask(world->address, "POST", "/api/v1/complaints", headers, "{}", &written);
    assert_int_equal(door_status(&written), 403);
    assert_string_equal(world->command, "");
}

static void large_bodies_are_refused(void **state)
{
    struct world *world = *state;
    char *body = malloc(400001);
    memset(body, 'a', 400000);
    body[400000] = '\0';
    BUFFER_CLEANUP struct buffer reply;
    door_ask(world->address, "POST", "/login", FORM_TYPE, body, &reply);
    assert_int_equal(door_status(&reply), 413);
    free(body);
}

static void metrics_are_for_a_token(void **state)
{
    struct world *world = *state;
    BUFFER_CLEANUP struct buffer reply;
    door_ask(world->address, "GET", "/metrics", BEARER, "", &reply);
    assert_non_null(strstr(buffer_text(&reply), "application/openmetrics-text; version=1.0.0"));
    assert_non_null(strstr(door_body(&reply), "bailiwick_cases 4\n# EOF\n"));
}

static void deadlines_are_a_calendar_of_all_a_party_or_a_handler(void **state)
{
    struct world *world = *state;
    static const char *const rows[][2] = {
        {"/deadlines.ics", "UID:c-all.all@"},
        {"/parties/registrar-1/deadlines.ics", "UID:c-party.registrar-1@"},
        {"/handlers/ann/deadlines.ics", "UID:c-handler.ann@"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer reply, stranger;
        door_ask(world->address, "GET", rows[i][0], BEARER, "", &reply);
        assert_non_null(strstr(buffer_text(&reply), "Content-Type: text/calendar; charset=utf-8"));
        assert_non_null(strstr(door_body(&reply), rows[i][1]));
        door_ask(world->address, "GET", rows[i][0], "", "", &stranger);
        assert_int_equal(door_status(&stranger), 401);
    }
}

static void forms_are_parsed_strictly(void **state)
{
    (void)state;
    static const char good[] = "a=1+2%2B&b=&c&%C3%A9=%26";
    JSON_CLEANUP json_t *form = NULL;
    assert_int_equal(form_parse((const uint8_t *)good, sizeof good - 1, &form), 0);
    assert_string_equal(json_text(form, "a"), "1 2+");
    assert_string_equal(json_text(form, "c"), "");
    assert_string_equal(json_text(form, "\xc3\xa9"), "&");
    static const char *const wrong[] = {"a=%", "a=%4", "a=%gg", "a=%00", "a=%ff", "a=1&a=2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *none = NULL;
        assert_int_equal(form_parse((const uint8_t *)wrong[i], strlen(wrong[i]), &none),
                         ERR_SYNTAX);
        assert_null(none);
    }
    char many[200] = "";
    for (int i = 0; i < 33; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%d=&", i);
    json_t *none = NULL;
    assert_int_equal(form_parse((const uint8_t *)many, strlen(many), &none), ERR_LIMIT);
    char value[8];
    assert_int_equal(cookie_find("x=1; y=22;z=3", "y", value, sizeof value), 0);
    assert_string_equal(value, "22");
    assert_int_equal(cookie_find("xy=1", "y", value, sizeof value), ERR_NOT_FOUND);
    assert_int_equal(cookie_find("y=123456789", "y", value, sizeof value), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_route_asks_who_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_a_small_page_or_a_problem, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(approval_carries_the_user_and_the_digest, setup, teardown),
        cmocka_unit_test_setup_teardown(what_fails_among_many_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(forms_of_other_sites_do_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_end, setup, teardown),
        cmocka_unit_test_setup_teardown(a_password_and_a_code_sign_in, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cookie_is_new_at_each_signing_in, setup, teardown),
        cmocka_unit_test_setup_teardown(other_sites_sign_nobody_in, setup, teardown),
        cmocka_unit_test_setup_teardown(who_guesses_is_told_to_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(anybody_else_says_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(the_named_web_server_says_who_asks, setup_proxied,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_is_there_is_told_to_the_core, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_ends_a_session, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_reads_what_it_is_for, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_tokens_are_told_so, setup, teardown),
        cmocka_unit_test_setup_teardown(a_media_type_is_the_whole_word, setup, teardown),
        cmocka_unit_test_setup_teardown(a_request_ends_once, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals_have_their_status_and_words, setup, teardown),
        cmocka_unit_test_setup_teardown(the_api_asks_what_the_command_line_asks, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_hidden_is_what_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_leads_to_its_complaint_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_done_by_a_link_is_a_command, setup, teardown),
        cmocka_unit_test_setup_teardown(addresses_are_read_strictly, setup, teardown),
        cmocka_unit_test_setup_teardown(a_complaint_is_filed_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(a_form_brings_files_along, setup, teardown),
        cmocka_unit_test_setup_teardown(a_form_that_is_none_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_decision_names_its_version, setup, teardown),
        cmocka_unit_test_setup_teardown(a_browser_changes_nothing_through_the_api, setup, teardown),
        cmocka_unit_test_setup_teardown(large_bodies_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(metrics_are_for_a_token, setup, teardown),
        cmocka_unit_test_setup_teardown(deadlines_are_a_calendar_of_all_a_party_or_a_handler, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(forms_are_parsed_strictly, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
