#include "cli/load.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int cli_load(struct buffer *bytes, const char *path, struct error_detail *detail)
{
    int result = strcmp(path, "-") == 0 ? buffer_load_fd(bytes, STDIN_FILENO)
                                        : buffer_load_file(bytes, path);
    switch (result) {
    case 0:
    case ERR_NO_MEMORY:
        return result;
    case -ENOENT:
        return error_set(detail, ERR_NOT_FOUND, "there is no such file");
    case ERR_LIMIT:
        return error_set(detail, ERR_LIMIT, "is larger than %zu bytes", bytes->limit);
    default:
        return error_set(detail, ERR_DENIED, "cannot be read: %s", error_text(result));
    }
}
