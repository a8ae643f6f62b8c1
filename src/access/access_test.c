#include "access/access.h"

#include "base/error.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- tests/access/expected.csv: kind, field, audience, may, reason --- */

enum { LINE_ROOM = 400, ROWS_MAX = 2000 };

struct expected {
    char kind[40], field[40], audience[40];
    bool may;
};

static struct expected *expected;
static size_t expected_count;

/* Takes a column that has no quotes. */
static char *take_column(char **at)
{
    char *column = *at;
    size_t size = strcspn(column, ",");
    if (column[size] != ',')
        fail_msg("no comma after '%s'", column);
    column[size] = '\0';
    *at = column + size + 1;
    return column;
}

static void read_row(char *line)
{
    struct expected *row = &expected[expected_count];
    char *at = line;
    if (++expected_count > ROWS_MAX)
        fail_msg("more rows than %d", ROWS_MAX);
    snprintf(row->kind, sizeof row->kind, "%.*s", (int)sizeof row->kind - 1, take_column(&at));
    snprintf(row->field, sizeof row->field, "%s", take_column(&at));
    snprintf(row->audience, sizeof row->audience, "%s", take_column(&at));
    const char *may = take_column(&at);
    if (strcmp(may, "yes") != 0 && strcmp(may, "no") != 0)
        fail_msg("%s.%s: neither yes nor no", row->kind, row->field);
    if (strlen(at) < 5)
        fail_msg("%s.%s: no reason", row->kind, row->field);
    row->may = may[0] == 'y';
}

static int read_expected(void **state)
{
    char line[LINE_ROOM];
    FILE *file = fopen(PROJECT_ROOT "/tests/access/expected.csv", "re");
    (void)state;
    assert_non_null(file);
    expected = calloc(ROWS_MAX + 1, sizeof *expected);
    assert_non_null(expected);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "kind,field,audience,may,reason\n");
    while (fgets(line, sizeof line, file))
        read_row(line);
    assert_int_equal(fclose(file), 0);
    return 0;
}

static int forget_expected(void **state)
{
    (void)state;
    free(expected);
    return 0;
}

/* Every row of the table stands in the file, for each audience once, and nothing else does. */
static void table_and_file_have_the_same_rows(void **state)
{
    (void)state;
    size_t count;
    const struct access_row *rows = access_rows(&count);
    assert_int_equal(expected_count, count * AUDIENCE_COUNT);
    for (size_t i = 0; i < count; i++) {
        for (enum audience audience = 0; audience < AUDIENCE_COUNT; audience++) {
            size_t found = 0;
            for (size_t k = 0; k < expected_count; k++)
                found += strcmp(expected[k].kind, access_object_text(rows[i].object)) == 0 &&
                         strcmp(expected[k].field, rows[i].field) == 0 &&
                         strcmp(expected[k].audience, audience_text(audience)) == 0;
            if (found != 1)
                fail_msg("%s.%s for %s stands %zu times", access_object_text(rows[i].object),
                         rows[i].field, audience_text(audience), found);
        }
    }
}

static const struct access_row *row_of(const struct expected *wanted)
{
    size_t count;
    const struct access_row *rows = access_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(wanted->kind, access_object_text(rows[i].object)) == 0 &&
            strcmp(wanted->field, rows[i].field) == 0)
            return &rows[i];
    }
    fail_msg("no row %s.%s", wanted->kind, wanted->field);
    return NULL;
}

static enum audience audience_of(const char *text)
{
    enum audience audience = 0;
    while (audience < AUDIENCE_COUNT && strcmp(audience_text(audience), text) != 0)
        audience++;
    return audience;
}

/* What comes out when the object is projected is what the file says, field by field. */
static void each_audience_sees_what_the_file_says(void **state)
{
    (void)state;
    for (size_t k = 0; k < expected_count; k++) {
        const struct access_row *row = row_of(&expected[k]);
        const enum audience audience = audience_of(expected[k].audience);
        JSON_CLEANUP json_t *full = json_object(), *seen = NULL;
        json_object_set_new(full, row->field,
                            row->nested == OBJECT_NONE ? json_string("canary") : json_object());
        assert_int_equal(access_project(row->object, full, audience, &seen), 0);
        if ((json_object_get(seen, row->field) != NULL) != expected[k].may)
            fail_msg("%s %s %s.%s", expected[k].audience, expected[k].may ? "does not see" : "sees",
                     expected[k].kind, expected[k].field);
        assert_int_equal(access_may(row->object, row->field, audience), expected[k].may);
    }
}

