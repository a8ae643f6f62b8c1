/* The core's own refusals: its socket, its workers, its start, and what it answers to requests. */
#include "app/core.h"

#include "app/control.h"
#include "app/core_parts.h"
#include "app_world.h"
#include "base/frame.h"
#include "descriptors.h"
#include "refusal.h"
#include "store/party.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z */

struct world {
    char folder[APP_FOLDER_ROOM];
    struct app app;
    struct core *core;
};

static int make_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    const char *role = "analyst";
    app_world_open(world->folder, START, &world->app);
    assert_int_equal(store_begin(world->app.store), 0);
    app_world_put_user(&world->app, "anna", role, "", START);
    assert_int_equal(store_commit(world->app.store), 0);
    world->core = calloc(1, sizeof *world->core);
    world->core->app = &world->app;
    arena_init(&world->core->arena, 64 << 20);
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        world->core->clients[i].fd = -1;
    *state = world;
    return 0;
}

static int end_world(void **state)
{
    struct world *world = *state;
    arena_done(&world->core->arena);
    app_world_close(&world->app, world->folder);
    free(world->core);
    free(world);
    return 0;
}

/* --- what a client sees --- */

/* The reply that the peer holds ready is one frame of this kind and text; kind 0 is no reply. */
static int ask_peer(uint32_t kind, const char *text, struct error_detail *detail)
{
    int ends[2];
    json_t *result = NULL;
    JSON_CLEANUP json_t *arguments = json_object();
    const struct control_request request = {.command = "status", .arguments = arguments};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    if (kind)
        assert_int_equal(frame_write(ends[1], kind, text, strlen(text)), 0);
    else if (*text)
        assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    shutdown(ends[1], SHUT_WR);
    int code = control_ask(ends[0], &request, &result, detail);
    close(ends[0]);
    close(ends[1]);
    assert_null(result);
    return code;
}

static void replies_that_are_none_are_told(void **state)
{
    (void)state;
    static const struct {
        uint32_t kind;
        int code;
        const char *text, *words;
    } rows[] = {
        {0, ERR_UNAVAILABLE, "", "the daemon ended before it answered; whether it was done is not"},
        {0, ERR_DAMAGED, "this is no head of a frame", "the daemon's socket: damaged"},
        {CONTROL_FRAME_REPLY, ERR_SYNTAX, "{", "the daemon's reply: line 1"},
        {CONTROL_FRAME_REPLY, ERR_INTERNAL, "{}", "the daemon gave no reason"},
        {CONTROL_FRAME_REPLY, ERR_DENIED, "{\"error\":-1006,\"words\":\"not you\"}", "not you"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        assert_refused(ask_peer(rows[i].kind, rows[i].text, &detail), rows[i].code, &detail,
                       rows[i].words);
    }
}

static void a_socket_that_cannot_be_made_is_named(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char path[APP_FOLDER_ROOM + 16];
    int fd = 77;
    assert_refused(control_listen("/nowhere", &fd, &detail), -ENOENT, &detail,
                   "/nowhere: No such file or directory");
    snprintf(path, sizeof path, "%s/control.sock", world->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(control_listen(world->folder, &fd, &detail), -EADDRINUSE, &detail,
                   "/control.sock: Address already in use");
    assert_int_equal(fd, 77);
}

/* --- starting --- */

static bool threads_are_refused;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *context), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *context), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *context), void *context)
{
    return threads_are_refused ? EAGAIN : __real_pthread_create(thread, attributes, run, context);
}

static bool memory_is_out;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_out ? NULL : __real_calloc(count, size);
}

static void a_worker_that_cannot_start_says_why(void **state)
{
    (void)state;
    struct worker worker = {0};
    struct error_detail detail = {0};
    struct rlimit before = take_descriptors();
    int result = worker_start(&worker, /* serve= */ NULL, NULL, &detail);
    give_descriptors(before);
    assert_refused(result, -EMFILE, &detail, "no event descriptor for a worker");
    threads_are_refused = true;
    result = worker_start(&worker, /* serve= */ NULL, NULL, &detail);
    threads_are_refused = false;
    assert_refused(result, -EAGAIN, &detail, "no thread for a worker");
    assert_false(worker.started);
}

static void a_core_that_cannot_start_says_why(void **state)
{
    struct world *world = *state;
    const struct core_options options = {.public_listener = -1, .staff_listener = -1};
    struct error_detail detail = {0};
    memory_is_out = true;
    int result = core_run(&world->app, &options, &detail);
    memory_is_out = false;
    assert_refused(result, ERR_NO_MEMORY, &detail, "core: out of memory");
    sigset_t signals;
    sigprocmask(SIG_BLOCK, NULL, &signals);
    struct rlimit before = take_descriptors();
    result = core_run(&world->app, &options, &detail);
    give_descriptors(before);
    assert_refused(result, -EMFILE, &detail, "signals: Too many open files");
    /* Somebody left a transaction open: what the last run did cannot be looked at. */
    assert_int_equal(store_begin(world->app.store), 0);
    assert_refused(core_run(&world->app, &options, &detail), ERR_USAGE, &detail,
                   "after the last run: ");
    sigprocmask(SIG_SETMASK, &signals, NULL);
}

