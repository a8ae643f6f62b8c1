/* Commands: everything that changes the store, as a table of names, roles and functions.
 *
 * The command line, the staff door and the daemon's own clock all go through command_run(), so that
 * who may do what is decided in one place. One command is all or nothing: it runs between a mark
 * and a keep of the open transaction, and is acknowledged only after the commit. */
#ifndef BAILIWICK_APP_COMMAND_H
#define BAILIWICK_APP_COMMAND_H

#include "access/scope.h"
#include "app/app.h"
#include "app/people/session.h"
#include "base/json.h"

enum role {
    ROLE_ANALYST = 1,
    ROLE_APPROVER = 2,
    ROLE_PUBLISHER = 4,
    ROLE_AUDITOR = 8,
    ROLE_ADMINISTRATOR = 16,
    ROLE_MACHINE = 32,  /* the program itself; no token has it */
    ROLE_ANYBODY = 64,  /* of a command: any member of the staff */
    ROLE_FOUNDER = 128, /* whoever comes before the first user; no token has it */
    ROLE_MAIL = 256,    /* a mail server: hands mail over, and is no member of the staff */
    ROLE_DOOR = 512,    /* the staff door, to let somebody in; no token has it */
    /* Who holds the secret link of a complaint, which is an argument of the command and proves more
     * than a token could: no token has it. */
    ROLE_COMPLAINANT = 1024,
    /* A user of a contracted party: no member of the staff, and may nothing but by a grant
     * (people/grant.h). */
    ROLE_PARTY = 2048,
};

enum { ACTOR_NAME_MAX = 64 };

struct actor {
    char id[ACTOR_NAME_MAX]; /* "machine", or a user's id */
    unsigned roles;
    int64_t since;                 /* when the token was handed out; 0 for the machine */
    char scope[SCOPE_TEXT_MAX];    /* what the token may be used for; "" without one: everything */
    char session[SESSION_ID_TEXT]; /* "" for who shows a token */
};

struct call {
    struct app *app;
    struct actor actor;
    const json_t *arguments;
    json_t *result; /* an object that the command fills */
    struct error_detail *detail;
    const int *file; /* that came with it (app/form.h); NULL for none */
};

struct command {
    const char *name;
    unsigned roles; /* who may; any one suffices */
    int (*run)(struct call *call);
};

const struct command *command_find(const char *name);

/* The id of an actor with ROLE_COMPLAINANT; no user has it. */
#define ACTOR_COMPLAINANT "complainant"

/* The machine itself, for timers and workers. */
struct actor command_machine(void);

/* The user of a token; ERR_DENIED for NULL, and for one that is unknown, revoked, over, or of a
 * disabled user. Before the first user exists, whoever shows no token may make that user, an
 * administrator, and nothing else. */
int command_actor(struct app *app, const char *token, struct actor *ret_actor,
                  struct error_detail *detail);

/* The same at the staff door, where a certificate may have come with the token. */
int command_actor_at_door(struct app *app, const char *token, const struct digest *certificate,
                          struct actor *ret_actor, struct error_detail *detail);

/* Who acts with that command: a complainant, whatever token is shown, where it is theirs; else the
 * user of the token. */
int command_actor_for(struct app *app, const char *command, const char *token,
                      struct actor *ret_actor, struct error_detail *detail);

/* The user of a session, by its cookie: for the staff door alone. ERR_DENIED. */
int command_actor_of_cookie(struct app *app, const char *cookie, struct actor *ret_actor,
                            struct error_detail *detail);

/* A user as an actor, by no token: since the user was made. Whoever lets it act must have proof of
 * the user first. */
struct store_user;
struct actor command_actor_of(const struct store_user *user);

/* ERR_DENIED, naming `command` and who may, unless the actor has one of the roles and a token that
 * may be used for it. */
int command_check_roles(const char *command, unsigned roles, const struct actor *actor,
                        struct error_detail *detail);

/* Whether the actor's word counts as a second person's about what was made at `at`: ERR_REFUSED for
 * whose token was handed out after that. Else who hands tokens out could call up the second person
 * for what is there already. `what` is the thing, for the words. */
int command_check_second(const struct actor *actor, int64_t at, const char *what,
                         struct error_detail *detail);

/* Runs inside the transaction that the caller opened. ERR_NOT_FOUND for an unknown name,
 * ERR_DENIED. A failure leaves nothing of the command behind; when even that fails, the whole
 * transaction is rolled back and no longer open. app_follow() comes after the commit. The caller
 * owns *ret_result. With the argument "preview", which some take, the command is carried out and
 * taken back: it answers, or is refused, as it would be. */
struct command_request {
    const char *name;
    struct actor actor;
    const json_t *arguments;
    const int *file; /* NULL for none */
};
int command_run(struct app *app, const struct command_request *request, json_t **ret_result,
                struct error_detail *detail);

/* The same in a transaction of its own. */
int command_run_alone(struct app *app, const struct command_request *request, json_t **ret_result,
                      struct error_detail *detail);

/* For commands: a text argument that must be there. ERR_SYNTAX names it. */
int call_need_text(struct call *call, const char *name, const char **ret_text);

const char *role_text(enum role role);
int role_parse(const char *text, enum role *ret_role);

#endif
