#include "store/sqlite/read_ahead.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGE = 4096, /* what our stores have; another size is left alone */
    LEVELS_MAX = 8,
    GAP_MAX = 8, /* pages that are read for nothing sooner than to ask the disk once more */
    INNER_INDEX = 2,
    INNER_TABLE = 5,
};

struct read_ahead {
    struct read_ahead *next;
    dev_t device;
    ino_t inode;
    int fd;
    int users;
};

/* --- one descriptor for a file --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct read_ahead *all;

static bool is_database(int fd)
{
    uint8_t header[18];
    return pread(fd, header, sizeof header, 0) == (ssize_t)sizeof header &&
           memcmp(header, "SQLite format 3", 16) == 0 && (header[16] << 8 | header[17]) == PAGE;
}

static struct read_ahead *ahead_new(const char *path, const struct stat *status)
{
    struct read_ahead *ahead = calloc(1, sizeof *ahead);
    if (!ahead)
        return NULL;
    *ahead = (struct read_ahead){.next = all, .device = status->st_dev, .inode = status->st_ino};
    ahead->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (ahead->fd < 0) {
        free(ahead);
        return NULL;
    }
    all = ahead;
    return ahead;
}

struct read_ahead *read_ahead_open(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return NULL;
    pthread_mutex_lock(&lock);
    struct read_ahead *ahead = all;
    while (ahead && (ahead->device != status.st_dev || ahead->inode != status.st_ino))
        ahead = ahead->next;
    if (!ahead)
        ahead = ahead_new(path, &status);
    if (ahead)
        ahead->users++;
    pthread_mutex_unlock(&lock);
    return ahead;
}

void read_ahead_close(struct read_ahead *ahead)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&lock);
    if (--ahead->users == 0) {
        struct read_ahead **link = &all;
        while (*link != ahead)
            link = &(*link)->next;
        *link = ahead->next;
        close(ahead->fd);
        free(ahead);
    }
    pthread_mutex_unlock(&lock);
}

/* --- pages of trees --- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void advise_range(const struct read_ahead *ahead, int64_t first, int64_t last)
{
    posix_fadvise(ahead->fd, (off_t)(first - 1) * PAGE, (off_t)(last - first + 1) * PAGE,
                  POSIX_FADV_WILLNEED);
}

/* Sorts them. No page has the number 0 or one above 32 bits. */
static void advise(const struct read_ahead *ahead, int64_t *pages, size_t count)
{
    int64_t first = 0, last = 0;
    qsort(pages, count, sizeof *pages, by_number);
    for (size_t i = 0; i < count; i++) {
        if (pages[i] <= 0 || pages[i] > UINT32_MAX)
            continue;
        if (first && pages[i] > last + GAP_MAX) {
            advise_range(ahead, first, last);
            first = 0;
        }
        if (!first)
            first = pages[i];
        last = pages[i];
    }
    if (first)
        advise_range(ahead, first, last);
}

/* False when it is no inner page of that kind; then it is a leaf, or no page of a tree. */
static bool read_inner(const struct read_ahead *ahead, int64_t page, uint8_t kind,
                       uint8_t ret_bytes[PAGE])
{
    off_t at = (off_t)(page - 1) * PAGE;
    return pread(ahead->fd, ret_bytes, PAGE, at) == PAGE && ret_bytes[0] == kind;
}

static uint32_t take_4(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static unsigned count_cells(const uint8_t *page)
{
    return (unsigned)page[3] << 8 | page[4];
}

/* Where the `i`th cell lies, which has at least the number of a page below and one byte more; PAGE
 * when it lies nowhere. */
static size_t cell_at(const uint8_t *page, unsigned i)
{
    size_t pointer = 12 + 2 * (size_t)i;
    size_t at = pointer + 2 <= PAGE ? (size_t)page[pointer] << 8 | page[pointer + 1] : PAGE;
    return at + 4 < PAGE ? at : PAGE;
}

/* The page below that the `i`th cell leads to, or behind the last cell; 0: none. */
static uint32_t child_at(const uint8_t *page, unsigned i)
{
    size_t at = cell_at(page, i);
    return i == count_cells(page) ? take_4(page + 8) : at < PAGE ? take_4(page + at) : 0;
}

/* The number at `at`: at most nine bytes, the last one whole. */
static bool take_varint(const uint8_t *page, size_t at, int64_t *ret_number)
{
    uint64_t number = 0;
    for (int i = 0; i < 9 && at < PAGE; i++) {
        uint8_t byte = page[at++];
        number = i == 8 ? number << 8 | byte : number << 7 | (byte & 0x7f);
        if (i == 8 || byte < 0x80) {
            *ret_number = (int64_t)number;
            return true;
        }
    }
    return false;
}

/* --- rows of a table --- */

/* A row that is looked for, and the page that leads to it; 0: lost. */
struct goal {
    int64_t row;
    uint32_t page;
};

static uint32_t child_of(const uint8_t *page, int64_t row)
{
    unsigned low = 0, high = count_cells(page);
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        size_t at = cell_at(page, middle);
        int64_t last; /* of the rows below the cell */
        if (at == PAGE || !take_varint(page, at + 4, &last))
            return 0;
        if (row > last)
            low = middle + 1;
        else
            high = middle;
    }
    return child_at(page, low);
}

