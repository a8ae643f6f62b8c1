/* The configuration file: defaults, typing errors, limits, and an example that is its own proof. */
#include "app/config.h"

#include "refusal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Loads a configuration from text through a real file. */
static int load(const char *text, struct arena *arena, struct config *config,
                struct error_detail *detail)
{
    char path[] = "/tmp/bailiwick-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    int result = config_load(path, arena, config, detail);
    unlink(path);
    return result;
}

static void defaults_hold_without_a_file(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    struct config config;
    arena_init(&arena, 1 << 16);
    assert_int_equal(config_load(NULL, &arena, &config, NULL), 0);
    assert_int_equal(config.smtp_port, 25);
    assert_string_equal(config.public_listen, "127.0.0.1:8080");
    assert_int_equal(config.log_tick_s, 3600);
}

static void values_are_trimmed_and_comments_passed_over(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    struct config config;
    arena_init(&arena, 1 << 16);
    assert_int_equal(load("# words\n\n  vantage =  far away \r\nmail.smtp-port=2525\n"
                          "mail.from = desk+1@authority.example\n",
                          &arena, &config, NULL),
                     0);
    assert_string_equal(config.mail_from, "desk+1@authority.example");
    assert_string_equal(config.vantage, "far away");
    assert_int_equal(config.smtp_port, 2525);
}

static void mistakes_name_the_line_and_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } bad[] = {
        {"vantage = a\nvantag = b\n", ":2: unknown option 'vantag'"},
        {"log.tick = 0\n", "'0' is not a whole number from 1 to 86400"},
        {"log.tick = 1s\n", "'1s' is not a whole number"},
        {"mail.smtp-port = 70000\n", "from 1 to 65535"},
        {"debug = yes\n", "debug: 'yes' is not a whole number from 0 to 1"},
        {"mail.from = desk of the authority\n",
         ":1: mail.from: 'desk of the authority' is not a bare mail address, as in "
         "'compliance@localhost'"},
        {"mail.from = The Desk <desk@authority.example>\n", "is not a bare mail address"},
        {"mail.from = desk@\n", "mail.from: 'desk@' is not a bare mail address"},
        {"mail.from =\n", "mail.from: '' is not a bare mail address"},
        {"vantage\n", "expected `key = value`"},
        {"vantage = a\nvantage = b\n", ":2: the option 'vantage' stands twice"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena arena ARENA_CLEANUP = {0};
        struct error_detail detail = {0};
        struct config config = {.smtp_port = 4711};
        arena_init(&arena, 1 << 16);
        assert_true(load(bad[i].text, &arena, &config, &detail) < 0);
        assert_non_null(strstr(detail.text, bad[i].words));
        assert_int_equal(config.smtp_port, 4711);
    }
}

static void files_that_are_none_are_named(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    struct error_detail detail = {0};
    struct config config;
    arena_init(&arena, 1 << 16);
    assert_refused(config_load("/nowhere.conf", &arena, &config, &detail), -ENOENT, &detail,
                   "/nowhere.conf: No such file or directory");
    assert_refused(config_load("/proc/self/cmdline", &arena, &config, &detail), ERR_SYNTAX, &detail,
                   "/proc/self/cmdline: holds a NUL byte: not a text file");
}

/* Every option of the example, with the comment sign taken away, gives the defaults again. */
static void the_example_says_the_defaults(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer text BUFFER_CLEANUP = {0}, opened BUFFER_CLEANUP = {0};
    struct config defaults, example;
    arena_init(&arena, 1 << 16);
    buffer_init(&text, 1 << 16);
    buffer_init(&opened, 1 << 16);
    config_print_example(&text);
    for (const char *line = buffer_text(&text); *line;) {
        size_t size = strcspn(line, "\n");
        bool option = line[0] == '#' && line[1] != ' ' && size > 1;
        buffer_append(&opened, option ? line + 1 : line, option ? size - 1 : size);
        buffer_append_byte(&opened, '\n');
        line += size + (line[size] == '\n');
    }
    assert_int_equal(config_load(NULL, &arena, &defaults, NULL), 0);
    assert_int_equal(load(buffer_text(&opened), &arena, &example, NULL), 0);
    assert_string_equal(defaults.hints, example.hints);
    assert_string_equal(defaults.log_name, example.log_name);
    assert_int_equal(defaults.repeat_after_s, example.repeat_after_s);
}

TEST_MAIN(cmocka_unit_test(defaults_hold_without_a_file),
          cmocka_unit_test(values_are_trimmed_and_comments_passed_over),
          cmocka_unit_test(mistakes_name_the_line_and_change_nothing),
          cmocka_unit_test(files_that_are_none_are_named),
          cmocka_unit_test(the_example_says_the_defaults))
