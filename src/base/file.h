/* Files and folders that survive a loss of power: a write counts when its bytes are synced, and a
 * name when the folder that it stands in is. All return 0 or -errno. */
#ifndef BAILIWICK_BASE_FILE_H
#define BAILIWICK_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Writes everything, however often write() is interrupted or takes a part; nothing is synced. */
int file_write(int fd, const void *data, size_t size);

/* Writes everything, syncs and closes; closes also after a failure. */
int file_finish(int fd, const void *data, size_t size);

/* Syncs the folder that `path` stands in. */
int file_sync_name(const char *path);

/* Makes a folder and syncs its name; one that is there already is left as it is. */
int file_make_folder(const char *path, mode_t mode);

#endif
