#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- system calls --- */

/* What any of our closed roles needs: descriptors that are open, memory, time, signals to itself.
 */
static const int always_allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    SCMP_SYS(recvfrom),
    SCMP_SYS(shutdown),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(membarrier),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* Beyond that, what Internet sockets need; their creation is told apart by family below. */
static const int prober_allowed[] = {
    SCMP_SYS(connect),     SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(sendmsg),    SCMP_SYS(recvmsg),    SCMP_SYS(sendto),
};

/* What connections that come in, and handing them over, need; pairs are told apart by family. */
static const int front_allowed[] = {
    SCMP_SYS(accept4),
    SCMP_SYS(sendmsg),
};

/* What no role that may still open files has any use for. */
static const int always_refused[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsmount),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
};

static int add_rules(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        /* A call that this architecture lacks cannot be made either. */
        int result = seccomp_rule_add(filter, action, calls[i], 0);
        if (result < 0 && result != -EDOM)
            return result;
    }
    return 0;
}

/* Calls that are harmless when one argument has a certain value. */
struct condition {
    int call;
    unsigned argument;
    uint64_t mask; /* bits looked at; 0: all */
    uint64_t value;
};

static const struct condition judge_conditions[] = {
    {SCMP_SYS(ioctl), 1, 0, FIONBIO},
    {SCMP_SYS(ioctl), 1, 0, FIOCLEX},
    {SCMP_SYS(ioctl), 1, 0, FIONREAD},
    {SCMP_SYS(ioctl), 1, 0, TCGETS},             /* isatty() */
    {SCMP_SYS(mmap), 2, PROT_EXEC, 0},           /* memory, but no new code */
    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},       /* the same */
    {SCMP_SYS(newfstatat), 3, 0, AT_EMPTY_PATH}, /* fstat() of glibc */
    {SCMP_SYS(prlimit64), 0, 0, 0},              /* own limits */
    {SCMP_SYS(sendto), 4, 0, 0},                 /* to what is connected already */
};

static const struct condition prober_conditions[] = {
    {SCMP_SYS(socket), 0, 0, AF_INET},
    {SCMP_SYS(socket), 0, 0, AF_INET6},
    {SCMP_SYS(socketpair), 0, 0, AF_UNIX}, /* libcurl wakes itself through one */
};

static const struct condition front_conditions[] = {
    {SCMP_SYS(socketpair), 0, 0, AF_UNIX},
    {SCMP_SYS(prctl), 0, 0, PR_GET_DUMPABLE}, /* asking is harmless */
};

static int add_condition(scmp_filter_ctx filter, const struct condition *condition)
{
    struct scmp_arg_cmp compare = {
        .arg = condition->argument, .op = SCMP_CMP_EQ, .datum_a = condition->value};
    if (condition->mask) {
        compare.op = SCMP_CMP_MASKED_EQ;
        compare.datum_a = condition->mask;
        compare.datum_b = condition->value;
    }
    int result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, condition->call, 1, &compare);
    return result == -EDOM ? 0 : result;
}

static int add_conditions(scmp_filter_ctx filter, const struct condition *conditions, size_t count)
{
    int result = 0;
    for (size_t i = 0; !result && i < count; i++)
        result = add_condition(filter, &conditions[i]);
    return result;
}

static int add_judge_rules(scmp_filter_ctx filter)
{
    /* abort() signals itself. */
    const struct condition own_signal = {SCMP_SYS(tgkill), 0, 0, (uint64_t)getpid()};
    int result = add_rules(filter, SCMP_ACT_ALLOW, always_allowed, COUNT(always_allowed));
    if (!result)
        result = add_conditions(filter, judge_conditions, COUNT(judge_conditions));
    return result ? result : add_condition(filter, &own_signal);
}

static int add_prober_rules(scmp_filter_ctx filter)
{
    int result = add_judge_rules(filter);
    if (!result)
        result = add_rules(filter, SCMP_ACT_ALLOW, prober_allowed, COUNT(prober_allowed));
    return result ? result : add_conditions(filter, prober_conditions, COUNT(prober_conditions));
}

static int add_front_rules(scmp_filter_ctx filter)
{
    int result = add_judge_rules(filter);
    if (!result)
        result = add_rules(filter, SCMP_ACT_ALLOW, front_allowed, COUNT(front_allowed));
    return result ? result : add_conditions(filter, front_conditions, COUNT(front_conditions));
}

static int add_file_rules(scmp_filter_ctx filter)
{
    return add_rules(filter, SCMP_ACT_ERRNO(EPERM), always_refused, COUNT(always_refused));
}

