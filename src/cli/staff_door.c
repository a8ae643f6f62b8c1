#include "cli/staff_door.h"

#include "app/app.h"
#include "app/child.h"
#include "app/control_line.h"
#include "app/query.h"
#include "app/query/desk.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "web/staff.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REFRESH_US = 1000000, AUTHORITY_MAX = 200 };

/* Used by whichever of the door's threads has the turn; the main thread only waits. */
struct desk {
    struct app app;
    struct web_turn turn;    /* as in struct web_door */
    struct web_turn signing; /* in, one at a time; taken without the other turn */
    struct control_line core;
    int64_t next_refresh_us;
    char incoming[PATH_MAX];
    char authority[AUTHORITY_MAX]; /* of the rulebook, which may be replaced while we run */
};

/* --- reading --- */

static void refresh(struct desk *desk)
{
    struct error_detail detail = {0};
    if (clock_mono() < desk->next_refresh_us)
        return;
    desk->next_refresh_us = clock_mono() + REFRESH_US;
    int result = desk_refresh(&desk->app, &detail);
    if (result < 0)
        log_error("staff door: %s", error_words(&detail, result));
    const struct rulebook *rulebook = desk->app.rulebook;
    snprintf(desk->authority, sizeof desk->authority, "%s",
             rulebook ? rulebook->authority_name : "");
}

/* What is not there is the reader's affair; everything else is ours and is logged. */
static int ask(struct desk *desk, const char *query, json_t *arguments, json_t **ret_result)
{
    struct error_detail detail = {0};
    refresh(desk);
    int result =
        arguments ? query_run(&desk->app, query, arguments, ret_result, &detail) : ERR_NO_MEMORY;
    if (result < 0 && result != ERR_NOT_FOUND)
        log_error("staff door: %s: %s", query, error_words(&detail, result));
    return result;
}

static int get_user(void *context, const struct staff_shown *shown, struct staff_user *ret_user)
{
    char hex[DIGEST_HEX];
    JSON_CLEANUP json_t *arguments =
        json_pack("{s:s}", shown->is_cookie ? "cookie_sha256" : "token_sha256",
                  digest_format(&shown->sha256, hex));
    if (shown->certificate)
        json_object_set_new(arguments, "certificate",
                            json_string(digest_format(shown->certificate, hex)));
    JSON_CLEANUP json_t *found = NULL;
    int result = ask(context, "desk.user", arguments, &found);
    if (result < 0)
        return result;
    const char *id = json_text(found, "id"), *role = json_text(found, "role");
    snprintf(ret_user->name, sizeof ret_user->name, "%s", id ? id : "");
    snprintf(ret_user->role, sizeof ret_user->role, "%s", role ? role : "");
    const char *scope = json_text(found, "scope");
    snprintf(ret_user->scope, sizeof ret_user->scope, "%s", scope ? scope : "");
    ret_user->since = json_number(found, "since", 0);
    const char *session = json_text(found, "session");
    snprintf(ret_user->session, sizeof ret_user->session, "%s", session ? session : "");
    ret_user->of_party = json_is_true(json_object_get(found, "of_party"));
    ret_user->stale = json_is_true(json_object_get(found, "stale"));
    return 0;
}

/* Of a question by somebody, about an object where `name` is not NULL. New reference. */
static json_t *of_user(const struct staff_user *user, const char *name, const char *id)
{
    json_t *arguments =
        json_pack("{s:s, s:I}", "user", user->name, "since", (json_int_t)user->since);
    if (name)
        json_object_set_new(arguments, name, json_string(id));
    return arguments;
}

static int get_worklist(void *context, const struct staff_user *user, json_t **ret_context)
{
    JSON_CLEANUP json_t *arguments = of_user(user, NULL, NULL);
    return ask(context, "desk.worklist", arguments, ret_context);
}

