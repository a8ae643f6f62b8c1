/* Runs a fuzz target over every file of the folders given: each as it is, some shorter pieces of
 * it, and nothing at all. */
#include "base/buffer.h"
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 1 << 20, PREFIX_MAX = 4096 };

static int run_file(const char *folder, const char *name)
{
    char path[4096];
    struct buffer content BUFFER_CLEANUP;
    buffer_init(&content, FILE_MAX);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (buffer_load_file(&content, path) < 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return -1;
    }
    for (size_t size = 0; size < content.size && size < PREFIX_MAX; size += 1 + size / 8)
        LLVMFuzzerTestOneInput(content.data, size);
    LLVMFuzzerTestOneInput(content.data, content.size);
    return 0;
}

static int run_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    int files = 0;
    if (directory == NULL) {
        fprintf(stderr, "%s: no such folder\n", folder);
        return -1;
    }
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (entry->d_name[0] == '.')
            continue;
        files++;
        if (run_file(folder, entry->d_name) < 0)
            files = -1;
        if (files < 0)
            break;
    }
    closedir(directory);
    return files;
}

int main(int count, char **arguments)
{
    static const uint8_t nothing[1];
    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < count; i++) {
        int files = run_folder(arguments[i]);
        if (files <= 0)
            return 1;
        printf("%s: %d files\n", arguments[i], files);
    }
    return 0;
}
