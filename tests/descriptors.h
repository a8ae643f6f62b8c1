/* A process that has no descriptor left: what needs one fails with EMFILE. */
#ifndef BAILIWICK_TESTS_DESCRIPTORS_H
#define BAILIWICK_TESTS_DESCRIPTORS_H

#include "testing.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* From now on nothing can be opened; returns the limit to put back. */
static inline struct rlimit take_descriptors(void)
{
    struct rlimit before, none;
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(next >= 0);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    return before;
}

static inline void give_descriptors(struct rlimit before)
{
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

#endif
