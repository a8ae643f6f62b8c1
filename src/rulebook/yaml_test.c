/* The strict YAML reader: what people write is read, everything else is refused with its place. */
#include "rulebook/yaml.h"

#include "base/civil.h"
#include "base/error.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static const struct yaml_node *parse(const char *text, struct arena *arena,
                                     struct yaml_faults *faults)
{
    const struct yaml_node *root = NULL;
    yaml_parse("f.yaml", text, strlen(text), arena, faults, &root);
    return root;
}

static void nodes_know_their_places_and_styles(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    yaml_faults_init(&faults);
    const struct yaml_node *root =
        parse("# words\na: 1\nb:\n  - x\n  - {c: \"2\", d: >-\n", &arena, &faults);
    assert_null(root); /* the flow map is not closed */
    assert_true(yaml_faults_found(&faults) > 0);
    yaml_faults_done(&faults);
    yaml_faults_init(&faults);

    root =
        parse("# words\na: 1\nb:\n  - x\n  - {c: \"2\"}\nt: >-\n  one\n  two\n", &arena, &faults);
    assert_non_null(root);
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 3);
    const struct yaml_node *b = yaml_find(root, "b");
    assert_int_equal(b->kind, YAML_SEQUENCE);
    const struct yaml_node *c = yaml_find(b->items[1], "c");
    assert_string_equal(c->text, "2");
    assert_false(c->plain);
    assert_int_equal(c->line, 5);
    assert_int_equal(c->column, 9);
    assert_string_equal(c->file, "f.yaml");
    assert_string_equal(yaml_find(root, "t")->text, "one two");
    assert_true(yaml_find(root, "t")->block);
    assert_int_equal(yaml_find_key(root, "t")->line, 6);
    assert_null(yaml_find(root, "nothing"));
}

struct bad {
    const char *text, *fault;
};

/* Refused while parsing, whatever is asked for afterwards. */
static const struct bad bad_files[] = {
    {"", "f.yaml:1:1: the file is empty\n"},
    {"# only words\n", "f.yaml:2:1: the file is empty\n"},
    {"a: &x 1\n", "f.yaml:1:4: anchor '&x': anchors are not read here, write it out\n"},
    {"a: &x 1\nb: *x\n", "f.yaml:1:4: anchor '&x': anchors are not read here, write it out\n"
                         "f.yaml:2:4: alias '*x': aliases are not read here, write it out\n"},
    {"a: &x {b: 1}\n", "f.yaml:1:4: anchor '&x': anchors are not read here, write it out\n"},
    {"a: !!int 1\n", "f.yaml:1:4: tag 'tag:yaml.org,2002:int': tags are not read here\n"},
    {"a: !own [1]\n", "f.yaml:1:4: tag '!own': tags are not read here\n"},
    {"%YAML 1.1\n---\na: 1\n", "f.yaml:1:1: directives (%...) are not read here\n"},
    {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: key 'a' stands twice, first in line 1\n"},
    {"a: {b: 1, b: 2}\n", "f.yaml:1:11: key 'b' stands twice, first in line 1\n"},
    {"<<: {a: 1}\n", "f.yaml:1:1: merge key '<<': not read here, write it out\n"},
    {"? [a]\n: 1\n", "f.yaml:1:3: a key must be a text, this is a list\n"},
    {"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here\n"},
    {"a: \"x\\0y\"\n", "f.yaml:1:4: a NUL byte cannot stand in a text\n"},
    {"a: \"\\q\"\n", "f.yaml:1:5: found unknown escape character (while parsing a quoted scalar "
                     "that begins in line 1)\n"},
    {"a: 1\nb: \xff\n", "f.yaml:2:4: invalid leading UTF-8 octet\n"},
    {"a: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n", "f.yaml:1:20: nested deeper than 16 levels\n"},
    {"a: x: y\n", "f.yaml:1:5: mapping values are not allowed in this context\n"},
    {"\ta: 1\n", "f.yaml:1:1: found character that cannot start any token (while scanning for "
                 "the next token that begins in line 1)\n"},
};

static void bad_files_are_refused_with_file_line_and_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        struct arena arena ARENA_CLEANUP;
        arena_init(&arena, 1 << 20);
        struct yaml_faults faults YAML_FAULTS_CLEANUP;
        yaml_faults_init(&faults);
        struct buffer out BUFFER_CLEANUP;
        buffer_init(&out, 4096);
        assert_null(parse(bad_files[i].text, &arena, &faults));
        yaml_faults_print(&faults, &out);
        assert_string_equal(buffer_text(&out), bad_files[i].fault);
    }
}

