/* Files of the IANA that are refused, and the words: what is wrong and in which line. */
#include "proto/iana/registrars.h"
#include "proto/iana/root_db.h"
#include "proto/iana/root_zone.h"

#include "base/buffer.h"

#include "refusal.h"

enum { ARENA_MAX = 256 << 20, TEXT_MAX = 32 << 20 };

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define ROW(text, code, words)                                                                     \
    {                                                                                              \
        text, sizeof(text) - 1, code, words                                                        \
    }

struct refused {
    const char *text;
    size_t size;
    int code;
    const char *words;
};

/* Each reader behind one signature; what it read is of no interest here. */
typedef int reader(const char *text, size_t size, struct arena *arena, struct error_detail *detail);

static int read_zone(const char *text, size_t size, struct arena *arena,
                     struct error_detail *detail)
{
    struct root_zone zone;
    return root_zone_parse(text, size, arena, &zone, detail);
}

static int read_page(const char *text, size_t size, struct arena *arena,
                     struct error_detail *detail)
{
    struct root_db db;
    return root_db_parse(text, size, arena, &db, detail);
}

static int read_registrars(const char *text, size_t size, struct arena *arena,
                           struct error_detail *detail)
{
    struct registrar_list list;
    return registrars_parse(text, size, arena, &list, detail);
}

static void expect_refused(reader *read, const struct refused *row)
{
    struct arena arena ARENA_CLEANUP;
    struct error_detail detail = {0};
    arena_init(&arena, ARENA_MAX);
    assert_refused(read(row->text, row->size, &arena, &detail), row->code, &detail, row->words);
}

#define SOA ". 1 IN SOA a. b. 7 1 1 1 1\n"

