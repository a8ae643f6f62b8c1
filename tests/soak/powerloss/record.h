/* Inside the recording disk: what the two shims tell it. */
#ifndef BAILIWICK_TESTS_SOAK_POWERLOSS_RECORD_H
#define BAILIWICK_TESTS_SOAK_POWERLOSS_RECORD_H

#include <stddef.h>
#include <stdint.h>

enum step_kind {
    STEP_WRITE,
    STEP_TRUNCATE,
    STEP_SYNC_FILE,
    STEP_LINK, /* a name for a new file */
    STEP_UNLINK,
    STEP_RENAME,
    STEP_FOLDER,
    STEP_SYNC_FOLDER,
};

/* The number of the file of this name, made when there is none; -1 outside the root. */
int record_file(const char *path);
void record_write(int file, uint64_t at, const void *bytes, size_t size);
void record_on_file(enum step_kind kind, int file, uint64_t at);
void record_on_path(enum step_kind kind, const char *path);
void record_sync_folder_of(const char *path);

void vfs_register(void);

#endif
