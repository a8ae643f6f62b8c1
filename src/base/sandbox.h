/* What a process of ours may still do once it has opened what it needs.
 *
 * Two mechanisms, each used at the level that the kernel has: seccomp filters system calls,
 * Landlock restricts paths. Both are for ever and are inherited by children. A refused call fails
 * with EPERM (seccomp) or EACCES (Landlock) instead of killing the process, so that it can say what
 * happened.
 *
 * A kernel without one of them degrades: the call still succeeds, and `ret_achieved` tells what is
 * in force; the caller reports it to the operator. In every role: no new programs (execve), no
 * tracing of others, no mounting, no new privileges, no kernel modules or keys. */
#ifndef BAILIWICK_BASE_SANDBOX_H
#define BAILIWICK_BASE_SANDBOX_H

#include "base/error.h"

#include <stddef.h>

/* Bits of *ret_achieved. */
enum {
    SANDBOX_NO_NEW_PRIVILEGES = 1,
    SANDBOX_SYSTEM_CALLS = 2, /* seccomp filter */
    SANDBOX_PATHS = 4,        /* Landlock rule set */
};

/* Internet sockets yes, opening files no: for the prober. Load TLS configuration, certificates and
 * locale data before. */
int sandbox_prober(unsigned *ret_achieved, struct error_detail *detail);

/* No sockets, no files: what was open before stays usable for reading and writing, memory and clock
 * stay. For the judge and the signer. */
int sandbox_judge(unsigned *ret_achieved, struct error_detail *detail);

/* No files and no sockets but those that connections come in by: one that listens, and pairs to
 * hand them over. For the process that ends TLS. It cannot be traced or dumped, since it has the
 * key. */
int sandbox_front(unsigned *ret_achieved, struct error_detail *detail);

/* Files only below the given paths, `read` to read, `write` to read, write, create and remove;
 * sockets stay (doors listen). Paths that do not exist are ERR_NOT_FOUND. Without Landlock the
 * paths cannot be held, and SANDBOX_PATHS is missing from *ret_achieved. */
struct sandbox_paths {
    const char *const *read;
    size_t read_count;
    const char *const *write;
    size_t write_count;
};
int sandbox_files_only(const struct sandbox_paths *paths, unsigned *ret_achieved,
                       struct error_detail *detail);

#endif
