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
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
    house->core->turn_us = INT64_MAX / 2;
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

/* --- many connections --- */

/* A fresh socket pair, ours taken in as a client; theirs comes back. */
static int connect_client(struct house *house)
{
    int ends[ENDS];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_non_null(core_add_client(house->core, ends[OURS]));
    return ends[THEIRS];
}

static void drop_all(struct core *core)
{
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        core->clients[i].broken = true;
    core_drop_broken(core);
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
    drop_all(core);
}

/* --- whose turn it is --- */

static void ask_status(int theirs, struct client *client, const char *token)
{
    struct buffer text BUFFER_CLEANUP = {0};
    JSON_CLEANUP json_t *request =
        json_pack("{s:s, s:s, s:{}}", "command", "status", "token", token, "arguments");
    buffer_init(&text, 1 << 12);
    assert_int_equal(json_canonical(request, &text), 0);
    assert_int_equal(frame_write(theirs, CONTROL_FRAME_REQUEST, text.data, text.size), 0);
    core_read(client);
}

static size_t count_answered(const struct core *core)
{
    size_t count = 0;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        count += core->clients[i].fd >= 0 && core->clients[i].out.size > 0;
    return count;
}

/* What one user asks over many connections waits for itself: somebody else is served in the next
 * turn, and nothing is left over. */
static void who_asks_most_waits_for_itself(void **state)
{
    enum { FLOOD = 3 * CORE_OF_ONE_USER - 4 };
    struct house *house = *state;
    struct core *core = house->core;
    int theirs[FLOOD + 1];
    put_users(house);
    for (size_t i = 0; i <= FLOOD; i++) {
        theirs[i] = connect_client(house);
        ask_status(theirs[i], &core->clients[i], i < FLOOD ? house->token : "another's");
    }
    core_serve_commands(core);
    assert_int_equal(count_answered(core), CORE_OF_ONE_USER + 1);
    assert_true(core->clients[FLOOD].out.size > 0 && core->more_wait);
    for (size_t i = 0; i < FLOOD; i++)
        assert_int_equal(core->clients[i].out.size > 0, i < CORE_OF_ONE_USER);
    /* With no time left one of each user is run all the same. */
    core->turn_us = 0;
    core_serve_commands(core);
    assert_int_equal(count_answered(core), CORE_OF_ONE_USER + 2);
    core->turn_us = INT64_MAX / 2;
    core_serve_commands(core);
    core_serve_commands(core);
    assert_int_equal(count_answered(core), FLOOD + 1);
    assert_false(core->more_wait);
    for (size_t i = 0; i <= FLOOD; i++)
        close(theirs[i]);
    drop_all(core);
}

/* Where no connection is idle, one of those goes who hold the most. */
static void who_holds_most_places_makes_room(void **state)
{
    enum { PLACES = CORE_CLIENTS_MAX - 1 };
    struct house *house = *state;
    struct core *core = house->core;
    int theirs[PLACES];
    struct asked *taken[CORE_ASKED_MAX];
    put_users(house);
    for (size_t i = 0; i < PLACES; i++) {
        theirs[i] = connect_client(house);
        ask_status(theirs[i], &core->clients[i], i % 3 ? house->token : "another's");
    }
    const struct core_queue_taken queue = core_queue_take(core, taken);
    assert_int_equal(queue.first, 2);
    assert_int_equal(queue.all, 2 * CORE_OF_ONE_USER);
    assert_ptr_equal(core_queue_last(core), &core->clients[PLACES - 2]);
    for (size_t i = 0; i < PLACES; i++)
        close(theirs[i]);
    drop_all(core);
}

