/* Forms with files: RFC 7578, RFC 2046 5.1. */
#include "web/multipart.h"

#include "base/buffer.h"
#include "testing.h"

#include <stdio.h>

#define TYPE "multipart/form-data; boundary=b-1"
#define HEAD(name) "--b-1\r\nContent-Disposition: form-data; name=\"" name "\""
#define TOO_LONG "12345678901234567890123456789012345678901234567890123456789012345678901"
#define END "\r\n--b-1--\r\n"

struct told {
    struct buffer text;
    int failure; /* what the sink says to bytes */
};

static int begin(void *context, const struct multipart_part *part, struct error_detail *detail)
{
    struct told *told = context;
    (void)detail;
    return buffer_printf(&told->text, "<%zu|%s|%s|%s>", part->number, part->name, part->file_name,
                         part->media_type);
}

static int take(void *context, const void *data, size_t size, struct error_detail *detail)
{
    struct told *told = context;
    (void)detail;
    assert_true(size > 0);
    return told->failure ? told->failure : buffer_append(&told->text, data, size);
}

static int end(void *context, struct error_detail *detail)
{
    struct told *told = context;
    (void)detail;
    return buffer_append_text(&told->text, "</>");
}

static int read_in_steps(const char *type, const char *body, size_t size, size_t step,
                         struct told *told, struct error_detail *detail)
{
    const struct multipart_sink sink = {told, begin, take, end};
    struct multipart form;
    buffer_init(&told->text, 1 << 20);
    *detail = (struct error_detail){.text = ""};
    int result = multipart_begin(&form, type, &sink, detail);
    for (size_t at = 0; result >= 0 && at < size; at += step)
        result = multipart_feed(&form, body + at, size - at < step ? size - at : step, detail);
    return result < 0 ? result : multipart_end(&form, detail);
}

/* The same is read wherever the body is cut. */
static void assert_read(const char *body, size_t size, const char *expected)
{
    for (size_t step = 1; step <= size; step += step < 80 ? 1 : size) {
        struct told told = {.failure = 0};
        struct error_detail detail;
        int result = read_in_steps(TYPE, body, size, step, &told, &detail);
        assert_string_equal(detail.text, "");
        assert_int_equal(result, 0);
        assert_string_equal(buffer_text(&told.text), expected);
        buffer_done(&told.text);
    }
}

static void assert_refused_form(const char *body, size_t size, int failure, const char *words)
{
    for (size_t step = 1; step <= size; step += size > 1 ? size - 1 : 1) {
        struct told told = {.failure = 0};
        struct error_detail detail;
        int result = read_in_steps(TYPE, body, size, step, &told, &detail);
        assert_string_equal(detail.text, words);
        assert_int_equal(result, failure);
        buffer_done(&told.text);
    }
}
#define REFUSED(body, failure, words) assert_refused_form((body), sizeof(body) - 1, failure, words)

static void parts_come_with_their_fields(void **state)
{
    (void)state;
    static const char body[] = HEAD("complaint") "\r\nContent-Type: Application/JSON ; charset=x"
                                                 "\r\n\r\n{\"a\":1}\r\n" HEAD(
                                                     "a_b.c-1") "; filename=\"x y.png\"\r\n"
                                                                "content-type:image/png\r\n"
                                                                "X-Other: what\r\n"
                                                                "Content-Transfer-Encoding: Binary"
                                                                "\r\n\r\nbytes" END;
    assert_read(body, sizeof body - 1,
                "<1|complaint||application/json>{\"a\":1}</><2|a_b.c-1|x y.png|image/png>bytes</>");
}

static void what_is_almost_a_delimiter_is_the_parts(void **state)
{
    (void)state;
    static const char body[] = HEAD("x") "\r\n\r\n\r\n--b-\r\n--b\r\r\n-\n--b-1\r\r\n--b-2--\r" END;
    assert_read(body, sizeof body - 1, "<1|x||>\r\n--b-\r\n--b\r\r\n-\n--b-1\r\r\n--b-2--\r</>");
}

static void parts_may_be_empty(void **state)
{
    (void)state;
    static const char with_line[] = HEAD("x") "\r\n\r\n" END, without[] = HEAD("x") "\r\n" END;
    static const char no_end[] = HEAD("x") "\r\n\r\n\r\n--b-1--";
    assert_read(with_line, sizeof with_line - 1, "<1|x||></>");
    assert_read(without, sizeof without - 1, "<1|x||></>");
    assert_read(no_end, sizeof no_end - 1, "<1|x||></>");
}

