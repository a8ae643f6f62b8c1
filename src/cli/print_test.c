/* What others wrote, as words on a terminal and as they are elsewhere. */
#include "cli/print.h"

#include "refusal.h"

#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What cli_print() writes of `text`, to a terminal or to a pipe. */
static void print_to(bool terminal, const char *text, const char *list, char *seen, size_t size)
{
    const struct cli cli = {0};
    int ends[2], kept = dup(STDOUT_FILENO);
    json_t *object JSON_CLEANUP = json_pack("{s:s, s:[{s:s}]}", "text", text, "rows", "text", text);
    assert_int_equal(terminal ? openpty(&ends[0], &ends[1], NULL, NULL, NULL) : pipe(ends), 0);
    fflush(stdout);
    dup2(ends[1], STDOUT_FILENO);
    cli_print(&cli, object, list, "text");
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    ssize_t count = read(ends[0], seen, size - 1);
    assert_true(count > 0);
    seen[count] = '\0';
    close(ends[0]);
    close(ends[1]);
    close(kept);
}

static const char hostile[] = "a\x1b[2Jb\xc2\x9b"
                              "2Jc\xe2\x80\xae"
                              "d\x7f\xd8\x9c\xe2\x81\xa6\xc3\xa9";

static void what_others_wrote_steers_no_terminal(void **state)
{
    (void)state;
    char seen[400];
    print_to(true, hostile, NULL, seen, sizeof seen);
    assert_non_null(strstr(seen, "text: a?[2Jb?2Jc?d???\xc3\xa9\r\n"));
    print_to(true, "one\ntwo\tthree", NULL, seen, sizeof seen);
    assert_non_null(strstr(seen, "one\r\ntwo\tthree"));
}

static void a_file_gets_what_was_written(void **state)
{
    (void)state;
    char seen[400];
    print_to(false, hostile, NULL, seen, sizeof seen);
    assert_non_null(strstr(seen, hostile));
}

/* A table is for people, wherever it goes. */
static void a_cell_is_harmless_everywhere(void **state)
{
    (void)state;
    char seen[400];
    print_to(false, hostile, "rows", seen, sizeof seen);
    assert_non_null(strstr(seen, "a?[2Jb?2Jc?d???\xc3\xa9\n"));
}

TEST_MAIN(cmocka_unit_test(what_others_wrote_steers_no_terminal),
          cmocka_unit_test(a_file_gets_what_was_written),
          cmocka_unit_test(a_cell_is_harmless_everywhere))
