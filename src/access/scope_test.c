#include "access/scope.h"

#include "refusal.h"

#include <stdio.h>
#include <string.h>

static void a_scope_is_words_that_are_known(void **state)
{
    (void)state;
    static const char *const good[] = {"read",           "write",       "read write",
                                       "case.answer",    "complaint.*", "user.token.add",
                                       "/deadlines.ics", "/",           "/api/v1/matrix read"};
    static const char *const bad[] = {
        "",      " read",   "read ",    "read  write", "all",      "case",
        "case.", ".answer", "case.an*", "*",           "case..x",  "/a/",
        "//",    "/a b/",   "/a?b",     "Case.answer", "/\xc3\xa4"};
    struct error_detail detail = {0};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(scope_check(good[i], NULL), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(scope_check(bad[i], NULL), ERR_SYNTAX);
    assert_refused(scope_check("read all", &detail), ERR_SYNTAX, &detail,
                   "'all': a token may read, write, run a command");
    char word[SCOPE_WORD_MAX + 2], text[SCOPE_TEXT_MAX + 2] = "";
    memset(word, 'a', sizeof word - 1);
    word[0] = '/';
    word[sizeof word - 1] = '\0';
    assert_int_equal(scope_check(word, NULL), ERR_SYNTAX);
    while (strlen(text) + 5 < sizeof text)
        snprintf(text + strlen(text), sizeof text - strlen(text), "read ");
    memset(text + strlen(text), 'x', sizeof text - 1 - strlen(text));
    text[sizeof text - 1] = '\0';
    assert_refused(scope_check(text, &detail), ERR_LIMIT, &detail, "a token is for at most");
}

static void what_no_word_names_is_refused(void **state)
{
    (void)state;
    assert_true(scope_may_read("read", "/cases/c-1"));
    assert_false(scope_may_read("write case.* /cases", "/"));
    assert_true(scope_may_read("/cases", "/cases"));
    assert_true(scope_may_read("/cases", "/cases/c-1"));
    assert_false(scope_may_read("/cases", "/cases.csv"));
    assert_false(scope_may_read("/cases/c-1", "/cases"));
    assert_true(scope_may_read("/", "/matrix"));
    assert_true(scope_may_run("write", "case.answer"));
    assert_false(scope_may_run("read /", "case.answer"));
    assert_true(scope_may_run("read case.answer", "case.answer"));
    assert_false(scope_may_run("case.answer", "case.answers"));
    assert_true(scope_may_run("case.*", "case.answer"));
    assert_false(scope_may_run("case.*", "cases.answer"));
    assert_false(scope_may_run("case.*", "case"));
    assert_false(scope_may_run("", "case.answer"));
    assert_false(scope_may_read("", "/"));
}

/* T2 of app/token.h. */
static void a_scope_covers_no_more_than_it_lets(void **state)
{
    (void)state;
    static const struct {
        const char *scope, *wanted;
        bool covers;
    } rows[] = {
        {"read write", "read write", true},
        {"read write", "case.answer complaint.* /matrix", true},
        {"read", "write", false},
        {"write", "read", false},
        {"write", "/matrix", false},
        {"read", "case.answer", false},
        {"case.*", "case.answer", true},
        {"case.*", "case.*", true},
        {"case.answer", "case.*", false},
        {"user.*", "read write", false},
        {"/", "read", false},
        {"/cases", "/cases/c-1", true},
        {"/cases/c-1", "/cases", false},
        {"read.* write.*", "read write", false},
        {"read write", "read  write", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (scope_covers(rows[i].scope, rows[i].wanted) != rows[i].covers)
            fail_msg("'%s' of '%s'", rows[i].wanted, rows[i].scope);
    }
}

TEST_MAIN(cmocka_unit_test(a_scope_is_words_that_are_known),
          cmocka_unit_test(what_no_word_names_is_refused),
          cmocka_unit_test(a_scope_covers_no_more_than_it_lets))
