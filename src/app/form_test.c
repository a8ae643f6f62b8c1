/* Files of a form, as the staff door hands them over, which is believed no more than who sent it.
 */
#include "app/form.h"

#include "testing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct form_limits limits = {.files = 3, .bytes_each = 8, .bytes_all = 12};

struct sent {
    struct arena arena;
    struct error_detail detail;
    struct form form;
    json_t *arguments;
    int file;
};

/* An open file without a name, with these bytes. */
static int open_file(const char *bytes)
{
    char name[] = "/tmp/bailiwick-form-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    return fd;
}

static int read_sent(struct sent *sent, const char *files, int file)
{
    char text[1024];
    *sent = (struct sent){.file = file};
    snprintf(text, sizeof text, "{\"files\":%s}", files);
    assert_int_equal(json_parse(text, strlen(text), &sent->arguments, NULL), 0);
    arena_init(&sent->arena, 1 << 20);
    struct call call = {.arguments = sent->arguments,
                        .detail = &sent->detail,
                        .file = sent->file < 0 ? NULL : &sent->file};
    return form_read(&call, &limits, &sent->arena, &sent->form);
}

static void end(struct sent *sent)
{
    arena_done(&sent->arena);
    json_decref(sent->arguments);
    if (sent->file >= 0)
        close(sent->file);
}

#define ROW(name, offset, size)                                                                    \
    "{\"name\":\"" name "\",\"file_name\":\"n\",\"media_type\":\"a/b\",\"offset\":" #offset        \
    ",\"size\":" #size "}"

static void files_lie_where_it_is_said(void **state)
{
    (void)state;
    struct sent sent;
    const struct form_file *file;
    assert_int_equal(
        read_sent(&sent, "[" ROW("x", 0, 3) "," ROW("y", 3, 4) "]", open_file("onetwo2")), 0);
    assert_int_equal(sent.form.count, 2);
    assert_int_equal(form_take(&sent.form, "y", "/e/0", &file, &sent.detail), 0);
    assert_int_equal(file->bytes.size, 4);
    assert_memory_equal(file->bytes.data, "two2", 4);
    const struct digest digest = digest_of("two2", 4);
    assert_true(digest_equal(&file->sha256, &digest));
    assert_int_equal(form_check_taken(&sent.form, &sent.detail), ERR_SYNTAX);
    assert_string_equal(sent.detail.text,
                        "the part 'x' of the form is no exhibit's: none of /exhibits names it");
    sent.detail.text[0] = '\0';
    assert_int_equal(form_take(&sent.form, "y", "/e/1", &file, &sent.detail), ERR_SYNTAX);
    assert_string_equal(sent.detail.text,
                        "/e/1/part: no part 'y' came with a form, or another exhibit has it");
    assert_int_equal(form_take(&sent.form, "x", "/e/1", &file, NULL), 0);
    assert_int_equal(form_check_taken(&sent.form, NULL), 0);
    end(&sent);
}

static void no_files_are_none(void **state)
{
    (void)state;
    struct sent sent = {.file = -1};
    JSON_CLEANUP json_t *none = json_object();
    struct call call = {.arguments = none, .detail = &sent.detail};
    arena_init(&sent.arena, 1 << 20);
    assert_int_equal(form_read(&call, &limits, &sent.arena, &sent.form), 0);
    assert_int_equal(sent.form.count, 0);
    end(&sent);
}

static void what_is_said_wrong_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *files;
        int failure;
        const char *words;
    } rows[] = {
        {"1", ERR_SYNTAX, "the argument 'files' is malformed"},
        {"[1]", ERR_SYNTAX, "the argument 'files' is malformed"},
        {"[{}]", ERR_SYNTAX, "the argument 'files' is malformed"},
        {"[" ROW("", 0, 1) "]", ERR_SYNTAX, "the argument 'files' is malformed"},
        {"[" ROW("x", -1, 1) "]", ERR_SYNTAX, "the argument 'files' is malformed"},
        {"[" ROW("x", 0, -1) "]", ERR_SYNTAX, "the argument 'files' is malformed"},
        {"[" ROW("x", 0, 0) "]", ERR_SYNTAX, "the part 'x' of the form is empty"},
        {"[" ROW("x", 0, 9) "]", ERR_LIMIT, "the part 'x' of the form has more than 8 bytes"},
        {"[" ROW("x", 0, 8) "," ROW("y", 0, 8) "]", ERR_LIMIT,
         "the files of the form have more than 12 bytes"},
        {"[1,2,3,4]", ERR_LIMIT, "the form has more than 3 files"},
        {"[" ROW("x", 5, 8) "]", ERR_CLOSED, "the part 'x' of the form: the other side closed"},
        {"[" ROW("x", 9223372036854775800, 8) "]", -EINVAL,
         "the part 'x' of the form: Invalid argument"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sent sent;
        int result = read_sent(&sent, rows[i].files, open_file("12345678"));
        assert_string_equal(sent.detail.text, rows[i].words);
        assert_int_equal(result, rows[i].failure);
        end(&sent);
    }
}

/* A pipe would make the core wait, and who hands over none has none. */
static void only_a_file_is_read(void **state)
{
    (void)state;
    struct sent sent;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(read_sent(&sent, "[" ROW("x", 0, 1) "]", ends[0]), ERR_DENIED);
    assert_string_equal(sent.detail.text, "what came with the request is no file");
    end(&sent);
    close(ends[1]);
    assert_int_equal(read_sent(&sent, "[" ROW("x", 0, 1) "]", -1), ERR_SYNTAX);
    assert_string_equal(sent.detail.text,
                        "the argument 'files' is for forms that the staff door took");
    end(&sent);
}

static void declared_digests_are_those_of_the_bytes(void **state)
{
    (void)state;
    const struct digest digest = digest_of("x", 1);
    struct error_detail detail = {0};
    char hex[DIGEST_HEX];
    assert_int_equal(form_check_digest(NULL, &digest, "/e/0", &detail), 0);
    assert_int_equal(form_check_digest(digest_format(&digest, hex), &digest, "/e/0", &detail), 0);
    assert_int_equal(form_check_digest("00", &digest, "/e/0", &detail), ERR_SYNTAX);
    assert_string_equal(detail.text, "/e/0/sha256 is no SHA-256 (64 hexadecimal digits)");
    detail.text[0] = '\0';
    hex[0] = hex[0] == '0' ? '1' : '0';
    assert_int_equal(form_check_digest(hex, &digest, "/e/0", &detail), ERR_SYNTAX);
    assert_non_null(
        strstr(detail.text, "/e/0/sha256: the bytes that came have another digest, 2d71"));
}

TEST_MAIN(cmocka_unit_test(files_lie_where_it_is_said), cmocka_unit_test(no_files_are_none),
          cmocka_unit_test(what_is_said_wrong_is_refused), cmocka_unit_test(only_a_file_is_read),
          cmocka_unit_test(declared_digests_are_those_of_the_bytes))
