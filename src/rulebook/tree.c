/* A folder as one canonical archive. */
#include "rulebook/tree.h"

#include "base/cbor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_FORMAT "bailiwick-rulebook-1"

enum {
    TREE_DEPTH_MAX = 3,        /* zones/America/Argentina/Salta */
    TREE_ENTRIES_MAX = 10000,  /* of one folder, skipped ones too */
    TREE_ARCHIVE_MARGIN = 300, /* of one file: its path and CBOR heads */
    TREE_ARENA_MAX =
        2 * TREE_BYTES_MAX + 4 * TREE_FILES_MAX * (TREE_PATH_MAX + 2 * sizeof(struct tree_file)),
};

static void tree_init(struct rulebook_tree *tree)
{
    *tree = (struct rulebook_tree){0};
    arena_init(&tree->arena, TREE_ARENA_MAX);
}

void rulebook_tree_done(struct rulebook_tree *tree)
{
    if (!tree)
        return;
    arena_done(&tree->arena);
    *tree = (struct rulebook_tree){0};
}

/* --- names --- */

static bool name_is_good(const char *name, size_t size)
{
    if (size == 0 || name[0] == '.')
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '_' || c == '-' || c == '+'))
            return false;
    }
    return true;
}

static bool path_is_good(const char *path)
{
    if (strlen(path) > TREE_PATH_MAX)
        return false;
    int depth = 0;
    for (const char *at = path;; depth++) {
        size_t size = strcspn(at, "/");
        if (depth > TREE_DEPTH_MAX || !name_is_good(at, size))
            return false;
        if (!at[size])
            return true;
        at += size + 1;
    }
}

/* What editors and systems leave behind. */
static bool is_left_out(const char *name)
{
    return name[0] == '.' || name[strlen(name) - 1] == '~';
}

/* --- one list, sorted, within the limits --- */

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

/* Every file comes by here, from wherever: so the limits are held in one place. */
static int add_file(struct rulebook_tree *tree, const struct tree_file *from,
                    struct error_detail *detail)
{
    if (tree->count == TREE_FILES_MAX)
        return error_set(detail, ERR_LIMIT, "more than %d files", TREE_FILES_MAX);
    if (from->size > TREE_FILE_MAX)
        return error_set(detail, ERR_LIMIT, "%s: larger than %d bytes", from->path, TREE_FILE_MAX);
    if (from->size > TREE_BYTES_MAX - tree->bytes)
        return error_set(detail, ERR_LIMIT, "more than %d bytes in all files", TREE_BYTES_MAX);
    struct tree_file *file =
        arena_push(&tree->arena, &tree->files, &tree->count, sizeof *tree->files);
    if (!file)
        return ERR_NO_MEMORY;
    file->path = arena_copy_text(&tree->arena, from->path);
    file->data = arena_copy(&tree->arena, from->data, from->size);
    file->size = from->size;
    tree->bytes += from->size;
    return file->path && file->data ? 0 : ERR_NO_MEMORY;
}

static int sort_files(struct rulebook_tree *tree, struct error_detail *detail)
{
    if (tree->count)
        qsort(tree->files, tree->count, sizeof *tree->files, compare_paths);
    for (size_t i = 1; i < tree->count; i++) {
        if (strcmp(tree->files[i - 1].path, tree->files[i].path) == 0)
            return error_set(detail, ERR_CONFLICT, "%s: stands twice", tree->files[i].path);
    }
    return 0;
}

/* --- from memory --- */

int rulebook_tree_make(const struct tree_file *files, size_t count, struct rulebook_tree *ret_tree,
                       struct error_detail *detail)
{
    struct rulebook_tree tree;
    tree_init(&tree);
    int r = 0;
    for (size_t i = 0; i < count && r >= 0; i++) {
        if (!path_is_good(files[i].path))
            r = error_set(detail, ERR_UNSUPPORTED, "%.200s: not a good file name", files[i].path);
        else
            r = add_file(&tree, &files[i], detail);
    }
    if (r >= 0)
        r = sort_files(&tree, detail);
    if (r < 0) {
        rulebook_tree_done(&tree);
        return r;
    }
    *ret_tree = tree;
    return 0;
}

/* --- from a folder --- */

struct walk {
    struct rulebook_tree *tree;
    struct error_detail *detail;
};

static int read_file(struct walk *walk, int fd, const char *path)
{
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, TREE_FILE_MAX);
    int r = buffer_load_fd(&bytes, fd);
    if (r == ERR_LIMIT)
        return error_set(walk->detail, r, "%s: larger than %d bytes", path, TREE_FILE_MAX);
    if (r < 0)
        return error_set(walk->detail, r, "%s: %s", path, error_text(r));
    const struct tree_file file = {path, bytes.data, bytes.size};
    return add_file(walk->tree, &file, walk->detail);
}

static int read_folder(struct walk *walk, int fd, const char *below, int depth);

/* Takes the descriptor. */
static int read_opened(struct walk *walk, int fd, const char *path, int depth)
{
    struct stat status;
    int r = fstat(fd, &status) < 0 ? -errno : 0;
    if (r >= 0 && S_ISDIR(status.st_mode)) {
        if (depth < TREE_DEPTH_MAX)
            return read_folder(walk, fd, path, depth + 1);
        r = error_set(walk->detail, ERR_UNSUPPORTED, "%s: a folder too deep", path);
    } else if (r >= 0 && S_ISREG(status.st_mode)) {
        r = read_file(walk, fd, path);
    } else if (r >= 0) {
        r = error_set(walk->detail, ERR_UNSUPPORTED, "%s: neither a file nor a folder", path);
    }
    close(fd);
    return r;
}

