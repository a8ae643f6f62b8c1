#include "app/child.h"

#include "base/clock.h"
#include "base/frame.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STOP_PATIENCE_US = 2000000, RUNNING_MAX = 32 };

extern char **environ;

/* --- those that run --- */

/* A child belongs to one thread, but SIGCHLD to the core: so that nobody waits for a number that
 * the kernel has given away since, who runs is kept here. */
static struct {
    pthread_mutex_t lock;
    struct running_child {
        struct child child; /* pid 0: free */
        bool asked;         /* to end */
    } children[RUNNING_MAX];
    unsigned number;
} running = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct running_child *find_running(unsigned number)
{
    for (size_t i = 0; number > 0 && i < RUNNING_MAX; i++) {
        struct running_child *at = &running.children[i];
        if (at->child.pid > 0 && at->child.number == number)
            return at;
    }
    return NULL;
}

static struct running_child *find_free(void)
{
    for (size_t i = 0; i < RUNNING_MAX; i++) {
        if (running.children[i].child.pid == 0)
            return &running.children[i];
    }
    return NULL;
}

static void say_end(const struct child *child, int status)
{
    int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (by == SIGTERM || by == SIGINT) /* the whole service is told to end, or somebody asked */
        log_info("the %s process (%d) ended by SIG%s", child->role, child->pid, sigabbrev_np(by));
    else if (by)
        log_error("the %s process (%d) died of SIG%s%s", child->role, child->pid,
                  sigabbrev_np(by) ? sigabbrev_np(by) : "?",
                  by == SIGKILL ? "" : " (see core dumps)");
    else
        log_error("the %s process (%d) ended with exit code %d", child->role, child->pid,
                  WEXITSTATUS(status));
}

/* With the lock held. */
static bool has_ended(struct running_child *one)
{
    int status;
    pid_t pid = waitpid(one->child.pid, &status, WNOHANG);
    if (pid > 0 && (!one->asked || WIFSIGNALED(status)))
        say_end(&one->child, status);
    if (pid != 0)
        one->child.pid = 0;
    return pid != 0;
}

bool child_runs(const struct child *child)
{
    if (child->pid <= 0)
        return false;
    if (child->number == 0)
        return waitpid(child->pid, NULL, WNOHANG) == 0;
    pthread_mutex_lock(&running.lock);
    struct running_child *one = find_running(child->number);
    bool runs = one && !has_ended(one);
    pthread_mutex_unlock(&running.lock);
    return runs;
}

void child_reap(void)
{
    pthread_mutex_lock(&running.lock);
    for (size_t i = 0; i < RUNNING_MAX; i++) {
        if (running.children[i].child.pid > 0)
            has_ended(&running.children[i]);
    }
    pthread_mutex_unlock(&running.lock);
}

static void mark_asked(const struct child *child)
{
    pthread_mutex_lock(&running.lock);
    struct running_child *one = find_running(child->number);
    if (one)
        one->asked = true;
    pthread_mutex_unlock(&running.lock);
}

/* Ours to kill and to wait for from here on: nobody else lets go of its number. */
static void kill_child(const struct child *child)
{
    pthread_mutex_lock(&running.lock);
    struct running_child *one = find_running(child->number);
    bool runs = one != NULL || child->number == 0;
    if (one)
        one->child.pid = 0;
    pthread_mutex_unlock(&running.lock);
    if (!runs)
        return;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
}

/* A process says what its starter says. */
static const char *child_word(void)
{
    return log_shows(LOG_LEVEL_DEBUG) ? CHILD_WORD_DEBUG : CHILD_WORD;
}

