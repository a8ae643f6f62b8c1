/* Signing in at the staff door, and every way of doing it that must not work. The door's side
 * (sign_in.h) asks the commands of a real store; passwords are stretched cheaply, since how often
 * is what counts. */
#include "app/people/session.h"

#include "app/command.h"
#include "app/people/credential.h"
#include "app/people/guess.h"
#include "app/people/sign_in.h"
#include "app/people/token.h"
#include "app/query.h"
#include "app/world.h"
#include "app_world.h"
#include "base/seal.h"
#include "proto/otp/otp.h"
#include "refusal.h"
#include "store/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RIGHT "correct horse battery"
#define ADDRESS "192.0.2.7"
#define S(seconds) (INT64_C(1000000) * (seconds))

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};
static const struct actor door = {.id = "door", .roles = ROLE_DOOR};
static const uint8_t secret[OTP_SECRET_SIZE] = "12345678901234567890";

struct trial {
    struct world *world;
    int asked, stretched;
    char last_command[64];
};

/* --- the two means of the door --- */

static int ask_core(void *context, const char *command, const json_t *arguments,
                    json_t **ret_result, struct error_detail *detail)
{
    struct trial *trial = context;
    trial->asked++;
    snprintf(trial->last_command, sizeof trial->last_command, "%s", command);
    return world_run(trial->world, &door, command, json_deep_copy(arguments), ret_result, detail);
}

/* Stands for Argon2id: the salt counts, the work does not. */
static int stretch(void *context, const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
                   struct digest *ret_key)
{
    struct trial *trial = context;
    uint8_t key[DIGEST_SIZE] = {0};
    trial->stretched++;
    memcpy(key, salt, PASSWORD_SALT_SIZE);
    *ret_key = digest_hmac(key, password, strlen(password));
    return 0;
}

/* --- a user with a password --- */

/* As credential_make() does it, but cheaply and with a secret that is known. */
static void set_password(struct trial *trial, const char *user)
{
    struct actor actor;
    uint8_t salt[PASSWORD_SALT_SIZE], factor[OTP_SECRET_SIZE + SEAL_OVERHEAD];
    char salt_hex[33], verifier_hex[DIGEST_HEX], factor_hex[2 * sizeof factor + 1];
    struct digest key;
    memset(salt, user[0], sizeof salt);
    stretch(trial, RIGHT, salt, &key);
    const struct digest verifier = digest_hmac(key.bytes, "verifier", 8);
    const struct digest factor_key = digest_hmac(key.bytes, "factor", 6);
    seal_close(&factor_key, "second factor", secret, sizeof secret, factor);
    assert_int_equal(command_actor(&trial->world->app, user, &actor, NULL), 0);
    assert_int_equal(world_run(trial->world, &actor, "user.password",
                               json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "id", user, "salt",
                                         hex_format(salt, sizeof salt, salt_hex), "verifier",
                                         digest_format(&verifier, verifier_hex), "factor",
                                         hex_format(factor, sizeof factor, factor_hex), "passes",
                                         PASSWORD_PASSES, "memory_kib", PASSWORD_MEMORY_KIB),
                               NULL, NULL),
                     0);
    trial->stretched = 0;
}

static int make(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);
    assert_non_null(trial);
    trial->world = world_new();
    struct app *app = &trial->world->app;
    assert_int_equal(store_begin(app->store), 0);
    app_world_put_user(app, "anna", "analyst", "", WORLD_START);
    app_world_put_user(app, "bert", "approver", "", WORLD_START);
    app_world_put_user(app, "mta", "mail", "", WORLD_START);
    app_world_put_user(app, "pete", "analyst", "registrar-9", WORLD_START);
    app_world_put_user(app, "zoe", "administrator", "", WORLD_START);
    set_password(trial, "anna");
    *state = trial;
    return 0;
}

static int end(void **state)
{
    struct trial *trial = *state;
    world_free(trial->world);
    free(trial);
    return 0;
}

static void pass(struct trial *trial, int64_t seconds)
{
    struct clock *clock = &trial->world->app.clock;
    clock->frozen_at += S(seconds);
}

static const char *code_now(struct trial *trial)
{
    static char text[OTP_CODE_TEXT];
    assert_int_equal(otp_code(secret, otp_step(clock_real(&trial->world->app.clock)), text), 0);
    return text;
}

static int64_t waited_s; /* of the last try */

