/* What a person at a terminal sees of work that takes long. */
#include "cli/progress.h"

#include "refusal.h"

#include <stdlib.h>

enum { BEGUN = 7000000 };

struct seen {
    FILE *to;
    char *text;
    size_t size;
    struct progress_line line;
};

static void begin(struct seen *seen)
{
    seen->to = open_memstream(&seen->text, &seen->size);
    assert_non_null(seen->to);
    progress_line_begin_on(&seen->line, seen->to, BEGUN);
}

static void expect(struct seen *seen, const char *text)
{
    assert_int_equal(fclose(seen->to), 0);
    assert_string_equal(seen->text, text);
    free(seen->text);
}

static void short_work_says_nothing(void **state)
{
    (void)state;
    struct seen seen;
    begin(&seen);
    progress_line_tell(&seen.line, BEGUN, "cases", 1, 3);
    progress_line_tell(&seen.line, BEGUN + PROGRESS_AFTER_US - 1, "cases", 2, 3);
    progress_line_end(&seen.line);
    expect(&seen, "");
}

static void long_work_says_how_far_it_is_and_leaves_nothing(void **state)
{
    (void)state;
    const int64_t first = BEGUN + PROGRESS_AFTER_US;
    struct seen seen;
    begin(&seen);
    progress_line_tell(&seen.line, first, "cases", 1000, 2000);
    progress_line_tell(&seen.line, first + PROGRESS_EACH_US - 1, "cases", 1500, 2000);
    progress_line_tell(&seen.line, first + PROGRESS_EACH_US, "complaints", 40, 50);
    progress_line_end(&seen.line);
    progress_line_end(&seen.line);
    expect(&seen, "\r\033[K1000 of 2000 cases\r\033[K40 of 50 complaints\r\033[K");
}

/* Standard error of this test is no terminal; with --json there is none in any case. */
static void nobody_who_does_not_watch_is_told(void **state)
{
    (void)state;
    static struct cli cli = {.json = true};
    struct progress_line line;
    progress_line_begin(&line, &cli);
    assert_null(progress_line_for(&line));
    assert_null(progress_line_for(NULL));
    line.progress.tell(line.progress.context, "cases", 1, 2);
    progress_line_tell(&line, line.begun + PROGRESS_AFTER_US, "cases", 1, 2);
    progress_line_end(&line);
    assert_int_equal(line.told, 0);
    progress_line_end(NULL);
}

TEST_MAIN(cmocka_unit_test(short_work_says_nothing),
          cmocka_unit_test(long_work_says_how_far_it_is_and_leaves_nothing),
          cmocka_unit_test(nobody_who_does_not_watch_is_told))