static int get_matrix(void *context, const struct staff_user *user, json_t **ret_context)
{
    JSON_CLEANUP json_t *arguments = of_user(user, NULL, NULL);
    return ask(context, "desk.matrix", arguments, ret_context);
}

static int get_party(void *context, const struct staff_user *user, const char *id,
                     json_t **ret_context)
{
    JSON_CLEANUP json_t *arguments = of_user(user, "party", id);
    return ask(context, "desk.party", arguments, ret_context);
}

static int get_finding(void *context, const struct staff_user *user, const char *id,
                       json_t **ret_context)
{
    JSON_CLEANUP json_t *arguments = of_user(user, "finding", id);
    return ask(context, "desk.finding", arguments, ret_context);
}

static int get_case(void *context, const struct staff_user *user, const char *id,
                    json_t **ret_context)
{
    JSON_CLEANUP json_t *arguments = of_user(user, "case", id);
    return ask(context, "desk.case", arguments, ret_context);
}

static int get_letter(void *context, const struct staff_user *user, const char *id,
                      json_t **ret_context)
{
    JSON_CLEANUP json_t *arguments = of_user(user, "letter", id);
    return ask(context, "desk.letter", arguments, ret_context);
}

static int get_deadlines(void *context, const struct staff_user *user, const char *party,
                         const char *handler, json_t **ret_list)
{
    (void)user; /* whoever comes in here sees every case */
    JSON_CLEANUP json_t *arguments = json_pack("{s:s*, s:s*}", "party", party, "handler", handler);
    return ask(context, "deadline.list", arguments, ret_list);
}

static int get_sessions(void *context, const struct staff_user *user, json_t **ret_context)
{
    JSON_CLEANUP json_t *arguments = of_user(user, "session", user->session);
    return ask(context, "desk.sessions", arguments, ret_context);
}

static int get_metrics(void *context, json_t **ret_metrics)
{
    JSON_CLEANUP json_t *arguments = json_object();
    return ask(context, "desk.metrics", arguments, ret_metrics);
}

/* --- commands --- */

/* The request of a form or of the API, as a command of the core. Who acts is never what the request
 * says. */
static int translate(struct desk *desk, const struct staff_user *user, const json_t *command,
                     json_t **ret_meant, struct error_detail *detail)
{
    JSON_CLEANUP json_t *arguments = json_copy((json_t *)command);
    JSON_CLEANUP json_t *asker = of_user(user, NULL, NULL);
    if (!arguments || !asker || json_object_update(arguments, asker) < 0)
        return ERR_NO_MEMORY;
    refresh(desk);
    return query_run(&desk->app, "desk.command", arguments, ret_meant, detail);
}

/* One command of the core, for whoever showed `proof`; NULL for nobody yet. Others have the turn
 * while we wait, so that what several want is kept by one sync. */
static int ask_core(struct desk *desk, const struct staff_run *run, json_t **ret_result,
                    struct error_detail *detail)
{
    const struct staff_proof *proof = run->proof;
    char hex[DIGEST_HEX];
    const struct control_request request = {
        .command = run->command,
        .token = proof && !proof->is_cookie ? proof->secret : NULL,
        .cookie = proof && proof->is_cookie ? proof->secret : NULL,
        .certificate = proof && proof->certificate ? digest_format(proof->certificate, hex) : NULL,
        .arguments = run->arguments,
        .file = run->file};
    uint64_t source = web_turn_give(&desk->turn);
    int result = control_line_ask(&desk->core, &request, ret_result, detail);
    web_turn_take(&desk->turn, source);
    return result;
}

static int ask_for(void *context, const struct staff_user *user, const char *query,
                   const json_t *arguments, json_t **ret_answer, struct error_detail *detail)
{
    struct desk *desk = context;
    JSON_CLEANUP json_t *all = of_user(user, NULL, NULL);
    if (!all || json_object_update(all, (json_t *)arguments) < 0)
        return ERR_NO_MEMORY;
    refresh(desk);
    return query_run(&desk->app, query, all, ret_answer, detail);
}