static int try_it(struct trial *trial, const struct sign_in *who, char cookie[SIGN_IN_COOKIE_TEXT])
{
    const struct sign_in_means means = {.context = trial, .ask = ask_core, .stretch = stretch};
    struct error_detail detail = {0};
    waited_s = 0;
    memset(cookie, 0, SIGN_IN_COOKIE_TEXT);
    return sign_in(who, &means, cookie, &waited_s, &detail);
}

static int try_password(struct trial *trial, const char *user, const char *password,
                        const char *code, char cookie[SIGN_IN_COOKIE_TEXT])
{
    const struct sign_in who = {
        .user = user, .password = password, .code = code, .address = ADDRESS};
    return try_it(trial, &who, cookie);
}

static int try_token(struct trial *trial, const char *token, char cookie[SIGN_IN_COOKIE_TEXT])
{
    const struct sign_in who = {.token = token, .address = ADDRESS};
    return try_it(trial, &who, cookie);
}

static int ask_nobody(void *context, const char *command, const json_t *arguments,
                      json_t **ret_result, struct error_detail *detail)
{
    (void)context, (void)command, (void)arguments, (void)detail;
    *ret_result = json_object();
    return 0;
}

/* Nothing is stretched then, and nothing begins. */
static void a_core_without_a_salt_lets_nobody_in(void **state)
{
    const struct sign_in_means means = {.context = *state, .ask = ask_nobody};
    const struct sign_in who = {
        .user = "anna", .password = RIGHT, .code = "123456", .address = ADDRESS};
    char cookie[SIGN_IN_COOKIE_TEXT];
    struct error_detail detail = {0};
    int64_t wait_s = 0;
    assert_refused(sign_in(&who, &means, cookie, &wait_s, &detail), ERR_INTERNAL, &detail,
                   "the core gave no salt");
}

static bool is_in(struct trial *trial, const char *cookie)
{
    struct actor actor;
    struct error_detail detail = {0};
    int result = command_actor_of_cookie(&trial->world->app, cookie, &actor, &detail);
    if (result < 0)
        assert_refused(result, ERR_DENIED, &detail, "this session is nobody's");
    return result == 0;
}

static struct actor actor_of(struct trial *trial, const char *cookie)
{
    struct actor actor = {.id = ""};
    assert_int_equal(command_actor_of_cookie(&trial->world->app, cookie, &actor, NULL), 0);
    return actor;
}

/* --- what works --- */

static void password_and_code_open_a_session(void **state)
{
    struct trial *trial = *state;
    char cookie[SIGN_IN_COOKIE_TEXT];
    assert_int_equal(try_password(trial, "anna", RIGHT, code_now(trial), cookie), 0);
    const struct actor actor = actor_of(trial, cookie);
    assert_string_equal(actor.id, "anna");
    assert_int_equal(actor.roles, ROLE_ANALYST);
    assert_string_equal(actor.scope, SCOPE_WHOLE);
    assert_int_equal(actor.since, WORLD_START); /* since the password was set */
    assert_int_equal(strlen(actor.session), SESSION_ID_TEXT - 1);
    assert_int_equal(app_world_told(&trial->world->app, "session-begun", "anna"), 1);
    assert_int_equal(app_world_told(&trial->world->app, "password-set", "anna"), 1);
}

static void a_token_opens_one_that_may_what_it_may(void **state)
{
    struct trial *trial = *state;
    char cookie[SIGN_IN_COOKIE_TEXT];
    json_t *made JSON_CLEANUP = NULL;
    assert_int_equal(world_run(trial->world, &ada, "user.token.add",
                               json_pack("{s:s, s:[s]}", "id", "bert", "scope", "read"), &made,
                               NULL),
                     0);
    assert_int_equal(try_token(trial, json_text(made, "token"), cookie), 0);
    assert_string_equal(actor_of(trial, cookie).scope, "read");
    assert_int_equal(try_token(trial, "anna", cookie), 0);
    assert_string_equal(actor_of(trial, cookie).scope, SCOPE_WHOLE);
    assert_int_equal(trial->stretched, 0);
}

/* --- guessing --- */

/* S4: whoever is named and whatever is wrong, the same commands run, one password is stretched, and
 * the answer is the same. */