static const char *const words[] = {"red", "green"};
static const char *const known[] = {"t", "n", "b", "d", "w", "i", "l"};

static void read_everything(const struct yaml_node *root, struct yaml_faults *faults)
{
    struct yaml_map map;
    const char *text;
    int64_t number;
    bool flag;
    int32_t days;
    int word;
    if (!yaml_map_open(root, known, sizeof known / sizeof *known, faults, &map))
        return;
    yaml_need_text(&map, "t", &text);
    yaml_take_int(&map, "n", -5, 5, &number);
    yaml_take_bool(&map, "b", &flag);
    yaml_take_date(&map, "d", &days);
    yaml_take_word(&map, "w", words, 2, &word);
    yaml_take_id(&map, "i", 8, &text);
    yaml_take(&map, "l", YAML_SEQUENCE);
}

static const struct bad bad_values[] = {
    {"[a]", "f.yaml:1:1: must be a map, this is a list\n"},
    {"n: 1", "f.yaml:1:1: key 't' is missing\n"},
    {"t: x\nu: 1", "f.yaml:2:1: unknown key 'u' (known: t, n, b, d, w, i, l)\n"},
    {"t:", "f.yaml:1:3: the value is missing\n"},
    {"t: [x]", "f.yaml:1:4: must be a text, this is a list\n"},
    {"t: x\nn: 6", "f.yaml:2:4: 6 is not between -5 and 5\n"},
    {"t: x\nn: 99999999999999999999", "f.yaml:2:4: 99999999999999999999 is not between -5 and 5\n"},
    {"t: x\nn: 1.5", "f.yaml:2:4: must be a whole number, this is '1.5'\n"},
    {"t: x\nn: \"1\"", "f.yaml:2:4: must be a whole number without quotes, this is the text '1'\n"},
    {"t: x\nn: {a: 1}", "f.yaml:2:4: must be a whole number, this is a map\n"},
    {"t: x\nb: yes", "f.yaml:2:4: must be true or false, this is 'yes'\n"},
    {"t: x\nd: 2026-02-30",
     "f.yaml:2:4: must be a date that exists, such as 2026-11-24, this is '2026-02-30'\n"},
    {"t: x\nd:", "f.yaml:2:3: the value is missing, it must be a date such as 2026-11-24\n"},
    {"t: x\nw: blue", "f.yaml:2:4: 'blue' is not one of: red, green\n"},
    {"t: x\ni: Upper", "f.yaml:2:4: 'Upper' is not an id: 1 to 8 of a-z 0-9 - . _ +, the first a "
                       "letter or digit\n"},
    {"t: x\ni: toolongid", "f.yaml:2:4: 'toolongid' is not an id: 1 to 8 of a-z 0-9 - . _ +, the "
                           "first a letter or digit\n"},
    {"t: x\nl: a", "f.yaml:2:4: 'l' must be a list, this is a text\n"},
    {"t: x\nn: a\nb: b\nu: 1", "f.yaml:2:4: must be a whole number, this is 'a'\n"
                               "f.yaml:3:4: must be true or false, this is 'b'\n"
                               "f.yaml:4:1: unknown key 'u' (known: t, n, b, d, w, i, l)\n"},
};

static void bad_values_are_all_reported_with_their_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_values / sizeof *bad_values; i++) {
        struct arena arena ARENA_CLEANUP;
        arena_init(&arena, 1 << 20);
        struct yaml_faults faults YAML_FAULTS_CLEANUP;
        yaml_faults_init(&faults);
        struct buffer out BUFFER_CLEANUP;
        buffer_init(&out, 4096);
        const struct yaml_node *root = parse(bad_values[i].text, &arena, &faults);
        assert_non_null(root);
        read_everything(root, &faults);
        yaml_faults_sort(&faults);
        yaml_faults_print(&faults, &out);
        assert_string_equal(buffer_text(&out), bad_values[i].fault);
        assert_int_equal(yaml_faults_error(&faults), ERR_SYNTAX);
    }
}

