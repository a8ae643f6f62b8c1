/* Who may do what over which socket. The staff door is believed no more than anybody else: here it
 * is in wrong hands, and reads the whole store. */
#include "app/core_parts.h"

#include "app/command.h"
#include "app/control.h"
#include "app/world.h"
#include "base/frame.h"
#include "store/token.h"
#include "store/user.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OURS, THEIRS, ENDS };

struct house {
    struct world *world;
    struct core *core;
    int door[ENDS], control[ENDS];
    char token[64]; /* of ada, an administrator and analyst, who has signed in at the door */
};

static int make_house(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    house->world = world_new();
    house->core = calloc(1, sizeof *house->core);
    house->core->app = &house->world->app;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        house->core->clients[i].fd = -1;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, house->door), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, house->control), 0);
    house->core->staff.fd = house->door[OURS];
    *state = house;
    return 0;
}

static int end_house(void **state)
{
    struct house *house = *state;
    close(house->door[THEIRS]);
    close(house->control[THEIRS]);
    close(house->door[OURS]);
    close(house->control[OURS]);
    world_free(house->world);
    free(house->core);
    free(house);
    return 0;
}

/* One request through the core, from the other end of a socket. The reply is the caller's. */
static json_t *ask(struct house *house, const int ends[ENDS], json_t *request)
{
    struct buffer text BUFFER_CLEANUP = {0};
    uint32_t kind;
    json_t *reply = NULL;
    buffer_init(&text, 1 << 16);
    assert_int_equal(json_canonical(request, &text), 0);
    json_decref(request);
    assert_int_equal(frame_write(ends[THEIRS], CONTROL_FRAME_REQUEST, text.data, text.size), 0);
    struct client *client = core_add_client(house->core, ends[OURS]);
    assert_non_null(client);
    core_read(client);
    core_serve_commands(house->core);
    core_write(client);
    assert_false(client->broken);
    buffer_done(&client->in);
    buffer_done(&client->out);
    client->fd = -1;
    assert_int_equal(frame_read(ends[THEIRS], &kind, &text), 0);
    assert_int_equal(json_parse(buffer_text(&text), text.size, &reply, NULL), 0);
    return reply;
}

