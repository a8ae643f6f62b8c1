/* What a herald makes of receivers: a TLS server on loopback whose certificate is made here, at an
 * address that the net map of a laboratory leads there. */
#include "app/hooks/herald.h"

#include "refusal.h"
#include "tls_server.h"

#include <errno.h>
#include <stdlib.h>

#define URL "https://192.0.2.80/in"
#define OK "HTTP/1.1 204 No Content\r\n\r\n"

static char none[] = "";

struct world {
    struct tls_server server;
    char folder[64], ca[96], map[96], *arguments[3];
    struct herald *herald;
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void world_init(struct world *world, const char *name)
{
    char pem[4096], map[128];
    memset(world, 0, sizeof *world);
    tls_server_init(&world->server, name);
    snprintf(world->folder, sizeof world->folder, "/tmp/bailiwick-herald-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->ca, sizeof world->ca, "%s/ca", world->folder);
    snprintf(world->map, sizeof world->map, "%s/map", world->folder);
    write_pem(world->server.authority.certificate, pem, sizeof pem);
    snprintf(map, sizeof map, "192.0.2.80#443 127.0.0.1#%u\n", world->server.port);
    write_file(world->ca, pem);
    write_file(world->map, map);
    world->arguments[0] = world->ca;
    world->arguments[1] = none;
    world->arguments[2] = world->map;
    tls_server_start(&world->server);
}

static void world_done(struct world *world)
{
    if (world->herald)
        herald_close(world->herald);
    tls_server_stop(&world->server);
    unlink(world->ca);
    unlink(world->map);
    rmdir(world->folder);
}

static struct herald_reply post(struct world *world, const char *url)
{
    const struct herald_request request = {
        .url = url,
        .body = "{}",
        .size = 2,
        .fields = {"Content-Type: application/json", "Signature: hook=:x:"}};
    struct herald_reply reply = {.status = -1};
    struct error_detail detail = {0};
    if (!world->herald && herald_open(world->arguments, &world->herald, &detail) < 0)
        fail_msg("%s", detail.text);
    herald_post(world->herald, &request, &reply);
    assert_true(reply.elapsed_us >= 0);
    return reply;
}

static void expect(struct world *world, const char *url, enum herald_outcome outcome, int status)
{
    const struct herald_reply reply = post(world, url);
    assert_string_equal(herald_outcome_text(reply.outcome), herald_outcome_text(outcome));
    assert_int_equal(reply.status, status);
}

static void a_receiver_gets_what_was_signed(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "192.0.2.80");
    world.server.answer = OK;
    expect(&world, URL, HERALD_ANSWERED, 204);
    assert_non_null(strstr(world.server.request, "POST /in HTTP/1.1\r\nHost: 192.0.2.80\r\n"));
    assert_non_null(strstr(world.server.request, "\r\nSignature: hook=:x:\r\n"));
    assert_string_equal(strstr(world.server.request, "\r\n\r\n"), "\r\n\r\n{}");
    world_done(&world);
}

/* Its word counts, however much it says besides; where it sends us does not. */
static void of_an_answer_the_status_counts(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "192.0.2.80");
    world.server.connections = 3;
    world.server.filler = 200000;
    world.server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n";
    expect(&world, URL, HERALD_ANSWERED, 200);
    world.server.filler = 0;
    world.server.answer = "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
    expect(&world, URL, HERALD_ANSWERED, 302);
    assert_non_null(strstr(world.server.request, "POST /in "));
    world.server.answer = "220 mail.example\r\n";
    expect(&world, URL, HERALD_UNREADABLE, 0);
    world_done(&world);
}

static void who_does_not_answer_is_told_apart(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "192.0.2.80"); /* which closes without an answer */
    expect(&world, URL, HERALD_CLOSED, 0);
    world_done(&world);
    world_init(&world, "other.example");
    world.server.answer = OK;
    expect(&world, URL, HERALD_TLS_FAILED, 0);
    world_done(&world);
}

/* Outside of a laboratory nothing is sent to any of these. */
static void special_addresses_get_nothing(void **state)
{
    (void)state;
    static const char *const urls[] = {URL,
                                       "https://127.0.0.1/",
                                       "https://[::1]/",
                                       "https://10.0.0.1/",
                                       "https://169.254.169.254/latest",
                                       "https://[::ffff:127.0.0.1]/",
                                       "https://[fe80::1]/"};
    struct world world;
    world_init(&world, "192.0.2.80");
    world.arguments[2] = none;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        expect(&world, urls[i], HERALD_SPECIAL, 0);
    assert_string_equal(world.server.request, "");
    world_done(&world);
}

static void what_a_herald_needs_is_named(void **state)
{
    (void)state;
    struct world world;
    struct error_detail detail = {0};
    char missing[] = "/nowhere", broken[] = "192.0.2.1", words[] = "here", v6[] = "::1#53";
    world_init(&world, "192.0.2.80");
    const struct {
        int argument;
        char *value;
        int code;
        const char *words;
    } rows[] = {
        {0, missing, -ENOENT, "http.ca-file '/nowhere': No such file"},
        {0, world.map, ERR_SYNTAX, "http.ca-file '"},
        {1, words, ERR_SYNTAX, "hooks.resolver: 'here' is no ADDR#PORT"},
        {1, v6, ERR_UNSUPPORTED, "hooks.resolver '::1#53': "},
        {2, missing, -ENOENT, "dns.net-map '/nowhere': No such file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *arguments[3];
        memcpy(arguments, world.arguments, sizeof arguments);
        arguments[rows[i].argument] = rows[i].value;
        assert_refused(herald_open(arguments, &world.herald, &detail), rows[i].code, &detail,
                       rows[i].words);
    }
    write_file(world.map, broken);
    assert_refused(herald_open(world.arguments, &world.herald, &detail), ERR_SYNTAX, &detail,
                   "net map: line 1");
    assert_null(world.herald);
    write_file(world.map, "");
    assert_int_equal(herald_open(world.arguments, &world.herald, &detail), 0);
    world_done(&world);
}

/* This program starts itself again as a herald. */
static void a_herald_is_a_process_of_its_own(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "192.0.2.80");
    world.server.answer = OK;
    struct child child = {.fd = -1, .role = "herald"}, lost = {.fd = -1, .role = "lost"};
    const struct config config = {.ca_file = world.ca, .hook_resolver = "", .net_map = world.map};
    const struct herald_request request = {
        .url = URL, .body = "{}", .size = 2, .fields = {"Content-Type: application/json"}};
    struct herald_reply reply;
    herald_send(&child, &config, &request, &reply);
    assert_int_equal(reply.outcome, HERALD_ANSWERED);
    assert_int_equal(reply.status, 204);
    child_stop(&child);
    herald_send(&lost, &config, &request, &reply); /* dies over it */
    assert_int_equal(reply.outcome, HERALD_OURS);
    assert_int_equal(lost.fd, -1);
    world_done(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receiver_gets_what_was_signed),
        cmocka_unit_test(of_an_answer_the_status_counts),
        cmocka_unit_test(who_does_not_answer_is_told_apart),
        cmocka_unit_test(special_addresses_get_nothing),
        cmocka_unit_test(what_a_herald_needs_is_named),
        cmocka_unit_test(a_herald_is_a_process_of_its_own),
    };
    if (argc > 2 && strcmp(argv[1], "--child") == 0)
        return strcmp(argv[2], "herald") == 0 ? herald_main(CHILD_SOCKET, argv + 3) : 4;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
