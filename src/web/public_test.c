#include "web/public.h"

#include "descriptors.h"
#include "refusal.h"
#include "web/door_client.h"
#include "web/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
    char folder[40], secret[64], address[80];
    struct public_door *door;
};

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_folder(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0755), 0);
}

static void fill_folder(const struct world *world)
{
    static const char *const folders[] = {"notices",  "lists",      "log",
                                          "log/tile", "log/tile/0", "log/tile/0/x001"};
    static const char *const files[] = {
        "index.html",       "notices.html",        "notices/n-1.html",
        "notices/n-1.json", "notices/n-1.bundle",  "feed.atom",
        "feed.json",        "log/checkpoint",      "log/key",
        "health.json",      "log/tile/0/x001/067", "log/tile/0/000.p",
        "lists/open.html"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        make_folder(world->folder, folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        write_file(world->folder, files[i], files[i]);
    write_file(world->folder, "notices/draft.txt", "SECRET");
    write_file(world->folder, "notices/.hidden.html", "SECRET");
    write_file(world->folder, "notices/closed.html", "SECRET");
    char path[256];
    snprintf(path, sizeof path, "%.60s/notices/closed.html", world->folder);
    chmod(path, 0);
    make_folder(world->folder, "notices/dir.html");
    snprintf(path, sizeof path, "%s/notices/link.html", world->folder);
    assert_int_equal(symlink(world->secret, path), 0);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    snprintf(world->folder, sizeof world->folder, "/tmp/public-test-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->secret, sizeof world->secret, "%s.secret", world->folder);
    FILE *file = fopen(world->secret, "wbe");
    fputs("SECRET", file);
    fclose(file);
    fill_folder(world);
    int fd = door_listen(world->address);
    assert_int_equal(public_start(fd, world->folder, &world->door, NULL), 0);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    char command[128];
    public_stop(world->door);
    snprintf(command, sizeof command, "rm -rf '%s' '%s'", world->folder, world->secret);
    int result = system(command);
    free(world);
    return result;
}

static void get(const struct world *world, const char *path, struct buffer *reply)
{
    door_ask(world->address, "GET", path, "", "", reply);
}

/* What a caller may find; a new route fails this test until it stands here. */
static const struct {
    const char *pattern, *path, *body, *type;
} expected[] = {
    {"/", "/", "index.html", "text/html; charset=utf-8"},
    {"/notices", "/notices", "notices.html", "text/html; charset=utf-8"},
    {"/lists/:name", "/lists/open", "lists/open.html", "text/html; charset=utf-8"},
    {"/notices/:id.json", "/notices/n-1.json", "notices/n-1.json", "application/json"},
    {"/notices/:id", "/notices/n-1", "notices/n-1.html", "text/html; charset=utf-8"},
    {"/notices/:id/bundle", "/notices/n-1/bundle", "notices/n-1.bundle",
     "application/octet-stream"},
    {"/feed.atom", "/feed.atom", "feed.atom", "application/atom+xml; charset=utf-8"},
    {"/feed.json", "/feed.json", "feed.json", "application/feed+json"},
    {"/log/checkpoint", "/log/checkpoint", "log/checkpoint", "text/plain; charset=utf-8"},
    {"/log/key", "/log/key", "log/key", "text/plain; charset=utf-8"},
    {"/log/tile/*tile", "/log/tile/0/x001/067", "log/tile/0/x001/067", "application/octet-stream"},
    {"/health", "/health", "health.json", "application/json"},
    {"/static/style.css", "/static/style.css", NULL, "text/css; charset=utf-8"},
};

static void every_route_serves_its_file(void **state)
{
    const struct world *world = *state;
    size_t count;
    const struct web_route *routes = public_routes(&count);
    assert_int_equal(count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(routes[i].pattern, expected[i].pattern);
        assert_int_equal(routes[i].audience, AUDIENCE_PUBLIC);
        assert_string_equal(routes[i].method, "GET");
        BUFFER_CLEANUP struct buffer reply;
        get(world, expected[i].path, &reply);
        if (door_status(&reply) != 200)
            fail_msg("%s: %d", expected[i].path, door_status(&reply));
        if (expected[i].body)
            assert_string_equal(door_body(&reply), expected[i].body);
        char type[80];
        snprintf(type, sizeof type, "\r\nContent-Type: %s\r\n", expected[i].type);
        assert_non_null(strstr(buffer_text(&reply), type));
        assert_non_null(
            strstr(buffer_text(&reply), "\r\nContent-Security-Policy: default-src 'none';"));
        assert_non_null(strstr(buffer_text(&reply), "\r\nX-Content-Type-Options: nosniff\r\n"));
        assert_null(strstr(buffer_text(&reply), "Set-Cookie"));
    }
}

/* Not there, not readable, not a file, outside: all the same bytes, status, headers and body. */
static void what_may_not_be_seen_does_not_exist(void **state)
{
    const struct world *world = *state;
    static const char *const paths[] = {
        "/notices/n-2",
        "/notices/closed",
        "/notices/dir",
        "/notices/link",
        "/notices/draft.txt",
        "/notices/.hidden",
        "/notices/..%2f..%2fetc%2fpasswd",
        "/notices/%2e%2e/index",
        "/notices/../index.html",
        "/notices/n-1/../n-1",
        "/notices//n-1",
        "/notices/",
        "/notices/n-1/",
        "/notices/n-1.html",
        "/notices/n%2d1",
        "/notices/n-1%00",
        "//etc/passwd",
        "/index.html",
        "/log/tile/",
        "/log/tile/../key",
        "/log/tile/..",
        "/log/tile/0/../../key",
        "/log/tile/0/./000.p",
        "/log/tile/0//000.p",
        "/log/tile//0",
        "/log/tile/.",
        "/log/tile/0",
        "/log/tile/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a",
        "/log",
        "/static/../notices",
        "/static/style.css/",
        "/health/",
        "/cases/1",
        "/metrics",
        "/\\..\\..\\etc",
    };
    BUFFER_CLEANUP struct buffer first;
    get(world, "/nothing-here", &first);
    assert_int_equal(door_status(&first), 404);
    bool root = geteuid() == 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (root && strcmp(paths[i], "/notices/closed") == 0)
            continue; /* root reads it whatever its mode */
        BUFFER_CLEANUP struct buffer reply;
        get(world, paths[i], &reply);
        if (strcmp(buffer_text(&reply), buffer_text(&first)) != 0)
            fail_msg("%s: %s", paths[i], buffer_text(&reply));
    }
}

/* Where openat2 is missing, the path's own rules keep the door inside. */
static void long_names_are_refused(void **state)
{
    const struct world *world = *state;
    char path[400] = "/notices/";
    memset(path + 9, 'a', 300);
    BUFFER_CLEANUP struct buffer reply;
    get(world, path, &reply);
    assert_int_equal(door_status(&reply), 404);
}

static void head_and_etag_save_the_body(void **state)
{
    const struct world *world = *state;
    BUFFER_CLEANUP struct buffer full, head, same, other;
    get(world, "/notices/n-1", &full);
    door_ask(world->address, "HEAD", "/notices/n-1", "", "", &head);
    assert_int_equal(door_status(&head), 200);
    assert_string_equal(door_body(&head), "");
    assert_non_null(strstr(buffer_text(&head), "Content-Length: 16\r\n"));
    const char *etag = strstr(buffer_text(&full), "ETag: ");
    assert_non_null(etag);
    char header[128];
    snprintf(header, sizeof header, "If-None-Match: \"x\", %.34s\r\n", etag + 6);
    door_ask(world->address, "GET", "/notices/n-1", header, "", &same);
    assert_int_equal(door_status(&same), 304);
    assert_string_equal(door_body(&same), "");
    door_ask(world->address, "GET", "/notices/n-1", "If-None-Match: \"x\"\r\n", "", &other);
    assert_int_equal(door_status(&other), 200);
}

static void nothing_but_reading_is_answered(void **state)
{
    const struct world *world = *state;
    static const char *const methods[] = {"POST",  "PUT",   "DELETE", "OPTIONS",
                                          "TRACE", "PATCH", "QUERY"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        BUFFER_CLEANUP struct buffer there, nowhere;
        door_ask(world->address, methods[i], "/notices/n-1", "", "", &there);
        door_ask(world->address, methods[i], "/nothing-here", "", "", &nowhere);
        assert_int_equal(door_status(&there), 405);
        assert_string_equal(buffer_text(&there), buffer_text(&nowhere));
        assert_non_null(strstr(buffer_text(&there), "\r\nAllow: GET, HEAD\r\n"));
    }
    BUFFER_CLEANUP struct buffer body;
    door_ask(world->address, "GET", "/", "", "a body", &body);
    assert_int_equal(door_status(&body), 400);
}

static void too_large_heads_are_refused_and_the_door_lives(void **state)
{
    const struct world *world = *state;
    struct buffer request;
    buffer_init(&request, 1 << 20);
    buffer_printf(&request, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
    memset(buffer_extend(&request, 100000), 'a', 100000);
    buffer_append_text(&request, "\r\n\r\n");
    BUFFER_CLEANUP struct buffer large, noise, good;
    door_send(world->address, buffer_text(&request), &large);
    assert_true(door_status(&large) >= 400 || large.size == 0);
    buffer_done(&request);
    door_send(world->address, "\x16\x03\x01\r\n\r\n", &noise);
    assert_true(door_status(&noise) == 0 || door_status(&noise) >= 400);
    get(world, "/health", &good);
    assert_int_equal(door_status(&good), 200);
}

static void a_missing_folder_is_an_error(void **state)
{
    (void)state;
    char address[80];
    int fd = door_listen(address);
    struct public_door *door = NULL;
    struct error_detail detail = {0};
    assert_true(public_start(fd, "/nonexistent/public", &door, &detail) < 0);
    assert_null(door);
    assert_non_null(strstr(detail.text, "/nonexistent/public"));
    close(fd);
}

static void addresses_are_parsed_strictly(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",        "localhost:80",  "127.0.0.1", "127.0.0.1:x",
                                        "[::1:80", "1.2.3:99999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int fd = -1;
        assert_true(web_listen(wrong[i], &fd, NULL) < 0);
        assert_int_equal(fd, -1);
    }
    setenv("LISTEN_PID", "1", 1);
    setenv("LISTEN_FDS", "1", 1);
    int fd = -1;
    assert_int_equal(web_listen_inherited(INHERITED_PUBLIC, &fd), ERR_NOT_FOUND);
}

/* Two socket units come in no certain order: the staff door must never open at the public one's
 * address. Descriptors 3 and 4 are borrowed for the time of the test. */
static void inherited_sockets_are_told_apart_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *names;
        int public, staff;
    } cases[] = {
        {"public:staff", 3, 4}, {"staff:public", 4, 3}, {"listen0:listen1", 3, 4},
        {"public:other", 3, 0}, {"staff:x", 0, 3},      {"publicity:staffing", 3, 4},
    };
    char pid[16];
    int kept[2] = {fcntl(3, F_DUPFD_CLOEXEC, 10), fcntl(4, F_DUPFD_CLOEXEC, 10)};
    int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(other, 3);
    dup2(other, 4);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "2", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = 0;
        setenv("LISTEN_FDNAMES", cases[i].names, 1);
        web_listen_inherited(INHERITED_PUBLIC, &fd);
        assert_int_equal(fd, cases[i].public);
        fd = 0;
        web_listen_inherited(INHERITED_STAFF, &fd);
        assert_int_equal(fd, cases[i].staff);
    }
    unsetenv("LISTEN_PID");
    for (int i = 0; i < 2; i++) {
        if (kept[i] >= 0)
            dup2(kept[i], 3 + i);
        else if (other != 3 + i)
            close(3 + i);
        if (kept[i] >= 0)
            close(kept[i]);
    }
    if (other > 4)
        close(other);
}

