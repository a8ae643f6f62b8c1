/* Tokens that are handed out for something and until some day, and taken away. On a real store. */
#include "app/people/token.h"

#include "app/query.h"
#include "app/world.h"
#include "app_world.h"
#include "base/civil.h"
#include "refusal.h"

#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400 };

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static int make_world(void **state)
{
    struct world *world = world_new();
    assert_int_equal(store_begin(world->app.store), 0);
    app_world_put_user(&world->app, "anna", "analyst", "", WORLD_START);
    app_world_put_user(&world->app, "bert", "approver", "", WORLD_START);
    *state = world;
    return 0;
}

static struct actor actor_of(struct world *world, const char *token)
{
    struct actor actor = {.id = ""};
    assert_int_equal(command_actor(&world->app, token, &actor, NULL), 0);
    return actor;
}

static bool is_anybodys(struct world *world, const char *token)
{
    struct actor actor;
    struct error_detail detail = {0};
    int result = command_actor(&world->app, token, &actor, &detail);
    if (result < 0)
        assert_refused(result, ERR_DENIED, &detail, "this token is nobody's");
    return result == 0;
}

/* One more token of anna's; `scope` is a JSON list or NULL. */
static int add(struct world *world, const struct actor *actor, const char *scope, const char *until,
               char token[TOKEN_TEXT], struct error_detail *detail)
{
    json_t *result JSON_CLEANUP = NULL, *arguments = json_pack("{s:s, s:s*, s:s}", "id", "anna",
                                                               "until", until, "note", "a note");
    if (scope)
        json_object_set_new(arguments, "scope", json_loads(scope, 0, NULL));
    int failure = world_run(world, actor, "user.token.add", arguments, &result, detail);
    if (failure >= 0)
        snprintf(token, TOKEN_TEXT, "%s", json_text(result, "token"));
    return failure;
}

static void a_token_is_for_what_was_said(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char token[TOKEN_TEXT];
    const struct actor anna = actor_of(world, "anna");
    assert_string_equal(anna.scope, SCOPE_WHOLE);
    assert_int_equal(add(world, &anna, "[\"read\", \"case.answer\"]", NULL, token, NULL), 0);
    const struct actor narrow = actor_of(world, token);
    assert_string_equal(narrow.id, "anna");
    assert_string_equal(narrow.scope, "read case.answer");
    assert_refused(
        world_run(world, &narrow, "case.accept", json_pack("{s:s}", "case", "c-1"), NULL, &detail),
        ERR_DENIED, &detail, "the token of anna is not for 'case.accept'");
    assert_int_equal(world_run(world, &narrow, "case.answer",
                               json_pack("{s:s, s:s}", "case", "c-1", "text", "x"), NULL, NULL),
                     ERR_NOT_FOUND); /* let in, but there is no such case */
}

/* T2. */
static void no_token_hands_out_more_than_it_may(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char token[TOKEN_TEXT], other[TOKEN_TEXT];
    struct actor narrow = ada;
    const struct actor anna = actor_of(world, "anna");
    assert_int_equal(add(world, &anna, "[\"user.token.add\", \"read\"]", NULL, token, NULL), 0);
    const struct actor minter = actor_of(world, token);
    assert_refused(add(world, &minter, NULL, NULL, other, &detail), ERR_DENIED, &detail,
                   "a token for 'user.token.add read' hands out none for 'read write'");
    assert_int_equal(add(world, &minter, "[\"case.*\"]", NULL, other, NULL), ERR_DENIED);
    assert_int_equal(add(world, &minter, "[\"/matrix\"]", NULL, other, NULL), 0);
    /* Nor by making or renewing a user. */
    snprintf(narrow.scope, sizeof narrow.scope, "user.*");
    assert_int_equal(
        world_run(world, &narrow, "user.renew", json_pack("{s:s}", "id", "anna"), NULL, NULL),
        ERR_DENIED);
    assert_int_equal(world_run(world, &narrow, "user.add",
                               json_pack("{s:s, s:[s]}", "id", "eve", "roles", "approver"), NULL,
                               NULL),
                     ERR_DENIED);
    assert_true(is_anybodys(world, "anna"));
}

/* T3. */
static void tokens_are_ones_own_or_an_administrators(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char token[TOKEN_TEXT];
    const struct actor bert = actor_of(world, "bert");
    assert_refused(add(world, &bert, NULL, NULL, token, &detail), ERR_DENIED, &detail,
                   "tokens of anna are for anna and for an administrator, not for bert");
    assert_int_equal(world_run(world, &bert, "user.token.revoke",
                               json_pack("{s:s, s:i}", "id", "anna", "number", 1), NULL, NULL),
                     ERR_DENIED);
    assert_int_equal(add(world, &ada, NULL, NULL, token, NULL), 0);
    assert_true(is_anybodys(world, token));
}