/* What is no JSON is answered, and the next request after it. */
static void a_request_that_is_no_json_is_answered(void **state)
{
    struct house *house = *state;
    struct core *core = house->core;
    struct buffer text BUFFER_CLEANUP = {0};
    uint32_t kind;
    put_users(house);
    int theirs = connect_client(house);
    assert_int_equal(frame_write(theirs, CONTROL_FRAME_REQUEST, "{", 1), 0);
    ask_status(theirs, &core->clients[0], house->token);
    core_serve_commands(core);
    core_serve_commands(core);
    core_write(&core->clients[0]);
    buffer_init(&text, 1 << 16);
    assert_int_equal(frame_read(theirs, &kind, &text), 0);
    assert_non_null(strstr(buffer_text(&text), "line 1"));
    assert_int_equal(frame_read(theirs, &kind, &text), 0);
    assert_non_null(strstr(buffer_text(&text), "\"result\""));
    close(theirs);
    drop_all(core);
}

/* --- many who ask through the door --- */

static void send_numbered(const int ends[ENDS], int number, const char *token)
{
    struct buffer text BUFFER_CLEANUP = {0};
    JSON_CLEANUP json_t *request =
        json_pack("{s:i, s:s, s:s, s:{s:s, s:s}}", "number", number, "command", "case.answer",
                  "token", token, "arguments", "case", "c-1", "text", "x");
    buffer_init(&text, 1 << 12);
    assert_int_equal(json_canonical(request, &text), 0);
    assert_int_equal(frame_write(ends[THEIRS], CONTROL_FRAME_REQUEST, text.data, text.size), 0);
}

