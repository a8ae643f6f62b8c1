/* Pages of a database that a list is about to read, asked of the disk together. SQLite reads one
 * page after another and waits for each: fifty rows that lie far apart are fifty waits, and as many
 * again for the inner pages on the way. Here the way is looked up in the file itself, one level of
 * the tree after another, and the system is told at each level which pages are wanted, so that a
 * list waits once for each level. Pages that lie near each other are asked for in one piece, those
 * in between too: a question to a disk costs as much as many pages.
 *
 * This is advice and nothing else. The file is read as it lies there, without a lock and without
 * what its write-ahead log holds; what looks like no page of a tree ends it without a word; what
 * SQLite reads afterwards does not depend on it.
 *
 * Format: https://www.sqlite.org/fileformat2.html, 1.3 (header), 1.6 (pages of trees). */
#ifndef BAILIWICK_STORE_SQLITE_READ_AHEAD_H
#define BAILIWICK_STORE_SQLITE_READ_AHEAD_H

#include <stddef.h>
#include <stdint.h>

enum {
    READ_AHEAD_MAX = 1024, /* rows or pages of one call; further ones are not asked for */
};

struct read_ahead;

/* The database at `path`, from before SQLite opens it until after SQLite has closed it: whoever
 * closes any descriptor of a file gives up all POSIX locks that the process holds on that file. So
 * there is one descriptor for a file, whatever number of connections, and the last closes it. NULL
 * when it can't be had, which the functions below take for nothing to do. Any thread. */
struct read_ahead *read_ahead_open(const char *path);
void read_ahead_close(struct read_ahead *ahead); /* takes NULL */

/* These pages. */
void read_ahead_pages(const struct read_ahead *ahead, const int64_t *pages, size_t count);

/* The rows of these numbers in the table whose tree begins at page `root`. Sorts `rows`. */
void read_ahead_rows(const struct read_ahead *ahead, int64_t root, int64_t *rows, size_t count);

/* The first leaves of the index whose tree begins at page `root`: of those that one page leads to,
 * `leaves` at most. */
void read_ahead_start(const struct read_ahead *ahead, int64_t root, size_t leaves);

/* What the root of an index leads to: all the rest of one that has two levels. */
void read_ahead_below(const struct read_ahead *ahead, int64_t root);

#endif