static void all_that_is_wrong_is_one_answer_for_the_same_work(void **state)
{
    struct trial *trial = *state;
    char cookie[SIGN_IN_COOKIE_TEXT], used[OTP_CODE_TEXT];
    assert_int_equal(try_password(trial, "anna", RIGHT, code_now(trial), cookie), 0);
    snprintf(used, sizeof used, "%s", code_now(trial));
    assert_int_equal(
        world_run(trial->world, &ada, "user.disable", json_pack("{s:s}", "id", "bert"), NULL, NULL),
        0);
    const struct {
        const char *user, *password, *code;
    } rows[] = {
        {"anna", "wrong horse battery", "000000"},
        {"anna", "wrong horse battery", used},
        {"anna", RIGHT, "000000"},
        {"anna", RIGHT, used}, /* repeated */
        {"anna", "", ""},
        {"nobody", RIGHT, used},
        {"bert", RIGHT, used},
        {"zoe", RIGHT, used},
        {"mta", RIGHT, used},
        {"", RIGHT, used},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        guess_init(trial->world->app.guesses); /* the waiting has its own test */
        trial->asked = trial->stretched = 0;
        assert_int_equal(try_password(trial, rows[i].user, rows[i].password, rows[i].code, cookie),
                         ERR_DENIED);
        assert_string_equal(cookie, "");
        assert_int_equal(waited_s, 0);
        assert_int_equal(trial->asked, 2);
        assert_int_equal(trial->stretched, 1);
        assert_string_equal(trial->last_command, "session.begin");
    }
}

/* The salt of who has no password cannot be told from one that was drawn: it is the same each time,
 * and another for another user. */
static void salts_tell_nothing(void **state)
{
    struct trial *trial = *state;
    const char *const users[] = {"anna", "nobody", "nobody", "somebody", "zoe"};
    char salts[5][64];
    for (size_t i = 0; i < 5; i++) {
        json_t *told JSON_CLEANUP = NULL;
        assert_int_equal(world_run(trial->world, &door, "session.salt",
                                   json_pack("{s:s, s:s}", "user", users[i], "address", ADDRESS),
                                   &told, NULL),
                         0);
        assert_int_equal(json_object_size(told), 1);
        snprintf(salts[i], sizeof salts[i], "%s", json_text(told, "salt"));
        assert_int_equal(strlen(salts[i]), 2 * PASSWORD_SALT_SIZE);
    }
    assert_string_equal(salts[1], salts[2]);
    assert_string_not_equal(salts[1], salts[3]);
    assert_string_not_equal(salts[3], salts[4]);
}

/* Slow, and nothing is looked at meanwhile: the right password is not taken either. */
static void guesses_wait_and_nothing_is_stretched_for_them(void **state)
{
    struct trial *trial = *state;
    char cookie[SIGN_IN_COOKIE_TEXT];
    for (int i = 0; i < GUESS_FREE_ACCOUNT; i++)
        assert_int_equal(try_password(trial, "anna", "wrong horse battery", "000000", cookie),
                         ERR_DENIED);
    trial->stretched = 0;
    assert_int_equal(try_password(trial, "anna", RIGHT, code_now(trial), cookie), ERR_TIMED_OUT);
    assert_int_equal(waited_s, 1);
    assert_int_equal(trial->stretched, 0);
    /* Who goes round the first question is stopped by the second. */
    json_t *told JSON_CLEANUP = NULL;
    char hex[DIGEST_HEX];
    const struct digest any = digest_of("x", 1);
    digest_format(&any, hex);
    assert_int_equal(
        world_run(trial->world, &door, "session.begin",
                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "user", "anna", "address", "192.0.2.99",
                            "key", hex, "code", "000000", "cookie_sha256", hex),
                  &told, NULL),
        0);
    assert_int_equal(json_number(told, "wait", 0), 1);
    /* Never for good. */
    pass(trial, 1);
    assert_int_equal(try_password(trial, "anna", RIGHT, code_now(trial), cookie), 0);
    assert_int_equal(try_password(trial, "anna", "wrong", "000000", cookie), ERR_DENIED);
    /* An account that there is not waits as well. */
    for (int i = 0; i < GUESS_FREE_ACCOUNT; i++)
        assert_int_equal(try_password(trial, "nobody", "wrong", "000000", cookie), ERR_DENIED);
    assert_int_equal(try_password(trial, "nobody", "wrong", "000000", cookie), ERR_TIMED_OUT);
}