static void good_values_are_read_and_absent_ones_leave_their_default(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    yaml_faults_init(&faults);
    struct yaml_map map = {
        parse("t: \"\"\nn: -5\nb: true\nd: 1970-01-02\nw: green\ni: a-1.b", &arena, &faults),
        &faults};
    const char *text = NULL, *id = NULL;
    int64_t number = 0, absent = 77;
    bool flag = false;
    int32_t days = 0;
    int word = 0;
    assert_true(yaml_need_text(&map, "t", &text));
    assert_true(yaml_need_int(&map, "n", -5, 5, &number));
    assert_true(yaml_need_bool(&map, "b", &flag));
    assert_true(yaml_need_date(&map, "d", &days));
    assert_true(yaml_need_word(&map, "w", words, 2, &word));
    assert_true(yaml_need_id(&map, "i", 8, &id));
    assert_false(yaml_take_int(&map, "absent", 0, 9, &absent));
    assert_string_equal(text, "");
    assert_int_equal(number, -5);
    assert_true(flag);
    assert_int_equal(days, 1);
    assert_int_equal(word, 1);
    assert_string_equal(id, "a-1.b");
    assert_int_equal(absent, 77);
    assert_int_equal(yaml_faults_error(&faults), 0);
}

static void faults_are_bounded_and_the_rest_is_counted(void **state)
{
    (void)state;
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    yaml_faults_init(&faults);
    for (int i = 0; i < YAML_FAULTS_MAX + 7; i++)
        yaml_fault_at(&faults, "f.yaml", YAML_FAULTS_MAX + 7 - i, 1, "wrong\n%d", i);
    assert_int_equal(faults.count, YAML_FAULTS_MAX);
    assert_int_equal(yaml_faults_found(&faults), YAML_FAULTS_MAX + 7);
    yaml_faults_sort(&faults);
    for (size_t i = 1; i < faults.count; i++)
        assert_true(faults.items[i - 1].line < faults.items[i].line);
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 1 << 20);
    yaml_faults_print(&faults, &out);
    assert_non_null(strstr(buffer_text(&out), "f.yaml:8:1: wrong 199\n"));
    assert_non_null(strstr(buffer_text(&out), "... and 7 more\n"));
}

static void the_same_fault_is_said_once(void **state)
{
    (void)state;
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    yaml_faults_init(&faults);
    yaml_fault_at(&faults, "f.yaml", 1, 2, "wrong");
    yaml_fault_at(&faults, "f.yaml", 1, 2, "wrong");
    yaml_fault_at(&faults, "f.yaml", 1, 3, "wrong");
    yaml_fault_at(&faults, "g.yaml", 1, 2, "wrong");
    assert_int_equal(yaml_faults_found(&faults), 3);
}

static void limits_of_size_keys_and_values_hold(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 64 << 20);
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    yaml_faults_init(&faults);
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 4 << 20);
    for (int i = 0; i <= YAML_KEYS_MAX; i++)
        buffer_printf(&text, "k%d: 1\n", i);
    const struct yaml_node *root = NULL;
    assert_int_equal(yaml_parse("f.yaml", text.data, text.size, &arena, &faults, &root), ERR_LIMIT);
    assert_string_equal(faults.items[0].message, "more than 1000 keys in one map");

    buffer_clear(&text);
    for (int i = 0; i <= 2 * YAML_NODES_MAX; i++)
        buffer_append_text(&text, "- 1\n");
    assert_int_equal(yaml_parse("f.yaml", text.data, text.size, &arena, &faults, &root), ERR_LIMIT);

    while (text.size <= YAML_FILE_MAX)
        buffer_append_text(&text, "# a comment that fills the file\n");
    assert_int_equal(yaml_parse("f.yaml", text.data, text.size, &arena, &faults, &root), ERR_LIMIT);
    assert_null(root);
    assert_string_equal(faults.items[2].message, "larger than 1048576 bytes");
}

TEST_MAIN(cmocka_unit_test(nodes_know_their_places_and_styles),
          cmocka_unit_test(bad_files_are_refused_with_file_line_and_column),
          cmocka_unit_test(bad_values_are_all_reported_with_their_places),
          cmocka_unit_test(good_values_are_read_and_absent_ones_leave_their_default),
          cmocka_unit_test(faults_are_bounded_and_the_rest_is_counted),
          cmocka_unit_test(the_same_fault_is_said_once),
          cmocka_unit_test(limits_of_size_keys_and_values_hold))