/* Half-open: on the day it is void. */
static void a_token_ends_on_its_day(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char token[TOKEN_TEXT];
    const struct actor anna = actor_of(world, "anna");
    assert_refused(add(world, &anna, NULL, "2027-01-04", token, &detail), ERR_SYNTAX, &detail,
                   "a token ends after today");
    assert_int_equal(add(world, &anna, NULL, "2027-01-05", token, NULL), 0);
    assert_true(is_anybodys(world, token));
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + (int64_t)15 * 3600 * 1000000 - 1),
                     0);
    assert_true(is_anybodys(world, token));
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + (int64_t)15 * 3600 * 1000000), 0);
    assert_false(is_anybodys(world, token));
    assert_true(is_anybodys(world, "anna"));
}

static void a_revoked_token_is_nobodys(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char token[TOKEN_TEXT];
    const struct actor anna = actor_of(world, "anna");
    assert_int_equal(add(world, &anna, NULL, NULL, token, NULL), 0);
    assert_int_equal(world_run(world, &anna, "user.token.revoke",
                               json_pack("{s:s, s:i}", "id", "anna", "number", 2), NULL, NULL),
                     0);
    assert_false(is_anybodys(world, token));
    assert_true(is_anybodys(world, "anna"));
    static const json_int_t numbers[] = {2, 3, 0, -1, (json_int_t)1 << 40};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        detail.text[0] = '\0';
        assert_refused(world_run(world, &anna, "user.token.revoke",
                                 json_pack("{s:s, s:I}", "id", "anna", "number", numbers[i]), NULL,
                                 &detail),
                       ERR_NOT_FOUND, &detail, "that is in use");
    }
    assert_int_equal(app_world_told(&world->app, "token-added", "anna"), 1);
    assert_int_equal(app_world_told(&world->app, "token-revoked", "anna"), 1);
}

/* Whose token is younger than a draft is no second person for it, whatever they had before. */
static void a_further_token_counts_from_its_own_day(void **state)
{
    struct world *world = *state;
    char token[TOKEN_TEXT];
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 5), 0);
    assert_int_equal(add(world, &ada, NULL, NULL, token, NULL), 0);
    const struct actor late = actor_of(world, token), early = actor_of(world, "anna");
    assert_int_equal(late.since, WORLD_START + 5);
    assert_int_equal(command_check_second(&late, WORLD_START + 1, "the draft", NULL), ERR_REFUSED);
    assert_int_equal(command_check_second(&early, WORLD_START + 1, "the draft", NULL), 0);
}

