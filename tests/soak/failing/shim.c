/* Lets the Nth file operation below a folder fail, or be the last that its process lives to begin,
 * in whatever process of a family it comes: for LD_PRELOAD. What can be read is never touched, and
 * nothing outside the folder is.
 *
 *  FAILING_ROOT   the folder, absolute
 *  FAILING_STATE  a file of the size of struct state, shared by all processes; made by failing.py
 *
 * The calls are those through which the program and SQLite change files, under the names that they
 * have in a program with 64-bit offsets. A file is known by its
 * descriptor from open() to close(). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FDS_MAX = 1024, WORDS_MAX = 240 };

struct state {
    _Atomic uint64_t count; /* operations so far */
    uint64_t fail_at;       /* which one fails; 0: none */
    uint32_t error;         /* errno of it; 0: the process is killed before it */
    uint32_t failed;        /* it came about */
    char words[WORDS_MAX];  /* which it was */
};

static struct state *state;
static const char *root;
static size_t root_length;
static _Atomic bool ours[FDS_MAX];

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAILING_STATE");
    root = getenv("FAILING_ROOT");
    int fd = path && root ? (int)openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    root_length = strlen(root);
    if (at != MAP_FAILED)
        state = at;
}

static bool inside(const char *path)
{
    return state && strncmp(path, root, root_length) == 0;
}

static bool is_ours(int fd)
{
    return fd >= 0 && fd < FDS_MAX && ours[fd];
}

/* Counts an operation; true when it is the one that fails, with errno set. */
static bool fails(const char *call, const char *path)
{
    if (atomic_fetch_add(&state->count, 1) + 1 != state->fail_at)
        return false;
    snprintf(state->words, sizeof state->words, "%s %s", call, path);
    state->failed = 1;
    if (state->error == 0)
        raise(SIGKILL);
    errno = (int)state->error;
    return true;
}

static bool fails_on(const char *call, int fd)
{
    char number[32];
    if (!is_ours(fd))
        return false;
    snprintf(number, sizeof number, "of descriptor %d", fd);
    return fails(call, number);
}

static void *next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

static int keep(int fd, const char *path)
{
    if (fd >= 0 && fd < FDS_MAX)
        ours[fd] = inside(path);
    return fd;
}

/* Opening to read is no change; a folder is opened to be synced. */
static bool opening_fails(const char *path, int flags)
{
    bool changes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_DIRECTORY);
    return changes && inside(path) && fails("open", path);
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))next("open64");
    return opening_fails(path, flags) ? -1 : keep(real(path, flags, mode), path);
}

int mkostemp64(char *template, int flags)
{
    int (*real)(char *, int) = (int (*)(char *, int))next("mkostemp64");
    if (inside(template) && fails("mkostemp", template))
        return -1;
    return keep(real(template, flags), template);
}

int close(int fd)
{
    int (*real)(int) = (int (*)(int))next("close");
    if (fd >= 0 && fd < FDS_MAX)
        ours[fd] = false;
    return real(fd);
}

/* A disk that fills up takes a part first. */
static size_t part_of(size_t size)
{
    return state->error == ENOSPC ? size / 2 : 0;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    ssize_t (*real)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))next("write");
    if (!fails_on("write", fd))
        return real(fd, bytes, size);
    (void)!real(fd, bytes, part_of(size));
    errno = (int)state->error;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) =
        (ssize_t(*)(int, const void *, size_t, off64_t))next("pwrite64");
    if (!fails_on("pwrite", fd))
        return real(fd, bytes, size, at);
    (void)!real(fd, bytes, part_of(size), at);
    errno = (int)state->error;
    return -1;
}

#define ON_DESCRIPTOR(name, declared, given)                                                       \
    int name declared                                                                              \
    {                                                                                              \
        int(*real) declared = (int(*) declared)next(#name);                                        \
        return fails_on(#name, fd) ? -1 : real given;                                              \
    }
ON_DESCRIPTOR(fsync, (int fd), (fd))
ON_DESCRIPTOR(fdatasync, (int fd), (fd))
ON_DESCRIPTOR(ftruncate64, (int fd, off64_t size), (fd, size))

#define ON_PATH(name, declared, given)                                                             \
    int name declared                                                                              \
    {                                                                                              \
        int(*real) declared = (int(*) declared)next(#name);                                        \
        return inside(path) && fails(#name, path) ? -1 : real given;                               \
    }
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