static int run_for(void *context, const struct staff_run *run, json_t **ret_result,
                   struct error_detail *detail)
{
    return ask_core(context, run, ret_result, detail);
}

static int run_command(void *context, const struct staff_order *order, json_t **ret_result,
                       struct error_detail *detail)
{
    JSON_CLEANUP json_t *meant = NULL, *done = NULL;
    int result = translate(context, order->user, order->command, &meant, detail);
    if (result < 0)
        return result;
    const struct staff_run run = {.proof = order->proof,
                                  .command = json_text(meant, "command"),
                                  .arguments = json_object_get(meant, "arguments")};
    result = ask_core(context, &run, &done, detail);
    if (result < 0)
        return result;
    if (json_object_set(done, "words", json_object_get(meant, "words")) < 0)
        return ERR_NO_MEMORY;
    *ret_result = json_incref(done);
    return 0;
}

/* --- sessions --- */

/* Without the turn. */
static int ask_as_door(void *context, const char *command, const json_t *arguments,
                       json_t **ret_result, struct error_detail *detail)
{
    struct desk *desk = context;
    const struct control_request request = {.command = command, .arguments = arguments};
    return control_line_ask(&desk->core, &request, ret_result, detail);
}

static int stretch(void *context, const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
                   struct digest *ret_key)
{
    (void)context;
    const struct password_cost cost = {PASSWORD_PASSES, PASSWORD_MEMORY_KIB};
    return password_stretch(password, salt, &cost, ret_key);
}

/* One at a time: what a guess costs the next one is known before that is looked at, and Argon2id
 * takes its memory once. Whoever does not sign in is not held up, and of those who do, who comes
 * from an address from which many guess waits for those. */
static int let_in(void *context, const struct sign_in *who, char ret_cookie[SIGN_IN_COOKIE_TEXT],
                  int64_t *ret_wait_s, struct error_detail *detail)
{
    struct desk *desk = context;
    const struct sign_in_means means = {.context = context, .ask = ask_as_door, .stretch = stretch};
    uint64_t source = web_turn_give(&desk->turn);
    web_turn_take(&desk->signing, web_turn_source(&desk->signing, who->address));
    int result = sign_in(who, &means, ret_cookie, ret_wait_s, detail);
    web_turn_give(&desk->signing);
    web_turn_take(&desk->turn, source);
    if (result < 0 && result != ERR_DENIED && result != ERR_TIMED_OUT)
        log_error("staff door: signing in: %s", error_words(detail, result));
    return result;
}

static int run_on_session(void *context, const struct staff_proof *proof, const char *command,
                          const char *id)
{
    struct error_detail detail = {0};
    JSON_CLEANUP json_t *arguments = json_pack("{s:s*}", "session", id), *done = NULL;
    const struct staff_run run = {.proof = proof, .command = command, .arguments = arguments};
    int result = arguments ? ask_core(context, &run, &done, &detail) : ERR_NO_MEMORY;
    if (result < 0)
        log_error("staff door: %s: %s", command, error_words(&detail, result));
    return result;
}

/* --- the process --- */

/* The store's own files, the folder of forms on their way in, and nothing else of the data
 * directory, least of all the signer's key. The
 * core has the store open, so its log and index stay these files as long as we run. */
static int hold(const char *data, const char *incoming, struct error_detail *detail)
{
    static const char *const names[] = {"store.db", "store.db-wal", "store.db-shm"};
    enum { NAMES = sizeof names / sizeof *names };
    static const char *const writable[] = {"/var/tmp", "/tmp"};
    char store[NAMES][PATH_MAX];
    const char *read[NAMES + 1], *write[3];
    struct sandbox_paths paths = {.read = read, .write = write};
    unsigned achieved;
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(store[i], sizeof store[i], "%s/%s", data, names[i]);
        if (access(store[i], F_OK) == 0)
            read[paths.read_count++] = store[i];
    }
    if (access("/usr/share/zoneinfo", F_OK) == 0)
        read[paths.read_count++] = "/usr/share/zoneinfo";
    /* SQLite sorts in temporary files. */
    for (size_t i = 0; i < 2; i++) {
        if (access(writable[i], F_OK) == 0)
            write[paths.write_count++] = writable[i];
    }
    if (access(incoming, F_OK) == 0)
        write[paths.write_count++] = incoming;
    return sandbox_files_only(&paths, &achieved, detail);
}