/* Everything that the rules do not say gets `otherwise`. */
static int enter_filter(uint32_t otherwise, int (*add)(scmp_filter_ctx), unsigned *achieved,
                        struct error_detail *detail)
{
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (!filter)
        return ERR_NO_MEMORY;
    int result = add(filter);
    if (result < 0) {
        seccomp_release(filter);
        return error_set(detail, result, "sandbox: a system call rule was refused");
    }
    /* A kernel without seccomp says so only now. */
    if (seccomp_load(filter) == 0)
        *achieved |= SANDBOX_SYSTEM_CALLS;
    seccomp_release(filter);
    return 0;
}

/* --- paths --- */

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

static const uint64_t read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t file_rights =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_TRUNCATE; /* those that a path to a file may carry */
static const uint64_t write_rights =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE;

/* Rights that this kernel knows: thirteen in version 1, then one more in 2 and in 3. */
static uint64_t known_rights(long version)
{
    uint64_t rights = (1ULL << 13) - 1;
    if (version >= 2)
        rights |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3)
        rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
    return rights;
}

static int allow_path(int rules, const char *path, uint64_t rights, struct error_detail *detail)
{
    struct stat status;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0) {
        int failure = errno == ENOENT ? ERR_NOT_FOUND : -errno;
        if (fd >= 0)
            close(fd);
        return error_set(detail, failure, "sandbox: %s: %s", path, error_text(failure));
    }
    if (!S_ISDIR(status.st_mode))
        rights &= file_rights;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    long result = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int failure = result < 0 ? -errno : 0;
    close(fd);
    return failure ? error_set(detail, failure, "sandbox: no rule for %s", path) : 0;
}

static int allow_paths(int rules, const struct sandbox_paths *paths, uint64_t known,
                       struct error_detail *detail)
{
    int result = 0;
    for (size_t i = 0; !result && i < paths->read_count; i++)
        result = allow_path(rules, paths->read[i], read_rights & known, detail);
    for (size_t i = 0; !result && i < paths->write_count; i++)
        result = allow_path(rules, paths->write[i], write_rights & known, detail);
    return result;
}

static int restrict_paths(const struct sandbox_paths *paths, unsigned *achieved,
                          struct error_detail *detail)
{
    long version = syscall(SYS_landlock_create_ruleset, /* attr= */ NULL, /* size= */ 0,
                           LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return 0; /* not in this kernel, or not switched on */
    struct landlock_ruleset_attr attributes = {.handled_access_fs = known_rights(version)};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0)
        return error_set(detail, -errno, "sandbox: no Landlock rule set");
    int result = allow_paths(rules, paths, attributes.handled_access_fs, detail);
    if (!result && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
        result = error_set(detail, -errno, "sandbox: Landlock refused");
    if (!result)
        *achieved |= SANDBOX_PATHS;
    close(rules);
    return result;
}

/* --- roles --- */

static int enter(const struct sandbox_paths *paths, uint32_t otherwise, int (*add)(scmp_filter_ctx),
                 unsigned *ret_achieved, struct error_detail *detail)
{
    unsigned achieved = 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_set(detail, -errno, "sandbox: privileges cannot be locked");
    achieved |= SANDBOX_NO_NEW_PRIVILEGES;
    /* Paths first: afterwards the filter may refuse the calls that this takes. */
    int result = restrict_paths(paths, &achieved, detail);
    if (result >= 0)
        result = enter_filter(otherwise, add, &achieved, detail);
    if (result >= 0)
        *ret_achieved = achieved;
    return result;
}

int sandbox_prober(unsigned *ret_achieved, struct error_detail *detail)
{
    return enter(&(struct sandbox_paths){0}, SCMP_ACT_ERRNO(EPERM), add_prober_rules, ret_achieved,
                 detail);
}

int sandbox_judge(unsigned *ret_achieved, struct error_detail *detail)
{
    return enter(&(struct sandbox_paths){0}, SCMP_ACT_ERRNO(EPERM), add_judge_rules, ret_achieved,
                 detail);
}

int sandbox_front(unsigned *ret_achieved, struct error_detail *detail)
{
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* fails for another number alone */
    return enter(&(struct sandbox_paths){0}, SCMP_ACT_ERRNO(EPERM), add_front_rules, ret_achieved,
                 detail);
}

int sandbox_files_only(const struct sandbox_paths *paths, unsigned *ret_achieved,
                       struct error_detail *detail)
{
    return enter(paths, SCMP_ACT_ALLOW, add_file_rules, ret_achieved, detail);
}
