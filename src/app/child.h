/* Our own processes: the program starts itself again in a role.
 *
 * A child gets one stream socket as descriptor 3 and, if it serves a door, a listening socket as
 * descriptor 4, and where it hands connections over, the socket for that as descriptor 5;
 * everything else is closed. It is started with posix_spawn() from /proc/self/exe, so
 * that a core with threads can start children at any time. */
#ifndef BAILIWICK_APP_CHILD_H
#define BAILIWICK_APP_CHILD_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The first word of a child's command line, the role being the second: with few lines for the
 * operator, or with those for developers too (configuration `debug`). */
#define CHILD_WORD "--child"
#define CHILD_WORD_DEBUG "--child-debug"

enum {
    CHILD_SOCKET = 3,
    CHILD_LISTENER = 4,
    CHILD_HANDOVER = 5,
    CHILD_ARGUMENTS_MAX = 8,
    CHILD_PATIENCE_S = 90, /* the longest survey takes 20 s, the longest letter 30 s */
};

struct child {
    pid_t pid; /* 0 when it does not run */
    int fd;    /* our end of the socket, -1 when it does not run */
    const char *role;
    unsigned number; /* no other child of this process has it; 0 for one not made here */
};

struct child_request {
    const char *role;             /* static text */
    const char *const *arguments; /* NULL-terminated, may be NULL */
    int listener;                 /* -1 for none */
    int handover;                 /* 0 for none, which never is one */
};

int child_start(const struct child_request *request, struct child *ret_child,
                struct error_detail *detail);

/* Whether it runs still. From any thread, for a child of that thread's own. */
bool child_runs(const struct child *child);

/* Lets go of every child that has died, whichever thread it belongs to, and says on stderr which
 * one died of what; its owner finds out by child_runs() or by its socket. For SIGCHLD. */
void child_reap(void);

/* Closes the socket, waits for the end (a child ends when its socket does), kills after 2 s. */
void child_stop(struct child *child);

/* One frame of kind `ask` out, one back. A reply of another kind than `answer` holds why not:
 * words, or an error code and words ("-1007 exchange 3: ..."). Without a code it is
 * ERR_UNAVAILABLE, as when the child died over the request. */
struct child_question {
    uint32_t ask, answer;
    const void *data;
    size_t size;
};
/* Waits CHILD_PATIENCE_S at most, then ERR_TIMED_OUT. */
int child_ask(struct child *child, const struct child_question *question, struct buffer *ret_reply,
              struct error_detail *detail);

/* What the words of such a reply say: their code, with the words as detail. */
int child_refusal(const struct child *child, const char *words, struct error_detail *detail);

#endif