/* The whole process ends when the other side of its socket does. */
static void the_process_ends_with_its_parent(void **state)
{
    const struct world *world = *state;
    int ends[2];
    char address[80];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    int fd = door_listen(address);
    close(ends[1]);
    assert_int_equal(public_main(fd, ends[0], world->folder, NULL), 0);
    close(ends[0]);
}

static void a_door_that_cannot_open_says_why(void **state)
{
    static const struct web_door plain = {.routes = NULL};
    const struct world *world = *state;
    struct web_server *server = NULL;
    struct error_detail detail = {0};
    char address[80];
    int fd = door_listen(address);
    struct rlimit before = take_descriptors();
    int started = web_server_start(&plain, fd, &server, &detail);
    give_descriptors(before);
    assert_refused(started, -EMFILE, &detail, "the door could not be opened: Too many open files");
    assert_null(server);
    before = take_descriptors();
    int served = public_main(fd, /* stop_fd= */ -1, world->folder, &detail);
    give_descriptors(before);
    assert_refused(served, -EMFILE, &detail, "signals: Too many open files");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_serves_its_file),
        cmocka_unit_test(what_may_not_be_seen_does_not_exist),
        cmocka_unit_test(long_names_are_refused),
        cmocka_unit_test(head_and_etag_save_the_body),
        cmocka_unit_test(nothing_but_reading_is_answered),
        cmocka_unit_test(too_large_heads_are_refused_and_the_door_lives),
        cmocka_unit_test(a_missing_folder_is_an_error),
        cmocka_unit_test(a_door_that_cannot_open_says_why),
        cmocka_unit_test(addresses_are_parsed_strictly),
        cmocka_unit_test(inherited_sockets_are_told_apart_by_name),
        cmocka_unit_test(the_process_ends_with_its_parent),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