static void wrong_tokens_are_slowed_by_address(void **state)
{
    struct trial *trial = *state;
    char cookie[SIGN_IN_COOKIE_TEXT];
    for (int i = 0; i < GUESS_FREE_ADDRESS; i++)
        assert_int_equal(try_token(trial, "guessed", cookie), ERR_DENIED);
    assert_int_equal(try_token(trial, "guessed", cookie), ERR_TIMED_OUT);
    assert_int_equal(try_token(trial, "anna", cookie), ERR_TIMED_OUT);
    const struct sign_in elsewhere = {.token = "anna", .address = "198.51.100.4"};
    assert_int_equal(try_it(trial, &elsewhere, cookie), 0);
}

/* --- replay --- */

static void a_code_opens_once(void **state)
{
    struct trial *trial = *state;
    char first[SIGN_IN_COOKIE_TEXT], second[SIGN_IN_COOKIE_TEXT], used[OTP_CODE_TEXT];
    snprintf(used, sizeof used, "%s", code_now(trial));
    assert_int_equal(try_password(trial, "anna", RIGHT, used, first), 0);
    assert_int_equal(try_password(trial, "anna", RIGHT, used, second), ERR_DENIED);
    pass(trial, OTP_STEP_S); /* it would still lie in the window */
    assert_int_equal(try_password(trial, "anna", RIGHT, used, second), ERR_DENIED);
    assert_int_equal(try_password(trial, "anna", RIGHT, code_now(trial), second), 0);
    assert_string_not_equal(first, second);
    assert_true(is_in(trial, first));
}

/* --- what is no cookie --- */

static void what_the_store_holds_opens_nothing(void **state)
{
    struct trial *trial = *state;
    struct store_session *sessions;
    size_t count;
    char cookie[SIGN_IN_COOKIE_TEXT], hex[DIGEST_HEX];
    struct actor actor;
    assert_int_equal(try_token(trial, "anna", cookie), 0);
    assert_int_equal(store_session_list_person(trial->world->app.store, "anna",
                                               &trial->world->arena, &sessions, &count),
                     0);
    assert_int_equal(count, 1);
    assert_string_equal(sessions[0].address, ADDRESS);
    assert_false(is_in(trial, digest_format(&sessions[0].sha256, hex)));
    assert_false(is_in(trial, sessions[0].id));
    assert_false(is_in(trial, ""));
    assert_false(is_in(trial, "anna"));
    /* S2, and the other way round. */
    assert_int_equal(command_actor(&trial->world->app, cookie, &actor, NULL), ERR_DENIED);
}

static void only_the_staff_comes_in(void **state)
{
    struct trial *trial = *state;
    char cookie[SIGN_IN_COOKIE_TEXT];
    assert_int_equal(try_token(trial, "mta", cookie), ERR_DENIED);
    assert_int_equal(try_token(trial, "pete", cookie), ERR_DENIED);
    set_password(trial, "pete");
    assert_int_equal(try_password(trial, "pete", RIGHT, code_now(trial), cookie), ERR_DENIED);
}

/* Nobody but the door begins sessions. */
static void the_commands_of_the_door_are_for_it_alone(void **state)
{
    struct trial *trial = *state;
    static const char *const names[] = {"session.salt", "session.begin"};
    const struct actor others[] = {
        ada, command_machine(), {.id = "founder", .roles = ROLE_FOUNDER}};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(
                world_run(trial->world, &others[k], names[i], json_object(), NULL, NULL),
                ERR_DENIED);
    }
    assert_int_equal(world_run(trial->world, &door, "user.token.add", json_object(), NULL, NULL),
                     ERR_DENIED);
    enum role role;
    assert_int_equal(role_parse("door", &role), ERR_SYNTAX);
}

/* --- ending --- */