static void file_names_are_one_plain_line(void **state)
{
    (void)state;
    static const struct {
        const char *sent, *kept;
    } names[] = {
        {"/etc/passwd", "passwd"},
        {"..\\..\\a.exe", "a.exe"},
        {"C:/x/", ""},
        {"..", ".."},
        {"a\xe2\x80\xaegpj.exe", "agpj.exe"},
        {"a\xc2\x9b\t.txt", "a.txt"},
        {"\xd9\x85\xd8\xb1.txt", "\xd9\x85\xd8\xb1.txt"},
        {"say %22hi%22.txt", "say %22hi%22.txt"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char body[300], expected[100];
        int size =
            snprintf(body, sizeof body, HEAD("x") "; filename=\"%s\"\r\n\r\n1" END, names[i].sent);
        snprintf(expected, sizeof expected, "<1|x|%s|>1</>", names[i].kept);
        assert_read(body, (size_t)size, expected);
    }
}

static void a_long_file_name_keeps_its_end(void **state)
{
    (void)state;
    char name[403], body[600], expected[300];
    for (size_t i = 0; i < 200; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 3);
    name[399] = 'e'; /* the last character would be cut in its middle */
    name[398] = 'e';
    int size = snprintf(body, sizeof body, HEAD("x") "; filename=\"%s.\"\r\n\r\n1" END, name);
    snprintf(expected, sizeof expected, "<1|x|%s.|>1</>", name + 400 - 198);
    assert_read(body, (size_t)size, expected);
}

static void boundaries_are_read(void **state)
{
    (void)state;
    static const char *const good[] = {"multipart/form-data; boundary=b-1",
                                       "multipart/form-data;charset=utf-8 ; Boundary=\"b-1\"",
                                       "Multipart/Form-Data ;\tboundary=b-1"};
    static const char *const wrong[] = {"multipart/form-data",
                                        "multipart/form-data; boundary=",
                                        "multipart/form-data; boundary=\"\"",
                                        "multipart/form-data; boundary=\"b 1\"",
                                        "multipart/form-data; boundary=\"b-1",
                                        "multipart/form-data; boundary = b-1",
                                        "multipart/form-data; boundary=b-1 c",
                                        ("multipart/form-data; boundary=" TOO_LONG)};
    static const char body[] = HEAD("x") "\r\n\r\n1" END;
    struct error_detail detail;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct told told = {.failure = 0};
        assert_int_equal(read_in_steps(good[i], body, sizeof body - 1, 7, &told, &detail), 0);
        buffer_done(&told.text);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct told told = {.failure = 0};
        assert_int_equal(read_in_steps(wrong[i], "", 0, 1, &told, &detail), ERR_SYNTAX);
        assert_string_equal(detail.text, "the Content-Type says no boundary of 1 to 70 letters, "
                                         "digits and signs");
    }
    struct told told = {.failure = 0};
    assert_int_equal(read_in_steps(TYPE "; boundary=c", "", 0, 1, &told, &detail), ERR_SYNTAX);
    assert_string_equal(detail.text, "the Content-Type says two boundaries");
}

