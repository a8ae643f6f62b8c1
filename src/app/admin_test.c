/* Making a store: whole, or not at all. */
#include "app/admin.h"

#include "app/world.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_config(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void what_could_not_be_made_can_be_made_later(void **state)
{
    char folder[] = "/tmp/bailiwick-admin-XXXXXX", data[64], config[64];
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(config, sizeof config, "%s/config", folder);
    struct app_options options = {.data = data, .config = config, .create = true};
    clock_init_frozen(&options.clock, INT64_C(1700000000000000));
    put_config(config, "log.name = not a name\n");
    assert_int_equal(admin_init(&options, &result, &detail), ERR_SYNTAX);
    put_config(config, "log.name = log.example/test\n");
    assert_int_equal(admin_init(&options, &result, &detail), 0);
    /* And once it is there, it stays as it is. */
    assert_int_equal(admin_init(&options, &result, &detail), ERR_CONFLICT);
    world_remove_folder(folder);
}

TEST_MAIN(cmocka_unit_test(what_could_not_be_made_can_be_made_later))