static int read_entry(struct walk *walk, int folder, const char *below, const char *name, int depth)
{
    char path[TREE_PATH_MAX + 1];
    int size = snprintf(path, sizeof path, "%s%s%s", below, *below ? "/" : "", name);
    if (size < 0 || (size_t)size >= sizeof path || !path_is_good(path))
        return error_set(walk->detail, ERR_UNSUPPORTED,
                         "%s/%.100s: names are made of A-Z a-z 0-9 . _ - + and not too long", below,
                         name);
    /* O_NONBLOCK: a named pipe must not hold us up before fstat() refuses it. */
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        int r = -errno;
        return r == -ELOOP ? error_set(walk->detail, ERR_UNSUPPORTED, "%s: a symbolic link", path)
                           : error_set(walk->detail, r, "%s: %s", path, error_text(r));
    }
    return read_opened(walk, fd, path, depth);
}

/* Takes the descriptor. */
static int read_folder(struct walk *walk, int fd, const char *below, int depth)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        int r = -errno;
        close(fd);
        return r;
    }
    int r = 0;
    const struct dirent *entry;
    for (int seen = 0; r >= 0 && (entry = readdir(folder)); seen++) {
        if (seen >= TREE_ENTRIES_MAX)
            r = error_set(walk->detail, ERR_LIMIT, "%s: more than %d entries", below,
                          TREE_ENTRIES_MAX);
        else if (!is_left_out(entry->d_name))
            r = read_entry(walk, dirfd(folder), below, entry->d_name, depth);
    }
    closedir(folder);
    return r;
}

int rulebook_tree_read(const char *directory, struct rulebook_tree *ret_tree,
                       struct error_detail *detail)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        int r = -errno;
        return error_set(detail, r, "%s: %s", directory, error_text(r));
    }
    struct rulebook_tree tree;
    tree_init(&tree);
    struct walk walk = {.tree = &tree, .detail = detail};
    int r = read_folder(&walk, fd, "", 0);
    if (r >= 0)
        r = sort_files(&tree, detail);
    if (r < 0) {
        rulebook_tree_done(&tree);
        return r;
    }
    *ret_tree = tree;
    return 0;
}

/* --- the archive --- */

int rulebook_tree_encode(const struct rulebook_tree *tree, struct buffer *out)
{
    cbor_put_array(out, 2);
    cbor_put_text(out, TREE_FORMAT);
    cbor_put_array(out, tree->count);
    for (size_t i = 0; i < tree->count; i++) {
        cbor_put_array(out, 2);
        cbor_put_text(out, tree->files[i].path);
        cbor_put_bytes(out, tree->files[i].data, tree->files[i].size);
    }
    return buffer_error(out);
}

int rulebook_tree_digest(const struct rulebook_tree *tree, struct digest *ret_digest)
{
    struct buffer archive BUFFER_CLEANUP;
    buffer_init(&archive, TREE_BYTES_MAX + TREE_FILES_MAX * TREE_ARCHIVE_MARGIN);
    int r = rulebook_tree_encode(tree, &archive);
    if (r >= 0)
        *ret_digest = digest_of(archive.data, archive.size);
    return r;
}

static int decode_file(struct cbor_in *in, struct rulebook_tree *tree, struct error_detail *detail)
{
    size_t path_size = 0, size = 0;
    bool is_pair = cbor_get_array(in) == 2;
    const char *path = cbor_get_text(in, &path_size);
    const uint8_t *data = cbor_get_bytes(in, &size);
    if (in->failure || !is_pair || !path || path_size > TREE_PATH_MAX)
        return ERR_DAMAGED;
    char text[TREE_PATH_MAX + 1];
    memcpy(text, path, path_size);
    text[path_size] = 0;
    const struct tree_file *last = tree->count ? &tree->files[tree->count - 1] : NULL;
    if (strlen(text) != path_size || !path_is_good(text) || (last && strcmp(last->path, text) >= 0))
        return ERR_DAMAGED;
    const struct tree_file file = {text, data, size};
    return add_file(tree, &file, detail);
}

static int decode_files(struct cbor_in *in, struct rulebook_tree *tree, struct error_detail *detail)
{
    size_t size = 0;
    bool is_pair = cbor_get_array(in) == 2;
    const char *format = cbor_get_text(in, &size);
    size_t count = cbor_get_array(in);
    if (in->failure || !is_pair || !format || size != strlen(TREE_FORMAT) ||
        memcmp(format, TREE_FORMAT, size) != 0)
        return ERR_DAMAGED;
    int r = 0;
    for (size_t i = 0; i < count && r >= 0; i++)
        r = decode_file(in, tree, detail);
    return r >= 0 && cbor_finish(in) < 0 ? ERR_DAMAGED : r;
}

int rulebook_tree_decode(const void *data, size_t size, struct rulebook_tree *ret_tree,
                         struct error_detail *detail)
{
    struct rulebook_tree tree;
    struct cbor_in in;
    tree_init(&tree);
    cbor_in_init(&in, data, size);
    int r = decode_files(&in, &tree, detail);
    if (r < 0) {
        rulebook_tree_done(&tree);
        return error_set(detail, r, "not an archive of a rulebook");
    }
    *ret_tree = tree;
    return 0;
}

static int compare_path_to_file(const void *path, const void *file)
{
    return strcmp(path, ((const struct tree_file *)file)->path);
}

const struct tree_file *rulebook_tree_find(const struct rulebook_tree *tree, const char *path)
{
    return tree->count
               ? bsearch(path, tree->files, tree->count, sizeof *tree->files, compare_path_to_file)
               : NULL;
}
