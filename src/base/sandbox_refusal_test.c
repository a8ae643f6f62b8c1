/* A kernel that refuses to confine: the process has to hear of it, with words, and is not told that
 * anything is in force. The calls to the kernel are stood in for, so nothing here is confined. */
#include "base/sandbox.h"

#include "refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call { NONE, LOCK_PRIVILEGES, MAKE_RULE_SET, ADD_PATH, RESTRICT, ADD_SYSTEM_CALL };

static enum call refused;

static int answer(enum call call, int good)
{
    if (call != refused)
        return good;
    errno = EACCES;
    return -1;
}

int __wrap_prctl(int option, ...);
int __wrap_prctl(int option, ...)
{
    (void)option;
    return answer(LOCK_PRIVILEGES, 0);
}

long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    va_list given;
    va_start(given, number);
    const struct landlock_ruleset_attr *attributes = va_arg(given, void *);
    va_end(given);
    if (number == SYS_landlock_create_ruleset && !attributes)
        return 3; /* the version of Landlock */
    if (number == SYS_landlock_create_ruleset)
        return answer(MAKE_RULE_SET, 0) < 0 ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
    return answer(number == SYS_landlock_add_rule ? ADD_PATH : RESTRICT, 0);
}

int __wrap_seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, ...);
int __wrap_seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, ...)
{
    (void)filter, (void)action, (void)call, (void)count;
    return refused == ADD_SYSTEM_CALL ? -EACCES : 0;
}

int __wrap_seccomp_load(scmp_filter_ctx filter);
int __wrap_seccomp_load(scmp_filter_ctx filter)
{
    (void)filter;
    return 0;
}

static int confine(const char *folder, unsigned *achieved, struct error_detail *detail)
{
    const char *const read_paths[] = {folder};
    const struct sandbox_paths paths = {.read = read_paths, .read_count = 1};
    return sandbox_files_only(&paths, achieved, detail);
}

static void each_refusal_of_the_kernel_is_told(void **state)
{
    (void)state;
    static const struct {
        enum call call;
        const char *words;
    } rows[] = {
        {LOCK_PRIVILEGES, "sandbox: privileges cannot be locked"},
        {MAKE_RULE_SET, "sandbox: no Landlock rule set"},
        {ADD_PATH, "sandbox: no rule for /tmp"},
        {RESTRICT, "sandbox: Landlock refused"},
        {ADD_SYSTEM_CALL, "sandbox: a system call rule was refused"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        unsigned achieved = 77;
        refused = rows[i].call;
        assert_refused(confine("/tmp", &achieved, &detail), -EACCES, &detail, rows[i].words);
        assert_int_equal(achieved, 77);
    }
}

static void without_a_refusal_everything_is_in_force(void **state)
{
    (void)state;
    unsigned achieved = 0;
    refused = NONE;
    assert_int_equal(confine("/tmp", &achieved, NULL), 0);
    assert_int_equal(achieved, SANDBOX_NO_NEW_PRIVILEGES | SANDBOX_SYSTEM_CALLS | SANDBOX_PATHS);
}

static void a_path_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct error_detail detail = {0};
    unsigned achieved = 77;
    refused = NONE;
    assert_refused(confine("/nonexistent/folder", &achieved, &detail), ERR_NOT_FOUND, &detail,
                   "sandbox: /nonexistent/folder: not found");
    assert_int_equal(achieved, 77);
}

TEST_MAIN(cmocka_unit_test(each_refusal_of_the_kernel_is_told),
          cmocka_unit_test(without_a_refusal_everything_is_in_force),
          cmocka_unit_test(a_path_that_is_not_there_is_named))
