/* A form on its way in: the document in memory, files in one that has no name. What the door makes
 * of refusals is seen in staff_test.c and tests/test_forms.py. */
#include "web/upload.h"

#include "base/clock.h"
#include "testing.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TYPE "multipart/form-data; boundary=b"
#define PART(name, more) "--b\r\nContent-Disposition: form-data; name=\"" name "\"" more "\r\n\r\n"
#define DOCUMENT PART("doc", "\r\nContent-Type: application/json")

static struct {
    int64_t later_us;
    int failure;
    bool no_tmpfile;
} pretend;

int64_t __real_clock_mono(void);
int64_t __wrap_clock_mono(void);
int64_t __wrap_clock_mono(void)
{
    return __real_clock_mono() + pretend.later_us;
}

int __real_file_write(int fd, const void *data, size_t size);
int __wrap_file_write(int fd, const void *data, size_t size);
int __wrap_file_write(int fd, const void *data, size_t size)
{
    return pretend.failure ? pretend.failure : __real_file_write(fd, data, size);
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
    errno = EOPNOTSUPP;
    return pretend.no_tmpfile ? -1 : __real_open64(path, flags, 0600);
}

struct place {
    char folder[64];
    struct web_upload *upload;
    struct error_detail detail;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    snprintf(place->folder, sizeof place->folder, "/tmp/bailiwick-upload-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    assert_int_equal(web_upload_new(place->folder, "doc", TYPE, &place->upload, NULL), 0);
    *state = place;
    return 0;
}

static size_t count_names(const char *folder)
{
    size_t count = 0;
    DIR *names = opendir(folder);
    assert_non_null(names);
    for (struct dirent *entry = readdir(names); entry; entry = readdir(names))
        count += entry->d_name[0] != '.';
    closedir(names);
    return count;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    assert_int_equal(count_names(place->folder), 0);
    web_upload_free(place->upload);
    assert_int_equal(rmdir(place->folder), 0);
    pretend.later_us = pretend.failure = pretend.no_tmpfile = 0;
    free(place);
    return 0;
}

static int feed(struct place *place, const char *text)
{
    return web_upload_feed(place->upload, text, strlen(text), &place->detail);
}

static void files_lie_one_behind_the_other(void **state)
{
    struct place *place = *state;
    JSON_CLEANUP json_t *arguments = json_object();
    char bytes[16] = "";
    assert_int_equal(feed(place, PART("f", "; filename=\"n\"\r\nContent-Type: a/b") "one\r\n"), 0);
    assert_int_equal(feed(place, DOCUMENT "{}\r\n" PART("g", "") "two\r\n--b--"), 0);
    assert_int_equal(web_upload_end(place->upload, arguments, &place->detail), 0);
    assert_string_equal(json_text(arguments, "document"), "{}");
    const json_t *files = json_object_get(arguments, "files"), *second = json_array_get(files, 1);
    assert_int_equal(json_array_size(files), 2);
    assert_string_equal(json_text(json_array_get(files, 0), "media_type"), "a/b");
    assert_int_equal(json_number(second, "offset", -1), 3);
    assert_int_equal(json_number(second, "size", -1), 3);
    assert_int_equal(pread(*web_upload_file(place->upload), bytes, sizeof bytes, 0), 6);
    assert_string_equal(bytes, "onetwo");
}

static void assert_failed(struct place *place, int result, int failure, const char *words)
{
    assert_string_equal(place->detail.text, words);
    assert_int_equal(result, failure);
}

static void a_full_disk_is_told(void **state)
{
    struct place *place = *state;
    pretend.failure = -ENOSPC;
    assert_failed(place, feed(place, PART("f", "") "bytes"), -ENOSPC,
                  "part 1 of the form, 'f': there is no room for it now");
}

static void who_is_too_slow_is_told(void **state)
{
    struct place *place = *state;
    assert_int_equal(feed(place, PART("f", "") "bytes"), 0);
    pretend.later_us = (int64_t)(UPLOAD_TIME_MAX_S - 1) * 1000000;
    assert_int_equal(feed(place, "bytes"), 0);
    pretend.later_us += 2000000;
    assert_failed(place, feed(place, "bytes"), ERR_TIMED_OUT,
                  "the form took more than 10 minutes to come");
}

static void all_of_it_has_a_limit(void **state)
{
    struct place *place = *state;
    char *bytes = calloc(1, UPLOAD_FILE_MAX + 1);
    int result = feed(place, PART("f", ""));
    assert_int_equal(result, 0);
    result = web_upload_feed(place->upload, bytes, UPLOAD_FILE_MAX, &place->detail);
    assert_int_equal(result, 0);
    result = web_upload_feed(place->upload, bytes, 1, &place->detail);
    assert_failed(place, result, ERR_LIMIT, "part 1 of the form, 'f': it has more than 5 MiB");
    free(bytes);
    place->detail.text[0] = '\0';
    web_upload_free(place->upload);
    assert_int_equal(web_upload_new(place->folder, "doc", TYPE, &place->upload, NULL), 0);
    bytes = calloc(1, UPLOAD_BODY_MAX + 1);
    result = web_upload_feed(place->upload, bytes, UPLOAD_BODY_MAX + 1, &place->detail);
    assert_failed(place, result, ERR_LIMIT, "the form has more than 25 MiB");
    free(bytes);
}

static void a_document_has_a_limit(void **state)
{
    struct place *place = *state;
    char *bytes = calloc(1, UPLOAD_DOCUMENT_MAX + 1);
    assert_int_equal(feed(place, DOCUMENT), 0);
    assert_int_equal(web_upload_feed(place->upload, bytes, UPLOAD_DOCUMENT_MAX + 1, &place->detail),
                     ERR_LIMIT);
    assert_string_equal(place->detail.text, "part 1 of the form, 'doc': it has more than 256 KiB");
    free(bytes);
}

static void without_a_document_it_is_none(void **state)
{
    struct place *place = *state;
    JSON_CLEANUP json_t *arguments = json_object();
    assert_int_equal(feed(place, PART("f", "") "bytes\r\n--b--"), 0);
    assert_failed(place, web_upload_end(place->upload, arguments, &place->detail), ERR_SYNTAX,
                  "the form has no part 'doc'");
    assert_int_equal(json_object_size(arguments), 0);
}

/* Where a file system has no files without a name, the name is gone at once. */
static void a_name_is_gone_at_once(void **state)
{
    struct place *place = *state;
    struct web_upload *upload;
    pretend.no_tmpfile = true;
    assert_int_equal(web_upload_new(place->folder, "doc", TYPE, &upload, NULL), 0);
    assert_int_equal(count_names(place->folder), 0);
    web_upload_free(upload);
    pretend.no_tmpfile = false;
    assert_int_equal(web_upload_new("/nonexistent", "doc", TYPE, &upload, NULL), -ENOENT);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(IN_PLACE(files_lie_one_behind_the_other), IN_PLACE(a_full_disk_is_told),
          IN_PLACE(who_is_too_slow_is_told), IN_PLACE(all_of_it_has_a_limit),
          IN_PLACE(a_document_has_a_limit), IN_PLACE(without_a_document_it_is_none),
          IN_PLACE(a_name_is_gone_at_once))