static void a_certificate_that_cannot_be_used_is_told(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    world->app.config.staff_certificate = "/nowhere/door.pem";
    assert_refused(core_prepare_front(world->core, &detail), ERR_USAGE, &detail,
                   "staff.certificate and staff.key go together: one of them is not set");
    world->app.config.staff_key = "/nowhere/door.key";
    assert_refused(core_prepare_front(world->core, &detail), -ENOENT, &detail,
                   "/nowhere/door.pem: No such file or directory");
}

static void more_tlds_than_there_is_room_for_are_told(void **state)
{
    struct world *world = *state;
    struct core *core = world->core;
    struct error_detail detail = {0};
    const struct party party = {
        .id = "p", .kind = PARTY_REGISTRY, .name = "P", .status = "contracted", .rdap_url = ""};
    const struct tld tld = {
        .name = "alpha", .tld_class = TLD_GENERIC, .party = "p", .rdap_url = ""};
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(store_party_put(world->app.store, &party), 0);
    assert_int_equal(store_tld_put(world->app.store, &tld), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    core->targets = arena_array(&core->arena, CORE_TARGETS_MAX, sizeof *core->targets);
    core->target_count = CORE_TARGETS_MAX;
    for (size_t i = 0; i < CORE_TARGETS_MAX; i++)
        core->targets[i] = (struct target){.name = "measured before"};
    assert_refused(core_load_targets(core, &detail), ERR_LIMIT, &detail,
                   "more than 20000 TLDs to measure");
}

/* --- requests --- */

/* Sends a request as a client would; the reply's code and words. */
static int request(struct world *world, const char *body, struct error_detail *detail)
{
    struct client *client = core_add_client(world->core, /* fd= */ 1000);
    uint8_t head[FRAME_HEAD];
    uint32_t kind;
    const uint8_t *reply;
    size_t size;
    assert_non_null(client);
    frame_head(head, CONTROL_FRAME_REQUEST, strlen(body));
    buffer_append(&client->in, head, sizeof head);
    buffer_append_text(&client->in, body);
    core_serve_commands(world->core);
    assert_true(frame_parse(client->out.data, client->out.size, CONTROL_FRAME_MAX, &kind, &reply,
                            &size) > 0);
    JSON_CLEANUP json_t *answer = NULL;
    assert_int_equal(json_parse((const char *)reply, size, &answer, NULL), 0);
    const char *words = json_text(answer, "words");
    snprintf(detail->text, sizeof detail->text, "%s", words ? words : "");
    int code = (int)json_number(answer, "error", 0);
    buffer_done(&client->in);
    buffer_done(&client->out);
    client->fd = -1;
    return code;
}

#define BY_ANNA(command, arguments)                                                                \
    "{\"command\":\"" command "\",\"token\":\"anna\",\"arguments\":" arguments "}"

static void requests_are_refused_with_words(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *body;
        int code;
        const char *words;
    } rows[] = {
        {"{}", ERR_SYNTAX, "a request has a command and arguments"},
        {"{", ERR_SYNTAX, "line 1"},
        {BY_ANNA("case.sing", "{}"), ERR_NOT_FOUND, "no command 'case.sing'"},
        {BY_ANNA("clock.jump", "{\"to\":\"2028-01-01T00:00:00Z\"}"), ERR_REFUSED,
         "only a demonstration's clock jumps (serve --now)"},
        {BY_ANNA("measure", "{}"), ERR_SYNTAX, "measure wants a target"},
        {BY_ANNA("measure", "{\"target\":\"beta\"}"), ERR_NOT_FOUND,
         "'beta' is no contracted TLD with a delegation"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        assert_refused(request(world, rows[i].body, &detail), rows[i].code, &detail, rows[i].words);
    }
}

static void a_demonstration_jumps_forward_only(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_int_equal(app_set_meta(&world->app, STORE_META_DEMO, "yes"), 0);
    assert_refused(request(world, BY_ANNA("clock.jump", "{\"to\":\"soon\"}"), &detail), ERR_SYNTAX,
                   &detail, "clock.jump wants an RFC 3339 time");
    assert_refused(
        request(world, BY_ANNA("clock.jump", "{\"to\":\"2026-01-01T00:00:00Z\"}"), &detail),
        ERR_REFUSED, &detail, "the clock only moves forward; it is 2027-01-04T09:00:00");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

TEST_MAIN(cmocka_unit_test(replies_that_are_none_are_told),
          IN_WORLD(a_socket_that_cannot_be_made_is_named),
          cmocka_unit_test(a_worker_that_cannot_start_says_why),
          IN_WORLD(a_core_that_cannot_start_says_why),
          IN_WORLD(a_certificate_that_cannot_be_used_is_told),
          IN_WORLD(more_tlds_than_there_is_room_for_are_told),
          IN_WORLD(requests_are_refused_with_words), IN_WORLD(a_demonstration_jumps_forward_only))