static void what_is_wrong_is_named(void **state)
{
    struct world *world = *state;
    struct actor anna = actor_of(world, "anna");
    static const struct {
        const char *arguments;
        int code;
        const char *words;
    } rows[] = {
        {"{\"id\":\"anna\",\"scope\":[]}", ERR_SYNTAX, "a token is for something"},
        {"{\"id\":\"anna\",\"scope\":[7]}", ERR_SYNTAX, "'': a token may read"},
        {"{\"id\":\"anna\",\"scope\":[\"read write\"]}", ERR_SYNTAX,
         "'read write' is not one word"},
        {"{\"id\":\"anna\",\"scope\":[\"case.anser\"]}", ERR_NOT_FOUND,
         "'case.anser' is no command that a token could be for"},
        {"{\"id\":\"anna\",\"until\":\"soon\"}", ERR_SYNTAX, "soon"},
        {"{\"id\":\"anna\",\"until\":\"1970-01-01\"}", ERR_SYNTAX, "a token ends after today"},
        {"{\"id\":\"anna\",\"until\":20270201}", ERR_SYNTAX,
         "the argument 'until' is no date (2026-11-24)"},
        {"{\"id\":\"eve\"}", ERR_NOT_FOUND, "there is no user 'eve'"},
        {"{}", ERR_SYNTAX, "id"},
        {"{\"id\":\"bert\"}", ERR_REFUSED, "the user 'bert' is disabled"},
    };
    anna.roles |= ROLE_ADMINISTRATOR;
    assert_int_equal(world_run(world, &ada, "user.add",
                               json_pack("{s:s, s:[s]}", "id", "zoe", "roles", "administrator"),
                               NULL, NULL),
                     0);
    assert_int_equal(
        world_run(world, &ada, "user.disable", json_pack("{s:s}", "id", "bert"), NULL, NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        assert_refused(world_run(world, &anna, "user.token.add",
                                 json_loads(rows[i].arguments, 0, NULL), NULL, &detail),
                       rows[i].code, &detail, rows[i].words);
    }
    char note[300];
    struct error_detail detail = {0};
    memset(note, 'n', sizeof note - 1);
    note[sizeof note - 1] = '\0';
    assert_refused(world_run(world, &anna, "user.token.add",
                             json_pack("{s:s, s:s}", "id", "anna", "note", note), NULL, &detail),
                   ERR_LIMIT, &detail, "a note has at most");
    json_t *scope = json_array();
    for (int i = 0; i < 60; i++)
        json_array_append_new(scope, json_string("write"));
    detail.text[0] = '\0';
    assert_refused(world_run(world, &anna, "user.token.add",
                             json_pack("{s:s, s:o}", "id", "anna", "scope", scope), NULL, &detail),
                   ERR_LIMIT, &detail, "a token is for at most");
    char hex[DIGEST_HEX];
    const struct digest same = digest_of("anna", 4);
    detail.text[0] = '\0';
    assert_refused(
        world_run(world, &anna, "user.token.add",
                  json_pack("{s:s, s:s}", "id", "anna", "token_sha256", digest_format(&same, hex)),
                  NULL, &detail),
        ERR_CONFLICT, &detail, "this token was handed out before");
}

static void the_list_tells_all_but_the_token(void **state)
{
    struct world *world = *state;
    char token[TOKEN_TEXT];
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "id", "anna"), *answer JSON_CLEANUP = NULL;
    assert_int_equal(add(world, &ada, "[\"/matrix\"]", "2027-02-01", token, NULL), 0);
    assert_int_equal(query_run(&world->app, "user.tokens", arguments, &answer, NULL), 0);
    const json_t *tokens = json_object_get(answer, "tokens"), *row = json_array_get(tokens, 1);
    assert_int_equal(json_array_size(tokens), 2);
    assert_string_equal(json_text(row, "scope"), "/matrix");
    assert_string_equal(json_text(row, "until"), "2027-02-01");
    assert_string_equal(json_text(row, "note"), "a note");
    assert_string_equal(json_text(row, "made_by"), "ada");
    assert_true(json_is_true(json_object_get(row, "in_use")));
    assert_true(json_is_null(json_object_get(json_array_get(tokens, 0), "until")));
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + (int64_t)40 * DAY_S * 1000000), 0);
    json_t *later JSON_CLEANUP = NULL;
    assert_int_equal(query_run(&world->app, "user.tokens", arguments, &later, NULL), 0);
    row = json_array_get(json_object_get(later, "tokens"), 1);
    assert_true(json_is_false(json_object_get(row, "in_use")));
    char *text = json_dumps(later, 0);
    assert_null(strstr(text, token));
    free(text);
}

/* T4: whatever else is right, without its certificate a bound token is one that never was. */
static void a_bound_token_is_good_with_its_certificate(void **state)
{
    struct world *world = *state;
    const struct digest own = digest_of("own", 3), other = digest_of("other", 5);
    const struct digest *const wrong[] = {&other, NULL};
    struct error_detail detail = {0};
    char hex[DIGEST_HEX], token[TOKEN_TEXT];
    json_t *result JSON_CLEANUP = NULL;
    struct actor actor;
    json_t *arguments =
        json_pack("{s:s, s:s}", "id", "anna", "certificate_sha256", digest_format(&own, hex));
    assert_int_equal(world_run(world, &ada, "user.token.add", arguments, &result, NULL), 0);
    assert_string_equal(json_text(result, "certificate"), hex);
    snprintf(token, sizeof token, "%s", json_text(result, "token"));
    assert_int_equal(command_actor_at_door(&world->app, token, &own, &actor, NULL), 0);
    assert_string_equal(actor.id, "anna");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_refused(command_actor_at_door(&world->app, token, wrong[i], &actor, &detail),
                       ERR_DENIED, &detail, "this token is nobody's");
        detail.text[0] = '\0';
    }
    assert_false(is_anybodys(world, token));
    assert_int_equal(command_actor_at_door(&world->app, "anna", &own, &actor, NULL), 0);
    json_t *bad = json_pack("{s:s, s:s}", "id", "anna", "certificate_sha256", "00");
    assert_refused(world_run(world, &ada, "user.token.add", bad, NULL, &detail), ERR_SYNTAX,
                   &detail, "is no SHA-256");
}

/* With a key of P-256, from December 2026 to August 2029. */
static const char usual[] = "-----BEGIN CERTIFICATE-----\n"
                            "MIIBejCCAR+gAwIBAgIUfVej9/lXpyficU6VvGm068BPTzIwCgYIKoZIzj0EAwIw\n"
                            "EjEQMA4GA1UEAwwHcHJvZ3JhbTAeFw0yNjEyMDEwNjA1NDRaFw0yOTA4MjcwNjA1\n"
                            "NDRaMBIxEDAOBgNVBAMMB3Byb2dyYW0wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
                            "AATkyNLTFCsJ8V2ionMXpySdWkSbvkEcsDWo77MP4KVeqlnJ10OA1JYsGXfGKpeN\n"
                            "RD7NXZHKavLVLqMwDKdxnFm0o1MwUTAdBgNVHQ4EFgQU/bF3y/CAMp7QRm6iOGJC\n"
                            "teejIaUwHwYDVR0jBBgwFoAU/bF3y/CAMp7QRm6iOGJCteejIaUwDwYDVR0TAQH/\n"
                            "BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAsQAt56PPxDml/+EMB3iGT+h1EYF/\n"
                            "dprhSLVIEVvjMpYCIQCIiwnd/c3NSU1G/rkfuc04/jEJ+OoXHp/uIdOjp2ajbw==\n"
                            "-----END CERTIFICATE-----\n";