static void malformed_forms_are_refused_with_words(void **state)
{
    (void)state;
#define PART1 "part 1 of the form: "
#define HEADED(fields) "--b-1\r\n" fields "\r\n\r\n1" END
    REFUSED("\r\n", ERR_SYNTAX, "the form does not begin with its boundary");
    REFUSED("preamble\r\n" HEAD("x") "\r\n\r\n1" END, ERR_SYNTAX,
            "the form does not begin with its boundary");
    REFUSED("--b", ERR_SYNTAX, "the form has no part");
    REFUSED(HEAD("x"), ERR_SYNTAX, PART1 "the form was cut off here");
    REFUSED(HEAD("x") "\r\n\r\nabc", ERR_SYNTAX, PART1 "the form was cut off here");
    REFUSED(HEAD("x") "\r\n\r\nabc\r\n--b-1", ERR_SYNTAX, PART1 "the form was cut off here");
    REFUSED(HEAD("x") "\r\n\r\n1\r\n--b-12", ERR_SYNTAX, PART1 "the form was cut off here");
    REFUSED(HEAD("x") "\r\n\r\n1\r\n--b-123", ERR_SYNTAX,
            "behind part 1 of the form: the boundary does not end its line");
    REFUSED(HEAD("x") "\r\n\r\n1" END "epilogue", ERR_SYNTAX,
            "something stands behind the end of the form");
    REFUSED(HEAD("x") "\r\n\r\n1" END "\r\n", ERR_SYNTAX,
            "something stands behind the end of the form");
    REFUSED(HEADED(""), ERR_SYNTAX, PART1 "it has no Content-Disposition");
    REFUSED(HEADED("no field"), ERR_SYNTAX, PART1 "a line of its head is no field");
    REFUSED(HEADED("Content-Type: text/plain"), ERR_SYNTAX, PART1 "it has no Content-Disposition");
    REFUSED(HEADED("Content-Disposition: attachment; name=\"x\""), ERR_SYNTAX,
            PART1 "its Content-Disposition is not form-data");
    REFUSED(HEADED("Content-Disposition: form-data"), ERR_SYNTAX, PART1 "it has no name");
    REFUSED(HEADED("Content-Disposition: form-data; name=\"x"), ERR_SYNTAX,
            PART1 "its Content-Disposition is malformed");
    REFUSED(HEADED("Content-Disposition: form-data; name=\"x\" y"), ERR_SYNTAX,
            PART1 "its Content-Disposition is malformed");
    REFUSED(HEADED("Content-Disposition: form-data; name=\"a b\""), ERR_SYNTAX,
            PART1 "its name is not 1 to 64 letters, digits and '.', '_', '-'");
    REFUSED(HEADED("Content-Disposition: form-data; name=\"\""), ERR_SYNTAX,
            PART1 "its name is not 1 to 64 letters, digits and '.', '_', '-'");
    REFUSED(HEADED("Content-Disposition: form-data; name=x; name=y"), ERR_SYNTAX,
            PART1 "it has two names");
    REFUSED(HEADED("Content-Disposition: form-data; name=x; filename=a; filename=b"), ERR_SYNTAX,
            PART1 "it has two names");
    REFUSED(HEADED("Content-Disposition: form-data; name=x; filename*=utf-8''a"), ERR_SYNTAX,
            PART1 "a form has no filename* (RFC 7578 4.2)");
    REFUSED(HEAD("x") "\r\n" HEAD("y") "\r\n\r\n1" END, ERR_SYNTAX,
            PART1 "a line of its head is no field");
    REFUSED(HEAD("x") "\r\nContent-Type: a/b\r\ncontent-type: a/b\r\n\r\n1" END, ERR_SYNTAX,
            PART1 "a field of its head stands twice");
    REFUSED(HEAD("x") "\r\nContent-Type: text\r\n\r\n1" END, ERR_SYNTAX,
            PART1 "its Content-Type is malformed");
    REFUSED(HEAD("x") "\r\nContent-Type: a/b c\r\n\r\n1" END, ERR_SYNTAX,
            PART1 "its Content-Type is malformed");
    REFUSED(HEAD("x") "\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n1" END, ERR_UNSUPPORTED,
            PART1 "it has parts of its own");
    REFUSED(HEAD("x") "\r\nContent-Transfer-Encoding: base64\r\n\r\n1" END, ERR_UNSUPPORTED,
            PART1 "its bytes come as they are, without Content-Transfer-Encoding");
    REFUSED(HEAD("x") "; filename=\"a\0.exe\"\r\n\r\n1" END, ERR_SYNTAX,
            PART1 "its head has a control character");
    REFUSED(HEAD("x") "\r\n folded: y\r\n\r\n1" END, ERR_SYNTAX,
            PART1 "a line of its head is no field");
    REFUSED(HEAD("x") "\nX: y\r\n\r\n1" END, ERR_SYNTAX, PART1 "its head has a control character");
    REFUSED(HEAD("x") "; filename=\"\xff\"\r\n\r\n1" END, ERR_SYNTAX, PART1 "its head is no UTF-8");
}

static void everything_has_a_limit(void **state)
{
    (void)state;
    static char body[64 * 1024];
    size_t size = 0;
    for (int i = 0; i < 33; i++)
        size += (size_t)snprintf(body + size, sizeof body - size, "%s" HEAD("x") "\r\n\r\n1",
                                 i ? "\r\n" : "");
    assert_refused_form(body, size, ERR_LIMIT, "the form has more than 32 parts");
    size = (size_t)snprintf(body, sizeof body, "%s", HEAD("x") "; filename=\"");
    memset(body + size, 'a', 3000);
    assert_refused_form(body, size + 3000, ERR_LIMIT,
                        "part 1 of the form: its head has more than 2048 bytes");
    size = (size_t)snprintf(body, sizeof body, "%s\r\n", HEAD("x"));
    for (int i = 0; i < 16; i++)
        size += (size_t)snprintf(body + size, sizeof body - size, "X-%d: y\r\n", i);
    size += (size_t)snprintf(body + size, sizeof body - size, "\r\n1" END);
    assert_refused_form(body, size, ERR_LIMIT,
                        "part 1 of the form: its head has more than 16 fields");
}

static void what_the_sink_says_ends_it(void **state)
{
    (void)state;
    static const char body[] = HEAD("x") "\r\n\r\n12345" END;
    struct told told = {.failure = ERR_UNAVAILABLE};
    struct error_detail detail;
    assert_int_equal(read_in_steps(TYPE, body, sizeof body - 1, 4, &told, &detail),
                     ERR_UNAVAILABLE);
    assert_string_equal(buffer_text(&told.text), "<1|x||>");
    buffer_done(&told.text);
}

TEST_MAIN(cmocka_unit_test(parts_come_with_their_fields),
          cmocka_unit_test(what_is_almost_a_delimiter_is_the_parts),
          cmocka_unit_test(parts_may_be_empty), cmocka_unit_test(file_names_are_one_plain_line),
          cmocka_unit_test(a_long_file_name_keeps_its_end), cmocka_unit_test(boundaries_are_read),
          cmocka_unit_test(malformed_forms_are_refused_with_words),
          cmocka_unit_test(everything_has_a_limit), cmocka_unit_test(what_the_sink_says_ends_it))