static void refuse(struct house *house, json_t *request, const char *words)
{
    JSON_CLEANUP json_t *reply = ask(house, house->door, request);
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
static void put_users(struct house *house)
{
    JSON_CLEANUP json_t *first =
        ask(house, house->control, adding("ada", "administrator", /* token= */ NULL));
    const char *token = json_text(json_object_get(first, "result"), "token");
    assert_non_null(token);
    snprintf(house->token, sizeof house->token, "%s", token);
    JSON_CLEANUP json_t *second =
        ask(house, house->control, adding("bert", "approver", house->token));
    assert_non_null(json_object_get(second, "result"));
}

static void the_door_founds_no_house(void **state)
{
    struct house *house = *state;
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    arena_init(&arena, 1 << 16);
    refuse(house, approving(/* token= */ NULL), "no token");
    refuse(house, adding("eve", "administrator", /* token= */ NULL), "not for the staff door");
    assert_int_equal(store_user_find(house->world->app.store, "eve", &arena, &user), ERR_NOT_FOUND);
}

static void a_name_from_the_door_is_no_proof(void **state)
{
    struct house *house = *state;
    put_users(house);
    json_t *named = approving(/* token= */ NULL);
    json_object_set_new(named, "actor", json_string("bert"));
    refuse(house, named, "no token");
    /* Beside somebody's token it counts for nothing either: ada is who acts. */
    named = approving(house->token);
    json_object_set_new(named, "actor", json_string("bert"));
    refuse(house, named, "for the role approver; ada has it not");
}

/* Invariant 8: an author with such a door still needs a second person. */
static void what_the_store_holds_is_no_proof(void **state)
{
    struct house *house = *state;
    struct arena arena ARENA_CLEANUP = {0};
    struct store_token *berts;
    size_t count;
    char hex[DIGEST_HEX], base64[DIGEST_BASE64];
    put_users(house);
    arena_init(&arena, 1 << 16);
    assert_int_equal(store_token_list(house->world->app.store, "bert", &arena, &berts, &count), 0);
    refuse(house, approving(digest_format(&berts[0].sha256, hex)), "nobody's");
    refuse(house,
           approving(base64_format(berts[0].sha256.bytes, DIGEST_SIZE, base64, sizeof base64)),
           "nobody's");
    refuse(house, approving("bert"), "nobody's");
}

static void an_administrator_at_the_door_makes_no_second_person(void **state)
{
    struct house *house = *state;
    put_users(house);
    refuse(house, adding("eve", "approver", house->token), "not for the staff door");
    /* By the other socket it is hers to do. */
    JSON_CLEANUP json_t *reply =
        ask(house, house->control, adding("carl", "approver", house->token));
    assert_non_null(json_object_get(reply, "result"));
}

/* With a token of its user a button reaches the command itself. */
static void a_token_is_proof_at_the_door_too(void **state)
{
    struct house *house = *state;
    put_users(house);
    JSON_CLEANUP json_t *reply =
        ask(house, house->door,
            json_pack("{s:s, s:s, s:{s:s, s:s}}", "command", "case.answer", "token", house->token,
                      "arguments", "case", "c-1", "text", "done"));
    assert_int_equal(json_number(reply, "error", 0), ERR_NOT_FOUND);
    assert_non_null(strstr(json_text(reply, "words"), "there is no case 'c-1'"));
}

/* --- several requests at once --- */

enum { AT_ONCE = 3 };

static void send_several(const int ends[ENDS])
{
    static const char text[] =
        "{\"command\":\"case.answer\",\"arguments\":{\"case\":\"c-1\",\"text\":\"x\"}}";
    for (int i = 0; i < AT_ONCE; i++)
        assert_int_equal(frame_write(ends[THEIRS], CONTROL_FRAME_REQUEST, text, strlen(text)), 0);
}

static int count_replies(struct client *client, const int ends[ENDS])
{
    struct buffer reply BUFFER_CLEANUP = {0};
    uint32_t kind;
    int count = 0;
    char byte;
    buffer_init(&reply, 1 << 16);
    core_write(client);
    while (recv(ends[THEIRS], &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
        assert_int_equal(frame_read(ends[THEIRS], &kind, &reply), 0);
        count++;
    }
    return count;
}

/* The door's users ask at once, and a transaction keeps what they want together; another client
 * that sends more than one request has them run one by one, turn by turn without a pause. */
static void what_the_door_asks_at_once_is_run_at_once(void **state)
{
    struct house *house = *state;
    struct client *door = core_add_client(house->core, house->door[OURS]);
    struct client *other = core_add_client(house->core, house->control[OURS]);
    send_several(house->door);
    send_several(house->control);
    core_read(door);
    core_read(other);
    core_serve_commands(house->core);
    assert_int_equal(count_replies(door, house->door), AT_ONCE);
    for (int i = 1; i <= AT_ONCE; i++) {
        assert_int_equal(count_replies(other, house->control), 1);
        assert_int_equal(house->core->requests_wait, i < AT_ONCE);
        core_serve_commands(house->core);
    }
    assert_int_equal(count_replies(other, house->control), 0);
    buffer_done(&door->in);
    buffer_done(&door->out);
    buffer_done(&other->in);
    buffer_done(&other->out);
}

/* --- many connections --- */

/* A fresh socket pair, ours taken in as a client; theirs comes back. */
static int connect_client(struct house *house)
{
    int ends[ENDS];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_non_null(core_add_client(house->core, ends[OURS]));
    return ends[THEIRS];
}

static bool is_open(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) < 0;
}

/* Whoever holds connections open and says nothing shuts nobody out: the longest idle one goes,
 * never the staff door, nor one that still sends its request. */
static void idle_connections_make_room(void **state)
{
    enum { PLACES = CORE_CLIENTS_MAX - 1 };
    struct house *house = *state;
    struct core *core = house->core;
    struct error_detail detail = {0};
    int theirs[PLACES], door = dup(house->door[OURS]), asking;
    core->staff.fd = door;
    assert_non_null(core_add_client(core, door));
    for (size_t i = 0; i < PLACES; i++)
        theirs[i] = connect_client(house);
    core->clients[0].moved_us = core->clients[1].moved_us = 0; /* the door, and a slow request */
    assert_int_equal(send(theirs[0], "B", 1, 0), 1);
    core_read(&core->clients[1]);
    core->clients[5].moved_us = 1;
    assert_int_equal(control_listen(house->world->app.data, &core->control, &detail), 0);
    assert_int_equal(control_connect(house->world->app.data, &asking), 0);
    core_accept(core);
    assert_true(is_open(asking) && is_open(theirs[0]) && is_open(house->door[THEIRS]));
    for (size_t i = 1; i < PLACES; i++)
        assert_int_equal(is_open(theirs[i]), i != 4);
    assert_int_equal(core->staff.fd, door);
    for (size_t i = 0; i < PLACES; i++)
        close(theirs[i]);
    close(asking);
    close(core->control);
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        core->clients[i].broken = true;
    core_drop_broken(core);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_WORLD(the_door_founds_no_house), IN_WORLD(a_name_from_the_door_is_no_proof),
          IN_WORLD(what_the_store_holds_is_no_proof),
          IN_WORLD(an_administrator_at_the_door_makes_no_second_person),
          IN_WORLD(a_token_is_proof_at_the_door_too),
          IN_WORLD(what_the_door_asks_at_once_is_run_at_once), IN_WORLD(idle_connections_make_room))