/* With a key of 1024 bits. */
static const char weak[] = "-----BEGIN CERTIFICATE-----\n"
                           "MIIB+jCCAWOgAwIBAgIUM3RYaKaGhcCA4jjFNCum356DV64wDQYJKoZIhvcNAQEL\n"
                           "BQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjEyMDEwNjA1NDRaFw0yOTA4MjcwNjA1\n"
                           "NDRaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGB\n"
                           "ALWzimSRVx7MEOywjHyBAeDtpwjjsvy+Xonse2V98X8CtNSkv9YYAaKEqRVW1W+T\n"
                           "4CnQaJ1n+j1oU0j2WQPG28e4x2XSbAsYBmTzDK+uGQcakayyS4fZVzMi9nwcEa3E\n"
                           "a9ZagSnZCDz7L+gtkXgxHJq6lkAegKN4QqN7NG0xqz8JAgMBAAGjUzBRMB0GA1Ud\n"
                           "DgQWBBQDrFXZQATf9oIzrDdIJOove/WiIzAfBgNVHSMEGDAWgBQDrFXZQATf9oIz\n"
                           "rDdIJOove/WiIzAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBAF6V\n"
                           "1vnEmsvREgZ9h9pSj3jF+ENlQ+qhNHTB51oHSA94RsvLVWoz5hd0O8guCtPUbOPT\n"
                           "AAk9GO7bILAluhScjL+8Ygyl4Sl/86k4osqVPpOkXuNduhgmknWJQmRI5iHIgYh8\n"
                           "Wf9SLCJ3SVZoYnd0UyjzuSUfei8TJA+F4c9eonWb\n"
                           "-----END CERTIFICATE-----\n";

static int read_certificate(const char *text, const char *day, struct digest *ret_sha256,
                            struct error_detail *detail)
{
    struct buffer pem BUFFER_CLEANUP = {0};
    int64_t now;
    buffer_init(&pem, 1 << 16);
    buffer_append_text(&pem, text);
    assert_int_equal(civil_parse_instant(day, &now), 0);
    *detail = (struct error_detail){.text = ""};
    return token_read_certificate(&pem, now, ret_sha256, detail);
}

static void a_certificate_is_read_from_its_file(void **state)
{
    (void)state;
    static const struct {
        const char *text, *day;
        int failure;
        const char *words;
    } rows[] = {
        {"", "2027-01-04T09:00:00Z", ERR_SYNTAX, "no certificate in PEM is in it"},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "2027-01-04T09:00:00Z",
         ERR_SYNTAX, "no certificate in PEM is in it"},
        {usual, "2026-11-30T00:00:00Z", ERR_REFUSED,
         "the certificate begins at 2026-12-01T06:05:44"},
        {usual, "2029-08-27T06:05:44Z", ERR_REFUSED,
         "the certificate ended at 2029-08-27T06:05:44"},
        {weak, "2027-01-04T09:00:00Z", ERR_REFUSED, "key is not RSA of 2048 to 4096 bits"},
    };
    struct error_detail detail;
    struct digest sha256;
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(read_certificate(rows[i].text, rows[i].day, &sha256, &detail),
                       rows[i].failure, &detail, rows[i].words);
    assert_int_equal(read_certificate(usual, "2027-01-04T09:00:00Z", &sha256, &detail), 0);
    assert_string_equal(digest_format(&sha256, hex),
                        "8f23864105695dfd220d68a6755d3f2cfc794c6459f9c8de79b140a2a2c5a986");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(a_token_is_for_what_was_said), IN_WORLD(no_token_hands_out_more_than_it_may),
          IN_WORLD(tokens_are_ones_own_or_an_administrators), IN_WORLD(a_token_ends_on_its_day),
          IN_WORLD(a_revoked_token_is_nobodys), IN_WORLD(a_further_token_counts_from_its_own_day),
          IN_WORLD(what_is_wrong_is_named), IN_WORLD(the_list_tells_all_but_the_token),
          IN_WORLD(a_bound_token_is_good_with_its_certificate),
          cmocka_unit_test(a_certificate_is_read_from_its_file))
