#include "app/form.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading --- */

static int read_bytes(int fd, int64_t offset, uint8_t *bytes, size_t size)
{
    size_t have = 0;
    while (have < size) {
        ssize_t got = pread(fd, bytes + have, size - have, (off_t)(offset + (int64_t)have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : ERR_CLOSED;
        have += (size_t)got;
    }
    return 0;
}

/* A pipe would make us wait. */
static int check_file(const struct call *call)
{
    struct stat about;
    if (!call->file)
        return error_set(call->detail, ERR_SYNTAX,
                         "the argument 'files' is for forms that the staff door took");
    if (fstat(*call->file, &about) < 0)
        return -errno;
    return S_ISREG(about.st_mode)
               ? 0
               : error_set(call->detail, ERR_DENIED, "what came with the request is no file");
}

static int read_file(struct call *call, const json_t *row, size_t most, struct arena *arena,
                     struct form_file *file)
{
    const char *name = json_text(row, "name"), *file_name = json_text(row, "file_name"),
               *media_type = json_text(row, "media_type");
    int64_t offset = json_number(row, "offset", -1), size = json_number(row, "size", -1);
    if (!name || !name[0] || !file_name || !media_type || offset < 0 || size < 0)
        return error_set(call->detail, ERR_SYNTAX, "the argument 'files' is malformed");
    if (size == 0)
        return error_set(call->detail, ERR_SYNTAX, "the part '%s' of the form is empty", name);
    if (size > (int64_t)most)
        return error_set(call->detail, ERR_LIMIT,
                         "the part '%s' of the form has more than %zu bytes", name, most);
    uint8_t *bytes = arena_alloc(arena, (size_t)size);
    if (!bytes)
        return ERR_LIMIT;
    int result = read_bytes(*call->file, offset, bytes, (size_t)size);
    if (result < 0)
        return error_set(call->detail, result, "the part '%s' of the form: %s", name,
                         error_text(result));
    *file = (struct form_file){.name = name,
                               .file_name = file_name,
                               .media_type = media_type,
                               .bytes = {bytes, (size_t)size},
                               .sha256 = digest_of(bytes, (size_t)size)};
    return 0;
}

int form_read(struct call *call, const struct form_limits *limits, struct arena *arena,
              struct form *ret_form)
{
    const json_t *list = json_object_get(call->arguments, "files");
    struct form form = {.count = json_array_size(list)};
    size_t total = 0;
    int result = list ? check_file(call) : 0;
    if (result >= 0 && list && !json_is_array(list))
        result = error_set(call->detail, ERR_SYNTAX, "the argument 'files' is malformed");
    if (result >= 0 && form.count > limits->files)
        result =
            error_set(call->detail, ERR_LIMIT, "the form has more than %zu files", limits->files);
    form.files = result < 0 ? NULL : arena_array(arena, form.count + 1, sizeof *form.files);
    if (result >= 0 && !form.files)
        result = ERR_LIMIT;
    for (size_t i = 0; result >= 0 && i < form.count; i++) {
        result =
            read_file(call, json_array_get(list, i), limits->bytes_each, arena, &form.files[i]);
        total += form.files[i].bytes.size;
        if (result >= 0 && total > limits->bytes_all)
            result = error_set(call->detail, ERR_LIMIT,
                               "the files of the form have more than %zu bytes", limits->bytes_all);
    }
    if (result >= 0)
        *ret_form = form;
    return result;
}

/* --- taking --- */

int form_take(struct form *form, const char *part, const char *where,
              const struct form_file **ret_file, struct error_detail *detail)
{
    for (size_t i = 0; i < form->count; i++) {
        struct form_file *file = &form->files[i];
        if (strcmp(file->name, part) != 0 || file->used)
            continue;
        file->used = true;
        *ret_file = file;
        return 0;
    }
    return error_set(detail, ERR_SYNTAX,
                     "%s/part: no part '%.64s' came with a form, or another exhibit has it", where,
                     part);
}

int form_check_taken(const struct form *form, struct error_detail *detail)
{
    for (size_t i = 0; i < form->count; i++) {
        if (!form->files[i].used)
            return error_set(
                detail, ERR_SYNTAX,
                "the part '%s' of the form is no exhibit's: none of /exhibits names it",
                form->files[i].name);
    }
    return 0;
}

int form_check_digest(const char *sha256, const struct digest *digest, const char *where,
                      struct error_detail *detail)
{
    struct digest declared;
    if (!sha256)
        return 0;
    if (digest_parse(sha256, &declared) < 0)
        return error_set(detail, ERR_SYNTAX, "%s/sha256 is no SHA-256 (64 hexadecimal digits)",
                         where);
    char hex[DIGEST_HEX];
    return digest_equal(&declared, digest)
               ? 0
               : error_set(detail, ERR_SYNTAX,
                           "%s/sha256: the bytes that came have another digest, %s", where,
                           digest_format(digest, hex));
}

/* --- the same again --- */

void form_digest(const struct form *form, struct digest_state *state)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct form_file *file = &form->files[i];
        digest_add(state, file->name, strlen(file->name) + 1);
        digest_add(state, file->file_name, strlen(file->file_name) + 1);
        digest_add(state, file->media_type, strlen(file->media_type) + 1);
        digest_add(state, file->sha256.bytes, sizeof file->sha256.bytes);
    }
}
