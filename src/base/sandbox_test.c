/* From inside: what a sandboxed process tries and is refused. Each role runs in a child. */
#include "base/sandbox.h"

#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool refused(long result)
{
    return result < 0 && (errno == EPERM || errno == EACCES);
}

/* Runs `inside` in a child. It returns the number of the first expectation that failed, else 0. */
static void expect_inside(int (*inside)(void))
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(inside());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int no_files(void)
{
    char *const arguments[] = {"/bin/true", NULL};
    if (!refused(open("/etc/passwd", O_RDONLY | O_CLOEXEC)))
        return 10;
    if (!refused(open("/tmp/bailiwick-sandbox-test", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)))
        return 11;
    if (!refused(unlink("/tmp/bailiwick-sandbox-test")))
        return 12;
    if (!refused(execv(arguments[0], arguments)))
        return 13;
    if (!refused(kill(getppid(), 0)))
        return 14;
    if (!refused(fork()))
        return 15;
    return 0;
}

/* What must still work: memory, time, random bytes, open pipes. */
static int work_goes_on(const int ends[2])
{
    char byte = 'x';
    struct timespec now;
    void *memory = malloc(1 << 22);
    if (!memory)
        return 20;
    memset(memory, 1, 1 << 22);
    free(memory);
    if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
        return 21;
    if (getrandom(&byte, 1, 0) != 1 || clock_gettime(CLOCK_REALTIME, &now) < 0)
        return 22;
    return 0;
}

static int judge_inside(void)
{
    unsigned achieved = 0;
    int ends[2], failed;
    if (pipe2(ends, O_CLOEXEC) < 0 || sandbox_judge(&achieved, NULL) < 0)
        return 1;
    if (!(achieved & SANDBOX_NO_NEW_PRIVILEGES) || !(achieved & SANDBOX_SYSTEM_CALLS))
        return 2;
    if (!refused(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)))
        return 3;
    if (!refused(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)))
        return 4;
    failed = no_files();
    return failed ? failed : work_goes_on(ends);
}

static int prober_inside(void)
{
    unsigned achieved = 0;
    int ends[2], failed;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (pipe2(ends, O_CLOEXEC) < 0 || sandbox_prober(&achieved, NULL) < 0)
        return 1;
    if (!(achieved & SANDBOX_SYSTEM_CALLS))
        return 2;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0 || close(fd) < 0)
        return 3;
    if (!refused(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)))
        return 4;
    if (!refused(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)))
        return 5;
    failed = no_files();
    return failed ? failed : work_goes_on(ends);
}

static int front_inside(void)
{
    unsigned achieved = 0;
    int ends[2], pair[2], failed;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = 0};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&to, sizeof to) < 0 || listen(listener, 1) < 0)
        return 1;
    if (pipe2(ends, O_CLOEXEC) < 0 || sandbox_front(&achieved, NULL) < 0)
        return 1;
    if (!(achieved & SANDBOX_SYSTEM_CALLS) || prctl(PR_GET_DUMPABLE) != 0)
        return 2;
    if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) >= 0 || errno != EAGAIN)
        return 3;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return 4;
    if (!refused(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)))
        return 5;
    if (!refused(connect(listener, (struct sockaddr *)&to, sizeof to)))
        return 6;
    failed = no_files();
    return failed ? failed : work_goes_on(ends);
}

static char folder[64];

static int files_inside(void)
{
    char inside[80], outside[] = "/etc/passwd";
    const char *const write_paths[] = {folder};
    struct sandbox_paths paths = {.write = write_paths, .write_count = 1};
    unsigned achieved = 0;
    if (sandbox_files_only(&paths, &achieved, NULL) < 0)
        return 1;
    snprintf(inside, sizeof inside, "%s/file", folder);
    int fd = open(inside, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, 10) < 0 || close(fd) < 0 || unlink(inside) < 0)
        return 2;
    if ((achieved & SANDBOX_PATHS) && !refused(open(outside, O_RDONLY | O_CLOEXEC)))
        return 3;
    char *const arguments[] = {"/bin/true", NULL};
    if (!refused(execv(arguments[0], arguments)))
        return 4;
    if (socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0)
        return 5;
    return 0;
}

static void judge_has_no_files_and_no_sockets(void **state)
{
    (void)state;
    expect_inside(judge_inside);
}

static void prober_has_sockets_and_no_files(void **state)
{
    (void)state;
    expect_inside(prober_inside);
}

static void front_takes_connections_and_makes_none(void **state)
{
    (void)state;
    expect_inside(front_inside);
}

static void files_stay_below_the_given_paths(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/bailiwick-XXXXXX");
    assert_non_null(mkdtemp(folder));
    expect_inside(files_inside);
    assert_int_equal(rmdir(folder), 0);
}

TEST_MAIN(cmocka_unit_test(judge_has_no_files_and_no_sockets),
          cmocka_unit_test(prober_has_sockets_and_no_files),
          cmocka_unit_test(front_takes_connections_and_makes_none),
          cmocka_unit_test(files_stay_below_the_given_paths))
