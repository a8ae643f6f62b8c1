/* A rulebook as bytes: all its files in one canonical archive, whose SHA-256 names the version.
 *
 * What is adopted is kept as this archive for ever, so the same folder must give the same bytes on
 * every machine: paths relative with '/', sorted by byte value, no times, no modes, no owners.
 * The archive is deterministic CBOR: ["bailiwick-rulebook-1", [[path, bytes] ...]].
 *
 * Taken: regular files below the folder, at most three folders deep. Left out: names that begin
 * with a dot or end with '~' (editors leave them). Refused: symbolic links, names that are not
 * [A-Za-z0-9._+-], everything above the limits. Reading files happens here and nowhere else in this
 * room (calendars and zones of the process apart). */
#ifndef BAILIWICK_RULEBOOK_TREE_H
#define BAILIWICK_RULEBOOK_TREE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    TREE_FILES_MAX = 2000,             /* 11 letters in 6 languages and 60 documents are 126 */
    TREE_FILE_MAX = 1024 * 1024,       /* as for one YAML file */
    TREE_BYTES_MAX = 16 * 1024 * 1024, /* of all files together */
    TREE_PATH_MAX = 200,
};

struct tree_file {
    const char *path; /* "documents/ra.yaml" */
    const uint8_t *data;
    size_t size;
};

struct rulebook_tree {
    struct arena arena;
    struct tree_file *files; /* sorted by path, each path once */
    size_t count;
    size_t bytes; /* of all files */
};

/* Reads a folder. -errno, ERR_LIMIT, ERR_UNSUPPORTED (link, device, bad name), ERR_NO_MEMORY; the
 * detail names the file. */
int rulebook_tree_read(const char *directory, struct rulebook_tree *ret_tree,
                       struct error_detail *detail);

/* Builds a tree from files in any order; everything is copied. ERR_CONFLICT for a path that stands
 * twice, ERR_UNSUPPORTED for a bad name, ERR_LIMIT, ERR_NO_MEMORY. */
int rulebook_tree_make(const struct tree_file *files, size_t count, struct rulebook_tree *ret_tree,
                       struct error_detail *detail);

void rulebook_tree_done(struct rulebook_tree *tree);

/* Appends the archive. ERR_LIMIT, ERR_NO_MEMORY. */
int rulebook_tree_encode(const struct rulebook_tree *tree, struct buffer *out);
/* Refuses what rulebook_tree_encode() would not have written. The bytes are copied. ERR_DAMAGED,
 * ERR_LIMIT, ERR_NO_MEMORY. */
int rulebook_tree_decode(const void *data, size_t size, struct rulebook_tree *ret_tree,
                         struct error_detail *detail);

/* SHA-256 of the archive: the name of the version. */
int rulebook_tree_digest(const struct rulebook_tree *tree, struct digest *ret_digest);

/* NULL when there is no such file. */
const struct tree_file *rulebook_tree_find(const struct rulebook_tree *tree, const char *path);

#define RULEBOOK_TREE_CLEANUP __attribute__((cleanup(rulebook_tree_done)))

#endif
