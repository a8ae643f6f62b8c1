#include "store/sqlite/connection.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ALL_PAGES = -1 }; /* sqlite3_backup_step() */

/* The text of the first row, "" without one. */
static int first_text(struct store *store, enum statement_name name,
                      char ret_text[ERROR_DETAIL_MAX], struct error_detail *detail)
{
    struct query *query = NULL;
    ret_text[0] = '\0';
    int result = query_start(store, name, NO_VALUES, &query);
    if (result >= 0)
        result = query_step(query);
    if (result > 0) {
        const unsigned char *text = sqlite3_column_text(query->statement, 0);
        snprintf(ret_text, ERROR_DETAIL_MAX, "%s", text ? (const char *)text : "unreadable");
    }
    if (query)
        query_end(query);
    return result < 0 ? error_set(detail, result, "%s", store_words(store)) : 0;
}

int sqlite_check_references(struct store *store, struct error_detail *detail)
{
    char text[ERROR_DETAIL_MAX];
    int result = first_text(store, STATEMENT_SQLITE_REFERENCES, text, detail);
    if (result < 0 || !text[0])
        return result;
    return error_set(detail, ERR_DAMAGED, "a row of %s refers to one that is not there", text);
}

int store_check(struct store *store, struct error_detail *detail)
{
    char text[ERROR_DETAIL_MAX];
    int result = first_text(store, STATEMENT_SQLITE_INTEGRITY, text, detail);
    if (result < 0)
        return result;
    if (strcmp(text, "ok") != 0)
        return error_set(detail, ERR_DAMAGED, "%s", text);
    return sqlite_check_references(store, detail);
}

static int sync_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return result;
}

static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return sqlite3_extended_errcode(to);
    /* All in one step: the copy is of one moment, and with a write-ahead log nobody waits for it.
     * In several steps it would begin again at each commit of another connection. */
    int code = sqlite3_backup_step(backup, ALL_PAGES);
    int finished = sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? finished : code;
}

static int check_file(const char *path, unsigned flags, struct error_detail *detail)
{
    struct store *store;
    const struct store_options options = {.path = path, .flags = STORE_READ_ONLY | flags};
    int result = store_open(&options, &store, detail);
    if (result < 0)
        return result;
    result = store_check(store, detail);
    store_close(store);
    return result < 0 ? error_context(detail, result, "%s", path) : 0;
}

/* A backup is one file: without a write-ahead log it can be read where nothing can be written.
 * `code` is what became of the writing. */
static int finish_file(sqlite3 *db, int code, const char *path, struct error_detail *detail)
{
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, statement_texts[STATEMENT_SQLITE_ALONE], NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return error_set(detail, ERR_STORE, "%s: %s", path, sqlite3_errstr(code));
    int result = sync_file(path);
    return result < 0 ? error_set(detail, result, "%s: %s", path, error_text(result)) : 0;
}

static int copy_file(sqlite3 *from, const char *path, struct error_detail *detail)
{
    sqlite3 *to = NULL;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = copy_pages(from, to);
    int result = finish_file(to, code, path, detail);
    sqlite3_close(to);
    return result;
}