/* One turn of the core. The numbers of the requests that were answered; how many they are. */
static size_t turn(struct house *house, struct client *client, const int ends[ENDS],
                   int numbers[CORE_ASKED_MAX])
{
    struct buffer text BUFFER_CLEANUP = {0};
    size_t count = 0;
    uint32_t kind;
    char byte;
    buffer_init(&text, 1 << 16);
    core_serve_commands(house->core);
    core_write(client);
    while (recv(ends[THEIRS], &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
        JSON_CLEANUP json_t *reply = NULL;
        assert_int_equal(frame_read(ends[THEIRS], &kind, &text), 0);
        assert_int_equal(json_parse(buffer_text(&text), text.size, &reply, NULL), 0);
        assert_true(json_number(reply, "error", 0) < 0);
        numbers[count++] = (int)json_number(reply, "number", 0);
    }
    return count;
}

/* The door, as drop_all() will close it. */
static struct client *add_door(struct house *house)
{
    house->core->staff.fd = dup(house->door[OURS]);
    return core_add_client(house->core, house->core->staff.fd);
}

/* However many requests one user has sent through the door, the next user's is run in the next
 * turn, and the reply does not wait for the others'. */
static void each_user_of_the_door_has_a_turn(void **state)
{
    enum { FLOOD = 2 * CORE_OF_ONE_USER + 3 };
    struct house *house = *state;
    struct core *core = house->core;
    int numbers[CORE_ASKED_MAX];
    put_users(house);
    struct client *door = add_door(house);
    for (int i = 1; i <= FLOOD; i++)
        send_numbered(house->door, i, house->token);
    send_numbered(house->door, FLOOD + 1, "another's");
    core_read(door);
    assert_int_equal(turn(house, door, house->door, numbers), CORE_OF_ONE_USER + 1);
    assert_int_equal(numbers[0], 1);
    assert_int_equal(numbers[1], FLOOD + 1);
    for (int i = 2; i <= CORE_OF_ONE_USER; i++)
        assert_int_equal(numbers[i], i);
    assert_true(core->more_wait);
    assert_int_equal(turn(house, door, house->door, numbers), CORE_OF_ONE_USER);
    assert_true(core->more_wait);
    assert_int_equal(turn(house, door, house->door, numbers), FLOOD - 2 * CORE_OF_ONE_USER);
    assert_int_equal(numbers[0], 2 * CORE_OF_ONE_USER + 1);
    assert_false(core->more_wait);
    drop_all(core);
}

/* As many users as the door has connections share a transaction. What it sends beyond that waits,
 * and so does what is too much to be kept in memory. */
static void the_door_has_places_for_its_connections(void **state)
{
    enum { MORE = 3 };
    struct house *house = *state;
    struct core *core = house->core;
    int numbers[CORE_ASKED_MAX];
    char token[16];
    put_users(house);
    struct client *door = add_door(house);
    for (int i = 1; i <= CORE_DOOR_AT_ONCE + MORE; i++) {
        snprintf(token, sizeof token, "token-%d", i);
        send_numbered(house->door, i, token);
        core_read(door);
    }
    assert_int_equal(turn(house, door, house->door, numbers), CORE_DOOR_AT_ONCE);
    assert_true(core->more_wait);
    assert_int_equal(turn(house, door, house->door, numbers), MORE);
    assert_false(core->more_wait);
    send_numbered(house->door, 1, "token");
    core_read(door);
    door->asked_bytes = CONTROL_FRAME_MAX;
    assert_int_equal(turn(house, door, house->door, numbers), 0);
    door->asked_bytes = 0;
    assert_int_equal(turn(house, door, house->door, numbers), 1);
    drop_all(core);
}

/* A request for which a file is sent along says "file"; what it makes of it is told apart by the
 * words of the refusal. */
static void send_filing(const int ends[ENDS], int number, bool says_so, const int *file)
{
    JSON_CLEANUP json_t *arguments =
        json_pack("{s:s, s:[{s:s, s:s, s:s, s:i, s:i}]}", "document", "{}", "files", "name", "f",
                  "file_name", "", "media_type", "", "offset", 0, "size", number);
    struct error_detail detail = {0};
    const struct control_request request = {
        .command = "complaint.file", .token = "token", .arguments = arguments, .file = file};
    if (says_so) {
        assert_int_equal(control_send(ends[THEIRS], &request, number, &detail), 0);
        return;
    }
    struct buffer text BUFFER_CLEANUP = {0};
    JSON_CLEANUP json_t *json = json_pack("{s:s, s:i, s:b, s:O}", "command", "complaint.file",
                                          "number", number, "file", 1, "arguments", arguments);
    buffer_init(&text, 1 << 12);
    assert_int_equal(json_canonical(json, &text), 0);
    assert_int_equal(frame_write(ends[THEIRS], CONTROL_FRAME_REQUEST, text.data, text.size), 0);
}

static int size_of(int fd)
{
    struct stat about;
    return fd >= 0 && fstat(fd, &about) == 0 ? (int)about.st_size : -1;
}

/* Each file is its request's, however the bytes come in; what was not asked for is closed with the
 * connection. */
static void files_come_with_their_requests(void **state)
{
    enum { SENT = 5 };
    struct house *house = *state;
    struct core *core = house->core;
    int files[SENT];
    struct client *door = add_door(house);
    for (int i = 0; i < SENT; i++) {
        files[i] = memfd_create("sent", MFD_CLOEXEC);
        assert_int_equal(ftruncate(files[i], i + 1), 0);
        send_filing(house->door, i + 1, i != 2, i == 2 ? NULL : &files[i]);
        close(files[i]);
    }
    for (int i = 0; i < SENT; i++)
        core_read(door);
    assert_true(core_queue_fill(core));
    assert_int_equal(core->asked_count, SENT);
    /* The third lied: the next one's is its own, and the last one has none. */
    static const int expected[SENT] = {1, 2, 4, 5, -1};
    for (int i = 0; i < SENT; i++)
        assert_int_equal(size_of(core->asked[i]->file), expected[i]);
    int kept = core->asked[3]->file;
    drop_all(core);
    assert_int_equal(core->asked_count, 0);
    assert_int_equal(size_of(kept), -1);
}

/* Who is not the door has none, and a door that sends them without requests is not believed. */
static void files_of_others_are_closed(void **state)
{
    struct house *house = *state;
    struct core *core = house->core;
    int file = memfd_create("sent", MFD_CLOEXEC);
    struct client *client = core_add_client(core, dup(house->control[OURS]));
    send_filing(house->control, 1, true, &file);
    core_read(client);
    core_read(client); /* what came with a descriptor is read by itself */
    assert_true(core_queue_fill(core));
    assert_int_equal(core->asked[0]->file, -1);
    assert_int_equal(client->file_count, 0);
    struct client *door = add_door(house);
    for (int i = 0; i < CORE_DOOR_AT_ONCE + 1; i++) {
        assert_false(door->broken);
        send_filing(house->door, 1, true, &file);
        core_read(door);
    }
    assert_true(door->broken);
    close(file);
    drop_all(core);
    assert_int_equal(door->file_count, 0);
}

/* What certificate came with a token the door says; nobody else is asked. */
static void certificates_come_by_the_door_alone(void **state)
{
    struct house *house = *state;
    char own[DIGEST_HEX], other[DIGEST_HEX];
    const struct digest sha256 = digest_of("own", 3), wrong = digest_of("other", 5);
    digest_format(&sha256, own);
    digest_format(&wrong, other);
    put_users(house);
    JSON_CLEANUP json_t *made =
        ask(house, house->control,
            json_pack("{s:s, s:s, s:{s:s, s:s}}", "command", "user.token.add", "token",
                      house->token, "arguments", "id", "bert", "certificate_sha256", own));
    const char *token = json_text(json_object_get(made, "result"), "token");
    assert_non_null(token);
    const struct {
        const int *ends;
        const char *certificate, *words;
    } rows[] = {{house->door, other, "this token is nobody's"},
                {house->door, NULL, "this token is nobody's"},
                {house->door, "00", "is no SHA-256"},
                {house->control, own, "this token is nobody's"},
                {house->door, own, "there is no case 'c-1'"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *request = approving(token);
        if (rows[i].certificate)
            json_object_set_new(request, "certificate", json_string(rows[i].certificate));
        JSON_CLEANUP json_t *reply = ask(house, rows[i].ends, request);
        assert_non_null(strstr(json_text(reply, "words"), rows[i].words));
    }
}

/* Another client's requests are run one by one, turn by turn. */
static void other_clients_have_one_place(void **state)
{
    enum { SENT = 3 };
    struct house *house = *state;
    struct core *core = house->core;
    int numbers[CORE_ASKED_MAX];
    put_users(house);
    struct client *client = core_add_client(core, dup(house->control[OURS]));
    for (int i = 1; i <= SENT; i++)
        send_numbered(house->control, i, house->token);
    core_read(client);
    for (int i = 1; i <= SENT; i++) {
        assert_int_equal(turn(house, client, house->control, numbers), 1);
        assert_int_equal(numbers[0], i);
        assert_int_equal(core->more_wait, i < SENT);
    }
    drop_all(core);
}

/* What a client asked that went away is not run, and is nobody's. */
static void who_goes_away_is_forgotten(void **state)
{
    struct house *house = *state;
    struct core *core = house->core;
    struct asked *taken[CORE_ASKED_MAX];
    put_users(house);
    int stays = connect_client(house), goes = connect_client(house);
    ask_status(stays, &core->clients[0], house->token);
    ask_status(goes, &core->clients[1], house->token);
    assert_int_equal(core_queue_take(core, taken).all, 2);
    core->clients[1].broken = true;
    assert_int_equal(core_queue_take(core, taken).all, 1);
    assert_ptr_equal(taken[0]->client, &core->clients[0]);
    core_drop_broken(core);
    assert_int_equal(core->asked_count, 1);
    core_serve_commands(core);
    assert_int_equal(count_answered(core), 1);
    close(stays);
    close(goes);
    drop_all(core);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_WORLD(the_door_founds_no_house), IN_WORLD(a_name_from_the_door_is_no_proof),
          IN_WORLD(what_the_store_holds_is_no_proof),
          IN_WORLD(an_administrator_at_the_door_makes_no_second_person),
          IN_WORLD(a_token_is_proof_at_the_door_too), IN_WORLD(idle_connections_make_room),
          IN_WORLD(who_asks_most_waits_for_itself), IN_WORLD(who_holds_most_places_makes_room),
          IN_WORLD(a_request_that_is_no_json_is_answered),
          IN_WORLD(each_user_of_the_door_has_a_turn), IN_WORLD(files_come_with_their_requests),
          IN_WORLD(files_of_others_are_closed), IN_WORLD(certificates_come_by_the_door_alone),
          IN_WORLD(the_door_has_places_for_its_connections), IN_WORLD(other_clients_have_one_place),
          IN_WORLD(who_goes_away_is_forgotten))
