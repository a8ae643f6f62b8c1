#include "app/complaints/erasure_list.h"

#include "base/buffer.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "bailiwick erasures 1\n";

#define REMEDY                                                                                     \
    "put a copy of it back, or move it away: then it is made anew of what the store knows"

enum { HEAD = sizeof head - 1, LINE = DIGEST_HEX /* with its end */ };

static const int64_t SIZE_MAX_BYTES = HEAD + (int64_t)ERASURE_LIST_MAX * LINE;

struct digest erasure_mark(const struct digest *link)
{
    static const char about[] = "bailiwick erasure of a complaint";
    return digest_hmac(link->bytes, about, sizeof about - 1);
}

static int failed(struct error_detail *detail, int result, const char *path)
{
    return error_set(detail, result, "%s: %s", path, error_text(result));
}

static int64_t whole_lines(int64_t size)
{
    return size < HEAD ? 0 : (size - HEAD) / LINE;
}

/* --- reading --- */

static int parse_line(const uint8_t *line, struct digest *ret_mark)
{
    char text[DIGEST_HEX];
    memcpy(text, line, LINE);
    text[LINE - 1] = '\0';
    return line[LINE - 1] == '\n' ? digest_parse(text, ret_mark) : ERR_SYNTAX;
}

/* 0 for a file that is not there. */
static int open_to_read(const char *path, int *ret_fd, int64_t *ret_size)
{
    struct stat about;
    *ret_fd = open(path, O_RDONLY | O_CLOEXEC);
    *ret_size = 0;
    if (*ret_fd < 0)
        return errno == ENOENT ? 0 : -errno;
    if (fstat(*ret_fd, &about) < 0)
        return -errno;
    *ret_size = about.st_size;
    return 0;
}

int erasure_list_end(const char *path, struct erasure_list_end *ret_end,
                     struct error_detail *detail)
{
    struct erasure_list_end end = {0};
    uint8_t line[LINE];
    int64_t size;
    int fd, result = open_to_read(path, &fd, &size);
    end.count = whole_lines(size);
    if (result >= 0 && end.count > 0) {
        ssize_t got = pread(fd, line, LINE, HEAD + (end.count - 1) * LINE);
        result = got == LINE ? parse_line(line, &end.last) : got < 0 ? -errno : ERR_DAMAGED;
    }
    if (fd >= 0)
        close(fd);
    if (result == ERR_DAMAGED || result == ERR_SYNTAX)
        return error_set(detail, ERR_DAMAGED, "%s: its end is no mark; " REMEDY, path);
    if (result < 0)
        return failed(detail, result, path);
    *ret_end = end;
    return 0;
}

static int compare(const void *a, const void *b)
{
    return digest_compare(a, b);
}

static int parse(const struct buffer *bytes, const char *path, struct arena *arena,
                 struct digest **ret_marks, size_t *ret_count, struct error_detail *detail)
{
    size_t count = (size_t)whole_lines((int64_t)bytes->size);
    struct digest *marks = arena_array(arena, count + 1, sizeof *marks);
    if (!marks)
        return ERR_LIMIT;
    if (bytes->size >= HEAD && memcmp(bytes->data, head, HEAD) != 0)
        return error_set(detail, ERR_DAMAGED, "%s is no list of erasures; " REMEDY, path);
    for (size_t i = 0; i < count; i++) {
        if (parse_line(bytes->data + HEAD + i * LINE, &marks[i]) < 0)
            return error_set(detail, ERR_DAMAGED,
                             "%s, line %zu: not 64 hexadecimal digits; " REMEDY, path, i + 2);
    }
    qsort(marks, count, sizeof *marks, compare);
    *ret_marks = marks;
    *ret_count = count;
    return 0;
}

int erasure_list_read(const char *path, struct arena *arena, struct digest **ret_marks,
                      size_t *ret_count, struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, (size_t)SIZE_MAX_BYTES);
    int result = buffer_load_file(&bytes, path);
    if (result < 0)
        return failed(detail, result, path);
    return parse(&bytes, path, arena, ret_marks, ret_count, detail);
}

/* --- writing --- */

/* As many lines behind the first `lines`, in one write. */
static int write_lines(int fd, int64_t lines, const struct digest *marks, size_t count)
{
    struct buffer text BUFFER_CLEANUP = {0};
    char hex[DIGEST_HEX];
    const int64_t at = lines ? HEAD + lines * LINE : 0;
    buffer_init(&text, (size_t)SIZE_MAX_BYTES);
    if (at == 0)
        buffer_append(&text, head, HEAD);
    for (size_t i = 0; i < count; i++) {
        buffer_append(&text, digest_format(&marks[i], hex), LINE - 1);
        buffer_append_byte(&text, '\n');
    }
    int result = buffer_error(&text);
    if (result < 0)
        return result;
    if (ftruncate(fd, at) < 0 || lseek(fd, at, SEEK_SET) < 0)
        return -errno;
    result = file_write(fd, text.data, text.size);
    return result < 0 ? result : fsync(fd) < 0 ? -errno : 0;
}

static int append(int fd, const char *path, const struct digest *marks, size_t count)
{
    struct stat about;
    if (fstat(fd, &about) < 0)
        return -errno;
    const int64_t lines = whole_lines(about.st_size);
    if (lines + (int64_t)count > ERASURE_LIST_MAX)
        return ERR_LIMIT;
    int result = write_lines(fd, lines, marks, count);
    if (result >= 0)
        result = file_sync_name(path);
    /* What was not synced must not be found there: it told of what did not come about. */
    if (result < 0 && ftruncate(fd, lines ? HEAD + lines * LINE : 0) < 0)
        return -errno;
    return result;
}

int erasure_list_append(const char *path, const struct digest *marks, size_t count,
                        struct error_detail *detail)
{
    if (count == 0)
        return 0;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int result = fd < 0 ? -errno : append(fd, path, marks, count);
    if (fd >= 0)
        close(fd);
    return result < 0 ? failed(detail, result, path) : 0;
}

int erasure_list_take_back(const char *path, int64_t count, struct error_detail *detail)
{
    struct stat about;
    int result = stat(path, &about) < 0 ? -errno : 0;
    if (result >= 0 && truncate(path, HEAD + (whole_lines(about.st_size) - count) * LINE) < 0)
        result = -errno;
    return result < 0 ? failed(detail, result, path) : 0;
}

int erasure_list_sync(const char *path, struct error_detail *detail)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    int result = fd < 0 || fsync(fd) < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    return result < 0 ? failed(detail, result, path) : 0;
}