static void a_session_ends_by_idleness_and_by_age(void **state)
{
    struct trial *trial = *state;
    struct app *app = &trial->world->app;
    const int64_t idle = app->config.session_idle_s, most = app->config.session_most_s;
    char cookie[SIGN_IN_COOKIE_TEXT];
    assert_int_equal(try_token(trial, "anna", cookie), 0);
    pass(trial, idle - 1);
    assert_true(is_in(trial, cookie));
    const struct actor actor = actor_of(trial, cookie);
    assert_int_equal(world_run(trial->world, &actor, "session.seen", json_object(), NULL, NULL), 0);
    pass(trial, idle - 1);
    assert_true(is_in(trial, cookie));
    pass(trial, 1);
    assert_false(is_in(trial, cookie));
    /* However busy it is. */
    assert_int_equal(try_token(trial, "anna", cookie), 0);
    for (int64_t passed = 0; passed + idle / 2 < most; passed += idle / 2) {
        const struct actor busy = actor_of(trial, cookie);
        assert_int_equal(world_run(trial->world, &busy, "session.seen", json_object(), NULL, NULL),
                         0);
        pass(trial, idle / 2);
    }
    pass(trial, idle / 2);
    assert_false(is_in(trial, cookie));
    /* What has ended is not kept. */
    assert_int_equal(try_token(trial, "anna", cookie), 0);
    struct store_session *sessions;
    size_t count;
    assert_int_equal(store_session_list(app->store, "", 0, &trial->world->arena, &sessions, &count),
                     0);
    assert_int_equal(count, 1);
}

static void it_ends_with_what_it_began_with(void **state)
{
    struct trial *trial = *state;
    struct world *world = trial->world;
    char by_token[SIGN_IN_COOKIE_TEXT], by_password[SIGN_IN_COOKIE_TEXT];
    json_t *made JSON_CLEANUP = NULL;
    assert_int_equal(world_run(world, &ada, "user.token.add",
                               json_pack("{s:s, s:s}", "id", "anna", "until", "2027-01-05"), &made,
                               NULL),
                     0);
    assert_int_equal(try_token(trial, json_text(made, "token"), by_token), 0);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + S(86400)), 0);
    assert_false(is_in(trial, by_token));
    assert_int_equal(try_token(trial, "anna", by_token), 0);
    assert_int_equal(try_password(trial, "anna", RIGHT, code_now(trial), by_password), 0);
    assert_int_equal(world_run(world, &ada, "user.token.revoke",
                               json_pack("{s:s, s:i}", "id", "anna", "number", 1), NULL, NULL),
                     0);
    assert_false(is_in(trial, by_token));
    assert_true(is_in(trial, by_password));
    assert_int_equal(world_run(world, &ada, "user.password.remove",
                               json_pack("{s:s}", "id", "anna"), NULL, NULL),
                     0);
    assert_false(is_in(trial, by_password));
    assert_int_equal(app_world_told(&world->app, "password-removed", "ada"), 1);
}

/* Lost or seen by others: all of it is void. */
static void renewing_and_disabling_end_all(void **state)
{
    struct trial *trial = *state;
    static const char *const commands[] = {"user.renew", "user.disable"};
    static const char *const users[] = {"anna", "bert"};
    char cookie[SIGN_IN_COOKIE_TEXT];
    set_password(trial, "bert");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(try_password(trial, users[i], RIGHT, code_now(trial), cookie), 0);
        assert_int_equal(world_run(trial->world, &ada, commands[i],
                                   json_pack("{s:s}", "id", users[i]), NULL, NULL),
                         0);
        assert_false(is_in(trial, cookie));
        pass(trial, OTP_STEP_S);
        assert_int_equal(try_password(trial, users[i], RIGHT, code_now(trial), cookie), ERR_DENIED);
    }
}

static void somebody_ends_it(void **state)
{
    struct trial *trial = *state;
    struct world *world = trial->world;
    char annas[SIGN_IN_COOKIE_TEXT], berts[SIGN_IN_COOKIE_TEXT];
    struct error_detail detail = {0};
    assert_int_equal(try_token(trial, "anna", annas), 0);
    assert_int_equal(try_token(trial, "bert", berts), 0);
    const struct actor anna = actor_of(trial, annas), bert = actor_of(trial, berts);
    /* Another's is not there, as one that never was. */
    assert_refused(world_run(world, &bert, "session.end",
                             json_pack("{s:s}", "session", anna.session), NULL, &detail),
                   ERR_NOT_FOUND, &detail, "bert has no session");
    assert_int_equal(
        world_run(world, &bert, "session.end", json_pack("{s:s}", "session", "s-0"), NULL, NULL),
        ERR_NOT_FOUND);
    assert_int_equal(world_run(world, &bert, "session.end",
                               json_pack("{s:s}", "session", bert.session), NULL, NULL),
                     0);
    assert_false(is_in(trial, berts));
    assert_true(is_in(trial, annas));
    assert_int_equal(world_run(world, &ada, "session.end",
                               json_pack("{s:s}", "session", anna.session), NULL, NULL),
                     0);
    assert_false(is_in(trial, annas));
    assert_int_equal(app_world_told(&world->app, "session-ended", "ada"), 1);
    detail.text[0] = '\0';
    assert_refused(world_run(world, &ada, "session.seen", json_object(), NULL, &detail),
                   ERR_REFUSED, &detail, "a session is seen by its cookie alone");
}

