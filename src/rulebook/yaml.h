/* Strict, located YAML: the small part of YAML that people write by hand, as a tree in which every
 * node knows its file, line and column.
 *
 * Read: mappings, sequences, and plain, quoted, folded and literal scalars, in block or flow style.
 * Refused, each with FILE:LINE:COL: anchors and aliases, tags, merge keys, duplicate keys, keys
 * that are not plain or quoted text, more than one document, text that is not UTF-8, and everything
 * above the limits. There is no guessing of types: a scalar is text, and the reader that asks for
 * an integer, a boolean or a date checks it ("yes" is a text and never true).
 *
 * Faults are collected, not thrown: a reader adds what is wrong to a list and goes on, so that one
 * run tells the author everything. A function here never fails because of what a person wrote
 * without having added a fault that says where.
 *
 * The tree lives in the caller's arena. Nothing here opens files. */
#ifndef BAILIWICK_RULEBOOK_YAML_H
#define BAILIWICK_RULEBOOK_YAML_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    YAML_FILE_MAX = 1024 * 1024, /* the largest file of a rulebook has some 60 KB */
    YAML_NODES_MAX = 50000,      /* keys not counted; the same file has 2,000 */
    YAML_KEYS_MAX = 1000,        /* of one map: each new key is compared with all before it */
    YAML_DEPTH_MAX = 16,         /* people lose the thread long before */
    YAML_FAULTS_MAX = 200,       /* enough to repair a file in one go; the rest is counted */
    YAML_MESSAGE_MAX = 600,      /* bytes of one message, cut at the end */
};

/* --- faults --- */

struct yaml_fault {
    const char *file;
    int line, column; /* from 1; 0 when the whole file is meant */
    const char *message;
};

struct yaml_faults {
    struct arena arena;
    struct yaml_fault *items; /* in the order in which they were found; see yaml_faults_sort() */
    size_t count;
    size_t dropped; /* found after YAML_FAULTS_MAX, or for want of memory */
    int failure;    /* 0 or ERR_NO_MEMORY: then `items` is not the whole truth */
};

void yaml_faults_init(struct yaml_faults *faults);
void yaml_faults_done(struct yaml_faults *faults);

/* How many were found: `count` plus `dropped`. */
size_t yaml_faults_found(const struct yaml_faults *faults);

/* 0 when nothing was found, ERR_NO_MEMORY when memory failed, else ERR_SYNTAX. */
int yaml_faults_error(const struct yaml_faults *faults);

/* Adds one fault, once: the same words at the same place are not repeated. `file` is copied. line
 * 0: the whole file. */
