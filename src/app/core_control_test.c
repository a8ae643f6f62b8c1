/* Who may do what over which socket. The staff door is believed no more than anybody else: here it
 * is in wrong hands, and reads the whole store. */
#include "app/core_parts.h"

#include "app/command.h"
#include "app/control.h"
#include "base/frame.h"
#include "store/user.h"
#include "testing.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OURS, THEIRS, ENDS };

struct world {
    char folder[64];
    struct app app;
    struct core *core;
    int door[ENDS], control[ENDS];
    char token[64]; /* of ada, an administrator and analyst, who has signed in at the door */
};

static int make_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error_detail detail = {0};
    snprintf(world->folder, sizeof world->folder, "/tmp/bailiwick-control-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    struct app_options options = {.data = world->folder, .create = true};
    clock_init_frozen(&options.clock, INT64_C(1700000000000000));
    assert_int_equal(app_open(&options, &world->app, &detail), 0);
    world->core = calloc(1, sizeof *world->core);
    world->core->app = &world->app;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        world->core->clients[i].fd = -1;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, world->door), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, world->control), 0);
    world->core->staff.fd = world->door[OURS];
    *state = world;
    return 0;
}

static int forget(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about, (void)type, (void)where;
    return remove(path);
}

static int end_world(void **state)
{
    struct world *world = *state;
    close(world->door[THEIRS]);
    close(world->control[THEIRS]);
    close(world->door[OURS]);
    close(world->control[OURS]);
    app_close(&world->app);
    nftw(world->folder, forget, 8, FTW_DEPTH | FTW_PHYS);
    free(world->core);
    free(world);
    return 0;
}

/* One request through the core, from the other end of a socket. The reply is the caller's. */
static json_t *ask(struct world *world, const int ends[ENDS], json_t *request)
{
    struct buffer text BUFFER_CLEANUP = {0};
    uint32_t kind;
    json_t *reply = NULL;
    buffer_init(&text, 1 << 16);
    assert_int_equal(json_canonical(request, &text), 0);
    json_decref(request);
    assert_int_equal(frame_write(ends[THEIRS], CONTROL_FRAME_REQUEST, text.data, text.size), 0);
    struct client *client = core_add_client(world->core, ends[OURS]);
    assert_non_null(client);
    core_read(client);
    core_serve_commands(world->core);
    core_write(client);
    assert_false(client->broken);
    buffer_done(&client->in);
    buffer_done(&client->out);
    client->fd = -1;
    assert_int_equal(frame_read(ends[THEIRS], &kind, &text), 0);
    assert_int_equal(json_parse(buffer_text(&text), text.size, &reply, NULL), 0);
    return reply;
}

static void refuse(struct world *world, json_t *request, const char *words)
{
    JSON_CLEANUP json_t *reply = ask(world, world->door, request);
    assert_int_equal(json_number(reply, "error", 0), ERR_DENIED);
    if (!strstr(json_text(reply, "words"), words))
        fail_msg("'%s' in '%s'", words, json_text(reply, "words"));
}

static json_t *adding(const char *id, const char *role, const char *token)
{
    return json_pack("{s:s, s:s*, s:{s:s, s:[s, s]}}", "command", "user.add", "token", token,
                     "arguments", "id", id, "roles", role, "analyst");
}

static json_t *approving(const char *token)
{
    return json_pack("{s:s, s:s*, s:{s:s, s:s}}", "command", "case.approve", "token", token,
                     "arguments", "case", "c-1", "sha256", "00");
}

/* ada by the control socket, who signs in at the door; bert, who never does. */
static void put_users(struct world *world)
{
    JSON_CLEANUP json_t *first =
        ask(world, world->control, adding("ada", "administrator", /* token= */ NULL));
    const char *token = json_text(json_object_get(first, "result"), "token");
    assert_non_null(token);
    snprintf(world->token, sizeof world->token, "%s", token);
    JSON_CLEANUP json_t *second =
        ask(world, world->control, adding("bert", "approver", world->token));
    assert_non_null(json_object_get(second, "result"));
}

static void the_door_founds_no_house(void **state)
{
    struct world *world = *state;
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    arena_init(&arena, 1 << 16);
    refuse(world, approving(/* token= */ NULL), "no token");
    refuse(world, adding("eve", "administrator", /* token= */ NULL), "not for the staff door");
    assert_int_equal(store_user_find(world->app.store, "eve", &arena, &user), ERR_NOT_FOUND);
}

static void a_name_from_the_door_is_no_proof(void **state)
{
    struct world *world = *state;
    put_users(world);
    json_t *named = approving(/* token= */ NULL);
    json_object_set_new(named, "actor", json_string("bert"));
    refuse(world, named, "no token");
    /* Beside somebody's token it counts for nothing either: ada is who acts. */
    named = approving(world->token);
    json_object_set_new(named, "actor", json_string("bert"));
    refuse(world, named, "for the role approver; ada has it not");
}

/* Invariant 8: an author with such a door still needs a second person. */
static void what_the_store_holds_is_no_proof(void **state)
{
    struct world *world = *state;
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user bert;
    char hex[DIGEST_HEX], base64[DIGEST_BASE64];
    put_users(world);
    arena_init(&arena, 1 << 16);
    assert_int_equal(store_user_find(world->app.store, "bert", &arena, &bert), 0);
    refuse(world, approving(digest_format(&bert.token_sha256, hex)), "nobody's");
    refuse(world,
           approving(base64_format(bert.token_sha256.bytes, DIGEST_SIZE, base64, sizeof base64)),
           "nobody's");
    refuse(world, approving("bert"), "nobody's");
}

static void an_administrator_at_the_door_makes_no_second_person(void **state)
{
    struct world *world = *state;
    put_users(world);
    refuse(world, adding("eve", "approver", world->token), "not for the staff door");
    /* By the other socket it is hers to do. */
    JSON_CLEANUP json_t *reply =
        ask(world, world->control, adding("carl", "approver", world->token));
    assert_non_null(json_object_get(reply, "result"));
}

/* With a token of its user a button reaches the command itself. */
static void a_token_is_proof_at_the_door_too(void **state)
{
    struct world *world = *state;
    put_users(world);
    JSON_CLEANUP json_t *reply =
        ask(world, world->door,
            json_pack("{s:s, s:s, s:{s:s, s:s}}", "command", "case.answer", "token", world->token,
                      "arguments", "case", "c-1", "text", "done"));
    assert_int_equal(json_number(reply, "error", 0), ERR_NOT_FOUND);
    assert_non_null(strstr(json_text(reply, "words"), "there is no case 'c-1'"));
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

TEST_MAIN(IN_WORLD(the_door_founds_no_house), IN_WORLD(a_name_from_the_door_is_no_proof),
          IN_WORLD(what_the_store_holds_is_no_proof),
          IN_WORLD(an_administrator_at_the_door_makes_no_second_person),
          IN_WORLD(a_token_is_proof_at_the_door_too))