static void sessions_are_listed(void **state)
{
    struct trial *trial = *state;
    struct app *app = &trial->world->app;
    char cookie[SIGN_IN_COOKIE_TEXT];
    assert_int_equal(try_token(trial, "bert", cookie), 0);
    assert_int_equal(try_password(trial, "anna", RIGHT, code_now(trial), cookie), 0);
    const struct actor anna = actor_of(trial, cookie);
    json_t *all JSON_CLEANUP = NULL, *own JSON_CLEANUP = NULL, *none JSON_CLEANUP = json_object();
    assert_int_equal(query_run(app, "user.sessions", none, &all, NULL), 0);
    assert_int_equal(json_array_size(json_object_get(all, "sessions")), 2);
    json_t *asked JSON_CLEANUP = json_pack("{s:s, s:s}", "user", "anna", "session", anna.session);
    assert_int_equal(query_run(app, "desk.sessions", asked, &own, NULL), 0);
    const json_t *row = json_array_get(json_object_get(own, "sessions"), 0);
    assert_int_equal(json_array_size(json_object_get(own, "sessions")), 1);
    assert_string_equal(json_text(row, "id"), anna.session);
    assert_string_equal(json_text(row, "by"), "password");
    assert_string_equal(json_text(row, "ends_at"), "2027-01-04T10:00:00Z");
    assert_true(json_is_true(json_object_get(row, "here")));
    pass(trial, app->config.session_idle_s);
    json_t *later JSON_CLEANUP = NULL;
    assert_int_equal(query_run(app, "user.sessions", none, &later, NULL), 0);
    assert_int_equal(json_array_size(json_object_get(later, "sessions")), 0);
}

/* What the door is told of who asks. */
static void the_door_knows_whose_cookie_it_is(void **state)
{
    struct trial *trial = *state;
    struct app *app = &trial->world->app;
    char cookie[SIGN_IN_COOKIE_TEXT], hex[DIGEST_HEX];
    assert_int_equal(try_token(trial, "anna", cookie), 0);
    const struct digest sha256 = digest_of(cookie, strlen(cookie));
    json_t *asked JSON_CLEANUP = json_pack("{s:s}", "cookie_sha256", digest_format(&sha256, hex));
    json_t *fresh JSON_CLEANUP = NULL, *later JSON_CLEANUP = NULL, *gone JSON_CLEANUP = NULL;
    assert_int_equal(query_run(app, "desk.user", asked, &fresh, NULL), 0);
    assert_string_equal(json_text(fresh, "id"), "anna");
    assert_string_equal(json_text(fresh, "session"), actor_of(trial, cookie).session);
    assert_true(json_is_false(json_object_get(fresh, "stale")));
    pass(trial, SESSION_SEEN_EVERY_S);
    assert_int_equal(query_run(app, "desk.user", asked, &later, NULL), 0);
    assert_true(json_is_true(json_object_get(later, "stale")));
    pass(trial, app->config.session_idle_s);
    assert_int_equal(query_run(app, "desk.user", asked, &gone, NULL), ERR_NOT_FOUND);
}

/* --- setting a password --- */

/* D1: what somebody stole for an hour must not become theirs. */
static void no_session_and_no_narrow_token_sets_a_password(void **state)
{
    struct trial *trial = *state;
    struct world *world = trial->world;
    char cookie[SIGN_IN_COOKIE_TEXT];
    struct error_detail detail = {0};
    assert_int_equal(try_token(trial, "anna", cookie), 0);
    const struct actor in = actor_of(trial, cookie);
    struct actor narrow = {.id = "anna", .roles = ROLE_ANALYST, .scope = "user.password"};
    assert_refused(
        world_run(world, &in, "user.password", json_pack("{s:s}", "id", "anna"), NULL, &detail),
        ERR_DENIED, &detail, "a password is set with a token");
    assert_int_equal(
        world_run(world, &narrow, "user.password", json_pack("{s:s}", "id", "anna"), NULL, NULL),
        ERR_DENIED);
    detail.text[0] = '\0';
    assert_refused(
        world_run(world, &ada, "user.password", json_pack("{s:s}", "id", "anna"), NULL, &detail),
        ERR_DENIED, &detail, "ada sets their own password, not that of anna");
    const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};
    detail.text[0] = '\0';
    assert_refused(world_run(world, &bert, "user.password.remove", json_pack("{s:s}", "id", "anna"),
                             NULL, &detail),
                   ERR_DENIED, &detail, "anna or an administrator removes that password, not bert");
    detail.text[0] = '\0';
    assert_refused(world_run(world, &bert, "user.password.remove", json_pack("{s:s}", "id", "bert"),
                             NULL, &detail),
                   ERR_NOT_FOUND, &detail, "'bert' has no password");
}