static int start_process(const struct child_request *request, int socket, pid_t *ret_pid)
{
    const char *argv[CHILD_ARGUMENTS_MAX + 4] = {"bailiwick", child_word(), request->role};
    for (size_t i = 0; request->arguments && request->arguments[i]; i++) {
        if (i >= CHILD_ARGUMENTS_MAX)
            return ERR_LIMIT;
        argv[3 + i] = request->arguments[i];
    }
    posix_spawn_file_actions_t actions;
    int result = posix_spawn_file_actions_init(&actions);
    if (result != 0)
        return -result;
    result = posix_spawn_file_actions_adddup2(&actions, socket, CHILD_SOCKET);
    if (result == 0 && request->listener >= 0)
        result = posix_spawn_file_actions_adddup2(&actions, request->listener, CHILD_LISTENER);
    if (result == 0 && request->handover > 0)
        result = posix_spawn_file_actions_adddup2(&actions, request->handover, CHILD_HANDOVER);
    if (result == 0)
        result =
            posix_spawn(ret_pid, "/proc/self/exe", &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -result;
}

/* A copy above the descriptors that a child gets, so that no dup2 hits another's source. */
static int copy_up(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, CHILD_HANDOVER + 1);
    return copy < 0 ? -errno : copy;
}

static int start_apart(const struct child_request *request, int socket, pid_t *ret_pid)
{
    struct child_request moved = *request;
    int theirs = copy_up(socket);
    moved.listener = request->listener < 0 ? -1 : copy_up(request->listener);
    moved.handover = request->handover <= 0 ? 0 : copy_up(request->handover);
    int result = theirs < 0                                     ? theirs
                 : request->listener >= 0 && moved.listener < 0 ? moved.listener
                 : moved.handover < 0                           ? moved.handover
                                                                : 0;
    if (result >= 0)
        result = start_process(&moved, theirs, ret_pid);
    if (theirs >= 0)
        close(theirs);
    if (moved.listener >= 0)
        close(moved.listener);
    if (moved.handover > 0)
        close(moved.handover);
    return result;
}

static int start_counted(const struct child_request *request, int socket, struct child *child)
{
    pthread_mutex_lock(&running.lock); /* it may be dead before it is noted */
    struct running_child *one = find_free();
    int result = one ? start_apart(request, socket, &child->pid) : ERR_LIMIT;
    if (result >= 0) {
        child->number = ++running.number;
        *one = (struct running_child){.child = *child};
    }
    pthread_mutex_unlock(&running.lock);
    return result;
}

int child_start(const struct child_request *request, struct child *ret_child,
                struct error_detail *detail)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        return error_set(detail, -errno, "no socket for the %s process", request->role);
    struct child child = {.fd = fds[0], .role = request->role};
    int result = start_counted(request, fds[1], &child);
    close(fds[1]);
    /* A child that hangs must not hang whoever asked it. */
    const struct timeval patience = {.tv_sec = CHILD_PATIENCE_S};
    setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (result < 0) {
        close(fds[0]);
        return error_set(detail, result, "cannot start the %s process: %s", request->role,
                         error_text(result));
    }
    *ret_child = child;
    return 0;
}

void child_stop(struct child *child)
{
    if (child->pid <= 0)
        return;
    mark_asked(child);
    if (child->fd >= 0)
        close(child->fd);
    int64_t give_up = clock_mono() + STOP_PATIENCE_US;
    while (child_runs(child)) {
        if (clock_mono() > give_up) {
            kill_child(child);
            break;
        }
        poll(NULL, 0, 2);
    }
    *child = (struct child){.fd = -1, .role = child->role};
}

int child_refusal(const struct child *child, const char *words, struct error_detail *detail)
{
    char *after;
    long code = strtol(words, &after, 10);
    if (code < 0 && *after == ' ')
        return error_set(detail, (int)code, "%s", after + 1);
    return error_set(detail, ERR_UNAVAILABLE, "the %s process refused: %s", child->role, words);
}

int child_ask(struct child *child, const struct child_question *question, struct buffer *ret_reply,
              struct error_detail *detail)
{
    uint32_t kind;
    int result = frame_write(child->fd, question->ask, question->data, question->size);
    if (result >= 0)
        result = frame_read(child->fd, &kind, ret_reply);
    if (result == ERR_CLOSED)
        return error_set(detail, ERR_UNAVAILABLE, "the %s process died over this request",
                         child->role);
    if (result == -EAGAIN)
        return error_set(detail, ERR_TIMED_OUT, "the %s process did not answer within %d s",
                         child->role, CHILD_PATIENCE_S);
    return result >= 0 && kind != question->answer
               ? child_refusal(child, buffer_text(ret_reply), detail)
               : result;
}
