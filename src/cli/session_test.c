/* What somebody at the command line reads when nothing can be done for them. */
#include "cli/session.h"

#include "cli/load.h"
#include "cli/staff_door.h"
#include "descriptors.h"
#include "refusal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Standard error goes to a file until read_errors(). */
struct errors {
    FILE *file;
    int before;
};

static void catch_errors(struct errors *errors)
{
    errors->file = tmpfile();
    assert_non_null(errors->file);
    errors->before = dup(STDERR_FILENO);
    assert_true(dup2(fileno(errors->file), STDERR_FILENO) >= 0);
}

static void read_errors(struct errors *errors, char *words, size_t room)
{
    fflush(stderr);
    assert_true(dup2(errors->before, STDERR_FILENO) >= 0);
    close(errors->before);
    rewind(errors->file);
    words[fread(words, 1, room - 1, errors->file)] = '\0';
    fclose(errors->file);
}

static void what_only_the_daemon_can_do_says_so(void **state)
{
    (void)state;
    static const struct cli_command measure = {.name = "measure"};
    static struct cli cli = {
        .command = &measure, .values = {{"data", "/nowhere"}}, .value_count = 1};
    JSON_CLEANUP json_t *arguments = json_object();
    json_t *result = NULL;
    struct errors errors;
    char words[200];
    catch_errors(&errors);
    int code = session_command(&cli, "measure", arguments, &result);
    read_errors(&errors, words, sizeof words);
    assert_int_equal(code, EXIT_UNDETERMINED);
    assert_string_equal(
        words, "bailiwick: measure: only the daemon can do that, and none runs for /nowhere\n");
    assert_null(result);
}

static void expect_token(const char *path, const char *words)
{
    const struct cli cli = {.values = {{"data", "/nowhere"}, {"token", path}}, .value_count = 2};
    JSON_CLEANUP json_t *arguments = json_object();
    json_t *result = NULL;
    struct error_detail detail = {0};
    assert_refused(session_try(&cli, "status", arguments, &result, &detail), ERR_DENIED, &detail,
                   words);
    assert_null(result);
}

static void a_token_that_cannot_be_used_says_why(void **state)
{
    (void)state;
    char path[] = "/tmp/bailiwick-token-XXXXXX";
    expect_token("/nowhere/token", "token file '/nowhere/token': No such file or directory");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, 0640), 0);
    expect_token(path, "': others may read it; chmod 600 it");
    assert_int_equal(fchmod(fd, 0600), 0);
    assert_int_equal(ftruncate(fd, 256), 0); /* one byte more than a token has */
    expect_token(path, "': a limit was exceeded");
    close(fd);
    unlink(path);
}

static void a_staff_door_without_descriptors_says_why(void **state)
{
    (void)state;
    struct errors errors;
    char words[200];
    catch_errors(&errors);
    struct rlimit before = take_descriptors();
    int code = staff_door_main("/nowhere", "");
    give_descriptors(before);
    read_errors(&errors, words, sizeof words);
    assert_int_equal(code, EXIT_OURS);
    assert_non_null(strstr(words, "staff door: signals: Too many open files"));
}

/* What a command says on standard error to who has no token that could be read. */
static void run_refused(char *const words[], size_t count, char *said, size_t room)
{
    char *arguments[12];
    char *const common[] = {"--data", "/nowhere", "--token", "/nowhere/token"};
    struct cli cli;
    struct errors errors;
    memcpy(arguments, words, count * sizeof *words);
    memcpy(arguments + count, common, sizeof common);
    assert_int_equal(cli_parse((int)count + 4, arguments, &cli), 0);
    catch_errors(&errors);
    int code = cli.command->run(&cli);
    read_errors(&errors, said, room);
    assert_int_equal(code, EXIT_USAGE);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void an_exhibit_that_is_not_there_is_named(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-exhibit-XXXXXX", path[64], words[300];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/complaint.json", folder);
    write_file(path, "{\"exhibits\": [{\"path\": \"photo.png\"}]}");
    char *const given[] = {"complaint", "file", path};
    run_refused(given, 3, words, sizeof words);
    assert_non_null(strstr(words, "/photo.png: there is no such file\n"));
    unlink(path);
    rmdir(folder);
}

static void expect_unread(const char *path, size_t limit, int code, const char *words)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    buffer_init(&bytes, limit);
    assert_refused(cli_load(&bytes, path, &detail), code, &detail, words);
}