/* With the real cost: what the command line makes is what the door checks. */
static void a_password_is_made_where_it_is_typed(void **state)
{
    struct trial *trial = *state;
    const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};
    struct buffer address BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    json_t *arguments = NULL;
    buffer_init(&address, 1000);
    assert_refused(credential_make("bert", "too short", &arguments, &address, &detail), ERR_SYNTAX,
                   &detail, "a password has 12 to 1024 bytes");
    detail.text[0] = '\0';
    assert_refused(credential_make("bert", "bert and ernie", &arguments, &address, &detail),
                   ERR_SYNTAX, &detail, "does not hold the id");
    assert_int_equal(credential_make("bert", RIGHT, &arguments, &address, &detail), 0);
    assert_int_equal(strncmp(buffer_text(&address), "otpauth://totp/Bailiwick:bert?secret=", 37),
                     0);
    char *text = json_dumps(arguments, 0);
    assert_null(strstr(text, RIGHT));
    free(text);
    json_t *dear = json_deep_copy(arguments), *bad = json_deep_copy(arguments);
    json_object_set_new(dear, "passes", json_integer(PASSWORD_PASSES - 1));
    json_object_set_new(bad, "salt", json_string("00"));
    detail.text[0] = '\0';
    assert_refused(world_run(trial->world, &bert, "user.password", dear, NULL, &detail),
                   ERR_REFUSED, &detail, "a password costs 3 passes over 65536 KiB");
    detail.text[0] = '\0';
    assert_refused(world_run(trial->world, &bert, "user.password", bad, NULL, &detail), ERR_SYNTAX,
                   &detail, "salt is not 16 bytes in hexadecimal");
    uint8_t salt[PASSWORD_SALT_SIZE];
    struct digest key;
    assert_int_equal(hex_parse(json_text(arguments, "salt"), salt, sizeof salt), 0);
    assert_int_equal(world_run(trial->world, &bert, "user.password", arguments, NULL, NULL), 0);
    const struct password_cost cost = {PASSWORD_PASSES, PASSWORD_MEMORY_KIB};
    assert_int_equal(password_stretch(RIGHT, salt, &cost, &key), 0);
    struct store_credential held;
    int64_t step;
    assert_int_equal(
        store_credential_find(trial->world->app.store, "bert", &trial->world->arena, &held), 0);
    /* The secret is the device's; whatever it shows, another code than it is refused. */
    assert_int_equal(credential_check(&held, &key, "", WORLD_START, &step), 0);
}

#define MADE(test) cmocka_unit_test_setup_teardown(test, make, end)

TEST_MAIN(MADE(password_and_code_open_a_session), MADE(a_token_opens_one_that_may_what_it_may),
          MADE(all_that_is_wrong_is_one_answer_for_the_same_work), MADE(salts_tell_nothing),
          MADE(a_core_without_a_salt_lets_nobody_in),
          MADE(guesses_wait_and_nothing_is_stretched_for_them),
          MADE(wrong_tokens_are_slowed_by_address), MADE(a_code_opens_once),
          MADE(what_the_store_holds_opens_nothing), MADE(only_the_staff_comes_in),
          MADE(the_commands_of_the_door_are_for_it_alone),
          MADE(a_session_ends_by_idleness_and_by_age), MADE(it_ends_with_what_it_began_with),
          MADE(renewing_and_disabling_end_all), MADE(somebody_ends_it), MADE(sessions_are_listed),
          MADE(the_door_knows_whose_cookie_it_is),
          MADE(no_session_and_no_narrow_token_sets_a_password),
          MADE(a_password_is_made_where_it_is_typed))
