#include "store/blob.h"

#include "base/file.h"
#include "base/file_batch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `<folder>/ab` and `<folder>/ab/ab34...`. */
static int blob_paths(const char *folder, const struct digest *sha256, char subfolder[PATH_MAX],
                      char path[PATH_MAX])
{
    char hex[DIGEST_HEX];
    digest_format(sha256, hex);
    int length = snprintf(subfolder, PATH_MAX, "%s/%.2s", folder, hex);
    if (length < 0 || length >= PATH_MAX - DIGEST_HEX - 1)
        return -ENAMETOOLONG;
    length = snprintf(path, PATH_MAX, "%s/%.2s/%s", folder, hex, hex);
    return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int blob_put(const char *folder, const void *data, size_t size, struct digest *ret_sha256,
             struct error_detail *detail)
{
    struct digest sha256 = digest_of(data, size);
    char subfolder[PATH_MAX], path[PATH_MAX];
    int result = blob_paths(folder, &sha256, subfolder, path);
    if (result >= 0)
        result = file_make_folder(subfolder, 0700);
    if (result < 0)
        return error_set(detail, result, "%s: %s", folder, error_text(result));
    if (access(path, F_OK) < 0)
        result = file_replace(path, data, size, detail);
    if (result >= 0)
        *ret_sha256 = sha256;
    return result;
}

int blob_get(const char *folder, const struct digest *sha256, struct buffer *out,
             struct error_detail *detail)
{
    char subfolder[PATH_MAX], path[PATH_MAX];
    buffer_clear(out);
    int result = blob_paths(folder, sha256, subfolder, path);
    if (result >= 0)
        result = buffer_load_file(out, path);
    if (result < 0)
        return error_set(detail, result == -ENOENT ? ERR_NOT_FOUND : result, "%s: %s", path,
                         error_text(result));
    struct digest found = digest_of(out->data, out->size);
    if (!digest_equal(&found, sha256))
        return error_set(detail, ERR_DAMAGED, "%s: not the bytes of its name", path);
    return 0;
}

int blob_remove(const char *folder, const struct digest *sha256, struct error_detail *detail)
{
    char subfolder[PATH_MAX], path[PATH_MAX];
    int result = blob_paths(folder, sha256, subfolder, path);
    if (result >= 0 && unlink(path) < 0)
        result = errno == ENOENT ? 0 : -errno;
    return result < 0 ? error_set(detail, result, "%s: %s", folder, error_text(result)) : 0;
}