/* One level down. False when there is none: all leaves of a tree lie at the same depth. */
static bool descend(const struct read_ahead *ahead, struct goal *goals, size_t count)
{
    uint8_t page[PAGE];
    uint32_t held = 0; /* whose bytes `page` has */
    for (size_t i = 0; i < count; i++) {
        if (goals[i].page == 0)
            continue;
        if (goals[i].page != held && !read_inner(ahead, goals[i].page, INNER_TABLE, page))
            return false;
        held = goals[i].page;
        goals[i].page = child_of(page, goals[i].row);
    }
    return true;
}

/* The first page of a file is no tree of ours. */
static bool is_root(const struct read_ahead *ahead, int64_t root)
{
    return ahead && root > 1 && root <= UINT32_MAX && is_database(ahead->fd);
}

void read_ahead_rows(const struct read_ahead *ahead, int64_t root, int64_t *rows, size_t count)
{
    struct goal goals[READ_AHEAD_MAX];
    int64_t pages[READ_AHEAD_MAX];
    size_t wanted = count < READ_AHEAD_MAX ? count : READ_AHEAD_MAX;
    if (!is_root(ahead, root))
        return;
    qsort(rows, count, sizeof *rows, by_number);
    for (size_t i = 0; i < wanted; i++)
        goals[i] = (struct goal){rows[i], (uint32_t)root};
    for (int level = 0; level < LEVELS_MAX && descend(ahead, goals, wanted); level++) {
        for (size_t i = 0; i < wanted; i++)
            pages[i] = goals[i].page;
        advise(ahead, pages, wanted);
    }
}

/* --- others --- */

/* Pages that a page leads to, from the one before its `first`th cell. */
static void advise_children(const struct read_ahead *ahead, const uint8_t *page, unsigned first,
                            size_t count)
{
    int64_t pages[READ_AHEAD_MAX];
    size_t found = 0, wanted = count < READ_AHEAD_MAX ? count : READ_AHEAD_MAX;
    for (unsigned i = first; found < wanted && i <= count_cells(page); i++)
        pages[found++] = child_at(page, i);
    if (found > 0)
        advise(ahead, pages, found);
}

void read_ahead_start(const struct read_ahead *ahead, int64_t root, size_t leaves)
{
    uint8_t page[PAGE], below[PAGE];
    if (!is_root(ahead, root) || !read_inner(ahead, root, INNER_INDEX, page))
        return;
    for (int level = 0; level < LEVELS_MAX; level++) {
        if (!read_inner(ahead, child_at(page, 0), INNER_INDEX, below))
            break;
        memcpy(page, below, PAGE);
    }
    if (leaves > 1)
        advise_children(ahead, page, 1, leaves - 1);
}

void read_ahead_below(const struct read_ahead *ahead, int64_t root)
{
    uint8_t page[PAGE];
    if (is_root(ahead, root) && read_inner(ahead, root, INNER_INDEX, page))
        advise_children(ahead, page, 0, READ_AHEAD_MAX);
}

void read_ahead_pages(const struct read_ahead *ahead, const int64_t *pages, size_t count)
{
    int64_t sorted[READ_AHEAD_MAX];
    size_t wanted = count < READ_AHEAD_MAX ? count : READ_AHEAD_MAX;
    if (!ahead || wanted == 0)
        return;
    memcpy(sorted, pages, wanted * sizeof *sorted);
    advise(ahead, sorted, wanted);
}
