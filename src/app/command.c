#include "app/command.h"

#include "app/argument.h"
#include "app/command_list.h"
#include "app/people/proof.h"
#include "store/user.h"

#include <stdio.h>
#include <string.h>

static const struct {
    enum role role;
    const char *text;
} roles[] = {
    {ROLE_ANALYST, "analyst"},
    {ROLE_APPROVER, "approver"},
    {ROLE_PUBLISHER, "publisher"},
    {ROLE_AUDITOR, "auditor"},
    {ROLE_ADMINISTRATOR, "administrator"},
    {ROLE_MACHINE, "machine"},
    {ROLE_MAIL, "mail"},
    {ROLE_PARTY, "party"},
};

const char *role_text(enum role role)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (roles[i].role == role)
            return roles[i].text;
    }
    return "anybody";
}

int role_parse(const char *text, enum role *ret_role)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strcmp(roles[i].text, text) == 0 && roles[i].role != ROLE_MACHINE) {
            *ret_role = roles[i].role;
            return 0;
        }
    }
    return ERR_SYNTAX;
}

static const struct command commands[] = {
#define C(name, roles, function) {name, roles, function},
    COMMAND_LIST(C)
#undef C
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

struct actor command_machine(void)
{
    return (struct actor){.id = "machine", .roles = ROLE_MACHINE};
}

static bool nobody_yet(struct app *app)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user *users;
    size_t count = 1;
    arena_init(&arena, 1 << 20);
    int result = store_user_list(app->store, NULL, 1, &arena, &users, &count);
    return result >= 0 && count == 0;
}

struct actor command_actor_of(const struct store_user *user)
{
    struct actor actor = {.since = user->created_at};
    snprintf(actor.id, sizeof actor.id, "%s", user->id);
    for (size_t i = 0; i < user->role_count; i++) {
        enum role role;
        if (role_parse(user->roles[i], &role) >= 0)
            actor.roles |= (unsigned)role;
    }
    return actor;
}

/* What somebody shows. */
struct shown {
    const char *secret;
    bool is_cookie;                   /* else a token */
    const struct digest *certificate; /* NULL for none */
};

static int actor_of_secret(struct app *app, const struct shown *shown, struct actor *ret_actor,
                           struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct proof proof;
    arena_init(&arena, 1 << 20);
    const struct proof_token token = {.sha256 = digest_of(shown->secret, strlen(shown->secret)),
                                      .certificate = shown->certificate};
    int result = shown->is_cookie ? proof_of_cookie(app, &token.sha256, &arena, &proof, detail)
                                  : proof_of_token(app, &token, &arena, &proof, detail);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, ERR_DENIED, "this %s is nobody's",
                         shown->is_cookie ? "session" : "token");
    if (result < 0)
        return result;
    *ret_actor = command_actor_of(&proof.user);
    ret_actor->since = proof.since;
    snprintf(ret_actor->scope, sizeof ret_actor->scope, "%s", proof.scope);
    snprintf(ret_actor->session, sizeof ret_actor->session, "%s", proof.session);
    return 0;
}

int command_actor_at_door(struct app *app, const char *token, const struct digest *certificate,
                          struct actor *ret_actor, struct error_detail *detail)
{
    const struct shown shown = {.secret = token, .certificate = certificate};
    return actor_of_secret(app, &shown, ret_actor, detail);
}

int command_actor(struct app *app, const char *token, struct actor *ret_actor,
                  struct error_detail *detail)
{
    if (token)
        return command_actor_at_door(app, token, /* certificate= */ NULL, ret_actor, detail);
    if (!nobody_yet(app))
        return error_set(detail, ERR_DENIED,
                         "who is acting? Say --token FILE or set BAILIWICK_TOKEN");
    *ret_actor = (struct actor){.id = "founder", .roles = ROLE_FOUNDER};
    return 0;
}

int command_actor_for(struct app *app, const char *command, const char *token,
                      struct actor *ret_actor, struct error_detail *detail)
{
    const struct command *known = command_find(command);
    if (!known || known->roles != ROLE_COMPLAINANT)
        return command_actor(app, token, ret_actor, detail);
    *ret_actor = (struct actor){.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};
    return 0;
}