/* What stands in it under a name was never filled (web/upload.c). A disk that is full now keeps
 * nobody out: without it no form is taken. */
static void make_incoming(struct desk *desk, const char *data)
{
    snprintf(desk->incoming, sizeof desk->incoming, "%s/incoming", data);
    int result = file_make_folder(desk->incoming, 0700);
    if (result < 0)
        log_error("staff door: %s: %s; until the door starts anew no form with files is taken",
                  desk->incoming, error_text(result));
}

/* Blocked before the door's threads start, so that only this descriptor sees it. */
static int open_signals(struct error_detail *detail)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    int fd = signalfd(-1, &signals, SFD_CLOEXEC);
    return fd < 0 ? error_set(detail, -errno, "signals: %s", error_text(-errno)) : fd;
}

/* Replies of the core come over the same socket and belong to the door's threads: we look for its
 * end only. */
static void wait_for_end(int signals)
{
    struct pollfd waits[] = {{.fd = signals, .events = POLLIN},
                             {.fd = CHILD_SOCKET, .events = POLLRDHUP}};
    while (poll(waits, sizeof waits / sizeof *waits, -1) < 0 && errno == EINTR)
        continue;
}

static int serve(struct desk *desk, int signals, struct error_detail *detail)
{
    const struct staff_source source = {.context = desk,
                                        .user = get_user,
                                        .sign_in = let_in,
                                        .session = run_on_session,
                                        .sessions = get_sessions,
                                        .worklist = get_worklist,
                                        .matrix = get_matrix,
                                        .party = get_party,
                                        .finding = get_finding,
                                        .case_page = get_case,
                                        .letter = get_letter,
                                        .deadlines = get_deadlines,
                                        .metrics = get_metrics,
                                        .ask = ask_for,
                                        .run = run_for,
                                        .command = run_command};
    const struct staff_config config = {.source = &source,
                                        .authority_name = desk->authority,
                                        .demo = app_is_demo(&desk->app),
                                        .proxy = desk->app.config.staff_proxy,
                                        .incoming = desk->incoming,
                                        .turn = &desk->turn};
    struct staff_door *door;
    web_turn_init(&desk->turn);
    web_turn_init(&desk->signing);
    control_line_init(&desk->core, CHILD_SOCKET);
    refresh(desk);
    int result = staff_start(&config, CHILD_LISTENER, &door, detail);
    if (result < 0)
        return result;
    wait_for_end(signals);
    /* A request that waits for the core's reply must not hold up the end. */
    shutdown(CHILD_SOCKET, SHUT_RDWR);
    staff_stop(door);
    return 0;
}

int staff_door_main(const char *data, const char *config)
{
    struct app_options options = {
        .data = data, .config = config[0] ? config : NULL, .read_only = true};
    struct desk desk = {.next_refresh_us = 0};
    struct error_detail detail = {0};
    log_set_name("bailiwick staff");
    clock_init(&options.clock);
    int signals = open_signals(&detail);
    int result = signals < 0 ? signals : app_open(&options, &desk.app, &detail);
    if (result >= 0) {
        make_incoming(&desk, data);
        result = hold(data, desk.incoming, &detail);
        if (result >= 0)
            result = serve(&desk, signals, &detail);
        app_close(&desk.app);
    }
    if (signals >= 0)
        close(signals);
    if (result < 0)
        log_error("staff door: %s", error_words(&detail, result));
    return result < 0 ? EXIT_OURS : EXIT_MET;
}