/* Consent adds and takes nothing away. */
static void with_consent_a_party_sees_no_less(void **state)
{
    (void)state;
    size_t count;
    const struct access_row *rows = access_rows(&count);
    for (size_t i = 0; i < count; i++)
        assert_true(!access_may(rows[i].object, rows[i].field, AUDIENCE_PARTY) ||
                    access_may(rows[i].object, rows[i].field, AUDIENCE_PARTY_CONSENTED));
}

static void informal_objects_have_no_public_field(void **state)
{
    (void)state;
    size_t count;
    const struct access_row *rows = access_rows(&count);
    static const enum access_object informal[] = {OBJECT_CASE,
                                                  OBJECT_CASE_EVENT,
                                                  OBJECT_CASE_ITEM,
                                                  OBJECT_CASE_ANSWER,
                                                  OBJECT_CASE_POSITION,
                                                  OBJECT_CASE_EXHIBIT,
                                                  OBJECT_CASE_EXTENSION,
                                                  OBJECT_PARTY_GRANT,
                                                  OBJECT_HOOK,
                                                  OBJECT_LETTER,
                                                  OBJECT_FINDING,
                                                  OBJECT_COMPLAINT,
                                                  OBJECT_COMPLAINT_ANSWER,
                                                  OBJECT_COMPLAINT_EXHIBIT,
                                                  OBJECT_COMPLAINT_LACK,
                                                  OBJECT_COMPLAINT_TOLD,
                                                  OBJECT_COMPLAINT_EVENT,
                                                  OBJECT_COMPLAINT_CLUSTER,
                                                  OBJECT_COMPLAINT_LOOK,
                                                  OBJECT_COMPLAINT_DRAW};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof informal / sizeof *informal; k++) {
            if (rows[i].object == informal[k])
                assert_int_equal(rows[i].audiences >> AUDIENCE_PUBLIC & 1, 0);
        }
    }
}

static void staff_see_every_row_and_no_row_stands_twice(void **state)
{
    (void)state;
    size_t count;
    const struct access_row *rows = access_rows(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(access_may(rows[i].object, rows[i].field, AUDIENCE_STAFF));
        for (size_t k = 0; k < i; k++)
            assert_false(rows[i].object == rows[k].object &&
                         strcmp(rows[i].field, rows[k].field) == 0);
    }
}

static void what_no_row_names_is_denied(void **state)
{
    (void)state;
    assert_false(access_may(OBJECT_NOTICE, "secret", AUDIENCE_STAFF));
    assert_false(access_may(OBJECT_NONE, "id", AUDIENCE_STAFF));
    assert_false(access_may(OBJECT_NOTICE, "id", AUDIENCE_COUNT));
}

static void projection_drops_what_is_inside(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *full =
        json_pack("{s:s, s:s, s:[{s:s, s:s}], s:{s:s}, s:s, s:[s, {s:s}]}", "id", "n-1", "approver",
                  "ann", "updates", "id", "u1", "actor", "bob", "effect", "hidden", "x", "unknown",
                  "y", "evidence", "aa", "path", "/tmp");
    JSON_CLEANUP json_t *seen = NULL;
    assert_int_equal(access_project(OBJECT_NOTICE, full, AUDIENCE_PUBLIC, &seen), 0);
    char *text = json_dumps(seen, JSON_SORT_KEYS | JSON_COMPACT);
    assert_string_equal(text,
                        "{\"evidence\":[\"aa\"],\"id\":\"n-1\",\"updates\":[{\"id\":\"u1\"}]}");
    free(text);
    json_t *none = NULL;
    JSON_CLEANUP json_t *word = json_string("x");
    assert_int_equal(access_project(OBJECT_NOTICE, word, AUDIENCE_PUBLIC, &none), ERR_SYNTAX);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_and_file_have_the_same_rows),
        cmocka_unit_test(each_audience_sees_what_the_file_says),
        cmocka_unit_test(with_consent_a_party_sees_no_less),
        cmocka_unit_test(informal_objects_have_no_public_field),
        cmocka_unit_test(staff_see_every_row_and_no_row_stands_twice),
        cmocka_unit_test(what_no_row_names_is_denied),
        cmocka_unit_test(projection_drops_what_is_inside),
    };
    return cmocka_run_group_tests(tests, read_expected, forget_expected);
}