/* The name of a file being made: renamed to `path` when it is whole. */
static int part_path(const char *path, const char *suffix, char ret_path[PATH_MAX])
{
    int size = snprintf(ret_path, PATH_MAX, "%s%s", path, suffix);
    return size < 0 || size >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int make_part(sqlite3 *from, const char *path, struct error_detail *detail)
{
    /* What an earlier try left; SQLite throws a log away that stands beside an empty file. */
    unlink(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(detail, -errno, "%s: %s", path, error_text(-errno));
    close(fd);
    return copy_file(from, path, detail);
}

static int settle(const char *part, const char *path, struct error_detail *detail)
{
    int result = rename(part, path) < 0 ? -errno : file_sync_name(path);
    return result < 0 ? error_set(detail, result, "%s: %s", path, error_text(result)) : 0;
}

int store_backup(struct store *store, const char *path, struct error_detail *detail)
{
    char part[PATH_MAX];
    if (store_in_transaction(store))
        return error_set(detail, ERR_USAGE, "backup: a transaction is open");
    if (access(path, F_OK) == 0)
        return error_set(detail, ERR_CONFLICT, "%s is there already", path);
    if (part_path(path, ".part", part) < 0)
        return error_set(detail, -ENAMETOOLONG, "%s", error_text(-ENAMETOOLONG));
    int result = make_part(store->db, part, detail);
    if (result >= 0)
        result = check_file(part, STORE_ANY_SCHEMA, detail);
    if (result >= 0)
        result = settle(part, path, detail);
    if (result < 0) {
        unlink(part);
        error_context(detail, result, "backup");
    }
    return result;
}

/* A store's files: it steps aside with its write-ahead log, which may hold committed rows. */
static const char *const suffixes[] = {"", "-wal", "-shm"};
enum { FILES = sizeof suffixes / sizeof *suffixes };

/* Then `to` is as `from` was: it is gone, too, when there was no such file. */
static int move_file(const char *from, const char *to, const char *suffix)
{
    char from_path[PATH_MAX], to_path[PATH_MAX];
    int result = part_path(from, suffix, from_path);
    if (result >= 0)
        result = part_path(to, suffix, to_path);
    if (result < 0)
        return result;
    if (rename(from_path, to_path) == 0)
        return 0;
    if (errno != ENOENT)
        return -errno;
    unlink(to_path);
    return 0;
}

/* The first `count` files stand again where they stood; `result` is why. */
static int put_back(const char *aside, const char *path, size_t count, int result,
                    struct error_detail *detail)
{
    int failed = 0;
    while (count > 0) {
        int moved = move_file(aside, path, suffixes[--count]);
        failed = moved < 0 ? moved : failed;
    }
    return failed < 0 ? error_context(detail, result, "the store before is left as %s", aside)
                      : result;
}

/* The store at `path` steps aside for `part`; when that fails, it is where it was. */
static int replace(const char *part, const char *path, struct error_detail *detail)
{
    char aside[PATH_MAX];
    size_t count = 0;
    int result = part_path(path, ".replaced", aside);
    while (result >= 0 && count < FILES) {
        result = move_file(path, aside, suffixes[count]);
        count += result >= 0;
    }
    if (result < 0)
        error_set(detail, result, "%s: %s", path, error_text(result));
    else
        result = settle(part, path, detail);
    return result < 0 ? put_back(aside, path, count, result, detail) : 0;
}

static int copy_backup(const char *backup, const char *part, struct error_detail *detail)
{
    struct store *store;
    const struct store_options options = {.path = backup,
                                          .flags = STORE_READ_ONLY | STORE_ANY_SCHEMA};
    int result = store_open(&options, &store, detail);
    if (result < 0)
        return result;
    result = store_check(store, detail);
    if (result >= 0)
        result = make_part(store->db, part, detail);
    store_close(store);
    return result;
}

/* Opened for writing once, a copy of an older program's store is one of this program's. */
static int prepare_part(const char *part, const struct store_preparing *preparing,
                        struct error_detail *detail)
{
    struct store *store;
    const struct store_options options = {.path = part};
    int result = sqlite_open(&options, /* lock= */ -1, &store, detail);
    if (result < 0)
        return result;
    if (preparing)
        result = preparing->run(preparing->context, store, detail);
    if (result >= 0)
        result = finish_file(store->db, SQLITE_OK, part, detail);
    store_close(store);
    return result;
}

/* It may hold what was erased since. */
static void remove_part(const char *part)
{
    char name[PATH_MAX];
    for (size_t i = 0; i < FILES; i++) {
        if (part_path(part, suffixes[i], name) >= 0)
            unlink(name);
    }
}

void sqlite_remove_copy(const char *path)
{
    char part[PATH_MAX];
    if (part_path(path, ".part", part) >= 0)
        remove_part(part);
}

static int restore_locked(const char *backup, const char *path,
                          const struct store_preparing *preparing, struct error_detail *detail)
{
    char part[PATH_MAX];
    if (part_path(path, ".part", part) < 0)
        return error_set(detail, -ENAMETOOLONG, "%s", error_text(-ENAMETOOLONG));
    int result = copy_backup(backup, part, detail);
    if (result >= 0)
        result = prepare_part(part, preparing, detail);
    if (result >= 0)
        result = check_file(part, /* flags= */ 0, detail);
    if (result >= 0)
        result = replace(part, path, detail);
    if (result < 0)
        remove_part(part);
    return result;
}

int store_restore(const char *backup, const char *path, const struct store_preparing *preparing,
                  struct error_detail *detail)
{
    int lock;
    int result = sqlite_lock(path, &lock, detail);
    if (result >= 0) {
        result = restore_locked(backup, path, preparing, detail);
        close(lock);
    }
    return result < 0 ? error_context(detail, result, "restore") : 0;
}