static void a_file_that_cannot_be_loaded_says_why(void **state)
{
    (void)state;
    char path[] = "/tmp/bailiwick-load-XXXXXX";
    struct buffer bytes BUFFER_CLEANUP = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_file(path, "four");
    expect_unread("/nowhere/file", 4, ERR_NOT_FOUND, "there is no such file");
    expect_unread("/", 4, ERR_DENIED, "cannot be read: Is a directory");
    expect_unread(path, 3, ERR_LIMIT, "is larger than 3 bytes");
    buffer_init(&bytes, 4);
    assert_int_equal(cli_load(&bytes, path, /* detail= */ NULL), 0);
    assert_string_equal(buffer_text(&bytes), "four");
    unlink(path);
}

/* The same words wherever a file is named: as text, as a complaint, as what is added to one. */
static void each_command_names_the_file_that_it_could_not_load(void **state)
{
    (void)state;
    char secret[] = "/tmp/bailiwick-link-XXXXXX", words[200];
    int fd = mkstemp(secret);
    assert_true(fd >= 0);
    close(fd);
    char *const add[] = {"complaint", "add", secret, "/nowhere/file"};
    char *const file[] = {"complaint", "file", "/nowhere/file"};
    char *const follow[] = {"complaint", "follow", "/nowhere/file"};
    const struct {
        char *const *given;
        size_t count;
    } rows[] = {{add, 4}, {file, 3}, {follow, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_refused(rows[i].given, rows[i].count, words, sizeof words);
        assert_string_equal(words, "bailiwick: /nowhere/file: there is no such file\n");
    }
    write_file(secret, "\xff");
    char *const bytes[] = {"complaint", "follow", secret};
    run_refused(bytes, 3, words, sizeof words);
    assert_non_null(strstr(words, ": is not UTF-8 text\n"));
    unlink(secret);
}

static void standard_input_is_a_file_named_by_a_dash(void **state)
{
    (void)state;
    char path[] = "/tmp/bailiwick-stdin-XXXXXX";
    struct buffer bytes BUFFER_CLEANUP = {0};
    int before = dup(STDIN_FILENO), fd = mkstemp(path);
    assert_true(fd >= 0);
    write_file(path, "words");
    assert_true(dup2(fd, STDIN_FILENO) >= 0);
    buffer_init(&bytes, 5);
    int result = cli_load(&bytes, "-", /* detail= */ NULL);
    assert_true(dup2(before, STDIN_FILENO) >= 0);
    close(before);
    close(fd);
    unlink(path);
    assert_int_equal(result, 0);
    assert_string_equal(buffer_text(&bytes), "words");
}

/* What stops one complaint stops those behind it, unless it lies in the complaint. */
static void a_bulk_that_nobody_may_file_stops(void **state)
{
    (void)state;
    char path[] = "/tmp/bailiwick-bulk-XXXXXX", words[400];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_file(path, "{\n\n{}\n{}\n");
    char *const given[] = {"complaint", "file", path, "--bulk"};
    run_refused(given, 4, words, sizeof words);
    assert_non_null(strstr(words, ": line 3 and those behind it were not filed: token file "));
    unlink(path);
}

static void a_password_is_a_line(void **state)
{
    (void)state;
    char words[200];
    int before = dup(STDIN_FILENO), nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(dup2(nothing, STDIN_FILENO) >= 0);
    close(nothing);
    char *const given[] = {"user", "password", "anna"};
    run_refused(given, 3, words, sizeof words);
    assert_true(dup2(before, STDIN_FILENO) >= 0);
    close(before);
    clearerr(stdin);
    assert_string_equal(words,
                        "bailiwick: user password: a password is one line of standard input\n");
}

TEST_MAIN(cmocka_unit_test(what_only_the_daemon_can_do_says_so),
          cmocka_unit_test(a_token_that_cannot_be_used_says_why),
          cmocka_unit_test(an_exhibit_that_is_not_there_is_named),
          cmocka_unit_test(a_file_that_cannot_be_loaded_says_why),
          cmocka_unit_test(each_command_names_the_file_that_it_could_not_load),
          cmocka_unit_test(standard_input_is_a_file_named_by_a_dash),
          cmocka_unit_test(a_bulk_that_nobody_may_file_stops),
          cmocka_unit_test(a_password_is_a_line),
          cmocka_unit_test(a_staff_door_without_descriptors_says_why))
