/* A disk that loses power: records every write, name and sync under one folder, and shows the
 * folder as it may look after the power went away between any two of them.
 *
 * Two shims feed the record: the SQLite VFS "powerloss" over the usual one, registered by
 * disk_record(), and wrapped system calls (-Wl,--wrap=...) for our own file code. What POSIX
 * promises is what counts: bytes of a file are safe after fsync of the file, a name after fsync of
 * its folder. SQLite's shared memory is not recorded: it is made anew after a crash. */
#ifndef BAILIWICK_TESTS_SOAK_POWERLOSS_DISK_H
#define BAILIWICK_TESTS_SOAK_POWERLOSS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What becomes of the things not yet synced. */
#define CUT_LIST(E)                                                                                \
    E(DROP, "nothing of it is there")                                                              \
    E(KEEP, "all of it is there")                                                                  \
    E(TORN, "all but the last write, which ends at a 512-byte boundary")                           \
    E(NAMES, "the names are there, the bytes are not")                                             \
    E(SOME, "some names, and each 512-byte sector or not")

enum cut {
#define E(name, meaning) CUT_##name,
    CUT_LIST(E)
#undef E
        CUT_COUNT
};

/* From now on everything below `root` (absolute, no link) is recorded. Once a process. */
void disk_record(const char *root);
void disk_stop(void);

/* Places in the record: 0 .. disk_length(). */
size_t disk_length(void);
bool disk_is_sync(size_t place);

/* Writes the folder as it may be when the first `place` steps had been made, below `target`, which
 * is made. The same seed gives the same folder. */
void disk_cut(size_t place, enum cut cut, uint64_t seed, const char *target);

#endif
