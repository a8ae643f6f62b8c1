/* The kept picture docs/process.svg is the one that the process gives today. To renew it:
 * BAILIWICK_RENEW=1 build/src/cases/diagram_test */
#include "cases/diagram.h"

#include "rulebook/yaml.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kept_path[] = PROJECT_ROOT "/docs/process.svg";

static void draw(const char *rulebook, struct buffer *out)
{
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    struct process *process = NULL;
    char directory[1000];
    yaml_faults_init(&faults);
    buffer_init(out, 1 << 20);
    snprintf(directory, sizeof directory, "%s/rulebook/%s", PROJECT_ROOT, rulebook);
    assert_int_equal(process_load(directory, NULL, &faults, &process), 0);
    assert_int_equal(diagram_print_svg(process, out), 0);
    process_free(process);
}

static void kept_picture_is_current(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer drawn, kept;
    draw("icann", &drawn);
    if (getenv("BAILIWICK_RENEW")) {
        FILE *file = fopen(kept_path, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(drawn.data, 1, drawn.size, file), drawn.size);
        assert_int_equal(fclose(file), 0);
    }
    buffer_init(&kept, 1 << 20);
    assert_true(buffer_load_file(&kept, kept_path) >= 0);
    assert_string_equal(buffer_text(&drawn), buffer_text(&kept));
}

static void every_stage_is_drawn_once(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer drawn;
    draw("cctld-example", &drawn);
    int count = 0;
    for (const char *at = buffer_text(&drawn); (at = strstr(at, "class=\"stage\"")); at++)
        count++;
    assert_int_equal(count, 9);
    assert_non_null(strstr(buffer_text(&drawn), "Second warning to Fine: breached (approvals: 1)"));
}

TEST_MAIN(cmocka_unit_test(kept_picture_is_current), cmocka_unit_test(every_stage_is_drawn_once))