int command_actor_of_cookie(struct app *app, const char *cookie, struct actor *ret_actor,
                            struct error_detail *detail)
{
    const struct shown shown = {.secret = cookie, .is_cookie = true};
    return actor_of_secret(app, &shown, ret_actor, detail);
}

int command_check_roles(const char *command, unsigned wanted, const struct actor *actor,
                        struct error_detail *detail)
{
    bool staff =
        (actor->roles & ~(unsigned)(ROLE_MAIL | ROLE_DOOR | ROLE_COMPLAINANT | ROLE_PARTY)) != 0;
    if (actor->scope[0] && !scope_may_run(actor->scope, command))
        return error_set(detail, ERR_DENIED, "the token of %s is not for '%s' (only for: %s)",
                         actor->id, command, actor->scope);
    if (((wanted & ROLE_ANYBODY) && staff) || (wanted & actor->roles))
        return 0;
    char words[128] = "";
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        size_t used = strlen(words);
        if ((wanted & roles[i].role) && roles[i].role != ROLE_MACHINE)
            snprintf(words + used, sizeof words - used, "%s%s", used ? " or " : "", roles[i].text);
    }
    return error_set(detail, ERR_DENIED, "'%s' is for the role %s; %s has it not", command,
                     words[0] ? words : "of the program itself", actor->id);
}

int command_check_second(const struct actor *actor, int64_t at, const char *what,
                         struct error_detail *detail)
{
    if (actor->since <= at)
        return 0;
    return error_set(detail, ERR_REFUSED,
                     "%s got a token after %s was made, and is no second person for it", actor->id,
                     what);
}

/* What can be tried: the same is refused as when it is done, and nothing of it stays. */
static int read_preview(const struct command_request *request, bool *ret_preview,
                        struct error_detail *detail)
{
    static const char *const tried[] = {"complaint.decide", "complaint.reopen"};
    *ret_preview = json_is_true(json_object_get(request->arguments, "preview"));
    for (size_t i = 0; *ret_preview && i < sizeof tried / sizeof *tried; i++) {
        if (strcmp(tried[i], request->name) == 0)
            return 0;
    }
    return *ret_preview ? error_set(detail, ERR_SYNTAX, "'%s' is done or not; it has no preview",
                                    request->name)
                        : 0;
}

int command_run(struct app *app, const struct command_request *request, json_t **ret_result,
                struct error_detail *detail)
{
    const struct command *command = command_find(request->name);
    if (!command)
        return error_set(detail, ERR_NOT_FOUND, "no command '%s'", request->name);
    bool preview;
    int result = command_check_roles(command->name, command->roles, &request->actor, detail);
    if (result >= 0)
        result = read_preview(request, &preview, detail);
    if (result < 0)
        return result;
    json_t *answer JSON_CLEANUP = json_object();
    struct call call = {app, request->actor, request->arguments, answer, detail, request->file};
    if (!answer)
        return ERR_NO_MEMORY;
    result = store_mark(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, command->name);
    result = command->run(&call);
    int kept = result < 0 || preview ? store_undo(app->store) : store_keep(app->store);
    if (result >= 0 && kept < 0)
        result = app_store_failed(app, kept, detail, command->name);
    /* Half a command must never be committed with others. */
    if (kept < 0)
        store_rollback(app->store);
    if (result < 0)
        return error_context(detail, result, "%s", command->name);
    *ret_result = json_incref(answer);
    return 0;
}

int command_run_alone(struct app *app, const struct command_request *request, json_t **ret_result,
                      struct error_detail *detail)
{
    json_t *answer = NULL;
    int result = store_begin(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, request->name);
    result = command_run(app, request, &answer, detail);
    if (result >= 0) {
        result = store_commit(app->store);
        if (result < 0)
            app_store_failed(app, result, detail, request->name);
    }
    if (result < 0)
        store_rollback(app->store);
    int followed = app_follow(app, /* committed= */ result >= 0, detail);
    if (result < 0 || followed < 0) {
        json_decref(answer);
        return result < 0 ? result : followed;
    }
    *ret_result = answer;
    return 0;
}

int call_need_text(struct call *call, const char *name, const char **ret_text)
{
    return argument_text(call->arguments, name, ret_text, call->detail);
}