void yaml_fault_at(struct yaml_faults *faults, const char *file, int line, int column,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Orders by file, line, column; equal places stay in the order in which they were found. */
void yaml_faults_sort(struct yaml_faults *faults);

/* Appends `FILE:LINE:COL: message` and a newline for each, and a last line for those dropped. */
void yaml_faults_print(const struct yaml_faults *faults, struct buffer *out);

#define YAML_FAULTS_CLEANUP __attribute__((cleanup(yaml_faults_done)))

/* --- the tree --- */

enum yaml_kind { YAML_SCALAR, YAML_MAP, YAML_SEQUENCE };

struct yaml_node {
    enum yaml_kind kind;
    const char *file; /* as given to yaml_parse() */
    int line, column; /* from 1; of a map or sequence: of its first character */
    const char *text; /* scalar: its content, without NUL bytes inside; else NULL */
    bool plain;       /* scalar written without quotes; only these are integers, booleans, dates */
    bool block;       /* scalar written with | or >: line n of the text is not line n of the file */
    const struct yaml_node **items; /* sequence: its items; map: its values */
    const struct yaml_node **keys;  /* map: scalars, in the order of the file */
    size_t count;                   /* of items, and of keys */
};

/* Parses one document. `file` is what faults are to name; it is copied. An empty file is a fault.
 * ERR_SYNTAX with at least one fault added (*ret_node untouched), ERR_LIMIT likewise,
 * ERR_NO_MEMORY. */
int yaml_parse(const char *file, const void *data, size_t size, struct arena *arena,
               struct yaml_faults *faults, const struct yaml_node **ret_node);

/* Adds a fault at a node. */
#define yaml_fault(faults, node, ...)                                                              \
    yaml_fault_at((faults), (node)->file, (node)->line, (node)->column, __VA_ARGS__)

const char *yaml_kind_text(enum yaml_kind kind); /* "a text", "a map", "a list" */

/* Value of a key, NULL when absent or when `node` is not a map. No fault. */
const struct yaml_node *yaml_find(const struct yaml_node *node, const char *key);
/* The key itself, for faults about it. */
const struct yaml_node *yaml_find_key(const struct yaml_node *node, const char *key);

/* --- scalars: false, a fault added, and *ret_ untouched when the node is something else --- */

bool yaml_as_text(const struct yaml_node *node, struct yaml_faults *faults, const char **ret_text);
bool yaml_as_int(const struct yaml_node *node, int64_t least, int64_t most,
                 struct yaml_faults *faults, int64_t *ret_value);
bool yaml_as_bool(const struct yaml_node *node, struct yaml_faults *faults, bool *ret_value);
/* "2026-11-24": civil days since 1970. */
bool yaml_as_date(const struct yaml_node *node, struct yaml_faults *faults, int32_t *ret_days);
/* Index in `words`. The fault lists them. */
bool yaml_as_word(const struct yaml_node *node, const char *const *words, size_t count,
                  struct yaml_faults *faults, int *ret_index);
/* Lower-case ASCII letters, digits, '-', '.', '_', '+'; begins with a letter or digit; at most
 * `most` bytes. What ids are made of everywhere in a rulebook. */
bool yaml_as_id(const struct yaml_node *node, size_t most, struct yaml_faults *faults,
                const char **ret_id);

/* --- maps with known keys ---
 *
 *   static const char *const known[] = {"id", "label", "n"};
 *   struct yaml_map map;
 *   if (!yaml_map_open(node, known, 3, faults, &map))
 *       return;
 *   yaml_need_id(&map, "id", 48, &rule->id);
 *   yaml_take_int(&map, "n", 0, 365, &rule->n);
 *
 * `need`: absent is a fault at the map. `take`: absent leaves *ret_ as it is. All return whether
 * *ret_ was set. */
struct yaml_map {
    const struct yaml_node *node;
    struct yaml_faults *faults;
};

/* False with a fault when the node is not a map. Each unknown key is a fault
 * `unknown key 'x' (known: id, label, n)`; the map is open nevertheless. */
bool yaml_map_open(const struct yaml_node *node, const char *const *known, size_t count,
                   struct yaml_faults *faults, struct yaml_map *ret_map);

/* The value, NULL and a fault when absent. */
const struct yaml_node *yaml_need(const struct yaml_map *map, const char *key);
/* The value when it is there and of that kind; NULL without a fault when absent, NULL with a fault
 * when it is of another kind. */
const struct yaml_node *yaml_take(const struct yaml_map *map, const char *key, enum yaml_kind kind);

bool yaml_need_text(const struct yaml_map *map, const char *key, const char **ret_text);
bool yaml_take_text(const struct yaml_map *map, const char *key, const char **ret_text);
bool yaml_need_id(const struct yaml_map *map, const char *key, size_t most, const char **ret_id);
bool yaml_take_id(const struct yaml_map *map, const char *key, size_t most, const char **ret_id);
bool yaml_need_int(const struct yaml_map *map, const char *key, int64_t least, int64_t most,
                   int64_t *ret_value);
bool yaml_take_int(const struct yaml_map *map, const char *key, int64_t least, int64_t most,
                   int64_t *ret_value);
bool yaml_need_bool(const struct yaml_map *map, const char *key, bool *ret_value);
bool yaml_take_bool(const struct yaml_map *map, const char *key, bool *ret_value);
bool yaml_need_date(const struct yaml_map *map, const char *key, int32_t *ret_days);
bool yaml_take_date(const struct yaml_map *map, const char *key, int32_t *ret_days);
bool yaml_need_word(const struct yaml_map *map, const char *key, const char *const *words,
                    size_t count, int *ret_index);
bool yaml_take_word(const struct yaml_map *map, const char *key, const char *const *words,
                    size_t count, int *ret_index);

#endif