static void root_zones_are_refused_with_their_line(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        ROW(SOA "aaa 1 IN NS ns.aaa.\n", ERR_SYNTAX,
            "line 2: owner 'aaa' is no fully qualified name"),
        ROW(SOA "aaa. 1 IN NS\n", ERR_SYNTAX,
            "line 2: expected `name TTL IN TYPE data` with whole data"),
        ROW(SOA "aaa. 1 CH NS ns.aaa.\n", ERR_SYNTAX, "line 2: expected `name TTL IN"),
        ROW("aaa. 1 IN SOA a. b. 7 1 1 1 1\n", ERR_SYNTAX, "line 1: not the SOA record of a root"),
        ROW(". 1 IN SOA a. b. 7 1 1 1\n", ERR_SYNTAX, "line 1: not the SOA record of a root zone"),
        ROW(SOA "aaa. 1 IN NS ns.aaa.\n. 1 IN SOA a. b. 8 1 1 1 1\n", ERR_DAMAGED,
            "line 3: serial 8 after 7: halves of two zones"),
        ROW(SOA "aaa. 1 IN NS ns.aaa\n", ERR_SYNTAX, "line 2: 'ns.aaa' is no fully qualified name"),
        ROW(SOA "\naaa. 1 IN DS 1 13 2\n", ERR_SYNTAX, "line 3: DS record is cut off"),
        ROW(SOA "ns.aaa. 1 IN A 192.0.2\n", ERR_SYNTAX,
            "line 2: '192.0.2' is no address for a record of type A"),
        ROW(SOA "ns.aaa. 1 IN AAAA 192.0.2.1\n", ERR_SYNTAX,
            "line 2: '192.0.2.1' is no address for a record of type AAAA"),
        ROW("", ERR_DAMAGED, "the last line is cut off"),
        ROW(SOA "aaa. 1 IN", ERR_DAMAGED, "the last line is cut off"),
        ROW(SOA "\0\n", ERR_SYNTAX, "the file holds a NUL byte: not a master file"),
        ROW("; of today\naaa. 1 IN NS ns.aaa.\n" SOA, ERR_SYNTAX,
            "line 2: a root zone begins with its SOA record"),
        ROW(SOA "aaa. 1 IN NS ns.aaa.\n", ERR_DAMAGED, "the file does not prove that it is whole"),
        ROW(SOA ". 1 IN NSEC aaa. SOA\naaa. 1 IN NSEC . NS\naaa. 1 IN NS a.\nbbb. 1 IN NS b.\n",
            ERR_DAMAGED, "the NSEC chain visits 1 delegations but the file holds 2"),
        {"", ROOT_ZONE_MAX + 1, ERR_LIMIT, "larger than 67108864 bytes"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_refused(read_zone, &rows[i]);
}

#define PAGE(rows) "<table id=\"tld-table\"><tbody>" rows "</tbody></table>"
#define AAA(type)                                                                                  \
    "<tr><td><a href=\"/domains/root/db/aaa.html\">.aaa</a></td><td>" type "</td><td>M</td></tr>"

static void pages_of_the_root_database_are_refused_with_their_row(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        ROW(PAGE("<tr><td>aaa</td></tr>"), ERR_SYNTAX, "row 1: a row without TLD, type and manag"),
        ROW(PAGE(AAA("generic") AAA("exotic")), ERR_SYNTAX,
            "row 2: TLD 'aaa' has the unknown type 'exotic'"),
        ROW(PAGE(""), ERR_DAMAGED, "the table 'tld-table' has no rows"),
        ROW("<p>moved</p>", ERR_DAMAGED, "no whole table 'tld-table'"),
        ROW(PAGE("\0"), ERR_SYNTAX, "the file holds a NUL byte: not a page"),
        {"", ROOT_DB_MAX + 1, ERR_LIMIT, "larger than 16777216 bytes"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_refused(read_page, &rows[i]);
}

#define HEADER "ID,Registrar Name,Status,RDAP Base URL\n"

static void lists_of_registrars_are_refused_with_their_line(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        ROW(HEADER "1,Y,Reserved,\nx,Z,Reserved,\n", ERR_SYNTAX, "line 3: 'x' is no Registrar ID"),
        ROW(HEADER "1,Z,Retired,\n", ERR_SYNTAX, "line 2: unknown status 'retired'"),
        ROW(HEADER "7,Y,Reserved,\n7,Z,Reserved,\n", ERR_SYNTAX,
            "Registrar ID 7 stands there twice"),
        ROW(HEADER "1,\"Z\n\",Reserved,\n2,Y\n", ERR_SYNTAX, "line 4: 2 fields, expected 4"),
        ROW(HEADER "1,Z,Reserved,,more\n", ERR_SYNTAX, "line 2: more than 4 fields"),
        ROW(HEADER "1,\"Z,Reserved,\n", ERR_SYNTAX, "line 2: field 2 is not closed"),
        ROW("ID,Name,Status,RDAP Base URL\n", ERR_SYNTAX,
            "line 1: column 2 is 'Name', expected 'Registrar Name'"),
        ROW("\xef\xbb\xbf" HEADER "1", ERR_DAMAGED, "the last line is cut off"),
        ROW(HEADER "\0\n", ERR_SYNTAX, "the file holds a NUL byte: not CSV"),
        {"", REGISTRARS_FILE_MAX + 1, ERR_LIMIT, "larger than 16777216 bytes"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_refused(read_registrars, &rows[i]);
}

/* Files of one row too many, each with a name of its own. */
static void one_row_too_many_is_refused(void **state)
{
    (void)state;
    static const struct {
        reader *read;
        const char *head, *before, *after, *foot, *words;
    } files[] = {
        {read_zone, SOA, "t", ". 1 IN NS a.\n", SOA, "more than 100000 TLDs"},
        {read_page, "<table id=\"tld-table\"><tbody>", "<tr><a href=\"/domains/root/db/t",
         ".html\"></td><td>generic</td><td>M</td></tr>", "</table>", "more than 100000 rows"},
        {read_registrars, HEADER, "", ",Z,Reserved,\n", "", "more than 100000 rows"},
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        BUFFER_CLEANUP struct buffer text;
        buffer_init(&text, TEXT_MAX);
        buffer_append_text(&text, files[i].head);
        for (int n = 0; n <= 100000; n++)
            buffer_printf(&text, "%s%d%s", files[i].before, n, files[i].after);
        buffer_append_text(&text, files[i].foot);
        assert_int_equal(buffer_error(&text), 0);
        expect_refused(files[i].read, &(struct refused){(const char *)text.data, text.size,
                                                        ERR_LIMIT, files[i].words});
    }
}

TEST_MAIN(cmocka_unit_test(root_zones_are_refused_with_their_line),
          cmocka_unit_test(pages_of_the_root_database_are_refused_with_their_row),
          cmocka_unit_test(lists_of_registrars_are_refused_with_their_line),
          cmocka_unit_test(one_row_too_many_is_refused))
